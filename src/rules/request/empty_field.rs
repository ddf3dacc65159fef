//! An optional field that is null or empty.

use crate::api::Field;
use crate::edit::{Fix, Safety};
use crate::facts::Facts;
use crate::json::body::Content;
use crate::json::fields::Slot;
use crate::problem::{Problem, Severity};
use crate::rules::request::removal;
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "empty-field",
    family: Family::Request,
    severity: SeverityByService::Always(Severity::Note),
    summary: "An optional field is null or empty.",
    explanation: "\
        The service treats an optional field that is null or an empty string as absent, and applies \
        its default.\n\n\
        Common causes:\n\
        - A form or template writes out fields that nobody filled in\n\
        - A variable was not set\n\n\
        Remove the field, or give it a value.",
    example: "`trusted_root_ca` is empty and will be treated as absent",
    citations: &[
        Citation::Api("request body, table of parameters, mandatory"),
        Citation::Go("encoding/json", "null leaves a string as it is: empty"),
    ],
    fix: FixAvailability::When(Safety::Unsafe, "removes the field"),
    refusal: PredictedOutcome::Accepted,
    check: Check::Slot(check),
};

fn check(slot: &Slot<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let field = slot.field;
    // Where these are required, `missing-instance-id` and `missing-sign-pair` report them.
    let is_needed = (field == Field::InstanceId || field.is_of_sign_pair()) && facts.is_read(field);
    let member =
        slot.member.filter(|member| member.is_blank() && !facts.is_mandatory(field) && !is_needed)?;
    let what = if matches!(member.content, Content::Null) { "null" } else { "empty" };
    Some(
        Problem::at(
            member.value(),
            "treated as absent",
            format!("`{}` is {what} and will be treated as absent", field.name()),
        )
        .help("remove the field, or give it a value")
        .fix(Fix::unsafe_("remove the field", vec![removal(member, facts)])),
    )
}
