//! What certificates hold beside numbers: flags, bit strings and object identifiers, read by the
//! rules of the service's reader. Elements themselves are read by `facts::der`.

use crate::der;
use crate::der::{DerFault, Element, Reader, tag};

/// BOOLEAN
pub(super) const BOOLEAN: u8 = 0x01;
/// UTCTime
pub(super) const UTC_TIME: u8 = 0x17;
/// GeneralizedTime
pub(super) const GENERALIZED_TIME: u8 = 0x18;
/// SET, SET OF
pub(super) const SET: u8 = 0x31;

/// What is still to be read of a run of elements.
#[derive(Clone, Copy)]
pub(super) struct Der<'a>(Reader<'a>);

impl<'a> Der<'a> {
    pub(super) const fn new(octets: &'a [u8]) -> Self {
        Self(Reader::new(octets))
    }

    pub(super) const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Reads whatever element comes next.
    pub(super) fn any(&mut self) -> Result<Element<'a>, DerFault> {
        self.0.element()
    }

    /// Reads an element that must have `tag`.
    pub(super) fn element(&mut self, tag: u8) -> Option<Element<'a>> {
        self.any().ok().filter(|element| element.tag == tag)
    }

    /// Reads the content of an element that must have `tag`.
    pub(super) fn content(&mut self, tag: u8) -> Option<&'a [u8]> {
        self.element(tag).map(|element| element.content)
    }

    /// Reads the content of an element that must have `tag`, as a run of elements.
    pub(super) fn inside(&mut self, tag: u8) -> Option<Self> {
        self.content(tag).map(Self::new)
    }

    /// Reads the content of an element of `tag` when one comes next.
    pub(super) fn optional(&mut self, tag: u8) -> Result<Option<Self>, DerFault> {
        self.0.optional(tag).map(|content| content.map(Self::new))
    }

    /// Whether an element of `tag` comes next.
    pub(super) fn starts_with(&self, tag: u8) -> bool {
        self.0.peek() == Some(tag)
    }

    /// Reads a BOOLEAN; DER knows two values.
    pub(super) fn boolean(&mut self) -> Option<bool> {
        match self.content(BOOLEAN)? {
            [0x00] => Some(false),
            [0xff] => Some(true),
            _ => None,
        }
    }

    /// Reads an INTEGER in its shortest form.
    pub(super) fn integer(&mut self) -> Option<&'a [u8]> {
        self.content(tag::INTEGER).filter(|content| is_shortest_integer(content))
    }

    /// Reads an OBJECT IDENTIFIER.
    pub(super) fn object_identifier(&mut self) -> Option<ObjectIdentifier<'a>> {
        self.content(tag::OBJECT_IDENTIFIER).map(ObjectIdentifier)
    }

    /// Reads a BIT STRING.
    pub(super) fn bit_string(&mut self) -> Option<Bits<'a>> {
        let (&unused, octets) = self.content(tag::BIT_STRING)?.split_first()?;
        Some(Bits { octets, unused })
    }
}

/// Whether the content of an INTEGER is as short as it can be.
pub(super) const fn is_shortest_integer(content: &[u8]) -> bool {
    !matches!(content, [] | [0x00, 0x00..=0x7f, ..] | [0xff, 0x80..=0xff, ..])
}

/// Whether the content of an INTEGER says a number below zero.
pub(super) const fn is_negative(content: &[u8]) -> bool {
    matches!(content, [0x80..=0xff, ..])
}

/// The number that the content of an INTEGER says, when it is not negative and fits.
pub(super) fn small(content: &[u8]) -> Option<u64> {
    let digits = content.strip_prefix(&[0]).unwrap_or(content);
    let fits = !is_negative(content) && digits.len() <= 8;
    fits.then(|| digits.iter().fold(0, |number, &digit| number << 8 | u64::from(digit)))
}

/// The content of an OBJECT IDENTIFIER.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ObjectIdentifier<'a>(pub(super) &'a [u8]);

impl ObjectIdentifier<'_> {
    /// Whether it is made of arcs in their shortest form, each below 2³¹. RFC 5280 appendix B asks
    /// readers for 2²⁸ and issuers to keep to it.
    pub(super) fn is_sound(self) -> bool {
        self.has_arcs_below(1 << 31)
    }

    /// Whether nothing is wrong with it but the size of an arc.
    pub(super) fn is_large(self) -> bool {
        !self.is_sound() && self.has_arcs_below(u64::MAX)
    }

    fn has_arcs_below(self, limit: u64) -> bool {
        let mut arc = 0u64;
        let mut is_first = true;
        for &octet in self.0 {
            if is_first && octet == 0x80 {
                return false;
            }
            // Those of any length stay below the greatest number.
            arc = (arc << 7 | u64::from(octet & 0x7f)).min(u64::MAX >> 8);
            if arc >= limit {
                return false;
            }
            is_first = octet & 0x80 == 0;
            if is_first {
                arc = 0;
            }
        }
        is_first && !self.0.is_empty()
    }

    /// In dotted form. What is not sound comes out as well as can be.
    pub(super) fn dotted(self) -> String {
        der::dotted(self.0)
    }
}

/// The content of a BIT STRING.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bits<'a> {
    /// The octets; the bits that are unused stand at their end.
    pub(super) octets: &'a [u8],
    /// How many bits of the last octet are unused, as it says.
    pub(super) unused: u8,
}

impl Bits<'_> {
    /// Whether fewer than eight bits are unused, and all of those are zero.
    pub(super) fn is_sound(&self) -> bool {
        match (self.unused, self.octets.last()) {
            (0, _) => true,
            (1..=7, Some(last)) => last & ((1 << self.unused) - 1) == 0,
            _ => false,
        }
    }

    /// Whether the bit of that number, from 0, is set.
    pub(super) fn is_set(&self, number: usize) -> bool {
        self.octets.get(number / 8).is_some_and(|octet| octet & (0x80 >> (number % 8)) != 0)
            && number + usize::from(self.unused) < self.octets.len() * 8
    }

    /// The bits as a number: moved to the right by as many as are unused.
    pub(super) fn right_aligned(&self) -> Vec<u8> {
        if !(1..=7).contains(&self.unused) {
            return self.octets.to_vec();
        }
        let mut carry = 0;
        self.octets
            .iter()
            .map(|&octet| {
                let moved = octet >> self.unused | carry;
                carry = octet << (8 - self.unused);
                moved
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arcs_are_short_and_small() {
        assert!(ObjectIdentifier(&[0x55, 4, 3]).is_sound());
        assert!(ObjectIdentifier(&[0x69, 0x87, 0xff, 0xff, 0xff, 0x7f]).is_sound());
        assert!(!ObjectIdentifier(&[0x69, 0x88, 0x80, 0x80, 0x80, 0x00]).is_sound());
        assert!(!ObjectIdentifier(&[0x55, 0x80, 0x01]).is_sound());
        assert!(!ObjectIdentifier(&[0x55, 0x81]).is_sound());
        assert!(!ObjectIdentifier(&[]).is_sound());
    }

    #[test]
    fn bits_know_which_of_them_count() {
        let bits = |octets: &'static [u8], unused| Bits { octets, unused };
        assert!(bits(&[0xa0], 5).is_sound());
        assert!(!bits(&[0xa1], 5).is_sound());
        assert!(!bits(&[], 1).is_sound());
        assert!(!bits(&[0], 8).is_sound());
        assert!(bits(&[0xa0], 5).is_set(2));
        assert!(!bits(&[0xa0], 5).is_set(1));
        assert!(!bits(&[0xa0], 5).is_set(8));
        assert_eq!(bits(&[0x12, 0x30], 4).right_aligned(), [0x01, 0x23]);
    }
}
