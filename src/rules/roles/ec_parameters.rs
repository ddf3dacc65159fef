//! EC parameters next to a private key.

use crate::edit::{Fix, Safety};
use crate::facts::{ExpectedContent, Facts};
use crate::pem::Label;
use crate::problem::{Problem, Severity};
use crate::rules::roles::removal_of;
use crate::rules::{
    Block, Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "ec-parameters",
    family: Family::Roles,
    severity: SeverityByService::Always(Severity::Note),
    summary: "There is an EC parameters block next to the private key.",
    explanation: "\
        The service ignores the block because the key itself names its curve. Some other parsers \
        stop at the first block and find no key.\n\n\
        `openssl ecparam -genkey` writes the block unless you pass `-noout`. You can remove it.",
    example: "unnecessary EC parameters block next to the private key",
    citations: &[Citation::Rfc(5915, "3"), Citation::Rfc(5480, "2.1.1")],
    fix: FixAvailability::When(Safety::Safe, "removes the block"),
    refusal: PredictedOutcome::Accepted,
    check: Check::Block(check),
};

fn check(subject: &Block<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let Block { field, text, block } = *subject;
    let is_beside_a_key = facts.duty(field) == ExpectedContent::PrivateKey && text.has_private_key;
    if !is_beside_a_key || !matches!(block.label, Label::EcParameters | Label::Sm2Parameters) {
        return None;
    }
    let problem = Problem::at(
        block.span,
        "the private key names its own curve",
        "unnecessary EC parameters block next to the private key",
    );
    Some(problem.fix(Fix::safe("remove the block", removal_of(text, block))))
}
