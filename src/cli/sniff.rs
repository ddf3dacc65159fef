//! A cheap look at a file: is it a body at all? Nothing is parsed, so that a body with broken JSON is
//! still found to be one.

use crate::internal_fault::OrFault;

/// The members that tell a body from other JSON files.
const TELLING: [&[u8]; 2] = [b"cert_content", b"private_key"];

/// Whether the top level is an object that has a member `cert_content` or `private_key`, as far as
/// the text goes.
pub(super) fn is_body(bytes: &[u8]) -> bool {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let start = bytes.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(0);
    let Some(mut rest) = bytes.get(start..).and_then(|text| text.strip_prefix(b"{")) else { return false };
    let mut depth = 1_usize;
    while let Some((&byte, after)) = rest.split_first() {
        rest = after;
        match byte {
            b'"' => {
                let (string, after) = string(rest);
                let is_name = after.iter().find(|byte| !byte.is_ascii_whitespace()) == Some(&b':');
                if depth == 1 && is_name && TELLING.iter().any(|name| string.eq_ignore_ascii_case(name)) {
                    return true;
                }
                rest = after;
            }
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 1 => return false,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
    }
    false
}

/// Splits off a string whose opening quote is gone.
fn string(text: &[u8]) -> (&[u8], &[u8]) {
    let mut at = 0;
    loop {
        match text.get(at) {
            None => return (text, &[]),
            Some(b'"') => return (text.get(..at).or_fault(), text.get(at + 1..).or_fault()),
            Some(b'\\') => at += 2,
            Some(_) => at += 1,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_known_by_their_members() {
        for text in [
            r#"{"cert_content": ""}"#,
            r#"  {"name": "{\"", "type": ["x", {"a": "}"}], "private_key" : null}"#,
            r#"{"Private_Key": "1"}"#,
            "\u{feff}{\"private_key\": 1",
            "{\"name\": 'x', // broken\n\"cert_content\": \"unfinished",
        ] {
            assert!(is_body(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn other_files_are_not() {
        for text in [
            "",
            "[]",
            r#"[{"private_key": ""}]"#,
            r#"{"inner": {"private_key": ""}}"#,
            r#"{"name": "private_key"}"#,
            r#"{"a": 1} {"private_key": ""}"#,
            r#"{"unfinished"#,
            r#"{"\"#,
        ] {
            assert!(!is_body(text.as_bytes()), "{text}");
        }
    }
}
