//! PrivateKeyInfo and OneAsymmetricKey (RFC 5208, RFC 5958).

use crate::der::{Reader, tag, whole_octets};
use crate::keys::algorithm_identifier;
use crate::keys::public_key::KeyAlgorithm;
use crate::keys::{DerivedPublicKey, KeyFault, ec, ed25519, rsa};

/// Reads what follows the version.
pub(super) fn read(mut inner: Reader<'_>) -> Result<DerivedPublicKey, KeyFault> {
    let identifier = algorithm_identifier::read(&mut inner)?;
    let remaining = inner.len();
    let private_key = inner.take(tag::OCTET_STRING)?;
    // Nobody reads what follows but as a second opinion. Go does not look at it.
    let _attributes = inner.optional(tag::context_constructed(0));
    let embedded = read_public_key(&mut inner);
    let leftover = inner.len() + identifier.leftover;
    let half = match identifier.algorithm {
        KeyAlgorithm::Rsa => rsa::read_wrapped(private_key, embedded),
        KeyAlgorithm::RsaPss => rsa::read_wrapped(private_key, embedded).map(|mut half| {
            for key in [&mut half.public_key, &mut half.stated_public_key].into_iter().flatten() {
                key.restrict_to_pss(identifier.parameters.map(|parameters| parameters.whole));
            }
            DerivedPublicKey { algorithm: KeyAlgorithm::RsaPss, ..half }
        }),
        KeyAlgorithm::Ec(_) | KeyAlgorithm::OtherCurve(_) | KeyAlgorithm::ExplicitCurve => {
            ec::read_wrapped(private_key, identifier.parameters, embedded)
        }
        KeyAlgorithm::Ed25519 => ed25519::read(private_key, embedded),
        algorithm => Ok(DerivedPublicKey::unknown(algorithm, identifier.bits)),
    };
    let half =
        half.map_err(|fault| if is_pkcs8(private_key) { KeyFault::Nested(remaining) } else { fault })?;
    Ok(DerivedPublicKey { leftover: half.leftover + leftover, names_sm2: identifier.names_sm2, ..half })
}

/// Whether a key has the fields of PrivateKeyInfo. One around another is made by a tool that wraps what is wrapped.
fn is_pkcs8(der: &[u8]) -> bool {
    let fields = || {
        let mut inner = Reader::new(der).sequence()?;
        inner.integer()?;
        algorithm_identifier::read(&mut inner)?;
        inner.take(tag::OCTET_STRING)?;
        Ok::<_, KeyFault>(())
    };
    fields().is_ok()
}

/// The public key of OneAsymmetricKey: a bit string tagged implicitly, as the module says, or
/// explicitly, as some write it. `None` when there is none that can be read.
fn read_public_key<'a>(inner: &mut Reader<'a>) -> Option<&'a [u8]> {
    if let Some(content) = inner.optional(tag::context(1)).ok()? {
        return whole_octets(content).ok();
    }
    let content = inner.optional(tag::context_constructed(1)).ok()??;
    Reader::new(content).octets_of_bit_string().ok()
}
