//! A key that is too short, or an exponent that is too small.

use crate::facts::Facts;
use crate::json::fields::Slot;
use crate::keys::public_key::{KeyAlgorithm, PublicKey};
use crate::problem::{Problem, Severity};
use crate::rules::key::{pair_at, unsupported, unsupported_private};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "weak-key",
    family: Family::Key,
    severity: SeverityByService::Always(Severity::Warning),
    summary: "The key is RSA below 2048 bits, EC below 256 bits, or has an RSA exponent below 65537.",
    explanation: "\
        RSA keys of 1024 bits and curves of 224 bits are within reach of large adversaries; public \
        authorities have not signed RSA keys below 2048 bits since 2014, nor P-224 ever. A public \
        exponent of 3 is sound in theory and has been the lever of many attacks on careless software. \
        Clients refuse such certificates one by one.\n\n\
        It comes about with old devices and old instructions. Make a new key, RSA of 2048 bits or \
        more or P-256, and have the certificate issued for it.",
    example: "the key is weak: RSA 1024 bits",
    citations: &[
        Citation::Standard("NIST SP 800-131A revision 2", "section 3"),
        Citation::Standard("CA/Browser Forum Baseline Requirements", "section 6.1.5 and 6.1.6"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Slot(check),
};

const MIN_RSA_BITS: usize = 2048;
const MIN_FIELD_BITS: usize = 256;
/// The length of 65537. An odd number of fewer bits is below it, one of as many is not.
const MIN_EXPONENT_BITS: usize = 17;

fn check(slot: &Slot<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let pair = pair_at(slot, facts)?;
    let key = facts.key(pair);
    if key.and_then(unsupported_private).is_some() {
        return None;
    }
    // Of a key that cannot be read, or contradicts itself, the certificate tells.
    let (span, public_key) = key
        .and_then(|key| Some((key.span, key.public_key.as_ref()?)))
        .or_else(|| facts.leaf(pair).map(|leaf| (leaf.span, &leaf.public_key)))?;
    let weaknesses = weaknesses(public_key);
    if weaknesses.is_empty() || unsupported(public_key).is_some() {
        return None;
    }
    let what = weaknesses.join(", ");
    let problem = Problem::at(span, what.clone(), format!("the key is weak: {what}"));
    Some(problem.help("make a new key, RSA of 2048 bits or P-256, and have the certificate issued for it"))
}

fn weaknesses(key: &PublicKey) -> Vec<String> {
    let is_short = match key.algorithm {
        KeyAlgorithm::Rsa => key.bits < MIN_RSA_BITS,
        _ => key.bits < MIN_FIELD_BITS,
    };
    let has_small_exponent = key.algorithm == KeyAlgorithm::Rsa && key.exponent_bits() < MIN_EXPONENT_BITS;
    [is_short.then(|| key.describe()), has_small_exponent.then(|| "a public exponent below 65537".to_owned())]
        .into_iter()
        .flatten()
        .collect()
}
