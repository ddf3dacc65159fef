//! Private keys, and whether they belong to the certificate.

pub(in crate::rules) mod corrupt_private_key;
pub(in crate::rules) mod key_mismatch;
pub(in crate::rules) mod nonstandard_label;
pub(in crate::rules) mod published_key;
pub(in crate::rules) mod sm2_algorithm_identifier;
pub(in crate::rules) mod trailing_data;
pub(in crate::rules) mod unreadable_private_key;
pub(in crate::rules) mod unsupported_key;
pub(in crate::rules) mod weak_key;

use crate::facts::{Facts, Pair};
use crate::json::fields::Slot;
use crate::keys::public_key::{KeyAlgorithm, PublicKey};
use crate::keys::{MAX_RSA_BITS, PrivateKey};

/// The longest RSA exponent that the service accepts, in bits.
const MAX_EXPONENT_BITS: usize = 31;

/// The pair of a private key field, whether or not the field is sent. Each pair has one.
fn pair_at<'a>(slot: &Slot<'_>, facts: &'a Facts<'_>) -> Option<&'a Pair> {
    facts.pairs.iter().find(|pair| pair.role.fields().1 == slot.field)
}

/// The pair that uses a private key.
fn pair_of<'a>(key: &PrivateKey, facts: &'a Facts<'_>) -> Option<&'a Pair> {
    facts.pairs.iter().find(|pair| facts.key(pair).is_some_and(|other| other.span == key.span))
}

/// Why the service cannot use a public key.
fn unsupported(key: &PublicKey) -> Option<String> {
    unsupported_kind(&key.algorithm, key.bits, key.exponent_bits())
}

/// Why the service cannot use a private key.
fn unsupported_private(key: &PrivateKey) -> Option<String> {
    if key.algorithm == KeyAlgorithm::Rsa && key.primes > 2 {
        return Some(format!("{} with {} primes", key.algorithm.describe(key.bits), key.primes));
    }
    // Use the computed exponent: the stored one may be corrupt.
    let exponent_bits = key.public_key.as_ref().map_or(0, PublicKey::exponent_bits);
    unsupported_kind(&key.algorithm, key.bits, exponent_bits)
}

fn unsupported_kind(algorithm: &KeyAlgorithm, bits: usize, exponent_bits: usize) -> Option<String> {
    let kind = || algorithm.describe(bits);
    match algorithm {
        KeyAlgorithm::Rsa if bits > MAX_RSA_BITS => {
            Some(format!("{}, the maximum is {MAX_RSA_BITS}", kind()))
        }
        KeyAlgorithm::Rsa if exponent_bits > MAX_EXPONENT_BITS => {
            Some(format!("{} with a public exponent of {exponent_bits} bits", kind()))
        }
        KeyAlgorithm::Rsa | KeyAlgorithm::Ec(_) => None,
        _ => Some(kind()),
    }
}
