//! Parsers of option values. Their messages never repeat the value, which may be a key.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValue, TypedValueParser};

use crate::api::ApiError;
use crate::cli::args::{Destination, Topic};
use crate::cli::read_input;
use crate::internal_fault::OrFault;
use crate::output::{FORMATS, Format};
use crate::redact::looks_secret;
use crate::rules;
use crate::rules::{RULES, Rule};
use crate::timestamp::Timestamp;

/// More threads than that are nobody's wish.
const MAX_JOBS: usize = 1024;

/// What an option takes, for the message about a value that it does not take.
#[derive(Debug)]
pub(super) struct Expected(pub(super) String);

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Expected {}

fn expected<T>(what: &str) -> Result<T, Expected> {
    Err(Expected(what.to_owned()))
}

pub(super) fn format_names() -> impl Iterator<Item = PossibleValue> {
    FORMATS.iter().map(|format| PossibleValue::new(format.name).help(format.about))
}

/// The format of a name.
pub(super) fn format(name: &str) -> Option<&'static Format> {
    FORMATS.iter().find(|format| format.name == name)
}

pub(super) fn time(text: &str) -> Result<Timestamp, Expected> {
    Timestamp::from_rfc3339(text)
        .map_or_else(|| expected("takes a time in RFC 3339, such as 2026-07-01T00:00:00Z"), Ok)
}

pub(super) fn days(text: &str) -> Result<u32, Expected> {
    match text.parse() {
        Ok(days) if days <= 36_500 => Ok(days),
        _ => expected("takes a number of days, at most 36500"),
    }
}

pub(super) fn jobs(text: &str) -> Result<usize, Expected> {
    match text.parse() {
        Ok(jobs) if (1..=MAX_JOBS).contains(&jobs) => Ok(jobs),
        _ => expected(&format!("takes a number from 1 to {MAX_JOBS}")),
    }
}

/// A host name. Messages name it, so nothing else gets in.
pub(super) fn domain(text: &str) -> Result<String, Expected> {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.chars().all(|character| character.is_ascii_alphanumeric() || character == '-')
    };
    let name = text.strip_suffix('.').unwrap_or(text);
    let bare = name.strip_prefix("*.").unwrap_or(name);
    if bare.len() <= 253 && bare.contains('.') && bare.split('.').all(is_label) {
        Ok(name.to_owned())
    } else {
        expected("takes a host name such as www.example.com (international ones in their xn-- form)")
    }
}

/// An identifier. The predicted response holds it, so nothing that looks like a key gets in.
pub(super) fn identifier(text: &str) -> Result<String, Expected> {
    let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if (1..=36).contains(&text.len()) && text.bytes().all(is_allowed) && !looks_secret(text) {
        Ok(text.to_owned())
    } else {
        expected("takes 1 to 36 letters, digits, hyphens and underscores, such as 32 hexadecimal digits")
    }
}

pub(super) fn file_name(text: &str) -> Result<String, Expected> {
    if (1..=1024).contains(&text.len()) && !looks_secret(text) {
        Ok(crate::output::printable_path(text))
    } else {
        expected("takes the name of a file")
    }
}

pub(super) fn destination(text: &str) -> Result<Destination, Expected> {
    let found = text
        .split_once('=')
        .and_then(|(name, path)| Some((format(name)?, path)))
        .filter(|(_, path)| !path.is_empty());
    if let Some((format, path)) = found {
        if read_input::is_stdin(Path::new(path)) {
            return expected("takes a file after the equals sign; --format is for standard output");
        }
        return Ok(Destination { format, path: PathBuf::from(path) });
    }
    let names: Vec<&str> = FORMATS.iter().map(|format| format.name).collect();
    expected(&format!("takes FORMAT=PATH, where FORMAT is one of {}", names.join(", ")))
}

/// A parser, and the values that a shell may offer.
#[derive(Clone)]
struct Completed<P>(P, fn() -> Vec<&'static str>);

impl<P: TypedValueParser> TypedValueParser for Completed<P> {
    type Value = P::Value;

    fn parse_ref(
        &self,
        command: &clap::Command,
        argument: Option<&clap::Arg>,
        value: &OsStr,
    ) -> Result<Self::Value, clap::Error> {
        self.0.parse_ref(command, argument, value)
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        Some(Box::new(self.1().into_iter().map(PossibleValue::new)))
    }
}

/// The parser of a rule's name.
pub(super) fn a_rule() -> impl TypedValueParser<Value = &'static Rule> {
    Completed(rule, || RULES.iter().map(|rule| rule.name).collect())
}

/// The parser of what `explain` explains.
pub(super) fn a_topic() -> impl TypedValueParser<Value = Topic> {
    Completed(topic, topics)
}

fn topics() -> Vec<&'static str> {
    RULES.iter().map(|rule| rule.name).chain(ApiError::ALL.iter().map(|error| error.code)).collect()
}

/// A rule by its name.
pub(super) fn rule(text: &str) -> Result<&'static Rule, Expected> {
    rules::by_name(text).map_or_else(
        || expected(&format!("takes the name of a rule, one of `apicert rules`{}", suggestion(text))),
        Ok,
    )
}

fn topic(text: &str) -> Result<Topic, Expected> {
    if let Some(rule) = rules::by_name(text) {
        return Ok(Topic::Rule(rule));
    }
    ApiError::by_code(&text.to_ascii_uppercase()).map_or_else(
        || expected(&format!("is neither a rule nor an error code of this call{}", suggestion(text))),
        |error| Ok(Topic::Error(error)),
    )
}

/// The rule whose name is nearest to what was given, if one is near.
fn suggestion(text: &str) -> String {
    did_you_mean(text, RULES.iter().map(|rule| rule.name))
}

/// The name that is nearest to what was given, if one is near. Of what was given it tells nothing but
/// that.
pub(super) fn did_you_mean<'a>(text: &str, names: impl IntoIterator<Item = &'a str>) -> String {
    if text.len() > 64 {
        return String::new();
    }
    names
        .into_iter()
        .map(|name| (distance(text, name), name))
        .filter(|(distance, name)| *distance <= 3 && *distance * 2 < name.len())
        .min()
        .map_or_else(String::new, |(_, name)| format!(" (did you mean {name}?)"))
}

/// How many characters have to be put in, left out or changed to make one word the other.
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (index, here) in one.chars().enumerate() {
        let mut next = vec![index + 1];
        for ((&there, &above_left), &above) in other.iter().zip(&row).zip(row.iter().skip(1)) {
            let left = next.last().copied().or_fault();
            next.push((above_left + usize::from(here != there)).min(above + 1).min(left + 1));
        }
        row = next;
    }
    row.last().copied().or_fault()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use super::*;

    #[test]
    fn distances() {
        assert_eq!(distance("key-mismatch", "key-mismatch"), 0);
        assert_eq!(distance("key-missmatch", "key-mismatch"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("kitten", "sitting"), 3);
    }

    #[test]
    fn a_rule_that_is_misspelt_is_suggested() {
        let name = RULES.first().unwrap().name;
        let misspelt = format!("{name}x");
        assert!(rule(&misspelt).unwrap_err().0.contains(name));
        assert!(!rule(&misspelt).unwrap_err().0.contains(&misspelt));
        assert!(!rule("MIIEvQIBADANBgkqhkiG9w0").unwrap_err().0.contains("did you mean"));
    }

    #[test]
    fn domains_are_host_names() {
        assert_eq!(domain("WWW.example.com.").unwrap(), "WWW.example.com");
        assert_eq!(domain("*.example.com").unwrap(), "*.example.com");
        for bad in ["", "localhost", "*", "a.*.com", "a..b", "https://x.y", "a b.c", "MIIEvQ+IBAD.x", "é.fr"]
        {
            assert!(domain(bad).is_err(), "{bad}");
        }
    }
}
