//! JSON in which everything is escaped that [`Printable`] does not allow, and not only what JSON wants escaped.

use std::fmt::Write as _;

use serde::Serialize;

use crate::redact::Printable;

/// A value in one line, without a line feed at its end.
#[must_use]
pub(crate) fn compact(value: &impl Serialize) -> String {
    // Values with text as keys can always be written.
    escaped(&serde_json::to_string(value).unwrap_or_default())
}

/// A value over several lines, without a line feed at its end.
#[cfg(feature = "cli")]
#[must_use]
pub(crate) fn pretty(value: &impl Serialize) -> String {
    escaped(&serde_json::to_string_pretty(value).unwrap_or_default())
}

/// Outside of strings JSON is ASCII without control characters but line feeds, and has neither `::` nor `##`, so
/// that what is not printable is in a string, where an escape means the same.
fn escaped(json: &str) -> String {
    let mut state = Printable::default();
    let mut written = String::with_capacity(json.len() + 1);
    for character in json.chars() {
        if state.allows(character) || character == '\n' {
            written.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(written, "\\u{unit:04x}");
            }
        }
    }
    written
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use super::*;
    use crate::redact::is_visible;

    #[test]
    fn no_command_of_a_runner_is_left() {
        let value = serde_json::json!(["##[error]x", "# ## [a] ###[", "#", "[#"]);
        let written = compact(&value);
        assert_eq!(written, r##"["#\u0023[error]x","# #\u0023 [a] #\u0023#[","#","[#"]"##);
        assert_eq!(serde_json::from_str::<serde_json::Value>(&written).unwrap(), value);
    }

    #[test]
    fn nothing_odd_is_left_raw_and_nothing_is_lost() {
        let text = "a\u{7f}\u{9b}31m\u{202e}\u{200b}é证\u{1b}\n\"\\\u{feff}\u{e0041}z";
        let value = serde_json::json!({ "name": text, text: [text] });
        for written in [compact(&value), pretty(&value)] {
            assert!(written.chars().all(|character| character == '\n' || is_visible(character)), "{written}");
            assert!(written.contains(r"a\u007f\u009b31m\u202e\u200bé证\u001b"), "{written}");
            assert!(written.contains(r"\udb40\udc41z"), "{written}");
            assert_eq!(serde_json::from_str::<serde_json::Value>(&written).unwrap(), value);
        }
    }
}
