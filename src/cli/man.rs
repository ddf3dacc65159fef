//! `apicert man`: the manual, a page for each command, from the same texts as the help.

use std::io;

use clap::{Command, CommandFactory};
use clap_mangen::roff::{Roff, bold, roman};

use crate::cli::args::{Arguments, Man};
use crate::cli::{CliError, Exit, Printer, display_path, files, read_input};
use crate::internal_fault::OrFault;
use crate::{NAME, VERSION};

/// What is known of the environment, for the page of the whole.
const ENVIRONMENT: [(&str, &str); 4] = [
    ("NO_COLOR", "if set and not empty, no colours are used"),
    ("CLICOLOR_FORCE", "if set, not empty and not 0, colours are used in pipes and files too"),
    ("FORCE_HYPERLINK", "1: sources are linked on any terminal; 0: on none"),
    ("SOURCE_DATE_EPOCH", "the time to judge by, in seconds since 1970, unless --now is given"),
];

pub(super) fn run(options: &Man, printer: &mut Printer<'_>) -> Result<Exit, CliError> {
    let mut whole = Arguments::command();
    whole.build();
    let Some(folder) = &options.dir else {
        let about = options.command.as_deref().and_then(|name| whole.find_subcommand(name));
        page(about.unwrap_or(&whole), &mut printer.result).map_err(|error| refused(&error))?;
        return Ok(Exit::Good);
    };
    for command in std::iter::once(&whole).chain(whole.get_subcommands()) {
        let mut text = Vec::new();
        page(command, &mut text).map_err(|error| refused(&error))?;
        let name = clap_mangen::Man::new(command.clone()).get_filename();
        files::write(&folder.join(&name), &text).map_err(|reason| {
            CliError::new(format!("--dir: {}cannot write {name}: {reason}", display_path::in_option(folder)))
        })?;
    }
    Ok(Exit::Good)
}

fn refused(error: &io::Error) -> CliError {
    CliError::new(read_input::reason(error))
}

/// Writes the page of a command.
fn page(command: &Command, to: &mut Vec<u8>) -> io::Result<()> {
    let name = command.get_display_name().unwrap_or(command.get_name());
    let is_whole = command.has_subcommands();
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    let extra = command.get_after_long_help().or(command.get_after_help());
    let extra = extra.map(ToString::to_string).unwrap_or_default();
    // A paragraph that has a heading is a section of its own; others say more about the command.
    let (sections, more): (Vec<&str>, Vec<&str>) = extra
        .split("\n\n")
        .filter(|paragraph| !paragraph.is_empty())
        .partition(|paragraph| paragraph.lines().next().is_some_and(|line| line.ends_with(':')));

    let mut roff = Roff::new();
    // Without a date: what it says depends on nothing but the version. The date is quoted here,
    // because an empty argument would be lost.
    let source = format!("{NAME} {VERSION}");
    roff.control("TH", [name.to_uppercase().as_str(), "1", "\"\"", &source, NAME]);
    roff.control("SH", ["NAME"]).text([roman(format!("{name} - {about}"))]);
    let usage = command.clone().render_usage().to_string();
    roff.control("SH", ["SYNOPSIS"]).text([bold(usage.trim_start_matches("Usage: "))]);
    roff.control("SH", ["DESCRIPTION"]).text([roman(about)]);
    for paragraph in more {
        roff.control("PP", []).text([roman(paragraph)]);
    }
    roff.to_writer(to)?;
    let man = clap_mangen::Man::new(command.clone());
    if is_whole {
        man.render_subcommands_section(to)?;
    }
    man.render_options_section(to)?;
    let mut roff = Roff::new();
    for section in sections {
        write_section(section, &mut roff);
    }
    if is_whole {
        roff.control("SH", ["ENVIRONMENT"]);
        for (name, meaning) in ENVIRONMENT {
            roff.control("TP", []).text([bold(name)]).text([roman(meaning)]);
        }
    } else {
        roff.control("SH", ["SEE ALSO"]).text([bold("apicert"), roman("(1)")]);
    }
    roff.to_writer(to)
}

/// `Examples:` with a command a line, or `Exit codes:` with a number and its meaning.
fn write_section(section: &str, roff: &mut Roff) {
    let mut lines = section.lines();
    let head = lines.next().unwrap_or_default();
    let head = head.split([',', ':']).next().or_fault();
    roff.control("SH", [head.to_uppercase().as_str()]);
    if head == "Examples" {
        roff.control("nf", []);
        for line in lines {
            roff.text([roman(line.trim_start())]);
        }
        roff.control("fi", []);
        return;
    }
    for line in lines.map(str::trim_start) {
        if let Some((number, meaning)) = line.split_once("  ") {
            roff.control("TP", ["4"]).text([bold(number)]).text([roman(meaning)]);
        } else {
            roff.text([roman(line)]);
        }
    }
}
