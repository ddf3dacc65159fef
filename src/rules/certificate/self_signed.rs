//! A leaf that vouches for itself.

use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::rules::certificate::title;
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};
use crate::x509::Certificate;

pub(in crate::rules) static RULE: Rule = Rule {
    name: "self-signed",
    family: Family::Certificate,
    severity: SeverityByService::Always(Severity::Note),
    summary: "The certificate is signed with its own key.",
    explanation: "\
        A self-signed certificate is its own issuer: no authority vouches for it. The service takes \
        it, and a client accepts it only when it was told to trust this very certificate.\n\n\
        For tests and between machines of one's own that is fine. For everybody else have it issued \
        by an authority that clients trust.",
    example: "the certificate `www.example.com` is self-signed",
    citations: &[Citation::Rfc(5280, "3.2")],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Leaf(check),
};

fn check(leaf: &Certificate, _: &Facts<'_>) -> Option<Problem> {
    if !leaf.is_self_signed {
        return None;
    }
    let problem = Problem::at(
        leaf.span,
        "it is its own issuer, and its own key made the signature",
        format!("{} is self-signed", title(leaf)),
    );
    Some(problem.help("clients accept it only when they are told to trust this very certificate"))
}
