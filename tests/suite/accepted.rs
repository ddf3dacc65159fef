//! Realistic bodies of which no rule may say anything.

use std::fs;

use apicert::Finding;
use apicert::internals::api::{CallSpec, Service};
use apicert::internals::problem::Severity;

use crate::support::{files, fixtures, settings};

#[test]
fn no_rule_speaks() {
    let mut count = 0;
    for service in Service::ALL {
        for path in files(&fixtures().join("accepted").join(service.name()), ".json") {
            let report = apicert::lint(&fs::read(&path).unwrap(), &settings(service));
            let said: Vec<_> = report.findings().iter().map(|f| (f.rule().name(), f.message())).collect();
            assert!(said.is_empty(), "{}: {said:?}", path.display());
            assert!(report.is_accepted(), "{}", path.display());
            count += 1;
        }
    }
    assert!(count >= 40, "only {count} accepted bodies");
}

#[test]
fn members_to_be_supported_get_that_note_and_nothing_else() {
    for service in Service::ALL {
        for path in files(&fixtures().join("accepted/with-notes").join(service.name()), ".json") {
            let report = apicert::lint(&fs::read(&path).unwrap(), &settings(service));
            for finding in report.findings() {
                assert_eq!(
                    (finding.rule().name(), finding.severity()),
                    ("unsupported-feature", Severity::Note),
                    "{}: {}",
                    path.display(),
                    finding.message()
                );
            }
            assert!(report.is_accepted(), "{}", path.display());
        }
    }
}

/// What is accepted for `create` is accepted for `update`, and for `bind` with only the fields of that call.
#[test]
fn accepted_bodies_are_accepted_by_every_call() {
    let mut count = 0;
    for spec in CallSpec::all() {
        for path in files(&fixtures().join("accepted").join(spec.service.name()), ".json") {
            let settings = settings(spec.service).with_call(spec.call);
            let mut body: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
            let fields = body.as_object_mut().unwrap();
            let before = fields.len();
            fields.retain(|name, _| spec.fields.iter().any(|it| it.name() == name));
            let is_reduced = fields.len() < before;
            let report = apicert::lint(body.to_string().as_bytes(), &settings);
            // Without `trusted_root_ca`, the issuer may be missing.
            let is_expected = |finding: &&Finding| is_reduced && finding.rule().name() == "incomplete-chain";
            let said: Vec<_> = report
                .findings()
                .iter()
                .filter(|finding| !is_expected(finding))
                .map(|finding| (finding.rule().name(), finding.message()))
                .collect();
            assert!(said.is_empty(), "{} with {}: {said:?}", path.display(), spec.call.name());
            assert_eq!(report.status(), spec.success, "{}", path.display());
            count += 1;
        }
    }
    assert!(count >= 120, "only {count} accepted bodies");
}
