//! Distinguished names and the strings in them. Text is decoded from tag and octets: the tables of
//! general ASN.1 crates know neither T61String nor UniversalString, and refuse more than the service.

use super::der::{Der, ObjectIdentifier, SET};
use super::nonconformity::{NamePart, Nonconformities, Nonconformity, StringFault};
use super::{Attribute, AttributeKind, Name};
use crate::facts::der::tag;

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
    let mut name = Name { der: element.whole.to_vec(), attributes: Vec::new() };
    let mut relative_names = Der::new(element.content);
    while !relative_names.is_empty() {
        let mut attributes = relative_names.inside(SET)?;
        while !attributes.is_empty() {
            let mut attribute = attributes.inside(tag::SEQUENCE)?;
            let identifier = ObjectIdentifier(attribute.content(tag::OBJECT_IDENTIFIER)?);
            let value = attribute.any().ok()?;
            if !identifier.is_sound() {
                nonconformities.add(Nonconformity::AttributeType(part));
            }
            let kind = AttributeKind::of(identifier);
            let (value, fault) = decode(value.tag, value.content);
            if let Some(fault) = fault {
                nonconformities.add(Nonconformity::AttributeValue { part, kind, fault });
            }
            if let Some(value) = value {
                let identifier =
                    if kind == AttributeKind::Other { identifier.dotted() } else { String::new() };
                name.attributes.push(Attribute { kind, identifier, value });
            }
        }
    }
    Some(name)
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

/// The text of a string, as well as can be, and what is wrong with it. No text for what is no string.
fn decode(tag: u8, octets: &[u8]) -> (Option<String>, Option<StringFault>) {
    let lossy = || String::from_utf8_lossy(octets).into_owned();
    let latin1 = || octets.iter().map(|&octet| char::from(octet)).collect::<String>();
    let unless = |is_sound: bool, fault| if is_sound { None } else { Some(fault) };
    match tag {
        UTF8_STRING => (Some(lossy()), unless(std::str::from_utf8(octets).is_ok(), StringFault::Utf8)),
        PRINTABLE_STRING => {
            (Some(lossy()), unless(octets.iter().all(|&octet| is_printable(octet)), StringFault::Printable))
        }
        IA5_STRING => (Some(latin1()), unless(octets.is_ascii(), StringFault::Ia5)),
        NUMERIC_STRING => (
            Some(latin1()),
            unless(octets.iter().all(|&octet| matches!(octet, b'0'..=b'9' | b' ')), StringFault::Numeric),
        ),
        // Nobody writes T.61 with its escape sequences; what is found in the wild is Latin-1.
        T61_STRING => (Some(latin1()), None),
        BMP_STRING => {
            let (text, is_sound) = decode_bmp(octets);
            (Some(text), unless(is_sound, StringFault::Bmp))
        }
        UNIVERSAL_STRING => (Some(decode_universal(octets)), Some(StringFault::Universal)),
        _ => (None, Some(StringFault::Type)),
    }
}

/// The characters of a PrintableString, and the two that readers commonly take too.
fn is_printable(octet: u8) -> bool {
    octet.is_ascii_alphanumeric() || b" '()+,-./:=?*&".contains(&octet)
}

/// UCS-2. A terminating NUL is dropped, as Go does.
fn decode_bmp(octets: &[u8]) -> (String, bool) {
    let octets =
        if octets.len().is_multiple_of(2) { octets.strip_suffix(&[0, 0]).unwrap_or(octets) } else { octets };
    let (units, rest) = octets.as_chunks::<2>();
    let units = units.iter().copied().map(u16::from_be_bytes);
    let is_sound = rest.is_empty()
        && !units.clone().any(|unit| matches!(unit, 0xd800..=0xdfff | 0xfdd0..=0xfdef | 0xfffe | 0xffff));
    let text = char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    (text, is_sound)
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
        let decoded = |tag, octets: &[u8]| decode(tag, octets);
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
