//! What stands between BEGIN and END: headers, base64, line breaks.

mod decode;
mod headers;
mod line_layout;

use std::ops::Range;

use self::headers::places_in_collapsed_headers;
use crate::pem::base64_engines::{AS_GO, decoded};
use crate::pem::blocks::{
    foreign, is_beside_line_feed, is_lone_return, is_seen, kind_of_ghost, record_escape,
};
use crate::pem::boundary::Boundary;
use crate::pem::characters::{Class, ascii};
use crate::pem::damage::{Base64Fault, BoundaryFault, DamageKind, Invisible, Separator};
use crate::pem::damage_log::DamageRecorder;
use crate::pem::tokens::{Pieces, Token, TokenKind, Tokens, tokenize};
use crate::pem::{Label, der_kind};
use crate::secret::Secret;

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
