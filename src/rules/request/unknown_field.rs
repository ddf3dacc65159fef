//! A member that the API does not have.

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
    summary: "A member is not in the API's table.",
    explanation: "\
        The service ignores members that it does not know, so a misspelt one is as good as absent. A \
        name that differs from a documented one in case alone is read as that one, but by this \
        service only.\n\n\
        Software kits and Terraform call the same members otherwise: `certContent`, `privateKey`, \
        `content`. Their names do not work in the body itself; write those of the API.",
    example: "`certContent` is no member of this call",
    citations: &[
        Citation::Api("request body, table of parameters"),
        Citation::Go("encoding/json", "unknown members are ignored; names match without regard to case"),
    ],
    fix: FixAvailability::When(
        Safety::Unsafe,
        "renames the member, when it is the spelling of another client, one typo away or in other case, \
         and no other member could be meant",
    ),
    refusal: PredictedOutcome::Accepted,
    check: Check::Member(check),
};

fn check(member: &Member, facts: &Facts<'_>) -> Option<Problem> {
    if member.is_exact {
        return None;
    }
    let name = shown(member);
    let Some(meant) = member.field.or(member.resembles) else {
        // `missing-field` says where the body is.
        if facts.nested_body.is_some() {
            return None;
        }
        return Some(
            Problem::at(member.key(), "the service ignores it", format!("{name} is no member of this call"))
                .help("leave it out, or look for the name that the API has for it"),
        );
    };
    let api_name = meant.name();
    let problem = if member.field.is_some() {
        Problem::at(
            member.key(),
            format!("the service reads it as `{api_name}`, whatever the case"),
            format!("{name} is not written `{api_name}`, as the API has it"),
        )
        .help(format!("write `{api_name}`"))
    } else {
        Problem::at(member.key(), "the service ignores it", format!("{name} is no member of this call"))
            .help(format!("the API calls it `{api_name}`, if that is what is meant"))
    };
    // With two candidates, or the member itself there already, a new name would make a duplicate.
    if !facts.body.has_one_claimant(meant) {
        return Some(problem);
    }
    let rename = Edit::Put { span: content(member.key()), text: api_name };
    Some(problem.fix(Fix::unsafe_(format!("rename it to `{api_name}`"), vec![rename])))
}
