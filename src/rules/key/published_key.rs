//! A private key that everybody has.

use crate::facts::Facts;
use crate::keys::PrivateKey;
use crate::problem::{Problem, Severity};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "published-key",
    family: Family::Key,
    severity: SeverityByService::Always(Severity::Error),
    summary: "The private key is printed in public documentation.",
    explanation: "\
        Who has the private key can pretend to be the server and read what its clients send. Keys of \
        documentation and of test suites are on everybody's disk. The service does not know them and \
        takes the pair.\n\n\
        It comes about when an example was copied to try the call, and stayed. Make a key of your \
        own, and have a certificate issued for it. Only keys that are known to this tool are found: \
        silence does not mean that a key was never published.",
    example: "the private key is public: it is printed in the example of the API reference",
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
    let message = format!("the private key is public: it is printed in {source}");
    let problem = Problem::at(key.span, format!("printed in {source}"), message);
    Some(problem.help("make a key of your own, and have a certificate issued for it"))
}
