//! The comparison set: what the whole tool says to pairs, chains and armours, against what follows
//! from how they were made. See `fixtures/conformance/README.md`.

use std::collections::BTreeSet;
use std::fs;

use apicert::internals::api::{Field, Service};
use apicert::internals::edit;
use apicert::internals::edit::Safety;
use apicert::internals::facts::Facts;
use apicert::internals::keys::public_key::PublicKey;
use apicert::internals::problem::Severity;
use apicert::internals::report::{Finding, Location, Report};
use apicert::internals::rules;
use serde::Deserialize;

use crate::support::{NOW, files_below, fixtures, settings};

#[derive(Deserialize)]
struct Set {
    now: String,
    service: String,
    cases: Vec<Case>,
}

/// A body and what is to be said about it.
#[derive(Deserialize)]
struct Case {
    case: String,
    verdict: String,
    errors: BTreeSet<String>,
    #[serde(default)]
    also: Vec<String>,
    /// Chains: the certificates that are to be pointed out.
    #[serde(default)]
    index: Vec<usize>,
    /// Chains: the right orders.
    #[serde(default)]
    order: Vec<Vec<usize>>,
    /// Armours: the rules about the damage, and the members that they are to point at.
    #[serde(default)]
    armour: Vec<String>,
    #[serde(default)]
    at: BTreeSet<String>,
    offset: Option<usize>,
    #[serde(default)]
    repairable: bool,
    /// Armours: what comes out of the repair, and the errors that stay.
    #[serde(default)]
    certificates: Vec<String>,
    key: Option<String>,
    #[serde(default)]
    left: BTreeSet<String>,
}

impl Case {
    fn read_all() -> Vec<Self> {
        let text = fs::read(fixtures().join("conformance/cases.json")).unwrap();
        let set: Set = serde_json::from_slice(&text).unwrap();
        assert_eq!((set.now.as_str(), set.service.as_str()), (NOW, Service::Roma.name()));
        set.cases
    }

    fn input(&self) -> Vec<u8> {
        fs::read(fixtures().join("conformance").join(format!("{}.json", self.case))).unwrap()
    }

    fn report(&self) -> Report {
        apicert::lint(&self.input(), &settings(Service::Roma))
    }

    fn is_in(&self, folder: &str) -> bool {
        self.case.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
    }
}

#[test]
fn the_set_is_as_large_as_promised_and_every_body_is_in_it() {
    let cases = Case::read_all();
    let count = |test: &dyn Fn(&Case) -> bool| cases.iter().filter(|case| test(case)).count();
    assert!(count(&|case| case.is_in("pairs-valid") && case.verdict == "accept") >= 16);
    assert!(count(&|case| case.is_in("pairs-broken") && case.verdict != "accept") >= 24);
    assert!(count(&|case| case.is_in("chains") && !case.index.is_empty() && !case.order.is_empty()) >= 11);
    assert!(count(&|case| case.is_in("armours") && !case.armour.is_empty()) >= 60);

    let named: BTreeSet<_> = cases.iter().map(|case| case.case.clone()).collect();
    assert_eq!(named.len(), cases.len(), "a case stands there twice");
    let folder = fixtures().join("conformance");
    let on_disk: BTreeSet<_> = files_below(&folder, ".json")
        .iter()
        .map(|path| path.strip_prefix(&folder).unwrap().with_extension("").to_str().unwrap().to_owned())
        .filter(|name| name != "cases")
        .collect();
    assert_eq!(named, on_disk);

    for case in &cases {
        for rule in case.errors.iter().chain(&case.also).chain(&case.armour).chain(&case.left) {
            assert!(rules::by_name(rule).is_some(), "{}: {rule} is no rule", case.case);
        }
        assert_eq!(case.verdict == "accept", case.errors.is_empty(), "{}", case.case);
    }
}

#[test]
fn valid_pairs_are_accepted() {
    judge("pairs-valid");
}

#[test]
fn broken_pairs_are_rejected_for_their_true_cause() {
    judge("pairs-broken");
}

#[test]
fn wrong_chains_are_flagged_and_right_ones_are_not() {
    judge("chains");
}

#[test]
fn broken_armours_are_named() {
    judge("armours");
}

#[test]
fn wrong_chains_are_told_by_index_and_order() {
    check("chains", |case, report| {
        let errors =
            || report.findings().iter().filter(|finding| case.errors.contains(finding.rule().name()));
        for index in &case.index {
            if !errors().any(|finding| numbers(finding).iter().any(|text| text.contains(index))) {
                return Err(format!("does not point out certificate {index}: {}", said(report)));
            }
        }
        // Where certificates are only to be left out, saying which ones is saying the order.
        let is_to_be_told = case.order.iter().any(|order| !order.is_sorted());
        let tells = |order: &Vec<usize>| {
            errors().any(|finding| {
                numbers(finding).iter().any(|text| text.windows(order.len()).any(|piece| piece == order))
            })
        };
        if is_to_be_told && !case.order.iter().any(tells) {
            return Err(format!("does not tell the order {:?}: {}", case.order, said(report)));
        }
        Ok(())
    });
}

#[test]
fn damage_is_found_in_its_member_and_at_its_character() {
    check("armours", |case, report| {
        for rule in &case.armour {
            let found: BTreeSet<String> = report
                .findings()
                .iter()
                .filter(|finding| finding.rule().name() == rule)
                .map(|finding| finding.location().pointer().to_owned())
                .collect();
            if found != case.at {
                return Err(format!("{rule} at {found:?}, not {:?}", case.at));
            }
        }
        let Some(offset) = case.offset else { return Ok(()) };
        let places: Vec<usize> = report
            .findings()
            .iter()
            .filter(|finding| case.armour.iter().any(|rule| rule == finding.rule().name()))
            .map(|finding| finding.location().span().start)
            .collect();
        if places == [offset] { Ok(()) } else { Err(format!("points at {places:?}, not {offset}")) }
    });
}

#[test]
fn every_repairable_armour_is_repaired_and_no_certificate_or_key_changes() {
    let settings = settings(Service::Roma);
    check("armours", |case, report| {
        let repaired = repair(case.input());
        if !case.repairable {
            let own = |finding: &&Finding| case.armour.iter().any(|rule| rule == finding.rule().name());
            let promises = report
                .findings()
                .iter()
                .filter(own)
                .any(|finding| finding.fix().is_some_and(|fix| fix.safety() == Safety::Safe));
            return if promises { Err("offers a safe fix for what is a guess".to_owned()) } else { Ok(()) };
        }
        let report = apicert::lint(&repaired, &settings);
        let left = errors(&report);
        if left != case.left {
            return Err(format!("left after the repair: {left:?}, not {:?}: {}", case.left, said(&report)));
        }
        let facts = Facts::analyze(&repaired, &settings);
        let certificates: Vec<String> = facts
            .certificates(Field::CertContent)
            .map(|certificate| certificate.whole.sha256().to_string())
            .collect();
        if certificates != case.certificates {
            return Err("the repair changed a certificate".to_owned());
        }
        let key = facts
            .blocks(Field::PrivateKey)
            .find_map(|block| block.private_key()?.public_key.as_ref())
            .map(PublicKey::sha256);
        if key != case.key {
            return Err("the repair changed the key".to_owned());
        }
        Ok(())
    });
}

/// Errors, the answer, and what has to be said beside are as expected.
fn judge(folder: &str) {
    check(folder, |case, report| {
        let errors = errors(report);
        if errors != case.errors {
            return Err(format!("{errors:?}, not {:?}: {}", case.errors, said(report)));
        }
        let verdict = report.rejection().map_or("accept", |refused| refused.error().code());
        if verdict != case.verdict {
            return Err(format!("{verdict}, not {}", case.verdict));
        }
        for rule in &case.also {
            let is_said =
                |finding: &Finding| finding.rule().name() == rule && finding.severity() < Severity::Error;
            if !report.findings().iter().any(is_said) {
                return Err(format!("{rule} is not reported: {}", said(report)));
            }
        }
        Ok(())
    });
}

fn check(folder: &str, test: impl Fn(&Case, &Report) -> Result<(), String>) {
    let cases: Vec<Case> = Case::read_all().into_iter().filter(|case| case.is_in(folder)).collect();
    assert!(!cases.is_empty());
    let failures: Vec<String> = cases
        .iter()
        .filter_map(|case| {
            test(case, &case.report()).err().map(|failure| format!("{}: {failure}", case.case))
        })
        .collect();
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), cases.len(), failures.join("\n"));
}

fn errors(report: &Report) -> BTreeSet<String> {
    report
        .findings()
        .iter()
        .filter(|finding| finding.severity() == Severity::Error)
        .map(|finding| finding.rule().name().to_owned())
        .collect()
}

/// Applies safe fixes until there is none left to apply.
fn repair(mut input: Vec<u8>) -> Vec<u8> {
    for _ in 0..8 {
        let report = apicert::lint(&input, &settings(Service::Roma));
        let fixes: Vec<_> = report
            .findings()
            .iter()
            .filter_map(|finding| finding.fix())
            .filter(|fix| fix.safety() == Safety::Safe)
            .collect();
        let fixed = edit::apply(&input, &fixes).text.to_vec();
        if fixed == input {
            break;
        }
        input = fixed;
    }
    input
}

/// The numbers that each sentence of a finding names, in their order.
fn numbers(finding: &Finding) -> Vec<Vec<usize>> {
    [Some(finding.message()), finding.help(), Some(finding.location().label())]
        .into_iter()
        .flatten()
        .chain(finding.related().iter().map(Location::label))
        .map(|text| {
            text.split(|character: char| !character.is_ascii_digit())
                .filter_map(|digits| digits.parse().ok())
                .collect()
        })
        .collect()
}

fn said(report: &Report) -> String {
    let findings: Vec<String> = report
        .findings()
        .iter()
        .map(|finding| {
            format!("{} at {}: {}", finding.rule().name(), finding.location().pointer(), finding.message())
        })
        .collect();
    format!("{findings:?}")
}
