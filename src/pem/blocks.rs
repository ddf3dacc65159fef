//! From boundaries to blocks: pairs them, and looks at what stands in them and around them.
//!
//! The measure is Go's `encoding/pem`. It wants BEGIN and END at the start of a line, nothing but
//! blanks behind them, lines `Key: value` only right after BEGIN, and skips blanks and line breaks in
//! a body.

use std::ops::Range;

use crate::edit::{Edit, Safety};
use crate::internal_fault::OrFault;
use crate::pem::block_base64;
use crate::pem::block_base64::{Body, Opening};
use crate::pem::boundary;
use crate::pem::boundary::{Boundary, Side};
use crate::pem::characters::{Class, ascii};
use crate::pem::damage::{
    Base64Fault, BoundaryFault, DamageKind, Invisible, Missing, Outside, Separator, Spelling, Untidiness,
};
use crate::pem::damage_log::DamageRecorder;
use crate::pem::der_kind;
use crate::pem::inventory::has_base64_run;
use crate::pem::tokens::{Pieces, Token, TokenKind, Tokens, tokenize};
use crate::pem::{DerKind, Label, RawBlock};

/// Reads the blocks that some boundaries make.
pub(super) fn read(recorder: DamageRecorder<'_>, boundaries: &[Boundary]) -> Vec<RawBlock> {
    let end = recorder.str().len();
    let mut reader = BlockReader { recorder, blocks: Vec::new() };
    let mut left: Option<Neighbour> = None;
    let mut from = 0;
    for piece in pair(reader.recorder.str(), boundaries) {
        let mut right = reader.block(&piece);
        let is_closed = reader.around(left.as_ref(), Some(&right), from..right.range.start);
        right.is_quoted |= !is_closed && left.is_some_and(|left| left.is_quoted);
        from = right.range.end;
        left = Some(right);
    }
    reader.around(left.as_ref(), None, from..end);
    reader.blocks
}

/// A block as far as its boundaries go.
struct BoundaryPair<'b> {
    begin: Option<&'b Boundary>,
    end: Option<&'b Boundary>,
    /// From the first boundary, or from where the body begins, to the last, or to where it ends.
    range: Range<usize>,
}

/// Makes blocks of boundaries. A boundary without a partner and without a body is no block: the
/// service takes it for text like any other.
fn pair<'b>(text: &str, boundaries: &'b [Boundary]) -> impl Iterator<Item = BoundaryPair<'b>> {
    let mut from = 0;
    let mut rest = boundaries;
    let mut is_first = true;
    std::iter::from_fn(move || {
        while let Some((first, after)) = rest.split_first() {
            rest = after;
            let before = from..first.range().start;
            from = first.range().end;
            let piece = match (first.side, after.first()) {
                (Side::Begin, Some(second)) if second.side == Side::End => {
                    let range = first.range().start..second.range().end;
                    rest = after.get(1..).or_fault();
                    from = second.range().end;
                    Some(BoundaryPair { begin: Some(first), end: Some(second), range })
                }
                (Side::Begin, second) => {
                    let limit = second.map_or(text.len(), |second| second.range().start);
                    let end = block_base64::end_of_body(text, first.range().end..limit);
                    (second.is_none() || end.is_some()).then(|| {
                        let end = end.unwrap_or(first.range().end);
                        BoundaryPair { begin: Some(first), end: None, range: first.range().start..end }
                    })
                }
                (Side::End, _) => {
                    let start = block_base64::start_of_body(text, before);
                    start.map(|start| BoundaryPair {
                        begin: None,
                        end: Some(first),
                        range: start..first.range().end,
                    })
                }
            };
            if piece.is_some() {
                is_first = false;
                return piece;
            }
        }
        // Ends and nothing else.
        let end = boundaries.first().filter(|_| is_first)?;
        is_first = false;
        Some(BoundaryPair { begin: None, end: Some(end), range: end.range() })
    })
}

/// What the text around a block has to know of it.
#[allow(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
struct Neighbour {
    range: Range<usize>,
    has_begin: bool,
    has_end: bool,
    /// Whether its own lines are collapsed.
    is_collapsed: bool,
    /// Whether a quotation mark stands before it, or before a block before it, that none has closed.
    is_quoted: bool,
    /// Its place among the blocks.
    index: usize,
}

struct BlockReader<'t> {
    recorder: DamageRecorder<'t>,
    blocks: Vec<RawBlock>,
}

impl BlockReader<'_> {
    /// Reads a block and records what is wrong inside of it.
    fn block(&mut self, piece: &BoundaryPair<'_>) -> Neighbour {
        let text = self.recorder.str();
        let opening = opening(text.get(..piece.range.start).or_fault());
        let mut is_sound = true;
        let is_read_as_it_is = is_key_label(piece, text);
        for boundary in [piece.begin, piece.end].into_iter().flatten() {
            self.boundary(boundary, is_read_as_it_is);
            is_sound &= boundary.is_certain(is_read_as_it_is)
                && (is_read_as_it_is || boundary.fault().is_none() || boundary.name().is_some());
        }
        let known = |boundary: &&Boundary| boundary.name_or_guess().is_some();
        let ends = [piece.begin, piece.end];
        let named = ends.into_iter().flatten().find(known).or(piece.begin).or(piece.end);
        let label = named.map_or(Label::Other, |boundary| boundary.label);
        let inside = piece.begin.map_or(piece.range.start, |begin| begin.range().end)
            ..piece.end.map_or(piece.range.end, |end| end.range().start);
        let body = Body::read(&mut self.recorder, piece.begin, piece.end, inside.clone(), label, opening);
        is_sound &= body.is_sound;
        let mut der = body.der;
        match (piece.begin, piece.end) {
            (Some(begin), Some(end)) if !begin.has_label_of(end, text) => {
                self.mismatch(begin, end, der.as_ref().map(|der| der.expose().as_slice()));
                is_sound = false;
            }
            (Some(_), Some(_)) => {}
            (begin, end) => {
                self.unterminated(begin, end, inside);
                is_sound = false;
            }
        }
        if !is_sound {
            der = None;
        }
        let index = self.blocks.len();
        self.blocks.push(RawBlock {
            span: self.recorder.span(piece.range.clone()),
            label,
            is_encrypted: body.is_encrypted,
            lines: body.lines,
            is_empty: body.is_empty,
            der,
        });
        Neighbour {
            range: piece.range.clone(),
            has_begin: piece.begin.is_some(),
            has_end: piece.end.is_some(),
            is_collapsed: body.is_collapsed,
            is_quoted: opening.is_quoted,
            index,
        }
    }

    /// Records what is wrong with a boundary itself; nothing of its words if they are read as they are.
    fn boundary(&mut self, boundary: &Boundary, is_read_as_it_is: bool) {
        let recorder = &mut self.recorder;
        let Some(oddities) = boundary.oddities() else { return };
        for run in &oddities.typographic {
            recorder.safe(
                DamageKind::InvisibleCharacters(Invisible::Dash),
                run.clone(),
                &[(run.clone(), "-----")],
            );
        }
        for (range, kind, belongs) in &oddities.ghosts {
            let edit = (range.clone(), *belongs);
            recorder.safe(DamageKind::InvisibleCharacters(*kind), range.clone(), &[edit]);
        }
        for (range, letter) in &oddities.look_alikes {
            let edit = (range.clone(), ascii(*letter));
            recorder.guess(DamageKind::InvisibleCharacters(Invisible::LookAlike), range.clone(), &[edit]);
        }
        for (run, count) in &oddities.dashes {
            let place = if run.is_empty() { boundary.range() } else { run.clone() };
            let fault = BoundaryFault::Dashes { count: *count };
            recorder.safe(DamageKind::Boundary(fault), place, &[(run.clone(), "-----")]);
        }
        let Some(fault) = boundary.fault().filter(|_| !is_read_as_it_is) else { return };
        let kind = DamageKind::Boundary(fault);
        let words = boundary.lead().end..boundary.trail().start;
        let mut edits = Vec::new();
        let before = boundary.lead().end..boundary.label_range().start;
        if recorder.get(before.clone()) != boundary.side.word() {
            edits.push((before, boundary.side.word()));
        }
        let label = boundary.label_range().start..boundary.trail().start;
        match boundary.name_or_guess() {
            Some(name) if recorder.get(label.clone()) != name => edits.push((label, name)),
            None => edits.push((boundary.label_range().end..boundary.trail().start, "")),
            Some(_) => {}
        }
        edits.retain(|(place, written)| recorder.get(place.clone()) != *written);
        match fault {
            // A label that nobody knows may look wrong, and nobody knows how it ought to look.
            _ if edits.is_empty() => recorder.fault(kind, words),
            BoundaryFault::Misspelt(None) => recorder.fault(kind, words),
            BoundaryFault::Case | BoundaryFault::Spacing if boundary.name().is_some() => {
                recorder.safe(kind, words, &edits);
            }
            _ => recorder.guess(kind, words, &edits),
        }
    }

    /// Records that the labels differ. The DER says which of them is right, if anything does.
    fn mismatch(&mut self, begin: &Boundary, end: &Boundary, der: Option<&[u8]>) {
        let kind = DamageKind::MismatchedLabels { begin: begin.label, end: end.label };
        let known = match der.and_then(der_kind::identify) {
            Some(der_kind::Binary::Der(DerKind::Labelled(label))) => Some(label),
            _ => None,
        };
        let end_is_right = begin.name().is_none() && end.name().is_some()
            || known.is_some_and(|label| label == end.label && label != begin.label);
        let (right, wrong) = if end_is_right { (end, begin) } else { (begin, end) };
        let span = self.recorder.span(wrong.label_range());
        let edit = match right.name_or_guess() {
            Some(text) => Edit::Put { span, text },
            None => Edit::Copy { span, from: self.recorder.span(right.label_range()) },
        };
        self.recorder.edited(kind, Safety::Unsafe, end.label_range(), Some(edit));
    }

    /// Records that a boundary is missing.
    fn unterminated(&mut self, begin: Option<&Boundary>, end: Option<&Boundary>, body: Range<usize>) {
        let name = |boundary: &Boundary| boundary.name_or_guess();
        match (begin, end) {
            (Some(begin), None) => {
                let (kind, place) = (DamageKind::Unterminated(Missing::End), begin.range());
                let at = body.end..body.end;
                match name(begin).filter(|_| !body.is_empty()) {
                    Some(name) => self.recorder.guess(
                        kind,
                        place,
                        &[(at.clone(), "\\n-----END "), (at.clone(), name), (at, "-----\\n")],
                    ),
                    None => self.recorder.fault(kind, place),
                }
            }
            (None, Some(end)) => {
                let (kind, place) = (DamageKind::Unterminated(Missing::Begin), end.range());
                let at = body.start..body.start;
                match name(end).filter(|_| !body.is_empty()) {
                    Some(name) => self.recorder.guess(
                        kind,
                        place,
                        &[(at.clone(), "-----BEGIN "), (at.clone(), name), (at, "-----\\n")],
                    ),
                    None => self.recorder.fault(kind, place),
                }
            }
            _ => {}
        }
    }

    /// Records what is wrong with the text between two blocks, or at either end. Gives whether it
    /// closes a quotation.
    fn around(&mut self, left: Option<&Neighbour>, right: Option<&Neighbour>, range: Range<usize>) -> bool {
        let mut gap = Gap {
            tokens: tokenize(self.recorder.str(), range.clone()),
            range,
            recorder: &mut self.recorder,
            left: left.filter(|left| left.has_end),
            right: right.filter(|right| right.has_begin),
            is_torn: false,
            has_text_after: false,
            is_spelled_out: false,
            is_closed: false,
        };
        gap.read();
        let has_text_after = gap.has_text_after;
        if left.is_some_and(|left| !left.has_end) || right.is_some_and(|right| !right.has_begin) {
            gap.is_torn = true;
        }
        gap.note_text(left, right);
        let is_closed = gap.is_closed;
        if has_text_after && let Some(block) = left.and_then(|left| self.blocks.get_mut(left.index)) {
            block.der = None;
        }
        is_closed
    }
}

/// Whether both lines of a block have one and the same label, and Go tries to read a private key in it: what
/// stands before ` PRIVATE KEY` does not matter then, be it misspelt, of another case or nothing at all.
fn is_key_label(piece: &BoundaryPair<'_>, text: &str) -> bool {
    let label = |boundary: &Boundary| {
        text.get(boundary.lead().end..boundary.trail().start)?.strip_prefix(boundary.side.word())
    };
    let begin = piece.begin.and_then(label);
    begin.is_some_and(|label| label.ends_with(boundary::KEY)) && begin == piece.end.and_then(label)
}

/// How the line of a BEGIN begins, of which the text before it is given.
fn opening(before: &str) -> Opening {
    let bare = before.trim_end_matches([' ', '\t']);
    let last = bare.chars().next_back();
    let is_line_start =
        last.is_none_or(|last| matches!(last, '\n' | '\r')) || bare.ends_with("\\n") || bare.ends_with("\\r");
    Opening {
        is_quoted: last.is_some_and(|last| Class::of(last) == Class::Quote),
        is_indented: is_line_start && bare.len() < before.len(),
    }
}

/// The text between two blocks, before the first or after the last.
#[expect(clippy::struct_excessive_bools, reason = "four independent sightings, each asked for by itself")]
struct Gap<'g, 't> {
    recorder: &'g mut DamageRecorder<'t>,
    tokens: Tokens,
    range: Range<usize>,
    /// The block before, if its END is there.
    left: Option<&'g Neighbour>,
    /// The block after, if its BEGIN is there.
    right: Option<&'g Neighbour>,
    /// Whether text shares a line with a boundary, so that nothing is said of text outside.
    is_torn: bool,
    /// Whether text follows an END on its line.
    has_text_after: bool,
    /// Whether all escape sequences are on record.
    is_spelled_out: bool,
    /// Whether a quotation mark closes what stands before.
    is_closed: bool,
}

impl Gap<'_, '_> {
    /// Looks at the line of the END before and at the line of the BEGIN after.
    fn read(&mut self) {
        let (first, last) = self.separators();
        let spelled_out = |at: Option<usize>| {
            at.and_then(|at| self.tokens.get(at)).is_some_and(|token| token.is(TokenKind::EscapedBreak))
        };
        // Escape sequences count when one of them ends the line of a boundary; then all of them do.
        self.is_spelled_out =
            (self.left.is_some() && spelled_out(first)) || (self.right.is_some() && spelled_out(last));
        if self.is_spelled_out {
            for at in 0..self.tokens.len() {
                record_escape(self.recorder, self.tokens.all(), at);
            }
        }
        if self.left.is_some() && self.right.is_some() && first.is_none() {
            self.joined();
        } else {
            if let Some(left) = self.left {
                self.after_end(left, first);
            }
            if let Some(right) = self.right {
                self.before_begin(right, last);
            }
        }
        for (carriage_return, line_feed) in self.tokens.iter().zip(self.tokens.iter().skip(1)) {
            if carriage_return.is(TokenKind::CarriageReturn) && line_feed.is(TokenKind::LineFeed) {
                let place = carriage_return.range();
                self.recorder.safe(DamageKind::CarriageReturns, place.clone(), &[(place, "")]);
            }
        }
    }

    /// The first and the last token at which a line ends.
    fn separators(&self) -> (Option<usize>, Option<usize>) {
        let mut all = 0..self.tokens.len();
        (all.clone().find(|&at| self.separates(at)), all.rfind(|&at| self.separates(at)))
    }

    /// Whether a line ends at an token, as it is or once it is repaired.
    fn separates(&self, at: usize) -> bool {
        self.tokens.get(at).is_some_and(|token| token.is_break() || self.is_lone_return(at))
    }

    /// Whether an token is a carriage return without a line feed.
    fn is_lone_return(&self, at: usize) -> bool {
        is_lone_return(self.tokens.all(), at)
    }

    /// Two blocks on one line.
    fn joined(&mut self) {
        self.is_torn = true;
        let (start, end) = (self.range.start, self.range.end);
        let has_text = self.tokens.iter().any(|token| is_text(&token));
        let is_blank = self.tokens.iter().all(|token| token.is(TokenKind::Blank));
        let edits: &[(Range<usize>, &'static str)] = match (has_text, is_blank) {
            (true, _) => &[(start..start, "\\n"), (end..end, "\\n")],
            (false, true) => &[(self.range.clone(), "\\n")],
            (false, false) => &[(end..end, "\\n")],
        };
        let separator = match (has_text, self.tokens.all().is_empty()) {
            (true, _) => Separator::Text,
            (false, true) => Separator::Nothing,
            (false, false) => Separator::Blanks,
        };
        self.recorder.safe(DamageKind::Collapsed(separator), self.range.clone(), edits);
        for at in 0..self.tokens.len() {
            self.unseen(at, false);
            self.quote(at);
            self.escape(at);
        }
    }

    /// The rest of the line of an END.
    fn after_end(&mut self, left: &Neighbour, separator: Option<usize>) {
        let end = separator.unwrap_or(self.tokens.len());
        let is_pair = end.checked_sub(1).is_some_and(|at| {
            self.tokens.get(at).is_some_and(|token| token.is(TokenKind::CarriageReturn))
                && !self.is_lone_return(at)
        });
        let line = 0..end - usize::from(is_pair);
        let first_quote = self.tokens.part(line.clone()).iter().position(|token| token.is(TokenKind::Quote));
        self.is_closed = first_quote.is_some();
        // Of a quotation mark and of the commas behind it nothing is said but that.
        let is_quoted = |recorder: &DamageRecorder<'_>, at: usize, token: &Token| {
            first_quote.is_some_and(|first| {
                at >= first
                    && (token.is(TokenKind::Quote) || matches!(recorder.get(token.range()), "," | ";" | ")"))
            })
        };
        let mut text = self
            .tokens
            .part(line.clone())
            .iter()
            .enumerate()
            .filter(|(at, token)| is_text(token) && !is_quoted(self.recorder, *at, token))
            .map(|(_, token)| token);
        if let Some(first) = text.next() {
            let last = text.next_back().unwrap_or(first);
            self.is_torn = true;
            let place = first.start..last.end;
            if left.is_collapsed {
                let gap = self.range.start..first.start;
                self.recorder.safe(DamageKind::Collapsed(Separator::Text), place, &[(gap, "\\n")]);
            } else {
                let edit = (self.range.start..last.end, "");
                self.recorder.guess(DamageKind::Boundary(BoundaryFault::TextAfter), place, &[edit]);
                self.has_text_after = true;
            }
        } else {
            for at in line {
                self.quote(at);
                if let Some(comma) = self
                    .tokens
                    .get(at)
                    .filter(|token| token.is(TokenKind::Foreign) && is_quoted(self.recorder, at, token))
                {
                    let place = comma.range();
                    self.recorder.safe(DamageKind::Quotes, place.clone(), &[(place, "")]);
                }
                self.unseen(at, false);
                if let Some(blank) = self.tokens.get(at).filter(|token| token.is(TokenKind::Blank)) {
                    let (kind, belongs) = if self.is_closed {
                        (DamageKind::Quotes, "")
                    } else if left.is_collapsed && separator.is_none() {
                        (DamageKind::Collapsed(Separator::Blanks), "\\n")
                    } else {
                        (DamageKind::Untidy(Untidiness::Blanks), "")
                    };
                    let place = blank.range();
                    self.recorder.safe(kind, place.clone(), &[(place, belongs)]);
                }
                self.escape(at);
            }
        }
        self.separator(separator);
    }

    /// What stands before a BEGIN on its line.
    fn before_begin(&mut self, right: &Neighbour, separator: Option<usize>) {
        let start = separator.map_or(0, |at| at + 1);
        let line = self.tokens.part(start..);
        let is_quoted = line.iter().any(|token| token.is(TokenKind::Quote));
        let mut text = line.iter().filter(is_text);
        let (first, last) = (text.next(), text.next_back());
        let prefix = self.bytes_prefix(line);
        let first = first.filter(|_| prefix.is_none());
        let begin = right.range.start;
        let ends_blank = line.last().filter(|token| token.is(TokenKind::Blank));
        if let Some(prefix) = prefix {
            self.recorder.safe(DamageKind::Quotes, prefix.range(), &[(prefix.range(), "")]);
        }
        if let Some(first) = first {
            self.is_torn = true;
            let gap = ends_blank.map_or(begin..begin, |blank| blank.range());
            let place = first.start..last.unwrap_or(first).end;
            self.recorder.safe(DamageKind::Collapsed(Separator::Text), place, &[(gap, "\\n")]);
            // Quotation marks elsewhere on the line are part of the text.
            if let Some(at) = self.tokens.iter().rposition(|token| !token.is(TokenKind::Blank)) {
                self.quote(at);
            }
        } else {
            for at in start..self.tokens.len() {
                self.quote(at);
                self.unseen(at, true);
                if let Some(blank) = self.tokens.get(at).filter(|token| token.is(TokenKind::Blank)) {
                    let kind = if is_quoted { DamageKind::Quotes } else { DamageKind::Indented };
                    let place = blank.range();
                    self.recorder.safe(kind, place.clone(), &[(place, "")]);
                }
                self.escape(at);
            }
        }
        if self.left.is_none() || separator != self.separators().0 {
            self.separator(separator);
        }
    }

    /// The `b` of `b'-----BEGIN`, as Python prints bytes: part of the quotation mark, not of a text.
    fn bytes_prefix(&self, line: Pieces<'_>) -> Option<Token> {
        let (prefix, quote) = line.get(0).zip(line.get(1)).filter(|_| line.len() == 2)?;
        let is_prefix =
            self.left.is_none() && quote.is(TokenKind::Quote) && self.recorder.get(prefix.range()) == "b";
        is_prefix.then_some(prefix)
    }

    /// Records a line break that is none to the service.
    fn separator(&mut self, at: Option<usize>) {
        let Some((at, token)) = at.and_then(|at| Some((at, self.tokens.get(at)?))) else { return };
        match token.kind {
            TokenKind::CarriageReturn => {
                let before_line_feed = self
                    .tokens
                    .part(at + 1..)
                    .iter()
                    .find(|token| !token.is(TokenKind::CarriageReturn))
                    .is_some_and(|token| token.is(TokenKind::LineFeed));
                let written = if before_line_feed { "" } else { "\\n" };
                let kind = DamageKind::Collapsed(Separator::CarriageReturns);
                self.recorder.safe(kind, token.range(), &[(token.range(), written)]);
            }
            TokenKind::Break => {
                let kind = DamageKind::InvisibleCharacters(Invisible::LineBreak);
                let written = if is_beside_line_feed(self.tokens.all(), at) { "" } else { "\\n" };
                self.recorder.safe(kind, token.range(), &[(token.range(), written)]);
            }
            _ => {}
        }
    }

    /// Records an token that cannot be seen.
    fn unseen(&mut self, at: usize, is_before_begin: bool) {
        let Some(token) = self.tokens.get(at) else { return };
        let kind = match token.kind {
            TokenKind::ByteOrderMark if is_before_begin => DamageKind::ByteOrderMark,
            TokenKind::ByteOrderMark | TokenKind::Ghost => {
                DamageKind::InvisibleCharacters(kind_of_ghost(self.recorder.get(token.range())))
            }
            _ => return,
        };
        self.recorder.safe(kind, token.range(), &[(token.range(), "")]);
    }

    /// Records what is left of an escape sequence beside a boundary.
    fn escape(&mut self, at: usize) {
        if !self.is_spelled_out && self.tokens.get(at).is_some_and(|token| token.is(TokenKind::Escape)) {
            record_escape(self.recorder, self.tokens.all(), at);
        }
    }

    fn quote(&mut self, at: usize) {
        if let Some(token) = self.tokens.get(at).filter(|token| token.is(TokenKind::Quote)) {
            let place = token.range();
            self.recorder.safe(DamageKind::Quotes, place.clone(), &[(place, "")]);
        }
    }

    /// Notes text on lines of its own, and the quotation mark there that closes what stands before.
    fn note_text(&mut self, left: Option<&Neighbour>, right: Option<&Neighbour>) {
        let (first, last) = self.separators();
        let from = match (left, first) {
            (None, _) => 0,
            (Some(_), Some(first)) => first + 1,
            (Some(_), None) => return,
        };
        let to = match (right, last) {
            (None, _) => self.tokens.len(),
            (Some(_), Some(last)) => last + 1,
            (Some(_), None) => return,
        };
        let lines = self.tokens.part(from..to);
        let mut text = lines.iter().filter(|token| !token.is_gap()).peekable();
        if left.is_some_and(|left| left.is_quoted)
            && text.peek().is_some_and(|token| token.is(TokenKind::Quote))
        {
            self.is_closed = true;
            while let Some(token) = text.next_if(|token| {
                token.is(TokenKind::Quote) || matches!(self.recorder.get(token.range()), "," | ";" | ")")
            }) {
                self.recorder.safe(DamageKind::Quotes, token.range(), &[(token.range(), "")]);
            }
        }
        let Some(first) = text.next() else { return };
        let last = text.next_back().unwrap_or(first);
        if self.is_torn {
            return;
        }
        let outside = match (left, right) {
            (None, _) => Outside::Before,
            (Some(_), Some(_)) => Outside::Between,
            (Some(_), None) => Outside::After,
        };
        let kind = DamageKind::TextOutside(outside);
        let place = first.start..last.end;
        if has_base64_run(self.recorder.get(place.clone())) {
            // It may be part of a block.
            self.recorder.fault(kind, place);
            return;
        }
        let start = lines.first().map_or(self.range.start, |token| token.start);
        let end = lines.last().map_or(self.range.end, |token| token.end);
        self.recorder.safe(kind, place, &[(start..end, "")]);
    }
}

/// Whether an token is text beside a boundary, rather than something that hides there.
fn is_text(token: &Token) -> bool {
    !token.is_gap() && !token.is(TokenKind::Quote)
}

/// Whether an token is a carriage return that no line feed follows.
pub(super) fn is_lone_return(tokens: Pieces<'_>, at: usize) -> bool {
    tokens.get(at).is_some_and(|token| token.is(TokenKind::CarriageReturn))
        && !tokens.get(at + 1).is_some_and(|next| next.is(TokenKind::LineFeed))
}

/// Whether a real line break stands right beside an token, blanks aside.
pub(super) fn is_beside_line_feed(tokens: Pieces<'_>, at: usize) -> bool {
    let after = tokens.part(at + 1..).iter().find(is_seen);
    let before = tokens.part(..at).iter().rfind(is_seen);
    [after, before].into_iter().flatten().any(|token| token.is(TokenKind::LineFeed))
}

/// Whether an token parts what stands on both sides of it.
pub(super) fn is_seen(token: &Token) -> bool {
    !matches!(token.kind, TokenKind::Blank | TokenKind::CarriageReturn | TokenKind::Quote | TokenKind::Ghost)
}

/// Records an escape sequence.
pub(super) fn record_escape(recorder: &mut DamageRecorder<'_>, tokens: Pieces<'_>, at: usize) {
    let Some(token) = tokens.get(at) else { return };
    let written = match token.kind {
        TokenKind::EscapedBreak if !is_beside_line_feed(tokens, at) => "\\n",
        TokenKind::EscapedBreak | TokenKind::Escape => "",
        _ => return,
    };
    let spelling = match recorder.str().as_bytes().get(token.end) {
        Some(b'/') if token.is(TokenKind::Escape) => Spelling::Slash,
        _ => spelling(recorder.get(token.range())),
    };
    let kind = DamageKind::EscapedLineBreaks(spelling);
    recorder.safe(kind, token.range(), &[(token.range(), written)]);
}

fn spelling(written: &str) -> Spelling {
    match written {
        "\\n" => Spelling::Newline,
        "\\r\\n" => Spelling::CarriageReturnNewline,
        "\\r" => Spelling::CarriageReturn,
        _ if written.trim_start_matches('\\').is_empty() || written.ends_with('t') => Spelling::Backslash,
        _ if written.bytes().any(|byte| byte.is_ascii_digit()) => Spelling::Numeric,
        _ => Spelling::Doubled,
    }
}

pub(super) fn kind_of_ghost(written: &str) -> Invisible {
    match written.chars().next().map(Class::of) {
        Some(Class::Space) => Invisible::Space,
        _ => Invisible::NoGlyph,
    }
}

/// The fault of a character outside the base64 alphabet. Backticks enclose it in messages.
pub(super) fn foreign(written: &str) -> Base64Fault {
    let shown = |character: &char| character.is_ascii_punctuation() && *character != '`';
    Base64Fault::Foreign(written.chars().next().filter(shown))
}
