//! A key usage that does not fit the role of a certificate.

use crate::api::{ApiError, Rejection, Service};
use crate::facts::{Facts, Role};
use crate::problem::{Problem, Severity};
use crate::rules::sm2::leaves;
use crate::rules::{
    ChainOf, Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "pair-key-usage",
    family: Family::Sm2,
    severity: SeverityByService::PerService { roma: Severity::Warning, apig: Severity::Error },
    summary: "The key usage of an SM2 certificate does not fit its role.",
    explanation: "\
        The signing certificate has to allow digitalSignature, the encryption certificate \
        keyEncipherment, dataEncipherment or keyAgreement. Otherwise clients refuse to use the key for \
        what the protocol needs it for. A certificate without key usage is `missing-key-usage`.\n\n\
        It comes about when an ordinary certificate takes the place of one of the pair, or when both \
        certificates are signing certificates. If each stands in the other's place, that is \
        `swapped-pairs`.",
    example: "the key usage of the encryption certificate “www.example.com” allows digitalSignature only",
    citations: &[
        Citation::Rfc(5280, "4.2.1.3"),
        Citation::ErrorTable("APIG.3708"),
        Citation::Standard("GB/T 38636 (TLCP)", "the server's signing and encryption certificates"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::RefusedBy(Service::Apig, Rejection::documented(ApiError::KEY_USAGE)),
    check: Check::Chain(check),
};

fn check(chain: &ChainOf<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let role = chain.pair.role;
    let leaf = facts.leaf(chain.pair)?;
    let usage = leaf.key_usage?;
    // One certificate in both roles cannot fit both, and has a rule of its own.
    let is_same = leaves(facts).is_some_and(|[(_, one), (_, other)]| one.whole == other.whole);
    if role.suits(usage) || is_same {
        return None;
    }
    let (what, needs) = match role {
        Role::Signing => ("signing", "digitalSignature"),
        Role::Encryption => ("encryption", "keyEncipherment, dataEncipherment or keyAgreement"),
        Role::Only => return None,
    };
    let allowed: Vec<&str> = usage.names().collect();
    let allows = match allowed.as_slice() {
        [] => "nothing".to_owned(),
        [one] => format!("{one} only"),
        [others @ .., last] => format!("{} and {last} only", others.join(", ")),
    };
    Some(
        Problem::at(
            leaf.span,
            format!("the {what} certificate"),
            format!("the key usage of the {what} certificate “{}” allows {allows}", leaf.shown_name()),
        )
        .help(format!("send a certificate whose key usage has {needs}")),
    )
}
