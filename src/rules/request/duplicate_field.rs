//! A field that occurs twice.

use crate::facts::Facts;
use crate::json::body::{Content, Member};
use crate::problem::{Problem, Severity};
use crate::rules::request::shown;
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "duplicate-field",
    family: Family::Request,
    severity: SeverityByService::Always(Severity::Error),
    summary: "A field occurs twice.",
    explanation: "\
        The service uses the last of several fields with the same name, and it treats names that \
        differ only in case as the same. It silently ignores the others, so the stored value may not \
        be the one you looked at. Other parsers use the first field, or reject the body. A null does \
        not override an earlier value.\n\n\
        Common causes:\n\
        - The body was merged from several parts\n\
        - The body was edited by hand\n\n\
        Keep the field you want and remove the other one.",
    example: "`private_key` occurs twice",
    citations: &[
        Citation::Rfc(8259, "4"),
        Citation::Go(
            "encoding/json",
            "the last of several equal names wins; names match without regard to case",
        ),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Member(check),
};

fn check(member: &Member, facts: &Facts<'_>) -> Option<Problem> {
    let earlier = facts.body.members().get(member.repeats?)?;
    let counting =
        member.field.and_then(|field| facts.body.effective_member(field)).map(|counting| counting.index);
    let label = |subject: &Member, otherwise: &'static str| match counting {
        Some(index) if index == subject.index => "the service uses this one",
        Some(_) if matches!(subject.content, Content::Null) => "ignored: null does not override a value",
        Some(_) => "ignored",
        None => otherwise,
    };
    let (name, other) = (shown(member), shown(earlier));
    let message = if member.is_exact == earlier.is_exact && name == other || !name.starts_with('`') {
        format!("{name} occurs twice")
    } else {
        format!("the service treats {other} and {name} as the same field")
    };
    Some(
        Problem::at(member.key(), label(member, "duplicate"), message)
            .related(earlier.key(), label(earlier, "first defined here"))
            .help("keep one of them and remove the other"),
    )
}
