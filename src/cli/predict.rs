//! `apicert predict`: the response that the service would give.

use std::ffi::OsString;

use super::against::{self, Actual};
use super::arguments::{Predict, PredictFormat};
use super::{Exit, Printer, Refused, inputs};
use crate::output::response;
use crate::response::{Assigned, PredictedResponse};

pub(super) fn run(options: &Predict, given: &[OsString], printer: &mut Printer<'_>) -> Result<Exit, Refused> {
    let settings = options.common.settings()?;
    let assigned = Assigned { project_id: options.project_id.clone(), id: options.id.clone() };
    let is_one_body = matches!(options.common.paths.as_slice(), [path] if !path.is_dir());
    let actual = match &options.against {
        Some(_) if !is_one_body => {
            return Err(Refused::new("--against compares one body: name one file, or - for standard input"));
        }
        Some(path) => Some(Actual::read(path)?),
        None => None,
    };
    let as_line = options.format == PredictFormat::Json || !is_one_body;
    let mut is_good = true;
    let found = inputs::each(options.common.named(), given, false, printer, |body, printer| {
        let predicted = crate::predict(&body.bytes, &settings, &assigned);
        is_good &= matches!(predicted, PredictedResponse::Accepted(_));
        let result = &mut printer.result;
        // Writing to memory does not fail.
        let _ = match &actual {
            Some(actual) => {
                let differences = against::compare(&predicted, actual);
                is_good &= differences.is_empty();
                against::write(&body.path, &differences, as_line, result)
            }
            None if as_line => response::line(&body.path, &predicted, result),
            None => response::body(&predicted, result),
        };
        if !as_line {
            printer.say(&response::remark(&body.path, &predicted));
        }
    })?;
    Ok(if !found.unreadable.is_empty() {
        Exit::CouldNotRun
    } else if found.bodies == 0 && !options.common.bodies_only {
        printer.say("no body found");
        Exit::NoBody
    } else if is_good {
        Exit::Good
    } else {
        Exit::Found
    })
}
