//! Public keys: what a certificate carries and what a private key is the other half of.

use std::borrow::Cow;
use std::fmt;

use sha2::{Digest, Sha256};

use crate::der;
use crate::der::{Reader, tag};
use crate::keys::{algorithm_identifier, curve};

/// A named curve on which a key can be proved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Curve {
    /// NIST P-224 (secp224r1)
    P224,
    /// NIST P-256 (prime256v1, secp256r1)
    P256,
    /// NIST P-384 (secp384r1)
    P384,
    /// NIST P-521 (secp521r1)
    P521,
    /// SM2 (sm2p256v1, GM/T 0003.5)
    Sm2,
}

impl Curve {
    /// The length of a field element in bits.
    #[must_use]
    pub const fn bits(self) -> usize {
        match self {
            Self::P224 => 224,
            Self::P256 | Self::Sm2 => 256,
            Self::P384 => 384,
            Self::P521 => 521,
        }
    }

    /// The length of a coordinate or scalar in bytes.
    #[must_use]
    pub const fn octets(self) -> usize {
        self.bits().div_ceil(8)
    }

    /// The usual name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::P224 => "P-224",
            Self::P256 => "P-256",
            Self::P384 => "P-384",
            Self::P521 => "P-521",
            Self::Sm2 => "SM2",
        }
    }
}

/// The kind of a key, as its algorithm identifier says.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum KeyAlgorithm {
    /// rsaEncryption (RFC 8017)
    Rsa,
    /// id-RSASSA-PSS (RFC 4055): a key that is restricted to PSS
    RsaPss,
    /// id-ecPublicKey on a curve that is supported (RFC 5480), SM2 among them (GB/T 35276)
    Ec(Curve),
    /// id-ecPublicKey on another named curve: its usual name, or its object identifier
    OtherCurve(String),
    /// id-ecPublicKey with parameters written out instead of a curve's name
    ExplicitCurve,
    /// DSA (RFC 3279)
    Dsa,
    /// Ed25519 (RFC 8410)
    Ed25519,
    /// Ed448 (RFC 8410)
    Ed448,
    /// X25519 (RFC 8410)
    X25519,
    /// X448 (RFC 8410)
    X448,
    /// Diffie-Hellman (RFC 3279)
    DiffieHellman,
    /// Anything else, by its usual name, or by its object identifier in dotted form
    Other(String),
}

impl KeyAlgorithm {
    /// The value of `algorithm_type` for it; `None` when the API has no word for it.
    #[must_use]
    pub const fn api_word(&self) -> Option<&'static str> {
        match self {
            Self::Rsa => Some("RSA"),
            Self::Ec(Curve::Sm2) => Some("SM2"),
            Self::Ec(_) => Some("ECC"),
            _ => None,
        }
    }

    /// Kind and size in words: `RSA 2048 bits`, `EC P-256`.
    #[must_use]
    pub fn describe(&self, bits: usize) -> String {
        match self {
            Self::Rsa | Self::RsaPss | Self::Dsa | Self::DiffieHellman if bits > 0 => {
                format!("{self} {bits} bits")
            }
            _ => self.to_string(),
        }
    }
}

impl fmt::Display for KeyAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rsa => f.write_str("RSA"),
            Self::RsaPss => f.write_str("RSASSA-PSS"),
            Self::Ec(Curve::Sm2) => f.write_str("SM2"),
            Self::Ec(curve) => write!(f, "EC {}", curve.name()),
            Self::OtherCurve(curve) => write!(f, "EC {curve}"),
            Self::ExplicitCurve => f.write_str("EC with explicit parameters"),
            Self::Dsa => f.write_str("DSA"),
            Self::Ed25519 => f.write_str("Ed25519"),
            Self::Ed448 => f.write_str("Ed448"),
            Self::X25519 => f.write_str("X25519"),
            Self::X448 => f.write_str("X448"),
            Self::DiffieHellman => f.write_str("Diffie-Hellman"),
            Self::Other(name) => f.write_str(name),
        }
    }
}

/// What a public key consists of.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum PublicNumbers {
    /// Modulus and public exponent, big-endian without leading zeros.
    Rsa {
        /// n
        modulus: Vec<u8>,
        /// e
        exponent: Vec<u8>,
    },
    /// An uncompressed point (SEC 1 section 2.3.3): 04, x, y.
    Point(Vec<u8>),
    /// The content of the subjectPublicKey bit string of any other kind, or of a point that is not
    /// on its curve.
    Opaque(Vec<u8>),
}

/// A public key. Two are equal when they are the same key, however they were written.
#[derive(Clone)]
pub struct PublicKey {
    /// Its kind.
    pub algorithm: KeyAlgorithm,
    /// Its numbers.
    pub numbers: PublicNumbers,
    /// Length of the modulus or of a field element, in bits; 0 when unknown.
    pub bits: usize,
    /// EC: whether the point is written in another form than the uncompressed one.
    pub is_compressed: bool,
    /// SM2: whether its algorithm identifier is that of the curve, in place of id-ecPublicKey.
    pub names_sm2: bool,
    /// The canonical subjectPublicKeyInfo in DER (the same bytes for the same key), where it does not
    /// follow from algorithm and numbers.
    spki: Option<Vec<u8>>,
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        self.algorithm == other.algorithm && self.numbers == other.numbers
    }
}

impl Eq for PublicKey {}

impl PublicKey {
    /// Kind and size in words: `RSA 2048 bits`, `EC P-256`.
    #[must_use]
    pub fn describe(&self) -> String {
        self.algorithm.describe(self.bits)
    }

    /// SHA-256 of the canonical subjectPublicKeyInfo, in lower-case hexadecimal: what
    /// `openssl pkey -pubout -outform DER | sha256sum` says of the key.
    #[must_use]
    pub fn sha256(&self) -> String {
        use std::fmt::Write as _;
        self.digest().iter().fold(String::with_capacity(64), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
    }

    /// SHA-256 of the canonical subjectPublicKeyInfo.
    pub(crate) fn digest(&self) -> [u8; 32] {
        Sha256::digest(self.spki()).into()
    }

    /// The canonical subjectPublicKeyInfo. Hardly ever asked for, so it is made only then.
    fn spki(&self) -> Cow<'_, [u8]> {
        let object = |content: &[u8]| der::write(tag::OBJECT_IDENTIFIER, &[content]);
        if let Some(spki) = &self.spki {
            return spki.into();
        }
        Cow::Owned(match (&self.algorithm, &self.numbers) {
            (KeyAlgorithm::Ec(curve), PublicNumbers::Point(point)) => {
                let name = object(algorithm_identifier::object_identifier(*curve));
                write_spki(&[&object(algorithm_identifier::EC), &name], point)
            }
            (_, PublicNumbers::Rsa { modulus, exponent }) => write_spki(
                &[&object(algorithm_identifier::RSA), &[tag::NULL, 0]],
                &write_rsa(modulus, exponent),
            ),
            (_, PublicNumbers::Point(point) | PublicNumbers::Opaque(point)) => {
                write_spki(&[&object(algorithm_identifier::ED25519)], point)
            }
        })
    }

    /// RSA: the length of the public exponent in bits; 0 for other kinds.
    #[must_use]
    pub fn exponent_bits(&self) -> usize {
        match &self.numbers {
            PublicNumbers::Rsa { exponent, .. } => der::bit_length(exponent),
            _ => 0,
        }
    }

    /// A key that is not written as its algorithm says: `content` is that of the bit string, `spki`
    /// the whole.
    pub(crate) fn unreadable(algorithm: KeyAlgorithm, content: &[u8], spki: &[u8]) -> Self {
        Self {
            algorithm,
            numbers: PublicNumbers::Opaque(content.to_vec()),
            bits: 0,
            is_compressed: false,
            names_sm2: false,
            spki: Some(spki.to_vec()),
        }
    }

    /// An RSA key, from its numbers in big-endian without leading zeros.
    pub(crate) fn rsa(modulus: &[u8], exponent: &[u8]) -> Self {
        Self {
            algorithm: KeyAlgorithm::Rsa,
            numbers: PublicNumbers::Rsa { modulus: modulus.to_vec(), exponent: exponent.to_vec() },
            bits: der::bit_length(modulus),
            is_compressed: false,
            names_sm2: false,
            spki: None,
        }
    }

    /// Makes an RSA key one that is restricted to PSS; `parameters` are those of its identifier.
    pub(crate) fn restrict_to_pss(&mut self, parameters: Option<&[u8]>) {
        if let PublicNumbers::Rsa { modulus, exponent } = &self.numbers {
            let object = der::write(tag::OBJECT_IDENTIFIER, &[algorithm_identifier::RSA_PSS]);
            let numbers = write_rsa(modulus, exponent);
            self.spki = Some(write_spki(&[&object, parameters.unwrap_or_default()], &numbers));
            self.algorithm = KeyAlgorithm::RsaPss;
        }
    }

    /// An EC key, from its uncompressed point.
    pub(crate) fn ec(curve: Curve, point: Vec<u8>) -> Self {
        Self {
            algorithm: KeyAlgorithm::Ec(curve),
            bits: curve.bits(),
            is_compressed: false,
            names_sm2: false,
            spki: None,
            numbers: PublicNumbers::Point(point),
        }
    }

    /// An Ed25519 key.
    pub(crate) fn ed25519(point: Vec<u8>) -> Self {
        Self {
            algorithm: KeyAlgorithm::Ed25519,
            bits: 256,
            is_compressed: false,
            names_sm2: false,
            spki: None,
            numbers: PublicNumbers::Opaque(point),
        }
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PublicKey({}, SHA-256 {})", self.describe(), self.sha256())
    }
}

/// Reads a subjectPublicKeyInfo in DER. A kind that is not understood is still a key; `None` when
/// the structure is broken, or the numbers of an RSA key are not positive.
pub(crate) fn read(spki: &[u8]) -> Option<PublicKey> {
    let mut outer = Reader::new(spki);
    let mut inner = outer.sequence().ok().filter(|_| outer.is_empty())?;
    let identifier =
        algorithm_identifier::read(&mut inner).ok().filter(|identifier| identifier.leftover == 0)?;
    let content = inner.octets_of_bit_string().ok().filter(|_| inner.is_empty())?;
    let opaque = |bits| PublicKey {
        algorithm: identifier.algorithm.clone(),
        numbers: PublicNumbers::Opaque(content.to_vec()),
        bits,
        is_compressed: false,
        names_sm2: identifier.names_sm2,
        spki: Some(spki.to_vec()),
    };
    Some(match identifier.algorithm {
        KeyAlgorithm::Rsa => {
            let (modulus, exponent) = read_rsa(content)?;
            PublicKey::rsa(modulus, exponent)
        }
        KeyAlgorithm::RsaPss => {
            let (modulus, exponent) = read_rsa(content)?;
            PublicKey {
                numbers: PublicNumbers::Rsa { modulus: modulus.to_vec(), exponent: exponent.to_vec() },
                ..opaque(der::bit_length(modulus))
            }
        }
        KeyAlgorithm::Ec(curve) => {
            let is_compressed = content.first().is_some_and(|&form| form != 4);
            match curve::uncompressed(curve, content) {
                Some(point) => PublicKey {
                    is_compressed,
                    names_sm2: identifier.names_sm2,
                    ..PublicKey::ec(curve, point)
                },
                None => PublicKey { is_compressed, ..opaque(curve.bits()) },
            }
        }
        _ => opaque(identifier.bits),
    })
}

/// Modulus and exponent of an RSAPublicKey.
pub(crate) fn read_rsa(content: &[u8]) -> Option<(&[u8], &[u8])> {
    let mut outer = Reader::new(content);
    let mut inner = outer.sequence().ok().filter(|_| outer.is_empty())?;
    let mut positive = || inner.integer().ok()?.magnitude().filter(|magnitude| !magnitude.is_empty());
    let numbers = (positive()?, positive()?);
    inner.is_empty().then_some(numbers)
}

fn write_rsa(modulus: &[u8], exponent: &[u8]) -> Vec<u8> {
    der::write(tag::SEQUENCE, &[&der::write_integer(modulus), &der::write_integer(exponent)])
}

fn write_spki(identifier: &[&[u8]], key: &[u8]) -> Vec<u8> {
    der::write(
        tag::SEQUENCE,
        &[&der::write(tag::SEQUENCE, identifier), &der::write(tag::BIT_STRING, &[&[0], key])],
    )
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may stop at what it does not expect")]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    const PUBLIC: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/keys/public.txt"));

    /// Names, kinds and SHA-256 as OpenSSL has them (`fixtures/keys/make.py`).
    #[test]
    fn public_keys_are_read_in_every_form() {
        assert!(PUBLIC.lines().count() > 45);
        for line in PUBLIC.lines() {
            let parts: Vec<&str> = line.split(" | ").collect();
            let [name, kind, form, sha256, spki] = *parts else { unreachable!("{line}") };
            let Some(key) = read(&STANDARD.decode(spki).unwrap()) else {
                assert_eq!(kind, "broken", "{name}");
                continue;
            };
            assert_eq!(key.describe(), kind, "{name}");
            assert_eq!(key.is_compressed, form == "compressed", "{name}");
            let is_point = matches!(key.numbers, PublicNumbers::Point(_));
            let is_wrong = ["-off-curve", "-short", "-infinity"].iter().any(|end| name.ends_with(end));
            assert_eq!(is_point, matches!(key.algorithm, KeyAlgorithm::Ec(_)) && !is_wrong, "{name}");
            if sha256 != "-" && !is_wrong {
                assert_eq!(key.sha256(), sha256, "{name}");
            }
        }
    }

    #[test]
    fn a_key_is_the_same_in_every_form() {
        let key = |wanted: &str| {
            let line = PUBLIC.lines().find(|line| line.split(" | ").next() == Some(wanted)).unwrap();
            read(&STANDARD.decode(line.rsplit(" | ").next().unwrap()).unwrap()).unwrap()
        };
        for curve in ["p224", "p256", "p384", "p521", "sm2"] {
            for form in ["compressed", "hybrid"] {
                assert_eq!(key(curve), key(&format!("{curve}-{form}")), "{curve} {form}");
            }
            assert_ne!(key(curve), key(&format!("{curve}-off-curve")), "{curve}");
        }
        assert_eq!(key("rsa-1024"), key("rsa-no-null"));
        assert_ne!(key("p256"), key("sm2"));
    }
}
