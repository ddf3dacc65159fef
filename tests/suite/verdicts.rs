//! `check` and `predict` agree: a body that the service is predicted to refuse has an error.

use std::fs;
use std::path::PathBuf;

use apicert::PredictedResponse;
use apicert::internals::api::{Basis, Call, CallSpec, Service};
use apicert::internals::problem::Severity;
use apicert::internals::rules::RULES;
use apicert::internals::settings::Settings;

use crate::cli::apicert;
use crate::support::{NOW, files_below, fixtures, settings_of};

/// A rule that can lead to a refusal on a service is an error there. Nothing else makes `check` fail on a body
/// that is refused, so this is asked of the whole registry and not only of the rules that have such fixtures.
#[test]
fn a_rule_that_can_lead_to_a_refusal_is_an_error() {
    let mut refusing = 0;
    for spec in CallSpec::all() {
        for rule in RULES {
            let refusals = rule.outcome().refusals_in(spec);
            refusing += refusals.len();
            assert!(
                refusals.is_empty() || rule.severity(spec.call, spec.service) == Severity::Error,
                "{} leads to a refusal by {} of {} and is no error there",
                rule.name(),
                spec.call.name(),
                spec.service.name()
            );
            assert!(
                refusals.iter().all(|refusal| rule.outcome().refusals().contains(refusal)),
                "{}",
                rule.name()
            );
        }
    }
    assert!(refusing > 240, "{refusing} refusals");
}

/// What only API Gateway documents is documented there, and not the other service's.
#[test]
fn the_basis_is_that_of_the_service() {
    let of_similar_calls: Vec<_> = RULES
        .iter()
        .filter(|rule| rule.outcome().refusals().iter().any(|refusal| refusal.basis() == Basis::Sibling))
        .map(|rule| rule.name())
        .collect();
    // No reference documents an error for the `name` of this call.
    assert_eq!(of_similar_calls, ["invalid-name", "placeholder"]);
    for name in ["expires-after-2038", "pair-key-usage"] {
        let rule = RULES.iter().find(|rule| rule.name() == name).unwrap();
        assert!(rule.outcome().refusals_in(CallSpec::of(Call::Create, Service::Roma)).is_empty());
        assert!(
            rule.outcome()
                .refusals_in(CallSpec::of(Call::Create, Service::Apig))
                .iter()
                .all(|refusal| refusal.basis() == Basis::Documented)
        );
    }
}

/// Every JSON file of the fixtures, with the settings of its folder, as each service judges it. Files that are no
/// bodies are judged as well: what is true of any input is true of them.
fn judged() -> impl Iterator<Item = (PathBuf, Vec<u8>, Settings)> {
    files_below(&fixtures(), ".json").into_iter().flat_map(|path| {
        let input = fs::read(&path).unwrap();
        let settings = settings_of(&path);
        CallSpec::all().iter().map(move |spec| {
            let settings = settings.clone().with_service(spec.service).with_call(spec.call);
            (path.clone(), input.clone(), settings)
        })
    })
}

/// Of a body that is refused, the finding that leads to the refusal is an error, so `check` exits with 1 too. The
/// other way round `check` fails on some bodies that are accepted: what is sent is wrong (a key that is printed in
/// public, a field given twice), and the service does not notice. So an accepted body has an error only from a
/// rule that has no refusal on this service, or whose refusal depends on the field and does not count here.
#[test]
fn what_is_refused_has_an_error_and_an_error_has_a_reason() {
    let (mut refused, mut accepted, mut accepted_with_error) = (0, 0, 0);
    for (path, input, settings) in judged() {
        let on = CallSpec::of(settings.call(), settings.service());
        let place =
            format!("{} with --service {} --call {}", path.display(), on.service.name(), on.call.name());
        let report = apicert::lint(&input, &settings);
        let answer = apicert::predict(&input, &settings);
        assert_eq!(report.is_accepted(), matches!(answer, PredictedResponse::Accepted(_)), "{place}");
        assert_eq!(report.status(), answer.status(), "{place}");
        for finding in report.findings() {
            let is_error = finding.severity() == Severity::Error;
            assert!(
                finding.rejection().is_none() || is_error,
                "{place}: {} is no error",
                finding.rule().name()
            );
        }
        let errors = || report.findings().iter().filter(|finding| finding.severity() == Severity::Error);
        if !report.is_accepted() {
            refused += 1;
            assert!(errors().any(|finding| finding.rejection().is_some()), "{place}: refused, and no error");
            continue;
        }
        accepted += 1;
        accepted_with_error += usize::from(errors().next().is_some());
        for finding in errors() {
            let rule = finding.rule();
            assert!(
                rule.outcome().refusals_in(on).is_empty() || rule.name() == "placeholder",
                "{place}: {} is an error, and the body is accepted",
                rule.name()
            );
        }
    }
    assert!(refused > 500 && accepted > 300, "{refused} refused, {accepted} accepted");
    assert!(accepted_with_error > 10, "{accepted_with_error} accepted with an error");
}

/// The same of the command: its exit codes, for the first bad body of each rule.
#[test]
fn the_command_exits_alike() {
    let mut refused = 0;
    for rule in RULES {
        let path = fixtures().join("rules").join(rule.name()).join("bad.json");
        for service in Service::ALL {
            let options = [path.to_str().unwrap(), "--service", service.name(), "--now", NOW];
            let run = |command: &str| apicert(&[&[command], options.as_slice()].concat()).code;
            let (check, predict) = (run("check"), run("predict"));
            let place =
                format!("{} with --service {}: {check:?}, {predict:?}", path.display(), service.name());
            assert!(matches!((check, predict), (Some(0 | 1), Some(0)) | (Some(1), Some(1))), "{place}");
            refused += usize::from(predict == Some(1));
        }
    }
    assert!(refused > 80, "{refused} refused");
}
