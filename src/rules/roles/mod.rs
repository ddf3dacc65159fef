//! The kind of content in each field.

pub(in crate::rules) mod certificate_in_private_key;
pub(in crate::rules) mod crossed_keys;
pub(in crate::rules) mod ec_parameters;
pub(in crate::rules) mod encrypted_private_key;
pub(in crate::rules) mod extra_block;
pub(in crate::rules) mod multiple_private_keys;
pub(in crate::rules) mod private_key_in_certificate;
pub(in crate::rules) mod swapped_fields;
pub(in crate::rules) mod swapped_pairs;
pub(in crate::rules) mod wrong_block;

use crate::api::Field;
use crate::edit::Edit;
use crate::facts::Facts;
use crate::pem::{PemBlock, PemText};
use crate::problem::Problem;
use crate::span::Span;

/// Labels all blocks of a kind after the first.
fn with_others(mut problem: Problem, others: &[&PemBlock], text: &str) -> Problem {
    for block in others {
        problem = problem.related(block.span, text);
    }
    problem
}

/// Deletes blocks of a text, unless the text is itself encoded.
fn removal(text: &PemText, is_to_go: impl Fn(&PemBlock) -> bool) -> Vec<Edit> {
    if text.is_encoded() {
        return Vec::new();
    }
    text.removals(is_to_go).into_iter().map(Edit::delete).collect()
}

/// Deletes one block of a text, unless the text is itself encoded.
fn removal_of(text: &PemText, block: &PemBlock) -> Vec<Edit> {
    if text.is_encoded() { Vec::new() } else { vec![Edit::delete(text.removal(block))] }
}

/// Swaps the texts of two fields, without the quotes around them.
fn exchange(facts: &Facts<'_>, one: Field, other: Field) -> Vec<Edit> {
    let content = |field| {
        let literal = facts.slot(field).filled()?.value();
        Some(Span::new(literal.start + 1, literal.end.saturating_sub(1)))
    };
    let (Some(one), Some(other)) = (content(one), content(other)) else { return Vec::new() };
    vec![Edit::Copy { span: one, from: other }, Edit::Copy { span: other, from: one }]
}
