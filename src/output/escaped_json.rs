//! JSON in which everything is escaped that [`Printable`] does not allow, and not only what JSON wants escaped.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;

use crate::redact::Printable;

/// Writes a value in one line, without an end of the line.
///
/// # Errors
///
/// When it cannot be written.
pub fn write(value: &impl Serialize, to: &mut (impl Write + ?Sized)) -> io::Result<()> {
    escaped(&serde_json::to_string(value)?, to)
}

/// Writes a value over several lines, without an end of the last one.
///
/// # Errors
///
/// When it cannot be written.
pub fn write_pretty(value: &impl Serialize, to: &mut (impl Write + ?Sized)) -> io::Result<()> {
    escaped(&serde_json::to_string_pretty(value)?, to)
}

/// Outside of strings JSON is ASCII without control characters but line feeds, and has neither `::` nor `##`, so
/// that what is not printable is in a string, where an escape means the same.
fn escaped(json: &str, to: &mut (impl Write + ?Sized)) -> io::Result<()> {
    let mut state = Printable::default();
    let mut written = String::with_capacity(json.len());
    for character in json.chars() {
        if state.allows(character) || character == '\n' {
            written.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(written, "\\u{unit:04x}");
            }
        }
    }
    to.write_all(written.as_bytes())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use super::*;
    use crate::redact::is_visible;

    #[test]
    fn no_command_of_a_runner_is_left() {
        let value = serde_json::json!(["##[error]x", "# ## [a] ###[", "#", "[#"]);
        let mut written = Vec::new();
        super::write(&value, &mut written).unwrap();
        let written = String::from_utf8(written).unwrap();
        assert_eq!(written, r##"["#\u0023[error]x","# #\u0023 [a] #\u0023#[","#","[#"]"##);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&written).unwrap(), value);
    }

    #[test]
    fn nothing_odd_is_left_raw_and_nothing_is_lost() {
        let text = "a\u{7f}\u{9b}31m\u{202e}\u{200b}é证\u{1b}\n\"\\\u{feff}\u{e0041}z";
        let value = serde_json::json!({ "name": text, text: [text] });
        for write in [write, write_pretty] as [fn(&serde_json::Value, &mut Vec<u8>) -> io::Result<()>; 2] {
            let mut written = Vec::new();
            write(&value, &mut written).unwrap();
            let written = String::from_utf8(written).unwrap();
            assert!(written.chars().all(|character| character == '\n' || is_visible(character)), "{written}");
            assert!(written.contains(r"a\u007f\u009b31m\u202e\u200bé证\u001b"), "{written}");
            assert!(written.contains(r"\udb40\udc41z"), "{written}");
            assert_eq!(serde_json::from_str::<serde_json::Value>(&written).unwrap(), value);
        }
    }
}
