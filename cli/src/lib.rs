//! Shows what `apicert-core` says of a body, and is the command `apicert`: [`output`], one file per format,
//! and [`cli`], which alone opens files and reads the clock and the environment. The layers of the other
//! package go on here: `… → template → output → cli`.

pub mod cli;
pub mod output;

// Under the names that they have there.
use apicert_core::{
    api, assembly, clock, facts, fix, judged, plain_json, problem, repair, report, response, rules, source,
    template,
};

/// What the command is called, in reports too.
const NAME: &str = "apicert";
/// Its version, that of all of its packages.
const VERSION: &str = env!("CARGO_PKG_VERSION");
