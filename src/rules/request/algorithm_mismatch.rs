//! An algorithm that is not the certificate's.

use crate::api::{ApiError, Field, Rejection};
use crate::edit::{Edit, Fix, Safety};
use crate::facts::Facts;
use crate::json::fields::Slot;
use crate::problem::{Problem, Severity};
use crate::rules::request::content;
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "algorithm-mismatch",
    family: Family::Request,
    severity: SeverityByService::Always(Severity::Error),
    summary: "`algorithm_type` is not the algorithm of the certificate's public key.",
    explanation: "\
        `algorithm_type` names the kind of key that the certificate is about, not that of the \
        authority that signed it: an EC certificate of an RSA authority is `ECC`. With `SM2` both \
        certificates have to be SM2.\n\n\
        It comes about when a certificate is renewed with another kind of key and the member is kept. \
        Set the right word; for RSA and ECC it can also be left out.",
    example: "`algorithm_type` is `ECC` and the certificate's key is RSA 2048 bits",
    citations: &[
        Citation::Api("request body, `algorithm_type`: certificate algorithm type"),
        Citation::ErrorTable("APIG.3709"),
    ],
    fix: FixAvailability::When(Safety::Unsafe, "sets the algorithm of the certificate"),
    refusal: PredictedOutcome::Rejected(Rejection::inferred(ApiError::ALGORITHM)),
    check: Check::Slot(check),
};

fn check(slot: &Slot<'_>, facts: &Facts<'_>) -> Option<Problem> {
    if slot.field != Field::AlgorithmType {
        return None;
    }
    let word = facts.word(slot.field)?;
    let member = slot.member?;
    // A key that the API has no word for is `unsupported-key`.
    let leaves: Vec<_> = facts
        .pairs
        .iter()
        .filter_map(|pair| facts.leaf(pair))
        .filter_map(|leaf| Some((leaf, leaf.public_key.algorithm.api_word()?)))
        .collect();
    let (first, right) = leaves.iter().find(|(_, right)| *right != word)?;
    let key = first.public_key.describe();
    let mut problem = Problem::at(
        member.value(),
        format!("the certificate is `{right}`"),
        format!("`algorithm_type` is `{word}` and the certificate's key is {key}"),
    )
    .help(format!("write `{right}`, or send the certificate that is meant"));
    for (leaf, _) in leaves.iter().filter(|(_, right)| *right != word) {
        problem = problem.related(leaf.span, format!("its key is {}", leaf.public_key.describe()));
    }
    if leaves.iter().any(|(_, other)| other != right) {
        return Some(problem.help("both certificates have to be SM2"));
    }
    let set = Edit::Put { span: content(member.value()), text: right };
    Some(problem.fix(Fix::unsafe_(format!("write `{right}`"), vec![set])))
}
