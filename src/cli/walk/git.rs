//! Where git looks for what is ignored. Nothing here ends a run: what cannot be read says nothing.

use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::cli::files;
use crate::cli::files::Role;

/// Whether a folder is the root of a repository, of git or of Jujutsu, which honours git's files.
pub(super) fn is_repository(folder: &Path) -> bool {
    folder.join(".git").exists() || folder.join(".jj").exists()
}

/// So many bytes of ignore files may hold in a folder at once; what is beyond says nothing. The program holds up to
/// fifty times as much for them. git itself draws that line at 100 MB a file.
pub(super) const MAX_LENGTH: u64 = 1024 * 1024;

/// What stands in a file, if it is no longer than that.
pub(super) fn read(path: &Path, room: u64) -> Option<Vec<u8>> {
    read_if(path, fs::metadata(path), room)
}

/// What stands in a file, unless it is a symbolic link: such a `.gitignore` git does not follow.
pub(super) fn read_here(path: &Path, room: u64) -> Option<Vec<u8>> {
    read_if(path, fs::symlink_metadata(path), room)
}

fn read_if(path: &Path, metadata: io::Result<Metadata>, room: u64) -> Option<Vec<u8>> {
    // To open a pipe would be to wait for who writes into it.
    let metadata = metadata.ok().filter(Metadata::is_file)?;
    files::record(path, &metadata, Role::Suppressions);
    if metadata.len() > room {
        return None;
    }
    let mut bytes = Vec::new();
    let (file, _) = files::open(path, Role::Suppressions).ok()?;
    file.take(room + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= room).then_some(bytes)
}

/// What stands in `info/exclude` of the repository whose root a folder is.
pub(super) fn read_info_exclude(folder: &Path, room: u64) -> Option<Vec<u8>> {
    let place = folder.join(".git");
    let git = if fs::metadata(&place).ok()?.is_file() {
        // A further working tree, or a submodule: the file says where its folder is.
        let bytes = read(&place, MAX_LENGTH)?;
        folder.join(path_of(first_line(bytes.strip_prefix(b"gitdir: ")?))?)
    } else {
        place
    };
    // What is common to all working trees stands elsewhere then.
    let common = read(&git.join("commondir"), MAX_LENGTH)
        .and_then(|bytes| Some(git.join(path_of(first_line(&bytes))?)));
    read(&common.unwrap_or(git).join("info/exclude"), room)
}

/// What stands in the file that `core.excludesFile` names, or where it is looked for otherwise.
pub(super) fn read_excludes_file(room: u64) -> Option<Vec<u8>> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    let home = home().filter(|home| !home.as_os_str().is_empty());
    let in_home = |path| home.as_ref().map(|home| home.join(path));
    let of_user = variable("XDG_CONFIG_HOME").filter(|folder| !folder.as_os_str().is_empty());
    let of_user = of_user.or_else(|| in_home(".config")).map(|folder| folder.join("git"));
    let system = variable("GIT_CONFIG_SYSTEM").filter(|path| !path.as_os_str().is_empty());
    let system = system.unwrap_or_else(|| PathBuf::from("/etc/gitconfig"));
    let configurations = match variable("GIT_CONFIG_GLOBAL") {
        Some(only) => [Some(only), None, Some(system)],
        None => [in_home(".gitconfig"), of_user.as_ref().map(|folder| folder.join("config")), Some(system)],
    };
    let mut configurations = configurations.into_iter().flatten().filter_map(|path| read(&path, MAX_LENGTH));
    let path = match configurations.find_map(|bytes| excludes_file(&bytes)) {
        Some(named) => match named.strip_prefix(b"~/") {
            Some(rest) => home.as_ref()?.join(path_of(rest)?),
            None => path_of(&named)?.to_owned(),
        },
        None => of_user?.join("ignore"),
    };
    read(&path, room)
}

/// The folder of the user. The standard library's would ask for it elsewhere too, where git does not.
#[cfg(not(windows))]
fn home() -> Option<PathBuf> {
    std::env::var_os("HOME").map(PathBuf::from)
}

#[cfg(windows)]
fn home() -> Option<PathBuf> {
    std::env::home_dir()
}

#[cfg(unix)]
#[allow(clippy::unnecessary_wraps, reason = "elsewhere not all bytes are a path")]
fn path_of(bytes: &[u8]) -> Option<&Path> {
    Some(Path::new(<OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(bytes)))
}

#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> Option<&Path> {
    std::str::from_utf8(bytes).ok().map(OsStr::new).map(Path::new)
}

fn first_line(bytes: &[u8]) -> &[u8] {
    bytes.split(|&byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default()
}

/// The value of `core.excludesFile` in a configuration of git; the last one counts.
fn excludes_file(configuration: &[u8]) -> Option<Vec<u8>> {
    let mut bytes =
        configuration.strip_prefix(b"\xef\xbb\xbf").unwrap_or(configuration).iter().copied().peekable();
    let (mut is_core, mut found) = (false, None);
    while let Some(byte) = bytes.next() {
        match byte {
            b'[' => {
                let section: Vec<u8> =
                    bytes.by_ref().take_while(|byte| !matches!(byte, b']' | b'\n')).collect();
                is_core = section.eq_ignore_ascii_case(b"core");
            }
            b'#' | b';' => {
                bytes.by_ref().find(|&byte| byte == b'\n');
            }
            _ if byte.is_ascii_alphabetic() => {
                let mut key = vec![byte];
                while let Some(byte) = bytes.next_if(|byte| byte.is_ascii_alphanumeric() || *byte == b'-') {
                    key.push(byte);
                }
                while bytes.next_if(|byte| matches!(byte, b' ' | b'\t')).is_some() {}
                if bytes.next_if_eq(&b'=').is_some() {
                    let value = value(&mut bytes);
                    if is_core && key.eq_ignore_ascii_case(b"excludesfile") {
                        found = Some(value);
                    }
                }
            }
            _ => {}
        }
    }
    found
}

/// A value up to the end of its line, which may be escaped.
fn value(bytes: &mut impl Iterator<Item = u8>) -> Vec<u8> {
    let mut value = Vec::new();
    // How much of it stays when the blanks at the end are gone.
    let mut length = 0;
    let mut is_quoted = false;
    while let Some(byte) = bytes.next() {
        match byte {
            b'\n' => break,
            b'"' => is_quoted = !is_quoted,
            b'#' | b';' if !is_quoted => {
                bytes.find(|&byte| byte == b'\n');
                break;
            }
            b'\\' => {
                match bytes.next() {
                    Some(b'\n') => continue,
                    Some(b'n') => value.push(b'\n'),
                    Some(b't') => value.push(b'\t'),
                    Some(b'b') => value.push(8),
                    Some(other) => value.push(other),
                    None => break,
                }
                length = value.len();
            }
            b' ' | b'\t' | b'\r' if !is_quoted => {
                if !value.is_empty() {
                    value.push(byte);
                }
            }
            _ => {
                value.push(byte);
                length = value.len();
            }
        }
    }
    value.truncate(length);
    value
}
