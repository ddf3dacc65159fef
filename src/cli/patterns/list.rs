//! The lines of an ignore file, as git reads them.

use std::path::{Component, Path};

use super::glob::Glob;

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
