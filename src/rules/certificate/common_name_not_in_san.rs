//! A common name that the certificate is not good for.

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
    summary: "The common name is a host, and no subject alternative name covers it.",
    explanation: "\
        Clients look at the subject alternative names and not at the common name. A host that stands \
        in the common name alone is therefore one that the certificate is not good for, although \
        everybody who looks at it believes so. The service shows the common name as the certificate's \
        name.\n\n\
        It comes about when the names of an older certificate were kept and only the common name was \
        changed; a wildcard covers one label, so `*.example.com` does not cover `example.com`. Have \
        it issued again with the common name among the alternative names.",
    example: "the certificate `www.example.com` is not good for its common name: no subject alternative name covers it",
    citations: &[
        Citation::Rfc(9525, "6.3"),
        Citation::Standard("CA/Browser Forum Baseline Requirements", "section 7.1.4.3"),
        Citation::Go("crypto/x509", "VerifyHostname does not look at the common name"),
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
    let message =
        format!("{} is not good for its common name: no subject alternative name covers it", title(leaf));
    let problem = Problem::at(leaf.span, "the common name is not among its names", message);
    Some(problem.help("have it issued again with the common name among the subject alternative names"))
}
