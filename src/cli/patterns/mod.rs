//! Patterns of paths, as in `.gitignore`: `*.json` and `vendor/` at any depth, `requests/*.json` and
//! `/a.json` from the folder of the configuration on.

mod glob;
mod list;

use std::path::{Path, PathBuf};

pub(super) use crate::cli::patterns::list::{Dialect, List, slashed};
use crate::cli::patterns::list::{Line, without_blanks};

/// What makes a pattern more than a path.
const SPECIAL: [char; 5] = ['*', '?', '[', '{', '\\'];

/// The longest pattern that is taken.
const MAX_LENGTH: usize = 4096;

/// Patterns of which the last one that fits decides. One that fits a folder fits all that is in it.
#[derive(Clone, Debug)]
pub(super) struct Patterns(List);

/// Puts [`Patterns`] together.
pub(super) struct PatternsBuilder(List);

impl PatternsBuilder {
    pub(super) fn new() -> Self {
        Self(List::default())
    }

    /// Adds a pattern; says what is wrong with it.
    pub(super) fn add(&mut self, pattern: &str) -> Result<(), &'static str> {
        let pattern = anchored(pattern);
        let pattern = pattern.get(..without_blanks(pattern.as_bytes()).len()).unwrap_or_default();
        let bare = pattern.trim_start_matches('!');
        if bare.trim().is_empty() || bare == "/" {
            return Err("must not be empty");
        }
        if pattern.starts_with('#') {
            return Err("must not begin with # (a name that does is written \\#)");
        }
        if pattern.len() > MAX_LENGTH {
            return Err("must not be longer than 4096 bytes");
        }
        if bare.split('/').any(|part| part == "..") {
            return Err("must stay below the folder of the configuration, without ..");
        }
        let line = Line::new(pattern.as_bytes(), Dialect::Configuration);
        let line =
            line.ok_or("must be a pattern as in .gitignore; its brackets or braces are out of order")?;
        self.0.push(line);
        Ok(())
    }

    pub(super) fn build(self) -> Patterns {
        Patterns(self.0)
    }
}

impl Patterns {
    /// Whether they fit a path, which is that from the folder of the configuration on.
    pub(super) fn fit(&self, path: &Path, is_folder: bool) -> bool {
        if !path.is_relative() {
            return false;
        }
        let whole = slashed(path);
        let (mut path, mut is_folder) = (whole.as_slice(), is_folder);
        // The longest part of it that anything is said of decides.
        loop {
            if let Some(is_named) = self.0.names(path, is_folder) {
                return is_named;
            }
            let slash = path.iter().rposition(|&byte| byte == b'/');
            let Some(folder) = slash.and_then(|slash| path.get(..slash)) else { return false };
            (path, is_folder) = (folder, true);
        }
    }
}

/// The one path that a pattern fits, when that is so plain.
pub(super) fn only_path(pattern: &str) -> Option<PathBuf> {
    let pattern = anchored(pattern);
    let is_anchored = pattern.trim_end_matches(' ').contains('/');
    let is_plain = !pattern.contains(SPECIAL) && !pattern.starts_with('!') && !pattern.ends_with('/');
    (is_anchored && is_plain).then(|| PathBuf::from(pattern.trim_end_matches(' ').trim_start_matches('/')))
}

/// The folder in which all lies that a pattern fits.
pub(super) fn folder(pattern: &str) -> PathBuf {
    let pattern = anchored(pattern);
    let plain = pattern.split(SPECIAL).next().unwrap_or_default();
    let inside = pattern.trim_end_matches(' ').trim_end_matches('/');
    // Without a slash inside of it, it fits at any depth.
    match plain.rsplit_once('/') {
        Some((folder, _)) if inside.contains('/') => PathBuf::from(folder.trim_start_matches('/')),
        _ => PathBuf::new(),
    }
}

/// `./a` is meant as `/a`.
fn anchored(pattern: &str) -> String {
    pattern.strip_prefix("./").map_or_else(|| pattern.to_owned(), |rest| format!("/{rest}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use super::*;

    fn fit(patterns: &[&str], path: &str) -> bool {
        let mut builder = PatternsBuilder::new();
        for pattern in patterns {
            builder.add(pattern).unwrap();
        }
        builder.build().fit(Path::new(path), false)
    }

    /// What git 2.47 says: `git check-ignore --no-index` with these lines in `.gitignore`. It has no `./`.
    #[test]
    fn they_fit_as_in_gitignore() {
        for (patterns, path, expected) in [
            (&["a.json"][..], "a.json", true),
            (&["a.json"], "x/y/a.json", true),
            (&["/a.json"], "x/a.json", false),
            (&["./a.json"], "a.json", true),
            (&["./a.json"], "x/a.json", false),
            (&["x/a.json"], "x/a.json", true),
            (&["x/a.json"], "y/x/a.json", false),
            (&["x/*.json"], "x/a.json", true),
            (&["x/*.json"], "x/y/a.json", false),
            (&["x/**/*.json"], "x/a.json", true),
            (&["x/**/*.json"], "x/y/z/a.json", true),
            (&["**/y"], "x/y/a.json", true),
            (&["vendor/"], "vendor/a.json", true),
            (&["vendor/"], "x/vendor/y/a.json", true),
            (&["vendor/"], "vendor", false),
            (&["vendor"], "vendor", true),
            (&["*.json", "!b.json"], "b.json", false),
            (&["!b.json", "*.json"], "b.json", true),
            (&["a[12].json"], "a2.json", true),
            (&["a[12].json"], "a3.json", false),
            (&["a?.json"], "a/.json", false),
            (&["\\#a"], "#a", true),
            (&["A.json"], "a.json", false),
        ] {
            assert_eq!(fit(patterns, path), expected, "{patterns:?} {path}");
        }
        assert!(!fit(&["*"], "/somewhere/else"));
    }

    /// What git 2.47 says of the patterns that bash 5.2 makes of them; of `{a}` and of braces in brackets bash has
    /// another opinion.
    #[test]
    fn braces_are_alternatives() {
        for (pattern, path, expected) in [
            ("{a,b}.json", "a.json", true),
            ("{a,b}.json", "x/b.json", true),
            ("{a,b}.json", "c.json", false),
            ("{a,b}.json", "a", false),
            ("x/{a,b{1,2}}/*.json", "x/a/c.json", true),
            ("x/{a,b{1,2}}/*.json", "x/b2/c.json", true),
            ("x/{a,b{1,2}}/*.json", "x/b/c.json", false),
            ("x/{a,b{1,2}}/*.json", "y/x/a/c.json", false),
            ("a{,.bak}.json", "a.json", true),
            ("a{,.bak}.json", "a.bak.json", true),
            ("{a}", "a", true),
            ("{a,b}{1,2}", "b1", true),
            ("{a,b}{1,2}", "b", false),
            ("{*.json,x}", "y/a.json", true),
            ("x/{**/a,b}.json", "x/y/z/a.json", true),
            ("x/{**/a,b}.json", "x/a.json", true),
            ("x/{**/a,b}.json", "x/y/b.json", false),
            ("{x/**,y}", "x/y/z", true),
            ("{x,y}/**/a", "y/a", true),
            ("!{a,b}", "a", false),
            ("a,b", "a,b", true),
            ("[{,}]", "{", true),
            ("\\{a,b\\}", "{a,b}", true),
            ("\\{a,b\\}", "a", false),
            ("{a\\,b,c}", "a,b", true),
        ] {
            assert_eq!(fit(&[pattern], path), expected, "{pattern} {path}");
        }
        assert!(!fit(&["*.json", "!{a,b}.json"], "a.json"));
        let deep = "{*,".repeat(1023) + &"}".repeat(1023);
        assert!(fit(&[&deep], "a"));
        assert!(!fit(&[&("{a,a}".repeat(800) + "[b]")], &"a".repeat(801)));
    }

    #[test]
    fn what_fits_nothing_is_refused() {
        let deep = "{a,".repeat(100_000) + &"}".repeat(100_000);
        for pattern in [
            deep.as_str(),
            "",
            " ",
            "!",
            "/",
            "./",
            "#a",
            "../a",
            "a/../b",
            "!../a",
            "a[z-a]",
            "a{b",
            "a}",
            "a[b",
            "[[:nope:]]",
            "a\\",
        ] {
            assert!(PatternsBuilder::new().add(pattern).is_err(), "{pattern}");
        }
    }

    #[test]
    fn how_far_they_reach() {
        for (pattern, only, below) in [
            ("a.json", None, ""),
            ("/a.json", Some("a.json"), ""),
            ("./a.json", Some("a.json"), ""),
            ("x/y/a.json", Some("x/y/a.json"), "x/y"),
            ("x/y/*.json", None, "x/y"),
            ("x/y*/a.json", None, "x"),
            ("x/", None, ""),
            ("x/y/", None, "x/y"),
            ("**/a.json", None, ""),
            ("x/a\\ b", None, "x"),
            ("/x/**", None, "x"),
        ] {
            assert_eq!(only_path(pattern), only.map(PathBuf::from), "{pattern}");
            assert_eq!(folder(pattern), PathBuf::from(below), "{pattern}");
        }
    }
}
