//! The predicted metadata against what Go's `crypto/x509` and Python's `cryptography` read.

use std::fs;

use apicert::internals::api::Service;
use apicert::internals::facts::Facts;
use apicert::{AssignedValues, Call, PredictedResponse, Timestamp};
use serde_json::{Value, json};

use crate::cli::apicert as apicert_command;
use crate::support::{NOW, files, fixtures, settings};

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

/// The responses of the other calls, from the documentation of each.
#[test]
fn each_call_has_its_own_response() {
    let body = fs::read(fixtures().join("rules/key-mismatch/good.json")).unwrap();
    let time = |text| Timestamp::from_rfc3339(text).unwrap();
    let assigned = AssignedValues::default()
        .with_id("c5e0d5ba62a34d26ad5c709ae22c1a17")
        .with_ssl_id("3a5f5317f2b142b7ab1ad8ab4dbc45a1")
        .with_project_id("5019bd4b2ee24d8a9d0e2f43aa4e5a39")
        .with_create_time(time("2025-01-02T03:04:05Z"));
    for service in Service::ALL {
        let of = |call: Call| {
            let settings = settings(service).with_call(call).with_domains(["www.example.com".to_owned()]);
            apicert::predict_with(&body, &settings, &assigned)
        };
        let update = of(Call::Update);
        assert_eq!(update.status(), 200);
        let update = update.body();
        assert_eq!(update["id"], "c5e0d5ba62a34d26ad5c709ae22c1a17");
        assert_eq!(update["create_time"], "2025-01-02T03:04:05Z");
        assert_eq!(update["update_time"], NOW);
        assert_eq!(of(Call::Create).body(), update);
        let bind = of(Call::Bind);
        assert_eq!(bind.status(), 201);
        assert_eq!(
            bind.body(),
            json!({
                "id": "c5e0d5ba62a34d26ad5c709ae22c1a17",
                "url_domain": "www.example.com",
                "status": 3,
                "ssl_id": "3a5f5317f2b142b7ab1ad8ab4dbc45a1",
                "ssl_name": update["name"],
                "min_ssl_version": "TLSv1.1",
                "is_http_redirect_to_https": false,
                "verified_client_certificate_enabled": false,
                "ssl_infos": [{
                    "ssl_id": "3a5f5317f2b142b7ab1ad8ab4dbc45a1",
                    "ssl_name": update["name"],
                    "algorithm_type": update["algorithm_type"],
                    "type": "global"
                }]
            })
        );
    }
}

/// The library gives the JSON of the command.
#[test]
fn the_library_gives_the_json_of_the_command() {
    let path = fixtures().join("rules/key-mismatch/bad.json");
    let (body, path) = (fs::read(&path).unwrap(), path.to_str().unwrap());
    let line = |run: &str| serde_json::from_str::<Value>(run).unwrap();
    let checked = apicert_command(&["check", "--no-config", "--now", NOW, "--format", "ndjson", path]);
    let mut expected = line(&checked.stdout);
    let mut report = line(&apicert::lint(&body, &settings(Service::Roma)).to_json(path));
    // The command makes fingerprints of the path from the root of the repository.
    for value in [&mut expected, &mut report] {
        for finding in value["findings"].as_array_mut().unwrap() {
            let fingerprint = finding.as_object_mut().unwrap().remove("fingerprint").unwrap();
            assert_eq!(fingerprint.as_str().unwrap().len(), 32);
        }
    }
    assert_eq!(report, expected);
    let inspected = apicert_command(&["inspect", "--no-config", "--format", "json", path]);
    assert_eq!(line(&apicert::inspect(&body, path).unwrap()), line(&inspected.stdout));
}

#[test]
fn a_key_given_as_a_domain_is_not_in_the_response() {
    let key = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDYvPx9H8ZY9iUf";
    let body = fs::read(fixtures().join("rules/key-mismatch/good.json")).unwrap();
    let bind = settings(Service::Apig).with_call(Call::Bind).with_domains([key.to_owned()]);
    let PredictedResponse::Accepted(accepted) =
        PredictedResponse::new(&Facts::analyze(&body, &bind), &[], &AssignedValues::default())
    else {
        panic!("no finding refuses it")
    };
    let json = serde_json::to_value(&accepted).unwrap();
    assert!(json.get("url_domain").is_none(), "{json}");
    let said = format!("{accepted:?} {json}");
    assert!(!said.contains(&key[..8]), "{said}");
}
