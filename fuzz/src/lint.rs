//! `lint` over arbitrary bytes: it always ends, and takes no more memory than it may.

use crate::{settings, within_memory};

pub fn run(input: &[u8]) {
    let _ = within_memory(input, || apicert::lint(input, settings(input)));
}
