//! Decoded JSON strings that remember where each of their characters was written.

use std::ops::Range;

use crate::internal_fault::OrFault;
use crate::secret::Secret;
use crate::span::Span;

/// A text and, for each of its bytes, the place in the input that it comes from.
pub(crate) struct SourceMappedStr {
    text: Secret<String>,
    /// In the order of the text, without gaps.
    runs: Vec<Run>,
    /// Where the text ends in the input.
    end: usize,
}

/// A run of text. When both lengths agree, byte stands for byte; otherwise the run is one character and stands
/// for its source as a whole.
#[derive(Clone, Copy)]
struct Run {
    /// Where it begins in the text.
    at: u32,
    length: u32,
    /// Where it was written, and in how many bytes.
    source: u32,
    written: u32,
}

impl Run {
    const fn end(self) -> usize {
        self.at as usize + self.length as usize
    }

    const fn is_linear(self) -> bool {
        self.length == self.written
    }

    const fn source_end(self) -> usize {
        self.source as usize + self.written as usize
    }

    const fn start_of(self, at: usize) -> usize {
        self.source as usize + if self.is_linear() { at - self.at as usize } else { 0 }
    }

    const fn end_of(self, at: usize) -> usize {
        if self.is_linear() { self.start_of(at) + 1 } else { self.source_end() }
    }
}

/// The longest text that has places.
pub(crate) const MAX_LENGTH: usize = (1 << 28) - 1;

/// A place or a length, none of which is beyond [`MAX_LENGTH`].
pub(crate) fn to_u32(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

impl SourceMappedStr {
    /// Decodes the JSON string whose opening quote is at `literal.start` and whose closing quote is the last byte
    /// of `literal`. `source` is the whole input, already known to be JSON; a lone surrogate reads as U+FFFD, as
    /// in Go's `encoding/json`. A text that ends beyond [`MAX_LENGTH`] reads as empty.
    pub(crate) fn from_json(source: &str, literal: Span) -> Self {
        let inner = Span::new(literal.start + 1, literal.end.saturating_sub(1));
        let is_counted = inner.end <= MAX_LENGTH;
        let written = if is_counted { source.get(inner.start..inner.end).or_fault() } else { "" };
        let mut builder = SourceMapBuilder::new(written.len(), inner.start);
        let mut from = 0;
        for at in memchr::memchr_iter(b'\\', written.as_bytes()) {
            // The second half of an escape is not an escape.
            if at < from {
                continue;
            }
            builder.push_linear(written.get(from..at).or_fault(), inner.start + from);
            let (character, length) = unescape(written.as_bytes().get(at..).or_fault());
            from = at + length;
            builder.push(character, Span::new(inner.start + at, inner.start + from));
        }
        builder.push_linear(written.get(from..).or_fault(), inner.start + from);
        builder.finish()
    }

    /// A text that is in the input as it is, from `offset` on.
    #[cfg(test)]
    pub(crate) fn from_plain(text: &str, offset: usize) -> Self {
        let mut builder = SourceMapBuilder::new(text.len(), offset);
        builder.push_linear(text, offset);
        builder.finish()
    }

    /// The text. It may be secret: nothing of it may be kept.
    pub(crate) fn as_str(&self) -> &str {
        self.text.expose()
    }

    /// Where the byte at `at` was written; of the end of the text, where that ends.
    pub(crate) fn start(&self, at: usize) -> usize {
        self.run_of(at).map_or(self.end, |run| run.start_of(at))
    }

    /// Where the bytes of `range` were written. An empty range is the place before its byte.
    pub(crate) fn span(&self, range: Range<usize>) -> Span {
        let start = self.start(range.start);
        if range.is_empty() {
            return Span::at(start);
        }
        let last = range.end - 1;
        Span::new(start, self.run_of(last).map_or(self.end, |run| run.end_of(last)))
    }

    /// The run of the byte at `at`.
    fn run_of(&self, at: usize) -> Option<Run> {
        self.runs_from(at).first().copied()
    }

    /// The run of the byte at `at`, and those after it.
    fn runs_from(&self, at: usize) -> &[Run] {
        let first = self.runs.partition_point(|run| run.end() <= at);
        self.runs.get(first..).or_fault()
    }
}

/// Puts a text together, piece by piece.
pub(crate) struct SourceMapBuilder {
    text: Secret<String>,
    runs: Vec<Run>,
    end: usize,
}

impl SourceMapBuilder {
    /// `capacity` is an upper bound of the text's bytes: a text that grows leaves unwiped copies of itself
    /// behind. `origin` is the place of a text that turns out empty.
    pub(crate) fn new(capacity: usize, origin: usize) -> Self {
        Self { text: Secret::new(String::with_capacity(capacity)), runs: Vec::new(), end: origin }
    }

    /// Appends text that is in the input byte for byte, from `offset` on.
    pub(crate) fn push_linear(&mut self, text: &str, offset: usize) {
        self.record(text.len(), Span::new(offset, offset + text.len()));
        self.text.expose_mut().push_str(text);
    }

    /// Appends one character that is written as `span`.
    pub(crate) fn push(&mut self, character: char, span: Span) {
        self.record(character.len_utf8(), span);
        self.text.expose_mut().push(character);
    }

    /// Appends the bytes `range` of another text.
    pub(crate) fn push_from(&mut self, other: &SourceMappedStr, range: Range<usize>) {
        for run in other.runs_from(range.start).iter().take_while(|run| (run.at as usize) < range.end) {
            let piece = range.start.max(run.at as usize)..range.end.min(run.end());
            let source = if run.is_linear() {
                let start = run.start_of(piece.start);
                Span::new(start, start + piece.len())
            } else {
                Span::new(run.source as usize, run.source_end())
            };
            self.record(piece.len(), source);
            self.text.expose_mut().push_str(other.as_str().get(piece).or_fault());
        }
    }

    /// The finished text.
    pub(crate) fn finish(self) -> SourceMappedStr {
        SourceMappedStr { text: self.text, runs: self.runs, end: self.end }
    }

    fn record(&mut self, length: usize, source: Span) {
        if length == 0 {
            return;
        }
        self.end = source.end;
        let is_linear = length == source.len();
        if let Some(last) = self.runs.last_mut()
            && is_linear
            && last.is_linear()
            && last.source_end() == source.start
        {
            last.length += to_u32(length);
            last.written += to_u32(length);
            return;
        }
        let at = to_u32(self.text.expose().len());
        let (source, written) = (to_u32(source.start), to_u32(source.len()));
        self.runs.push(Run { at, length: to_u32(length), source, written });
    }
}

/// Decodes the escape at the start of `written`; gives the character and the bytes it takes.
fn unescape(written: &[u8]) -> (char, usize) {
    // In a PEM text nearly every one.
    if written.starts_with(b"\\n") {
        return ('\n', 2);
    }
    let simple = match written.get(1) {
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unescape_unicode(written),
        Some(&other) => char::from(other),
        None => '\u{fffd}',
    };
    (simple, written.len().min(2))
}

fn unescape_unicode(written: &[u8]) -> (char, usize) {
    let unit = |at: usize| {
        let digits = written.get(at..at + 6)?.strip_prefix(b"\\u")?;
        u32::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()
    };
    let Some(first) = unit(0) else { return ('\u{fffd}', written.len().min(6)) };
    if let (0xd800..=0xdbff, Some(second @ 0xdc00..=0xdfff)) = (first, unit(6)) {
        let scalar = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        return (char::from_u32(scalar).unwrap_or('\u{fffd}'), 12);
    }
    (char::from_u32(first).unwrap_or('\u{fffd}'), 6)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(source: &str) -> SourceMappedStr {
        SourceMappedStr::from_json(source, Span::new(0, source.len()))
    }

    #[test]
    fn escapes_keep_their_places() {
        let text = decoded("\"a\\n\\u000ab\\ud83d\\ude00é\\/\\ud800x\"");
        assert_eq!(text.as_str(), "a\n\nb😀é/\u{fffd}x");
        assert_eq!(text.span(0..1), Span::new(1, 2));
        assert_eq!(text.span(1..2), Span::new(2, 4));
        assert_eq!(text.span(2..3), Span::new(4, 10));
        assert_eq!(text.span(3..4), Span::new(10, 11));
        assert_eq!(text.span(4..8), Span::new(11, 23));
        assert_eq!(text.span(8..10), Span::new(23, 25));
        assert_eq!(text.span(0..text.as_str().len()), Span::new(1, 34));
        assert_eq!(text.span(14..14), Span::at(33));
    }

    #[test]
    fn a_copy_has_the_places_of_the_original() {
        for written in ["", "\\n", "a", "\\na\\n\\nb", "a\\tb\\u00e9\\\\n\\ud83d\\ude00é-"] {
            let text = decoded(&format!("\"{}\"", written.repeat(40)));
            let length = text.as_str().len();
            assert_eq!(text.start(length), 1 + 40 * written.len());
            let places: Vec<usize> = (0..=length).filter(|&at| text.as_str().is_char_boundary(at)).collect();
            let mut copy = SourceMapBuilder::new(length, 1);
            for (&from, &to) in places.iter().zip(places.iter().skip(1)) {
                copy.push_from(&text, from..to);
            }
            let copy = copy.finish();
            assert_eq!(copy.as_str(), text.as_str());
            assert!(places.iter().all(|&at| copy.start(at) == text.start(at)));
            assert!((0..length).all(|at| copy.span(at..at + 1) == text.span(at..at + 1)));
        }
    }

    #[test]
    fn an_empty_text_has_a_place() {
        assert_eq!(decoded("\"\"").span(0..0), Span::at(1));
    }
}
