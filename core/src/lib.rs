//! Reads the body of Huawei Cloud's "create SSL certificate" call, says what is wrong with it, and
//! predicts what the service will answer.
//!
//! One way leads through the crate: bytes → [`facts`] → [`rules`] → [`response`] → [`report`] →
//! [`mod@repair`]. Each module names only those above it:
//! `source → fix → problem → clock → api → facts → rules → response → report → plain_json → judged → verify → repair → assembly → template`.
//!
//! Nothing here opens a file or a connection, reads a clock or the environment, or prints: that is what the
//! package `apicert` is for, whose `output` and `cli` stand below all of these. The packages are two because
//! this one is compiled for speed and that one for size.

pub mod api;
pub mod assembly;
pub mod clock;
pub mod facts;
pub mod fix;
pub mod judged;
pub mod plain_json;
pub mod problem;
pub mod repair;
pub mod report;
pub mod response;
pub mod rules;
pub mod source;
pub mod template;
mod verify;

use facts::Facts;
use facts::settings::Settings;
use fix::Safety;
use repair::Repaired;
use report::Report;
use response::{Assigned, PredictedResponse};
use rules::RULES;

/// Everything that is to be said about a body. This cannot fail: whatever is wrong with the input
/// is a finding.
#[must_use]
pub fn lint(input: &[u8], settings: &Settings) -> Report {
    Report::of(input, settings)
}

/// What the service is predicted to answer to a body.
#[must_use]
pub fn predict(input: &[u8], settings: &Settings, assigned: &Assigned) -> PredictedResponse {
    let facts = Facts::gather(input, settings);
    let findings = rules::judge(RULES, &facts);
    PredictedResponse::new(&facts, &findings, assigned)
}

/// The body after its repairs, and what is left: with the safe ones alone, or with all of them.
#[must_use]
pub fn repair(input: &[u8], settings: &Settings, least: Safety) -> Repaired {
    Repaired::new(input, settings, &|_, fix| fix.safety >= least)
}
