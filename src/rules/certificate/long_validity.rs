//! A leaf that was issued for longer than public authorities may.

use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::rules::certificate::title;
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};
use crate::timestamp::Timestamp;
use crate::x509::Certificate;

pub(in crate::rules) static RULE: Rule = Rule {
    name: "long-validity",
    family: Family::Certificate,
    severity: SeverityByService::Always(Severity::Note),
    summary: "The certificate was issued for longer than public authorities may.",
    explanation: "\
        Public authorities may issue certificates of servers for 825 days since 2018-03-01, 398 since \
        2020-09-01, 200 since 2026-03-15, 100 since 2027-03-15, and 47 since 2029-03-15; the date that \
        counts is notBefore. Browsers refuse longer ones from public \
        authorities, and Apple's systems those of more than 825 days from anybody.\n\n\
        It comes about with self-signed certificates and private authorities, on which these limits \
        are not binding. If clients other than your own connect, have it issued for a shorter time.",
    example: "the certificate `www.example.com` is valid for 365 days; public authorities may issue for 200",
    citations: &[Citation::Standard(
        "CA/Browser Forum Baseline Requirements",
        "section 6.3.2, with ballots 193, SC22 and SC-081v3",
    )],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Leaf(check),
};

/// From when on (seconds since 1970) how many days are allowed. Before the first of them validities of
/// years were usual; of those there is nothing to say.
const LIMITS: [(i64, i64); 5] = [
    (1_868_227_200, 47),  // 2029-03-15
    (1_805_068_800, 100), // 2027-03-15
    (1_773_532_800, 200), // 2026-03-15
    (1_598_918_400, 398), // 2020-09-01
    (1_519_862_400, 825), // 2018-03-01
];

fn check(leaf: &Certificate, _: &Facts<'_>) -> Option<Problem> {
    let (_, limit) = LIMITS.into_iter().find(|(from, _)| *from <= leaf.not_before.unix())?;
    // The Requirements count the second of notAfter too, so that a certificate from midnight to
    // midnight has one second more than its days. That second is forgiven here.
    let seconds = leaf.not_after.unix() - leaf.not_before.unix();
    if seconds <= limit * Timestamp::SECONDS_PER_DAY {
        return None;
    }
    let days = seconds.div_euclid(Timestamp::SECONDS_PER_DAY);
    let is_a_bit_more = days == limit;
    let message = format!(
        "{} is valid for {}{days} days; public authorities may issue for {limit}",
        title(leaf),
        if is_a_bit_more { "more than " } else { "" }
    );
    let label = format!("from {} to {}", leaf.not_before.date(), leaf.not_after.date());
    let problem = Problem::at(leaf.span, label, message);
    Some(problem.help(format!("if the public is to connect, have it issued for at most {limit} days")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

    use super::*;

    #[test]
    fn limits_begin_at_midnight() {
        let dates = ["2029-03-15", "2027-03-15", "2026-03-15", "2020-09-01", "2018-03-01"];
        for (date, (from, _)) in dates.into_iter().zip(LIMITS) {
            assert_eq!(Timestamp::from_rfc3339(&format!("{date}T00:00:00Z")).unwrap().unix(), from);
        }
    }
}
