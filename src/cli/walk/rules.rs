//! What the ignore files say that hold in a folder: its own, and those of the folders above it.

use std::path::Path;

use crate::cli::patterns::{List, slashed};
use crate::cli::walk::git;

/// Those that hold in a folder.
#[derive(Default)]
pub(super) struct Rules {
    /// From the root on, the innermost folder last.
    levels: Vec<Level>,
    /// git's own for all repositories, once there is one.
    everywhere: Option<List>,
    /// How many bytes of all that are read.
    length: u64,
}

/// Those of a folder.
struct Level {
    /// Where names in it begin, in paths from the root on.
    start: usize,
    /// `.ignore`
    ours: List,
    /// `.gitignore`
    gits: List,
    /// `.git/info/exclude`
    excluded: List,
    is_repository: bool,
    /// How many bytes of them were read.
    length: u64,
}

impl Rules {
    /// Goes from the root to a folder, but not into it.
    pub(super) fn enter_those_above(&mut self, folder: &Path) {
        let mut above: Vec<&Path> = folder.ancestors().skip(1).collect();
        above.reverse();
        for folder in above.into_iter().filter(|folder| !folder.as_os_str().is_empty()) {
            self.enter(folder, &slashed(folder));
        }
    }

    /// Goes into a folder, which lies there from the root on.
    pub(super) fn enter(&mut self, folder: &Path, place: &[u8]) {
        let is_repository = git::is_repository(folder);
        let before = self.length;
        let mut list = |read: &dyn Fn(u64) -> Option<Vec<u8>>| {
            let file = read(git::MAX_LENGTH.saturating_sub(self.length)).unwrap_or_default();
            self.length += file.len() as u64;
            List::read(&file)
        };
        if is_repository && self.everywhere.is_none() {
            self.everywhere = Some(list(&git::read_excludes_file));
        }
        let level = Level {
            start: if place.is_empty() { 0 } else { place.len() + 1 },
            ours: list(&|room| git::read(&folder.join(".ignore"), room)),
            gits: list(&|room| git::read_here(&folder.join(".gitignore"), room)),
            excluded: list(&|room| git::read_info_exclude(folder, room).filter(|_| is_repository)),
            is_repository,
            length: self.length - before,
        };
        self.levels.push(level);
    }

    /// Leaves the innermost folder.
    pub(super) fn leave(&mut self) {
        self.length -= self.levels.pop().map_or(0, |level| level.length);
    }

    /// Whether something in the innermost folder is named, or taken back; `None` when nothing is said of it.
    /// The path is that from the root on.
    pub(super) fn names(&self, path: &[u8], is_folder: bool) -> Option<bool> {
        let by = |list: &List, level: &Level| list.names(path.get(level.start..)?, is_folder);
        // Of the folders above a repository git knows nothing.
        let of_git = || {
            let root = self.levels.iter().rposition(|level| level.is_repository)?;
            let within = self.levels.get(root..)?;
            let repository = within.first()?;
            let near = within.iter().rev().find_map(|level| by(&level.gits, level));
            near.or_else(|| by(&repository.excluded, repository))
                .or_else(|| by(self.everywhere.as_ref()?, repository))
        };
        self.levels.iter().rev().find_map(|level| by(&level.ours, level)).or_else(of_git)
    }
}
