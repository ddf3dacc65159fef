//! What the terminal can show. What goes elsewhere looks the same whoever asks.

use std::io::IsTerminal;

use clap::ValueEnum;
use supports_hyperlinks::Stream;

use crate::output::Style;

/// Whether to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum When {
    /// On a terminal, unless NO_COLOR is set; everywhere, if CLICOLOR_FORCE is
    Auto,
    /// Everywhere
    Always,
    /// Nowhere
    Never,
}

/// How to lay out what goes to standard output.
pub(super) fn of_stdout(when: When) -> Style {
    let stdout = std::io::stdout();
    let is_terminal = stdout.is_terminal();
    let width = if is_terminal {
        terminal_size::terminal_size_of(&stdout).map(|(width, _)| usize::from(width.0))
    } else {
        None
    };
    style(when, is_terminal, width, Stream::Stdout)
}

/// How to lay out what goes to standard error.
pub(super) fn of_stderr(when: When) -> Style {
    let stderr = std::io::stderr();
    style(when, stderr.is_terminal(), None, Stream::Stderr)
}

/// Whether somebody looks at standard error who wants to know how far it is. Inside of a hook or a
/// pipeline it can be a terminal whose text is kept and shown later, and whoever reads a pipe may print
/// on the same terminal.
pub(super) fn shows_progress() -> bool {
    std::io::stderr().is_terminal()
        && !is_stdout_pipe()
        && wants_progress(&|name| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned()))
}

#[cfg(unix)]
fn is_stdout_pipe() -> bool {
    use std::os::fd::AsFd;
    use std::os::unix::fs::FileTypeExt;
    let stdout = std::io::stdout().as_fd().try_clone_to_owned().map(std::fs::File::from);
    let kind = stdout.and_then(|stdout| stdout.metadata()).map(|metadata| metadata.file_type());
    kind.is_ok_and(|kind| kind.is_fifo() || kind.is_socket())
}

#[cfg(not(unix))]
const fn is_stdout_pipe() -> bool {
    false
}

fn wants_progress(variable: &dyn Fn(&str) -> Option<String>) -> bool {
    let is_set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    !is_set("CI") && !is_set("PRE_COMMIT") && variable("TERM").is_some_and(|term| term != "dumb")
}

fn style(when: When, is_terminal: bool, width: Option<usize>, stream: Stream) -> Style {
    Style {
        colour: match when {
            When::Always => true,
            When::Never => false,
            When::Auto => wants_colour(is_terminal, &|name| {
                std::env::var_os(name).map(|value| value.to_string_lossy().into_owned())
            }),
        },
        // On terminals that are known to follow links; elsewhere only with FORCE_HYPERLINK.
        links: when != When::Never && supports_hyperlinks::on(stream),
        unicode: is_terminal && speaks_utf8(&|name| std::env::var(name).ok()),
        wraps_all: width.is_some(),
        width: width.map_or(Style::PLAIN_WIDTH, |width| width.clamp(50, 120)),
    }
}

/// <https://no-color.org>, <https://bixense.com/clicolors>
fn wants_colour(is_terminal: bool, variable: &dyn Fn(&str) -> Option<String>) -> bool {
    let is_set = |name: &str| variable(name).filter(|value| !value.is_empty());
    if is_set("NO_COLOR").is_some() {
        return false;
    }
    if is_set("CLICOLOR_FORCE").is_some_and(|value| value != "0") {
        return true;
    }
    is_terminal && variable("TERM").is_none_or(|term| term != "dumb")
}

fn speaks_utf8(variable: &dyn Fn(&str) -> Option<String>) -> bool {
    if cfg!(windows) {
        return true;
    }
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"]
        .into_iter()
        .find_map(|name| variable(name).filter(|value| !value.is_empty()))
        .unwrap_or_default()
        .to_ascii_lowercase();
    locale.contains("utf-8") || locale.contains("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn environment<'a>(set: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
        |name| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn colour_follows_the_conventions() {
        assert!(wants_colour(true, &environment(&[])));
        assert!(!wants_colour(false, &environment(&[])));
        assert!(!wants_colour(true, &environment(&[("NO_COLOR", "1")])));
        assert!(wants_colour(true, &environment(&[("NO_COLOR", "")])));
        assert!(wants_colour(false, &environment(&[("CLICOLOR_FORCE", "1")])));
        assert!(!wants_colour(false, &environment(&[("CLICOLOR_FORCE", "0")])));
        assert!(!wants_colour(false, &environment(&[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")])));
        assert!(!wants_colour(true, &environment(&[("TERM", "dumb")])));
    }

    #[test]
    fn progress_is_for_those_who_look() {
        let terminal = ("TERM", "xterm");
        assert!(wants_progress(&environment(&[terminal])));
        assert!(wants_progress(&environment(&[terminal, ("CI", ""), ("NO_COLOR", "1")])));
        assert!(!wants_progress(&environment(&[terminal, ("CI", "true")])));
        assert!(!wants_progress(&environment(&[terminal, ("PRE_COMMIT", "1")])));
        assert!(!wants_progress(&environment(&[("TERM", "dumb")])));
        assert!(!wants_progress(&environment(&[])));
    }

    #[test]
    fn the_first_variable_that_is_set_names_the_locale() {
        assert!(speaks_utf8(&environment(&[("LANG", "de_DE.UTF-8")])));
        assert!(speaks_utf8(&environment(&[("LC_ALL", ""), ("LC_CTYPE", "C.utf8")])));
        if !cfg!(windows) {
            assert!(!speaks_utf8(&environment(&[("LC_ALL", "C"), ("LANG", "de_DE.UTF-8")])));
            assert!(!speaks_utf8(&environment(&[])));
        }
    }
}
