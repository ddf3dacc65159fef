//! What stands in which member.

pub(in crate::rules) mod certificate_in_private_key;
pub(in crate::rules) mod ec_parameters;
pub(in crate::rules) mod encrypted_private_key;
pub(in crate::rules) mod extra_block;
pub(in crate::rules) mod multiple_private_keys;
pub(in crate::rules) mod private_key_in_certificate;
pub(in crate::rules) mod swapped_fields;
pub(in crate::rules) mod wrong_block;

use crate::facts::pem::{PemBlock, PemText};
use crate::fix::Edit;
use crate::problem::Problem;

/// Names every further block of a kind after the first.
fn with_others(mut problem: Problem, others: &[&PemBlock], text: &str) -> Problem {
    for block in others {
        problem = problem.related(block.span, text);
    }
    problem
}

/// Drops blocks of a text.
fn removal(text: &PemText, blocks: &[&PemBlock]) -> Vec<Edit> {
    blocks.iter().map(|block| Edit::delete(text.removal(block))).collect()
}
