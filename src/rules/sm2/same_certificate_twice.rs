//! One certificate in both roles.

use crate::api::{ApiError, Rejection};
use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::rules::sm2::leaves;
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "same-certificate-twice",
    family: Family::Sm2,
    severity: SeverityByService::Always(Severity::Error),
    summary: "`cert_content` and `cert_content_sign` hold the same certificate.",
    explanation: "\
        TLS with SM2 uses two certificates of one holder: one to sign with, whose key never leaves the \
        holder, and one to encrypt to, whose key the authority made and keeps a copy of. With one \
        certificate in both roles there is no pair.\n\n\
        It comes about when both members were filled from one file. Authorities deliver two files, often \
        with `sign` and `enc` in their names; the signing certificate and its key go into the `*_sign` \
        members.",
    example: "`cert_content` and `cert_content_sign` hold the same certificate, “www.example.com”",
    citations: &[
        Citation::Api("request body, `cert_content_sign`"),
        Citation::ErrorTable("APIG.3708"),
        Citation::Standard("GB/T 38636 (TLCP)", "the server's signing and encryption certificates"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Rejected(Rejection::inferred(ApiError::KEY_USAGE)),
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
            "the same certificate",
            format!(
                "`cert_content` and `cert_content_sign` hold the same certificate, “{}”",
                signing.shown_name()
            ),
        )
        .related(encryption.span, "and here")
        .help("send the signing certificate in `cert_content_sign`, the encryption certificate in `cert_content`"),
    )
}
