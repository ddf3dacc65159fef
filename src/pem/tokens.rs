//! The pieces that a text in or around PEM armour is made of.

use std::ops::{Range, RangeBounds};

use crate::internal_fault::OrFault;
use crate::pem::characters::Class;

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token {
    /// What it is.
    pub(super) kind: TokenKind,
    /// Where it begins in the text, in bytes.
    pub(super) start: usize,
    /// Where it ends.
    pub(super) end: usize,
}

impl Token {
    pub(super) const fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    pub(super) const fn len(&self) -> usize {
        self.end - self.start
    }

    pub(super) const fn is(&self, kind: TokenKind) -> bool {
        self.kind as u8 == kind as u8
    }

    /// Whether a line ends here, as it is or once it is repaired. A lone carriage return may be one.
    pub(super) const fn is_break(&self) -> bool {
        matches!(self.kind, TokenKind::LineFeed | TokenKind::EscapedBreak | TokenKind::Break)
    }

    /// Whether it is nothing that one could see.
    pub(super) const fn is_gap(&self) -> bool {
        !matches!(
            self.kind,
            TokenKind::Data
                | TokenKind::Base64Url
                | TokenKind::LookAlike
                | TokenKind::Quote
                | TokenKind::Foreign
                | TokenKind::ForeignLetter
        )
    }
}

/// The kinds of pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TokenKind {
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

/// The pieces of a text, one right behind the other.
pub(super) struct Tokens {
    all: Vec<Token>,
    end: usize,
}

/// One token after the other.
pub(super) type Iter<'a> = std::iter::Copied<std::slice::Iter<'a, Token>>;

/// Some of them, one after the other.
#[derive(Clone, Copy)]
pub(super) struct Pieces<'a>(&'a [Token]);

impl Tokens {
    /// No token yet, of the text from `start` on.
    const fn new(start: usize) -> Self {
        Self { all: Vec::new(), end: start }
    }

    /// Adds what goes on from the last token up to `end`. Runs of data, blanks and quotation marks are one token.
    fn push(&mut self, kind: TokenKind, end: usize) {
        match self.all.last_mut() {
            Some(last)
                if last.is(kind) && matches!(kind, TokenKind::Data | TokenKind::Blank | TokenKind::Quote) =>
            {
                last.end = end;
            }
            _ => self.all.push(Token { kind, start: self.end, end }),
        }
        self.end = end;
    }

    /// Parts the token that goes on over a place.
    pub(super) fn part_at(&mut self, place: usize) {
        let behind = self.all.partition_point(|token| token.start <= place);
        let Some(token) = behind.checked_sub(1).and_then(|at| self.all.get_mut(at)) else { return };
        if token.start < place && place < token.end {
            let rest = Token { start: place, ..*token };
            token.end = place;
            self.all.insert(behind, rest);
        }
    }

    /// All of them.
    pub(super) fn all(&self) -> Pieces<'_> {
        Pieces(&self.all)
    }

    pub(super) const fn len(&self) -> usize {
        self.all.len()
    }

    pub(super) fn get(&self, at: usize) -> Option<Token> {
        self.all.get(at).copied()
    }

    /// The tokens in `range`; none where there are no such ones.
    pub(super) fn part(&self, range: impl RangeBounds<usize>) -> Pieces<'_> {
        self.all().part(range)
    }

    pub(super) fn iter(&self) -> Iter<'_> {
        self.all().iter()
    }
}

impl<'a> Pieces<'a> {
    pub(super) const fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn get(&self, at: usize) -> Option<Token> {
        self.0.get(at).copied()
    }

    pub(super) fn first(&self) -> Option<Token> {
        self.0.first().copied()
    }

    pub(super) fn last(&self) -> Option<Token> {
        self.0.last().copied()
    }

    /// Those in `range`; none where there are no such ones.
    pub(super) fn part(&self, range: impl RangeBounds<usize>) -> Self {
        let range = (range.start_bound().cloned(), range.end_bound().cloned());
        Self(self.0.get(range).unwrap_or_default())
    }

    pub(super) fn iter(self) -> Iter<'a> {
        self.0.iter().copied()
    }
}

/// Takes a piece of a text apart.
pub(super) fn tokenize(text: &str, range: Range<usize>) -> Tokens {
    let mut tokens = Tokens::new(range.start);
    let piece = text.get(..range.end).or_fault();
    // Where a backslash is before any letter, it does not spell line breaks before some of them.
    let is_lone = has_lone_backslash(piece.get(range.start..).or_fault());
    while let Some(rest) = piece.get(tokens.end..)
        && let Some(first) = rest.chars().next()
    {
        let (kind, length) = match next(rest, first) {
            (TokenKind::EscapedBreak | TokenKind::Escape, _) if is_lone && joins_base64(rest) => {
                (TokenKind::Foreign, 1)
            }
            token => token,
        };
        tokens.push(kind, tokens.end + length);
    }
    tokens
}

fn next(rest: &str, first: char) -> (TokenKind, usize) {
    let length = first.len_utf8();
    let kind = match Class::of(first) {
        Class::Base64 => return (TokenKind::Data, base64_run(rest.as_bytes())),
        Class::Backslash => return escape(rest.as_bytes()),
        // U+FEFF in UTF-8, read as Latin-1 or Windows-1252.
        Class::Foreign if rest.starts_with("\u{ef}\u{bb}\u{bf}") => return (TokenKind::ByteOrderMark, 6),
        Class::Base64Url => TokenKind::Base64Url,
        Class::LineFeed => TokenKind::LineFeed,
        Class::CarriageReturn => TokenKind::CarriageReturn,
        Class::Blank => TokenKind::Blank,
        Class::Quote => TokenKind::Quote,
        Class::ByteOrderMark => TokenKind::ByteOrderMark,
        Class::Space | Class::Ghost => TokenKind::Ghost,
        Class::Break => TokenKind::Break,
        Class::LookAlike(_) => TokenKind::LookAlike,
        Class::Foreign if first.is_ascii() => TokenKind::Foreign,
        Class::Dash | Class::Foreign => TokenKind::ForeignLetter,
    };
    (kind, length)
}

/// How many characters of the base64 alphabet, padding included, a text begins with.
pub(super) fn base64_run(text: &[u8]) -> usize {
    text.iter().take_while(|&&byte| is_base64(byte)).count()
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
fn escape(rest: &[u8]) -> (TokenKind, usize) {
    let backslashes = rest.iter().take_while(|&&byte| byte == b'\\').count();
    let after = rest.get(backslashes..).or_fault();
    if let Some(length) = spelled(after, Spelled::LineFeed) {
        return (TokenKind::EscapedBreak, backslashes + length);
    }
    if let Some(length) = spelled(after, Spelled::CarriageReturn) {
        let after = after.get(length..).or_fault();
        let more = after.iter().take_while(|&&byte| byte == b'\\').count();
        let line_feed = spelled(after.get(more..).or_fault(), Spelled::LineFeed).filter(|_| more > 0);
        return (TokenKind::EscapedBreak, backslashes + length + line_feed.map_or(0, |length| more + length));
    }
    let first = after.get(..4.min(after.len())).or_fault().utf8_chunks().next();
    let first = first.and_then(|chunk| chunk.valid().chars().next());
    // Before a blank, a line break, a boundary or the end it escapes nothing.
    let Some(first) = first else { return (TokenKind::Escape, backslashes) };
    match (first, Class::of(first)) {
        ('t', _) => (TokenKind::Escape, backslashes + 1),
        (_, Class::Quote) => (TokenKind::Quote, backslashes),
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
        | ('/' | '-', _) => (TokenKind::Escape, backslashes),
        _ => (TokenKind::Foreign, backslashes),
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

    fn kinds(text: &str) -> Vec<(TokenKind, usize)> {
        tokenize(text, 0..text.len()).iter().map(|token| (token.kind, token.len())).collect()
    }

    #[test]
    fn spelled_out_line_breaks_are_one_piece() {
        use TokenKind::*;
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
        use TokenKind::*;
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
