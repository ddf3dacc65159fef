//! A key type that the service does not support.

use crate::api::{ApiError, Rejection};
use crate::facts::Facts;
use crate::json::fields::Slot;
use crate::problem::{Problem, Severity};
use crate::rules::key::{pair_at, unsupported, unsupported_private};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "unsupported-key",
    family: Family::Key,
    severity: SeverityByService::Always(Severity::Error),
    summary: "The service does not support the key type of the certificate or private key.",
    explanation: "\
        The API documents RSA, ECC and SM2, and the service parses keys with Go: EC keys on the named \
        curves P-224, P-256, P-384 and P-521, and RSA keys with two primes and an exponent of at most 31 \
        bits. Neither the service nor apicert can check other keys.\n\n\
        Common causes:\n\
        - A key for another purpose, such as SSH, DNSSEC or a blockchain\n\
        - A key that was created with unusual options\n\
        - A key type that is newer than the service, such as ML-DSA, which Go parses since release 1.27\n\n\
        Create an RSA key with 2048 bits or a P-256 key, and have the certificate issued for it.",
    example: "unsupported private key: EC secp256k1",
    citations: &[
        Citation::Api("algorithm_type: RSA, ECC or SM2"),
        Citation::Go("crypto/x509", "ParsePKCS8PrivateKey and ParseECPrivateKey"),
        Citation::Go("crypto/rsa", "PublicKey: exponents of at most 31 bits"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::CliError(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Slot(check),
};

const HELP: &str = "use an RSA key with 2048 bits or a P-256 key, and have the certificate issued for it";

fn check(slot: &Slot<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let pair = pair_at(slot, facts)?;
    let key = facts.key(pair).and_then(|key| Some((key.span, unsupported_private(key)?)));
    let leaf = facts.leaf(pair).and_then(|leaf| Some((leaf.span, unsupported(&leaf.public_key)?)));
    let problem = |span, whose, kind: &str| {
        let message = format!("unsupported {whose}: {kind}");
        Problem::at(span, kind, message)
    };
    let problem = match (key, leaf) {
        (Some((span, kind)), Some((leaf, its_kind))) => problem(span, "private key", &kind)
            .related(leaf, format!("the key of the certificate is also unsupported: {its_kind}")),
        (Some((span, kind)), None) => problem(span, "private key", &kind),
        (None, Some((span, kind))) => problem(span, "key in the certificate", &kind),
        (None, None) => return None,
    };
    Some(if problem.message.contains(": ML-DSA") {
        problem.help(format!("{HELP}; Go parses ML-DSA since release 1.27 only"))
    } else {
        problem.help(HELP)
    })
}
