//! `json`: one document for programs. Without source text, time or duration, so that the same input
//! gives the same bytes.

use std::io::{self, Write};

use serde::Serialize;

use crate::escaped_json;
use crate::output::{Counts, Input, Run, Style, Unreadable};
use crate::problem::Severity;
use crate::report::json::ReportJson;
use crate::{NAME, VERSION};

/// The JSON Schema of the document.
pub const SCHEMA: &str = include_str!("../../schemas/report.schema.json");

/// Rises when a program that reads the document has to be changed.
const SCHEMA_VERSION: u32 = 1;

pub(super) fn write(run: &Run, _: &Style, to: &mut dyn Write) -> io::Result<()> {
    let document = Document {
        schema_version: SCHEMA_VERSION,
        tool: Tool { name: NAME, version: VERSION },
        summary: Summary::of(run.counts()),
        inputs: run.inputs.iter().map(|input| judged(input, run.min_severity)).collect(),
        errors: run.unreadable.iter().map(Unread::of).collect(),
    };
    writeln!(to, "{}", escaped_json::pretty(&document))
}

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    tool: Tool,
    summary: Summary,
    inputs: Vec<ReportJson<'a>>,
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

/// A body with its findings of at least `least`.
pub(super) fn judged(input: &Input, least: Severity) -> ReportJson<'_> {
    ReportJson::new(&input.path, input.line, &input.fingerprint_name(), &input.report, input.shown(least))
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

    use super::*;
    use crate::output::testing::{body, quoted, run};

    fn document(run: &Run) -> Value {
        let mut text = Vec::new();
        write(run, &Style::PLAIN, &mut text).unwrap();
        assert!(text.ends_with(b"}\n"));
        serde_json::from_slice(&text).unwrap()
    }

    #[test]
    fn nothing_read_is_a_document_too() {
        let mut run = Run::new();
        let message = "permission denied".to_owned();
        run.unreadable.push(Unreadable::new("a.json".to_owned(), None, message));
        let version = VERSION;
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
