//! A required field that is missing.

use crate::api::{ApiError, Rejection};
use crate::facts::Facts;
use crate::json::fields::Slot;
use crate::problem::{Problem, Severity};
use crate::rules::request::{extract, missing};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "missing-field",
    family: Family::Request,
    severity: SeverityByService::Always(Severity::Error),
    summary: "A required field (`name`, `cert_content` or `private_key`) is absent, null or empty.",
    explanation: "\
        These three fields are required. The service treats null and the empty string as absent.\n\n\
        Common causes:\n\
        - A variable that was not set\n\
        - A file that could not be read\n\
        - A misspelled field name, which the service ignores\n\
        - A body inside another object, as in the answer of a secret store, or in a JSON string; one finding \
        says where\n\n\
        Give the field a value.",
    example: "`private_key` is missing",
    citations: &[
        Citation::Api("request body, table of parameters, mandatory"),
        Citation::ErrorTable("APIG.2001"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Rejected(Rejection::documented(ApiError::MISSING_PARAMETER)),
    check: Check::Slot(check),
};

fn check(slot: &Slot<'_>, facts: &Facts<'_>) -> Option<Problem> {
    if !facts.is_mandatory(slot.field) {
        return None;
    }
    if let Some(nested) = &facts.nested_body {
        let is_missing = |slot: &Slot<'_>| facts.is_mandatory(slot.field) && missing(slot, facts).is_some();
        let is_first = facts.slots().find(is_missing).is_some_and(|first| first.field == slot.field);
        let message = format!("the fields are not at the top level but {nested}");
        let problem = Problem { message, ..missing(slot, facts).filter(|_| is_first)? };
        return Some(problem.related(nested.start(), "the fields are in here").help(extract(nested)));
    }
    let problem = missing(slot, facts)?;
    let alike = facts.body.members().iter().find(|member| member.resembles == Some(slot.field));
    Some(match alike {
        Some(alike) => problem
            .related(alike.key(), "did you mean this field?")
            .help(format!("rename the field to `{}`", slot.field.name())),
        None => problem.help("`name`, `cert_content` and `private_key` are required"),
    })
}
