//! SM2 without a signing pair.

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
    summary: "`algorithm_type` is `SM2` but `cert_content_sign` or `private_key_sign` is absent, null or empty.",
    explanation: "\
        SM2 servers use two pairs of certificate and key. The signing pair goes in \
        `cert_content_sign` and `private_key_sign`, the encryption pair in `cert_content` and \
        `private_key`. With `algorithm_type` set to `SM2`, both are required.\n\n\
        CAs issue both pairs. The files are often named `…_sign` and `…_enc`.",
    example: "`private_key_sign` is missing",
    citations: &[
        Citation::Api(
            "request body, `cert_content_sign`, `private_key_sign`: mandatory when `algorithm_type` is `SM2`",
        ),
        Citation::ErrorTable("APIG.2001"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::CliError(Rejection::documented(ApiError::MISSING_PARAMETER)),
    check: Check::Slot(check),
};

fn check(slot: &Slot<'_>, facts: &Facts<'_>) -> Option<Problem> {
    if !slot.field.is_of_sign_pair() || !facts.is_read(slot.field) {
        return None;
    }
    let algorithm = facts.slot(Field::AlgorithmType).member?;
    Some(
        missing(slot, facts)?
            .related(algorithm.value(), "SM2 requires a signing pair")
            .help("send the signing certificate in `cert_content_sign` and its key in `private_key_sign`"),
    )
}
