//! Decoded JSON strings that remember where each of their characters was written.

use std::ops::Range;

use crate::secret::Secret;
use crate::span::Span;

/// A text and, for each of its bytes, the place in the input that it comes from.
pub(crate) struct Traced {
    text: Secret<String>,
    map: Map,
}

/// Where the characters of a text were written.
enum Map {
    /// All as they are, but for line feeds, which are written `\n`: so are nearly all PEM texts.
    Lines(Lines),
    /// In any way.
    Runs(Encoded),
}

impl Traced {
    /// Decodes the JSON string whose opening quote is at `literal.start` and whose closing quote is
    /// the last byte of `literal`. `source` is the whole input, already known to be JSON; a lone
    /// surrogate reads as U+FFFD, as in Go's `encoding/json`. Beyond [`LONGEST`] there are no places, and
    /// so there is no text.
    pub(crate) fn from_json(source: &str, literal: Span) -> Self {
        let inner = Span::new(literal.start + 1, literal.end.saturating_sub(1));
        let is_counted = inner.end <= LONGEST;
        let written = source.get(inner.start..inner.end).filter(|_| is_counted).unwrap_or_default();
        if let Some(text) = Self::of_lines(written, inner) {
            return text;
        }
        let mut builder = TracedBuilder::new(written.len(), inner.start);
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

    /// What the JSON string `written` between quotes at `place` holds, if the only escape in it is `\n`.
    fn of_lines(written: &str, place: Span) -> Option<Self> {
        let mut text = Secret::new(String::with_capacity(written.len()));
        let mut lines = Lines { origin: place.start, feeds: Vec::new(), end: place.end };
        let mut count = 0;
        let mut from = 0;
        for at in memchr::memchr_iter(b'\\', written.as_bytes()) {
            let after = written.get(at..)?.strip_prefix("\\n")?;
            text.expose_mut().push_str(written.get(from..at)?);
            lines.reach(text.expose().len(), count);
            text.expose_mut().push('\n');
            count += 1;
            from = written.len() - after.len();
        }
        text.expose_mut().push_str(written.get(from..)?);
        lines.reach(text.expose().len(), count);
        Some(Self { text, map: Map::Lines(lines) })
    }

    /// A text that stands in the input as it is, from `offset` on.
    #[cfg(test)]
    pub(crate) fn from_plain(text: &str, offset: usize) -> Self {
        let mut builder = TracedBuilder::new(text.len(), offset);
        builder.push_linear(text, offset);
        builder.finish()
    }

    /// The text. It may be secret: nothing of it may be kept.
    pub(crate) fn as_str(&self) -> &str {
        self.text.expose()
    }

    /// Where the byte at `at` was written; of the end of the text, where that ends.
    pub(crate) fn start(&self, at: usize) -> usize {
        let text = self.as_str();
        match &self.map {
            _ if at >= text.len() => self.end(),
            Map::Lines(lines) => lines.start_of(at, text),
            Map::Runs(encoded) => encoded.run_of(at).map_or(encoded.end, |run| run.start_of(at)),
        }
    }

    /// Goes through places of the text in their order.
    pub(crate) fn places(&self) -> Places<'_> {
        self.places_from(0)
    }

    /// The same, from the byte at `at` on.
    pub(crate) fn places_from(&self, at: usize) -> Places<'_> {
        let way = match &self.map {
            Map::Lines(lines) => Way::Lines { at, source: lines.start_of(at, self.as_str()) },
            Map::Runs(encoded) => Way::Runs(Near::new(encoded, at)),
        };
        Places { text: self, way }
    }

    /// Where the bytes of `range` were written. An empty range is the place before its byte.
    pub(crate) fn span(&self, range: Range<usize>) -> Span {
        let start = self.start(range.start);
        if range.is_empty() { Span::at(start) } else { Span::new(start, self.end_of(range.end - 1)) }
    }

    /// Where the text ends.
    fn end(&self) -> usize {
        match &self.map {
            Map::Lines(lines) => lines.end,
            Map::Runs(encoded) => encoded.end,
        }
    }

    /// Where the byte at `at` ends.
    fn end_of(&self, at: usize) -> usize {
        let text = self.as_str();
        match &self.map {
            Map::Lines(lines) => match text.as_bytes().get(at) {
                Some(b'\n') => lines.start_of(at, text) + 2,
                Some(_) => lines.start_of(at, text) + 1,
                None => lines.end,
            },
            Map::Runs(encoded) => encoded.run_of(at).map_or(encoded.end, |run| run.end_of(at)),
        }
    }

    /// The runs of the bytes of `range`, of which the first one may lack its beginning.
    fn runs_of(&self, range: &Range<usize>) -> Runs<'_> {
        match &self.map {
            Map::Lines(lines) => {
                let text = self.as_str();
                let source = lines.start_of(range.start, text);
                // What is behind is not looked at.
                let text = text.as_bytes().get(..range.end).unwrap_or(text.as_bytes());
                Runs::Lines { text, at: range.start, source }
            }
            Map::Runs(encoded) => Runs::Encoded(encoded.runs_from(range.start)),
        }
    }
}

/// Finds where places of a text were written; without searching, when they come in their order.
pub(crate) struct Places<'t> {
    text: &'t Traced,
    way: Way<'t>,
}

/// How far [`Places`] have come.
enum Way<'t> {
    /// In [`Lines`]: the last place.
    Lines { at: usize, source: usize },
    /// In [`Encoded`]: the run of the last place.
    Runs(Near<'t>),
}

impl Places<'_> {
    /// What [`Traced::start`] says.
    pub(crate) fn start(&mut self, at: usize) -> usize {
        match &mut self.way {
            Way::Lines { at: last, source } => {
                let Some(between) = self.text.as_str().as_bytes().get(*last..at) else {
                    return self.text.start(at);
                };
                *source += between.len() + feeds_in(between);
                *last = at;
                *source
            }
            Way::Runs(_) if at >= self.text.as_str().len() => self.text.end(),
            Way::Runs(near) => near.run_of(at).map_or_else(|| self.text.end(), |run| run.start_of(at)),
        }
    }

    /// What [`Traced::start`] says of the beginning of a line, if the last place was on the line before.
    pub(crate) fn next_line(&mut self, at: usize) -> usize {
        match &mut self.way {
            Way::Lines { at: last, source } if at > *last => {
                // The line feed is written as two characters.
                *source += at - *last + 1;
                *last = at;
                *source
            }
            _ => self.start(at),
        }
    }

    /// What [`Traced::span`] says.
    pub(crate) fn span(&mut self, range: Range<usize>) -> Span {
        let start = self.start(range.start);
        let Some(last) = range.end.checked_sub(1).filter(|_| !range.is_empty()) else {
            return Span::at(start);
        };
        let end = match &mut self.way {
            Way::Lines { .. } => {
                let piece = self.text.as_str().as_bytes().get(range);
                piece.map(|piece| start + piece.len() + feeds_in(piece))
            }
            Way::Runs(near) => near.run_of(last).map(|run| run.end_of(last)),
        };
        Span::new(start, end.unwrap_or_else(|| self.text.end_of(last)))
    }
}

/// A run, and those behind it.
struct Near<'t> {
    all: &'t Encoded,
    run: Option<Run>,
    rest: EncodedRuns<'t>,
}

impl<'t> Near<'t> {
    fn new(all: &'t Encoded, at: usize) -> Self {
        let mut rest = all.runs_from(at);
        Self { all, run: rest.next(), rest }
    }

    /// Goes to the run of the byte at `at`: one after the other if it is no more than a few behind, for that
    /// takes fewer steps than to search.
    fn run_of(&mut self, at: usize) -> Option<Run> {
        if self.run.is_some_and(|run| run.at <= at) {
            for _ in 0..STRIDE {
                match self.run {
                    Some(run) if run.end() <= at => self.run = self.rest.next(),
                    found => return found,
                }
            }
        }
        *self = Self::new(self.all, at);
        self.run
    }
}

/// Puts a traced text together, piece by piece.
pub(crate) struct TracedBuilder {
    text: Secret<String>,
    map: Encoded,
    /// The last run, which may still grow.
    last: Option<Run>,
}

impl TracedBuilder {
    /// `capacity` is an upper bound of the text's bytes: a text that grows leaves unwiped copies
    /// of itself behind. `origin` is the place of a text that turns out empty.
    pub(crate) fn new(capacity: usize, origin: usize) -> Self {
        Self { text: Secret::new(String::with_capacity(capacity)), map: Encoded::new(origin), last: None }
    }

    /// Appends text that stands in the input byte for byte, from `offset` on.
    pub(crate) fn push_linear(&mut self, text: &str, offset: usize) {
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
    pub(crate) fn push(&mut self, character: char, span: Span) {
        self.record(character.len_utf8(), span);
        self.text.expose_mut().push(character);
    }

    /// Appends the bytes `range` of another traced text.
    pub(crate) fn push_from(&mut self, other: &Traced, range: Range<usize>) {
        if range.is_empty() {
            return;
        }
        for run in other.runs_of(&range).take_while(|run| run.at < range.end) {
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
    pub(crate) fn finish(mut self) -> Traced {
        if let Some(last) = self.last {
            self.map.push(last);
        }
        Traced { text: self.text, map: Map::Runs(self.map) }
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

/// The longest text that has places, which is far more than a body: [`atoms`](crate::pem) count in as
/// many bits.
pub(crate) const LONGEST: usize = (1 << 28) - 1;

/// Runs of text, in order, and where they were written. A text of escapes has as many runs as characters,
/// so each takes no more bytes than it needs, mostly one.
struct Encoded {
    origin: usize,
    /// Each run is a number of seven bits a byte, the lowest first, the last one without the highest bit:
    /// its length, or, of one character, how it is written and its length in two bits; then whether it stands
    /// elsewhere than right behind the run before it, and whether it is one character. If elsewhere, how far,
    /// as another such number, whose lowest bit says that it is backwards.
    octets: Vec<u8>,
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

impl Encoded {
    const fn new(origin: usize) -> Self {
        Self { origin, octets: Vec::new(), marks: Vec::new(), since: STRIDE, end: origin }
    }

    #[inline]
    fn push(&mut self, run: Run) {
        if self.since == STRIDE {
            self.marks.push(Mark {
                at: short(run.at),
                source: short(self.end),
                offset: short(self.octets.len()),
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
                return self.octets.push(byte & 0x7f);
            }
            self.octets.push(byte | 0x80);
        }
    }

    /// The runs from that of the byte at `at` on; of a place behind all of them, the last one.
    fn runs_from(&self, at: usize) -> EncodedRuns<'_> {
        let next = self.marks.partition_point(|mark| mark.at as usize <= at);
        let mut runs = match next.checked_sub(1).and_then(|last| self.marks.get(last)) {
            Some(mark) => EncodedRuns {
                rest: self.octets.get(mark.offset as usize..).unwrap_or_default(),
                at: mark.at as usize,
                source: mark.source as usize,
            },
            None => EncodedRuns { rest: &self.octets, at: 0, source: self.origin },
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

    /// The run of the byte at `at`.
    fn run_of(&self, at: usize) -> Option<Run> {
        self.runs_from(at).next()
    }
}

/// Where the characters of a text were written that is as it was written, but for its line feeds.
struct Lines {
    origin: usize,
    /// How many line feeds there are up to the end of each stretch of so many bytes; the last one is left out.
    feeds: Vec<u32>,
    end: usize,
}

/// The bytes of a stretch of [`Lines`], so few that each of a million pieces can be looked for.
const STRETCH: usize = 256;

impl Lines {
    /// Goes on to the place `at` of the text, before which there are `count` line feeds, none of them since the
    /// last one that was told of.
    fn reach(&mut self, at: usize, count: u32) {
        while self.feeds.len() < at / STRETCH {
            self.feeds.push(count);
        }
    }

    fn start_of(&self, at: usize, text: &str) -> usize {
        let stretch = (at / STRETCH).min(self.feeds.len());
        let before =
            stretch.checked_sub(1).and_then(|last| self.feeds.get(last)).map_or(0, |&feeds| feeds as usize);
        let rest = text.as_bytes().get(stretch * STRETCH..at).unwrap_or_default();
        self.origin + at + before + feeds_in(rest)
    }
}

/// How many line feeds there are. Mostly it is asked about a single line with its end. Others are counted eight
/// octets at a time, as one number, which `memchr` is faster than only where there are many more.
fn feeds_in(text: &[u8]) -> usize {
    let Some((_, behind)) = memchr::memchr(b'\n', text).and_then(|first| text.split_at_checked(first + 1))
    else {
        return 0;
    };
    if behind.is_empty() { 1 } else { 1 + all_feeds_in(behind) }
}

fn all_feeds_in(text: &[u8]) -> usize {
    const FEEDS: u64 = u64::from_ne_bytes([b'\n'; 8]);
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    const LOW_BITS: u64 = ONES * 0x7f;
    // An octet that is one becomes 1, and any other 0.
    let ones = |eight: &[u8; 8]| {
        let is_not = u64::from_ne_bytes(*eight) ^ FEEDS;
        !(((is_not & LOW_BITS) + LOW_BITS) | is_not | LOW_BITS) >> 7
    };
    let (eights, rest) = text.as_chunks::<8>();
    // So few that their number fits into an octet: the highest one of the product, which is the sum of all.
    let of_run = |run: &[[u8; 8]]| run.iter().map(ones).sum::<u64>().wrapping_mul(ONES) >> 56;
    let of_eights: u64 = eights.chunks(31).map(of_run).sum();
    let of_rest: u64 = rest.iter().map(|&byte| u64::from(byte == b'\n')).sum();
    usize::try_from(of_eights + of_rest).unwrap_or(usize::MAX)
}

/// A place or a length, none of which is beyond [`LONGEST`].
pub(crate) fn short(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

/// Runs of text, one after the other.
#[derive(Clone)]
enum Runs<'t> {
    /// Those of [`Lines`].
    Lines {
        text: &'t [u8],
        /// Where the next one begins.
        at: usize,
        /// Where it was written.
        source: usize,
    },
    Encoded(EncodedRuns<'t>),
}

impl Iterator for Runs<'_> {
    type Item = Run;

    fn next(&mut self) -> Option<Run> {
        match self {
            Self::Lines { text, at, source } => {
                let rest = text.get(*at..)?;
                let (length, written) = match memchr::memchr(b'\n', rest) {
                    Some(0) => (1, 2),
                    Some(length) => (length, length),
                    None if rest.is_empty() => return None,
                    None => (rest.len(), rest.len()),
                };
                let run = Run { at: *at, length, source: *source, written };
                (*at, *source) = (run.end(), run.source_end());
                Some(run)
            }
            Self::Encoded(runs) => runs.next(),
        }
    }
}

/// Runs of text as they are kept.
#[derive(Clone)]
struct EncodedRuns<'t> {
    rest: &'t [u8],
    /// Where the next one begins.
    at: usize,
    /// Where the one before it was written up to.
    source: usize,
}

impl EncodedRuns<'_> {
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

impl Iterator for EncodedRuns<'_> {
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
    fn lines_have_the_places_of_runs() {
        let line = format!("{}\\n", "é-".repeat(37));
        for written in ["", "\\n", "\\n\\n", "a", "a\\n", "\\na\\n\\nb", &line.repeat(200)] {
            let lines = traced(&format!("\"{written}\""));
            assert!(matches!(lines.map, Map::Lines(_)));
            // A tab behind it, and it is kept as runs.
            let runs = traced(&format!("\"{written}\\t\""));
            assert!(matches!(runs.map, Map::Runs(_)));
            let (text, length) = (lines.as_str(), lines.as_str().len());
            assert_eq!(runs.as_str().strip_suffix('\t'), Some(text));
            assert_eq!(lines.start(length), 1 + written.len());
            assert_eq!(lines.span(length..length), Span::at(1 + written.len()));
            let (mut places, mut others) = (lines.places(), runs.places());
            for at in (0..length).filter(|&at| text.is_char_boundary(at)) {
                assert_eq!(lines.start(at), runs.start(at), "{at}");
                assert_eq!(places.start(at), others.start(at), "{at}");
                for end in [at, at + 1, at + 70, length].map(|end| end.min(length)) {
                    assert_eq!(lines.span(at..end), runs.span(at..end), "{at} {end}");
                    assert_eq!(lines.places_from(at).span(at..end), runs.span(at..end), "{at} {end}");
                }
            }
            let mut copy = TracedBuilder::new(length, 1);
            let parts = (0..length).filter(|&at| text.is_char_boundary(at)).step_by(50).chain([length]);
            let parts: Vec<usize> = parts.collect();
            for (&from, &to) in parts.iter().zip(parts.iter().skip(1)) {
                copy.push_from(&lines, from..to);
            }
            let copy = copy.finish();
            assert_eq!(copy.as_str(), text);
            assert!((0..length).all(|at| copy.span(at..at + 1) == lines.span(at..at + 1)));
        }
    }

    /// One by one, as nobody can get it wrong.
    #[test]
    fn all_line_feeds_are_counted() {
        let mut state = 1_u32;
        for length in 0..600 {
            for density in [0, 1, 2, 128, 255, 256] {
                let text: Vec<u8> = (0..length)
                    .map(|_| {
                        state = state.wrapping_mul(1_103_515_245).wrapping_add(12_345);
                        let [_, chance, other, _] = state.to_le_bytes();
                        // Neighbours of a line feed, with and without the highest bit, are not one.
                        let others = [b'\n' - 1, b'\n' + 1, b'\n' | 0x80, 0, 0x7f, 0x80, 0xff, b'A'];
                        let other =
                            others.get(usize::from(other) % others.len()).copied().unwrap_or_default();
                        if u32::from(chance) < density { b'\n' } else { other }
                    })
                    .collect();
                let mut expected = 0;
                for &byte in &text {
                    expected += usize::from(byte == b'\n');
                }
                assert_eq!(feeds_in(&text), expected, "{length} {density}");
            }
        }
    }

    #[test]
    fn places_are_found_in_any_order() {
        let escapes = "a\\tb\\u00e9\\\\n\\ud83d\\ude00".repeat(40);
        for written in [escapes, format!("{}\\n", "é-".repeat(37)).repeat(40)] {
            let text = traced(&format!("\"{written}\""));
            let length = text.as_str().len();
            let boundaries: Vec<usize> =
                (0..=length).filter(|&at| text.as_str().is_char_boundary(at)).collect();
            // Forwards and backwards, near and far: each step is another one.
            let mut places = text.places();
            let mut at = 0;
            for step in 0..3 * boundaries.len() {
                at = (at * 5 + step + 1) % boundaries.len();
                let from = boundaries.get(at).copied().unwrap_or_default();
                for to in boundaries.iter().skip(at).step_by(1 + step % 37).take(4) {
                    assert_eq!(places.span(from..*to), text.span(from..*to), "{from} {to}");
                    assert_eq!(places.start(from), text.start(from), "{from}");
                }
            }
        }
    }

    #[test]
    fn an_empty_text_has_a_place() {
        assert_eq!(traced("\"\"").span(0..0), Span::at(1));
    }
}
