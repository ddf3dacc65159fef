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
        - Binary certificate: `openssl x509 -inform DER`\n\n\
        Send the PEM text from its BEGIN line to its END line.",
    example: "this is PKCS#12, not PEM",
    citations: &[READER, Citation::Api("request parameters"), Citation::Rfc(7468, "2")],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::CliError(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, _: &Facts<'_>) -> Option<Problem> {
    let instead = field.text.instead?;
    let (what, help) = described(instead);
    let message = match instead {
        NonPemContent::Blank => "the value is only whitespace".to_owned(),
        NonPemContent::EmptyBlock => "the PEM block is empty".to_owned(),
        NonPemContent::Unknown => "the value contains no PEM block".to_owned(),
        _ => format!("this is {what}, not PEM"),
    };
    Some(Problem::at(field.text.span, what, message).help(help))
}

fn described(instead: NonPemContent) -> (&'static str, &'static str) {
    match instead {
        NonPemContent::Blank => ("only whitespace", "put the PEM text here"),
        NonPemContent::EmptyBlock => {
            ("nothing between BEGIN and END", "copy the whole block again, with the base64 between the lines")
        }
        NonPemContent::Pkcs12 => ("PKCS#12", "convert it: `openssl pkcs12 -in FILE -nodes`"),
        NonPemContent::JavaKeyStore => (
            "a Java keystore",
            "convert it with `keytool -importkeystore -deststoretype pkcs12`, then `openssl pkcs12 -nodes`",
        ),
        NonPemContent::JsonWebKey => ("a JSON Web Key", "convert it to PEM"),
        NonPemContent::Json => ("JSON", "send only the value of its PEM field"),
        NonPemContent::Putty => (
            "a PuTTY private key",
            "convert it with `puttygen FILE -O private-openssh-new`, then `ssh-keygen -p -m PEM`",
        ),
        NonPemContent::OpensshPublicKey => {
            ("an OpenSSH public key", "send the certificate or the private key instead")
        }
        NonPemContent::Pgp => ("OpenPGP", "send an X.509 certificate and its private key instead"),
        NonPemContent::BinaryDer => (
            "binary DER read as text",
            "convert the file: `openssl x509 -inform DER`, or `openssl pkey -inform DER` for a key",
        ),
        NonPemContent::Binary => ("binary data read as text", "convert the file to PEM first"),
        NonPemContent::Hexadecimal => (
            "hexadecimal",
            "convert it to binary with `xxd -r -p`, then to PEM with `openssl x509 -inform DER`",
        ),
        NonPemContent::Unknown => (
            "no BEGIN line, and not base64 of a certificate or key",
            "put the PEM text here, from its BEGIN line to its END line",
        ),
    }
}
