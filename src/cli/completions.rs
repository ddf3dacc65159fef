//! `apicert completions`: what completes commands, options and their values in a shell.

use clap::CommandFactory;

use super::arguments::{Arguments, Completions};
use super::{Exit, Printer, Refused};

pub(super) fn run(options: &Completions, printer: &mut Printer<'_>) -> Result<Exit, Refused> {
    clap_complete::generate(options.shell, &mut Arguments::command(), "apicert", &mut printer.result);
    Ok(Exit::Good)
}
