//! Ed25519 keys (RFC 8410): computed with, so that they can be told apart.

use ring::signature::{Ed25519KeyPair, KeyPair as _};

use super::{Contradiction, KeyFault, PublicHalf, Soundness};
use crate::facts::der::{Reader, tag};
use crate::facts::public_key::{KeyAlgorithm, PublicKey};

/// Reads a CurvePrivateKey. `embedded` is the public key that PKCS#8 holds beside it.
pub(super) fn read(private_key: &[u8], embedded: Option<&[u8]>) -> Result<PublicHalf, KeyFault> {
    let mut outer = Reader::new(private_key);
    let seed = outer.take(tag::OCTET_STRING)?;
    if !outer.is_empty() {
        return Err(KeyFault::TrailingBytes);
    }
    // ring wipes nothing, but keeps what it makes of the seed on the stack only.
    let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| KeyFault::Structure)?;
    let public = pair.public_key().as_ref();
    let contradicts = embedded.is_some_and(|embedded| embedded != public);
    Ok(PublicHalf {
        public_key: Some(PublicKey::ed25519(public.to_vec())),
        stated_public_key: embedded
            .filter(|_| contradicts)
            .map(|embedded| PublicKey::ed25519(embedded.to_vec())),
        soundness: if contradicts {
            Soundness::Corrupt(Contradiction::EmbeddedPublicKey)
        } else {
            Soundness::Sound
        },
        ..PublicHalf::unknown(KeyAlgorithm::Ed25519, 256)
    })
}
