//! BER with indefinite lengths and strings in pieces (ITU-T X.690 section 8), written as DER.
//!
//! NSS and older Windows programs write PKCS#12 and PKCS#7 so. What is DER already stays byte for byte: signatures
//! are over these bytes.

use zeroize::Zeroizing;

use crate::der::{self, Reader, tag};

/// Structures that are nested deeper are not read.
const MAX_DEPTH: usize = 32;

/// An OCTET STRING in pieces.
const CONSTRUCTED_OCTET_STRING: u8 = tag::OCTET_STRING | CONSTRUCTED;
const CONSTRUCTED: u8 = 0x20;

/// The first element of `bytes` as DER; `None` when it is no BER.
pub(super) fn to_der(bytes: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (element, _) = read(bytes, MAX_DEPTH)?;
    Some(match element {
        Element::Unchanged(bytes) => Zeroizing::new(bytes.to_vec()),
        Element::Changed(bytes) => bytes,
    })
}

enum Element<'a> {
    Unchanged(&'a [u8]),
    Changed(Zeroizing<Vec<u8>>),
}

impl Element<'_> {
    fn bytes(&self) -> &[u8] {
        match self {
            Self::Unchanged(bytes) => bytes,
            Self::Changed(bytes) => bytes,
        }
    }
}

/// Reads an element, and gives what follows it.
fn read(bytes: &[u8], depth: usize) -> Option<(Element<'_>, &[u8])> {
    let depth = depth.checked_sub(1)?;
    let &[tag, length, ..] = bytes else { return None };
    if tag & 0x1f == 0x1f {
        return None;
    }
    if length == 0x80 && tag & CONSTRUCTED != 0 {
        let mut rest = bytes.get(2..)?;
        let mut parts = Vec::new();
        loop {
            if let Some(after) = rest.strip_prefix(&[0, 0]) {
                return Some((join(tag, &parts)?, after));
            }
            let (part, after) = read(rest, depth)?;
            parts.push(part);
            rest = after;
        }
    }
    let (length, after) = der::read_length(bytes.get(1..)?).ok()?;
    let (content, rest) = after.split_at_checked(length)?;
    let whole = Element::Unchanged(bytes.get(..bytes.len() - rest.len())?);
    if tag & CONSTRUCTED == 0 {
        return Some((whole, rest));
    }
    // What is inside of a definite length and cannot be read may be left as it is.
    let Some(parts) = read_all(content, depth) else { return Some((whole, rest)) };
    let is_unchanged = parts.iter().all(|part| matches!(part, Element::Unchanged(_)));
    let element = if is_unchanged && tag != CONSTRUCTED_OCTET_STRING { whole } else { join(tag, &parts)? };
    Some((element, rest))
}

fn read_all(mut content: &[u8], depth: usize) -> Option<Vec<Element<'_>>> {
    let mut parts = Vec::new();
    while !content.is_empty() {
        let (part, rest) = read(content, depth)?;
        parts.push(part);
        content = rest;
    }
    Some(parts)
}

fn join<'a>(tag: u8, parts: &[Element<'_>]) -> Option<Element<'a>> {
    let parts: Vec<&[u8]> = parts.iter().map(Element::bytes).collect();
    let (tag, parts) = if tag == CONSTRUCTED_OCTET_STRING {
        let pieces: Option<Vec<&[u8]>> =
            parts.iter().map(|part| Reader::new(part).take(tag::OCTET_STRING).ok()).collect();
        (tag::OCTET_STRING, pieces?)
    } else {
        (tag, parts)
    };
    Some(Element::Changed(Zeroizing::new(der::write(tag, &parts))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(bytes: &[u8]) -> Option<Vec<u8>> {
        to_der(bytes).map(|der| der.to_vec())
    }

    #[test]
    fn indefinite_lengths_become_definite() {
        let ber = [0x30, 0x80, 0x24, 0x80, 4, 1, 7, 4, 2, 8, 9, 0, 0, 2, 1, 5, 0, 0, 0xff];
        assert_eq!(written(&ber), Some(vec![0x30, 8, 4, 3, 7, 8, 9, 2, 1, 5]));
        assert_eq!(written(&[0x30, 5, 0x24, 3, 4, 1, 7]), Some(vec![0x30, 3, 4, 1, 7]));
        assert_eq!(written(&ber[..17]), None, "without an end");
    }

    #[test]
    fn der_stays() {
        // The length inside is not minimal.
        for der in [&[0x30, 4, 4, 0x81, 1, 7][..], &[0x30, 0], &[4, 2, 0x30, 0x80]] {
            assert_eq!(written(der), Some(der.to_vec()));
        }
    }

    #[test]
    fn depth_is_bounded() {
        assert_eq!(written(&[0x30, 0x80].repeat(100_000)), None);
    }
}
