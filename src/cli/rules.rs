//! `apicert rules`: the catalogue, one rule a line.

use crate::cli::args::{ListRules, RulesFormat};
use crate::cli::terminal;
use crate::cli::{CliError, Exit, Printer, read_input};
use crate::output::catalogue;
use crate::rules::RULES;

pub(super) fn run(options: &ListRules, printer: &mut Printer<'_>) -> Result<Exit, CliError> {
    let written = match options.format {
        RulesFormat::Table => {
            catalogue::table(RULES, &terminal::of_stdout(options.color), &mut printer.result)
        }
        RulesFormat::Json => catalogue::json(RULES, &mut printer.result),
    };
    written.map(|()| Exit::Good).map_err(|error| CliError::new(read_input::reason(&error)))
}
