//! What may be shown of a name or a text that was given from outside.
//!
//! Names of files are shown, escaped. But a key that was pasted where a path belongs is no name of a
//! file: what does not exist and looks as if it could be (part of) a key is called by its place on
//! the command line.

use std::ffi::OsString;
use std::path::Path;

use crate::output::printable_path;

/// The most bytes of a path, and of one component of it, on the systems that we know.
const MAX_PATH: usize = 4096;
const MAX_COMPONENT: usize = 255;

/// So many characters of base64 in a row are more than a word.
const LONG_RUN: usize = 24;

/// What a path of the command line is called in reports.
pub(super) fn of(path: &Path, given: &[OsString]) -> String {
    if path.symlink_metadata().is_ok() || is_plausible(path) {
        return shown(path);
    }
    given
        .iter()
        .position(|argument| argument == path.as_os_str())
        .map_or_else(|| "an argument".to_owned(), |index| format!("argument {index}"))
}

/// What a file that was found is called.
pub(super) fn shown(path: &Path) -> String {
    let path = path.strip_prefix(".").ok().filter(|path| !path.as_os_str().is_empty()).unwrap_or(path);
    match path.to_string_lossy() {
        name if name.is_empty() => "\"\"".to_owned(),
        name => printable_path(&name),
    }
}

/// Whether a path to nothing can be shown: the part of it that does exist can, and the rest must not
/// look like a key.
fn is_plausible(path: &Path) -> bool {
    let existing = path.ancestors().find(|ancestor| ancestor.symlink_metadata().is_ok());
    let rest = existing.and_then(|existing| path.strip_prefix(existing).ok()).unwrap_or(path);
    let Some(rest) = rest.to_str() else { return false };
    path.as_os_str().len() <= MAX_PATH
        && rest.split('/').all(|component| component.len() <= MAX_COMPONENT)
        && !could_be_secret(rest)
        && reads_like_a_path(rest)
}

/// Whether the name of a file has an ending, which no base64 has, or it and its folders are called by
/// words of small letters and by numbers. The last line of a key that a shell has taken apart is shorter
/// than many a name.
fn reads_like_a_path(path: &str) -> bool {
    let ending = path.rsplit('/').next().and_then(|name| name.rsplit_once('.'));
    let is_word = |word: &str| {
        word.chars().all(|character| character.is_ascii_digit())
            || word.chars().all(|character| {
                character.is_ascii_lowercase() || (!character.is_ascii() && character.is_alphanumeric())
            })
    };
    ending.is_some_and(|(name, ending)| !name.is_empty() && !ending.is_empty())
        || path.split(['/', '-', '_', ' ', '.']).all(is_word)
}

/// Whether a text could be, or hold, a key: armour, JSON, line breaks, or a long run of base64 or
/// hexadecimal digits. It errs on the side of silence.
pub(super) fn could_be_secret(text: &str) -> bool {
    text.contains("----")
        || text.to_ascii_uppercase().contains("PRIVATE KEY")
        || text.contains(|character: char| {
            character.is_control() || matches!(character, '{' | '}' | '"' | '\\' | '\u{2028}' | '\u{2029}')
        })
        || holds_a_long_run(text)
}

/// Whether a text holds a long run of base64 or hexadecimal digits.
pub(super) fn holds_a_long_run(text: &str) -> bool {
    text.split(|character: char| !(character.is_ascii_alphanumeric() || matches!(character, '+' | '/' | '=')))
        .any(is_random_looking)
        || text
            .split(|character: char| !(character.is_ascii_alphanumeric() || matches!(character, '-' | '_')))
            .any(is_base64url_looking)
}

/// Whether a run of base64 characters is longer than a word and mixes kinds of characters as words
/// do not, or is nothing but digits.
fn is_random_looking(run: &str) -> bool {
    let kinds = [
        run.contains(|character: char| character.is_ascii_lowercase()),
        run.contains(|character: char| character.is_ascii_uppercase()),
        run.contains(|character: char| character.is_ascii_digit()),
    ];
    let is_number = run.bytes().all(|byte| byte.is_ascii_digit());
    run.len() >= LONG_RUN && (is_number || kinds.into_iter().filter(|&is_there| is_there).count() > 1)
}

/// Whether a run of base64url characters is longer than a word and changes between capitals, small
/// letters and digits more often than words joined by hyphens do.
fn is_base64url_looking(run: &str) -> bool {
    let kind = |byte: &u8| (byte.is_ascii_lowercase(), byte.is_ascii_uppercase(), byte.is_ascii_digit());
    let pairs = run.as_bytes().iter().zip(run.as_bytes().iter().skip(1));
    let changes = pairs
        .filter(|(one, other)| {
            one.is_ascii_alphanumeric() && other.is_ascii_alphanumeric() && kind(one) != kind(other)
        })
        .count();
    run.len() >= LONG_RUN && changes * 3 > run.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDYvPx9H8ZY9iUf";

    #[test]
    fn pieces_of_keys_are_noticed() {
        for text in [
            LINE,
            "MIIEvQIBADANBgkqhkiG9w0BAQEFAA",
            "-----BEGIN PRIVATE KEY-----",
            "'-----BEGIN",
            "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
            "X9f-Qk2Lz_7aBv0pTwY3s-Ju8KcR5eNdH1gZxMoVq6E",
            "65537123456789012345678901234567890",
            "{\"private_key\": 1}",
            "a\nb",
        ] {
            assert!(could_be_secret(text), "{text}");
        }
    }

    #[test]
    fn names_are_not() {
        for text in [
            "requests/production/certificates",
            "missing.json",
            "www.example.com",
            "SHA256-RSA",
            "证书",
            "Production-2026-07-01-Certificate_Request.json",
            "f0fa1789-3b76-433b-a787-9892951c620e",
            "myCertForProdServer01-and-others.json",
        ] {
            assert!(!could_be_secret(text), "{text}");
        }
    }

    #[test]
    fn a_missing_path_is_named_when_it_reads_like_one() {
        let given = ["apicert", "check", LINE].map(OsString::from);
        assert_eq!(of(Path::new("requests/missing.json"), &given), "requests/missing.json");
        assert_eq!(of(Path::new(LINE), &given), "argument 2");
        assert_eq!(of(&Path::new("/").join(LINE), &given), "an argument");
        assert_eq!(of(Path::new("./a.json"), &given), "a.json");
        for shown in ["requests", "requests/2026-07/certs", "证书", "Requests/Production.json", "../up"] {
            assert_eq!(of(Path::new(shown), &given), shown);
        }
        for hidden in ["QIDAQAB", "wIBAzA", "Requests", "oUQDQgAE/x9f", "dGVzdA=="] {
            assert_eq!(of(Path::new(hidden), &given), "an argument", "{hidden}");
        }
        assert_eq!(of(Path::new(""), &given), "\"\"");
    }

    #[test]
    fn what_exists_is_named_whatever_it_is_called() {
        let folder = std::env::temp_dir();
        assert_eq!(of(&folder, &[]), shown(&folder));
    }
}
