//! A member that occurs twice.

use crate::facts::Facts;
use crate::json::body::{Content, Member};
use crate::problem::{Problem, Severity};
use crate::rules::request::shown;
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "duplicate-field",
    family: Family::Request,
    severity: SeverityByService::Always(Severity::Error),
    summary: "A member occurs twice.",
    explanation: "\
        Of members of one name the service reads the last one, and names that differ in case alone \
        are one name to it. The others are dropped without a word, so that what is stored may not be \
        what was looked at; other readers take the first one, or refuse the body. A null leaves the \
        value before it as it is.\n\n\
        It comes about when a body is put together from parts, or edited by hand. Keep the member \
        that is meant.",
    example: "`private_key` occurs twice",
    citations: &[
        Citation::Rfc(8259, "4"),
        Citation::Go(
            "encoding/json",
            "of a repeated member the last one counts; names match without regard to case",
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
        Some(index) if index == subject.index => "this one counts",
        Some(_) if matches!(subject.content, Content::Null) => "null leaves the value before it as it is",
        Some(_) => "this one does not count",
        None => otherwise,
    };
    let (name, other) = (shown(member), shown(earlier));
    let message = if member.is_exact == earlier.is_exact && name == other || name.starts_with("member") {
        format!("{name} occurs twice")
    } else {
        format!("{other} and {name} are one member to the service")
    };
    Some(
        Problem::at(member.key(), label(member, "here again"), message)
            .related(earlier.key(), label(earlier, "here before"))
            .help("keep the one that is meant and leave the other out"),
    )
}
