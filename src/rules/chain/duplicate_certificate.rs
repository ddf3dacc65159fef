//! A certificate that stands in a member twice.

use crate::api::Field;
use crate::chain::Duplicate;
use crate::edit::{Fix, Safety};
use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::rules::chain::{Numbered, removal};
use crate::rules::{
    Check, Citation, Family, FixAvailability, PemField, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "duplicate-certificate",
    family: Family::Chain,
    severity: SeverityByService::Always(Severity::Warning),
    summary: "A certificate occurs twice in one member.",
    explanation: "\
        The copy says nothing that the original does not. Every client is sent it all the same, at each \
        handshake, and strict ones object to it.\n\n\
        It comes about when the leaf is joined with a file that holds the full chain already, or when a \
        chain is pasted twice. The copies can be dropped without loss; the order of the others is judged \
        as if they were gone.",
    example: "certificate 3 (“Example RSA CA 1”) is certificate 2 once more",
    citations: &[Citation::Rfc(5246, "7.4.2"), Citation::Rfc(8446, "4.4.2")],
    fix: FixAvailability::When(Safety::Safe, "drops the copies"),
    refusal: PredictedOutcome::Accepted,
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let copies = copies(field.field, facts);
    let (first, others) = copies.split_first()?;
    let numbered = Numbered::new(facts, field.field);
    let again = |copy: &Duplicate| format!("certificate {} once more", numbered.number(copy.original));
    let message = if others.is_empty() {
        format!("{} is {}", numbered.called(first.copy), again(first))
    } else {
        format!("{} certificates stand here more than once", copies.len())
    };
    let mut problem = Problem::at(numbered.span(first.copy)?, again(first), message);
    for other in others {
        problem = problem.related(numbered.span(other.copy)?, again(other));
    }
    let (what, drop) =
        if others.is_empty() { ("the copy", "drop the copy") } else { ("the copies", "drop the copies") };
    let indexes: Vec<usize> = copies.iter().map(|copy| copy.copy).collect();
    Some(
        problem.help(format!("leave {what} out")).fix(Fix::safe(drop, removal(facts, field.field, &indexes))),
    )
}

/// The copies among the certificates of a pair, or of `trusted_root_ca`. Certificates in a key member
/// have a rule of their own.
fn copies(field: Field, facts: &Facts<'_>) -> Vec<Duplicate> {
    if let Some(pair) = facts.pairs.iter().find(|pair| pair.certificate_field == field) {
        return pair.chain.copies.clone();
    }
    if field != Field::TrustedRootCa {
        return Vec::new();
    }
    facts.anchors().1
}
