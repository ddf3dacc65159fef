//! A `type` that does not exist.

use crate::api::{ApiError, Field, Rejection};
use crate::edit::Safety;
use crate::facts::Facts;
use crate::json::fields::Slot;
use crate::problem::{Problem, Severity};
use crate::rules::request::wrong_word;
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "invalid-type",
    family: Family::Request,
    severity: SeverityByService::Always(Severity::Error),
    summary: "`type` is neither `global` nor `instance`.",
    explanation: "\
        `type` selects the gateways that can use the certificate: `global` for all of them, \
        `instance` for the one in `instance_id`. The value is case-sensitive and cannot be changed \
        later.\n\n\
        Omit the field for `global`. The algorithm of the key belongs in `algorithm_type`.",
    example: "`type` is neither `global` nor `instance`",
    citations: &[
        Citation::Api("request body, `type`: default `global`"),
        Citation::Api("response, `type`: `global` or `instance`"),
    ],
    fix: FixAvailability::When(Safety::Unsafe, "corrects the value if only case or spacing differ"),
    refusal: PredictedOutcome::CliError(Rejection::inferred(ApiError::INVALID_PARAMETER)),
    check: Check::Slot(check),
};

fn check(slot: &Slot<'_>, _: &Facts<'_>) -> Option<Problem> {
    if slot.field != Field::Type {
        return None;
    }
    wrong_word(
        slot,
        "neither `global` nor `instance`",
        "use `global` for all gateways, or `instance` for the one in `instance_id`",
    )
}
