//! An `algorithm_type` that the API does not know.

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
        The allowed values are `RSA`, `ECC` (elliptic curves) and `SM2`, in capitals. The field is \
        about the certificate's public key, not its signature.\n\n\
        Common causes:\n\
        - `EC` or `ECDSA` instead of `ECC`\n\
        - The name of a signature algorithm, such as `SHA256-RSA`\n\n\
        For RSA and ECC, you can also omit the field.",
    example: "`algorithm_type` is not one of `RSA`, `ECC`, `SM2`",
    citations: &[Citation::Api("request body, `algorithm_type`: options")],
    fix: FixAvailability::When(Safety::Unsafe, "corrects the value if only case or spacing differ"),
    refusal: PredictedOutcome::CliError(Rejection::inferred(ApiError::INVALID_PARAMETER)),
    check: Check::Slot(check),
};

fn check(slot: &Slot<'_>, _: &Facts<'_>) -> Option<Problem> {
    if slot.field != Field::AlgorithmType {
        return None;
    }
    wrong_word(
        slot,
        "not one of `RSA`, `ECC`, `SM2`",
        "use `RSA`, `ECC` (elliptic curves) or `SM2`; it can be omitted for RSA and ECC",
    )
}
