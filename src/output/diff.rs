//! `fix --diff`: every change, over the masked text.
//!
//! A PEM text in JSON is one line of two thousand columns, most of them masked, and a repair may touch
//! each of its thirty lines. So changes are shown one by one with what is around them, those that do
//! the same thing in one place and with a list of the others. Places are those of the file as it is
//! now, also of what is repaired in a later round.
//!
//! What goes is shown as far as the masked text shows it. What comes in is a text of this program, or a
//! description: fixes hold no text of the body.

use std::io::{self, Write};

use crate::edit::{Edit, Fix};
use crate::fix::rounds::{Repaired, Round};
use crate::internal_fault::OrFault;
use crate::output::snippet::Source;
use crate::output::style::{Colour, Style};
use crate::redact::Redacted;
use crate::report::Finding;
use crate::span::{Lines, Position, Span};

/// How much of the beginning of a line is shown: the name of its member.
const HEAD: usize = 24;

/// How much is shown on both sides of a change, and of both ends of a long piece.
const AROUND: usize = 26;

/// So many places of changes that do the same are listed in a line.
const LISTED: usize = 8;

/// Writes what was repaired in the body called `path`; `lines` are those of the body before.
///
/// # Errors
///
/// When it cannot be written.
pub fn write(
    path: &str,
    lines: &Lines<'_>,
    repaired: &Repaired,
    style: &Style,
    to: &mut dyn Write,
) -> io::Result<()> {
    (0..repaired.rounds.len()).try_for_each(|number| write_round(path, lines, repaired, number, style, to))
}

/// Writes what was repaired in one round, counted from 0, under a head in the first one.
fn write_round(
    path: &str,
    lines: &Lines<'_>,
    repaired: &Repaired,
    number: usize,
    style: &Style,
    to: &mut dyn Write,
) -> io::Result<()> {
    let Some(round) = repaired.rounds.get(number) else { return Ok(()) };
    if number == 0 {
        writeln!(to, "{}", style.paint(Colour::Lead, &format!("--- {path}")))?;
        writeln!(to, "{}", style.paint(Colour::Lead, &format!("+++ {path}, repaired")))?;
    }
    let places = OriginLocator { lines, repaired, number };
    let source = Source::new(&round.before.redacted);
    for (finding, fix) in round.repairs() {
        write_fix(round, &source, finding, fix, &places, style, to)?;
    }
    Ok(())
}

/// Tells where something that stands in the body before a round stands in the file.
struct OriginLocator<'a> {
    lines: &'a Lines<'a>,
    repaired: &'a Repaired,
    /// The round, counted from 0.
    number: usize,
}

impl OriginLocator<'_> {
    fn of(&self, span: Span) -> (Position, Position) {
        let span = self.repaired.origin(self.number, span);
        (self.lines.position(span.start), self.lines.position(span.end))
    }

    /// `3:19`
    fn start(&self, span: Span) -> String {
        let (start, _) = self.of(span);
        format!("{}:{}", start.line, start.column)
    }

    /// `3:19-3:1745`
    fn whole(&self, span: Span) -> String {
        let (start, end) = self.of(span);
        format!("{}:{}-{}:{}", start.line, start.column, end.line, end.column)
    }
}

fn write_fix(
    round: &Round,
    source: &Source<'_>,
    finding: &Finding,
    fix: &Fix,
    places: &OriginLocator<'_>,
    style: &Style,
    to: &mut dyn Write,
) -> io::Result<()> {
    let masked = &round.before.redacted;
    let mut groups: Vec<Group<'_>> = Vec::new();
    for edit in &fix.edits {
        let change = Change::new(edit, masked, places);
        match groups.iter_mut().find(|group| group.change.does_the_same(&change)) {
            Some(group) => group.others.push(edit.span()),
            None => groups.push(Group { change, others: Vec::new() }),
        }
    }
    for Group { change, others } in groups {
        let head = format!(
            "@@ {} @@ {} ({}, {})",
            places.start(change.span),
            fix.title,
            finding.rule.name,
            fix.safety.name()
        );
        writeln!(to, "{}", style.paint(Colour::Note, &head))?;
        for line in change.before(source, style) {
            writeln!(to, "{}", style.paint(Colour::Bad, &format!("-{line}")))?;
        }
        for line in change.after(source, style) {
            writeln!(to, "{}", style.paint(Colour::Good, &format!("+{line}")))?;
        }
        for (index, row) in others.chunks(LISTED).enumerate() {
            let row: Vec<String> = row.iter().map(|&span| places.start(span)).collect();
            let lead = if index == 0 { " likewise at" } else { "            " };
            let joint = if (index + 1) * LISTED < others.len() { "," } else { "" };
            writeln!(to, "{lead} {}{joint}", row.join(", "))?;
        }
    }
    Ok(())
}

/// Changes that do the same in different places.
struct Group<'a> {
    change: Change<'a>,
    others: Vec<Span>,
}

/// A change of the text.
struct Change<'a> {
    span: Span,
    /// What goes, masked.
    removed: &'a str,
    /// What comes in.
    inserted: String,
    /// Whether that is its text, and no description of it.
    is_literal: bool,
}

impl<'a> Change<'a> {
    fn new(edit: &Edit, masked: &'a Redacted, places: &OriginLocator<'_>) -> Self {
        let span = edit.span();
        let removed = match edit {
            Edit::Utf16 { .. } => "<the text in UTF-16>",
            _ => masked.as_str().get(span.start..span.end).or_fault(),
        };
        let (inserted, is_literal) = match *edit {
            Edit::Put { text, .. } => (text.to_owned(), true),
            Edit::Copy { from, .. } => (format!("<what stands at {}>", places.whole(from)), false),
            Edit::Decode { span } => (format!("<what the base64 at {} encodes>", places.whole(span)), false),
            Edit::Trim { span, keep } => {
                (format!("<base64 of the first {keep} bytes that {} encodes>", places.whole(span)), false)
            }
            Edit::Utf16 { .. } => ("<the text in UTF-8>".to_owned(), false),
        };
        Self { span, removed, inserted, is_literal }
    }

    fn does_the_same(&self, other: &Self) -> bool {
        self.is_literal
            && other.is_literal
            && (self.removed, &self.inserted) == (other.removed, &other.inserted)
    }

    /// The lines before the change.
    fn before(&self, source: &Source<'_>, style: &Style) -> Vec<String> {
        self.lines(source, self.removed, style)
    }

    /// The lines after the change.
    fn after(&self, source: &Source<'_>, style: &Style) -> Vec<String> {
        self.lines(source, &self.inserted, style)
    }

    /// What stands around the change with `middle` in its place, shortened, line by line.
    fn lines(&self, source: &Source<'_>, middle: &str, style: &Style) -> Vec<String> {
        let (start, line) = source.line_at(self.span.start);
        let before = line.get(..self.span.start.saturating_sub(start)).unwrap_or(line);
        let (start, line) = source.line_at(self.span.end);
        let after = line.get(self.span.end.saturating_sub(start)..).unwrap_or_default();
        let middle: Vec<String> =
            middle.split('\n').map(|line| shorten(line, AROUND, AROUND, style)).collect();
        format!(
            "{}{}{}",
            shorten(before, HEAD, AROUND, style),
            middle.join("\n"),
            shorten(after, AROUND, 0, style)
        )
        .split('\n')
        .map(|line| line.trim_end().to_owned())
        .collect()
    }
}

/// A text without its middle, when it is longer than what is to be kept of its beginning and end. An
/// escape sequence stays whole.
fn shorten(text: &str, head: usize, tail: usize, style: &Style) -> String {
    let bytes = text.as_bytes();
    let follows_backslash = |at: usize| at > 0 && bytes.get(at - 1) == Some(&b'\\');
    let (mut head, mut tail) = (head.min(text.len()), text.len().saturating_sub(tail));
    while head < text.len() && follows_backslash(head) {
        head += 1;
    }
    while tail < text.len() && follows_backslash(tail) {
        tail += 1;
    }
    let ellipsis = style.ellipsis();
    if tail <= head + ellipsis.len() {
        return text.to_owned();
    }
    format!("{}{ellipsis}{}", text.get(..head).or_fault(), text.get(tail..).or_fault())
}
