//! A trust anchor that the leaf has nothing to do with.

use std::collections::HashSet;

use crate::api::Field;
use crate::chain::Anchor;
use crate::chain::signature::Signature;
use crate::facts::{Facts, Pair, Role};
use crate::problem::{Problem, Severity};
use crate::rules::chain::{Numbered, has_unreadable};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "root-not-issuer",
    family: Family::Chain,
    severity: SeverityByService::Always(Severity::Note),
    summary: "No path leads from the leaf to `trusted_root_ca`.",
    explanation: "\
        The references do not say whether `trusted_root_ca` has to have issued the certificate. On ROMA \
        Connect it verifies the certificates of clients, which may come from another authority than the \
        server's; API Gateway uses it for both sides. So this is good to know, and not wrong.\n\n\
        If it is meant to be the authority of this certificate, it is another one, has the same name and \
        another key, or an intermediate between them is missing.",
    example: "no path leads from certificate 1 (“www.example.com”) to `trusted_root_ca`",
    citations: &[Citation::Api("request body, `trusted_root_ca`"), Citation::Rfc(5280, "6.1.1")],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Body(check),
};

fn check(facts: &Facts<'_>) -> Option<Problem> {
    // Where a link on the way is broken there is no path to anything, and `broken-chain` says why.
    let is_broken = |pair: &Pair| pair.chain.links.iter().any(|link| link.signature == Signature::Invalid);
    let is_missed = |pair: &&Pair| {
        pair.chain.anchor == Anchor::Missed
            && !is_broken(pair)
            && !has_unreadable(facts, pair.certificate_field)
    };
    let missed: Vec<&Pair> = facts.pairs.iter().filter(is_missed).collect();
    let pair = missed.first()?;
    if has_unreadable(facts, Field::TrustedRootCa) {
        return None;
    }
    let first = facts.certificates(Field::TrustedRootCa).next()?;
    let leaf = |pair: &Pair| {
        let numbered = Numbered::new(facts, pair.certificate_field);
        pair.chain.leaf.map_or_else(String::new, |index| numbered.called(index))
    };
    let from = match (missed.as_slice(), pair.role) {
        ([_, _, ..], _) => "either leaf".to_owned(),
        (_, Role::Only) => leaf(pair),
        (_, Role::Encryption) => format!("{} of the encryption pair", leaf(pair)),
        (_, Role::Signing) => format!("{} of the signing pair", leaf(pair)),
    };
    let mut problem = Problem::at(
        first.span,
        "not an issuer on the path",
        format!("no path leads from {from} to `trusted_root_ca`"),
    );
    for pair in &missed {
        if let Some(leaf) = facts.leaf(pair) {
            problem = problem.related(leaf.span, "the path starts here");
        }
    }
    let names: HashSet<&[u8]> =
        facts.certificates(Field::TrustedRootCa).map(|anchor| anchor.subject.der.as_slice()).collect();
    let has_namesake = missed.iter().any(|pair| {
        let on_path = facts.leaf(pair).into_iter().chain(facts.intermediates(pair));
        on_path.into_iter().any(|certificate| names.contains(certificate.issuer.der.as_slice()))
    });
    Some(problem.help(if has_namesake {
        "it bears the name of an issuer, but its key did not sign: perhaps the authority has changed its key"
    } else {
        "if clients are to be verified with it, this may be what you want"
    }))
}
