//! Errors about the command line. The texts of `clap` repeat values, which can be keys, so only the kind of an error is
//! taken from it, the names of our own options, and options and commands as they were typed if they look like some.

use std::error::Error as _;
use std::ffi::OsString;
use std::path::Path;

use clap::Command;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

use crate::cli::terminal::When;
use crate::cli::value_parsers::{Expected, did_you_mean};
use crate::cli::{Exit, Printer, display_path, terminal};
use crate::redact::looks_secret;

/// Answers help and version, and complains about everything else.
pub(super) fn answer(
    error: &Error,
    command: &mut Command,
    given: &[OsString],
    printer: &mut Printer<'_>,
) -> Exit {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            let text = error.render();
            let colour = terminal::of_stdout(When::Auto).colour;
            let text = if colour { text.ansi().to_string() } else { text.to_string() };
            printer.result.extend_from_slice(text.as_bytes());
            Exit::Good
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            let _ = write!(printer.messages, "{}", error.render());
            Exit::CouldNotRun
        }
        _ => {
            printer.say(&complaint(error, command, given));
            Exit::CouldNotRun
        }
    }
}

fn complaint(error: &Error, command: &mut Command, given: &[OsString]) -> String {
    command.build();
    let own = Own::of(command, given);
    let option = own.named(error, ContextKind::InvalidArg).unwrap_or("an option");
    let what = match error.kind() {
        ErrorKind::InvalidValue => {
            let (allowed, given) = (own.values(error), text(error, ContextKind::InvalidValue));
            let suggestion = did_you_mean(given, allowed.iter().copied());
            match allowed.as_slice() {
                [] => format!("{option} needs a value"),
                allowed if given.is_empty() => {
                    format!("{option} needs a value: one of {}", allowed.join(", "))
                }
                allowed => format!("{option} takes one of {}{suggestion}", allowed.join(", ")),
            }
        }
        ErrorKind::ValueValidation => {
            let expected = error.source().and_then(|source| source.downcast_ref::<Expected>());
            format!("{option} {}", expected.map_or("does not take this value", |expected| &expected.0))
        }
        ErrorKind::UnknownArgument => own.unknown_argument(error, given),
        ErrorKind::InvalidSubcommand => own.unknown_command(error, given),
        ErrorKind::MissingRequiredArgument => format!("{option} is missing"),
        ErrorKind::ArgumentConflict => match own.named(error, ContextKind::PriorArg) {
            Some(prior) if option != prior => format!("{option} cannot be used with {prior}"),
            _ => format!("{option} can only be given once"),
        },
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("{option} has the wrong number of values")
        }
        ErrorKind::InvalidUtf8 => {
            "an argument is not UTF-8; only paths can be in another encoding".to_owned()
        }
        _ => "invalid arguments".to_owned(),
    };
    format!("{what}; see `{} --help`", own.path)
}

/// What an error says of an argument. It can be a key.
fn text(error: &Error, kind: ContextKind) -> &str {
    match error.get(kind) {
        Some(ContextValue::String(text)) => text,
        _ => "",
    }
}

/// An option or a command as it was typed, if it looks like one; otherwise its place.
fn typed(text: &str, given: &[OsString]) -> String {
    let is_word = |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    let is_short = text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_graphic());
    if is_short || (2..=24).contains(&text.len()) && is_word(text) && !looks_secret(text) {
        return format!("`{text}`");
    }
    let place = given.iter().skip(1).position(|argument| argument.to_string_lossy().starts_with(text));
    place.map_or_else(|| "an argument".to_owned(), |index| format!("argument {}", index + 1))
}

/// The names that this program itself has: only these are shown.
struct Own {
    /// The command at hand: `apicert check`.
    path: String,
    commands: Vec<String>,
    /// What `clap` calls an option, and what we do.
    options: Vec<(String, String)>,
    /// The options of the command at hand.
    available: Vec<String>,
    /// The commands that have an option, by its name.
    owners: Vec<(String, String)>,
    values: Vec<String>,
}

impl Own {
    fn of(command: &Command, given: &[OsString]) -> Self {
        let called = given.iter().skip(1).find_map(|argument| command.find_subcommand(argument.to_str()?));
        let everywhere = || std::iter::once(command).chain(command.get_subcommands());
        let arguments = || everywhere().flat_map(Command::get_arguments);
        let name = |argument: &clap::Arg| {
            let long = argument.get_long().map(|long| format!("--{long}"));
            long.unwrap_or_else(|| argument.to_string())
        };
        Self {
            path: called.map_or_else(
                || command.get_name().to_owned(),
                |called| format!("{} {}", command.get_name(), called.get_name()),
            ),
            commands: command.get_subcommands().map(|known| known.get_name().to_owned()).collect(),
            available: called.unwrap_or(command).get_opts().map(name).collect(),
            owners: command
                .get_subcommands()
                .flat_map(|owner| {
                    owner.get_opts().map(move |option| (name(option), owner.get_name().to_owned()))
                })
                .collect(),
            options: arguments()
                .flat_map(|argument| {
                    [(argument.to_string(), name(argument)), (name(argument), name(argument))]
                })
                .collect(),
            // Names of rules are for shells to complete; in a message they are too many.
            values: arguments()
                .filter(|argument| !argument.is_hide_possible_values_set())
                .flat_map(clap::Arg::get_possible_values)
                .map(|value| value.get_name().to_owned())
                .collect(),
        }
    }

    fn unknown_argument(&self, error: &Error, given: &[OsString]) -> String {
        let unknown = text(error, ContextKind::InvalidArg);
        let argument = typed(unknown, given);
        // What follows `--` is not an option.
        let mut options = given.iter().take_while(|argument| *argument != "--");
        if !unknown.starts_with('-')
            || !options.any(|argument| argument.to_string_lossy().starts_with(unknown))
        {
            return format!("unexpected argument: {} does not take {argument}", self.path);
        }
        let suggestion = did_you_mean(unknown, self.available.iter().map(String::as_str));
        let owners: Vec<&str> =
            self.owners.iter().filter(|(name, _)| name == unknown).map(|(_, owner)| owner.as_str()).collect();
        if suggestion.is_empty() && !owners.is_empty() {
            return format!("{argument} is an option of {}, not of {}", owners.join(", "), self.path);
        }
        format!("unknown option {argument} of {}{suggestion}", self.path)
    }

    /// A path in the place of a command is most likely a body.
    fn unknown_command(&self, error: &Error, given: &[OsString]) -> String {
        let unknown = text(error, ContextKind::InvalidSubcommand);
        let path = Path::new(unknown);
        let suggestion = did_you_mean(unknown, self.commands.iter().map(String::as_str));
        if suggestion.is_empty() && (unknown.contains(['.', '/', '\\']) || path.exists()) {
            let path = display_path::of(path, given);
            return format!("a command is missing (did you mean `{} check {path}`?)", self.path);
        }
        let suggestion = match suggestion.as_str() {
            "" => format!("; the commands are {}", self.commands.join(", ")),
            _ => suggestion,
        };
        format!("unknown command {}{suggestion}", typed(unknown, given))
    }

    /// The option that an error names, if it is one of ours.
    fn named(&self, error: &Error, kind: ContextKind) -> Option<&str> {
        let text = match error.get(kind)? {
            ContextValue::String(text) => text,
            ContextValue::Strings(texts) => texts.first()?,
            _ => return None,
        };
        self.options.iter().find(|(known, _)| known == text).map(|(_, name)| name.as_str())
    }

    /// The values that an error says are allowed, those of ours.
    fn values(&self, error: &Error) -> Vec<&str> {
        let Some(ContextValue::Strings(allowed)) = error.get(ContextKind::ValidValue) else {
            return Vec::new();
        };
        self.values
            .iter()
            .map(String::as_str)
            .filter(|known| allowed.iter().any(|allowed| allowed == known))
            .fold(Vec::new(), |mut values, known| {
                if !values.contains(&known) {
                    values.push(known);
                }
                values
            })
    }
}
