//! A trust anchor that another authority issued.

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
        Any authority can be trusted as it is, and narrowing trust to an intermediate is sometimes \
        meant. But many verifiers, OpenSSL by default among them, want the path to end in a self-signed \
        root, and go on looking for the issuer of this one.\n\n\
        It comes about when the chain of the server is put in the place of the root. If the root is \
        meant, send the self-signed certificate at the end of the chain.",
    example: "“Example RSA CA 1” in `trusted_root_ca` is an intermediate, issued by “Example RSA Root”",
    citations: &[Citation::Rfc(5280, "6.1.1"), Citation::Api("request body, `trusted_root_ca`")],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Anchor(check),
};

fn check(certificate: &Certificate, _: &Facts<'_>) -> Option<Problem> {
    // What is no authority has a rule of its own.
    if certificate.is_self_issued() || !certificate.may_issue() {
        return None;
    }
    let issuer =
        shown_issuer(certificate).map_or_else(String::new, |issuer| format!(", issued by “{issuer}”"));
    Some(
        Problem::at(
            certificate.span,
            "an intermediate",
            format!("{} in `trusted_root_ca` is an intermediate{issuer}", name_of(certificate)),
        )
        .help("if the root is meant, send the self-signed certificate that the path ends in"),
    )
}
