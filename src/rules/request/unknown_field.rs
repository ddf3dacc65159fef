//! A field that the API does not have.

use crate::edit::{Edit, Fix, Safety};
use crate::facts::Facts;
use crate::json::body::Member;
use crate::problem::{Problem, Severity};
use crate::rules::request::{content, shown};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "unknown-field",
    family: Family::Request,
    severity: SeverityByService::Always(Severity::Warning),
    summary: "A field is unknown to the API, or spelled differently.",
    explanation: "\
        The service ignores unknown fields, so a misspelled field is treated as absent. It matches \
        field names without regard to case; other parsers do not.\n\n\
        Common causes:\n\
        - A typo\n\
        - A name from an SDK or Terraform, such as `certContent`, `privateKey` or `content`\n\n\
        Use the field names of the API reference.",
    example: "unknown field `certContent`",
    citations: &[
        Citation::Api("request body, table of parameters"),
        Citation::Go("encoding/json", "unknown fields are ignored; names match without regard to case"),
    ],
    fix: FixAvailability::When(
        Safety::Unsafe,
        "renames the field if it is another client's name for it or differs from it by one typo or in case, and no other field could be meant",
    ),
    refusal: PredictedOutcome::Accepted,
    check: Check::Member(check),
};

fn check(member: &Member, facts: &Facts<'_>) -> Option<Problem> {
    if member.is_exact {
        return None;
    }
    let name = shown(member);
    let unknown =
        if name.starts_with('`') { format!("unknown field {name}") } else { format!("unknown {name}") };
    let Some(meant) = member.field.or(member.resembles) else {
        // `missing-field` says where the body is.
        if facts.nested_body.is_some() {
            return None;
        }
        return Some(
            Problem::at(member.key(), "ignored by the service", unknown)
                .help("remove it, or use the field name of the API reference"),
        );
    };
    let api_name = meant.name();
    let problem = if member.field.is_some() {
        Problem::at(
            member.key(),
            format!("read as `{api_name}`: the service ignores case"),
            format!("{name} should be spelled `{api_name}`"),
        )
        .help(format!("rename it to `{api_name}`"))
    } else {
        Problem::at(member.key(), "ignored by the service", unknown)
            .help(format!("did you mean `{api_name}`?"))
    };
    // With two candidates, or if the field exists already, renaming would make a duplicate.
    if !facts.body.has_one_claimant(meant) {
        return Some(problem);
    }
    let rename = Edit::Put { span: content(member.key()), text: api_name };
    Some(problem.fix(Fix::unsafe_(format!("rename it to `{api_name}`"), vec![rename])))
}
