//! A key usage that does not match the role of an SM2 certificate.

use crate::api::Defect;
use crate::facts::{Facts, Role};
use crate::problem::{Problem, Severity};
use crate::rules::sm2::leaves;
use crate::rules::{
    ChainOf, Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "pair-key-usage",
    family: Family::Sm2,
    severity: SeverityByService::ErrorIfRejected { otherwise: Severity::Warning },
    summary: "The key usage of an SM2 certificate does not match its role.",
    explanation: "\
        The signing certificate must allow digitalSignature, and the encryption certificate \
        keyEncipherment, dataEncipherment or keyAgreement. Otherwise clients reject it in the handshake. `missing-key-usage` \
        reports certificates without key usage.\n\n\
        Common causes:\n\
        - An ordinary certificate instead of one of the two\n\
        - Two signing certificates\n\n\
        Send the two certificates that the CA issued as a pair. `swapped-pairs` reports certificates that \
        are only swapped.",
    example: "the key usage of the encryption certificate “www.example.com” allows only digitalSignature",
    citations: &[
        Citation::Rfc(5280, "4.2.1.3"),
        Citation::ErrorTable("APIG.3708"),
        Citation::Standard("GB/T 38636 (TLCP)", "the server's signing and encryption certificates"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::ByCall(Defect::KeyUsage),
    check: Check::Chain(check),
};

fn check(chain: &ChainOf<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let role = chain.pair.role;
    let leaf = facts.leaf(chain.pair)?;
    let usage = leaf.key_usage?;
    // `same-certificate-twice` reports one certificate in both roles.
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
        [one] => format!("only {one}"),
        [others @ .., last] => format!("only {} and {last}", others.join(", ")),
    };
    Some(
        Problem::at(
            leaf.span,
            format!("{what} certificate"),
            format!("the key usage of the {what} certificate “{}” allows {allows}", leaf.shown_name()),
        )
        .help(format!("send a certificate whose key usage includes {needs}")),
    )
}
