//! A leaf that expires soon.

use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::rules::certificate::{days_between, title};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};
use crate::timestamp::Timestamp;
use crate::x509::Certificate;

pub(in crate::rules) static RULE: Rule = Rule {
    name: "expires-soon",
    family: Family::Certificate,
    severity: SeverityByService::Always(Severity::Warning),
    summary: "The certificate expires within 30 days, or within `--expiry-days`.",
    explanation: "\
        The service stores a certificate that is about to expire, and keeps serving it after it has \
        expired. Clients then refuse to connect.\n\n\
        The usual cause is that the old certificate was sent again after a renewal. Otherwise, have it \
        renewed. `--expiry-days` sets the number of days.",
    example: "the certificate `www.example.com` expires on 2026-07-15, in 14 days",
    citations: &[Citation::Rfc(5280, "4.1.2.5"), Citation::ErrorTable("APIG.2102")],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Leaf(check),
};

fn check(leaf: &Certificate, facts: &Facts<'_>) -> Option<Problem> {
    let now = facts.settings.now;
    let left = leaf.not_after.unix() - now.unix();
    let limit = i64::from(facts.settings.expiry_days) * Timestamp::SECONDS_PER_DAY;
    if leaf.not_before > now || leaf.not_after < now || left > limit {
        return None;
    }
    let message = format!(
        "{} expires on {}, in {}",
        title(leaf),
        leaf.not_after.date(),
        days_between(now, leaf.not_after)
    );
    let problem = Problem::at(leaf.span, format!("valid until {}", leaf.not_after.rfc3339()), message);
    Some(problem.help("renew the certificate and send the new one"))
}
