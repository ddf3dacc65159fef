//! One body a line: in order, in constant memory, on all processors, whatever the line holds.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::support::files_below;

const NOW: &str = "2026-07-01T00:00:00Z";

fn start(arguments: &[&str]) -> Child {
    Command::new(env!("CARGO_BIN_EXE_apicert"))
        .args(arguments)
        .args(["--now", NOW])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

struct Ran {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Ran {
    fn objects(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// Runs the command with all of `input` on standard input.
fn run(arguments: &[&str], input: Vec<u8>) -> Ran {
    let mut child = start(arguments);
    let mut stdin = child.stdin.take().unwrap();
    let writer = std::thread::spawn(move || {
        // The command may have enough before the end.
        let _ = stdin.write_all(&input);
    });
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap();
    Ran {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Bodies of all kinds, each on one line, and the files that they come from.
fn bodies() -> Vec<(String, String)> {
    let fixtures = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/rules");
    let mut bodies: Vec<(String, String)> = files_below(fixtures.as_ref(), ".json")
        .into_iter()
        .filter(|path| path.file_stem().is_some_and(|stem| stem == "bad" || stem == "good"))
        .filter_map(|path| {
            let value: Value = serde_json::from_slice(&fs::read(&path).ok()?).ok()?;
            Some((path.to_str()?.to_owned(), value.to_string()))
        })
        .collect();
    bodies.sort();
    assert!(bodies.len() > 100);
    bodies
}

/// What `check` says of a body in a file of its own.
fn alone(body: &str) -> Value {
    let ran = run(&["check", "--format", "ndjson", "-"], body.as_bytes().to_vec());
    ran.objects().remove(0)
}

/// What was found, without what depends on where the body stands.
fn found(object: &Value) -> Value {
    let mut object = object.clone();
    strip(&mut object);
    object
}

fn strip(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for name in ["path", "line", "offset", "fingerprint"] {
                members.remove(name);
            }
            members.values_mut().for_each(strip);
        }
        Value::Array(values) => values.iter_mut().for_each(strip),
        _ => {}
    }
}

#[test]
fn each_line_is_judged_as_if_it_were_alone_and_in_order() {
    let bodies = bodies();
    let stream: String = bodies.iter().map(|(_, body)| format!("{body}\n")).collect();
    let expected: Vec<Value> = bodies.iter().step_by(9).map(|(_, body)| found(&alone(body))).collect();
    let mut outputs = Vec::new();
    for jobs in ["1", "2", "5"] {
        let ran = run(
            &["check", "--ndjson", "--format", "ndjson", "--jobs", jobs, "-"],
            stream.repeat(3).into_bytes(),
        );
        assert_eq!(ran.code, Some(1), "{}", ran.stderr);
        let objects = ran.objects();
        assert_eq!(objects.len(), bodies.len() * 3);
        for (index, object) in objects.iter().enumerate() {
            assert_eq!(object["line"], index + 1);
        }
        let some: Vec<Value> = objects.iter().take(bodies.len()).step_by(9).map(found).collect();
        assert_eq!(some, expected);
        outputs.push(ran.stdout);
    }
    assert!(outputs.windows(2).all(|two| two[0] == two[1]), "the number of threads shows");
}

/// After so many keys of P-256 and SM2 multiples of the generator have been computed, and others are looked at
/// with them.
const MANY_KEYS: usize = 250;
/// After so many bodies they have not.
const FEW_BODIES: usize = 3;

#[test]
fn keys_are_judged_alike_after_many_others() {
    for (name, field) in [
        ("roma/key-p256-pkcs8.json", "private_key"),
        ("with-notes/roma/sm2-standard-identity-pkcs8.json", "private_key"),
        ("with-notes/roma/sm2-standard-identity-pkcs8.json", "private_key_sign"),
    ] {
        let path = format!("{}/fixtures/accepted/{name}", env!("CARGO_MANIFEST_DIR"));
        let good: Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
        let key = pem::parse(good[field].as_str().unwrap()).unwrap();
        // Each octet of the key wrong: structure, scalar and public half.
        let spoilt = (0..key.contents().len()).map(|at| {
            let mut octets = key.contents().to_vec();
            octets[at] ^= 1 << (at % 8);
            let mut body = good.clone();
            let line_ending = pem::EncodeConfig::new().set_line_ending(pem::LineEnding::LF);
            body[field] = pem::encode_config(&pem::Pem::new(key.tag(), octets), line_ending).into();
            format!("{body}\n")
        });
        let bodies: Vec<String> = spoilt.chain([format!("{good}\n")]).collect();
        let before = format!("{good}\n").repeat(MANY_KEYS);
        let check = |stream: String| {
            run(&["check", "--ndjson", "--format", "ndjson", "-"], stream.into_bytes()).objects()
        };
        let alone: Vec<Value> = bodies.chunks(FEW_BODIES).flat_map(|few| check(few.concat())).collect();
        let after = check(before + &bodies.concat());
        let rejected = alone.iter().filter(|object| object["verdict"] == "reject").count();
        assert!(rejected > 100 && rejected < alone.len(), "{rejected} of {}", alone.len());
        assert_eq!(after.len(), alone.len() + MANY_KEYS);
        assert!(after[..MANY_KEYS].iter().all(|object| object["verdict"] == "accept"));
        for (alone, after) in alone.iter().zip(&after[MANY_KEYS..]) {
            assert_eq!(found(alone), found(after), "{name} {field}");
        }
    }
}

#[test]
fn places_are_those_of_the_stream() {
    let body = "{\"name\": 1}";
    let ran = run(&["check", "--ndjson", "--format", "ndjson", "-"], format!("\n{body}\n\r\n{body}").into());
    let objects = ran.objects();
    assert_eq!(objects.iter().map(|object| object["line"].as_u64().unwrap()).collect::<Vec<_>>(), [2, 4]);
    for (object, (line, offset)) in objects.iter().zip([(2, 1), (4, 15)]) {
        let findings = object["findings"].as_array().unwrap();
        let name = findings.iter().find(|finding| finding["rule"] == "wrong-type").unwrap();
        let start = &name["range"]["start"];
        assert_eq!((start["line"].as_u64(), start["column"].as_u64()), (Some(line), Some(10)));
        assert_eq!(start["offset"].as_u64(), Some(offset + 9));
    }
    let prints = |object: &Value| object["findings"][0]["fingerprint"].clone();
    assert_ne!(prints(&objects[0]), prints(&objects[1]));
}

#[test]
fn a_line_that_is_no_json_is_a_finding_of_that_line() {
    let ran = run(&["check", "--ndjson", "--format", "ndjson", "-"], b"{\n[]\nx\n{}\n".to_vec());
    assert_eq!(ran.code, Some(1));
    let rules: Vec<Value> =
        ran.objects().iter().map(|object| object["findings"][0]["rule"].clone()).collect();
    assert_eq!(rules, ["invalid-json", "not-an-object", "invalid-json", "missing-field"]);
}

#[test]
fn a_line_of_100_mb_is_refused_and_not_kept() {
    let mut child = start(&["check", "--ndjson", "--format", "ndjson", "-"]);
    let mut stdin = child.stdin.take().unwrap();
    let id = child.id();
    let writer = std::thread::spawn(move || {
        stdin.write_all(b"{}\n").unwrap();
        let chunk = vec![b'x'; 1 << 20];
        for _ in 0..100 {
            stdin.write_all(&chunk).unwrap();
        }
        // The most memory that it has had so far, where the system tells.
        let status = fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
        stdin.write_all(b"\n{}\n").unwrap();
        status
    });
    let output = child.wait_with_output().unwrap();
    let status = writer.join().unwrap();
    assert_eq!(output.status.code(), Some(2));
    let stdout = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<Value> = stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let numbers: Vec<u64> = lines.iter().map(|line| line["line"].as_u64().unwrap()).collect();
    assert_eq!(numbers, [1, 2, 3]);
    assert!(lines[1]["message"].as_str().unwrap().contains("longer than 1 MiB"));
    assert!(
        String::from_utf8_lossy(&output.stderr)
            .contains("-:2: is longer than 1 MiB and was not read; put each body on")
    );
    if let Some(peak) = status.lines().find_map(|line| line.strip_prefix("VmHWM:")) {
        let kilobytes: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
        assert!(kilobytes < 40_000, "{kilobytes} kB");
    }
}

#[test]
fn answers_come_while_the_stream_goes_on_and_none_is_lost_to_an_interrupt() {
    for signal in ["INT", "TERM"] {
        let mut child = start(&["check", "--ndjson", "--format", "ndjson", "-"]);
        let mut stdin = child.stdin.take().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        for number in 1..=3_u64 {
            stdin.write_all(b"{}\n").unwrap();
            let mut line = String::new();
            stdout.read_line(&mut line).unwrap();
            let object: Value = serde_json::from_str(&line).unwrap();
            assert_eq!(object["line"].as_u64(), Some(number));
        }
        // The stream is still open.
        let killed =
            Command::new("kill").args([format!("-{signal}"), child.id().to_string()]).status().unwrap();
        assert!(killed.success());
        let deadline = Instant::now() + Duration::from_secs(60);
        while child.try_wait().unwrap().is_none() {
            assert!(Instant::now() < deadline, "it does not end at {signal}");
            std::thread::sleep(Duration::from_millis(10));
        }
        let mut rest = String::new();
        stdout.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "");
    }
}

#[test]
fn lines_are_whole_when_it_is_interrupted_in_the_midst() {
    let stream = "{\"private_key\": 1}\n".repeat(2000);
    for wait in [5, 20, 40] {
        let mut child = start(&["check", "--ndjson", "--format", "ndjson", "-"]);
        let mut stdin = child.stdin.take().unwrap();
        let text = stream.clone();
        let writer = std::thread::spawn(move || while stdin.write_all(text.as_bytes()).is_ok() {});
        let mut stdout = child.stdout.take().unwrap();
        let reader = std::thread::spawn(move || {
            let mut text = String::new();
            stdout.read_to_string(&mut text).unwrap();
            text
        });
        std::thread::sleep(Duration::from_millis(wait));
        Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
        child.wait().unwrap();
        writer.join().unwrap();
        let text = reader.join().unwrap();
        assert!(text.is_empty() || text.ends_with('\n'));
        for (index, line) in text.lines().enumerate() {
            let object: Value = serde_json::from_str(line).unwrap();
            assert_eq!(object["line"], index + 1);
        }
    }
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    for command in [&["check", "--format", "ndjson"][..], &["predict"]] {
        let mut child = start(&[command, &["--ndjson", "-"]].concat());
        let mut stdin = child.stdin.take().unwrap();
        drop(child.stdout.take());
        let writer = std::thread::spawn(move || while stdin.write_all(b"{}\n").is_ok() {});
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(!stderr.contains("fault") && !stderr.contains("cannot be written"), "{stderr}");
        assert_eq!(output.status.code(), Some(1));
    }
}

#[test]
fn predictions_come_a_line_each() {
    let bodies = bodies();
    let stream: String = bodies.iter().map(|(_, body)| format!("{body}\n")).collect();
    let ran = run(&["predict", "--ndjson", "-"], stream.clone().into_bytes());
    assert_eq!(ran.code, Some(1));
    let judged = run(&["check", "--ndjson", "--format", "ndjson", "-"], stream.into_bytes()).objects();
    let predicted = ran.objects();
    assert_eq!(predicted.len(), bodies.len());
    for (predicted, judged) in predicted.iter().zip(judged) {
        assert_eq!(predicted["status"], judged["prediction"]["status"]);
        assert_eq!(predicted["line"], judged["line"]);
    }
}

#[test]
fn files_of_lines_are_known_by_their_names_and_repaired_line_by_line() {
    let folder = std::env::temp_dir().join(format!("apicert-stream-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join("bodies.ndjson");
    let named = path.to_str().unwrap();
    let request: Value = serde_json::from_slice(
        &fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reference/request.json")).unwrap(),
    )
    .unwrap();
    let before = format!("{request}\n\n{{}}\r\n{request}");
    fs::write(&path, &before).unwrap();

    let ran = run(&["check", "--format", "concise", named], Vec::new());
    assert_eq!(ran.code, Some(1));
    for line in ["bodies.ndjson:1:", "bodies.ndjson:3:1:", "bodies.ndjson:4:"] {
        assert!(ran.stdout.contains(line), "{line}: {}", ran.stdout);
    }
    let piped = run(&["fix", "--ndjson", "-"], before.clone().into_bytes());
    let ran = run(&["fix", named], Vec::new());
    assert_eq!(ran.code, Some(1), "{}", ran.stderr);
    let after = fs::read_to_string(&path).unwrap();
    assert_eq!(after.lines().count(), 4);
    let repaired = after.lines().next().unwrap();
    assert_eq!(after, format!("{repaired}\n\n{{}}\r\n{repaired}"));
    assert_eq!(piped.stdout, format!("{repaired}\n{{}}\r\n{repaired}\n"));
    let value: Value = serde_json::from_str(repaired).unwrap();
    let expected: Value = serde_json::from_slice(
        &fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/reference/repaired.json")).unwrap(),
    )
    .unwrap();
    assert_eq!(value, expected);

    let whole = run(&["check", "--ndjson", folder.to_str().unwrap()], Vec::new());
    assert!(whole.stdout.contains("bodies.ndjson:3"), "{}", whole.stdout);
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn a_file_with_a_line_that_is_too_long_is_left_alone() {
    let folder = crate::cli::Folder::new();
    let bad = fs::read(crate::support::fixtures().join("rules/quoted-pem/bad.json")).unwrap();
    let bad: Value = serde_json::from_slice(&bad).unwrap();
    let text = format!("{bad}\n{{\"name\": \"{}\"}}\n{bad}\n", "x".repeat(1 << 20));
    let path = folder.file("bodies.ndjson", &text);
    for option in ["-q", "--stdout", "--diff"] {
        let ran = run(&["fix", option, &path], Vec::new());
        assert_eq!(ran.code, Some(2));
        let next =
            "bodies.ndjson:2: is longer than 1 MiB and was not read; put each body on a line of its own\n";
        assert!(ran.stderr.contains(next), "{}", ran.stderr);
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
    }
}

#[test]
fn lines_of_more_than_fix_puts_back_are_repaired_over_standard_input() {
    let folder = std::env::temp_dir().join(format!("apicert-long-lines-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    let path = folder.join("bodies.ndjson");
    // Few bodies, and so much white space that it is too long.
    let mut text = "{}\n".repeat(3);
    text.push_str(&" \n".repeat(8 * 1024 * 1024));
    fs::write(&path, &text).unwrap();
    for option in ["-q", "--stdout", "--diff"] {
        let named = run(&["fix", option, path.to_str().unwrap()], Vec::new());
        assert_eq!(named.code, Some(2));
        let next = "was not read; with --ndjson, standard input may be of any length\n";
        assert!(named.stderr.contains(next), "{}", named.stderr);
    }
    assert!(fs::read(&path).unwrap() == text.as_bytes());
    let piped = run(&["fix", "--ndjson", "-"], text.into_bytes());
    assert_eq!(piped.code, Some(1), "{}", piped.stderr);
    assert_eq!(piped.stdout, "{}\n{}\n{}\n");
    fs::remove_dir_all(&folder).unwrap();
}
