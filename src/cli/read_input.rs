//! Reading files and standard input, within a limit. What is read is wiped when dropped. Which files are
//! read is the matter of `sources`.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use zeroize::Zeroizing;

use crate::cli::files;
use crate::cli::files::Role;
use crate::cli::{ndjson, sniff};
use crate::internal_fault::OrFault;

/// The longest body, line of NDJSON, and file of any other kind that is read: 1 MiB, a hundred times what a body has.
pub const MAX_BODY_BYTES: usize = 1 << 20;

/// The most bytes that are read, and what to do about a longer input.
#[derive(Clone, Copy)]
pub(super) struct Limit {
    bytes: usize,
    next_step: &'static str,
}

impl Limit {
    /// A line of NDJSON.
    pub(super) const LINE: Self =
        Self { bytes: MAX_BODY_BYTES, next_step: "put each body on a line of its own" };

    /// A file with one body per line that `fix` replaces as a whole.
    pub(super) const REPLACED_NDJSON: Self =
        Self { bytes: 16 << 20, next_step: "with --ndjson, standard input may be of any length" };

    /// A file, or standard input, that is read as a whole.
    pub(super) const fn of(role: Role) -> Self {
        let next_step = match role {
            Role::Found | Role::Named | Role::Stdin => {
                "split it; check, predict and fix read one body per line with --ndjson"
            }
            Role::Value => "name a file that holds the value of one field",
            Role::Password => "name a file that holds the password in its first line",
            Role::Response => "name a file that holds the response to one call",
            Role::Material => "name a file that holds only what belongs into this body",
            Role::Suppressions | Role::Configuration | Role::Written => "shorten it",
        };
        Self { bytes: MAX_BODY_BYTES, next_step }
    }

    /// The message for an input that is longer.
    pub(super) fn exceeded(self) -> String {
        format!("is longer than {} MiB and was not read; {}", self.bytes >> 20, self.next_step)
    }

    fn check(self, length: u64) -> Result<(), String> {
        if length > self.bytes as u64 { Err(self.exceeded()) } else { Ok(()) }
    }
}

/// How much is read first where nobody knows how much there is: more than most bodies have.
const CHUNK: usize = 16 * 1024;

/// What standard input is called on the command line.
const STDIN: &str = "-";

/// A file that was not named, if it is a body.
pub(super) fn read_if_body(path: &Path, role: Role) -> Result<Option<Zeroizing<Vec<u8>>>, String> {
    let (mut file, length) = open(path, role)?;
    let limit = Limit::of(role);
    let checked = limit.check(length);
    // Of a longer file, the start tells whether it is a body.
    let length = usize::try_from(length).unwrap_or(0).min(limit.bytes);
    let file: &mut dyn Read = if checked.is_ok() { &mut file } else { &mut file.take(limit.bytes as u64) };
    let bytes = read(file, length, limit)?;
    if sniff::is_body(&bytes) { checked.map(|()| Some(bytes)) } else { Ok(None) }
}

/// Opens a file, and tells its length; 0 for what has none.
fn open(path: &Path, role: Role) -> Result<(File, u64), String> {
    let (file, metadata) = files::open(path, role)?;
    if metadata.is_dir() {
        return Err("is a directory".to_owned());
    }
    Ok((file, if metadata.is_file() { metadata.len() } else { 0 }))
}

/// Reads to the end, but not beyond the limit. What is outgrown on the way is wiped.
fn read(
    from: &mut (impl Read + ?Sized),
    expected: usize,
    limit: Limit,
) -> Result<Zeroizing<Vec<u8>>, String> {
    // One more than there is tells that there is no more.
    let room = if expected == 0 { CHUNK } else { expected + 1 };
    let mut bytes = Zeroizing::new(vec![0; room]);
    let mut length = 0;
    loop {
        if bytes.len() == length {
            let room = CHUNK.max(length * 2).min(limit.bytes + 1);
            let mut larger = Zeroizing::new(vec![0; room]);
            larger.get_mut(..length).into_iter().for_each(|to| {
                to.copy_from_slice(bytes.get(..length).or_fault());
            });
            bytes = larger;
        }
        match from.read(bytes.get_mut(length..).or_fault()) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(reason(&error)),
        }
        limit.check(length as u64)?;
    }
    bytes.truncate(length);
    Ok(bytes)
}

/// Whether a path stands for standard input.
pub(super) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == STDIN
}

/// Standard input, within the limit for what it is used for.
pub(super) fn read_stdin(role: Role) -> Result<Zeroizing<Vec<u8>>, String> {
    read(&mut stdin().map_err(|error| reason(&error))?, 0, Limit::of(role))
}

/// Standard input, past the buffer of the standard library, which would keep a copy.
#[cfg(unix)]
pub(super) fn stdin() -> io::Result<impl Read + Send> {
    use std::os::fd::AsFd;
    files::record_stdin();
    io::stdin().as_fd().try_clone_to_owned().map(File::from)
}

#[cfg(not(unix))]
pub(super) fn stdin() -> io::Result<impl Read + Send> {
    Ok(io::stdin())
}

/// A file, within the limit for what it is used for.
pub(super) fn read_file(path: &Path, role: Role) -> Result<Zeroizing<Vec<u8>>, String> {
    read_file_within(Limit::of(role), path, role)
}

/// A file, within a limit.
pub(super) fn read_file_within(limit: Limit, path: &Path, role: Role) -> Result<Zeroizing<Vec<u8>>, String> {
    let (mut file, length) = open(path, role)?;
    limit.check(length)?;
    read(&mut file, usize::try_from(length).unwrap_or(0), limit)
}

/// Whether there is a body in an ordinary file, or in a line of it. The file does not count as read.
pub(super) fn holds_body(path: &Path) -> bool {
    if !fs::metadata(path).is_ok_and(|metadata| metadata.is_file()) {
        return false;
    }
    let limit = Limit::REPLACED_NDJSON;
    let Ok(Ok(bytes)) = File::open(path).map(|file| read(&mut file.take(limit.bytes as u64), 0, limit))
    else {
        return false;
    };
    sniff::is_body(&bytes) || ndjson::records(&bytes, 1, 0).any(|record| sniff::is_body(record.bytes))
}

/// Why something could not be read or written, in our own words.
pub(super) fn reason(error: &io::Error) -> String {
    use io::ErrorKind as Kind;
    let known = match error.kind() {
        Kind::NotFound => "no such file or directory",
        Kind::PermissionDenied => "permission denied",
        Kind::IsADirectory => "is a directory",
        Kind::NotADirectory => "a part of the path is not a directory",
        Kind::InvalidFilename | Kind::InvalidInput => "not a valid file name",
        Kind::StorageFull => "no space left",
        Kind::FileTooLarge => "exceeds the file size limit",
        Kind::QuotaExceeded => "disk quota exceeded",
        Kind::ReadOnlyFilesystem => "the file system is read-only",
        Kind::ResourceBusy => "is in use",
        _ => {
            return error.raw_os_error().map_or_else(
                || "operating system error".to_owned(),
                |code| format!("operating system error {code}"),
            );
        }
    };
    known.to_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use super::*;

    /// Gives zeros without end, and counts them.
    struct Endless(usize);

    impl Read for Endless {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            self.0 += buffer.len();
            Ok(buffer.len())
        }
    }

    #[test]
    fn reading_ends_at_the_limit() {
        let mut endless = Endless(0);
        let limit = Limit::of(Role::Named);
        assert!(read(&mut endless, 0, limit).unwrap_err().contains("longer than 1 MiB"));
        assert!(endless.0 <= 3 * MAX_BODY_BYTES, "{} bytes read", endless.0);
    }

    #[test]
    fn all_is_read_whatever_was_expected() {
        let limit = Limit::of(Role::Named);
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK, MAX_BODY_BYTES] {
            let given: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
            for expected in [0, length / 2, length] {
                assert_eq!(*read(&mut given.as_slice(), expected, limit).unwrap(), given);
            }
        }
        assert!(read(&mut vec![0; MAX_BODY_BYTES + 1].as_slice(), 0, limit).is_err());
    }
}
