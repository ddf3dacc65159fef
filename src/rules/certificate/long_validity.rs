//! A leaf with a longer validity than public CAs may issue.

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
    summary: "The certificate is valid for longer than public CAs may issue, or clients accept.",
    explanation: "\
        The limit for public CAs is 825 days since 2018-03-01, 398 since 2020-09-01, 200 since 2026-03-15, \
        100 since 2027-03-15, and 47 since 2029-03-15, by the date of notBefore. Browsers reject longer \
        certificates of public CAs. Apple systems reject certificates of any CA that were issued since \
        2019-07-01 and are valid for more than 825 days.\n\n\
        The limits for public CAs apply to certificates with a policy of the CA/Browser Forum \
        (2.23.140.1), which every public CA includes. Certificates of a private CA and self-signed \
        certificates are only compared with the limit of Apple.\n\n\
        Have the certificate issued for a shorter time.",
    example: "the certificate `www.example.com` is valid for 365 days; the limit for public CAs is 200",
    citations: &[
        Citation::Standard(
            "CA/Browser Forum Baseline Requirements",
            "section 6.3.2, with ballots 193, SC22 and SC-081v3",
        ),
        Citation::Standard("Apple support article 103769", "requirements for trusted certificates"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Leaf(check),
};

/// The limits in days, each with its start in seconds since 1970. There was none before.
const LIMITS: [(i64, i64); 5] = [
    (1_868_227_200, 47),  // 2029-03-15
    (1_805_068_800, 100), // 2027-03-15
    (1_773_532_800, 200), // 2026-03-15
    (1_598_918_400, 398), // 2020-09-01
    (1_519_862_400, 825), // 2018-03-01
];

/// The limit of Apple systems for all certificates, with its start: 2019-07-01.
const APPLE_LIMIT: (i64, i64) = (1_561_939_200, 825);

fn check(leaf: &Certificate, _: &Facts<'_>) -> Option<Problem> {
    let limits = if leaf.has_baseline_policy { LIMITS.as_slice() } else { &[APPLE_LIMIT] };
    let (_, limit) = *limits.iter().find(|(from, _)| *from <= leaf.not_before.unix())?;
    // The Requirements include the second of notAfter, so a certificate from midnight to midnight is
    // one second too long. Tolerate that second.
    let seconds = leaf.not_after.unix() - leaf.not_before.unix();
    if seconds <= limit * Timestamp::SECONDS_PER_DAY {
        return None;
    }
    let days = seconds.div_euclid(Timestamp::SECONDS_PER_DAY);
    let is_a_bit_more = days == limit;
    let whose = if leaf.has_baseline_policy { "for public CAs" } else { "of Apple systems" };
    let message = format!(
        "{} is valid for {}{days} days; the limit {whose} is {limit}",
        title(leaf),
        if is_a_bit_more { "more than " } else { "" }
    );
    let label = format!("from {} to {}", leaf.not_before.date(), leaf.not_after.date());
    let problem = Problem::at(leaf.span, label, message);
    Some(problem.help(format!("have it issued for at most {limit} days")))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test that panics has failed")]

    use super::*;

    #[test]
    fn limits_begin_at_midnight() {
        let dates = ["2029-03-15", "2027-03-15", "2026-03-15", "2020-09-01", "2018-03-01", "2019-07-01"];
        for (date, (from, _)) in dates.into_iter().zip(LIMITS.into_iter().chain([APPLE_LIMIT])) {
            assert_eq!(Timestamp::from_rfc3339(&format!("{date}T00:00:00Z")).unwrap().unix(), from);
        }
    }
}
