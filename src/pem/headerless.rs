//! Texts without BEGIN and END: bare base64, and what else gets into a PEM field.

use std::ops::Range;

use crate::internal_fault::OrFault;
use crate::pem::base64_engines::{BARE, decoded};
use crate::pem::blocks::{is_beside_line_feed, kind_of_ghost, record_escape};
use crate::pem::damage::{DamageKind, Invisible};
use crate::pem::damage_log::DamageRecorder;
use crate::pem::der_kind;
use crate::pem::der_kind::Binary;
use crate::pem::known_content;
use crate::pem::tokens::{Token, TokenKind, Tokens, tokenize};
use crate::pem::{DerKind, Label, NonPemContent, RawBlock};
use crate::secret::Secret;
use crate::source_map::to_u32;

/// Base64 without armour, and what it is wrapped in.
pub(super) struct Bare {
    tokens: Tokens,
    /// The characters of the alphabet, those of base64url made ordinary, without padding.
    letters: Secret<Vec<u8>>,
    /// From the first to the last of them.
    pub(super) range: Range<usize>,
    /// Whether nothing but base64, blanks and line breaks stands between them.
    pub(super) is_plain: bool,
    /// Whether `-` or `_` is among them.
    is_url: bool,
    /// How many `=` stand at the end.
    padding: usize,
}

impl Bare {
    /// Finds base64 that makes up the whole text, quotation marks around it aside.
    pub(super) fn find(text: &str) -> Option<Self> {
        let written = |token: &Token| text.get(token.range()).or_fault();
        let tokens = tokenize(text, 0..text.len());
        let first = tokens.iter().position(|token| is_base64(&token))?;
        let last = tokens.iter().rposition(|token| is_base64(&token))?;
        let (before, after) = (tokens.part(..first), tokens.part(last + 1..));
        let inside = tokens.part(first..=last);
        let is_wrapping = |token: Token| token.is_gap() || token.is(TokenKind::Quote);
        let is_comma = |token: Token| matches!(written(&token), "," | ";");
        if !before.iter().all(is_wrapping)
            || !after.iter().all(|token| is_wrapping(token) || is_comma(token))
            || !inside.iter().all(|token| is_base64(&token) || token.is_gap())
        {
            return None;
        }
        let range = inside.first()?.start..inside.last()?.end;
        let mut letters = Secret::new(Vec::with_capacity(range.len()));
        for token in inside.iter().filter(is_base64) {
            letters.expose_mut().extend(written(&token).bytes().map(|byte| match byte {
                b'-' => b'+',
                b'_' => b'/',
                other => other,
            }));
        }
        let all = letters.expose().len();
        while letters.expose().last() == Some(&b'=') {
            letters.expose_mut().pop();
        }
        let is_plain = inside.iter().all(|token| {
            is_base64(&token)
                || matches!(token.kind, TokenKind::Blank | TokenKind::LineFeed | TokenKind::CarriageReturn)
        });
        let is_url = inside.iter().any(|token| token.is(TokenKind::Base64Url));
        let padding = all - letters.expose().len();
        Some(Self { tokens, letters, range, is_plain, is_url, padding })
    }

    /// What it encodes; `None` when it is not base64.
    pub(super) fn decode(&self) -> Option<Secret<Vec<u8>>> {
        if self.padding > 2 {
            return None;
        }
        decoded(&BARE, self.letters.expose())
    }

    /// Where each of its characters stands.
    pub(super) fn places(&self) -> impl Iterator<Item = usize> + Clone {
        self.tokens.iter().filter(is_base64).flat_map(|token| token.range())
    }

    /// Records what the base64 is wrapped in.
    pub(super) fn record_wrapping(&self, recorder: &mut DamageRecorder<'_>) {
        for (at, token) in self.tokens.iter().enumerate() {
            let place = token.range();
            let (kind, belongs) = match token.kind {
                TokenKind::Quote | TokenKind::Foreign => (DamageKind::Quotes, ""),
                TokenKind::ByteOrderMark if token.start < self.range.start => (DamageKind::ByteOrderMark, ""),
                TokenKind::ByteOrderMark | TokenKind::Ghost => {
                    let kind = kind_of_ghost(recorder.get(place.clone()));
                    (DamageKind::InvisibleCharacters(kind), "")
                }
                TokenKind::Break => {
                    let belongs = if is_beside_line_feed(self.tokens.all(), at) { "" } else { "\\n" };
                    (DamageKind::InvisibleCharacters(Invisible::LineBreak), belongs)
                }
                TokenKind::EscapedBreak | TokenKind::Escape => {
                    record_escape(recorder, self.tokens.all(), at);
                    continue;
                }
                _ => continue,
            };
            recorder.safe(kind, place.clone(), &[(place, belongs)]);
        }
    }

    /// The blanks and line breaks before the base64, to be replaced by a BEGIN line.
    fn lead(&self) -> Range<usize> {
        let before = self.tokens.iter().take_while(|token| token.start < self.range.start);
        let is_blank = |token: &Token| {
            matches!(token.kind, TokenKind::Blank | TokenKind::LineFeed | TokenKind::CarriageReturn)
        };
        let count = before.count();
        let blanks = self.tokens.part(..count).iter().rev().take_while(is_blank).last();
        blanks.map_or(self.range.start, |token| token.start)..self.range.start
    }
}

/// Whether an token is base64, of either alphabet.
fn is_base64(token: &Token) -> bool {
    token.is(TokenKind::Data) || token.is(TokenKind::Base64Url)
}

/// What a text without boundaries is.
pub(super) enum Found {
    Block(RawBlock),
    Nothing,
    NonPemContent(NonPemContent),
}

/// Reads a text that has no boundaries and is not encoded.
pub(super) fn read(recorder: &mut DamageRecorder<'_>) -> Found {
    let text = recorder.str();
    if let Some(instead) = known_text(text) {
        return Found::NonPemContent(instead);
    }
    let unknown =
        || Found::NonPemContent(if is_binary(text) { binary(text) } else { NonPemContent::Unknown });
    let Some(bare) = Bare::find(text) else { return unknown() };
    let Some(bytes) = bare.decode() else { return unknown() };
    let kind = match der_kind::identify(bytes.expose()) {
        Some(Binary::Pkcs12) => return Found::NonPemContent(NonPemContent::Known(known_content::PKCS12)),
        Some(Binary::EnvelopedKey) => {
            return Found::NonPemContent(NonPemContent::Known(known_content::ENVELOPED_KEY));
        }
        Some(Binary::JavaKeyStore) => {
            return Found::NonPemContent(NonPemContent::Known(known_content::JAVA_KEYSTORE));
        }
        Some(Binary::Pgp) => return Found::NonPemContent(NonPemContent::Known(known_content::PGP)),
        Some(Binary::OpensshPrivateKey) => DerKind::OutOfPlace(Label::OpensshPrivateKey),
        Some(Binary::Der(kind)) => kind,
        None => return unknown(),
    };
    let span = recorder.span(bare.range.clone());
    let place = bare.range.clone();
    let is_padded = (bare.letters.expose().len() + bare.padding).is_multiple_of(4);
    let name = match kind {
        DerKind::Labelled(label) if is_padded && !bare.is_url => name_of(label),
        _ => None,
    };
    bare.record_wrapping(recorder);
    let Some((label, name)) = name else {
        recorder.fault(DamageKind::MissingArmour(kind), place);
        return Found::Nothing;
    };
    let (lead, end) = (bare.lead(), bare.range.end);
    let (before, at) = (lead.end..lead.end, end..end);
    let edits = [
        (lead, ""),
        (before.clone(), "-----BEGIN "),
        (before.clone(), name),
        (before, "-----\\n"),
        (at.clone(), "\\n-----END "),
        (at.clone(), name),
        (at, "-----\\n"),
    ];
    let edits = if edits.first().is_some_and(|(lead, _)| lead.is_empty()) {
        edits.get(1..).or_fault()
    } else {
        edits.as_slice()
    };
    recorder.safe(DamageKind::MissingArmour(kind), place, edits);
    Found::Block(RawBlock {
        span,
        label,
        is_encrypted: false,
        lines: vec![to_u32(span.start)],
        is_empty: false,
        der: Some(bytes),
    })
}

/// How a label that stands for one kind of DER is written.
fn name_of(label: Label) -> Option<(Label, &'static str)> {
    Label::WRITTEN.into_iter().find(|(_, known)| *known == label).map(|(name, label)| (label, name))
}

/// What a text is that holds neither blocks nor base64 of them.
fn known_text(text: &str) -> Option<NonPemContent> {
    let trimmed = text.trim_matches(|character: char| character.is_whitespace() || character == '\u{feff}');
    if trimmed.is_empty() {
        return Some(NonPemContent::Blank);
    }
    known_content::recognize(trimmed).map(NonPemContent::Known)
}

/// Whether a text is octets that were taken for text.
fn is_binary(text: &str) -> bool {
    let odd = text
        .chars()
        .filter(|character| {
            matches!(character, '\u{fffd}' | '\0'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{9f}')
        })
        .count();
    odd >= 4 && odd * 50 >= text.chars().count()
}

fn binary(text: &str) -> NonPemContent {
    let mut characters = text.chars();
    match (characters.next(), characters.next()) {
        (Some('\u{fe}'), Some('\u{ed}')) => NonPemContent::Known(known_content::JAVA_KEYSTORE),
        (Some('0'), Some('\u{80}'..='\u{84}' | '\u{fffd}' | '\u{201a}')) => {
            NonPemContent::Known(known_content::BINARY_DER)
        }
        _ => NonPemContent::Known(known_content::BINARY),
    }
}
