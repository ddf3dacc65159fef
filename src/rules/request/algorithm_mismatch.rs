//! An `algorithm_type` that does not match the certificate's key.

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
    summary: "`algorithm_type` does not match the certificate's public key.",
    explanation: "\
        `algorithm_type` names the type of the certificate's own public key. The key of the CA that \
        signed it does not matter: an EC certificate from an RSA CA is `ECC`. With `SM2`, both \
        certificates must be SM2.\n\n\
        Common causes:\n\
        - The certificate was renewed with a different type of key and the field was kept\n\
        - The field names the key of the CA, not that of the certificate\n\n\
        Set the field to the type of the certificate's key. For RSA and ECC, you can also omit it.",
    example: "`algorithm_type` is `ECC` but the certificate's key is RSA 2048 bits",
    citations: &[
        Citation::Api("request body, `algorithm_type`: certificate algorithm type"),
        Citation::ErrorTable("APIG.3709"),
    ],
    fix: FixAvailability::When(Safety::Unsafe, "sets the type of the certificate's key"),
    refusal: PredictedOutcome::CliError(Rejection::inferred(ApiError::ALGORITHM)),
    check: Check::Slot(check),
};

fn check(slot: &Slot<'_>, facts: &Facts<'_>) -> Option<Problem> {
    if slot.field != Field::AlgorithmType {
        return None;
    }
    let word = facts.word(slot.field)?;
    let member = slot.member?;
    // `unsupported-key` reports keys that have no `algorithm_type`.
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
        format!("expected `{right}`"),
        format!("`algorithm_type` is `{word}` but the certificate's key is {key}"),
    )
    .help(format!("use `{right}`, or send the certificate you meant"));
    for (leaf, _) in leaves.iter().filter(|(_, right)| *right != word) {
        problem = problem.related(leaf.span, format!("this key is {}", leaf.public_key.describe()));
    }
    if leaves.iter().any(|(_, other)| other != right) {
        return Some(problem.help("both certificates must be SM2"));
    }
    let set = Edit::Put { span: content(member.value()), text: right };
    Some(problem.fix(Fix::unsafe_(format!("change it to `{right}`"), vec![set])))
}
