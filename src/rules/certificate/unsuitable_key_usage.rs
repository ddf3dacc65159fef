//! A leaf whose key may not do what TLS needs.

use crate::facts::{Facts, Role};
use crate::problem::{Problem, Severity};
use crate::rules::certificate::title;
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};
use crate::x509::{Certificate, KeyUsage};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "unsuitable-key-usage",
    family: Family::Certificate,
    severity: SeverityByService::Always(Severity::Warning),
    summary: "The certificate's key usage allows neither signatures nor the exchange of keys.",
    explanation: "\
        In a TLS handshake the server signs with its key (digitalSignature), or the client encrypts \
        to it (keyEncipherment, keyAgreement). A keyUsage extension that allows none of these leaves \
        nothing that the server could do; without the extension everything is allowed.\n\n\
        It comes about when a certificate for documents (nonRepudiation) or of an authority \
        (keyCertSign) is sent for a server. Have it issued from the template for servers. The two \
        certificates of an SM2 pair are judged by `pair-key-usage`.",
    example: "the certificate `www.example.com` is not for TLS: its key usage is nonRepudiation",
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
    let message = format!("{} is not for TLS: its key usage is {allowed}", title(leaf));
    let problem = Problem::at(leaf.span, "it allows neither signatures nor the exchange of keys", message);
    Some(problem.help("send a certificate whose key usage has digitalSignature, or keyEncipherment for RSA"))
}
