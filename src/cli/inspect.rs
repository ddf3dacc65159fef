//! `apicert inspect`: the public facts of bodies, PEM files and DER files.

use std::ffi::OsString;

use super::arguments::{Inspect, InspectFormat};
use super::{Exit, Printer, Refused, inputs};
use crate::facts::file::Contents;
use crate::output::inspect;

pub(super) fn run(options: &Inspect, given: &[OsString], printer: &mut Printer<'_>) -> Result<Exit, Refused> {
    let mut is_good = true;
    let mut count = 0;
    let found = inputs::each(options.named(), given, false, printer, |file, printer| {
        let contents = Contents::read(&file.bytes);
        if let Some(message) = inspect::absence(&contents) {
            is_good = false;
            printer.say(&format!("{}: {message}", file.path));
        }
        let result = &mut printer.result;
        // Writing to memory does not fail.
        let _ = match options.format {
            InspectFormat::Text => inspect::text(&file.path, &contents, count == 0, result),
            InspectFormat::Json => inspect::line(&file.path, &contents, result),
        };
        count += 1;
    })?;
    Ok(if !found.unreadable.is_empty() {
        Exit::CouldNotRun
    } else if found.bodies == 0 {
        printer.say("no body found");
        Exit::NoBody
    } else if is_good {
        Exit::Good
    } else {
        Exit::NoBody
    })
}
