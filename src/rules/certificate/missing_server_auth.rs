//! A leaf that is not for TLS servers.

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
        extendedKeyUsage lists all purposes that a certificate is valid for. TLS clients require \
        serverAuth or anyExtendedKeyUsage. A certificate without the extension is valid for every purpose.\n\n\
        The usual cause is a client or mail certificate that was sent for a server. Have a certificate \
        issued from the template for servers.",
    example: "the certificate `www.example.com` lacks serverAuth (extended key usage: clientAuth)",
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
    let message = format!("{} lacks serverAuth (extended key usage: {purposes})", title(leaf));
    let problem = Problem::at(leaf.span, "no serverAuth", message);
    Some(problem.help("send a certificate that was issued for TLS servers"))
}
