//! `apicert.toml`: what a project says once and for all. Where it is looked for, and which files it
//! speaks of; what may stand in it is the matter of `read`.

mod parse;

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use crate::api::{Call, Service};
use crate::cli::args::{FailOn, SeverityName};
use crate::cli::files::Role;
use crate::cli::patterns::Patterns;
use crate::cli::rule_levels::RuleLevels;
use crate::cli::suppressions::Ignore;
use crate::cli::{CliError, display_path, read_input};

/// Its JSON Schema, for editors.
pub(super) const SCHEMA: &str = include_str!("../../../schemas/apicert.schema.json");

/// What it is called.
const FILE: &str = "apicert.toml";

/// What stands in the root of a repository: a folder, or a file in further working trees.
const REPOSITORY: &str = ".git";

/// Which configuration counts.
#[derive(Args, Debug, Default)]
pub(super) struct Choice {
    /// Read this configuration [default: apicert.toml in the current folder or the nearest one above, up
    /// to the root of the repository]
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    config: Option<PathBuf>,
    /// Read no configuration
    #[arg(long)]
    no_config: bool,
}

/// What stands in a configuration. What does not is left to the command line and the defaults.
#[derive(Debug, Default)]
pub(super) struct Config {
    /// What its file is called, fit to print.
    pub(super) name: String,
    pub(super) service: Option<Service>,
    pub(super) call: Option<Call>,
    pub(super) fail_on: Option<FailOn>,
    /// The least severity of findings that are shown.
    pub(super) min_severity: Option<SeverityName>,
    pub(super) expiry_days: Option<u32>,
    pub(super) domains: Vec<String>,
    pub(super) known_instances: Vec<String>,
    pub(super) overrides: RuleLevels,
    pub(super) ignores: Vec<Ignore>,
    pub(super) selection: Selection,
}

/// Which files are looked at.
#[derive(Clone, Debug, Default)]
pub(super) struct Selection {
    /// The folder of the configuration, from the root on and without symbolic links; `None` where there
    /// is no configuration.
    folder: Option<PathBuf>,
    /// What is taken in folders; `None` for what is taken otherwise.
    include: Option<Patterns>,
    exclude: Option<Patterns>,
}

impl Config {
    /// Finds and reads the configuration that counts.
    pub(super) fn load(choice: &Choice, given: &[OsString]) -> Result<Self, CliError> {
        let (path, name) = match &choice.config {
            _ if choice.no_config => return Ok(Self::default()),
            Some(path) => (path.clone(), display_path::of(path, given)),
            None => match find()? {
                Some(found) => found,
                None => return Ok(Self::default()),
            },
        };
        let refuse = |message: &str| CliError::new(format!("{name}: {message}"));
        let bytes = read_input::read_file(&path, Role::Configuration).map_err(|message| refuse(&message))?;
        let text = std::str::from_utf8(&bytes).map_err(|_| refuse("is not UTF-8"))?;
        let mut config = parse::read(text, &name)?;
        let place = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = fs::canonicalize(place.unwrap_or(Path::new(".")));
        config.selection.folder = Some(folder.map_err(|error| refuse(&read_input::reason(&error)))?);
        Ok(Self { name, ..config })
    }
}

/// The nearest configuration from the current folder up to the root of the repository, and what it is
/// called. Outside of a repository only the current folder is looked at: what lies above may be
/// anybody's.
fn find() -> Result<Option<(PathBuf, String)>, CliError> {
    // A folder that is gone has no configuration.
    let Ok(here) = std::env::current_dir() else { return Ok(None) };
    let is_there = |path: &Path| match path.symlink_metadata() {
        Ok(_) => Ok(true),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(false)
        }
        Err(error) => Err(CliError::new(format!(
            "cannot search for {FILE}: {}; name it with --config, or use --no-config",
            read_input::reason(&error)
        ))),
    };
    let mut root = here.as_path();
    for folder in here.ancestors() {
        if is_there(&folder.join(REPOSITORY))? {
            root = folder;
            break;
        }
    }
    for (up, folder) in here.ancestors().take_while(|folder| folder.starts_with(root)).enumerate() {
        let path = folder.join(FILE);
        if is_there(&path)? {
            return Ok(Some((path, format!("{}{FILE}", "../".repeat(up)))));
        }
    }
    Ok(None)
}

impl Selection {
    const fn new(include: Option<Patterns>, exclude: Option<Patterns>) -> Self {
        Self { folder: None, include, exclude }
    }

    /// The folder of the configuration, from the root on.
    pub(super) fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// A path from the folder of the configuration on; `None` for what lies elsewhere. It need not exist,
    /// but its folder must. Of a symbolic link it is the place of the link.
    pub(super) fn relative(&self, path: &Path) -> Option<PathBuf> {
        let folder = self.folder()?;
        let whole = match path.file_name() {
            Some(name) => {
                let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
                fs::canonicalize(parent.unwrap_or(Path::new("."))).ok()?.join(name)
            }
            None => fs::canonicalize(path).ok()?,
        };
        whole.strip_prefix(folder).ok().map(Path::to_owned)
    }

    /// Whether a file that is come across in a folder is looked at; `None` when that is left to the
    /// defaults. The path is that from the folder of the configuration on.
    pub(super) fn include(&self, path: Option<&Path>) -> Option<bool> {
        let include = self.include.as_ref()?;
        Some(path.is_some_and(|path| include.matches(path, false)))
    }

    /// Whether something is left out. The path is that from the folder of the configuration on.
    pub(super) fn exclude(&self, path: Option<&Path>, is_folder: bool) -> bool {
        match (&self.exclude, path) {
            (Some(exclude), Some(path)) => exclude.matches(path, is_folder),
            _ => false,
        }
    }
}
