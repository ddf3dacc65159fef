//! A key that is too short, or an RSA exponent that is too small.

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
        Well-funded attackers can break RSA keys of 1024 bits and 224-bit curves. Public CAs have not signed RSA \
        keys below 2048 bits since 2014, and never P-224. A public exponent of 3 enabled many attacks on \
        faulty implementations. Some clients reject such certificates.\n\n\
        Common causes:\n\
        - An old device\n\
        - Old instructions for creating keys\n\n\
        Create an RSA key with at least 2048 bits or a P-256 key, and have the certificate issued for it.",
    example: "weak key: RSA 1024 bits",
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
/// The length of 65537. Odd numbers with fewer bits are smaller, those with as many are not.
const MIN_EXPONENT_BITS: usize = 17;

fn check(slot: &Slot<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let pair = pair_at(slot, facts)?;
    let key = facts.key(pair);
    if key.and_then(unsupported_private).is_some() {
        return None;
    }
    // Use the certificate if the private key is unreadable or corrupt.
    let (span, public_key) = key
        .and_then(|key| Some((key.span, key.public_key.as_ref()?)))
        .or_else(|| facts.leaf(pair).map(|leaf| (leaf.span, &leaf.public_key)))?;
    let weaknesses = weaknesses(public_key);
    if weaknesses.is_empty() || unsupported(public_key).is_some() {
        return None;
    }
    let what = weaknesses.join(", ");
    let problem = Problem::at(span, what.clone(), format!("weak key: {what}"));
    Some(
        problem.help("create a new key, RSA with 2048 bits or P-256, and have the certificate issued for it"),
    )
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
