//! The line breaks of a block: missing ones, line length, blanks, and the edits that rewrap the base64.

use std::ops::Range;

use super::{Reader, WIDTH};
use crate::pem::Label;
use crate::pem::damage::{DamageKind, MAX_PLACES, Separator, Untidiness};
use crate::pem::tokens::{Token, TokenKind};
use crate::source_map::to_u32;

impl Reader<'_, '_> {
    /// Records that boundaries have no lines of their own, and breaks all lines anew.
    pub(super) fn collapse(&mut self, separators: &[(Separator, Range<usize>)]) {
        if !self.is_collapsed || separators.is_empty() {
            return;
        }
        let between_lines = self.between_lines.take();
        let is_plain = self.is_plain();
        for (separator, gap) in separators {
            let edits: &[(Range<usize>, &'static str)] = if (gap.start == self.range.start
                && !self.headers.is_empty())
                || (is_plain && between_lines.is_some())
            {
                &[(gap.clone(), "\\n")]
            } else if is_plain {
                // The line breaks at either end are among those that are made anew.
                &[]
            } else if gap.end == self.range.end && gap.start != self.range.start {
                &[(self.range.end..self.range.end, "\\n")]
            } else {
                &[(gap.end..gap.end, "\\n")]
            };
            self.recorder.safe(DamageKind::Collapsed(*separator), gap.clone(), edits);
        }
        let edits = if let Some(between_lines) = between_lines {
            // The blanks that were `+` stay: nothing else tells where it belongs.
            let is_inside = |gap: &Range<usize>| {
                separators.iter().all(|(_, other)| gap.end <= other.start || other.end <= gap.start)
            };
            between_lines.into_iter().filter(is_inside).map(|gap| (gap, "\\n")).collect()
        } else if is_plain {
            self.rewrap()
        } else {
            return;
        };
        let kind = separators.first().map_or(Separator::Nothing, |(separator, _)| *separator);
        let place = separators.first().map_or(self.range.clone(), |(_, gap)| gap.clone());
        self.recorder.safe(DamageKind::Collapsed(kind), place, &edits);
    }

    /// Whether only base64, blanks and line breaks stand in the body, so that its lines can be broken
    /// anew without getting into the way of other repairs.
    fn is_plain(&self) -> bool {
        let is_plain = |token: Token| {
            matches!(
                token.kind,
                TokenKind::Data | TokenKind::Blank | TokenKind::LineFeed | TokenKind::CarriageReturn
            )
        };
        let lead = self.headers.start.min(self.body);
        self.tokens.part(..lead).iter().all(is_plain) && self.body_atoms().iter().all(is_plain)
    }

    /// The edits after which every line of the body but the last has 64 characters and nothing else.
    fn rewrap(&self) -> Vec<(Range<usize>, &'static str)> {
        let mut edits: Vec<(Range<usize>, &'static str)> = Vec::new();
        let mut gap_start = if self.headers.is_empty() {
            self.range.start
        } else {
            self.tokens.get(self.body).map_or(self.range.end, |token| token.start)
        };
        let mut column = WIDTH;
        let mut is_first = true;
        // More are not made (`MAX_PLACES`).
        for run in self.runs() {
            if edits.len() > MAX_PLACES {
                return edits;
            }
            let wanted = if is_first && !self.headers.is_empty() && !self.is_collapsed {
                // One empty line parts headers and body.
                "\\n"
            } else if is_first && !self.headers.is_empty() {
                ""
            } else if column == WIDTH {
                "\\n"
            } else {
                ""
            };
            if !(is_first && self.is_collapsed && !self.headers.is_empty()) {
                self.fill(gap_start..run.start, wanted, &mut edits);
            }
            if column == WIDTH {
                column = 0;
            }
            is_first = false;
            let mut at = run.start + (WIDTH - column);
            while at < run.end && edits.len() <= MAX_PLACES {
                edits.push((at..at, "\\n"));
                at += WIDTH;
            }
            column = (column + run.len() - 1) % WIDTH + 1;
            gap_start = run.end;
        }
        self.fill(gap_start..self.range.end, "\\n", &mut edits);
        edits
    }

    /// Makes a gap hold what is wanted, unless it does already.
    fn fill(&self, gap: Range<usize>, wanted: &'static str, edits: &mut Vec<(Range<usize>, &'static str)>) {
        let written = self.recorder.get(gap.clone());
        let is_right = match wanted {
            "" => written.is_empty(),
            _ => matches!(written, "\n" | "\r\n"),
        };
        if !is_right {
            edits.push((gap, wanted));
        }
    }

    /// Notes what stricter readers do not take.
    pub(super) fn tidiness(&mut self) {
        let is_judged = (self.label.is_private_key() && self.label != Label::OpensshPrivateKey)
            || self.label == Label::Certificate;
        let has_lines = !self.is_collapsed && !self.has_joined_headers;
        if !is_judged || !has_lines || self.begin.is_none() || self.end.is_none() {
            return;
        }
        let mut places = Vec::new();
        let lead = self.headers.start.min(self.body);
        let on_begin = self.tokens.part(..lead).iter();
        let blanks_of_begin = on_begin.filter(|token| token.is(TokenKind::Blank)).map(|token| token.range());
        if !self.is_indented {
            places.extend(blanks_of_begin.map(|place| (Untidiness::Blanks, place)).take(MAX_PLACES));
        }
        let last_run = self.tokens.iter().rposition(|token| token.is(TokenKind::Data));
        let mut from = self.body;
        let end = self.breaks().next_back().map_or(0, |at| at + 1);
        let mut is_first = true;
        // A blank of one line alone may be what is left of a character of it.
        let removed = if self.is_indented && !self.is_sound { self.indentation() } else { usize::MAX };
        while let Some(line) = self.line(from).filter(|line| line.start < end) {
            from = line.end + 1;
            let tokens = self.tokens.part(line.clone());
            let is_after_headers = is_first && !self.headers.is_empty();
            is_first = false;
            let runs = || tokens.iter().filter(|token| token.is(TokenKind::Data));
            let characters: usize = runs().map(|run| run.len()).sum();
            let is_bare =
                tokens.iter().all(|token| token.is(TokenKind::Blank) || token.is(TokenKind::CarriageReturn));
            if self.is_indented {
                if let Some(blank) = tokens.first().filter(|token| token.is(TokenKind::Blank)) {
                    let blank = blank.start..blank.end.min(blank.start.saturating_add(removed));
                    if !blank.is_empty() {
                        self.recorder.safe(DamageKind::Indented, blank.clone(), &[(blank, "")]);
                    }
                }
            } else {
                let blanks =
                    tokens.iter().filter(|token| token.is(TokenKind::Blank)).map(|token| token.range());
                let room = MAX_PLACES.saturating_sub(places.len());
                places.extend(blanks.map(|place| (Untidiness::Blanks, place)).take(room));
            }
            if places.len() == MAX_PLACES {
                // More are not noted.
                if self.is_indented {
                    continue;
                }
                break;
            }
            if characters == 0 {
                let place = self.tokens.get(line.end).map(|token| token.range());
                if let Some(place) = place.filter(|_| is_bare && !is_after_headers) {
                    places.push((Untidiness::BlankLine, place));
                }
                continue;
            }
            let is_last = last_run.is_some_and(|at| line.contains(&at));
            if (characters != WIDTH && !is_last) || characters > WIDTH {
                let first = runs().next().map_or(0, |run| run.start);
                let last = runs().next_back().map_or(first, |run| run.end);
                places.push((Untidiness::Width { characters }, first..last));
            }
        }
        if !self.is_sound {
            return;
        }
        let mut edits = if self.is_plain() && !places.is_empty() { self.rewrap() } else { Vec::new() };
        if !places.is_empty() && !self.headers.is_empty() {
            let on_begin = self.tokens.part(..lead).iter();
            edits
                .extend(on_begin.filter(|token| token.is(TokenKind::Blank)).map(|token| (token.range(), "")));
        }
        for (kind, place) in places {
            self.recorder.safe(DamageKind::Untidy(kind), place, &edits);
            edits = Vec::new();
        }
    }

    /// Where the lines of the block begin once it is repaired.
    pub(super) fn lines(&self) -> Vec<u32> {
        let text = self.recorder.text;
        let mut starts = Vec::new();
        let mut push = |at| starts.push(to_u32(text.start(at)));
        if let Some(begin) = self.begin {
            push(begin.range().start);
        }
        if self.is_collapsed {
            let mut next = 0;
            let mut before = 0;
            for run in self.runs() {
                while next < before + run.len() {
                    push(run.start + (next - before));
                    next += WIDTH;
                }
                before += run.len();
            }
        } else {
            self.breaks().for_each(|at| push(self.tokens.get(at).map_or(0, |token| token.end)));
            if self.end.is_some() && starts.len() > 1 {
                starts.pop();
            }
        }
        starts.extend(self.end.map(|end| to_u32(text.start(end.range().start))));
        starts
    }
}
