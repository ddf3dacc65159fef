//! Decodes the base64 of a block, or says why it is invalid.

use std::ops::Range;

use super::{Reader, WIDTH, line_at};
use crate::internal_fault::OrFault;
use crate::pem::base64_engines::{AS_GO, BARE, decoded};
use crate::pem::blocks::is_lone_return;
use crate::pem::damage::{Base64Fault, MAX_PLACES, OddLine};
use crate::pem::der_kind;
use crate::pem::tokens::{Token, TokenKind};
use crate::secret::Secret;

/// Blanks that make a whole DER when each is taken for a `+`.
struct LostPluses {
    places: Vec<Range<usize>>,
    /// What stands for line breaks in a body on one line.
    between_lines: Vec<Range<usize>>,
}

impl LostPluses {
    /// Notes what stands for a line break, together with more of that right before it.
    fn part_lines(&mut self, place: Range<usize>) {
        if let Some(last) = self.between_lines.last_mut().filter(|last| last.end == place.start) {
            last.end = place.end;
        } else if self.between_lines.len() <= MAX_PLACES {
            // More are not repaired.
            self.between_lines.push(place);
        }
    }
}

impl Reader<'_, '_> {
    /// Decodes the body, or says why it is not base64.
    pub(super) fn decode(&mut self, data: &Secret<Vec<u8>>) -> Option<Secret<Vec<u8>>> {
        let data = data.expose().as_slice();
        let der = if self.is_sound { decoded(&*AS_GO, data) } else { None };
        let is_whole =
            |der: &Secret<Vec<u8>>| der_kind::claimed_length(der.expose()) == Some(der.expose().len());
        if self.is_sound && !der.as_ref().is_some_and(is_whole) {
            let indentation = self.indentation();
            let mut ways = vec![(0, false), (0, true)];
            if indentation > 0 {
                ways.extend([(indentation, false), (indentation, true)]);
            }
            let lost = ways.into_iter().find_map(|(skipped, at_end)| self.lost_pluses(skipped, at_end));
            if let Some(lost) = lost {
                for place in lost.places {
                    self.base64_fault(Base64Fault::PlusAsSpace, place);
                }
                self.between_lines = Some(lost.between_lines);
                return None;
            }
        }
        if self.is_sound && der.is_none() {
            self.diagnose(data);
        }
        // Even of a damaged body the DER may tell which of two labels is right.
        der
    }

    /// How many blanks stand before every line of base64.
    pub(super) fn indentation(&self) -> usize {
        let mut from = self.body;
        let mut least = None;
        while let Some(line) = line_at(self.tokens.all(), from) {
            from = line.end + 1;
            let tokens = self.tokens.part(line);
            if tokens.iter().any(|token| token.is(TokenKind::Data)) {
                let first = tokens.first().filter(|token| token.is(TokenKind::Blank));
                let blanks = first.map_or(0, |blank| blank.len());
                least = Some(least.map_or(blanks, |least: usize| least.min(blanks)));
            }
        }
        least.unwrap_or(0)
    }

    /// Blanks in lines, after an indentation, that make a whole DER when each is taken for a `+`: form
    /// decoding does that. In a body on one line, as many as follow BEGIN stand for a line break. `at_end` says
    /// that the base64 ends in `+`. No more than are noted (`MAX_PLACES`).
    fn lost_pluses(&self, indentation: usize, at_end: bool) -> Option<LostPluses> {
        let length: usize = self.body_atoms().iter().map(|token| token.len()).sum();
        let mut filled = Secret::new(Vec::with_capacity(length));
        let mut lost = LostPluses { places: Vec::new(), between_lines: Vec::new() };
        let on_begin =
            self.body_atoms().first().filter(|token| self.is_collapsed && token.is(TokenKind::Blank));
        let gap = on_begin.as_ref().map_or(1, Token::len);
        // How many blanks are left of a line break.
        let mut left = 0;
        let mut column = if on_begin.is_some() { WIDTH } else { 0 };
        let mut is_line_start = true;
        let end =
            self.body_atoms().iter().rposition(|token| token.is(TokenKind::Data)).map_or(0, |at| at + 1);
        // The blanks behind the last run of data are one token.
        let is_blank = self.body_atoms().get(end).is_some_and(|token| token.is(TokenKind::Blank));
        if at_end && !is_blank {
            return None;
        }
        let end = end + usize::from(at_end);
        for (at, token) in self.body_atoms().part(..end).iter().enumerate() {
            match token.kind {
                TokenKind::Data => {
                    filled.expose_mut().extend_from_slice(self.recorder.get(token.range()).as_bytes());
                    column += token.len();
                    left = 0;
                }
                TokenKind::Blank => {
                    let skipped = if is_line_start { indentation } else { 0 };
                    for blank in token.range().skip(skipped).map(|start| start..start + 1) {
                        if self.is_collapsed && column == WIDTH {
                            (column, left) = (0, gap);
                        }
                        if left > 0 {
                            left -= 1;
                            lost.part_lines(blank);
                            continue;
                        }
                        filled.expose_mut().push(b'+');
                        column += 1;
                        if lost.places.len() < MAX_PLACES {
                            lost.places.push(blank);
                        }
                    }
                }
                TokenKind::CarriageReturn if self.is_collapsed && is_lone_return(self.body_atoms(), at) => {
                    column = 0;
                    lost.part_lines(token.range());
                }
                _ => column = 0,
            }
            is_line_start = token.is_break();
        }
        let is_whole = !lost.places.is_empty()
            && decoded(&*AS_GO, filled.expose())
                .is_some_and(|der| der_kind::claimed_length(der.expose()) == Some(der.expose().len()));
        is_whole.then_some(lost)
    }

    /// Says why some characters of the alphabet are not base64.
    fn diagnose(&mut self, data: &[u8]) {
        let letters = data.iter().rposition(|&byte| byte != b'=').map_or(0, |last| last + 1);
        if let Some(at) = data.get(..letters).or_fault().iter().position(|&byte| byte == b'=') {
            let place = self.place(at);
            self.base64_fault(Base64Fault::PaddingInside, place);
            return;
        }
        let found = data.len() - letters;
        let expected = match letters % 4 {
            0 => Some(0),
            2 => Some(2),
            3 => Some(1),
            _ => None,
        };
        let bare = decoded(&BARE, data.get(..letters).or_fault());
        let is_whole =
            bare.is_some_and(|der| der_kind::claimed_length(der.expose()) == Some(der.expose().len()));
        let odd = self.odd_line();
        if let Some(expected) = expected
            && found != expected
            && (is_whole || (odd.is_none() && found > 0))
        {
            let place = if found == 0 {
                let end = self.place(letters.saturating_sub(1)).end;
                end..end
            } else {
                self.place(letters).start..self.place(data.len() - 1).end
            };
            self.base64_fault(Base64Fault::Padding { found, expected }, place);
            return;
        }
        if self.begin.is_none() || self.end.is_none() {
            // It was cut off, which is said already: characters had to be lost.
            return;
        }
        let (place, odd_line) = if let Some((place, line, true)) = odd {
            (place, Some(line))
        } else {
            let first = self.runs().next().map_or(self.range.start, |run| run.start);
            (first..self.place(data.len().saturating_sub(1)).end, None)
        };
        self.base64_fault(Base64Fault::Length { characters: data.len(), odd_line }, place);
    }

    /// Where a character of the body stands, counted among those of the base64 alphabet.
    fn place(&self, mut index: usize) -> Range<usize> {
        for run in self.runs() {
            if index < run.len() {
                return run.start + index..run.start + index + 1;
            }
            index -= run.len();
        }
        self.range.end..self.range.end
    }

    /// The first line that is longer or shorter than all others but the last, and whether it is the only
    /// one.
    fn odd_line(&self) -> Option<(Range<usize>, OddLine, bool)> {
        let lines = || self.lines_of_data();
        let full = lines().count().checked_sub(1)?;
        let length = |line: usize| lines().nth(line).map(|(_, characters)| characters);
        let (first, last) = (length(0)?, length(full)?);
        let others = match full {
            0 | 1 => return None,
            _ if first == length(1)? => first,
            _ => length(full - 1)?,
        };
        let mut odd = lines()
            .take(if last > others { full + 1 } else { full })
            .filter(|(_, characters)| *characters != others);
        let (place, characters) = odd.next()?;
        Some((place, OddLine { characters, others }, odd.next().is_none()))
    }

    /// The lines of the body that hold characters of the alphabet: from the first one to the last, and how many.
    fn lines_of_data(&self) -> impl Iterator<Item = (Range<usize>, usize)> {
        let mut from = self.body;
        std::iter::from_fn(move || {
            loop {
                let line = self.line(from)?;
                from = line.end + 1;
                let mut runs = self.tokens.part(line).iter().filter(|token| token.is(TokenKind::Data));
                let Some(first) = runs.next() else { continue };
                let place = first.start..runs.clone().next_back().unwrap_or(first).end;
                return Some((place, first.len() + runs.map(|run| run.len()).sum::<usize>()));
            }
        })
    }
}
