//! A certificate of an SM2 pair that does not say what it is for.

use crate::facts::{Facts, Role};
use crate::problem::{Problem, Severity};
use crate::rules::{
    ChainOf, Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "missing-key-usage",
    family: Family::Sm2,
    severity: SeverityByService::Always(Severity::Note),
    summary: "A certificate of an SM2 pair has no key usage.",
    explanation: "\
        TLCP servers have a certificate for signing and one for encryption, and software tells them apart by their \
        key usage. A certificate without key usage allows both. Some software, GmSSL for one, takes it for a signing \
        certificate, and then finds no encryption certificate.\n\n\
        Common causes:\n\
        - A test pair that was created with `openssl x509` without `keyUsage`\n\n\
        Have the signing certificate \
        issued with digitalSignature, and the encryption certificate with keyEncipherment, dataEncipherment and \
        keyAgreement.",
    example: "the encryption certificate “www.example.com” has no key usage",
    citations: &[
        Citation::Rfc(5280, "4.2.1.3"),
        Citation::Standard("GB/T 38636 (TLCP)", "the server's signing and encryption certificates"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Chain(check),
};

fn check(chain: &ChainOf<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let (what, usage) = match chain.pair.role {
        Role::Encryption => ("encryption", "keyEncipherment, dataEncipherment and keyAgreement"),
        Role::Signing => ("signing", "digitalSignature"),
        Role::Only => return None,
    };
    let leaf = facts.leaf(chain.pair).filter(|leaf| leaf.key_usage.is_none())?;
    let message = format!("the {what} certificate “{}” has no key usage", leaf.shown_name());
    let problem = Problem::at(leaf.span, format!("the {what} certificate"), message);
    Some(problem.help(format!("software may take it for the other one: have it issued with {usage}")))
}
