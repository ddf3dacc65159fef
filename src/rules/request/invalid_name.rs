//! A `name` that does not match the documented pattern.

use crate::api::{Call, Defect, Field};
use crate::facts::Facts;
use crate::json::body::{Meaning, NameFault};
use crate::json::fields::Slot;
use crate::problem::{Problem, Severity};
use crate::rules::request::{filled, padded};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "invalid-name",
    family: Family::Request,
    severity: SeverityByService::ErrorIfRejected { otherwise: Severity::Warning },
    summary: "`name` is not 4 to 50 letters, digits, underscores or Chinese characters, starting with a letter or Chinese character.",
    explanation: "\
        API Gateway documents the pattern `^([a-zA-Z]|[一-龥])([a-zA-Z0-9_]|[一-龥]){3,49}$` but no \
        error code for names that do not match it. The calls that create applications, API groups \
        and throttling policies document APIG.2011 for such names, so apicert predicts the same \
        answer here. The 2023 reference of ROMA Connect has no such rule; later editions require 4 \
        to 50 characters. Other names may work there, but do not rely on it. The call that binds a \
        certificate to a domain name has the rule on both services, and documents APIG.2012.\n\n\
        Common causes:\n\
        - A domain name with dots and hyphens\n\
        - A name that starts with a date\n\n\
        Use underscores instead of dots and hyphens. The allowed Chinese characters are U+4E00 to \
        U+9FA5.",
    example: "`name` contains a character that is not allowed",
    citations: &[
        Citation::Api("request body, `name` (API Gateway: pattern; ROMA Connect: 4 to 50 characters)"),
        Citation::CallApi(Call::Bind, "request body, `name`, and example of status 400"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::ByCall(Defect::Name),
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
            "not a letter or Chinese character",
            "`name` does not start with a letter or Chinese character",
        ),
        NameFault::Character(span) => Problem::at(
            span,
            "not a letter, digit, underscore or Chinese character",
            "`name` contains a character that is not allowed",
        ),
        NameFault::TooShort => Problem::at(member.value(), count(), "`name` is shorter than 4 characters"),
        NameFault::TooLong => Problem::at(member.value(), count(), "`name` is longer than 50 characters"),
    };
    Some(problem.help(
        "use 4 to 50 letters, digits, underscores or Chinese characters (U+4E00 to U+9FA5), \
         starting with a letter or Chinese character",
    ))
}
