//! SM2: private keys that match the certificate of the other pair.

use crate::api::{ApiError, Field, Rejection};
use crate::edit::{Fix, Safety};
use crate::facts::{Facts, Swap};
use crate::problem::{Problem, Severity};
use crate::rules::roles::exchange;
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "crossed-keys",
    family: Family::Roles,
    severity: SeverityByService::Always(Severity::Error),
    summary: "SM2: each private key matches the certificate of the other pair.",
    explanation: "\
        `private_key` must match `cert_content`, and `private_key_sign` must match \
        `cert_content_sign`. Here each key matches the other certificate, so neither pair works, \
        although nothing is missing.\n\n\
        Common causes:\n\
        - The two key files were swapped\n\
        - The two certificate files were swapped; their key usage shows this\n\n\
        Swap the values back. The other findings describe the body after the swap.",
    example: "each private key matches the certificate of the other pair",
    citations: &[
        Citation::Api("request body, `cert_content_sign` and `private_key_sign`"),
        Citation::ErrorTable("APIG.2101"),
    ],
    fix: FixAvailability::When(Safety::Safe, "swaps the two keys, or the two certificates"),
    refusal: PredictedOutcome::CliError(Rejection::inferred(ApiError::KEY_MISMATCH)),
    check: Check::Body(check),
};

fn check(facts: &Facts<'_>) -> Option<Problem> {
    let keys = facts.swaps.contains(&Swap::Keys);
    if !keys && !facts.swaps.contains(&Swap::Certificates) {
        return None;
    }
    let mut labels = facts.pairs.iter().filter_map(|pair| {
        let (leaf, key) = (facts.leaf(pair)?, facts.key(pair)?);
        Some((leaf.span, key.span, pair.certificate_field, pair.key_field))
    });
    let (first, second) = (labels.next()?, labels.next()?);
    let (title, edits) = if keys {
        ("swap the two private keys", exchange(facts, Field::PrivateKey, Field::PrivateKeySign))
    } else {
        ("swap the two certificates", exchange(facts, Field::CertContent, Field::CertContentSign))
    };
    let belongs = |field: Field| format!("matches the certificate in `{}`", field.name());
    Some(
        Problem::at(first.1, belongs(first.2), "each private key matches the certificate of the other pair")
            .related(second.1, belongs(second.2))
            .related(first.0, format!("its private key is in `{}`", first.3.name()))
            .related(second.0, format!("its private key is in `{}`", second.3.name()))
            .help(title)
            .fix(Fix::safe(title, edits)),
    )
}
