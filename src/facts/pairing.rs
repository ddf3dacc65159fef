//! What stands in which member: pairs of certificates and key, and swaps undone.

use crate::api::Field;
use crate::chain::Chain;
use crate::chain::budget::SignatureVerifier;
use crate::facts::{Facts, Pair, Role, Swap};
use crate::pem::PemBlock;
use crate::x509::{Certificate, KeyUsage};

/// Finds the pairs of a body and what is swapped in them.
pub(crate) fn pair_up(facts: &mut Facts<'_>, verifier: &SignatureVerifier) {
    let (swaps, pairs) = arrange(facts, verifier);
    facts.swaps = swaps;
    facts.pairs = pairs;
}

fn arrange(facts: &Facts<'_>, verifier: &SignatureVerifier) -> (Vec<Swap>, Vec<Pair>) {
    let anchors: Vec<&Certificate> = facts.certificates(Field::TrustedRootCa).collect();
    let read = |role, (certificate_field, key_field)| {
        let mut pair = Pair { role, certificate_field, key_field, chain: Chain::default() };
        let certificates: Vec<_> = facts.certificates(certificate_field).collect();
        pair.chain = Chain::read(&certificates, facts.key(&pair), &anchors, verifier);
        if !is_leaf_certain(facts, &pair) {
            pair.chain.leaf = None;
        }
        pair
    };
    let mut swaps = Vec::new();
    let mut fields_of = |role: Role| {
        let (certificate_field, key_field) = role.fields();
        if holds_key_only(facts, certificate_field) && holds_certificates_only(facts, key_field) {
            swaps.push(Swap::Fields(role));
            (key_field, certificate_field)
        } else {
            (certificate_field, key_field)
        }
    };
    if !facts.is_read(Field::CertContentSign) {
        let pair = read(Role::Only, fields_of(Role::Only));
        return (swaps, vec![pair]);
    }

    let (encryption, signing) = (fields_of(Role::Encryption), fields_of(Role::Signing));
    let pairs = [read(Role::Encryption, encryption), read(Role::Signing, signing)];
    if pairs.iter().all(|pair| has_other_key(facts, pair)) {
        let crossed = [
            read(Role::Encryption, (encryption.0, signing.1)),
            read(Role::Signing, (signing.0, encryption.1)),
        ];
        if crossed.iter().all(|pair| has_its_key(facts, pair)) {
            // Either the keys or the certificates have changed places: usage tells which.
            if are_exchanged(facts, &crossed) {
                swaps.push(Swap::Certificates);
                return (swaps, exchange(crossed));
            }
            swaps.push(Swap::Keys);
            return (swaps, crossed.into());
        }
    }
    if are_exchanged(facts, &pairs) {
        swaps.push(Swap::Pairs);
        return (swaps, exchange(pairs));
    }
    (swaps, pairs.into())
}

/// Whether the leaf that is to encrypt can only sign, and the other way round.
fn are_exchanged(facts: &Facts<'_>, [encryption, signing]: &[Pair; 2]) -> bool {
    let is_exchanged = |pair: &Pair, other: Role| {
        let usage: Option<KeyUsage> = facts.leaf(pair).and_then(|leaf| leaf.key_usage);
        usage.is_some_and(|usage| !pair.role.suits(usage) && other.suits(usage))
    };
    is_exchanged(encryption, Role::Signing) && is_exchanged(signing, Role::Encryption)
}

fn exchange([encryption, signing]: [Pair; 2]) -> Vec<Pair> {
    vec![Pair { role: Role::Encryption, ..signing }, Pair { role: Role::Signing, ..encryption }]
}

fn has_its_key(facts: &Facts<'_>, pair: &Pair) -> bool {
    key_fits(facts, pair) == Some(true)
}

fn has_other_key(facts: &Facts<'_>, pair: &Pair) -> bool {
    key_fits(facts, pair) == Some(false)
}

/// Whether the leaf is known: where the first certificate cannot be read, that one was meant to be the
/// leaf, unless the key says otherwise.
fn is_leaf_certain(facts: &Facts<'_>, pair: &Pair) -> bool {
    let first = facts.blocks(pair.certificate_field).find(|block| block.is_certificate());
    first.is_none_or(|block| block.certificate().is_some()) || has_its_key(facts, pair)
}

/// Whether the key of a pair is its leaf's; `None` when that cannot be told.
fn key_fits(facts: &Facts<'_>, pair: &Pair) -> Option<bool> {
    Some(facts.leaf(pair)?.public_key == *facts.key(pair)?.public_key.as_ref()?)
}

fn holds_key_only(facts: &Facts<'_>, field: Field) -> bool {
    facts.blocks(field).any(PemBlock::is_private_key) && !facts.blocks(field).any(PemBlock::is_certificate)
}

fn holds_certificates_only(facts: &Facts<'_>, field: Field) -> bool {
    facts.blocks(field).any(PemBlock::is_certificate) && !facts.blocks(field).any(PemBlock::is_private_key)
}
