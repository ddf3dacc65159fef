//! A leaf whose key usage does not allow TLS.

use crate::facts::{Facts, Role};
use crate::problem::{Problem, Severity};
use crate::rules::certificate::title;
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};
use crate::x509::{Certificate, KeyUsage};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "unsuitable-key-usage",
    family: Family::Certificate,
    severity: SeverityByService::Always(Severity::Warning),
    summary: "The key usage of the certificate does not allow TLS.",
    explanation: "\
        In a TLS handshake, the server signs with its key (digitalSignature), or the client encrypts with \
        it (keyEncipherment, keyAgreement). A key usage without any of these does not allow TLS. A \
        certificate without the extension allows everything.\n\n\
        Common causes:\n\
        - A certificate for signing documents (nonRepudiation)\n\
        - A certificate of a CA (keyCertSign)\n\n\
        Have a certificate issued from the template for servers. `pair-key-usage` checks the certificates \
        of an SM2 pair.",
    example: "the key usage of the certificate `www.example.com` does not allow TLS: nonRepudiation",
    citations: &[Citation::Rfc(5280, "4.2.1.3"), Citation::Rfc(8446, "4.4.2.2")],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Leaf(check),
};

const SUITABLE: u16 = KeyUsage::DIGITAL_SIGNATURE | KeyUsage::KEY_ENCIPHERMENT | KeyUsage::KEY_AGREEMENT;

fn check(leaf: &Certificate, facts: &Facts<'_>) -> Option<Problem> {
    let usage = leaf.key_usage?;
    let pair =
        facts.pairs.iter().find(|pair| facts.leaf(pair).is_some_and(|other| other.span == leaf.span))?;
    if usage.has_any(SUITABLE) || pair.role != Role::Only {
        return None;
    }
    let allowed: Vec<&str> = usage.names().collect();
    let allowed = if allowed.is_empty() { "empty".to_owned() } else { allowed.join(", ") };
    let message = format!("the key usage of {} does not allow TLS: {allowed}", title(leaf));
    let problem = Problem::at(leaf.span, "no digitalSignature, keyEncipherment or keyAgreement", message);
    Some(
        problem
            .help("send a certificate whose key usage includes digitalSignature, or keyEncipherment for RSA"),
    )
}
