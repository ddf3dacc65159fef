//! The command line: options, files, the clock, the terminal, exit codes. One file per command.
//!
//! All that is known of the world is read here and handed on. What was given as the value of an
//! option is never printed: a key may have been pasted there.

mod args;
mod atomic_write;
mod build;
mod check;
mod clock;
mod completions;
mod config;
mod display_path;
mod explain;
mod files;
mod fix;
mod help_texts;
mod hooks;
mod inputs;
mod inspect;
mod man;
mod ndjson;
mod panic_hook;
mod patterns;
mod predict;
mod process_hardening;
mod progress;
mod read_input;
mod repo_root;
mod response_diff;
mod rule_levels;
mod rules;
mod signals;
mod sniff;
mod suppressions;
mod template_values;
mod terminal;
mod usage_error;
mod value_parsers;
mod value_source;
mod walk;
mod worker_pool;

use std::ffi::OsString;
use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use crate::cli::args::{Arguments, Command};

pub use crate::cli::read_input::MAX_BODY_BYTES;

/// How a run ended. The codes are the same in every format.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Exit {
    /// Nothing at or above `--fail-on`; for `predict`: accepted.
    Good = 0,
    /// Something is; for `predict`: refused.
    Found = 1,
    /// It could not run, or not on all of its inputs, or its output could not be written.
    CouldNotRun = 2,
    /// There is no body in what was named.
    NoBody = 3,
    /// A fault of this program.
    Fault = 4,
}

/// Why a command cannot run; it holds nothing of what was given.
struct CliError(String);

impl CliError {
    fn new(message: impl Into<String>) -> Self {
        Self(message.into())
    }
}

/// What a command prints: the result, which goes to stdout when all of it is there or piece by piece,
/// and messages.
struct Printer<'a> {
    result: Vec<u8>,
    messages: &'a mut dyn Write,
    /// Why stdout cannot be written.
    failure: Option<io::Error>,
}

impl Printer<'_> {
    /// Prints a message. That it cannot be printed is no reason to stop.
    fn say(&mut self, message: &str) {
        let _ = progress::above(|| writeln!(self.messages, "apicert: {message}"));
    }

    /// Writes whole lines to stdout, now. When nobody reads them, or they cannot be written, there is no
    /// point in going on.
    fn put(&mut self, lines: &[u8]) -> ControlFlow<()> {
        if lines.is_empty() {
            return ControlFlow::Continue(());
        }
        let _whole = signals::lock_output();
        let delivered = if io::stdout().is_terminal() {
            progress::above(|| write_unbuffered(lines))
        } else {
            write_unbuffered(lines)
        };
        match delivered {
            Ok(Delivered::Complete) => ControlFlow::Continue(()),
            Ok(Delivered::NobodyReads) => ControlFlow::Break(()),
            Err(error) => {
                self.failure = Some(error);
                ControlFlow::Break(())
            }
        }
    }
}

/// What became of a text that was written to stdout.
enum Delivered {
    Complete,
    /// The reader has gone away, which is none of our business.
    NobodyReads,
}

/// The command `apicert`, with the arguments and the environment of this process.
#[must_use]
pub fn main() -> ExitCode {
    process_hardening::forbid();
    panic_hook::install_hook();
    signals::ignore_file_size_limit();
    let given: Vec<OsString> = std::env::args_os().collect();
    // Not locked: a panic in another thread has to get its line out.
    let mut stderr = io::stderr();
    // With room for what is said of one body: to grow up to it costs as much as to read the options.
    let mut printer = Printer { result: Vec::with_capacity(8 * 1024), messages: &mut stderr, failure: None };
    let exit = run(&given, &mut printer);
    let failure = match printer.failure.take() {
        Some(error) => Some(error),
        None => deliver(&printer.result).err(),
    };
    let exit = match failure {
        None => exit,
        Some(error) => {
            printer.say(&format!("standard output cannot be written: {}", read_input::reason(&error)));
            Exit::CouldNotRun
        }
    };
    ExitCode::from(exit as u8)
}

fn run(given: &[OsString], printer: &mut Printer<'_>) -> Exit {
    if let Err(CliError(message)) = hooks::refuse_ambiguous(given) {
        printer.say(&message);
        return Exit::CouldNotRun;
    }
    let mut command = Arguments::command();
    let parsed =
        command.try_get_matches_from_mut(given).and_then(|matches| Arguments::from_arg_matches(&matches));
    let arguments = match parsed {
        Ok(arguments) => arguments,
        Err(error) => return usage_error::answer(&error, &mut command, given, printer),
    };
    let exit = match &arguments.command {
        Command::Check(options) => check::run(options, given, printer),
        Command::Predict(options) => predict::run(options, given, printer),
        Command::Fix(options) => fix::run(options, given, printer),
        Command::Build(options) => build::run(options, given, printer),
        Command::Inspect(options) => inspect::run(options, given, printer),
        Command::Rules(options) => rules::run(options, printer),
        Command::Explain(options) => explain::run(options, printer),
        Command::Completions(options) => Ok(completions::run(options, printer)),
        Command::Man(options) => man::run(options, printer),
    };
    exit.unwrap_or_else(|CliError(message)| {
        printer.say(&message);
        Exit::CouldNotRun
    })
}

/// Writes the result to stdout.
fn deliver(result: &[u8]) -> io::Result<Delivered> {
    let mut stdout = io::stdout().lock();
    delivered(stdout.write_all(result).and_then(|()| stdout.flush()))
}

/// Writes a body, or lines of a long result, to stdout, past the buffer of it, which would keep a copy.
#[cfg(unix)]
fn write_unbuffered(body: &[u8]) -> io::Result<Delivered> {
    use std::os::fd::AsFd;
    let stdout = io::stdout().lock();
    let mut file = std::fs::File::from(stdout.as_fd().try_clone_to_owned()?);
    delivered(file.write_all(body))
}

#[cfg(not(unix))]
fn write_unbuffered(body: &[u8]) -> io::Result<Delivered> {
    deliver(body)
}

fn delivered(written: io::Result<()>) -> io::Result<Delivered> {
    match written {
        Ok(()) => Ok(Delivered::Complete),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(Delivered::NobodyReads),
        Err(error) => Err(error),
    }
}
