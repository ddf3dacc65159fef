//! Distinguished names and the strings in them. Text is decoded from tag and octets: the tables of
//! general ASN.1 crates know neither T61String nor UniversalString, and refuse more than the service.

use std::sync::OnceLock;

use crate::der;
use crate::der::{Element, tag};
use crate::x509::der::{Der, ObjectIdentifier, SET};
use crate::x509::nonconformity::{IdentifierOf, NamePart, Nonconformities, Nonconformity, StringFault};
use crate::x509::{Attribute, AttributeKind, Name};

const UTF8_STRING: u8 = 0x0c;
const NUMERIC_STRING: u8 = 0x12;
const PRINTABLE_STRING: u8 = 0x13;
const T61_STRING: u8 = 0x14;
const IA5_STRING: u8 = 0x16;
const UNIVERSAL_STRING: u8 = 0x1c;
const BMP_STRING: u8 = 0x1e;

/// Reads a Name that comes next in `der`; `None` when it is none. What the service's reader refuses
/// in it is added to `nonconformities`.
pub(super) fn read(der: &mut Der<'_>, part: NamePart, nonconformities: &mut Nonconformities) -> Option<Name> {
    let element = der.element(tag::SEQUENCE)?;
    each_attribute(element.content, |identifier, value| {
        if !identifier.is_sound() {
            nonconformities.add(if identifier.is_large() {
                Nonconformity::LargeIdentifier(IdentifierOf::Attribute(part))
            } else {
                Nonconformity::AttributeType(part)
            });
        }
        if let Some(fault) = fault_of(value.tag, value.content) {
            let kind = AttributeKind::of(identifier);
            nonconformities.add(Nonconformity::AttributeValue { part, kind, fault });
        }
    })?;
    Some(Name { der: element.whole.to_vec(), attributes: OnceLock::new() })
}

/// The attributes of a Name in DER, those whose value is a string.
pub(super) fn attributes(name: &[u8]) -> Vec<Attribute> {
    let mut attributes = Vec::new();
    // One that is no Name was not read in the first place.
    let _ = Der::new(name).content(tag::SEQUENCE).and_then(|content| {
        each_attribute(content, |identifier, value| {
            let kind = AttributeKind::of(identifier);
            if let Some(value) = text_of(value.tag, value.content) {
                let identifier =
                    if kind == AttributeKind::Other { identifier.dotted() } else { String::new() };
                attributes.push(Attribute { kind, identifier, value });
            }
        })
    });
    attributes
}

/// A Name in DER with all strings in UTF-8, in lower case, and with single spaces. What is no string is kept.
pub(crate) fn canonical(name: &[u8]) -> Vec<u8> {
    let mut relative_names = Der::new(name).inside(tag::SEQUENCE).unwrap_or(Der::new(&[]));
    let mut whole = Vec::new();
    while let Some(relative_name) = relative_names.content(SET) {
        let mut parts = Vec::new();
        // Read alone, it is a sequence of relative names with one in it.
        let _ = each_attribute(&der::write(SET, &[relative_name]), |identifier, value| {
            parts.extend(der::write(tag::OBJECT_IDENTIFIER, &[identifier.0]));
            match text_of(value.tag, value.content) {
                Some(text) => {
                    let words: Vec<String> = text.split_whitespace().map(str::to_lowercase).collect();
                    parts.extend(der::write(UTF8_STRING, &[words.join(" ").as_bytes()]));
                }
                None => parts.extend_from_slice(value.whole),
            }
        });
        whole.extend(der::write(SET, &[&parts]));
    }
    whole
}

/// Visits type and value of each attribute, across relative names; `None` when they are none.
fn each_attribute(
    relative_names: &[u8],
    mut visit: impl FnMut(ObjectIdentifier<'_>, Element<'_>),
) -> Option<()> {
    let mut relative_names = Der::new(relative_names);
    while !relative_names.is_empty() {
        let mut attributes = relative_names.inside(SET)?;
        while !attributes.is_empty() {
            let mut attribute = attributes.inside(tag::SEQUENCE)?;
            let identifier = ObjectIdentifier(attribute.content(tag::OBJECT_IDENTIFIER)?);
            visit(identifier, attribute.any().ok()?);
        }
    }
    Some(())
}

impl AttributeKind {
    fn of(identifier: ObjectIdentifier<'_>) -> Self {
        match identifier.0 {
            [0x55, 4, 3] => Self::CommonName,
            [0x55, 4, 6] => Self::Country,
            [0x55, 4, 7] => Self::Locality,
            [0x55, 4, 8] => Self::State,
            [0x55, 4, 10] => Self::Organization,
            [0x55, 4, 11] => Self::OrganizationalUnit,
            _ => Self::Other,
        }
    }

    /// What it is called in messages.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::CommonName => "common name",
            Self::Organization => "organization",
            Self::OrganizationalUnit => "organizational unit",
            Self::Locality => "locality",
            Self::State => "state",
            Self::Country => "country",
            Self::Other => "value of an attribute",
        }
    }
}

/// The text of a string, as well as can be; `None` for what is no string.
fn text_of(tag: u8, octets: &[u8]) -> Option<String> {
    match tag {
        UTF8_STRING | PRINTABLE_STRING => Some(String::from_utf8_lossy(octets).into_owned()),
        // Nobody writes T.61 with its escape sequences; what is found in the wild is Latin-1.
        IA5_STRING | NUMERIC_STRING | T61_STRING => {
            Some(octets.iter().map(|&octet| char::from(octet)).collect())
        }
        BMP_STRING => Some(
            char::decode_utf16(bmp_units(octets))
                .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
                .collect(),
        ),
        UNIVERSAL_STRING => Some(decode_universal(octets)),
        _ => None,
    }
}

/// What is wrong with a string.
fn fault_of(tag: u8, octets: &[u8]) -> Option<StringFault> {
    let (is_sound, fault) = match tag {
        UTF8_STRING => (std::str::from_utf8(octets).is_ok(), StringFault::Utf8),
        PRINTABLE_STRING => (octets.iter().all(|&octet| is_printable(octet)), StringFault::Printable),
        IA5_STRING => (octets.is_ascii(), StringFault::Ia5),
        NUMERIC_STRING => {
            (octets.iter().all(|&octet| matches!(octet, b'0'..=b'9' | b' ')), StringFault::Numeric)
        }
        T61_STRING => return None,
        BMP_STRING => (is_sound_bmp(octets), StringFault::Bmp),
        UNIVERSAL_STRING => (false, StringFault::Universal),
        _ => (false, StringFault::Type),
    };
    (!is_sound).then_some(fault)
}

/// The characters of a PrintableString, and the two that readers commonly take too.
fn is_printable(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b" '()+,-./:=?*&".contains(&octet)
}

/// The code units of UCS-2. A terminating NUL is dropped, as Go does.
fn bmp_units(octets: &[u8]) -> impl Iterator<Item = u16> {
    let octets =
        if octets.len().is_multiple_of(2) { octets.strip_suffix(&[0, 0]).unwrap_or(octets) } else { octets };
    let (units, _) = octets.as_chunks::<2>();
    units.iter().copied().map(u16::from_be_bytes)
}

fn is_sound_bmp(octets: &[u8]) -> bool {
    octets.len().is_multiple_of(2)
        && !bmp_units(octets).any(|unit| matches!(unit, 0xd800..=0xdfff | 0xfdd0..=0xfdef | 0xfffe | 0xffff))
}

/// UCS-4.
fn decode_universal(octets: &[u8]) -> String {
    let (units, rest) = octets.as_chunks::<4>();
    let scalar = |unit| char::from_u32(u32::from_be_bytes(unit)).unwrap_or(char::REPLACEMENT_CHARACTER);
    let mut text: String = units.iter().copied().map(scalar).collect();
    if !rest.is_empty() {
        text.push(char::REPLACEMENT_CHARACTER);
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

    use super::*;

    #[test]
    fn strings_are_decoded_by_their_type() {
        let decoded = |tag, octets: &[u8]| (text_of(tag, octets), fault_of(tag, octets));
        let text = |text: &str, fault| (Some(text.to_owned()), fault);
        assert_eq!(decoded(UTF8_STRING, "例子".as_bytes()), text("例子", None));
        assert_eq!(decoded(UTF8_STRING, b"a\xff"), text("a\u{fffd}", Some(StringFault::Utf8)));
        assert_eq!(decoded(PRINTABLE_STRING, b"*.example.com & co"), text("*.example.com & co", None));
        assert_eq!(decoded(PRINTABLE_STRING, b"a_b"), text("a_b", Some(StringFault::Printable)));
        assert_eq!(decoded(PRINTABLE_STRING, b"a@b"), text("a@b", Some(StringFault::Printable)));
        assert_eq!(decoded(IA5_STRING, b"a@b"), text("a@b", None));
        assert_eq!(decoded(IA5_STRING, b"M\xfcller"), text("Müller", Some(StringFault::Ia5)));
        assert_eq!(decoded(NUMERIC_STRING, b"12 3"), text("12 3", None));
        assert_eq!(decoded(NUMERIC_STRING, b"12-3"), text("12-3", Some(StringFault::Numeric)));
        assert_eq!(decoded(T61_STRING, b"M\xfcller"), text("Müller", None));
        assert_eq!(decoded(BMP_STRING, &[0x4f, 0x8b, 0x5b, 0x50]), text("例子", None));
        assert_eq!(decoded(BMP_STRING, &[0, 0x61, 0, 0]), text("a", None));
        assert_eq!(decoded(BMP_STRING, &[0, 0x61, 0]), text("a", Some(StringFault::Bmp)));
        assert_eq!(decoded(BMP_STRING, &[0xd8, 0x3d, 0xde, 0]), text("😀", Some(StringFault::Bmp)));
        assert_eq!(decoded(BMP_STRING, &[0xd8, 0x3d]), text("\u{fffd}", Some(StringFault::Bmp)));
        assert_eq!(decoded(UNIVERSAL_STRING, &[0, 1, 0xf6, 0]), text("😀", Some(StringFault::Universal)));
        assert_eq!(decoded(UNIVERSAL_STRING, &[0, 0x11, 0, 0]).0.unwrap(), "\u{fffd}");
        assert_eq!(decoded(0x02, &[1]), (None, Some(StringFault::Type)));
    }
}
