//! `github`: commands of GitHub's runner, which become annotations, and then the summary in plain lines,
//! because of the annotations ten of a kind are shown.
//!
//! A line that the runner takes for a command begins with `::`; of those only ours do. The text of names
//! is harmless already: see [`printable`](crate::redact::printable).

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::NAME;
use crate::output::describe::{remarks, said};
use crate::output::full::summarize;
use crate::output::{Run, Style};
use crate::problem::Severity;
use crate::report::{Finding, Location};

pub(super) fn write(run: &Run, _: &Style, to: &mut dyn Write) -> io::Result<()> {
    // First, not in the order in which they were named: of errors, ten a step are shown.
    for unreadable in &run.unreadable {
        let message = format!("{}: {}", unreadable.name(), unreadable.message);
        writeln!(to, "::error title=cannot be read::{}", data(&message))?;
    }
    for input in &run.inputs {
        let site = input.site();
        for finding in run.shown(input) {
            let mut properties = String::new();
            // Of a file that is not there an annotation cannot be about; the message names it.
            if site.is_in_repository() {
                let _ = write!(properties, "file={},{},", property(&site.path()), lines(&finding.primary));
            }
            let command = command(finding.severity);
            let title = property(finding.rule.name);
            let message = data(&message(finding, &input.path));
            writeln!(to, "::{command} {properties}title={title}::{message}")?;
        }
    }
    let mut summary = Vec::new();
    summarize(run, &Style::PLAIN, &mut summary)?;
    for line in String::from_utf8_lossy(&summary).lines() {
        writeln!(to, "{NAME}: {line}")?;
    }
    Ok(())
}

const fn command(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Note => "notice",
    }
}

/// The log shows nothing but the message: it says where, too.
fn message(finding: &Finding, path: &str) -> String {
    let Location { start, .. } = finding.primary;
    let said = said(&finding.message, &finding.primary);
    let first = format!("{path}:{}:{}: {said}", start.line, start.column);
    let lines: Vec<String> = std::iter::once(first).chain(remarks(finding)).collect();
    lines.join("\n")
}

/// Lines, and columns where both are in one line: the runner drops columns otherwise. The last column
/// is that of the last character.
fn lines(place: &Location) -> String {
    let Location { start, end, .. } = place;
    // A place that ends with the end of a line does not reach into the next.
    let end_line = if end.column == 1 { end.line.saturating_sub(1).max(start.line) } else { end.line };
    let mut lines = format!("line={},endLine={end_line}", start.line);
    if start.line == end.line {
        let last = end.column.saturating_sub(1).max(start.column);
        let _ = write!(lines, ",col={},endColumn={last}", start.column);
    }
    lines
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
