//! What stands between BEGIN and END: headers, base64, line breaks.

use std::ops::Range;
use std::sync::LazyLock;

use base64::Engine;
use base64::alphabet::STANDARD;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use base64::engine::simd::Simd;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::pem::blocks::{
    foreign, is_beside_line_feed, is_lone_return, is_seen, kind_of_ghost, record_escape,
};
use crate::pem::boundary::Boundary;
use crate::pem::characters::{Class, ascii};
use crate::pem::damage::{
    Base64Fault, BoundaryFault, DamageKind, Invisible, MAX_PLACES, OddLine, Outside, Separator, Untidiness,
};
use crate::pem::damage_log::DamageRecorder;
use crate::pem::inventory::has_base64_run;
use crate::pem::tokens::{Pieces, Token, TokenKind, Tokens, tokenize};
use crate::pem::{Label, der_kind};
use crate::secret::Secret;
use crate::source_map::to_u32;

/// Base64 as Go's `encoding/base64` takes it: padded, and bits beyond the last octet do not matter. Where there
/// is an engine that decodes many octets at a time it is taken: this is done for each body.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
pub(super) static AS_GO: LazyLock<Simd> = LazyLock::new(|| Simd::standard(PADDED));
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
pub(super) static AS_GO: LazyLock<GeneralPurpose> = LazyLock::new(|| GeneralPurpose::new(&STANDARD, PADDED));

const PADDED: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::RequireCanonical);

/// Base64 without its padding.
pub(super) const BARE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// How long a line of a body is (RFC 7468 section 2).
const WIDTH: usize = 64;

/// A run of base64 characters that is too long for a word.
const RUN: usize = 20;

/// How the line of a BEGIN begins.
#[derive(Clone, Copy)]
pub(super) struct Opening {
    /// Whether a quotation mark stands right before it.
    pub(super) is_quoted: bool,
    /// Whether only blanks stand before it.
    pub(super) is_indented: bool,
}

/// What was read of a body.
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Body {
    /// What it encodes.
    pub(super) der: Option<Secret<Vec<u8>>>,
    /// Whether it can be read, if need be after safe repairs.
    pub(super) is_sound: bool,
    /// Whether BEGIN and END do not have lines of their own.
    pub(super) is_collapsed: bool,
    /// Whether `Proc-Type: 4,ENCRYPTED` stands in its headers.
    pub(super) is_encrypted: bool,
    /// Whether there is no base64 in it.
    pub(super) is_empty: bool,
    /// Where lines begin in the input, that of BEGIN included.
    pub(super) lines: Vec<u32>,
}

impl Body {
    /// Reads the text in `range`, which stands between two boundaries; one of them may be missing.
    pub(super) fn read(
        recorder: &mut DamageRecorder<'_>,
        begin: Option<&Boundary>,
        end: Option<&Boundary>,
        range: Range<usize>,
        label: Label,
        opening: Opening,
    ) -> Self {
        let mut reader = Reader {
            tokens: tokenize(recorder.str(), range.clone()),
            recorder,
            range,
            begin,
            end,
            label,
            opening,
            is_collapsed: false,
            is_indented: opening.is_indented,
            is_encrypted: false,
            is_sound: true,
            comment: 0,
            has_real_headers: false,
            has_joined_headers: false,
            body: 0,
            headers: 0..0,
            unseen: (0..0, false),
            between_lines: None,
        };
        reader.read()
    }
}

/// Where the body of a block without END ends; `None` when there is none.
pub(super) fn end_of_body(text: &str, range: Range<usize>) -> Option<usize> {
    let tokens = tokenize(text, range);
    // Headers are over at the first line without a colon.
    let mut from = 0;
    while let Some(line) = line_at(tokens.all(), from) {
        let has_colon = tokens
            .part(line.clone())
            .iter()
            .any(|token| token.is(TokenKind::Foreign) && text.get(token.range()) == Some(":"));
        if !has_colon || line.end >= tokens.len() {
            break;
        }
        from = line.end + 1;
    }
    let rest = tokens.part(from..);
    let foreign =
        rest.iter().position(|token| token.is(TokenKind::Foreign) || token.is(TokenKind::ForeignLetter));
    let data = rest.part(..foreign.unwrap_or(rest.len()));
    let end = data.iter().rfind(|token| token.is(TokenKind::Data))?;
    data.iter().any(|token| token.is(TokenKind::Data) && token.len() >= RUN).then_some(end.end)
}

/// Where the body of a block without BEGIN starts; `None` when there is none.
pub(super) fn start_of_body(text: &str, range: Range<usize>) -> Option<usize> {
    let tokens = tokenize(text, range);
    let foreign =
        tokens.iter().rposition(|token| token.is(TokenKind::Foreign) || token.is(TokenKind::ForeignLetter));
    let mut rest = tokens.part(foreign.map_or(0, |at| at + 1)..);
    if foreign.is_some() {
        // The line that the foreign character stands on is no body.
        rest = rest.part(rest.iter().position(|token| token.is_break())? + 1..);
    }
    let first = rest.iter().find(|token| token.is(TokenKind::Data))?;
    rest.iter().any(|token| token.is(TokenKind::Data) && token.len() >= RUN).then_some(first.start)
}

/// The tokens of the line that begins at `from`; `None` past the end.
fn line_at(tokens: Pieces<'_>, from: usize) -> Option<Range<usize>> {
    let rest = tokens.part(from..);
    let length = rest.iter().position(|token| token.is_break()).unwrap_or(rest.len());
    (!rest.is_empty()).then_some(from..from + length)
}

#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
struct Reader<'r, 't> {
    recorder: &'r mut DamageRecorder<'t>,
    tokens: Tokens,
    range: Range<usize>,
    begin: Option<&'r Boundary>,
    end: Option<&'r Boundary>,
    label: Label,
    opening: Opening,
    is_collapsed: bool,
    is_indented: bool,
    is_encrypted: bool,
    is_sound: bool,
    /// How many tokens are text after BEGIN on its line.
    comment: usize,
    /// The first token after BEGIN's line and the headers.
    body: usize,
    /// The tokens of the headers.
    headers: Range<usize>,
    /// Whether only line feeds end headers.
    has_real_headers: bool,
    /// Whether headers share a line with the body.
    has_joined_headers: bool,
    /// Tokens that cannot be seen, one after the other, and whether a line feed stands beside them.
    unseen: (Range<usize>, bool),
    /// Where blanks are what is left of `+`: those that stand for line breaks instead.
    between_lines: Option<Vec<Range<usize>>>,
}

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
    fn read(&mut self) -> Body {
        let first = self.tokens.iter().position(|token| !token.is_gap()).unwrap_or(self.tokens.len());
        let last = self.tokens.iter().rposition(|token| !token.is_gap());
        let mut separators = Vec::new();
        if self.begin.is_some() {
            self.line_of_begin(first, &mut separators);
        }
        if self.end.is_some() {
            self.line_of_end(last, &mut separators);
        }
        if self.headers.is_empty() {
            if self.is_collapsed { self.collapsed_headers() } else { self.joined_headers() }
        }
        if !self.is_of_others() {
            for at in 0..self.tokens.len() {
                self.character(at);
            }
        }
        let data = self.data();
        let is_empty = data.expose().is_empty();
        let der = if self.is_of_others() { Some(Secret::new(Vec::new())) } else { self.decode(&data) };
        self.collapse(&separators);
        self.tidiness();
        Body {
            is_sound: self.is_sound && der.is_some(),
            der,
            is_collapsed: self.is_collapsed,
            is_encrypted: self.is_encrypted,
            is_empty,
            lines: self.lines(),
        }
    }

    /// Whether it is armour of a kind that looks like PEM and is none.
    fn is_of_others(&self) -> bool {
        matches!(self.label, Label::Pgp | Label::Ssh2)
    }

    /// Finds the line break after BEGIN, and the headers.
    fn line_of_begin(&mut self, first: usize, separators: &mut Vec<(Separator, Range<usize>)>) {
        let start = self.range.start;
        let lead = self.tokens.part(..first);
        let line_break = self.breaks().next().filter(|&at| at < first);
        if let Some(line_break) = line_break {
            if (0..line_break).any(|at| is_lone_return(self.tokens.all(), at)) {
                let place = start..lead.get(line_break).map_or(start, |token| token.start);
                separators.push((Separator::CarriageReturns, place));
                self.is_collapsed = true;
            }
            self.body = line_break + 1;
            self.read_headers(lead.get(line_break).is_some_and(|token| token.is(TokenKind::LineFeed)));
            return;
        }
        let line = line_at(self.tokens.all(), 0).unwrap_or(0..0);
        let on_line = self.tokens.part(line.clone());
        let length = |tokens: Pieces<'_>| -> usize {
            tokens.iter().filter(|token| token.is(TokenKind::Data)).map(|token| token.len()).sum()
        };
        let after = self.tokens.part(line.end..);
        let is_foreign = |token: Token| token.is(TokenKind::Foreign) || token.is(TokenKind::ForeignLetter);
        let is_text = !after.is_empty()
            && length(after) > 0
            && places_in_collapsed_headers(self.recorder.get(self.range.clone())).is_none()
            && (on_line.iter().any(is_foreign)
                || (length(on_line) < WIDTH / 2 && !self.is_whole_from_the_start()));
        if is_text {
            let mut text = on_line.iter().filter(|token| !token.is_gap());
            if let Some(first) = text.next() {
                let last = text.next_back().unwrap_or(first);
                let edit = (start..last.end, "");
                self.recorder.guess(
                    DamageKind::Boundary(BoundaryFault::TextAfter),
                    first.start..last.end,
                    &[edit],
                );
            }
            self.is_sound = false;
            self.comment = line.end;
            self.body = line.end + 1;
        } else if self.end.is_some() || first < self.tokens.len() {
            // Where nothing at all follows, it is not the line break that is missing.
            let end = self.tokens.get(first).map_or(self.range.end, |token| token.start);
            separators.push((separator_of(lead), start..end));
            self.is_collapsed = true;
        }
    }

    /// Whether all of the base64 makes a whole DER, that on the line of BEGIN included: lines were broken
    /// elsewhere then.
    fn is_whole_from_the_start(&self) -> bool {
        self.tokens.iter().all(|token| token.is(TokenKind::Data) || token.is_gap())
            && decoded(&*AS_GO, self.data().expose())
                .is_some_and(|der| der_kind::claimed_length(der.expose()) == Some(der.expose().len()))
    }

    /// Finds the line break before END, and what stands before END on its line.
    fn line_of_end(&mut self, last: Option<usize>, separators: &mut Vec<(Separator, Range<usize>)>) {
        let from = last.map_or(0, |at| at + 1);
        let tail = self.tokens.part(from..);
        let start = last.and_then(|at| self.tokens.get(at)).map_or(self.range.start, |token| token.end);
        let Some(line_break) = tail.iter().rposition(|token| token.is_break()) else {
            if last.is_some() {
                separators.push((separator_of(tail), start..self.range.end));
            }
            self.is_collapsed = true;
            return;
        };
        let line = tail.part(line_break + 1..);
        if line.iter().any(|token| token.is(TokenKind::CarriageReturn)) {
            separators.push((Separator::CarriageReturns, start..self.range.end));
            self.is_collapsed = true;
        } else {
            for blank in line.iter().filter(|token| token.is(TokenKind::Blank)).map(|token| token.range()) {
                self.is_indented = true;
                self.recorder.safe(DamageKind::Indented, blank.clone(), &[(blank, "")]);
            }
        }
    }

    /// Reads lines `Key: value` right after BEGIN. Where that line ends as it should, only line feeds
    /// end a header, as in Go.
    fn read_headers(&mut self, only_line_feeds: bool) {
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
    fn collapsed_headers(&mut self) {
        let inside = self.recorder.get(self.range.clone());
        let Some((second, end)) = places_in_collapsed_headers(inside) else { return };
        let before = inside.get(..second).unwrap_or_default().trim_end_matches(BLANKS);
        let rest = inside.get(end..).unwrap_or_default();
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
    fn joined_headers(&mut self) {
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

    /// Records what is wrong with a character, as far as it can be told without the others.
    fn character(&mut self, at: usize) {
        let Some(token) = self.tokens.get(at) else { return };
        let place = token.range();
        let is_header = self.headers.contains(&at);
        let written = self.recorder.get(place.clone());
        match token.kind {
            TokenKind::EscapedBreak | TokenKind::Escape => {
                if !is_header || !self.has_real_headers {
                    record_escape(self.recorder, self.tokens.all(), at);
                }
            }
            TokenKind::CarriageReturn => self.carriage_return(at),
            _ if is_header || at < self.comment => {}
            TokenKind::Break => {
                let kind = DamageKind::InvisibleCharacters(Invisible::LineBreak);
                let belongs = if is_beside_line_feed(self.tokens.all(), at) { "" } else { "\\n" };
                self.recorder.safe(kind, place.clone(), &[(place, belongs)]);
            }
            TokenKind::Ghost | TokenKind::ByteOrderMark => {
                let kind = DamageKind::InvisibleCharacters(kind_of_ghost(written));
                self.recorder.safe(kind, place.clone(), &[(place, "")]);
            }
            TokenKind::LookAlike => {
                let letter = match written.chars().next().map(Class::of) {
                    Some(Class::LookAlike(letter)) => ascii(letter),
                    _ => "",
                };
                let kind = DamageKind::InvisibleCharacters(Invisible::LookAlike);
                self.recorder.guess(kind, place.clone(), &[(place, letter)]);
                self.is_sound = false;
            }
            TokenKind::ForeignLetter => {
                let kind = match written.chars().next() {
                    Some('\u{fffd}') => Invisible::Replacement,
                    Some(dash) if Class::of(dash) == Class::Dash => Invisible::Dash,
                    _ => Invisible::Other,
                };
                self.recorder.fault(DamageKind::InvisibleCharacters(kind), place);
                self.is_sound = false;
            }
            TokenKind::Quote if self.opening.is_quoted && self.is_at_edge(at) => {
                self.recorder.safe(DamageKind::Quotes, place.clone(), &[(place, "")]);
            }
            TokenKind::Base64Url => self.base64_fault(Base64Fault::UrlAlphabet, place),
            TokenKind::Quote | TokenKind::Foreign => self.base64_fault(foreign(written), place),
            TokenKind::Data | TokenKind::Blank | TokenKind::LineFeed => {}
        }
    }

    /// Whether a quotation mark stands at the start or the end of a line.
    fn is_at_edge(&self, at: usize) -> bool {
        let edge = |token: Option<Token>| token.is_none_or(|token| token.is_break());
        let blank = |token: &Token| !token.is(TokenKind::Blank) && !token.is(TokenKind::CarriageReturn);
        edge(self.tokens.part(at + 1..).iter().find(blank))
            || edge(self.tokens.part(..at).iter().rfind(blank))
    }

    fn carriage_return(&mut self, at: usize) {
        let Some(token) = self.tokens.get(at) else { return };
        let is_lone = is_lone_return(self.tokens.all(), at);
        if is_lone && self.is_collapsed {
            // Line breaks are made anew.
            return;
        }
        let written = if is_lone && !self.is_beside_line_feed(at) { "\\n" } else { "" };
        self.recorder.safe(DamageKind::CarriageReturns, token.range(), &[(token.range(), written)]);
    }

    /// What [`is_beside_line_feed`] says of carriage returns, one after the other: of a million in a row the
    /// same.
    fn is_beside_line_feed(&mut self, at: usize) -> bool {
        if !self.unseen.0.contains(&at) {
            let seen = self.tokens.part(at..).iter().position(|token| is_seen(&token));
            let end = seen.map_or(self.tokens.len(), |count| at + count);
            self.unseen = (at..end, is_beside_line_feed(self.tokens.all(), at));
        }
        self.unseen.1
    }

    fn base64_fault(&mut self, fault: Base64Fault, place: Range<usize>) {
        self.recorder.fault(DamageKind::Base64(fault), place);
        self.is_sound = false;
    }

    /// The tokens of the body.
    fn body_atoms(&self) -> Pieces<'_> {
        self.tokens.part(self.body..)
    }

    /// The tokens at which lines end once the text is repaired: what only spells out or repeats a line
    /// break right beside it goes.
    fn breaks(&self) -> impl DoubleEndedIterator<Item = usize> {
        self.tokens.iter().enumerate().filter_map(|(at, token)| {
            let is_kept = token.is(TokenKind::LineFeed)
                || (token.is_break() && !is_beside_line_feed(self.tokens.all(), at));
            is_kept.then_some(at)
        })
    }

    /// The tokens of the line that begins at `from`, as it is once the text is repaired.
    fn line(&self, from: usize) -> Option<Range<usize>> {
        let past = self.tokens.len();
        let is_kept = |at: &usize| {
            self.tokens.get(*at).is_some_and(|token| {
                token.is(TokenKind::LineFeed)
                    || (token.is_break() && !is_beside_line_feed(self.tokens.all(), *at))
            })
        };
        (from < past).then(|| from..(from..past).find(is_kept).unwrap_or(past))
    }

    /// The runs of base64.
    fn runs(&self) -> impl Iterator<Item = Token> {
        self.body_atoms().iter().filter(|token| token.is(TokenKind::Data))
    }

    /// All characters of the base64 alphabet, padding included.
    fn data(&self) -> Secret<Vec<u8>> {
        let mut data = Secret::new(Vec::with_capacity(self.runs().map(|run| run.len()).sum()));
        for run in self.runs() {
            data.expose_mut().extend_from_slice(self.recorder.get(run.range()).as_bytes());
        }
        data
    }

    /// Decodes the body, or says why it is not base64.
    fn decode(&mut self, data: &Secret<Vec<u8>>) -> Option<Secret<Vec<u8>>> {
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
    fn indentation(&self) -> usize {
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
        if let Some(at) = data.get(..letters).unwrap_or_default().iter().position(|&byte| byte == b'=') {
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
        let bare = decoded(&BARE, data.get(..letters).unwrap_or_default());
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

    /// Records that boundaries have no lines of their own, and breaks all lines anew.
    fn collapse(&mut self, separators: &[(Separator, Range<usize>)]) {
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
    fn tidiness(&mut self) {
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
    fn lines(&self) -> Vec<u32> {
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

/// Whether a line with a colon is base64 that a colon got into: Go takes it for a header, and misses
/// that part of the body.
fn is_marred_base64(line: Pieces<'_>) -> bool {
    let is_data = |token: &Token| token.is(TokenKind::Data);
    let foreign = line.iter().filter(|token| !is_data(token) && !token.is(TokenKind::CarriageReturn)).count();
    foreign == 1 && line.iter().filter(is_data).map(|token| token.len()).sum::<usize>() >= 40
}

/// Decodes base64; `None` when it is none.
pub(super) fn decoded(engine: &impl Engine, data: &[u8]) -> Option<Secret<Vec<u8>>> {
    let mut bytes = Secret::new(Vec::with_capacity(data.len() / 4 * 3 + 3));
    engine.decode_vec(data, bytes.expose_mut()).ok()?;
    Some(bytes)
}

/// What stands in a gap without a line break.
fn separator_of(gap: Pieces<'_>) -> Separator {
    if gap.iter().any(|token| token.is(TokenKind::CarriageReturn)) {
        Separator::CarriageReturns
    } else if gap.iter().any(|token| token.is(TokenKind::Blank)) {
        Separator::Blanks
    } else {
        Separator::Nothing
    }
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
fn places_in_collapsed_headers(text: &str) -> Option<(usize, usize)> {
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
