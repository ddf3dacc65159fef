//! `json`: one document for programs. Without source text, time or duration, so that the same input
//! gives the same bytes.

use std::io::{self, Write};

use serde::Serialize;

use super::{Counts, Input, Run, Style, Unreadable, plain_json};
use crate::api::Refusal;
use crate::fix::Fix;
use crate::problem::Severity;
use crate::report::{PemPosition, Place, Reported};
use crate::response::PredictedRefusal;
use crate::source::Position;

/// The JSON Schema of the document.
pub const SCHEMA: &str = include_str!("../../docs/report.schema.json");

/// Rises when a program that reads the document has to be changed.
const SCHEMA_VERSION: u32 = 1;

pub(super) fn write(run: &Run, _: &Style, to: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        schema_version: SCHEMA_VERSION,
        tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
        summary: Summary::of(run.counts()),
        inputs: run.inputs.iter().map(|input| Body::of(input, run.min_severity)).collect(),
        errors: run.unreadable.iter().map(Unread::of).collect(),
    };
    plain_json::write_pretty(&document, to)?;
    writeln!(to)
}

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    tool: Tool,
    summary: Summary,
    inputs: Vec<Body<'a>>,
    errors: Vec<Unread<'a>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Summary {
    inputs: usize,
    rejected: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
    suppressed: usize,
    fixable: usize,
}

impl Summary {
    const fn of(counts: Counts) -> Self {
        let Counts { inputs, rejected, errors, warnings, notes, suppressed, fixable, .. } = counts;
        Self { inputs, rejected, errors, warnings, notes, suppressed, fixable }
    }
}

#[derive(Serialize)]
pub(super) struct Body<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    verdict: &'static str,
    prediction: Prediction<'a>,
    findings: Vec<Found<'a>>,
}

impl<'a> Body<'a> {
    /// A body with its findings of at least `least`.
    pub(super) fn of(input: &'a Input, least: Severity) -> Self {
        let report = &input.report;
        Self {
            path: &input.path,
            line: input.line,
            verdict: if report.is_accepted() { "accept" } else { "reject" },
            prediction: Prediction::of(report.refusal.as_ref()),
            findings: input.shown(least).map(|finding| Found::of(finding, input)).collect(),
        }
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Prediction<'a> {
    Accepted {
        status: u16,
    },
    Refused {
        status: u16,
        error_code: &'static str,
        error_msg: &'a str,
        rule: &'static str,
        basis: &'static str,
    },
}

impl<'a> Prediction<'a> {
    fn of(refusal: Option<&'a PredictedRefusal>) -> Self {
        match refusal {
            None => Self::Accepted { status: 200 },
            Some(PredictedRefusal { rule, refusal, message }) => Self::Refused {
                status: refusal.error.status,
                error_code: refusal.error.code,
                error_msg: message,
                rule: rule.name,
                basis: refusal.basis.name(),
            },
        }
    }
}

#[derive(Serialize)]
struct Found<'a> {
    rule: &'static str,
    severity: &'static str,
    message: &'a str,
    help: Option<&'a str>,
    pointer: &'a str,
    range: Range,
    pem: Option<Pem>,
    related: Vec<Related<'a>>,
    refusal: Option<Refused>,
    fix: Option<Repair<'a>>,
    fingerprint: String,
}

impl<'a> Found<'a> {
    fn of(finding: &'a Reported, input: &Input) -> Self {
        Self {
            rule: finding.rule.name,
            severity: finding.severity.name(),
            message: &finding.message,
            help: finding.help.as_deref(),
            pointer: &finding.primary.pointer,
            range: Range::of(&finding.primary),
            pem: finding.primary.pem.map(Pem::of),
            related: finding.related.iter().map(Related::of).collect(),
            refusal: finding.refusal.map(Refused::of),
            fix: finding.fix.as_ref().map(Repair::of),
            fingerprint: input.fingerprint(finding),
        }
    }
}

#[derive(Serialize)]
struct Related<'a> {
    pointer: &'a str,
    range: Range,
    pem: Option<Pem>,
    message: &'a str,
}

impl<'a> Related<'a> {
    fn of(place: &'a Place) -> Self {
        Self {
            pointer: &place.pointer,
            range: Range::of(place),
            pem: place.pem.map(Pem::of),
            message: &place.text,
        }
    }
}

#[derive(Serialize)]
struct Range {
    start: Point,
    end: Point,
}

impl Range {
    const fn of(place: &Place) -> Self {
        Self { start: Point::of(place.start), end: Point::of(place.end) }
    }
}

#[derive(Serialize)]
struct Point {
    line: usize,
    column: usize,
    offset: usize,
}

impl Point {
    const fn of(position: Position) -> Self {
        Self { line: position.line, column: position.column, offset: position.offset }
    }
}

#[derive(Serialize)]
struct Pem {
    block: usize,
    line: usize,
    column: usize,
}

impl Pem {
    const fn of(position: PemPosition) -> Self {
        Self { block: position.block, line: position.line, column: position.column }
    }
}

#[derive(Serialize)]
struct Refused {
    status: u16,
    error_code: &'static str,
    basis: &'static str,
}

impl Refused {
    const fn of(refusal: Refusal) -> Self {
        Self { status: refusal.error.status, error_code: refusal.error.code, basis: refusal.basis.name() }
    }
}

#[derive(Serialize)]
struct Repair<'a> {
    title: &'a str,
    safety: &'static str,
}

impl<'a> Repair<'a> {
    fn of(fix: &'a Fix) -> Self {
        Self { title: &fix.title, safety: fix.safety.name() }
    }
}

#[derive(Serialize)]
pub(super) struct Unread<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    message: &'a str,
}

impl<'a> Unread<'a> {
    pub(super) fn of(unreadable: &'a Unreadable) -> Self {
        Self { path: &unreadable.path, line: unreadable.line, message: &unreadable.message }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use serde_json::{Value, json};

    use super::super::testing::{body, quoted, run};
    use super::*;

    fn document(run: &Run) -> Value {
        let mut text = Vec::new();
        write(run, &Style::PLAIN, &mut text).unwrap();
        assert!(text.ends_with(b"}\n"));
        serde_json::from_slice(&text).unwrap()
    }

    #[test]
    fn nothing_read_is_a_document_too() {
        let mut run = Run::new();
        run.unreadable.push(Unreadable {
            path: "a.json".to_owned(),
            line: None,
            message: "permission denied".to_owned(),
        });
        let version = env!("CARGO_PKG_VERSION");
        let zero = json!({
            "inputs": 0, "rejected": 0, "errors": 0, "warnings": 0, "notes": 0, "suppressed": 0, "fixable": 0
        });
        assert_eq!(
            document(&run),
            json!({
                "schema_version": 1,
                "tool": {"name": "apicert", "version": version},
                "summary": zero,
                "inputs": [],
                "errors": [{"path": "a.json", "message": "permission denied"}]
            })
        );
    }

    #[test]
    fn a_finding_tells_all_but_the_text() {
        let body = body();
        let (first, last) = (body.find('\'').unwrap(), body.rfind('\'').unwrap());
        let document = document(&run("a.json", &body, vec![quoted(first, last)]));
        let line = body.lines().nth(2).unwrap();
        let column = |at: usize| at - body.find(line).unwrap() + 1;
        let input = document.pointer("/inputs/0").unwrap();
        assert_eq!(input.get("verdict").unwrap(), "reject");
        assert_eq!(
            *input.get("prediction").unwrap(),
            json!({
                "status": 400, "error_code": "APIG.2106", "error_msg": "Invalid certificate or private key.",
                "rule": "quoted-pem", "basis": "inferred"
            })
        );
        let mut found = input.pointer("/findings/0").unwrap().clone();
        let fingerprint = found.as_object_mut().unwrap().remove("fingerprint").unwrap();
        assert_eq!(fingerprint.as_str().unwrap().len(), 32);
        let range = |at: usize| {
            json!({
                "start": {"line": 3, "column": column(at), "offset": at},
                "end": {"line": 3, "column": column(at) + 1, "offset": at + 1}
            })
        };
        assert_eq!(
            found,
            json!({
                "rule": "quoted-pem", "severity": "error", "message": "the value starts with a quote",
                "help": "send the PEM without the quotes around it", "pointer": "/private_key",
                "range": range(first), "pem": null,
                "related": [
                    {"pointer": "/private_key", "range": range(last), "pem": null, "message": "and this one"}
                ],
                "refusal": {"status": 400, "error_code": "APIG.2106", "basis": "inferred"},
                "fix": {"title": "remove the quotes", "safety": "safe"}
            })
        );
    }

    #[test]
    fn members_stand_in_the_documented_order() {
        let mut text = Vec::new();
        write(&run("a.json", &body(), vec![quoted(40, 50)]), &Style::PLAIN, &mut text).unwrap();
        let text = String::from_utf8(text).unwrap();
        let mut at = 0;
        for name in [
            "schema_version",
            "tool",
            "name",
            "version",
            "summary",
            "rejected",
            "suppressed",
            "fixable",
            "inputs",
            "path",
            "verdict",
            "prediction",
            "status",
            "error_code",
            "error_msg",
            "rule",
            "basis",
            "findings",
            "rule",
            "severity",
            "message",
            "help",
            "pointer",
            "range",
            "start",
            "line",
            "column",
            "offset",
            "end",
            "pem",
            "related",
            "refusal",
            "fix",
            "title",
            "safety",
            "fingerprint",
            "errors",
        ] {
            let rest = text.get(at..).unwrap();
            at += rest.find(&format!("\"{name}\":")).unwrap_or_else(|| panic!("{name} in {rest}")) + 1;
        }
    }
}
