//! An instance that cannot exist.

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
        IDs of instances are UUIDs, with hyphens in the reference and without elsewhere. The service \
        knows no instance of another kind of ID.\n\n\
        Mostly the name of the instance was written instead of its ID, or a character was lost in \
        copying. The console shows the ID on the page of the instance. Where the instances are known \
        (`--known-instance`), `unknown-instance` takes the place of this rule.",
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
    // Whoever knows the instances need not go by what their IDs look like.
    if !facts.settings.known_instances.is_empty() {
        return None;
    }
    Some(padded(slot).unwrap_or_else(|| {
        Problem::at(
            member.value(),
            "not the ID of an instance",
            "`instance_id` is neither a UUID nor 32 hexadecimal digits",
        )
        .help("copy the ID of the instance from the console; its name will not do")
    }))
}
