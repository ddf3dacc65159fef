//! `junit`: one test suite an input, with one test case for each rule that found something, or one that
//! passed. It tells no time, so that the same input gives the same bytes.

use std::fmt::Write as _;
use std::io::{self, Write};

use quick_xml::Writer;
use quick_xml::events::{BytesDecl, BytesEnd, BytesStart, BytesText, Event};

use crate::NAME;
use crate::output::describe::{remarks, said};
use crate::output::{Input, Item, Run, Style, Unreadable};
use crate::report::{Finding, Location};

pub(super) fn write(run: &Run, _: &Style, to: &mut dyn Write) -> io::Result<()> {
    let suites: Vec<Suite> = run
        .items()
        .map(|item| match item {
            Item::Input(input) => Suite::of(run, input),
            Item::Unreadable(unreadable) => Suite::unreadable(unreadable),
        })
        .collect();
    let mut xml = Writer::new_with_indent(to, b' ', 2);
    xml.write_event(Event::Decl(BytesDecl::new("1.0", Some("UTF-8"), None)))?;
    let name = NAME;
    element(
        &mut xml,
        "testsuites",
        &[
            ("name", name),
            ("tests", &sum(&suites, |suite| suite.cases.len())),
            ("failures", &sum(&suites, Suite::failures)),
            ("errors", &sum(&suites, Suite::errors)),
        ],
        |xml| suites.iter().try_for_each(|suite| suite.write(xml)),
    )?;
    writeln!(xml.get_mut())
}

fn sum(suites: &[Suite], of: impl Fn(&Suite) -> usize) -> String {
    suites.iter().map(of).sum::<usize>().to_string()
}

struct Suite {
    name: String,
    cases: Vec<Case>,
}

struct Case {
    name: String,
    outcome: Outcome,
}

enum Outcome {
    Passed,
    Failed { kind: &'static str, message: String, text: String },
    Unread { message: String },
}

impl Suite {
    fn of(run: &Run, input: &Input) -> Self {
        let mut rules: Vec<(&'static str, Vec<&Finding>)> = Vec::new();
        for finding in run.shown(input) {
            match rules.iter_mut().find(|(name, _)| *name == finding.rule.name) {
                Some((_, findings)) => findings.push(finding),
                None => rules.push((finding.rule.name, vec![finding])),
            }
        }
        let mut cases: Vec<Case> =
            rules.iter().filter_map(|(name, findings)| Case::failed(name, findings, &input.path)).collect();
        if cases.is_empty() {
            cases.push(Case { name: "no findings".to_owned(), outcome: Outcome::Passed });
        }
        Self { name: input.name().into_owned(), cases }
    }

    fn unreadable(unreadable: &Unreadable) -> Self {
        let outcome = Outcome::Unread { message: unreadable.message.clone() };
        Self {
            name: unreadable.name().into_owned(),
            cases: vec![Case { name: "can be read".to_owned(), outcome }],
        }
    }

    fn failures(&self) -> usize {
        self.cases.iter().filter(|case| matches!(case.outcome, Outcome::Failed { .. })).count()
    }

    fn errors(&self) -> usize {
        self.cases.iter().filter(|case| matches!(case.outcome, Outcome::Unread { .. })).count()
    }

    fn write(&self, xml: &mut Writer<&mut dyn Write>) -> io::Result<()> {
        let attributes = [
            ("name", self.name.as_str()),
            ("tests", &self.cases.len().to_string()),
            ("failures", &self.failures().to_string()),
            ("errors", &self.errors().to_string()),
        ];
        element(xml, "testsuite", &attributes, |xml| {
            self.cases.iter().try_for_each(|case| case.write(&self.name, xml))
        })
    }
}

impl Case {
    /// One failure, since readers keep one; its text tells all.
    fn failed(rule: &'static str, findings: &[&Finding], path: &str) -> Option<Self> {
        let worst = findings.iter().max_by_key(|finding| finding.severity)?;
        let message = match findings {
            [one] => one.message.clone(),
            _ => format!("{}, and {} more", worst.message, findings.len() - 1),
        };
        let text: Vec<String> = findings.iter().map(|finding| describe(finding, path)).collect();
        let outcome = Outcome::Failed { kind: worst.severity.name(), message, text: text.join("\n") };
        Some(Self { name: rule.to_owned(), outcome })
    }

    fn write(&self, path: &str, xml: &mut Writer<&mut dyn Write>) -> io::Result<()> {
        let attributes = [("name", self.name.as_str()), ("classname", path)];
        match &self.outcome {
            Outcome::Passed => empty(xml, "testcase", &attributes),
            Outcome::Failed { kind, message, text } => element(xml, "testcase", &attributes, |xml| {
                let attributes = [("type", *kind), ("message", message)];
                xml.write_event(Event::Start(start("failure", &attributes)))?;
                xml.write_event(Event::Text(BytesText::new(&valid(text))))?;
                xml.write_event(Event::End(BytesEnd::new("failure")))
            }),
            Outcome::Unread { message } => element(xml, "testcase", &attributes, |xml| {
                empty(xml, "error", &[("type", "unreadable"), ("message", message)])
            }),
        }
    }
}

/// A finding in lines.
fn describe(finding: &Finding, path: &str) -> String {
    let Location { start, .. } = finding.primary;
    let said = said(&finding.message, &finding.primary);
    let mut text = format!("{path}:{}:{}: {said}\n", start.line, start.column);
    for remark in remarks(finding) {
        let _ = writeln!(text, "  {remark}");
    }
    text
}

fn element<'a>(
    xml: &mut Writer<&'a mut dyn Write>,
    name: &str,
    attributes: &[(&str, &str)],
    inside: impl FnOnce(&mut Writer<&'a mut dyn Write>) -> io::Result<()>,
) -> io::Result<()> {
    xml.write_event(Event::Start(start(name, attributes)))?;
    inside(xml)?;
    xml.write_event(Event::End(BytesEnd::new(name)))
}

fn empty(xml: &mut Writer<&mut dyn Write>, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
    xml.write_event(Event::Empty(start(name, attributes)))
}

fn start<'a>(name: &'a str, attributes: &[(&str, &str)]) -> BytesStart<'a> {
    let mut start = BytesStart::new(name);
    for (name, value) in attributes {
        start.push_attribute((*name, valid(value).as_str()));
    }
    start
}

/// Text of characters that XML 1.0 allows; others are written as `\u{…}`.
fn valid(text: &str) -> String {
    let mut valid = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\t' | '\n' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'.. => valid.push(character),
            other => valid.extend(other.escape_unicode()),
        }
    }
    valid
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_other_characters_than_those_of_xml() {
        assert_eq!(
            valid("a\u{0}\u{1b}\r\n\u{fffe}\u{ffff}é\u{10000}"),
            "a\\u{0}\\u{1b}\\u{d}\n\\u{fffe}\\u{ffff}é\u{10000}"
        );
    }
}
