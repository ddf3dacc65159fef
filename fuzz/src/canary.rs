//! Canaries: random texts in every place of a body where a key can stand. No piece of eight
//! characters of any may come out of anything.
//!
//! The canaries come from a generator and not from the fuzzer, which would find out soon enough that
//! `certific` stands in every message. What looks like a leak is tried again with other canaries, as
//! eight digits of a fingerprint may be those of a canary by chance.

use std::collections::HashSet;

use apicert::api::Field;
use apicert::facts::Facts;
use apicert::facts::body::{InstanceId, Meaning, Shape};
use apicert::facts::file::Contents;
use apicert::fix::Safety;
use apicert::response::Assigned;
use arbitrary::{Result, Unstructured};

use crate::material::{PIECES, Random};
use crate::{bodies, output, settings, within_memory};

/// How long a piece must be to count as a leak.
const WINDOW: usize = 8;

/// What canaries are made of.
const ALPHABETS: [&str; 5] = [
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
    "0123456789abcdef",
    "abcdefghijklmnopqrstuvwxyz",
    "ABCDEFGHIJKLMNOPQRSTUVWXYZ -",
    "{}[]:,\"\\'/ \t\r\nabcdef0123456789",
];

pub fn run(choices: &[u8]) {
    let leaks = |seed| {
        let mut canaries = Vec::new();
        let mut random = Random(seed);
        let mut body = bodies::make(choices, &mut |u| text(u, &mut random, &mut canaries));
        misplaced(choices, &mut body, &mut random, &mut canaries);
        within_memory(&body, || leak(&body, &canaries))
    };
    if let Some(first) = leaks(1)
        && leaks(2).is_some()
        && leaks(3).is_some()
    {
        panic!("{first} shows a canary");
    }
}

/// Canaries where there ought to be a body: none at all, or behind its end.
fn misplaced(choices: &[u8], body: &mut Vec<u8>, random: &mut Random, canaries: &mut Vec<String>) {
    let Some(&last) = choices.last() else { return };
    let alphabet = ALPHABETS[usize::from(last) % ALPHABETS.len()];
    let here = canary(alphabet, random, canaries);
    match last / 8 {
        0 => *body = here.into_bytes(),
        1 => *body = format!("[{here}").into_bytes(),
        2 => *body = serde_json::to_vec(&here).expect("a text can be written"),
        3 => body.extend_from_slice(here.as_bytes()),
        4 => body.splice(0..0, here.bytes()).for_each(drop),
        5 => {
            let digits: String = here.bytes().map(|byte| char::from(b'1' + byte % 9)).collect();
            *body = format!("{{\"private_key\": {digits}, \"x\": -{digits}e{digits}}}").into_bytes();
            canaries.push(digits);
        }
        6 => *body = format!("{{\"private_key\": \"{}\\q{here}\"}}", &here[..1]).into_bytes(),
        _ => {}
    }
}

/// A canary.
fn canary(alphabet: &str, random: &mut Random, canaries: &mut Vec<String>) -> String {
    let letters: Vec<char> = alphabet.chars().collect();
    let text: String = (0..random.below(60) + 41).map(|_| letters[random.below(letters.len())]).collect();
    canaries.push(text.clone());
    text
}

fn text(u: &mut Unstructured<'_>, random: &mut Random, canaries: &mut Vec<String>) -> Result<String> {
    let alphabet = *u.choose(&ALPHABETS)?;
    let here = canary(alphabet, random, canaries);
    let text = match u.int_in_range(0..=9)? {
        0 => here,
        1 => format!("-----BEGIN {here}-----\n{here}\n-----END {here}-----\n"),
        2 => format!("-----BEGIN PRIVATE KEY-----\n{here}\n-----END PRIVATE KEY-----\n"),
        3 => format!("-----BEGIN CERTIFICATE-----\n{here}"),
        4 => format!(
            "{here}\n-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,{here}\n\n{here}\n-----END RSA PRIVATE KEY-----\n{here}"
        ),
        5 => {
            let piece = u.choose(&PIECES)?;
            let line = piece.lines().nth(1).unwrap_or_default();
            piece.replacen(line, &here, 1)
        }
        6 => format!("{}{here}", u.choose(&PIECES)?),
        7 => format!("{{\"kty\":\"RSA\",\"d\":\"{here}\"}}"),
        8 => format!("${{{here}}}"),
        _ => {
            // A real key is a canary too.
            let piece = u.choose(&PIECES)?.clone();
            canaries.extend(piece.lines().filter(|line| !line.contains(' ')).map(str::to_owned));
            piece
        }
    };
    let mut text = text;
    for _ in 0..u.int_in_range(0..=2)? {
        text = bodies::mangled(u, &text)?;
    }
    Ok(text)
}

/// The first output that shows a piece of a canary.
fn leak(body: &[u8], canaries: &[String]) -> Option<String> {
    let settings = settings(body);
    let mut outputs = output::every_output(body, "request.json", &mut Random(7));
    let facts = Facts::gather(body, settings);
    let report = apicert::lint(body, settings);
    outputs.push(("the masked source".into(), report.redacted.as_str().to_owned()));
    outputs.push(("the facts".into(), format!("{facts:?}")));
    outputs.push(("the report".into(), format!("{report:?}")));
    outputs.push(("the contents".into(), format!("{:?}", Contents::read(body))));
    outputs.push((
        "the response".into(),
        format!("{:?}", apicert::predict(body, settings, &Assigned::default())),
    ));
    outputs
        .push(("the rounds".into(), format!("{:?}", apicert::repair(body, settings, Safety::Unsafe).rounds)));
    let mut pieces = HashSet::new();
    for canary in canaries {
        for window in canary.as_bytes().windows(WINDOW) {
            let is_telling = window.iter().filter(|byte| byte.is_ascii_alphanumeric()).count() > WINDOW / 2;
            if is_telling {
                pieces.insert(window);
            }
        }
    }
    for shown in shown_by_design(&facts) {
        for window in shown.as_bytes().windows(WINDOW) {
            pieces.remove(window);
        }
    }
    outputs
        .into_iter()
        .find(|(_, text)| text.as_bytes().windows(WINDOW).any(|window| pieces.contains(window)))
        .map(|(name, _)| name)
}

/// What the documents say is shown of a body: names of members and of the certificate, and an instance,
/// when they look like nothing else. A canary that an accident has cut short can look like one.
fn shown_by_design(facts: &Facts<'_>) -> Vec<String> {
    let mut shown = Vec::new();
    if let Shape::Object { members, .. } = &facts.body.shape {
        shown.extend(members.iter().map(|member| member.shown_name().into_owned()));
    }
    match facts.slot(Field::Name).meaning() {
        Some(Meaning::Name(name)) => shown.extend(name.shown.clone()),
        _ => {}
    }
    match facts.slot(Field::InstanceId).meaning() {
        Some(Meaning::InstanceId(InstanceId::WellFormed(id))) => shown.push(id.clone()),
        _ => {}
    }
    shown
}
