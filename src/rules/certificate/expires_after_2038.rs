//! A leaf that expires after the last second of 32-bit clocks.

use crate::api::Defect;
use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::rules::certificate::title;
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};
use crate::timestamp::Timestamp;
use crate::x509::Certificate;

pub(in crate::rules) static RULE: Rule = Rule {
    name: "expires-after-2038",
    family: Family::Certificate,
    severity: SeverityByService::ErrorIfRejected { otherwise: Severity::Warning },
    summary: "The certificate expires after 2038-01-19T03:14:07Z.",
    explanation: "\
        This is the last second that a signed 32-bit clock can represent. API Gateway documents that it \
        rejects certificates that expire later. ROMA Connect, which has the same call, does not document \
        this error.\n\n\
        Common causes:\n\
        - A self-signed certificate or private CA with a validity of ten or a hundred years\n\n\
        Have it issued for a shorter time. Clients also reject such long validities.",
    example: "the certificate `www.example.com` expires on 2046-06-01, after the end of 32-bit clocks in 2038",
    citations: &[
        Citation::ErrorTable("APIG.3148"),
        Citation::Standard("CA/Browser Forum Baseline Requirements", "section 6.3.2"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::ByCall(Defect::ExpiresAfter2038),
    check: Check::Leaf(check),
};

fn check(leaf: &Certificate, _: &Facts<'_>) -> Option<Problem> {
    if leaf.not_after <= Timestamp::END_OF_32_BITS {
        return None;
    }
    let message = format!(
        "{} expires on {}, after the end of 32-bit clocks in 2038",
        title(leaf),
        leaf.not_after.date()
    );
    let problem = Problem::at(leaf.span, format!("valid until {}", leaf.not_after.rfc3339()), message);
    Some(problem.help("have it issued with an expiration date of 2038-01-19T03:14:07Z or earlier"))
}
