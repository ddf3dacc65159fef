//! `apicert.toml`: where it is found, what it says, what comes before what, and that nothing of it gets
//! out but what is meant for reports.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use apicert::internals::rules::RULES;
use serde_json::{Value, json};

use crate::cli::{Folder, Run, apicert, command};
use crate::support::{NOW, fixtures};

/// What no output may hold a piece of.
const CANARY: &str = "MIIEcanaryBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDYvPx9H8ZY9iUf";

/// A project in a repository: a body with a weak key, and one with a certificate that expires in 14 days.
struct Project(Folder);

impl Project {
    fn new(configuration: &str) -> Self {
        let folder = Folder::new();
        fs::create_dir(folder.at().join(".git")).unwrap();
        folder.file("apicert.toml", configuration);
        for (name, rule) in [("requests/weak.json", "weak-key"), ("requests/soon.json", "expires-soon")] {
            folder.file(name, fs::read(fixtures().join("rules").join(rule).join("bad.json")).unwrap());
        }
        Self(folder)
    }

    fn file(&self, name: &str, contents: impl AsRef<[u8]>) {
        self.0.file(name, contents);
    }

    fn configure(&self, configuration: &str) {
        self.0.file("apicert.toml", configuration);
    }

    fn run_in(&self, folder: &str, arguments: &[&str]) -> Run {
        let here = self.0.at().join(folder);
        Run::of(&command(arguments).current_dir(here).output().unwrap())
    }

    /// `check`, in the root.
    fn check(&self, arguments: &[&str]) -> Run {
        self.run_in("", &[&["check", "--now", NOW], arguments].concat())
    }

    /// The findings of `check` over the weak key, as `severity[rule]`.
    fn findings(&self, arguments: &[&str]) -> Vec<String> {
        self.findings_of("requests/weak.json", arguments)
    }

    fn findings_of(&self, path: &str, arguments: &[&str]) -> Vec<String> {
        let json = self.check(&[arguments, &["--format", "json", path]].concat()).json();
        let findings = json["inputs"][0]["findings"].as_array().unwrap().iter();
        findings
            .map(|found| {
                format!("{}[{}]", found["severity"].as_str().unwrap(), found["rule"].as_str().unwrap())
            })
            .collect()
    }
}

// Where it is found

#[test]
fn the_nearest_one_up_to_the_root_of_the_repository_counts() {
    let project = Project::new("[rules]\nweak-key = \"error\"\n");
    let weak = ["check", "--now", NOW, "../weak.json"];
    fs::create_dir_all(project.0.at().join("requests/deep")).unwrap();
    project.run_in("requests/deep", &weak).ends(1);
    // A nearer one takes its place as a whole.
    project.file("requests/apicert.toml", "");
    project.run_in("requests/deep", &weak).ends(0);
    // One beyond the root is none of ours, be it a folder `.git` or a file, as in further working trees.
    project.file("requests/apicert.toml", "");
    fs::remove_file(project.0.at().join("requests/apicert.toml")).unwrap();
    for is_file in [false, true] {
        let root = project.0.at().join("requests/deep/.git");
        if is_file {
            fs::remove_dir(&root).unwrap();
            fs::write(&root, "gitdir: elsewhere\n").unwrap();
        } else {
            fs::create_dir(&root).unwrap();
        }
        project.run_in("requests/deep", &weak).ends(0);
    }
}

#[test]
fn outside_of_a_repository_only_the_current_folder_is_looked_at() {
    let project = Project::new("[rules]\nweak-key = \"error\"\n");
    fs::remove_dir(project.0.at().join(".git")).unwrap();
    project.check(&["requests/weak.json"]).ends(1);
    project.run_in("requests", &["check", "--now", NOW, "weak.json"]).ends(0);
}

#[test]
fn it_can_be_named_and_left_out() {
    let project = Project::new("[rules]\nweak-key = \"error\"\n");
    project.file("ci/strict.toml", "fail-on = \"note\"\n");
    project.check(&["--no-config", "requests/weak.json"]).ends(0);
    project.check(&["--config", "ci/strict.toml", "requests/weak.json"]).ends(1);
    assert_eq!(project.findings(&["--config", "ci/strict.toml"])[1], "warning[weak-key]");
    let both = project.check(&["--config", "ci/strict.toml", "--no-config", "requests/weak.json"]).ends(2);
    assert!(both.stderr.contains("--config cannot be used with --no-config"), "{}", both.stderr);
    let missing = project.check(&["--config", "nowhere.toml", "requests/weak.json"]).ends(2);
    assert!(missing.stderr.contains("nowhere.toml: no such file or directory"), "{}", missing.stderr);
    let secret = project.check(&["--config", CANARY, "requests/weak.json"]).ends(2);
    assert!(secret.stderr.contains("argument 5: no such file or directory"), "{}", secret.stderr);
}

#[test]
#[cfg(unix)]
fn what_cannot_be_read_is_2_and_not_left_out() {
    let project = Project::new("");
    let path = project.0.at().join("apicert.toml");
    for said in ["is a directory", "no such file or directory", "is not UTF-8"] {
        let _ = fs::remove_file(&path);
        match said {
            "is a directory" => fs::create_dir(&path).unwrap(),
            "is not UTF-8" => fs::write(&path, b"# caf\xe9\n").unwrap(),
            _ => {
                fs::remove_dir(&path).unwrap();
                std::os::unix::fs::symlink("nowhere", &path).unwrap();
            }
        }
        for name in ["check", "predict", "fix", "inspect"] {
            let run = project.run_in("", &[name, "requests/weak.json"]).ends(2);
            assert_eq!(run.stderr, format!("apicert: apicert.toml: {said}\n"));
            assert_eq!(run.stdout, "");
        }
        let run = project.run_in("", &["build", "--name", "x", "--cert", "c", "--key", "k"]).ends(2);
        assert_eq!(run.stderr, format!("apicert: apicert.toml: {said}\n"));
    }
}

// What it says, and what comes before what

#[test]
fn every_key_counts_and_the_command_line_wins() {
    let project = Project::new("");
    assert_eq!(project.findings(&[]), ["note[incomplete-chain]", "warning[weak-key]"]);
    assert_eq!(project.findings_of("requests/soon.json", &[]), ["warning[expires-soon]"]);

    project.configure("service = \"apig\"\n");
    project.file("name.json", "{\"name\": \"a b\", \"private_key\": \"\"}");
    assert!(project.findings_of("name.json", &[]).contains(&"error[invalid-name]".to_owned()));
    let roma = project.findings_of("name.json", &["--service", "roma"]);
    assert!(roma.contains(&"warning[invalid-name]".to_owned()), "{roma:?}");

    project.configure("expiry-days = 13\n");
    assert!(project.findings_of("requests/soon.json", &[]).is_empty());
    assert_eq!(
        project.findings_of("requests/soon.json", &["--expiry-days", "14"]),
        ["warning[expires-soon]"]
    );

    project.configure("domains = [\"other.example.com\", \"www.example.com\"]\n");
    assert!(project.findings(&[]).contains(&"error[domain-mismatch]".to_owned()));
    // The list of the command line takes the place of the other.
    assert!(
        !project.findings(&["--domain", "www.example.com"]).contains(&"error[domain-mismatch]".to_owned())
    );

    let id = "f0fa1789-3b76-433b-a787-9892951c620e";
    project.file(
        "instance.json",
        format!("{{\"private_key\": \"\", \"type\": \"instance\", \"instance_id\": \"{id}\"}}"),
    );
    project.configure("known-instances = [\"f0fa17893b76433ba7879892951c620f\"]\n");
    assert!(project.findings_of("instance.json", &[]).contains(&"error[unknown-instance]".to_owned()));
    let known = project.findings_of("instance.json", &["--known-instance", id]);
    assert!(!known.contains(&"error[unknown-instance]".to_owned()), "{known:?}");

    project.configure("fail-on = \"warning\"\n");
    project.check(&["requests/weak.json"]).ends(1);
    project.check(&["--fail-on", "error", "requests/weak.json"]).ends(0);
    project.run_in("", &["fix", "--now", NOW, "requests/weak.json"]).ends(1);

    project.configure("[rules]\nweak-key = \"error\"\nincomplete-chain = \"allow\"\n");
    assert_eq!(project.findings(&[]), ["error[weak-key]"]);
    project.check(&["requests/weak.json"]).ends(1);
    assert_eq!(project.findings(&["--warn", "weak-key"]), ["warning[weak-key]"]);
    assert_eq!(
        project.findings(&["--allow", "weak-key", "--deny", "incomplete-chain"]),
        ["error[incomplete-chain]"]
    );
    project.configure("[rules]\nweak-key = \"note\"\n");
    assert_eq!(project.findings(&[]), ["note[incomplete-chain]", "note[weak-key]"]);
}

#[test]
fn build_is_held_to_the_configuration_too() {
    let body: Value =
        serde_json::from_str(&fs::read_to_string(fixtures().join("rules/weak-key/bad.json")).unwrap())
            .unwrap();
    let project = Project::new("");
    project.file("c.pem", body["cert_content"].as_str().unwrap());
    project.file("k.pem", body["private_key"].as_str().unwrap());
    let build = ["build", "--now", NOW, "--name", "cert_demo", "--cert", "c.pem", "--key", "k.pem"];
    project.run_in("", &build).prints_and_ends(0);
    project.configure("[rules]\nweak-key = \"error\"\n");
    project.run_in("", &build).ends(1);
    project.run_in("", &[&build[..], &["--no-config"]].concat()).prints_and_ends(0);
    project.run_in("", &[&build[..], &["--warn", "weak-key"]].concat()).prints_and_ends(0);
}

// What is wrong with it

/// Configurations that are refused, the place and what is said about them.
fn bad() -> Vec<(String, &'static str)> {
    let ignore =
        |rest: &str| format!("[[ignore]]\nrule = \"weak-key\"\nat = \"a.json\"\nreason = \"x\"\n{rest}");
    let at = |at: &str| format!("[[ignore]]\nrule = \"weak-key\"\nreason = \"x\"\nat = \"{at}\"\n");
    let canary = CANARY;
    vec![
        (format!("service = \"{canary}\""), "1:11: service takes one of \"roma\", \"apig\""),
        ("service = 1".into(), "1:11: service takes one of \"roma\", \"apig\""),
        (
            format!("\nfail-on = \"{canary}\""),
            "2:11: fail-on takes one of \"error\", \"warning\", \"note\", \"never\"",
        ),
        (format!("expiry-days = \"{canary}\""), "1:15: expiry-days takes a number of days, at most 36500"),
        ("expiry-days = 36501".into(), "1:15: expiry-days takes"),
        ("expiry-days = -1".into(), "1:15: expiry-days takes"),
        ("expiry-days = 1.5".into(), "1:15: expiry-days takes"),
        (format!("domains = [\"www.example.com\", \"{canary}\"]"), "1:31: domains takes a host name"),
        (format!("domains = \"{canary}\""), "1:11: domains takes an array"),
        ("domains = [1]".into(), "1:12: domains takes a host name"),
        (format!("known-instances = [\"{canary}\"]"), "1:20: known-instances takes 1 to 36 letters"),
        (format!("include = \"{canary}\""), "1:11: include takes an array"),
        (
            format!("include = [\"a\", \"{canary}[z-a]\"]"),
            "1:17: a pattern of include must be a pattern as in .gitignore",
        ),
        (format!("exclude = [\"../{canary}\"]"), "1:12: a pattern of exclude must stay below"),
        (format!("exclude = [\"#{canary}\"]"), "1:12: a pattern of exclude must not begin with #"),
        ("exclude = [\"\"]".into(), "1:12: a pattern of exclude must not be empty"),
        ("exclude = [{a = 1}]".into(), "1:12: exclude takes strings with patterns"),
        (format!("{canary} = 1"), "1:1: unknown key in apicert.toml; expected one of service,"),
        (format!("\"{canary}\".x = 1"), "1:1: unknown key in apicert.toml; expected one of service,"),
        (format!("fail_on = \"{canary}\""), "1:1: unknown key in apicert.toml (did you mean fail-on?)"),
        ("domain = []".into(), "1:1: unknown key in apicert.toml (did you mean domains?)"),
        (format!("[rules]\n{canary} = \"error\""), "2:1: [rules] takes the name of a rule"),
        (
            format!("[rules]\nweak-keys = \"{canary}\""),
            "2:1: [rules] takes the name of a rule, one of `apicert rules` (did you mean weak-key?)",
        ),
        (
            format!("[rules]\nweak-key = \"{canary}\""),
            "2:12: weak-key takes one of \"error\", \"warning\", \"note\", \"allow\"",
        ),
        ("[rules]\nweak-key = false".into(), "2:12: weak-key takes one of"),
        (format!("rules = \"{canary}\""), "1:9: rules must be a table"),
        (format!("[ignore]\nrule = \"{canary}\""), "1:1: ignore must be an array of tables"),
        (format!("ignore = [\"{canary}\"]"), "1:10: ignore must be an array of tables"),
        ("[[ignore]]\nrule = \"weak-key\"\nat = \"a.json\"".into(), "1:1: [[ignore]] needs reason"),
        ("[[ignore]]\nrule = \"weak-key\"\nreason = \"x\"".into(), "1:1: [[ignore]] needs at"),
        ("[[ignore]]\nat = \"a\"\nreason = \"x\"".into(), "1:1: [[ignore]] needs rule"),
        (
            ignore(&format!("{canary} = 1")),
            "5:1: unknown key in [[ignore]]; expected one of rule, at, reason, expires",
        ),
        (ignore(&format!("expire = \"{canary}\"")), "5:1: unknown key in [[ignore]] (did you mean expires?)"),
        (ignore(&format!("expires = \"{canary}\"")), "5:11: expires takes a date, such as 2027-03-31"),
        (ignore("expires = 2027-03-31T00:00:00Z"), "5:11: expires takes a date"),
        (ignore("expires = 2027"), "5:11: expires takes a date"),
        (ignore("expires = \"2027-02-30\""), "5:11: expires takes a date"),
        (
            format!("[[ignore]]\nrule = \"{canary}\"\nat = \"a\"\nreason = \"x\""),
            "2:8: rule takes the name of a rule",
        ),
        (
            format!("[[ignore]]\nrule = \"weak-key\"\nat = \"a\"\nreason = \"{canary}\""),
            "4:10: reason looks like a piece of a key",
        ),
        (
            format!(
                "[[ignore]]\nrule = \"weak-key\"\nat = \"a\"\nreason = \"see {}\"",
                "c9:af:a9:d8:45:ba:75:16:6b:5c:21:57:67"
            ),
            "4:10: reason looks like a piece of a key",
        ),
        (
            "[[ignore]]\nrule = \"weak-key\"\nat = \"a\"\nreason = \"-----BEGIN PRIVATE KEY-----\"".into(),
            "4:10: reason looks like a piece of a key",
        ),
        ("[[ignore]]\nrule = \"weak-key\"\nat = \"a\"\nreason = \" \"".into(), "4:10: reason must say why"),
        (
            format!("[[ignore]]\nrule = \"weak-key\"\nat = \"a\"\nreason = \"{}\"", "word ".repeat(81)),
            "4:10: reason must be at most 400",
        ),
        ("[[ignore]]\nrule = \"weak-key\"\nat = 1\nreason = \"x\"".into(), "3:6: at takes a string"),
        (at(""), "4:6: at must not be empty"),
        (at("../a.json"), "4:6: at must stay below"),
        (at("!a.json"), "4:6: at must not begin with !"),
        (at("a[z-a].json"), "4:6: at must be a pattern"),
        (at("a.json#private_key"), "4:6: at must have a JSON pointer"),
        (at("a.json#/private_key/0"), "4:6: at must have a JSON pointer"),
        (at(&format!("a.json#/{canary}")), "4:6: at must have a JSON pointer"),
        // No TOML at all.
        (format!("service = {canary}"), "1:11: invalid TOML: strings must be quoted"),
        (format!("service = \"{canary}"), "1:79: invalid TOML"),
        (canary.into(), "1:68: invalid TOML: a key needs `=`"),
        (format!("domains = [\"{canary}\""), "1:81: invalid TOML: the array is not closed"),
        (format!("service = \"roma\"\nservice = \"{canary}\""), "2:1: duplicate key"),
        (format!("{{\"service\": \"{canary}\"}}"), "1:1: invalid TOML"),
    ]
}

#[test]
fn what_is_wrong_is_named_by_place_and_never_repeated() {
    let project = Project::new("");
    for (configuration, said) in bad() {
        project.configure(&configuration);
        // That nothing of the canary is printed is looked at by `ends`.
        let run = project.check(&["requests/weak.json"]).ends(2);
        let said = format!("apicert: apicert.toml:{said}");
        assert!(run.stderr.contains(&said), "{configuration}\n{said}\n{}", run.stderr);
        assert_eq!(run.stdout, "", "{configuration}");
        for piece in CANARY.to_lowercase().as_bytes().windows(8) {
            assert!(!run.stderr.contains(std::str::from_utf8(piece).unwrap()), "{}", run.stderr);
        }
    }
}

#[test]
fn all_that_is_wrong_is_said_at_once() {
    let project = Project::new("service = 1\nfail-on = 2\n[rules]\nweak = 1\n");
    let run = project.check(&[]).ends(2);
    let places: Vec<&str> =
        run.stderr.lines().map(|line| &line[.."apicert: apicert.toml:1:1".len()]).collect();
    let expected = ["1:1", "2:1", "4:1", "4:8"].map(|place| format!("apicert: apicert.toml:{place}"));
    assert_eq!(places, expected, "{}", run.stderr);
}

#[test]
fn what_is_allowed_is_not_repeated_either() {
    let project = Project::new(&format!(
        "include = [\"*.json\", \"{CANARY}\"]\nexclude = [\"{CANARY}/\"]\nknown-instances = [\"a\"]\n\
         [[ignore]]\nrule = \"weak-key\"\nat = \"{CANARY}.json#/private_key\"\nreason = \"x\"\n\
         [[ignore]]\nrule = \"weak-key\"\nat = \"requests/{CANARY}*\"\nreason = \"x\"\nexpires = 2020-01-01\n"
    ));
    for format in ["full", "concise", "json", "ndjson"] {
        let run =
            project.check(&["--verbose", "--statistics", "--fail-on", "never", "--format", format]).ends(0);
        assert!(
            run.stderr.contains("apicert.toml:4: this [[ignore]] of weak-key matches no finding"),
            "{}",
            run.stderr
        );
        assert!(
            run.stderr.contains("apicert.toml:8: this [[ignore]] of weak-key has expired"),
            "{}",
            run.stderr
        );
    }
    project.run_in("", &["fix", "--verbose", "--diff", "--fail-on", "never"]).ends(0);
    project.run_in("", &["predict"]).ends(1);
    project.run_in("", &["inspect"]).ends(0);
}

// Ignores

const IGNORE: &str = "[[ignore]]\nrule = \"weak-key\"\nat = \"requests/weak.json#/private_key\"\n\
                      reason = \"the device only takes RSA-1024, see https://example.com/tickets/DEV-1024\"\n";

#[test]
fn an_ignored_finding_does_not_count() {
    let project = Project::new(&format!("fail-on = \"warning\"\n{IGNORE}"));
    let run = project.check(&["--format", "json", "requests"]);
    let json = run.ends(1).json();
    assert_eq!(json["summary"]["suppressed"], 1);
    assert_eq!(json["summary"]["warnings"], 1);
    let run = project.check(&["requests/weak.json"]).ends(0);
    assert!(
        run.stdout.contains("0 errors, 0 warnings, 1 note (shown with -v); 1 suppressed"),
        "{}",
        run.stdout
    );
    assert_eq!(run.stderr, "");
    // It is the same file, however it is named, and from wherever.
    project.run_in("requests", &["check", "--now", NOW, "weak.json"]).ends(0);
    project.run_in("requests", &["check", "--now", NOW, "../requests/./weak.json"]).ends(0);
    let whole = project.0.path("requests/weak.json");
    project.check(&[&whole]).ends(0);
    // Another file, another member, another rule.
    project.file("requests/other.json", fs::read(&whole).unwrap());
    project.check(&["requests/other.json"]).ends(1);
    project.configure(&format!("fail-on = \"warning\"\n{}", IGNORE.replace("/private_key", "/cert_content")));
    project.check(&["requests/weak.json"]).ends(1);
    project.configure(&format!("fail-on = \"warning\"\n{}", IGNORE.replace("weak-key", "key-mismatch")));
    project.check(&["requests/weak.json"]).ends(1);
    // --deny makes it an error where it counts, and it does not count.
    project.configure(IGNORE);
    project.check(&["--deny", "weak-key", "requests/weak.json"]).ends(0);
}

#[test]
fn places_are_patterns_and_pointers() {
    let project = Project::new("");
    for (at, counts) in [
        ("requests/weak.json", false),
        ("/requests/weak.json#/private_key", false),
        ("./requests/weak.json", false),
        ("weak.json", false),
        ("*.json#/private_key", false),
        ("**/w?ak.json", false),
        ("requests/", false),
        ("requests", false),
        ("#/private_key", false),
        ("/weak.json", true),
        ("requests/*.jso", true),
        ("request/", true),
        ("#", true),
        ("requests/weak.json#", true),
        ("#/name", true),
    ] {
        project.configure(&format!("[[ignore]]\nrule = \"weak-key\"\nat = \"{at}\"\nreason = \"x\"\n"));
        let found = project.findings(&[]).contains(&"warning[weak-key]".to_owned());
        assert_eq!(found, counts, "{at}");
    }
    // The body as a whole has the empty pointer.
    project.file("requests/array.json", "[]");
    project
        .configure("[[ignore]]\nrule = \"not-an-object\"\nat = \"requests/array.json#\"\nreason = \"x\"\n");
    assert!(project.findings_of("requests/array.json", &[]).is_empty());
}

#[test]
fn the_predicted_answer_does_not_depend_on_ignores() {
    let project =
        Project::new("[[ignore]]\nrule = \"placeholder\"\nat = \"#/private_key\"\nreason = \"x\"\n");
    project.file("t.json", "{\"name\": \"cert_demo\", \"cert_content\": \"x\", \"private_key\": \"${K}\"}");
    let json = project.check(&["--format", "json", "--allow", "no-pem-block", "t.json"]).ends(0).json();
    assert_eq!(json["inputs"][0]["verdict"], "reject");
    assert_eq!(json["summary"]["rejected"], 1);
    assert_eq!(json["summary"]["suppressed"], 2);
    project.run_in("", &["predict", "t.json"]).ends(1);
}

#[test]
fn lines_and_standard_input_have_places_too() {
    let line = fs::read_to_string(fixtures().join("rules/weak-key/bad.json")).unwrap().replace('\n', " ");
    let project =
        Project::new(&format!("fail-on = \"warning\"\n{}", IGNORE.replace("weak.json", "weak.ndjson")));
    project.file("requests/weak.ndjson", format!("{line}\n{line}\n"));
    let run = project.check(&["requests/weak.ndjson"]).ends(0);
    assert!(run.stdout.contains("2 suppressed"), "{}", run.stdout);
    project.configure(&format!("fail-on = \"warning\"\n{IGNORE}"));
    let from_stdin = |arguments: &[&str]| {
        let mut child = command(&[&["check", "--now", NOW, "-"], arguments].concat())
            .current_dir(project.0.at().join("requests"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        std::io::Write::write_all(&mut child.stdin.take().unwrap(), line.as_bytes()).unwrap();
        Run::of(&child.wait_with_output().unwrap())
    };
    from_stdin(&["--stdin-filename", "weak.json"]).ends(0);
    from_stdin(&["--stdin-filename", "other.json"]).ends(1);
    // What has no name is met by an ignore that names no file.
    from_stdin(&[]).ends(1);
    project.configure(
        "fail-on = \"warning\"\n[[ignore]]\nrule = \"weak-key\"\nat = \"#/private_key\"\nreason = \"x\"\n",
    );
    from_stdin(&[]).ends(0);
}

#[test]
fn the_last_day_still_counts() {
    let project = Project::new(&format!("fail-on = \"warning\"\n{IGNORE}expires = 2026-07-01\n"));
    let at = |time: &str| project.run_in("", &["check", "--quiet", "--now", time, "requests/weak.json"]);
    let counts = at("2026-07-01T23:59:59Z").ends(0);
    assert_eq!(counts.stderr, "");
    // Days are those of UTC.
    at("2026-07-02T01:30:00+02:00").ends(0);
    let expired = at("2026-07-02T00:00:00Z").ends(1);
    assert_eq!(
        expired.stderr,
        "apicert: apicert.toml:2: this [[ignore]] of weak-key has expired: 2026-07-01 was the last day on \
         which it counted\n"
    );
    // Quotes around the date do no harm.
    project.configure(&format!("fail-on = \"warning\"\n{IGNORE}expires = \"2026-07-01\"\n"));
    at("2026-07-01T23:59:59Z").ends(0);
    at("2026-07-02T00:00:00Z").ends(1);
}

#[test]
fn an_ignore_is_called_idle_only_when_all_was_looked_at() {
    let project = Project::new("");
    project.file("requests/more/soon.json", fs::read(project.0.at().join("requests/soon.json")).unwrap());
    project.file(".hidden/soon.json", "{}");
    project.file("bad.json", "{\"private_key\": 1}");
    let is_idle = |at: &str, arguments: &[&str]| {
        project.configure(&format!("[[ignore]]\nrule = \"weak-key\"\nat = \"{at}\"\nreason = \"x\"\n"));
        let run = project.check(&[&["-q", "--fail-on", "never"], arguments].concat());
        let said = "apicert: apicert.toml:1: this [[ignore]] of weak-key matches no finding of this run; is it still needed?\n";
        assert!(run.stderr.is_empty() || run.stderr == said || run.code == Some(2), "{}", run.stderr);
        run.stderr.contains("matches no finding")
    };
    for (at, arguments, expected) in [
        // The file that it names was read.
        ("requests/soon.json#/private_key", &["requests/soon.json"][..], true),
        ("requests/weak.json#/private_key", &["requests/weak.json"], false),
        ("requests/weak.json#/cert_content", &["requests/weak.json"], true),
        // It was not.
        ("requests/weak.json#/cert_content", &["requests/soon.json"], false),
        ("requests/gone.json", &["requests/soon.json"], false),
        // A folder was searched in which it must lie.
        ("requests/gone.json", &["requests"], true),
        ("requests/gone.json", &["requests/more"], false),
        ("requests/gone.json", &["."], true),
        ("requests/more/*.json", &["requests"], true),
        ("requests/more/*.json", &["requests/more"], true),
        ("requests/more/*.json", &["requests/soon.json", "requests/more/soon.json"], false),
        ("requests/*.json", &["."], false),
        ("requests/*.json#/name", &["."], true),
        ("requests/s*.json", &["."], true),
        // At any depth: only a search of everything tells.
        ("gone.json", &["requests"], false),
        ("gone.json", &["."], true),
        ("gone.json", &[], true),
        ("#/trusted_root_ca", &["requests/soon.json"], false),
        ("#/trusted_root_ca", &["requests"], false),
        ("#/trusted_root_ca", &["."], true),
        ("#/private_key", &["."], false),
        // A file that is passed over by the search is there all the same.
        (".hidden/soon.json", &["."], false),
        // Where something could not be read, or was filled in, nothing is known.
        ("requests/gone.json", &[".", "missing.json"], false),
        ("requests/gone.json", &[".", "--set", "name=x"], false),
    ] {
        assert_eq!(is_idle(at, arguments), expected, "{at} {arguments:?}");
    }
    // A run that ends early knows nothing either, and the exit code does not depend on any of it.
    project.configure("[[ignore]]\nrule = \"weak-key\"\nat = \"gone.json\"\nreason = \"x\"\n");
    project.check(&["requests"]).ends(0);
    project.check(&["--fail-on", "warning", "requests"]).ends(1);
    let json = project.check(&["--format", "json", "."]).ends(1).json();
    assert_eq!(json["summary"]["suppressed"], 0);
}

#[test]
fn an_ignore_of_an_allowed_rule_is_of_use() {
    let project = Project::new(&format!("{IGNORE}\n[rules]\nweak-key = \"allow\"\n"));
    let run = project.check(&["."]).ends(0);
    assert_eq!(run.stderr, "");
    assert!(run.stdout.contains("1 suppressed"), "{}", run.stdout);
    // Of two that match, both are of use.
    project.configure(&format!("{IGNORE}{}", IGNORE.replace("requests/weak.json", "")));
    assert_eq!(project.check(&["."]).ends(0).stderr, "");
}

#[test]
fn what_is_ignored_or_allowed_is_not_repaired() {
    let body = fs::read_to_string(fixtures().join("rules/quoted-pem/bad.json")).unwrap();
    let ignore = "[[ignore]]\nrule = \"quoted-pem\"\nat = \"q.json#/cert_content\"\nreason = \"x\"\n";
    for (configuration, is_left) in [(ignore, true), ("[rules]\nquoted-pem = \"allow\"\n", true), ("", false)]
    {
        let project = Project::new(configuration);
        project.file("q.json", &body);
        project.run_in("", &["fix", "--now", NOW, "q.json"]).ends(0);
        let after = fs::read_to_string(project.0.path("q.json")).unwrap();
        assert_eq!(after == body, is_left, "{configuration}");
    }
}

// Which files

/// The paths that `check` looked at.
fn looked_at(project: &Project, arguments: &[&str]) -> Vec<String> {
    let all = [&["check", "--fail-on", "never", "--format", "json"], arguments].concat();
    let json = project.run_in("", &all).json();
    json["inputs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|input| input["path"].as_str().unwrap().to_owned())
        .collect()
}

const BODY: &str = "{\"private_key\": \"\"}";

#[test]
fn folders_are_searched_as_configured() {
    let project = Project::new("");
    for name in ["a.json", "b.JSON", "c.body", "t/d.json.j2", "t/e.json", "vendor/f.json", "t/vendor/g.json"]
    {
        project.file(name, BODY);
    }
    project.file("package.json", "{\"name\": \"x\"}");
    project.file("t/other.body", "no body");
    let everything = [
        "a.json",
        "b.JSON",
        "requests/soon.json",
        "requests/weak.json",
        "t/e.json",
        "t/vendor/g.json",
        "vendor/f.json",
    ];
    assert_eq!(looked_at(&project, &[]), everything);
    for (configuration, expected) in [
        ("include = [\"*.body\"]", &["c.body"][..]),
        ("include = [\"*.body\", \"*.json.j2\", \"/a.json\"]", &["a.json", "c.body", "t/d.json.j2"]),
        ("include = [\"t/\"]", &["t/d.json.j2", "t/e.json", "t/vendor/g.json"]),
        (
            "include = [\"*.json\", \"!**/vendor/**\"]",
            &["a.json", "requests/soon.json", "requests/weak.json", "t/e.json"],
        ),
        ("exclude = [\"vendor/\", \"requests\"]", &["a.json", "b.JSON", "t/e.json"]),
        (
            "exclude = [\"/vendor/\", \"requests/*.json\"]",
            &["a.json", "b.JSON", "t/e.json", "t/vendor/g.json"],
        ),
        ("exclude = [\"*\", \"!t\", \"!t/e.json\"]", &["t/e.json"]),
        ("include = [\"t/\"]\nexclude = [\"vendor/\", \"*.j2\"]", &["t/e.json"]),
    ] {
        project.configure(configuration);
        assert_eq!(looked_at(&project, &[]), expected, "{configuration}");
        // Wherever it is run from.
        let json = project.run_in("t", &["check", "--fail-on", "never", "--format", "json", ".."]).json();
        assert_eq!(json["inputs"].as_array().unwrap().len(), expected.len(), "{configuration}");
    }
    project.configure("include = []");
    project.check(&[]).ends(3);
    // `inspect` searches likewise.
    project.configure("include = [\"requests/weak.json\"]");
    let run = project.run_in("", &["inspect", "--format", "json"]).ends(0);
    assert_eq!(run.stdout.lines().count(), 1, "{}", run.stdout);
}

#[test]
fn what_is_excluded_can_be_named_but_not_by_a_hook() {
    let project = Project::new("exclude = [\"vendor/\", \"b.json\", \"n.ndjson\"]\n");
    for name in ["a.json", "b.json", "vendor/c.json"] {
        project.file(name, BODY);
    }
    project.file("n.ndjson", format!("{BODY}\n"));
    let named = ["a.json", "b.json", "vendor/c.json", "n.ndjson"];
    assert_eq!(looked_at(&project, &named), named);
    assert_eq!(looked_at(&project, &[&["--bodies-only"], &named[..]].concat()), ["a.json"]);
    project.check(&["--bodies-only", "b.json"]).ends(0);
    let said = project.check(&["--bodies-only", "--verbose", "b.json"]).ends(0);
    assert!(said.stderr.contains("b.json: skipped, the configuration excludes it"), "{}", said.stderr);
    // What is excluded is not even opened.
    project.check(&["--bodies-only", "vendor/gone.json"]).ends(0);
    // It is not repaired either.
    let quoted = fs::read_to_string(fixtures().join("rules/quoted-pem/bad.json")).unwrap();
    project.file("b.json", &quoted);
    project.run_in("", &["fix", "--bodies-only", "b.json"]).ends(0);
    assert_eq!(fs::read_to_string(project.0.path("b.json")).unwrap(), quoted);
}

#[test]
fn files_of_lines_are_taken_from_folders_when_included() {
    let project = Project::new("include = [\"*.ndjson\"]\nexclude = [\"old/\"]\n");
    project.file("a.ndjson", format!("{BODY}\n{BODY}\n"));
    project.file("old/b.ndjson", format!("{BODY}\n"));
    assert_eq!(looked_at(&project, &["."]), ["a.ndjson", "a.ndjson"]);
    project.configure("exclude = [\"old/\"]\n");
    assert_eq!(looked_at(&project, &["--ndjson", "."]), ["a.ndjson", "a.ndjson"]);
}

#[test]
fn ignore_files_and_hidden_files_are_honoured() {
    let project = Project::new("");
    for name in
        ["a.json", "build/b.json", "c.json", "d.json", ".hidden/e.json", ".f.json", "g/h.json", "g/i.json"]
    {
        project.file(name, BODY);
    }
    project.file(".gitignore", "build/\nrequests/\n");
    project.file(".ignore", "c.json\n");
    project.file(".git/info/exclude", "d.json\n");
    project.file("g/.gitignore", "*.json\n!i.json\n");
    assert_eq!(looked_at(&project, &[]), ["a.json", "g/i.json"]);
    // What is named is read.
    let named = ["build/b.json", "c.json", ".f.json"];
    assert_eq!(looked_at(&project, &named), named);
    assert_eq!(looked_at(&project, &[".hidden"]), [".hidden/e.json"]);
    // Without a repository there is no .gitignore, but still .ignore.
    fs::remove_dir_all(project.0.at().join(".git")).unwrap();
    assert!(looked_at(&project, &[]).contains(&"build/b.json".to_owned()));
    assert!(!looked_at(&project, &[]).contains(&"c.json".to_owned()));
}

/// The paths that `check` looks at in a folder, for a user who has that home and those variables.
fn looked_at_by(folder: &Path, home: &Path, variables: &[(&str, &Path)]) -> Vec<String> {
    let mut command = command(&["check", "--fail-on", "never", "--format", "json"]);
    command.current_dir(folder).env("HOME", home).env("GIT_CONFIG_SYSTEM", "/dev/null");
    command.env_remove("XDG_CONFIG_HOME").env_remove("GIT_CONFIG_GLOBAL").envs(variables.iter().copied());
    let json = Run::of(&command.output().unwrap()).json();
    json["inputs"]
        .as_array()
        .unwrap()
        .iter()
        .map(|input| input["path"].as_str().unwrap().to_owned())
        .collect()
}

/// `git ls-files --others --exclude-standard` of git 2.47 lists the same, in a repository with these files.
#[test]
fn the_ignore_file_of_the_user_is_where_git_looks_for_it() {
    let folder = Folder::new();
    let (at, home) = (folder.at(), folder.at().join("home"));
    for name in ["r/.git/HEAD", "r/a.json", "r/b.json", "r/x/a.json", "plain/a.json"] {
        folder.file(name, BODY);
    }
    folder.file("home/mine", "/a.json\n");
    folder.file("home/other-rules", "b.json\n");
    let (a, b) = (["b.json", "x/a.json"], ["a.json", "x/a.json"]);
    let all = ["a.json", "b.json", "x/a.json"];
    for (configuration, expected) in
        [("[core]\n\texcludesFile = ~/mine\n", &a[..]), ("[core]\n excludesfile = ~/none\n", &all)]
    {
        folder.file("home/.gitconfig", configuration);
        assert_eq!(looked_at_by(&at.join("r"), &home, &[]), expected, "{configuration}");
    }
    // Outside of a repository it says nothing.
    folder.file("home/.gitconfig", "[core]\n excludesfile = ~/mine\n");
    assert_eq!(looked_at_by(&at.join("plain"), &home, &[]), ["a.json"]);

    let other = home.join("other");
    folder.file("home/other/git/config", "[core]\n excludesfile = ~/other-rules\n");
    assert_eq!(looked_at_by(&at.join("r"), &home, &[("XDG_CONFIG_HOME", &other)]), a);
    fs::remove_file(home.join(".gitconfig")).unwrap();
    assert_eq!(looked_at_by(&at.join("r"), &home, &[("XDG_CONFIG_HOME", &other)]), b);
    folder.file("home/other/git/ignore", "a.json\n");
    folder.file("home/other/git/config", "");
    assert_eq!(looked_at_by(&at.join("r"), &home, &[("XDG_CONFIG_HOME", &other)]), ["b.json"]);
    assert_eq!(looked_at_by(&at.join("r"), &home, &[]), all);
    folder.file("home/.config/git/ignore", "b.json\n");
    assert_eq!(looked_at_by(&at.join("r"), &home, &[]), b);
    folder.file("home/.config/git/config", "[core]\n excludesfile = ~/mine\n");
    assert_eq!(looked_at_by(&at.join("r"), &home, &[]), a);
    let only = home.join("only");
    folder.file("home/only", "[core]\n excludesfile = ~/other-rules\n");
    assert_eq!(looked_at_by(&at.join("r"), &home, &[("GIT_CONFIG_GLOBAL", &only)]), b);
    assert_eq!(looked_at_by(&at.join("r"), &home, &[("GIT_CONFIG_SYSTEM", &only)]), a);
}

/// Likewise, but for `.ignore`, of which git knows nothing.
#[test]
fn ignore_files_hold_where_git_lets_them() {
    let folder = Folder::new();
    let home = folder.at().join("home");
    let looked_at = |below: &str| looked_at_by(&folder.at().join(below), &home, &[]);
    for name in ["a.json", "b.json", "c.json", "x/a.json", "x/b.json", "x/y/a.json", "x/y/b.json"] {
        folder.file(&format!("r/{name}"), BODY);
    }
    folder.file("r/.git/HEAD", "");
    folder.file(".gitignore", "*\n");
    folder.file("r/.gitignore", "/a.json\nx/b.json\nx/y/\n");
    folder.file("r/.git/info/exclude", "c.json\n*.json\n!b.json\n!a.json\n");
    assert_eq!(looked_at("r"), ["b.json", "x/a.json"]);
    // What is named is walked; what lies above it still holds.
    assert_eq!(looked_at("r/x/y"), ["a.json", "b.json"]);
    folder.file("r/.gitignore", "x/y/b.json\n");
    assert_eq!(looked_at("r/x/y"), ["a.json"]);
    folder.file("r/x/.gitignore", "!b.json\n/y/a.json\n");
    assert_eq!(looked_at("r/x/y"), ["b.json"]);
    folder.file("r/.ignore", "/x/y/b.json\n!/x/y/a.json\n");
    assert_eq!(looked_at("r/x/y"), ["a.json"]);
    folder.file(".ignore", "a.json\n");
    assert_eq!(looked_at("r/x"), ["b.json", "y/a.json"]);
    fs::remove_file(folder.at().join(".ignore")).unwrap();

    // A repository within is one of its own.
    folder.file("r/x/y/.git/HEAD", "");
    fs::remove_file(folder.at().join("r/.ignore")).unwrap();
    assert_eq!(looked_at("r/x/y"), ["a.json", "b.json"]);

    // Further working trees have the common exclude.
    folder.file("tree/.git", format!("gitdir: {}/r/.git/worktrees/t\n", folder.at().display()));
    folder.file("r/.git/worktrees/t/commondir", "../..\n");
    for name in ["tree/a.json", "tree/c.json"] {
        folder.file(name, BODY);
    }
    assert_eq!(looked_at("tree"), ["a.json"]);
}

/// Lines that are no patterns match nothing, as for git.
#[test]
fn malformed_lines_of_ignore_files_say_nothing() {
    let project = Project::new("exclude = [\"requests/\"]\n");
    for name in ["a.json", "b.json", "x/a.json", "x/b.json"] {
        project.file(name, BODY);
    }
    project.file(".gitignore", "a\\\n*{\nb[z-a]\n/b.json\n");
    assert_eq!(looked_at(&project, &["."]), ["a.json", "x/a.json", "x/b.json"]);
    assert_eq!(looked_at(&project, &["x"]), ["x/a.json", "x/b.json"]);
    // So does a directory of that name.
    fs::create_dir(project.0.at().join("x/.gitignore")).unwrap();
    assert_eq!(looked_at(&project, &["x"]), ["x/a.json", "x/b.json"]);
}

/// A directory whose ignore file is not read is not searched, and the run says so.
#[test]
fn ignore_files_without_bounds_are_refused() {
    let project = Project::new("exclude = [\"requests/\"]\n");
    for name in ["a.json", "x/b.json", "y/c.json"] {
        project.file(name, BODY);
    }
    project.file("x/.gitignore", "b.json\n".repeat(9000));
    assert_eq!(looked_at(&project, &["."]), ["a.json", "y/c.json"]);
    for (text, reason) in [
        (
            "b.json\n".repeat(10_000),
            "x: is not searched: the ignore files that apply to it have more than 64 KiB; shorten them",
        ),
        // Nested without end, they would take all of the stack.
        (
            "{a,".repeat(15_000) + &"}".repeat(15_000),
            "x/.gitignore: has a line of more than 4096 bytes and was not read",
        ),
    ] {
        project.file("x/.gitignore", text);
        for path in [".", "x"] {
            let run = project.check(&["--fail-on", "never", path]).ends(2);
            assert!(run.stderr.contains(reason), "{}", run.stderr);
        }
        let run = project.check(&["--fail-on", "never", "--format", "json", "."]).ends(2);
        let inputs = run.json()["inputs"].as_array().unwrap().len();
        assert_eq!(inputs, 2, "the other directories are searched");
    }
    fs::remove_file(project.0.at().join("x/.gitignore")).unwrap();
    // Many patterns that are no plain names.
    project.file("x/.gitignore", "*a?*[b-d]*/**/e*f\n".repeat(1000) + "c*n\n");
    project.check(&["--fail-on", "never", "."]).ends(0);
    // What applies to a directory is counted together.
    let mut nested = "x/".to_owned();
    for _ in 0..3 {
        nested += "y/";
        project.file(&format!("{nested}.gitignore"), "b.json\n".repeat(3000));
    }
    let run = project.check(&["--fail-on", "never", "."]).ends(2);
    assert!(run.stderr.contains("x/y/y/y: is not searched"), "{}", run.stderr);
}

/// What `git check-ignore` says of the ordinary patterns is what is passed over.
#[test]
fn ordinary_patterns_are_those_of_git() {
    let names = [
        "a.json",
        "b.json",
        "ab.json",
        "x/a.json",
        "x/b.json",
        "x/y/a.json",
        "x/y/b.json",
        "y/a.json",
        "y/x/a.json",
        "z z/a.json",
        "#a.json",
    ];
    let folder = Folder::new();
    for name in names {
        folder.file(name, BODY);
    }
    let home = folder.at().join("home");
    let git = |arguments: &[&str]| {
        Command::new("git")
            .args(arguments)
            .current_dir(folder.at())
            .env("HOME", &home)
            .env("GIT_CONFIG_SYSTEM", "/dev/null")
            .env_remove("XDG_CONFIG_HOME")
            .env_remove("GIT_CONFIG_GLOBAL")
            .output()
    };
    if !git(&["init", "-q"]).is_ok_and(|output| output.status.success()) {
        return eprintln!("skipped: there is no git");
    }
    for text in [
        "a.json\n",
        "/a.json\n",
        "x/a.json\n",
        "x/\n",
        "/x/\n",
        "x\n",
        "*.json\n!a.json\n",
        "!a.json\n*.json\n",
        "x/*\n!x/y\n",
        "x/**\n",
        "**/a.json\n",
        "x/**/a.json\n",
        "**/x/\n",
        "[ab].json\n",
        "[!a].json\n",
        "[a-c]*.json\n",
        "?.json\n",
        "a*\n",
        "# comment\n\n  \nb.json\n",
        "\\#a.json\n",
        "#a.json\n",
        "z z/\n",
        "a.json   \n",
        "a.json\r\nx/\r\n",
        "\u{feff}a.json\n",
        "*\n!*/\n!a.json\n",
        "x\n!x/a.json\n",
        "A.json\n",
        "a.json/\n",
    ] {
        folder.file(".gitignore", text);
        let ignored = git(&[&["check-ignore", "--no-index", "--"], &names[..]].concat()).unwrap();
        assert!(matches!(ignored.status.code(), Some(0 | 1)), "{text:?}");
        let ignored = String::from_utf8(ignored.stdout).unwrap();
        let ignored: Vec<&str> = ignored.lines().map(|line| line.trim_matches('"')).collect();
        let mut expected: Vec<&str> = names.into_iter().filter(|name| !ignored.contains(name)).collect();
        expected.sort_by_key(|name| name.split('/').collect::<Vec<_>>());
        assert_eq!(looked_at_by(folder.at(), &home, &[]), expected, "{text:?}");
    }
}

/// A pipe has no end until somebody writes into it. Nothing that a run reads by itself waits for that.
#[test]
#[cfg(unix)]
fn pipes_do_not_stop_a_run() {
    use std::os::unix::fs::symlink;
    use std::time::{Duration, Instant};

    let project = Project::new("");
    project.file("a.json", BODY);
    project.file("x/b.json", BODY);
    let at = |name: &str| project.0.at().join(name);
    let pipe = at("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let pipe = pipe.to_str().unwrap();
    // Standard input is a pipe that stays open.
    let refuses = |below: &str, arguments: &[&str], said: &str| {
        let mut command = command(arguments);
        command.current_dir(at(below)).stdin(std::process::Stdio::piped());
        let mut child = command
            .stdout(std::process::Stdio::piped())
            .stderr(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        let started = Instant::now();
        while child.try_wait().unwrap().is_none() {
            if started.elapsed() > Duration::from_secs(30) {
                child.kill().unwrap();
                panic!("{arguments:?} waits");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let run = Run::of(&child.wait_with_output().unwrap()).ends(2);
        assert!(run.stderr.contains(said), "{said}: {}", run.stderr);
    };
    let check = ["check", "--fail-on", "never"];
    let with =
        |more: &[&str]| [&check[..], more].concat().iter().map(ToString::to_string).collect::<Vec<_>>();
    let refused = "is not a regular file";
    let value = format!("private_key=@{pipe}");
    for arguments in [
        with(&["--config", pipe, "a.json"]),
        with(&["--config", "/dev/stdin", "a.json"]),
        with(&["--set", &value, "a.json"]),
        ["predict", "--against", pipe, "a.json"].map(str::to_owned).to_vec(),
        ["build", "--name", "n", "--cert", pipe, "--key", "a.json"].map(str::to_owned).to_vec(),
    ] {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        refuses("", &arguments, refused);
    }
    // The configuration that is found.
    fs::rename(at("apicert.toml"), at("kept")).unwrap();
    symlink("pipe", at("apicert.toml")).unwrap();
    refuses("", &check, "apicert.toml: is not a regular file");
    refuses("x", &check, "../apicert.toml: is not a regular file");
    fs::remove_file(at("apicert.toml")).unwrap();
    symlink("/dev/stdin", at("apicert.toml")).unwrap();
    refuses("x", &check, "../apicert.toml: is not a regular file");
    fs::remove_file(at("apicert.toml")).unwrap();
    // Ignore files, also above.
    for name in [".ignore", ".gitignore", ".git/info/exclude"] {
        fs::create_dir_all(at(name).parent().unwrap()).unwrap();
        let _ = fs::remove_file(at(name));
        fs::rename(at("pipe"), at(name)).unwrap();
        for path in [".", "x"] {
            refuses(
                "",
                &[&check[..], &[path]].concat(),
                &format!("{name}: is not a regular file; remove it"),
            );
        }
        fs::rename(at(name), at("pipe")).unwrap();
    }
    symlink("../pipe", at("x/.gitignore")).unwrap();
    refuses("", &[&check[..], &["."]].concat(), "x/.gitignore: is not a regular file; remove it");
    fs::remove_file(at("x/.gitignore")).unwrap();
    // A pipe that lies in a directory is no body. What the shell has opened is read.
    fs::rename(at("pipe"), at("x/pipe.json")).unwrap();
    project.check(&["--fail-on", "never", "."]).ends(0);
    let script = "exec \"$0\" predict --set name=@<(printf cert_demo) a.json";
    let mut bash = Command::new("bash");
    bash.args(["-c", script, env!("CARGO_BIN_EXE_apicert")]).current_dir(project.0.at());
    let run = Run::of(&bash.output().unwrap());
    assert!(!run.stderr.contains(refused), "{}", run.stderr);
}

#[test]
#[cfg(unix)]
fn links_and_strange_names_in_folders() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;
    let project = Project::new("exclude = [\"requests/\"]\n");
    project.file("a/b.json", BODY);
    let at = |name: &str| project.0.at().join(name);
    // Links are not followed in a search: no loops, nothing twice.
    symlink("..", at("a/loop")).unwrap();
    symlink("b.json", at("a/link.json")).unwrap();
    symlink("nowhere", at("a/dangling.json")).unwrap();
    assert_eq!(looked_at(&project, &["a"]), ["a/b.json"]);
    // A link that is named is followed, and is the place that it is named by.
    assert_eq!(looked_at(&project, &["a/link.json"]), ["a/link.json"]);
    symlink("a", at("z")).unwrap();
    assert_eq!(looked_at(&project, &["z"]), ["z/b.json"]);
    fs::remove_file(at("z")).unwrap();
    // Names need not be UTF-8, nor harmless to terminals.
    fs::write(at("a").join(OsStr::from_bytes(b"\xff\x1b[2J.json")), BODY).unwrap();
    let names = looked_at(&project, &["a"]);
    assert_eq!(names.len(), 2, "{names:?}");
    assert!(names[1].ends_with("\\u{1b}[2J.json"), "{names:?}");
    // Patterns see the names as they are.
    project.configure("exclude = [\"a/?\\u001b*.json\", \"requests/\"]\n");
    assert_eq!(looked_at(&project, &["a"]), ["a/b.json"]);
}

#[test]
#[cfg(unix)]
fn a_folder_that_cannot_be_read_is_2() {
    use std::os::unix::fs::PermissionsExt;
    let project = Project::new("");
    project.file("shut/a.json", BODY);
    let shut = project.0.at().join("shut");
    fs::set_permissions(&shut, fs::Permissions::from_mode(0o000)).unwrap();
    // The superuser reads everything.
    let is_shut = fs::read_dir(&shut).is_err();
    let run = project.check(&["."]);
    project.configure("exclude = [\"shut/\"]\n");
    let excluded = project.check(&["."]);
    fs::set_permissions(&shut, fs::Permissions::from_mode(0o755)).unwrap();
    if is_shut {
        let run = run.ends(2);
        assert!(run.stderr.contains("shut: permission denied"), "{}", run.stderr);
    }
    excluded.ends(0);
}

// The schema

#[test]
fn the_schema_names_every_rule() {
    let schema: Value = serde_json::from_str(&schema()).unwrap();
    let named: Vec<&str> = schema["$defs"]["rule"]["enum"]
        .as_array()
        .unwrap()
        .iter()
        .map(|name| name.as_str().unwrap())
        .collect();
    let rules: Vec<&str> = RULES.iter().map(|rule| rule.name()).collect();
    assert_eq!(named, rules, "schemas/apicert.schema.json lists the rules in the order of the catalogue");
    assert_eq!(schema["$schema"], json!("https://json-schema.org/draft/2020-12/schema"));
}

fn schema() -> String {
    Run::of(&command(&["check", "--print-config-schema"]).output().unwrap()).ends(0).stdout
}

/// Configurations that are read.
fn good() -> Vec<String> {
    let mut good: Vec<String> = [
        "",
        "# nothing",
        "service = \"apig\"\nfail-on = \"never\"\nexpiry-days = 0\n",
        "expiry-days = 36500",
        "domains = [\"www.example.com\", \"*.example.com\", \"xn--fiqs8s.example.\"]",
        "known-instances = [\"f0fa1789-3b76-433b-a787-9892951c620e\", \"f0fa17893b76433ba7879892951c620e\"]",
        "domains = []\nknown-instances = []\ninclude = []\nexclude = []\nignore = []\n[rules]\n",
        "include = [\"*.json\", \"**/x/\", \"!y\", \"./z.json\", \"a b\", \"[ab].json\", \"\\\\#a\"]",
        "rules.weak-key = \"allow\"\nrules.long-validity = \"note\"",
        "ignore = [{rule = \"weak-key\", at = \"a\", reason = \"x\"}]",
    ]
    .map(str::to_owned)
    .into();
    for at in ["a.json", "a/*.json#/private_key", "#/private_key", "#", "a.json#", "a#/#3", "a b.json"] {
        good.push(format!(
            "[[ignore]]\nrule = \"weak-key\"\nat = \"{at}\"\nreason = \"it is old\"\nexpires = 2027-03-31\n"
        ));
    }
    good
}

/// Python's `tomllib` and `jsonschema` take what we take, and refuse what we refuse, but for what a
/// schema cannot say: brackets in patterns, and what could be a key.
#[test]
fn schema_and_reader_agree() {
    let available = Command::new("python3")
        .args(["-c", "import jsonschema\ntry:\n import tomllib\nexcept ImportError:\n import tomli"])
        .output();
    if !available.is_ok_and(|output| output.status.success()) {
        assert!(std::env::var_os("CI").is_none(), "CI has python3 with jsonschema and tomllib or tomli");
        eprintln!("no python3 with jsonschema and tomllib: not tested");
        return;
    }
    let project = Project::new("");
    let mut cases = Vec::new();
    for configuration in good() {
        project.configure(&configuration);
        let run = project.check(&["--fail-on", "never", "requests/weak.json"]);
        assert_eq!(run.code, Some(0), "{configuration}\n{}", run.stderr);
        cases.push(json!([configuration, true]));
    }
    let beyond = [
        "must be a pattern as in .gitignore",
        "at must be a pattern",
        "reason looks like a piece of a key",
        "at must stay below",
    ];
    for (configuration, said) in bad() {
        let no_toml = said.contains("invalid TOML") || said.contains("duplicate key");
        if !no_toml && !beyond.iter().any(|beyond| said.contains(beyond)) {
            cases.push(json!([configuration, false]));
        }
    }
    assert!(cases.len() > 50, "{}", cases.len());
    let program = "\
import json, sys, datetime, jsonschema
try:
    import tomllib
except ImportError:
    import tomli as tomllib
schema, cases = json.load(sys.stdin)
jsonschema.Draft202012Validator.check_schema(schema)
checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
validator = jsonschema.Draft202012Validator(schema, format_checker=checker)
def plain(value):
    if isinstance(value, dict): return {key: plain(value) for key, value in value.items()}
    if isinstance(value, list): return [plain(value) for value in value]
    if isinstance(value, (datetime.date, datetime.time)): return value.isoformat()
    return value
for text, expected in cases:
    errors = [error.message for error in validator.iter_errors(plain(tomllib.loads(text)))]
    assert (not errors) == expected, (text, errors)
";
    let mut child = Command::new("python3")
        .args(["-c", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let schema: Value = serde_json::from_str(&schema()).unwrap();
    serde_json::to_writer(child.stdin.take().unwrap(), &json!([schema, cases])).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_example_of_the_documentation_is_read() {
    let guide =
        fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/configuration.md")).unwrap();
    let block = guide.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let project = Project::new(block);
    let run = project.check(&["--fail-on", "never", "requests/weak.json"]);
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    // It shows every key.
    let schema: Value = serde_json::from_str(&schema()).unwrap();
    let ignore = &schema["properties"]["ignore"]["items"];
    for key in
        [&schema, ignore].into_iter().flat_map(|schema| schema["properties"].as_object().unwrap().keys())
    {
        let is_there =
            |line: &str| line.starts_with(&format!("{key} =")) || line.trim_matches(['[', ']']) == key;
        assert!(block.lines().any(is_there), "{key}");
    }
}

/// A file that is something else may be wrong in a million places.
#[test]
fn no_more_than_a_hundred_faults_are_said() {
    let folder = Folder::new();
    let keys: Vec<String> = (0..1000).map(|key| format!("key-{key} = 1\n")).collect();
    let config = folder.file("apicert.toml", keys.concat());
    let run = apicert(&["check", "--config", &config, "/dev/null"]).ends(2);
    assert_eq!(run.stderr.lines().count(), 101, "{}", run.stderr);
    assert!(run.stderr.contains("apicert.toml:100:1: unknown key"), "{}", run.stderr);
    assert!(!run.stderr.contains("apicert.toml:101:1:"), "{}", run.stderr);
    assert!(run.stderr.trim_end().ends_with("apicert.toml: 900 more errors"), "{}", run.stderr);
}
