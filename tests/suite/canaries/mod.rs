//! Random texts stand wherever a key can stand, and no eight characters of any of them come out of the
//! command: not on its streams, in no report, in no encoding, and not after a panic.
//!
//! Each round has a seed, which is told when something leaks: `APICERT_CANARY_SEED=7` runs that one
//! alone, `APICERT_CANARY_ROUNDS=500` runs as many. The seeds are always the same. There is no library
//! for such tests behind it: what costs are processes, of which each looks at many places at once, and
//! a leak is found by its place, not by a shorter canary.

mod bodies;
mod search;
mod spellings;

use std::collections::HashSet;
use std::path::Path;
use std::process::{Output, Stdio};

use apicert::output::FORMATS;
use serde_json::json;

use crate::cli::{Folder, command};
use crate::support::{NOW, fixtures};
use bodies::KINDS;
use search::Canaries;

/// The seeds that are gone through.
fn seeds() -> Vec<u64> {
    let number = |name| std::env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    match number("APICERT_CANARY_SEED") {
        Some(seed) => vec![seed],
        None => (1..=number("APICERT_CANARY_ROUNDS").unwrap_or(1)).collect(),
    }
}

/// What a run may show: the lines that it shows when there is no canary. They are mostly those of the
/// catalogue in SARIF.
#[derive(Default)]
struct Known(HashSet<Vec<u8>>);

impl Known {
    fn learn(&mut self, output: &[u8]) {
        self.0.extend(output.split(|&byte| byte == b'\n').map(<[u8]>::to_vec));
    }

    /// A text without what is known.
    fn rest(&self, output: &[u8]) -> Vec<u8> {
        let lines = output.split(|&byte| byte == b'\n').filter(|line| !self.0.contains(*line));
        lines.collect::<Vec<_>>().join(&b'\n')
    }
}

/// Where a test looks for leaks.
struct Watch<'a> {
    seed: u64,
    canaries: &'a Canaries,
    known: &'a Known,
    /// How many texts were looked at.
    count: usize,
}

impl Watch<'_> {
    fn text(&mut self, whose: &str, text: &[u8]) {
        self.count += 1;
        if let Some(how) = self.canaries.leak(&self.known.rest(text)) {
            panic!("{whose} shows a canary {how}; APICERT_CANARY_SEED={}", self.seed);
        }
    }

    /// Both streams of a run.
    fn output(&mut self, whose: &str, output: &Output) {
        self.text(&format!("{whose}: standard output"), &output.stdout);
        self.text(&format!("{whose}: standard error"), &output.stderr);
        assert!(output.status.code().is_some(), "{whose}: {:?}", output.status);
    }
}

/// Runs the command in a folder, as talkative as can be.
fn run(folder: &Path, arguments: &[String], stdin: Option<&[u8]>, variables: &[(&str, &str)]) -> Output {
    use std::io::Write;
    let mut command = command(arguments);
    command.current_dir(folder).env("RUST_LOG", "trace").env("RUST_BACKTRACE", "full");
    command.envs(variables.iter().copied()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let Some(stdin) = stdin else { return command.output().unwrap() };
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    // What does not read on closes the pipe.
    let _ = child.stdin.take().unwrap().write_all(stdin);
    child.wait_with_output().unwrap()
}

fn words(text: &str) -> Vec<String> {
    text.split(' ').map(str::to_owned).collect()
}

/// The arguments that write every format to a file of the folder `reports`.
fn every_format() -> Vec<String> {
    FORMATS.iter().map(|format| format!("--output={0}=reports/{0}", format.name)).collect()
}

fn reports(folder: &Folder) -> Vec<(&'static str, Vec<u8>)> {
    FORMATS
        .iter()
        .map(|format| {
            let path = folder.at().join("reports").join(format.name);
            (format.name, std::fs::read(path).unwrap())
        })
        .collect()
}

/// A folder to work in, which holds no configuration and is a repository of its own.
fn folder() -> Folder {
    let folder = Folder::new();
    folder.file(".git/HEAD", "");
    folder.file("reports/.keep", "");
    folder
}

/// What is shown of bodies without canaries.
fn known() -> Known {
    let folder = folder();
    folder.file("a.json", "{}");
    let mut known = Known::default();
    let arguments = [words("check --now 2026-07-01T00:00:00Z a.json"), every_format()].concat();
    run(folder.at(), &arguments, None, &[]);
    for (_, text) in reports(&folder) {
        known.learn(&text);
    }
    known
}

#[test]
fn bodies_show_nothing() {
    let known = known();
    let mut count = 0;
    for seed in seeds() {
        let folder = folder();
        let mut canaries = Canaries::new(seed);
        let mut lines = Vec::new();
        for (index, kind) in KINDS.iter().enumerate() {
            let body = kind(&mut canaries);
            let line: Vec<u8> = body.iter().copied().filter(|byte| !matches!(byte, b'\n' | b'\r')).collect();
            lines.extend(line);
            lines.push(b'\n');
            folder.file(&format!("bodies/{index:02}.json"), body);
        }
        folder.file("many.ndjson", &lines);
        let mut paths: Vec<String> =
            (0..KINDS.len()).map(|index| format!("bodies/{index:02}.json")).collect();
        paths.push("many.ndjson".to_owned());
        let mut watch = Watch { seed, canaries: &canaries, known: &known, count: 0 };
        for command in [
            "check --now 2026-07-01T00:00:00Z -v --statistics --format ndjson",
            "check --now 2026-07-01T00:00:00Z -v --statistics --color always",
            "check --now 2026-07-01T00:00:00Z --service apig --format json",
            "predict --now 2026-07-01T00:00:00Z",
            "fix --now 2026-07-01T00:00:00Z --diff -v",
            "fix --now 2026-07-01T00:00:00Z --diff --unsafe --color always",
            "inspect",
            "inspect --format json",
            // Last: it changes the files.
            "fix --now 2026-07-01T00:00:00Z --unsafe -v",
        ] {
            let is_check = command.starts_with("check");
            let formats = if is_check { every_format() } else { Vec::new() };
            let arguments = [words(command), formats, paths.clone()].concat();
            watch.output(command, &run(folder.at(), &arguments, None, &[]));
            if is_check {
                for (format, text) in reports(&folder) {
                    assert!(text.len() > 100, "{format} is empty");
                    watch.text(&format!("{command}: {format}"), &text);
                }
            }
        }
        count += watch.count;
    }
    eprintln!("{count} texts of {} bodies", seeds().len() * 2 * KINDS.len());
}

#[test]
fn a_single_body_shows_nothing() {
    let known = known();
    for seed in seeds() {
        let folder = folder();
        let mut canaries = Canaries::new(seed ^ 0x5e17);
        // From standard input, one by one, in another order each time.
        for _ in 0..6 {
            let kind = canaries.random.of(&KINDS);
            let body = kind(&mut canaries);
            let name = canaries.base64(64);
            let watch = |whose: &str, output: &Output| {
                Watch { seed, canaries: &canaries, known: &known, count: 0 }.output(whose, output);
            };
            for command in [
                "check --now 2026-07-01T00:00:00Z -",
                "check --format github -",
                "predict -",
                "predict --format json -",
                "fix --diff -",
                "inspect -",
                "check --ndjson --format ndjson -",
            ] {
                watch(command, &run(folder.at(), &words(command), Some(&body), &[]));
                let named = [words(command), vec![format!("--stdin-filename={name}")]].concat();
                watch("--stdin-filename", &run(folder.at(), &named, Some(&body), &[]));
            }
            // The body itself is on standard output.
            let output = run(folder.at(), &words("fix -v --unsafe -"), Some(&body), &[]);
            watch("fix -", &Output { stdout: Vec::new(), ..output });
        }
    }
}

#[test]
#[cfg_attr(not(debug_assertions), ignore = "builds for release cannot be made to panic")]
fn a_panic_shows_nothing() {
    let known = known();
    for seed in seeds() {
        let folder = folder();
        let mut canaries = Canaries::new(seed ^ 0xfa17);
        let kind = canaries.random.of(&KINDS);
        let body = kind(&mut canaries);
        folder.file("a.json", &body);
        let mut watch = Watch { seed, canaries: &canaries, known: &known, count: 0 };
        for command in [
            "check a.json",
            "check --format sarif a.json",
            "check --jobs 2 --ndjson --format ndjson a.json",
            "predict a.json",
            "fix --diff a.json",
            "fix a.json",
            "inspect a.json",
            "build --name cert_demo --cert a.json --key a.json",
        ] {
            for place in ["main", "thread"] {
                let variables = [("APICERT_REHEARSE_FAULT", place)];
                let output = run(folder.at(), &words(command), None, &variables);
                // Lines without anything in them are no bodies.
                assert!(output.status.code() == Some(4) || command.contains("ndjson"), "{command}");
                watch.output(command, &output);
            }
        }
    }
}

/// A command with what makes it run, and its options with a value and without, as its help has them.
struct Options {
    command: String,
    base: Vec<String>,
    valued: Vec<String>,
    flags: Vec<String>,
}

fn options(folder: &Path) -> Vec<Options> {
    let commands = [
        ("check", "check good.json"),
        ("predict", "predict good.json"),
        ("fix", "fix --diff good.json"),
        ("build", "build --name cert_demo --cert cert.pem --key key.pem"),
        ("inspect", "inspect good.json"),
        ("rules", "rules"),
        ("explain", "explain key-mismatch"),
        ("completions", "completions bash"),
        ("man", "man"),
    ];
    let mut all = Vec::new();
    for (command, base) in commands {
        let help = run(folder, &words(&format!("{command} --help")), None, &[]);
        let help = String::from_utf8(help.stdout).unwrap();
        let (mut valued, mut flags) = (Vec::new(), Vec::new());
        // `-o, --output <FILE>`, or without the one or the other.
        for line in help.lines().map(str::trim).filter(|line| line.starts_with('-')) {
            let Some(names) = line.split("  ").next() else { continue };
            let (names, value) = names.split_once(" <").map_or((names, false), |(names, _)| (names, true));
            for name in names.split(", ").filter(|name| name.len() > 1 && !name.contains(' ')) {
                if value { valued.push(name.to_owned()) } else { flags.push(name.to_owned()) }
            }
        }
        all.push(Options { command: command.to_owned(), base: words(base), valued, flags });
    }
    let count: usize = all.iter().map(|options| options.valued.len() + options.flags.len()).sum();
    assert!(count > 90, "only {count} options found");
    all
}

/// A folder with what commands need that are to go well.
fn with_good_files() -> Folder {
    let folder = folder();
    folder.file("good.json", std::fs::read(fixtures().join("accepted/roma/key-p256-pkcs8.json")).unwrap());
    for (name, fixture) in [("cert.pem", "pki/certs/leaf-p256.pem"), ("key.pem", "pki/keys/p256.pkcs8.pem")] {
        folder.file(name, std::fs::read(fixtures().join(fixture)).unwrap());
    }
    folder
}

#[test]
fn arguments_show_nothing() {
    let known = known();
    let folder = with_good_files();
    let options = options(folder.at());
    for seed in seeds() {
        let mut canaries = Canaries::new(seed ^ 0xa26);
        let mut cases: Vec<Vec<String>> = Vec::new();
        for Options { command, base, valued, flags } in &options {
            let with = |more: Vec<String>| [base.clone(), more].concat();
            for option in valued {
                let (one, other) = (canaries.any(), canaries.any());
                cases.push(with(vec![option.clone(), one]));
                let glue = if option.starts_with("--") { "=" } else { "" };
                cases.push(with(vec![format!("{option}{glue}{other}")]));
                cases.push([words(command), vec![option.clone()], vec![canaries.any()]].concat());
            }
            for flag in flags {
                let glue = if flag.starts_with("--") { "=" } else { "" };
                cases.push(with(vec![format!("{flag}{glue}{}", canaries.any())]));
                cases.push(with(vec![flag.clone(), canaries.any()]));
            }
            for text in [
                canaries.any(),
                canaries.base64(64),
                format!("/{}", canaries.base64(64)),
                format!("./{}", canaries.base64(64)),
                format!("--{}", canaries.base64(64)),
                format!("--{}={}", canaries.word(40), canaries.base64(64)),
                format!("-{}", canaries.base64(64)),
                format!("-----BEGIN {}-----", canaries.label(30)),
                format!("{}=x", canaries.word(20)),
            ] {
                cases.push(with(vec![text.clone()]));
                cases.push(with(vec!["--".to_owned(), text.clone()]));
                cases.push(vec![command.clone(), text]);
            }
            // Lines of a key that the shell has taken apart; the last one is short.
            for last in [canaries.base64(12), canaries.word(16), format!("./{}", canaries.base64(20))] {
                cases.push(with(vec![canaries.base64(64), last]));
            }
        }
        for text in
            [canaries.any(), canaries.word(10), canaries.base64(64), format!("--{}", canaries.word(64))]
        {
            cases.push(vec![text.clone()]);
            cases.push(vec![text.clone(), "check".to_owned()]);
            cases.push(vec!["--version".to_owned(), text]);
        }
        for member in ["name", "private_key", "type", "cert_content", "instance_id", &canaries.word(24)] {
            for value in [
                canaries.any(),
                format!("@{}", canaries.any()),
                format!("env:{}", canaries.any()),
                format!("text:{}", canaries.any()),
            ] {
                for command in ["check", "predict", "fix"] {
                    let mut case =
                        vec![command.to_owned(), format!("--set={member}={value}"), "good.json".to_owned()];
                    case.extend((command == "fix").then(|| "--diff".to_owned()));
                    cases.push(case);
                }
            }
        }
        for option in ["--domain", "--id", "--known-instance"] {
            // Nothing is lost at the limit of what is allowed.
            cases.push(words(&format!("predict good.json {option} {}", canaries.word(70))));
        }
        for format in FORMATS {
            let value = format!("{}=no/{}", format.name, canaries.base64(40));
            cases.push(vec!["check".to_owned(), "--output".to_owned(), value, "good.json".to_owned()]);
        }
        let mut watch = Watch { seed, canaries: &canaries, known: &known, count: 0 };
        for case in &cases {
            // No argument holds a zero byte.
            let output = run(folder.at(), case, None, &[]);
            let name = case.first().filter(|first| first.len() < 12).map_or("a command", String::as_str);
            let option = case.iter().find_map(|argument| {
                let name = argument.split('=').next()?;
                options
                    .iter()
                    .any(|known| known.valued.iter().chain(&known.flags).any(|own| own == name))
                    .then_some(name)
            });
            let whose = format!("{name}, {}", option.unwrap_or("arguments"));
            // A body that is built holds the name that it was given.
            let is_body = name == "build" && output.status.code() == Some(0);
            watch.output(&whose, &if is_body { Output { stdout: Vec::new(), ..output } } else { output });
        }
        eprintln!("{} command lines", cases.len());
    }
}

#[test]
fn the_environment_shows_nothing() {
    let known = known();
    let folder = with_good_files();
    for seed in seeds() {
        let mut canaries = Canaries::new(seed ^ 0xe57);
        let values: Vec<String> = (0..9).map(|_| canaries.any()).collect();
        let mut watch = Watch { seed, canaries: &canaries, known: &known, count: 0 };
        let names = [
            "SOURCE_DATE_EPOCH",
            "CI_PROJECT_DIR",
            "GITHUB_WORKSPACE",
            "NO_COLOR",
            "CLICOLOR_FORCE",
            "FORCE_HYPERLINK",
            "COLUMNS",
            "TERM",
            "LANG",
        ];
        for (name, value) in names.into_iter().zip(&values) {
            for command in [
                "check good.json",
                "check --format sarif good.json",
                "predict good.json",
                "explain key-mismatch",
                "--help",
            ] {
                watch.output(name, &run(folder.at(), &words(command), None, &[(name, value)]));
            }
        }
        // Values that are put in: from a file, a variable, standard input.
        folder.file("value", &values[0]);
        let template = r#"{"name": "cert_demo", "cert_content": "${C}", "private_key": {{ k }}}"#;
        folder.file("template.json", template);
        for member in ["name", "cert_content", "private_key", "type", "instance_id", "algorithm_type"] {
            for from in ["@value", "env:VALUE", "@-"] {
                let set = format!("--set={member}={from}");
                for command in [
                    "check template.json -v --format full",
                    "check template.json --format json",
                    "predict template.json",
                    "fix --diff --unsafe template.json",
                ] {
                    let arguments = [words(command), vec![set.clone()]].concat();
                    let output =
                        run(folder.at(), &arguments, Some(values[1].as_bytes()), &[("VALUE", &values[2])]);
                    watch.output(&format!("{command} {set}"), &output);
                }
            }
        }
        assert_eq!(std::fs::read_to_string(folder.path("template.json")).unwrap(), template);
    }
}

#[test]
fn a_configuration_shows_nothing() {
    let known = known();
    let folder = with_good_files();
    for seed in seeds() {
        let mut canaries = Canaries::new(seed ^ 0xc0f);
        let mut configurations: Vec<String> = Vec::new();
        for _ in 0..2 {
            let text = canaries.any();
            let quoted = json!(text).to_string();
            for key in [
                "service",
                "fail-on",
                "expiry-days",
                "domains",
                "known-instances",
                "include",
                "exclude",
                "rules",
                "ignore",
            ] {
                configurations.push(format!("{key} = {quoted}"));
                configurations.push(format!("{key} = [{quoted}]"));
                configurations.push(format!("{key} = {{{quoted} = {quoted}}}"));
                configurations.push(format!("[{key}]\n{quoted} = {quoted}\n"));
                configurations.push(format!("[[{key}]]\n{quoted} = {quoted}\n"));
                configurations.push(format!("{key} = {}", canaries.digits(30)));
                configurations.push(format!("{key} = {}", canaries.word(40)));
            }
            for (key, value) in [
                ("rule", &quoted),
                ("at", &quoted),
                ("reason", &quoted),
                ("expires", &quoted),
                (&quoted, &quoted),
            ] {
                let mut ignore = vec![
                    ("rule".to_owned(), "\"weak-key\"".to_owned()),
                    ("at".to_owned(), "\"a.json\"".to_owned()),
                    ("reason".to_owned(), "\"it is so\"".to_owned()),
                ];
                ignore.retain(|(own, _)| own != key);
                ignore.push((key.to_owned(), value.clone()));
                let lines: Vec<String> =
                    ignore.iter().map(|(key, value)| format!("{key} = {value}")).collect();
                configurations.push(format!("[[ignore]]\n{}\n", lines.join("\n")));
            }
            let (word, base64) = (canaries.word(40), canaries.base64(70));
            configurations.extend([
                text.clone(),
                quoted.clone(),
                format!("{quoted} = 1"),
                format!("{word} = 1\n{word} = 2"),
                format!("{word}.{word} = 1"),
                format!("[{word}]"),
                format!("service = \"{base64}"),
                format!("service = '{base64}"),
                format!("service = \"{base64}\\q\""),
                format!("service = \"\"\"{text}\"\"\""),
                format!("service = {base64}"),
                format!("service {base64}"),
                format!("[rules]\nweak-key = {quoted}\n{quoted} = \"allow\""),
                format!("[rules.{word}]\na = 1"),
                format!("domains = [\"www.example.com\", {quoted}"),
                format!("exclude = [\"/{word}/**\", \"[{word}\", \"{{{word}\"]"),
                format!("[[ignore]]\nrule = \"weak-key\"\nat = \"{word}.json#/private_key\"\nreason = \"so\""),
                format!("[[ignore]]\nrule = \"weak-key\"\nat = \"{word}.json\"\nreason = \"so\"\nexpires = 2020-01-01"),
                format!("# {text}"),
                format!("service = \"roma\" {base64}"),
                format!("service = \"roma\u{0}{base64}\""),
            ]);
        }
        let config = canaries.any();
        let mut watch = Watch { seed, canaries: &canaries, known: &known, count: 0 };
        for (index, configuration) in configurations.iter().enumerate() {
            let commands = [
                "check",
                "check --format json",
                "predict good.json",
                "fix --diff good.json",
                "inspect good.json",
            ];
            folder.file("apicert.toml", configuration);
            for command in [commands[0], commands[1 + index % 4]] {
                let output = run(folder.at(), &words(command), None, &[]);
                watch.output(
                    &format!("{command} with {} ...", &configuration[..configuration.len().min(6)]),
                    &output,
                );
            }
            // As a file that is named.
            if index % 9 == 0 {
                watch.output(
                    "--config",
                    &run(folder.at(), &words("check --config apicert.toml good.json"), None, &[]),
                );
            }
        }
        let named = vec!["check".to_owned(), "--config".to_owned(), config];
        watch.output("--config", &run(folder.at(), &named, None, &[]));
        eprintln!("{} configurations", configurations.len());
    }
}

#[test]
fn files_of_build_and_against_show_nothing() {
    let known = known();
    let folder = with_good_files();
    for seed in seeds() {
        let mut canaries = Canaries::new(seed ^ 0xb11d);
        for _ in 0..6 {
            let der: Vec<u8> =
                (0..300).map(|_| canaries.random.of(&[0_u8, 1, 2, 4, 0x30, 0x82, 0xff])).collect();
            let text = match canaries.random.below(6) {
                0 => canaries.any().into_bytes(),
                1 => canaries.block("CERTIFICATE").into_bytes(),
                2 => canaries.block("PRIVATE KEY").into_bytes(),
                3 => [&[0x30, 0x82, 1, 0x28], der.as_slice(), canaries.base64(200).as_bytes()].concat(),
                4 => format!(
                    "Bag Attributes\n    friendlyName: {}\n{}",
                    canaries.base64(60),
                    canaries.block("PRIVATE KEY")
                )
                .into(),
                _ => {
                    let kind = canaries.random.of(&KINDS);
                    kind(&mut canaries)
                }
            };
            folder.file("canary", &text);
            let response = json!({
                "id": canaries.any(), "name": canaries.any(), "san": [canaries.any()], "version": canaries.digits(30),
                "common_name": canaries.block("PRIVATE KEY").replace('\n', " "), "type": {"a": canaries.any()},
                canaries.any(): canaries.any(), "not_after": canaries.word(60), "serial_number": canaries.any(),
                "private_key": canaries.any(), "instance_id": canaries.base64(64), "organization": [canaries.any()],
            });
            let response = response.to_string().replacen(
                "\"san\"",
                &format!("\"country\": {}, \"san\"", canaries.digits(30)),
                1,
            );
            folder.file("response.json", &response);
            folder.file(
                "refused.json",
                json!({"error_code": canaries.any(), "error_msg": canaries.any()}).to_string(),
            );
            folder.file("broken.json", &response[..response.len() / 2]);
            let missing = canaries.base64(64);
            let mut watch = Watch { seed, canaries: &canaries, known: &known, count: 0 };
            for arguments in [
                "--cert canary --key key.pem",
                "--cert cert.pem --key canary",
                "--cert canary --key canary",
                "--cert cert.pem --key key.pem --ca canary",
                "--cert cert.pem --key key.pem --sign-cert canary --sign-key canary --algorithm-type SM2",
                "--cert cert.pem --key key.pem --type instance --instance-id MISSING",
                "--cert MISSING --key key.pem",
                "--cert cert.pem --key MISSING",
                "--cert cert.pem --key key.pem -o MISSING/b.json",
                "--cert - --key key.pem",
                "--cert cert.pem --key canary -q",
            ] {
                let arguments =
                    format!("build --now {NOW} --name cert_demo {arguments}").replace("MISSING", &missing);
                let output = run(folder.at(), &words(&arguments), Some(&text), &[]);
                // What does not belong is left out; a body that is written holds what was given.
                let is_written = output.status.code() == Some(0);
                watch.output(
                    "build",
                    &if is_written { Output { stdout: Vec::new(), ..output } } else { output },
                );
            }
            for file in ["response.json", "refused.json", "broken.json", "canary"] {
                for body in ["good.json", "--format json good.json", "canary"] {
                    let arguments = format!("predict --now {NOW} --against {file} {body}");
                    watch.output("--against", &run(folder.at(), &words(&arguments), None, &[]));
                }
            }
            for command in [
                "inspect canary",
                "inspect --format json canary",
                "check canary",
                "check --bodies-only canary",
            ] {
                watch.output(command, &run(folder.at(), &words(command), None, &[]));
            }
        }
    }
}
