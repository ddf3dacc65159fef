//! Repairs: nothing is lost, nothing else is touched, and a second run changes nothing.

use std::collections::BTreeSet;

use apicert::api::Field;
use apicert::edit;
use apicert::edit::{Edit, Fix, Safety};
use apicert::facts::Facts;
use apicert::fix::rounds::Repaired;
use apicert::span::Span;

use crate::{bodies, settings, within_memory};

/// Bodies as they are; whatever does not look like one is taken as choices for one.
pub fn run(input: &[u8]) {
    let made;
    let body = if looks_like_a_body(input) {
        input
    } else {
        made = bodies::make(input, &mut |u| bodies::piece(u));
        &made
    };
    within_memory(body, || check(body));
}

#[must_use]
pub fn looks_like_a_body(input: &[u8]) -> bool {
    input.trim_ascii_start().first().is_some_and(|&first| matches!(first, b'{' | b'[' | b'"' | 0xef))
}

fn check(body: &[u8]) {
    let settings = settings(body);
    for least in [Safety::Safe, Safety::Unsafe] {
        let repaired = apicert::repair(body, settings, least);
        only_its_places(body, &repaired);
        changed_fields_are_whole(body, &repaired.text);
        let again = apicert::repair(&repaired.text, settings, least);
        assert!(!again.is_changed(), "a second run changes something");
        if is_json(body) {
            assert!(is_json(&repaired.text), "no JSON text any more");
        }
        let fixable = |fix: &Fix| fix.safety >= least && !fix.edits.is_empty();
        let left = repaired.report.findings.iter().filter_map(|finding| finding.fix.as_ref());
        // What is left to be repaired would never get done; then nothing is changed.
        assert!(!repaired.is_changed() || left.filter(|fix| fixable(fix)).count() == 0, "not finished");
        if least == Safety::Safe {
            // An unsafe one may drop a block, and what it guesses may make one readable.
            let (before, after) = (contents(body), contents(&repaired.text));
            assert!(before.is_subset(&after), "a certificate or a key is lost");
            // Of a body that is no JSON nothing is read before.
            assert!(before == after || !is_json(body), "a certificate or a key comes out of nothing");
            if let (Some(before), Some(after)) = (seen_by_pem(body), seen_by_pem(&repaired.text)) {
                assert!(before.is_subset(&after), "pem misses something");
            }
        }
    }
}

/// Every PEM field that is not as it was before, in whatever member, holds blocks whose base64 the crate `pem`
/// reads, and DER in each.
fn changed_fields_are_whole(before: &[u8], after: &[u8]) {
    let object = |body: &[u8]| match serde_json::from_slice(body) {
        Ok(serde_json::Value::Object(members)) => Some(members),
        _ => None,
    };
    let facts = Facts::analyze(before, settings(b""));
    // Repeated members too.
    let literals =
        facts.body.members().iter().map(|member| &before[member.value().start..member.value().end]);
    let old: Vec<serde_json::Value> = literals.filter_map(|text| serde_json::from_slice(text).ok()).collect();
    let Some(after) = object(after).filter(|_| object(before).is_some()) else { return };
    // The last one that is not null counts, which is not what the crate `serde_json` reads.
    let names = |name: &String| after.keys().filter(|other| other.eq_ignore_ascii_case(name)).count();
    for (name, value) in after.iter().filter(|(name, _)| names(name) == 1) {
        let Some(text) = value.as_str().filter(|_| Field::by_name(name).is_some_and(Field::is_pem)) else {
            continue;
        };
        if old.iter().any(|old| old.as_str() == Some(text)) {
            continue;
        }
        // The service skips what does not begin its line, and a BEGIN without its END.
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        let is_boundary = |line: &&str| line.starts_with("-----BEGIN ") || line.starts_with("-----END ");
        let mut blocks = Vec::new();
        for (at, line) in lines.iter().enumerate().filter(|(_, line)| line.starts_with("-----BEGIN ")) {
            let rest = &lines[at + 1..];
            let Some(end) = rest.iter().position(is_boundary) else { continue };
            if rest[end] != line.replacen("BEGIN", "END", 1) {
                continue;
            }
            let data = rest[..end].iter().filter(|line| !line.contains(':'));
            let letters: String = data.flat_map(|line| line.split_whitespace()).collect();
            let block = format!("-----BEGIN X-----\n{letters}\n-----END X-----\n");
            blocks.push(
                pem::parse(block).unwrap_or_else(|_| panic!("a repaired block that cannot be read: {text}")),
            );
        }
        assert!(!blocks.is_empty(), "a repaired field without a block: {text}");
        for block in blocks {
            assert!(
                matches!(block.contents(), [0x30, ..] | [0x06, ..]),
                "a repaired block without DER: {text}"
            );
        }
    }
}

fn is_json(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok() && serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok()
}

/// Every round changes the places that its repairs name, to what they say, and no byte outside of them.
fn only_its_places(body: &[u8], repaired: &Repaired) {
    let mut text = body.to_vec();
    for round in &repaired.rounds {
        let mut edits: Vec<Edit> = round.repairs().flat_map(|(_, fix)| &fix.edits).copied().collect();
        // What is put in at one place stands in its order.
        edits.sort_by_key(|edit| edit.span());
        let mut expected = Vec::new();
        let mut at = 0;
        for edit in &edits {
            let span = edit.span();
            assert!(at <= span.start, "two repairs of the same place");
            expected.extend_from_slice(&text[at..span.start]);
            match *edit {
                Edit::Put { text, .. } => expected.extend_from_slice(text.as_bytes()),
                Edit::Copy { from, .. } => expected.extend_from_slice(&text[from.start..from.end]),
                Edit::Decode { .. } => {
                    expected.extend_from_slice(&decoded(&text[span.start..span.end]));
                }
                Edit::Trim { keep, .. } => {
                    expected.extend_from_slice(&trimmed(&text[span.start..span.end], keep));
                }
                Edit::Utf16 { .. } => expected.extend_from_slice(&utf8_of_utf16(&text[span.start..span.end])),
            }
            at = span.end;
        }
        expected.extend_from_slice(&text[at..]);
        let fixes: Vec<&Fix> = round.repairs().map(|(_, fix)| fix).collect();
        assert!(*edit::apply(&text, &fixes).text == expected, "something else is changed");
        text = expected;
    }
    assert!(text == **repaired.text, "the rounds do not lead to the result");
}

/// The UTF-8 of a text in UTF-16 whose first character is a byte-order mark or ASCII.
fn utf8_of_utf16(text: &[u8]) -> Vec<u8> {
    let order = if matches!(text[0], 0 | 0xfe) { u16::from_be_bytes } else { u16::from_le_bytes };
    let units: Vec<u16> = text.chunks(2).map(|unit| order(unit.try_into().unwrap())).collect();
    let text = String::from_utf16(&units).unwrap();
    text.strip_prefix('\u{feff}').unwrap_or(&text).as_bytes().to_vec()
}

/// Base64 inside of a JSON string of the first bytes that base64 there encodes, in lines.
fn trimmed(written: &[u8], keep: usize) -> Vec<u8> {
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;
    let quoted = [b"\"", written, b"\""].concat();
    let text: String = serde_json::from_slice(&quoted).expect("it stands in a JSON string");
    let text: String = text.split_ascii_whitespace().collect();
    let whole = BASE64_STANDARD.decode(text).expect("it is base64");
    let lines = whole[..keep].chunks(48).map(|line| BASE64_STANDARD.encode(line) + "\\n");
    lines.collect::<String>().into_bytes()
}

/// What base64 inside of a JSON string encodes, as it is written inside of one.
fn decoded(written: &[u8]) -> Vec<u8> {
    use base64::Engine as _;
    use base64::alphabet::STANDARD;
    use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
    let quoted = [b"\"", written, b"\""].concat();
    let text: String = serde_json::from_slice(&quoted).expect("it stands in a string");
    let letters: Vec<u8> = text
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace() && *byte != b'=')
        .map(|byte| match byte {
            b'-' => b'+',
            b'_' => b'/',
            other => other,
        })
        .collect();
    let config = GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let octets = GeneralPurpose::new(&STANDARD, config).decode(letters).expect("it is base64");
    let text = String::from_utf8(octets).expect("it encodes a text");
    let quoted = serde_json::to_vec(&text).expect("a text can be written");
    quoted[1..quoted.len() - 1].to_vec()
}

/// All certificates and keys that are read in a body, through damage too.
fn contents(body: &[u8]) -> BTreeSet<String> {
    let facts = Facts::analyze(body, settings(b""));
    let blocks = Field::ALL.into_iter().flat_map(|field| facts.blocks(field));
    blocks
        .filter_map(|block| match (block.certificate(), block.private_key()) {
            (Some(certificate), _) => Some(certificate.whole.sha256().to_string()),
            (_, Some(key)) => {
                // All that may be known of it but its place, and what a repair may remove.
                let mut key = key.clone();
                key.span = Span::new(0, 0);
                key.leftover = apicert::keys::Leftover::default();
                Some(format!("{key:?}"))
            }
            _ => None,
        })
        .collect()
}

/// Whether some bytes are one SEQUENCE: not what is left of one, nor one with something mixed into it.
fn is_one_element(der: &[u8]) -> bool {
    match *der {
        [0x30, length @ 0..=0x7f, ..] => der.len() == 2 + usize::from(length),
        [0x30, 0x81, length, ..] => der.len() == 3 + usize::from(length),
        [0x30, 0x82, high, low, ..] => der.len() == 4 + usize::from(u16::from_be_bytes([high, low])),
        _ => false,
    }
}

/// The DER of all blocks that the crate `pem` reads in the PEM members of a body; `None` when one of
/// them has a block that it does not read, for the sake of which it reads no other either.
fn seen_by_pem(body: &[u8]) -> Option<BTreeSet<Vec<u8>>> {
    let Ok(serde_json::Value::Object(body)) = serde_json::from_slice(body) else { return None };
    let texts = body.iter().filter(|(name, _)| Field::by_name(name).is_some_and(Field::is_pem));
    let blocks: Result<Vec<_>, _> =
        texts.filter_map(|(_, text)| text.as_str()).map(pem::parse_many).collect();
    let blocks = blocks.ok()?.into_iter().flatten();
    let seen = blocks
        .filter(|block| block.tag() == "CERTIFICATE" || block.tag().ends_with("PRIVATE KEY"))
        .map(pem::Pem::into_contents)
        .filter(|der| is_one_element(der))
        .collect();
    Some(seen)
}
