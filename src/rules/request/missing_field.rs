//! A mandatory member that is not there.

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
    summary: "`name`, `cert_content` or `private_key` is absent, null or empty.",
    explanation: "\
        These three members are mandatory. Null and the empty string are no values: the service \
        cannot tell them from a member that was not sent.\n\n\
        An empty value mostly comes from a variable that was not set, or from a file that could not \
        be read; a missing one from a misspelt name, which the service ignores. \
        If all fields are inside another object, as in the answer of a secret store, or in a JSON string, \
        one finding says where.",
    example: "`private_key` is missing",
    citations: &[
        Citation::Api("request body, table of parameters, mandatory"),
        Citation::ErrorTable("APIG.2001"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::CliError(Rejection::documented(ApiError::MISSING_PARAMETER)),
    check: Check::Slot(check),
};

fn check(slot: &Slot<'_>, facts: &Facts<'_>) -> Option<Problem> {
    if slot.field.is_optional() {
        return None;
    }
    if let Some(nested) = &facts.nested_body {
        let is_missing = |slot: &Slot<'_>| !slot.field.is_optional() && missing(slot, facts).is_some();
        let is_first = facts.slots().find(is_missing).is_some_and(|first| first.field == slot.field);
        let message = format!("the fields are not at the top level but {nested}");
        let problem = Problem { message, ..missing(slot, facts).filter(|_| is_first)? };
        return Some(problem.related(nested.start(), "the fields are in here").help(extract(nested)));
    }
    let problem = missing(slot, facts)?.help("the service needs `name`, `cert_content` and `private_key`");
    let alike = facts.body.members().iter().find(|member| member.resembles == Some(slot.field));
    Some(match alike {
        Some(alike) => problem.related(alike.key(), "this may have been meant for it"),
        None => problem,
    })
}
