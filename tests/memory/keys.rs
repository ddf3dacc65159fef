//! The keys of the fixtures, and which of their bytes are private.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A private key as it stands in a file.
pub(crate) struct Key {
    pub(crate) name: String,
    pub(crate) pem: String,
    pub(crate) der: Vec<u8>,
    /// Where its private numbers stand in the DER.
    pub(crate) private: Vec<Range<usize>>,
}

pub(crate) fn fixtures() -> PathBuf {
    // `apicert-serve` uses this module too, from its own directory.
    let directories = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    directories.map(|directory| directory.join("fixtures")).find(|fixtures| fixtures.is_dir()).unwrap()
}

impl Key {
    pub(crate) fn read(name: &str) -> Self {
        let path = fixtures().join("pki/keys").join(format!("{name}.pem"));
        let pem = fs::read_to_string(path).unwrap();
        let der = pem::parse_many(&pem)
            .unwrap()
            .into_iter()
            .find(|block| block.tag().ends_with("PRIVATE KEY"))
            .unwrap()
            .into_contents();
        let mut private = Vec::new();
        walk(&der, 0, &mut private);
        assert!(!private.is_empty(), "{name}: no private number found");
        Self { name: name.to_owned(), pem, der, private }
    }

    /// The private numbers, in big-endian and without leading zeros.
    pub(crate) fn numbers(&self) -> impl Iterator<Item = &[u8]> {
        self.private.iter().map(|range| {
            let number = &self.der[range.clone()];
            &number[number.iter().take_while(|&&byte| byte == 0).count()..]
        })
    }
}

/// A DER element: its tag, and where its content stands.
type Element = (u8, Range<usize>);

/// Finds the private numbers by the shape of what surrounds them: RSA (RFC 8017), EC (RFC 5915), DSA and
/// seeds (RFC 8410).
fn walk(der: &[u8], offset: usize, private: &mut Vec<Range<usize>>) {
    let Some(elements) = elements(der) else { return };
    let place = |range: &Range<usize>| range.start + offset..range.end + offset;
    let content = |(_, range): &Element| &der[range.clone()];
    let tags: Vec<u8> = elements.iter().map(|(tag, _)| *tag).collect();
    let is_small = elements.first().is_some_and(|first| content(first).len() == 1);
    match tags.as_slice() {
        [2, 2, 2, 2, 2, 2, 2, 2, 2, ..] if is_small => {
            private.extend(elements[3..9].iter().map(|(_, range)| place(range)));
            for (_, range) in &elements[9..] {
                numbers(&der[range.clone()], range.start + offset, private);
            }
        }
        [2, 2, 2, 2, 2, 2] if is_small => private.push(place(&elements[5].1)),
        [2, 4, ..] if is_small => private.push(place(&elements[1].1)),
        _ => {
            for (tag, range) in &elements {
                let inner = &der[range.clone()];
                if *tag == 4 && inner.len() == 34 && inner.starts_with(&[4, 32]) {
                    private.push(range.start + offset + 2..range.end + offset);
                } else if matches!(*tag, 0x30 | 4) {
                    walk(inner, range.start + offset, private);
                }
            }
        }
    }
}

/// All integers below: the further primes of an RSA key, and what goes with them.
fn numbers(der: &[u8], offset: usize, private: &mut Vec<Range<usize>>) {
    for (tag, range) in elements(der).unwrap_or_default() {
        match tag {
            2 => private.push(range.start + offset..range.end + offset),
            _ => numbers(&der[range.clone()], range.start + offset, private),
        }
    }
}

fn elements(der: &[u8]) -> Option<Vec<Element>> {
    let (mut elements, mut at) = (Vec::new(), 0);
    while at < der.len() {
        let tag = der[at];
        let first = usize::from(*der.get(at + 1)?);
        let (length, header) = match first {
            0..=0x7f => (first, 2),
            0x81..=0x83 => {
                let count = first - 0x80;
                let octets = der.get(at + 2..at + 2 + count)?;
                (octets.iter().fold(0, |length, &octet| (length << 8) | usize::from(octet)), 2 + count)
            }
            _ => return None,
        };
        let start = at + header;
        at = start + length;
        if at > der.len() {
            return None;
        }
        elements.push((tag, start..at));
    }
    Some(elements)
}
