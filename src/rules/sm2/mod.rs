//! The two pairs of SM2: one to sign with, one to encrypt to.

pub(in crate::rules) mod missing_key_usage;
pub(in crate::rules) mod pair_key_usage;
pub(in crate::rules) mod pair_subject_mismatch;
pub(in crate::rules) mod same_certificate_twice;

use crate::facts::{Facts, Pair, Role};
use crate::x509::Certificate;

/// Encryption pair and signing pair, each with its leaf, when both were sent and could be read.
fn leaves<'a>(facts: &'a Facts<'_>) -> Option<[(&'a Pair, &'a Certificate); 2]> {
    let leaf = |role: Role| {
        let pair = facts.pairs.iter().find(|pair| pair.role == role)?;
        Some((pair, facts.leaf(pair)?))
    };
    Some([leaf(Role::Encryption)?, leaf(Role::Signing)?])
}
