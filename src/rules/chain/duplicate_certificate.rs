//! A certificate that a field contains twice.

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
    summary: "A field contains a certificate twice.",
    explanation: "\
        The copy is redundant, but the service sends it to clients in every handshake. Strict clients \
        reject it.\n\n\
        Common causes:\n\
        - A leaf that was prepended to a full chain file\n\
        - A chain that was pasted twice\n\n\
        Remove the copies. apicert checks the order of the chain without them.",
    example: "certificate 3 (“Example RSA CA 1”) is a duplicate of certificate 2",
    citations: &[Citation::Rfc(5246, "7.4.2"), Citation::Rfc(8446, "4.4.2")],
    fix: FixAvailability::When(Safety::Safe, "removes the copies"),
    refusal: PredictedOutcome::Accepted,
    check: Check::Pem(check),
};

fn check(field: &PemField<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let copies = copies(field.field, facts);
    let (first, others) = copies.split_first()?;
    let numbered = Numbered::new(facts, field.field);
    let again = |copy: &Duplicate| format!("duplicate of certificate {}", numbered.number(copy.original));
    let message = if others.is_empty() {
        format!("{} is a {}", numbered.called(first.copy), again(first))
    } else {
        format!("{} duplicate certificates", copies.len())
    };
    let mut problem = Problem::at(numbered.span(first.copy)?, again(first), message);
    for other in others {
        problem = problem.related(numbered.span(other.copy)?, again(other));
    }
    let (what, title) =
        if others.is_empty() { ("the copy", "remove the copy") } else { ("the copies", "remove the copies") };
    let indexes: Vec<usize> = copies.iter().map(|copy| copy.copy).collect();
    Some(problem.help(format!("remove {what}")).fix(Fix::safe(title, removal(facts, field.field, &indexes))))
}

/// The copies in a certificate field. `certificate-in-private-key` reports certificates in key fields.
fn copies(field: Field, facts: &Facts<'_>) -> Vec<Duplicate> {
    if let Some(pair) = facts.pairs.iter().find(|pair| pair.certificate_field == field) {
        return pair.chain.copies.clone();
    }
    if field != Field::TrustedRootCa {
        return Vec::new();
    }
    facts.anchors().1
}
