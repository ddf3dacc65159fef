//! Private keys: read, proved, and reduced to what may be known of them.

pub mod algorithm_identifier;
mod ber;
mod bigint;
pub mod curve;
mod dsa;
mod ec;
mod ed25519;
mod pkcs8;
pub mod public_key;
mod published;
mod published_table;
mod rsa;
#[cfg(test)]
mod tests;

use std::fmt;

use crate::der::{DerFault, Reader, tag};
pub use crate::keys::ber::BerForm;
use crate::keys::public_key::{KeyAlgorithm, PublicKey};
use crate::span::Span;

/// What may be known of a private key. No private number is in here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PrivateKey {
    /// The PEM block that it stands in.
    pub span: Span,
    /// The structure it is written in.
    pub format: KeyFormat,
    /// Its kind.
    pub algorithm: KeyAlgorithm,
    /// Length of the modulus or of a field element, in bits; 0 when unknown.
    pub bits: usize,
    /// Its public half, computed from the private one where that is possible (RSA: n and e, or p·q
    /// where n alone is wrong; EC: d·G; Ed25519). `None` for a kind that is not understood, and when
    /// the private half is no number of its kind or contradicts the public one.
    pub public_key: Option<PublicKey>,
    /// What the key itself says its public half is, where it can be read and is not `public_key`.
    pub stated_public_key: Option<PublicKey>,
    /// Whether its numbers agree.
    pub soundness: KeyConsistency,
    /// RSA: how many primes the modulus has; 0 for other kinds.
    pub primes: usize,
    /// RSA: the length of the public exponent in bits; 0 for other kinds.
    pub exponent_bits: usize,
    /// Bytes in its DER that are no part of it.
    pub leftover: Leftover,
    /// Whether its algorithm identifier is that of the SM2 curve, in place of id-ecPublicKey.
    pub names_sm2: bool,
    /// Whether the key states enough twice to tell that its private numbers are whole.
    pub is_confirmed: bool,
    /// Where the key is printed in public documentation, if it is.
    pub published: Option<&'static str>,
}

/// Bytes that are no part of a private key, and that the service's reader skips.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Leftover {
    /// How long the DER of the key is. What follows it is left over.
    pub length: usize,
    /// How many bytes follow the key.
    pub after: usize,
    /// How many bytes in the structures of the key belong to none of their fields.
    pub inside: usize,
}

/// The structure that a private key is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyFormat {
    /// RSAPrivateKey (RFC 8017 appendix A.1.2)
    Pkcs1,
    /// ECPrivateKey (RFC 5915)
    Sec1,
    /// PrivateKeyInfo or OneAsymmetricKey (RFC 5208, RFC 5958)
    Pkcs8,
    /// DSAPrivateKey as OpenSSL writes it
    Dsa,
}

impl KeyFormat {
    /// The usual name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pkcs1 => "PKCS#1",
            Self::Sec1 => "SEC1",
            Self::Pkcs8 => "PKCS#8",
            Self::Dsa => "DSA",
        }
    }
}

/// Whether the numbers of a private key agree with each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyConsistency {
    /// All of them agree.
    Sound,
    /// They contradict each other; the first contradiction that was found.
    Corrupt(Inconsistency),
    /// They were not compared.
    NotChecked(WhyNotChecked),
}

/// What is wrong with the numbers of a private key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inconsistency {
    /// RSA: this number disagrees with all the others, which agree among themselves.
    WrongNumber(RsaNumber),
    /// RSA: more than one number is wrong; the first equation that does not hold.
    SeveralNumbers(RsaEquation),
    /// RSA: a number that no key can have there.
    Impossible(RsaNumber, InvalidValue),
    /// EC: the scalar is zero.
    ZeroScalar,
    /// EC: the scalar is not below the order of the curve (SM2: the order less one).
    ScalarTooLarge,
    /// The embedded public key is not the private key's.
    EmbeddedPublicKey,
    /// EC: the embedded public key is not a point of the curve.
    EmbeddedPointNotOnCurve,
    /// EC: the curve that is named inside of the key is not the one that PKCS#8 names around it.
    CurveNames,
}

/// A number of an RSA private key (RFC 8017 section 3.2). Primes count from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RsaNumber {
    /// n
    Modulus,
    /// e
    PublicExponent,
    /// d
    PrivateExponent,
    /// p, q, and the further primes
    Prime(usize),
    /// dP, dQ, and the exponents of the further primes
    Exponent(usize),
    /// qInv (1), and the coefficients of the further primes
    Coefficient(usize),
}

impl fmt::Display for RsaNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Modulus => f.write_str("the modulus n"),
            Self::PublicExponent => f.write_str("the public exponent e"),
            Self::PrivateExponent => f.write_str("the private exponent d"),
            Self::Prime(0) => f.write_str("the first prime p"),
            Self::Prime(1) => f.write_str("the second prime q"),
            Self::Prime(index) => write!(f, "prime number {}", index + 1),
            Self::Exponent(0) => f.write_str("the exponent dP"),
            Self::Exponent(1) => f.write_str("the exponent dQ"),
            Self::Exponent(index) => write!(f, "the exponent of prime number {}", index + 1),
            Self::Coefficient(0 | 1) => f.write_str("the coefficient qInv"),
            Self::Coefficient(index) => write!(f, "the coefficient of prime number {}", index + 1),
        }
    }
}

/// An equation between the numbers of an RSA private key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RsaEquation {
    /// The primes multiplied are n.
    Product,
    /// d undoes e modulo this prime.
    Inverse(usize),
    /// The exponent of this prime undoes e modulo it.
    ExponentInverse(usize),
    /// The coefficient of this prime undoes those before it modulo it (qInv: q modulo p).
    CoefficientInverse(usize),
}

impl fmt::Display for RsaEquation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::Product => f.write_str("the product of the primes is not n"),
            Self::Inverse(_) => f.write_str("d is not the inverse of e"),
            Self::ExponentInverse(index) => {
                write!(f, "{} is not the inverse of e", RsaNumber::Exponent(index))
            }
            Self::CoefficientInverse(index) => {
                write!(f, "{} is not the correct inverse", RsaNumber::Coefficient(index))
            }
        }
    }
}

/// Why a number cannot stand where it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum InvalidValue {
    /// It is below zero.
    Negative,
    /// It is zero.
    Zero,
    /// It is one.
    One,
    /// It is even.
    Even,
    /// It is not below what it is used modulo.
    TooLarge,
}

impl InvalidValue {
    /// The word for it, after "is".
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Negative => "negative",
            Self::Zero => "zero",
            Self::One => "one",
            Self::Even => "even",
            Self::TooLarge => "too large",
        }
    }
}

/// Why the numbers of a private key were not compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyNotChecked {
    /// The kind of key is not understood.
    Algorithm,
    /// The key is larger than the limit up to which it is computed with ([`MAX_RSA_BITS`],
    /// [`MAX_RSA_PRIMES`]).
    Size,
}

/// Why a DER text is no private key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFault {
    /// It is no PKCS#1, PKCS#8 or SEC1 structure.
    Structure,
    /// It is PKCS#1, with bytes behind it.
    TrailingBytes,
    /// It is SEC1, and the bit string of its public key has unused bits that are not zero.
    PublicKeyBits,
    /// It is SEC1 and names no curve.
    NoCurve,
    /// It is shorter than its length says.
    Truncated,
    /// It is a key in BER that is not DER.
    NotDer(BerForm),
    /// It is PKCS#8 around a PKCS#8 key: where the OCTET STRING of the inner one begins.
    Nested(usize),
    /// It is something else.
    Other(ActualStructure),
}

/// What a DER text that is no private key is instead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActualStructure {
    /// EncryptedPrivateKeyInfo (RFC 5958)
    EncryptedKey,
    /// Certificate, CertificationRequest or CertificateList: a signed structure
    Signed,
    /// SubjectPublicKeyInfo or RSAPublicKey
    PublicKey,
    /// The private key format of OpenSSH
    Openssh,
    /// PKCS#12
    Pkcs12,
    /// SM2EnvelopedKey (GM/T 0009): a key that is encrypted for another one
    EnvelopedKey,
}

/// The largest RSA key that is computed with, in bits.
pub const MAX_RSA_BITS: usize = 16384;

/// RSA keys of more primes than this are not computed with: every number would have to be compared with
/// the product of those before it. OpenSSL makes none of more than five.
pub const MAX_RSA_PRIMES: usize = 16;

/// Reads and proves a private key: the DER is tried as PKCS#1, PKCS#8 and SEC1 whatever its label,
/// as the service does. `span` is the place of its PEM block.
///
/// What is readable is what Go's `crypto/x509` reads: a PKCS#1 key without its last numbers and a PKCS#8 key of
/// any version among it, bytes behind PKCS#8 and SEC1 keys, and bytes behind the last field of any structure.
pub(crate) fn read(der: &[u8], span: Span) -> Result<PrivateKey, KeyFault> {
    read_der(der, span).map_err(|fault| {
        // A key of an unknown kind, or that contradicts itself, may be a key that is damaged.
        let is_good = |key: &PrivateKey| {
            !matches!(key.soundness, KeyConsistency::Corrupt(_))
                && !matches!(key.algorithm, KeyAlgorithm::Other(_))
        };
        match ber::to_der(der) {
            Some((rewritten, form)) if read_der(rewritten.expose(), span).is_ok_and(|key| is_good(&key)) => {
                KeyFault::NotDer(form)
            }
            _ => fault,
        }
    })
}

fn read_der(der: &[u8], span: Span) -> Result<PrivateKey, KeyFault> {
    let mut outer = Reader::new(der);
    let inner = match outer.sequence() {
        Ok(inner) => inner,
        Err(DerFault::Truncated) if !der.is_empty() => return Err(KeyFault::Truncated),
        Err(_) if der.starts_with(b"openssh-key-v1\0") => {
            return Err(KeyFault::Other(ActualStructure::Openssh));
        }
        Err(_) => return Err(KeyFault::Structure),
    };
    let (format, half) = read_structure(inner).map_err(|fault| match fault {
        KeyFault::Structure => lookalike(inner).map_or(fault, KeyFault::Other),
        KeyFault::Nested(remaining) => KeyFault::Nested(der.len() - outer.len() - remaining),
        _ => fault,
    })?;
    if format == KeyFormat::Pkcs1 && !outer.is_empty() {
        return Err(KeyFault::TrailingBytes);
    }
    let leftover = Leftover { length: der.len() - outer.len(), after: outer.len(), inside: half.leftover };
    let published =
        half.public_key.as_ref().or(half.stated_public_key.as_ref()).and_then(published::source_of);
    Ok(PrivateKey {
        span,
        format,
        algorithm: half.algorithm,
        bits: half.bits,
        public_key: half.public_key,
        stated_public_key: half.stated_public_key,
        soundness: half.soundness,
        primes: half.primes,
        exponent_bits: half.exponent_bits,
        leftover,
        names_sm2: half.names_sm2,
        is_confirmed: half.is_confirmed,
        published,
    })
}

/// What may be known of a private key, whatever structure it is written in.
struct DerivedPublicKey {
    algorithm: KeyAlgorithm,
    bits: usize,
    public_key: Option<PublicKey>,
    stated_public_key: Option<PublicKey>,
    soundness: KeyConsistency,
    primes: usize,
    exponent_bits: usize,
    /// How many bytes in its structures belong to none of their fields.
    leftover: usize,
    /// Whether its algorithm identifier is that of the SM2 curve.
    names_sm2: bool,
    /// Whether it states enough twice to tell that its private numbers are whole.
    is_confirmed: bool,
}

impl DerivedPublicKey {
    /// Of a key of a kind that is not understood.
    const fn unknown(algorithm: KeyAlgorithm, bits: usize) -> Self {
        Self {
            algorithm,
            bits,
            public_key: None,
            stated_public_key: None,
            soundness: KeyConsistency::NotChecked(WhyNotChecked::Algorithm),
            primes: 0,
            exponent_bits: 0,
            leftover: 0,
            names_sm2: false,
            is_confirmed: false,
        }
    }
}

impl From<DerFault> for KeyFault {
    fn from(_: DerFault) -> Self {
        Self::Structure
    }
}

/// What follows the version tells the structures apart.
fn read_structure(mut inner: Reader<'_>) -> Result<(KeyFormat, DerivedPublicKey), KeyFault> {
    let version = inner.integer()?;
    match inner.peek() {
        Some(tag::SEQUENCE) if version.fits(8) => Ok((KeyFormat::Pkcs8, pkcs8::read(inner)?)),
        Some(tag::OCTET_STRING) if version.small() == Some(1) => {
            Ok((KeyFormat::Sec1, ec::read(inner, None, None)?))
        }
        Some(tag::INTEGER) if rsa::is_version(version) => match dsa::read(inner) {
            Some(half) => Ok((KeyFormat::Dsa, half)),
            None => Ok((KeyFormat::Pkcs1, rsa::read(inner)?)),
        },
        _ => Err(KeyFault::Structure),
    }
}

/// Tells what a structure is that is no private key; `inner` is the content of a SEQUENCE.
fn lookalike(mut inner: Reader<'_>) -> Option<ActualStructure> {
    let mut next = || inner.element().ok().map(|element| (element.tag, element.content));
    let first = next()?;
    let second = next()?;
    let (third, fourth) = (next(), next());
    match (first, second, third) {
        ((tag::INTEGER, _), (tag::INTEGER, _), None) => Some(ActualStructure::PublicKey),
        ((tag::INTEGER, [3]), (tag::SEQUENCE, _), _) => Some(ActualStructure::Pkcs12),
        ((tag::SEQUENCE, _), (tag::SEQUENCE, _), Some((tag::BIT_STRING, _))) => match fourth {
            Some((tag::BIT_STRING, _)) => Some(ActualStructure::EnvelopedKey),
            _ => Some(ActualStructure::Signed),
        },
        ((tag::SEQUENCE, [tag::OBJECT_IDENTIFIER, ..]), (tag::BIT_STRING, _), None) => {
            Some(ActualStructure::PublicKey)
        }
        ((tag::SEQUENCE, [tag::OBJECT_IDENTIFIER, ..]), (tag::OCTET_STRING, _), None) => {
            Some(ActualStructure::EncryptedKey)
        }
        _ => None,
    }
}
