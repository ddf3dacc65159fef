//! Encodings that a whole PEM text may be wrapped in, and how they are undone.

use std::ops::Range;

use crate::edit::{Edit, Safety};
use crate::internal_fault::OrFault;
use crate::pem::boundary;
use crate::pem::boundary::{Boundary, Side};
use crate::pem::characters::{Class, written};
use crate::pem::damage::{DamageKind, Encoding, MAX_PLACES, Separator};
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

/// Undoes an encoding of a text, given where its armour is, if it has any.
type Undo = fn(&mut DamageRecorder<'_>, Option<&Range<usize>>) -> Option<SourceMappedStr>;

/// Encodings that hide line prefixes, and those that are inside of them; in the order in which they are undone.
const OUTER: [Undo; 3] = [utf16, data_url, quoted_printable];
const INNER: [Undo; 6] = [percent, entities, json_escapes, marks, base64url, base64_in_blocks];

/// Undoes the outermost encoding of a text, if it is encoded.
pub(super) fn peel(recorder: &mut DamageRecorder<'_>) -> Layer {
    let text = recorder.str();
    let mut boundaries = boundary::find(text);
    let armour = armour_of(text, &boundaries);
    if let Some(inner) = OUTER.iter().find_map(|undo| undo(recorder, armour.as_ref())) {
        return Layer::Inner(inner);
    }
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
    let armour = armour_of(text, &boundaries);
    if let Some(inner) = INNER.iter().find_map(|undo| undo(recorder, armour.as_ref())) {
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

/// From the first boundary to the last. Where a boundary is missing it may be among what is encoded.
fn armour_of(text: &str, boundaries: &[Boundary]) -> Option<Range<usize>> {
    let (first, last) = boundaries.first().zip(boundaries.last())?;
    let start = if first.side == Side::Begin { first.range().start } else { 0 };
    let end = if last.side == Side::End { last.range().end } else { text.len() };
    Some(start..end)
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
    /// `None` when it stands for nothing.
    character: Option<char>,
    written: &'static str,
}

impl Decoded {
    fn new(range: Range<usize>, character: char) -> Option<Self> {
        Some(Self { range, character: Some(character), written: written(character)? })
    }

    const fn nothing(range: Range<usize>) -> Self {
        Self { range, character: None, written: "" }
    }
}

/// Undoes UTF-16 whose bytes were read as characters: every other character is NUL.
fn utf16(recorder: &mut DamageRecorder<'_>, _: Option<&Range<usize>>) -> Option<SourceMappedStr> {
    let text = recorder.str();
    memchr::memchr(0, text.as_bytes())?;
    let is_mark = |character: char| matches!(character, '\u{ff}' | '\u{fe}' | '\u{fffd}' | '\u{feff}');
    let content = text.trim_start_matches(is_mark);
    let mark = text.len() - content.len();
    let is_every_other = |parity: usize| {
        content.chars().enumerate().all(|(at, character)| (character == '\0') == (at % 2 == parity))
    };
    if content.len() < 40 || !(is_every_other(1) || is_every_other(0)) {
        return None;
    }
    let nulls = || {
        let mark = (mark > 0).then(|| Decoded::nothing(0..mark));
        let null = |_: &str, at| Some(Decoded::nothing(at..at + 1));
        mark.into_iter().chain(pieces(text, |rest| memchr::memchr(0, rest), null))
    };
    let inner = fill(recorder.text, nulls());
    replace(recorder, nulls(), inner, Encoding::Utf16, false)
}

/// Removes what is before the content of a data URL.
fn data_url(recorder: &mut DamageRecorder<'_>, _: Option<&Range<usize>>) -> Option<SourceMappedStr> {
    const LONGEST_TYPE: usize = 200;
    let text = recorder.str();
    let start = text.len() - text.trim_start_matches([' ', '\n', '\r', '\t', '"', '\'']).len();
    let url = text.as_bytes().get(start..)?;
    if !url.get(..5)?.eq_ignore_ascii_case(b"data:") {
        return None;
    }
    let comma = url.iter().take(LONGEST_TYPE).position(|byte| *byte == b',')?;
    let prefix = || std::iter::once(Decoded::nothing(start..start + comma + 1));
    let inner = fill(recorder.text, prefix());
    replace(recorder, prefix(), inner, Encoding::DataUrl, false)
}

/// Undoes quoted-printable inside of armour, if every `=` there is part of it.
fn quoted_printable(
    recorder: &mut DamageRecorder<'_>,
    armour: Option<&Range<usize>>,
) -> Option<SourceMappedStr> {
    let text = recorder.str();
    let searched = text.get(armour?.clone())?;
    let start = armour?.start;
    let mut has_octet = false;
    for at in memchr::memchr_iter(b'=', searched.as_bytes()) {
        has_octet |= quoted(text, start + at)?.character.is_some();
    }
    if !has_octet {
        return None;
    }
    let octets = || {
        pieces(text, |rest| memchr::memchr(b'=', rest), quoted)
            .filter(|piece| is_inside(&piece.range, armour))
    };
    let inner = fill(recorder.text, octets());
    replace(recorder, octets(), inner, Encoding::QuotedPrintable, true)
}

/// Reads an octet that is part of PEM in quoted-printable, or a soft line break.
fn quoted(text: &str, start: usize) -> Option<Decoded> {
    let rest = text.get(start + 1..)?;
    for line_break in ["\n", "\r\n"] {
        if rest.starts_with(line_break) {
            return Some(Decoded::nothing(start..start + 1 + line_break.len()));
        }
    }
    let character = match rest.get(..2)? {
        "3D" | "3d" => '=',
        "2B" | "2b" => '+',
        "2F" | "2f" => '/',
        "2D" | "2d" => '-',
        "20" => ' ',
        "0A" | "0a" => '\n',
        "0D" | "0d" => '\r',
        _ => return None,
    };
    Decoded::new(start..start + 3, character)
}

/// Undoes base64url in blocks that have no `+` or `/`.
fn base64url(recorder: &mut DamageRecorder<'_>, _: Option<&Range<usize>>) -> Option<SourceMappedStr> {
    let text = recorder.str();
    let is_url = |body: &Range<usize>| {
        text.get(body.clone()).is_some_and(|body| {
            body.contains(['-', '_'])
                && !body.contains(['+', '/'])
                && body.chars().all(|character| {
                    matches!(
                        Class::of(character),
                        Class::Base64
                            | Class::Base64Url
                            | Class::LineFeed
                            | Class::CarriageReturn
                            | Class::Blank
                    )
                })
        })
    };
    let bodies: Vec<Range<usize>> =
        bodies(&boundary::find(text)).map(|(_, body)| body).filter(is_url).collect();
    if bodies.is_empty() {
        return None;
    }
    let letter = |text: &str, at: usize| {
        let next = bodies.partition_point(|body| body.end <= at);
        bodies.get(next).filter(|body| body.contains(&at))?;
        let character = if text.as_bytes().get(at) == Some(&b'-') { '+' } else { '/' };
        Decoded::new(at..at + 1, character)
    };
    let letters = || pieces(text, |rest| memchr::memchr2(b'-', b'_', rest), letter);
    let inner = fill(recorder.text, letters());
    replace(recorder, letters(), inner, Encoding::Base64Url, true)
}

/// The blocks of a text: from BEGIN to END, and what is between them.
fn bodies(boundaries: &[Boundary]) -> impl Iterator<Item = (Range<usize>, Range<usize>)> {
    boundaries.iter().zip(boundaries.iter().skip(1)).filter_map(|(begin, end)| {
        let is_block = begin.side == Side::Begin && end.side == Side::End;
        let (begin, end) = (begin.range(), end.range());
        is_block.then_some((begin.start..end.end, begin.end..end.start))
    })
}

/// Undoes base64 of PEM, or of base64 of DER, in blocks.
fn base64_in_blocks(recorder: &mut DamageRecorder<'_>, _: Option<&Range<usize>>) -> Option<SourceMappedStr> {
    /// How base64 of `-----` and of base64 of a SEQUENCE begins.
    const BEGINNINGS: [&str; 3] = ["LS0tLS1C", "TUh", "TUl"];
    let text = recorder.str();
    let mut builder: Option<SourceMapBuilder> = None;
    let mut done = 0;
    for (block, body) in bodies(&boundary::find(text)) {
        let written = text.get(body.clone())?;
        if !BEGINNINGS.iter().any(|beginning| written.trim_start().starts_with(beginning)) {
            continue;
        }
        let Some(bare) = Bare::find(written).filter(|bare| bare.is_plain) else { continue };
        let Some(bytes) = bare.decode() else { continue };
        let Some(inner) = std::str::from_utf8(bytes.expose()).ok().filter(|inner| is_text(inner)) else {
            continue;
        };
        let data = body.start + bare.range.start..body.start + bare.range.end;
        // PEM takes the place of the block, base64 that of what is in it.
        let replaced = if inner.contains("-----BEGIN") { block } else { data.clone() };
        let put = |range: Range<usize>| Edit::delete(recorder.span(range));
        let edits = [
            (replaced.start < data.start).then(|| put(replaced.start..data.start)),
            Some(Edit::Decode { span: recorder.span(data.clone()) }),
            (data.end < replaced.end).then(|| put(data.end..replaced.end)),
        ];
        let builder =
            builder.get_or_insert_with(|| SourceMapBuilder::new(text.len(), recorder.span(0..0).start));
        builder.push_from(recorder.text, done..replaced.start);
        push_decoded(builder, recorder.text, &bare, body.start, inner);
        done = replaced.end;
        let kind = DamageKind::DoubleEncoded(Encoding::Base64InBlock);
        recorder.edited(kind, Safety::Safe, data, edits.into_iter().flatten());
    }
    let mut builder = builder?;
    builder.push_from(recorder.text, done..text.len());
    Some(builder.finish())
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
    Decoded::new(start..start + 3 * length, character)
}

/// Reads one character from percent-encoded octets, or a space from `+`.
fn form_encoded(text: &str, start: usize) -> Option<Decoded> {
    if text.as_bytes().get(start) == Some(&b'+') {
        return Decoded::new(start..start + 1, ' ');
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
        return if is_break { Decoded::new(range, '\n') } else { None };
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
    Decoded::new(start..start + length + 1, character)
}

/// Undoes the escape sequences that JSON writers use for characters of base64.
fn json_escapes(recorder: &mut DamageRecorder<'_>, armour: Option<&Range<usize>>) -> Option<SourceMappedStr> {
    let text = recorder.str();
    let armour = armour?;
    let found = || {
        pieces(text, |rest| memchr::memmem::find(rest, b"\\u00"), json_escape)
            .filter(|piece| is_inside(&piece.range, Some(armour)))
    };
    found().next()?;
    let inner = fill(recorder.text, found());
    replace(recorder, found(), inner, Encoding::JsonEscapes, true)
}

/// Reads `\u002b`, `\u002d`, `\u002f` or `\u003d`.
fn json_escape(text: &str, start: usize) -> Option<Decoded> {
    let character = match text.get(start + 4..start + 6)? {
        "2b" | "2B" => '+',
        "2d" | "2D" => '-',
        "2f" | "2F" => '/',
        "3d" | "3D" => '=',
        _ => return None,
    };
    Decoded::new(start..start + 6, character)
}

/// Replaces text that is in the place of all line breaks of a block: `|`, `,`, `/n`.
fn marks(recorder: &mut DamageRecorder<'_>, _: Option<&Range<usize>>) -> Option<SourceMappedStr> {
    let text = recorder.str();
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut mark: Option<&str> = None;
    let mut previous: Option<usize> = None;
    for (block, body) in bodies(&boundary::find(text)) {
        let places = line_prefix::marks(text, body)?;
        let first = text.get(places.first()?.clone())?;
        if *mark.get_or_insert(first) != first {
            return None;
        }
        if let Some(gap) = previous.map(|previous| previous..block.start) {
            match text.get(gap.clone())? {
                between if between == first => found.push(gap),
                between if between.trim().is_empty() => {}
                _ => return None,
            }
        }
        found.extend(places);
        previous = Some(block.end);
    }
    let (end, mark) = previous.zip(mark)?;
    if text.get(end..)?.strip_prefix(mark).is_some_and(|rest| rest.trim().is_empty()) {
        found.push(end..end + mark.len());
    }
    let breaks = || found.iter().filter_map(|range| Decoded::new(range.clone(), '\n'));
    let inner = fill(recorder.text, breaks());
    let edits: Vec<_> = breaks().take(MAX_PLACES + 1).map(|piece| (piece.range, piece.written)).collect();
    recorder.safe(DamageKind::Collapsed(Separator::Mark), found.first()?.clone(), &edits);
    Some(inner)
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
        if let Some(character) = piece.character {
            builder.push(character, text.span(piece.range.clone()));
        }
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
            let after = text.as_bytes().get(at + word.len()..).or_fault();
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
    let mut builder = SourceMapBuilder::new(text.len(), recorder.span(0..0).start);
    push_decoded(&mut builder, recorder.text, &bare, 0, text);
    let inner = builder.finish();
    bare.record_wrapping(recorder);
    let span = recorder.span(bare.range.clone());
    let edit = bare.is_plain.then_some(Edit::Decode { span });
    recorder.edited(DamageKind::DoubleEncoded(Encoding::Base64), Safety::Safe, bare.range.clone(), edit);
    Some(inner)
}

/// Appends what base64 in `source` says; places of `bare` are counted from `offset`.
fn push_decoded(
    builder: &mut SourceMapBuilder,
    source: &SourceMappedStr,
    bare: &Bare,
    offset: usize,
    decoded: &str,
) {
    let otherwise = bare.range.end.saturating_sub(1);
    let mut places = bare.places().enumerate().peekable();
    for (at, character) in decoded.char_indices() {
        // Six bits a character of base64.
        let first = at * 8 / 6;
        let last = ((at + character.len_utf8()) * 8 - 1) / 6;
        while places.next_if(|(index, _)| *index < first).is_some() {}
        let mut those = places.clone();
        let start = those.next().map_or(otherwise, |(_, place)| place);
        let end = those.nth(last - first - 1).map_or(otherwise, |(_, place)| place);
        builder.push(character, source.span(offset + start..offset + end + 1));
    }
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
