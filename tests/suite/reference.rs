//! The golden case: the example of the API's own reference page.

use std::collections::BTreeSet;
use std::fs;

use apicert::PredictedResponse;
use apicert::internals::api::Service;
use apicert::internals::problem::Severity;
use serde_json::Value;

use crate::support::{fixtures, settings};

fn read(name: &str) -> Vec<u8> {
    fs::read(fixtures().join("reference").join(name)).unwrap()
}

#[test]
fn the_page_s_own_example_is_refused_and_every_cause_is_named() {
    let report = apicert::lint(&read("request.json"), &settings(Service::Roma));
    let errors: BTreeSet<&str> = report
        .findings()
        .iter()
        .filter(|finding| finding.severity() == Severity::Error)
        .map(|finding| finding.rule().name())
        .collect();
    assert_eq!(
        errors.into_iter().collect::<Vec<_>>(),
        ["escaped-newlines", "published-key", "quoted-pem", "swapped-fields"]
    );
    let swapped = report.findings().iter().find(|finding| finding.rule().name() == "swapped-fields").unwrap();
    assert!(
        swapped.help().is_some_and(|help| help.contains("matches the certificate")),
        "the report says that after repair the key matches: {:?}",
        swapped.help()
    );
    let refusal = report.rejection().unwrap();
    assert_eq!((refusal.error().status(), refusal.error().code()), (400, "APIG.2106"));
}

#[test]
fn the_repaired_example_is_accepted_with_the_documented_metadata() {
    let PredictedResponse::Accepted(body) =
        apicert::predict(&read("repaired.json"), &settings(Service::Roma))
    else {
        panic!("refused");
    };
    let body = serde_json::to_value(body).unwrap();
    let documented: Value = serde_json::from_slice(&read("expected-certificate.json")).unwrap();
    for (member, value) in documented.as_object().unwrap() {
        assert_eq!(body.get(member), Some(value), "{member}");
    }
    // Masked in print, so not in the documentation; and what the request itself says.
    let own = [
        "id",
        "name",
        "type",
        "instance_id",
        "algorithm_type",
        "organizational_unit",
        "create_time",
        "update_time",
        "is_has_trusted_root_ca",
    ];
    for member in body.as_object().unwrap().keys() {
        assert!(
            documented.get(member).is_some() || own.contains(&member.as_str()),
            "{member} is not documented"
        );
    }
    assert_eq!(body["algorithm_type"], "RSA");
    assert_eq!(body["instance_id"], "f0fa1789-3b76-433b-a787-9892951c620e");
}
