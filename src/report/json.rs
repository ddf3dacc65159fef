//! A judged body as JSON, as it stands among the `inputs` of a report and in a line of its own. This is written
//! for each body of a stream, so it is compiled with what judges them.

use serde::Serialize;

use crate::api::Rejection;
use crate::edit::Fix;
use crate::escaped_json;
use crate::report::{Finding, Location, PemPosition, Report};
use crate::response::PredictedRejection;
use crate::span::Position;

/// What a report says of a body. The names of its members are a contract.
#[derive(Serialize)]
pub(crate) struct ReportJson<'a> {
    path: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
    verdict: &'static str,
    prediction: Prediction<'a>,
    findings: Vec<FindingJson<'a>>,
}

impl<'a> ReportJson<'a> {
    /// A body in this file, in this line of it where it holds many, which together is its `name`, and those of
    /// the findings that are to be shown.
    pub(crate) fn new(
        path: &'a str,
        line: Option<usize>,
        name: &str,
        report: &'a Report,
        shown: impl Iterator<Item = &'a Finding>,
    ) -> Self {
        Self {
            path,
            line,
            verdict: if report.is_accepted() { "accept" } else { "reject" },
            prediction: Prediction::of(report),
            findings: shown.map(|finding| FindingJson::of(finding, name)).collect(),
        }
    }

    /// It in one line, with the end of that.
    #[must_use]
    pub(crate) fn to_line(&self) -> String {
        let mut line = escaped_json::compact(self);
        line.push('\n');
        line
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Prediction<'a> {
    Accepted {
        status: u16,
    },
    Rejected {
        status: u16,
        error_code: &'static str,
        error_msg: &'a str,
        rule: &'static str,
        basis: &'static str,
    },
}

impl<'a> Prediction<'a> {
    fn of(report: &'a Report) -> Self {
        match &report.refusal {
            None => Self::Accepted { status: report.status() },
            Some(PredictedRejection { rule, refusal, message }) => Self::Rejected {
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
struct FindingJson<'a> {
    rule: &'static str,
    severity: &'static str,
    message: &'a str,
    help: Option<&'a str>,
    pointer: &'a str,
    range: Range,
    pem: Option<Pem>,
    related: Vec<Related<'a>>,
    refusal: Option<RejectionJson>,
    fix: Option<Repair<'a>>,
    fingerprint: String,
}

impl<'a> FindingJson<'a> {
    fn of(finding: &'a Finding, name: &str) -> Self {
        Self {
            rule: finding.rule.name,
            severity: finding.severity.name(),
            message: &finding.message,
            help: finding.help.as_deref(),
            pointer: &finding.primary.pointer,
            range: Range::of(&finding.primary),
            pem: finding.primary.pem.map(Pem::of),
            related: finding.related.iter().map(Related::of).collect(),
            refusal: finding.refusal.map(RejectionJson::of),
            fix: finding.fix.as_ref().map(Repair::of),
            fingerprint: finding.fingerprint(name),
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
    fn of(place: &'a Location) -> Self {
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
    const fn of(place: &Location) -> Self {
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
struct RejectionJson {
    status: u16,
    error_code: &'static str,
    basis: &'static str,
}

impl RejectionJson {
    const fn of(refusal: Rejection) -> Self {
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
