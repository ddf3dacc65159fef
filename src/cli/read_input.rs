//! Reading files and standard input, within a limit. What is read is wiped when dropped. Which files are
//! read is the matter of `sources`.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::Path;

use zeroize::Zeroizing;

use crate::cli::files;
use crate::cli::files::Role;
use crate::cli::{ndjson, sniff};

/// A body longer than this is not read: 16 MiB, a thousand times what the service would ever take.
pub const MAX_BODY_BYTES: usize = 16 * 1024 * 1024;

/// How much of a file beyond the limit is looked at to tell whether it is a body.
const GLANCE: usize = 64 * 1024;

/// How much is read first where nobody knows how much there is: more than most bodies have.
const CHUNK: usize = 16 * 1024;

/// What standard input is called on the command line.
const STDIN: &str = "-";

/// A file that was not named, if it is a body.
pub(super) fn read_if_body(path: &Path, role: Role) -> Result<Option<Zeroizing<Vec<u8>>>, String> {
    let (mut file, length) = open(path, role)?;
    let too_long = check_length(length);
    if too_long.is_err() {
        let mut start = Zeroizing::new(vec![0; GLANCE]);
        file.read_exact(&mut start).map_err(|error| reason(&error))?;
        return if sniff::is_body(&start) { too_long.map(|()| None) } else { Ok(None) };
    }
    let bytes = read(&mut file, usize::try_from(length).unwrap_or(0))?;
    Ok(sniff::is_body(&bytes).then_some(bytes))
}

/// Opens a file, and tells its length; 0 for what has none.
fn open(path: &Path, role: Role) -> Result<(File, u64), String> {
    let (file, metadata) = files::open(path, role).map_err(|error| reason(&error))?;
    if metadata.is_dir() {
        return Err("is a folder".to_owned());
    }
    Ok((file, if metadata.is_file() { metadata.len() } else { 0 }))
}

fn check_length(length: u64) -> Result<(), String> {
    if length > MAX_BODY_BYTES as u64 { Err(too_long()) } else { Ok(()) }
}

pub(super) fn too_long() -> String {
    format!("is longer than {} MiB and was not read", MAX_BODY_BYTES >> 20)
}

/// Reads to the end, but not beyond the limit. What is outgrown on the way is wiped.
fn read(from: &mut impl Read, expected: usize) -> Result<Zeroizing<Vec<u8>>, String> {
    // One more than there is tells that there is no more.
    let room = if expected == 0 { CHUNK } else { expected + 1 };
    let mut bytes = Zeroizing::new(vec![0; room]);
    let mut length = 0;
    loop {
        if bytes.len() == length {
            let room = CHUNK.max(length * 2).min(MAX_BODY_BYTES + 1);
            let mut larger = Zeroizing::new(vec![0; room]);
            larger.get_mut(..length).into_iter().for_each(|to| {
                to.copy_from_slice(bytes.get(..length).unwrap_or_default());
            });
            bytes = larger;
        }
        match from.read(bytes.get_mut(length..).unwrap_or_default()) {
            Ok(0) => break,
            Ok(count) => length += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(reason(&error)),
        }
        if length > MAX_BODY_BYTES {
            return Err(too_long());
        }
    }
    bytes.truncate(length);
    Ok(bytes)
}

/// Whether a path stands for standard input.
pub(super) fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == STDIN
}

/// Standard input, within the same limit.
pub(super) fn read_stdin() -> Result<Zeroizing<Vec<u8>>, String> {
    read(&mut stdin().map_err(|error| reason(&error))?, 0)
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

/// A file, within the same limit.
pub(super) fn read_file(path: &Path, role: Role) -> Result<Zeroizing<Vec<u8>>, String> {
    let (mut file, length) = open(path, role)?;
    check_length(length)?;
    read(&mut file, usize::try_from(length).unwrap_or(0))
}

/// Whether there is a body in an ordinary file, or in a line of it. The file does not count as read.
pub(super) fn holds_body(path: &Path) -> bool {
    if !fs::metadata(path).is_ok_and(|metadata| metadata.is_file()) {
        return false;
    }
    let Ok(Ok(bytes)) = File::open(path).map(|file| read(&mut file.take(MAX_BODY_BYTES as u64), 0)) else {
        return false;
    };
    sniff::is_body(&bytes) || ndjson::records(&bytes, 1, 0).any(|record| sniff::is_body(record.bytes))
}

/// Why something could not be read or written, in our own words.
pub(super) fn reason(error: &io::Error) -> String {
    use io::ErrorKind as Kind;
    let known = match error.kind() {
        Kind::NotFound => "no such file or folder",
        Kind::PermissionDenied => "permission denied",
        Kind::IsADirectory => "is a folder",
        Kind::NotADirectory => "a part of the path is no folder",
        Kind::InvalidFilename | Kind::InvalidInput => "no valid name of a file",
        Kind::StorageFull => "no space left",
        Kind::FileTooLarge => "larger than a limit on files allows",
        Kind::QuotaExceeded => "the quota of disk space is used up",
        Kind::ReadOnlyFilesystem => "the file system is read-only",
        Kind::ResourceBusy => "is in use, or mounted by itself",
        _ => {
            return error.raw_os_error().map_or_else(
                || "error of the operating system".to_owned(),
                |code| format!("error {code} of the operating system"),
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
        assert!(read(&mut endless, 0).unwrap_err().contains("16 MiB"));
        assert!(endless.0 <= 3 * MAX_BODY_BYTES, "{} bytes read", endless.0);
    }

    #[test]
    fn all_is_read_whatever_was_expected() {
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 5 * CHUNK, MAX_BODY_BYTES] {
            let given: Vec<u8> = (0..length).map(|at| u8::try_from(at % 251).unwrap()).collect();
            for expected in [0, length / 2, length] {
                assert_eq!(*read(&mut given.as_slice(), expected).unwrap(), given);
            }
        }
        assert!(read(&mut vec![0; MAX_BODY_BYTES + 1].as_slice(), 0).is_err());
    }
}
