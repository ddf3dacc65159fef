//! How text is laid out: colours, drawing characters, width, and how a file's name is shown.

use unicode_width::UnicodeWidthStr;

use crate::redact::printable;

/// How text is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(clippy::struct_excessive_bools, reason = "each is a property of its own")]
pub struct Style {
    /// Whether ANSI colours are used.
    pub colour: bool,
    /// Whether drawing characters outside of ASCII are used.
    pub unicode: bool,
    /// Whether rules and sources are linked to where they can be read (OSC 8).
    pub links: bool,
    /// Columns.
    pub width: usize,
    /// Whether lines that programs may look for, such as the verdict, are broken too.
    pub wraps_all: bool,
}

impl Style {
    /// The width of what goes to no terminal.
    pub const PLAIN_WIDTH: usize = 100;

    /// What goes into pipes and files: always the same, whoever asks.
    pub const PLAIN: Self =
        Self { colour: false, unicode: false, links: false, width: Self::PLAIN_WIDTH, wraps_all: false };

    /// `text` in a colour.
    #[must_use]
    pub fn paint(&self, colour: Colour, text: &str) -> String {
        if self.colour { format!("\u{1b}[{}m{text}\u{1b}[0m", colour.code()) } else { text.to_owned() }
    }

    /// `text`, linked to `url`. It has to be put in where widths are no longer counted.
    pub(super) fn link(&self, url: Option<&str>, text: &str) -> String {
        match url {
            Some(url) if self.links => format!("\u{1b}]8;;{url}\u{1b}\\{text}\u{1b}]8;;\u{1b}\\"),
            _ => text.to_owned(),
        }
    }

    /// `text`, broken into lines only on a terminal.
    pub(super) fn wrap_line(&self, text: &str) -> String {
        wrap("", text, if self.wraps_all { self.width } else { usize::MAX })
    }

    /// What stands for something left out.
    pub(super) const fn ellipsis(&self) -> &'static str {
        if self.unicode { "…" } else { "..." }
    }
}

/// The colours in use, by what they mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Errors, refusals.
    Bad,
    /// Warnings.
    Doubtful,
    /// Notes.
    Note,
    /// What is in order.
    Good,
    /// Words that lead a line: `help:`.
    Lead,
}

impl Colour {
    const fn code(self) -> &'static str {
        match self {
            Self::Bad => "1;31",
            Self::Doubtful => "1;33",
            Self::Note => "1;34",
            Self::Good => "1;32",
            Self::Lead => "1;36",
        }
    }
}

/// Breaks `text` into lines of at most `width` columns, the first after `lead`, the others
/// indented as deep. A word that is longer than that keeps a line of its own.
pub(super) fn wrap(lead: &str, text: &str, width: usize) -> String {
    let mut wrapped = String::with_capacity(lead.len() + text.len());
    wrapped.push_str(lead);
    wrap_onto(&mut wrapped, lead.width(), text, width);
    wrapped
}

/// Breaks `text` into lines as [`wrap`] does, onto a lead of `indent` columns that is there already.
pub(super) fn wrap_onto(wrapped: &mut String, indent: usize, text: &str, width: usize) {
    // Most texts fit and have no blank too many: nothing is to be counted. Characters are no longer
    // than their bytes.
    if indent + text.len() <= width && !text.contains("  ") && text.trim_matches(' ').len() == text.len() {
        wrapped.push_str(text);
        return;
    }
    let mut column = indent;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let length = word.width();
        if column > indent {
            if column + 1 + length > width {
                wrapped.push('\n');
                wrapped.extend(std::iter::repeat_n(' ', indent));
                column = indent;
            } else {
                wrapped.push(' ');
                column += 1;
            }
        }
        wrapped.push_str(word);
        column += length;
    }
}

/// A file's name, fit to print. It does not begin as a command or a section of a CI log does, not even together with
/// a colon that follows.
#[must_use]
pub fn printable_path(path: &str) -> String {
    let shown = printable(path, usize::MAX);
    let start = shown.trim_start();
    // Of GitHub, Buildkite, Travis CI, and GitLab.
    let markers = [":", "---", "+++", "~~~", "^^^", "travis_fold", "section_start", "section_end"];
    if markers.iter().any(|marker| start.starts_with(marker)) { format!("./{shown}") } else { shown }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use super::*;

    #[test]
    fn wraps_between_words_and_indents() {
        assert_eq!(wrap("help: ", "one two three", 13), "help: one two\n      three");
        assert_eq!(wrap("", "a  b", 80), "a b");
        assert_eq!(wrap("", " a b ", 80), "a b");
        assert_eq!(wrap("> ", "unbreakable", 4), "> unbreakable");
        assert_eq!(wrap("> ", "", 4), "> ");
    }

    #[test]
    fn paths_neither_steer_a_terminal_nor_break_a_line() {
        assert_eq!(printable_path("a\u{1b}[2J\nb.json"), "a\\u{1b}[2J\\u{a}b.json");
        assert_eq!(printable_path("证书/ü.json"), "证书/ü.json");
        assert_eq!(printable_path("::error::.json"), "./:\\u{3a}error:\\u{3a}.json");
        assert_eq!(printable_path(" :"), "./ :");
        assert_eq!(printable_path("--- a"), "./--- a");
        assert_eq!(printable_path("travis_fold"), "./travis_fold");
    }

    #[test]
    fn links_only_when_told_to() {
        let linking = Style { links: true, ..Style::PLAIN };
        let url = Some("https://example.com/a#b");
        assert_eq!(Style::PLAIN.link(url, "x"), "x");
        assert_eq!(linking.link(None, "x"), "x");
        assert_eq!(linking.link(url, "x"), "\u{1b}]8;;https://example.com/a#b\u{1b}\\x\u{1b}]8;;\u{1b}\\");
    }

    #[test]
    fn paints_only_when_told_to() {
        let coloured = Style { colour: true, ..Style::PLAIN };
        assert_eq!(Style::PLAIN.paint(Colour::Bad, "x"), "x");
        assert_eq!(coloured.paint(Colour::Bad, "x"), "\u{1b}[1;31mx\u{1b}[0m");
    }
}
