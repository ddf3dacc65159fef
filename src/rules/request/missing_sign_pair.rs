//! SM2 without its signing pair.

use crate::api::{ApiError, Field, Rejection};
use crate::facts::Facts;
use crate::json::fields::Slot;
use crate::problem::{Problem, Severity};
use crate::rules::request::missing;
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "missing-sign-pair",
    family: Family::Request,
    severity: SeverityByService::Always(Severity::Error),
    summary: "`algorithm_type` is `SM2` and `cert_content_sign` or `private_key_sign` is absent, null or empty.",
    explanation: "\
        SM2 servers have two pairs of certificate and key: one signs, one decrypts. The signing pair \
        goes to `cert_content_sign` and `private_key_sign`, the encryption pair to `cert_content` and \
        `private_key`, and both are mandatory with `algorithm_type` set to `SM2`.\n\n\
        Authorities hand out both; the files are often called `…_sign` and `…_enc`.",
    example: "`private_key_sign` is missing",
    citations: &[
        Citation::Api(
            "request body, `cert_content_sign`, `private_key_sign`: mandatory when `algorithm_type` is `SM2`",
        ),
        Citation::ErrorTable("APIG.2001"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Rejected(Rejection::documented(ApiError::MISSING_PARAMETER)),
    check: Check::Slot(check),
};

fn check(slot: &Slot<'_>, facts: &Facts<'_>) -> Option<Problem> {
    if !slot.field.is_of_sign_pair() || !facts.is_read(slot.field) {
        return None;
    }
    let algorithm = facts.slot(Field::AlgorithmType).member?;
    Some(
        missing(slot, facts)?
            .related(algorithm.value(), "SM2 needs a pair to sign with")
            .help("send the signing certificate in `cert_content_sign` and its key in `private_key_sign`"),
    )
}
