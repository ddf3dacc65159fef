//! A self-signed leaf.

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
        A self-signed certificate is its own issuer, so no CA confirms it. The service accepts it. Clients \
        accept it only if they are configured to trust this certificate.\n\n\
        It is suitable for tests and internal systems. For other clients, have a certificate issued by a \
        CA that they trust.",
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
    let problem =
        Problem::at(leaf.span, "issued and signed by itself", format!("{} is self-signed", title(leaf)));
    Some(problem.help("clients accept it only if they are configured to trust this certificate"))
}
