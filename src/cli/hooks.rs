//! Names of files that hooks hand over and that would be taken for options.
//!
//! A hook is given the names of files that a repository holds, and whoever writes to the repository chooses them:
//! `--output=json=package.json`, `--config=x.json`, `-h.json`. Whatever comes to be an option in that way is the name
//! of a file. So with `--bodies-only`, which is for hooks, no argument may be both: it is not known which one is
//! meant. This is looked at before any argument is understood, so it holds for every option there will ever be.

use std::ffi::OsString;
use std::path::Path;

use crate::cli::{CliError, display_path, read_input};

/// The option that says that the names of files are a hook's.
const OPTION: &str = "--bodies-only";

/// What ends the options.
const END: &str = "--";

/// Refuses what is both an option and the name of a file.
pub(super) fn refuse_ambiguous(given: &[OsString]) -> Result<(), CliError> {
    let given = given.get(1..).unwrap_or_default();
    let end = given.iter().position(|argument| argument == END).unwrap_or(given.len());
    let (options, _) = given.split_at_checked(end).unwrap_or((given, &[]));
    if !options.iter().any(|argument| argument == OPTION) {
        return Ok(());
    }
    let is_there = |argument: &OsString| Path::new(argument).symlink_metadata().is_ok();
    let is_option = |argument: &OsString| {
        argument.as_encoded_bytes().starts_with(b"-") && !read_input::is_stdin(Path::new(argument))
    };
    if let Some(argument) = options.iter().find(|argument| is_option(argument) && is_there(argument)) {
        return Err(CliError::new(format!(
            "{} is both an option and the name of a file here; put -- before the file names (in \
             .pre-commit-config.yaml, at the end of args)",
            display_path::shown(Path::new(argument))
        )));
    }
    // The options' end changes nothing about what a dash means.
    if given.iter().any(|argument| read_input::is_stdin(Path::new(argument)) && is_there(argument)) {
        return Err(CliError::new("- means standard input, but a file here has this name; write ./-"));
    }
    Ok(())
}
