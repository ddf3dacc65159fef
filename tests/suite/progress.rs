//! The line that shows how far a long run has come, on a terminal whose screen is known.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use crate::cli::{Folder, command, with_stdin};
use crate::support::{NOW, fixtures};
use crate::terminal::open_terminal;

/// What begins everything that moves the cursor.
const ESCAPE: char = '\u{1b}';

/// A command on a terminal, which may be slow.
struct Watched {
    child: Child,
    stdin: Option<ChildStdin>,
    started: Instant,
    seen: Arc<Mutex<Vec<u8>>>,
    reader: JoinHandle<()>,
}

impl Watched {
    /// Standard output and standard error are on the same terminal, but for what `arrange` changes.
    fn start(arguments: &[&str], arrange: impl FnOnce(&mut Command)) -> Self {
        let (mut master, slave) = open_terminal();
        let mut command = command(arguments);
        command.env_clear().envs([("TERM", "xterm-256color"), ("LANG", "C.UTF-8")]);
        command.args(["--now", NOW]).stdin(Stdio::piped());
        command.stdout(slave.try_clone().unwrap()).stderr(slave);
        arrange(&mut command);
        let seen = Arc::new(Mutex::new(Vec::new()));
        let shown = Arc::clone(&seen);
        let started = Instant::now();
        let mut child = command.spawn().unwrap();
        // The command holds ends of the terminal, which has to be left by all.
        drop(command);
        let reader = thread::spawn(move || {
            let mut chunk = [0; 4096];
            while let Ok(count @ 1..) = master.read(&mut chunk) {
                shown.lock().unwrap().extend_from_slice(&chunk[..count]);
            }
        });
        Self { stdin: child.stdin.take(), child, started, seen, reader }
    }

    fn feed(&mut self, text: &str) {
        self.stdin.as_mut().unwrap().write_all(text.as_bytes()).unwrap();
    }

    fn text(&self) -> String {
        String::from_utf8_lossy(&self.seen.lock().unwrap()).into_owned()
    }

    /// Waits until something was shown.
    fn until(&self, wanted: &str) {
        until(|| self.text().contains(wanted), || format!("no {wanted:?} in {:?}", self.text()));
    }

    /// Waits until it has ended by itself, with its input still open.
    fn until_gone(&mut self) {
        until(|| self.child.try_wait().unwrap().is_some(), || "it does not end".to_owned());
    }

    fn signal(&self, name: &str) {
        let killed = Command::new("kill").args([format!("-{name}"), self.child.id().to_string()]).status();
        assert!(killed.unwrap().success());
    }

    /// Ends the input, waits for the end, and returns all that was shown, and what is on the screen then.
    fn end(mut self) -> (ExitStatus, String, String) {
        drop(self.stdin.take());
        self.until_gone();
        self.reader.join().unwrap();
        let seen = self.seen.lock().unwrap();
        let mut screen = vt100::Parser::new(500.try_into().unwrap(), 80.try_into().unwrap(), 0);
        screen.process(&seen);
        let status = self.child.wait().unwrap();
        (status, String::from_utf8_lossy(&seen).into_owned(), screen.screen().contents())
    }
}

fn until(mut is_so: impl FnMut() -> bool, complaint: impl Fn() -> String) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !is_so() {
        assert!(Instant::now() < deadline, "{}", complaint());
        thread::sleep(Duration::from_millis(2));
    }
}

/// A body on one line.
fn body() -> String {
    let text = fs::read(fixtures().join("accepted/roma/key-p256-pkcs8.json")).unwrap();
    let body: serde_json::Value = serde_json::from_slice(&text).unwrap();
    format!("{body}\n")
}

#[test]
fn what_is_printed_meanwhile_stands_above_it_and_nothing_is_left_of_it() {
    let bodies = [body(), "{}\n".to_owned(), body()];
    let arguments = ["predict", "--ndjson", "-", "missing.ndjson"];
    let mut watched = Watched::start(&arguments, |_| ());
    watched.feed(&bodies[0]);
    watched.until("1 body, ");
    assert!(watched.started.elapsed() >= Duration::from_secs(1), "it came too soon");
    watched.feed(&bodies[1]);
    watched.until("2 bodies, ");
    watched.feed(&bodies[2]);
    watched.until("3 bodies, ");
    let (status, shown, screen) = watched.end();
    assert_eq!(status.code(), Some(2));
    // Of colours there are none, whatever the environment.
    assert!(!shown.contains("\u{1b}[0m") && !shown.contains("\u{1b}[3"), "{shown:?}");

    let plain = with_stdin(&[&arguments[..], &["--now", NOW]].concat(), bodies.concat().as_bytes());
    assert_eq!(plain.stdout.lines().count(), 4);
    let mut lines: Vec<&str> = plain.stdout.lines().collect();
    // The message comes before the line of the result that stands for it.
    lines.insert(3, plain.stderr.trim_end());
    assert_eq!(screen.trim_end().lines().collect::<Vec<_>>(), lines);
}

#[test]
fn it_is_not_shown_where_nobody_looks_or_others_print() {
    let folder = Folder::new();
    let elsewhere = |name: &str| File::create(folder.path(name)).unwrap();
    let predict = &["predict", "--ndjson", "-"][..];
    let quiet = &["check", "--ndjson", "--format", "ndjson", "--quiet", "-"][..];
    let (pipe, to_pipe) = std::io::pipe().unwrap();
    let mut all = vec![
        Watched::start(quiet, |_| ()),
        Watched::start(predict, |command| {
            command.env("TERM", "dumb");
        }),
        Watched::start(predict, |command| {
            command.env_remove("TERM");
        }),
        Watched::start(predict, |command| {
            command.env("CI", "true");
        }),
        Watched::start(predict, |command| {
            command.env("PRE_COMMIT", "1");
        }),
        Watched::start(predict, |command| {
            command.stderr(elsewhere("stderr"));
        }),
        Watched::start(predict, |command| {
            command.stdout(to_pipe);
        }),
        // One body is not worth it, however slowly it comes.
        Watched::start(&["predict", "-"], |_| ()),
    ];
    // The one that shows it tells when the others would have done so.
    let mut shown = Watched::start(predict, |command| {
        command.stdout(elsewhere("stdout"));
    });
    for watched in all.iter_mut().chain([&mut shown]) {
        watched.feed(&body());
    }
    shown.until("1 body, ");
    thread::sleep(Duration::from_millis(500));
    for watched in all {
        let (status, shown, screen) = watched.end();
        assert_eq!(status.code(), Some(0), "{shown}");
        assert!(!shown.contains(ESCAPE), "{shown:?}");
        assert!(!screen.contains("1 body, "), "{screen}");
    }
    assert_eq!(fs::read(folder.path("stderr")).unwrap(), b"");
    drop(pipe);
    let (_, _, screen) = shown.end();
    assert_eq!(screen, "");
}

#[test]
fn somebody_who_types_bodies_is_left_alone() {
    let (mut keyboard, terminal) = open_terminal();
    let watched = Watched::start(&["predict", "--ndjson", "-"], |command| {
        command.stdin(terminal);
    });
    keyboard.write_all(b"{}\n").unwrap();
    watched.until("\"status\":400");
    thread::sleep(Duration::from_millis(1500));
    // Ctrl-D
    keyboard.write_all(b"\x04").unwrap();
    let (_, shown, _) = watched.end();
    assert!(!shown.contains(ESCAPE), "{shown:?}");
}

#[test]
fn it_is_gone_when_the_run_is_interrupted() {
    for (arguments, signal, number) in [
        (&["check", "--ndjson", "-"][..], "INT", 2),
        (&["check", "--ndjson", "--format", "ndjson", "-"], "TERM", 15),
        (&["fix", "--ndjson", "--diff", "-"], "HUP", 1),
    ] {
        let mut watched = Watched::start(arguments, |_| ());
        watched.feed(&body());
        watched.until("1 body, ");
        watched.signal(signal);
        watched.until_gone();
        let (status, _, screen) = watched.end();
        assert_eq!(status.signal(), Some(number), "{arguments:?}");
        assert!(!screen.contains("1 body, "), "{screen}");
    }
}

#[test]
fn files_that_are_being_repaired_are_whole_when_it_is_interrupted() {
    let folder = Folder::new();
    let rule = fixtures().join("rules/quoted-pem");
    let first = folder.file("first.json", fs::read(rule.join("bad.json")).unwrap());
    // Nobody writes into the pipe, so the run does not get past it.
    let second = folder.path("second.json");
    assert!(Command::new("mkfifo").arg(&second).status().unwrap().success());
    let mut watched = Watched::start(&["fix", &first, &second], |_| ());
    watched.until("1 body, ");
    watched.signal("INT");
    watched.until_gone();
    let (status, _, screen) = watched.end();
    assert_eq!((status.signal(), screen.as_str()), (Some(2), ""));
    assert_eq!(fs::read(&first).unwrap(), fs::read(rule.join("fixed.json")).unwrap());
    let mut left: Vec<_> =
        fs::read_dir(folder.at()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["first.json", "second.json"]);
}

#[test]
fn of_files_that_are_named_it_is_known_how_much_is_left() {
    let folder = Folder::new();
    let bodies = 4_000;
    let file = folder.file("many.ndjson", body().repeat(bodies));
    let written = folder.path("written");
    let watched = Watched::start(&["predict", "--jobs", "1", &file], |command| {
        command.stdout(File::create(&written).unwrap());
    });
    let length = || fs::metadata(&written).unwrap().len();
    until(|| length() > 0, || "nothing is written".to_owned());
    // Stopped in the midst, it takes longer than a second on every machine.
    watched.signal("STOP");
    thread::sleep(Duration::from_millis(1200));
    watched.signal("CONT");
    watched.until(" left");
    let (status, shown, screen) = watched.end();
    assert_eq!((status.code(), screen.as_str()), (Some(0), ""));
    let line = shown.split(['\r', ESCAPE]).find(|text| text.contains(" left")).unwrap();
    // [=========>          ] 45%, 9,012 bodies, 2s left
    let (bar, rest) = line[line.find('[').unwrap()..].split_once("] ").unwrap();
    let (percent, rest) = rest.split_once("%, ").unwrap();
    let percent: u64 = percent.parse().unwrap();
    let count: u64 = rest.split_once(" bod").unwrap().0.replace(',', "").parse().unwrap();
    assert_eq!(bar.len(), "[".len() + 30, "{line:?}");
    // Counted are bodies and bytes, one after the other; the bodies are all alike.
    assert!(percent.abs_diff(count * 100 / bodies as u64) <= 2, "{line:?}");
    assert_eq!(fs::read_to_string(&written).unwrap().lines().count(), bodies);
}
