//! An expired leaf.

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
        A certificate is valid through the second of its notAfter. After that, clients reject it and the \
        service does not store it.\n\n\
        Common causes:\n\
        - A request body that was kept from the last upload\n\
        - The old file instead of the renewed one\n\n\
        Send the renewed certificate and the key that it was requested with.",
    example: "the certificate `www.example.com` expired on 2026-05-31, 31 days ago",
    citations: &[Citation::ErrorTable("APIG.2102"), Citation::Rfc(5280, "4.1.2.5")],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::CliError(Rejection::documented(ApiError::EXPIRED)),
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
    Some(problem.help("send the renewed certificate and the private key that it was requested with"))
}
