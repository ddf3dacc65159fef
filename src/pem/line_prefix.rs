//! Text that is on the lines of a block and not part of it: log prefixes, line numbers, the `+` of a diff, the
//! quotation marks of a source file, the footers of printed pages.

use std::ops::Range;

use crate::internal_fault::OrFault;
use crate::pem::base64_engines::{AS_GO, decoded};
use crate::pem::boundary::{Boundary, Side};
use crate::pem::damage::LinePrefix;
use crate::pem::der_kind;
use crate::pem::inventory::has_base64_run;
use crate::pem::tokens::base64_run;
use crate::secret::Secret;

/// Text that is on every line of a block, and is not part of it.
pub(super) struct PrefixedBlock {
    /// What it looks like.
    pub(super) kind: LinePrefix,
    /// The text to take away, in order.
    pub(super) pieces: Vec<Range<usize>>,
    /// The block, from the start of its first line to the end of its last.
    pub(super) range: Range<usize>,
}

/// Finds the blocks of a text whose lines all have the same prefix or suffix. `boundaries` are all boundaries of
/// the text, in order.
pub(super) fn find(text: &str, boundaries: &[Boundary]) -> Vec<PrefixedBlock> {
    let mut found: Vec<PrefixedBlock> = Vec::new();
    for pair in boundaries.windows(2) {
        if let [begin, end] = pair
            && (begin.side, end.side) == (Side::Begin, Side::End)
            && let Some(mut block) = prefixed(text, begin.range(), end.range())
        {
            // Lines between two blocks, and after the last one, have the prefix too.
            let previous = found.last().map_or(0, |block| block.range.end);
            let pattern = text.get(block.range.start..begin.range().start).or_fault();
            let mut between = prefixes(text, previous..block.range.start, pattern);
            between.append(&mut block.pieces);
            block.pieces = between;
            found.push(block);
        }
    }
    if let Some(last) = found.last_mut()
        && let Some(begin) = boundaries.iter().rfind(|boundary| last.range.contains(&boundary.range().start))
    {
        let line = line_around(text, begin.range().start);
        let pattern = text.get(line.start..begin.range().start).or_fault();
        last.pieces.extend(prefixes(text, last.range.end..text.len(), pattern));
    }
    found
}

/// So many lines of text are looked for in a block, which is more than pages have headers and footers.
const MAX_TEXT_LINES: usize = 64;

/// Finds lines of text inside of blocks, such as the footers of printed pages: without them, and not with them,
/// the base64 of the block is a whole DER.
pub(super) fn find_text_lines(text: &str, boundaries: &[Boundary]) -> Vec<PrefixedBlock> {
    let pairs = boundaries.windows(2).filter_map(|pair| match pair {
        [begin, end] if (begin.side, end.side) == (Side::Begin, Side::End) => {
            text_lines(text, begin.range(), end.range())
        }
        _ => None,
    });
    pairs.collect()
}

fn text_lines(text: &str, begin: Range<usize>, end: Range<usize>) -> Option<PrefixedBlock> {
    let (first, last) = (line_around(text, begin.end), line_around(text, end.start));
    if first.end != begin.end || last.start != end.start || last.start <= first.end {
        return None;
    }
    let start = text.get(first.end..last.start)?.find('\n')? + first.end + 1;
    let is_header = |line: &Range<usize>| text.get(line.clone()).is_some_and(|line| line.contains(':'));
    // Headers are no part of the base64, and the service skips them.
    let start = lines(text, start..last.start).find(|line| !is_header(line))?.start;
    let body = start..last.start;
    let is_plain = |line: &Range<usize>| {
        let content = text.get(line.clone()).or_fault().trim();
        base64_run(content.as_bytes()) == content.len()
    };
    let length = |line: &Range<usize>| text.get(line.clone()).or_fault().trim().len();
    let width = lines(text, body.clone()).filter(is_plain).map(|line| length(&line)).max()?;
    let full = lines(text, body.clone()).filter(|line| is_plain(line) && length(line) == width).last()?;
    // The last line of base64 is shorter, and behind the last full one.
    let mut is_last_seen = false;
    let mut is_base64 = |line: &Range<usize>| {
        let is_last = !is_last_seen && line.start > full.start && length(line) > 0;
        let is_base64 = length(line) == 0 || is_plain(line) && (length(line) == width || is_last);
        is_last_seen |= is_last && is_base64;
        is_base64
    };
    let (mut kept, mut all) = (Vec::new(), Vec::new());
    let mut pieces = Vec::new();
    for line in lines(text, body) {
        let is_kept = is_base64(&line);
        let content = line.clone();
        if is_kept {
            kept.push(content.clone());
        } else if pieces.len() == MAX_TEXT_LINES || has_base64_run(text.get(line.clone())?) {
            return None;
        } else {
            let rest = text.get(line.end..)?;
            pieces.push(line.start..line.end + rest.find('\n').map_or(rest.len(), |feed| feed + 1));
        }
        all.push(content);
    }
    let is_found = !pieces.is_empty() && is_whole_der(text, &kept) && !is_whole_der(text, &all);
    is_found.then_some(PrefixedBlock { kind: LinePrefix::TextLine, pieces, range: first.start..last.end })
}

/// How long lines of base64 are that `openssl`, MIME and other tools write.
const WIDTHS: [usize; 3] = [64, 76, 48];
/// A mark has no more characters.
const MAX_MARK: usize = 16;

/// Finds the text that is in the place of every line break of the block body at `range`: without it, the lines
/// all have the same width, and their base64 is a whole DER.
pub(super) fn marks(text: &str, range: Range<usize>) -> Option<Vec<Range<usize>>> {
    let body = text.get(range.clone())?;
    // Line breaks and what stands for them otherwise.
    if body.contains(['\n', '\r', '\\']) {
        return None;
    }
    let is_base64 = |part: &str| base64_run(part.as_bytes()) == part.len();
    let lines_with = |mark: usize, width: usize| {
        let written = body.get(..mark)?;
        let is_mark = !written.trim().is_empty() && body.ends_with(written);
        let end = body.len().checked_sub(mark).filter(|end| is_mark && mark < *end)?;
        let mut lines = Vec::new();
        let mut at = mark;
        while at + width < end {
            body.get(at + width..)?.strip_prefix(written)?;
            lines.push(at..at + width);
            at += width + mark;
        }
        lines.push(at..end);
        lines.iter().all(|line| body.get(line.clone()).is_some_and(is_base64)).then_some(lines)
    };
    let is_whole = |lines: &[Range<usize>]| is_whole_der(body, lines);
    let found = (1..=MAX_MARK).flat_map(|mark| WIDTHS.map(|width| (mark, width)));
    let (mark, lines) = found
        .filter_map(|(mark, width)| Some((mark, lines_with(mark, width)?)))
        .find(|(_, lines)| lines.len() > 1 && is_whole(lines))?;
    let starts = lines.iter().map(|line| line.start - mark..line.start);
    let end = body.len() - mark..body.len();
    Some(
        starts
            .chain(std::iter::once(end))
            .map(|place| range.start + place.start..range.start + place.end)
            .collect(),
    )
}

/// Whether the base64 of some lines is one whole DER.
fn is_whole_der(text: &str, lines: &[Range<usize>]) -> bool {
    let capacity = lines.iter().map(ExactSizeIterator::len).sum();
    let mut data = Secret::new(Vec::with_capacity(capacity));
    let written = lines.iter().filter_map(|line| text.get(line.clone()));
    for byte in written.flat_map(str::bytes).filter(|byte| !byte.is_ascii_whitespace()) {
        data.expose_mut().push(byte);
    }
    decoded(&*AS_GO, data.expose())
        .is_some_and(|der| der_kind::claimed_length(der.expose()) == Some(der.expose().len()))
}

/// The line that contains a place, without the line break.
fn line_around(text: &str, at: usize) -> Range<usize> {
    let bytes = text.as_bytes();
    let start = memchr::memrchr(b'\n', bytes.get(..at).or_fault()).map_or(0, |feed| feed + 1);
    start..line_end(text, at)
}

/// Where the line that contains a place ends; a carriage return before the line feed belongs to the line break.
fn line_end(text: &str, at: usize) -> usize {
    let rest = text.get(at..).or_fault();
    let line = rest.split('\n').next().or_fault();
    at + line.strip_suffix('\r').unwrap_or(line).len()
}

/// The lines that begin in a part of a text.
fn lines(text: &str, range: Range<usize>) -> impl Iterator<Item = Range<usize>> {
    let mut at = range.start;
    std::iter::from_fn(move || {
        if at >= range.end {
            return None;
        }
        let line = at..line_end(text, at);
        let rest = text.get(line.end..).or_fault();
        at = line.end + rest.find('\n').map_or(rest.len(), |feed| feed + 1);
        Some(line)
    })
}

/// The prefixes of the lines in a part of a text that have one of that pattern.
fn prefixes(text: &str, range: Range<usize>, pattern: &str) -> Vec<Range<usize>> {
    if pattern.is_empty() {
        return Vec::new();
    }
    lines(text, range)
        .filter_map(|line| {
            let written = text.get(line.clone())?;
            let length = matching(pattern, written).or_else(|| {
                matching(pattern.trim_end(), written).filter(|length| *length == written.len())
            })?;
            Some(line.start..line.start + length)
        })
        .collect()
}

/// The text that every line of the block between two boundaries has; `None` if there is none.
fn prefixed(text: &str, begin: Range<usize>, end: Range<usize>) -> Option<PrefixedBlock> {
    let first = line_around(text, begin.start);
    let last = line_around(text, end.start);
    if first.end < begin.end || last.start <= first.end || last.end < end.end {
        return None;
    }
    let prefix = text.get(first.start..begin.start)?;
    let suffix = text.get(begin.end..first.end)?;
    if !is_foreign(prefix) && !is_foreign(suffix) {
        return None;
    }
    let mut pieces = Vec::new();
    let mut push = |piece: Range<usize>| {
        if !piece.is_empty() {
            pieces.push(piece);
        }
    };
    push(first.start..begin.start);
    push(begin.end..first.end);
    let (mut has_base64, mut is_cut_short) = (false, false);
    let body = text.get(first.end..last.start)?.find('\n')? + first.end + 1..last.start;
    for line in lines(text, body) {
        let written = text.get(line.clone())?;
        let Some(length) = matching(prefix, written) else {
            // Blanks at the end of an empty line are easily lost.
            let length = matching(prefix.trim_end(), written).filter(|length| *length == written.len())?;
            push(line.start..line.start + length);
            continue;
        };
        let content = written.get(length..)?;
        let run = base64_run(content.as_bytes());
        let after = content.get(run..)?;
        let is_header = || run > 0 && after.starts_with([':', '-']) && suffix.trim().is_empty();
        let is_bare = after.trim().is_empty();
        let is_suffix = is_bare || matching(suffix, after) == Some(after.len());
        if is_cut_short && run > 0 {
            // What joins two lines may be missing on the last one alone.
            return None;
        }
        is_cut_short |= is_bare && run > 0 && !suffix.trim().is_empty();
        push(line.start..line.start + length);
        if is_suffix {
            has_base64 |= run > 0;
            push(line.start + length + run..line.end);
        } else if has_base64 || !is_header() {
            return None;
        }
    }
    let after = text.get(end.end..last.end)?;
    let is_prefix = matching(prefix, text.get(last.start..end.start)?) == Some(end.start - last.start);
    // What joins two lines is not at the end of the last one.
    let is_suffix = suffix.starts_with(after)
        || after.trim().is_empty()
        || is_closing(after)
        || matching(suffix, after) == Some(after.len());
    if !has_base64 || !is_prefix || !is_suffix {
        return None;
    }
    push(last.start..end.start);
    push(end.end..last.end);
    Some(PrefixedBlock { kind: kind_of(prefix, suffix), pieces, range: first.start..last.end })
}

/// Whether there is more beside a boundary than what other kinds of damage are about: blanks, quotation marks,
/// spelled-out line breaks and entities.
fn is_foreign(beside: &str) -> bool {
    let beside = beside.trim();
    let plain = ["\\r", "\\n", "\\t", "\\", "\"", "'", "`"];
    let mut rest = beside;
    while let Some(after) = plain.iter().find_map(|known| rest.strip_prefix(known)) {
        rest = after.trim_start();
    }
    let invisible = |character: char| {
        !character.is_ascii() && (character.is_control() || !character.is_alphanumeric()) || character == '\0'
    };
    !rest.is_empty() && !rest.starts_with(['<', '&', '%']) && !rest.chars().all(invisible)
}

/// Whether a text closes what source code opens before a string: `";`, `'),`.
fn is_closing(text: &str) -> bool {
    let is_known =
        |character| matches!(character, '"' | '\'' | '`' | ';' | ',' | ')' | ']' | '}' | ' ' | '\t');
    let mut rest = text;
    while let Some(after) = rest.strip_prefix("\\n").or_else(|| rest.strip_prefix("\\r")) {
        rest = after;
    }
    rest.chars().all(is_known)
}

/// How long the beginning of `line` is that has the form of `pattern`: the same characters, numbers of any size
/// in the place of numbers, blanks of any number in the place of blanks. What ends a pattern is as long there.
fn matching(pattern: &str, line: &str) -> Option<usize> {
    let mut rest = line;
    let mut left = pattern;
    while let Some(first) = left.chars().next() {
        let is_number = first.is_ascii_digit();
        let is_blank = matches!(first, ' ' | '\t');
        if !is_number && !is_blank {
            rest = rest.strip_prefix(first)?;
            left = left.get(first.len_utf8()..)?;
            continue;
        }
        let run = |text: &str| {
            text.bytes()
                .take_while(
                    |byte| if is_number { byte.is_ascii_digit() } else { matches!(byte, b' ' | b'\t') },
                )
                .count()
        };
        let length = run(left);
        let is_start = left.len() == pattern.len();
        left = left.get(length..)?;
        let taken = run(rest);
        let taken = match (left.is_empty(), is_blank) {
            (true, _) => (taken >= length).then_some(length)?,
            // A counter of more digits leaves less room before it.
            (false, true) if is_start => taken,
            _ => (taken > 0).then_some(taken)?,
        };
        rest = rest.get(taken..)?;
    }
    Some(line.len() - rest.len())
}

/// What a prefix or a suffix looks like.
fn kind_of(prefix: &str, suffix: &str) -> LinePrefix {
    let bare = prefix.trim();
    let has = |text: &str| prefix.contains(text);
    let starts = |marks: &[&str]| marks.iter().any(|mark| bare.starts_with(mark));
    if prefix.contains('\u{1b}') || suffix.contains('\u{1b}') {
        LinePrefix::TerminalColor
    } else if has_time(prefix) {
        LinePrefix::Timestamp
    } else if bare.is_empty() || (bare.starts_with(['"', '\'', '`']) && is_foreign(suffix)) {
        if bare.is_empty() { LinePrefix::Suffix } else { LinePrefix::StringLiteral }
    } else if bare
        .trim_end_matches([':', '|', '.', ')', '\t', ' ', '-'])
        .bytes()
        .all(|byte| byte.is_ascii_digit())
    {
        if bare.starts_with(|first: char| first.is_ascii_digit()) {
            LinePrefix::LineNumber
        } else {
            LinePrefix::Margin
        }
    } else if bare == "+" {
        LinePrefix::Diff
    } else if bare.bytes().all(|byte| matches!(byte, b'>' | b' ')) {
        LinePrefix::Mail
    } else if bare == "PS>" || bare.ends_with('$') || (bare.ends_with('>') && has(":\\")) {
        LinePrefix::Prompt
    } else if starts(&["#", "//", "--", ";", "*", "/*", "<!--", "rem", "REM"]) && bare.len() <= 5 {
        LinePrefix::Comment
    } else if bare == "|" || bare == "\u{2502}" || bare == "-" {
        LinePrefix::Margin
    } else if bare.ends_with('|') || bare.ends_with(']') || has(" ") {
        LinePrefix::Log
    } else if let Some(name) = bare.strip_suffix(':') {
        // `grep -n` puts the line number behind the name.
        let name = name.trim_end_matches(|last: char| last.is_ascii_digit()).trim_end_matches(':');
        if name.contains(['.', '/']) { LinePrefix::FileName } else { LinePrefix::Log }
    } else {
        LinePrefix::Other
    }
}

/// Whether a text has a time of day: `20:14:05`.
fn has_time(text: &str) -> bool {
    text.as_bytes().windows(8).any(|window| {
        window.iter().enumerate().all(
            |(at, byte)| {
                if at % 3 == 2 { *byte == b':' } else { byte.is_ascii_digit() }
            },
        )
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics has failed")]
mod tests {
    use super::*;

    const PEM: [&str; 4] = ["-----BEGIN X-----", "MIIB+/09", "12=", "-----END X-----"];

    /// The text without what was found on its lines, and what that is.
    fn stripped(text: &str) -> Option<(LinePrefix, String)> {
        let boundaries = crate::pem::boundary::find(text);
        let blocks = find(text, &boundaries);
        let kind = blocks.first()?.kind;
        let mut rest = String::new();
        let mut at = 0;
        for piece in blocks.into_iter().flat_map(|block| block.pieces) {
            assert!(at <= piece.start, "pieces are in order");
            rest.push_str(text.get(at..piece.start).unwrap());
            at = piece.end;
        }
        rest.push_str(text.get(at..).unwrap());
        Some((kind, rest))
    }

    #[test]
    fn prefixes_are_told_from_the_block() {
        use LinePrefix::*;
        let numbered = |width: usize, after: &'static str, from: usize| {
            move |at: usize| (format!("{:>width$}{after}", at + from), String::new())
        };
        let same =
            |before: &'static str, after: &'static str| move |_: usize| (before.to_owned(), after.to_owned());
        let check = |kind: LinePrefix, beside: &dyn Fn(usize) -> (String, String)| {
            for ending in ["\n", "\r\n"] {
                let lines: Vec<String> = PEM
                    .iter()
                    .enumerate()
                    .map(|(at, line)| {
                        let (before, after) = beside(at);
                        format!("{before}{line}{after}")
                    })
                    .collect();
                let text = lines.join(ending);
                let (found, rest) = stripped(&text).unwrap_or_else(|| panic!("nothing found in {text:?}"));
                assert_eq!(rest, PEM.join(ending), "{text:?}");
                assert_eq!(found, kind, "{text:?}");
            }
        };
        check(LineNumber, &numbered(6, "\t", 8));
        check(LineNumber, &numbered(0, ":", 98));
        check(LineNumber, &numbered(3, " | ", 1));
        check(Log, &same("app: ", ""));
        check(Log, &same("app-1  | ", ""));
        check(Log, &same("[pod/www-0/app] ", ""));
        check(FileName, &same("fullchain.pem:", ""));
        check(FileName, &|at| (format!("/etc/ssl/private/fullchain.pem:{}:", at + 9), String::new()));
        check(Timestamp, &|at| {
            (format!("2026-11-30T20:14:{:02}.{}Z ", at, usize::MAX >> (16 * at)), String::new())
        });
        check(Timestamp, &same("Nov 30 20:14:05 host app[17]: ", ""));
        check(Diff, &same("+", ""));
        check(Mail, &same("> > ", ""));
        check(Comment, &same("// ", ""));
        check(Comment, &same("# ", ""));
        check(Comment, &same(" * ", ""));
        check(Margin, &same("| ", " |"));
        check(Prompt, &same("C:\\>", ""));
        check(TerminalColor, &same("\u{1b}[32m", "\u{1b}[0m"));
        check(StringLiteral, &|at| ("\"".to_owned(), if at == 3 { "\\n\";" } else { "\\n\" +" }.to_owned()));
        check(StringLiteral, &|at| ("    '".to_owned(), if at == 3 { "'" } else { "'," }.to_owned()));
        check(Suffix, &same("", " ;"));
    }

    #[test]
    fn other_damage_is_left_to_others() {
        for text in [
            PEM.join("\n"),
            PEM.map(|line| format!("  {line}")).join("\n"),
            PEM.map(|line| format!("{line}\\")).join("\n"),
            PEM.map(|line| format!("\"{line}\\n\"")).join("\n"),
            PEM.map(|line| format!("{line}<br>")).join("\n"),
            format!("key: {}", PEM.join("\n")),
            format!("key: {}", PEM.join(" ")),
            // One line is different.
            "a: -----BEGIN X-----\na: MIIB\nb: MIIB\na: -----END X-----".to_owned(),
            "a: -----BEGIN X-----\na: MIIB\nb: -----END X-----".to_owned(),
            "a: -----BEGIN X-----\na: \na: -----END X-----".to_owned(),
            "-----BEGIN X----- # a\nMIIB\nMIIB\n-----END X-----".to_owned(),
            "a: -----BEGIN X-----;\na: MIIB\na: MIIB;\na: -----END X-----".to_owned(),
        ] {
            assert!(stripped(&text).is_none(), "{text:?}");
        }
    }
}
