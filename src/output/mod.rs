//! What is printed: one file per format of `check`, the answer of `predict`,
//! what `fix` would change, what `inspect` sees, and the catalogue.
//!
//! An output knows reports and never a body. It opens nothing and asks nothing of the environment:
//! it writes what it is given into what it is given.

pub mod catalogue;
mod concise;
pub mod diff;
pub mod elsewhere;
mod full;
pub mod inspect;
mod json;
pub mod ndjson;
pub mod plain_json;
pub mod response;
mod snippet;
mod style;
#[cfg(test)]
mod testing;

use std::io::{self, Write};

use crate::problem::Severity;
use crate::report::{Report, Reported};

pub use full::summarize;
pub use json::SCHEMA;
pub use style::{Colour, Style, printable_path};

/// A format of `check`.
pub struct Format {
    /// As it is given on the command line.
    pub name: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// Whether the summary is part of it; if not, it goes where messages go.
    pub holds_summary: bool,
    /// Writes a run.
    pub write: fn(&Run, &Style, &mut dyn Write) -> io::Result<()>,
}

/// Every format, the default first.
pub static FORMATS: &[Format] = &[
    Format {
        name: "full",
        about: "findings with snippets of the masked body, and a summary",
        holds_summary: true,
        write: full::write,
    },
    Format { name: "concise", about: "one finding a line", holds_summary: false, write: concise::write },
    Format { name: "json", about: "one JSON document", holds_summary: true, write: json::write },
    Format {
        name: "ndjson",
        about: "one JSON object a body, each on a line",
        holds_summary: false,
        write: ndjson::write,
    },
];

/// What one run of `check` found.
#[derive(Debug)]
pub struct Run {
    /// The bodies, in the order in which they were named.
    pub inputs: Vec<Input>,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
    /// What is to be said about how the run was told to go: an ignore that matches nothing, say.
    pub notices: Vec<String>,
    /// The least severity that is shown. What is below still counts.
    pub min_severity: Severity,
    /// Whether findings are also counted by rule.
    pub statistics: bool,
    /// Whether only what is wrong is said.
    pub quiet: bool,
    /// Whether each finding comes with its citations.
    pub verbose: bool,
}

/// A body and what was found in it.
#[derive(Debug)]
pub struct Input {
    /// What it is called, fit to print.
    pub path: String,
    /// What was found; the findings are those that are not suppressed. The predicted answer is that
    /// to all of them: it does not depend on how this tool is told to behave.
    pub report: Report,
    /// Findings that do not count.
    pub suppressed: Vec<Suppressed>,
}

/// A finding that does not count.
#[derive(Debug)]
pub struct Suppressed {
    /// What was found.
    pub finding: Reported,
    /// Who said that it does not count.
    pub by: Suppressor,
}

/// What makes a finding not count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Suppressor {
    /// Its rule is allowed.
    Allow,
    /// It is ignored at its place, for a reason.
    Ignore {
        /// The reason, as it was written.
        reason: String,
    },
}

/// An input that could not be read.
#[derive(Debug)]
pub struct Unreadable {
    /// What it is called, fit to print.
    pub path: String,
    /// Why.
    pub message: String,
}

/// How many there are of everything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Bodies.
    pub inputs: usize,
    /// Bodies that the service is predicted to refuse.
    pub rejected: usize,
    /// Findings.
    pub errors: usize,
    /// Findings.
    pub warnings: usize,
    /// Findings.
    pub notes: usize,
    /// Findings that do not count.
    pub suppressed: usize,
    /// Findings that come with a repair.
    pub fixable: usize,
    /// Findings that come with a safe repair.
    pub safely: usize,
}

impl Counts {
    /// All findings that count.
    #[must_use]
    pub const fn findings(&self) -> usize {
        self.errors + self.warnings + self.notes
    }
}

impl Run {
    /// A run without findings yet, with everything shown.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            inputs: Vec::new(),
            unreadable: Vec::new(),
            notices: Vec::new(),
            min_severity: Severity::Note,
            statistics: false,
            quiet: false,
            verbose: false,
        }
    }

    /// How many there are of everything.
    #[must_use]
    pub fn counts(&self) -> Counts {
        use crate::fix::Safety;
        let mut counts = Counts { inputs: self.inputs.len(), ..Counts::default() };
        for input in &self.inputs {
            counts.rejected += usize::from(!input.report.is_accepted());
            counts.suppressed += input.suppressed.len();
            for finding in &input.report.findings {
                match finding.severity {
                    Severity::Error => counts.errors += 1,
                    Severity::Warning => counts.warnings += 1,
                    Severity::Note => counts.notes += 1,
                }
                let safety = finding.fix.as_ref().map(|fix| fix.safety);
                counts.fixable += usize::from(safety.is_some());
                counts.safely += usize::from(safety == Some(Safety::Safe));
            }
        }
        counts
    }

    /// The findings of a body that are to be shown.
    pub fn shown<'a>(&self, input: &'a Input) -> impl Iterator<Item = &'a Reported> {
        input.shown(self.min_severity)
    }

    /// Whether a finding is at least so severe.
    #[must_use]
    pub fn has(&self, severity: Severity) -> bool {
        self.inputs
            .iter()
            .flat_map(|input| &input.report.findings)
            .any(|finding| finding.severity >= severity)
    }
}

impl Input {
    /// The findings that are at least so severe.
    pub fn shown(&self, least: Severity) -> impl Iterator<Item = &Reported> {
        self.report.findings.iter().filter(move |finding| finding.severity >= least)
    }
}

impl Default for Run {
    fn default() -> Self {
        Self::new()
    }
}

/// A count and its noun: `1 error`, `2 errors`.
fn counted(count: usize, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}
