//! More than one certificate for ROMA Connect.

use std::collections::HashSet;

use crate::facts::Facts;
use crate::problem::{Problem, Severity};
use crate::rules::chain::Numbered;
use crate::rules::{
    ChainOf, Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService,
};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "chain-in-roma",
    family: Family::Chain,
    severity: SeverityByService::Always(Severity::Note),
    summary: "Multiple certificates are sent to ROMA Connect, whose documentation is contradictory about chains.",
    explanation: "\
        The user guide of ROMA Connect says that certificate chains are not supported. Its FAQ says to \
        send the whole chain with the certificate first, and its error table has an error for chains that \
        do not match. apicert therefore predicts that a correct chain is accepted.\n\n\
        If clients report a missing intermediate anyway, the instance accepts only single certificates.",
    example: "the ROMA Connect guide says that chains are not supported, but 2 certificates are sent",
    citations: &[
        Citation::Standard("ROMA Connect, user guide", "SSL certificates"),
        Citation::Standard("ROMA Connect, FAQ", "SSL certificates"),
        Citation::ErrorTable("APIG.2104"),
    ],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Chain(check),
};

fn check(chain: &ChainOf<'_>, facts: &Facts<'_>) -> Option<Problem> {
    if !facts.settings.spec().discourages_chains {
        return None;
    }
    let count = chain.certificates.len() - chain.pair.chain.copies.len();
    if count < 2 {
        return None;
    }
    let numbered = Numbered::new(facts, chain.pair.certificate_field);
    let copies: HashSet<usize> = chain.pair.chain.copies.iter().map(|copy| copy.copy).collect();
    let second = (0..chain.certificates.len()).filter(|index| !copies.contains(index)).nth(1)?;
    Some(
        Problem::at(
            numbered.span(second)?,
            "second certificate",
            format!(
                "the ROMA Connect guide says that chains are not supported, but {count} certificates are sent"
            ),
        )
        .help("this probably works: the ROMA Connect FAQ says to send the chain, with the certificate first"),
    )
}
