//! Decoded JSON strings that remember where each of their characters was written.

use std::ops::Range;

use super::secret::Secret;
use crate::source::Span;

/// A PEM text has a line break every 64 characters, and two runs for each.
const USUAL_LENGTH: usize = 64;
/// More than certificates and keys have.
const USUAL_RUNS: usize = 256;

/// A text and, for each of its bytes, the place in the input that it comes from.
pub(in crate::facts) struct Traced {
    text: Secret<String>,
    map: Map,
}

impl Traced {
    /// Decodes the JSON string whose opening quote is at `literal.start` and whose closing quote is
    /// the last byte of `literal`. `source` is the whole input, already known to be JSON; a lone
    /// surrogate reads as U+FFFD, as in Go's `encoding/json`. Beyond [`LONGEST`] there are no places, and
    /// so there is no text.
    pub(in crate::facts) fn from_json(source: &str, literal: Span) -> Self {
        let inner = Span::new(literal.start + 1, literal.end.saturating_sub(1));
        let is_counted = inner.end <= LONGEST;
        let written = source.get(inner.start..inner.end).filter(|_| is_counted).unwrap_or_default();
        let mut builder = TracedBuilder::new(written.len(), inner.start);
        builder.map.reserve(written.len() / USUAL_LENGTH);
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
        self.places_from(0)
    }

    /// The same, from the byte at `at` on.
    pub(in crate::facts) fn places_from(&self, at: usize) -> Places<'_> {
        let mut rest = self.map.runs_from(at);
        let run = rest.next();
        Places { text: self, run, rest }
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
    /// The run of the last place.
    run: Option<Run>,
    /// Those behind it.
    rest: Runs<'t>,
}

impl Places<'_> {
    /// What [`Traced::start`] says of a place that is not before the last one.
    pub(in crate::facts) fn start(&mut self, at: usize) -> usize {
        while let Some(run) = self.run {
            if at < run.end() {
                return run.start_of(at);
            }
            self.run = self.rest.next();
        }
        self.text.start(at)
    }

    /// What [`Traced::span`] says of a piece that does not begin before the last place.
    pub(in crate::facts) fn span(&mut self, range: Range<usize>) -> Span {
        let start = self.start(range.start);
        let Some(last) = range.end.checked_sub(1).filter(|_| !range.is_empty()) else {
            return Span::at(start);
        };
        let runs = self.run.into_iter().chain(self.rest.clone());
        let end = runs.skip_while(|run| run.end() <= last).map(|run| run.end_of(last)).next();
        Span::new(start, end.unwrap_or_else(|| self.text.map.end_of(last)))
    }
}

/// Puts a traced text together, piece by piece.
pub(in crate::facts) struct TracedBuilder {
    text: Secret<String>,
    map: Map,
    /// The last run, which may still grow.
    last: Option<Run>,
}

impl TracedBuilder {
    /// `capacity` is an upper bound of the text's bytes: a text that grows leaves unwiped copies
    /// of itself behind. `origin` is the place of a text that turns out empty.
    pub(in crate::facts) fn new(capacity: usize, origin: usize) -> Self {
        Self { text: Secret::new(String::with_capacity(capacity)), map: Map::new(origin), last: None }
    }

    /// Appends text that stands in the input byte for byte, from `offset` on.
    pub(in crate::facts) fn push_linear(&mut self, text: &str, offset: usize) {
        self.record(text.len(), Span::new(offset, offset + text.len()));
        self.text.expose_mut().push_str(text);
    }

    /// The same, behind something that is not linear and before something that is not, either.
    fn append(&mut self, text: &str, offset: usize) {
        if !text.is_empty() {
            let at = self.text.expose().len();
            self.map.push(Run { at, length: text.len(), source: offset, written: text.len() });
            self.text.expose_mut().push_str(text);
        }
    }

    /// Appends one character that is written as an escape, which is always longer than it.
    fn append_escape(&mut self, character: char, source: Span) {
        let at = self.text.expose().len();
        let length = character.len_utf8();
        self.map.push(Run { at, length, source: source.start, written: source.len() });
        self.text.expose_mut().push(character);
    }

    /// Appends one character that is written as `span`.
    pub(in crate::facts) fn push(&mut self, character: char, span: Span) {
        self.record(character.len_utf8(), span);
        self.text.expose_mut().push(character);
    }

    /// Appends the bytes `range` of another traced text.
    pub(in crate::facts) fn push_from(&mut self, other: &Traced, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        for run in other.map.runs_from(range.start).take_while(|run| run.at < range.end) {
            let piece = run.at.max(range.start)..run.end().min(range.end);
            let source = if run.is_linear() {
                let start = run.start_of(piece.start);
                Span::new(start, start + piece.len())
            } else {
                Span::new(run.source, run.source_end())
            };
            self.record(piece.len(), source);
            self.text.expose_mut().push_str(other.as_str().get(piece).unwrap_or_default());
        }
    }

    /// The finished text.
    pub(in crate::facts) fn finish(mut self) -> Traced {
        if let Some(last) = self.last {
            self.map.push(last);
        }
        Traced { text: self.text, map: self.map }
    }

    fn record(&mut self, length: usize, source: Span) {
        if length == 0 {
            return;
        }
        let at = self.text.expose().len();
        let run = Run { at, length, source: source.start, written: source.len() };
        match &mut self.last {
            Some(last) if last.is_linear() && run.is_linear() && last.source_end() == run.source => {
                last.length += length;
                last.written += length;
            }
            last => {
                if let Some(last) = last.replace(run) {
                    self.map.push(last);
                }
            }
        }
    }
}

/// A run of text. When both lengths agree, byte stands for byte; otherwise the run is one character
/// and stands for its source as a whole.
#[derive(Clone, Copy)]
struct Run {
    at: usize,
    length: usize,
    /// Where it was written, and in how many bytes.
    source: usize,
    written: usize,
}

impl Run {
    const fn end(&self) -> usize {
        self.at + self.length
    }

    const fn is_linear(&self) -> bool {
        self.length == self.written
    }

    const fn source_end(&self) -> usize {
        self.source + self.written
    }

    const fn start_of(&self, at: usize) -> usize {
        self.source + if self.is_linear() { at - self.at } else { 0 }
    }

    const fn end_of(&self, at: usize) -> usize {
        if self.is_linear() { self.start_of(at) + 1 } else { self.source_end() }
    }
}

/// The longest text that has places, which is far more than a body: [`atoms`](super::pem) count in as
/// many bits.
pub(in crate::facts) const LONGEST: usize = (1 << 28) - 1;

/// Runs of text, in order, and where they were written. A text of escapes has as many runs as characters,
/// so each takes no more bytes than it needs, mostly one.
struct Map {
    origin: usize,
    /// Each run is a number of seven bits a byte, the lowest first, the last one without the highest bit:
    /// its length, or, of one character, how it is written and its length in two bits; then whether it stands
    /// elsewhere than right behind the run before it, and whether it is one character. If elsewhere, how far,
    /// as another such number, whose lowest bit says that it is backwards.
    encoded: Vec<u8>,
    /// Every so often, where to begin.
    marks: Vec<Mark>,
    /// How many runs there are since the last mark.
    since: usize,
    /// Where the last run was written up to.
    end: usize,
}

/// So many runs are read to find one.
const STRIDE: usize = 8;

/// A place to begin at among the runs.
struct Mark {
    /// Where the next run begins in the text.
    at: u32,
    /// Where the run before it was written up to.
    source: u32,
    /// Where the next run stands among the encoded ones.
    offset: u32,
}

impl Map {
    const fn new(origin: usize) -> Self {
        Self { origin, encoded: Vec::new(), marks: Vec::new(), since: STRIDE, end: origin }
    }

    /// Makes room for what a text with so many lines usually has.
    fn reserve(&mut self, lines: usize) {
        let runs = (2 * lines + 2).min(USUAL_RUNS);
        self.encoded.reserve_exact(2 * runs);
        self.marks.reserve_exact(runs / STRIDE + 1);
    }

    #[inline]
    fn push(&mut self, run: Run) {
        if self.since == STRIDE {
            self.marks.push(Mark {
                at: short(run.at),
                source: short(self.end),
                offset: short(self.encoded.len()),
            });
            self.since = 0;
        }
        self.since += 1;
        let is_elsewhere = run.source != self.end;
        let what = if run.is_linear() { run.length } else { run.written << 2 | (run.length - 1) & 3 };
        self.put(what << 2 | usize::from(is_elsewhere) << 1 | usize::from(!run.is_linear()));
        if is_elsewhere {
            self.put(run.source.abs_diff(self.end) << 1 | usize::from(run.source < self.end));
        }
        self.end = run.source_end();
    }

    #[inline]
    fn put(&mut self, mut number: usize) {
        loop {
            let [byte, ..] = number.to_le_bytes();
            number >>= 7;
            if number == 0 {
                return self.encoded.push(byte & 0x7f);
            }
            self.encoded.push(byte | 0x80);
        }
    }

    /// All runs.
    fn runs(&self) -> Runs<'_> {
        Runs { rest: &self.encoded, at: 0, source: self.origin }
    }

    /// The runs from that of the byte at `at` on; of a place behind all of them, the last one.
    fn runs_from(&self, at: usize) -> Runs<'_> {
        let next = self.marks.partition_point(|mark| mark.at as usize <= at);
        let mut runs = match next.checked_sub(1).and_then(|last| self.marks.get(last)) {
            Some(mark) => Runs {
                rest: self.encoded.get(mark.offset as usize..).unwrap_or_default(),
                at: mark.at as usize,
                source: mark.source as usize,
            },
            None => self.runs(),
        };
        let mut from = runs.clone();
        while let Some(run) = runs.next()
            && run.end() <= at
            && !runs.rest.is_empty()
        {
            from = runs.clone();
        }
        from
    }

    fn start_of(&self, at: usize, length: usize) -> usize {
        if at >= length {
            return self.end;
        }
        self.runs_from(at).next().map_or(self.origin, |run| run.start_of(at))
    }

    fn end_of(&self, at: usize) -> usize {
        self.runs_from(at).next().map_or(self.origin, |run| run.end_of(at))
    }
}

/// A place or a length, none of which is beyond [`LONGEST`].
pub(in crate::facts) fn short(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// Runs of text, one after the other.
#[derive(Clone)]
struct Runs<'t> {
    rest: &'t [u8],
    /// Where the next one begins.
    at: usize,
    /// Where the one before it was written up to.
    source: usize,
}

impl Runs<'_> {
    fn number(&mut self) -> Option<usize> {
        let mut number = 0;
        let mut shift = 0;
        loop {
            let (&byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            number |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
            shift += 7;
        }
    }
}

impl Iterator for Runs<'_> {
    type Item = Run;

    fn next(&mut self) -> Option<Run> {
        let number = self.number()?;
        let is_elsewhere = number & 2 != 0;
        let source = match if is_elsewhere { self.number()? } else { 0 } {
            far if far & 1 == 0 => self.source + (far >> 1),
            far => self.source.saturating_sub(far >> 1),
        };
        let (length, written) =
            if number & 1 == 0 { (number >> 2, number >> 2) } else { ((number >> 2 & 3) + 1, number >> 4) };
        let run = Run { at: self.at, length, source, written };
        self.at = run.end();
        self.source = run.source_end();
        Some(run)
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
