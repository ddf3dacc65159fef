//! A CA certificate instead of a server certificate.

use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::rules::certificate::title;
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};
use crate::x509::Certificate;

pub(in crate::rules) static RULE: Rule = Rule {
    name: "ca-as-leaf",
    family: Family::Certificate,
    severity: SeverityByService::Always(Severity::Warning),
    summary: "The certificate is a CA certificate.",
    explanation: "\
        basicConstraints with CA:TRUE allows the key to sign other certificates. Anyone who steals the key \
        of such a server can issue certificates for any name, and some clients reject a CA certificate for \
        a server.\n\n\
        Common causes:\n\
        - `openssl req -x509`, whose default configuration sets CA:TRUE\n\
        - The certificate of the CA instead of the server\n\n\
        Add `-addext basicConstraints=critical,CA:FALSE`, or send the certificate of the server.",
    example: "the certificate `www.example.com` is a CA certificate",
    citations: &[
        Citation::Rfc(5280, "4.2.1.9"),
        Citation::Standard("CA/Browser Forum Baseline Requirements", "section 7.1.2.7"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Leaf(check),
};

fn check(leaf: &Certificate, _: &Facts<'_>) -> Option<Problem> {
    if leaf.is_ca != Some(true) {
        return None;
    }
    let problem =
        Problem::at(leaf.span, "basicConstraints is CA:TRUE", format!("{} is a CA certificate", title(leaf)));
    Some(problem.help("send the certificate of the server, which has CA:FALSE"))
}
