//! SM2: signing pair and encryption pair in each other's fields.

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
    summary: "SM2: the signing pair and the encryption pair are in each other's fields.",
    explanation: "\
        With `algorithm_type` SM2, the encryption certificate and its key belong in `cert_content` \
        and `private_key`, the signing certificate and its key in the `*_sign` fields. Key usage \
        tells them apart: one certificate can only sign, the other can only encrypt.\n\n\
        The usual cause is that `cert_content` takes the signing certificate for all other \
        algorithms. Swap the pairs. The other findings describe the body after the swap.",
    example: "the signing pair is in `cert_content` and `private_key`, the encryption pair in the `*_sign` fields",
    citations: &[
        Citation::Api("request body, `cert_content_sign` and `private_key_sign`"),
        Citation::ErrorTable("APIG.3708"),
        Citation::Rfc(5280, "4.2.1.3"),
    ],
    fix: FixAvailability::When(Safety::Safe, "swaps the pairs"),
    refusal: PredictedOutcome::CliError(Rejection::inferred(ApiError::KEY_USAGE)),
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
            "the signing pair is in `cert_content` and `private_key`, the encryption pair in the `*_sign` fields",
        )
        .related(encryption.span, "this certificate can only encrypt")
        .help("swap the pairs")
        .fix(Fix::safe("swap the pairs", edits)),
    )
}
