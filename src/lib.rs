//! Checks the body of Huawei Cloud's "create SSL certificate" call, repairs it, and predicts the answer of the
//! service (ROMA Connect and API Gateway).
//!
//! ```
//! use apicert::{Safety, Settings, Severity, Timestamp};
//!
//! let body = br#"{"name": "demo", "cert_content": "", "private_key": ""}"#;
//! let now = Timestamp::from_rfc3339("2026-07-01T00:00:00Z").ok_or("not RFC 3339")?;
//! let settings = Settings::at(now);
//!
//! let report = apicert::lint(body, &settings);
//! assert!(!report.is_accepted());
//! for finding in report.findings() {
//!     let start = finding.location().start();
//!     println!("{}:{}: {} ({})", start.line, start.column, finding.message(), finding.rule().name());
//! }
//! assert_eq!(report.count(Severity::Error), 2);
//!
//! let response = apicert::predict(body, &settings);
//! assert_eq!(response.status(), 400);
//! assert_eq!(response.error().map(|error| error.code()), Some("APIG.2001"));
//!
//! let repaired = apicert::fix(body, &settings, Safety::Safe);
//! assert!(!repaired.is_changed());
//! # Ok::<(), &str>(())
//! ```
//!
//! # Private keys
//!
//! A body holds a private key. Messages, labels and `Debug` output never contain text of the body, except the
//! documented words and names that [`Finding`] describes. Only [`Repaired::body`] returns the body itself.
//!
//! # Panics
//!
//! A bug in this crate may panic instead of giving a wrong result. The message names the line and the version, and
//! holds nothing of the body.
//!
//! # Layers
//!
//! Each layer uses only those before it:
//! `internal_fault` → `span, redact, escaped_json, secret, settings, api` → `der, source_map` → `keys` → `x509` → `pem` →
//! `json` → `chain` → `facts` → `rules` → `response` → `report` → `fix` → `template, body_builder, containers, inspect` →
//! `output` → `cli`.

mod api;
mod body_builder;
mod chain;
#[cfg(feature = "cli")]
mod cli;
mod containers;
mod der;
mod edit;
mod escaped_json;
mod facts;
mod fix;
mod inspect;
mod internal_fault;
mod json;
mod keys;
#[cfg(feature = "cli")]
mod output;
mod pem;
mod problem;
mod redact;
mod report;
mod response;
mod rules;
mod secret;
mod settings;
mod source_map;
mod span;
mod spelling;
mod template;
mod timestamp;
mod x509;

pub use api::{ApiError, Basis, Call, Rejection, Service};
pub use edit::{Edit, Fix, Safety};
pub use fix::rounds::Repaired;
pub use problem::Severity;
pub use redact::Redacted;
pub use report::{Finding, Location, PemPosition, Report};
pub use response::{AssignedValues, PredictedRejection, PredictedResponse};
pub use rules::{Citation, Family, RULES, Rule};
pub use settings::Settings;
pub use span::{Position, Span};
pub use timestamp::Timestamp;

/// Checks a request body.
///
/// This function cannot fail: invalid input, such as text that is not JSON, is a finding.
#[must_use]
pub fn lint(body: &[u8], settings: &Settings) -> Report {
    Report::of(body, settings)
}

/// Predicts the response of the service to a request body.
///
/// The values that only the service knows are placeholders: identifiers consist of zeros, and both times are the
/// time of the settings. [`predict_with`] sets them.
#[must_use]
pub fn predict(body: &[u8], settings: &Settings) -> PredictedResponse {
    predict_with(body, settings, &AssignedValues::default())
}

/// Predicts the response of the service to a request body, with given values for what the service assigns.
///
/// ```
/// use apicert::{AssignedValues, Call, Settings, Timestamp};
///
/// let now = Timestamp::from_rfc3339("2026-07-01T00:00:00Z").ok_or("not RFC 3339")?;
/// let settings = Settings::at(now).with_call(Call::Update);
/// let assigned = AssignedValues::default().with_id("0f2bfd1a5f2a4a0dbd5f6cd62a3b7a51");
///
/// let response = apicert::predict_with(b"{}", &settings, &assigned);
/// assert_eq!(response.status(), 400);
/// assert_eq!(response.body()["error_code"], "APIG.2001");
/// # Ok::<(), &str>(())
/// ```
#[must_use]
pub fn predict_with(body: &[u8], settings: &Settings, assigned: &AssignedValues) -> PredictedResponse {
    PredictedResponse::of(body, settings, assigned)
}

/// Repairs a request body: with [`Safety::Safe`] by safe fixes only, with [`Safety::Unsafe`] by all.
///
/// The result is verified. A repair that would lose a certificate, a private key, or text that may belong to one
/// is not made; its finding remains in the report of the result.
#[must_use]
pub fn fix(body: &[u8], settings: &Settings, safety: Safety) -> Repaired {
    Repaired::new(body, settings, &|_, fix| fix.safety >= safety)
}

/// Reads the public facts of a body, or of a file of certificates and keys, as JSON in one line: what
/// `apicert inspect --format json` prints.
///
/// `path` names the input in the result. The certificates say which of them issued which, so that the chain can be
/// shown. A container that needs a password is not opened.
///
/// # Errors
///
/// If the input is a damaged container, such as a truncated PKCS#12 file. The message contains nothing of the input.
pub fn inspect(input: &[u8], path: &str) -> Result<String, String> {
    let contents = inspect::Contents::open(input, &containers::Passwords::default());
    contents.map(|contents| inspect::json::line(path, &contents)).map_err(|fault| fault.to_string())
}

/// The program.
///
/// Not part of the API.
#[cfg(feature = "cli")]
#[doc(hidden)]
#[must_use]
pub fn main() -> std::process::ExitCode {
    cli::main()
}

/// The modules, for the tests, benchmarks and fuzz targets of this repository.
///
/// Not part of the API: they may change in any release.
#[doc(hidden)]
pub mod internals {
    pub mod api {
        pub use crate::api::*;
    }
    pub mod body_builder {
        pub use crate::body_builder::*;
    }
    pub mod chain {
        pub use crate::chain::*;
    }
    pub mod containers {
        pub use crate::containers::*;
    }
    pub mod edit {
        pub use crate::edit::*;
    }
    pub mod facts {
        pub use crate::facts::*;
    }
    pub mod fix {
        pub use crate::fix::*;
    }
    pub mod inspect {
        pub use crate::inspect::*;
    }
    pub mod json {
        pub use crate::json::*;
    }
    pub mod keys {
        pub use crate::keys::*;
    }
    pub mod pem {
        pub use crate::pem::*;
    }
    pub mod problem {
        pub use crate::problem::*;
    }
    pub mod redact {
        pub use crate::redact::*;
    }
    pub mod report {
        pub use crate::report::*;
    }
    pub mod response {
        pub use crate::response::*;
    }
    pub mod rules {
        pub use crate::rules::*;
    }
    pub mod settings {
        pub use crate::settings::*;
    }
    pub mod span {
        pub use crate::span::*;
    }
    pub mod template {
        pub use crate::template::*;
    }
    pub mod timestamp {
        pub use crate::timestamp::*;
    }
    pub mod x509 {
        pub use crate::x509::*;
    }
    #[cfg(feature = "cli")]
    pub mod cli {
        pub use crate::cli::*;
    }
    #[cfg(feature = "cli")]
    pub mod output {
        pub use crate::output::*;
    }
}

/// The name of the program.
#[cfg(feature = "cli")]
const NAME: &str = "apicert";
/// The version of the package.
#[cfg(feature = "cli")]
const VERSION: &str = env!("CARGO_PKG_VERSION");
