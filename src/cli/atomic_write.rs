//! Replacing and creating files.
//!
//! The text is written into a temporary file in the same directory, which only its owner may read. When the file has
//! the owner, the permissions and the attributes of the old one and is on the disk, it is renamed to the old one. So
//! the old file is there or the new one, whole, whenever the process or the machine stops.
//!
//! The text holds a key, so every error removes the temporary file, and the signals that end a process wait until
//! the file is in place (`signals`). Only `SIGKILL` or a power failure leaves it behind, as `.apicert-` and random
//! letters, with permissions for the owner at most until the last step.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

use tempfile::{NamedTempFile, PersistError};
use zeroize::Zeroizing;

use crate::cli::files::{self, Role};
use crate::cli::read_input::reason;
use crate::cli::{display_path, signals};

const CHANGED: &str = "was changed by another program meanwhile; run this again";
const NOT_REGULAR: &str = "is no ordinary file; use --stdout";
const EXISTS: &str = "is there already; --force replaces it";

/// Replaces a file that holds `expected`, through symbolic links. Keeps its owner, permissions and attributes. Says
/// what prevents it, and changes nothing then.
///
/// A change that another program makes in the instant between the last comparison and the rename is lost: no system
/// call compares and renames.
pub(super) fn replace(path: &Path, expected: &[u8], text: &[u8]) -> Result<(), String> {
    // Asked first: the path of a pipe of the shell cannot be resolved.
    if !fs::metadata(path).map_err(|error| reason(&error))?.is_file() {
        return Err(NOT_REGULAR.to_owned());
    }
    let path = fs::canonicalize(path).map_err(|error| reason(&error))?;
    let old = Original::open(&path)?;
    // An input is there to be repaired; whatever else this run reads is not.
    if let Some(role) = files::role(&path, &old.metadata).filter(|role| *role > Role::Named) {
        return Err(format!("was left as it is: {}", role.objection()));
    }
    old.check_content(expected)?;
    let prepare = |new: &File| {
        system::copy_metadata(new, &old)?;
        new.sync_all().map_err(|error| reason(&error))?;
        old.check_unchanged(&path, expected)
    };
    write_beside(&path, text, prepare, |new| new.persist(&path))
}

/// Creates a file that only the owner may read. An existing one is replaced only by `force`.
pub(super) fn create(path: &Path, text: &[u8], force: bool) -> Result<(), String> {
    let prepare = |new: &File| new.sync_all().map_err(|error| reason(&error));
    match fs::canonicalize(path) {
        Ok(there) => {
            let metadata = fs::metadata(&there).map_err(|error| reason(&error))?;
            if !metadata.is_file() {
                return Err(if metadata.is_dir() { "is a folder" } else { "is no ordinary file" }.to_owned());
            }
            if let Some(role) = files::role(&there, &metadata) {
                return Err(role.objection().to_owned());
            }
            if !force {
                return Err(EXISTS.to_owned());
            }
            write_beside(&there, text, prepare, |new| new.persist(&there))
        }
        Err(_) if path.symlink_metadata().is_ok() => Err("is a link to nowhere".to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            write_beside(path, text, prepare, |new| new.persist_noclobber(path))
        }
        Err(error) => Err(reason(&error)),
    }
}

/// Writes `text` into a temporary file beside `path`, and renames it by `persist` when `prepare` has passed. Every
/// error removes it.
fn write_beside(
    path: &Path,
    text: &[u8],
    prepare: impl FnOnce(&File) -> Result<(), String>,
    persist: impl FnOnce(NamedTempFile) -> Result<File, PersistError>,
) -> Result<(), String> {
    let _held = signals::hold_off_to_the_end();
    let directory = path.parent().filter(|directory| !directory.as_os_str().is_empty());
    let directory = directory.unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    let mut new = builder.prefix(".apicert-").tempfile_in(directory).map_err(|error| reason(&error))?;
    let written = system::remove_inherited_acl(new.as_file())
        .and_then(|()| new.as_file_mut().write_all(text).map_err(|error| reason(&error)))
        .and_then(|()| prepare(new.as_file()));
    let placed = match written {
        Ok(()) => persist(new).map_err(|PersistError { error, file }| {
            let exists = error.kind() == io::ErrorKind::AlreadyExists;
            (file, if exists { EXISTS.to_owned() } else { reason(&error) })
        }),
        Err(message) => Err((new, message)),
    };
    match placed {
        Ok(_) => {
            // If the machine stops before the directory is written, the old file is there, whole.
            let _ = system::sync_directory(directory);
            Ok(())
        }
        Err((new, message)) => Err(remove(new, message)),
    }
}

/// Removes a temporary file; if that fails, the message names it.
fn remove(temporary: NamedTempFile, message: String) -> String {
    let path = temporary.path().to_owned();
    match temporary.close() {
        Err(error) if error.kind() != io::ErrorKind::NotFound => format!(
            "{message}; the temporary file {} holds the new text and could not be removed ({}): delete it",
            display_path::shown(&path),
            reason(&error)
        ),
        _ => message,
    }
}

/// A file that is to be replaced.
struct Original {
    file: File,
    metadata: Metadata,
}

impl Original {
    fn open(path: &Path) -> Result<Self, String> {
        let metadata = fs::metadata(path).map_err(|error| reason(&error))?;
        if !metadata.is_file() {
            return Err(NOT_REGULAR.to_owned());
        }
        // The superuser would be let in all the same; but somebody meant it.
        if metadata.permissions().readonly() {
            return Err("is read-only and was left as it is; make it writable, or use --stdout".to_owned());
        }
        let links = system::links(&metadata);
        if links > 1 {
            return Err(format!(
                "has {links} names (hard links), and the others would keep the old text; use --stdout"
            ));
        }
        // Opened for writing, too: a file that may not be written may not be replaced.
        let file = OpenOptions::new().read(true).write(true).open(path).map_err(|error| reason(&error))?;
        let opened = file.metadata().map_err(|error| reason(&error))?;
        if system::version(&opened) == system::version(&metadata) {
            Ok(Self { file, metadata })
        } else {
            Err(CHANGED.to_owned())
        }
    }

    fn check_content(&self, expected: &[u8]) -> Result<(), String> {
        // One more byte than expected shows that there is more.
        let mut bytes = Zeroizing::new(Vec::with_capacity(expected.len() + 64));
        let read = (&self.file).take(expected.len() as u64 + 1).read_to_end(&mut bytes);
        read.map_err(|error| reason(&error))?;
        if *bytes == expected { Ok(()) } else { Err(CHANGED.to_owned()) }
    }

    /// Checks that the path still names this file, with the same content, permissions and attributes.
    fn check_unchanged(&self, path: &Path, expected: &[u8]) -> Result<(), String> {
        let there = Self::open(path)?;
        there.check_content(expected)?;
        let last = fs::metadata(path).map_err(|error| reason(&error))?;
        let versions = [&self.metadata, &there.metadata, &last].map(system::version);
        if versions.iter().all(|version| *version == versions[0]) { Ok(()) } else { Err(CHANGED.to_owned()) }
    }
}

#[cfg(unix)]
mod system {
    use std::fs::{File, Metadata, Permissions};
    use std::io;
    use std::os::unix::fs::{MetadataExt, PermissionsExt, fchown};
    use std::path::Path;

    use super::Original;
    use crate::cli::read_input::reason;

    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub(super) use super::attributes::{copy_attributes, remove_inherited_acl};

    /// Elsewhere, access control lists and attributes are not kept.
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    pub(super) fn copy_attributes(_: &File, _: &File) -> Result<(), String> {
        Ok(())
    }

    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    pub(super) fn remove_inherited_acl(_: &File) -> Result<(), String> {
        Ok(())
    }

    pub(super) fn links(metadata: &Metadata) -> u64 {
        metadata.nlink()
    }

    /// What changes with the content, the permissions and the attributes of a file. The time alone is too coarse.
    pub(super) fn version(metadata: &Metadata) -> (u64, u64, i64, i64, u64, u32) {
        (
            metadata.dev(),
            metadata.ino(),
            metadata.ctime(),
            metadata.ctime_nsec(),
            metadata.len(),
            metadata.mode(),
        )
    }

    /// Gives a new file the owner, permissions and attributes of the old one. At no step may anybody read the new
    /// file who may not read the old one.
    pub(super) fn copy_metadata(new: &File, old: &Original) -> Result<(), String> {
        let owner = |metadata: &Metadata| (metadata.uid(), metadata.gid());
        let created = new.metadata().map_err(|error| reason(&error))?;
        let (user, group) = owner(&old.metadata);
        if owner(&created) != (user, group) {
            fchown(new, Some(user), Some(group)).map_err(|error| {
                format!("its owner or group would change ({}); use --stdout", reason(&error))
            })?;
        }
        // An access control list first: without it, the permissions of the group are those of its mask.
        copy_attributes(new, &old.file)?;
        let mode = old.metadata.mode();
        new.set_permissions(Permissions::from_mode(mode & 0o7777)).map_err(|error| reason(&error))?;
        let copied = new.metadata().map_err(|error| reason(&error))?;
        if (owner(&copied), copied.mode()) == ((user, group), mode) {
            Ok(())
        } else {
            Err("its owner, group or permissions would change; use --stdout".to_owned())
        }
    }

    pub(super) fn sync_directory(directory: &Path) -> io::Result<()> {
        File::open(directory)?.sync_all()
    }
}

/// Extended attributes. Access control lists are among them.
#[cfg(any(target_os = "linux", target_os = "android"))]
mod attributes {
    use std::fs::File;

    use rustix::fs::{XattrFlags, fgetxattr, flistxattr, fremovexattr, fsetxattr};
    use rustix::io::Errno;

    const ACL: &[u8] = b"system.posix_acl_access";

    /// Signatures of the old content.
    const SIGNATURES: [&[u8]; 2] = [b"security.ima", b"security.evm"];

    const MAX_LENGTH: usize = 64 * 1024;

    /// Removes the access control list that a new file has from its directory.
    pub(super) fn remove_inherited_acl(new: &File) -> Result<(), String> {
        let _ = fremovexattr(new, ACL);
        match get(new, ACL) {
            Ok(None) => Ok(()),
            _ => Err("the access control list that its directory gives to new files cannot be removed; use \
                      --stdout"
                .to_owned()),
        }
    }

    pub(super) fn copy_attributes(new: &File, old: &File) -> Result<(), String> {
        let failed = |_| "its extended attributes cannot be kept; use --stdout".to_owned();
        let mut names = vec![0; MAX_LENGTH];
        let length = match flistxattr(old, names.as_mut_slice()) {
            Err(Errno::NOTSUP | Errno::NOSYS) => 0,
            length => length.map_err(failed)?,
        };
        names.truncate(length);
        // Not every file system lists the access control list.
        for name in names.split(|&byte| byte == 0).chain([ACL]) {
            if name.is_empty() || SIGNATURES.contains(&name) {
                continue;
            }
            let Some(value) = get(old, name).map_err(failed)? else { continue };
            // Labels that the kernel gives may not be set, but are often the same.
            if let Err(error) = fsetxattr(new, name, &value, XattrFlags::empty())
                && get(new, name).ok().flatten().as_ref() != Some(&value)
            {
                return Err(failed(error));
            }
        }
        Ok(())
    }

    fn get(file: &File, name: &[u8]) -> Result<Option<Vec<u8>>, Errno> {
        let mut value = vec![0; MAX_LENGTH];
        match fgetxattr(file, name, value.as_mut_slice()) {
            Ok(length) => {
                value.truncate(length);
                Ok(Some(value))
            }
            Err(Errno::NODATA | Errno::NOTSUP | Errno::NOSYS) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

#[cfg(not(unix))]
mod system {
    use std::fs::{File, Metadata};
    use std::io;
    use std::path::Path;
    use std::time::SystemTime;

    use super::Original;
    use crate::cli::read_input::reason;

    pub(super) const fn links(_: &Metadata) -> u64 {
        1
    }

    pub(super) fn version(metadata: &Metadata) -> (Option<SystemTime>, u64) {
        (metadata.modified().ok(), metadata.len())
    }

    pub(super) const fn remove_inherited_acl(_: &File) -> Result<(), String> {
        Ok(())
    }

    pub(super) fn copy_metadata(new: &File, old: &Original) -> Result<(), String> {
        new.set_permissions(old.metadata.permissions()).map_err(|error| reason(&error))
    }

    pub(super) const fn sync_directory(_: &Path) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::path::PathBuf;

    use super::*;

    /// A folder of its own for a test.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("apicert-replace-{name}-{}", std::process::id()));
            fs::create_dir(&path).unwrap();
            Self(path)
        }

        fn file(&self, text: &str) -> PathBuf {
            let path = self.0.join("file");
            fs::write(&path, text).unwrap();
            path
        }

        fn names(&self) -> Vec<String> {
            let names = fs::read_dir(&self.0).unwrap().map(|entry| entry.unwrap().file_name());
            let mut names: Vec<String> = names.map(|name| name.into_string().unwrap()).collect();
            names.sort();
            names
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            let _ = fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_file_that_has_changed_is_left_alone() {
        let folder = Folder::new("changed");
        let path = folder.file("newer");
        assert!(replace(&path, b"old", b"repaired").unwrap_err().contains("meanwhile"));
        assert_eq!(fs::read(&path).unwrap(), b"newer");
        assert_eq!(folder.names(), ["file"]);
    }

    #[test]
    fn made_files_are_for_the_owner_alone() {
        let folder = Folder::new("made");
        let path = folder.0.join("made");
        let mode = || fs::metadata(&path).unwrap().permissions().mode() & 0o7777;
        create(&path, b"1", false).unwrap();
        assert_eq!((fs::read(&path).unwrap().as_slice(), mode()), (b"1".as_slice(), 0o600));
        assert!(create(&path, b"2", false).unwrap_err().contains("--force"));
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        create(&path, b"3", true).unwrap();
        assert_eq!((fs::read(&path).unwrap().as_slice(), mode()), (b"3".as_slice(), 0o600));
        symlink("made", folder.0.join("link")).unwrap();
        create(&folder.0.join("link"), b"4", true).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"4");
        assert_eq!(fs::read_link(folder.0.join("link")).unwrap(), Path::new("made"));
        symlink("nowhere", folder.0.join("dangling")).unwrap();
        assert_eq!(create(&folder.0.join("dangling"), b"5", true).unwrap_err(), "is a link to nowhere");
        assert_eq!(create(&folder.0, b"6", true).unwrap_err(), "is a folder");
        assert_eq!(create(Path::new("/dev/null"), b"7", true).unwrap_err(), "is no ordinary file");
        assert_eq!(folder.names(), ["dangling", "link", "made"]);
    }
}
