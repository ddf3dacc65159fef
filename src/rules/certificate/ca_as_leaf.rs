//! An authority in the place of a server's certificate.

use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::rules::certificate::title;
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};
use crate::x509::Certificate;

pub(in crate::rules) static RULE: Rule = Rule {
    name: "ca-as-leaf",
    family: Family::Certificate,
    severity: SeverityByService::Always(Severity::Warning),
    summary: "The certificate says that it is a certificate authority.",
    explanation: "\
        basicConstraints with CA:TRUE says that the key may sign further certificates. Whoever gets \
        hold of the key of such a server can make certificates for every other name, and several \
        clients refuse an authority as a server.\n\n\
        It comes about with `openssl req -x509`, whose configuration says CA:TRUE by default, or when \
        the authority's own certificate was sent in place of the server's. Add \
        `-addext basicConstraints=critical,CA:FALSE`, or send the server's certificate.",
    example: "the certificate `www.example.com` is a certificate authority",
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
    let problem = Problem::at(
        leaf.span,
        "its basicConstraints says CA:TRUE",
        format!("{} is a certificate authority", title(leaf)),
    );
    Some(problem.help("send a certificate that was issued for the server, with CA:FALSE"))
}
