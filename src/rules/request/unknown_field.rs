//! A field that the call does not have.

use crate::api::{Call, CallSpec, Field};
use crate::edit::{Edit, Fix, Safety};
use crate::facts::Facts;
use crate::json::body::Member;
use crate::problem::{Problem, Severity};
use crate::rules::request::{content, removal, shown};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "unknown-field",
    family: Family::Request,
    severity: SeverityByService::Always(Severity::Warning),
    summary: "A field is unknown to the call, or spelled differently.",
    explanation: "\
        The service ignores unknown fields, so a misspelled field is treated as absent. It matches \
        field names without regard to case; other parsers do not.\n\n\
        Common causes:\n\
        - A typo\n\
        - A name from an SDK or Terraform, such as `certContent`, `privateKey` or `content`\n\
        - A body for another call: the call that binds a certificate to a domain name (`--call bind`) has \
        neither `algorithm_type` nor a second pair, and on API Gateway no `type`, `instance_id` and \
        `trusted_root_ca`\n\n\
        Use the field names of the API reference.",
    example: "unknown field `certContent`",
    citations: &[
        Citation::Api("request body, table of parameters"),
        Citation::CallApi(Call::Bind, "request body, table of parameters"),
        Citation::Go("encoding/json", "unknown fields are ignored; names match without regard to case"),
    ],
    fix: FixAvailability::When(
        Safety::Unsafe,
        "renames the field if it is another client's name for it or differs from it by one typo or in case, and no other field could be meant; removes a field of another call",
    ),
    refusal: PredictedOutcome::Accepted,
    check: Check::Member(check),
};

fn check(member: &Member, facts: &Facts<'_>) -> Option<Problem> {
    if let Some(field) = member.of_other_call {
        return Some(of_other_call(member, field, facts));
    }
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

/// Reports a field that another call has.
fn of_other_call(member: &Member, field: Field, facts: &Facts<'_>) -> Problem {
    let CallSpec { call, service, .. } = facts.settings.spec();
    let name = field.name();
    let instead = match field {
        Field::Type | Field::InstanceId => "the instance is part of the path",
        Field::TrustedRootCa => {
            "to verify clients, create the certificate with it and attach the domain name"
        }
        _ => "an SM2 pair must be created first and attached to the domain name then",
    };
    let problem = Problem::at(
        member.key(),
        "ignored by the service",
        format!("the call `{}` of {} has no field `{name}`", call.name(), service.title()),
    );
    problem
        .help(format!("remove it: {instead}"))
        .fix(Fix::unsafe_(format!("remove `{name}`"), vec![removal(member, facts)]))
}
