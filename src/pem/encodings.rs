//! Encodings that a whole PEM text may be wrapped in, and how they are undone.

use std::ops::Range;

use crate::edit::{Edit, Safety};
use crate::pem::boundary;
use crate::pem::boundary::{Boundary, Side};
use crate::pem::characters::{Class, written};
use crate::pem::damage::{DamageKind, Encoding, MAX_PLACES};
use crate::pem::damage_log::DamageRecorder;
use crate::pem::der_kind;
use crate::pem::headerless::Bare;
use crate::pem::line_prefix;
use crate::pem::line_prefix::PrefixedBlock;
use crate::secret::Secret;
use crate::source_map::{SourceMapBuilder, SourceMappedStr};

/// What a text turns out to be.
pub(super) enum Layer {
    /// It was encoded; this is what it says.
    Inner(SourceMappedStr),
    /// It has boundaries.
    Armoured(Vec<Boundary>),
    /// It has none, and is not encoded.
    Bare,
}

/// Undoes the outermost encoding of a text, if it is encoded.
pub(super) fn peel(recorder: &mut DamageRecorder<'_>) -> Layer {
    let text = recorder.str();
    let mut boundaries = boundary::find(text);
    let prefixed = line_prefix::find(text, &boundaries);
    if !prefixed.is_empty() {
        let is_in =
            |boundary: &Boundary| prefixed.iter().any(|block| block.range.contains(&boundary.range().start));
        if boundaries.iter().all(is_in) {
            return Layer::Inner(without_prefixes(recorder, &prefixed));
        }
        // The service reads the blocks that begin their lines, and takes the others for text.
        boundaries.retain(|boundary| !is_in(boundary));
    }
    let text_lines = line_prefix::find_text_lines(text, &boundaries);
    if !text_lines.is_empty() {
        return Layer::Inner(without_prefixes(recorder, &text_lines));
    }
    // Where a boundary is missing it may be among what is encoded.
    let armour = boundaries.first().zip(boundaries.last()).map(|(first, last)| {
        let start = if first.side == Side::Begin { first.range().start } else { 0 };
        let end = if last.side == Side::End { last.range().end } else { text.len() };
        start..end
    });
    if let Some(inner) = percent(recorder, armour.as_ref()) {
        return Layer::Inner(inner);
    }
    if let Some(inner) = entities(recorder, armour.as_ref()) {
        return Layer::Inner(inner);
    }
    if !boundaries.is_empty() {
        return Layer::Armoured(boundaries);
    }
    match base64(recorder) {
        Some(inner) => Layer::Inner(inner),
        None => Layer::Bare,
    }
}

/// Records text that is on every line of some blocks, and gives what is left without it.
fn without_prefixes(recorder: &mut DamageRecorder<'_>, blocks: &[PrefixedBlock]) -> SourceMappedStr {
    let text = recorder.text;
    let mut builder = SourceMapBuilder::new(text.as_str().len(), text.span(0..0).start);
    let mut at = 0;
    for block in blocks {
        let edits: Vec<(Range<usize>, &'static str)> =
            block.pieces.iter().take(MAX_PLACES + 1).map(|piece| (piece.clone(), "")).collect();
        let place =
            block.pieces.iter().find(|piece| piece.start >= block.range.start).or(block.pieces.first());
        let kind = DamageKind::LinePrefix(block.kind);
        recorder.safe(kind, place.map_or(block.range.clone(), Range::clone), &edits);
        for piece in &block.pieces {
            builder.push_from(text, at..piece.start);
            at = piece.end;
        }
    }
    builder.push_from(text, at..text.as_str().len());
    builder.finish()
}

/// A piece of an encoded text: what it says, and how that is written.
struct Decoded {
    range: Range<usize>,
    character: char,
    written: &'static str,
}

/// Undoes percent-encoding, if it is found inside of armour, or armour or base64 is found in it.
fn percent(recorder: &mut DamageRecorder<'_>, armour: Option<&Range<usize>>) -> Option<SourceMappedStr> {
    let text = recorder.str();
    let searched = text.get(armour.cloned().unwrap_or(0..text.len()))?;
    memchr::memchr(b'%', searched.as_bytes())?;
    let octets = || pieces(text, |rest| memchr::memchr(b'%', rest), percent_encoded);
    if !octets().any(|piece| is_inside(&piece.range, armour)) {
        return None;
    }
    let plain = fill(recorder.text, octets());
    if memchr::memchr(b'+', text.as_bytes()).is_some() {
        let form = || pieces(text, |rest| memchr::memchr2(b'%', b'+', rest), form_encoded);
        let spaced = fill(recorder.text, form());
        if is_form(plain.as_str(), spaced.as_str()) {
            return replace(recorder, form(), spaced, Encoding::Form, armour.is_some());
        }
    }
    replace(recorder, octets(), plain, Encoding::Percent, armour.is_some())
}

/// Whether a piece stands in armour, if there is any.
fn is_inside(piece: &Range<usize>, armour: Option<&Range<usize>>) -> bool {
    armour.is_none_or(|armour| armour.start <= piece.start && piece.end <= armour.end)
}

/// Whether a piece shares a line with armour that it stands right beside.
fn is_beside(text: &str, piece: &Range<usize>, armour: Option<&Range<usize>>) -> bool {
    let ends_line = || text.get(piece.clone()).is_some_and(|written| written.ends_with('\n'));
    armour.is_some_and(|armour| piece.start == armour.end || (piece.end == armour.start && !ends_line()))
}

/// The encoded pieces of a text, each of which is `read` where one may begin. There may be millions of them, so
/// that they are read again rather than kept.
fn pieces(
    text: &str,
    next: impl Fn(&[u8]) -> Option<usize>,
    read: impl Fn(&str, usize) -> Option<Decoded>,
) -> impl Iterator<Item = Decoded> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            at += next(text.as_bytes().get(at..)?)?;
            let piece = read(text, at);
            at = piece.as_ref().map_or(at + 1, |piece| piece.range.end);
            if piece.is_some() {
                return piece;
            }
        }
    })
}

/// Whether `+` stands for a space in a text, which is given with and without.
fn is_form(with: &str, without: &str) -> bool {
    let boundaries = boundary::find(with);
    if boundaries.is_empty() {
        return !boundary::find(without).is_empty() || (!holds_base64(with) && holds_base64(without));
    }
    // No base64 stands before BEGIN, and that of DER does not begin with one.
    boundaries.iter().any(|boundary| {
        let range = boundary.range();
        let beside = |text: Option<&str>, is_beside: fn(&str) -> bool| text.is_some_and(is_beside);
        beside(with.get(range.clone()), |words| words.contains('+'))
            || (boundary.side == Side::Begin
                && (beside(with.get(..range.start), |before| before.ends_with('+'))
                    || beside(with.get(range.end..), |after| after.starts_with('+'))))
    })
}

/// Whether a text is base64 of something that can be told.
fn holds_base64(text: &str) -> bool {
    let bytes = Bare::find(text).and_then(|bare| bare.decode());
    bytes.is_some_and(|bytes| {
        der_kind::identify(bytes.expose()).is_some() || std::str::from_utf8(bytes.expose()).is_ok_and(is_text)
    })
}

/// Reads one character from percent-encoded octets.
fn percent_encoded(text: &str, start: usize) -> Option<Decoded> {
    let octet = |at: usize| {
        let digits = text.get(at..at + 3)?.strip_prefix('%')?;
        digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u8::from_str_radix(digits, 16).ok())?
    };
    let first = octet(start)?;
    let length = match first {
        0..0x80 => 1,
        0xc2..0xe0 => 2,
        0xe0..0xf0 => 3,
        0xf0..0xf5 => 4,
        _ => return None,
    };
    let mut octets = [0; 4];
    for (index, to) in octets.iter_mut().enumerate().take(length) {
        *to = octet(start + 3 * index)?;
    }
    let character = std::str::from_utf8(octets.get(..length)?).ok()?.chars().next()?;
    Some(Decoded { range: start..start + 3 * length, character, written: written(character)? })
}

/// Reads one character from percent-encoded octets, or a space from `+`.
fn form_encoded(text: &str, start: usize) -> Option<Decoded> {
    if text.as_bytes().get(start) == Some(&b'+') {
        return Some(Decoded { range: start..start + 1, character: ' ', written: " " });
    }
    percent_encoded(text, start)
}

/// Undoes HTML or XML entities, if they are found inside of armour or right beside it, or armour or base64 in
/// them.
fn entities(recorder: &mut DamageRecorder<'_>, armour: Option<&Range<usize>>) -> Option<SourceMappedStr> {
    let text = recorder.str();
    memchr::memchr2(b'&', b'<', text.as_bytes())?;
    let found = || pieces(text, |rest| memchr::memchr2(b'&', b'<', rest), entity);
    if !found().any(|piece| is_inside(&piece.range, armour) || is_beside(text, &piece.range, armour)) {
        return None;
    }
    let inner = fill(recorder.text, found());
    replace(recorder, found(), inner, Encoding::Html, armour.is_some())
}

/// Reads an entity, or a tag that breaks a line.
fn entity(text: &str, start: usize) -> Option<Decoded> {
    let rest = text.get(start..)?;
    if rest.starts_with('<') {
        let tag = rest.get(..rest.bytes().take(8).position(|byte| byte == b'>')? + 1)?;
        let is_break = ["<br>", "<br/>", "<br />"].iter().any(|known| tag.eq_ignore_ascii_case(known));
        // A line break in the source after it is not shown, and is the same one.
        let after = rest.get(tag.len()..)?;
        let same = if after.starts_with("\r\n") { 2 } else { usize::from(after.starts_with('\n')) };
        let range = start..start + tag.len() + same;
        return is_break.then_some(Decoded { range, character: '\n', written: "\\n" });
    }
    let length = rest.bytes().take(24).position(|byte| byte == b';')?;
    let name = rest.get(1..length)?;
    let character = match name.strip_prefix('#') {
        Some(number) => match number.strip_prefix(['x', 'X']) {
            Some(hexadecimal) if !hexadecimal.starts_with('+') => {
                char::from_u32(u32::from_str_radix(hexadecimal, 16).ok()?)?
            }
            None if !number.starts_with('+') => char::from_u32(number.parse().ok()?)?,
            _ => return None,
        },
        None => ENTITIES.iter().find(|(known, _)| *known == name)?.1,
    };
    Some(Decoded { range: start..start + length + 1, character, written: written(character)? })
}

/// The named entities (HTML) of characters that stand in and around PEM.
const ENTITIES: [(&str, char); 40] = [
    ("plus", '+'),
    ("equals", '='),
    ("sol", '/'),
    ("NewLine", '\n'),
    ("Tab", '\t'),
    ("quot", '"'),
    ("QUOT", '"'),
    ("apos", '\''),
    ("amp", '&'),
    ("AMP", '&'),
    ("lt", '<'),
    ("gt", '>'),
    ("nbsp", '\u{a0}'),
    ("NonBreakingSpace", '\u{a0}'),
    ("shy", '\u{ad}'),
    ("ensp", '\u{2002}'),
    ("emsp", '\u{2003}'),
    ("thinsp", '\u{2009}'),
    ("ZeroWidthSpace", '\u{200b}'),
    ("zwnj", '\u{200c}'),
    ("zwj", '\u{200d}'),
    ("lrm", '\u{200e}'),
    ("rlm", '\u{200f}'),
    ("NoBreak", '\u{2060}'),
    ("hyphen", '\u{2010}'),
    ("dash", '\u{2010}'),
    ("ndash", '\u{2013}'),
    ("mdash", '\u{2014}'),
    ("horbar", '\u{2015}'),
    ("minus", '\u{2212}'),
    ("lsquo", '\u{2018}'),
    ("rsquo", '\u{2019}'),
    ("ldquo", '\u{201c}'),
    ("rdquo", '\u{201d}'),
    ("laquo", '\u{ab}'),
    ("raquo", '\u{bb}'),
    ("grave", '`'),
    ("bsol", '\\'),
    ("lowbar", '_'),
    ("colon", ':'),
];

/// Records that a text is encoded in `pieces`, and gives what it says. Outside of armour that makes sense only
/// if armour or base64 comes of it.
fn replace(
    recorder: &mut DamageRecorder<'_>,
    pieces: impl Iterator<Item = Decoded>,
    inner: SourceMappedStr,
    encoding: Encoding,
    has_armour: bool,
) -> Option<SourceMappedStr> {
    if !has_armour && !is_promising(inner.as_str()) {
        return None;
    }
    let mut place: Option<Range<usize>> = None;
    let mut edits: Vec<(Range<usize>, &'static str)> = Vec::new();
    for Decoded { range, written, .. } in pieces {
        place = Some(place.map_or(range.start, |place| place.start)..range.end);
        // More are not made.
        if edits.len() <= MAX_PLACES {
            edits.push((range, written));
        }
    }
    recorder.safe(DamageKind::DoubleEncoded(encoding), place?, &edits);
    Some(inner)
}

/// A text with decoded characters in the place of encoded ones.
fn fill(text: &SourceMappedStr, pieces: impl Iterator<Item = Decoded>) -> SourceMappedStr {
    let mut builder = SourceMapBuilder::new(text.as_str().len(), text.span(0..0).start);
    let mut at = 0;
    for piece in pieces {
        builder.push_from(text, at..piece.range.start);
        builder.push(piece.character, text.span(piece.range.clone()));
        at = piece.range.end;
    }
    builder.push_from(text, at..text.as_str().len());
    builder.finish()
}

/// So many entities do not come about by chance.
const MANY: usize = 40;

/// Whether a text may hold a PEM text, if need be inside of yet another encoding.
fn is_promising(text: &str) -> bool {
    let is_encoded = || text.matches("&#").take(MANY).count() == MANY;
    if !boundary::find(text).is_empty() || holds_encoded_boundary(text) || is_encoded() {
        return true;
    }
    let mut characters = 0;
    // A byte-order mark may have been read as Latin-1.
    text.trim_start_matches("\u{ef}\u{bb}\u{bf}").chars().all(|character| match Class::of(character) {
        Class::Base64 | Class::Base64Url => {
            characters += 1;
            true
        }
        Class::Foreign => matches!(character, '%' | '&' | ';' | '#' | ','),
        _ => true,
    }) && characters >= 40
}

/// Whether BEGIN or END stands in a text that has no boundary of its own, since what stands around
/// the words is encoded.
fn holds_encoded_boundary(text: &str) -> bool {
    let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b' ';
    [b"BEGIN".as_slice(), b"END"].iter().any(|word| {
        text.as_bytes().windows(word.len()).enumerate().any(|(at, window)| {
            let after = text.as_bytes().get(at + word.len()..).unwrap_or_default();
            window.eq_ignore_ascii_case(word)
                && after
                    .iter()
                    .take(40)
                    .find(|byte| !is_word(**byte))
                    .is_some_and(|next| b"%&+".contains(next))
        })
    })
}

/// Undoes base64 of a text.
fn base64(recorder: &mut DamageRecorder<'_>) -> Option<SourceMappedStr> {
    let bare = Bare::find(recorder.str())?;
    let bytes = bare.decode()?;
    let text = std::str::from_utf8(bytes.expose()).ok()?;
    if !is_text(text) {
        return None;
    }
    let otherwise = bare.range.end.saturating_sub(1);
    let mut places = bare.places().enumerate().peekable();
    let mut builder = SourceMapBuilder::new(text.len(), recorder.span(0..0).start);
    for (at, character) in text.char_indices() {
        // Six bits a character of base64.
        let first = at * 8 / 6;
        let last = ((at + character.len_utf8()) * 8 - 1) / 6;
        while places.next_if(|(index, _)| *index < first).is_some() {}
        let mut those = places.clone();
        let start = those.next().map_or(otherwise, |(_, place)| place);
        let end = those.nth(last - first - 1).map_or(otherwise, |(_, place)| place);
        builder.push(character, recorder.text.span(start..end + 1));
    }
    let inner = builder.finish();
    bare.record_wrapping(recorder);
    let span = recorder.span(bare.range.clone());
    let edit = bare.is_plain.then_some(Edit::Decode { span });
    recorder.edited(DamageKind::DoubleEncoded(Encoding::Base64), Safety::Safe, bare.range.clone(), edit);
    Some(inner)
}

/// Whether what came out of base64 is a text that may be PEM, rather than DER or chance.
fn is_text(text: &str) -> bool {
    let mut visible = Secret::new(String::with_capacity(text.len()));
    for character in text.chars() {
        match Class::of(character) {
            Class::Ghost if matches!(character, '\0' | '\u{ad}' | '\u{200b}'..) => {}
            Class::Ghost => return false,
            _ => visible.expose_mut().push(character),
        }
    }
    is_promising(visible.expose())
}
