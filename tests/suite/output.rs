//! The catalogue on paper, and the report against its schema.

use std::fs;
use std::path::Path;
use std::process::Command;

use apicert::internals::output::{FORMATS, Input, Run, Style, catalogue};
use apicert::internals::rules::RULES;

use unicode_width::UnicodeWidthStr;

use crate::support::{NOW, compare_or_bless, files_below, fixtures, settings_of};

fn apicert(arguments: &[&str]) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_apicert"))
        .args(arguments)
        .env_remove("CLICOLOR_FORCE")
        .output()
        .unwrap();
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

#[test]
fn catalogue_on_disk_is_the_one_of_the_rules() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/rules.md");
    let compared = compare_or_bless(&path, &catalogue::markdown(RULES));
    assert!(
        compared.is_ok(),
        "docs/rules.md is out of date: run BLESS=1 cargo test catalogue, and read the diff"
    );
}

#[test]
fn every_rule_is_listed_and_explained() {
    let (code, table) = apicert(&["rules"]);
    assert_eq!(code, Some(0));
    assert_eq!(table.lines().count(), RULES.len() + 1);
    let (code, json) = apicert(&["rules", "--format", "json"]);
    assert_eq!(code, Some(0));
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json.as_array().unwrap().len(), RULES.len());
    for (index, rule) in RULES.iter().enumerate() {
        assert_eq!(json[index]["name"], rule.name());
        assert!(table.lines().any(|line| line.starts_with(&format!("{} ", rule.name()))), "{}", rule.name());
        let (code, text) = apicert(&["explain", rule.name()]);
        assert_eq!(code, Some(0), "{}", rule.name());
        // Lines are broken; words are not.
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let said = words(&text);
        for part in [rule.summary(), rule.explanation(), rule.example()] {
            assert!(said.contains(&words(part)), "{}: {part}", rule.name());
        }
        for citation in rule.citations() {
            assert!(said.contains(&words(&citation.to_string())), "{}: {citation}", rule.name());
        }
        for refusal in rule.outcome().refusals() {
            assert!(said.contains(refusal.error().code()), "{}", rule.name());
            let (code, text) = apicert(&["explain", refusal.error().code()]);
            assert_eq!(code, Some(0));
            assert!(text.contains(&format!("  {} ", rule.name())), "{}: {text}", refusal.error().code());
        }
    }
}

/// `jsonschema` of Python judges the reports of all fixtures.
#[test]
fn reports_keep_to_the_schema() {
    let available = Command::new("python3").args(["-c", "import jsonschema"]).output();
    if !available.is_ok_and(|output| output.status.success()) {
        assert!(std::env::var_os("CI").is_none(), "CI has python3 with jsonschema");
        eprintln!("no python3 with jsonschema: not tested");
        return;
    }
    let folder = std::env::temp_dir().join(format!("apicert-schema-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let (code, schema) = apicert(&["check", "--print-schema"]);
    assert_eq!(code, Some(0));
    fs::write(folder.join("schema"), schema).unwrap();

    let bodies: Vec<String> = files_below(&fixtures().join("rules"), ".json")
        .into_iter()
        .map(|path| path.to_str().unwrap().to_owned())
        .collect();
    let mut all = vec!["check", "--now", NOW, "--format", "json", "missing.json"];
    all.extend(bodies.iter().map(String::as_str));
    let (code, report) = apicert(&all);
    assert_eq!(code, Some(2));
    fs::write(folder.join("all"), &report).unwrap();
    let accepted = fixtures().join("accepted");
    let (_, report) = apicert(&["check", "--now", NOW, "--format", "json", accepted.to_str().unwrap()]);
    fs::write(folder.join("accepted"), report).unwrap();
    let (_, report) = apicert(&["check", "--format", "json", "missing.json"]);
    fs::write(folder.join("none"), report).unwrap();
    all[4] = "ndjson";
    let (code, lines) = apicert(&all);
    assert_eq!(code, Some(2));
    fs::write(folder.join("lines"), lines).unwrap();
    // The schema refuses what is none.
    fs::write(folder.join("bad"), r#"{"schema_version": 1}"#).unwrap();

    let program = "\
import json, sys, jsonschema
read = lambda name: json.load(open(sys.argv[1] + '/' + name, encoding='utf-8'))
schema = read('schema')
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(schema)
assert not validator.is_valid(read('bad'))
findings = 0
for name in ['all', 'accepted', 'none']:
    report = read(name)
    for error in validator.iter_errors(report):
        sys.exit(f'{name}: {list(error.absolute_path)}: {error.message}')
    findings += sum(len(body['findings']) for body in report['inputs'])
assert findings > 50, findings
line = jsonschema.Draft202012Validator({**schema, '$ref': '#/$defs/line', 'type': 'object', 'required': [],
    'properties': {}, 'additionalProperties': True})
assert not line.is_valid({'path': 'a', 'message': 'b', 'verdict': 'accept'})
report = read('all')
lines = [json.loads(text) for text in open(sys.argv[1] + '/lines', encoding='utf-8')]
for object in lines:
    for error in line.iter_errors(object):
        sys.exit(f'ndjson: {list(error.absolute_path)}: {error.message}')
# What cannot be read has its line where it was named.
in_order = lambda objects: sorted(json.dumps(object) for object in objects)
assert in_order(lines) == in_order(report['inputs'] + report['errors'])
";
    let output = Command::new("python3").args(["-c", program]).arg(&folder).output().unwrap();
    fs::remove_dir_all(&folder).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Nothing is wider than the terminal but a word that is, and no word is broken.
#[test]
fn findings_fit_terminals_of_every_width() {
    let full = FORMATS.first().unwrap();
    let mut wide = Vec::new();
    let mut lines = 0;
    for path in files_below(&fixtures().join("rules"), ".json") {
        let Ok(input) = fs::read(&path) else { continue };
        let report = apicert::lint(&input, &settings_of(&path));
        for (width, unicode) in [(60, true), (80, true), (80, false), (140, true)] {
            let mut run = Run::new();
            run.inputs.push(Input::new("requests/www.example.com/request.json".to_owned(), report.clone()));
            let style = Style { colour: false, unicode, links: false, width, wraps_all: true };
            let mut text = Vec::new();
            (full.write)(&run, &style, &mut text).unwrap();
            let text = String::from_utf8(text).unwrap();
            let words: Vec<&str> = text.split_whitespace().collect();
            for finding in report.findings() {
                for word in finding.message().split_whitespace() {
                    assert!(
                        word.len() + 8 > width || words.contains(&word),
                        "{}: {word:?} is broken:\n{text}",
                        path.display()
                    );
                }
            }
            for line in text.lines() {
                lines += 1;
                let longest = line.split_whitespace().map(UnicodeWidthStr::width).max().unwrap_or_default();
                if line.width() > width && longest + 12 < width {
                    wide.push(format!("{} at {width}: {line}", path.display()));
                }
            }
        }
    }
    assert!(lines > 5_000, "{lines}");
    assert!(wide.is_empty(), "{} lines are too wide:\n{}", wide.len(), wide.join("\n"));
}
