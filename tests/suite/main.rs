//! The tests of `apicert`, in one binary.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stderr,
    clippy::use_debug,
    missing_docs,
    reason = "a test that panics has failed, which is what it is for"
)]

mod accepted;
mod armour;
mod chains;
mod cli;
mod conformance;
mod output;
mod reference;
mod request;
mod response;
mod rules;
mod secrets;
mod support;
mod tidy;
