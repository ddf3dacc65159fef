//! A certificate in `trusted_root_ca` that is not valid now.

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
        The service is not known to check the validity of this CA when it stores it. It checks it for each \
        connection, which fails if its path ends in this CA.\n\n\
        The usual cause is a private CA that was created with a short validity. Send its renewed \
        certificate. With the same name and key, the certificates that it issued remain valid.",
    example: "“Example Past Root” in `trusted_root_ca` expired on 2026-06-15T00:00:00Z",
    citations: &[Citation::Rfc(5280, "4.1.2.5"), Citation::Rfc(5280, "6.1.3")],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Anchor(check),
};

fn check(certificate: &Certificate, facts: &Facts<'_>) -> Option<Problem> {
    let why = out_of_time(certificate, facts)?;
    let message = format!("{} in `trusted_root_ca` {why}", name_of(certificate));
    Some(Problem::at(certificate.span, why, message).help("send the renewed certificate of the CA"))
}
