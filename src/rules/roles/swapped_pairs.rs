//! SM2: signing pair and encryption pair in each other's place.

use crate::api::{ApiError, Field, Rejection};
use crate::edit::{Fix, Safety};
use crate::facts::{Facts, Role, Swap};
use crate::problem::{Problem, Severity};
use crate::rules::roles::exchange;
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "swapped-pairs",
    family: Family::Roles,
    severity: SeverityByService::Always(Severity::Error),
    summary: "SM2: the signing pair stands where the encryption pair belongs, and the other way round.",
    explanation: "\
        With `algorithm_type` SM2 the encryption certificate and its key go into `cert_content` and \
        `private_key`, the signing certificate and its key into the `*_sign` members. Which is which is \
        told by key usage: the one certificate can only sign, the other only encrypt.\n\n\
        It comes about because the signing certificate is the one that a server has with any other \
        algorithm. Exchange the pairs; the rest of this report is about the body as it is after that.",
    example: "the signing pair stands in `cert_content` and `private_key`, the encryption pair in the `*_sign` members",
    citations: &[
        Citation::Api("request body, `cert_content_sign` and `private_key_sign`"),
        Citation::ErrorTable("APIG.3708"),
        Citation::Rfc(5280, "4.2.1.3"),
    ],
    fix: FixAvailability::When(Safety::Safe, "exchanges the pairs"),
    refusal: PredictedOutcome::Rejected(Rejection::inferred(ApiError::KEY_USAGE)),
    check: Check::Body(check),
};

fn check(facts: &Facts<'_>) -> Option<Problem> {
    if !facts.swaps.contains(&Swap::Pairs) {
        return None;
    }
    let leaf = |role: Role| facts.leaf(facts.pairs.iter().find(|pair| pair.role == role)?);
    let (signing, encryption) = (leaf(Role::Signing)?, leaf(Role::Encryption)?);
    let mut edits = exchange(facts, Field::CertContent, Field::CertContentSign);
    edits.extend(exchange(facts, Field::PrivateKey, Field::PrivateKeySign));
    Some(
        Problem::at(
            signing.span,
            "this certificate can only sign",
            "the signing pair stands in `cert_content` and `private_key`, the encryption pair in the `*_sign` members",
        )
        .related(encryption.span, "and this one only encrypt")
        .help("exchange the pairs")
        .fix(Fix::safe("exchange the pairs", edits)),
    )
}
