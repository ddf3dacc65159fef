//! What a path is called in reports. Paths are shown, escaped. But a key that was pasted where a path belongs is
//! no path: what does not exist is called by its place on the command line if it looks like a key, or if another
//! argument does. A shell takes a key apart into lines of which the last one may be short.

use std::ffi::OsString;
use std::path::Path;

use crate::output::printable_path;
use crate::redact::looks_secret;

/// What a path of the command line is called.
pub(super) fn of(path: &Path, given: &[OsString]) -> String {
    let existing = path.ancestors().find(|ancestor| ancestor.symlink_metadata().is_ok());
    let missing = existing.and_then(|existing| path.strip_prefix(existing).ok()).unwrap_or(path);
    let is_secret = |argument: &OsString| {
        looks_secret(&argument.to_string_lossy()) && Path::new(argument).symlink_metadata().is_err()
    };
    if existing == Some(path)
        || !looks_secret(&missing.to_string_lossy()) && !given.iter().skip(1).any(is_secret)
    {
        return shown(path);
    }
    given
        .iter()
        .position(|argument| argument == path.as_os_str())
        .map_or_else(|| "an argument".to_owned(), |index| format!("argument {index}"))
}

/// What a path in the value of an option is called; nothing if it looks like a key.
pub(super) fn in_option(path: &Path) -> String {
    let given: Vec<OsString> = std::env::args_os().collect();
    match of(path, &given) {
        name if name == shown(path) => format!("{name}: "),
        _ => String::new(),
    }
}

/// What a file that was found is called.
pub(super) fn shown(path: &Path) -> String {
    let path = path.strip_prefix(".").ok().filter(|path| !path.as_os_str().is_empty()).unwrap_or(path);
    match path.to_string_lossy() {
        name if name.is_empty() => "\"\"".to_owned(),
        name => printable_path(&name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINE: &str = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDYvPx9H8ZY9iUf";

    #[test]
    fn a_missing_path_is_named_unless_it_looks_like_a_key() {
        let given = ["apicert", "check"].map(OsString::from);
        for path in ["requests/missing.json", "Requests", "/nonexistent/Req1", "证书", "../up", "wIBAzA"] {
            assert_eq!(of(Path::new(path), &given), path);
        }
        assert_eq!(of(Path::new("./a.json"), &given), "a.json");
        assert_eq!(of(Path::new(""), &given), "\"\"");
        let given = ["apicert", "check", LINE, "wIBAzA"].map(OsString::from);
        assert_eq!(of(Path::new(LINE), &given), "argument 2");
        assert_eq!(of(&Path::new("/").join(LINE), &given), "an argument");
        assert_eq!(of(Path::new("wIBAzA"), &given), "argument 3");
    }

    #[test]
    fn what_exists_is_named_whatever_it_is_called() {
        let directory = std::env::temp_dir();
        assert_eq!(of(&directory, &[LINE, LINE].map(OsString::from)), shown(&directory));
    }
}
