//! Certificates that belong together, in the wrong order.

use crate::api::{ApiError, Rejection};
use crate::chain::Order;
use crate::edit::{Edit, Fix, Safety};
use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::rules::chain::{Numbered, is_encoded, ordinal};
use crate::rules::{
    ChainOf, Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "misordered-chain",
    family: Family::Chain,
    severity: SeverityByService::Always(Severity::Error),
    summary: "The certificates belong together, but not in this order.",
    explanation: "\
        The certificate that the key is for comes first, and every further one is the issuer of one \
        before it. The service takes the first certificate for the leaf: it compares the key with that \
        one, reads names and validity from it, and sends the others to clients as they stand. The order \
        is told by names, key identifiers and signatures, and the leaf by the private key.\n\n\
        It comes about when files are joined by hand or by name (`cat *.pem`), or by tools that put the \
        root first. Where the first certificate is another end-entity's, as after a renewal, and the \
        rest is the chain of the key's certificate, it is that other one that has to move.",
    example: "the chain is out of order: certificate 3 (“www.example.com”) should stand first",
    citations: &[
        Citation::ErrorTable("APIG.2104"),
        Citation::Rfc(5246, "7.4.2"),
        Citation::Go("crypto/tls", "X509KeyPair takes the first certificate for the leaf"),
    ],
    fix: FixAvailability::When(Safety::Safe, "puts the certificates in order"),
    refusal: PredictedOutcome::Rejected(Rejection::documented(ApiError::CHAIN_MISMATCH)),
    check: Check::Chain(check),
};

/// Of longer chains the order is given in numbers alone.
const MAX_NAMES: usize = 20;

fn check(chain: &ChainOf<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let Order::Wrong { right } = &chain.pair.chain.order else { return None };
    let field = chain.pair.certificate_field;
    let numbered = Numbered::new(facts, field);
    let mut places = right.clone();
    places.sort_unstable();
    let misplaced: Vec<(usize, usize, usize)> = places
        .iter()
        .zip(right)
        .enumerate()
        .filter(|(_, (place, index))| place != index)
        .map(|(rank, (&place, &index))| (rank + 1, place, index))
        .collect();

    let &(rank, _, first) = misplaced.first()?;
    let should = |rank| format!("should stand {}", ordinal(rank));
    let mut problem = Problem::at(
        numbered.span(first)?,
        should(rank),
        format!("the chain is out of order: {} {}", numbered.called(first), should(rank)),
    );
    for &(rank, _, index) in misplaced.iter().skip(1) {
        problem = problem.related(numbered.span(index)?, should(rank));
    }
    let edits = misplaced
        .iter()
        .filter_map(|&(_, place, index)| {
            Some(Edit::Copy { span: numbered.span(place)?, from: numbered.span(index)? })
        })
        .filter(|_| !is_encoded(facts, field))
        .collect();
    let names = if right.len() > MAX_NAMES { String::new() } else { format!(": {}", numbered.names(right)) };
    Some(
        problem
            .help(format!("the right order is {}{names}", numbered.numbers(right)))
            .fix(Fix::safe("put the certificates in order", edits)),
    )
}
