//! `apicert-serve` as its clients see it, over loopback.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::expect_fun_call,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a test that panics has failed"
)]

mod bounds;
mod calls;
mod client;
mod process;
