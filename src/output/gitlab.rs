//! `gitlab`: a code quality report, which is a list of issues. What could not be read is an issue too:
//! otherwise its old issues would count as resolved.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use crate::escaped_json;
use crate::output::describe::said;
use crate::output::full::describe_answer;
use crate::output::{Item, Run, Style, unique};
use crate::problem::Severity;
use crate::report::Finding;

/// The name under which it is said that an input cannot be read. No rule has it.
const UNREADABLE: &str = "unreadable-input";

pub(super) fn write(run: &Run, _: &Style, to: &mut dyn Write) -> io::Result<()> {
    let mut seen = HashMap::new();
    let mut issues = Vec::new();
    for item in run.items() {
        match item {
            Item::Unreadable(unreadable) => {
                let path = unreadable.site().path();
                let begin = unreadable.line.unwrap_or(1);
                let fingerprint = format!("{UNREADABLE}:{}", unreadable.fingerprint_name());
                issues.push(Issue {
                    description: format!("{UNREADABLE}: {}", unreadable.message),
                    check_name: UNREADABLE,
                    fingerprint: unique(fingerprint, &mut seen),
                    severity: "blocker",
                    location: Location { path, lines: Lines { begin } },
                });
            }
            Item::Input(input) => {
                let path = input.site().path();
                issues.extend(run.shown(input).map(|finding| Issue {
                    description: description(finding),
                    check_name: finding.rule.name,
                    fingerprint: unique(input.fingerprint(finding), &mut seen),
                    severity: severity(finding.severity),
                    location: Location {
                        path: path.clone(),
                        lines: Lines { begin: finding.primary.start.line },
                    },
                }));
            }
        }
    }
    writeln!(to, "{}", escaped_json::pretty(&issues))
}

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: usize,
}

/// What people see: one line, and of a body in one line it has to say where.
fn description(finding: &Finding) -> String {
    let mut text = format!("{}: {}", finding.rule.name, said(&finding.message, &finding.primary));
    if let Some(help) = &finding.help {
        let _ = write!(text, "; {help}");
    }
    if let Some(refusal) = finding.refusal {
        let _ = write!(text, "; the service would answer {}", describe_answer(refusal));
    }
    text
}

const fn severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "critical",
        Severity::Warning => "major",
        Severity::Note => "info",
    }
}
