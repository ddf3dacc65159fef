//! JSON in which every character that a terminal, a log or a reader's eye would stumble over is
//! escaped, and not only those that JSON wants escaped: DEL, C1, bidirectional and invisible ones, and
//! `##[`, with which commands of CI systems' runners begin anywhere in a line.

use std::io::{self, Write};

use serde::Serialize;

use crate::source::is_harmless;

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

/// Outside of strings JSON is ASCII without control characters but line feeds, so that what is odd
/// stands in a string, where an escape means the same.
fn escaped(json: &str, to: &mut (impl Write + ?Sized)) -> io::Result<()> {
    let mut rest = json;
    let is_odd = |rest: &str, at: usize, character: char| match character {
        '\n' => false,
        '#' => {
            rest.get(..at).is_some_and(|before| before.ends_with('#'))
                && rest.get(at + 1..).is_some_and(|after| after.starts_with('['))
        }
        other => !is_harmless(other),
    };
    while let Some((at, odd)) = rest.char_indices().find(|&(at, character)| is_odd(rest, at, character)) {
        let (before, after) = rest.split_at(at);
        to.write_all(before.as_bytes())?;
        for unit in odd.encode_utf16(&mut [0; 2]) {
            write!(to, "\\u{unit:04x}")?;
        }
        rest = after.get(odd.len_utf8()..).unwrap_or_default();
    }
    to.write_all(rest.as_bytes())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use super::*;

    #[test]
    fn no_command_of_a_runner_is_left() {
        let value = serde_json::json!(["##[error]x", "# ## [a] ###[", "#", "[#"]);
        let mut written = Vec::new();
        super::write(&value, &mut written).unwrap();
        let written = String::from_utf8(written).unwrap();
        assert_eq!(written, r##"["#\u0023[error]x","# ## [a] ##\u0023[","#","[#"]"##);
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
            assert!(
                written.chars().all(|character| character == '\n' || is_harmless(character)),
                "{written}"
            );
            assert!(written.contains(r"a\u007f\u009b31m\u202e\u200bé证\u001b"), "{written}");
            assert!(written.contains(r"\udb40\udc41z"), "{written}");
            assert_eq!(serde_json::from_str::<serde_json::Value>(&written).unwrap(), value);
        }
    }
}
