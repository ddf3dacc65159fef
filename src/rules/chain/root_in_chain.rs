//! A chain that includes its root.

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
    summary: "The chain includes a self-signed root.",
    explanation: "\
        Clients trust only the roots that they already have. A root in the chain is harmless, but sent in \
        every handshake for no purpose.\n\n\
        CAs often deliver the root in the same file. Remove it. The root of a private CA belongs in \
        `trusted_root_ca`.",
    example: "the chain includes a self-signed root: certificate 3 (“Example RSA Root”)",
    citations: &[Citation::Rfc(5246, "7.4.2"), Citation::Rfc(8446, "4.4.2")],
    fix: FixAvailability::When(Safety::Unsafe, "removes the root"),
    refusal: PredictedOutcome::Accepted,
    check: Check::Chain(check),
};

fn check(chain: &ChainOf<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let roots = &chain.pair.chain.roots;
    let (&first, others) = roots.split_first()?;
    let field = chain.pair.certificate_field;
    let numbered = Numbered::new(facts, field);
    let (what, which, title) = if others.is_empty() {
        ("a self-signed root", "it", "remove the root")
    } else {
        ("self-signed roots", "them", "remove the roots")
    };
    let mut problem = Problem::at(
        numbered.span(first)?,
        "root",
        format!("the chain includes {what}: {}", numbered.listed(roots)),
    );
    for &other in others {
        problem = problem.related(numbered.span(other)?, "another root");
    }
    Some(
        problem
            .help(format!("remove {which}: clients already have the roots that they trust"))
            .fix(Fix::unsafe_(title, removal(facts, field, roots))),
    )
}
