//! The two certificates and keys of SM2: one pair for signing, one for encryption.

pub(in crate::rules) mod missing_key_usage;
pub(in crate::rules) mod pair_key_usage;
pub(in crate::rules) mod pair_subject_mismatch;
pub(in crate::rules) mod same_certificate_twice;

use crate::facts::{Facts, Pair, Role};
use crate::x509::Certificate;

/// The encryption pair and the signing pair with their leaves, if both are sent and readable.
fn leaves<'a>(facts: &'a Facts<'_>) -> Option<[(&'a Pair, &'a Certificate); 2]> {
    let leaf = |role: Role| {
        let pair = facts.pairs.iter().find(|pair| pair.role == role)?;
        Some((pair, facts.leaf(pair)?))
    };
    Some([leaf(Role::Encryption)?, leaf(Role::Signing)?])
}
