//! Reads the body of Huawei Cloud's "create SSL certificate" call, reports what is wrong with it, and predicts
//! the answer of the service.
//!
//! The layers, each of which uses only those before it:
//! `span, redact, secret, settings, api` → `der, source_map` → `keys` → `x509` → `pem` → `json` → `chain` → `facts` →
//! `rules` → `response` → `report` → `fix` → `template, body_builder, containers, inspect` → `output` → `cli`.

pub mod api;
pub mod body_builder;
pub mod chain;
pub mod cli;
pub mod containers;
pub(crate) mod der;
pub mod edit;
pub mod facts;
pub mod fix;
pub mod inspect;
pub mod json;
pub mod keys;
pub mod output;
pub mod pem;
pub mod problem;
pub mod redact;
pub mod report;
pub mod response;
pub mod rules;
pub(crate) mod secret;
pub mod settings;
pub(crate) mod source_map;
pub mod span;
pub(crate) mod spelling;
pub mod template;
pub mod timestamp;
pub mod x509;

use edit::Safety;
use facts::Facts;
use fix::rounds::Repaired;
use report::Report;
use response::{Assigned, PredictedResponse};
use rules::RULES;
use settings::Settings;

/// Everything that is to be said about a body. This cannot fail: whatever is wrong with the input
/// is a finding.
#[must_use]
pub fn lint(input: &[u8], settings: &Settings) -> Report {
    Report::of(input, settings)
}

/// What the service is predicted to answer to a body.
#[must_use]
pub fn predict(input: &[u8], settings: &Settings, assigned: &Assigned) -> PredictedResponse {
    let facts = Facts::analyze(input, settings);
    let findings = rules::judge(RULES, &facts);
    PredictedResponse::new(&facts, &findings, assigned)
}

/// The body after its repairs, and what is left: with the safe ones alone, or with all of them.
#[must_use]
pub fn repair(input: &[u8], settings: &Settings, least: Safety) -> Repaired {
    Repaired::new(input, settings, &|_, fix| fix.safety >= least)
}

/// The name of the command, in reports too.
const NAME: &str = "apicert";
/// Its version.
const VERSION: &str = env!("CARGO_PKG_VERSION");
