//! Patterns of paths in the configuration, as in `.gitignore`: `*.json` and `vendor/` at any depth,
//! `requests/*.json` and `/a.json` from the directory of the configuration on. Beyond `.gitignore`, `{a,b}` matches
//! either of both.

use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use crate::internal_fault::OrFault;

/// The characters that make a pattern more than a path.
const SPECIAL: [char; 5] = ['*', '?', '[', '{', '\\'];

/// The longest pattern, in bytes. Patterns are compiled recursively.
pub(super) const MAX_LENGTH: usize = 4096;

const MALFORMED: &str = "must be a pattern as in .gitignore; its brackets or braces are out of order";

/// Patterns of which the last one that matches decides. One that matches a directory matches all that is in it.
#[derive(Clone, Debug)]
pub(super) struct Patterns(Gitignore);

/// Puts [`Patterns`] together.
pub(super) struct PatternsBuilder(GitignoreBuilder);

impl PatternsBuilder {
    pub(super) fn new() -> Self {
        let mut builder = GitignoreBuilder::new("");
        builder.allow_unclosed_class(false);
        Self(builder)
    }

    /// Adds a pattern, or says what is wrong with it.
    pub(super) fn add(&mut self, pattern: &str) -> Result<(), &'static str> {
        let pattern = anchored(pattern);
        let bare = pattern.trim_start_matches('!');
        if bare.trim().trim_matches('/').is_empty() {
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
        if pattern.contains("[[:") {
            return Err("must not hold a class such as [:digit:]; write [0-9]");
        }
        // The crate would read it as if it were not there.
        if ["{,", ",,", ",}"].iter().any(|empty| pattern.contains(empty)) {
            return Err("must not have an empty alternative in braces; write two patterns");
        }
        // Alone, so that the message belongs to this pattern.
        let mut alone = Self::new().0;
        alone.add_line(None, &pattern).and_then(|alone| alone.build()).map_err(|_| MALFORMED)?;
        self.0.add_line(None, &pattern).map_err(|_| MALFORMED)?;
        Ok(())
    }

    pub(super) fn build(&self) -> Result<Patterns, &'static str> {
        self.0.build().map(Patterns).map_err(|_| "has too many or too large patterns")
    }
}

impl Patterns {
    /// Whether they match a path from the directory of the configuration on.
    pub(super) fn matches(&self, path: &Path, is_directory: bool) -> bool {
        path.is_relative() && self.0.matched_path_or_any_parents(path, is_directory).is_ignore()
    }
}

/// The one path that a pattern matches, if it is written out.
pub(super) fn only_path(pattern: &str) -> Option<PathBuf> {
    let pattern = anchored(pattern);
    let is_anchored = pattern.trim_end_matches(' ').contains('/');
    let is_plain = !pattern.contains(SPECIAL) && !pattern.starts_with('!') && !pattern.ends_with('/');
    (is_anchored && is_plain).then(|| PathBuf::from(pattern.trim_end_matches(' ').trim_start_matches('/')))
}

/// The directory that holds all that a pattern matches.
pub(super) fn directory(pattern: &str) -> PathBuf {
    let pattern = anchored(pattern);
    let plain = pattern.split(SPECIAL).next().or_fault();
    let inside = pattern.trim_end_matches(' ').trim_end_matches('/');
    // Without a slash inside, it matches at any depth.
    match plain.rsplit_once('/') {
        Some((directory, _)) if inside.contains('/') => PathBuf::from(directory.trim_start_matches('/')),
        _ => PathBuf::new(),
    }
}

/// `./a` means `/a`.
fn anchored(pattern: &str) -> String {
    pattern.strip_prefix("./").map_or_else(|| pattern.to_owned(), |rest| format!("/{rest}"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use super::*;

    fn matches(patterns: &[&str], path: &str) -> bool {
        let mut builder = PatternsBuilder::new();
        for pattern in patterns {
            builder.add(pattern).unwrap();
        }
        builder.build().unwrap().matches(Path::new(path), false)
    }

    /// Recorded from `git check-ignore --no-index` of git 2.47 with these lines in `.gitignore`. git has no `./`.
    #[test]
    fn patterns_match_as_in_gitignore() {
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
            assert_eq!(matches(patterns, path), expected, "{patterns:?} {path}");
        }
        assert!(!matches(&["*"], "/somewhere/else"));
    }

    /// Recorded from git 2.47 with the patterns that bash 5.2 makes of these.
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
            ("{a,b}{1,2}", "b1", true),
            ("{a,b}{1,2}", "b", false),
            ("{*.json,x}", "y/a.json", true),
            ("{x,y}/**/a", "y/a", true),
            ("!{a,b}", "a", false),
            ("a,b", "a,b", true),
            ("\\{a,b\\}", "{a,b}", true),
            ("\\{a,b\\}", "a", false),
            ("{a\\,b,c}", "a,b", true),
        ] {
            assert_eq!(matches(&[pattern], path), expected, "{pattern} {path}");
        }
        assert!(!matches(&["*.json", "!{a,b}.json"], "a.json"));
    }

    #[test]
    fn malformed_patterns_are_refused() {
        let deep = "{a,".repeat(1023) + &"}".repeat(1023);
        let long = "a".repeat(MAX_LENGTH + 1);
        for pattern in [
            deep.as_str(),
            long.as_str(),
            "",
            " ",
            "!",
            "/",
            "/ ",
            "./",
            "//",
            "#a",
            "../a",
            "a/../b",
            "!../a",
            "a[z-a]",
            "a{b",
            "a}",
            "a[b",
            "[[:digit:]]",
            "a{,.bak}.json",
            "a\\",
        ] {
            assert!(PatternsBuilder::new().add(pattern).is_err(), "{pattern}");
        }
    }

    #[test]
    fn the_reach_of_patterns() {
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
            assert_eq!(directory(pattern), PathBuf::from(below), "{pattern}");
        }
    }
}
