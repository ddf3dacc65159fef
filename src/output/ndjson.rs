//! `ndjson`: one line an input, as it is ready. A body is what it is among the `inputs` of `json`, what
//! could not be read is what it is among its `errors`.

use std::io::{self, Write};

use crate::escaped_json;
use crate::output::json;
use crate::output::json::Unread;
use crate::output::{Input, Item, Run, Style, Unreadable};
use crate::problem::Severity;

pub(super) fn write(run: &Run, _: &Style, to: &mut dyn Write) -> io::Result<()> {
    run.items().try_for_each(|item| match item {
        Item::Input(input) => line(input, run.min_severity, to),
        Item::Unreadable(unreadable) => unreadable_line(unreadable, to),
    })
}

/// Writes one body, with its findings that are at least so severe.
///
/// # Errors
///
/// When it cannot be written.
pub fn line(input: &Input, least: Severity, to: &mut (impl Write + ?Sized)) -> io::Result<()> {
    to.write_all(json::judged(input, least).to_line().as_bytes())
}

/// Writes one input that could not be read.
///
/// # Errors
///
/// When it cannot be written.
pub fn unreadable_line(unreadable: &Unreadable, to: &mut (impl Write + ?Sized)) -> io::Result<()> {
    writeln!(to, "{}", escaped_json::compact(&Unread::of(unreadable)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::output::testing::{body, quoted, run};
    use crate::output::{FORMATS, Format};

    fn text(run: &Run, name: &str) -> String {
        let Format { write, .. } = FORMATS.iter().find(|format| format.name == name).unwrap();
        let mut text = Vec::new();
        write(run, &Style::PLAIN, &mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn lines_are_the_objects_of_the_document() {
        let mut run = run("a.json", &body(), vec![quoted(40, 50)]);
        run.inputs.extend(crate::output::testing::run("b.json", "{}", Vec::new()).inputs);
        let unreadable = Unreadable::new("c.json".to_owned(), None, "no".to_owned());
        run.unreadable.push(Unreadable { bodies_before: 2, ..unreadable });
        let lines: Vec<Value> =
            text(&run, "ndjson").lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        let document: Value = serde_json::from_str(&text(&run, "json")).unwrap();
        let objects = ["/inputs", "/errors"]
            .iter()
            .flat_map(|list| document.pointer(list).unwrap().as_array().unwrap());
        assert!(objects.eq(&lines), "{lines:?}");
        assert_eq!(lines.len(), 3);
    }

    #[test]
    fn nothing_named_is_no_line() {
        assert_eq!(text(&Run::new(), "ndjson"), "");
    }
}
