//! The lines of an ignore file, as git reads them.

use std::path::{Component, Path};

use crate::cli::patterns::glob::Glob;

/// What is read as a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Dialect {
    /// Lines of files that git reads too, as git reads them.
    Git,
    /// Patterns of a configuration: `{a,b}` is either of both, and a range that runs backwards a mistake.
    Configuration,
}

impl Dialect {
    pub(super) const fn has_braces(self) -> bool {
        matches!(self, Self::Configuration)
    }

    pub(super) const fn is_strict(self) -> bool {
        matches!(self, Self::Configuration)
    }
}

/// Patterns of which the last one that fits decides.
#[derive(Clone, Debug, Default)]
pub(in crate::cli) struct List(Vec<Line>);

/// A pattern with the signs around it.
#[derive(Clone, Debug)]
pub(super) struct Line {
    glob: Glob,
    /// Whether it takes back what came before.
    takes_back: bool,
    is_for_folders: bool,
    /// Whether it looks at the last name of a path alone.
    is_for_names: bool,
}

impl Line {
    /// Reads a pattern. `None` is for one that nothing could fit.
    pub(super) fn new(line: &[u8], dialect: Dialect) -> Option<Self> {
        let (takes_back, line) = match line.strip_prefix(b"!") {
            Some(rest) => (true, rest),
            None => (false, line),
        };
        let (is_for_folders, line) = match line.strip_suffix(b"/") {
            Some(rest) => (true, rest),
            None => (false, line),
        };
        let is_for_names = !line.contains(&b'/');
        let pattern = line.strip_prefix(b"/").unwrap_or(line);
        let glob = Glob::new(pattern, dialect).filter(|_| !pattern.is_empty())?;
        Some(Self { glob, takes_back, is_for_folders, is_for_names })
    }

    fn fits(&self, path: &[u8], is_folder: bool) -> bool {
        let name = || path.rsplit(|&byte| byte == b'/').next().unwrap_or(path);
        (is_folder || !self.is_for_folders) && self.glob.fits(if self.is_for_names { name() } else { path })
    }
}

impl List {
    /// Reads an ignore file.
    pub(in crate::cli) fn read(file: &[u8]) -> Self {
        let file = file.strip_prefix(b"\xef\xbb\xbf").unwrap_or(file);
        let mut list = Self::default();
        for line in file.split(|&byte| byte == b'\n').filter(|line| !line.starts_with(b"#")) {
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            let line = line.split(|&byte| byte == 0).next().unwrap_or(line);
            list.0.extend(Line::new(without_blanks(line), Dialect::Git));
        }
        list
    }

    pub(super) fn push(&mut self, line: Line) {
        self.0.push(line);
    }

    /// Whether it names a path, or takes it back; `None` when it says nothing of it. The path is that from its
    /// folder on, with slashes.
    pub(in crate::cli) fn names(&self, path: &[u8], is_folder: bool) -> Option<bool> {
        self.0.iter().rev().find(|line| line.fits(path, is_folder)).map(|line| !line.takes_back)
    }
}

/// A line without the blanks at its end, but for one that is escaped.
pub(super) fn without_blanks(line: &[u8]) -> &[u8] {
    let mut end = 0;
    let mut bytes = line.iter().enumerate();
    while let Some((at, &byte)) = bytes.next() {
        match byte {
            b' ' => {}
            // At the very end it keeps what stands before.
            b'\\' => match bytes.next() {
                Some((at, _)) => end = at + 1,
                None => return line,
            },
            _ => end = at + 1,
        }
    }
    line.get(..end).unwrap_or(line)
}

/// The names of a path with slashes between them, as bytes: what they are on Unix, and what looks like them
/// elsewhere.
pub(in crate::cli) fn slashed(path: &Path) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(path.as_os_str().len());
    for component in path.components() {
        if let Component::Normal(name) = component {
            if !bytes.is_empty() {
                bytes.push(b'/');
            }
            bytes.extend_from_slice(name.as_encoded_bytes());
        }
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether a path, or a folder that it lies in, is named. What is in a folder that is, git does not look at.
    fn is_ignored(file: &str, path: &str) -> bool {
        let list = List::read(file.as_bytes());
        let folders = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
        folders
            .map(|folder| (folder, true))
            .chain([(path, false)])
            .any(|(path, is_folder)| list.names(path.as_bytes(), is_folder) == Some(true))
    }

    /// What git 2.47 says: `git check-ignore --no-index` with the text in `.gitignore`, and the file there
    /// (`tests/walk/record.py`).
    #[test]
    fn lines_are_read_as_git_reads_them() {
        for (file, path, expected) in [
            ("a.json \n", "a.json", true),
            ("a.json\\ \n", "a.json ", true),
            ("a.json\\  \n", "a.json ", true),
            ("a.json\t\n", "a.json", false),
            ("a.json\t\n", "a.json\t", true),
            ("a\r\nb\r\n", "a", true),
            ("a\r\n", "a\r", false),
            ("a\r\r\n", "a\r", true),
            ("\u{feff}a\n", "a", true),
            ("b\n\u{feff}a\n", "a", false),
            ("#a\n", "#a", false),
            ("\\#a\n", "#a", true),
            (" #a\n", " #a", true),
            ("\\!a\n", "!a", true),
            ("!a\n", "!a", false),
            ("*\n!a\n", "a", false),
            ("!!a\n", "!a", false),
            ("*\n!!a\n", "!a", false),
            ("*.j\\\n", "a.j\\", false),
            ("a\\\n", "a", false),
            ("a\\b\n", "ab", true),
            ("a\0b\n", "a", true),
            ("a", "a", true),
            ("\n\n \na\n", "a", true),
            ("x/\n", "x/a", true),
            ("/x/\n", "y/x/a", false),
            ("x//\n", "x/a", false),
            ("x\\/\n", "x/a", false),
            ("**\n", "x/a", true),
            ("**/\n", "x/a", true),
            ("**/\n", "a", false),
            ("/**\n", "a", true),
            ("x/**\n", "x/y/a", true),
            ("x/**\n", "x", false),
            ("x/**/a\n", "x/a", true),
            ("x/**/**/a\n", "x/y/a", true),
            ("x/**\\/a\n", "x/a", false),
            ("x/**\\/a\n", "x/y/a", true),
            ("x**a\n", "x/a", false),
            ("x**/a\n", "xy/z/a", true),
            ("*x**/a\n", "xy/z/a", false),
            ("x/***/a\n", "x/y/z/a", true),
            ("**a\n", "x/ba", true),
            ("/**x\n", "y/x", false),
            ("x/*a\n", "x/y/a", false),
            ("x?a\n", "x/a", false),
            ("x[/]a\n", "x/a", false),
            ("x[!b]a\n", "x/a", false),
            ("[ab]\n", "a", true),
            ("[!ab]\n", "c", true),
            ("[^ab]\n", "c", true),
            ("[^ab]\n", "a", false),
            ("[]a]\n", "]", true),
            ("[!]a]\n", "b", true),
            ("[a-c]\n", "b", true),
            ("[c-a]\n", "b", false),
            ("[c-ab]\n", "b", true),
            ("[a-]\n", "-", true),
            ("a[--0]\n", "a.", true),
            ("[a-c-e]\n", "d", false),
            ("[a-c-e]\n", "-", true),
            ("[\\]]\n", "]", true),
            ("[\\a-c]\n", "b", true),
            ("[a-\\c]\n", "b", true),
            ("[[:digit:]]\n", "1", true),
            ("[[:upper:]x]\n", "x", true),
            ("[![:alnum:]]\n", "-", true),
            ("[[:punct:]]\n", "!", true),
            ("[[:nope:]a]\n", "a", false),
            ("a[[:]\n", "a:", true),
            ("a[[:]\n", "a[", true),
            ("[[:a]\n", "[", true),
            ("[[a]\n", "[", true),
            ("[[:space:]]\n", " ", true),
            ("[[:xdigit:]-z]\n", "y", false),
            ("[a\n", "[a", false),
            ("[a\n", "a", false),
            ("{a,b}\n", "a", false),
            ("{a,b}\n", "{a,b}", true),
            ("a}\n", "a}", true),
            ("?\n", "é", false),
            ("??\n", "é", true),
            ("[é]?\n", "é", true),
            ("[é]\n", "é", false),
            ("a**b\n", "ab", true),
            ("*a*a*a*b\n", "aaaaaab", true),
            ("A\n", "a", false),
            ("a/b/\n", "a/bc/d", false),
            ("/\n", "a", false),
            ("//\n", "a", false),
            ("!\n", "!", false),
            ("*\n!*/\n!*.json\n", "x/a.json", false),
            ("x\n!x/a\n", "x/a", true),
        ] {
            assert_eq!(is_ignored(file, path), expected, "{file:?} {path:?}");
        }
    }

    /// As many steps as pattern and path are long, multiplied, are no matter; twice as many with each star would
    /// be without end.
    #[test]
    fn none_takes_for_ever() {
        let (name, path) = ("a".repeat(255), "a/".repeat(1000) + "a");
        for (pattern, expected) in [
            ("*".repeat(10_000), true),
            ("*a".repeat(255), true),
            ("*a".repeat(254) + "*[b]", false),
            ("*a".repeat(100_000), false),
            ("a".repeat(1_000_000), false),
            ("[".repeat(1_000_000), false),
        ] {
            assert_eq!(is_ignored(&pattern, &name), expected);
        }
        for (pattern, expected) in [
            ("**/a/".repeat(300) + "a", true),
            ("**/a/".repeat(300) + "[b]", false),
            ("**/*a*/".repeat(300) + "[b]", false),
            ("/*".repeat(1001), true),
        ] {
            assert_eq!(is_ignored(&pattern, &path), expected);
        }
    }
}
