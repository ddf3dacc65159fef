//! What stands in which member: pairs of certificates and key, and swaps undone.

use super::chain::Chain;
use super::{Facts, Pair, Role, Swap};
use crate::api::Field;

/// Finds the pairs of a body and what is swapped in them.
pub(in crate::facts) fn pair_up(facts: &mut Facts<'_>) {
    let roles: &[Role] = if facts.is_read(Field::CertContentSign) {
        &[Role::Encryption, Role::Signing]
    } else {
        &[Role::Only]
    };
    for &role in roles {
        let (certificate_field, key_field) = role.fields();
        let is_swapped =
            holds_key_only(facts, certificate_field) && holds_certificates_only(facts, key_field);
        let (certificate_field, key_field) = if is_swapped {
            facts.swaps.push(Swap::Fields(role));
            (key_field, certificate_field)
        } else {
            (certificate_field, key_field)
        };
        let mut pair = Pair { role, certificate_field, key_field, chain: Chain::default() };
        let certificates: Vec<_> = facts.certificates(certificate_field).collect();
        pair.chain = Chain::read(&certificates, facts.key(&pair));
        facts.pairs.push(pair);
    }
}

fn holds_key_only(facts: &Facts<'_>, field: Field) -> bool {
    facts.blocks(field).any(super::pem::PemBlock::is_private_key)
        && !facts.blocks(field).any(super::pem::PemBlock::is_certificate)
}

fn holds_certificates_only(facts: &Facts<'_>, field: Field) -> bool {
    facts.blocks(field).any(super::pem::PemBlock::is_certificate)
        && !facts.blocks(field).any(super::pem::PemBlock::is_private_key)
}
