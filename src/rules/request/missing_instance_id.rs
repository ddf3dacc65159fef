//! A certificate for one instance without an `instance_id`.

use crate::api::{ApiError, Field, Rejection};
use crate::facts::Facts;
use crate::json::fields::Slot;
use crate::problem::{Problem, Severity};
use crate::rules::request::{change_scope, missing};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "missing-instance-id",
    family: Family::Request,
    severity: SeverityByService::Always(Severity::Error),
    summary: "`type` is `instance` but `instance_id` is absent, null or empty.",
    explanation: "\
        With `type` set to `instance`, the certificate is for one gateway, and the service requires \
        its ID.\n\n\
        Send the ID of the instance as the console shows it, or omit `type` to make the certificate \
        available to all instances.",
    example: "`instance_id` is missing",
    citations: &[
        Citation::Api("request body, `instance_id`: mandatory when `type` is `instance`"),
        Citation::ErrorTable("APIG.2001"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Rejected(Rejection::documented(ApiError::MISSING_PARAMETER)),
    check: Check::Slot(check),
};

fn check(slot: &Slot<'_>, facts: &Facts<'_>) -> Option<Problem> {
    if slot.field != Field::InstanceId || !facts.is_read(slot.field) {
        return None;
    }
    let scope = facts.slot(Field::Type).member?;
    Some(missing(slot, facts)?.related(scope.value(), "this certificate is for one instance").help(
        change_scope(
            facts,
            "add the ID of the instance, or remove `type` for a certificate for all instances",
        ),
    ))
}
