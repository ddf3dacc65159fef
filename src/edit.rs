//! Repairs as edits over places. A fix holds no text of the body: what it moves it points at.

use std::collections::BTreeMap;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::general_purpose::{GeneralPurpose, NO_PAD};
use zeroize::Zeroizing;

use crate::internal_fault::OrFault;
use crate::span::Span;

/// Whether a repair can change what the author meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Safety {
    /// It changes or drops something that the author may have meant.
    Unsafe,
    /// Every certificate and key stays; only how they are written or placed is repaired.
    Safe,
}

impl Safety {
    /// The word that every format uses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unsafe => "unsafe",
            Self::Safe => "safe",
        }
    }
}

/// A repair of one defect.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Fix {
    /// What it does, in the imperative: `remove the quotes`.
    pub(crate) title: String,
    /// Whether it can change what the author meant.
    pub(crate) safety: Safety,
    /// What it changes. Empty when the repair shows only after that of an outer layer
    /// (text that is itself encoded); it is then offered with its edits in the next round.
    pub(crate) edits: Vec<Edit>,
}

impl Fix {
    /// What it does, in the imperative: `remove the quotes`.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Whether it can change what the author meant.
    #[must_use]
    pub const fn safety(&self) -> Safety {
        self.safety
    }

    /// The changes. Empty if they can be known only after the repair of an outer encoding.
    #[must_use]
    pub fn edits(&self) -> &[Edit] {
        &self.edits
    }

    /// A repair that keeps every certificate and key.
    #[must_use]
    pub fn safe(title: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self { title: title.into(), safety: Safety::Safe, edits }
    }

    /// A repair that may change what the author meant.
    #[must_use]
    pub fn unsafe_(title: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self { title: title.into(), safety: Safety::Unsafe, edits }
    }
}

/// One change of the written body (JSON escapes and all).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Edit {
    /// Replaces what stands at `span`; an empty span inserts, an empty text deletes.
    Put {
        /// The bytes that go.
        span: Span,
        /// What comes in their place, as it is to be written in the body.
        text: &'static str,
    },
    /// Replaces what stands at `span` by a copy of what stands at `from`.
    Copy {
        /// The bytes that go.
        span: Span,
        /// The bytes that are copied, as they stood before any edit.
        from: Span,
    },
    /// Replaces the base64 text at `span` by what it encodes, escaped for a JSON string.
    Decode {
        /// Base64 (RFC 4648 section 4 or 5, padded or not); white space, also escaped, may stand inside.
        span: Span,
    },
    /// Replaces the base64 text at `span`, which encodes a DER element with bytes after its end, by base64 of the
    /// element alone, in lines of 64 characters.
    Trim {
        /// Standard base64 with its padding; line breaks and blanks, also escaped, may stand inside.
        span: Span,
        /// How long the element is. Nothing is replaced if its own length says otherwise.
        keep: usize,
    },
    /// Replaces the UTF-16 text at `span`, of either byte order, by UTF-8 without a byte-order mark.
    Utf16 {
        /// UTF-16.
        span: Span,
    },
}

impl Edit {
    /// Deletes what stands at `span`.
    #[must_use]
    pub const fn delete(span: Span) -> Self {
        Self::Put { span, text: "" }
    }

    /// Inserts `text` at `offset`.
    #[must_use]
    pub const fn insert(offset: usize, text: &'static str) -> Self {
        Self::Put { span: Span::at(offset), text }
    }

    /// The bytes that the edit replaces.
    #[must_use]
    pub const fn span(&self) -> Span {
        match *self {
            Self::Put { span, .. }
            | Self::Copy { span, .. }
            | Self::Decode { span }
            | Self::Trim { span, .. }
            | Self::Utf16 { span } => span,
        }
    }
}

/// What comes of applying fixes.
pub struct Applied {
    /// The body as it is then. It may hold a key, and is wiped when dropped.
    pub text: Zeroizing<Vec<u8>>,
    /// Of each fix, whether it was applied.
    pub taken: Vec<bool>,
    /// Where what stands there now stood before.
    pub origin: Origin,
}

/// Applies as many of `fixes` as do not get into each other's way, and says which. The first always
/// goes through; one that touches a place that an earlier one has changed or copied is left for the
/// next round, as a whole, and so is one without edits.
#[must_use]
pub fn apply(input: &[u8], fixes: &[&Fix]) -> Applied {
    let mut accepted = Accepted { input, ..Accepted::default() };
    let taken = fixes.iter().map(|fix| accepted.take(fix)).collect();
    let (text, origin) = accepted.output();
    Applied { text, taken, origin }
}

/// Puts a text in the place of each span. The spans do not overlap; texts of one place come in their
/// order.
pub(crate) fn put_in(input: &[u8], texts: &[(Span, Zeroizing<Vec<u8>>)]) -> (Zeroizing<Vec<u8>>, Origin) {
    let mut accepted = Accepted { input, ..Accepted::default() };
    for (span, text) in texts {
        accepted.write(*span, Replacement::Text(text));
    }
    accepted.output()
}

/// Where the bytes of a repaired body stood before.
#[derive(Clone, Debug, Default)]
pub struct Origin(Vec<OriginRun>);

/// A piece of a repaired body. There may be two for each edit, so that they are small.
#[derive(Clone, Copy, Debug)]
struct OriginRun {
    /// Where it begins.
    at: u32,
    length: u32,
    /// What it comes from. Where both lengths agree and it is a copy, byte stands for byte.
    from: (u32, u32),
    is_copy: bool,
}

/// A place or a length in a body that is repaired, which is no longer than [`LONGEST`].
fn short(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// The longest body that is repaired, which is far longer than one that is read.
const LONGEST: usize = 1 << 28;

impl Origin {
    /// Where something stood before. What was put there anew stands for what it replaced; what was
    /// copied, for what it was copied from.
    #[must_use]
    pub fn of(&self, span: Span) -> Span {
        let start = self.place(span.start, false);
        let end = if span.is_empty() { start } else { self.place(span.end, true) };
        Span::new(start, end.max(start))
    }

    /// The place before the byte at `offset`, or, as an end, the place behind the byte before it.
    fn place(&self, offset: usize, is_end: bool) -> usize {
        let next = if is_end {
            self.0.partition_point(|piece| (piece.at as usize) < offset)
        } else {
            self.0.partition_point(|piece| piece.at as usize <= offset)
        };
        let Some(piece) = next.checked_sub(1).and_then(|last| self.0.get(last)) else { return offset };
        let within = offset - piece.at as usize;
        let (start, end) = (piece.from.0 as usize, piece.from.1 as usize);
        match (piece.is_copy, is_end) {
            (true, _) => start + within.min(piece.length as usize),
            // Behind the last piece, which was put there anew.
            (false, false) if within >= piece.length as usize => end,
            (false, false) => start,
            (false, true) => end,
        }
    }
}

/// The edits that were accepted so far.
#[derive(Default)]
struct Accepted<'a> {
    input: &'a [u8],
    /// By start, then end, then the order in which they came: a fix may insert several texts at one place.
    writes: BTreeMap<(usize, usize, usize), Replacement<'a>>,
    /// What is copied: by start, the furthest end.
    reads: BTreeMap<usize, usize>,
    /// The longest of them, which bounds the search among them.
    longest_read: usize,
}

/// What comes in the place of a span.
enum Replacement<'a> {
    Text(&'a [u8]),
    Copied(Span),
    Decoded(Zeroizing<Vec<u8>>),
}

impl Replacement<'_> {
    /// Whether it is another text than what stood there, and no part of its repair.
    const fn is_another(&self) -> bool {
        matches!(self, Self::Copied(_) | Self::Decoded(_))
    }

    fn bytes<'r>(&'r self, input: &'r [u8]) -> &'r [u8] {
        match self {
            Self::Text(text) => text,
            Self::Copied(from) => input.get(from.start..from.end).or_fault(),
            Self::Decoded(bytes) => bytes,
        }
    }
}

impl<'a> Accepted<'a> {
    /// Takes a fix, or leaves it out as a whole.
    fn take(&mut self, fix: &Fix) -> bool {
        if fix.edits.is_empty() || self.input.len() > LONGEST || !agree_among_themselves(&fix.edits) {
            return false;
        }
        let mut taken = Vec::with_capacity(fix.edits.len());
        for edit in &fix.edits {
            let from = if let Edit::Copy { from, .. } = edit { Some(*from) } else { None };
            if self.touches(edit.span()) || from.is_some_and(|from| self.is_written_inside(from)) {
                return false;
            }
            let Some(replacement) = self.replacement(edit) else { return false };
            if self.is_beside(edit.span(), &replacement) {
                return false;
            }
            taken.push((edit.span(), from, replacement));
        }
        for (span, from, replacement) in taken {
            self.write(span, replacement);
            if let Some(from) = from {
                let end = self.reads.entry(from.start).or_insert(from.end);
                *end = from.end.max(*end);
                self.longest_read = self.longest_read.max(from.len());
            }
        }
        true
    }

    fn write(&mut self, span: Span, replacement: Replacement<'a>) {
        self.writes.insert((span.start, span.end, self.writes.len()), replacement);
    }

    /// What an edit writes; `None` when it points outside of the input or at text that does not
    /// decode.
    fn replacement(&self, edit: &Edit) -> Option<Replacement<'a>> {
        self.input.get(edit.span().start..edit.span().end)?;
        match *edit {
            Edit::Put { text, .. } => Some(Replacement::Text(text.as_bytes())),
            Edit::Copy { from, .. } => {
                self.input.get(from.start..from.end).map(|_| Replacement::Copied(from))
            }
            Edit::Decode { span } => decode(self.input.get(span.start..span.end)?).map(Replacement::Decoded),
            Edit::Trim { span, keep } => {
                trim(self.input.get(span.start..span.end)?, keep).map(Replacement::Decoded)
            }
            Edit::Utf16 { span } => {
                utf8_of_utf16(self.input.get(span.start..span.end)?).map(Replacement::Decoded)
            }
        }
    }

    /// Whether changing `span` gets in the way of what was accepted.
    fn touches(&self, span: Span) -> bool {
        let is_read = self
            .reads
            .range(span.start.saturating_sub(self.longest_read)..=span.end)
            .any(|(&start, &end)| overlap(Span::new(start, end), span));
        let same = (span.start, span.end, 0)..=(span.start, span.end, usize::MAX);
        is_read || self.writes.range(same).next().is_some() || self.is_written_inside(span)
    }

    /// Whether an accepted edit changes something inside `span`.
    fn is_written_inside(&self, span: Span) -> bool {
        // Accepted edits do not overlap, so that of those that start before `span` the last reaches
        // furthest; an insertion beside it may come after it in the order, and reaches nowhere.
        let before = self.writes.range(..(span.start, 0, 0)).next_back();
        let from = self.writes.range((span.start, 0, 0)..=(span.end, usize::MAX, usize::MAX));
        before.into_iter().chain(from).any(|(&(start, end, _), _)| overlap(Span::new(start, end), span))
    }

    /// Whether something is inserted right before or behind what is replaced by something from elsewhere, or
    /// decoded: it was meant for what stood there.
    fn is_beside(&self, span: Span, replacement: &Replacement<'_>) -> bool {
        if span.is_empty() {
            let before = self.writes.range(..(span.start, 0, 0)).next_back();
            let before = before.filter(|((_, end, _), _)| *end == span.start);
            let from = self.writes.range((span.start, 0, 0)..=(span.start, usize::MAX, usize::MAX));
            return before.into_iter().chain(from).any(|(_, replacement)| replacement.is_another());
        }
        let is_inserted = |at| self.writes.range((at, at, 0)..=(at, at, usize::MAX)).next().is_some();
        replacement.is_another() && (is_inserted(span.start) || is_inserted(span.end))
    }

    fn output(&self) -> (Zeroizing<Vec<u8>>, Origin) {
        // Nothing stands at one place twice but what is inserted, so that each replaced byte counts once.
        let replaced: usize = self.writes.keys().map(|(start, end, _)| end - start).sum();
        let written: usize =
            self.writes.values().map(|replacement| replacement.bytes(self.input).len()).sum();
        // Just what is needed: a text that grows leaves unwiped copies of itself behind.
        let mut text = Zeroizing::new(Vec::with_capacity(self.input.len() - replaced + written));
        let mut pieces = Vec::with_capacity(2 * self.writes.len() + 1);
        let mut push = |bytes: &[u8], from: Span, is_copy: bool| {
            if !bytes.is_empty() {
                let (at, length) = (short(text.len()), short(bytes.len()));
                pieces.push(OriginRun { at, length, from: (short(from.start), short(from.end)), is_copy });
                text.extend_from_slice(bytes);
            }
        };
        let mut at = 0;
        for (&(start, end, _), replacement) in &self.writes {
            push(self.input.get(at..start).or_fault(), Span::new(at, start), true);
            let bytes = replacement.bytes(self.input);
            match replacement {
                Replacement::Copied(from) => push(bytes, *from, true),
                _ => push(bytes, Span::new(start, end), false),
            }
            at = end;
        }
        push(self.input.get(at..).or_fault(), Span::new(at, self.input.len()), true);
        (text, Origin(pieces))
    }
}

/// Whether both hold a byte in common, or an insertion stands strictly inside of the other.
const fn overlap(one: Span, other: Span) -> bool {
    if one.is_empty() && other.is_empty() {
        return false;
    }
    one.start < other.end && other.start < one.end
}

/// Whether no two edits of a fix change the same bytes.
fn agree_among_themselves(edits: &[Edit]) -> bool {
    let mut spans: Vec<Span> = edits.iter().map(Edit::span).filter(|span| !span.is_empty()).collect();
    spans.sort_unstable();
    let insertions = edits.iter().map(Edit::span).filter(|span| span.is_empty());
    spans.iter().zip(spans.iter().skip(1)).all(|(one, next)| one.end <= next.start)
        && insertions.into_iter().all(|place| {
            let before = spans.partition_point(|span| span.start < place.start);
            before.checked_sub(1).and_then(|last| spans.get(last)).is_none_or(|last| last.end <= place.start)
        })
}

/// Base64 without its padding. Of a text that was cut off, bits beyond the last octet may be left.
const BARE: GeneralPurpose = GeneralPurpose::new(&STANDARD, NO_PAD.with_decode_allow_trailing_bits(true));

/// What base64 in a JSON string encodes, escaped for a JSON string; `None` when it is not base64 of
/// a text.
fn decode(written: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut letters = letters(written)?;
    for letter in letters.iter_mut() {
        *letter = match *letter {
            b'-' => b'+',
            b'_' => b'/',
            other => other,
        };
    }
    while letters.last() == Some(&b'=') {
        letters.pop();
    }
    let decoded = Zeroizing::new(BARE.decode(&letters).ok()?);
    Some(escaped("", std::str::from_utf8(&decoded).ok()?, ""))
}

/// Base64 in a JSON string of the DER element that it begins with, which is `keep` bytes long and is followed by
/// others, in lines of 64 characters; `None` when it is anything else.
fn trim(written: &[u8], keep: usize) -> Option<Zeroizing<Vec<u8>>> {
    /// What a line of 64 characters encodes.
    const LINE: usize = 48;
    let decoded = Zeroizing::new(base64::prelude::BASE64_STANDARD.decode(letters(written)?.as_slice()).ok()?);
    let element = decoded.get(..keep).filter(|element| element.len() < decoded.len())?;
    if length_of_sequence(element) != Some(keep) {
        return None;
    }
    // Just what is needed: a text that grows leaves unwiped copies of itself behind.
    let mut lines = Zeroizing::new(vec![0; keep.div_ceil(3) * 4 + 2 * keep.div_ceil(LINE)]);
    let mut at = 0;
    for line in element.chunks(LINE) {
        at += base64::prelude::BASE64_STANDARD.encode_slice(line, lines.get_mut(at..)?).ok()?;
        lines.get_mut(at..at + 2)?.copy_from_slice(b"\\n");
        at += 2;
    }
    (at == lines.len()).then_some(lines)
}

/// The UTF-8 of a text in UTF-16; `None` when it is not UTF-16 to its end. Without a byte-order mark, its first
/// character is ASCII.
fn utf8_of_utf16(text: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (is_big_endian, text) = match text {
        [0xfe, 0xff, text @ ..] => (true, text),
        [0xff, 0xfe, text @ ..] => (false, text),
        _ => (text.first() == Some(&0), text),
    };
    let (units, rest) = text.as_chunks::<2>();
    let units = units
        .iter()
        .map(|unit| if is_big_endian { u16::from_be_bytes(*unit) } else { u16::from_le_bytes(*unit) });
    // The most that is needed: a text that grows leaves unwiped copies of itself behind.
    let mut utf8 = Zeroizing::new(Vec::with_capacity(units.len() * 3));
    for character in char::decode_utf16(units) {
        utf8.extend_from_slice(character.ok()?.encode_utf8(&mut [0; 4]).as_bytes());
    }
    rest.is_empty().then_some(utf8)
}

/// How long the SEQUENCE at the start of some DER is, by its own account.
fn length_of_sequence(der: &[u8]) -> Option<usize> {
    match *der {
        [0x30, length @ 0..=0x7f, ..] => Some(2 + usize::from(length)),
        [0x30, 0x81, length, ..] => Some(3 + usize::from(length)),
        [0x30, 0x82, high, low, ..] => Some(4 + usize::from(u16::from_be_bytes([high, low]))),
        [0x30, 0x83, high, middle, low, ..] => {
            Some(5 + usize::try_from(u32::from_be_bytes([0, high, middle, low])).ok()?)
        }
        _ => None,
    }
}

/// The characters of a JSON string without blanks and line breaks; `None` for escape sequences that no base64 has.
fn letters(written: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let mut letters = Zeroizing::new(Vec::with_capacity(written.len()));
    let mut rest = written;
    while let Some((&first, after)) = rest.split_first() {
        let (letter, length) = match (first, after) {
            (b'\\', [b'n' | b'r' | b't', ..]) => (b' ', 2),
            (b'\\', [b'/', ..]) => (b'/', 2),
            (b'\\', [b'u', hex @ ..]) => {
                let digits = std::str::from_utf8(hex.get(..4)?).ok()?;
                (u8::try_from(u32::from_str_radix(digits, 16).ok()?).ok()?, 6)
            }
            _ => (first, 1),
        };
        match letter {
            b' ' | b'\t' | b'\r' | b'\n' => {}
            _ => letters.push(letter),
        }
        rest = rest.get(length..)?;
    }
    Some(letters)
}

/// A text as it is written in a JSON string, with what is to stand before and behind it.
pub(crate) fn escaped(before: &str, text: &str, behind: &str) -> Zeroizing<Vec<u8>> {
    // Just what is needed: a text that grows leaves unwiped copies of itself behind.
    let length: usize = text.chars().map(|character| escape(character).len()).sum();
    let mut escaped = Zeroizing::new(Vec::with_capacity(before.len() + length + behind.len()));
    escaped.extend_from_slice(before.as_bytes());
    for character in text.chars() {
        escaped.extend_from_slice(escape(character).as_bytes());
    }
    escaped.extend_from_slice(behind.as_bytes());
    escaped
}

/// A character as it is written in a JSON string.
pub(crate) fn escape(character: char) -> Escaped {
    let mut bytes = [0; 6];
    let short = match character {
        '\n' => b"\\n",
        '\r' => b"\\r",
        '\t' => b"\\t",
        '"' => b"\\\"",
        '\\' => b"\\\\",
        '\0'..='\u{1f}' => {
            const DIGITS: [u8; 16] = *b"0123456789abcdef";
            let code = character as usize;
            let digit = |value: usize| DIGITS.get(value & 0xf).copied().or_fault();
            return Escaped { bytes: [b'\\', b'u', b'0', b'0', digit(code >> 4), digit(code)], length: 6 };
        }
        _ => {
            let length = character.encode_utf8(&mut bytes).len();
            return Escaped { bytes, length };
        }
    };
    let [first, second] = *short;
    Escaped { bytes: [first, second, 0, 0, 0, 0], length: 2 }
}

/// A character as it is written in a JSON string.
pub(crate) struct Escaped {
    bytes: [u8; 6],
    length: usize,
}

impl Escaped {
    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).or_fault()
    }

    pub(crate) const fn len(&self) -> usize {
        self.length
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing)]

    use super::*;

    fn applied(input: &str, fixes: &[Vec<Edit>]) -> (String, Vec<bool>) {
        let fixes: Vec<Fix> = fixes.iter().map(|edits| Fix::safe("test", edits.clone())).collect();
        let Applied { text, taken, .. } = apply(input.as_bytes(), &fixes.iter().collect::<Vec<_>>());
        (String::from_utf8(text.to_vec()).unwrap(), taken)
    }

    fn put(start: usize, end: usize, text: &'static str) -> Edit {
        Edit::Put { span: Span::new(start, end), text }
    }

    #[test]
    fn edits_are_sorted_and_keep_the_rest() {
        let edits =
            vec![put(4, 5, "E"), Edit::delete(Span::new(1, 3)), Edit::insert(0, "<"), Edit::insert(6, ">")];
        assert_eq!(applied("abcdef", &[edits]), ("<adEf>".into(), vec![true]));
    }

    #[test]
    fn a_swap_reads_what_stood_before() {
        let swap = vec![
            Edit::Copy { span: Span::new(0, 2), from: Span::new(3, 6) },
            Edit::Copy { span: Span::new(3, 6), from: Span::new(0, 2) },
        ];
        assert_eq!(applied("ab-cde", &[swap]), ("cde-ab".into(), vec![true]));
    }

    #[test]
    fn what_overlaps_is_left_out_as_a_whole() {
        let (output, taken) = applied(
            "abcdef",
            &[vec![put(1, 4, "x")], vec![put(0, 1, "y"), put(3, 5, "z")], vec![put(4, 6, "w")]],
        );
        assert_eq!((output.as_str(), taken), ("axw", vec![true, false, true]));
    }

    #[test]
    fn an_insertion_may_stand_beside_but_not_inside() {
        let fixes = [
            vec![put(2, 4, "x")],
            vec![Edit::insert(2, "<")],
            vec![Edit::insert(4, ">")],
            vec![Edit::insert(3, "!")],
        ];
        assert_eq!(applied("abcdef", &fixes), ("ab<x>ef".into(), vec![true, true, true, false]));
    }

    #[test]
    fn two_fixes_do_not_insert_at_one_place() {
        let fixes = [vec![Edit::insert(1, "1"), Edit::insert(1, "2")], vec![Edit::insert(1, "3")]];
        assert_eq!(applied("ab", &fixes), ("a12b".into(), vec![true, false]));
    }

    #[test]
    fn what_is_copied_is_not_changed_by_another() {
        let copy = vec![Edit::Copy { span: Span::new(0, 1), from: Span::new(3, 6) }];
        let inside = vec![put(4, 5, "!")];
        assert_eq!(
            applied("abcdef", &[copy.clone(), inside.clone()]),
            ("defbcdef".into(), vec![true, false])
        );
        assert_eq!(applied("abcdef", &[inside, copy]), ("abcd!f".into(), vec![true, false]));
    }

    #[test]
    fn a_change_behind_an_insertion_is_still_seen() {
        // The insertion comes last in the order of places before the third edit.
        let fixes =
            [vec![put(0, 5, "x")], vec![Edit::insert(5, "<")], vec![put(4, 6, "y")], vec![put(5, 6, "z")]];
        assert_eq!(applied("abcdef", &fixes), ("x<z".into(), vec![true, true, false, true]));
    }

    #[test]
    fn base64_is_decoded_and_escaped() {
        // printf -- 'a"\\b\n\t\001é' | base64 -> YSJcYgoJAcOp
        for written in ["YSJcYgoJAcOp", "YSJc\\nYgoJ\\u000a AcOp", "YSJcYgoJ\\u0041cOp"] {
            let edits = vec![Edit::Decode { span: Span::new(1, 1 + written.len()) }];
            let (output, taken) = applied(&format!("\"{written}\""), &[edits]);
            assert_eq!((output.as_str(), taken), ("\"a\\\"\\\\b\\n\\t\\u0001é\"", vec![true]));
        }
    }

    #[test]
    fn what_follows_an_element_is_trimmed() {
        let element: Vec<u8> = [0x30, 62].into_iter().chain(0..62).collect();
        let with = |more: &[u8]| base64::prelude::BASE64_STANDARD.encode([&element, more].concat());
        let whole = with(b"");
        let (first, second) = whole.split_at(64);
        let expected = format!("{first}\\n{second}\\n");
        let trimmed = |written: &str, keep| {
            let edits = vec![Edit::Trim { span: Span::new(1, 1 + written.len()), keep }];
            applied(&format!("\"{written}\""), &[edits])
        };
        for more in [&b"\0"[..], b"ab", b"abc", &[0; 200]] {
            let written = with(more);
            let (one, two) = written.split_at(40);
            for written in
                [format!("{one}\\n{two}\\n"), format!("{one}\\r\\n{two}"), format!("{one}\\u000a {two}")]
            {
                assert_eq!(trimmed(&written, 64), (format!("\"{expected}\""), vec![true]), "{written}");
            }
        }
        // Nothing follows, another length than its own, no DER, no base64.
        for (written, keep) in [
            (whole.clone(), 64),
            (with(b"a"), 63),
            (with(b"a"), 65),
            (with(b"a"), 500),
            (base64::prelude::BASE64_STANDARD.encode([0; 80]), 64),
            (with(b"a").replace('A', "-"), 64),
            (with(b"a").replacen('A', ":", 1), 64),
            (with(b"a").trim_end_matches('=').to_owned(), 64),
        ] {
            assert_eq!(trimmed(&written, keep), (format!("\"{written}\""), vec![false]), "{written} {keep}");
        }
    }

    #[test]
    fn base64_that_is_cut_off_is_decoded_as_far_as_it_goes() {
        for (written, decoded) in [("YWJjZGVm", "abcdef"), ("YWJjZGV", "abcde"), ("YWJjZG", "abcd")] {
            let edits = vec![Edit::Decode { span: Span::new(0, written.len()) }];
            assert_eq!(applied(written, &[edits]), (decoded.into(), vec![true]));
        }
    }

    #[test]
    fn what_does_not_decode_stays() {
        for written in ["YSJ!", "A", "/////w=="] {
            let edits = vec![Edit::Decode { span: Span::new(0, written.len()) }];
            assert_eq!(applied(written, &[edits]), (written.into(), vec![false]));
        }
    }

    #[test]
    fn what_moved_is_found_again() {
        // 0123456789 -> <012978X6: inserted, copied both ways, replaced, deleted.
        let edits = vec![
            Edit::insert(0, "<"),
            Edit::Copy { span: Span::new(3, 4), from: Span::new(9, 10) },
            put(4, 6, ""),
            Edit::Copy { span: Span::new(6, 7), from: Span::new(7, 9) },
            put(7, 9, "X"),
            Edit::Copy { span: Span::new(9, 10), from: Span::new(6, 7) },
        ];
        let Applied { text, origin, .. } = apply(b"0123456789", &[&Fix::safe("test", edits)]);
        assert_eq!(text.as_slice(), b"<012978X6");
        for (now, before) in [
            ((0, 1), (0, 0)),
            ((1, 4), (0, 3)),
            ((4, 5), (9, 10)),
            ((5, 7), (7, 9)),
            ((6, 7), (8, 9)),
            ((7, 8), (7, 9)),
            ((8, 9), (6, 7)),
            ((5, 5), (7, 7)),
            ((9, 9), (7, 7)),
            // What begins further down than it ends is the place where it begins.
            ((4, 9), (9, 9)),
        ] {
            let (now, before) = (Span::new(now.0, now.1), Span::new(before.0, before.1));
            assert_eq!(origin.of(now), before, "{now:?}");
        }
        assert_eq!(Origin::default().of(Span::new(3, 5)), Span::new(3, 5));
    }

    #[test]
    fn places_outside_of_the_input_are_refused() {
        assert_eq!(
            applied("ab", &[vec![put(1, 9, "x")], vec![put(2, 1, "x")]]),
            ("ab".into(), vec![false, false])
        );
        assert_eq!(applied("ab", &[Vec::new()]), ("ab".into(), vec![false]));
    }
}
