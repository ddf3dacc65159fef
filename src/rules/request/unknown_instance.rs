//! An `instance_id` that is not among the known instances.

use crate::api::{ApiError, Field, Rejection};
use crate::facts::Facts;
use crate::json::body::{InstanceId, Meaning};
use crate::json::fields::Slot;
use crate::problem::{Problem, Severity};
use crate::rules::request::{filled, padded};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "unknown-instance",
    family: Family::Request,
    severity: SeverityByService::Always(Severity::Error),
    summary: "`instance_id` is not among the known instances.",
    explanation: "\
        The service answers 404 if the instance does not exist. This rule applies only if you list \
        your instances, with `--known-instance` or with `known-instances` in `apicert.toml`. Case \
        does not matter.\n\n\
        Common causes:\n\
        - The ID of an instance in another environment\n\
        - The ID of an instance that was deleted\n\n\
        Use the ID of a known instance, or add this one to the list.",
    example: "`instance_id` is not one of the known instances",
    citations: &[Citation::ErrorTable("APIG.3030"), Citation::Api("example of status 404")],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::CliError(Rejection::documented(ApiError::NO_INSTANCE)),
    check: Check::Slot(check),
};

fn check(slot: &Slot<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let known = &facts.settings.known_instances;
    if slot.field != Field::InstanceId || !facts.is_read(slot.field) || known.is_empty() {
        return None;
    }
    let member = filled(slot)?;
    let Meaning::InstanceId(id) = slot.meaning()? else { return None };
    let is_known = match id {
        InstanceId::Common => known.iter().any(|known| known.eq_ignore_ascii_case("common")),
        InstanceId::WellFormed(id) => known.iter().any(|known| known.eq_ignore_ascii_case(id)),
        InstanceId::Malformed { is_known, .. } => *is_known,
    };
    if is_known {
        return None;
    }
    Some(padded(slot).unwrap_or_else(|| {
        Problem::at(member.value(), "not a known instance", "`instance_id` is not one of the known instances")
            .help("use the ID of a known instance, or add this one with `--known-instance`")
    }))
}
