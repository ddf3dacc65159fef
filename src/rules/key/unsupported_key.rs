//! A key of a kind that the service cannot use.

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
    summary: "The certificate's or the private key is of a kind that the service cannot use.",
    explanation: "\
        The API knows RSA, ECC and SM2 keys, and the service reads them with Go: EC on P-224, P-256, \
        P-384 and P-521, named and not written out, and RSA with two primes and an exponent of at \
        most 31 bits. Of other keys it can tell neither whether they are sound nor whether they \
        belong to the certificate, and nor does this tool.\n\n\
        Common causes: the key was made for another purpose (SSH, DNSSEC, a blockchain), with an unusual \
        option, or with a newer algorithm than gateways take, such as the post-quantum ML-DSA, which Go reads \
        since release 1.27. Make an RSA key of 2048 bits or a P-256 key, and have the certificate issued for it.",
    example: "the private key is of a kind that the service cannot use: EC secp256k1",
    citations: &[
        Citation::Api("algorithm_type: RSA, ECC or SM2"),
        Citation::Go("crypto/x509", "ParsePKCS8PrivateKey and ParseECPrivateKey"),
        Citation::Go("crypto/rsa", "PublicKey: exponents of at most 31 bits"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::CliError(Rejection::inferred(ApiError::INVALID_PAIR)),
    check: Check::Slot(check),
};

fn check(slot: &Slot<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let pair = pair_at(slot, facts)?;
    let key = facts.key(pair).and_then(|key| Some((key.span, unsupported_private(key)?)));
    let leaf = facts.leaf(pair).and_then(|leaf| Some((leaf.span, unsupported(&leaf.public_key)?)));
    let problem = |span, whose, kind: &str| {
        let message = format!("{whose} is of a kind that the service cannot use: {kind}");
        Problem::at(span, kind, message)
    };
    let problem = match (key, leaf) {
        (Some((span, kind)), Some((leaf, its_kind))) => problem(span, "the private key", &kind)
            .related(leaf, format!("the certificate's key: {its_kind}")),
        (Some((span, kind)), None) => problem(span, "the private key", &kind),
        (None, Some((span, kind))) => problem(span, "the certificate's key", &kind),
        (None, None) => return None,
    };
    const HELP: &str = "use an RSA key of 2048 bits or a P-256 key, and have the certificate issued for it";
    Some(if problem.message.contains(": ML-DSA") {
        problem.help(format!("{HELP}; Go reads ML-DSA since release 1.27 only"))
    } else {
        problem.help(HELP)
    })
}
