//! A window over the masked body for `miette`, which shows whole lines: a PEM text in JSON is one
//! line of two thousand columns. Lines are shortened between the labels, and lines without a label
//! are left out; what is counted and printed are the lines and columns of the file.

use miette::{LabeledSpan, MietteError, SourceCode, SourceSpan, SpanContents};
use unicode_width::UnicodeWidthStr;

use crate::internal_fault::OrFault;
use crate::output::counted;
use crate::output::describe::place;
use crate::output::style::{Style, wrap};
use crate::problem::HERE_TOO;
use crate::redact::Redacted;
use crate::report::{Finding, Location};
use crate::span::Lines;

/// How many related locations are drawn.
const MAX_RELATED: usize = 3;

/// How many of the others are listed.
const MAX_LISTED: usize = 5;

/// How much of the beginning of a line is always shown where the terminal is wide enough: the name of its field.
const HEAD: usize = 28;

/// A label is drawn beside its line if it takes no more lines than this.
const MAX_LABEL_LINES: usize = 3;

/// What `miette` draws between the column of a label and its text.
const LABEL_LEAD: usize = 4;

/// How much is shown, the most that fits: so many columns on both sides of a label, and so many of
/// both ends of one that is long. With the two added a line of armour fits, where one can.
const EXTENTS: [Extent; 14] = [
    Extent(30, 20),
    Extent(24, 20),
    Extent(18, 20),
    Extent(14, 20),
    Extent(12, 20),
    Extent(10, 20),
    Extent(9, 20),
    Extent(8, 20),
    Extent(4, 20),
    Extent(4, 16),
    Extent(3, 14),
    Extent(2, 12),
    Extent(2, 9),
    Extent(1, 6),
];

/// How much is shown around a label, and of its ends.
#[derive(Clone, Copy)]
struct Extent(usize, usize);

/// The longest escape sequence that is kept whole, in bytes.
const MAX_ESCAPE: usize = 8;

/// A gap shorter than this is shown.
const MIN_GAP: usize = 6;

/// A masked body, and where its lines begin.
pub(super) struct Source<'a> {
    text: &'a str,
    lines: Lines<'a>,
}

impl<'a> Source<'a> {
    pub(super) fn new(redacted: &'a Redacted) -> Self {
        let text = redacted.as_str();
        Self { text, lines: Lines::new(text.as_bytes()) }
    }

    /// Where the line begins on which `offset` stands, and the line without its end.
    pub(super) fn line_at(&self, offset: usize) -> (usize, &'a str) {
        let line = self.lines.line(offset);
        (line.start, self.text.get(line.start..line.end).or_fault())
    }
}

/// The lines of a body that hold the labels of a finding, shortened.
#[derive(Debug)]
pub(super) struct Window<'a> {
    /// What the file is called.
    path: &'a str,
    text: String,
    rows: Vec<Row>,
    labels: Vec<Drawn<'a>>,
    /// Related locations that are not drawn.
    undrawn: Vec<&'a Location>,
    /// How many columns a line may take.
    budget: usize,
}

/// A line of the file.
#[derive(Debug)]
struct Row {
    /// Counted from 0.
    number: usize,
    /// Where it begins in the window's text.
    start: usize,
}

/// A label, with its place in the window's text.
#[derive(Debug)]
struct Drawn<'a> {
    start: usize,
    end: usize,
    /// Empty if the text does not fit beside the line.
    text: String,
    is_primary: bool,
    place: &'a Location,
}

/// A line for what is not said in the snippet.
pub(super) struct Beside {
    /// Whether it is about the primary location.
    pub(super) is_primary: bool,
    /// The location, unless the head of the snippet names it, and its label.
    pub(super) text: String,
}

/// The locations that a finding distinguishes: further ones with the same label are counted, not drawn.
fn distinct(finding: &Finding) -> impl Iterator<Item = &Location> {
    finding.related.iter().filter(|place| place.text != HERE_TOO)
}

/// File, line, column and member of a place.
pub(super) fn located(path: &str, at: &Location) -> String {
    let (line, column) = (at.start.line.to_string(), at.start.column.to_string());
    let member = place(at);
    if member.is_empty() {
        [path, ":", &line, ":", &column].concat()
    } else {
        [path, ":", &line, ":", &column, " (", &member, ")"].concat()
    }
}

impl<'a> Window<'a> {
    /// The window for a finding in the body called `path`.
    pub(super) fn new(path: &'a str, source: &Source<'_>, finding: &'a Finding, style: &Style) -> Self {
        let mut related = MAX_RELATED;
        loop {
            let window = Self::drawing(related, path, source, finding, style);
            if related == 0 || window.text.lines().all(|line| line.width() <= window.budget) {
                return window;
            }
            related -= 1;
        }
    }

    /// The window in which the primary and so many related locations are drawn.
    fn drawing(
        related: usize,
        path: &'a str,
        source: &Source<'_>,
        finding: &'a Finding,
        style: &Style,
    ) -> Self {
        let drawn = || std::iter::once(&finding.primary).chain(distinct(finding).take(related));
        let mut window = Self {
            path,
            text: String::new(),
            rows: Vec::new(),
            labels: Vec::new(),
            undrawn: distinct(finding).skip(related).collect(),
            budget: 0,
        };
        let mut numbers: Vec<usize> = drawn().map(|place| place.start.line).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let digits = numbers.last().map_or(1, |number| number.to_string().len());
        let budget = style.width.saturating_sub(digits + 5).max(40);
        window.budget = budget;
        for number in numbers {
            let places: Vec<(bool, &'a Location)> = drawn()
                .enumerate()
                .map(|(index, place)| (index == 0, place))
                .filter(|(_, place)| place.start.line == number)
                .collect();
            window.add_row(source, number, &places, budget, style);
        }
        window
    }

    fn add_row(
        &mut self,
        source: &Source<'_>,
        number: usize,
        places: &[(bool, &'a Location)],
        budget: usize,
        style: &Style,
    ) {
        let at = places.first().map_or(0, |(_, place)| place.span.start);
        let (line_start, line) = source.line_at(at.min(source.text.len()));
        let within = |offset: usize| offset.saturating_sub(line_start).min(line.len());
        let spans: Vec<(usize, usize)> = places
            .iter()
            .map(|(_, place)| (within(place.span.start), within(place.span.end.max(place.span.start))))
            .collect();

        let row = self.text.len();
        self.rows.push(Row { number: number.saturating_sub(1), start: row });
        let shortened = Shortened::new(line, &spans, budget, style.ellipsis());
        self.text.reserve(shortened.text.len() + 1);
        self.text.push_str(&shortened.text);
        self.text.push('\n');
        for ((is_primary, place), (start, end)) in places.iter().zip(spans) {
            let (start, end) = (shortened.moved(start), shortened.moved(end));
            // The middle can be inside of an ellipsis.
            let middle = usize::midpoint(start, end);
            let before = (0..=middle).rev().find_map(|at| shortened.text.get(..at)).unwrap_or_default();
            let room = budget.saturating_sub(before.width() + LABEL_LEAD);
            let text = wrap("", &place.text, room);
            let fits =
                text.lines().count() <= MAX_LABEL_LINES && text.lines().all(|line| line.width() <= room);
            self.labels.push(Drawn {
                start: row + start,
                end: row + end,
                text: if fits { text } else { String::new() },
                is_primary: *is_primary,
                place,
            });
        }
    }

    /// What is not said in the snippet, because it does not fit.
    pub(super) fn beside(&self) -> Vec<Beside> {
        let mut lines = Vec::new();
        for label in &self.labels {
            let mut parts = Vec::new();
            if label.is_primary && !self.names_field(label.place) {
                parts.push(place(label.place));
            }
            if label.text.is_empty() && !label.place.text.is_empty() {
                if !label.is_primary {
                    parts.push(located(self.path, label.place));
                }
                parts.push(label.place.text.clone());
            }
            if !parts.is_empty() {
                lines.push(Beside { is_primary: label.is_primary, text: parts.join(": ") });
            }
        }
        lines.sort_by_key(|line| !line.is_primary);
        let also = |text: String| Beside { is_primary: false, text };
        // Places that say nothing new are only counted.
        let mut known: Vec<&str> = self.labels.iter().map(|label| label.place.text.as_str()).collect();
        let mut more = 0;
        for at in &self.undrawn {
            if known.len() < MAX_LISTED + self.labels.len() && !known.contains(&at.text.as_str()) {
                known.push(&at.text);
                lines.push(also(format!("{}: {}", located(self.path, at), at.text)));
            } else {
                more += 1;
            }
        }
        if more > 0 {
            lines.push(also(counted(more, "more place", "more places")));
        }
        lines
    }

    /// Whether the head of the snippet has room for the field as well as for the path.
    fn names_field(&self, at: &Location) -> bool {
        located(self.path, at).width() < self.budget
    }

    /// The labels, as `miette` takes them.
    pub(super) fn labels(&self) -> impl Iterator<Item = LabeledSpan> {
        self.labels.iter().map(|label| {
            let span = SourceSpan::from(label.start..label.end);
            let text = (!label.text.is_empty()).then(|| label.text.clone());
            if label.is_primary {
                LabeledSpan::new_primary_with_span(text, span)
            } else {
                LabeledSpan::new_with_span(text, span)
            }
        })
    }
}

impl SourceCode for Window<'_> {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        _lines_before: usize,
        _lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let row_of = |offset: usize| self.rows.partition_point(|row| row.start <= offset).saturating_sub(1);
        let first = row_of(span.offset());
        let last = row_of(span.offset() + span.len());
        let row = self.rows.get(first).ok_or(MietteError::OutOfBounds)?;
        let end = self.rows.get(last + 1).map_or(self.text.len(), |next| next.start);
        let text = self.text.get(row.start..end).ok_or(MietteError::OutOfBounds)?;
        let is_here =
            |label: &&Drawn<'_>| label.start == span.offset() && label.end - label.start == span.len();
        let label = self.labels.iter().filter(is_here).max_by_key(|label| label.is_primary);
        Ok(Box::new(Rows {
            text,
            span: SourceSpan::from(row.start..end),
            line: row.number,
            count: last - first + 1,
            name: label.map(|label| {
                let at = label.place;
                if self.names_field(at) {
                    located(self.path, at)
                } else {
                    format!("{}:{}:{}", self.path, at.start.line, at.start.column)
                }
            }),
        }))
    }
}

/// Neighbouring lines of a window.
struct Rows<'a> {
    text: &'a str,
    span: SourceSpan,
    line: usize,
    count: usize,
    /// The location for the head of the snippet.
    name: Option<String>,
}

impl<'a> SpanContents<'a> for Rows<'a> {
    fn data(&self) -> &'a [u8] {
        self.text.as_bytes()
    }

    fn span(&self) -> &SourceSpan {
        &self.span
    }

    fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    fn line(&self) -> usize {
        self.line
    }

    fn column(&self) -> usize {
        0
    }

    fn line_count(&self) -> usize {
        self.count
    }
}

/// A line without what lies between its labels.
struct Shortened {
    text: String,
    /// What is shown: from, to, and where it stands in the text. In order, without overlap.
    kept: Vec<(usize, usize, usize)>,
}

impl Shortened {
    fn new(line: &str, labels: &[(usize, usize)], budget: usize, ellipsis: &str) -> Self {
        let ranges = if line.len() <= budget {
            vec![(0, line.len())]
        } else {
            let gap = ellipsis.chars().count();
            let width = |ranges: &[(usize, usize)]| -> usize {
                ranges.iter().map(|(from, to)| to - from + gap).sum()
            };
            let head = HEAD.min(budget / 3);
            let narrower = EXTENTS.iter().map(|&extent| ranges(line, labels, extent, head, gap));
            let mut shown = Vec::new();
            for narrow in narrower {
                shown = narrow;
                if width(&shown) <= budget {
                    break;
                }
            }
            shown
        };
        let mut text = String::with_capacity(line.len().min(budget) + ellipsis.len());
        let mut kept = Vec::with_capacity(ranges.len());
        let mut end = 0;
        for (from, to) in ranges {
            if from > end {
                text.push_str(ellipsis);
            }
            kept.push((from, to, text.len()));
            text.push_str(line.get(from..to).or_fault());
            end = to;
        }
        if end < line.len() {
            text.push_str(ellipsis);
        }
        Self { text, kept }
    }

    /// Where the byte at `offset` of the line stands in the text.
    fn moved(&self, offset: usize) -> usize {
        let mut place = 0;
        for &(from, to, at) in &self.kept {
            if offset < from {
                break;
            }
            place = at + offset.min(to) - from;
        }
        place
    }
}

/// What is shown of a line when so much is shown around its labels.
fn ranges(
    line: &str,
    labels: &[(usize, usize)],
    extent: Extent,
    head: usize,
    gap: usize,
) -> Vec<(usize, usize)> {
    let Extent(margin, end_of_label) = extent;
    let (length, bytes) = (line.len(), line.as_bytes());
    // An escape sequence stays whole: half of `\\n` reads as another one. A longer row of backslashes is none.
    let follows_backslash = |at: usize| at > 0 && bytes.get(at - 1) == Some(&b'\\');
    let whole = |(mut from, mut to): (usize, usize)| {
        let shortest = from.saturating_sub(MAX_ESCAPE);
        while from > shortest && follows_backslash(from) {
            from -= 1;
        }
        let longest = (to + MAX_ESCAPE).min(length);
        while to < longest && follows_backslash(to) {
            to += 1;
        }
        (from, to)
    };
    let mut wanted = Vec::with_capacity(1 + 2 * labels.len());
    wanted.push((0, head.min(length)));
    for &(start, end) in labels {
        let (from, to) = (start.saturating_sub(margin), (end + margin).min(length));
        if end - start > 2 * (end_of_label + margin) {
            wanted.push((from, start + end_of_label + margin));
            wanted.push((end - end_of_label - margin, to));
        } else {
            wanted.push((from, to));
        }
    }
    wanted.sort_unstable();
    let mut merged: Vec<(usize, usize)> = Vec::with_capacity(wanted.len());
    for (from, to) in wanted.into_iter().map(whole) {
        match merged.last_mut() {
            Some((_, end)) if from <= *end + gap.max(MIN_GAP) => *end = to.max(*end),
            _ => merged.push((from, to)),
        }
    }
    if let Some((_, end)) = merged.last_mut()
        && length - *end <= gap.max(MIN_GAP)
    {
        *end = length;
    }
    merged
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that panics has failed"
)]
mod tests {
    use super::*;

    #[test]
    fn short_lines_stay_whole() {
        let line = r#"  "name": "demo""#;
        let shortened = Shortened::new(line, &[(2, 8)], 90, "…");
        assert_eq!(shortened.text, line);
        assert_eq!(shortened.moved(8), 8);
    }

    #[test]
    fn long_lines_keep_their_head_and_what_is_labelled() {
        let line = format!(r#"  "private_key": "{}!{}""#, "*".repeat(800), "*".repeat(900));
        let at = line.find('!').unwrap();
        for budget in [40, 60, 90, 200] {
            let shortened = Shortened::new(&line, &[(at, at + 1)], budget, "…");
            let moved = shortened.moved(at);
            assert_eq!(&shortened.text[moved..=moved], "!");
            assert!(shortened.text.starts_with(&line[..HEAD.min(budget / 3)]));
            assert!(shortened.text.chars().count() <= budget.max(42), "{}", shortened.text);
            assert!(shortened.text.ends_with('…'));
        }
    }

    #[test]
    fn labels_longer_than_the_window_keep_both_ends() {
        let line = format!("<{}>", "*".repeat(2000));
        let shortened = Shortened::new(&line, &[(0, line.len())], 90, "...");
        assert!(shortened.text.starts_with('<') && shortened.text.ends_with('>'));
        assert!(shortened.text.contains("...") && shortened.text.len() <= 90, "{}", shortened.text);
        assert_eq!((shortened.moved(0), shortened.moved(line.len())), (0, shortened.text.len()));
    }

    #[test]
    fn escape_sequences_are_not_cut_in_two() {
        let line = format!("{}{}{}", "*".repeat(300), r"\\n".repeat(40), "*".repeat(300));
        for at in 290..440 {
            for budget in [40, 70, 100] {
                let shortened = Shortened::new(&line, &[(at, at + 1)], budget, "...");
                for piece in shortened.text.split("...") {
                    let cut = piece.starts_with(r"\n") || piece.starts_with('n') || piece.ends_with('\\');
                    assert!(!cut, "{}", shortened.text);
                }
            }
        }
    }

    #[test]
    fn a_long_row_of_backslashes_is_shortened() {
        let line = "\\".repeat(100_000);
        for at in [0, 1, 50_000, 99_999] {
            let shortened = Shortened::new(&line, &[(at, at + 1)], 90, "...");
            assert!(shortened.text.len() <= 90 + 4 * MAX_ESCAPE, "{}", shortened.text.len());
        }
    }

    #[test]
    fn a_place_that_is_left_out_is_moved_to_the_nearest_shown() {
        let line = "*".repeat(1000);
        let shortened = Shortened::new(&line, &[(500, 501)], 90, "…");
        let gap = shortened.text.find('…').unwrap();
        assert_eq!(shortened.moved(200), gap);
    }
}
