//! What a terminal gets and a pipe does not: colours and links. Both streams are looked at
//! apart, each on a pseudo-terminal or in a pipe.

use std::fs::File;
use std::io::Read;
use std::process::{Command, Stdio};
use std::thread::JoinHandle;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::cli::{Folder, apicert, command};
use crate::support::{NOW, fixtures};

/// What begins a colour, and what begins a link.
const COLOUR: &str = "\u{1b}[";
const LINK: &str = "\u{1b}]8;;";

/// Where a stream of a command goes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum To {
    Terminal,
    Pipe,
}

/// A stream that is read to its end.
struct Stream {
    reader: JoinHandle<String>,
    /// What the command writes to; to be closed here once it runs.
    writer: Option<Stdio>,
}

impl Stream {
    fn open(to: To) -> Self {
        let (reader, writer): (Box<dyn Read + Send>, Stdio) = match to {
            To::Pipe => {
                let (reader, writer) = std::io::pipe().unwrap();
                (Box::new(reader), writer.into())
            }
            To::Terminal => {
                let (master, slave) = open_terminal();
                (Box::new(master), slave.into())
            }
        };
        let reader = std::thread::spawn(move || drain(reader));
        Self { reader, writer: Some(writer) }
    }

    fn text(self) -> String {
        self.reader.join().unwrap()
    }
}

/// A terminal: the end that sees what is on it, and the one for programs.
pub(crate) fn open_terminal() -> (File, File) {
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
    let slave = File::options().read(true).write(true).open(name).unwrap();
    (File::from(master), slave)
}

/// Reads until nobody is left who could write; for a terminal that is an error.
fn drain(mut from: impl Read) -> String {
    let mut text = Vec::new();
    let mut chunk = [0; 4096];
    while let Ok(count @ 1..) = from.read(&mut chunk) {
        text.extend_from_slice(&chunk[..count]);
    }
    String::from_utf8(text).unwrap()
}

/// Runs a command with its streams on terminals or in pipes, in an environment that has nothing but
/// what is given; returns what came on both.
pub(crate) fn run(
    mut command: Command,
    stdout: To,
    stderr: To,
    environment: &[(&str, &str)],
) -> (String, String) {
    let (mut out, mut err) = (Stream::open(stdout), Stream::open(stderr));
    command.env_clear().env("TERM", "xterm-256color").env("LANG", "C.UTF-8");
    command.envs(environment.iter().copied());
    command.stdout(out.writer.take().unwrap()).stderr(err.writer.take().unwrap());
    let mut child = command.spawn().unwrap();
    // The command holds the writing ends; they have to be closed for the reading ones to end.
    drop(command);
    child.wait().unwrap();
    (out.text(), err.text())
}

fn reference() -> String {
    fixtures().join("reference/request.json").to_str().unwrap().to_owned()
}

fn pki(name: &str) -> String {
    fixtures().join("pki").join(name).to_str().unwrap().to_owned()
}

/// Commands that print in colour, and whether they do so on stdout and on stderr.
fn colourful() -> Vec<(Vec<String>, bool, bool)> {
    let (body, certificate, key) = (reference(), pki("certs/leaf-p256.pem"), pki("keys/rsa-2048.pkcs8.pem"));
    let case = |arguments: &[&str], out, err| {
        (arguments.iter().map(ToString::to_string).collect::<Vec<_>>(), out, err)
    };
    vec![
        case(&["check", "--now", NOW, &body], true, false),
        // The summary of this format is no part of it, and other programs read the rest.
        case(&["check", "--now", NOW, "--format", "concise", &body], false, true),
        case(&["fix", "--now", NOW, "--diff", &body], true, true),
        case(&["fix", "--now", NOW, "--stdout", &body], false, true),
        case(
            &["build", "--now", NOW, "--name", "cert_demo", "--cert", &certificate, "--key", &key],
            false,
            true,
        ),
        case(&["rules"], true, false),
        case(&["explain", "key-mismatch"], true, false),
        case(&["explain", "APIG.2101"], true, false),
        case(&["--help"], true, false),
        case(&["check", "--help"], true, false),
    ]
}

#[test]
fn colours_go_to_terminals_and_nowhere_else() {
    for (arguments, colours_out, colours_err) in colourful() {
        let run = |out, err, environment: &[(&str, &str)]| {
            let (out, err) = run(command(&arguments), out, err, environment);
            (out.contains(COLOUR), err.contains(COLOUR))
        };
        let (terminal, pipe) = (To::Terminal, To::Pipe);
        let expected = (colours_out, colours_err);
        assert_eq!(run(terminal, terminal, &[]), expected, "{arguments:?}");
        assert_eq!(run(terminal, pipe, &[]), (colours_out, false), "{arguments:?}");
        assert_eq!(run(pipe, terminal, &[]), (false, colours_err), "{arguments:?}");
        assert_eq!(run(pipe, pipe, &[]), (false, false), "{arguments:?}");
        assert_eq!(run(terminal, terminal, &[("NO_COLOR", "1")]), (false, false), "{arguments:?}");
        assert_eq!(run(pipe, pipe, &[("CLICOLOR_FORCE", "1")]), expected, "{arguments:?}");
        assert_eq!(run(terminal, terminal, &[("TERM", "dumb")]), (false, false), "{arguments:?}");
    }
}

#[test]
fn what_the_option_says_about_colours_goes_before_the_environment() {
    for (mut arguments, colours_out, colours_err) in colourful() {
        if arguments.iter().any(|argument| argument == "--help") {
            continue;
        }
        arguments.push("--color=always".to_owned());
        let (out, err) = run(command(&arguments), To::Pipe, To::Pipe, &[("NO_COLOR", "1")]);
        assert_eq!((out.contains(COLOUR), err.contains(COLOUR)), (colours_out, colours_err), "{arguments:?}");
        arguments.pop();
        arguments.push("--color=never".to_owned());
        let forced = [("CLICOLOR_FORCE", "1"), ("FORCE_HYPERLINK", "1")];
        let (out, err) = run(command(&arguments), To::Terminal, To::Terminal, &forced);
        assert!(!out.contains('\u{1b}') && !err.contains('\u{1b}'), "{arguments:?}: {out}{err}");
    }
}

#[test]
fn what_programs_read_has_no_colours() {
    let body = reference();
    let certificate = pki("certs/leaf-p256.pem");
    let forced = [("CLICOLOR_FORCE", "1"), ("FORCE_HYPERLINK", "1")];
    for arguments in [
        &["check", "--now", NOW, "--format", "json", &body][..],
        &["check", "--print-schema"],
        &["predict", "--now", NOW, &body],
        &["predict", "--now", NOW, "--format", "json", &body],
        &["inspect", &certificate],
        &["inspect", "--format", "json", &certificate],
        &["rules", "--format", "json"],
        &["completions", "zsh"],
        &["man"],
        &["--version"],
        &["check", "--format", "nonsense"],
        &["check", "missing.json"],
    ] {
        let (out, err) = run(command(arguments), To::Terminal, To::Terminal, &forced);
        assert!(!out.contains('\u{1b}') && !err.contains('\u{1b}'), "{arguments:?}: {out}{err}");
    }
    let folder = Folder::new();
    let report = folder.path("report.txt");
    let arguments = ["check", "--now", NOW, "--output", &format!("full={report}"), &body];
    run(command(&arguments), To::Terminal, To::Terminal, &forced);
    assert!(!std::fs::read_to_string(report).unwrap().contains('\u{1b}'));
}

#[test]
fn sources_are_linked_where_the_terminal_follows_links() {
    let kitty = [("TERM", "xterm-kitty")];
    let body = reference();
    for (arguments, link) in [
        (
            &["check", "--now", NOW, &body][..],
            "\u{1b}]8;;https://pkg.go.dev/encoding/pem\u{1b}\\\u{1b}[1;31merror[quoted-pem]",
        ),
        (&["rules"], "\u{1b}]8;;https://pkg.go.dev/encoding/pem\u{1b}\\quoted-pem\u{1b}]8;;\u{1b}\\ "),
        (
            &["explain", "quoted-pem"],
            "\u{1b}]8;;https://pkg.go.dev/encoding/pem\u{1b}\\<https://pkg.go.dev/encoding/pem>",
        ),
    ] {
        let (out, _) = run(command(arguments), To::Terminal, To::Pipe, &kitty);
        assert!(out.contains(link), "{arguments:?}: {out}");
        assert_eq!(out.matches(LINK).count() % 2, 0, "each link is closed");
        for environment in [&[][..], &[("TERM", "xterm-kitty"), ("FORCE_HYPERLINK", "0")]] {
            let (out, _) = run(command(arguments), To::Terminal, To::Pipe, environment);
            assert!(!out.contains(LINK), "{arguments:?}");
        }
        let (out, _) = run(command(arguments), To::Pipe, To::Terminal, &kitty);
        assert!(!out.contains(LINK), "{arguments:?}");
        let (out, _) = run(command(arguments), To::Pipe, To::Pipe, &[("FORCE_HYPERLINK", "1")]);
        assert!(out.contains(LINK), "{arguments:?}");
    }
    // Without the links it is the same text, however narrow.
    let plain = apicert(&["check", "-v", "--now", NOW, &body]).stdout;
    let (out, _) =
        run(command(&["check", "-v", "--now", NOW, &body]), To::Pipe, To::Pipe, &[("FORCE_HYPERLINK", "1")]);
    assert_eq!(without_links(&out), plain);
}

fn without_links(text: &str) -> String {
    text.split(LINK)
        .enumerate()
        .map(|(index, part)| if index == 0 { part } else { part.split_once("\u{1b}\\").unwrap().1 })
        .collect()
}
