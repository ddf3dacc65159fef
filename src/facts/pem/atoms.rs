//! The pieces that a text in or around PEM armour is made of.

use std::ops::Range;

use super::characters::Class;

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

/// Takes a piece of a text apart. Runs of data, blanks and quotation marks are one atom.
pub(super) fn atoms(text: &str, range: Range<usize>) -> Vec<Atom> {
    let mut atoms: Vec<Atom> = Vec::new();
    let mut at = range.start;
    let piece = text.get(..range.end).unwrap_or_default();
    while let Some(rest) = piece.get(at..)
        && let Some(first) = rest.chars().next()
    {
        let (kind, length) = next(rest, first);
        let end = at + length;
        match atoms.last_mut() {
            Some(last)
                if last.kind == kind
                    && matches!(kind, AtomKind::Data | AtomKind::Blank | AtomKind::Quote) =>
            {
                last.end = end;
            }
            _ => atoms.push(Atom { kind, start: at, end }),
        }
        at = end;
    }
    atoms
}

fn next(rest: &str, first: char) -> (AtomKind, usize) {
    let length = first.len_utf8();
    let kind = match Class::of(first) {
        Class::Base64 => {
            let run = rest.bytes().position(|byte| !is_base64(byte));
            return (AtomKind::Data, run.unwrap_or(rest.len()));
        }
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

const fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
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
