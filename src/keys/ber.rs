//! Private keys in BER that is not DER (ITU-T X.690): OpenSSL reads them, Go does not.

use crate::der::tag;
use crate::secret::Secret;

/// How a structure is not DER. Of several the first, but a padded version before all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BerForm {
    /// An INTEGER has superfluous leading octets.
    PaddedInteger,
    /// The version is such an INTEGER, which OpenSSL refuses as well.
    PaddedVersion,
    /// A length is written in more octets than it needs.
    LongLength,
    /// A length is left open, up to an end marker.
    IndefiniteLength,
    /// A string is written in several parts.
    ConstructedString,
}

impl BerForm {
    /// What is wrong with the key.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::PaddedInteger => "it is not DER: an INTEGER has superfluous leading octets",
            Self::PaddedVersion => "it is not DER: its version number has superfluous leading octets",
            Self::LongLength => "it is not DER: a length is not in its shortest form",
            Self::IndefiniteLength => "it is not DER: a length is indefinite",
            Self::ConstructedString => "it is not DER: a string is split into parts",
        }
    }
}

/// How deep structures are followed. Keys have six levels at most.
const MAX_DEPTH: usize = 16;

/// Writes the structure at the start of `ber` in DER, with the bytes after it. `None` when it is not BER, or is
/// DER already.
pub(super) fn to_der(ber: &[u8]) -> Option<(Secret<Vec<u8>>, BerForm)> {
    let mut form = None;
    let (der, rest) = element(ber, 0, true, &mut form)?;
    let mut whole = Secret::new(Vec::with_capacity(der.expose().len() + rest.len()));
    whole.expose_mut().extend_from_slice(der.expose());
    whole.expose_mut().extend_from_slice(rest);
    Some((whole, form?))
}

/// Reads one element, and writes it in DER. `is_first` says that it is the first of its structure, where versions
/// are.
fn element<'a>(
    ber: &'a [u8],
    depth: usize,
    is_first: bool,
    form: &mut Option<BerForm>,
) -> Option<(Secret<Vec<u8>>, &'a [u8])> {
    let (&tag, after_tag) = ber.split_first().filter(|(tag, _)| **tag & 0x1f != 0x1f && depth < MAX_DEPTH)?;
    let (&first, after_first) = after_tag.split_first()?;
    let is_constructed = tag & 0x20 != 0;
    let (content, rest) = match first {
        0x80 if is_constructed => {
            form.get_or_insert(BerForm::IndefiniteLength);
            (None, after_first)
        }
        0..=0x7f => {
            after_first.split_at_checked(first.into()).map(|(content, rest)| (Some(content), rest))?
        }
        _ => {
            let (octets, after) = after_first.split_at_checked((first & 0x7f).into())?;
            let significant = octets.iter().position(|&octet| octet != 0).and_then(|at| octets.get(at..));
            let significant = significant.filter(|significant| significant.len() <= 4).unwrap_or_default();
            let length = significant.iter().fold(0, |length, &octet| (length << 8) | usize::from(octet));
            if length < 0x80 || significant.len() < octets.len() {
                form.get_or_insert(BerForm::LongLength);
            }
            after.split_at_checked(length).map(|(content, rest)| (Some(content), rest))?
        }
    };
    if !is_constructed {
        return Some((write(tag, primitive(tag, content?, depth, is_first, form)?.expose()), rest));
    }
    let (parts, rest) = match content {
        Some(content) => (elements(content, depth, false, form)?.0, rest),
        None => elements(rest, depth, true, form)?,
    };
    if tag != tag::OCTET_STRING | 0x20 {
        return Some((write(tag, parts.expose()), rest));
    }
    // The parts of a string are strings themselves.
    form.get_or_insert(BerForm::ConstructedString);
    let mut string = Secret::new(Vec::with_capacity(parts.expose().len()));
    let mut reader = crate::der::Reader::new(parts.expose());
    while !reader.is_empty() {
        string.expose_mut().extend_from_slice(reader.take(tag::OCTET_STRING).ok()?);
    }
    let content = primitive(tag::OCTET_STRING, string.expose(), depth, is_first, form)?;
    Some((write(tag::OCTET_STRING, content.expose()), rest))
}

/// Reads elements up to the end, or up to the end marker.
fn elements<'a>(
    mut ber: &'a [u8],
    depth: usize,
    is_indefinite: bool,
    form: &mut Option<BerForm>,
) -> Option<(Secret<Vec<u8>>, &'a [u8])> {
    let mut parts = Secret::new(Vec::with_capacity(ber.len()));
    let mut is_first = true;
    loop {
        match ber {
            [] if !is_indefinite => return Some((parts, ber)),
            [0, 0, rest @ ..] if is_indefinite => return Some((parts, rest)),
            _ => {}
        }
        let (part, rest) = element(ber, depth + 1, is_first, form)?;
        parts.expose_mut().extend_from_slice(part.expose());
        (ber, is_first) = (rest, false);
    }
}

/// The content of an element without parts. A string in which a key is wrapped holds a structure of its own.
fn primitive(
    tag: u8,
    content: &[u8],
    depth: usize,
    is_first: bool,
    form: &mut Option<BerForm>,
) -> Option<Secret<Vec<u8>>> {
    let copy = |content: &[u8]| Some(Secret::new(content.to_vec()));
    match (tag, content) {
        (tag::INTEGER, []) => None,
        (tag::INTEGER, _) => {
            let mut shortest = content;
            while let [0x00, 0x00..=0x7f, ..] | [0xff, 0x80..=0xff, ..] = shortest {
                if is_first {
                    *form = Some(BerForm::PaddedVersion);
                }
                form.get_or_insert(BerForm::PaddedInteger);
                shortest = shortest.get(1..)?;
            }
            copy(shortest)
        }
        (tag::OCTET_STRING, [tag::SEQUENCE | 0x24, ..]) => {
            let mut inner_form = *form;
            match element(content, depth + 1, true, &mut inner_form) {
                Some((inner, [])) => {
                    *form = inner_form;
                    Some(inner)
                }
                _ => copy(content),
            }
        }
        _ => copy(content),
    }
}

fn write(tag: u8, content: &[u8]) -> Secret<Vec<u8>> {
    Secret::new(crate::der::write(tag, &[content]))
}
