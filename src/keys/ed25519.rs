//! Ed25519 keys (RFC 8410): computed with, so that they can be told apart.

use ring::signature::{Ed25519KeyPair, KeyPair as _};

use crate::der::{Reader, tag};
use crate::keys::public_key::{KeyAlgorithm, PublicKey};
use crate::keys::{DerivedPublicKey, Inconsistency, KeyConsistency, KeyFault};
use crate::secret::scrub_stack;

/// Reads a CurvePrivateKey. `embedded` is the public key that PKCS#8 holds beside it.
pub(super) fn read(private_key: &[u8], embedded: Option<&[u8]>) -> Result<DerivedPublicKey, KeyFault> {
    let mut outer = Reader::new(private_key);
    let seed = outer.take(tag::OCTET_STRING)?;
    let public = compute(seed);
    scrub_stack();
    let public = public.ok_or(KeyFault::Structure)?;
    let contradicts = embedded.is_some_and(|embedded| embedded != public);
    Ok(DerivedPublicKey {
        public_key: Some(PublicKey::ed25519(public)),
        stated_public_key: embedded
            .filter(|_| contradicts)
            .map(|embedded| PublicKey::ed25519(embedded.to_vec())),
        soundness: if contradicts {
            KeyConsistency::Corrupt(Inconsistency::EmbeddedPublicKey)
        } else {
            KeyConsistency::Sound
        },
        leftover: outer.len(),
        is_confirmed: embedded.is_some() && !contradicts,
        ..DerivedPublicKey::unknown(KeyAlgorithm::Ed25519, 256)
    })
}

/// The public half. ring wipes nothing, but keeps what it makes of the seed on the stack only, which is
/// for the caller to scrub.
#[inline(never)]
fn compute(seed: &[u8]) -> Option<Vec<u8>> {
    let pair = Ed25519KeyPair::from_seed_unchecked(seed).ok()?;
    Some(pair.public_key().as_ref().to_vec())
}
