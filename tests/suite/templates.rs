//! `--set`: templates are judged like the body that becomes of them, findings point into the template,
//! and no value gets out or into a file.

use std::fs;

use apicert::internals::api::Field;
use apicert::internals::edit::Safety;
use apicert::internals::output::{Style, diff};
use apicert::internals::report::{Location, Report};
use apicert::internals::response::AssignedValues;
use apicert::internals::span::Lines;
use apicert::internals::template;
use apicert::internals::template::Value as Filling;
use serde_json::Value;

use crate::cli::{Folder, Run, apicert, command, with_stdin};
use crate::secrets::{Pieces, assert_clean, pieces_of_long_strings};
use crate::support::{NOW, files_below, fixtures, in_every_format, settings_of};

/// A body, the template that it may be made from, and the values for that.
struct Case {
    body: Vec<u8>,
    template: String,
    values: Vec<Filling>,
}

impl Case {
    /// Makes placeholders of all documented members of a body that are strings; `None` where there is
    /// nothing to fill, or a name occurs twice.
    fn of(body: &[u8], placeholder: fn(&str) -> String) -> Option<Self> {
        let text = std::str::from_utf8(body).ok()?;
        let object: serde_json::Map<String, Value> = serde_json::from_str(text).ok()?;
        let mut template = text.to_owned();
        let mut values = Vec::new();
        for field in Field::ALL {
            let folded = object.keys().filter(|name| Field::by_name(name) == Some(field)).count();
            let Some(value) = object.get(field.name()).and_then(Value::as_str) else { continue };
            // What is written is found by its own text, which has to be the only one.
            let written: Vec<&str> = literals(text).filter(|literal| decoded(literal) == value).collect();
            let names = text.matches(&format!("\"{}\"", field.name())).count();
            let [written] = written[..] else { return None };
            if folded != 1 || names != 1 {
                return None;
            }
            template = template.replacen(written, &placeholder(field.name()), 1);
            values.push(Filling { field, text: value.to_owned().into() });
        }
        (!values.is_empty()).then(|| Self { body: body.to_vec(), template, values })
    }
}

/// The strings of a JSON text, as they are written.
fn literals(text: &str) -> impl Iterator<Item = &str> {
    let mut start = None;
    let mut is_escaped = false;
    text.char_indices().filter_map(move |(at, character)| {
        let was_escaped = is_escaped;
        is_escaped = character == '\\' && !was_escaped;
        match (character, start) {
            ('"', None) => start = Some(at),
            ('"', Some(from)) if !was_escaped => {
                start = None;
                return Some(&text[from..=at]);
            }
            _ => {}
        }
        None
    })
}

fn decoded(literal: &str) -> String {
    serde_json::from_str(literal).unwrap_or_default()
}

/// All bodies of the rules' fixtures that can be made into templates, with their settings.
fn cases(placeholder: fn(&str) -> String) -> Vec<(String, Case, apicert::internals::settings::Settings)> {
    let mut cases = Vec::new();
    for path in files_below(&fixtures().join("rules"), ".json") {
        let stem = path.file_stem().unwrap().to_str().unwrap();
        if !stem.starts_with("bad") && !stem.starts_with("good") {
            continue;
        }
        if let Some(case) = Case::of(&fs::read(&path).unwrap(), placeholder) {
            cases.push((path.display().to_string(), case, settings_of(&path)));
        }
    }
    assert!(cases.len() > 150, "only {} cases", cases.len());
    cases
}

/// What a report says, but for where in the file it is.
fn said(report: &Report) -> Vec<String> {
    let place = |place: &Location| format!("{} {:?} {}", place.pointer(), place.pem(), place.label());
    let mut said: Vec<String> = report
        .findings()
        .iter()
        .map(|finding| {
            let related: Vec<String> = finding.related().iter().map(place).collect();
            format!(
                "{} {:?} {} {:?} {} {related:?} {:?} {}",
                finding.rule().name(),
                finding.severity(),
                finding.message(),
                finding.help(),
                place(finding.location()),
                finding.rejection(),
                finding.ordinal()
            )
        })
        .collect();
    said.sort();
    said
}

#[test]
fn a_template_is_judged_like_the_body_that_becomes_of_it() {
    // The body itself is what a service gets, however it was made.
    let placeholders: [fn(&str) -> String; 3] = [
        |name| format!("\"${{{name}}}\""),
        |name| format!("{{{{ {name} | to_json }}}}"),
        |_| "null".to_owned(),
    ];
    for placeholder in placeholders {
        for (path, case, settings) in cases(placeholder) {
            let expected = apicert::lint(&case.body, &settings);
            let report = template::lint(case.template.as_bytes(), &case.values, &settings);
            assert_eq!(said(&report), said(&expected), "{path}");
            let answer = |refusal: Option<&apicert::PredictedRejection>| {
                refusal.map(|refused| {
                    (refused.rule().name(), refused.error().code(), refused.message().to_owned())
                })
            };
            assert_eq!(answer(report.rejection()), answer(expected.rejection()), "{path}");
            let predicted = template::predict(
                case.template.as_bytes(),
                &case.values,
                &settings,
                &AssignedValues::default(),
            );
            let of_the_body = apicert::predict(&case.body, &settings);
            assert_eq!(format!("{predicted:?}"), format!("{of_the_body:?}"), "{path}");
        }
    }
}

#[test]
fn findings_point_at_the_member_of_the_template() {
    let mut inside = 0;
    for (path, case, settings) in cases(|name| format!("\"${{{name}}}\"")) {
        let lines = Lines::new(case.template.as_bytes());
        let report = template::lint(case.template.as_bytes(), &case.values, &settings);
        for finding in report.findings() {
            for place in std::iter::once(finding.location()).chain(finding.related()) {
                assert_eq!(place.start(), lines.position(place.span().start), "{path}");
                assert_eq!(place.end(), lines.position(place.span().end), "{path}");
                let member = place.pointer().strip_prefix('/').unwrap_or_default();
                if place.pem().is_some() && case.values.iter().any(|value| value.field.name() == member) {
                    inside += 1;
                    let expected = format!("\"${{{member}}}\"");
                    assert_eq!(&case.template[place.span().start..place.span().end], expected, "{path}");
                }
            }
        }
        let starts: Vec<usize> =
            report.findings().iter().map(|finding| finding.location().span().start).collect();
        assert!(starts.is_sorted(), "{path}");
        if !report.findings().is_empty() {
            assert_eq!(report.redacted().as_str().len(), case.template.len(), "{path}");
        }
    }
    assert!(inside > 150, "{inside}");
}

#[test]
fn values_get_nowhere() {
    for (path, case, settings) in cases(|name| format!("\"${{{name}}}\"")) {
        // What stands in no documented member stays in the template.
        let left = pieces_of_long_strings(case.template.as_bytes());
        let secrets: Pieces = &pieces_of_long_strings(&case.body) - &left;
        if secrets.is_empty() {
            continue;
        }
        let report = template::lint(case.template.as_bytes(), &case.values, &settings);
        let mut texts = in_every_format(&report, path.as_ref());
        texts.push(("debug", format!("{report:?}")));
        texts.push(("masked source", report.redacted().as_str().to_owned()));
        for least in [Safety::Safe, Safety::Unsafe] {
            let repaired = template::repair(case.template.as_bytes(), &case.values, &settings, &|_, fix| {
                fix.safety() >= least
            });
            let mut changes = Vec::new();
            let lines = Lines::new(case.template.as_bytes());
            diff::write("x", &lines, &repaired, &Style::PLAIN, &mut changes).unwrap();
            texts.push(("diff", String::from_utf8(changes).unwrap()));
            let text = String::from_utf8(repaired.body().to_vec()).unwrap();
            // What stands for a value stands there still.
            for value in &case.values {
                assert!(text.contains(&format!("\"${{{}}}\"", value.field.name())), "{path}: {text}");
            }
            texts.push(("repaired template", text));
        }
        for (what, text) in texts {
            assert_clean(&text, &secrets, &format!("{what} of {path}"));
        }
    }
}

#[test]
fn what_has_nothing_to_do_with_values_is_repaired() {
    // From the fixtures: what is repaired in the body without a certificate or key having to do with it
    // is repaired in the template as well.
    let mut repaired_in_both = 0;
    for (path, case, settings) in cases(|name| format!("\"${{{name}}}\"")) {
        // One value alone is put in; all else stands in the template.
        for index in 0..case.values.len() {
            let field = case.values[index].field;
            let body = String::from_utf8(case.body.clone()).unwrap();
            let value = case.values[index].text.as_str();
            let written = literals(&body).find(|literal| decoded(literal) == value).unwrap().to_owned();
            let placeholder = format!("\"${{{}}}\"", field.name());
            let template = body.replacen(&written, &placeholder, 1);
            let values = [Filling { field, text: value.to_owned().into() }];
            let everything =
                |_: &apicert::internals::report::Finding, _: &apicert::internals::edit::Fix| true;
            let repaired = template::repair(template.as_bytes(), &values, &settings, &everything);
            let text = String::from_utf8(repaired.body().to_vec()).unwrap();
            assert_eq!(text.matches(&placeholder).count(), 1, "{path}");
            // It is the body with other repairs left out: filled in again, it is judged the same.
            let refilled = text.replacen(&placeholder, &written, 1);
            assert_eq!(
                said(repaired.report()),
                said(&apicert::lint(refilled.as_bytes(), &settings)),
                "{path}"
            );
            // A second run finds nothing to do.
            let again = template::repair(text.as_bytes(), &values, &settings, &everything);
            assert!(!again.is_changed(), "{path}");
            repaired_in_both += usize::from(repaired.is_changed());
        }
    }
    assert!(repaired_in_both > 100, "{repaired_in_both}");
}

// The command

/// A repository as it ought to be, and the keys outside of it.
struct Project {
    folder: Folder,
    cert: String,
    key: String,
    body: Value,
}

const TEMPLATE: &str = "{\n  \"name\": \"cert_demo\",\n  \"cert_content\": \"${CERT}\",\n  \"private_key\": \"-- {{ key }} --\"\n}\n";

impl Project {
    fn new() -> Self {
        let path = fixtures().join("accepted/roma/key-rsa-2048-pkcs8.json");
        let body: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
        let folder = Folder::new();
        folder.file("template.json", TEMPLATE);
        let cert = folder.file("keys/cert.pem", body["cert_content"].as_str().unwrap());
        let key = folder.file("keys/key.pem", body["private_key"].as_str().unwrap());
        Self { folder, cert, key, body }
    }

    fn key(&self) -> &str {
        self.body["private_key"].as_str().unwrap()
    }

    fn secrets(&self) -> Pieces {
        pieces_of_long_strings(self.body.to_string().replace("\\n", "\n").as_bytes())
    }

    /// Runs a command over the template, and looks for pieces of the key in what it says.
    fn run(&self, arguments: &[&str]) -> Run {
        let (name, rest) = arguments.split_first().unwrap();
        let mut all = vec![*name, "--now", NOW];
        all.extend(rest);
        let run = Run::of(
            &command(&all)
                .env("APICERT_TEST_KEY", self.key())
                .current_dir(self.folder.at())
                .output()
                .unwrap(),
        );
        let secrets = self.secrets();
        assert_clean(&run.stdout, &secrets, "stdout");
        assert_clean(&run.stderr, &secrets, "stderr");
        run
    }
}

#[test]
fn a_template_with_its_values_is_good() {
    let project = Project::new();
    let unfilled = project.run(&["check", "--format", "concise", "template.json"]).ends(1);
    assert!(unfilled.stdout.contains("error[placeholder] `cert_content`"), "{}", unfilled.stdout);
    assert!(unfilled.stdout.contains("error[no-pem-block]"), "{}", unfilled.stdout);
    let cert = format!("cert_content=@{}", project.cert);
    for key in ["private_key=env:APICERT_TEST_KEY", &format!("private_key=@{}", project.key)] {
        let run = project.run(&["check", "--set", &cert, "--set", key, "template.json"]).ends(0);
        assert!(run.stdout.contains("template.json is good"), "{}", run.stdout);
        assert!(!run.stdout.contains("placeholder"), "{}", run.stdout);
    }
    let predicted = project
        .run(&["predict", "--set", &cert, "--set", "private_key=env:APICERT_TEST_KEY", "template.json"])
        .ends(0)
        .json();
    let whole = fixtures().join("accepted/roma/key-rsa-2048-pkcs8.json");
    let expected = apicert(&["predict", "--now", NOW, whole.to_str().unwrap()]).ends(0).json();
    assert_eq!(predicted["san"], expected["san"]);
    assert_eq!(predicted["serial_number"], expected["serial_number"]);
    assert_eq!(predicted["name"], "cert_demo");
    // Also as one line of many, and from standard input on either side.
    let line = TEMPLATE.replace('\n', "");
    let run = with_stdin(
        &[
            "check",
            "--now",
            NOW,
            "--ndjson",
            "--set",
            &cert,
            "--set",
            &format!("private_key=@{}", project.key),
            "-",
        ],
        format!("{line}\n{line}\n").as_bytes(),
    )
    .ends(0);
    assert!(run.stdout.contains("2 bodies, all good"), "{}", run.stdout);
    let template = project.folder.path("template.json");
    with_stdin(
        &["check", "--now", NOW, "--set", &cert, "--set", "private_key=@-", &template],
        project.key().as_bytes(),
    )
    .ends(0);
}

#[test]
fn findings_show_the_template_in_every_format() {
    let project = Project::new();
    // The key of another certificate, with text before it.
    let other = fixtures().join("rules/weak-key/bad.json");
    let other: Value = serde_json::from_str(&fs::read_to_string(other).unwrap()).unwrap();
    let key = format!("Bag Attributes\n{}", other["private_key"].as_str().unwrap());
    project.folder.file("keys/other.pem", &key);
    let cert = format!("cert_content=@{}", project.cert);
    let arguments =
        ["check", "template.json", "--set", &cert, "--set", "private_key=@keys/other.pem", "--format"];
    let run = |format: &str| project.run(&[&arguments[..], &[format]].concat()).ends(1);

    let json = run("json").json();
    let findings = json["inputs"][0]["findings"].as_array().unwrap();
    let finding = |rule: &str| {
        findings
            .iter()
            .find(|finding| finding["rule"] == rule)
            .unwrap_or_else(|| panic!("no {rule}: {json:#}"))
    };
    // `private_key` stands in line 4, its value from column 18 on; `-- {{ key }} --` has 15 characters.
    let range = serde_json::json!({
        "start": {"line": 4, "column": 18, "offset": 71},
        "end": {"line": 4, "column": 35, "offset": 88}
    });
    let mismatch = finding("key-mismatch");
    assert_eq!(mismatch["pointer"], "/private_key");
    assert_eq!(mismatch["range"], range);
    assert_eq!(mismatch["pem"], serde_json::json!({"block": 1, "line": 1, "column": 1}));
    assert_eq!(mismatch["related"][0]["pointer"], "/cert_content");
    assert_eq!(
        mismatch["related"][0]["range"]["start"],
        serde_json::json!({"line": 3, "column": 19, "offset": 43})
    );
    // It could be repaired in a body; in a template it is for the value to be repaired.
    let text = finding("text-outside-pem");
    assert_eq!(text["range"], range);
    assert_eq!(text["fix"], Value::Null);
    assert_eq!(json["summary"]["fixable"], 0);

    let concise = run("concise").stdout;
    assert!(concise.contains("template.json:4:18: error[key-mismatch]"), "{concise}");
    assert!(concise.contains("(/private_key, PEM block 1 line 1 column 1)"), "{concise}");
    let full = run("full").stdout;
    assert!(full.contains("[template.json:4:18 (/private_key, PEM block 1 line 1 column 1)]"), "{full}");
    assert!(full.contains("   \"private_key\": \"***************\"\n"), "{full}");
}

#[test]
fn a_member_that_is_not_there_is_added_at_the_brace() {
    let project = Project::new();
    project.folder.file("template.json", " {\"name\": \"cert_demo\", \"my own\": 1}");
    let cert = format!("cert_content=@{}", project.cert);
    let json = project
        .run(&["check", "template.json", "--set", &cert, "--set", "private_key=nothing", "--format", "json"])
        .ends(1)
        .json();
    let findings = json["inputs"][0]["findings"].as_array().unwrap();
    let at = |rule: &str| findings.iter().find(|finding| finding["rule"] == rule).unwrap();
    let key = at("no-pem-block");
    assert_eq!(key["pointer"], "/private_key");
    assert_eq!(key["range"]["start"]["offset"], 1);
    assert_eq!(key["range"]["end"]["offset"], 2);
    // A member that must not be named is the second still.
    assert_eq!(at("unknown-field")["pointer"], "/#2");
}

#[test]
fn fix_repairs_the_template_and_leaves_values_out() {
    let project = Project::new();
    let before = TEMPLATE.replace("\"name\"", "\"type\": \" Global\",\n  \"instance_id\": \"\",\n  \"name\"");
    let path = project.folder.file("template.json", &before);
    // The values themselves could be repaired too: quotes around both, and each is in the other's place.
    let cert = format!("cert_content='{}'", project.key());
    let key = format!("private_key='{}'", project.body["cert_content"].as_str().unwrap());
    let sets = ["--set", &cert, "--set", &key];
    let run = project.run(&[&["fix", "--unsafe", "template.json"], &sets[..]].concat()).ends(1);
    assert!(run.stdout.contains("error[swapped-fields]"), "{}", run.stdout);
    assert!(run.stderr.contains("2 repairs"), "{}", run.stderr);
    let expected = TEMPLATE.replace("\"name\"", "\"type\": \"global\",\n  \"name\"");
    assert_eq!(fs::read_to_string(&path).unwrap(), expected);
    project.run(&[&["fix", "--unsafe", "template.json"], &sets[..]].concat()).ends(1);
    assert_eq!(fs::read_to_string(&path).unwrap(), expected);
    let shown = project.run(&[&["fix", "--unsafe", "--stdout", "template.json"], &sets[..]].concat()).ends(1);
    assert_eq!(shown.stdout, expected);
    fs::write(&path, &before).unwrap();
    let diff = project.run(&[&["fix", "--unsafe", "--diff", "template.json"], &sets[..]].concat()).ends(1);
    assert!(diff.stdout.contains("@@ 2:12 @@"), "{}", diff.stdout);
    assert!(!diff.stdout.contains("BEGIN"), "{}", diff.stdout);
}

#[test]
fn lengths_are_those_of_the_filled_body() {
    let project = Project::new();
    project.folder.file("template.json", "{\"algorithm_type\": \"SM2\", \"private_key_sign\": \"$K\"}");
    // The limit is 8092 characters, whatever they take in JSON or in UTF-8.
    for (text, is_long) in
        [("\u{4e00}\n".repeat(4046), false), (format!("{}x", "\u{4e00}\n".repeat(4046)), true)]
    {
        project.folder.file("k", &text);
        let run = project
            .run(&["check", "--format", "concise", "template.json", "--set", "private_key_sign=@k"])
            .ends(1);
        assert_eq!(run.stdout.contains("error[too-long]"), is_long, "{}", run.stdout);
    }
}

#[test]
fn what_cannot_be_set_is_2_and_never_repeated() {
    let canary = "MIIEcanaryBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDYvPx9H8ZY9iUf";
    let project = Project::new();
    project.folder.file("latin", b"MIIEcanaryBADANBgkqhkiG9w0BAQEFAASCBKcw\xe9");
    let with = |given: &[&str]| {
        let mut all = vec!["check", "template.json"];
        for given in given {
            all.extend(["--set", given]);
        }
        project.run(&all).ends(2)
    };
    let members = "name, cert_content, private_key, type, instance_id, trusted_root_ca, algorithm_type, \
                   cert_content_sign, private_key_sign";
    for (given, said) in [
        (canary.to_owned(), members),
        (format!("{canary}=x"), members),
        (format!("private_kye={canary}"), "did you mean private_key?"),
        (format!("PRIVATE_KEY={canary}"), members),
        (format!("private_key=@{canary}"), "--set private_key=@…: no such file or directory"),
        ("private_key=@latin".to_owned(), "--set private_key=@…: latin: is not UTF-8"),
        ("private_key=@.".to_owned(), "--set private_key=@…: .: is a directory"),
        ("private_key=@".to_owned(), "needs the name of a file"),
        (format!("private_key=env:{canary}"), "--set private_key=env:…: the environment variable is not set"),
        ("private_key=env:".to_owned(), "needs the name of an environment variable"),
    ] {
        let run = with(&[&given]);
        assert!(run.stderr.contains(said), "{}", run.stderr);
        assert_eq!(run.stdout, "");
    }
    let twice = with(&[&format!("private_key={canary}"), "private_key=env:APICERT_TEST_KEY"]);
    assert!(twice.stderr.contains("--set private_key=… can only be given once"), "{}", twice.stderr);
    let stdin = project.run(&["check", "-", "--set", "private_key=@-"]).ends(2);
    assert!(stdin.stderr.contains("standard input (-) can only be read once"), "{}", stdin.stderr);
    project.run(&["check", "template.json", "--set", "private_key=@-", "--set", "cert_content=@-"]).ends(2);
    // Commands that fill nothing in do not take it.
    project.run(&["inspect", "template.json", "--set", &format!("private_key={canary}")]).ends(2);
}

#[test]
#[cfg(unix)]
fn a_variable_that_is_no_text_is_2() {
    use std::os::unix::ffi::OsStrExt;
    let project = Project::new();
    let run = Run::of(
        &command(&["check", "template.json", "--set", "private_key=env:APICERT_TEST_KEY"])
            .env("APICERT_TEST_KEY", std::ffi::OsStr::from_bytes(b"MIIEcanary\xff"))
            .current_dir(project.folder.at())
            .output()
            .unwrap(),
    )
    .ends(2);
    assert!(run.stderr.contains("private_key=env:…: the variable is not UTF-8"), "{}", run.stderr);
}

#[test]
fn texts_that_begin_like_a_file_or_a_variable_can_be_said() {
    let project = Project::new();
    let name = |given: &str| {
        let set = format!("name={given}");
        let run =
            project.run(&["check", "--service", "apig", "--format", "json", "template.json", "--set", &set]);
        let json = run.ends(1).json();
        json["inputs"][0]["findings"]
            .as_array()
            .unwrap()
            .iter()
            .find(|finding| finding["rule"] == "invalid-name")
            .map(|finding| finding["message"].as_str().unwrap().to_owned())
    };
    assert_eq!(name("cert_demo"), None);
    assert_eq!(name("text:cert_demo"), None);
    assert!(name("text:@cert_demo").is_some());
    assert!(name("text:env:HOME").is_some());
    assert!(name("text:text:abcd").is_some());
}

#[test]
fn an_unset_secret_that_is_empty_is_missed() {
    let project = Project::new();
    let run = Run::of(
        &command(&[
            "check",
            "--format",
            "concise",
            "template.json",
            "--set",
            "private_key=env:APICERT_TEST_KEY",
        ])
        .env("APICERT_TEST_KEY", "")
        .current_dir(project.folder.at())
        .output()
        .unwrap(),
    )
    .ends(1);
    assert!(run.stdout.contains("template.json:4:18: error[missing-field]"), "{}", run.stdout);
}
