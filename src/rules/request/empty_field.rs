//! An optional member that says nothing.

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
    summary: "An optional member is null or empty.",
    explanation: "\
        To the service an optional member that is null or an empty string is absent; its default \
        applies.\n\n\
        It comes about when a form or a template writes out members that nobody filled in. Leave the \
        member out, so that readers need not wonder, or fill it in.",
    example: "`trusted_root_ca` is empty, which is as good as absent",
    citations: &[
        Citation::Api("request body, table of parameters, mandatory"),
        Citation::Go("encoding/json", "null leaves a string as it is: empty"),
    ],
    fix: FixAvailability::When(Safety::Unsafe, "removes the member"),
    refusal: PredictedOutcome::Accepted,
    check: Check::Slot(check),
};

fn check(slot: &Slot<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let field = slot.field;
    // Where the service looks at these it needs them: `missing-instance-id`, `missing-sign-pair`.
    let is_needed = (field == Field::InstanceId || field.is_of_sign_pair()) && facts.is_read(field);
    let member = slot.member.filter(|member| member.is_blank() && field.is_optional() && !is_needed)?;
    let what = if matches!(member.content, Content::Null) { "null" } else { "empty" };
    Some(
        Problem::at(
            member.value(),
            "nothing is said here",
            format!("`{}` is {what}, which is as good as absent", field.name()),
        )
        .help("leave the member out, or fill it in")
        .fix(Fix::unsafe_("remove the member", vec![removal(member, facts)])),
    )
}
