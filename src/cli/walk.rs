//! The files below a directory in the order of their paths, without those that are hidden or ignored, by the crate
//! `ignore`. Symbolic links are not followed, so there are no loops.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use ignore::WalkBuilder;

use crate::cli::files::{self, Role};
use crate::cli::patterns::MAX_LENGTH;
use crate::cli::read_input;

/// The most bytes of ignore files that apply to one directory. The crate takes up to 600 times as much memory.
const MAX_IGNORE_BYTES: u64 = 64 * 1024;

/// A path that could not be read, and why.
pub(super) struct Unread {
    pub(super) path: PathBuf,
    pub(super) message: String,
}

/// The regular files below a directory for which `is_wanted` holds. It is asked about directories, too, which are
/// not entered if it does not hold.
///
/// The ignore files of a directory are checked before the directory is entered, because the walker would wait for a
/// pipe and would read a file of any length. A directory with an ignore file that fails the check is not entered.
pub(super) fn walk(
    root: &Path,
    is_wanted: impl Fn(&Path, bool) -> bool + Send + Sync + 'static,
) -> Box<dyn Iterator<Item = Result<PathBuf, Unread>>> {
    let above = fs::canonicalize(root).unwrap_or_default();
    let unread: Vec<Unread> = above.ancestors().filter_map(|directory| check(directory).err()).collect();
    if !unread.is_empty() {
        return Box::new(unread.into_iter().map(Err));
    }
    record_git_configuration();
    let unread = Arc::new(Mutex::new(Vec::new()));
    let refused = Arc::clone(&unread);
    let mut entries = WalkBuilder::new(root)
        .sort_by_file_name(Ord::cmp)
        .filter_entry(move |entry| {
            let is_directory = entry.file_type().is_some_and(|kind| kind.is_dir());
            if !is_wanted(entry.path(), is_directory) {
                return false;
            }
            let checked = if is_directory { check(entry.path()) } else { Ok(()) };
            checked
                .map_err(|error| refused.lock().unwrap_or_else(PoisonError::into_inner).push(error))
                .is_ok()
        })
        .build();
    let mut next = None;
    Box::new(std::iter::from_fn(move || {
        loop {
            // An entry may have been found only after directories that were refused. They come first.
            if next.is_none() {
                next = entries.next();
            }
            let mut unread = unread.lock().unwrap_or_else(PoisonError::into_inner);
            if !unread.is_empty() {
                return Some(Err(unread.remove(0)));
            }
            match next.take()? {
                Ok(entry) if entry.file_type().is_some_and(|kind| kind.is_file()) => {
                    return Some(Ok(entry.into_path()));
                }
                Ok(_) => {}
                Err(error) => return Some(Err(unread_of(error))),
            }
        }
    }))
}

/// Checks the ignore files of a directory and records that this run reads them.
fn check(directory: &Path) -> Result<(), Unread> {
    let applied = directory.ancestors().flat_map(|above| [above.join(".ignore"), above.join(".gitignore")]);
    let length: u64 = applied.filter_map(|path| fs::metadata(path).ok()).map(|metadata| metadata.len()).sum();
    if length > MAX_IGNORE_BYTES {
        let message = format!(
            "is not searched: the ignore files that apply to it have more than {} KiB; shorten them",
            MAX_IGNORE_BYTES >> 10
        );
        return Err(Unread { path: directory.to_owned(), message });
    }
    let git = git_directory(directory);
    let common = git.join("commondir");
    // In a further working tree, `info/exclude` is in the directory that all working trees have in common.
    let shared = read_line(&common).map_or_else(|| git.clone(), |path| git.join(path));
    let files =
        [directory.join(".ignore"), directory.join(".gitignore"), common, shared.join("info/exclude")];
    files
        .into_iter()
        .try_for_each(|path| check_ignore_file(&path).map_err(|message| Unread { path, message }))
}

fn check_ignore_file(path: &Path) -> Result<(), String> {
    // As for git, a directory of that name says nothing.
    if !fs::metadata(path).is_ok_and(|metadata| !metadata.is_dir()) {
        return Ok(());
    }
    let bytes = read_input::read_file(path, Role::Suppressions)?;
    if bytes.split(|&byte| byte == b'\n').any(|line| line.len() > MAX_LENGTH) {
        return Err(format!("has a line of more than {MAX_LENGTH} bytes and was not read; shorten it"));
    }
    Ok(())
}

/// The git directory of a repository with this root: `.git`, or what a file `.git` names.
fn git_directory(root: &Path) -> PathBuf {
    let git = root.join(".git");
    match read_line(&git) {
        Some(line) => root.join(line.strip_prefix("gitdir: ").unwrap_or(&line)),
        None => git,
    }
}

/// The first line of a short regular file.
fn read_line(path: &Path) -> Option<String> {
    if !fs::metadata(path).is_ok_and(|metadata| metadata.is_file()) {
        return None;
    }
    let bytes = read_input::read_file(path, Role::Suppressions).ok()?;
    Some(std::str::from_utf8(&bytes).ok()?.lines().next()?.to_owned())
}

/// Records the configuration files of git that say which files are ignored.
fn record_git_configuration() {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    let home = std::env::home_dir();
    let in_home = |path| home.as_ref().map(|home| home.join(path));
    let paths = [
        variable("GIT_CONFIG_GLOBAL"),
        variable("GIT_CONFIG_SYSTEM"),
        in_home(".gitconfig"),
        variable("XDG_CONFIG_HOME").or_else(|| in_home(".config")).map(|path| path.join("git/config")),
        ignore::gitignore::gitconfig_excludes_path(),
    ];
    paths.into_iter().flatten().for_each(|path| files::record_path(&path, Role::Suppressions));
}

fn unread_of(error: ignore::Error) -> Unread {
    let path = path_of(&error).unwrap_or_default();
    let message = match error.into_io_error() {
        Some(error) => read_input::reason(&error),
        None => "cannot be searched".to_owned(),
    };
    Unread { path, message }
}

fn path_of(error: &ignore::Error) -> Option<PathBuf> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path.clone()),
        ignore::Error::WithDepth { err, .. } => path_of(err),
        _ => None,
    }
}
