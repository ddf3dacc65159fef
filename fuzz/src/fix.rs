//! Repairs: nothing is lost, nothing else is touched, and a second run changes nothing.

use std::collections::BTreeSet;

use apicert::api::Field;
use apicert::facts::Facts;
use apicert::fix::{self, Fix, Safety};
use apicert::repair::Repaired;

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
            let (before, after) = (contents(body), contents(&repaired.text));
            assert!(before.is_subset(&after), "a certificate or a key is lost");
            if let (Some(before), Some(after)) = (seen_by_pem(body), seen_by_pem(&repaired.text)) {
                assert!(before.is_subset(&after), "pem misses something");
            }
        }
    }
}

fn is_json(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok() && serde_json::from_slice::<serde::de::IgnoredAny>(text).is_ok()
}

/// Every round changes the places that its repairs name, and no byte outside of them.
fn only_its_places(body: &[u8], repaired: &Repaired) {
    let mut text = body.to_vec();
    for round in &repaired.rounds {
        let fixes: Vec<&Fix> = round.repairs().map(|(_, fix)| fix).collect();
        let mut spans: Vec<_> = fixes.iter().flat_map(|fix| &fix.edits).map(|edit| edit.span()).collect();
        spans.sort();
        let applied = fix::apply(&text, &fixes).text;
        let mut outside = Vec::new();
        let mut at = 0;
        for span in spans {
            outside.push(&text[at..span.start]);
            at = span.end;
        }
        let tail = &text[at..];
        let first = outside.first().copied().unwrap_or(tail);
        assert!(applied.starts_with(first), "something before the first place is changed");
        assert!(applied.ends_with(tail), "something behind the last place is changed");
        let mut rest = &applied[..applied.len() - tail.len()];
        for piece in outside {
            let found = memchr::memmem::find(rest, piece).expect("something between the places is changed");
            rest = &rest[found + piece.len()..];
        }
        text = applied.to_vec();
    }
    assert_eq!(text, **repaired.text, "the rounds do not lead to the result");
}

/// All certificates and keys that are read in a body, through damage too.
fn contents(body: &[u8]) -> BTreeSet<String> {
    let facts = Facts::gather(body, settings(b""));
    let blocks = Field::ALL.into_iter().flat_map(|field| facts.blocks(field));
    blocks
        .filter_map(|block| match (block.certificate(), block.private_key()) {
            (Some(certificate), _) => Some(certificate.whole.sha256().to_string()),
            (_, Some(key)) => {
                let public = key.public_key.as_ref().or(key.stated_public_key.as_ref());
                Some(format!("{} {:?}", key.format.name(), public))
            }
            _ => None,
        })
        .collect()
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
        .filter(|der| der.first() == Some(&0x30))
        .collect();
    Some(seen)
}
