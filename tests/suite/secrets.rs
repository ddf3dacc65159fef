//! Not one piece of a private key leaves the crate: every fixture, every output, `{:?}` too.

use std::collections::HashSet;
use std::fs;
use std::hash::{BuildHasherDefault, Hasher};
use std::io::{self, Write};
use std::path::PathBuf;

use apicert::internals::api::Service;
use apicert::internals::edit::Safety;
use apicert::internals::facts::Facts;
use apicert::internals::inspect::{Contents, json};
use apicert::internals::output::{Input, Run, Style, diff, inspect};
use apicert::internals::span::Lines;

use crate::support::{files_below, fixtures, in_every_format_of, settings};

/// How long a piece must be to count as a leak.
const WINDOW: usize = 12;

/// Pieces of secrets, each as a number.
pub(crate) type Pieces = HashSet<u128, BuildHasherDefault<Mixed>>;

/// How many bodies are reported together. Some formats print the whole catalogue each time.
const TOGETHER: usize = 64;

#[test]
fn nothing_shows_a_piece_of_a_pem_body() {
    let printed_anyway = pieces_printed_anyway();
    let mut bodies: Vec<(PathBuf, Vec<u8>, Pieces)> = Vec::new();
    for path in files_below(&fixtures(), ".json") {
        // The published schema of SARIF is no body. Its words are names of members, which are shown.
        if path.ends_with("formats/sarif-schema-2.1.0.json") {
            continue;
        }
        let input = fs::read(&path).unwrap();
        let secrets = &pieces_of_long_strings(&input) - &printed_anyway;
        if !secrets.is_empty() {
            bodies.push((path, input, secrets));
        }
    }
    assert!(bodies.len() > 40, "only {} bodies looked at", bodies.len());
    for bodies in bodies.chunks(TOGETHER) {
        let all: Pieces = bodies.iter().flat_map(|(.., secrets)| secrets).copied().collect();
        for service in Service::ALL {
            let settings = settings(service);
            let mut run = Run::new();
            for (path, input, secrets) in bodies {
                let facts = Facts::analyze(input, &settings);
                let report = apicert::lint(input, &settings);
                let response = apicert::predict(input, &settings);
                let contents = Contents::read(input);
                let diff = |least| {
                    let repaired = apicert::fix(input, &settings, least);
                    let lines = Lines::new(input);
                    written(|to| diff::write("x", &lines, &repaired, &Style::PLAIN, to))
                };
                for (what, text) in [
                    ("facts", format!("{:?}", facts.pairs)),
                    ("report", format!("{report:?}")),
                    ("response", format!("{response:?}")),
                    ("masked source", report.redacted().as_str().to_owned()),
                    ("diff", diff(Safety::Safe)),
                    ("diff with unsafe", diff(Safety::Unsafe)),
                    ("contents", format!("{contents:?}")),
                    ("inspect", written(|to| inspect::text("x", &contents, to))),
                    ("inspect in JSON", json::line("x", &contents)),
                ] {
                    assert_clean(&text, secrets, &format!("{what} of {}", path.display()));
                }
                run.inputs.push(Input::new(path.display().to_string(), report));
            }
            for (format, text) in in_every_format_of(&run) {
                assert_clean(&text, &all, &format!("{format} of {} and others", bodies[0].0.display()));
            }
        }
    }
}

/// Pieces of what is printed when there is no body at all: SARIF carries the catalogue, with the hash of
/// a public key of the fixtures in an example. They cannot come from a body.
fn pieces_printed_anyway() -> Pieces {
    in_every_format_of(&Run::new()).iter().flat_map(|(_, text)| pieces(text.as_bytes())).collect()
}

#[test]
fn the_test_would_notice() {
    let input = br#"{"private_key": "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDYvPx9H8ZY9iUf"}"#;
    let secrets = pieces_of_long_strings(input);
    assert_eq!(leak("error: BADANBgkqhkiG9w0B is no key", &secrets), Some(7));
    assert_eq!(leak("MIIEvQIBADAN", &secrets), Some(0));
    assert_eq!(leak("-- AoIBAQDYvPx9-", &secrets), Some(3));
    assert!(leak("MIIEvQIBADA", &secrets).is_none());
    assert!(leak("error: that is no key", &secrets).is_none());
}

fn written(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
    let mut text = Vec::new();
    write(&mut text).unwrap();
    String::from_utf8(text).unwrap()
}

pub(crate) fn assert_clean(text: &str, secrets: &Pieces, whose: &str) {
    // The piece itself is not printed: a test's log is an output too.
    if let Some(at) = leak(text, secrets) {
        panic!("{whose} holds {WINDOW} characters of a PEM body at byte {at}");
    }
}

fn leak(text: &str, secrets: &Pieces) -> Option<usize> {
    // Pieces are base64 throughout, so that prose need not be looked up.
    let mut start = 0;
    text.as_bytes().split(|byte| !is_base64(*byte)).find_map(|run| {
        let at = start;
        start += run.len() + 1;
        let found = pieces(run).position(|piece| secrets.contains(&piece))?;
        Some(at + found)
    })
}

const fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

/// Every piece of base64 of the body's text that stands in a run too long to be a word. Certificates
/// count as well: no output has a reason to show their text.
pub(crate) fn pieces_of_long_strings(input: &[u8]) -> Pieces {
    input.split(|byte| !is_base64(*byte)).filter(|run| run.len() > 40).flat_map(pieces).collect()
}

/// All pieces of a text, one from each of its bytes on.
fn pieces(text: &[u8]) -> impl Iterator<Item = u128> {
    let mut last = 0_u128;
    let numbers = text.iter().map(move |&byte| {
        last = ((last << 8) | u128::from(byte)) & ((1 << (8 * WINDOW)) - 1);
        last
    });
    numbers.skip(WINDOW - 1)
}

/// A quick hash: what is hashed is random, and nobody's choice.
#[derive(Default)]
pub(crate) struct Mixed(u64);

impl Hasher for Mixed {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("only numbers are put in")
    }

    fn write_u128(&mut self, piece: u128) {
        let [low, high] =
            [piece, piece >> 64].map(|half| u64::try_from(half & u128::from(u64::MAX)).unwrap());
        self.0 = (low ^ high.rotate_left(32)).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        self.0 ^= self.0 >> 32;
    }
}
