//! Not one piece of a private key leaves the crate: every fixture, every output, `{:?}` too.

use std::collections::HashSet;
use std::fs;
use std::io::{self, Write};

use apicert::api::Service;
use apicert::facts::Facts;
use apicert::facts::file::Contents;
use apicert::fix::Safety;
use apicert::output::{Run, Style, diff, inspect};
use apicert::response::Assigned;
use apicert::source::Lines;

use crate::support::{files_below, fixtures, in_every_format, in_every_format_of, settings};

/// How long a piece must be to count as a leak.
const WINDOW: usize = 12;

#[test]
fn nothing_shows_a_piece_of_a_pem_body() {
    let mut bodies = 0;
    let printed_anyway = pieces_printed_anyway();
    for path in files_below(&fixtures(), ".json") {
        // The published schema of SARIF is no body. Its words are names of members, which are shown.
        if path.ends_with("formats/sarif-schema-2.1.0.json") {
            continue;
        }
        let input = fs::read(&path).unwrap();
        let mut secrets = pieces_of_long_strings(&input);
        secrets.retain(|piece| !printed_anyway.contains(piece));
        if secrets.is_empty() {
            continue;
        }
        bodies += 1;
        for service in Service::ALL {
            let settings = settings(service);
            let facts = Facts::gather(&input, &settings);
            let report = apicert::lint(&input, &settings);
            let response = apicert::predict(&input, &settings, &Assigned::default());
            let texts = [
                ("facts", format!("{:?}", facts.pairs)),
                ("report", format!("{report:?}")),
                ("response", format!("{response:?}")),
                ("masked source", report.redacted.as_str().to_owned()),
            ];
            let contents = Contents::read(&input);
            let diff = |least| {
                let repaired = apicert::repair(&input, &settings, least);
                let lines = Lines::new(&input);
                written(|to| diff::write("x", &lines, &repaired, &Style::PLAIN, to))
            };
            let inspected = [
                ("diff", diff(Safety::Safe)),
                ("diff with unsafe", diff(Safety::Unsafe)),
                ("contents", format!("{contents:?}")),
                ("inspect", written(|to| inspect::text("x", &contents, to))),
                ("inspect in JSON", written(|to| inspect::line("x", &contents, to))),
            ];
            for (what, text) in texts.into_iter().chain(inspected).chain(in_every_format(&report, &path)) {
                assert_clean(&text, &secrets, &format!("{} of {}", what, path.display()));
            }
        }
    }
    assert!(bodies > 40, "only {bodies} bodies looked at");
}

/// Pieces of what is printed when there is no body at all: SARIF carries the catalogue, with the hash of
/// a public key of the fixtures in an example. They cannot come from a body.
fn pieces_printed_anyway() -> HashSet<Vec<u8>> {
    in_every_format_of(&Run::new())
        .iter()
        .flat_map(|(_, text)| text.as_bytes().windows(WINDOW).map(<[u8]>::to_vec))
        .collect()
}

#[test]
fn the_test_would_notice() {
    let input = br#"{"private_key": "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDYvPx9H8ZY9iUf"}"#;
    let secrets = pieces_of_long_strings(input);
    assert_eq!(leak("error: BADANBgkqhkiG9w0B is no key", &secrets), Some(7));
    assert_eq!(leak("MIIEvQIBADAN", &secrets), Some(0));
    assert!(leak("error: that is no key", &secrets).is_none());
}

fn written(write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> String {
    let mut text = Vec::new();
    write(&mut text).unwrap();
    String::from_utf8(text).unwrap()
}

pub(crate) fn assert_clean(text: &str, secrets: &HashSet<Vec<u8>>, whose: &str) {
    // The piece itself is not printed: a test's log is an output too.
    if let Some(at) = leak(text, secrets) {
        panic!("{whose} holds {WINDOW} characters of a PEM body at byte {at}");
    }
}

fn leak(text: &str, secrets: &HashSet<Vec<u8>>) -> Option<usize> {
    // Pieces are base64 throughout, so that prose need not be looked up.
    let mut start = 0;
    text.as_bytes().split(|byte| !is_base64(*byte)).find_map(|run| {
        let at = start;
        start += run.len() + 1;
        let found = run.windows(WINDOW).position(|window| secrets.contains(window))?;
        Some(at + found)
    })
}

const fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

/// Every piece of base64 of the body's text that stands in a run too long to be a word. Certificates
/// count as well: no output has a reason to show their text.
pub(crate) fn pieces_of_long_strings(input: &[u8]) -> HashSet<Vec<u8>> {
    input
        .split(|byte| !is_base64(*byte))
        .filter(|run| run.len() > 40)
        .flat_map(|run| run.windows(WINDOW).map(<[u8]>::to_vec))
        .collect()
}
