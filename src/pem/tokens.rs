//! The pieces that a text in or around PEM armour is made of.

use std::ops::{Bound, Range, RangeBounds};

use crate::pem::characters::Class;

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Atom {
    /// What it is.
    pub(super) kind: AtomKind,
    /// Where it begins in the text, in bytes.
    pub(super) start: usize,
    /// Where it ends.
    pub(super) end: usize,
}

impl Atom {
    pub(super) const fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    pub(super) const fn len(&self) -> usize {
        self.end - self.start
    }

    pub(super) const fn is(&self, kind: AtomKind) -> bool {
        self.kind as u8 == kind as u8
    }

    /// Whether a line ends here, as it is or once it is repaired. A lone carriage return may be one.
    pub(super) const fn is_break(&self) -> bool {
        matches!(self.kind, AtomKind::LineFeed | AtomKind::EscapedBreak | AtomKind::Break)
    }

    /// Whether it is nothing that one could see.
    pub(super) const fn is_gap(&self) -> bool {
        !matches!(
            self.kind,
            AtomKind::Data
                | AtomKind::Base64Url
                | AtomKind::LookAlike
                | AtomKind::Quote
                | AtomKind::Foreign
                | AtomKind::ForeignLetter
        )
    }
}

/// The kinds of pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AtomKind {
    /// A run of characters of the base64 alphabet, padding included.
    Data,
    /// A run of spaces and tabs.
    Blank,
    /// A line feed.
    LineFeed,
    /// A carriage return.
    CarriageReturn,
    /// A line break spelled out: `\n`, `\r\n`, `\\n`, `\012`, …
    EscapedBreak,
    /// Part of an escape sequence that is no line break and stands for nothing: `\t`, the backslash
    /// of `\/`, a backslash at the end of a line.
    Escape,
    /// An unusual line break.
    Break,
    /// A character without a glyph, or an unusual space.
    Ghost,
    /// A byte-order mark, also one that was read as Latin-1.
    ByteOrderMark,
    /// A run of quotation marks, with the backslashes that escape them.
    Quote,
    /// `-` or `_`
    Base64Url,
    /// A character that looks like one of the base64 alphabet.
    LookAlike,
    /// Another character that is not ASCII.
    ForeignLetter,
    /// Another ASCII character.
    Foreign,
}

impl AtomKind {
    /// In the order of their numbers.
    const ALL: [Self; 14] = [
        Self::Data,
        Self::Blank,
        Self::LineFeed,
        Self::CarriageReturn,
        Self::EscapedBreak,
        Self::Escape,
        Self::Break,
        Self::Ghost,
        Self::ByteOrderMark,
        Self::Quote,
        Self::Base64Url,
        Self::LookAlike,
        Self::ForeignLetter,
        Self::Foreign,
    ];

    /// That of an atom as it is kept.
    fn of(packed: u32) -> Self {
        Self::ALL.get((packed >> 28) as usize).copied().unwrap_or(Self::Foreign)
    }
}

/// The pieces of a text, one right behind the other. A text may be nothing but pieces of one byte, so that
/// each is kept in four: where it begins, and what it is.
pub(super) struct Atoms {
    packed: Vec<u32>,
    end: usize,
}

/// Some of them, one after the other.
#[derive(Clone, Copy)]
pub(super) struct Pieces<'a> {
    packed: &'a [u32],
    /// Where the last one ends.
    end: usize,
}

/// The bits that say where an atom begins: as many as the places of a [text](crate::source_map::LONGEST)
/// have.
const PLACE: u32 = (1 << 28) - 1;

/// Of an atom as it is kept.
fn start_of(packed: u32) -> usize {
    (packed & PLACE) as usize
}

impl Atoms {
    /// No atom yet, of the text in `range`.
    fn new(range: &Range<usize>) -> Self {
        // Mostly lines of 64 characters, and their ends.
        Self { packed: Vec::with_capacity((range.len() / 32 + 4).min(256)), end: range.start }
    }

    /// Adds what goes on from the last atom up to `end`. Runs of data, blanks and quotation marks are one atom.
    fn push(&mut self, kind: AtomKind, end: usize) {
        let goes_on = matches!(kind, AtomKind::Data | AtomKind::Blank | AtomKind::Quote)
            && self.packed.last().is_some_and(|last| last & !PLACE == (kind as u32) << 28);
        if !goes_on {
            let start = u32::try_from(self.end).unwrap_or(PLACE);
            self.packed.push((kind as u32) << 28 | start & PLACE);
        }
        self.end = end;
    }

    /// Parts the atom that goes on over a place.
    pub(super) fn part_at(&mut self, place: usize) {
        let behind = self.packed.partition_point(|&packed| start_of(packed) <= place);
        let Some(&atom) = behind.checked_sub(1).and_then(|at| self.packed.get(at)) else { return };
        if let Ok(start) = u32::try_from(place)
            && start_of(atom) < place
            && place < self.end
        {
            self.packed.insert(behind, atom & !PLACE | start & PLACE);
        }
    }

    /// All of them.
    pub(super) fn all(&self) -> Pieces<'_> {
        Pieces { packed: &self.packed, end: self.end }
    }

    pub(super) fn len(&self) -> usize {
        self.packed.len()
    }

    pub(super) fn get(&self, at: usize) -> Option<Atom> {
        self.all().get(at)
    }

    /// The atoms in `range`; none where there are no such ones.
    pub(super) fn part(&self, range: impl RangeBounds<usize>) -> Pieces<'_> {
        self.all().part(range)
    }

    pub(super) fn iter(&self) -> Iter<'_> {
        self.all().iter()
    }
}

impl<'a> Pieces<'a> {
    pub(super) const fn len(&self) -> usize {
        self.packed.len()
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.packed.is_empty()
    }

    pub(super) fn get(&self, at: usize) -> Option<Atom> {
        let &packed = self.packed.get(at)?;
        let end = self.packed.get(at + 1).map_or(self.end, |&next| start_of(next));
        Some(Atom { kind: AtomKind::of(packed), start: start_of(packed), end })
    }

    pub(super) fn first(&self) -> Option<Atom> {
        self.get(0)
    }

    pub(super) fn last(&self) -> Option<Atom> {
        self.get(self.len().checked_sub(1)?)
    }

    /// Those in `range`; none where there are no such ones.
    pub(super) fn part(&self, range: impl RangeBounds<usize>) -> Self {
        let range = (range.start_bound().cloned(), range.end_bound().cloned());
        let Some(packed) = self.packed.get(range) else { return Self { packed: &[], end: self.end } };
        let past = match range.1 {
            Bound::Included(last) => last + 1,
            Bound::Excluded(past) => past,
            Bound::Unbounded => self.len(),
        };
        Self { packed, end: self.packed.get(past).map_or(self.end, |&next| start_of(next)) }
    }

    pub(super) const fn iter(self) -> Iter<'a> {
        Iter(self)
    }
}

/// One atom after the other.
#[derive(Clone)]
pub(super) struct Iter<'a>(Pieces<'a>);

impl Iterator for Iter<'_> {
    type Item = Atom;

    fn next(&mut self) -> Option<Atom> {
        let (&first, rest) = self.0.packed.split_first()?;
        self.0.packed = rest;
        let end = rest.first().map_or(self.0.end, |&next| start_of(next));
        Some(Atom { kind: AtomKind::of(first), start: start_of(first), end })
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.0.len(), Some(self.0.len()))
    }
}

impl DoubleEndedIterator for Iter<'_> {
    fn next_back(&mut self) -> Option<Atom> {
        let (&last, rest) = self.0.packed.split_last()?;
        self.0.packed = rest;
        let end = std::mem::replace(&mut self.0.end, start_of(last));
        Some(Atom { kind: AtomKind::of(last), start: start_of(last), end })
    }
}

impl ExactSizeIterator for Iter<'_> {}

/// Takes a piece of a text apart.
pub(super) fn atoms(text: &str, range: Range<usize>) -> Atoms {
    let mut atoms = Atoms::new(&range);
    let piece = text.get(..range.end).unwrap_or_default();
    // Where a backslash is before any letter, it does not spell line breaks before some of them.
    let is_lone = has_lone_backslash(piece.get(range.start..).unwrap_or_default());
    while let Some(rest) = piece.get(atoms.end..)
        && let Some(first) = rest.chars().next()
    {
        let (kind, length) = match next(rest, first) {
            (AtomKind::EscapedBreak | AtomKind::Escape, _) if is_lone && joins_base64(rest) => {
                (AtomKind::Foreign, 1)
            }
            atom => atom,
        };
        atoms.push(kind, atoms.end + length);
    }
    atoms
}

fn next(rest: &str, first: char) -> (AtomKind, usize) {
    let length = first.len_utf8();
    let kind = match Class::of(first) {
        Class::Base64 => return (AtomKind::Data, base64_run(rest.as_bytes())),
        Class::Backslash => return escape(rest.as_bytes()),
        // U+FEFF in UTF-8, read as Latin-1 or Windows-1252.
        Class::Foreign if rest.starts_with("\u{ef}\u{bb}\u{bf}") => return (AtomKind::ByteOrderMark, 6),
        Class::Base64Url => AtomKind::Base64Url,
        Class::LineFeed => AtomKind::LineFeed,
        Class::CarriageReturn => AtomKind::CarriageReturn,
        Class::Blank => AtomKind::Blank,
        Class::Quote => AtomKind::Quote,
        Class::ByteOrderMark => AtomKind::ByteOrderMark,
        Class::Space | Class::Ghost => AtomKind::Ghost,
        Class::Break => AtomKind::Break,
        Class::LookAlike(_) => AtomKind::LookAlike,
        Class::Foreign if first.is_ascii() => AtomKind::Foreign,
        Class::Dash | Class::Foreign => AtomKind::ForeignLetter,
    };
    (kind, length)
}

/// How many characters of the base64 alphabet, padding included, a text begins with. They are looked at eight at a
/// time, as one number, which takes a quarter of the instructions.
pub(super) fn base64_run(text: &[u8]) -> usize {
    let (eights, _) = text.as_chunks::<8>();
    let whole = 8 * eights.iter().take_while(|eight| are_base64(**eight)).count();
    let rest = text.get(whole..).unwrap_or_default();
    whole + rest.iter().take_while(|&&byte| is_base64(byte)).count()
}

const fn are_base64(bytes: [u8; 8]) -> bool {
    const HIGHEST: u64 = u64::from_ne_bytes([0x80; 8]);
    let all = u64::from_ne_bytes(bytes);
    if all & HIGHEST != 0 {
        return false;
    }
    let lower = all | u64::from_ne_bytes([0x20; 8]);
    let found = within(lower, b'a', b'z')
        | within(all, b'/', b'9')
        | within(all, b'+', b'+')
        | within(all, b'=', b'=');
    found & HIGHEST == HIGHEST
}

/// Of eight bytes of ASCII, the highest bit of each that is at least `first` and at most `last`: both sums stay
/// within their bytes.
const fn within(bytes: u64, first: u8, last: u8) -> u64 {
    let is_least = bytes + u64::from_ne_bytes([0x80 - first; 8]);
    let is_more = bytes + u64::from_ne_bytes([0x7f - last; 8]);
    is_least & !is_more
}

/// Whether a byte is of the base64 alphabet.
const fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

/// Whether a text has a single backslash between two base64 characters of which the second is none that is known
/// to follow a backslash.
fn has_lone_backslash(text: &str) -> bool {
    memchr::memchr_iter(b'\\', text.as_bytes()).any(|at| {
        let before = at.checked_sub(1).and_then(|before| text.as_bytes().get(before));
        let after = text.as_bytes().get(at + 1);
        before.is_some_and(|&byte| is_base64(byte))
            && after.is_some_and(|&byte| is_base64(byte) && !b"nrtxu0/".contains(&byte))
    })
}

/// Whether a text begins with a single backslash before a base64 character.
fn joins_base64(text: &str) -> bool {
    matches!(text.as_bytes(), [b'\\', after, ..] if is_base64(*after))
}

/// Reads what begins with a backslash.
fn escape(rest: &[u8]) -> (AtomKind, usize) {
    let backslashes = rest.iter().take_while(|&&byte| byte == b'\\').count();
    let after = rest.get(backslashes..).unwrap_or_default();
    if let Some(length) = spelled(after, Spelled::LineFeed) {
        return (AtomKind::EscapedBreak, backslashes + length);
    }
    if let Some(length) = spelled(after, Spelled::CarriageReturn) {
        let after = after.get(length..).unwrap_or_default();
        let more = after.iter().take_while(|&&byte| byte == b'\\').count();
        let line_feed =
            spelled(after.get(more..).unwrap_or_default(), Spelled::LineFeed).filter(|_| more > 0);
        return (AtomKind::EscapedBreak, backslashes + length + line_feed.map_or(0, |length| more + length));
    }
    let first = after.get(..4.min(after.len())).unwrap_or_default().utf8_chunks().next();
    let first = first.and_then(|chunk| chunk.valid().chars().next());
    // Before a blank, a line break, a boundary or the end it escapes nothing.
    let Some(first) = first else { return (AtomKind::Escape, backslashes) };
    match (first, Class::of(first)) {
        ('t', _) => (AtomKind::Escape, backslashes + 1),
        (_, Class::Quote) => (AtomKind::Quote, backslashes),
        (
            _,
            Class::LineFeed
            | Class::CarriageReturn
            | Class::Blank
            | Class::Break
            | Class::Space
            | Class::Ghost
            | Class::Dash
            | Class::ByteOrderMark,
        )
        | ('/' | '-', _) => (AtomKind::Escape, backslashes),
        _ => (AtomKind::Foreign, backslashes),
    }
}

#[derive(Clone, Copy)]
enum Spelled {
    LineFeed,
    CarriageReturn,
}

/// The length of a control character's spelling after a backslash.
fn spelled(after: &[u8], which: Spelled) -> Option<usize> {
    let spellings: &[&[u8]] = match which {
        Spelled::LineFeed => &[b"n", b"012", b"x0a", b"x0A", b"u000a", b"u000A"],
        Spelled::CarriageReturn => &[b"r", b"015", b"x0d", b"x0D", b"u000d", b"u000D"],
    };
    spellings.iter().find(|spelling| after.starts_with(spelling)).map(|spelling| spelling.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(AtomKind, usize)> {
        atoms(text, 0..text.len()).iter().map(|atom| (atom.kind, atom.len())).collect()
    }

    #[test]
    fn spelled_out_line_breaks_are_one_piece() {
        use AtomKind::*;
        for text in
            ["\\n", "\\r\\n", "\\r", "\\\\n", "\\\\\\\\r\\\\\\\\n", "\\012", "\\015\\012", "\\u000a", "\\x0A"]
        {
            assert_eq!(kinds(&format!("A{text}B")), [(Data, 1), (EscapedBreak, text.len()), (Data, 1)]);
        }
        assert_eq!(kinds("A\\\nB"), [(Data, 1), (Escape, 1), (LineFeed, 1), (Data, 1)]);
        assert_eq!(kinds("A\\/B"), [(Data, 1), (Escape, 1), (Data, 2)]);
        assert_eq!(kinds("A\\xB"), [(Data, 1), (Foreign, 1), (Data, 2)]);
        assert_eq!(kinds("\\r\\r\\n"), [(EscapedBreak, 2), (EscapedBreak, 4)]);
    }

    #[test]
    fn atoms_are_kept_as_they_are() {
        let text = "A \t\"'\n\r\\n\\t\u{2028}\u{200b}\u{feff}-\u{391}é*AB==";
        let atoms = atoms(text, 1..text.len() - 1);
        let all: Vec<Atom> = atoms.iter().collect();
        let mut from_behind: Vec<Atom> = atoms.iter().rev().collect();
        from_behind.reverse();
        assert_eq!(all, from_behind);
        assert_eq!(all.iter().map(|atom| atom.kind).collect::<Vec<_>>(), {
            use AtomKind::*;
            [
                Blank,
                Quote,
                LineFeed,
                CarriageReturn,
                EscapedBreak,
                Escape,
                Break,
                Ghost,
                ByteOrderMark,
                Base64Url,
                LookAlike,
                ForeignLetter,
                Foreign,
                Data,
            ]
        });
        assert!(all.windows(2).all(|pair| matches!(pair, [one, next] if one.end == next.start)));
        assert_eq!(
            (all.first().map(|atom| atom.start), all.last().map(|atom| atom.end)),
            (Some(1), Some(text.len() - 1))
        );
        for from in 0..=all.len() {
            for to in from..=all.len() {
                let part = atoms.part(from..to);
                assert_eq!(part.iter().collect::<Vec<_>>(), all.get(from..to).unwrap_or_default());
                assert_eq!((part.first(), part.last()), (part.iter().next(), part.iter().next_back()));
            }
        }
        assert!(atoms.part(all.len() + 1..).is_empty() && atoms.get(all.len()).is_none());
    }

    #[test]
    fn base64_is_told_from_all_else() {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";
        for byte in 0..=u8::MAX {
            assert_eq!(is_base64(byte), alphabet.contains(&byte), "{byte}");
            for before in 0..40 {
                let mut text = vec![b'A'; before];
                text.extend([byte, b'\n', b'A']);
                assert_eq!(
                    base64_run(&text),
                    before + usize::from(alphabet.contains(&byte)),
                    "{byte} {before}"
                );
            }
        }
    }

    #[test]
    fn runs_are_one_piece() {
        use AtomKind::*;
        assert_eq!(
            kinds("\\\"'AB== \t\r\n\u{a0}ï»¿é"),
            [
                (Quote, 3),
                (Data, 4),
                (Blank, 2),
                (CarriageReturn, 1),
                (LineFeed, 1),
                (Ghost, 2),
                (ByteOrderMark, 6),
                (ForeignLetter, 2)
            ]
        );
    }
}
