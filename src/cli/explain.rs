//! `apicert explain`: a rule, or an error code of the service.

use crate::cli::args::{Explain, Topic};
use crate::cli::terminal;
use crate::cli::{CliError, Exit, Printer, read_input};
use crate::output::catalogue;
use crate::rules::RULES;

pub(super) fn run(options: &Explain, printer: &mut Printer<'_>) -> Result<Exit, CliError> {
    let style = terminal::of_stdout(options.color);
    let written = match options.topic {
        Topic::Rule(rule) => catalogue::explain(rule, &style, &mut printer.result),
        Topic::Error(error) => catalogue::explain_error(error, RULES, &style, &mut printer.result),
    };
    written.map(|()| Exit::Good).map_err(|error| CliError::new(read_input::reason(&error)))
}
