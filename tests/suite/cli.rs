//! The binary: options, exit codes, bad input, and that nothing that was given gets out.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use apicert::internals::output::{FORMATS, Format};
use serde_json::Value;

use crate::support::{NOW, fixtures};

/// What no output may hold a piece of.
const CANARY: &str = "MIIEcanaryBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDYvPx9H8ZY9iUf";

/// A body that has a finding whatever the settings: a member with a canary, and nothing else.
const BAD: &str = r#"{"private_key": "MIIEcanaryBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDYvPx9H8ZY9iUf"}"#;

pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Run {
    pub(crate) fn of(output: &Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8(output.stdout.clone()).unwrap(),
            stderr: String::from_utf8(output.stderr.clone()).unwrap(),
        }
    }

    /// Checks the exit code, and that no piece of the canary was printed.
    pub(crate) fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout:\n{}\nstderr:\n{}", self.stdout, self.stderr);
        for piece in CANARY.as_bytes().windows(8) {
            let piece = std::str::from_utf8(piece).unwrap();
            assert!(!self.stdout.contains(piece), "the canary is on stdout");
            assert!(!self.stderr.contains(piece), "the canary is on stderr");
        }
        self
    }

    /// Checks the exit code alone: a body may well be printed.
    pub(crate) fn prints_and_ends(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stderr:\n{}", self.stderr);
        self
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {}", self.stdout))
    }
}

/// The binary, with an environment that is always the same.
pub(crate) fn command<S: AsRef<OsStr>>(arguments: &[S]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_apicert"));
    command.args(arguments).stdin(Stdio::null());
    for variable in
        ["NO_COLOR", "CLICOLOR_FORCE", "FORCE_HYPERLINK", "SOURCE_DATE_EPOCH", "APICERT_REHEARSE_FAULT"]
    {
        command.env_remove(variable);
    }
    command
}

pub(crate) fn apicert<S: AsRef<OsStr>>(arguments: &[S]) -> Run {
    Run::of(&command(arguments).output().unwrap())
}

pub(crate) fn with_stdin(arguments: &[&str], stdin: &[u8]) -> Run {
    let mut child = command(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut pipe = child.stdin.take().unwrap();
    // A program that does not read on closes the pipe.
    let _ = pipe.write_all(stdin);
    drop(pipe);
    Run::of(&child.wait_with_output().unwrap())
}

/// What is printed when a text is read from standard input in a folder.
pub(crate) fn with_stdin_in(folder: &Path, arguments: &[&str], stdin: &[u8]) -> String {
    let mut command = command(arguments);
    command.current_dir(folder).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(stdin).unwrap();
    String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap()
}

/// A folder of its own for a test.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let name = format!("apicert-test-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir(&path).unwrap();
        Self(path)
    }

    pub(crate) fn file(&self, name: &str, contents: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, contents).unwrap();
        self.path(name)
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn at(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// A body on which no rule speaks.
fn good() -> String {
    fixtures().join("accepted/roma/key-rsa-2048-pkcs8.json").to_str().unwrap().to_owned()
}

/// The settings that the accepted body is accepted under.
fn check(arguments: &[&str]) -> Run {
    let mut all = vec!["check", "--now", NOW];
    all.extend(arguments);
    apicert(&all)
}

fn predict(arguments: &[&str]) -> Run {
    let mut all = vec!["predict", "--now", NOW];
    all.extend(arguments);
    apicert(&all)
}

// Exit codes

#[test]
fn a_good_body_is_0_in_every_format() {
    let good = good();
    let full = check(&[&good]).ends(0);
    assert_eq!(full.stdout.lines().count(), 1, "{}", full.stdout);
    assert!(full.stdout.ends_with("no findings, the service would answer 200\n"));
    assert_eq!(check(&["--format", "concise", &good]).ends(0).stdout, "");
    let json = check(&["--format", "json", &good]).ends(0).json();
    assert_eq!(json["inputs"][0]["verdict"], "accept");
    assert_eq!(json["inputs"][0]["prediction"], serde_json::json!({"status": 200}));
    predict(&[&good]).ends(0);
}

#[test]
fn a_bad_body_is_1_in_every_format() {
    for Format { name: format, .. } in FORMATS {
        let run = with_stdin(&["check", "--format", format, "-"], BAD.as_bytes()).ends(1);
        assert!(run.stdout.contains("missing-field"), "{}", run.stdout);
    }
    with_stdin(&["predict", "-"], BAD.as_bytes()).ends(1);
}

#[test]
fn fail_on_says_what_1_means() {
    let folder = Folder::new();
    // A warning and no error: an unknown member beside an accepted body.
    let accepted = fs::read_to_string(good()).unwrap();
    let warned = folder.file("w.json", accepted.replacen('{', "{\"some_member\": 1, ", 1));
    check(&[&warned]).ends(0);
    check(&["--fail-on", "warning", &warned]).ends(1);
    check(&["--fail-on", "note", &warned]).ends(1);
    check(&["--deny", "unknown-field", &warned]).ends(1);
    check(&["--fail-on", "warning", "--allow", "unknown-field", &warned]).ends(0);
    let bad = folder.file("bad.json", BAD);
    check(&["--fail-on", "never", &bad]).ends(0);
    // What is not shown still counts.
    let hidden = check(&["--fail-on", "warning", "--min-severity", "error", &warned]).ends(1);
    assert!(!hidden.stdout.contains("unknown-field"), "{}", hidden.stdout);
    assert!(hidden.stdout.contains("1 below --min-severity not shown"), "{}", hidden.stdout);
}

#[test]
fn unreadable_is_2_and_wins_over_1() {
    let folder = Folder::new();
    let bad = folder.file("bad.json", BAD);
    let missing = folder.path("missing.json");
    for Format { name: format, .. } in FORMATS {
        let run = check(&["--format", format, &bad, &missing]).ends(2);
        assert!(run.stdout.contains("missing-field"), "what could be read is judged: {}", run.stdout);
        assert!(run.stderr.contains("missing.json: no such file or directory"), "{}", run.stderr);
    }
    let json = check(&["--format", "json", &missing, &bad]).ends(2).json();
    assert_eq!(json["errors"][0]["message"], "no such file or directory");
    assert_eq!(json["errors"][0]["path"], missing);
    assert_eq!(json["summary"]["inputs"], 1);
    predict(&[&missing]).ends(2);
    let both = predict(&[&bad, &missing]).ends(2);
    let lines: Vec<Value> = both.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2, "{}", both.stdout);
    assert_eq!(lines[1]["message"], "no such file or directory");
}

#[test]
fn no_body_is_3() {
    let folder = Folder::new();
    folder.file("package.json", r#"{"name": "no body"}"#);
    folder.file("notes.txt", BAD);
    for Format { name: format, .. } in FORMATS {
        let run = check(&["--format", format, folder.at().to_str().unwrap()]).ends(3);
        assert!(run.stderr.contains("no request body found"), "{}", run.stderr);
        if *format == "json" {
            assert_eq!(run.json()["inputs"], serde_json::json!([]));
        }
    }
    predict(&[folder.at().to_str().unwrap()]).ends(3);
}

#[test]
#[cfg_attr(not(debug_assertions), ignore = "builds for release cannot be made to panic")]
fn a_fault_is_4_and_tells_nothing_of_the_input() {
    for place in ["main", "thread"] {
        let folder = Folder::new();
        let bad = folder.file("bad.json", BAD);
        for backtrace in ["0", "1", "full"] {
            for command_name in ["check", "predict"] {
                let output = command(&[command_name, &bad])
                    .env("APICERT_REHEARSE_FAULT", place)
                    .env("RUST_BACKTRACE", backtrace)
                    .output()
                    .unwrap();
                let run = Run::of(&output).ends(4);
                assert_eq!(run.stdout, "");
                assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
                assert!(run.stderr.contains("internal fault at src/cli/panic_hook.rs"), "{}", run.stderr);
                assert!(run.stderr.contains(env!("CARGO_PKG_VERSION")), "{}", run.stderr);
            }
        }
    }
}

// Inputs

#[test]
fn input_that_is_no_body_is_a_finding_with_a_position() {
    for (input, rule) in [
        (&b""[..], "invalid-json"),
        (b" \n", "invalid-json"),
        (b"\0", "invalid-json"),
        (b"not json", "invalid-json"),
        (b"{\"name\": \"x\",}", "invalid-json"),
        (b"\xff\xfe{\0", "invalid-json"),
        (b"{", "invalid-json"),
        (b"[]", "not-an-object"),
        (b"null", "not-an-object"),
        (b"{}", "missing-field"),
    ] {
        let run = with_stdin(&["check", "--format", "json", "-"], input).ends(1);
        let json = run.json();
        let found = &json["inputs"][0]["findings"][0];
        assert_eq!(found["rule"], rule, "{input:?}");
        assert!(found["range"]["start"]["line"].as_u64().unwrap() >= 1);
        assert_eq!(json["inputs"][0]["verdict"], "reject");
        for format in ["full", "concise"] {
            let run = with_stdin(&["check", "--format", format, "-"], input).ends(1);
            assert!(run.stdout.contains(rule), "{}", run.stdout);
        }
        with_stdin(&["predict", "-"], input).ends(1);
    }
}

#[test]
fn a_body_of_100_mb_is_refused_at_once() {
    let folder = Folder::new();
    let path = folder.path("large.json");
    File::create(&path).unwrap().set_len(100 * 1024 * 1024).unwrap();
    for command_name in ["check", "predict"] {
        let started = std::time::Instant::now();
        let run = apicert(&[command_name, &path]).ends(2);
        assert!(
            run.stderr.contains("is longer than 1 MiB and was not read; split it; check, predict"),
            "{}",
            run.stderr
        );
        assert!(started.elapsed().as_secs() < 2, "that took {:?}", started.elapsed());
    }
    let json = check(&["--format", "json", &path]).ends(2).json();
    assert_eq!(json["errors"][0]["path"], path);

    // A stream has no length beforehand: reading ends at the limit.
    let run = with_stdin(&["check", "-"], &vec![b' '; 100 * 1024 * 1024]).ends(2);
    assert!(
        run.stderr.contains("is longer than 1 MiB and was not read; split it; check, predict"),
        "{}",
        run.stderr
    );
}

#[test]
fn in_a_folder_a_long_file_counts_when_it_is_a_body() {
    let folder = Folder::new();
    folder.file("good.json", fs::read(good()).unwrap());
    let long = |start: &str| format!("{start}{}", " ".repeat(2 * 1024 * 1024));
    folder.file("data.json", long("{\"rows\": [1]"));
    let at = folder.at().to_str().unwrap().to_owned();
    check(&[&at]).ends(0);
    folder.file("body.json", long("{\"private_key\": \"\""));
    let run = check(&[&at]).ends(2);
    assert!(run.stderr.contains("body.json: is longer than 1 MiB"), "{}", run.stderr);
}

#[test]
#[cfg(unix)]
fn what_cannot_be_read_is_named_with_the_reason() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let folder = Folder::new();
    symlink(folder.at().join("nowhere"), folder.at().join("dangling.json")).unwrap();
    let run = check(&[&folder.path("dangling.json")]).ends(2);
    assert!(run.stderr.contains("dangling.json: no such file or directory"), "{}", run.stderr);

    let file = folder.file("a.json", BAD);
    let run = check(&[&format!("{file}/b.json")]).ends(2);
    assert!(run.stderr.contains("a.json/b.json: a part of the path is not a directory"), "{}", run.stderr);

    fs::set_permissions(&file, fs::Permissions::from_mode(0o000)).unwrap();
    if File::open(&file).is_ok() {
        eprintln!("permissions do not hold for root: not tested");
        return;
    }
    let run = check(&[&file]).ends(2);
    assert!(run.stderr.contains("a.json: permission denied"), "{}", run.stderr);
}

#[test]
fn a_folder_where_a_file_is_expected() {
    let folder = Folder::new();
    let at = folder.at().to_str().unwrap().to_owned();
    let good = good();
    let run = predict(&["--against", &at, &good]).ends(2);
    assert!(run.stderr.contains("is a directory"), "{}", run.stderr);
    let run = check(&["--output", &format!("json={at}"), &good]).ends(2);
    assert!(run.stderr.contains("is a directory"), "{}", run.stderr);
    assert!(run.stderr.contains(&at), "paths are named: {}", run.stderr);
}

#[test]
fn folders_are_walked_for_bodies() {
    let folder = Folder::new();
    folder.file("b.json", BAD);
    folder.file("a/deep/c.JSON", BAD);
    folder.file("a/package.json", r#"{"dependencies": {"private_key": "1"}}"#);
    folder.file("a/d.txt", BAD);
    folder.file("broken.json", "{\"private_key\": \"unfinished");
    folder.file("skipped/e.json", BAD);
    folder.file(".ignore", "skipped/\n");
    folder.file(".hidden.json", BAD);
    let run =
        Run::of(&command(&["check", "--format", "json"]).current_dir(folder.at()).output().unwrap()).ends(1);
    let json = run.json();
    let paths: Vec<&str> =
        json["inputs"].as_array().unwrap().iter().map(|input| input["path"].as_str().unwrap()).collect();
    assert_eq!(paths, ["a/deep/c.JSON", "b.json", "broken.json"]);
    // With its name it is taken whatever it is.
    check(&[&folder.path(".hidden.json")]).ends(1);
    check(&[&folder.path("a/d.txt")]).ends(1);
}

#[test]
fn hooks_name_files_that_are_no_bodies() {
    let folder = Folder::new();
    let package = folder.file("package.json", r#"{"name": "x"}"#);
    let good = good();
    check(&[&package]).ends(1);
    check(&["--bodies-only", &package]).ends(0);
    let json = check(&["--bodies-only", "--format", "json", &package, &good]).ends(0).json();
    assert_eq!(json["summary"]["inputs"], 1);
    predict(&["--bodies-only", &package]).ends(0);
    check(&["--bodies-only", &folder.path("missing.json")]).ends(2);
}

#[test]
fn several_inputs_come_in_their_order() {
    let folder = Folder::new();
    let (a, b) = (folder.file("z.json", BAD), folder.file("a.json", "[]"));
    let good = good();
    let json = check(&["--format", "json", &a, &good, &b]).ends(1).json();
    let paths: Vec<&str> =
        json["inputs"].as_array().unwrap().iter().map(|input| input["path"].as_str().unwrap()).collect();
    assert_eq!(paths, [&a, &good, &b]);
    assert_eq!(json["summary"]["rejected"], 2);
}

#[test]
fn standard_input_has_a_name() {
    let run = with_stdin(&["check", "--format", "concise", "-"], b"[]").ends(1);
    assert!(run.stdout.starts_with("-:1:1: error[not-an-object]"), "{}", run.stdout);
    let run =
        with_stdin(&["check", "--format", "concise", "--stdin-filename", "requests/a.json", "-"], b"[]")
            .ends(1);
    assert!(run.stdout.starts_with("requests/a.json:1:1: "), "{}", run.stdout);
    with_stdin(&["check", "-", "-"], b"[]").ends(2);
}

// Options

#[test]
fn what_was_given_is_never_repeated() {
    let good = good();
    let pem = format!("-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----\n");
    for value in [CANARY, &pem, &format!("'{pem}'"), &format!("{{\"private_key\": \"{CANARY}\"}}")] {
        for option in [
            "service",
            "now",
            "expiry-days",
            "domain",
            "known-instance",
            "allow",
            "warn",
            "deny",
            "stdin-filename",
            "format",
            "fail-on",
            "min-severity",
            "color",
            "output",
            "config",
            "unknown",
            "quiet",
        ] {
            let joined = format!("--{option}={value}");
            apicert(&["check", &joined, &good]).ends(2);
            apicert(&["check", &format!("--{option}"), value, &good]).ends(2);
        }
        for option in ["project-id", "id", "against", "format"] {
            apicert(&["predict", &format!("--{option}={value}"), &good]).ends(2);
        }
        for arguments in [
            &["check", value][..],
            &["check", "--", value],
            &["check", &format!("/{value}")],
            &["check", &format!("{good}/{value}")],
            &["check", &good, "-q", value],
            &[value],
            &["explain", value],
            &["explain", "key-mismatch", value],
            &["rules", value],
            &["rules", "--format", value],
            &["predict", value],
            &["predict", "--against", &good, value],
            &["check", &format!("-q{value}")],
            &["check", "--output", &format!("json={value}/x"), &good],
        ] {
            apicert(arguments).ends(2);
        }
    }
    let run = Run::of(&command(&["check", &good]).env("SOURCE_DATE_EPOCH", CANARY).output().unwrap()).ends(2);
    assert!(run.stderr.contains("SOURCE_DATE_EPOCH must be"), "{}", run.stderr);
    let json = check(&["--format", "json", CANARY]).ends(2).json();
    assert_eq!(json["errors"][0]["path"], "argument 6");
}

#[test]
fn complaints_name_the_option_and_what_is_allowed() {
    for (arguments, text) in [
        (&["check", "--service", "x"][..], "--service takes one of roma, apig"),
        (&["check", "--format", "xml"], "--format takes one of full, concise, json"),
        (&["check", "--now", "x"], "--now takes a time in RFC 3339"),
        (&["check", "--expiry-days", "-1"], "--expiry-days takes a number of days"),
        (&["check", "--jobs", "-1"], "--jobs takes a number from 1 to"),
        (&["check", "-1"], "unknown option `-1` of apicert check"),
        (&["rules", "missing-field"], "unexpected argument: apicert rules does not take `missing-field`"),
        (
            &["explain", "missing-field", "--", "-x"],
            "unexpected argument: apicert explain does not take `-x`",
        ),
        (&["predict", "--against", "-", "-"], "standard input (-) can only be read once"),
        (
            &["predict", "--against", "-", "--set", "private_key=@-", "Cargo.toml"],
            "standard input (-) can only be read once",
        ),
        (&["check", "--expiry-days", "x"], "--expiry-days takes a number of days"),
        (&["check", "--output", "json"], "--output takes FORMAT=PATH"),
        (&["check", "--stdin-filenam", "x"], "did you mean --stdin-filename?"),
        (&["check", "--allow"], "--allow needs a value"),
        (&["check", "--allow", "missing-feild"], "did you mean missing-field?"),
        (&["check", "-q", "-v"], "--quiet cannot be used with --verbose"),
        (&["explain"], "<NAME> is missing"),
        (&["explain", "missing-feild"], "did you mean missing-field?"),
        (&["explain", "APIG.9998"], "neither a rule nor an error code"),
        (
            &["mend"],
            "unknown command `mend`; the commands are check, predict, fix, build, inspect, rules, explain, completions, man",
        ),
        (&["chekc", "a.json"], "unknown command `chekc` (did you mean check?); see `apicert --help`"),
        (&["requests/a.json"], "a command is missing (did you mean `apicert check requests/a.json`?)"),
        (
            &["check", "--fial-on", "error"],
            "unknown option `--fial-on` of apicert check (did you mean --fail-on?)",
        ),
        (&["predict", "--fail-on=note"], "`--fail-on` is an option of check, fix, not of apicert predict"),
        (
            &["check", "--fail-on", "eror"],
            "--fail-on takes one of error, warning, note, never (did you mean error?)",
        ),
        (&["check", "--Fial-on"], "unknown option argument 2 of apicert check"),
        (&["build", "--cert", "a", "--key", "b"], "--name is missing"),
        (&["build", "--name", "a", "--cert", "a", "--key", "b", "--type", "x"], "--type takes one of global"),
        (&["predict", "--against", "a"], "--against compares one body"),
    ] {
        let run = apicert(arguments).ends(2);
        assert!(run.stderr.contains(text), "{arguments:?}: {}", run.stderr);
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
        assert_eq!(run.stdout, "");
    }
}

#[test]
fn help_and_version_are_results() {
    assert_eq!(apicert(&["--version"]).ends(0).stdout, format!("apicert {}\n", env!("CARGO_PKG_VERSION")));
    let help = apicert(&["check", "--help"]).ends(0).stdout;
    for text in
        ["Exit codes", "1 MiB", "--fail-on", "Examples", "--print-schema", "sarif", "--config", "--set"]
    {
        assert!(help.contains(text), "{text}");
    }
    let none: [&str; 0] = [];
    let run = apicert(&none).ends(2);
    assert_eq!(run.stdout, "");
    assert!(run.stderr.contains("Usage"), "{}", run.stderr);
}

#[test]
fn the_last_override_wins_across_options() {
    let folder = Folder::new();
    let bad = folder.file("bad.json", "[]");
    let severity = |arguments: &[&str]| -> Value {
        let mut all = vec!["--format", "json", "--fail-on", "never"];
        all.extend(arguments);
        all.push(&bad);
        check(&all).ends(0).json()
    };
    let rule = "not-an-object";
    let found = |json: &Value| json["inputs"][0]["findings"][0]["severity"].clone();
    assert_eq!(found(&severity(&[])), "error");
    assert_eq!(found(&severity(&["--warn", rule])), "warning");
    assert_eq!(found(&severity(&["--allow", rule, "--warn", rule, "--deny", rule])), "error");
    assert_eq!(found(&severity(&["--deny", rule, "--allow", rule, "--warn", rule])), "warning");
    let allowed = severity(&["--deny", rule, "--allow", rule]);
    assert_eq!(allowed["summary"]["suppressed"], 1);
    assert_eq!(allowed["summary"]["errors"], 0);
    // What the service answers does not depend on what is shown.
    assert_eq!(allowed["inputs"][0]["verdict"], "reject");
    assert_eq!(allowed["inputs"][0]["prediction"]["error_code"], "APIG.2000");
    check(&["--allow", rule, &bad]).ends(0);
    predict(&["--allow", rule, &bad]).ends(1);
}

#[test]
fn the_clock_is_told_by_option_or_environment() {
    let at = |variable: Option<&str>, option: Option<&str>| {
        let mut command = command(&["predict", &good()]);
        if let Some(seconds) = variable {
            command.env("SOURCE_DATE_EPOCH", seconds);
        }
        command.args(option.map(|time| format!("--now={time}")));
        Run::of(&command.output().unwrap()).ends(0).json()["create_time"].clone()
    };
    // 1782864000 by `date -u -d 2026-07-01 +%s`
    assert_eq!(at(Some("1782864000"), None), "2026-07-01T00:00:00Z");
    assert_eq!(at(None, Some("2026-07-02T02:00:00+02:00")), "2026-07-02T00:00:00Z");
    assert_eq!(at(Some("1782864000"), Some("2026-07-02T00:00:00Z")), "2026-07-02T00:00:00Z");
}

// Output

#[test]
fn names_of_files_cannot_steer_a_terminal() {
    if cfg!(windows) {
        return;
    }
    let folder = Folder::new();
    let name = "a\u{1b}[2J\n::error::b\u{202e}.json";
    let bad = folder.file(name, BAD);
    let missing = folder.path("gone\u{1b}[2J.json");
    for Format { name: format, .. } in FORMATS {
        for path in [&bad, folder.at().to_str().unwrap(), &missing] {
            let run = check(&["--format", format, path]);
            for text in [&run.stdout, &run.stderr] {
                assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
                // Commands of the runner are those that the format writes itself.
                let is_own = |line: &str| {
                    *format == "github"
                        && ["::error ", "::warning ", "::notice "].iter().any(|own| line.starts_with(own))
                };
                assert!(!text.lines().any(|line| line.starts_with("::") && !is_own(line)), "{text}");
            }
        }
    }
    let concise = check(&["--format", "concise", &bad]).ends(1).stdout;
    assert!(concise.contains("a\\u{1b}[2J\\u{a}:\\u{3a}error:\\u{3a}b\\u{202e}.json:1:1: "), "{concise}");
    predict(&[&bad]).ends(1);
}

#[test]
fn colour_goes_only_where_it_is_wanted() {
    let folder = Folder::new();
    let bad = folder.file("bad.json", "[]");
    let coloured = |arguments: &[&str], variables: &[(&str, &str)]| {
        let mut command = command(&["check", &bad]);
        command.args(arguments).envs(variables.iter().copied());
        Run::of(&command.output().unwrap()).ends(1).stdout.contains('\u{1b}')
    };
    assert!(!coloured(&[], &[]), "a pipe is no terminal");
    assert!(coloured(&[], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&[], &[("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")]));
    assert!(coloured(&["--color", "always"], &[("NO_COLOR", "1")]));
    assert!(!coloured(&["--color", "never"], &[("CLICOLOR_FORCE", "1")]));
    assert!(!coloured(&["--color", "always", "--format", "concise"], &[]));
    assert!(!coloured(&["--color", "always", "--format", "json"], &[]));
}

#[test]
fn pipes_get_the_same_text_whatever_the_environment() {
    let folder = Folder::new();
    let bad = folder.file("bad.json", BAD);
    let text = |variables: &[(&str, &str)]| {
        Run::of(&command(&["check", "--now", NOW, &bad]).envs(variables.iter().copied()).output().unwrap())
            .ends(1)
            .stdout
    };
    let plain = text(&[("LANG", "C"), ("COLUMNS", "40"), ("TERM", "dumb")]);
    assert_eq!(plain, text(&[("LANG", "de_DE.UTF-8"), ("COLUMNS", "200"), ("TERM", "xterm")]));
    assert_eq!(plain, text(&[("GITHUB_ACTIONS", "true"), ("CI", "true")]));
}

#[test]
fn several_formats_come_from_one_run() {
    let folder = Folder::new();
    let bad = folder.file("bad.json", BAD);
    let (json, concise) = (folder.path("report.json"), folder.path("report.txt"));
    let run = check(&["--output", &format!("json={json}"), "--output", &format!("concise={concise}"), &bad])
        .ends(1);
    assert!(run.stdout.contains("error[missing-field]: "), "{}", run.stdout);
    assert_eq!(fs::read_to_string(&json).unwrap(), check(&["--format", "json", &bad]).ends(1).stdout);
    assert_eq!(fs::read_to_string(&concise).unwrap(), check(&["--format", "concise", &bad]).ends(1).stdout);
    let run = check(&["--output", &format!("json={}", folder.path("no/such/x")), &bad]).ends(2);
    assert!(run.stderr.contains("cannot be written: no such file or directory"), "{}", run.stderr);
    assert!(run.stdout.contains("missing-field"), "{}", run.stdout);
}

#[test]
fn a_report_takes_the_place_of_no_body() {
    let folder = Folder::new();
    let (bad, broken) = (folder.file("bad.json", BAD), folder.file("broken.json", "[1]"));
    let key = folder.file("key.pem", "key");
    let lines = folder.file("many.ndjson", format!("{}\n", BAD.replace('\n', " ")));
    let set = format!("private_key=@{key}");
    let twice = folder.path("./new.json");
    let new = format!("sarif={}", folder.path("new.json"));
    for (path, arguments, why) in [
        (&bad, &[bad.as_str()][..], "this run reads it as an input"),
        (&broken, &[&broken], "this run reads it as an input"),
        (&key, &["--set", &set, &bad], "this run reads a value of --set from it"),
        (&bad, &[&folder.path("")], "it contains a request body"),
        (&lines, &["--ndjson", &folder.path("")], "it contains a request body"),
        (&bad, &[&broken], "it contains a request body"),
        (&lines, &[&broken], "it contains a request body"),
        (&twice, &["--output", &new, &bad], "another output of this run goes to the same file"),
    ] {
        let before = fs::read(path).ok();
        let output = format!("json={path}");
        let run = check(&[arguments, &["--output", &output]].concat()).ends(2);
        assert!(run.stderr.contains(&format!("not written: {why}")), "{path}: {}", run.stderr);
        assert_eq!(run.stdout, "");
        assert!(fs::read(path).ok() == before, "{path}");
    }
    let run = check(&["--output", "json=-", &bad]).ends(2);
    assert!(run.stderr.contains("--format is for standard output"), "{}", run.stderr);

    // What was written the last time may be written again.
    let report = folder.path("report.json");
    for _ in 0..2 {
        check(&["--output", &format!("json={report}"), &bad]).ends(1);
    }
    #[cfg(unix)]
    check(&["--output", "json=/dev/null", "--output", "sarif=/dev/null", &bad]).ends(1);
}

#[test]
#[cfg(target_os = "linux")]
fn output_that_cannot_be_written_is_2() {
    let full = || File::options().write(true).open("/dev/full").unwrap();
    let output = command(&["check", "--now", NOW, &good()]).stdout(full()).output().unwrap();
    let run = Run::of(&output).ends(2);
    assert!(run.stderr.contains("cannot write to standard output: no space left"), "{}", run.stderr);
    for arguments in [&["rules"][..], &["--help"], &["check", "--print-schema"], &["explain", "APIG.2106"]] {
        assert_eq!(
            command(arguments).stdout(full()).output().unwrap().status.code(),
            Some(2),
            "{arguments:?}"
        );
    }
}

#[test]
#[cfg(unix)]
fn a_reader_that_goes_away_is_no_failure() {
    let folder = Folder::new();
    let bad = folder.file("bad.json", BAD);
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    let output = command(&["check", &bad]).stdout(writer).output().unwrap();
    assert_eq!(Run::of(&output).ends(1).stderr, "");
}

#[test]
fn quiet_and_verbose() {
    let folder = Folder::new();
    let bad = folder.file("bad.json", BAD);
    let good = good();
    assert_eq!(check(&["-q", &good]).ends(0).stdout, "");
    let quiet = check(&["-q", "--format", "concise", &bad]).ends(1);
    assert!(quiet.stdout.contains("missing-field"));
    let verbose = check(&["-v", &bad]).ends(1);
    assert!(verbose.stdout.contains("  see: "), "{}", verbose.stdout);
    assert!(verbose.stderr.contains(&format!("bad.json: {} bytes", BAD.len())), "{}", verbose.stderr);
    let counted = check(&["--statistics", "--format", "concise", &bad]).ends(1);
    assert!(counted.stderr.contains(" error   missing-field\n"), "{}", counted.stderr);
}

// predict

#[test]
fn predict_prints_the_body_and_nothing_else() {
    let good = good();
    let run = predict(&["--project-id", "5019bd4b2ee24d8a9d0e2f43aa4e5a39", &good]).ends(0);
    assert!(
        run.stdout.starts_with("{\n  \"id\": \"00000000000000000000000000000000\",\n  \"name\": "),
        "{}",
        run.stdout
    );
    assert_eq!(
        run.stderr,
        format!("apicert: {good}: status 200; the service assigns id, create_time and update_time\n")
    );
    let body = run.json();
    assert_eq!(body["project_id"], "5019bd4b2ee24d8a9d0e2f43aa4e5a39");
    assert_eq!(body["create_time"], NOW);
    assert!(predict(&[&good]).ends(0).json().get("project_id").is_none());
    let id = "a27be832f2e9441c8127fe48e3b5ac67";
    assert_eq!(predict(&["--id", id, &good]).ends(0).json()["id"], id);
}

#[test]
fn a_refusal_is_predicted_with_its_reason() {
    let run = with_stdin(&["predict", "-"], b"[]").ends(1);
    let body = run.json();
    assert_eq!(body["error_code"], "APIG.2000");
    assert_eq!(body.as_object().unwrap().len(), 2, "error_code and error_msg, nothing else");
    assert_eq!(run.stderr, "apicert: -: status 400; because of not-an-object (inferred)\n");
}

#[test]
fn predictions_as_lines() {
    let folder = Folder::new();
    let (bad, good) = (folder.file("bad.json", "[]"), good());
    let run = predict(&[&bad, &good]).ends(1);
    assert_eq!(run.stderr, "");
    let lines: Vec<Value> = run.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 2);
    assert_eq!(lines[0]["path"], bad);
    assert_eq!(lines[0]["status"], 400);
    assert_eq!(lines[0]["rule"], "not-an-object");
    assert_eq!(lines[0]["basis"], "inferred");
    assert_eq!(lines[0]["server_assigned"], serde_json::json!([]));
    assert_eq!(lines[1]["status"], 200);
    assert_eq!(lines[1]["rule"], Value::Null);
    assert_eq!(lines[1]["server_assigned"], serde_json::json!(["id", "create_time", "update_time"]));
    let single = predict(&["--format", "json", &good]).ends(0);
    assert_eq!(single.json(), lines[1]);
    assert_eq!(single.stdout.lines().count(), 1);
}

#[test]
fn predictions_are_compared_with_what_the_service_said() {
    let folder = Folder::new();
    let good = good();
    let response = predict(&[&good]).ends(0).stdout;
    let mut actual: Value = serde_json::from_str(&response).unwrap();
    actual["id"] = "a27be832f2e9441c8127fe48e3b5ac67".into();
    actual["create_time"] = "2021-08-20T02:03:53Z".into();
    actual["project_id"] = "5019bd4b2ee24d8a9d0e2f43aa4e5a39".into();
    let same = folder.file("same.json", actual.to_string());
    let run = predict(&["--against", &same, &good]).ends(0);
    assert_eq!(run.stdout, format!("{good}: as predicted: status 200\n"));
    assert_eq!(run.stderr, "");
    actual["serial_number"] = "7".into();
    actual["san"] = serde_json::json!(["other.example", CANARY]);
    actual["extra"] = CANARY.into();
    actual.as_object_mut().unwrap().remove("version");
    let other = folder.file("other.json", actual.to_string());
    let run = predict(&["--against", &other, &good]).ends(1);
    let (first, differences) = run.stdout.split_once('\n').unwrap();
    assert_eq!(first, format!("{good}: the service accepted the body, as predicted, with other values"));
    let members: Vec<&str> = differences.lines().map(|line| line.split(':').next().unwrap()).collect();
    assert_eq!(members, ["san", "version", "serial_number", "extra"]);
    assert!(
        run.stdout.contains("san: predicted [") && run.stdout.contains("the service answered (not shown)"),
        "{}",
        run.stdout
    );
    let json = predict(&["--format", "json", "--against", &other, &good]).ends(1).json();
    assert_eq!(json["differences"].as_array().unwrap().len(), 4);

    for broken in [CANARY, "[]", "{\"a\": \"MIIEcanaryBADANBgkqhkiG9w0\", \"b\": nope}"] {
        let broken = folder.file("broken.json", broken);
        let run = predict(&["--against", &broken, &good]).ends(2);
        assert!(run.stderr.contains("not a response"), "{}", run.stderr);
    }
    let run = predict(&["--against", &folder.file("empty.json", "\n"), &good]).ends(2);
    assert!(run.stderr.contains("the file is empty"), "{}", run.stderr);
    let run = predict(&["--against", &folder.file("other.json", r#"{"message": "x"}"#), &good]).ends(2);
    assert!(run.stderr.contains("none of the documented fields"), "{}", run.stderr);
    let utf16 = folder.file("utf16.json", b"\xff\xfe{\0}\0");
    let run = predict(&["--against", &utf16, &good]).ends(2);
    assert!(run.stderr.contains("the file is UTF-16"), "{}", run.stderr);
    for mark in ["", "\u{feff}"] {
        let given = format!("{mark}{}", fs::read_to_string(&same).unwrap());
        let arguments = ["predict", "--now", NOW, "--against", "-", &good];
        with_stdin(&arguments, given.as_bytes()).ends(0);
    }
    predict(&["--against", &same, &good, &good]).ends(2);
    predict(&["--against", &same, folder.at().to_str().unwrap()]).ends(2);
}

/// The error of the service comes first, in its own words, and the prediction after it.
#[test]
fn an_error_answer_is_shown_before_the_prediction() {
    let folder = Folder::new();
    let good = good();
    let bad = folder.file("bad.json", "[]");
    let against = |answer: &Value, body: &str, code| {
        let answer = folder.file("answer.json", answer.to_string());
        let run = predict(&["--against", &answer, body]).ends(code);
        assert_eq!(run.stderr, "");
        (run.stdout, predict(&["--format", "json", "--against", &answer, body]).ends(code).json())
    };
    let invalid =
        serde_json::json!({"error_code": "APIG.2106", "error_msg": "Invalid certificate or private key."});
    let (text, json) = against(&invalid, &good, 1);
    let answered = "the service answered APIG.2106: Invalid certificate or private key.";
    assert_eq!(text, format!("{good}: {answered}\n{good}: predicted for this body: status 200\n"));
    assert_eq!((&json["error"], &json["as_predicted"]), (&invalid, &false.into()));

    let (text, _) = against(&invalid, &bad, 1);
    let predicted = "predicted for this body: status 400, APIG.2000 (not-an-object, inferred)";
    assert_eq!(text, format!("{bad}: {answered}\n{bad}: {predicted}\n"));

    // The text depends on the language of the caller.
    let answer = serde_json::json!({"error_code": "APIG.2000", "error_msg": "参数错误\u{1b}[2J"});
    let (text, json) = against(&answer, &bad, 1);
    assert_eq!(
        text,
        format!(
            "{bad}: the service answered APIG.2000: 参数错误\\u{{1b}}[2J\n\
             {bad}: as predicted: status 400, APIG.2000 (not-an-object, inferred)\n"
        )
    );
    assert_eq!((&json["as_predicted"], &json["differences"]), (&true.into(), &serde_json::json!([])));

    let answer = serde_json::json!({"error_code": "APIG.1002", "error_msg": "Incorrect token"});
    let (text, _) = against(&answer, &good, 1);
    let hint = "no rule leads to this error: check the token, the project ID, and the endpoint";
    assert!(text.ends_with(&format!("status 200\n{good}: {hint}\n")), "{text}");
    let (text, _) = against(&serde_json::json!({"error_code": null, "error_msg": CANARY}), &good, 1);
    assert!(
        text.starts_with(&format!("{good}: the service answered an error without a code: (not shown)\n")),
        "{text}"
    );

    let (text, _) = against(&serde_json::json!({"name": "a"}), &bad, 1);
    assert_eq!(text, format!("{bad}: the service accepted the body\n{bad}: {predicted}\n"));
}

/// What is masked in print is compared all the same.
#[test]
fn masked_fields_are_compared_by_their_values() {
    let folder = Folder::new();
    let mut body: Value = serde_json::from_str(&fs::read_to_string(good()).unwrap()).unwrap();
    body["name"] = CANARY.into();
    body["type"] = "instance".into();
    body["instance_id"] = "my-instance".into();
    let given = folder.file("body.json", body.to_string());
    let known = ["--known-instance", "my-instance"];
    let mut actual = predict(&[&known[..], &[&given]].concat()).ends(0).json();
    assert_eq!((&actual["name"], &actual["instance_id"]), (&"********".into(), &"********".into()));
    let against = |actual: &Value, format: &str, code| {
        let response = folder.file("response.json", actual.to_string());
        predict(&[&known[..], &["--format", format, "--against", &response, &given]].concat())
            .ends(code)
            .stdout
    };
    // Even what is printed for it is another value.
    let first = format!("{given}: the service accepted the body, as predicted, with other values\n");
    let both = "name: predicted (not shown), the service answered (not shown)\n\
                instance_id: predicted (not shown), the service answered (not shown)\n";
    assert_eq!(against(&actual, "body", 1), format!("{first}{both}"));
    actual["name"] = CANARY.into();
    actual["instance_id"] = "my-instance".into();
    assert_eq!(against(&actual, "body", 0), format!("{given}: as predicted: status 200\n"));
    actual["name"] = format!("{CANARY}x").into();
    let json: Value = serde_json::from_str(&against(&actual, "json", 1)).unwrap();
    assert_eq!(
        json["differences"],
        serde_json::json!([{"member": "name", "predicted": "(not shown)", "actual": "(not shown)"}])
    );
    actual["name"] = 7.into();
    assert!(against(&actual, "body", 1).starts_with(&format!("{first}name: ")));
    actual.as_object_mut().unwrap().remove("name");
    let left_out = "name: predicted (not shown), the service left it out\n";
    assert_eq!(against(&actual, "body", 1), format!("{first}{left_out}"));
}
