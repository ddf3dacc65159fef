//! NDJSON: one body a line (<https://github.com/ndjson/ndjson-spec>). A stream is read in stretches of
//! whole lines, so that it may be of any length. Lines without anything in them count, and are passed
//! over.

use std::io::{self, Read};
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use zeroize::Zeroizing;

use super::inputs::{MAX_BODY_BYTES, reason, too_long};

/// How much is read at a time: some dozens of bodies, so that handing them to a thread costs nothing to
/// speak of. What a pipe gives at once is handed on at once.
const STRETCH: usize = 128 * 1024;

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

/// Reads a stream to its end, or until `take` has enough.
pub(super) fn read(from: &mut impl Read, mut take: impl FnMut(Piece) -> ControlFlow<()>) -> ControlFlow<()> {
    let buffers = Buffers::default();
    let mut buffer = buffers.take();
    // Of the buffer, so much is read.
    let mut length = 0;
    let (mut line, mut offset) = (1, 0);
    let mut is_skipping = false;
    loop {
        if length == buffer.bytes.len() {
            buffer = Buffer::holding(&buffer.bytes, buffer.bytes.len() * 2);
        }
        let count = match from.read(buffer.bytes.get_mut(length..).unwrap_or_default()) {
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return take(Piece::Broken { line, message: reason(&error) }),
        };
        let is_end = count == 0;
        buffer.used = buffer.used.max(length + count);
        let fresh = buffer.bytes.get(length..length + count).unwrap_or_default();
        if is_skipping {
            let Some(end) = memchr::memchr(b'\n', fresh) else {
                if is_end {
                    return ControlFlow::Continue(());
                }
                offset += count;
                continue;
            };
            is_skipping = false;
            buffer.bytes.copy_within(end + 1..count, 0);
            (line, offset, length) = (line + 1, offset + end + 1, count - end - 1);
            if length == 0 {
                continue;
            }
        } else {
            length += count;
        }
        let read = buffer.bytes.get(..length).unwrap_or_default();
        let whole = if is_end { length } else { memchr::memrchr(b'\n', read).map_or(0, |end| end + 1) };
        if whole > 0 {
            let lines = memchr::memchr_iter(b'\n', read.get(..whole).unwrap_or_default()).count();
            let mut next = buffers.take();
            let rest = read.get(whole..).unwrap_or_default();
            if next.bytes.len() < rest.len() {
                next = Buffer::holding(rest, rest.len() * 2);
            } else {
                next.put(rest);
            }
            let left = rest.len();
            let filled = std::mem::replace(&mut buffer, next);
            take(Piece::Stretch(Stretch {
                first: line,
                offset,
                buffer: filled,
                length: whole,
                buffers: buffers.clone(),
            }))?;
            (line, offset, length) = (line + lines, offset + whole, left);
        }
        if is_end {
            return ControlFlow::Continue(());
        }
        if length > MAX_BODY_BYTES {
            take(Piece::TooLong { line, message: too_long() })?;
            (is_skipping, offset, length) = (true, offset + length, 0);
            buffer = buffers.take();
        }
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
        let end = read(&mut Trickle(bytes, at_a_time), |piece| {
            match piece {
                Piece::Stretch(stretch) => lines.extend(
                    stretch.records().map(|record| (record.line, record.offset, Some(record.bytes.to_vec()))),
                ),
                Piece::TooLong { line, .. } => lines.push((line, 0, None)),
                Piece::Broken { .. } => panic!("this reader does not fail"),
            }
            ControlFlow::Continue(())
        });
        assert!(end.is_continue());
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
    fn it_ends_when_told_to() {
        let text = "a\n".repeat(10);
        let mut count = 0;
        let end = read(&mut Trickle(text.as_bytes(), 2), |_| {
            count += 1;
            if count == 3 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert!(end.is_break());
        assert_eq!(count, 3);
    }
}
