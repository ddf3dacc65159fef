//! Files that take the place of another, and files that must not be there yet. Either the old file is
//! there or the new one, whole, whenever the process or the machine dies.
//!
//! The text holds a key, so no further copy of it may stay behind. On Linux it is written into a file
//! without a name, which is gone when the process is. It gets one only when it is whole and on the
//! disk, one system call before it takes the old one's place. No signal that can be held back comes in
//! between. Should the process be killed (or the power fail) just there, the file lies under the name
//! [`temporary_name`], with the permissions of the old one, and the next run on the old one removes
//! it. On other systems, and on file systems that know no files without names, it has that name from
//! the start, and only the owner may read it.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::cli::files;
use crate::cli::files::Role;
use crate::cli::read_input::reason;
use crate::cli::signals;

/// Puts `text` in the place of a file that holds `expected`: with its permissions and owner, and through
/// symbolic links. What speaks against it is said, and nothing is changed then.
pub(super) fn replace(path: &Path, expected: &[u8], text: &[u8]) -> Result<(), String> {
    let said = |error: io::Error| reason(&error);
    // Asked first: of a pipe there is no path to speak of.
    if !fs::metadata(path).map_err(said)?.is_file() {
        return Err(no_ordinary_file());
    }
    let path = fs::canonicalize(path).map_err(said)?;
    let old = system::Old::open(&path)?;
    // An input is there to be repaired; whatever else this run reads is not.
    if let Some(role) = files::role(&path, &old.metadata).filter(|role| *role > Role::Named) {
        return Err(format!("was left as it is: {}", role.objection()));
    }
    if *read(&old.file).map_err(said)? != expected {
        return Err("was changed by another program meanwhile; run this again".to_owned());
    }
    let _held = (signals::hold_off_to_the_end(), system::hold_signals());
    let new = Unnamed::write(&path, &old.metadata, text).map_err(said)?;
    system::copy_metadata(new.file(), &old)?;
    new.file().sync_all().map_err(said)?;
    new.take_the_place_of(&path).map_err(said)
}

/// Removes what a run on this file left behind that was killed at the one moment when it could.
pub(super) fn remove_stale_temp(path: &Path) {
    let Ok(path) = fs::canonicalize(path) else { return };
    let Ok(metadata) = fs::metadata(&path) else { return };
    let left = path.with_file_name(temporary_name(&metadata));
    // The file is locked for as long as another run is at work on it.
    if left.symlink_metadata().is_ok_and(|left| left.is_file()) && system::Old::open(&path).is_ok() {
        let _ = fs::remove_file(left);
    }
}

/// Makes a file that only the owner may read. One that is there already is replaced only by `force`.
pub(super) fn create(path: &Path, text: &[u8], force: bool) -> Result<(), String> {
    let said = |error: io::Error| reason(&error);
    let _held = system::hold_signals();
    match fs::canonicalize(path) {
        Ok(there) => {
            let metadata = fs::metadata(&there).map_err(said)?;
            if !metadata.is_file() {
                return Err(if metadata.is_dir() { "is a folder" } else { "is no ordinary file" }.to_owned());
            }
            if let Some(role) = files::role(&there, &metadata) {
                return Err(role.objection().to_owned());
            }
            if !force {
                return Err("is there already; --force replaces it".to_owned());
            }
            let new = Unnamed::write(&there, &metadata, text).map_err(said)?;
            new.file().sync_all().map_err(said)?;
            new.take_the_place_of(&there).map_err(said)
        }
        Err(_) if path.symlink_metadata().is_ok() => Err("is a link to nowhere".to_owned()),
        Err(error) if error.kind() == io::ErrorKind::NotFound => make(path, text).map_err(|error| {
            if error.kind() == io::ErrorKind::AlreadyExists {
                "is there already; --force replaces it".to_owned()
            } else {
                said(error)
            }
        }),
        Err(error) => Err(said(error)),
    }
}

/// Makes a file that is not there.
fn make(path: &Path, text: &[u8]) -> io::Result<()> {
    if let Some(mut file) = system::unnamed_temp_file(folder_of(path))? {
        file.write_all(text)?;
        file.sync_all()?;
        if system::give_name(&file, path)? {
            return Ok(());
        }
    }
    let mut named = Named::create(path)?;
    named.file.write_all(text)?;
    named.file.sync_all()?;
    named.keep = true;
    Ok(())
}

/// What the new file of an old one is called, for a moment. A process that was killed in that moment
/// left it to the next one, which finds it by the same name.
fn temporary_name(old: &Metadata) -> String {
    format!(".apicert-{:x}", system::number(old))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

/// A new file that nobody sees yet.
enum Unnamed {
    /// It has no name.
    Nameless { file: File, temporary: PathBuf },
    /// It has the temporary one.
    Named(Named),
}

impl Unnamed {
    fn write(old: &Path, metadata: &Metadata, text: &[u8]) -> io::Result<Self> {
        let temporary = old.with_file_name(temporary_name(metadata));
        match fs::remove_file(&temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let nameless = system::unnamed_temp_file(folder_of(old))?;
        let mut new = match nameless {
            Some(file) => Self::Nameless { file, temporary },
            None => Self::Named(Named::create(&temporary)?),
        };
        new.file_mut().write_all(text)?;
        Ok(new)
    }

    const fn file(&self) -> &File {
        match self {
            Self::Nameless { file, .. } => file,
            Self::Named(named) => &named.file,
        }
    }

    const fn file_mut(&mut self) -> &mut File {
        match self {
            Self::Nameless { file, .. } => file,
            Self::Named(named) => &mut named.file,
        }
    }

    fn take_the_place_of(self, old: &Path) -> io::Result<()> {
        let mut named = match self {
            Self::Named(named) => named,
            Self::Nameless { file, temporary } => {
                if !system::give_name(&file, &temporary)? {
                    return Err(io::ErrorKind::Unsupported.into());
                }
                Named { file, path: temporary, keep: false }
            }
        };
        crate::cli::panic_hook::rehearse_end();
        fs::rename(&named.path, old)?;
        named.keep = true;
        // Were the machine to stop before the folder is written, the old file would be there: whole.
        let _ = system::sync_folder(folder_of(old));
        Ok(())
    }
}

/// A file that goes when nobody wants to keep it.
struct Named {
    file: File,
    path: PathBuf,
    keep: bool,
}

impl Named {
    fn create(path: &Path) -> io::Result<Self> {
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        system::for_the_owner_alone(&mut options);
        Ok(Self { file: options.open(path)?, path: path.to_owned(), keep: false })
    }
}

impl Drop for Named {
    fn drop(&mut self) {
        if !self.keep {
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn read(mut file: &File) -> io::Result<Zeroizing<Vec<u8>>> {
    let length = usize::try_from(file.metadata()?.len()).unwrap_or(0);
    // One more than it has, so that reading its end needs no more room.
    let mut bytes = Zeroizing::new(Vec::with_capacity(length + 64));
    file.read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn no_ordinary_file() -> String {
    "is no ordinary file; use --stdout".to_owned()
}

fn read_only() -> String {
    "is read-only and was left as it is; make it writable, or use --stdout".to_owned()
}

/// Unix.
#[cfg(unix)]
mod system {
    use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt, fchown};

    use nix::sys::signal::{SigSet, SigmaskHow};
    use rustix::fs::{FlockOperation, flock};

    use super::File;
    use super::Metadata;
    use super::OpenOptions;
    use super::Path;
    use super::fs;
    use super::io;
    use super::no_ordinary_file;
    use super::read_only;
    use super::reason;

    /// A file that is to be replaced, locked.
    pub(super) struct Old {
        pub(super) file: File,
        pub(super) metadata: Metadata,
    }

    impl Old {
        pub(super) fn open(path: &Path) -> Result<Self, String> {
            let said = |error: io::Error| reason(&error);
            let metadata = fs::metadata(path).map_err(said)?;
            if !metadata.is_file() {
                return Err(no_ordinary_file());
            }
            // The superuser would be let in all the same; but somebody meant it.
            if metadata.mode() & 0o222 == 0 {
                return Err(read_only());
            }
            if metadata.nlink() > 1 {
                return Err(format!(
                    "has {} names (hard links), and the others would keep the old text; use --stdout",
                    metadata.nlink()
                ));
            }
            let file = OpenOptions::new().read(true).write(true).open(path).map_err(said)?;
            // File systems without locks exist; there the file is not locked.
            if flock(&file, FlockOperation::NonBlockingLockExclusive) == Err(rustix::io::Errno::WOULDBLOCK) {
                return Err("is being changed by another program".to_owned());
            }
            // Another run may have replaced it before it was locked.
            let locked = file.metadata().map_err(said)?;
            let there = fs::metadata(path).map_err(said)?;
            if (locked.dev(), locked.ino()) != (there.dev(), there.ino()) {
                return Err("was changed by another program meanwhile; run this again".to_owned());
            }
            Ok(Self { file, metadata: locked })
        }
    }

    pub(super) fn number(old: &Metadata) -> u64 {
        old.ino()
    }

    pub(super) fn for_the_owner_alone(options: &mut OpenOptions) {
        options.mode(0o600);
    }

    /// Gives a new file the owner, permissions and attributes of the old one.
    pub(super) fn copy_metadata(new: &File, old: &Old) -> Result<(), String> {
        let said = |error: io::Error| reason(&error);
        let own = new.metadata().map_err(said)?;
        let (user, group) = (old.metadata.uid(), old.metadata.gid());
        if (own.uid(), own.gid()) != (user, group) {
            fchown(new, Some(user), Some(group)).map_err(|error| {
                format!("its owner or group would change ({}); use --stdout", reason(&error))
            })?;
        }
        new.set_permissions(fs::Permissions::from_mode(old.metadata.mode() & 0o7777)).map_err(said)?;
        copy_attributes(new, &old.file)
    }

    /// Copies the extended attributes, access control lists among them.
    #[cfg(target_os = "linux")]
    fn copy_attributes(new: &File, old: &File) -> Result<(), String> {
        use rustix::fs::{XattrFlags, fgetxattr, flistxattr, fsetxattr};
        const MAX: usize = 64 * 1024;
        let mut names = vec![0; MAX];
        // Many file systems have none.
        let Ok(length) = flistxattr(old, names.as_mut_slice()) else { return Ok(()) };
        let mut value = vec![0; MAX];
        for name in names.get(..length).unwrap_or_default().split(|&byte| byte == 0) {
            if name.is_empty() {
                continue;
            }
            let Ok(length) = fgetxattr(old, name, value.as_mut_slice()) else { continue };
            let set = fsetxattr(new, name, value.get(..length).unwrap_or_default(), XattrFlags::empty());
            // Others, such as labels of the kernel, are not ours to give.
            if name == b"system.posix_acl_access" && set.is_err() {
                return Err("its access control list cannot be kept; use --stdout".to_owned());
            }
        }
        Ok(())
    }

    #[cfg(not(target_os = "linux"))]
    fn copy_attributes(_: &File, _: &File) -> Result<(), String> {
        Ok(())
    }

    /// A file without a name, which goes with the process; `None` where there are none.
    #[cfg(target_os = "linux")]
    pub(super) fn unnamed_temp_file(folder: &Path) -> io::Result<Option<File>> {
        use rustix::fs::{CWD, Mode, OFlags, openat};
        use rustix::io::Errno;
        if is_named_from_the_start() {
            return Ok(None);
        }
        let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
        match openat(CWD, folder, flags, Mode::RUSR | Mode::WUSR) {
            // It can be named only by way of /proc.
            Ok(file) if fs::symlink_metadata(proc_fd_path(&file)).is_ok() => Ok(Some(file.into())),
            Ok(_) | Err(Errno::OPNOTSUPP | Errno::ISDIR | Errno::INVAL) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Names a file without a name; `false` if that cannot be.
    #[cfg(target_os = "linux")]
    pub(super) fn give_name(file: &File, path: &Path) -> io::Result<bool> {
        use rustix::fs::{AtFlags, CWD, linkat};
        linkat(CWD, proc_fd_path(file), CWD, path, AtFlags::SYMLINK_FOLLOW)?;
        Ok(true)
    }

    #[cfg(target_os = "linux")]
    fn proc_fd_path(file: &impl std::os::fd::AsRawFd) -> String {
        format!("/proc/self/fd/{}", file.as_raw_fd())
    }

    /// Lets the tests see what happens on file systems that know no files without names.
    #[cfg(all(target_os = "linux", debug_assertions))]
    fn is_named_from_the_start() -> bool {
        std::env::var_os("APICERT_REHEARSE_NAMED").is_some()
    }

    #[cfg(all(target_os = "linux", not(debug_assertions)))]
    const fn is_named_from_the_start() -> bool {
        false
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn unnamed_temp_file(_: &Path) -> io::Result<Option<File>> {
        Ok(None)
    }

    #[cfg(not(target_os = "linux"))]
    pub(super) fn give_name(_: &File, _: &Path) -> io::Result<bool> {
        Ok(false)
    }

    pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
        File::open(folder)?.sync_all()
    }

    /// Holds signals back for as long as it lives. What came meanwhile comes then.
    pub(super) struct Held(Option<SigSet>);

    pub(super) fn hold_signals() -> Held {
        Held(SigSet::all().thread_swap_mask(SigmaskHow::SIG_BLOCK).ok())
    }

    impl Drop for Held {
        fn drop(&mut self) {
            if let Some(before) = self.0.take() {
                let _ = before.thread_set_mask();
            }
        }
    }
}

/// Systems of which no more is known than that they have files.
#[cfg(not(unix))]
mod system {
    use super::File;
    use super::Metadata;
    use super::OpenOptions;
    use super::Path;
    use super::fs;
    use super::io;
    use super::no_ordinary_file;
    use super::read_only;
    use super::reason;

    pub(super) struct Old {
        pub(super) file: File,
        pub(super) metadata: Metadata,
    }

    impl Old {
        pub(super) fn open(path: &Path) -> Result<Self, String> {
            let file = File::open(path).map_err(|error| reason(&error))?;
            let metadata = file.metadata().map_err(|error| reason(&error))?;
            if !metadata.is_file() {
                return Err(no_ordinary_file());
            }
            if metadata.permissions().readonly() {
                return Err(read_only());
            }
            Ok(Self { file, metadata })
        }
    }

    /// There is nothing to tell files of one folder by: one at a time.
    pub(super) const fn number(_: &Metadata) -> u64 {
        0
    }

    pub(super) const fn for_the_owner_alone(_: &mut OpenOptions) {}

    pub(super) fn copy_metadata(new: &File, old: &Old) -> Result<(), String> {
        new.set_permissions(old.metadata.permissions()).map_err(|error| reason(&error))
    }

    pub(super) const fn unnamed_temp_file(_: &Path) -> io::Result<Option<File>> {
        Ok(None)
    }

    pub(super) const fn give_name(_: &File, _: &Path) -> io::Result<bool> {
        Ok(false)
    }

    pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
        fs::metadata(folder).map(|_| ())
    }

    pub(super) const fn hold_signals() {}
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

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
    fn a_file_that_is_locked_is_left_alone() {
        let folder = Folder::new("locked");
        let path = folder.file("old");
        let left = folder.0.join(temporary_name(&fs::metadata(&path).unwrap()));
        fs::write(&left, "somebody's").unwrap();
        let held = system::Old::open(&path).unwrap_or_else(|message| panic!("{message}"));
        assert_eq!(replace(&path, b"old", b"new").unwrap_err(), "is being changed by another program");
        remove_stale_temp(&path);
        assert!(left.exists());
        drop(held);
        remove_stale_temp(&path);
        assert!(!left.exists());
        replace(&path, b"old", b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
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
