//! A private key that is publicly known.

use crate::facts::Facts;
use crate::keys::PrivateKey;
use crate::problem::{Problem, Severity};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "published-key",
    family: Family::Key,
    severity: SeverityByService::Always(Severity::Error),
    summary: "The private key was published.",
    explanation: "\
        Anyone who has the private key can impersonate the server and decrypt its traffic. Keys from \
        documentation and test suites are publicly available. The service accepts them.\n\n\
        Common causes:\n\
        - The key of an example or test suite that was used to try the call\n\n\
        Create your own key and have a certificate issued for it. apicert finds only the published keys \
        that it knows; no finding does not mean that a key is secret.",
    example: "the private key is public: published in the example of the API reference",
    citations: &[
        Citation::Api("example request"),
        Citation::Rfc(9500, "4"),
        Citation::Standard("CA/Browser Forum Baseline Requirements", "section 4.9.1.1"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Key(check),
};

fn check(key: &PrivateKey, _: &Facts<'_>) -> Option<Problem> {
    let source = key.published?;
    let message = format!("the private key is public: published in {source}");
    let problem = Problem::at(key.span, format!("published in {source}"), message);
    Some(problem.help("create your own key and have a certificate issued for it"))
}
