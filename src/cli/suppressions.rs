//! `[[ignore]]`: findings that do not count at a certain place, for a reason. What the service answers
//! does not depend on it.
//!
//! An ignore that has expired, or that matched nothing although everything that it could match was looked
//! at, is reported. More than what this run has seen is never claimed.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use crate::cli::config::Config;
use crate::cli::inputs::Named;
use crate::cli::patterns;
use crate::cli::patterns::{Patterns, PatternsBuilder};
use crate::output::{Suppressed, Suppressor};
use crate::report::{Finding, Report};
use crate::rules::Rule;
use crate::timestamp::Timestamp;

/// An `[[ignore]]`.
#[derive(Debug)]
pub(super) struct Ignore {
    pub(super) rule: &'static Rule,
    pub(super) place: SuppressedLocation,
    pub(super) reason: String,
    /// The last day on which it counts, as `YYYY-MM-DD`.
    pub(super) expires: Option<String>,
    /// The line of the configuration on which it begins.
    pub(super) line: usize,
}

/// Where findings do not count.
#[derive(Debug)]
pub(super) struct SuppressedLocation {
    /// The files; `None` for all.
    patterns: Option<Patterns>,
    /// The only one, when there is but one.
    file: Option<PathBuf>,
    /// The folder that they all lie in.
    folder: PathBuf,
    /// The member; `None` for all, and for the body as a whole.
    pointer: Option<String>,
}

impl SuppressedLocation {
    /// Reads a pattern of paths, and a JSON pointer behind the first `#`. Says what is wrong.
    pub(super) fn new(text: &str) -> Result<Self, String> {
        let (path, pointer) = match text.split_once('#') {
            Some((path, pointer)) => (path, Some(pointer)),
            None => (text, None),
        };
        let is_member = |pointer: &str| {
            let name = pointer.strip_prefix('/').unwrap_or_default();
            let is_of_name =
                |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-' | b'#');
            (1..=32).contains(&name.len()) && name.bytes().all(is_of_name)
        };
        if pointer.is_some_and(|pointer| !pointer.is_empty() && !is_member(pointer)) {
            return Err("must have a JSON pointer to one member behind #, such as #/private_key".to_owned());
        }
        let mut place =
            Self { patterns: None, file: None, folder: PathBuf::new(), pointer: pointer.map(str::to_owned) };
        if path.is_empty() {
            return match pointer {
                Some(_) => Ok(place),
                None => Err("must not be empty; [rules] allows a rule everywhere".to_owned()),
            };
        }
        if path.starts_with('!') {
            return Err("must not begin with !".to_owned());
        }
        let mut builder = PatternsBuilder::new();
        builder.add(path)?;
        place.patterns = Some(builder.build()?);
        place.file = patterns::only_path(path);
        place.folder = patterns::directory(path);
        Ok(place)
    }

    /// Whether it speaks of a file. The path is that from the folder of the configuration on.
    fn has_file(&self, path: Option<&Path>) -> bool {
        match (&self.patterns, path) {
            (None, _) => true,
            (Some(patterns), Some(path)) => patterns.matches(path, false),
            (Some(_), None) => false,
        }
    }

    fn has_member(&self, pointer: &str) -> bool {
        self.pointer.as_deref().is_none_or(|own| own == pointer)
    }
}

/// The ignores of a run, and what they met.
pub(super) struct Suppressions {
    /// What their configuration is called.
    name: String,
    list: Vec<(Ignore, Met)>,
    /// The day, as `YYYY-MM-DD`.
    today: String,
}

/// What an ignore met.
#[derive(Default)]
struct Met {
    /// The only file that it speaks of.
    file: AtomicBool,
    finding: AtomicBool,
}

/// What a run looks at.
pub(super) struct Scope {
    /// The folder of the configuration, from the root on.
    base: Option<PathBuf>,
    /// The folders that are walked, from the root on.
    folders: Vec<PathBuf>,
}

impl Scope {
    /// What a run looks at that reads what is named.
    pub(super) fn new(named: &Named, config: &Config) -> Self {
        Self { base: config.selection.folder().map(Path::to_owned), folders: named.folders() }
    }
}

impl Suppressions {
    /// Those of a configuration.
    pub(super) fn new(config: &mut Config, now: Timestamp) -> Self {
        let list = std::mem::take(&mut config.ignores);
        let list = list.into_iter().map(|ignore| (ignore, Met::default())).collect();
        Self { name: config.name.clone(), list, today: now.date() }
    }

    /// Takes the findings that do not count out of a report. The path is that from the folder of the
    /// configuration on.
    pub(super) fn apply(&self, path: Option<&Path>, report: &mut Report) -> Vec<Suppressed> {
        if self.list.is_empty() {
            return Vec::new();
        }
        let here = self.at(path);
        let mut suppressed = Vec::new();
        let mut left = Vec::with_capacity(report.findings.len());
        for finding in std::mem::take(&mut report.findings) {
            match here.reason(&finding) {
                Some(reason) => {
                    let by = Suppressor::Ignore { reason: reason.to_owned() };
                    suppressed.push(Suppressed { finding, by });
                }
                None => left.push(finding),
            }
        }
        report.findings = left;
        suppressed
    }

    /// Those that speak of a file.
    pub(super) fn at(&self, path: Option<&Path>) -> Here<'_> {
        let here = self.list.iter().filter(|(ignore, _)| ignore.place.has_file(path));
        let here = here.inspect(|(ignore, met)| {
            if ignore.place.file.is_some() && ignore.place.file.as_deref() == path {
                met.file.store(true, Ordering::Relaxed);
            }
        });
        Here { list: here.collect(), today: &self.today }
    }

    /// What is to be said about those that have expired, and those that matched nothing. The latter is
    /// known of a run that has a scope and came to its end.
    pub(super) fn notices(&self, scope: Option<&Scope>) -> Vec<String> {
        let notices = self.list.iter().filter_map(|(ignore, met)| {
            let what = if ignore.has_expired(&self.today) {
                let last = ignore.expires.as_deref().unwrap_or_default();
                format!("has expired: {last} was the last day on which it counted")
            } else if !met.finding.load(Ordering::Relaxed) && ignore.place.is_looked_at(met, scope?) {
                "matches no finding of this run; is it still needed?".to_owned()
            } else {
                return None;
            };
            let Self { name, .. } = self;
            Some(format!("{name}:{}: this [[ignore]] of {} {what}", ignore.line, ignore.rule.name))
        });
        notices.collect()
    }
}

impl Ignore {
    /// Whether its last day is over.
    fn has_expired(&self, today: &str) -> bool {
        self.expires.as_deref().is_some_and(|last| last < today)
    }
}

impl SuppressedLocation {
    /// Whether everything that it speaks of was looked at.
    fn is_looked_at(&self, met: &Met, scope: &Scope) -> bool {
        if met.file.load(Ordering::Relaxed) {
            return true;
        }
        let Some(base) = &scope.base else { return false };
        let folder = base.join(&self.folder);
        let is_walked = scope.folders.iter().any(|walked| folder.starts_with(walked));
        // A file that is there and was passed over, because git ignores it perhaps, is met by another run.
        let is_passed_over = || self.file.as_ref().is_some_and(|file| base.join(file).is_file());
        is_walked && !is_passed_over()
    }
}

/// The ignores that speak of one file.
pub(super) struct Here<'a> {
    list: Vec<&'a (Ignore, Met)>,
    today: &'a str,
}

impl<'a> Here<'a> {
    /// Why a finding does not count, if that is so.
    pub(super) fn reason(&self, finding: &Finding) -> Option<&'a str> {
        let mut reason = None;
        // All that match are of use.
        for (ignore, met) in &self.list {
            let matches = ignore.rule.name == finding.rule.name
                && ignore.place.has_member(&finding.primary.pointer)
                && !ignore.has_expired(self.today);
            if matches {
                met.finding.store(true, Ordering::Relaxed);
                reason = reason.or(Some(ignore.reason.as_str()));
            }
        }
        reason
    }
}
