//! `apicert fix`: bodies repaired in place, or on standard output.

use std::ffi::OsString;
use std::path::Path;

use super::arguments::Fix;
use super::inputs::Body;
use super::{Exit, Printer, Refused, deliver_body, inputs, replace, terminal};
use crate::facts::settings::Settings;
use crate::fix::Safety;
use crate::output::{FORMATS, Input, Run, Style, diff};
use crate::repair::Repaired;
use crate::source::Lines;

pub(super) fn run(options: &Fix, given: &[OsString], printer: &mut Printer<'_>) -> Result<Exit, Refused> {
    let settings = options.common.settings()?;
    if options.stdout && !matches!(options.common.paths.as_slice(), [path] if !path.is_dir()) {
        return Err(Refused::new("--stdout prints one body: name one file, or - for standard input"));
    }
    let style = terminal::of_stdout(options.color);
    let mut run = Run { quiet: options.quiet, verbose: options.verbose, ..Run::new() };
    let mut is_written = true;
    let mut is_stdout_taken = options.diff;
    let found = inputs::each(options.common.named(), given, options.verbose, printer, |body, printer| {
        let mut repaired = repair(&body, options, &settings);
        let written = if options.diff {
            diff::write(&body.path, &Lines::new(&body.bytes), &repaired, &style, &mut printer.result)
                .map_err(|error| inputs::reason(&error))
        } else if let Some(file) = body.file.as_deref().filter(|_| !options.stdout) {
            put_back(file, &body.bytes, &repaired)
        } else {
            is_stdout_taken = true;
            deliver_body(&repaired.text)
                .map_err(|error| format!("standard output cannot be written: {}", inputs::reason(&error)))
        };
        match written {
            Ok(()) => tell(&body.path, &repaired, options, printer),
            Err(message) => {
                is_written = false;
                printer.say(&format!("{}: {message}", body.path));
            }
        }
        let suppressed = options.common.judging.overrides.apply(&mut repaired.report);
        run.inputs.push(Input { path: body.path, report: repaired.report, suppressed, site: None });
    })?;
    run.unreadable = found.unreadable;
    report(&run, &style, is_stdout_taken, options, printer)
        .map_err(|error| Refused::new(inputs::reason(&error)))?;
    Ok(if !run.unreadable.is_empty() || !is_written {
        Exit::CouldNotRun
    } else if run.inputs.is_empty() && !options.common.bodies_only {
        printer.say("no body found");
        Exit::NoBody
    } else if options.fail_on.severity().is_some_and(|severity| run.has(severity)) {
        Exit::Found
    } else {
        Exit::Good
    })
}

/// Makes the repairs that were asked for. What is allowed to be as it is stays as it is.
fn repair(body: &Body, options: &Fix, settings: &Settings) -> Repaired {
    let least = if options.unsafe_too { Safety::Unsafe } else { Safety::Safe };
    Repaired::new(&body.bytes, settings, &|finding, fix| {
        fix.safety >= least && !options.common.judging.overrides.allow(finding.rule.name)
    })
}

fn put_back(file: &Path, before: &[u8], repaired: &Repaired) -> Result<(), String> {
    if repaired.is_changed() {
        replace::replace(file, before, &repaired.text)
    } else {
        replace::tidy_up(file);
        Ok(())
    }
}

/// Says what was done.
fn tell(path: &str, repaired: &Repaired, options: &Fix, printer: &mut Printer<'_>) {
    if options.quiet || options.diff {
        return;
    }
    let count = repaired.repairs().count();
    if options.verbose {
        for (finding, fix) in repaired.repairs() {
            let at = match finding.primary.pointer.as_str() {
                "" => String::new(),
                member => format!(" in {member}"),
            };
            printer.say(&format!("{path}: {}{at} ({}, {})", fix.title, finding.rule.name, fix.safety.name()));
        }
    }
    printer.say(&match count {
        0 => format!("{path}: nothing to repair"),
        1 => format!("{path}: 1 repair"),
        _ => format!("{path}: {count} repairs"),
    });
}

/// Prints what is left: where the result goes, or, when the body goes there, beside it.
fn report(
    run: &Run,
    style: &Style,
    is_stdout_taken: bool,
    options: &Fix,
    printer: &mut Printer<'_>,
) -> std::io::Result<()> {
    let Some(format) = FORMATS.first() else { return Ok(()) };
    if is_stdout_taken {
        let style = terminal::of_stderr(options.color);
        (format.write)(run, &style, printer.messages)
    } else {
        (format.write)(run, style, &mut printer.result)
    }
}
