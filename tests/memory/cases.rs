//! What is looked at.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::Instant;

use crate::bodies;
use crate::keys::{Key, fixtures};
use crate::process::{self, Folder, Role, Waiting};
use crate::search::{Found, Pieces};

/// Keys of every kind that is computed with, and of some that are not.
const KEYS: [&str; 22] = [
    "rsa-2048.pkcs8",
    "rsa-2048.pkcs1",
    "rsa-2048-3-primes.pkcs1",
    "rsa-2048-e3.pkcs8",
    "rsa-3072.pkcs8",
    "rsa-4096.pkcs1",
    "rsa-pss-2048.pkcs8",
    "p224.pkcs8",
    "p256.pkcs8",
    "p256.sec1",
    "p256.pkcs8-no-public",
    "p256.pkcs8-compressed",
    "p384.pkcs8",
    "p384.sec1",
    "p521.pkcs8",
    "sm2.pkcs8",
    "sm2.sec1",
    "sm2.sm2",
    "ed25519.pkcs8",
    "dsa-2048.dsa",
    "secp256k1.sec1",
    "brainpoolp256r1.pkcs8",
];

/// Those that are damaged: one that takes long texts, and one of which little is computed elsewhere.
const DAMAGED: [&str; 2] = ["rsa-2048.pkcs8", "sm2.sec1"];

/// Containers, and the keys in them.
const CONTAINERS: [(&str, &str); 14] = [
    ("modern.p12", "rsa-2048.pkcs8"),
    ("legacy.p12", "rsa-2048.pkcs8"),
    ("indefinite.p12", "rsa-2048.pkcs8"),
    ("plain.p12", "p256.pkcs8"),
    ("sm2.p12", "sm2.pkcs8"),
    ("pkcs8-aes-256-sha512.pem", "rsa-2048.pkcs8"),
    ("pkcs8-3des.pem", "sm2.pkcs8"),
    ("pkcs8-sm4.pem", "sm2.pkcs8"),
    ("pkcs8-v1-md5-des.pem", "p256.pkcs8"),
    ("traditional-aes256.pem", "rsa-2048.pkcs1"),
    ("secret.yaml", "rsa-2048.pkcs8"),
    ("secret-scalars.yaml", "rsa-2048.pkcs8"),
    ("secret.json", "rsa-2048.pkcs8"),
    ("vault.json", "rsa-2048.pkcs8"),
];

type Case = (String, Box<dyn Fn() -> Result<(), String>>);

pub(crate) fn run() {
    let wanted: Vec<String> =
        std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let mut cases = would_notice();
    // What runs in this program says nothing of another one.
    if !process::is_another() {
        cases.extend(library());
    }
    if process::is_readable() {
        cases.extend(command());
    } else {
        println!("memory: that of a build for release is for the superuser to read: left out");
    }
    cases.extend(dumps());
    let mut failures = Vec::new();
    let mut count = 0;
    let started = Instant::now();
    for (name, case) in cases {
        if !wanted.is_empty() && !wanted.iter().any(|part| name.contains(part)) {
            continue;
        }
        count += 1;
        if let Err(message) = case() {
            println!("memory: {name}: {message}");
            failures.push(name);
        }
    }
    println!("memory: {count} cases, {} failed; {:.1} s", failures.len(), started.elapsed().as_secs_f32());
    if !failures.is_empty() || (count == 0 && wanted.is_empty()) {
        std::process::exit(1);
    }
}

/// Nothing may be found.
fn clean(found: &Found) -> Result<(), String> {
    if found.is_empty() {
        return Ok(());
    }
    let shown: Vec<String> = found.iter().take(8).map(|(place, form)| format!("{form} at {place}")).collect();
    Err(format!("{} places: {}", found.len(), shown.join("; ")))
}

/// Something must be.
fn caught(found: &Found, form: &str) -> Result<(), String> {
    let is_there = found.iter().any(|(_, other)| *other == form);
    if is_there { Ok(()) } else { Err(format!("{form} was not found, though it is there")) }
}

/// Processes that keep a key, each in another form, are caught.
fn would_notice() -> Vec<Case> {
    type Make = fn(&Key) -> Vec<u8>;
    let planted: [(&str, Role, Make, &str); 9] = [
        ("a body", Role::Keep, |key| bodies::sound(key).into(), "base64"),
        ("a text", Role::Keep, |key| key.pem.clone().into(), "base64"),
        ("a text in base64", Role::Keep, |key| wrapped(key), "base64 of base64"),
        ("DER", Role::Keep, |key| key.der.clone(), "number, big end first"),
        ("DER backwards", Role::KeepBackwards, |key| key.der.clone(), "number, little end first"),
        (
            "characters",
            Role::Keep,
            |key| key.pem.bytes().flat_map(|byte| [byte, 0, 0, 0]).collect(),
            "base64",
        ),
        (
            "a number in limbs",
            Role::Keep,
            |key| {
                key.numbers()
                    .last()
                    .unwrap()
                    .chunks_exact(8)
                    .flat_map(|limb| limb.iter().rev())
                    .copied()
                    .collect()
            },
            "number in limbs of 64 bits, the highest first",
        ),
        ("what was freed", Role::Free, |key| key.pem.repeat(8).into(), "base64"),
        ("DER that was freed", Role::Free, |key| key.der.repeat(8), "number, big end first"),
    ];
    let mut cases: Vec<Case> = Vec::new();
    for (what, role, make, form) in planted {
        cases.push((
            format!("noticed: {what}"),
            Box::new(move || {
                let key = Key::read("rsa-2048.pkcs8");
                let waiting = Waiting::new(&role, &make(&key));
                caught(&Pieces::of(&key).search(waiting.child.id()), form)
            }),
        ));
    }
    cases
}

fn wrapped(key: &Key) -> Vec<u8> {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(&key.pem).into()
}

/// The library, with bodies of all kinds.
fn library() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    for name in KEYS {
        let judge = move || {
            let key = Key::read(name);
            let waiting = Waiting::new(&Role::Judge, bodies::sound(&key).as_bytes());
            clean(&Pieces::of(&key).search(waiting.child.id()))
        };
        cases.push((format!("library: {name}"), Box::new(judge)));
        let gather = move || {
            let key = Key::read(name);
            let waiting = Waiting::new(&Role::Gather, bodies::alone(&key).as_bytes());
            clean(&Pieces::of(&key).search(waiting.child.id()))
        };
        cases.push((format!("library: {name}, facts alone"), Box::new(gather)));
    }
    for (file, name) in CONTAINERS {
        let open = move || {
            let key = Key::read(name);
            let bytes = fs::read(fixtures().join("containers").join(file)).unwrap();
            let waiting = Waiting::new(&Role::Open, &bytes);
            clean(&Pieces::of(&key).search(waiting.child.id()))
        };
        cases.push((format!("library: {file}"), Box::new(open)));
    }
    for name in DAMAGED {
        let key = Key::read(name);
        for (damage, body) in bodies::damaged(&key) {
            let judge = move || {
                let key = Key::read(name);
                let waiting = Waiting::new(&Role::Judge, body.as_bytes());
                clean(&Pieces::of(&key).search(waiting.child.id()))
            };
            cases.push((format!("library: {name}, {damage}"), Box::new(judge)));
        }
        for (form, bytes) in [("PEM", key.pem.clone().into_bytes()), ("DER", key.der.clone())] {
            let judge = move || {
                let key = Key::read(name);
                let waiting = Waiting::new(&Role::Judge, &bytes);
                clean(&Pieces::of(&key).search(waiting.child.id()))
            };
            cases.push((format!("library: {name}, {form} alone"), Box::new(judge)));
        }
    }
    cases
}

/// The command, while it waits for more.
fn command() -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let now = ["--now", "2026-07-01T00:00:00Z"];
    for (command, format) in [
        (&["check", "--format", "ndjson"][..], "ndjson"),
        (&["predict"], "json"),
        (&["fix", "--diff"], "diff"),
    ] {
        for jobs in ["1", "2"] {
            // What is left on the stack goes by the kind of key, and hardly by what is done with it.
            let is_for_all = (command[0], jobs) == ("check", "1");
            let names = if is_for_all { &KEYS[..] } else { &["rsa-2048.pkcs8", "p256.sec1", "sm2.sm2"] };
            for &name in names {
                let case = move || {
                    let key = Key::read(name);
                    let arguments = [command, &now, &["--jobs", jobs, "--ndjson", "-"]].concat();
                    let sound = bodies::sound(&key);
                    let lines = if format == "diff" {
                        vec![sound.replacen("\\n", " ", 3).into_bytes()]
                    } else {
                        // Longer than what is read at a time, and then a short one, over which it must not show.
                        let padded = sound.replacen('{', &format!("{{{}", " ".repeat(150_000)), 1);
                        vec![sound.into_bytes(), padded.into_bytes(), b"{}".to_vec()]
                    };
                    let waiting = Waiting::command_with_lines(&arguments, &lines);
                    clean(&Pieces::of(&key).search(waiting.child.id()))
                };
                cases.push((
                    format!("command: {} of lines, --jobs {jobs}, {name}", command[0]),
                    Box::new(case),
                ));
            }
        }
    }
    // After so many keys multiples of the generator are at hand, and these are computed with in another way.
    for (name, count) in [("p256.sec1", 210), ("sm2.sm2", 10)] {
        let case = move || {
            let key = Key::read(name);
            let arguments = [&["check", "--format", "ndjson"], &now[..], &["--jobs", "1", "--ndjson", "-"]];
            let mut lines = vec![bodies::sound(&key).into_bytes(); count];
            lines.push(b"{}".to_vec());
            let waiting = Waiting::command_with_lines(&arguments.concat(), &lines);
            clean(&Pieces::of(&key).search(waiting.child.id()))
        };
        cases.push((format!("command: check of many lines, {name}"), Box::new(case)));
    }
    let inspect = || {
        let key = Key::read("rsa-2048.pkcs8");
        let folder = Folder::new();
        folder.file("password", "correct horse\n");
        let mut arguments = vec!["inspect", "--password", "@password"];
        for (name, _) in CONTAINERS {
            folder.file(name, fs::read(fixtures().join("containers").join(name)).unwrap());
            arguments.push(name);
        }
        let waiting = Waiting::command_at_a_pipe(&arguments, &folder);
        clean(&Pieces::of(&key).search(waiting.child.id()))
    };
    cases.push(("command: inspect of containers".to_owned(), Box::new(inspect)));
    for arguments in [
        &["check"][..],
        &["check", "--format", "json"],
        &["predict"],
        &["inspect"],
        &["fix", "--diff"],
        &["fix", "--unsafe"],
    ] {
        for name in ["rsa-2048.pkcs8", "p384.sec1"] {
            let case = move || {
                let key = Key::read(name);
                let folder = Folder::new();
                folder.file("a.json", bodies::sound(&key));
                folder.file("b.json", bodies::sound(&key).replace("\\n", " "));
                folder.file("c.json", format!("{}{}", bodies::sound(&key), &key.pem));
                folder.file("d.ndjson", format!("{}\n", bodies::sound(&key)));
                let clock: &[&str] = if arguments[0] == "inspect" { &[] } else { &now };
                let files: &[&str] = if arguments[0] == "inspect" {
                    &["a.json", "b.json", "c.json"]
                } else {
                    &["a.json", "b.json", "c.json", "d.ndjson"]
                };
                let arguments = [arguments, clock, files].concat();
                let waiting = Waiting::command_at_a_pipe(&arguments, &folder);
                clean(&Pieces::of(&key).search(waiting.child.id()))
            };
            cases.push((format!("command: {}, {name}", arguments.join(" ")), Box::new(case)));
        }
    }
    cases
}

/// The user that the command is run as when this is the superuser: nobody.
const NOBODY: u32 = 65534;

/// No core dump is written, nobody else reads the memory, and files can be replaced all the same.
fn dumps() -> Vec<Case> {
    vec![
        (
            "command: no core dumps".to_owned(),
            Box::new(|| {
                let folder = open_folder();
                let waiting = Waiting::command_of(nobody(&folder, &["check"]), &folder);
                let limits = fs::read_to_string(format!("/proc/{}/limits", waiting.child.id())).unwrap();
                let line = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
                let words: Vec<&str> = line.split_ascii_whitespace().collect();
                if words[4..6] == ["0", "0"] { Ok(()) } else { Err(line.to_owned()) }
            }),
        ),
        (
            "command: nobody else reads the memory".to_owned(),
            Box::new(|| {
                let owner = |waiting: &Waiting| {
                    fs::metadata(format!("/proc/{}/environ", waiting.child.id())).unwrap().uid()
                };
                // What may not be read belongs to the superuser, whoever runs it.
                let folder = open_folder();
                let is_hidden = owner(&Waiting::command_of(nobody(&folder, &["check"]), &folder)) == 0;
                let folder = open_folder();
                let mut command = nobody(&folder, &["check"]);
                command.env("APICERT_REHEARSE_FAULT", "reading");
                let is_seen = owner(&Waiting::command_of(command, &folder)) != 0;
                // A build for release has no way to be asked for it.
                if is_hidden && is_seen != process::is_for_release() {
                    Ok(())
                } else {
                    Err(format!("{is_hidden} {is_seen}"))
                }
            }),
        ),
        (
            "command: an ordinary user repairs a file".to_owned(),
            Box::new(|| {
                let folder = open_folder();
                let body = bodies::sound(&Key::read("p256.sec1")).replace("\\n", " ");
                let path = folder.file("body.json", &body).join("body.json");
                fs::set_permissions(&path, fs::Permissions::from_mode(0o666)).unwrap();
                if rustix::process::geteuid().is_root() {
                    std::os::unix::fs::chown(&path, Some(NOBODY), Some(NOBODY)).unwrap();
                }
                let output = nobody(&folder, &["fix", "--fail-on", "never", "body.json"]).output().unwrap();
                let repaired = fs::read_to_string(&path).unwrap();
                let left: Vec<_> =
                    fs::read_dir(&folder.at).unwrap().map(|entry| entry.unwrap().file_name()).collect();
                if output.status.success() && repaired.contains("\\n") && left.len() == 2 {
                    Ok(())
                } else {
                    Err(format!("{:?}, {left:?}", output.status))
                }
            }),
        ),
    ]
}

/// A folder that everybody may write to.
fn open_folder() -> Folder {
    let folder = Folder::new();
    fs::set_permissions(&folder.at, fs::Permissions::from_mode(0o777)).unwrap();
    folder
}

/// The command, as an ordinary user runs it.
fn nobody(folder: &Folder, arguments: &[&str]) -> Command {
    // Where it was built an ordinary user may not come.
    let program = folder.at.join("apicert");
    fs::copy(process::program(), &program).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    let mut command = Command::new(program);
    command.args(arguments).current_dir(&folder.at);
    if rustix::process::geteuid().is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    command
}
