//! NDJSON: one body a line (<https://github.com/ndjson/ndjson-spec>). A stream is read in stretches of
//! whole lines, so that it may be of any length. Lines without anything in them count, and are passed
//! over.

use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use zeroize::Zeroizing;

use crate::cli::read_input::{MAX_BODY_BYTES, reason, too_long};

/// How much is read at a time: some dozens of bodies, so that handing them to a thread costs nothing to
/// speak of. What a pipe gives at once is handed on at once.
const STRETCH: usize = 256 * 1024;

/// Room for the longest line that is read, and for what tells that one is longer.
const ROOM: usize = MAX_BODY_BYTES + 1;

/// Lines of a stream, all of them whole but the last one of the stream.
pub(super) struct Stretch {
    /// The number of the first line, from 1.
    first: usize,
    /// Where the first line begins in the stream.
    offset: usize,
    buffer: Buffer,
    length: usize,
    buffers: Buffers,
}

/// A line with something in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record<'a> {
    /// Its number, from 1.
    pub(super) line: usize,
    /// Where it begins in the stream.
    pub(super) offset: usize,
    /// Without the line feed.
    pub(super) bytes: &'a [u8],
}

/// What comes out of a stream.
pub(super) enum Piece {
    Stretch(Stretch),
    /// A line that is too long to be read.
    TooLong {
        line: usize,
        message: String,
    },
    /// The stream cannot be read any further.
    Broken {
        line: usize,
        message: String,
    },
}

impl Stretch {
    pub(super) fn records(&self) -> impl Iterator<Item = Record<'_>> {
        records(self.buffer.bytes.get(..self.length).unwrap_or_default(), self.first, self.offset)
    }
}

impl Drop for Stretch {
    fn drop(&mut self) {
        self.buffers.give_back(std::mem::take(&mut self.buffer));
    }
}

/// The lines of a text with something in them. The first is called `first`, and `offset` is where it
/// begins.
pub(super) fn records(bytes: &[u8], first: usize, offset: usize) -> impl Iterator<Item = Record<'_>> {
    let ends = memchr::memchr_iter(b'\n', bytes).chain(std::iter::once(bytes.len()));
    ends.scan(0, move |start, end| {
        let from = std::mem::replace(start, end + 1);
        Some((from, bytes.get(from..end).unwrap_or_default()))
    })
    .enumerate()
    .filter(|(_, (_, line))| !line.trim_ascii().is_empty())
    .map(move |(index, (from, line))| Record {
        line: first + index,
        offset: offset + from,
        bytes: line,
    })
}

/// A stream that is read stretch by stretch.
pub(super) struct Stream<R> {
    from: R,
    buffers: Buffers,
    /// What is read into; none between two stretches, so that who reads next takes one of its own, which is
    /// near its core.
    buffer: Buffer,
    /// The line that has no end yet, between two stretches.
    rest: Buffer,
    /// Of the buffer, so much is read.
    length: usize,
    /// The number of the line that the buffer begins with, and where it begins in the stream.
    line: usize,
    offset: usize,
    /// Whether the rest of a line that is too long is passed over.
    is_skipping: bool,
    is_at_end: bool,
}

impl<R: Read> Stream<R> {
    pub(super) fn new(from: R) -> Self {
        Self {
            from,
            buffers: Buffers::default(),
            buffer: Buffer::default(),
            rest: Buffer::default(),
            length: 0,
            line: 1,
            offset: 0,
            is_skipping: false,
            is_at_end: false,
        }
    }

    /// Reads more into the buffer, and says how much that is.
    fn fill(&mut self) -> io::Result<usize> {
        if self.buffer.bytes.is_empty() {
            let rest = std::mem::take(&mut self.rest);
            if rest.bytes.len() < STRETCH {
                self.buffer = self.buffers.take();
                self.buffer.put(&rest.bytes);
            } else {
                self.buffer = Buffer::holding(&rest.bytes, rest.bytes.len() * 2);
            }
        } else if self.length == self.buffer.bytes.len() {
            self.buffer = Buffer::holding(&self.buffer.bytes, self.buffer.bytes.len() * 2);
        }
        loop {
            match self.from.read(self.buffer.bytes.get_mut(self.length..).unwrap_or_default()) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Ok(count) => {
                    self.buffer.used = self.buffer.used.max(self.length + count);
                    return Ok(count);
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// Passes over so much that was just read as belongs to a line that is too long.
    fn skip(&mut self, count: usize) {
        let fresh = self.buffer.bytes.get(..count).unwrap_or_default();
        let Some(end) = memchr::memchr(b'\n', fresh) else {
            self.offset += count;
            return;
        };
        self.is_skipping = false;
        self.buffer.bytes.copy_within(end + 1..count, 0);
        self.line += 1;
        self.offset += end + 1;
        self.length = count - end - 1;
    }

    /// Takes the whole lines out of what was read, and leaves the rest.
    fn lines(&mut self) -> Option<Stretch> {
        let read = self.buffer.bytes.get(..self.length).unwrap_or_default();
        let whole = if self.is_at_end { self.length } else { memchr::memrchr(b'\n', read)? + 1 };
        if whole == 0 {
            return None;
        }
        let (lines, rest) = read.split_at_checked(whole)?;
        let count = memchr::memchr_iter(b'\n', lines).count();
        self.rest = Buffer::holding(rest, rest.len());
        let stretch = Stretch {
            first: self.line,
            offset: self.offset,
            length: whole,
            buffer: std::mem::take(&mut self.buffer),
            buffers: self.buffers.clone(),
        };
        self.line += count;
        self.offset += whole;
        self.length -= whole;
        Some(stretch)
    }
}

impl<R: Read> Iterator for Stream<R> {
    type Item = Piece;

    fn next(&mut self) -> Option<Piece> {
        while !self.is_at_end {
            let count = match self.fill() {
                Ok(count) => count,
                Err(error) => {
                    self.is_at_end = true;
                    return Some(Piece::Broken { line: self.line, message: reason(&error) });
                }
            };
            self.is_at_end = count == 0;
            if self.is_skipping {
                self.skip(count);
            } else {
                self.length += count;
            }
            if let Some(stretch) = self.lines() {
                return Some(Piece::Stretch(stretch));
            }
            if self.length > MAX_BODY_BYTES {
                self.offset += self.length;
                (self.is_skipping, self.length) = (true, 0);
                self.buffer = Buffer::default();
                return Some(Piece::TooLong { line: self.line, message: too_long() });
            }
        }
        None
    }
}

/// What is read into. It is wiped in the end.
#[derive(Default)]
struct Buffer {
    bytes: Zeroizing<Vec<u8>>,
    /// How much of it may hold something.
    used: usize,
}

impl Buffer {
    fn new(length: usize) -> Self {
        Self { bytes: Zeroizing::new(vec![0; length]), used: 0 }
    }

    /// One of some length, at most [`ROOM`], that begins with what there is already.
    fn holding(bytes: &[u8], length: usize) -> Self {
        let mut buffer = Self::new(length.min(ROOM));
        buffer.put(bytes);
        buffer
    }

    /// Puts something at its start.
    fn put(&mut self, bytes: &[u8]) {
        self.bytes.get_mut(..bytes.len()).unwrap_or_default().copy_from_slice(bytes);
        self.used = self.used.max(bytes.len());
    }

    /// Wipes what was read. It is read into again, so these writes are not idle, and no compiler leaves
    /// them out; that they need not be written byte by byte takes a tenth of the time.
    fn wipe(&mut self) {
        self.bytes.get_mut(..self.used).unwrap_or_default().fill(0);
        std::hint::black_box(&self.bytes);
        self.used = 0;
    }
}

/// Buffers that are used again, so that they need not be got from the system each time.
#[derive(Clone, Default)]
struct Buffers(Arc<Mutex<Vec<Buffer>>>);

impl Buffers {
    fn take(&self) -> Buffer {
        let free = self.0.lock().unwrap_or_else(PoisonError::into_inner).pop();
        free.unwrap_or_else(|| Buffer::new(STRETCH))
    }

    /// The bodies are answered then, and there may be no others for hours: nothing of them stays.
    fn give_back(&self, mut buffer: Buffer) {
        // Those that grew are not kept.
        if buffer.bytes.len() == STRETCH {
            buffer.wipe();
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(buffer);
        }
    }
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
        for piece in Stream::new(Trickle(bytes, at_a_time)) {
            match piece {
                Piece::Stretch(stretch) => lines.extend(
                    stretch.records().map(|record| (record.line, record.offset, Some(record.bytes.to_vec()))),
                ),
                Piece::TooLong { line, .. } => lines.push((line, 0, None)),
                Piece::Broken { .. } => panic!("this reader does not fail"),
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
        let long = "x".repeat(STRETCH + 7);
        for text in ["", "\n", "a", "a\n", "\n\na\r\n \nbc\n", "a\nb", &format!("{long}\nb\n{long}")] {
            for at_a_time in [1, 2, 3, STRETCH - 1, STRETCH, usize::MAX] {
                assert_eq!(lines(text.as_bytes(), at_a_time), expected(text.as_bytes()), "{at_a_time}");
            }
        }
    }

    #[test]
    fn a_line_that_is_too_long_is_passed_over_and_the_next_one_read() {
        let long = "x".repeat(MAX_BODY_BYTES + 1);
        for text in [format!("a\n{long}{long}\nb\n"), format!("{long}\n"), format!("{long}{long}")] {
            for at_a_time in [STRETCH - 1, usize::MAX] {
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
        let mut stream = Stream::new(Failing(0));
        let Some(Piece::Stretch(stretch)) = stream.next() else { panic!("a line came") };
        assert_eq!(stretch.records().count(), 1);
        let Some(Piece::Broken { line, .. }) = stream.next() else { panic!("it failed") };
        assert_eq!(line, 2);
        assert!(stream.next().is_none());
    }
}
