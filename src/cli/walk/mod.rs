//! The files below a folder, in the order of their paths, without those that are hidden or ignored. Symbolic
//! links are not followed, so that there are no loops.

mod git;
mod rules;

use std::ffi::{OsStr, OsString};
use std::fs::{self, FileType};
use std::io;
use std::path::{Path, PathBuf};

use crate::cli::patterns;
use crate::cli::walk::rules::Rules;

/// Goes through a folder and those in it.
pub(super) struct Walk<F> {
    rules: Rules,
    /// Folders that it is in, the innermost last.
    open: Vec<Folder>,
    /// The folder that it begins with, until it has begun.
    start: Option<PathBuf>,
    /// Whether something is looked at, by its path and whether it is a folder.
    is_wanted: F,
}

/// What could not be read.
pub(super) struct Unread {
    pub(super) path: PathBuf,
    pub(super) error: io::Error,
}

/// A folder, and what in it has not had its turn yet.
struct Folder {
    /// Where it lies, from the root on.
    place: Vec<u8>,
    entries: std::vec::IntoIter<Result<Entry, Unread>>,
}

struct Entry {
    path: PathBuf,
    name: OsString,
    kind: FileType,
    is_hidden: bool,
}

impl<F: Fn(&Path, bool) -> bool> Walk<F> {
    /// The folder itself is walked whatever is said of it.
    pub(super) fn new(folder: &Path, is_wanted: F) -> Self {
        Self { rules: Rules::default(), open: Vec::new(), start: Some(folder.to_owned()), is_wanted }
    }

    fn enter(&mut self, path: &Path, place: Vec<u8>) -> Result<(), Unread> {
        let entries = entries(path)?.into_iter();
        self.rules.enter(path, &place);
        self.open.push(Folder { place, entries });
        Ok(())
    }

    /// What comes of an entry, which lies there from the root on.
    fn visit(&mut self, entry: Entry, place: Vec<u8>) -> Option<Result<PathBuf, Unread>> {
        let Entry { path, kind, is_hidden, .. } = entry;
        let is_folder = kind.is_dir();
        // What is taken back by a line of an ignore file is looked at though it is hidden.
        let is_passed_over = self.rules.names(&place, is_folder).unwrap_or(is_hidden);
        if is_passed_over || !(self.is_wanted)(&path, is_folder) {
            None
        } else if is_folder {
            self.enter(&path, place).err().map(Err)
        } else {
            kind.is_file().then_some(Ok(path))
        }
    }
}

impl<F: Fn(&Path, bool) -> bool> Iterator for Walk<F> {
    type Item = Result<PathBuf, Unread>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(start) = self.start.take() {
            let place = fs::canonicalize(&start).unwrap_or_default();
            self.rules.enter_those_above(&place);
            if let Err(unread) = self.enter(&start, patterns::slashed(&place)) {
                return Some(Err(unread));
            }
        }
        while let Some(folder) = self.open.last_mut() {
            let found = match folder.entries.next() {
                Some(Ok(entry)) => {
                    let place = place_in(&folder.place, &entry.name);
                    self.visit(entry, place)
                }
                Some(Err(unread)) => Some(Err(unread)),
                None => {
                    self.open.pop();
                    self.rules.leave();
                    None
                }
            };
            if found.is_some() {
                return found;
            }
        }
        None
    }
}

/// Where something lies that is called so, in a folder that lies there.
fn place_in(folder: &[u8], name: &OsStr) -> Vec<u8> {
    let mut place = Vec::with_capacity(folder.len() + 1 + name.len());
    place.extend_from_slice(folder);
    if !folder.is_empty() {
        place.push(b'/');
    }
    place.extend_from_slice(name.as_encoded_bytes());
    place
}

/// What is in a folder, in order; before that, what cannot be read of it.
fn entries(folder: &Path) -> Result<Vec<Result<Entry, Unread>>, Unread> {
    let unread = |error| Unread { path: folder.to_owned(), error };
    let found = fs::read_dir(folder).map_err(unread)?;
    let mut found: Vec<_> =
        found.map(|entry| entry.map_err(unread).and_then(|entry| entry_of(&entry))).collect();
    found.sort_by(|one, other| {
        one.as_ref().ok().map(|it| &it.name).cmp(&other.as_ref().ok().map(|it| &it.name))
    });
    Ok(found)
}

fn entry_of(entry: &fs::DirEntry) -> Result<Entry, Unread> {
    let (path, name) = (entry.path(), entry.file_name());
    match entry.file_type() {
        Ok(kind) => Ok(Entry { is_hidden: is_hidden(entry, &name), path, name, kind }),
        Err(error) => Err(Unread { path, error }),
    }
}

/// Whether a name begins with a dot, or Windows calls it hidden.
fn is_hidden(entry: &fs::DirEntry, name: &OsStr) -> bool {
    #[cfg(windows)]
    if entry.metadata().is_ok_and(|it| std::os::windows::fs::MetadataExt::file_attributes(&it) & 2 != 0) {
        return true;
    }
    let _ = entry;
    name.as_encoded_bytes().starts_with(b".")
}
