//! Curve parameters beside a private key.

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
    summary: "A block with the parameters of the curve stands beside the private key.",
    explanation: "\
        The service skips the block: the key names its curve itself. Some other readers stop at the \
        first block and find no key.\n\n\
        `openssl ecparam -genkey` writes it unless `-noout` is given. It can go.",
    example: "a block with the parameters of the curve stands beside the private key",
    citations: &[Citation::Rfc(5915, "3"), Citation::Rfc(5480, "2.1.1")],
    fix: FixAvailability::When(Safety::Safe, "drops the block"),
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
        "the key names its curve itself",
        "a block with the parameters of the curve stands beside the private key",
    );
    Some(problem.fix(Fix::safe("drop the block", removal_of(text, block))))
}
