//! From TOML to a configuration. What the parser says of a broken text may quote it and is never passed
//! on; what is said here names keys of ours and what is allowed, and no value.

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::api::Service;
use crate::cli::CliError;
use crate::cli::args::{FailOn, SeverityName};
use crate::cli::config::{Config, Selection};
use crate::cli::patterns::{Patterns, PatternsBuilder};
use crate::cli::rule_levels::{Level, RuleLevels};
use crate::cli::suppressions::{Ignore, SuppressedLocation};
use crate::cli::value_parsers;
use crate::cli::value_parsers::{Expected, did_you_mean};
use crate::problem::Severity;
use crate::redact::{looks_secret, printable};
use crate::span::Lines;
use crate::timestamp::Timestamp;

/// What may stand in a configuration, in the order of its documentation.
const KEYS: [&str; 10] = [
    "service",
    "fail-on",
    "min-severity",
    "expiry-days",
    "domains",
    "known-instances",
    "include",
    "exclude",
    "rules",
    "ignore",
];

/// What may stand in an `[[ignore]]`.
const KEYS_OF_IGNORE: [&str; 4] = ["rule", "at", "reason", "expires"];

const FAIL_ON: [(&str, FailOn); 4] = [
    ("error", FailOn::Error),
    ("warning", FailOn::Warning),
    ("note", FailOn::Note),
    ("never", FailOn::Never),
];

const MIN_SEVERITY: [(&str, SeverityName); 3] =
    [("error", SeverityName::Error), ("warning", SeverityName::Warning), ("note", SeverityName::Note)];

const LEVELS: [(&str, Level); 4] = [
    ("error", Level::Count(Severity::Error)),
    ("warning", Level::Count(Severity::Warning)),
    ("note", Level::Count(Severity::Note)),
    ("allow", Level::Allow),
];

/// The most characters that a reason has.
const MAX_REASON: usize = 400;

/// How much that is wrong is said.
const MAX_FAULTS: usize = 100;

/// Reads a configuration; `name` is what its file is called. All that is wrong is said, unless it is
/// without end.
pub(super) fn read(text: &str, name: &str) -> Result<Config, CliError> {
    let mut reader = ConfigReader { lines: Lines::new(text.as_bytes()), faults: Vec::new(), left_out: 0 };
    let config = match DeTable::parse(text) {
        Ok(table) => reader.config(table.get_ref()),
        Err(error) => {
            let at = error.span().map_or(0, |span| span.start);
            reader.fault(at, syntax(error.message()));
            Config::default()
        }
    };
    if reader.faults.is_empty() {
        return Ok(config);
    }
    reader.leave_out();
    let mut said: Vec<String> = reader
        .faults
        .iter()
        .map(|(at, message)| {
            let place = reader.lines.position(*at);
            format!("{name}:{}:{}: {message}", place.line, place.column)
        })
        .collect();
    if reader.left_out > 0 {
        said.push(format!("{name}: {} more places are wrong", reader.left_out));
    }
    Err(CliError::new(said.join("\napicert: ")))
}

/// What is wrong with a text that is no TOML, by what the parser says of it; only what is known by heart
/// counts.
fn syntax(said: &str) -> &'static str {
    const KNOWN: [(&str, &str); 5] = [
        ("duplicate key", "this key stands here a second time"),
        ("string values must be quoted", "this is no TOML: a text stands in quotes"),
        ("unclosed array", "this is no TOML: a list is not closed"),
        ("missing comma between array elements", "this is no TOML: a comma is missing in a list"),
        ("key with no value", "this is no TOML: a key needs an equals sign and a value"),
    ];
    let known = KNOWN.iter().find(|(start, _)| said.starts_with(start));
    known.map_or("this is no TOML", |(_, message)| message)
}

struct ConfigReader<'a> {
    lines: Lines<'a>,
    /// What is wrong, and where.
    faults: Vec<(usize, String)>,
    /// How much more is wrong.
    left_out: usize,
}

type Value<'a, 'i> = &'a Spanned<DeValue<'i>>;

impl ConfigReader<'_> {
    fn fault(&mut self, at: usize, message: impl Into<String>) {
        self.faults.push((at, message.into()));
        if self.faults.len() > 2 * MAX_FAULTS {
            self.leave_out();
        }
    }

    /// Keeps what comes first.
    fn leave_out(&mut self) {
        self.faults.sort_by_key(|(at, _)| *at);
        self.left_out += self.faults.len().saturating_sub(MAX_FAULTS);
        self.faults.truncate(MAX_FAULTS);
    }

    fn config(&mut self, table: &DeTable<'_>) -> Config {
        let mut config = Config::default();
        let (mut include, mut exclude) = (None, None);
        for (key, value) in table {
            match key.get_ref().as_ref() {
                "service" => {
                    let words = Service::ALL.map(|service| (service.name(), service));
                    config.service = self.word(value, "service", &words);
                }
                "min-severity" => config.min_severity = self.word(value, "min-severity", &MIN_SEVERITY),
                "fail-on" => config.fail_on = self.word(value, "fail-on", &FAIL_ON),
                "expiry-days" => config.expiry_days = self.days(value),
                "domains" => config.domains = self.texts(value, "domains", value_parsers::domain),
                "known-instances" => {
                    config.known_instances = self.texts(value, "known-instances", value_parsers::identifier);
                }
                "include" => include = self.patterns(value, "include"),
                "exclude" => exclude = self.patterns(value, "exclude"),
                "rules" => config.overrides = self.rules(value),
                "ignore" => config.ignores = self.ignores(value),
                other => self.unknown(key.span().start, other, "the configuration", &KEYS),
            }
        }
        config.selection = Selection::new(include, exclude);
        config
    }

    /// A key that there is not. It is not repeated: it may be anything.
    fn unknown(&mut self, at: usize, key: &str, whose: &str, keys: &[&'static str]) {
        let suggestion = did_you_mean(key, keys.iter().copied());
        self.fault(at, format!("this is no key of {whose}{suggestion}; there are {}", keys.join(", ")));
    }

    fn text<'a>(&mut self, value: Value<'a, '_>, key: &str, takes: &str) -> Option<&'a str> {
        let text = value.get_ref().as_str();
        if text.is_none() {
            self.fault(value.span().start, format!("{key} {takes}"));
        }
        text
    }

    fn word<T: Copy>(&mut self, value: Value<'_, '_>, key: &str, words: &[(&str, T)]) -> Option<T> {
        let names: Vec<String> = words.iter().map(|(name, _)| format!("\"{name}\"")).collect();
        let takes = format!("takes one of {}", names.join(", "));
        let text = self.text(value, key, &takes)?;
        let found = words.iter().find(|(name, _)| *name == text).map(|(_, found)| *found);
        if found.is_none() {
            self.fault(value.span().start, format!("{key} {takes}"));
        }
        found
    }

    fn days(&mut self, value: Value<'_, '_>) -> Option<u32> {
        let digits = value.get_ref().as_integer().filter(|number| number.radix() == 10);
        let days = value_parsers::days(digits.map_or("", |number| number.as_str()));
        self.expect(value.span().start, "expiry-days", days)
    }

    fn expect<T>(&mut self, at: usize, key: &str, read: Result<T, Expected>) -> Option<T> {
        read.map_err(|Expected(takes)| self.fault(at, format!("{key} {takes}"))).ok()
    }

    fn list<'a, 'i>(&mut self, value: Value<'a, 'i>, key: &str) -> &'a [Spanned<DeValue<'i>>] {
        let list = value.get_ref().as_array();
        if list.is_none() {
            self.fault(value.span().start, format!("{key} takes a list of texts: [\"…\", \"…\"]"));
        }
        list.map_or(&[], |list| list)
    }

    fn texts(
        &mut self,
        value: Value<'_, '_>,
        key: &str,
        read: fn(&str) -> Result<String, Expected>,
    ) -> Vec<String> {
        let mut texts = Vec::new();
        for item in self.list(value, key) {
            // What is no text is refused like a text that is not allowed.
            let text = read(item.get_ref().as_str().unwrap_or_default());
            texts.extend(self.expect(item.span().start, key, text));
        }
        texts
    }

    fn patterns(&mut self, value: Value<'_, '_>, key: &str) -> Option<Patterns> {
        let mut builder = PatternsBuilder::new();
        for item in self.list(value, key) {
            let Some(pattern) = self.text(item, key, "takes patterns as in .gitignore, as texts") else {
                continue;
            };
            if let Err(message) = builder.add(pattern) {
                self.fault(item.span().start, format!("a pattern of {key} {message}"));
            }
        }
        let built = builder.build();
        built.map_err(|message| self.fault(value.span().start, format!("{key} {message}"))).ok()
    }

    fn rules(&mut self, value: Value<'_, '_>) -> RuleLevels {
        let mut levels = Vec::new();
        let Some(table) = value.get_ref().as_table() else {
            self.fault(
                value.span().start,
                "rules is a table: a line [rules], and below it lines such as weak-key = \"warning\"",
            );
            return RuleLevels::default();
        };
        for (key, level) in table {
            let rule = self.expect(key.span().start, "[rules]", value_parsers::rule(key.get_ref()));
            let name = rule.map_or("a rule", |rule| rule.name);
            let level = self.word(level, name, &LEVELS);
            levels.extend(rule.map(|rule| rule.name).zip(level));
        }
        RuleLevels::new(levels)
    }

    fn ignores(&mut self, value: Value<'_, '_>) -> Vec<Ignore> {
        let tables: Option<Vec<_>> = value.get_ref().as_array().and_then(|list| {
            list.iter().map(|item| Some((item.span().start, item.get_ref().as_table()?))).collect()
        });
        let Some(tables) = tables else {
            self.fault(
                value.span().start,
                "ignore is a list of tables: a line [[ignore]], and below it rule, at and reason",
            );
            return Vec::new();
        };
        tables.into_iter().filter_map(|(at, table)| self.ignore(at, table)).collect()
    }

    fn ignore(&mut self, start: usize, table: &DeTable<'_>) -> Option<Ignore> {
        for (key, _) in table {
            if !KEYS_OF_IGNORE.contains(&key.get_ref().as_ref()) {
                self.unknown(key.span().start, key.get_ref(), "[[ignore]]", &KEYS_OF_IGNORE);
            }
        }
        let rule = self.needed(start, table, "rule", "the rule whose findings do not count");
        let rule = rule.and_then(|(at, text)| self.expect(at, "rule", value_parsers::rule(text)));
        let place = self.needed(
            start,
            table,
            "at",
            "where they do not count: a path, as in .gitignore, # and a JSON pointer, or one of both",
        );
        let place = place.and_then(|(at, text)| {
            SuppressedLocation::new(text).map_err(|message| self.fault(at, format!("at {message}"))).ok()
        });
        let reason = self.needed(start, table, "reason", "why they do not count");
        let reason = reason.and_then(|(at, text)| {
            read_reason(text).map_err(|message| self.fault(at, format!("reason {message}"))).ok()
        });
        let expires = match table.get("expires") {
            Some(value) => {
                let date = date(value.get_ref());
                if date.is_none() {
                    self.fault(value.span().start, "expires takes a date, such as 2027-03-31");
                }
                Some(date?)
            }
            None => None,
        };
        let line = self.lines.position(start).line;
        Some(Ignore { rule: rule?, place: place?, reason: reason?, expires, line })
    }

    /// A text that must be there, and where it stands.
    fn needed<'a>(
        &mut self,
        start: usize,
        table: &'a DeTable<'_>,
        key: &str,
        what: &str,
    ) -> Option<(usize, &'a str)> {
        let Some(value) = table.get(key) else {
            self.fault(start, format!("[[ignore]] needs {key}: {what}"));
            return None;
        };
        let takes = format!("takes a text: {what}");
        self.text(value, key, &takes).map(|text| (value.span().start, text))
    }
}

/// A date as `YYYY-MM-DD`.
fn date(value: &DeValue<'_>) -> Option<String> {
    let text = match value {
        DeValue::Datetime(when) if when.time.is_none() && when.offset.is_none() => {
            let date = when.date?;
            format!("{:04}-{:02}-{:02}", date.year, date.month, date.day)
        }
        DeValue::String(text) => text.as_ref().to_owned(),
        _ => return None,
    };
    let is_written = text.len() == "YYYY-MM-DD".len();
    (is_written && Timestamp::from_rfc3339(&format!("{text}T00:00:00Z")).is_some()).then_some(text)
}

/// A reason, which stands in reports: in one line, and without anything that could be a piece of a key.
fn read_reason(text: &str) -> Result<String, &'static str> {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.is_empty() {
        return Err("must say why these findings do not count");
    }
    if line.chars().count() > MAX_REASON {
        return Err("must be at most 400 characters long");
    }
    if looks_secret(&line) {
        return Err("looks like a piece of a key; reports show it, so use words");
    }
    Ok(printable(&line, MAX_REASON))
}
