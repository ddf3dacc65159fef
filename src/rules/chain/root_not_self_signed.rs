//! An intermediate in `trusted_root_ca`.

use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::rules::chain::{name_of, shown_issuer};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};
use crate::x509::Certificate;

pub(in crate::rules) static RULE: Rule = Rule {
    name: "root-not-self-signed",
    family: Family::Chain,
    severity: SeverityByService::Always(Severity::Note),
    summary: "A certificate in `trusted_root_ca` is an intermediate.",
    explanation: "\
        Trusting an intermediate is possible and sometimes intended. But many verifiers, including OpenSSL \
        by default, require a path that ends in a self-signed root, and look for the issuer of the \
        intermediate.\n\n\
        The usual cause is the chain of the server instead of its root. If the root is intended, send the \
        self-signed certificate at the end of the chain.",
    example: "“Example RSA CA 1” in `trusted_root_ca` is an intermediate, issued by “Example RSA Root”",
    citations: &[Citation::Rfc(5280, "6.1.1"), Citation::Api("request body, `trusted_root_ca`")],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Anchor(check),
};

fn check(certificate: &Certificate, _: &Facts<'_>) -> Option<Problem> {
    // `root-not-ca` reports certificates that are not CA certificates.
    if certificate.is_self_issued() || !certificate.may_issue() {
        return None;
    }
    let issuer =
        shown_issuer(certificate).map_or_else(String::new, |issuer| format!(", issued by “{issuer}”"));
    Some(
        Problem::at(
            certificate.span,
            "intermediate",
            format!("{} in `trusted_root_ca` is an intermediate{issuer}", name_of(certificate)),
        )
        .help("if the root is intended, send the self-signed certificate at the end of the chain"),
    )
}
