//! `markdown`: the summary of a job, in GitHub Flavored Markdown: for each body a table of what was
//! found, and what to do about it.
//!
//! Code spans of our own messages stay; all else that could be markup is escaped. A name that holds
//! backticks can at worst turn what is around it into code, in which nothing is markup.

use std::cmp::Reverse;
use std::io::{self, Write};

use crate::NAME;
use crate::output::describe::{place, remarks};
use crate::output::full::{answer, total};
use crate::output::{Input, Run, Style, Suppressor};
use crate::redact::printable;
use crate::report::{Finding, Location};

pub(super) fn write(run: &Run, _: &Style, to: &mut dyn Write) -> io::Result<()> {
    let tally = run.tally();
    let counts = tally.counts;
    writeln!(to, "# {NAME}\n")?;
    match counts.inputs {
        0 => writeln!(to, "No body was read.")?,
        _ => writeln!(to, "{}", inline(&total(&tally, run.hides_notes)))?,
    }
    if !run.unreadable.is_empty() {
        writeln!(to, "\n## Could not be read\n")?;
        for unreadable in &run.unreadable {
            writeln!(to, "- {}: {}", code(&unreadable.name()), inline(&unreadable.message))?;
        }
    }
    for input in &run.inputs {
        body(run, input, to)?;
    }
    if !run.notices.is_empty() {
        writeln!(to, "\n## Configuration\n")?;
        for notice in &run.notices {
            writeln!(to, "- {}", inline(notice))?;
        }
    }
    if run.statistics && counts.findings() > 0 {
        writeln!(to, "\n## Statistics\n\n| Findings | Severity | Rule |\n|---:|---|---|")?;
        for (rule, severity, count) in tally.by_rule() {
            writeln!(to, "| {count} | {} | `{rule}` |", severity.name())?;
        }
    }
    Ok(())
}

/// A section about a body, unless there is nothing to say about it.
fn body(run: &Run, input: &Input, to: &mut dyn Write) -> io::Result<()> {
    let mut findings: Vec<&Finding> = run.shown(input).collect();
    findings.sort_by_key(|finding| Reverse(finding.severity));
    if findings.is_empty() && input.suppressed.is_empty() && input.report.is_accepted() {
        return Ok(());
    }
    writeln!(to, "\n## {}\n", code(&input.name()))?;
    match &input.report.refusal {
        Some(refused) => writeln!(to, "**Rejected**: the service would answer {}", inline(&answer(refused)))?,
        None => writeln!(to, "**Accepted**: the service would answer {}", input.report.status())?,
    }
    if !findings.is_empty() {
        writeln!(to, "\n| | Rule | What is wrong | Line | Member |\n|---|---|---|---|---|")?;
    }
    for finding in &findings {
        let (severity, rule) = (finding.severity.name(), finding.rule.name);
        let Location { pointer, start, .. } = &finding.primary;
        let member = if pointer.is_empty() { String::new() } else { code(pointer) };
        let message = cell(&finding.message);
        writeln!(to, "| **{severity}** | `{rule}` | {message} | {} | {member} |", start.line)?;
    }
    let advised = |finding: &&&Finding| finding.primary.pem.is_some() || !remarks(finding).is_empty();
    if findings.iter().any(|finding| advised(&finding)) {
        writeln!(to, "\n<details><summary>Where exactly, and what to do</summary>\n")?;
        for finding in findings.iter().filter(advised) {
            writeln!(to, "- `{}`, {}", finding.rule.name, located(&finding.primary))?;
            for remark in remarks(finding) {
                writeln!(to, "  - {}", inline(&remark))?;
            }
        }
        writeln!(to, "\n</details>")?;
    }
    suppressed(input, to)
}

/// What was found and does not count, with the reasons.
fn suppressed(input: &Input, to: &mut dyn Write) -> io::Result<()> {
    if input.suppressed.is_empty() {
        return Ok(());
    }
    writeln!(to, "\n<details><summary>Suppressed</summary>\n")?;
    for suppressed in &input.suppressed {
        let finding = &suppressed.finding;
        let why = match &suppressed.by {
            Suppressor::Allow => "the rule is allowed",
            Suppressor::Ignore { reason } => reason,
        };
        let place = located(&finding.primary);
        writeln!(to, "- `{}`, {place}: {}", finding.rule.name, inline(why))?;
    }
    writeln!(to, "\n</details>")
}

/// Line, column, and the place in the body.
fn located(at: &Location) -> String {
    let position = format!("{}:{}", at.start.line, at.start.column);
    match place(at) {
        place if place.is_empty() => position,
        place => format!("{position}, {}", inline(&place)),
    }
}

/// Text of one line.
fn inline(text: &str) -> String {
    marked_up(text, "|")
}

/// Text of one line in a table, in which a vertical line ends a cell even in code.
fn cell(text: &str) -> String {
    marked_up(text, "\\|")
}

/// Text of one line; `bar` is how a vertical line is written in code.
fn marked_up(text: &str, bar: &str) -> String {
    let text = printable(text, usize::MAX);
    let mut escaped = String::with_capacity(text.len() + 8);
    let mut pieces = text.split('`').peekable();
    let mut is_code = false;
    while let Some(piece) = pieces.next() {
        // The last piece has no backtick after it, and nothing between two of them is no code.
        if is_code && pieces.peek().is_some() && !piece.is_empty() {
            escaped.push('`');
            escaped.push_str(&piece.replace('|', bar));
            escaped.push('`');
            is_code = false;
            continue;
        }
        if is_code {
            escaped.push_str("\\`");
        }
        let mut characters = piece.chars().peekable();
        while let Some(character) = characters.next() {
            let begins_word = characters.peek().is_some_and(|next| !next.is_whitespace());
            if character == '@' && begins_word && !escaped.ends_with('`') {
                // Addresses of mail become links even when the character is escaped, but not as code.
                escaped.push_str("`@`");
                continue;
            }
            let ends_host = character == '.' && escaped.ends_with(['w', 'W']);
            if MARKUP.contains(character) || ends_host || (BEFORE_WORDS.contains(character) && begins_word) {
                escaped.push('\\');
            }
            escaped.push(character);
        }
        is_code = true;
    }
    escaped
}

/// What is markup in a line.
const MARKUP: &str = "\\*_[]<>|~&";

/// What is part of links without brackets, names of emoji, references and mathematics, when a word
/// follows. The dot of `www.` is another such.
const BEFORE_WORDS: &str = ":@#$";

/// Text as code, whatever is in it.
fn code(text: &str) -> String {
    let text = printable(text, usize::MAX);
    let longest = text.split(|character| character != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let padding = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{padding}{text}{padding}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_text_is_markup_but_our_code() {
        assert_eq!(inline("`name` is <b>*x*</b>"), "`name` is \\<b\\>\\*x\\*\\</b\\>");
        assert_eq!(inline("a`b"), "a\\`b");
        assert_eq!(inline("www.a.b http://c a@d: #1"), "www\\.a.b http\\://c a`@`d: \\#1");
        assert_eq!(inline("``"), "\\`\\`");
        assert_eq!(inline("the name `a`<img src=x>`b`"), "the name `a`\\<img src=x\\>`b`");
        assert_eq!(inline("a\nb"), "a\\\\u{a}b");
        assert_eq!(cell("`a|b\\|` | c \\| d"), "`a\\|b\\\\|` \\| c \\\\\\| d");
    }

    #[test]
    fn any_name_is_code() {
        assert_eq!(code("a.json"), "`a.json`");
        assert_eq!(code("a``b"), "```a``b```");
        assert_eq!(code("`"), "`` ` ``");
    }
}
