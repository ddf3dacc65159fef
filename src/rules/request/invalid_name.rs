//! A name outside of the documented pattern.

use crate::api::{ApiError, Field, Rejection, Service};
use crate::facts::Facts;
use crate::json::body::{Meaning, NameFault};
use crate::json::fields::Slot;
use crate::problem::{Problem, Severity};
use crate::rules::request::{filled, padded};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "invalid-name",
    family: Family::Request,
    severity: SeverityByService::PerService { roma: Severity::Warning, apig: Severity::Error },
    summary: "`name` is not 4 to 50 letters, digits, underscores and Chinese characters, starting with a letter or a Chinese character.",
    explanation: "\
        API Gateway documents the pattern `^([a-zA-Z]|[一-龥])([a-zA-Z0-9_]|[一-龥]){3,49}$`, and no error \
        code for a name that does not match it. The calls that create applications, API groups and \
        throttling policies document APIG.2011 for such a name, so the same answer is predicted here. \
        The reference of ROMA Connect of 2023 has no rule, later ones speak of 4 to 50 \
        characters: such a name may work there, and should not be relied on.\n\n\
        Most often it is a domain name with dots and hyphens, or a date in front. Write underscores \
        instead of dots and hyphens. Chinese characters are those from U+4E00 to U+9FA5.",
    example: "`name` has a character that is not allowed in names",
    citations: &[Citation::Api(
        "request body, `name` (API Gateway: pattern; ROMA Connect: 4 to 50 characters)",
    )],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::RefusedBy(Service::Apig, Rejection::sibling(ApiError::INVALID_PARAMETER)),
    check: Check::Slot(check),
};

fn check(slot: &Slot<'_>, _: &Facts<'_>) -> Option<Problem> {
    if slot.field != Field::Name {
        return None;
    }
    let member = filled(slot)?;
    let Meaning::Name(shape) = slot.meaning()? else { return None };
    let fault = shape.fault?;
    if let Some(problem) = padded(slot) {
        return Some(problem);
    }
    let characters = member.text()?.characters;
    let count =
        || if characters == 1 { "1 character".to_owned() } else { format!("{characters} characters") };
    let problem = match fault {
        NameFault::Start(span) => Problem::at(
            span,
            "neither a letter nor a Chinese character",
            "`name` does not start with a letter or a Chinese character",
        ),
        NameFault::Character(span) => Problem::at(
            span,
            "no letter, digit, underscore or Chinese character",
            "`name` has a character that is not allowed in names",
        ),
        NameFault::TooShort => Problem::at(member.value(), count(), "`name` has fewer than 4 characters"),
        NameFault::TooLong => Problem::at(member.value(), count(), "`name` has more than 50 characters"),
    };
    Some(problem.help(
        "use 4 to 50 letters, digits, underscores and Chinese characters (U+4E00 to U+9FA5), \
         starting with a letter or a Chinese character",
    ))
}
