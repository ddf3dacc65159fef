//! What time it is: as told, as the environment says for reproducible runs, or by the clock.

use std::time::{SystemTime, UNIX_EPOCH};

use crate::cli::CliError;
use crate::timestamp::Timestamp;

/// <https://reproducible-builds.org/specs/source-date-epoch/>
const VARIABLE: &str = "SOURCE_DATE_EPOCH";

pub(super) fn now(told: Option<Timestamp>) -> Result<Timestamp, CliError> {
    if let Some(told) = told {
        return Ok(told);
    }
    if let Some(seconds) = std::env::var_os(VARIABLE).filter(|value| !value.is_empty()) {
        return seconds
            .to_str()
            .and_then(|text| text.parse().ok())
            .and_then(Timestamp::from_unix)
            .ok_or_else(|| CliError::new(format!("{VARIABLE} must be seconds since 1970")));
    }
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .ok()
        .and_then(|since| i64::try_from(since.as_secs()).ok())
        .and_then(Timestamp::from_unix)
        .ok_or_else(|| CliError::new("the system clock is out of range; set the time with --now"))
}
