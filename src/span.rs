//! Places in the input. Nothing here knows JSON fields or PEM blocks; it counts bytes, lines and characters.

use std::fmt;

use crate::internal_fault::OrFault;

/// A half-open range of byte offsets into the input.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// Offset of the first byte.
    pub start: usize,
    /// Offset just past the last byte.
    pub end: usize,
}

impl Span {
    /// The bytes from `start` up to, but not including, `end`.
    #[must_use]
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The empty span before the byte at `offset`.
    #[must_use]
    pub const fn at(offset: usize) -> Self {
        Self::new(offset, offset)
    }

    /// Length in bytes.
    #[must_use]
    pub const fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// Whether the span holds no byte.
    #[must_use]
    pub const fn is_empty(self) -> bool {
        self.end <= self.start
    }

    /// Whether `other` lies inside this span; an empty one may stand at either end.
    #[must_use]
    pub const fn covers(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The smallest span that holds both.
    #[must_use]
    pub fn to(self, other: Self) -> Self {
        Self::new(self.start.min(other.start), self.end.max(other.end))
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

/// A place as people count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Position {
    /// Line, from 1.
    pub line: usize,
    /// Column in Unicode scalar values, from 1.
    pub column: usize,
    /// Byte offset, from 0.
    pub offset: usize,
}

/// Where the lines of a text begin. Lines end in LF, CRLF counting as one end.
///
/// A body may be one line of megabytes with thousands of places in it, each of which is to have its column,
/// or millions of lines; so it is counted what comes before each stretch of some bytes, and no more.
pub struct Lines<'a> {
    bytes: &'a [u8],
    stretches: Vec<Before>,
}

/// What comes before a stretch of [`Lines`].
#[derive(Clone, Copy, Default)]
struct Before {
    /// How many lines end.
    lines: usize,
    /// How many characters begin.
    characters: usize,
    /// Where the line begins that goes on into the stretch.
    line_start: usize,
    /// Where the line ends that goes on behind the stretch, its LF not counted.
    line_end: usize,
}

/// The bytes of a stretch of [`Lines`]. Few, since for each place half of them are looked at.
const STRETCH: usize = 512;

impl<'a> Lines<'a> {
    /// Finds the lines of `bytes`, which need not be UTF-8.
    #[must_use]
    pub fn new(bytes: &'a [u8]) -> Self {
        let is_one_line = memchr::memchr(b'\n', bytes).is_none();
        let mut next = Before::default();
        let mut stretches = Vec::with_capacity(bytes.len().div_ceil(STRETCH));
        for (number, stretch) in bytes.chunks(STRETCH).enumerate() {
            stretches.push(next);
            next.characters += characters_of(stretch);
            let lines = if is_one_line { 0 } else { memchr::memchr_iter(b'\n', stretch).count() };
            if lines > 0 {
                next.lines += lines;
                let last = memchr::memrchr(b'\n', stretch).or_fault();
                next.line_start = number * STRETCH + last + 1;
            }
        }
        let mut line_end = bytes.len();
        let mut lines = next.lines;
        for (number, (before, stretch)) in stretches.iter_mut().zip(bytes.chunks(STRETCH)).enumerate().rev() {
            before.line_end = line_end;
            if before.lines < lines {
                lines = before.lines;
                line_end = memchr::memchr(b'\n', stretch).map_or(line_end, |first| number * STRETCH + first);
            }
        }
        Self { bytes, stretches }
    }

    /// The line on which `offset` stands, without its LF.
    #[must_use]
    pub fn line(&self, offset: usize) -> Span {
        let offset = offset.min(self.bytes.len());
        let (before, rest, from) = self.before(offset);
        let start = memchr::memrchr(b'\n', rest).map_or(before.line_start, |last| from + last + 1);
        let to = (from + STRETCH).min(self.bytes.len());
        let behind = self.bytes.get(offset..to).or_fault();
        Span::new(start, memchr::memchr(b'\n', behind).map_or(before.line_end, |first| offset + first))
    }

    /// The place of `offset`; one past the end is taken as the end.
    #[must_use]
    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.bytes.len());
        let (before, rest, _) = self.before(offset);
        let lines = before.lines + memchr::memchr_iter(b'\n', rest).count();
        let on_line = match memchr::memrchr(b'\n', rest).and_then(|last| rest.get(last + 1..)) {
            Some(on_line) => characters_of(on_line),
            None => before.characters + characters_of(rest) - self.characters_before(before.line_start),
        };
        Position { line: 1 + lines, column: 1 + on_line, offset }
    }

    /// What comes before the stretch of `offset`, what of the stretch stands before `offset`, and where it
    /// begins.
    fn before(&self, offset: usize) -> (Before, &'a [u8], usize) {
        let stretch = (offset / STRETCH).min(self.stretches.len().saturating_sub(1));
        let rest = self.bytes.get(stretch * STRETCH..offset).or_fault();
        (self.stretches.get(stretch).copied().unwrap_or_default(), rest, stretch * STRETCH)
    }

    fn characters_before(&self, offset: usize) -> usize {
        let (before, rest, _) = self.before(offset);
        before.characters + characters_of(rest)
    }
}

/// How many characters the written form of a piece of a JSON string stands for: an escape is one,
/// and so is a surrogate pair.
#[must_use]
pub fn characters_of_json(written: &[u8]) -> usize {
    let mut count = 0;
    let mut rest = written;
    while let Some(at) = memchr::memchr(b'\\', rest) {
        count += 1 + characters_of(rest.get(..at).or_fault());
        rest = match rest.get(at + 1..).or_fault() {
            [b'u', hex @ ..] => {
                let high = matches!(hex, [b'd' | b'D', b'8'..=b'9' | b'a'..=b'b' | b'A'..=b'B', ..]);
                let low =
                    matches!(hex.get(4..), Some([b'\\', b'u', b'd' | b'D', b'c'..=b'f' | b'C'..=b'F', ..]));
                hex.get(if high && low { 10 } else { 4 }..).unwrap_or_default()
            }
            [_, after @ ..] => after,
            [] => &[],
        };
    }
    count + characters_of(rest)
}

/// As in the standard library, where longer pieces, which may be secret, stay behind on the stack of builds
/// that are not optimized.
fn is_ascii(bytes: &[u8]) -> bool {
    let (words, rest) = bytes.as_chunks::<8>();
    let all = words.iter().fold(0, |all, word| all | u64::from_ne_bytes(*word));
    all & 0x8080_8080_8080_8080 == 0 && rest.iter().all(u8::is_ascii)
}

/// How many characters begin in a piece of UTF-8.
pub(crate) fn characters_of(bytes: &[u8]) -> usize {
    // Mostly they are ASCII, which is told much faster than characters are counted.
    if is_ascii(bytes) {
        return bytes.len();
    }
    bytes.iter().filter(|&&byte| !is_continuation(byte)).count()
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, reason = "a test may stop at what it does not expect")]

    use super::*;

    #[test]
    fn columns_of_long_lines_are_counted_in_characters() {
        for length in [0, 1, STRETCH - 1, STRETCH, STRETCH + 1, 3 * STRETCH] {
            let mut text: Vec<u8> = "é\n例子𠀀".bytes().cycle().take(length).collect();
            text.extend("x例".repeat(STRETCH).bytes());
            let lines = Lines::new(&text);
            for offset in (0..=text.len() + 2).step_by(61).chain([text.len()]) {
                let before = &text[..offset.min(text.len())];
                let line_start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
                let expected = Position {
                    line: before.split(|&byte| byte == b'\n').count(),
                    column: 1 + characters_of(&before[line_start..]),
                    offset: before.len(),
                };
                assert_eq!(lines.position(offset), expected);
                let behind = &text[expected.offset..];
                let line_end = behind
                    .iter()
                    .position(|&byte| byte == b'\n')
                    .map_or(text.len(), |at| expected.offset + at);
                assert_eq!(lines.line(offset), Span::new(line_start, line_end));
            }
        }
        assert_eq!(Lines::new(b"").position(7), Position { line: 1, column: 1, offset: 0 });
    }
}
