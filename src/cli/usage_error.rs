//! What is said about options that are not understood. The texts of `clap` repeat what was given, so
//! only the kind of the error is taken from it, and the names that this program itself has.

use std::error::Error as _;
use std::ffi::OsString;

use clap::Command;
use clap::error::{ContextKind, ContextValue, Error, ErrorKind};

use crate::cli::terminal;
use crate::cli::terminal::When;
use crate::cli::value_parsers::Expected;
use crate::cli::{Exit, Printer};

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
    let option = own.named(error, ContextKind::InvalidArg);
    let what = match error.kind() {
        ErrorKind::InvalidValue => {
            let allowed = own.values(error);
            match allowed.as_slice() {
                [] => format!("{} needs a value", option.unwrap_or("an option")),
                allowed => format!("{} takes one of {}", option.unwrap_or("an option"), allowed.join(", ")),
            }
        }
        ErrorKind::ValueValidation => {
            let expected = error.source().and_then(|source| source.downcast_ref::<Expected>());
            let expected = expected.map_or("takes something else", |expected| expected.0.as_str());
            format!("{} {expected}", option.unwrap_or("an option"))
        }
        ErrorKind::UnknownArgument => {
            let known = own.named(error, ContextKind::SuggestedArg);
            let known = known.map_or_else(String::new, |known| format!(" (did you mean {known}?)"));
            let argument = place(error, ContextKind::InvalidArg, given);
            if is_option(error, given) {
                format!("{argument} is no option of {}{known}", own.path)
            } else {
                format!("{argument} is one too many for {}", own.path)
            }
        }
        ErrorKind::InvalidSubcommand => {
            let meant = match error.get(ContextKind::SuggestedSubcommand) {
                Some(ContextValue::Strings(names)) => own.commands.iter().find(|own| names.contains(own)),
                _ => None,
            };
            format!(
                "{} is no command{}; there are {}",
                place(error, ContextKind::InvalidSubcommand, given),
                meant.map_or_else(String::new, |meant| format!(" (did you mean {meant}?)")),
                own.commands.join(", ")
            )
        }
        ErrorKind::MissingRequiredArgument => {
            format!("{} is missing", option.unwrap_or("an argument"))
        }
        ErrorKind::ArgumentConflict => match own.named(error, ContextKind::PriorArg) {
            Some(prior) if option != Some(prior) => {
                format!("{} cannot be used with {prior}", option.unwrap_or("an option"))
            }
            _ => format!("{} can be given once", option.unwrap_or("an option")),
        },
        ErrorKind::TooManyValues | ErrorKind::TooFewValues | ErrorKind::WrongNumberOfValues => {
            format!("{} was given too many values, or too few", option.unwrap_or("an option"))
        }
        ErrorKind::NoEquals => format!("{} needs an equals sign", option.unwrap_or("an option")),
        ErrorKind::InvalidUtf8 => "an argument is not UTF-8".to_owned(),
        _ => "the arguments are not understood".to_owned(),
    };
    format!("{what}; see `{} --help`", own.path)
}

/// The names that this program itself has: only these are shown.
struct Own {
    /// The command at hand: `apicert check`.
    path: String,
    commands: Vec<String>,
    /// What `clap` calls an option, and what we do.
    options: Vec<(String, String)>,
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

/// Whether what is not understood is written as options are.
fn is_option(error: &Error, given: &[OsString]) -> bool {
    let Some(ContextValue::String(text)) = error.get(ContextKind::InvalidArg) else { return true };
    // What follows `--` is no option.
    let mut options = given.iter().take_while(|argument| *argument != "--");
    text.starts_with('-') && options.any(|argument| argument.to_string_lossy().starts_with(text))
}

/// Which argument an error is about, by its place: what it says may be a key.
fn place(error: &Error, kind: ContextKind, given: &[OsString]) -> String {
    let Some(ContextValue::String(text)) = error.get(kind) else { return "an argument".to_owned() };
    given
        .iter()
        .enumerate()
        .skip(1)
        .find(|(_, argument)| argument.to_str().is_some_and(|argument| argument.starts_with(text)))
        .map_or_else(|| "an argument".to_owned(), |(index, _)| format!("argument {index}"))
}
