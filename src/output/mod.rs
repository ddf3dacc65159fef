//! What is printed: one file per format of `check`, the answer of `predict`,
//! what `fix` would change, what `inspect` sees, and the catalogue.
//!
//! An output knows reports and never a body. It opens nothing and asks nothing of the environment:
//! it writes what it is given into what it is given.

mod artifact_location;
pub mod build_findings;
pub mod catalogue;
mod concise;
mod describe;
pub mod diff;
mod full;
mod github;
mod gitlab;
pub mod inspect;
mod json;
mod junit;
mod markdown;
pub mod ndjson;
pub mod response;
mod sarif;
mod snippet;
mod style;
#[cfg(test)]
mod testing;

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::{self, Write};

use crate::problem::Severity;
use crate::report::{Finding, Report};

pub use crate::output::artifact_location::Site;
pub use crate::output::full::summarize;
pub use crate::output::json::SCHEMA;
pub use crate::output::style::{Colour, Style, printable_path};

/// A format of `check`.
#[allow(clippy::struct_excessive_bools, reason = "each says something of its own")]
pub struct Format {
    /// As it is given on the command line.
    pub name: &'static str,
    /// What it is for.
    pub about: &'static str,
    /// Whether it is for people, who see notes only on request. Other formats hold everything.
    pub is_for_people: bool,
    /// Whether the summary is part of it; if not, it goes where messages go.
    pub holds_summary: bool,
    /// Whether it says where in the repository inputs lie: `Input::site`.
    pub names_sites: bool,
    /// Whether it holds fingerprints of findings: `Input::fingerprint_path`.
    pub has_fingerprints: bool,
    /// Whether it shows the masked body: `Report::redacted`.
    pub shows_body: bool,
    /// Writes a run.
    pub write: fn(&Run, &Style, &mut dyn Write) -> io::Result<()>,
    /// How one input of a run is written as soon as it is judged, for formats that can.
    pub each: Option<Each>,
}

/// How the inputs of a run are written one by one, into memory.
pub struct Each {
    /// Writes a body, with its findings that are at least so severe.
    pub input: fn(&Input, Severity, &mut Vec<u8>) -> io::Result<()>,
    /// Writes an input that could not be read.
    pub unreadable: fn(&Unreadable, &mut Vec<u8>) -> io::Result<()>,
}

/// Every format, the default first.
pub static FORMATS: &[Format] = &[
    Format {
        name: "full",
        about: "findings with snippets of the masked body, and a summary",
        is_for_people: true,
        holds_summary: true,
        names_sites: false,
        has_fingerprints: false,
        shows_body: true,
        write: full::write,
        each: None,
    },
    Format {
        name: "concise",
        about: "one finding a line",
        is_for_people: true,
        holds_summary: false,
        names_sites: false,
        has_fingerprints: false,
        shows_body: false,
        write: concise::write,
        each: None,
    },
    Format {
        name: "json",
        about: "one JSON document",
        is_for_people: false,
        holds_summary: true,
        names_sites: false,
        has_fingerprints: true,
        shows_body: false,
        write: json::write,
        each: None,
    },
    Format {
        name: "ndjson",
        about: "one JSON object a body, each on a line",
        is_for_people: false,
        holds_summary: false,
        names_sites: false,
        has_fingerprints: true,
        shows_body: false,
        write: ndjson::write,
        each: Some(Each { input: ndjson::line, unreadable: ndjson::unreadable_line }),
    },
    Format {
        name: "sarif",
        about: "SARIF 2.1.0, for GitHub code scanning and others",
        is_for_people: false,
        holds_summary: false,
        names_sites: true,
        has_fingerprints: true,
        shows_body: false,
        write: sarif::write,
        each: None,
    },
    Format {
        name: "github",
        about: "annotations of GitHub Actions, and a summary",
        is_for_people: false,
        holds_summary: true,
        names_sites: true,
        has_fingerprints: false,
        shows_body: false,
        write: github::write,
        each: None,
    },
    Format {
        name: "gitlab",
        about: "a code quality report of GitLab",
        is_for_people: false,
        holds_summary: false,
        names_sites: true,
        has_fingerprints: true,
        shows_body: false,
        write: gitlab::write,
        each: None,
    },
    Format {
        name: "junit",
        about: "JUnit XML: a test suite a body, a test case a rule that found something",
        is_for_people: false,
        holds_summary: false,
        names_sites: false,
        has_fingerprints: false,
        shows_body: false,
        write: junit::write,
        each: None,
    },
    Format {
        name: "markdown",
        about: "the summary of a job, in GitHub Flavored Markdown",
        is_for_people: false,
        holds_summary: true,
        names_sites: false,
        has_fingerprints: false,
        shows_body: false,
        write: markdown::write,
        each: None,
    },
];

/// What one run of `check` found.
#[derive(Debug)]
#[allow(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Run {
    /// The bodies, in the order in which they were named.
    pub inputs: Vec<Input>,
    /// What was found in bodies that are written already and not kept.
    pub past: Tally,
    /// What could not be read.
    pub unreadable: Vec<Unreadable>,
    /// What is to be said about how the run was told to go: an ignore that matches nothing, say.
    pub notices: Vec<String>,
    /// The least severity that is shown. What is below still counts.
    pub min_severity: Severity,
    /// Whether `min_severity` hides notes only because nobody asked for them.
    pub hides_notes: bool,
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
    /// What its file is called, fit to print.
    pub path: String,
    /// Which line of the file it is, from 1, where a file holds a body a line.
    pub line: Option<usize>,
    /// What was found; the findings are those that are not suppressed. The predicted answer is that
    /// to all of them: it does not depend on how this tool is told to behave.
    pub report: Report,
    /// Findings that do not count.
    pub suppressed: Vec<Suppressed>,
    /// Where it lies, for the formats that say so; `None` is as much as its name tells.
    pub site: Option<Site>,
    /// The path that fingerprints are made of, for the formats that hold some: the same wherever the command is
    /// run, and however the file is named. `None` is the path as it was given.
    pub fingerprint_path: Option<String>,
}

/// A finding that does not count.
#[derive(Debug)]
pub struct Suppressed {
    /// What was found.
    pub finding: Finding,
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
    /// What its file is called, fit to print.
    pub path: String,
    /// Which line of the file it is, from 1, where a file holds a body a line.
    pub line: Option<usize>,
    /// Why.
    pub message: String,
    /// How many bodies come before it, in the order in which all was named.
    pub bodies_before: usize,
    /// Where it lies, as with [`Input`].
    pub site: Option<Site>,
    /// As with [`Input`].
    pub fingerprint_path: Option<String>,
}

/// An input of a run.
#[derive(Clone, Copy, Debug)]
pub enum Item<'a> {
    /// A body.
    Input(&'a Input),
    /// One that could not be read.
    Unreadable(&'a Unreadable),
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

impl Input {
    /// The body `report` is about, when nothing of it is suppressed.
    #[must_use]
    pub const fn new(path: String, report: Report) -> Self {
        Self { path, line: None, report, suppressed: Vec::new(), site: None, fingerprint_path: None }
    }

    /// The findings that are at least so severe.
    pub fn shown(&self, least: Severity) -> impl Iterator<Item = &Finding> {
        self.report.findings.iter().filter(move |finding| finding.severity >= least)
    }

    /// What it is called: the file, and the line in it.
    #[must_use]
    pub fn name(&self) -> Cow<'_, str> {
        name(&self.path, self.line)
    }

    /// What tells a finding from all others of a run; see [`Finding::fingerprint`].
    #[must_use]
    pub fn fingerprint(&self, finding: &Finding) -> String {
        finding.fingerprint(&self.fingerprint_name())
    }

    /// What stands for it in fingerprints: the path, and the line in it.
    fn fingerprint_name(&self) -> Cow<'_, str> {
        name(self.fingerprint_path.as_deref().unwrap_or(&self.path), self.line)
    }

    fn site(&self) -> Site {
        self.site.clone().unwrap_or_else(|| Site::of_name(&self.path))
    }
}

impl Unreadable {
    /// An input, or a line of one, that could not be read.
    #[must_use]
    pub const fn new(path: String, line: Option<usize>, message: String) -> Self {
        Self { path, line, message, bodies_before: 0, site: None, fingerprint_path: None }
    }

    /// What stands for it in fingerprints.
    fn fingerprint_name(&self) -> Cow<'_, str> {
        name(self.fingerprint_path.as_deref().unwrap_or(&self.path), self.line)
    }

    /// What it is called: the file, and the line in it.
    #[must_use]
    pub fn name(&self) -> Cow<'_, str> {
        name(&self.path, self.line)
    }

    fn site(&self) -> Site {
        self.site.clone().unwrap_or_else(|| Site::of_name(&self.path))
    }
}

fn name(path: &str, line: Option<usize>) -> Cow<'_, str> {
    line.map_or(Cow::Borrowed(path), |line| Cow::Owned(format!("{path}:{line}")))
}

impl Counts {
    /// All findings that count.
    #[must_use]
    pub const fn findings(&self) -> usize {
        self.errors + self.warnings + self.notes
    }

    /// Findings that are at least so severe.
    #[must_use]
    pub const fn at_least(&self, severity: Severity) -> usize {
        match severity {
            Severity::Error => self.errors,
            Severity::Warning => self.errors + self.warnings,
            Severity::Note => self.findings(),
        }
    }
}

impl Run {
    /// A run without findings yet, with everything shown.
    #[must_use]
    pub const fn new() -> Self {
        Self {
            inputs: Vec::new(),
            past: Tally::new(),
            unreadable: Vec::new(),
            notices: Vec::new(),
            min_severity: Severity::Note,
            hides_notes: false,
            statistics: false,
            quiet: false,
            verbose: false,
        }
    }

    /// How many there are of everything.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.tally().counts
    }

    /// What was found in all bodies.
    #[must_use]
    pub fn tally(&self) -> Tally {
        let mut tally = self.past.clone();
        for input in &self.inputs {
            tally.count(input, self.min_severity);
        }
        tally
    }

    /// All inputs, in the order in which they were named.
    pub fn items(&self) -> impl Iterator<Item = Item<'_>> {
        let mut unreadable = self.unreadable.iter().peekable();
        let mut inputs = self.inputs.iter().enumerate().peekable();
        std::iter::from_fn(move || {
            let next = inputs.peek().map(|(index, _)| *index);
            match unreadable.next_if(|one| next.is_none_or(|index| one.bodies_before <= index)) {
                Some(one) => Some(Item::Unreadable(one)),
                None => inputs.next().map(|(_, input)| Item::Input(input)),
            }
        })
    }

    /// The findings of a body that are to be shown.
    pub fn shown<'a>(&self, input: &'a Input) -> impl Iterator<Item = &'a Finding> {
        input.shown(self.min_severity)
    }
}

/// What was found in some bodies.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// How many there are of everything.
    pub counts: Counts,
    /// Findings that are severe enough to be shown.
    shown: usize,
    /// The HTTP status of success, which all bodies of a run have in common.
    success: u16,
    /// How often each rule fired, and how severe it was first.
    rules: Vec<(&'static str, Severity, usize)>,
}

impl Tally {
    /// Nothing yet.
    #[must_use]
    pub const fn new() -> Self {
        let counts = Counts {
            inputs: 0,
            rejected: 0,
            errors: 0,
            warnings: 0,
            notes: 0,
            suppressed: 0,
            fixable: 0,
            safely: 0,
        };
        Self { counts, shown: 0, success: 0, rules: Vec::new() }
    }

    /// Counts what was found in a body. What is at least so severe is shown.
    pub fn count(&mut self, input: &Input, min_severity: Severity) {
        use crate::edit::Safety;
        self.success = input.report.success;
        let counts = &mut self.counts;
        counts.inputs += 1;
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
            self.shown += usize::from(finding.severity >= min_severity);
            add(&mut self.rules, finding.rule.name, finding.severity, 1);
        }
    }

    /// Adds what was found in other bodies.
    pub fn add(&mut self, other: &Self) {
        let (counts, more) = (&mut self.counts, other.counts);
        counts.inputs += more.inputs;
        counts.rejected += more.rejected;
        counts.errors += more.errors;
        counts.warnings += more.warnings;
        counts.notes += more.notes;
        counts.suppressed += more.suppressed;
        counts.fixable += more.fixable;
        counts.safely += more.safely;
        self.shown += other.shown;
        for &(name, severity, count) in &other.rules {
            add(&mut self.rules, name, severity, count);
        }
    }

    /// How often each rule fired, the most frequent first.
    fn by_rule(&self) -> Vec<(&'static str, Severity, usize)> {
        let mut rules = self.rules.clone();
        rules.sort_by(|(a_name, _, a), (b_name, _, b)| b.cmp(a).then_with(|| a_name.cmp(b_name)));
        rules
    }
}

fn add(
    rules: &mut Vec<(&'static str, Severity, usize)>,
    name: &'static str,
    severity: Severity,
    count: usize,
) {
    match rules.iter_mut().find(|(known, ..)| *known == name) {
        Some((.., so_far)) => *so_far += count,
        None => rules.push((name, severity, count)),
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

/// A fingerprint that no other of a report has: where one comes again, because a file is named twice or
/// holds several bodies, its place among equals is added.
fn unique(fingerprint: String, seen: &mut HashMap<String, usize>) -> String {
    let count = seen.entry(fingerprint.clone()).or_insert(0);
    *count += 1;
    if *count == 1 { fingerprint } else { format!("{fingerprint}:{count}") }
}
