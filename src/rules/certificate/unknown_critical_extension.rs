//! A critical extension that clients do not know.

use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::redact::printable;
use crate::rules::certificate::{is_judged, title};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};
use crate::x509::Certificate;

pub(in crate::rules) static RULE: Rule = Rule {
    name: "unknown-critical-extension",
    family: Family::Certificate,
    severity: SeverityByService::Always(Severity::Warning),
    summary: "The certificate has a critical extension that TLS clients do not know.",
    explanation: "\
        A client must refuse a certificate with a critical extension that it does not know. The service stores the \
        certificate; connections to it then fail, in Go with `unhandled critical extension`, in OpenSSL with error 34, \
        `unhandled critical extension`.\n\n\
        Common causes:\n\
        - A private CA that marks its own extensions critical\n\n\
        Have the certificate reissued with that extension not critical.",
    example: "the certificate `www.example.com` has a critical extension that clients do not know: 1.3.6.1.4.1.55555.1",
    citations: &[
        Citation::Rfc(5280, "4.2"),
        Citation::Go("crypto/x509", "Certificate.Verify: unhandled critical extension"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Certificate(check),
};

fn check(certificate: &Certificate, facts: &Facts<'_>) -> Option<Problem> {
    if certificate.unknown_critical.is_empty() || !is_judged(certificate, facts) {
        return None;
    }
    let what = match certificate.unknown_critical.as_slice() {
        [_] => "a critical extension that clients do not know",
        _ => "critical extensions that clients do not know",
    };
    let identifiers = printable(&certificate.unknown_critical.join(", "), 120);
    let message = format!("{} has {what}: {identifiers}", title(certificate));
    let problem = Problem::at(certificate.span, "clients must refuse it", message);
    Some(problem.help("have it reissued with that extension not critical"))
}
