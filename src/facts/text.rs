//! Decoded JSON strings that remember where each of their characters was written.

use std::ops::Range;

use super::secret::Secret;
use crate::source::Span;

/// A PEM text has a line break every 64 characters, and two segments for each.
const USUAL_LENGTH: usize = 32;
/// More than certificates and keys have.
const USUAL_SEGMENTS: usize = 256;

/// A text and, for each of its bytes, the place in the input that it comes from.
pub(in crate::facts) struct Traced {
    text: Secret<String>,
    map: Map,
}

impl Traced {
    /// Decodes the JSON string whose opening quote is at `literal.start` and whose closing quote is
    /// the last byte of `literal`. `source` is the whole input, already known to be JSON; a lone
    /// surrogate reads as U+FFFD, as in Go's `encoding/json`. Beyond 4 GiB, which no body is, there are
    /// no places, and so there is no text.
    pub(in crate::facts) fn from_json(source: &str, literal: Span) -> Self {
        let inner = Span::new(literal.start + 1, literal.end.saturating_sub(1));
        let is_counted = u32::try_from(inner.end).is_ok();
        let written = source.get(inner.start..inner.end).filter(|_| is_counted).unwrap_or_default();
        let mut builder = TracedBuilder::new(written.len(), inner.start);
        let most = written.len() / USUAL_LENGTH + 2;
        builder.map.segments.reserve_exact(most.min(USUAL_SEGMENTS));
        let mut from = 0;
        for at in memchr::memchr_iter(b'\\', written.as_bytes()) {
            // The second half of an escape is no escape.
            if at < from {
                continue;
            }
            builder.append(written.get(from..at).unwrap_or_default(), inner.start + from);
            let (character, length) = unescape(written.as_bytes().get(at..).unwrap_or_default());
            from = at + length;
            builder.append_escape(character, Span::new(inner.start + at, inner.start + from));
        }
        builder.push_linear(written.get(from..).unwrap_or_default(), inner.start + from);
        builder.finish()
    }

    /// A text that stands in the input as it is, from `offset` on.
    #[cfg(test)]
    pub(in crate::facts) fn from_plain(text: &str, offset: usize) -> Self {
        let mut builder = TracedBuilder::new(text.len(), offset);
        builder.push_linear(text, offset);
        builder.finish()
    }

    /// The text. It may be secret: nothing of it may be kept.
    pub(in crate::facts) fn as_str(&self) -> &str {
        self.text.expose()
    }

    /// Where the byte at `at` was written; of the end of the text, where that ends.
    pub(in crate::facts) fn start(&self, at: usize) -> usize {
        self.map.start_of(at, self.as_str().len())
    }

    /// Goes through places of the text in their order.
    pub(in crate::facts) fn places(&self) -> Places<'_> {
        Places { text: self, rest: &self.map.segments }
    }

    /// Where the bytes of `range` were written. An empty range is the place before its byte.
    pub(in crate::facts) fn span(&self, range: Range<usize>) -> Span {
        let start = self.start(range.start);
        if range.is_empty() { Span::at(start) } else { Span::new(start, self.map.end_of(range.end - 1)) }
    }
}

/// Finds where places of a text were written, one after the other, without searching.
pub(in crate::facts) struct Places<'t> {
    text: &'t Traced,
    /// The segments from that of the last place on.
    rest: &'t [Segment],
}

impl Places<'_> {
    /// What [`Traced::start`] says of a place that is not before the last one.
    pub(in crate::facts) fn start(&mut self, at: usize) -> usize {
        while let [segment, rest @ ..] = self.rest {
            if at < segment.end() {
                return segment.start_of(at);
            }
            self.rest = rest;
        }
        self.text.start(at)
    }
}

/// Puts a traced text together, piece by piece.
pub(in crate::facts) struct TracedBuilder {
    text: Secret<String>,
    map: Map,
}

impl TracedBuilder {
    /// `capacity` is an upper bound of the text's bytes: a text that grows leaves unwiped copies
    /// of itself behind. `origin` is the place of a text that turns out empty.
    pub(in crate::facts) fn new(capacity: usize, origin: usize) -> Self {
        Self { text: Secret::new(String::with_capacity(capacity)), map: Map { origin, segments: Vec::new() } }
    }

    /// Appends text that stands in the input byte for byte, from `offset` on.
    pub(in crate::facts) fn push_linear(&mut self, text: &str, offset: usize) {
        self.record(text.len(), Span::new(offset, offset + text.len()));
        self.text.expose_mut().push_str(text);
    }

    /// The same, behind something that is not linear.
    fn append(&mut self, text: &str, offset: usize) {
        if !text.is_empty() {
            let at = self.text.expose().len();
            let source = Span::new(offset, offset + text.len());
            self.map.segments.push(Segment::new(at, text.len(), source));
            self.text.expose_mut().push_str(text);
        }
    }

    /// Appends one character that is written as an escape, which is always longer than it.
    fn append_escape(&mut self, character: char, source: Span) {
        let at = self.text.expose().len();
        self.map.segments.push(Segment::new(at, character.len_utf8(), source));
        self.text.expose_mut().push(character);
    }

    /// Appends one character that is written as `span`.
    pub(in crate::facts) fn push(&mut self, character: char, span: Span) {
        self.record(character.len_utf8(), span);
        self.text.expose_mut().push(character);
    }

    /// Appends the bytes `range` of another traced text.
    pub(in crate::facts) fn push_from(&mut self, other: &Traced, range: Range<usize>) {
        for (piece, character) in other.as_str().get(range.clone()).unwrap_or_default().char_indices() {
            let start = range.start + piece;
            self.push(character, other.span(start..start + character.len_utf8()));
        }
    }

    /// The finished text.
    pub(in crate::facts) fn finish(self) -> Traced {
        Traced { text: self.text, map: self.map }
    }

    fn record(&mut self, length: usize, source: Span) {
        if length == 0 {
            return;
        }
        let at = self.text.expose().len();
        let segment = Segment::new(at, length, source);
        if let Some(last) = self.map.segments.last_mut()
            && last.is_linear()
            && segment.is_linear()
            && last.source_end() == source.start
        {
            last.length += segment.length;
            last.written += segment.written;
            return;
        }
        self.map.segments.push(segment);
    }
}

/// Runs of text, in order, and where they were written.
struct Map {
    origin: usize,
    segments: Vec<Segment>,
}

/// A run of text. When both lengths agree, byte stands for byte; otherwise the run is one character
/// and stands for its source as a whole. A text of escapes has as many as there are characters, so they
/// are small.
struct Segment {
    at: u32,
    length: u32,
    /// Where it was written, and in how many bytes.
    source: u32,
    written: u32,
}

impl Segment {
    fn new(at: usize, length: usize, source: Span) -> Self {
        Self {
            at: short(at),
            length: short(length),
            source: short(source.start),
            written: short(source.len()),
        }
    }

    const fn at(&self) -> usize {
        self.at as usize
    }

    const fn end(&self) -> usize {
        self.at() + self.length as usize
    }

    const fn is_linear(&self) -> bool {
        self.length == self.written
    }

    const fn source_end(&self) -> usize {
        self.source as usize + self.written as usize
    }

    const fn start_of(&self, at: usize) -> usize {
        self.source as usize + if self.is_linear() { at - self.at() } else { 0 }
    }
}

/// A place or a length, none of which is beyond 4 GiB.
fn short(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

impl Map {
    fn segment(&self, at: usize) -> Option<&Segment> {
        let next = self.segments.partition_point(|segment| segment.at() <= at);
        self.segments.get(next.checked_sub(1)?)
    }

    fn start_of(&self, at: usize, length: usize) -> usize {
        if at >= length {
            return self.segments.last().map_or(self.origin, Segment::source_end);
        }
        self.segment(at).map_or(self.origin, |segment| segment.start_of(at))
    }

    fn end_of(&self, at: usize) -> usize {
        self.segment(at).map_or(self.origin, |segment| {
            if segment.is_linear() { segment.start_of(at) + 1 } else { segment.source_end() }
        })
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

    fn traced(source: &str) -> Traced {
        Traced::from_json(source, Span::new(0, source.len()))
    }

    #[test]
    fn escapes_keep_their_places() {
        let text = traced("\"a\\n\\u000ab\\ud83d\\ude00é\\/\\ud800x\"");
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
    fn an_empty_text_has_a_place() {
        assert_eq!(traced("\"\"").span(0..0), Span::at(1));
    }
}
