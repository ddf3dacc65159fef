//! A chain in the wrong order.

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
    summary: "The certificates of the chain are in the wrong order.",
    explanation: "\
        The leaf must be first, and each certificate must be followed by its issuer. The service uses the \
        first certificate as the leaf: it compares it with the key and reads names and validity from it. \
        It sends the others to clients in the given order. apicert determines the order by names, key \
        identifiers and signatures, and the leaf by the private key.\n\n\
        Common causes:\n\
        - Files that were concatenated in the wrong order, for example with `cat *.pem`\n\
        - A tool that writes the root first\n\
        - Another leaf, such as an expired one, before the right one\n\n\
        Put the certificates in the order shown.",
    example: "the chain is out of order: certificate 3 (“www.example.com”) should be first",
    citations: &[
        Citation::ErrorTable("APIG.2104"),
        Citation::Rfc(5246, "7.4.2"),
        Citation::Go("crypto/tls", "X509KeyPair uses the first certificate as the leaf"),
    ],
    fix: FixAvailability::When(Safety::Safe, "puts the certificates in order"),
    refusal: PredictedOutcome::CliError(Rejection::documented(ApiError::CHAIN_MISMATCH)),
    check: Check::Chain(check),
};

/// Longer chains are described by numbers only.
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
    let should = |rank| format!("should be {}", ordinal(rank));
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
            .help(format!("the correct order is {}{names}", numbered.numbers(right)))
            .fix(Fix::safe("put the certificates in order", edits)),
    )
}
