//! A trust anchor that is not valid now.

use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::rules::chain::{name_of, out_of_time};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};
use crate::x509::Certificate;

pub(in crate::rules) static RULE: Rule = Rule {
    name: "expired-root",
    family: Family::Chain,
    severity: SeverityByService::Always(Severity::Warning),
    summary: "A certificate in `trusted_root_ca` has expired or is not yet valid.",
    explanation: "\
        The service is not known to look at the validity of the authority when it is stored. At each \
        connection it is looked at, and none succeeds whose path ends in an authority that is not \
        valid.\n\n\
        It comes about when an authority of one's own was made for a year and forgotten. Send its \
        renewal; with the same name and key the certificates that it issued stay good.",
    example: "“Example Past Root” in `trusted_root_ca` expired on 2026-06-15T00:00:00Z",
    citations: &[Citation::Rfc(5280, "4.1.2.5"), Citation::Rfc(5280, "6.1.3")],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Anchor(check),
};

fn check(certificate: &Certificate, facts: &Facts<'_>) -> Option<Problem> {
    let why = out_of_time(certificate, facts)?;
    let message = format!("{} in `trusted_root_ca` {why}", name_of(certificate));
    Some(
        Problem::at(certificate.span, why, message).help("send a certificate of the authority that is valid"),
    )
}
