//! Where the repository begins, and where in it a file lies. Some readers of reports find a file by its
//! path from there, wherever the tool was started.

use std::collections::HashMap;
use std::path::{Component, MAIN_SEPARATOR_STR, Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use crate::output::Site;

/// What GitLab calls the folder that it has put the repository in; the working directory may be in a
/// repository within it, a submodule, that GitLab knows nothing of.
const GITLAB_ROOT: &str = "CI_PROJECT_DIR";

/// What GitHub calls the folder that it puts repositories in, often the one and only.
const GITHUB_ROOT: &str = "GITHUB_WORKSPACE";

/// What stands in the root of a repository: a folder, or a file in further working trees.
const REPOSITORY: &str = ".git";

/// The root of the repository.
pub(super) struct Root {
    /// The root, without symbolic links.
    root: PathBuf,
    /// The working directory, likewise.
    here: PathBuf,
}

impl Root {
    /// Finds it from the working directory; where there is no repository, that is the root.
    pub(super) fn find() -> Self {
        let here = std::env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
        let named = |name: &str| {
            let root = PathBuf::from(std::env::var_os(name)?).canonicalize().ok()?;
            (root.parent().is_some() && here.starts_with(&root)).then_some(root)
        };
        let repository =
            || here.ancestors().find(|folder| folder.join(REPOSITORY).exists()).map(Path::to_owned);
        let root = named(GITLAB_ROOT).or_else(repository).or_else(|| named(GITHUB_ROOT));
        Self { root: root.unwrap_or_else(|| here.clone()), here }
    }

    /// Where a file lies: by its path or, where there is none, by its name in reports. Symbolic links
    /// are followed, unless they lead out of the repository.
    pub(super) fn site(&self, file: Option<&Path>, name: &str) -> Site {
        if file.is_none() && name == "-" {
            return Site::stdin();
        }
        let file = file.unwrap_or_else(|| Path::new(name));
        let written = flat(&self.here.join(file));
        let real = file.canonicalize().ok();
        let inside = real.iter().chain([&written]).find_map(|path| path.strip_prefix(&self.root).ok());
        match inside {
            Some(path) => Site::in_repository(parts(path).iter().map(Vec::as_slice)),
            None => Site::elsewhere(parts(file).iter().map(Vec::as_slice)),
        }
    }
}

/// The paths that fingerprints are made of. They do not depend on the working directory, nor on how a file was
/// named, so the baseline of one run is good for the next.
pub(super) struct FingerprintPaths {
    /// The working directory, without symbolic links.
    here: PathBuf,
    /// Where a pipeline puts repositories, and where the configuration lies: they count where there is no
    /// repository.
    others: Vec<PathBuf>,
    /// Of directories, by the path that led there: where they lie, and the root of their repository.
    directories: Mutex<HashMap<PathBuf, Option<Directory>>>,
    /// The last file, and its path: there may be many bodies in it.
    last: Mutex<Option<(PathBuf, String)>>,
}

/// A directory.
#[derive(Clone)]
struct Directory {
    /// Where it lies, from the root of the file system on and without symbolic links.
    place: PathBuf,
    /// The root of its repository.
    root: Option<PathBuf>,
}

impl FingerprintPaths {
    /// For a run with a configuration in that directory.
    pub(super) fn new(configuration: Option<&Path>) -> Self {
        let here = std::env::current_dir().and_then(|here| here.canonicalize()).unwrap_or_default();
        let named = [GITLAB_ROOT, GITHUB_ROOT].into_iter().filter_map(|name| {
            let root = PathBuf::from(std::env::var_os(name)?).canonicalize().ok()?;
            root.parent().is_some().then_some(root)
        });
        let others = named.chain(configuration.map(Path::to_owned)).collect();
        Self { here, others, directories: Mutex::default(), last: Mutex::default() }
    }

    /// That of a file: by its path or, where there is none, by its name in reports.
    pub(super) fn of(&self, file: Option<&Path>, name: &str) -> String {
        if file.is_none() && name == "-" {
            return name.to_owned();
        }
        let file = file.unwrap_or_else(|| Path::new(name));
        let last = || self.last.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, path)) = last().as_ref().filter(|(known, _)| known == file) {
            return path.clone();
        }
        let path = self.find(file, name);
        *last() = Some((file.to_owned(), path.clone()));
        path
    }

    /// From the root of the file's repository on; where there is none, from the directory of the configuration on;
    /// where it is not in that, as it was given.
    fn find(&self, file: &Path, name: &str) -> String {
        let written = flat(&self.here.join(file));
        let is_link = file.symlink_metadata().is_ok_and(|metadata| metadata.is_symlink());
        let places = [
            // Where a link leads.
            is_link.then(|| file.canonicalize().ok()).flatten(),
            file.file_name().and_then(|name| Some(self.directory(folder_of(file))?.place.join(name))),
            Some(written),
        ];
        let places = || places.iter().flatten();
        let repository = places().find_map(|place| {
            let root = self.directory(place.parent()?)?.root?;
            place.strip_prefix(root).ok()
        });
        let other = || self.others.iter().find_map(|root| places().find_map(|at| at.strip_prefix(root).ok()));
        match repository.or_else(other) {
            Some(path) => Site::in_repository(parts(path).iter().map(Vec::as_slice)).path(),
            None => name.replace(MAIN_SEPARATOR_STR, "/"),
        }
    }

    fn directory(&self, path: &Path) -> Option<Directory> {
        let mut directories = self.directories.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = directories.get(path) {
            return known.clone();
        }
        let found = path.canonicalize().ok().map(|place| {
            let root = place.ancestors().find(|folder| folder.join(REPOSITORY).exists()).map(Path::to_owned);
            Directory { place, root }
        });
        directories.insert(path.to_owned(), found.clone());
        found
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

/// A path without `.` and `..`, symbolic links not followed.
fn flat(path: &Path) -> PathBuf {
    let mut flat = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                flat.pop();
            }
            other => flat.push(other),
        }
    }
    flat
}

/// The names in a path, as bytes: what they are on Unix, and text elsewhere.
fn parts(path: &Path) -> Vec<Vec<u8>> {
    let names = path.components().filter_map(|component| match component {
        Component::Normal(name) => Some(name),
        _ => None,
    });
    #[cfg(unix)]
    let bytes = names.map(|name| std::os::unix::ffi::OsStrExt::as_bytes(name).to_vec());
    #[cfg(not(unix))]
    let bytes = names.map(|name| name.to_string_lossy().into_owned().into_bytes());
    bytes.collect()
}
