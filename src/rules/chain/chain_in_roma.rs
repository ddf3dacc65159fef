//! More than one certificate, on ROMA Connect.

use std::collections::HashSet;

use crate::api::Service;
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
    summary: "More than one certificate is sent to ROMA Connect, whose documentation is of two minds about chains.",
    explanation: "\
        The guide of ROMA Connect says that certificate chains are not supported; its FAQ says to join \
        the whole chain, the certificate first; and its table of errors has one for chains that do not \
        match. So a chain in the right order is expected to be taken.\n\n\
        Should clients complain about a missing intermediate all the same, it was not stored: then the \
        instance takes single certificates only.",
    example: "2 certificates are sent, and the guide of ROMA Connect says that chains are not supported",
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
    if facts.settings.service != Service::Roma {
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
            "from here on they are more than one",
            format!("{count} certificates are sent, and the guide of ROMA Connect says that chains are not supported"),
        )
        .help("its FAQ says to join them, the certificate first, so this is expected to work"),
    )
}
