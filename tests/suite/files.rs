//! Files that a run reads are not written over, and names of files are no options.

use std::fs::{self, File};
use std::path::Path;
use std::process::Stdio;

use serde_json::Value;

use crate::cli::{Folder, Run, apicert, command};
use crate::support::{NOW, fixtures};

const BAD: &str = r#"{"private_key": "no key"}"#;

const FIXABLE: &str = "rules/quoted-pem/bad.json";

fn fixture(name: &str) -> Vec<u8> {
    fs::read(fixtures().join(name)).unwrap()
}

/// Runs a command in a directory, with an environment that tells nothing of git.
fn run_in(folder: &Path, arguments: &[&str], stdin: Option<&Path>) -> Run {
    let mut command = command(arguments);
    command.current_dir(folder).env("HOME", folder).env("GIT_CONFIG_SYSTEM", "/dev/null");
    for variable in ["XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL", "CI_PROJECT_DIR", "GITHUB_WORKSPACE"] {
        command.env_remove(variable);
    }
    command.stdin(stdin.map_or_else(Stdio::null, |path| File::open(path).unwrap().into()));
    Run::of(&command.output().unwrap())
}

/// Everything in a directory, with the contents of files.
fn snapshot(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.to_str().unwrap().to_owned();
            if path.is_dir() {
                folders.push(path);
                found.push((name, Vec::new()));
            } else {
                found.push((name, fs::read(path).unwrap_or_default()));
            }
        }
    }
    found.sort();
    found
}

/// A repository with all that `check` reads of one.
fn project() -> Folder {
    let folder = Folder::new();
    folder.file("r/.git/info/exclude", "excluded\n");
    folder.file("r/.gitignore", "# git\n");
    folder.file("r/.ignore", "# all\n");
    folder.file("r/apicert.toml", "exclude = [\"left-out.json\"]\n");
    folder.file("r/other.toml", "fail-on = \"error\"\n");
    folder.file("r/a.json", BAD);
    folder.file("r/no-body.json", "{\"a\": 1}");
    folder.file("r/left-out.json", "{\"a\": 1}");
    folder.file("r/late.json", format!("{{\"a\": \"{}\", \"private_key\": \"x\"}}", "x".repeat(80 * 1024)));
    folder.file("r/no-bodies.ndjson", "[]\n1\n");
    folder.file("r/many.ndjson", format!("[]\n{BAD}\n"));
    folder.file("key.pem", "a key");
    folder.file("r/.gitconfig", "[core]\n\texcludesFile = ~/excludes\n");
    folder.file("r/excludes", "# everywhere\n");
    fs::hard_link(folder.path("key.pem"), folder.path("hard-key.pem")).unwrap();
    fs::hard_link(folder.path("r/a.json"), folder.path("hard-a.json")).unwrap();
    fs::hard_link(folder.path("r/.gitignore"), folder.path("hard-gitignore")).unwrap();
    #[cfg(unix)]
    for (target, link) in [("key.pem", "soft-key.pem"), ("r/a.json", "soft-a.json"), ("r", "soft-r")] {
        std::os::unix::fs::symlink(target, folder.path(link)).unwrap();
    }
    folder
}

#[test]
#[cfg(unix)]
fn no_report_takes_the_place_of_a_file_that_is_read() {
    let folder = project();
    let (here, before) = (folder.at().join("r"), snapshot(folder.at()));
    let key = folder.at().join("key.pem");
    let set = ["--set", "private_key=@../key.pem", "a.json"];
    for (output, arguments, stdin, why) in [
        ("a.json", &["a.json"][..], None, "as an input"),
        ("../hard-a.json", &["a.json"], None, "as an input"),
        ("../soft-a.json", &["a.json"], None, "as an input"),
        ("a.json", &["../soft-a.json"], None, "as an input"),
        ("no-body.json", &["no-body.json"], None, "as an input"),
        ("many.ndjson", &["many.ndjson"], None, "as an input"),
        ("no-body.json", &["."], None, "it lies in a directory that is searched"),
        ("../soft-r/no-body.json", &["."], None, "it lies in a directory that is searched"),
        ("no-bodies.ndjson", &["--ndjson", "."], None, "it lies in a directory that is searched"),
        // This is known without a look at the directory.
        ("../soft-r/a.json", &["."], None, "it contains a request body"),
        ("../hard-a.json", &["."], None, "it contains a request body"),
        ("late.json", &["."], None, "it contains a request body"),
        ("many.ndjson", &["--ndjson", "."], None, "it contains a request body"),
        ("../key.pem", &["-"], Some(&key), "from standard input"),
        ("../hard-key.pem", &["-"], Some(&key), "from standard input"),
        ("../soft-key.pem", &["--ndjson", "-"], Some(&key), "from standard input"),
        ("../key.pem", &["--set", "private_key=@-", "a.json"], Some(&key), "from standard input"),
        ("../key.pem", &set, None, "a value of --set"),
        ("../hard-key.pem", &set, None, "a value of --set"),
        ("../soft-key.pem", &set, None, "a value of --set"),
        ("apicert.toml", &["a.json"], None, "the configuration of this run"),
        ("other.toml", &["--config", "other.toml", "a.json"], None, "the configuration of this run"),
        (".gitignore", &["."], None, "which files are ignored"),
        ("../hard-gitignore", &["."], None, "which files are ignored"),
        (".ignore", &["."], None, "which files are ignored"),
        (".git/info/exclude", &["."], None, "which files are ignored"),
        (".gitconfig", &["."], None, "which files are ignored"),
        ("excludes", &["."], None, "which files are ignored"),
        // Not read, but there is a body in it.
        ("late.json", &["no-body.json"], None, "it contains a request body"),
        ("many.ndjson", &["no-body.json"], None, "it contains a request body"),
    ] {
        // Another output is not made either.
        let (first, second) = (format!("concise={}", folder.path("new")), format!("json={output}"));
        let options = ["check", "--now", NOW, "--output", &first, "--output", &second];
        let run = run_in(&here, &[&options[..], arguments].concat(), stdin.map(AsRef::as_ref)).ends(2);
        assert!(run.stderr.contains("not written: "), "{output} {arguments:?}: {}", run.stderr);
        assert!(run.stderr.contains(why), "{output} {arguments:?}: {}", run.stderr);
        assert!(run.stderr.contains("name a"), "{output} {arguments:?}: {}", run.stderr);
        assert_eq!(run.stdout, "", "{output} {arguments:?}");
        assert!(snapshot(folder.at()) == before, "{output} {arguments:?}");
    }
    // What is not read may be written over, by every name, any number of times.
    for (output, arguments, stdin) in [
        ("left-out.json", &["."][..], None),
        ("apicert.toml", &["--no-config", "a.json"], None),
        (".gitignore", &["--no-config", "a.json"], None),
        ("../key.pem", &["--no-config", "a.json"], Some(&key)),
        ("../report.json", &["--no-config", "."], None),
    ] {
        let output = format!("json={output}");
        for _ in 0..2 {
            let options = ["check", "--now", NOW, "--fail-on", "never", "--output", &output];
            run_in(&here, &[&options[..], arguments].concat(), stdin.map(AsRef::as_ref)).ends(0);
        }
    }
    assert!(fs::read_to_string(&key).unwrap().contains("schema_version"));
}

#[test]
#[cfg(unix)]
fn no_two_reports_go_to_the_same_file() {
    let folder = Folder::new();
    let bad = folder.file("bad.json", BAD);
    let old = folder.file("old", "an old report");
    fs::hard_link(&old, folder.path("hard")).unwrap();
    std::os::unix::fs::symlink("old", folder.path("soft")).unwrap();
    std::os::unix::fs::symlink("new", folder.path("to-new")).unwrap();
    for (one, other) in [("old", "hard"), ("old", "./soft"), ("new", "new"), ("to-new", "new")] {
        let (one, other) = (format!("json={}", folder.path(one)), format!("sarif={}", folder.path(other)));
        let run = apicert(&["check", "--now", NOW, "--output", &one, "--output", &other, &bad]).ends(2);
        assert!(run.stderr.contains("another output of this run goes to the same file"), "{}", run.stderr);
        assert_eq!(fs::read_to_string(&old).unwrap(), "an old report");
    }
}

#[test]
#[cfg(unix)]
fn build_takes_the_place_of_nothing_that_it_reads() {
    let folder = Folder::new();
    let cert = folder.file("cert.pem", fixture("pki/certs/leaf-rsa-2048.pem"));
    let key = folder.file("key.pem", fixture("pki/keys/rsa-2048.pkcs1.pem"));
    folder.file("apicert.toml", "fail-on = \"error\"\n");
    fs::hard_link(&key, folder.path("hard")).unwrap();
    std::os::unix::fs::symlink("key.pem", folder.path("soft")).unwrap();
    let before = snapshot(folder.at());
    let options = ["build", "--now", NOW, "--name", "made", "--force", "--cert"];
    for (arguments, stdin, why) in [
        (["cert.pem", "--key", "key.pem", "-o", "key.pem"], None, "a certificate or a key"),
        (["cert.pem", "--key", "key.pem", "-o", "cert.pem"], None, "a certificate or a key"),
        (["cert.pem", "--key", "key.pem", "-o", "hard"], None, "a certificate or a key"),
        (["cert.pem", "--key", "soft", "-o", "hard"], None, "a certificate or a key"),
        (["cert.pem", "--key", "key.pem", "-o", "soft"], None, "a certificate or a key"),
        (["cert.pem", "--key", "key.pem", "-o", "apicert.toml"], None, "the configuration of this run"),
        (["cert.pem", "--key", "-", "-o", "key.pem"], Some(&key), "from standard input"),
        (["-", "--key", "key.pem", "-o", "cert.pem"], Some(&cert), "from standard input"),
    ] {
        let run = run_in(folder.at(), &[&options[..], &arguments].concat(), stdin.map(Path::new)).ends(2);
        assert!(run.stderr.contains("cannot write the file of --output: "), "{}", run.stderr);
        assert!(run.stderr.contains(why), "{arguments:?}: {}", run.stderr);
        assert!(snapshot(folder.at()) == before, "{arguments:?}");
    }
}

#[test]
fn fix_repairs_no_file_that_is_read_as_something_else() {
    let folder = Folder::new();
    let body = folder.file("body.json", fixture(FIXABLE));
    let set = format!("name=@{body}");
    let run = apicert(&["fix", "--now", NOW, "--set", &set, &body]).ends(2);
    assert!(
        run.stderr.contains("was left as it is: this run reads a value of --set from it"),
        "{}",
        run.stderr
    );
    assert_eq!(fs::read(&body).unwrap(), fixture(FIXABLE));
    apicert(&["fix", "--now", NOW, &body]).prints_and_ends(0);
    assert_ne!(fs::read(&body).unwrap(), fixture(FIXABLE));
}

/// What pre-commit starts for each published hook, but for the names of files.
fn hooks() -> Vec<(String, Vec<String>, Vec<String>)> {
    let text = fs::read_to_string(fixtures().parent().unwrap().join(".pre-commit-hooks.yaml")).unwrap();
    let hooks: Vec<_> = text
        .split("\n- id: ")
        .skip(1)
        .map(|hook| {
            let value = |key: &str| {
                let line = hook.lines().find_map(|line| line.trim().strip_prefix(key)?.strip_prefix(": "));
                line.unwrap_or_else(|| panic!("{key} in {hook}")).to_owned()
            };
            let words = |text: String| text.split(' ').skip(1).map(str::to_owned).collect();
            let default = value("args").trim_matches(['[', ']']).split(", ").map(str::to_owned).collect();
            (hook.lines().next().unwrap().to_owned(), words(value("entry")), default)
        })
        .collect();
    assert_eq!(hooks.len(), 6);
    hooks
}

/// Names that would write, read or leave out something, or end the run, if they were options.
const SMUGGLED: [&str; 14] = [
    "--output=json=package.json",
    "--output=json=/x.json",
    "--config=evil.json",
    "--no-config",
    "--set=private_key=@secret.json",
    "--set=name=x.json",
    "--against=secret.json",
    "--unsafe",
    "--stdout",
    "--diff",
    "--fail-on=never",
    "-h.json",
    "-V.json",
    "--print-schema",
];

#[test]
#[cfg(unix)]
fn names_of_files_are_no_options_of_hooks() {
    for (id, entry, default) in hooks() {
        let repairs = id.contains("fix");
        // A user's options take the place of the ones of the hook.
        for options in [default.clone(), Vec::new(), vec!["--service=roma".to_owned()]] {
            let ends_options = options.iter().any(|option| option == "--");
            for name in SMUGGLED {
                let folder = Folder::new();
                folder.file("r/package.json", "{}");
                folder.file("r/evil.json", "exclude = [\"*\"]\n");
                folder.file("r/secret.json", "a secret");
                folder.file("r/bad.json", fixture("rules/key-mismatch/bad.json"));
                folder.file(&format!("r/{name}"), fixture(FIXABLE));
                let before = snapshot(folder.at());
                let mut arguments: Vec<&str> = entry.iter().chain(&options).map(String::as_str).collect();
                arguments.extend([name, "bad.json", "package.json"]);
                let run = run_in(&folder.at().join("r"), &arguments, None);
                let said = format!("{id} {options:?} {name}: {:?}\n{}{}", run.code, run.stdout, run.stderr);
                if ends_options {
                    // They are files like any other.
                    assert_eq!(run.code, Some(1), "{said}");
                    assert!(run.stdout.contains(name) && run.stdout.contains("key-mismatch"), "{said}");
                } else {
                    assert_eq!(run.code, Some(2), "{said}");
                    assert!(
                        run.stderr.contains(&format!("{name} is both an option and the name of a file here")),
                        "{said}"
                    );
                    assert!(run.stderr.contains("put -- before the file names"), "{said}");
                    assert_eq!(run.stdout, "", "{said}");
                }
                let after = snapshot(folder.at());
                if repairs && ends_options {
                    // The one file is repaired, safely, and nothing else is touched.
                    let changed: Vec<&str> = before
                        .iter()
                        .zip(&after)
                        .filter(|(before, after)| before != after)
                        .map(|(before, _)| before.0.as_str())
                        .collect();
                    assert_eq!(changed, [folder.path(&format!("r/{name}"))], "{said}");
                    assert_eq!(before.len(), after.len(), "{said}");
                } else {
                    assert!(before == after, "{said}");
                }
            }
        }
    }
}

#[test]
fn hooks_write_no_reports() {
    let folder = Folder::new();
    let bad = folder.file("bad.json", BAD);
    let output = format!("json={}", folder.path("report.json"));
    let run = apicert(&["check", "--now", NOW, "--bodies-only", "--output", &output, &bad]).ends(2);
    assert!(run.stderr.contains("--output cannot be used with --bodies-only"), "{}", run.stderr);
    assert_eq!(run.stdout, "");
    assert!(!Path::new(&folder.path("report.json")).exists());
}

#[test]
fn a_dash_that_is_a_file_is_no_standard_input_of_hooks() {
    let folder = Folder::new();
    folder.file("bad.json", BAD);
    let check =
        |arguments: &[&str]| run_in(folder.at(), &[&["check", "--now", NOW], arguments].concat(), None);
    check(&["--bodies-only", "-"]).ends(1);
    folder.file("-", BAD);
    for arguments in [&["--bodies-only", "-"][..], &["--bodies-only", "--", "bad.json", "-"]] {
        let run = check(arguments).ends(2);
        assert!(run.stderr.contains("write ./-"), "{}", run.stderr);
    }
    // Whoever types the arguments knows what they are.
    folder.file("--quiet", "");
    check(&["--quiet", "-"]).ends(1);
}

/// The fingerprints that each format tells of the first body of a run.
fn fingerprints(here: &Path, arguments: &[&str], variables: &[(&str, &Path)]) -> Vec<String> {
    let folder = Folder::new();
    let mut run = command(&["check", "--now", NOW, "--format", "ndjson"]);
    for format in ["json", "sarif", "gitlab"] {
        run.arg("--output").arg(format!("{format}={}", folder.path(format)));
    }
    for variable in ["CI_PROJECT_DIR", "GITHUB_WORKSPACE"] {
        run.env_remove(variable);
    }
    run.envs(variables.iter().copied());
    let output = Run::of(&run.args(arguments).current_dir(here).output().unwrap()).ends(1);
    let read = |format: &str| -> Value {
        serde_json::from_str(&fs::read_to_string(folder.path(format)).unwrap()).unwrap()
    };
    let of = |findings: &Value, pointer: &str| -> Vec<String> {
        let findings = findings.as_array().unwrap();
        findings
            .iter()
            .map(|finding| finding.pointer(pointer).unwrap().as_str().unwrap().to_owned())
            .collect()
    };
    let line: Value = serde_json::from_str(output.stdout.lines().next().unwrap()).unwrap();
    let all = [
        of(&read("json")["inputs"][0]["findings"], "/fingerprint"),
        of(&line["findings"], "/fingerprint"),
        of(&read("gitlab"), "/fingerprint"),
        of(&read("sarif")["runs"][0]["results"], "/partialFingerprints/primaryLocationLineHash"),
    ];
    assert!(!all[0].is_empty());
    for other in &all {
        assert_eq!(*other, all[0], "{} {arguments:?}", here.display());
    }
    let [first, ..] = all;
    first
}

#[test]
#[cfg(unix)]
fn fingerprints_are_the_same_from_everywhere() {
    let folder = Folder::new();
    folder.file("r/.git/HEAD", "");
    folder.file("r/a/b/x.json", BAD);
    folder.file("r/a/b/x.ndjson", format!("\n{BAD}\n"));
    folder.file("r/module/.git", "gitdir: ../.git/modules/module\n");
    folder.file("r/module/c/x.json", BAD);
    std::os::unix::fs::symlink("r/a", folder.path("soft")).unwrap();
    std::os::unix::fs::symlink("a/b/x.json", folder.path("r/link.json")).unwrap();
    let (at, root) = (folder.at().to_owned(), folder.at().join("r"));
    let absolute = folder.path("r/a/b/x.json");
    let expected = fingerprints(&root, &["a/b/x.json"], &[]);
    for (here, name) in [
        (root.clone(), "./a/b/x.json"),
        (root.clone(), "a/../a//b/./x.json"),
        (root.clone(), "a"),
        (root.clone(), "link.json"),
        (root.join("a"), "b/x.json"),
        (root.join("a/b"), "x.json"),
        (root.join("a/b"), "./x.json"),
        (root.join("a/b"), "."),
        (root.join("a/b"), &absolute),
        (root.join("module"), "../a/b/x.json"),
        (at.clone(), "r/a/b/x.json"),
        (at.clone(), "soft/b/x.json"),
        (at.join("soft/b"), "x.json"),
        (Path::new("/").to_owned(), &absolute),
    ] {
        assert_eq!(fingerprints(&here, &[name], &[]), expected, "{here:?} {name}");
    }
    // Whatever a pipeline says of where it put the repository.
    for variable in ["CI_PROJECT_DIR", "GITHUB_WORKSPACE"] {
        let print = fingerprints(&root.join("a"), &["b/x.json"], &[(variable, folder.at())]);
        assert_eq!(print, expected, "{variable}");
    }
    // Standard input that is called like a file.
    let mut run = command(&["check", "--now", NOW, "--format", "json", "--stdin-filename", "b/x.json", "-"]);
    let run = run.current_dir(root.join("a")).stdin(File::open(&absolute).unwrap()).output().unwrap();
    let json = Run::of(&run).ends(1).json();
    assert_eq!(json.pointer("/inputs/0/findings/0/fingerprint").unwrap().as_str().unwrap(), expected[0]);

    // A body that is a line, and one in a repository within.
    let lines = fingerprints(&root, &["a/b/x.ndjson"], &[]);
    assert_ne!(lines, expected);
    assert_eq!(fingerprints(&at, &["soft/b/x.ndjson"], &[]), lines);
    let within = fingerprints(&root.join("module/c"), &["x.json"], &[]);
    assert_ne!(within, expected);
    assert_eq!(fingerprints(&root, &["module/c/x.json"], &[]), within);
    // Another file has others.
    folder.file("r/a/x.json", BAD);
    assert_ne!(fingerprints(&root, &["a/x.json"], &[]), expected);
}

#[test]
#[cfg(unix)]
fn without_a_repository_fingerprints_count_from_the_configuration() {
    let folder = Folder::new();
    folder.file("p/a/x.json", BAD);
    let (at, root) = (folder.at().to_owned(), folder.at().join("p"));
    // With neither, as it was given.
    let given = fingerprints(&root, &["a/x.json"], &[]);
    assert_eq!(fingerprints(&root, &["./a/x.json"], &[]), given);
    assert_ne!(fingerprints(&root.join("a"), &["x.json"], &[]), given);

    let config = folder.file("p/apicert.toml", "");
    assert_eq!(fingerprints(&root, &["a/x.json"], &[]), given);
    for (here, name) in
        [(root.join("a"), "x.json"), (at.clone(), "p/a/x.json"), (at, &folder.path("p/a/x.json"))]
    {
        assert_eq!(fingerprints(&here, &["--config", &config, name], &[]), given, "{here:?}");
    }
    // What lies elsewhere is as it was given.
    folder.file("a/x.json", BAD);
    let elsewhere = fingerprints(&root, &["../a/x.json"], &[]);
    assert_ne!(elsewhere, given);
    assert_eq!(fingerprints(&root.join("a"), &["--config", &config, "../a/x.json"], &[]).len(), given.len());
    fs::rename(folder.path("p/apicert.toml"), folder.path("p/other.toml")).unwrap();
    assert_eq!(fingerprints(&root, &["../a/x.json"], &[]), elsewhere);
}

/// What cannot be read has its place among the rest, in each format that lists both.
#[test]
fn inputs_that_cannot_be_read_keep_their_place() {
    let folder = Folder::new();
    folder.file("a.json", BAD);
    folder.file("z.json", BAD);
    folder.file("many.ndjson", format!("{BAD}\n{}\n{BAD}\n", "x".repeat(2 * 1024 * 1024)));
    let named = ["no-1.json", "a.json", "no-2.json", "no-3.json", "many.ndjson", "z.json", "no-4.json"];
    let mut arguments = vec!["check", "--now", NOW, "--format", "ndjson"];
    arguments.extend(named);
    let streamed = run_in(folder.at(), &arguments, None).ends(2);
    let paths = |lines: &str| -> Vec<String> {
        let name = |line: &str| {
            let line: Value = serde_json::from_str(line).unwrap();
            let path = line["path"].as_str().unwrap();
            line["line"].as_u64().map_or_else(|| path.to_owned(), |line| format!("{path}:{line}"))
        };
        lines.lines().map(name).collect()
    };
    let expected = [
        "no-1.json",
        "a.json",
        "no-2.json",
        "no-3.json",
        "many.ndjson:1",
        "many.ndjson:2",
        "many.ndjson:3",
        "z.json",
        "no-4.json",
    ];
    assert_eq!(paths(&streamed.stdout), expected);
    for jobs in ["1", "2"] {
        let mut arguments = vec!["check", "--now", NOW, "--jobs", jobs, "--output", "ndjson=out"];
        arguments.extend(["--output", "junit=junit", "--output", "gitlab=gitlab"]);
        arguments.extend(named);
        run_in(folder.at(), &arguments, None).ends(2);
        assert_eq!(fs::read_to_string(folder.path("out")).unwrap(), streamed.stdout);
        let junit = fs::read_to_string(folder.path("junit")).unwrap();
        let suites: Vec<&str> = junit
            .lines()
            .filter_map(|line| line.trim().strip_prefix("<testsuite name=\"")?.split('"').next())
            .collect();
        assert_eq!(suites, expected);
        let gitlab: Value =
            serde_json::from_str(&fs::read_to_string(folder.path("gitlab")).unwrap()).unwrap();
        let mut files: Vec<&str> = gitlab
            .as_array()
            .unwrap()
            .iter()
            .map(|issue| issue["location"]["path"].as_str().unwrap())
            .collect();
        files.dedup();
        assert_eq!(files, named);
    }
}
