//! The tests of `apicert`, in one binary.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::print_stderr,
    clippy::use_debug,
    clippy::match_bool,
    clippy::similar_names,
    clippy::format_collect,
    clippy::struct_field_names,
    clippy::too_many_lines,
    missing_docs,
    reason = "a test that panics has failed, which is what it is for; and tests are written to be read, not to be fast"
)]

mod accepted;
mod armour;
mod build;
mod canaries;
mod certificates;
mod chains;
mod cli;
mod configuration;
mod conformance;
mod containers;
mod files;
mod fix;
mod formats;
mod hostile;
#[cfg(unix)]
mod injection;
mod inspect;
mod lossless;
mod manual;
mod output;
#[cfg(unix)]
mod progress;
mod reference;
mod request;
mod response;
mod rules;
mod secrets;
mod stream;
mod support;
mod templates;
#[cfg(unix)]
mod terminal;
mod tidy;
mod verdicts;
