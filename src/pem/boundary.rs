//! BEGIN and END lines, also mangled ones.
//!
//! What counts as one is decided here, and what is wrong with it; whether it stands on a line of its
//! own is not.

mod words;

use std::ops::Range;

use self::words::{Words, dash_run, ghost_of, is_dash, keyword, known, known_beginning, nearest};
use crate::internal_fault::OrFault;
use crate::pem::Label;
use crate::pem::characters::Class;
use crate::pem::damage::{BoundaryFault, Invisible};
use crate::pem::tokens::base64_run;
use crate::source_map::to_u32;

/// A BEGIN or END line, from its first dash to its last. A text may be nothing but such lines, so they are
/// small: places in the text are within [`LONGEST`](crate::source_map::MAX_LENGTH).
#[derive(Debug)]
pub(super) struct Boundary {
    pub(super) side: Side,
    pub(super) label: Label,
    /// Which of the known labels it is.
    name: Option<u8>,
    /// Which of the known labels an unknown one seems to stand for.
    guess: Option<u8>,
    lead: TextRange,
    label_piece: TextRange,
    trail: TextRange,
    oddities: Option<Box<Oddities>>,
}

/// A piece of the text.
#[derive(Clone, Copy, Debug)]
struct TextRange {
    start: u32,
    end: u32,
}

impl TextRange {
    fn new(range: &Range<usize>) -> Self {
        Self { start: to_u32(range.start), end: to_u32(range.end) }
    }

    const fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// What is wrong with a boundary.
#[derive(Debug, Default)]
pub(super) struct Oddities {
    /// What is wrong with the words between the dashes.
    fault: Option<BoundaryFault>,
    /// Runs of dashes of another number than five.
    pub(super) dashes: Vec<(Range<usize>, usize)>,
    /// Runs of dashes that are not the ASCII one.
    pub(super) typographic: Vec<Range<usize>>,
    /// Characters among the words that cannot be seen, and what belongs there.
    pub(super) ghosts: Vec<(Range<usize>, Invisible, &'static str)>,
    /// Characters among the words that look like others.
    pub(super) look_alikes: Vec<(Range<usize>, u8)>,
}

/// Which end of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Begin,
    End,
}

impl Side {
    /// What stands before the label.
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Begin => "BEGIN ",
            Self::End => "END ",
        }
    }
}

impl Boundary {
    /// All of it, in the text.
    pub(super) const fn range(&self) -> Range<usize> {
        self.lead.start as usize..self.trail.end as usize
    }

    /// The dashes before; empty when there are none.
    pub(super) const fn lead(&self) -> Range<usize> {
        self.lead.range()
    }

    /// The label as written.
    pub(super) const fn label_range(&self) -> Range<usize> {
        self.label_piece.range()
    }

    /// The dashes after; empty when there are none.
    pub(super) const fn trail(&self) -> Range<usize> {
        self.trail.range()
    }

    /// The label as it should be written, when it is a known one.
    pub(super) fn name(&self) -> Option<&'static str> {
        numbered(self.name)
    }

    /// The label as it should be written, when it is a known one or seems to stand for one.
    pub(super) fn name_or_guess(&self) -> Option<&'static str> {
        numbered(self.name.or(self.guess))
    }

    /// What is wrong with the words between the dashes.
    pub(super) fn fault(&self) -> Option<BoundaryFault> {
        self.oddities()?.fault
    }

    /// What is wrong with it, if anything is.
    pub(super) fn oddities(&self) -> Option<&Oddities> {
        self.oddities.as_deref()
    }

    /// Whether it can be read without a guess, or as it is.
    pub(super) fn is_certain(&self, is_read_as_it_is: bool) -> bool {
        self.oddities().is_none_or(|oddities| {
            let is_misspelt = matches!(oddities.fault, Some(BoundaryFault::Misspelt(_)));
            oddities.look_alikes.is_empty() && (is_read_as_it_is || !is_misspelt)
        })
    }

    /// Whether both name the same label.
    pub(super) fn has_label_of(&self, other: &Self, text: &str) -> bool {
        match (self.name.or(self.guess), other.name.or(other.guess)) {
            (Some(one), Some(other)) => one == other,
            (None, None) => text.get(self.label_range()) == text.get(other.label_range()),
            _ => false,
        }
    }
}

/// A known label by its number.
fn numbered(number: Option<u8>) -> Option<&'static str> {
    Label::WRITTEN.get(usize::from(number?)).map(|(name, _)| *name)
}

/// The number of a known label.
fn number_of(name: &str) -> Option<u8> {
    Label::WRITTEN.iter().position(|(known, _)| *known == name).and_then(|at| u8::try_from(at).ok())
}

/// Finds all boundaries of a text, in their order.
pub(super) fn find(text: &str) -> Vec<Boundary> {
    let mut found: Vec<Boundary> = Vec::new();
    let mut at = 0;
    let mut is_line_start = true;
    // The END line of the last BEGIN line that was read as Go reads it.
    let mut end_as_go: Option<Boundary> = None;
    while let Some(rest) = text.get(at..)
        && let Some(first) = rest.chars().next()
    {
        if first == '-'
            && let Some(boundary) = exact(text, at)
        {
            is_line_start = false;
            at = boundary.range().end;
            found.push(boundary);
            continue;
        }
        if first == '-'
            && let Some(end) = end_as_go.take_if(|end| end.range().start <= at)
            && end.range().start == at
        {
            is_line_start = false;
            at = end.range().end;
            found.push(end);
            continue;
        }
        if first == '-'
            && let Some([begin, end]) = key_as_go(text, at)
        {
            is_line_start = false;
            at = begin.range().end;
            found.push(begin);
            end_as_go = Some(end);
            continue;
        }
        let class = Class::of(first);
        let is_dash = first == '-' || class == Class::Dash;
        let lead = if is_dash { dash_run(text, at) } else { at..at };
        let mut next = match first {
            _ if is_dash => read(text, lead.clone(), true),
            'B' | 'E' if is_line_start && may_be_keyword(rest) => read(text, lead.clone(), false),
            _ => None,
        };
        if is_dash || next.is_some() {
            is_line_start = false;
            at = lead.end;
            while let Some(mut boundary) = next.take() {
                next = part_dashes(text, &mut boundary);
                judge_dashes(text, &mut boundary);
                at = boundary.range().end;
                found.push(boundary);
            }
            continue;
        }
        let begins_line = matches!(class, Class::LineFeed | Class::CarriageReturn | Class::Break)
            || (matches!(first, 'n' | 'r') && text.get(..at).is_some_and(|before| before.ends_with('\\')));
        let may_precede =
            matches!(class, Class::Blank | Class::Quote | Class::Ghost | Class::Space | Class::ByteOrderMark);
        is_line_start = begins_line || (is_line_start && may_precede);
        at += if class == Class::Base64 && !is_line_start {
            // None of what follows a letter or digit directly begins a line or a boundary.
            base64_run(rest.as_bytes())
        } else {
            first.len_utf8()
        };
    }
    found
}

/// Whether BEGIN or END may be what a text that begins with its first letter begins with. Of a line of base64 the
/// second letter mostly tells.
fn may_be_keyword(text: &str) -> bool {
    match text.as_bytes() {
        [b'B', b'E' | b'e', ..] | [b'E', b'N' | b'n', ..] => true,
        [_, second, ..] => !second.is_ascii_alphanumeric(),
        _ => false,
    }
}

/// Reads a boundary of a known label that is written just as it ought to be, with nothing right behind it that
/// might belong to it or be another. Nearly all are, and of those [`read`] says the same after ten times as
/// many instructions.
fn exact(text: &str, start: usize) -> Option<Boundary> {
    let words = text.get(start..)?.strip_prefix("-----")?;
    let (side, label) = [Side::Begin, Side::End]
        .into_iter()
        .find_map(|side| Some((side, words.strip_prefix(side.word())?)))?;
    let length = label.bytes().take(LONGEST).position(|byte| byte == b'-')?;
    let name = label.get(..length)?;
    let after = label.get(length..)?.strip_prefix("-----")?;
    if !matches!(after.as_bytes().first(), None | Some(b'\n' | b'\r' | b'\\' | b'"' | b'\'')) {
        return None;
    }
    let number = number_of(name)?;
    let (_, label) = Label::WRITTEN.get(usize::from(number))?;
    // With five dashes it is a private key to Go: see `key_as_go`.
    if name == SSH2_KEY {
        return None;
    }
    let label_start = start + "-----".len() + side.word().len();
    let label_end = label_start + length;
    Some(Boundary {
        side,
        label: *label,
        name: Some(number),
        guess: None,
        lead: TextRange::new(&(start..start + "-----".len())),
        label_piece: TextRange::new(&(label_start..label_end)),
        trail: TextRange::new(&(label_end..label_end + "-----".len())),
        oddities: None,
    })
}

/// Reads the BEGIN line at `start`, and its END line, as Go's `encoding/pem` does, when the label is that of a private
/// key and has anything in it that makes it hard to read for [`read`]: quotes, letters beyond ASCII, control
/// characters. Go takes every label whose words end in ` PRIVATE KEY`, if END has the same bytes.
fn key_as_go(text: &str, start: usize) -> Option<[Boundary; 2]> {
    const DASHES: &str = "-----";
    let before = text.get(..start)?;
    if !before.is_empty() && !before.ends_with('\n') {
        return None;
    }
    let rest = text.get(start..)?.strip_prefix("-----BEGIN ")?;
    let (line, body) = line_as_go(rest);
    let label = line.strip_suffix(DASHES).filter(|label| label.ends_with(KEY))?;
    if number_of(label).is_some() && label != SSH2_KEY {
        return None;
    }
    // A line of dashes that is another is no base64, and no block ends behind it.
    let end = match body.strip_prefix(DASHES) {
        Some(_) => body,
        None => body.get(memchr::memmem::find(body.as_bytes(), b"\n-----")? + 1..)?,
    };
    let after = end.strip_prefix("-----END ")?.strip_prefix(label)?.strip_prefix(DASHES)?;
    if !line_as_go(after).0.is_empty() {
        return None;
    }
    let plain = read(text, start..start + DASHES.len(), true);
    let is_plain = plain.as_ref().is_some_and(|begin| {
        begin.label.is_private_key()
            && text.get(begin.label_range()) == Some(label)
            && begin.trail().len() == DASHES.len()
            && begin
                .oddities()
                .is_none_or(|oddities| oddities.ghosts.is_empty() && oddities.look_alikes.is_empty())
    });
    if is_plain {
        return None;
    }
    let boundary = |side: Side, start: usize| {
        let label_start = start + DASHES.len() + side.word().len();
        let label_end = label_start + label.len();
        Boundary {
            side,
            label: Label::OtherPrivateKey,
            name: None,
            guess: None,
            lead: TextRange::new(&(start..start + DASHES.len())),
            label_piece: TextRange::new(&(label_start..label_end)),
            trail: TextRange::new(&(label_end..label_end + DASHES.len())),
            oddities: None,
        }
    };
    Some([boundary(Side::Begin, start), boundary(Side::End, text.len() - end.len())])
}

/// A line without the blanks at its end, and what follows it, as Go's `encoding/pem` takes them.
fn line_as_go(text: &str) -> (&str, &str) {
    let (line, rest) = match text.split_once('\n') {
        Some((line, rest)) => (line.strip_suffix('\r').unwrap_or(line), rest),
        None => (text, ""),
    };
    (line.trim_end_matches([' ', '\t']), rest)
}

/// Parts the dashes that a boundary shares with another one right behind it, which is given.
fn part_dashes(text: &str, boundary: &mut Boundary) -> Option<Boundary> {
    let trail = boundary.trail();
    if trail.is_empty() {
        return None;
    }
    read(text, trail.clone(), true)?;
    let dashes: Vec<(usize, char)> =
        text.get(trail.clone())?.char_indices().filter(|(_, character)| is_dash(*character)).collect();
    let is_ascii = dashes.iter().all(|(_, dash)| *dash == '-');
    let own = if is_ascii { 5 } else { dashes.len().div_ceil(2) };
    let end = dashes.get(own).map_or(trail.end, |(offset, _)| trail.start + offset);
    boundary.trail.end = to_u32(end);
    read(text, end..trail.end, true)
}

fn judge_dashes(text: &str, boundary: &mut Boundary) {
    if boundary.label == Label::Ssh2 {
        // RFC 4716 has four dashes and a blank.
        return;
    }
    for run in [boundary.lead(), boundary.trail()] {
        let written = text.get(run.clone()).or_fault();
        if written == "-----" {
            continue;
        }
        let oddities = boundary.oddities.get_or_insert_default();
        if written.chars().any(|character| is_dash(character) && character != '-') {
            oddities.typographic.reserve_exact(1);
            oddities.typographic.push(run);
            continue;
        }
        for (at, character) in written.char_indices().filter(|(_, character)| !is_dash(*character)) {
            let start = run.start + at;
            oddities.ghosts.push((start..start + character.len_utf8(), ghost_of(character), ""));
        }
        let count = written.chars().filter(|character| is_dash(*character)).count();
        if count != 5 {
            oddities.dashes.reserve_exact(1);
            oddities.dashes.push((run, count));
        }
    }
}

/// How the labels of private keys end.
pub(super) const KEY: &str = " PRIVATE KEY";

/// The label of an SSH2 key. It has four dashes and a blank around it (RFC 4716).
const SSH2_KEY: &str = "SSH2 ENCRYPTED PRIVATE KEY";

/// How far the words of a boundary may reach.
const LONGEST: usize = 96;

/// Reads a boundary whose leading dashes are known. Without leading dashes, all else must be right.
fn read(text: &str, lead: Range<usize>, has_lead: bool) -> Option<Boundary> {
    let words = Words::read(text, lead.end, true)?;
    // An unusual space parts words, or got into the middle of one.
    let has_spaces = words.ghosts.iter().any(|(_, kind, _)| *kind == Invisible::Space);
    let joined = if has_spaces { Words::read(text, lead.end, false) } else { None };
    let words = match joined {
        Some(joined) if joined.likeness() > words.likeness() => joined,
        _ => words,
    };
    let folded = words.folded.expose().as_str();
    let (side, label_at, is_keyword) = keyword(folded)?;
    let trail = words.trail.clone();
    let written = folded.get(label_at..).or_fault();
    let (name, label_end) = match known(written) {
        Some(name) => (Some(name), folded.len()),
        // Without dashes after it a label ends where a known one ends.
        None if trail.is_empty() => {
            let name = known_beginning(written)?;
            (Some(name), label_at + name.len())
        }
        None => (None, folded.len()),
    };
    let guess = if name.is_none() { nearest(written) } else { None };
    let label_end = words.end_of(label_end, words.trail.start);
    // A dash that joins the label to what follows it is one of those that end it.
    let trail = if words.trail.is_empty() { dash_run(text, label_end) } else { words.trail.clone() };
    let has_trail = !words.trail.is_empty();
    let is_plausible = match (is_keyword, name, guess) {
        (true, Some(_), _) => {
            (has_lead && (has_trail || lead.len() >= 3 || words.ends_line))
                || (!has_lead && (words.trail.len() >= 3 || words.ends_line))
        }
        (false, Some(_), _) => lead.len() >= 3 && words.trail.len() >= 3,
        (true, None, _) => {
            lead.len() >= 2 && words.trail.len() >= 2 && lead.len().max(words.trail.len()) >= 4
        }
        (false, None, Some(_)) => lead.len() >= 4 && words.trail.len() >= 4,
        (false, None, None) => false,
    };
    if !is_plausible {
        return None;
    }
    let label_range = words.place(label_at).min(trail.start)..label_end;
    let middle = text.get(lead.end..trail.start)?;
    let label = Label::from_written(name.or(guess).unwrap_or(written));
    let fault = match (is_keyword, name) {
        (false, _) => Some(BoundaryFault::Misspelt(Some(side.word().trim_end()))),
        (true, None) if written.is_empty() => Some(BoundaryFault::Misspelt(None)),
        (true, None) if guess.is_some() => Some(BoundaryFault::Misspelt(guess)),
        _ if label == Label::Ssh2 => None,
        _ => fault_of(middle, side, name, written, words.spaces_part),
    };
    let is_odd = fault.is_some() || !words.ghosts.is_empty() || !words.look_alikes.is_empty();
    let oddities = is_odd.then(|| {
        let (ghosts, look_alikes) = (words.ghosts, words.look_alikes);
        Box::new(Oddities { fault, ghosts, look_alikes, ..Oddities::default() })
    });
    Some(Boundary {
        side,
        label,
        name: name.and_then(number_of),
        guess: guess.and_then(number_of),
        lead: TextRange::new(&lead),
        label_piece: TextRange::new(&label_range),
        trail: TextRange::new(&trail),
        oddities,
    })
}

/// What is wrong with the words between the dashes; what cannot be seen, or looks right, is
/// reported elsewhere.
fn fault_of(
    middle: &str,
    side: Side,
    name: Option<&'static str>,
    written: &str,
    spaces_part: bool,
) -> Option<BoundaryFault> {
    let label = name.unwrap_or(written);
    let (word, same_case) = (side.word(), name.is_some());
    let seen = || {
        middle.chars().filter_map(|character| match Class::of(character) {
            Class::Ghost | Class::ByteOrderMark => None,
            Class::Space => spaces_part.then_some(' '),
            Class::LookAlike(ascii) => Some(char::from(ascii)),
            _ => Some(character),
        })
    };
    let expected = || word.chars().chain(label.chars());
    // Nobody knows the case of a label that nobody knows; that of BEGIN and END is known, and that of what
    // makes a label one of a private key.
    let free = label.strip_suffix(KEY).map_or(label.len(), str::len);
    let is_label = || {
        let written = seen().skip(word.len()).enumerate();
        written
            .map(|(at, character)| if at < free { character.to_ascii_uppercase() } else { character })
            .eq(label.chars())
    };
    if seen().eq(expected()) || (!same_case && seen().take(word.len()).eq(word.chars()) && is_label()) {
        return None;
    }
    let is_case = seen().map(|character| character.to_ascii_uppercase()).eq(expected());
    Some(if is_case { BoundaryFault::Case } else { BoundaryFault::Spacing })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The short way for boundaries that are written as they ought to be says what the long way says.
    #[test]
    fn exact_boundaries_are_read_as_all_others() {
        let mut seen = 0;
        for (name, _) in Label::WRITTEN {
            for side in [Side::Begin, Side::End] {
                for after in
                    ["", "\n", "\r\n", "\\nMII", "\"", "'", "-", "\u{2014}", "\u{200b}-", " ", " BEGIN", "A"]
                {
                    let text = format!("-----{}{name}-----{after}", side.word());
                    let mut read = read(&text, 0..5, true).into_iter().collect::<Vec<_>>();
                    if let Some(boundary) = read.first_mut() {
                        assert!(part_dashes(&text, boundary).is_none());
                        judge_dashes(&text, boundary);
                    }
                    if let Some(exact) = exact(&text, 0) {
                        assert_eq!(format!("{read:?}"), format!("[{exact:?}]"), "{text}");
                        seen += 1;
                    }
                    assert_eq!(format!("{read:?}"), format!("{:?}", find(&text)), "{text}");
                }
            }
        }
        // All but that of an SSH2 key, which is read the long way.
        assert_eq!(seen, (Label::WRITTEN.len() - 1) * 2 * 6);
    }

    #[test]
    fn lines_of_base64_are_no_keywords() {
        for (text, may_be) in [
            ("BEGIN CERTIFICATE", true),
            ("Begin certificate", true),
            ("END X", true),
            ("B\u{200b}EGIN", true),
            ("E_ND", true),
            ("ENoWJWWjeb", true),
            ("B4BvoiYD9O", false),
            ("Ex5ta2NlcnQg", false),
            ("E", false),
        ] {
            assert_eq!(may_be_keyword(text), may_be, "{text}");
        }
    }
}
