//! Checks one request body, like `apicert check`, and shows how it would be repaired:
//!
//! ```console
//! $ cargo run --example lint -- request.json
//! ```

#![allow(clippy::print_stdout, reason = "a command prints")]

use std::error::Error;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use apicert::{Safety, Settings, Severity, Timestamp};

fn main() -> Result<ExitCode, Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("usage: lint FILE")?;
    let body = std::fs::read(&path)?;
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs();
    let now = Timestamp::from_unix(seconds.try_into()?).ok_or("the clock is after the year 9999")?;
    let settings = Settings::at(now);

    let report = apicert::lint(&body, &settings);
    for finding in report.findings() {
        let start = finding.location().start();
        println!(
            "{}:{}: {}: {} [{}]",
            start.line,
            start.column,
            finding.severity().name(),
            finding.message(),
            finding.rule().name(),
        );
    }

    let response = apicert::predict(&body, &settings);
    println!("predicted response: {} {}", response.status(), response.body());

    // The repaired body holds the private key: write it to a file, never to a log.
    let repaired = apicert::fix(&body, &settings, Safety::Safe);
    for (finding, fix) in repaired.repairs() {
        println!("safe fix of {}: {}", finding.rule().name(), fix.title());
    }

    let is_good = report.count(Severity::Error) == 0;
    Ok(if is_good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
