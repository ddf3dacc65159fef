//! Bodies in which rules about chains, SM2 pairs and roles meet: which of them speak, which order they
//! call the right one, and that their safe fixes lead there. `fixtures/rules/make_chain.py` says of each
//! what was done to it.

use std::collections::BTreeMap;
use std::fs;

use apicert::api::Service;
use apicert::edit;
use apicert::edit::Safety;
use apicert::facts::Facts;
use apicert::problem::Severity;
use apicert::rules;
use apicert::rules::{Family, RULES, RuleMatch};
use serde::Deserialize;

use crate::support::{files, fixtures, settings};

#[derive(Deserialize)]
struct Case {
    rules: Vec<String>,
    order: Option<Vec<usize>>,
}

fn cases() -> BTreeMap<String, Case> {
    let text = fs::read(fixtures().join("chains/cases.json")).unwrap();
    let cases: BTreeMap<String, Case> = serde_json::from_slice(&text).unwrap();
    let on_disk = files(&fixtures().join("chains"), ".json").len() - 1;
    assert_eq!(cases.len(), on_disk, "a body without expectation, or the other way round");
    cases
}

fn input(case: &str) -> Vec<u8> {
    fs::read(fixtures().join("chains").join(format!("{case}.json"))).unwrap()
}

/// What this is about: notes about the use of chains and of SM2 aside.
fn findings(input: &[u8]) -> Vec<RuleMatch> {
    let settings = settings(Service::Roma);
    let facts = Facts::analyze(input, &settings);
    rules::judge(RULES, &facts)
        .into_iter()
        .filter(|finding| {
            finding.severity == Severity::Error
                || matches!(finding.rule.family, Family::Chain | Family::Sm2 | Family::Roles)
        })
        .filter(|finding| finding.rule.name != "chain-in-roma")
        .collect()
}

fn names(findings: &[RuleMatch]) -> Vec<&str> {
    let mut names: Vec<&str> = findings.iter().map(|finding| finding.rule.name).collect();
    names.sort_unstable();
    names
}

#[test]
fn exactly_the_right_rules_speak() {
    let failures: Vec<String> = cases()
        .iter()
        .filter_map(|(name, case)| {
            let found = findings(&input(name));
            (names(&found) != case.rules)
                .then(|| format!("{name}: {:?}, not {:?}", names(&found), case.rules))
        })
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_right_order_is_told() {
    let cases = cases();
    let ordered: Vec<_> =
        cases.iter().filter_map(|(name, case)| Some((name, case.order.as_ref()?))).collect();
    assert!(ordered.len() >= 11);
    for (name, order) in ordered {
        let found = findings(&input(name));
        let misordered = found.iter().find(|finding| finding.rule.name == "misordered-chain").unwrap();
        let numbers: Vec<String> = order.iter().map(ToString::to_string).collect();
        let help = misordered.problem.help.as_ref().unwrap();
        assert!(
            help.starts_with(&format!("the correct order is certificates {}:", numbers.join(", "))),
            "{name}: {help}"
        );
    }
}

#[test]
fn safe_fixes_leave_nothing_to_fix_safely() {
    for name in cases().keys() {
        let mut body = input(name);
        for _ in 0..6 {
            let found = findings(&body);
            let fixes: Vec<_> = found
                .iter()
                .filter_map(|finding| finding.problem.fix.as_ref())
                .filter(|fix| fix.safety == Safety::Safe)
                .collect();
            body = edit::apply(&body, &fixes).text.to_vec();
        }
        let left = findings(&body);
        for finding in &left {
            let is_safe = finding.problem.fix.as_ref().is_some_and(|fix| fix.safety == Safety::Safe);
            assert!(!is_safe, "{name}: {} is left", finding.rule.name);
        }
        // Nothing new came up, but what an end-entity in the leaf's place is once it has moved.
        let before = findings(&input(name));
        for rule in names(&left) {
            assert!(
                names(&before).contains(&rule)
                    || (rule == "unrelated-certificate" && names(&before).contains(&"misordered-chain")),
                "{name}: {rule} came up"
            );
        }
    }
}
