//! Where the repository begins, and where in it a file lies. Some readers of reports find a file by its
//! path from there, wherever the tool was started.

use std::path::{Component, Path, PathBuf};

use crate::output::Site;

/// What GitLab calls the folder that it has put the repository in; the working directory may be in a
/// repository within it, a submodule, that GitLab knows nothing of.
const GITLAB_ROOT: &str = "CI_PROJECT_DIR";

/// What GitHub calls the folder that it puts repositories in, often the one and only.
const GITHUB_ROOT: &str = "GITHUB_WORKSPACE";

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
        let repository = || here.ancestors().find(|folder| folder.join(".git").exists()).map(Path::to_owned);
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
