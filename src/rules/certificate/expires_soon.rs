//! A leaf that expires soon.

use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::rules::certificate::{days_between, title};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};
use crate::settings::Settings;
use crate::timestamp::Timestamp;
use crate::x509::Certificate;

pub(in crate::rules) static RULE: Rule = Rule {
    name: "expires-soon",
    family: Family::Certificate,
    severity: SeverityByService::Always(Severity::Warning),
    summary: "The certificate expires within 30 days or a third of its lifetime, or within `--expiry-days`.",
    explanation: "\
        The service stores a certificate that is about to expire, and keeps serving it after it has \
        expired. Clients then refuse to connect.\n\n\
        The limit is 30 days or a third of the lifetime, whichever is shorter. `--expiry-days` sets the number \
        of days outright.\n\n\
        The usual cause is that the old certificate was sent again after a renewal. Otherwise, have it \
        renewed.",
    example: "the certificate `www.example.com` expires on 2026-07-15, in 14 days",
    citations: &[Citation::Rfc(5280, "4.1.2.5"), Citation::ErrorTable("APIG.2102")],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Leaf(check),
};

fn check(leaf: &Certificate, facts: &Facts<'_>) -> Option<Problem> {
    let now = facts.settings.now;
    let left = leaf.not_after.unix() - now.unix();
    let days = |days: u32| i64::from(days) * Timestamp::SECONDS_PER_DAY;
    let lifetime = leaf.not_after.unix() - leaf.not_before.unix();
    let limit =
        facts.settings.expiry_days.map_or_else(|| days(Settings::EXPIRY_DAYS).min(lifetime / 3), days);
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
