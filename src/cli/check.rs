//! `apicert check`: what is wrong with bodies.

use std::ffi::OsString;

use super::arguments::{self, Check};
use super::root::Root;
use super::{Exit, Printer, Refused, inputs, terminal};
use crate::output::{FORMATS, Format, Input, Run, SCHEMA, Style, summarize};

pub(super) fn run(options: &Check, given: &[OsString], printer: &mut Printer<'_>) -> Result<Exit, Refused> {
    if options.print_schema {
        printer.result.extend_from_slice(SCHEMA.as_bytes());
        return Ok(Exit::Good);
    }
    let settings = options.common.settings()?;
    let mut run = Run {
        min_severity: options.min_severity.severity(),
        statistics: options.statistics,
        quiet: options.quiet,
        verbose: options.verbose,
        ..Run::new()
    };
    let mut formats = arguments::format(&options.format).into_iter();
    let mut destinations = options.outputs.iter().map(|destination| destination.format);
    let names_sites = |format: &Format| format.names_sites;
    let root = (formats.any(names_sites) || destinations.any(names_sites)).then(Root::find);
    let found = inputs::each(options.common.named(), given, options.verbose, printer, |body, _| {
        let mut report = crate::lint(&body.bytes, &settings);
        let suppressed = options.common.judging.overrides.apply(&mut report);
        let site = root.as_ref().map(|root| root.site(body.file.as_deref(), &body.path));
        run.inputs.push(Input { path: body.path, report, suppressed, site });
    })?;
    run.unreadable = found.unreadable;
    for unreadable in &mut run.unreadable {
        unreadable.site = root.as_ref().map(|root| root.site(None, &unreadable.path));
    }
    let is_written = write(&run, options, printer);
    if run.inputs.is_empty() && run.unreadable.is_empty() && !options.common.bodies_only {
        printer.say("no body found");
    }
    Ok(exit(&run, options, is_written))
}

/// Writes the formats that were asked for; says whether all could be written.
fn write(run: &Run, options: &Check, printer: &mut Printer<'_>) -> bool {
    let format = arguments::format(&options.format).or(FORMATS.first());
    let mut is_written = format.is_some_and(|format| {
        let style = terminal::of_stdout(options.color);
        (format.write)(run, &style, &mut printer.result).is_ok()
    });
    if format.is_some_and(|format| !format.holds_summary) {
        let style = terminal::of_stderr(options.color);
        let _ = summarize(run, &style, printer.messages);
    }
    for destination in &options.outputs {
        if let Err(message) = write_file(run, destination.format, &destination.path) {
            is_written = false;
            let format = destination.format.name;
            printer.say(&format!("the file of --output {format}=… cannot be written: {message}"));
        }
    }
    is_written
}

fn write_file(run: &Run, format: &Format, path: &std::path::Path) -> Result<(), String> {
    let mut text = Vec::new();
    (format.write)(run, &Style::PLAIN, &mut text).map_err(|error| inputs::reason(&error))?;
    inputs::write_file(path, &text)
}

fn exit(run: &Run, options: &Check, is_written: bool) -> Exit {
    if !run.unreadable.is_empty() || !is_written {
        Exit::CouldNotRun
    } else if run.inputs.is_empty() && !options.common.bodies_only {
        // A hook names files that are no bodies every day; that is no failure.
        Exit::NoBody
    } else if options.fail_on.severity().is_some_and(|severity| run.has(severity)) {
        Exit::Found
    } else {
        Exit::Good
    }
}
