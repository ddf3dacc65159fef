//! A leaf that outlives the 32-bit clock.

use crate::api::{ApiError, Rejection, Service};
use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::rules::certificate::title;
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};
use crate::timestamp::Timestamp;
use crate::x509::Certificate;

pub(in crate::rules) static RULE: Rule = Rule {
    name: "expires-after-2038",
    family: Family::Certificate,
    severity: SeverityByService::PerService { roma: Severity::Warning, apig: Severity::Error },
    summary: "The certificate expires after 2038-01-19T03:14:07Z.",
    explanation: "\
        That second is the last one that a signed 32-bit clock can count. API Gateway documents that \
        it refuses certificates that expire later; ROMA Connect, which has the same call, documents \
        no such error.\n\n\
        It comes about with self-signed certificates and private authorities, which hand out ten or \
        a hundred years. Have a shorter one issued: clients do not accept such validities either.",
    example: "the certificate `www.example.com` expires on 2046-06-01, after the last second of 32-bit clocks",
    citations: &[
        Citation::ErrorTable("APIG.3148"),
        Citation::Standard("CA/Browser Forum Baseline Requirements", "section 6.3.2"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::RejectedBy(Service::Apig, Rejection::documented(ApiError::AFTER_2038)),
    check: Check::Leaf(check),
};

fn check(leaf: &Certificate, _: &Facts<'_>) -> Option<Problem> {
    if leaf.not_after <= Timestamp::END_OF_32_BITS {
        return None;
    }
    let message = format!(
        "{} expires on {}, after the last second of 32-bit clocks",
        title(leaf),
        leaf.not_after.date()
    );
    let problem = Problem::at(leaf.span, format!("valid until {}", leaf.not_after.rfc3339()), message);
    Some(problem.help("have one issued that expires on 2038-01-19T03:14:07Z or before"))
}
