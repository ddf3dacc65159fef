//! BEGIN and END lines, also mangled ones.
//!
//! What counts as one is decided here, and what is wrong with it; whether it stands on a line of its
//! own is not.

use std::ops::Range;

use crate::pem::Label;
use crate::pem::characters::Class;
use crate::pem::damage::{BoundaryFault, Invisible};
use crate::pem::tokens::base64_run;
use crate::secret::Secret;
use crate::source_map::to_u32;
use crate::spelling::is_one_typo_away;

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
        let written = text.get(run.clone()).unwrap_or_default();
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
    let written = folded.get(label_at..).unwrap_or_default();
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

/// The words between the dashes of a boundary, in capitals, with one space between two of them.
struct Words {
    folded: Secret<String>,
    /// Where each byte of it was written.
    places: Vec<usize>,
    /// The dashes after; empty when there are none.
    trail: Range<usize>,
    /// Whether the line ends after them.
    ends_line: bool,
    /// Whether an unusual space was taken for one between words.
    spaces_part: bool,
    ghosts: Vec<(Range<usize>, Invisible, &'static str)>,
    look_alikes: Vec<(Range<usize>, u8)>,
}

impl Words {
    fn read(text: &str, start: usize, spaces_part: bool) -> Option<Self> {
        let mut words = Self {
            folded: Secret::new(String::new()),
            places: Vec::new(),
            trail: start..start,
            ends_line: true,
            spaces_part,
            ghosts: Vec::new(),
            look_alikes: Vec::new(),
        };
        let mut ends_word = false;
        let mut last_seen = start;
        for (offset, character) in text.get(start..)?.char_indices() {
            let at = start + offset;
            let after = at + character.len_utf8();
            if offset > LONGEST {
                words.ends_line = false;
                break;
            }
            let letter = match Class::of(character) {
                Class::Ghost | Class::ByteOrderMark => {
                    words.ghosts.push((at..after, ghost_of(character), ""));
                    continue;
                }
                Class::Space => {
                    let belongs = if words.places.is_empty() || !spaces_part { "" } else { " " };
                    words.ghosts.push((at..after, Invisible::Space, belongs));
                    ends_word |= spaces_part;
                    continue;
                }
                Class::LookAlike(ascii) if ascii.is_ascii_alphanumeric() => {
                    words.look_alikes.push((at..after, ascii));
                    ascii
                }
                _ => match character {
                    ' ' | '\t' | '_' | '+' => {
                        ends_word = true;
                        continue;
                    }
                    '-' if is_hyphen(text, at) => {
                        ends_word = true;
                        continue;
                    }
                    dash if is_dash(dash) => {
                        words.trail = dash_run(text, at);
                        break;
                    }
                    'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '#' => u8::try_from(character).ok()?,
                    _ => {
                        let class = Class::of(character);
                        words.ends_line = matches!(
                            class,
                            Class::LineFeed
                                | Class::CarriageReturn
                                | Class::Break
                                | Class::Backslash
                                | Class::Quote
                        );
                        break;
                    }
                },
            };
            if words.places.is_empty() && !letter.is_ascii_alphabetic() {
                return None;
            }
            if words.places.is_empty() && words.folded.expose().capacity() == 0 {
                words.folded.expose_mut().reserve(2 * LONGEST);
            }
            if ends_word && !words.places.is_empty() {
                words.folded.expose_mut().push(' ');
                words.places.push(last_seen);
            }
            ends_word = false;
            words.folded.expose_mut().push(char::from(letter.to_ascii_uppercase()));
            words.places.push(at);
            last_seen = after;
        }
        if words.places.is_empty() {
            return None;
        }
        words.trim_ghosts(text, last_seen);
        Some(words)
    }

    /// How much they are like BEGIN or END and a known label.
    fn likeness(&self) -> u8 {
        let folded = self.folded.expose().as_str();
        let label = folded.strip_prefix("BEGIN").or_else(|| folded.strip_prefix("END"));
        let is_known = |label: &str| Label::WRITTEN.iter().any(|(name, _)| *name == label);
        match label {
            Some(label) if label.strip_prefix(' ').is_some_and(is_known) => 2,
            Some(label) if known(label).is_some() => 1,
            _ => 0,
        }
    }

    /// Forgets the ghosts that stand behind a boundary without dashes at its end.
    fn trim_ghosts(&mut self, text: &str, last_seen: usize) {
        if self.trail.is_empty() {
            self.ghosts.retain(|(range, ..)| range.start < last_seen);
        } else {
            for (range, _, belongs) in &mut self.ghosts {
                let is_beside_blank = text.get(..range.start).is_some_and(|before| before.ends_with(' '))
                    || text.get(range.end..).is_some_and(|after| after.starts_with(' '));
                if range.start >= last_seen || is_beside_blank {
                    *belongs = "";
                }
            }
        }
    }

    /// Where a byte of the folded text was written.
    fn place(&self, at: usize) -> usize {
        self.places.get(at).copied().unwrap_or(self.trail.start)
    }

    /// Where the folded text up to `at` ends.
    fn end_of(&self, at: usize, otherwise: usize) -> usize {
        at.checked_sub(1).and_then(|last| self.places.get(last)).map_or(otherwise, |&place| place + 1)
    }
}

/// BEGIN or END at the start of folded words; where the label begins, and whether the word is right.
fn keyword(folded: &str) -> Option<(Side, usize, bool)> {
    let first = folded.split(' ').next().unwrap_or_default();
    let label_at =
        |length: usize| length + usize::from(folded.get(length..).is_some_and(|rest| rest.starts_with(' ')));
    for (side, word) in [(Side::Begin, "BEGIN"), (Side::End, "END")] {
        if let Some(rest) = folded.strip_prefix(word)
            && (first == word || known(rest.trim_start()).is_some() || known_beginning(rest).is_some())
        {
            return Some((side, label_at(word.len()), true));
        }
    }
    if is_one_typo_away(first, "BEGIN") {
        Some((Side::Begin, label_at(first.len()), false))
    } else if is_one_typo_away(first, "END") {
        Some((Side::End, label_at(first.len()), false))
    } else {
        None
    }
}

/// The known label that some folded words are, spacing aside.
fn known(folded: &str) -> Option<&'static str> {
    Label::WRITTEN.iter().map(|(name, _)| *name).find(|name| *name == folded).or_else(|| {
        let letters = |text: &'static str| text.bytes().filter(|byte| *byte != b' ');
        let squeezed = || folded.bytes().filter(|byte| *byte != b' ');
        Label::WRITTEN.iter().map(|(name, _)| *name).find(|name| letters(name).eq(squeezed()))
    })
}

/// The longest known label that some folded words begin with.
fn known_beginning(folded: &str) -> Option<&'static str> {
    Label::WRITTEN
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| folded.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
        .max_by_key(|name| name.len())
}

/// The known label that an unknown one seems to stand for.
fn nearest(folded: &str) -> Option<&'static str> {
    // Only labels that certificates and keys have: others may well be labels that are not known here.
    Label::WRITTEN
        .iter()
        .filter(|(_, label)| label.is_private_key() || *label == Label::Certificate)
        .map(|(name, _)| *name)
        .find(|name| is_one_typo_away(folded, name))
        .or_else(|| {
            ["CERT", "CERTIFICATES", "CRT", "CERTIFICAT"].contains(&folded).then_some("CERTIFICATE").or_else(
                || ["KEY", "PRIV KEY", "PRIVATE", "PRIVATE KEYS"].contains(&folded).then_some("PRIVATE KEY"),
            )
        })
}

/// A run of dashes of any kind; characters without a glyph may stand among them.
fn dash_run(text: &str, start: usize) -> Range<usize> {
    let mut end = start;
    for (offset, character) in text.get(start..).unwrap_or_default().char_indices() {
        let at = start + offset;
        if is_dash(character) {
            end = at + character.len_utf8();
        } else if !matches!(Class::of(character), Class::Ghost | Class::ByteOrderMark) || at - end > 8 {
            break;
        }
    }
    start..end
}

/// Whether the dash at `at` joins two words instead of ending them.
fn is_hyphen(text: &str, at: usize) -> bool {
    let is_letter = |character: Option<char>| character.is_some_and(|c| c.is_ascii_alphanumeric());
    is_letter(text.get(..at).and_then(|before| before.chars().next_back()))
        && is_letter(text.get(at + 1..).and_then(|after| after.chars().next()))
}

fn is_dash(character: char) -> bool {
    character == '-' || Class::of(character) == Class::Dash
}

const fn ghost_of(character: char) -> Invisible {
    match Class::of(character) {
        Class::Space => Invisible::Space,
        Class::Break => Invisible::LineBreak,
        _ => Invisible::NoGlyph,
    }
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
