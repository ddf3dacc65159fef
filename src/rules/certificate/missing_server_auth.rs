//! A leaf that is not for servers.

use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::redact::printable;
use crate::rules::certificate::title;
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};
use crate::x509::Certificate;

pub(in crate::rules) static RULE: Rule = Rule {
    name: "missing-server-auth",
    family: Family::Certificate,
    severity: SeverityByService::Always(Severity::Warning),
    summary: "The certificate's extended key usage does not include serverAuth.",
    explanation: "\
        An extendedKeyUsage extension lists what the certificate may be used for, and nothing else is \
        allowed. Clients that connect to a server want serverAuth in it (or anyExtendedKeyUsage); \
        without the extension every use is allowed.\n\n\
        It comes about when a client's or a mail certificate is sent for a server. Have it issued \
        from the template for servers.",
    example: "the certificate `www.example.com` is not for servers: its extended key usage is clientAuth",
    citations: &[
        Citation::Rfc(5280, "4.2.1.12"),
        Citation::Standard("CA/Browser Forum Baseline Requirements", "section 7.1.2.7.10"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Leaf(check),
};

fn check(leaf: &Certificate, _: &Facts<'_>) -> Option<Problem> {
    let usage = leaf.extended_key_usage.as_ref()?;
    if usage.allows("serverAuth") {
        return None;
    }
    let purposes = match usage.purposes.as_slice() {
        [] => "empty".to_owned(),
        purposes => printable(&purposes.join(", "), 120),
    };
    let message = format!("{} is not for servers: its extended key usage is {purposes}", title(leaf));
    let problem = Problem::at(leaf.span, "serverAuth is not among its purposes", message);
    Some(problem.help("send a certificate that was issued for servers"))
}
