//! A field that is not a string.

use crate::api::{ApiError, Rejection};
use crate::facts::Facts;
use crate::json::body::{Content, JsonKind, Member};
use crate::problem::{Problem, Severity};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "wrong-type",
    family: Family::Request,
    severity: SeverityByService::Always(Severity::Error),
    summary: "A field of the API is not a string.",
    explanation: "\
        Every field of the request is a string. The service cannot parse a number, an array or an \
        object in its place and rejects the whole body, even if a later field of the same name is \
        valid.\n\n\
        Common causes:\n\
        - A chain sent as an array with one element per certificate\n\
        - A PEM text sent as an array with one element per line\n\n\
        Join the elements into one string, with `\\n` between the lines.",
    example: "`cert_content` is an array, not a string",
    citations: &[
        Citation::Api("request body, table of parameters, type"),
        Citation::Go("encoding/json", "Unmarshal rejects a value of another type"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::CliError(Rejection::inferred(ApiError::SERIALIZATION)),
    check: Check::Member(check),
};

fn check(member: &Member, _: &Facts<'_>) -> Option<Problem> {
    let field = member.field?;
    let Content::WrongType(kind) = member.content else { return None };
    let (name, what) = (field.name(), kind.describe());
    if let Some(known) = member.known_content.filter(|_| field.is_pem()) {
        let message = format!("`{name}` is {}, not a string", known.name);
        return Some(Problem::at(member.value(), what, message).help(known.help));
    }
    let help = match kind {
        JsonKind::Array if field.is_pem() => {
            "join the elements into one string, with `\\n` between the lines"
        }
        JsonKind::Array | JsonKind::Object => "send a string",
        _ => "put the value in quotes",
    };
    Some(Problem::at(member.value(), what, format!("`{name}` is {what}, not a string")).help(help))
}
