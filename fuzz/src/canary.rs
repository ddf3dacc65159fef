//! Canaries: random texts in every place of a body where a key can stand. No piece of eight
//! characters of any may come out of anything.
//!
//! The canaries come from a generator and not from the fuzzer, which would find out soon enough that
//! `certific` stands in every message. What looks like a leak is tried again with other canaries, as
//! eight digits of a fingerprint may be those of a canary by chance.
//!
//! Pieces are looked for as they are, and in what remains of an output without all that is neither
//! letter nor digit nor `+` nor `/`, so that frames, line breaks and escapes in between hide nothing; and
//! their bytes in hexadecimal digits and as a list of numbers. Configurations, options and the
//! environment are read by the command alone: `tests/suite/canaries/` puts canaries there.

use std::collections::HashSet;

use apicert::internals::api::Field;
use apicert::internals::edit::Safety;
use apicert::internals::facts::Facts;
use apicert::internals::inspect::Contents;
use apicert::internals::json::body::{InstanceId, Meaning, Shape};
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
        // What is encoded as a whole must not be shown in that form either.
        if text.len() > 40 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte))
        {
            canaries.push(text.clone());
        }
    }
    Ok(text)
}

/// The first output that shows a piece of a canary.
fn leak(body: &[u8], canaries: &[String]) -> Option<String> {
    let settings = settings(body);
    let mut outputs = output::every_output(body, "request.json", &mut Random(7));
    let facts = Facts::analyze(body, settings);
    let report = apicert::lint(body, settings);
    outputs.push(("the masked source".into(), report.redacted().as_str().to_owned()));
    outputs.push(("the facts".into(), format!("{facts:?}")));
    outputs.push(("the report".into(), format!("{report:?}")));
    outputs.push(("the contents".into(), format!("{:?}", Contents::read(body))));
    outputs.push(("the response".into(), format!("{:?}", apicert::predict(body, settings))));
    outputs
        .push(("the rounds".into(), format!("{:?}", apicert::fix(body, settings, Safety::Unsafe).rounds())));
    let pieces = Pieces::of(canaries, &shown_by_design(&facts));
    outputs.into_iter().find(|(_, text)| pieces.are_in(text)).map(|(name, _)| name)
}

/// What must not come out.
#[derive(Default)]
struct Pieces {
    /// As they are.
    plain: Set,
    /// Without anything but letters, digits, `+` and `/`.
    bare: Set,
    /// Their bytes in hexadecimal digits.
    hexadecimal: Set,
}

/// Pieces, and which two bytes they begin with, so that hardly any place of a text needs a look at them.
struct Set {
    pieces: HashSet<Vec<u8>>,
    beginnings: Vec<bool>,
}

impl Default for Set {
    fn default() -> Self {
        Self { pieces: HashSet::new(), beginnings: vec![false; 1 << 16] }
    }
}

impl Set {
    fn insert(&mut self, piece: Vec<u8>) {
        self.beginnings[beginning(&piece)] = true;
        self.pieces.insert(piece);
    }

    fn has_any_of(&self, text: &[u8], length: usize) -> bool {
        text.windows(length).any(|piece| self.beginnings[beginning(piece)] && self.pieces.contains(piece))
    }
}

fn beginning(piece: &[u8]) -> usize {
    usize::from(piece[0]) << 8 | usize::from(piece[1])
}

impl Pieces {
    fn of(canaries: &[String], shown: &[String]) -> Self {
        let mut pieces = Self::default();
        for canary in canaries {
            for window in canary.as_bytes().windows(WINDOW) {
                let count = window.iter().filter(|byte| byte.is_ascii_alphanumeric()).count();
                if count > WINDOW / 2 {
                    pieces.plain.insert(window.to_vec());
                }
                pieces.hexadecimal.insert(hexadecimal(window));
            }
            for window in bare(canary.as_bytes()).windows(WINDOW) {
                pieces.bare.insert(window.to_vec());
            }
        }
        for shown in shown {
            for window in shown.as_bytes().windows(WINDOW) {
                pieces.plain.pieces.remove(window);
                pieces.hexadecimal.pieces.remove(&hexadecimal(window));
            }
            for window in bare(shown.as_bytes()).windows(WINDOW) {
                pieces.bare.pieces.remove(window);
            }
        }
        pieces
    }

    fn are_in(&self, text: &str) -> bool {
        let bare = bare(text.as_bytes());
        self.plain.has_any_of(text.as_bytes(), WINDOW)
            || self.bare.has_any_of(&bare, WINDOW)
            || self.hexadecimal.has_any_of(&bare.to_ascii_lowercase(), 2 * WINDOW)
            || self.plain.has_any_of(&listed(text), WINDOW)
    }
}

/// A text without frames, line breaks and punctuation.
fn bare(text: &[u8]) -> Vec<u8> {
    text.iter().copied().filter(|byte| byte.is_ascii_alphanumeric() || b"+/".contains(byte)).collect()
}

fn hexadecimal(bytes: &[u8]) -> Vec<u8> {
    bytes.iter().flat_map(|byte| format!("{byte:02x}").into_bytes()).collect()
}

/// The numbers of a text that are bytes, each after the other.
fn listed(text: &str) -> Vec<u8> {
    text.split(|character: char| !character.is_ascii_digit())
        .filter_map(|number| number.parse().ok())
        .collect()
}

#[test]
fn the_search_would_notice() {
    let mut canaries = Vec::new();
    let here = canary(ALPHABETS[0], &mut Random(1), &mut canaries);
    let piece = &here[10..18];
    let pieces = Pieces::of(&canaries, &[]);
    for shown in [
        piece.to_owned(),
        format!("{}\n  | {}", &piece[..3], &piece[3..]),
        String::from_utf8(hexadecimal(piece.as_bytes())).expect("digits are text").to_uppercase(),
        format!("{:?}", piece.as_bytes()),
    ] {
        assert!(pieces.are_in(&shown), "{shown} was not noticed");
    }
    assert!(!pieces.are_in(&here[10..17]));
    assert!(!Pieces::of(&canaries, &[here.clone()]).are_in(piece));
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
        Some(Meaning::InstanceId(InstanceId::WellFormed(id))) => shown.push(id.to_string()),
        _ => {}
    }
    shown
}
