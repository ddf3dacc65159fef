//! `full`: for people at a terminal. Each finding with its place in the masked body, what to do and
//! what the service answers; then what will become of each body.

use std::fmt;
use std::io::{self, Write};

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode, ThemeCharacters, ThemeStyles,
};

use super::snippet::{Window, located, undrawn};
use super::style::{Colour, Style, wrap};
use super::{Input, Run, counted};
use crate::api::Refusal;
use crate::problem::Severity;
use crate::report::{Report, Reported};

pub(super) fn write(run: &Run, style: &Style, to: &mut dyn Write) -> io::Result<()> {
    for input in &run.inputs {
        for finding in run.shown(input) {
            to.write_all(render(&input.path, &input.report, finding, style, run.verbose).as_bytes())?;
            writeln!(to)?;
        }
    }
    summarize(run, style, to)
}

/// Writes what will become of each body, and the counts.
///
/// # Errors
///
/// When it cannot be written.
pub fn summarize(run: &Run, style: &Style, to: &mut dyn Write) -> io::Result<()> {
    let counts = run.counts();
    if run.statistics {
        statistics(run, style, to)?;
    }
    if counts.inputs == 0 {
        return Ok(());
    }
    let bodies = counted(counts.inputs, "body", "bodies");
    if counts.findings() + counts.rejected + counts.suppressed == 0 {
        if run.quiet {
            return Ok(());
        }
        let what = match run.inputs.as_slice() {
            [one] => format!("{} is good", one.path),
            _ => format!("{bodies}, all good"),
        };
        let said = format!("{what}: no findings, the service would answer 200");
        return writeln!(to, "{}", style.paint(Colour::Good, &said));
    }
    for input in &run.inputs {
        verdict(input, run.quiet, style, to)?;
    }
    if run.quiet {
        return Ok(());
    }
    let mut total = format!(
        "{}, {}, {}",
        counted(counts.errors, "error", "errors"),
        counted(counts.warnings, "warning", "warnings"),
        counted(counts.notes, "note", "notes")
    );
    if counts.inputs > 1 {
        total = format!("{bodies}, {} rejected: {total}", counts.rejected);
    }
    match (counts.fixable, counts.safely) {
        (0, _) => {}
        (all, safe) if all == safe => total.push_str(&format!("; {all} can be fixed safely")),
        (all, 0) => total.push_str(&format!("; {all} can be fixed, not safely")),
        (all, safe) => total.push_str(&format!("; {all} can be fixed, {safe} of them safely")),
    }
    if counts.suppressed > 0 {
        total.push_str(&format!("; {} suppressed", counts.suppressed));
    }
    let shown: usize = run.inputs.iter().map(|input| run.shown(input).count()).sum();
    if shown < counts.findings() {
        total.push_str(&format!("; {} below --min-severity not shown", counts.findings() - shown));
    }
    writeln!(to, "{total}")
}

/// One line about a body in which something was found.
fn verdict(input: &Input, quiet: bool, style: &Style, to: &mut dyn Write) -> io::Result<()> {
    let path = &input.path;
    match &input.report.refusal {
        Some(refused) => {
            let error = refused.refusal.error;
            let said = style.paint(Colour::Bad, "rejected");
            writeln!(
                to,
                "{path}: {said}, the service would answer {} {} {} ({}, {})",
                error.status,
                error.code,
                refused.message,
                refused.rule.name,
                refused.refusal.basis.name()
            )
        }
        None if quiet || input.report.findings.is_empty() => Ok(()),
        None => {
            let said = style.paint(Colour::Good, "accepted");
            writeln!(to, "{path}: {said}, the service would answer 200")
        }
    }
}

/// How often each rule fired, the most frequent first.
fn statistics(run: &Run, style: &Style, to: &mut dyn Write) -> io::Result<()> {
    let mut rules: Vec<(&'static str, Severity, usize)> = Vec::new();
    for finding in run.inputs.iter().flat_map(|input| &input.report.findings) {
        match rules.iter_mut().find(|(name, ..)| *name == finding.rule.name) {
            Some((.., count)) => *count += 1,
            None => rules.push((finding.rule.name, finding.severity, 1)),
        }
    }
    rules.sort_by(|(a_name, _, a), (b_name, _, b)| b.cmp(a).then_with(|| a_name.cmp(b_name)));
    for (name, severity, count) in rules {
        let word = style.paint(colour(severity), severity.name());
        let padding = " ".repeat("warning".len() - severity.name().len());
        writeln!(to, "{count:>6} {word}{padding} {name}")?;
    }
    Ok(())
}

/// A finding, with its snippet.
fn render(path: &str, report: &Report, finding: &Reported, style: &Style, verbose: bool) -> String {
    let severity = finding.severity;
    let head = style.paint(colour(severity), &format!("{}[{}]", severity.name(), finding.rule.name));
    let shown = Shown {
        message: format!("{head}: {}", finding.message),
        severity,
        window: Window::new(path, &report.redacted, finding, style),
    };
    let mut drawn = String::new();
    let mut text = String::new();
    // Writing to a string cannot fail; were a snippet refused, the rest is still said.
    if handler(style).render_report(&mut drawn, &shown).is_ok() {
        for line in drawn.lines() {
            text.push_str(line.trim_end());
            text.push('\n');
        }
    } else {
        text = format!("{}\n  {}\n", shown.message, located(path, &finding.primary));
    }
    let mut say = |lead: &str, what: &str| {
        let line = wrap(&format!("  {lead}: "), what, style.width);
        text.push_str(&line.replacen(lead, &style.paint(Colour::Lead, lead), 1));
        text.push('\n');
    };
    for place in undrawn(finding) {
        say("also", &format!("{}: {}", located(path, place), place.text));
    }
    if let Some(help) = &finding.help {
        say("help", help);
    }
    if let Some(fix) = &finding.fix {
        say("fix", &format!("{} ({})", fix.title, fix.safety.name()));
    }
    if let Some(refusal) = finding.refusal {
        say("service answers", &describe_answer(refusal));
    }
    if verbose {
        for citation in finding.rule.citations {
            say(
                "see",
                &citation.url().map_or_else(|| citation.to_string(), |url| format!("{citation} <{url}>")),
            );
        }
    }
    text
}

/// `400 APIG.2106 (inferred)`
fn describe_answer(refusal: Refusal) -> String {
    format!("{} {} ({})", refusal.error.status, refusal.error.code, refusal.basis.name())
}

pub(super) const fn colour(severity: Severity) -> Colour {
    match severity {
        Severity::Error => Colour::Bad,
        Severity::Warning => Colour::Doubtful,
        Severity::Note => Colour::Note,
    }
}

fn handler(style: &Style) -> GraphicalReportHandler {
    let theme = GraphicalTheme {
        characters: if style.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() },
        styles: if style.colour { ThemeStyles::ansi() } else { ThemeStyles::none() },
    };
    GraphicalReportHandler::new_themed(theme)
        .with_width(style.width + 2)
        .with_context_lines(0)
        .with_urls(false)
        .without_cause_chain()
        .without_primary_span_start()
        .without_syntax_highlighting()
}

/// A finding as `miette` takes it.
#[derive(Debug)]
struct Shown {
    message: String,
    severity: Severity,
    window: Window,
}

impl fmt::Display for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Shown {}

impl Diagnostic for Shown {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
            Severity::Note => miette::Severity::Advice,
        })
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.window)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.window.labels()))
    }
}
