//! JSON in which every character that a terminal, a log or a reader's eye would stumble over is
//! escaped, and not only those that JSON wants escaped: DEL, C1, bidirectional and invisible ones, and
//! `##[`, with which commands of CI systems' runners begin anywhere in a line.

use std::io::{self, Write};

use memchr::memmem;
use serde::Serialize;

use crate::span::is_harmless;

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
    while let Some((before, after)) =
        memmem::find(rest.as_bytes(), b"##[").and_then(|at| rest.split_at_checked(at))
    {
        escaped_characters(before, to)?;
        to.write_all(b"#\\u0023[")?;
        rest = after.get(3..).unwrap_or_default();
    }
    escaped_characters(rest, to)
}

fn escaped_characters(json: &str, to: &mut (impl Write + ?Sized)) -> io::Result<()> {
    let mut rest = json;
    let mut looked_at = 0;
    // Mostly all of it is plain, or all but a few characters.
    while let Some(plain) = rest.as_bytes().get(looked_at..).and_then(plain_length) {
        let (before, from_odd) = rest.split_at_checked(looked_at + plain).unwrap_or((rest, ""));
        let Some(odd) = from_odd.chars().next() else { break };
        looked_at = before.len() + odd.len_utf8();
        if is_harmless(odd) {
            continue;
        }
        to.write_all(before.as_bytes())?;
        for unit in odd.encode_utf16(&mut [0; 2]) {
            write!(to, "\\u{unit:04x}")?;
        }
        rest = rest.get(looked_at..).unwrap_or_default();
        looked_at = 0;
    }
    to.write_all(rest.as_bytes())
}

/// How many octets at the start are printable ASCII or line feeds; `None` when all are. It goes through them
/// eight at a time, as one number.
fn plain_length(octets: &[u8]) -> Option<usize> {
    let is_odd = |octet: &u8| !matches!(octet, b'\n' | b' '..=b'~');
    let (eights, _) = octets.as_chunks::<8>();
    let plain = eights.iter().take_while(|eight| are_printable(**eight) || !eight.iter().any(is_odd));
    let start = plain.count() * 8;
    Some(start + octets.get(start..)?.iter().position(is_odd)?)
}

/// Whether all of them lie from the blank to the tilde: none is less (it would borrow from its highest bit),
/// none is more (it would carry into it, or has it).
const fn are_printable(octets: [u8; 8]) -> bool {
    const ONES: u64 = u64::from_ne_bytes([1; 8]);
    let all = u64::from_ne_bytes(octets);
    let below_blank = all.wrapping_sub(ONES * 0x20) & !all;
    let above_tilde = all.wrapping_add(ONES) | all;
    (below_blank | above_tilde) & (ONES * 0x80) == 0
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
    fn plain_ends_at_the_first_odd_octet() {
        for length in [1, 7, 8, 9, 16, 17, 40] {
            for at in 0..length {
                for octet in 0..=u8::MAX {
                    for around in [b'\n', b' ', b'a', b'~'] {
                        let mut octets = vec![around; length];
                        *octets.get_mut(at).unwrap() = octet;
                        let is_plain = octet == b'\n' || octet == b' ' || octet.is_ascii_graphic();
                        assert_eq!(
                            plain_length(&octets),
                            (!is_plain).then_some(at),
                            "{octet} at {at} of {length}"
                        );
                    }
                }
            }
        }
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
