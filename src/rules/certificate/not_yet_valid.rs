//! A leaf whose validity has not begun.

use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::rules::certificate::{days_between, title};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};
use crate::x509::Certificate;

pub(in crate::rules) static RULE: Rule = Rule {
    name: "not-yet-valid",
    family: Family::Certificate,
    severity: SeverityByService::Always(Severity::Warning),
    summary: "The certificate is not valid yet.",
    explanation: "\
        A certificate is valid from the second of its notBefore. The service is not known to reject \
        earlier certificates, but clients reject them until then.\n\n\
        Common causes:\n\
        - A renewal that begins when its predecessor ends\n\
        - A CA whose clock is ahead\n\n\
        Wait, or have the certificate issued with an earlier notBefore.",
    example: "the certificate `www.example.com` is not valid before 2026-08-01, in 31 days",
    citations: &[Citation::Rfc(5280, "4.1.2.5")],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Leaf(check),
};

fn check(leaf: &Certificate, facts: &Facts<'_>) -> Option<Problem> {
    let now = facts.settings.now;
    // `expired-certificate` reports a certificate that begins after its end.
    if leaf.not_before <= now || leaf.not_after < now {
        return None;
    }
    let message = format!(
        "{} is not valid before {}, in {}",
        title(leaf),
        leaf.not_before.date(),
        days_between(now, leaf.not_before)
    );
    let problem = Problem::at(leaf.span, format!("valid from {}", leaf.not_before.rfc3339()), message);
    Some(
        problem.help(
            "keep using the current certificate until then, or have this one issued with an earlier date",
        ),
    )
}
