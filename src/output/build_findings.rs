//! Findings of `build`: they are about a body that nobody has seen, so each of their places is named by
//! the file that it comes from. A finding is a few lines; there is no snippet.

use std::cmp::Reverse;
use std::io::{self, Write};

use crate::output::catalogue::source;
use crate::output::full::{colour, describe_answer};
use crate::output::style::{Colour, Style, wrap};
use crate::problem::Severity;
use crate::report::{Finding, Location, Report};

/// Writes findings that are at least so severe, the most severe first; `locate` says where a place is.
///
/// # Errors
///
/// When it cannot be written.
pub fn write(
    report: &Report,
    least: Severity,
    locate: &dyn Fn(&Location) -> String,
    style: &Style,
    to: &mut dyn Write,
) -> io::Result<()> {
    let mut findings: Vec<&Finding> =
        report.findings.iter().filter(|finding| finding.severity >= least).collect();
    findings.sort_by_key(|finding| Reverse(finding.severity));
    for finding in findings {
        let head = format!("{}[{}]", finding.severity.name(), finding.rule.name);
        let head = style.paint(colour(finding.severity), &head);
        let head = style.link(source(finding.rule).as_deref(), &head);
        writeln!(to, "{}: {head} {}", locate(&finding.primary), finding.message)?;
        for place in std::iter::once(&finding.primary).chain(&finding.related) {
            if !place.text.is_empty() {
                writeln!(to, "{}", wrap("  ", &format!("{}: {}", locate(place), place.text), style.width))?;
            }
        }
        let mut say = |lead: &str, what: &str| {
            let line = wrap(&format!("  {lead}: "), what, style.width);
            writeln!(to, "{}", line.replacen(lead, &style.paint(Colour::Lead, lead), 1))
        };
        if let Some(help) = &finding.help {
            say("help", help)?;
        }
        if let Some(refusal) = finding.refusal {
            say("service answers", &describe_answer(refusal))?;
        }
    }
    Ok(())
}
