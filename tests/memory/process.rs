//! The processes whose memory is read.

use std::fs::{self, File, OpenOptions};
use std::hint::black_box;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use apicert::internals::api::{Field, Service};
use apicert::internals::body_builder::{BodyBuilder, Part};
use apicert::internals::containers;
use apicert::internals::containers::{ItemKind, Passwords};
use apicert::internals::edit::Safety;
use apicert::internals::facts::Facts;
use apicert::internals::inspect::Contents;
use apicert::internals::output::{FORMATS, Input, Run, Style, diff, inspect, response};
use apicert::internals::settings::Settings;
use apicert::internals::span::Lines;
use apicert::internals::timestamp::Timestamp;
use rustix::fs::{CWD, FileType, Mode, OFlags, mknodat};
use zeroize::Zeroizing;

/// The password of the containers of the fixtures.
const PASSWORD: &str = "correct horse";

const NOW: &str = "2026-07-01T00:00:00Z";

/// What a process of this program does with the body that it is given.
pub(crate) enum Role {
    /// All that the library can do with it; what was given is wiped then.
    Judge,
    /// Gathers facts, and no more: what comes after it would overwrite what it leaves on the stack.
    Gather,
    /// Opens a container, and puts a body together.
    Open,
    /// Nothing, and keeps it.
    Keep,
    /// Nothing, but keeps a copy of its own that is backwards.
    KeepBackwards,
    /// Leaves it where it was freed.
    Free,
}

impl Role {
    const fn name(&self) -> &'static str {
        match self {
            Self::Judge => "judge",
            Self::Gather => "gather",
            Self::Open => "open",
            Self::Keep => "keep",
            Self::KeepBackwards => "keep-backwards",
            Self::Free => "free",
        }
    }
}

/// Plays a role: this is another process.
pub(crate) fn play(role: &str) {
    // Not through the buffer of standard input, which would keep a copy.
    let mut input = File::from(io::stdin().as_fd().try_clone_to_owned().unwrap());
    let mut length = [0; 8];
    input.read_exact(&mut length).unwrap();
    let mut body = Zeroizing::new(vec![0; usize::try_from(u64::from_le_bytes(length)).unwrap()]);
    input.read_exact(&mut body).unwrap();
    let mut kept = None;
    match role {
        "judge" => judge(&body),
        "gather" => analyze(&body),
        "open" => open(&body),
        "keep" => kept = Some(body.clone()),
        "keep-backwards" => kept = Some(Zeroizing::new(body.iter().rev().copied().collect())),
        "free" => drop(black_box(body.to_vec())),
        _ => panic!("no such role"),
    }
    drop(body);
    println!("ready");
    // Until the other process has seen enough.
    let _ = input.read(&mut [0]);
    drop(black_box(kept));
}

fn analyze(body: &[u8]) {
    let settings = Settings::at(Timestamp::from_rfc3339(NOW).unwrap());
    drop(black_box(Facts::analyze(body, &settings)));
}

/// Opens a container of the fixtures.
fn open(bytes: &[u8]) {
    let passwords =
        Passwords::new(vec![Zeroizing::new("wrong".to_owned()), Zeroizing::new(PASSWORD.to_owned())]);
    let opened = containers::open(bytes, &passwords).unwrap().unwrap();
    assert!(opened.items.iter().any(|item| item.kind == ItemKind::PrivateKey));
    let mut written = Vec::new();
    inspect::text("bundle.p12", &Contents::of_container(&opened), &mut written).unwrap();
    let parts: Vec<_> =
        opened.items.iter().map(|item| (Field::PrivateKey, Part::File(&item.bytes))).collect();
    drop(black_box(BodyBuilder::new(&parts)));
}

/// All that the library does with a body.
fn judge(body: &[u8]) {
    let mut written = Vec::new();
    for service in Service::ALL {
        let settings = Settings::at(Timestamp::from_rfc3339(NOW).unwrap()).with_service(service);
        let report = apicert::lint(body, &settings);
        write!(written, "{report:?}").unwrap();
        let mut run = Run::new();
        run.inputs.push(Input::new("body.json".to_owned(), report));
        for format in FORMATS {
            (format.write)(&run, &Style::PLAIN, &mut written).unwrap();
        }
        let predicted = apicert::predict(body, &settings);
        response::line("body.json", None, &predicted, &mut written).unwrap();
        for least in [Safety::Safe, Safety::Unsafe] {
            let repaired = apicert::fix(body, &settings, least);
            diff::write("body.json", &Lines::new(body), &repaired, &Style::PLAIN, &mut written).unwrap();
        }
    }
    let contents = Contents::read(body);
    inspect::text("body.json", &contents, &mut written).unwrap();
    assert!(written.len() > 1000);
}

/// A process of this program in a role, which has done its work and waits.
pub(crate) struct Waiting {
    pub(crate) child: Child,
    stdin: Option<ChildStdin>,
    /// The end of the pipe that it reads from; it goes on when this is closed.
    pipe: Option<File>,
}

impl Waiting {
    pub(crate) fn new(role: &Role, body: &[u8]) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .env("APICERT_MEMORY_ROLE", role.name())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(&(body.len() as u64).to_le_bytes()).unwrap();
        stdin.write_all(body).unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        assert_eq!(line, "ready\n", "it did not get so far");
        Self { child, stdin: Some(stdin), pipe: None }
    }

    /// The command, which is given a line for each body and answers each with a line.
    pub(crate) fn command_with_lines(arguments: &[&str], lines: &[Vec<u8>]) -> Self {
        let mut child = apicert(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdin = child.stdin.take().unwrap();
        let mut answers = BufReader::new(child.stdout.take().unwrap());
        for line in lines {
            stdin.write_all(line).unwrap();
            stdin.write_all(b"\n").unwrap();
            let mut answer = String::new();
            answers.read_line(&mut answer).unwrap();
            assert!(!answer.is_empty(), "no answer");
        }
        // Other threads may still be dropping what they have answered.
        wait_until_idle(&child);
        Self { child, stdin: Some(stdin), pipe: None }
    }

    /// The command, which has read its files and waits for a further one that does not come.
    pub(crate) fn command_at_a_pipe(arguments: &[&str], folder: &Folder) -> Self {
        let mut command = apicert(arguments);
        command.current_dir(&folder.at);
        Self::command_of(command, folder)
    }

    /// A command that is to come to such a file last.
    pub(crate) fn command_of(mut command: Command, folder: &Folder) -> Self {
        let pipe = folder.at.join("pipe.json");
        mknodat(CWD, &pipe, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        fs::set_permissions(&pipe, fs::Permissions::from_mode(0o666)).unwrap();
        command.arg(&pipe).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut waiting = Self { child: command.spawn().unwrap(), stdin: None, pipe: None };
        let started = Instant::now();
        let nonblocking = i32::try_from(OFlags::NONBLOCK.bits()).unwrap();
        // It can be opened without waiting only once the other end is open.
        loop {
            if let Ok(pipe) = OpenOptions::new().write(true).custom_flags(nonblocking).open(&pipe) {
                waiting.pipe = Some(pipe);
                // Other threads may still be at work on files before it.
                wait_until_idle(&waiting.child);
                return waiting;
            }
            assert!(started.elapsed() < Duration::from_secs(60), "it did not get so far");
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

/// Waits until no thread of a process has been running for a while.
fn wait_until_idle(child: &Child) {
    let started = Instant::now();
    let mut times = 0;
    while times < 8 {
        std::thread::sleep(Duration::from_millis(2));
        times = if is_idle(child.id()) { times + 1 } else { 0 };
        assert!(started.elapsed() < Duration::from_secs(60), "it is still at work");
    }
}

fn is_idle(process: u32) -> bool {
    let tasks = fs::read_dir(format!("/proc/{process}/task")).unwrap();
    tasks.flatten().all(|task| {
        // A thread may end meanwhile.
        let Ok(status) = fs::read_to_string(task.path().join("stat")) else { return true };
        // The name in parentheses may hold anything.
        status.rsplit_once(") ").is_none_or(|(_, state)| state.starts_with('S'))
    })
}

impl Drop for Waiting {
    fn drop(&mut self) {
        drop(self.stdin.take());
        let _ = self.child.kill();
        drop(self.pipe.take());
        let _ = self.child.wait();
    }
}

/// The variable that names the binary to look at: the one that is shipped, say, without building all of the
/// test as that is.
const PROGRAM: &str = "APICERT_MEMORY_PROGRAM";

/// Whether the command is another one than that of this build.
pub(crate) fn is_another() -> bool {
    std::env::var_os(PROGRAM).is_some()
}

/// Whether the command is built for release: that of this build may be, any other is.
pub(crate) fn is_for_release() -> bool {
    is_another() || !cfg!(debug_assertions)
}

/// Whether the memory of the command can be read: one that is built for release hides it from all but the
/// superuser.
pub(crate) fn is_readable() -> bool {
    !is_for_release() || rustix::process::geteuid().is_root()
}

/// The binary.
pub(crate) fn program() -> PathBuf {
    std::env::var_os(PROGRAM).map_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_apicert")), PathBuf::from)
}

pub(crate) fn apicert(arguments: &[&str]) -> Command {
    let mut command = Command::new(fs::canonicalize(program()).unwrap());
    command.args(arguments).env("APICERT_REHEARSE_FAULT", "reading");
    command
}

/// A folder of its own.
pub(crate) struct Folder {
    pub(crate) at: PathBuf,
}

impl Folder {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let at = std::env::temp_dir().join(format!("apicert-memory-{}-{count}", std::process::id()));
        fs::create_dir(&at).unwrap();
        Self { at }
    }

    pub(crate) fn file(&self, name: &str, contents: impl AsRef<[u8]>) -> &Path {
        fs::write(self.at.join(name), contents).unwrap();
        &self.at
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.at);
    }
}
