//! `apicert inspect`: the public facts of bodies and of files of certificates and keys.

use std::ffi::OsString;
use std::io::Write as _;

use crate::cli::args::{Inspect, InspectFormat};
use crate::cli::config::Config;
use crate::cli::inputs;
use crate::cli::inputs::{Item, Named};
use crate::cli::value_source::read_passwords;
use crate::cli::{CliError, Exit, NO_BODY, Printer};
use crate::containers::Passwords;
use crate::inspect::{Contents, json};
use crate::output::inspect;

pub(super) fn run(
    options: &Inspect,
    given: &[OsString],
    printer: &mut Printer<'_>,
) -> Result<Exit, CliError> {
    let config = Config::load(&options.choice, given)?;
    let named = Named::new(&options.paths, given, &options.stdin_filename)?.selection(config.selection);
    let format = options.format;
    let passwords = Passwords::new(read_passwords(&options.passwords, named.has_stdin())?);
    let judge = move |item: Item<'_>, seen: &mut Vec<InspectedFile>| {
        let Item::Body(file) = item else { return };
        let contents = match Contents::open(file.bytes, &passwords) {
            Ok(contents) => contents,
            Err(fault) => {
                let failure = Some(format!("{}: {fault}", file.path));
                return seen.push(InspectedFile { written: Vec::new(), absence: None, failure });
            }
        };
        let mut written = Vec::new();
        // Writing to memory does not fail.
        let _ = match format {
            InspectFormat::Text => inspect::text(file.path, &contents, &mut written),
            InspectFormat::Json => writeln!(written, "{}", json::line(file.path, &contents)),
        };
        let absence = inspect::absence(&contents).map(|message| format!("{}: {message}", file.path));
        seen.push(InspectedFile { written, absence, failure: None });
    };
    let mut is_good = true;
    let mut is_opened = true;
    let mut is_first = true;
    let found = inputs::each(
        named,
        || 1,
        printer,
        judge,
        |seen, printer| {
            for InspectedFile { written, absence, failure } in seen {
                if let Some(message) = failure {
                    is_opened = false;
                    printer.say(&message);
                    continue;
                }
                if let Some(message) = absence {
                    is_good = false;
                    printer.say(&message);
                }
                if format == InspectFormat::Text && !is_first {
                    printer.put(b"\n")?;
                }
                is_first = false;
                printer.put(&written)?;
            }
            std::ops::ControlFlow::Continue(())
        },
    );
    Ok(if !found.unreadable.is_empty() || !is_opened {
        Exit::CouldNotRun
    } else if found.bodies == 0 {
        printer.say(NO_BODY);
        Exit::NoBody
    } else if is_good {
        Exit::Good
    } else {
        Exit::NoBody
    })
}

/// What was seen in a file.
struct InspectedFile {
    written: Vec<u8>,
    /// What is said when there is nothing in it.
    absence: Option<String>,
    /// Why it could not be read.
    failure: Option<String>,
}
