//! NDJSON: one body per line (<https://github.com/ndjson/ndjson-spec>). A stream of any length is read in batches
//! of whole lines. Blank lines are counted and skipped.

use std::io::{self, Read};

use crate::cli::read_input::{Limit, MAX_BODY_BYTES, reason};
use crate::internal_fault::OrFault;
use crate::secret::Secret;

/// The number of bytes that are read at a time: what a pipe holds, and some dozens of bodies, so that it costs
/// little to hand them to a thread.
const CHUNK: usize = 64 * 1024;

/// Whole lines of a stream.
pub(super) struct Batch {
    bytes: Secret<Vec<u8>>,
    /// The number of the first line, from 1.
    line: usize,
    /// The offset of the first line in the stream.
    offset: usize,
}

/// A line that is not blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record<'a> {
    /// The number of the line, from 1.
    pub(super) line: usize,
    /// The offset of the line in the stream.
    pub(super) offset: usize,
    /// The line without the line feed.
    pub(super) bytes: &'a [u8],
}

/// A line that cannot be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct UnreadableLine {
    pub(super) line: usize,
    pub(super) message: String,
}

impl Batch {
    /// The records. Only the first one can be longer than a body may be.
    pub(super) fn records(&self) -> impl Iterator<Item = Record<'_>> {
        records(self.bytes.expose(), self.line, self.offset)
    }
}

impl Record<'_> {
    /// Refuses a line that is longer than a body may be.
    pub(super) fn check_length(&self) -> Result<(), UnreadableLine> {
        if self.bytes.len() > MAX_BODY_BYTES { Err(too_long(self.line)) } else { Ok(()) }
    }
}

fn too_long(line: usize) -> UnreadableLine {
    UnreadableLine { line, message: Limit::LINE.exceeded() }
}

/// The lines of a text that are not blank. The first line has the number `line` and starts at `offset`.
pub(super) fn records(bytes: &[u8], line: usize, offset: usize) -> impl Iterator<Item = Record<'_>> {
    let ends = memchr::memchr_iter(b'\n', bytes).chain(std::iter::once(bytes.len()));
    ends.scan(0, move |start, end| {
        let from = std::mem::replace(start, end + 1);
        Some((from, bytes.get(from..end).or_fault()))
    })
    .enumerate()
    .filter(|(_, (_, text))| !text.trim_ascii().is_empty())
    .map(move |(index, (from, bytes))| Record { line: line + index, offset: offset + from, bytes })
}

/// The batches of a stream.
pub(super) struct Batches<R> {
    from: R,
    /// The buffer that is read into. It holds nothing between two calls.
    chunk: Vec<u8>,
    /// The last line that was read, which has no end yet. It is no longer than a body may be.
    rest: Secret<Vec<u8>>,
    /// The number and the offset of that line.
    line: usize,
    offset: usize,
    /// Whether that line is too long: what is left of it is not kept.
    is_skipping: bool,
    is_at_end: bool,
}

impl<R: Read> Batches<R> {
    pub(super) fn new(from: R) -> Self {
        Self {
            from,
            chunk: vec![0; CHUNK],
            rest: Secret::new(Vec::new()),
            line: 1,
            offset: 0,
            is_skipping: false,
            is_at_end: false,
        }
    }

    fn fill(&mut self) -> io::Result<usize> {
        loop {
            match self.from.read(&mut self.chunk) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                filled => return filled,
            }
        }
    }

    /// Takes the whole lines of the rest and of `count` bytes of the chunk.
    fn split(&mut self, count: usize) -> Option<Result<Batch, UnreadableLine>> {
        let mut read = self.chunk.get(..count).or_fault();
        if self.is_skipping {
            let Some(end) = memchr::memchr(b'\n', read) else {
                self.offset += count;
                return None;
            };
            read = read.get(end + 1..).or_fault();
            self.is_skipping = false;
            self.line += 1;
            self.offset += end + 1;
        }
        let whole = if self.is_at_end { 0 } else { memchr::memrchr(b'\n', read).map_or(0, |end| end + 1) };
        let (lines, rest) = read.split_at_checked(whole)?;
        if self.is_at_end || whole > 0 {
            let bytes = joined(self.rest.expose(), lines);
            self.rest = joined(rest, &[]);
            let (line, offset) = (self.line, self.offset);
            self.line += memchr::memchr_iter(b'\n', lines).count();
            self.offset += bytes.expose().len();
            return (!bytes.expose().is_empty()).then_some(Ok(Batch { bytes, line, offset }));
        }
        if self.rest.expose().len() + rest.len() > MAX_BODY_BYTES {
            self.offset += self.rest.expose().len() + rest.len();
            self.rest = Secret::new(Vec::new());
            self.is_skipping = true;
            return Some(Err(too_long(self.line)));
        }
        append(&mut self.rest, rest);
        None
    }
}

impl<R: Read> Iterator for Batches<R> {
    type Item = Result<Batch, UnreadableLine>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.is_at_end {
            let count = match self.fill() {
                Ok(count) => count,
                Err(error) => {
                    self.is_at_end = true;
                    return Some(Err(UnreadableLine { line: self.line, message: reason(&error) }));
                }
            };
            self.is_at_end = count == 0;
            let batch = self.split(count);
            // There may be no other body for hours. The buffer is read into again, so the compiler keeps this.
            self.chunk.get_mut(..count).or_fault().fill(0);
            if batch.is_some() {
                return batch;
            }
        }
        None
    }
}

/// Two texts in one, without a copy that is left behind.
fn joined(first: &[u8], second: &[u8]) -> Secret<Vec<u8>> {
    let mut joined = Secret::new(Vec::with_capacity(first.len() + second.len()));
    joined.expose_mut().extend_from_slice(first);
    joined.expose_mut().extend_from_slice(second);
    joined
}

/// Appends to a text. What it outgrows is wiped.
fn append(to: &mut Secret<Vec<u8>>, text: &[u8]) {
    let length = to.expose().len() + text.len();
    if length > to.expose().capacity() {
        let mut larger = Secret::new(Vec::with_capacity(2 * length));
        larger.expose_mut().extend_from_slice(to.expose());
        *to = larger;
    }
    to.expose_mut().extend_from_slice(text);
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use super::*;

    /// Gives so many bytes at a time.
    struct Trickle<'a>(&'a [u8], usize);

    impl Read for Trickle<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = self.1.min(self.0.len()).min(buffer.len());
            let (now, later) = self.0.split_at(count);
            buffer.get_mut(..count).unwrap().copy_from_slice(now);
            self.0 = later;
            Ok(count)
        }
    }

    type Line = (usize, usize, Option<Vec<u8>>);

    fn lines(bytes: &[u8], at_a_time: usize) -> Vec<Line> {
        let mut lines = Vec::new();
        for batch in Batches::new(Trickle(bytes, at_a_time)) {
            match batch {
                Ok(batch) => lines.extend(batch.records().map(|record| match record.check_length() {
                    Ok(()) => (record.line, record.offset, Some(record.bytes.to_vec())),
                    Err(UnreadableLine { line, .. }) => (line, 0, None),
                })),
                Err(UnreadableLine { line, .. }) => lines.push((line, 0, None)),
            }
        }
        lines
    }

    /// The same, line by line.
    fn expected(bytes: &[u8]) -> Vec<Line> {
        let mut offset = 0;
        let mut lines = Vec::new();
        for (index, line) in bytes.split(|&byte| byte == b'\n').enumerate() {
            if line.len() > MAX_BODY_BYTES {
                lines.push((index + 1, 0, None));
            } else if line.iter().any(|byte| !byte.is_ascii_whitespace()) {
                lines.push((index + 1, offset, Some(line.to_vec())));
            }
            offset += line.len() + 1;
        }
        lines
    }

    #[test]
    fn lines_come_whole_however_they_arrive() {
        let long = "x".repeat(CHUNK + 7);
        for text in ["", "\n", "a", "a\n", "\n\na\r\n \nbc\n", "a\nb", &format!("{long}\nb\n{long}")] {
            for at_a_time in [1, 2, 3, CHUNK - 1, CHUNK, usize::MAX] {
                assert_eq!(lines(text.as_bytes(), at_a_time), expected(text.as_bytes()), "{at_a_time}");
            }
        }
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over_and_the_next_one_read() {
        let most = "x".repeat(MAX_BODY_BYTES);
        let long = "x".repeat(MAX_BODY_BYTES + 1);
        let texts = [
            format!("a\n{long}{long}\nb\n"),
            format!("{long}\n"),
            format!("{long}{long}"),
            format!("{most}\nb\n{long}\nc\n{most}"),
        ];
        for text in texts {
            for at_a_time in [CHUNK - 1, usize::MAX] {
                let found = lines(text.as_bytes(), at_a_time);
                assert_eq!(found.len(), expected(text.as_bytes()).len());
                assert!(found == expected(text.as_bytes()), "{at_a_time}");
            }
        }
    }

    #[test]
    fn a_stream_that_fails_ends() {
        struct Failing(usize);
        impl Read for Failing {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                self.0 += 1;
                match self.0 {
                    1 => Err(io::ErrorKind::Interrupted.into()),
                    2 => {
                        buffer.get_mut(..4).unwrap().copy_from_slice(b"a\nbc");
                        Ok(4)
                    }
                    _ => Err(io::ErrorKind::PermissionDenied.into()),
                }
            }
        }
        let mut batches = Batches::new(Failing(0));
        let Some(Ok(batch)) = batches.next() else { panic!("a line came") };
        assert_eq!(batch.records().count(), 1);
        let Some(Err(UnreadableLine { line, .. })) = batches.next() else { panic!("it failed") };
        assert_eq!(line, 2);
        assert!(batches.next().is_none());
    }
}
