//! An algorithm that the API has no word for.

use crate::api::{ApiError, Field, Rejection};
use crate::edit::Safety;
use crate::facts::Facts;
use crate::json::fields::Slot;
use crate::problem::{Problem, Severity};
use crate::rules::request::wrong_word;
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "invalid-algorithm-type",
    family: Family::Request,
    severity: SeverityByService::Always(Severity::Error),
    summary: "`algorithm_type` is not `RSA`, `ECC` or `SM2`.",
    explanation: "\
        `algorithm_type` takes three words, in capitals: `RSA`, `ECC` for elliptic curves, and `SM2`. \
        It is about the public key of the certificate, not about its signature.\n\n\
        Mostly `EC`, `ECDSA` or the name of a signature algorithm was written. For RSA and ECC it can \
        be left out.",
    example: "`algorithm_type` is none of `RSA`, `ECC`, `SM2`",
    citations: &[Citation::Api("request body, `algorithm_type`: options")],
    fix: FixAvailability::When(Safety::Unsafe, "writes the right word, when only case or spacing are wrong"),
    refusal: PredictedOutcome::Rejected(Rejection::inferred(ApiError::INVALID_PARAMETER)),
    check: Check::Slot(check),
};

fn check(slot: &Slot<'_>, _: &Facts<'_>) -> Option<Problem> {
    if slot.field != Field::AlgorithmType {
        return None;
    }
    wrong_word(
        slot,
        "none of `RSA`, `ECC`, `SM2`",
        "write `RSA`, `ECC` (elliptic curves) or `SM2`, or leave it out for RSA and ECC",
    )
}
