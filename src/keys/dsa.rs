//! DSA keys in OpenSSL's own structure: recognised, not computed with.

use crate::der;
use crate::der::{Reader, tag};
use crate::keys::DerivedPublicKey;
use crate::keys::public_key::KeyAlgorithm;

/// Reads what follows the version: p, q, g, y, x. An RSA key cut short after its primes has as many
/// numbers, but a small one in second place.
pub(super) fn read(mut inner: Reader<'_>) -> Option<DerivedPublicKey> {
    let prime = inner.integer().ok()?.magnitude()?;
    let order = inner.integer().ok()?.magnitude().filter(|order| order.len() > 8)?;
    for _ in 0..3 {
        inner.take(tag::INTEGER).ok()?;
    }
    let is_smaller = order.len() < prime.len();
    (inner.is_empty() && is_smaller)
        .then(|| DerivedPublicKey::unknown(KeyAlgorithm::Dsa, der::bit_length(prime)))
}
