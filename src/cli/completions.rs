//! `apicert completions`: what completes commands, options and their values in a shell.

use std::fmt::Write;

use clap::{Command, CommandFactory};
use clap_complete::Shell;

use crate::cli::args::{Arguments, Completions};
use crate::cli::{Exit, Printer};

pub(super) fn run(options: &Completions, printer: &mut Printer<'_>) -> Exit {
    let mut command = Arguments::command();
    clap_complete::generate(options.shell, &mut command, "apicert", &mut printer.result);
    if options.shell == Shell::Fish {
        printer.result.extend_from_slice(words_for_fish(&command).as_bytes());
    }
    Exit::Good
}

/// Words that are no values of an option, such as the names of rules: for fish `clap_complete` leaves
/// them out, and names of files are offered instead.
fn words_for_fish(command: &Command) -> String {
    let mut script = String::new();
    for command in command.get_subcommands() {
        for argument in command.get_positionals() {
            let known = argument.get_possible_values();
            let words: Vec<&str> = known.iter().map(clap::builder::PossibleValue::get_name).collect();
            if !words.is_empty() {
                let (name, words) = (command.get_name(), words.join(" "));
                // Writing to a string cannot fail.
                let _ = writeln!(
                    script,
                    "complete -c apicert -n \"__fish_apicert_using_subcommand {name}\" -f -a \"{words}\""
                );
            }
        }
    }
    script
}
