//! An intermediate certificate that is not valid now.

use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::rules::chain::{Numbered, out_of_time};
use crate::rules::{
    ChainOf, Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "expired-intermediate",
    family: Family::Chain,
    severity: SeverityByService::Always(Severity::Warning),
    summary: "An intermediate certificate has expired or is not yet valid.",
    explanation: "\
        The service checks only the validity of the leaf and accepts the chain. Clients check all \
        certificates, and reject the connection unless they find another path.\n\n\
        The usual cause is an old chain that was kept after a renewal. Download the chain of the new \
        certificate: CAs renew intermediates with the same name and key.",
    example: "certificate 2 (“Example RSA CA 1”) expired on 2026-06-15T00:00:00Z",
    citations: &[Citation::Rfc(5280, "6.1.3"), Citation::Rfc(5280, "4.1.2.5")],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Chain(check),
};

fn check(chain: &ChainOf<'_>, facts: &Facts<'_>) -> Option<Problem> {
    let mut behind_leaf: Vec<usize> = chain.pair.chain.path.iter().copied().skip(1).collect();
    if behind_leaf.is_empty() {
        return None;
    }
    let numbered = Numbered::new(facts, chain.pair.certificate_field);
    behind_leaf.sort_unstable();
    let mut found = behind_leaf
        .into_iter()
        .filter_map(|index| Some((index, out_of_time(numbered.certificate(index)?, facts)?)));
    let (first, why) = found.next()?;
    let mut problem =
        Problem::at(numbered.span(first)?, why.clone(), format!("{} {why}", numbered.called(first)));
    for (index, why) in found {
        problem = problem.related(numbered.span(index)?, why);
    }
    Some(problem.help("download the current chain of this certificate from the CA"))
}
