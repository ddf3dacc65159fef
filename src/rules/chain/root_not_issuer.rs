//! A `trusted_root_ca` that is unrelated to the leaf.

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
    summary: "The chain of the leaf does not lead to `trusted_root_ca`.",
    explanation: "\
        The API reference does not say whether `trusted_root_ca` must have issued the certificate. ROMA \
        Connect uses it to verify client certificates, which may be issued by another CA. API Gateway uses \
        it for both sides. This is therefore information, not an error.\n\n\
        If it should be the CA of this certificate, it is another CA, has the same name but another key, \
        or an intermediate is missing.",
    example: "the chain of certificate 1 (“www.example.com”) does not lead to `trusted_root_ca`",
    citations: &[Citation::Api("request body, `trusted_root_ca`"), Citation::Rfc(5280, "6.1.1")],
    fix: FixAvailability::Never,
    refusal: PredictedOutcome::Accepted,
    check: Check::Body(check),
};

fn check(facts: &Facts<'_>) -> Option<Problem> {
    // `broken-chain` reports a broken link.
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
        "not an issuer in the chain",
        format!("the chain of {from} does not lead to `trusted_root_ca`"),
    );
    for pair in &missed {
        if let Some(leaf) = facts.leaf(pair) {
            problem = problem.related(leaf.span, "the chain starts here");
        }
    }
    let names: HashSet<&[u8]> =
        facts.certificates(Field::TrustedRootCa).map(|anchor| anchor.subject.der.as_slice()).collect();
    let has_namesake = missed.iter().any(|pair| {
        let on_path = facts.leaf(pair).into_iter().chain(facts.intermediates(pair));
        on_path.into_iter().any(|certificate| names.contains(certificate.issuer.der.as_slice()))
    });
    Some(problem.help(if has_namesake {
        "it has the name of an issuer in the chain but did not sign: the CA may have changed its key"
    } else {
        "this is expected if it is only used to verify clients"
    }))
}
