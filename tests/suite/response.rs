//! The predicted metadata against what Go's `crypto/x509` and Python's `cryptography` read.

use std::fs;

use apicert::PredictedResponse;
use apicert::internals::api::Service;
use serde_json::Value;

use crate::support::{files, fixtures, settings};

#[test]
fn metadata_is_what_the_oracle_reads() {
    let folder = fixtures().join("response");
    let mut failures = Vec::new();
    let expected = files(&folder, ".expected.json");
    assert!(expected.len() >= 60, "only {} certificates", expected.len());
    for path in expected {
        let request = path.to_str().unwrap().replace(".expected.json", ".json");
        let expected: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        let answer = apicert::predict(&fs::read(&request).unwrap(), &settings(Service::Roma));
        let PredictedResponse::Accepted(body) = answer else {
            failures.push(format!("{request}: refused: {answer:?}"));
            continue;
        };
        let answered = serde_json::to_value(body.certificate().unwrap()).unwrap();
        if answered != expected {
            failures.push(format!("{request}:\n  answered {answered}\n  expected {expected}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
