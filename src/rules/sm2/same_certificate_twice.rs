//! The same certificate for signing and encryption.

use crate::api::{ApiError, Rejection};
use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::rules::sm2::leaves;
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "same-certificate-twice",
    family: Family::Sm2,
    severity: SeverityByService::Always(Severity::Error),
    summary: "`cert_content` and `cert_content_sign` contain the same certificate.",
    explanation: "\
        TLS with SM2 uses two certificates: one for signing, whose key only the holder has, and one for \
        encryption, whose key the CA creates and keeps a copy of. The same certificate cannot have both \
        roles.\n\n\
        Common causes:\n\
        - Both fields were filled from one file\n\n\
        CAs deliver two files, often with `sign` and `enc` in their names. Put the signing certificate and \
        its key in the `*_sign` fields.",
    example: "`cert_content` and `cert_content_sign` contain the same certificate “www.example.com”",
    citations: &[
        Citation::Api("request body, `cert_content_sign`"),
        Citation::ErrorTable("APIG.3708"),
        Citation::Standard("GB/T 38636 (TLCP)", "the server's signing and encryption certificates"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::CliError(Rejection::inferred(ApiError::KEY_USAGE)),
    check: Check::Body(check),
};

fn check(facts: &Facts<'_>) -> Option<Problem> {
    let [(_, encryption), (_, signing)] = leaves(facts)?;
    if encryption.whole != signing.whole {
        return None;
    }
    Some(
        Problem::at(
            signing.span,
            "same certificate",
            format!(
                "`cert_content` and `cert_content_sign` contain the same certificate “{}”",
                signing.shown_name()
            ),
        )
        .related(encryption.span, "also here")
        .help("put the signing certificate in `cert_content_sign` and the encryption certificate in `cert_content`"),
    )
}
