//! Reports for the tests of outputs: real bodies, findings made by hand.

use crate::api::{ApiError, Rejection};
use crate::edit::Fix;
use crate::facts::Facts;
use crate::output::{Input, Run};
use crate::problem::{Problem, Severity};
use crate::report::Report;
use crate::rules::{
    Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, RuleMatch, SeverityByService,
};
use crate::settings::Settings;
use crate::span::Span;
use crate::timestamp::Timestamp;

/// A rule that stands for any.
pub(super) static QUOTED: Rule = Rule {
    name: "quoted-pem",
    family: Family::Pem,
    severity: SeverityByService::Always(Severity::Error),
    summary: "A quote stands before the PEM.",
    explanation: "The service's reader does not take it.\n\nCommon causes:\n- A shell script or a \
        configuration file that keeps the quotation marks around the value of a variable\n- YAML",
    example: "the value starts with a quote",
    citations: &[Citation::Rfc(7468, "2")],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Rejected(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Body(|_| None),
};

/// Another one.
pub(super) static NOTED: Rule = Rule {
    name: "noted",
    family: Family::Request,
    severity: SeverityByService::Always(Severity::Note),
    summary: "Something | is <noted>.",
    explanation: "It is *good* to know.",
    example: "`name` is noted",
    citations: &[Citation::Api("request body")],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Body(|_| None),
};

/// What a check would have found.
pub(super) fn finding(rule: &'static Rule, problem: Problem) -> RuleMatch {
    RuleMatch {
        rule,
        severity: rule.severity(crate::api::Call::Create, crate::api::Service::Roma),
        refusal: rule.refusal.refusals().first().copied(),
        field: None,
        problem,
    }
}

/// A quote at `at`, with all that a finding can have.
pub(super) fn quoted(at: usize, last: usize) -> RuleMatch {
    finding(
        &QUOTED,
        Problem::at(Span::new(at, at + 1), "this quote", "the value starts with a quote")
            .related(Span::new(last, last + 1), "and this one")
            .help("send the PEM without the quotes around it")
            .fix(Fix::safe("remove the quotes", Vec::new())),
    )
}

/// A run over one body.
pub(super) fn run(path: &str, input: &str, findings: Vec<RuleMatch>) -> Run {
    let settings = Settings::at(Timestamp::END_OF_32_BITS);
    let facts = Facts::analyze(input.as_bytes(), &settings);
    let report = Report::new(input.as_bytes(), &facts, findings);
    let mut run = Run::new();
    run.inputs.push(Input::new(path.to_owned(), report));
    run
}

/// A body like the one of the API's own example: one line of PEM, quotes around it.
pub(super) fn body() -> String {
    let line = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDYvPx9H8ZY9iUf\\\\n".repeat(24);
    format!(
        "{{\n  \"name\": \"cert_demo\",\n  \"private_key\": \"'-----BEGIN PRIVATE KEY-----\\\\n{line}-----END PRIVATE KEY-----\\\\n'\",\n  \"cert_content\": \"x\"\n}}\n"
    )
}
