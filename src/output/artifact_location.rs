//! Where an input lies, as readers of reports count it: from the root of the repository, with `/`
//! between the parts, whatever the system. Whoever runs the tool finds the root.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use crate::redact::printable;

/// Where an input lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// The path from the root, parts joined by `/`, neither `.` nor `..` among them. Not fit to print.
    path: Vec<u8>,
    is_in_repository: bool,
}

/// What RFC 3986 calls unreserved, and the slash between parts, stand for themselves.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// Where what is not in the repository is said to lie: a report needs a relative path for it, and it
/// must not be taken for a file of the repository.
const OUTSIDE: &str = "outside-the-repository";

/// What standard input is called, where a dash would not do.
const STDIN: &str = "stdin";

impl Site {
    /// A file in the repository, by the parts of its path from the root.
    #[must_use]
    pub fn in_repository<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        Self { path: joined(parts), is_in_repository: true }
    }

    /// A file elsewhere, by the parts of its path as it was named; root, drive and `..` count for
    /// nothing.
    #[must_use]
    pub fn elsewhere<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let path = joined(std::iter::once(OUTSIDE.as_bytes()).chain(parts));
        Self { path, is_in_repository: false }
    }

    /// Standard input.
    #[must_use]
    pub fn stdin() -> Self {
        Self { path: STDIN.as_bytes().to_vec(), is_in_repository: false }
    }

    /// What a name says about it, when nothing else is known.
    pub(super) fn of_name(name: &str) -> Self {
        if name == "-" {
            return Self::stdin();
        }
        let parts = || name.split('/').filter(|part| !matches!(*part, "" | "." | "..")).map(str::as_bytes);
        if name.starts_with('/') || name.split('/').any(|part| part == "..") || parts().next().is_none() {
            return Self::elsewhere(parts());
        }
        Self::in_repository(parts())
    }

    /// Whether it is a file of the repository.
    pub(super) const fn is_in_repository(&self) -> bool {
        self.is_in_repository
    }

    /// As a relative reference (RFC 3986): ASCII, never empty, never with a scheme or a root.
    pub(super) fn uri(&self) -> String {
        percent_encode(&self.path, ENCODED).to_string()
    }

    /// As text, fit to print.
    #[must_use]
    pub fn path(&self) -> String {
        printable(&String::from_utf8_lossy(&self.path), usize::MAX)
    }
}

fn joined<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Vec<u8> {
    let parts: Vec<&[u8]> = parts.into_iter().filter(|part| !matches!(*part, b"" | b"." | b"..")).collect();
    // The root itself; only a folder that cannot be read is.
    if parts.is_empty() { b".".to_vec() } else { parts.join(&b'/') }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_references() {
        for (name, uri, is_in_repository) in [
            ("a/b.json", "a/b.json", true),
            ("./a//b.json", "a/b.json", true),
            ("c:x y%.json", "c%3Ax%20y%25.json", true),
            ("证.json", "%E8%AF%81.json", true),
            ("a\\b#?.json", "a%5Cb%23%3F.json", true),
            ("../x.json", "outside-the-repository/x.json", false),
            ("a/../../x.json", "outside-the-repository/a/x.json", false),
            ("/tmp/x.json", "outside-the-repository/tmp/x.json", false),
            ("..", "outside-the-repository", false),
            ("", "outside-the-repository", false),
            ("-", "stdin", false),
        ] {
            let site = Site::of_name(name);
            assert_eq!((site.uri().as_str(), site.is_in_repository()), (uri, is_in_repository), "{name}");
        }
    }

    #[test]
    fn paths_need_not_be_text() {
        let site = Site::in_repository([&b"a\n"[..], b"\xff"]);
        assert_eq!(site.uri(), "a%0A/%FF");
        assert_eq!(site.path(), "a\\u{a}/\u{fffd}");
        assert_eq!(Site::in_repository([]).uri(), ".");
    }
}
