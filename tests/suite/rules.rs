//! One harness for all rules: bad is found and prints `bad.txt`, good is looked at and passes, a fix
//! does what it promises. Each rule is asked alone.

use std::fs;
use std::path::{Path, PathBuf};

use apicert::internals::edit;
use apicert::internals::edit::Safety;
use apicert::internals::facts::Facts;
use apicert::internals::report::Report;
use apicert::internals::rules;
use apicert::internals::rules::{FixAvailability, RULES, Rule, RuleMatch};
use apicert::internals::settings::Settings;

use crate::support::{compare_or_bless, files, fixtures, settings_of};

fn findings(rule: &'static Rule, input: &[u8], settings: &Settings) -> Vec<RuleMatch> {
    rules::judge(&[rule], &Facts::analyze(input, settings))
}

#[test]
fn every_rule_has_fixtures_and_every_fixture_a_rule() {
    for rule in RULES {
        let folder = fixtures().join("rules").join(rule.name());
        assert!(folder.join("bad.json").is_file(), "{}: no bad.json", rule.name());
        assert!(folder.join("good.json").is_file(), "{}: no good.json", rule.name());
    }
    for entry in fs::read_dir(fixtures().join("rules")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        assert!(
            !path.is_dir() || name == "__pycache__" || rules::by_name(&name).is_some(),
            "{name} is no rule"
        );
    }
}

#[test]
fn names_are_unique_and_every_rule_is_documented() {
    for (index, rule) in RULES.iter().enumerate() {
        assert!(RULES[..index].iter().all(|other| other.name() != rule.name()), "{} twice", rule.name());
        assert!(!rule.citations().is_empty(), "{}: no citation, no rule", rule.name());
        assert!(rule.summary().ends_with('.'), "{}: the summary is a sentence", rule.name());
        assert!(rule.explanation().len() > 80, "{}: the explanation explains nothing", rule.name());
        assert!(!rule.example().ends_with('.'), "{}: messages have no full stop", rule.name());
    }
}

#[test]
fn bad_is_found() {
    let failures = failures(|rule, folder| {
        for path in files(folder, ".json").into_iter().filter(|path| is_case(path, "bad")) {
            let input = fs::read(&path).unwrap();
            let settings = &settings_of(&path);
            let found = findings(rule, &input, settings);
            let Some(first) = found.first() else { return Err(format!("{} is not found", path.display())) };
            if path.ends_with("bad.json") && first.problem.message != rule.example() {
                return Err(format!("the example is not the message: {}", first.problem.message));
            }
            let facts = Facts::analyze(&input, settings);
            let report = Report::new(&input, &facts, found);
            compare_or_bless(&path.with_extension("txt"), &crate::support::rendered(&report, &path))?;
        }
        Ok(())
    });
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn good_is_looked_at_and_passes() {
    let failures = failures(|rule, folder| {
        for path in files(folder, ".json").into_iter().filter(|path| is_case(path, "good")) {
            let input = fs::read(&path).unwrap();
            let settings = &settings_of(&path);
            let found = findings(rule, &input, settings);
            if let Some(first) = found.first() {
                return Err(format!("{}: {}", path.display(), first.problem.message));
            }
            if rules::subjects(rule, &Facts::analyze(&input, settings)) == 0 {
                return Err(format!("{} is not looked at", path.display()));
            }
        }
        Ok(())
    });
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn fixes_do_what_they_promise() {
    let failures = failures(|rule, folder| {
        let mut safeties = Vec::new();
        for path in files(folder, ".json").into_iter().filter(|path| is_case(path, "bad")) {
            let input = fs::read(&path).unwrap();
            let settings = &settings_of(&path);
            for finding in findings(rule, &input, settings) {
                safeties.extend(finding.problem.fix.map(|fix| fix.safety()));
            }
            let fixed = fixed_by(rule, input.clone(), settings);
            let expected =
                path.with_file_name(path.file_name().unwrap().to_str().unwrap().replace("bad", "fixed"));
            if fixed == input {
                if expected.exists() {
                    return Err(format!("nothing is fixed, and there is {}", expected.display()));
                }
                continue;
            }
            compare_or_bless(&expected, &String::from_utf8(fixed.clone()).unwrap())?;
            let left = findings(rule, &fixed, settings);
            if let Some(first) = left.iter().find(|finding| finding.problem.fix.is_some()) {
                return Err(format!(
                    "{}: still fixable after its fix: {}",
                    path.display(),
                    first.problem.message
                ));
            }
        }
        let promised = match rule.fix_availability() {
            FixAvailability::Never => safeties.is_empty(),
            FixAvailability::When(safety, _) => !safeties.is_empty() && safeties.iter().all(|&s| s == safety),
            FixAvailability::Either(_) => {
                safeties.contains(&Safety::Safe) && safeties.contains(&Safety::Unsafe)
            }
        };
        if promised {
            Ok(())
        } else {
            Err(format!("promises {:?}, the bad fixtures show {safeties:?}", rule.fix_availability()))
        }
    });
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

fn fixed_by(rule: &'static Rule, mut input: Vec<u8>, settings: &Settings) -> Vec<u8> {
    for _ in 0..8 {
        let found = findings(rule, &input, settings);
        let fixes: Vec<_> = found.iter().filter_map(|finding| finding.problem.fix.as_ref()).collect();
        let fixed = edit::apply(&input, &fixes).text.to_vec();
        if fixed == input {
            break;
        }
        input = fixed;
    }
    input
}

fn is_case(path: &Path, kind: &str) -> bool {
    let name = path.file_stem().unwrap().to_str().unwrap();
    name == kind || name.strip_prefix(kind).is_some_and(|rest| rest.starts_with('-'))
}

fn failures(test: impl Fn(&'static Rule, &PathBuf) -> Result<(), String>) -> Vec<String> {
    RULES
        .iter()
        .filter_map(|rule| {
            let folder = fixtures().join("rules").join(rule.name());
            let failure = test(rule, &folder).err()?;
            Some(format!("{}: {failure}", rule.name()))
        })
        .collect()
}
