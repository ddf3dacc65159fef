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
        A certificate is valid from the second of its notBefore on. The service is not known to \
        refuse one that is early, but until then clients do.\n\n\
        It comes about when a renewal was issued to begin where its predecessor ends, or when the \
        clock of the authority is ahead. Wait, or have it issued with an earlier notBefore.",
    example: "the certificate `www.example.com` is not valid before 2026-08-01, in 31 days",
    citations: &[Citation::Rfc(5280, "4.1.2.5")],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Leaf(check),
};

fn check(leaf: &Certificate, facts: &Facts<'_>) -> Option<Problem> {
    let now = facts.settings.now;
    // One that begins after its end is expired already.
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
    Some(problem.help("keep the certificate in use until then, or have this one issued for an earlier date"))
}
