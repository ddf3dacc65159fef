//! A chain that ends in its root.

use crate::edit::{Fix, Safety};
use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::rules::chain::{Numbered, removal};
use crate::rules::{
    ChainOf, Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "root-in-chain",
    family: Family::Chain,
    severity: SeverityByService::Always(Severity::Note),
    summary: "The chain ends in a self-signed root.",
    explanation: "\
        A client trusts a root because it has it, not because a server sends it. The root does no harm \
        in the chain, but is sent at every handshake for nothing.\n\n\
        Authorities often deliver their root in the same file. It can be left out; the place for the \
        root of an authority of one's own is `trusted_root_ca`.",
    example: "the chain ends in a self-signed root: certificate 3 (“Example RSA Root”)",
    citations: &[Citation::Rfc(5246, "7.4.2"), Citation::Rfc(8446, "4.4.2")],
    fix: FixAvailability::When(Safety::Unsafe, "drops the root"),
    refusal: PredictedOutcome::Accepted,
    check: Check::Chain(check),
};

fn check(chain: &ChainOf<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let roots = &chain.pair.chain.roots;
    let (&first, others) = roots.split_first()?;
    let field = chain.pair.certificate_field;
    let numbered = Numbered::new(facts, field);
    let (ends, drop) = if others.is_empty() {
        ("a self-signed root", "drop the root")
    } else {
        ("self-signed roots", "drop the roots")
    };
    let mut problem = Problem::at(
        numbered.span(first)?,
        "a root",
        format!("the chain ends in {ends}: {}", numbered.listed(roots)),
    );
    for &other in others {
        problem = problem.related(numbered.span(other)?, "another root");
    }
    Some(
        problem
            .help("clients have the roots that they trust; leave it out")
            .fix(Fix::unsafe_(drop, removal(facts, field, roots))),
    )
}
