//! Fields that contain no PEM.

use crate::api::{ApiError, Rejection};
use crate::facts::Facts;
use crate::pem::NonPemContent;
use crate::problem::{Problem, Severity};
use crate::rules::pem::READER;
use crate::rules::{
    Check, Citation, Family, FixAvailability, PemField, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "no-pem-block",
    family: Family::Pem,
    severity: SeverityByService::Always(Severity::Error),
    summary: "The value contains no PEM.",
    explanation: "\
        The service accepts certificates and keys only in PEM: base64 between BEGIN and END lines.\n\n\
        Other formats can be converted:\n\
        - PKCS#12 (`.p12`, `.pfx`): `openssl pkcs12 -in FILE -nodes`\n\
        - Java keystore: `keytool -importkeystore` with `-deststoretype pkcs12`, then as for PKCS#12\n\
        - Binary certificate: `openssl x509 -inform DER`\n\
        - Ansible Vault, SOPS, age and other encrypted files: decrypt them first\n\n\
        If the value is a web page or an error message, the command that should print the PEM text failed.\n\n\
        Send the PEM text from its BEGIN line to its END line.",
    example: "`cert_content` contains PKCS#12, not PEM",
    citations: &[READER, Citation::Api("request parameters"), Citation::Rfc(7468, "2")],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Rejected(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, _: &Facts<'_>) -> Option<Problem> {
    let (label, message, help) = match field.text.instead? {
        NonPemContent::Blank => (
            "only whitespace",
            format!("`{}` contains only whitespace", field.field.name()),
            "put the PEM text here",
        ),
        NonPemContent::EmptyBlock => (
            "nothing between BEGIN and END",
            format!("the PEM block in `{}` is empty", field.field.name()),
            "copy the whole block again, with the base64 between the lines",
        ),
        NonPemContent::Known(kind) => {
            (kind.name, format!("`{}` contains {}, not PEM", field.field.name(), kind.name), kind.help)
        }
        NonPemContent::Unknown => (
            "no BEGIN line, and not base64 of a certificate or key",
            format!("`{}` contains no PEM block", field.field.name()),
            "put the PEM text here, from its BEGIN line to its END line",
        ),
    };
    Some(Problem::at(field.text.span, label, message).help(help))
}
