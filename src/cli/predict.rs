//! `apicert predict`: the response that the service would give.

use std::ffi::OsString;

use crate::cli::args::{Predict, PredictFormat};
use crate::cli::config::Config;
use crate::cli::inputs;
use crate::cli::inputs::Item;
use crate::cli::response_diff;
use crate::cli::response_diff::Actual;
use crate::cli::{CliError, Exit, NO_BODY, Printer, read_input, signals};
use crate::output::response;
use crate::response::{AssignedValues, PredictedResponse};
use crate::template;

pub(super) fn run(
    options: &Predict,
    given: &[OsString],
    printer: &mut Printer<'_>,
) -> Result<Exit, CliError> {
    let config = Config::load(&options.common.judging.choice, given)?;
    let settings = options.common.judging.settings(&config)?;
    let mut assigned = AssignedValues::default();
    if let Some(id) = &options.id {
        assigned = assigned.with_id(id);
    }
    if let Some(id) = &options.project_id {
        assigned = assigned.with_project_id(id);
    }
    let named = options.common.named(given, &config)?.progress(true);
    let is_one_body = named.is_one_body();
    let actual = match &options.against {
        Some(_) if !is_one_body => {
            return Err(CliError::new("--against compares one body: name one file, or - for standard input"));
        }
        Some(path) if read_input::is_stdin(path) && (named.has_stdin() || options.common.sets_by_stdin()) => {
            return Err(CliError::stdin_twice());
        }
        Some(path) => Some(Actual::read(path)?),
        None => None,
    };
    let values = options.common.values(&named)?;
    let as_line = options.format == PredictFormat::Json || !is_one_body;
    if as_line {
        signals::watch();
    }
    let judge = move |item: Item<'_>, batch: &mut PredictBatch| {
        let body = match item {
            Item::Body(body) => body,
            Item::Unreadable(unreadable) if as_line => {
                let _ = response::unreadable(unreadable, &mut batch.written);
                return;
            }
            Item::Unreadable(_) => return,
        };
        let predicted = template::predict(body.bytes, &values, &settings, &assigned);
        batch.is_refused |= matches!(predicted, PredictedResponse::Rejected(_));
        let line = body.record.map(|place| place.line);
        let written = &mut batch.written;
        // Writing to memory does not fail.
        let _ = match &actual {
            Some(actual) => {
                let differences = response_diff::compare(&predicted, actual);
                batch.differs |= !differences.is_empty();
                response_diff::write(body.path, &predicted, actual, &differences, as_line, written)
            }
            None if as_line => response::line(body.path, line, &predicted, written),
            None => response::body(&predicted, written),
        };
        if !as_line && actual.is_none() {
            batch.said.push(response::remark(body.path, &predicted));
        }
    };
    let mut is_good = true;
    let found = inputs::each(
        named,
        || options.common.jobs(),
        printer,
        judge,
        |batch, printer| {
            is_good &= !batch.is_refused && !batch.differs;
            batch.said.iter().for_each(|message| printer.say(message));
            printer.put(&batch.written)
        },
    );
    Ok(if !found.unreadable.is_empty() {
        Exit::CouldNotRun
    } else if found.bodies == 0 && !options.common.bodies_only {
        printer.say(NO_BODY);
        Exit::NoBody
    } else if is_good {
        Exit::Good
    } else {
        Exit::Found
    })
}

/// What is predicted for some bodies.
#[derive(Default)]
struct PredictBatch {
    is_refused: bool,
    differs: bool,
    written: Vec<u8>,
    said: Vec<String>,
}
