//! `apicert completions`: what completes commands, options and their values in a shell.

use clap::CommandFactory;

use super::arguments::{Arguments, Completions};
use super::{Exit, Printer};

pub(super) fn run(options: &Completions, printer: &mut Printer<'_>) -> Exit {
    clap_complete::generate(options.shell, &mut Arguments::command(), "apicert", &mut printer.result);
    Exit::Good
}
