//! A common name that no subject alternative name covers.

use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::rules::certificate::hosts::{CoveredHosts, Host, looks_like_host};
use crate::rules::certificate::missing_san::is_missing;
use crate::rules::certificate::title;
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};
use crate::x509::Certificate;

pub(in crate::rules) static RULE: Rule = Rule {
    name: "common-name-not-in-san",
    family: Family::Certificate,
    severity: SeverityByService::Always(Severity::Warning),
    summary: "The common name is a host name that no subject alternative name covers.",
    explanation: "\
        Clients check the subject alternative names (SANs) and ignore the common name. The certificate is \
        not valid for a host that only the common name contains, although the service displays the common \
        name as the name of the certificate.\n\n\
        Common causes:\n\
        - A changed common name with the SANs of an older certificate\n\
        - A wildcard SAN: `*.example.com` does not cover `example.com`\n\n\
        Have the certificate reissued with its common name among the SANs.",
    example: "the common name of the certificate `www.example.com` is not covered by its SANs",
    citations: &[
        Citation::Rfc(9525, "6.3"),
        Citation::Standard("CA/Browser Forum Baseline Requirements", "section 7.1.4.3"),
        Citation::Go("crypto/x509", "VerifyHostname ignores the common name"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Leaf(check),
};

fn check(leaf: &Certificate, _: &Facts<'_>) -> Option<Problem> {
    let common_name = leaf.common_name()?;
    if is_missing(leaf)
        || !looks_like_host(common_name)
        || CoveredHosts::of(leaf).contains(&Host::read(common_name))
    {
        return None;
    }
    let message = format!("the common name of {} is not covered by its SANs", title(leaf));
    let problem = Problem::at(leaf.span, "the SANs do not include the common name", message);
    Some(problem.help("have it reissued with the common name as a SAN"))
}
