//! `concise`: one finding a line, for editors, `grep` and people in a hurry.

use std::io::{self, Write};

use super::{Run, Style};
use crate::report::Place;

pub(super) fn write(run: &Run, _: &Style, to: &mut dyn Write) -> io::Result<()> {
    for input in &run.inputs {
        for finding in run.shown(input) {
            let Place { start, .. } = finding.primary;
            write!(
                to,
                "{}:{}:{}: {}[{}] {}",
                input.path,
                start.line,
                start.column,
                finding.severity.name(),
                finding.rule.name,
                finding.message
            )?;
            match place(&finding.primary) {
                place if place.is_empty() => writeln!(to)?,
                place => writeln!(to, " ({place})")?,
            }
        }
    }
    Ok(())
}

/// Where in the body something is: the member, and the place inside its PEM text. Empty for the body
/// as a whole.
pub(super) fn place(place: &Place) -> String {
    match (place.pointer.as_str(), place.pem) {
        (pointer, Some(pem)) => {
            format!("{pointer}, PEM block {} line {} column {}", pem.block, pem.line, pem.column)
        }
        (pointer, None) => pointer.to_owned(),
    }
}
