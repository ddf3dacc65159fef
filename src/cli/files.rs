//! The files that this run reads, and the only way to write over a file.
//!
//! Whatever reads a file opens it here, and so the file is on record, under its identity: device and inode, whatever
//! path, hard link or symbolic link led to it. Whatever writes a file asks the record first. So no output takes the
//! place of something that the run reads, and a reader that is added later is covered without being thought of.
//!
//! The record belongs to the process, as the files do: a process is one run.

use std::collections::BTreeMap;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::cli::read_input::reason;

/// What a file is to this run. Where it is several things, the last of them counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Role {
    /// An input that was found in a directory. It may have proved to be no body.
    Found,
    /// An input that was named.
    Named,
    /// It is on standard input.
    Stdin,
    /// The value of a `--set`.
    Value,
    /// A password of `--password`.
    Password,
    /// The response of `--against`.
    Response,
    /// A certificate or a key that `build` puts into a body.
    Material,
    /// An ignore file, or what says where one is.
    Suppressions,
    /// The configuration.
    Configuration,
    /// Not read: an output of this run.
    Written,
}

impl Role {
    /// Whether only a regular file is read. An input that is named may be a pipe. So may the file of an option when
    /// the shell has opened it (`@<(command)` in bash and zsh); any other pipe might never have a writer.
    fn needs_regular_file(self, path: &Path) -> bool {
        let is_open = || ["/dev/fd", "/proc/self/fd"].iter().any(|directory| path.starts_with(directory));
        match self {
            Self::Named | Self::Stdin | Self::Written => false,
            Self::Value | Self::Password | Self::Response | Self::Material => !is_open(),
            Self::Found | Self::Suppressions | Self::Configuration => true,
        }
    }

    /// What to do when only a regular file is read.
    const fn instead_of_special_file(self) -> &'static str {
        match self {
            Self::Configuration => "name another with --config, or read none with --no-config",
            Self::Value | Self::Password | Self::Response | Self::Material => "use - for standard input",
            Self::Suppressions => "remove it",
            Self::Found | Self::Named | Self::Stdin | Self::Written => "name another file",
        }
    }

    /// Why the file must not be replaced, and what to do.
    pub(super) const fn objection(self) -> &'static str {
        match self {
            Self::Found => {
                "this run reads it, because it lies in a directory that is searched; name a file elsewhere, or \
                 delete this one, or exclude it in apicert.toml"
            }
            Self::Named => "this run reads it as an input; name another file",
            Self::Stdin => "this run reads it from standard input; name another file",
            Self::Value => "this run reads a value of --set from it; name another file",
            Self::Password => "this run reads a password from it; name another file",
            Self::Response => "this run reads the response of --against from it; name another file",
            Self::Material => "this run reads a certificate or a key from it; name another file",
            Self::Suppressions => "this run reads from it which files are ignored; name another file",
            Self::Configuration => "it is the configuration of this run; name another file",
            Self::Written => "another output of this run goes to the same file; name another file",
        }
    }
}

/// What tells a file from all others.
#[cfg(unix)]
type Identity = (u64, u64);
#[cfg(not(unix))]
type Identity = PathBuf;

/// The record.
static RECORD: Mutex<BTreeMap<Identity, Role>> = Mutex::new(BTreeMap::new());

/// The identity of an ordinary file; `None` for what is none, such as a pipe or a device: to write to it takes
/// nothing away.
#[cfg(unix)]
fn identity(_: &Path, metadata: &Metadata) -> Option<Identity> {
    use std::os::unix::fs::MetadataExt;
    metadata.is_file().then(|| (metadata.dev(), metadata.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path, metadata: &Metadata) -> Option<Identity> {
    if metadata.is_file() { path.canonicalize().ok() } else { None }
}

/// Puts a file on record whose metadata is known.
pub(super) fn record(path: &Path, metadata: &Metadata, role: Role) {
    let Some(identity) = identity(path, metadata) else { return };
    let mut record = RECORD.lock().unwrap_or_else(PoisonError::into_inner);
    record.entry(identity).and_modify(|known| *known = role.max(*known)).or_insert(role);
}

/// Puts a file on record that is yet to be read. What is not there cannot be read.
pub(super) fn record_path(path: &Path, role: Role) {
    if let Ok(metadata) = fs::metadata(path) {
        record(path, &metadata, role);
    }
}

/// Puts the file on record that standard input comes from, if it comes from one.
#[cfg(unix)]
pub(super) fn record_stdin() {
    use std::os::fd::AsFd;
    let stdin = io::stdin().as_fd().try_clone_to_owned().map(File::from);
    if let Ok(metadata) = stdin.and_then(|stdin| stdin.metadata()) {
        record(Path::new(""), &metadata, Role::Stdin);
    }
}

/// Elsewhere nothing tells which file that is.
#[cfg(not(unix))]
pub(super) const fn record_stdin() {}

/// Opens a file to read it. One that cannot be opened is on record, too: this run would read it.
///
/// Where a regular file is needed, nothing else is waited for: opening a pipe does not block, and it is refused.
pub(super) fn open(path: &Path, role: Role) -> Result<(File, Metadata), String> {
    let needs_regular_file = role.needs_regular_file(path);
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    if needs_regular_file {
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    }
    match options.open(path).and_then(|file| file.metadata().map(|metadata| (file, metadata))) {
        Ok((_, metadata)) if needs_regular_file && !metadata.is_file() && !metadata.is_dir() => {
            Err(format!("is not a regular file; {}", role.instead_of_special_file()))
        }
        Ok((file, metadata)) => {
            record(path, &metadata, role);
            Ok((file, metadata))
        }
        Err(error) => {
            record_path(path, role);
            Err(reason(&error))
        }
    }
}

/// What a file is to this run; `None` if it is nothing to it.
pub(super) fn role(path: &Path, metadata: &Metadata) -> Option<Role> {
    let identity = identity(path, metadata)?;
    RECORD.lock().unwrap_or_else(PoisonError::into_inner).get(&identity).copied()
}

/// Where an output goes.
#[derive(PartialEq, Eq)]
pub(super) enum Target {
    /// To a file that is there.
    There(Identity),
    /// To a new one, in this directory and with this name.
    New(PathBuf),
}

impl Target {
    /// The target of a path; `None` where there is no ordinary file, nor room for one.
    pub(super) fn of(path: &Path) -> Option<Self> {
        if let Ok(metadata) = fs::metadata(path) {
            return identity(path, &metadata).map(Self::There);
        }
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok()?;
        Some(Self::New(folder.join(path.file_name()?)))
    }

    /// What the file is to this run, so far. One that is not there cannot have been read.
    pub(super) fn role(&self) -> Option<Role> {
        match self {
            Self::There(identity) => {
                RECORD.lock().unwrap_or_else(PoisonError::into_inner).get(identity).copied()
            }
            Self::New(_) => None,
        }
    }
}

/// Writes a file, over one that may be there, unless that is on record.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let said = |error: io::Error| reason(&error);
    // What was not there before cannot have been read, even where a file was that had its identity.
    let new = OpenOptions::new().write(true).create_new(true).open(path);
    let mut file = new.or_else(|_| open_old(path))?;
    record(path, &file.metadata().map_err(said)?, Role::Written);
    file.write_all(bytes).map_err(said)
}

/// Opens a file to write over it. It is emptied only after a look at what was opened.
fn open_old(path: &Path) -> Result<File, String> {
    let said = |error: io::Error| reason(&error);
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(path).map_err(said)?;
    let metadata = file.metadata().map_err(said)?;
    if let Some(role) = role(path, &metadata) {
        return Err(role.objection().to_owned());
    }
    if metadata.is_file() {
        file.set_len(0).map_err(said)?;
    }
    Ok(file)
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn what_was_read_is_known_under_every_name_and_not_written() {
        let folder = std::env::temp_dir().join(format!("apicert-files-{}", std::process::id()));
        fs::create_dir(&folder).unwrap();
        let at = |name: &str| folder.join(name);
        fs::write(at("read"), "kept").unwrap();
        fs::write(at("other"), "longer than what follows").unwrap();
        fs::hard_link(at("read"), at("hard")).unwrap();
        symlink("read", at("soft")).unwrap();
        open(&at("soft"), Role::Found).unwrap();
        open(&at("hard"), Role::Value).unwrap();
        open(&at("read"), Role::Named).unwrap();
        for name in ["read", "hard", "soft"] {
            assert!(Target::of(&at(name)).unwrap().role() == Some(Role::Value), "{name}");
            assert_eq!(write(&at(name), b"lost").unwrap_err(), Role::Value.objection());
            assert_eq!(fs::read(at(name)).unwrap(), b"kept");
        }
        for name in ["other", "new"] {
            assert!(Target::of(&at(name)).unwrap().role().is_none(), "{name}");
            write(&at(name), b"text").unwrap();
            assert_eq!(fs::read(at(name)).unwrap(), b"text");
            assert_eq!(write(&at(name), b"again").unwrap_err(), Role::Written.objection());
        }
        write(Path::new("/dev/null"), b"1").unwrap();
        write(Path::new("/dev/null"), b"2").unwrap();
        assert!(Target::of(Path::new("/dev/null")).is_none());
        fs::remove_dir_all(&folder).unwrap();
    }
}
