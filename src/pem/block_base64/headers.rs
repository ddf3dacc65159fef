//! The headers of a block (RFC 1421 section 4.6), each on its own line or joined to the base64.

use super::{RUN, Reader};
use crate::internal_fault::OrFault;
use crate::pem::damage::{DamageKind, Outside, Separator};
use crate::pem::inventory::has_base64_run;
use crate::pem::tokens::{Pieces, Token, TokenKind};

impl Reader<'_, '_> {
    /// Reads lines `Key: value` right after BEGIN. Where that line ends as it should, only line feeds
    /// end a header, as in Go.
    pub(super) fn read_headers(&mut self, only_line_feeds: bool) {
        let first = self.body;
        self.has_real_headers = only_line_feeds;
        loop {
            let rest = self.tokens.part(self.body..);
            let ends = |token: Token| token.is(TokenKind::LineFeed) || (!only_line_feeds && token.is_break());
            let Some(length) = rest.iter().position(ends) else { break };
            let line = rest.part(..length);
            if !line.iter().any(|token| self.recorder.get(token.range()) == ":") || is_marred_base64(line) {
                break;
            }
            let written = line.first().zip(line.last()).map(|(first, last)| first.start..last.end);
            self.is_encrypted |= written.is_some_and(|line| is_encryption(self.recorder.get(line)));
            self.body += length + 1;
        }
        let has_run =
            |tokens: Pieces<'_>| tokens.iter().any(|token| token.is(TokenKind::Data) && token.len() >= RUN);
        let headers = self.tokens.part(..self.body.min(self.tokens.len()));
        let body = self.tokens.part(headers.len()..);
        if !body.iter().any(|token| token.is(TokenKind::Data)) && has_run(headers) {
            // The body itself has colons in it.
            self.body = first;
        }
        self.headers = first..self.body;
        let lines = self.tokens.part(self.headers.clone());
        if let (Some(first), Some(last), false) =
            (lines.first(), lines.last(), self.is_encrypted || self.is_of_others())
        {
            let visible = lines.iter().rfind(|token| !token.is_gap()).map_or(first.end, |token| token.end);
            let blank = self.tokens.get(self.body).filter(Token::is_break);
            let end = blank.map_or(last.end, |token| token.end);
            let edit = (first.start..end, "");
            let (kind, place) = (DamageKind::TextOutside(Outside::Headers), first.start..visible);
            if has_base64_run(self.recorder.get(place.clone())) {
                self.recorder.fault(kind, place);
            } else {
                self.recorder.safe(kind, place, &[edit]);
            }
        }
    }

    /// Finds the two headers of an encrypted key that stands on one line.
    pub(super) fn collapsed_headers(&mut self) {
        let inside = self.recorder.get(self.range.clone());
        let Some((second, end)) = places_in_collapsed_headers(inside) else { return };
        let before = inside.get(..second).or_fault().trim_end_matches(BLANKS);
        let rest = inside.get(end..).or_fault();
        let blank = rest.len() - rest.trim_start_matches([' ', '\t', '\r', '\n']).len();
        let (second, end) = (self.range.start + second, self.range.start + end);
        // The body may go on right behind the headers.
        self.tokens.part_at(end);
        let after = self.tokens.iter().take_while(|token| token.end <= end).count();
        self.is_encrypted = true;
        self.headers = 0..after;
        self.body = after;
        if self.runs().next().is_none() {
            return;
        }
        let gap = self.range.start + before.len()..second;
        let separator = if gap.is_empty() { Separator::Nothing } else { Separator::Blanks };
        let edits = [(gap.clone(), "\\n"), (end..end + blank, "\\n\\n")];
        self.recorder.safe(DamageKind::Collapsed(separator), gap, &edits);
    }

    /// Finds the headers of an encrypted key on one line with its body. Nothing more is said of its lines.
    pub(super) fn joined_headers(&mut self) {
        let start = self.tokens.get(self.body).map_or(self.range.end, |token| token.start);
        let inside = self.recorder.get(start..self.range.end);
        let Some((_, length)) = places_in_collapsed_headers(inside) else { return };
        let end = start + length;
        self.tokens.part_at(end);
        let behind = self.body_atoms().iter().take_while(|token| token.end <= end).count();
        self.is_encrypted = true;
        self.has_joined_headers = true;
        self.headers = self.body..self.body + behind;
        self.body += behind;
    }
}

/// Whether a line with a colon is base64 that a colon got into: Go takes it for a header, and misses
/// that part of the body.
fn is_marred_base64(line: Pieces<'_>) -> bool {
    let is_data = |token: &Token| token.is(TokenKind::Data);
    let foreign = line.iter().filter(|token| !is_data(token) && !token.is(TokenKind::CarriageReturn)).count();
    foreign == 1 && line.iter().filter(is_data).map(|token| token.len()).sum::<usize>() >= 40
}

/// Whether a header says that the body is encrypted (RFC 1421 section 4.6.1.1), even if the next one stands on
/// the same line.
fn is_encryption(line: &str) -> bool {
    line.split_once(':').is_some_and(|(key, value)| key.trim() == "Proc-Type" && value.contains("ENCRYPTED"))
}

/// What stands for line breaks in a text on one line.
const BLANKS: [char; 3] = [' ', '\t', '\r'];

/// Where in a text on one line the second of the headers of an encrypted key begins, and where it ends
/// (RFC 1421 section 4.6.1.3), whether blanks stand where the line breaks were or nothing does.
pub(super) fn places_in_collapsed_headers(text: &str) -> Option<(usize, usize)> {
    let trimmed = text.trim_start_matches(BLANKS);
    let before = text.len() - trimmed.len();
    let (first, _) = trimmed.get(..64.min(trimmed.len()))?.split_once("DEK-Info:")?;
    if !first.starts_with("Proc-Type:") || !first.contains("ENCRYPTED") {
        return None;
    }
    let second = before + first.len();
    let value = text.get(second + "DEK-Info:".len()..)?.trim_start_matches(BLANKS);
    let start = text.len() - value.len();
    let value = value.split([' ', '\t', '\r', '\n']).next()?;
    // The initialisation vector has a block of the cipher, in hexadecimal digits.
    let length = value.split_once(',').and_then(|(cipher, vector)| {
        let is_short = ["DES-", "IDEA-", "BF-", "CAST5-", "RC2-"].iter().any(|name| cipher.starts_with(name));
        let vector = vector.get(..if is_short { 16 } else { 32 })?;
        let is_hexadecimal = vector.bytes().all(|digit| digit.is_ascii_hexdigit());
        is_hexadecimal.then_some(cipher.len() + 1 + vector.len())
    });
    Some((second, start + length.unwrap_or(value.len())))
}
