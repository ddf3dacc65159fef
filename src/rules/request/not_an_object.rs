//! JSON that is not an object.

use crate::api::{ApiError, Rejection};
use crate::facts::Facts;
use crate::json::body::{JsonKind, Shape};
use crate::json::nested::Step;
use crate::problem::{Problem, Severity};
use crate::rules::request::extract;
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "not-an-object",
    family: Family::Request,
    severity: SeverityByService::Always(Severity::Error),
    summary: "The body is JSON, but not an object.",
    explanation: "\
        The service expects an object with the fields `name`, `cert_content`, `private_key` and so \
        on. It cannot parse an array, a string or a number as one.\n\n\
        Common causes:\n\
        - An array of bodies from a file for many certificates; the call takes one at a time\n\
        - A body that was serialized twice, which makes it a string\n\n\
        Send one object per call, and pass the object itself to the HTTP client, not its serialized \
        text.",
    example: "the body is an array, not an object: the fields are inside `[0]`",
    citations: &[
        Citation::Api("request body"),
        Citation::Go("encoding/json", "Unmarshal into a struct takes an object"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::CliError(Rejection::inferred(ApiError::SERIALIZATION)),
    check: Check::Body(check),
};

fn check(facts: &Facts<'_>) -> Option<Problem> {
    let Shape::NotAnObject { kind, span } = facts.body.shape else { return None };
    let what = kind.describe();
    let is_list = |steps: &[Step]| matches!(steps, [Step::First { of: 2.. }, ..]);
    if let Some(nested) = facts.nested_body.as_ref().filter(|nested| !is_list(&nested.steps)) {
        let message = format!("the body is {what}, not an object: the fields are {nested}");
        return Some(Problem::at(nested.start(), "the fields are in here", message).help(extract(nested)));
    }
    let help = match kind {
        JsonKind::Array => {
            "send one object per call; to check many bodies, write one per line and use `--ndjson`"
        }
        JsonKind::String => "serialize the body only once",
        _ => "send an object with `name`, `cert_content` and `private_key`",
    };
    Some(Problem::at(span, what, format!("the body is {what}, not an object")).help(help))
}
