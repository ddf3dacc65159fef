//! An `instance_id` that cannot exist.

use crate::api::{ApiError, Field, Rejection};
use crate::facts::Facts;
use crate::json::body::{InstanceId, Meaning};
use crate::json::fields::Slot;
use crate::problem::{Problem, Severity};
use crate::rules::request::{filled, padded};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "malformed-instance-id",
    family: Family::Request,
    severity: SeverityByService::Always(Severity::Error),
    summary: "`instance_id` is neither a UUID nor 32 hexadecimal digits.",
    explanation: "\
        Instance IDs are UUIDs, with or without hyphens. The service has no instance with any other \
        form of ID.\n\n\
        Common causes:\n\
        - The name of the instance instead of its ID\n\
        - A character that was lost when the ID was copied\n\n\
        Copy the ID from the page of the instance in the console. With a list of instances \
        (`--known-instance`), `unknown-instance` replaces this rule.",
    example: "`instance_id` is neither a UUID nor 32 hexadecimal digits",
    citations: &[
        Citation::Api("request body, `instance_id`, and example"),
        Citation::ErrorTable("APIG.3030"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::CliError(Rejection::inferred(ApiError::NO_INSTANCE)),
    check: Check::Slot(check),
};

fn check(slot: &Slot<'_>, facts: &Facts<'_>) -> Option<Problem> {
    if slot.field != Field::InstanceId || !facts.is_read(slot.field) {
        return None;
    }
    let member = filled(slot)?;
    let Meaning::InstanceId(InstanceId::Malformed { .. } | InstanceId::Common) = slot.meaning()? else {
        return None;
    };
    // With a list of known instances, `unknown-instance` checks the ID.
    if !facts.settings.known_instances.is_empty() {
        return None;
    }
    Some(padded(slot).unwrap_or_else(|| {
        Problem::at(
            member.value(),
            "not an instance ID",
            "`instance_id` is neither a UUID nor 32 hexadecimal digits",
        )
        .help("copy the ID of the instance, not its name, from the console")
    }))
}
