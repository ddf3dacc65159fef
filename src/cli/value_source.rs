//! Values that may be keys or passwords: of an environment variable, a file, standard input, or the command line
//! itself. They are wiped and never printed. Names of files and variables are printed unless they look like a key.

use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::cli::files::Role;
use crate::cli::value_parsers::Expected;
use crate::cli::{CliError, display_path, read_input};
use crate::internal_fault::OrFault;
use crate::redact::looks_secret;

pub(super) const PASSWORD_HELP: &str = "\
The password of encrypted files: env:NAME for an environment variable, @FILE for the first line of a file, @- for \
that of standard input; may be repeated, all are tried";

/// Where a value comes from.
#[derive(Clone)]
pub(super) enum ValueSource {
    Text(Zeroizing<String>),
    File(PathBuf),
    Stdin,
    Variable(String),
}

impl fmt::Debug for ValueSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ValueSource")
    }
}

/// Reads what was given to `--password`.
pub(super) fn password(text: &str) -> Result<ValueSource, Expected> {
    match ValueSource::parse(text, "")? {
        ValueSource::Text(_) => Err(Expected(
            "takes env:NAME or @FILE, and no password: other users of the machine can see the command line"
                .to_owned(),
        )),
        source => Ok(source),
    }
}

/// Reads the passwords themselves.
pub(super) fn read_passwords(
    sources: &[ValueSource],
    is_stdin_taken: bool,
) -> Result<Vec<Zeroizing<String>>, CliError> {
    let mut is_stdin_taken = is_stdin_taken;
    let read = |source: &ValueSource| {
        let text = source.read("--password ", Role::Password, &mut is_stdin_taken)?;
        let line = text.split('\n').next().or_fault();
        Ok(Zeroizing::new(line.strip_suffix('\r').unwrap_or(line).to_owned()))
    };
    sources.iter().map(read).collect()
}

impl ValueSource {
    /// Reads what was given; `what` is what stands before it, such as `name=`.
    pub(super) fn parse(text: &str, what: &str) -> Result<Self, Expected> {
        Ok(if let Some(path) = text.strip_prefix('@') {
            match path {
                "" => return Err(Expected(format!("{what}@ needs the name of a file"))),
                "-" => Self::Stdin,
                path => Self::File(PathBuf::from(path)),
            }
        } else if let Some(variable) = text.strip_prefix("env:") {
            if variable.is_empty() || variable.contains(['=', '\0']) {
                return Err(Expected(format!("{what}env: needs the name of an environment variable")));
            }
            Self::Variable(variable.to_owned())
        } else {
            Self::Text(Zeroizing::new(text.strip_prefix("text:").unwrap_or(text).to_owned()))
        })
    }

    /// Whether the value is read from standard input.
    pub(super) const fn is_stdin(&self) -> bool {
        matches!(self, Self::Stdin)
    }

    /// Reads the value. `option` is what stands before it on the command line, such as `--password `.
    pub(super) fn read(
        &self,
        option: &str,
        role: Role,
        is_stdin_taken: &mut bool,
    ) -> Result<Zeroizing<String>, CliError> {
        match self {
            Self::Text(text) => Ok(text.clone()),
            Self::Stdin if *is_stdin_taken => Err(CliError::stdin_twice()),
            Self::Stdin => {
                *is_stdin_taken = true;
                read_text(None, role).map_err(|message| CliError::new(format!("{option}@-: {message}")))
            }
            Self::File(path) => read_text(Some(path), role).map_err(|message| {
                CliError::new(format!("{option}@…: {}{message}", display_path::in_option(path)))
            }),
            Self::Variable(variable) => match std::env::var_os(variable).map(OsString::into_string) {
                Some(Ok(text)) => Ok(Zeroizing::new(text)),
                Some(Err(_)) => Err(CliError::new(format!("{option}env:…: the variable is not UTF-8"))),
                None => Err(CliError::new(format!(
                    "{option}env:…: the environment variable{} is not set",
                    shown_variable(variable)
                ))),
            },
        }
    }
}

/// The name of a variable if it cannot be a piece of a key: capitals, digits, and underscores.
fn shown_variable(name: &str) -> String {
    let is_name = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    if name.len() <= 64 && name.bytes().all(is_name) && !looks_secret(name) {
        format!(" {name}")
    } else {
        String::new()
    }
}

/// What stands in a file, or comes from standard input.
fn read_text(path: Option<&Path>, role: Role) -> Result<Zeroizing<String>, String> {
    let mut bytes =
        path.map_or_else(|| read_input::read_stdin(role), |path| read_input::read_file(path, role))?;
    match String::from_utf8(std::mem::take(&mut *bytes)) {
        Ok(text) => Ok(Zeroizing::new(text)),
        Err(error) => {
            drop(Zeroizing::new(error.into_bytes()));
            let next_step =
                if role == Role::Value { "; fields take text, certificates and keys as PEM" } else { "" };
            Err(format!("is not UTF-8{next_step}"))
        }
    }
}
