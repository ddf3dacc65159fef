//! A leaf whose validity is over.

use crate::api::{ApiError, Rejection};
use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::rules::certificate::{days_between, title};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};
use crate::x509::Certificate;

pub(in crate::rules) static RULE: Rule = Rule {
    name: "expired-certificate",
    family: Family::Certificate,
    severity: SeverityByService::Always(Severity::Error),
    summary: "The certificate has expired.",
    explanation: "\
        A certificate is valid up to and including the second of its notAfter. Clients refuse it \
        from then on, and the service does not store it.\n\n\
        It comes about when the body was kept from last time, or when the old file was sent after \
        a renewal. Send the renewed certificate, with the key that it was requested with.",
    example: "the certificate `www.example.com` expired on 2026-05-31, 31 days ago",
    citations: &[Citation::ErrorTable("APIG.2102"), Citation::Rfc(5280, "4.1.2.5")],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Rejected(Rejection::documented(ApiError::EXPIRED)),
    check: Check::Leaf(check),
};

fn check(leaf: &Certificate, facts: &Facts<'_>) -> Option<Problem> {
    let now = facts.settings.now;
    if leaf.not_after >= now {
        return None;
    }
    let message = format!(
        "{} expired on {}, {} ago",
        title(leaf),
        leaf.not_after.date(),
        days_between(leaf.not_after, now)
    );
    let problem = Problem::at(leaf.span, format!("valid until {}", leaf.not_after.rfc3339()), message);
    Some(problem.help("send the renewed certificate, with the private key that it was requested with"))
}
