//! The words of a BEGIN or END line, and the label that they spell or nearly spell.

use std::ops::Range;

use super::{LONGEST, Side};
use crate::internal_fault::OrFault;
use crate::pem::Label;
use crate::pem::characters::Class;
use crate::pem::damage::Invisible;
use crate::secret::Secret;
use crate::spelling::is_one_typo_away;

/// The words between the dashes of a boundary, in capitals, with one space between two of them.
pub(super) struct Words {
    pub(super) folded: Secret<String>,
    /// Where each byte of it was written.
    places: Vec<usize>,
    /// The dashes after; empty when there are none.
    pub(super) trail: Range<usize>,
    /// Whether the line ends after them.
    pub(super) ends_line: bool,
    /// Whether an unusual space was taken for one between words.
    pub(super) spaces_part: bool,
    pub(super) ghosts: Vec<(Range<usize>, Invisible, &'static str)>,
    pub(super) look_alikes: Vec<(Range<usize>, u8)>,
}

impl Words {
    pub(super) fn read(text: &str, start: usize, spaces_part: bool) -> Option<Self> {
        let mut words = Self {
            folded: Secret::new(String::new()),
            places: Vec::new(),
            trail: start..start,
            ends_line: true,
            spaces_part,
            ghosts: Vec::new(),
            look_alikes: Vec::new(),
        };
        let mut ends_word = false;
        let mut last_seen = start;
        for (offset, character) in text.get(start..)?.char_indices() {
            let at = start + offset;
            let after = at + character.len_utf8();
            if offset > LONGEST {
                words.ends_line = false;
                break;
            }
            let letter = match Class::of(character) {
                Class::Ghost | Class::ByteOrderMark => {
                    words.ghosts.push((at..after, ghost_of(character), ""));
                    continue;
                }
                Class::Space => {
                    let belongs = if words.places.is_empty() || !spaces_part { "" } else { " " };
                    words.ghosts.push((at..after, Invisible::Space, belongs));
                    ends_word |= spaces_part;
                    continue;
                }
                Class::LookAlike(ascii) if ascii.is_ascii_alphanumeric() => {
                    words.look_alikes.push((at..after, ascii));
                    ascii
                }
                _ => match character {
                    ' ' | '\t' | '_' | '+' => {
                        ends_word = true;
                        continue;
                    }
                    '-' if is_hyphen(text, at) => {
                        ends_word = true;
                        continue;
                    }
                    dash if is_dash(dash) => {
                        words.trail = dash_run(text, at);
                        break;
                    }
                    'a'..='z' | 'A'..='Z' | '0'..='9' | '.' | '#' => u8::try_from(character).ok()?,
                    _ => {
                        let class = Class::of(character);
                        words.ends_line = matches!(
                            class,
                            Class::LineFeed
                                | Class::CarriageReturn
                                | Class::Break
                                | Class::Backslash
                                | Class::Quote
                        );
                        break;
                    }
                },
            };
            if words.places.is_empty() && !letter.is_ascii_alphabetic() {
                return None;
            }
            if words.places.is_empty() && words.folded.expose().capacity() == 0 {
                words.folded.expose_mut().reserve(2 * LONGEST);
            }
            if ends_word && !words.places.is_empty() {
                words.folded.expose_mut().push(' ');
                words.places.push(last_seen);
            }
            ends_word = false;
            words.folded.expose_mut().push(char::from(letter.to_ascii_uppercase()));
            words.places.push(at);
            last_seen = after;
        }
        if words.places.is_empty() {
            return None;
        }
        words.trim_ghosts(text, last_seen);
        Some(words)
    }

    /// How much they are like BEGIN or END and a known label.
    pub(super) fn likeness(&self) -> u8 {
        let folded = self.folded.expose().as_str();
        let label = folded.strip_prefix("BEGIN").or_else(|| folded.strip_prefix("END"));
        let is_known = |label: &str| Label::WRITTEN.iter().any(|(name, _)| *name == label);
        match label {
            Some(label) if label.strip_prefix(' ').is_some_and(is_known) => 2,
            Some(label) if known(label).is_some() => 1,
            _ => 0,
        }
    }

    /// Forgets the ghosts that stand behind a boundary without dashes at its end.
    fn trim_ghosts(&mut self, text: &str, last_seen: usize) {
        if self.trail.is_empty() {
            self.ghosts.retain(|(range, ..)| range.start < last_seen);
        } else {
            for (range, _, belongs) in &mut self.ghosts {
                let is_beside_blank = text.get(..range.start).is_some_and(|before| before.ends_with(' '))
                    || text.get(range.end..).is_some_and(|after| after.starts_with(' '));
                if range.start >= last_seen || is_beside_blank {
                    *belongs = "";
                }
            }
        }
    }

    /// Where a byte of the folded text was written.
    pub(super) fn place(&self, at: usize) -> usize {
        self.places.get(at).copied().unwrap_or(self.trail.start)
    }

    /// Where the folded text up to `at` ends.
    pub(super) fn end_of(&self, at: usize, otherwise: usize) -> usize {
        at.checked_sub(1).and_then(|last| self.places.get(last)).map_or(otherwise, |&place| place + 1)
    }
}

/// BEGIN or END at the start of folded words; where the label begins, and whether the word is right.
pub(super) fn keyword(folded: &str) -> Option<(Side, usize, bool)> {
    let first = folded.split(' ').next().or_fault();
    let label_at =
        |length: usize| length + usize::from(folded.get(length..).is_some_and(|rest| rest.starts_with(' ')));
    for (side, word) in [(Side::Begin, "BEGIN"), (Side::End, "END")] {
        if let Some(rest) = folded.strip_prefix(word)
            && (first == word || known(rest.trim_start()).is_some() || known_beginning(rest).is_some())
        {
            return Some((side, label_at(word.len()), true));
        }
    }
    if is_one_typo_away(first, "BEGIN") {
        Some((Side::Begin, label_at(first.len()), false))
    } else if is_one_typo_away(first, "END") {
        Some((Side::End, label_at(first.len()), false))
    } else {
        None
    }
}

/// The known label that some folded words are, spacing aside.
pub(super) fn known(folded: &str) -> Option<&'static str> {
    Label::WRITTEN.iter().map(|(name, _)| *name).find(|name| *name == folded).or_else(|| {
        let letters = |text: &'static str| text.bytes().filter(|byte| *byte != b' ');
        let squeezed = || folded.bytes().filter(|byte| *byte != b' ');
        Label::WRITTEN.iter().map(|(name, _)| *name).find(|name| letters(name).eq(squeezed()))
    })
}

/// The longest known label that some folded words begin with.
pub(super) fn known_beginning(folded: &str) -> Option<&'static str> {
    Label::WRITTEN
        .iter()
        .map(|(name, _)| *name)
        .filter(|name| folded.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(' ')))
        .max_by_key(|name| name.len())
}

/// The known label that an unknown one seems to stand for.
pub(super) fn nearest(folded: &str) -> Option<&'static str> {
    // Only labels that certificates and keys have: others may well be labels that are not known here.
    Label::WRITTEN
        .iter()
        .filter(|(_, label)| label.is_private_key() || *label == Label::Certificate)
        .map(|(name, _)| *name)
        .find(|name| is_one_typo_away(folded, name))
        .or_else(|| {
            ["CERT", "CERTIFICATES", "CRT", "CERTIFICAT"].contains(&folded).then_some("CERTIFICATE").or_else(
                || ["KEY", "PRIV KEY", "PRIVATE", "PRIVATE KEYS"].contains(&folded).then_some("PRIVATE KEY"),
            )
        })
}

/// A run of dashes of any kind; characters without a glyph may stand among them.
pub(super) fn dash_run(text: &str, start: usize) -> Range<usize> {
    let mut end = start;
    for (offset, character) in text.get(start..).or_fault().char_indices() {
        let at = start + offset;
        if is_dash(character) {
            end = at + character.len_utf8();
        } else if !matches!(Class::of(character), Class::Ghost | Class::ByteOrderMark) || at - end > 8 {
            break;
        }
    }
    start..end
}

/// Whether the dash at `at` joins two words instead of ending them.
fn is_hyphen(text: &str, at: usize) -> bool {
    let is_letter = |character: Option<char>| character.is_some_and(|c| c.is_ascii_alphanumeric());
    is_letter(text.get(..at).and_then(|before| before.chars().next_back()))
        && is_letter(text.get(at + 1..).and_then(|after| after.chars().next()))
}

pub(super) fn is_dash(character: char) -> bool {
    character == '-' || Class::of(character) == Class::Dash
}

pub(super) const fn ghost_of(character: char) -> Invisible {
    match Class::of(character) {
        Class::Space => Invisible::Space,
        Class::Break => Invisible::LineBreak,
        _ => Invisible::NoGlyph,
    }
}
