//! The command `apicert`: reads bodies of Huawei Cloud's "create SSL certificate" call, says what is wrong
//! with them, and predicts what the service will answer.
//!
//! What judges is the package `apicert-core`, and what shows that and runs is `apicert-cli`; all of both is
//! to be had here.

pub use apicert_cli::{cli, output};
pub use apicert_core::{
    api, assembly, clock, facts, fix, judged, lint, plain_json, predict, problem, repair, report, response,
    rules, source, template,
};
