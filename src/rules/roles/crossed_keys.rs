//! SM2: each private key with the other pair's certificate.

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
    summary: "SM2: each private key matches the other pair's certificate.",
    explanation: "\
        `private_key` belongs to `cert_content`, and `private_key_sign` to `cert_content_sign`. Here each \
        key is the other certificate's, so neither pair works, while nothing is missing.\n\n\
        It comes about when the two files of keys have changed places; or the two of certificates, when \
        their key usage says that it is they who stand in the wrong role. Exchange the values; the rest \
        of this report is about the body as it is after that.",
    example: "each private key belongs to the certificate of the other pair",
    citations: &[
        Citation::Api("request body, `cert_content_sign` and `private_key_sign`"),
        Citation::ErrorTable("APIG.2101"),
    ],
    fix: FixAvailability::When(Safety::Safe, "exchanges the two keys, or the two certificates"),
    refusal: PredictedOutcome::Rejected(Rejection::inferred(ApiError::KEY_MISMATCH)),
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
        ("exchange the two private keys", exchange(facts, Field::PrivateKey, Field::PrivateKeySign))
    } else {
        ("exchange the two certificates", exchange(facts, Field::CertContent, Field::CertContentSign))
    };
    let belongs = |field: Field| format!("belongs to the certificate in `{}`", field.name());
    Some(
        Problem::at(
            first.1,
            belongs(first.2),
            "each private key belongs to the certificate of the other pair",
        )
        .related(second.1, belongs(second.2))
        .related(first.0, format!("its key is in `{}`", first.3.name()))
        .related(second.0, format!("its key is in `{}`", second.3.name()))
        .help(title)
        .fix(Fix::safe(title, edits)),
    )
}
