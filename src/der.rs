//! DER, read strictly and without copying (ITU-T X.690).
//!
//! Everything borrows from the input, so nothing that may be secret is left behind. Lengths are
//! definite and minimal, integers minimal, tags of one byte: what is not so is not read, as in Go's
//! `encoding/asn1`.

use crate::internal_fault::OrFault;

/// Why there is no element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DerFault {
    /// The element is longer than what is there.
    Truncated,
    /// It is another element, or none at all.
    Malformed,
}

/// Tags, class and construction included.
pub(crate) mod tag {
    pub(crate) const INTEGER: u8 = 0x02;
    pub(crate) const BIT_STRING: u8 = 0x03;
    pub(crate) const OCTET_STRING: u8 = 0x04;
    pub(crate) const NULL: u8 = 0x05;
    pub(crate) const OBJECT_IDENTIFIER: u8 = 0x06;
    pub(crate) const SEQUENCE: u8 = 0x30;

    /// `[number]`, primitive
    pub(crate) const fn context(number: u8) -> u8 {
        0x80 | number
    }

    /// `[number]`, constructed
    pub(crate) const fn context_constructed(number: u8) -> u8 {
        0xa0 | number
    }
}

/// One element.
#[derive(Clone, Copy)]
pub(crate) struct Element<'a> {
    /// Its tag, class and construction included.
    pub(crate) tag: u8,
    /// Its content.
    pub(crate) content: &'a [u8],
    /// Tag, length and content.
    pub(crate) whole: &'a [u8],
}

/// The head of an element.
#[derive(Clone, Copy)]
pub(crate) struct Header<'a> {
    /// The first byte of its tag.
    tag: u8,
    /// How long its content claims to be.
    length: usize,
    /// What follows the head.
    rest: &'a [u8],
}

/// Reads elements one after the other.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// Reads `bytes` from their start.
    pub(crate) const fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }

    /// How many bytes are left.
    pub(crate) const fn len(&self) -> usize {
        self.rest.len()
    }

    /// Whether nothing is left.
    pub(crate) const fn is_empty(&self) -> bool {
        self.rest.is_empty()
    }

    /// The tag of the next element.
    pub(crate) fn peek(&self) -> Option<u8> {
        self.rest.first().copied()
    }

    /// The next element, whatever it is.
    pub(crate) fn element(&mut self) -> Result<Element<'a>, DerFault> {
        let (&tag, after_tag) = self.rest.split_first().ok_or(DerFault::Truncated)?;
        if tag & 0x1f == 0x1f {
            return Err(DerFault::Malformed);
        }
        let (length, after_length) = read_length(after_tag)?;
        let (content, rest) = after_length.split_at_checked(length).ok_or(DerFault::Truncated)?;
        let whole = self.rest.get(..self.rest.len() - rest.len()).or_fault();
        self.rest = rest;
        Ok(Element { tag, content, whole })
    }

    /// The content of the next element, which must have this tag.
    pub(crate) fn take(&mut self, tag: u8) -> Result<&'a [u8], DerFault> {
        match self.peek() {
            Some(next) if next != tag => Err(DerFault::Malformed),
            _ => self.element().map(|element| element.content),
        }
    }

    /// The content of the next element, if it has this tag.
    pub(crate) fn optional(&mut self, tag: u8) -> Result<Option<&'a [u8]>, DerFault> {
        if self.peek() == Some(tag) { self.take(tag).map(Some) } else { Ok(None) }
    }

    /// The elements of the SEQUENCE that comes next.
    pub(crate) fn sequence(&mut self) -> Result<Self, DerFault> {
        self.take(tag::SEQUENCE).map(Self::new)
    }

    /// The INTEGER that comes next.
    pub(crate) fn integer(&mut self) -> Result<Integer<'a>, DerFault> {
        Integer::new(self.take(tag::INTEGER)?)
    }

    /// The first byte of the tag and the length of the next element, and what follows them, as Go's `encoding/asn1`
    /// reads them before it decides whether an optional field is there. `None` when nothing is left. The element
    /// may be longer than what is there.
    pub(crate) fn header(&self) -> Result<Option<Header<'a>>, DerFault> {
        let Some((&tag, mut rest)) = self.rest.split_first() else { return Ok(None) };
        if tag & 0x1f == 0x1f {
            let end = rest.iter().position(|octet| octet & 0x80 == 0).ok_or(DerFault::Truncated)?;
            // The number in its shortest form, and not one that the short form of the tag would do for.
            if end > 3 || matches!(rest, [0x80 | 0..=0x1e, ..]) {
                return Err(DerFault::Malformed);
            }
            rest = rest.get(end + 1..).or_fault();
        }
        let (length, rest) = read_length(rest)?;
        if length >= 1 << 31 { Err(DerFault::Malformed) } else { Ok(Some(Header { tag, length, rest })) }
    }

    /// The content of the next element, which is tagged explicitly with `[number]` and has this tag inside, as
    /// Go's `encoding/asn1` reads an optional field. `None`, with nothing read, when another element comes next or
    /// the tag inside is another. The length of the outer element is not looked at: what comes next follows the
    /// inner one.
    pub(crate) fn optional_explicit(&mut self, number: u8, tag: u8) -> Result<Option<&'a [u8]>, DerFault> {
        let Some(Header { tag: outer, length, rest: after_outer }) = self.header()? else { return Ok(None) };
        if after_outer.is_empty() {
            return Err(DerFault::Truncated);
        }
        match (outer, length) {
            _ if outer != tag::context_constructed(number) && outer != tag::context(number) => {
                return Ok(None);
            }
            (_, 0) => return Err(DerFault::Malformed),
            _ if outer == tag::context(number) => return Ok(None),
            _ => {}
        }
        let Some(Header { tag: inner, length, rest: after_length }) = Self::new(after_outer).header()? else {
            return Ok(None);
        };
        if inner != tag {
            return Ok(None);
        }
        let (content, rest) = after_length.split_at_checked(length).ok_or(DerFault::Truncated)?;
        self.rest = rest;
        Ok(Some(content))
    }

    /// The BIT STRING that comes next, which must be one of whole bytes.
    pub(crate) fn octets_of_bit_string(&mut self) -> Result<&'a [u8], DerFault> {
        whole_octets(self.take(tag::BIT_STRING)?)
    }
}

/// The bytes of a BIT STRING's content, when all of their bits are used.
pub(crate) fn whole_octets(content: &[u8]) -> Result<&[u8], DerFault> {
    content.strip_prefix(&[0]).ok_or(DerFault::Malformed)
}

/// The bytes of a BIT STRING's content; `None` when more than seven bits are unused, or one of the unused bits is
/// not zero.
pub(crate) fn octets_of_bits(content: &[u8]) -> Option<&[u8]> {
    let (&unused, octets) = content.split_first()?;
    match (unused, octets.last()) {
        (0, _) => Some(octets),
        (1..=7, Some(last)) if last & ((1 << unused) - 1) == 0 => Some(octets),
        _ => None,
    }
}

/// An INTEGER.
#[derive(Clone, Copy)]
pub(crate) struct Integer<'a> {
    content: &'a [u8],
}

impl<'a> Integer<'a> {
    fn new(content: &'a [u8]) -> Result<Self, DerFault> {
        match content {
            [] | [0x00, 0x00..=0x7f, ..] | [0xff, 0x80..=0xff, ..] => Err(DerFault::Malformed),
            _ => Ok(Self { content }),
        }
    }

    /// Its absolute value, big-endian without leading zeros; `None` when it is negative.
    pub(crate) fn magnitude(self) -> Option<&'a [u8]> {
        match self.content {
            [0x80..=0xff, ..] => None,
            [0, rest @ ..] => Some(rest),
            content => Some(content),
        }
    }

    /// Whether it is written in so many bytes or fewer.
    pub(crate) const fn fits(self, octets: usize) -> bool {
        self.content.len() <= octets
    }

    /// Its value, when it is small and not negative.
    pub(crate) fn small(self) -> Option<u32> {
        let magnitude = self.magnitude().filter(|magnitude| magnitude.len() <= 4)?;
        Some(magnitude.iter().fold(0, |value, &byte| (value << 8) | u32::from(byte)))
    }
}

/// The length of a number in bits; `magnitude` is big-endian without leading zeros.
pub(crate) fn bit_length(magnitude: &[u8]) -> usize {
    magnitude.first().map_or(0, |&first| magnitude.len() * 8 - first.leading_zeros() as usize)
}

/// An OBJECT IDENTIFIER in dotted form, from its content. Arcs that do not fit in 64 bits are cut.
pub(crate) fn dotted(identifier: &[u8]) -> String {
    let mut arcs = Vec::new();
    let mut arc = 0_u64;
    for &byte in identifier {
        arc = (arc << 7) | u64::from(byte & 0x7f);
        if byte & 0x80 == 0 {
            if arcs.is_empty() {
                let first = (arc / 40).min(2);
                arcs.push(first.to_string());
                arc -= first * 40;
            }
            arcs.push(arc.to_string());
            arc = 0;
        }
    }
    arcs.join(".")
}

/// An element that is made of a tag and the concatenation of `parts`, written without reallocation: wrap it in
/// `Secret` when a part is secret.
pub(crate) fn write(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    let mut whole = Vec::with_capacity(length + 6);
    whole.push(tag);
    let bytes = length.to_be_bytes();
    let significant: Vec<u8> = bytes.into_iter().skip_while(|&byte| byte == 0).collect();
    match significant.as_slice() {
        [] => whole.push(0),
        [short @ 0..=0x7f] => whole.push(*short),
        long => {
            whole.push(0x80 | u8::try_from(long.len()).or_fault());
            whole.extend_from_slice(long);
        }
    }
    for part in parts {
        whole.extend_from_slice(part);
    }
    whole
}

/// A positive INTEGER; `magnitude` is big-endian without leading zeros.
pub(crate) fn write_integer(magnitude: &[u8]) -> Vec<u8> {
    let sign: &[u8] = if magnitude.first().is_none_or(|first| first & 0x80 != 0) { &[0] } else { &[] };
    write(tag::INTEGER, &[sign, magnitude])
}

/// The length at the start of `bytes`, and what follows it.
pub(crate) fn read_length(bytes: &[u8]) -> Result<(usize, &[u8]), DerFault> {
    let (&first, rest) = bytes.split_first().ok_or(DerFault::Truncated)?;
    let count = match first {
        0..=0x7f => return Ok((first.into(), rest)),
        0x81..=0x84 => usize::from(first & 0x7f),
        _ => return Err(DerFault::Malformed),
    };
    let (octets, rest) = rest.split_at_checked(count).ok_or(DerFault::Truncated)?;
    let length = octets.iter().fold(0, |length, &octet| (length << 8) | usize::from(octet));
    // A length that would have fitted in fewer bytes is not DER.
    let is_minimal = length >= 0x80 && octets.first() != Some(&0);
    if is_minimal { Ok((length, rest)) } else { Err(DerFault::Malformed) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]
mod tests {
    use super::*;

    fn content(bytes: &[u8]) -> Result<&[u8], DerFault> {
        Reader::new(bytes).take(tag::OCTET_STRING)
    }

    #[test]
    fn lengths_are_definite_and_minimal() {
        assert_eq!(content(&[4, 1, 7]), Ok([7].as_slice()));
        let mut long = vec![4, 0x81, 0x80];
        long.resize(3 + 0x80, 1);
        assert_eq!(content(&long).map(<[u8]>::len), Ok(0x80));
        assert_eq!(content(&[4, 0x81, 1, 7]), Err(DerFault::Malformed), "short form would do");
        assert_eq!(content(&[4, 0x82, 0, 0x80]), Err(DerFault::Malformed), "leading zero");
        assert_eq!(content(&[4, 0x80, 7, 0, 0]), Err(DerFault::Malformed), "indefinite");
        assert_eq!(content(&[4, 0x85, 1, 0, 0, 0, 0]), Err(DerFault::Malformed));
        assert_eq!(content(&[4, 0x84, 0xff, 0xff, 0xff, 0xff]), Err(DerFault::Truncated));
        assert_eq!(content(&[4, 3, 7]), Err(DerFault::Truncated));
        assert_eq!(content(&[4]), Err(DerFault::Truncated));
        assert_eq!(content(&[0x1f, 0]), Err(DerFault::Malformed));
    }

    #[test]
    fn integers_are_minimal_and_signed() {
        let integer = |content: &[u8]| {
            let whole = write(tag::INTEGER, &[content]);
            Reader::new(&whole).integer().map(|integer| integer.magnitude().map(<[u8]>::to_vec))
        };
        assert_eq!(integer(&[0]), Ok(Some(vec![])));
        assert_eq!(integer(&[0x7f]), Ok(Some(vec![0x7f])));
        assert_eq!(integer(&[0, 0x80]), Ok(Some(vec![0x80])));
        assert_eq!(integer(&[0x80]), Ok(None));
        assert_eq!(integer(&[0xff, 0x7f]), Ok(None));
        for wrong in [&[][..], &[0, 0], &[0, 0x7f], &[0xff, 0x80], &[0xff, 0xff]] {
            assert_eq!(integer(wrong), Err(DerFault::Malformed), "{wrong:?}");
        }
    }

    #[test]
    fn identifiers_are_dotted() {
        assert_eq!(dotted(&[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01]), "1.2.840.113549.1.1.1");
        assert_eq!(dotted(&[0x2b, 0x65, 0x70]), "1.3.101.112");
        assert_eq!(dotted(&[0x88, 0x37, 0x03]), "2.999.3");
        assert_eq!(dotted(&[0xff; 40]), "");
    }

    #[test]
    fn what_is_written_can_be_read() {
        for length in [0, 1, 0x7f, 0x80, 0xff, 0x100, 0xffff, 0x1_0000] {
            let whole = write(tag::OCTET_STRING, &[&vec![9; length]]);
            let mut reader = Reader::new(&whole);
            assert_eq!(reader.take(tag::OCTET_STRING).unwrap().len(), length);
            assert!(reader.is_empty());
        }
        assert_eq!(write_integer(&[]), [2, 1, 0]);
        assert_eq!(write_integer(&[0x80]), [2, 2, 0, 0x80]);
        assert_eq!(write_integer(&[1, 0]), [2, 2, 1, 0]);
    }
}
