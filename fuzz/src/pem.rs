//! The PEM scanner against a reader of the strict grammar, and against the crate `pem`.
//!
//! What the strict reader reads, ours reads alike: the same blocks, the same DER, no damage. A text
//! that is damaged and has a safe repair is, after it, a text that `pem` reads, with every certificate
//! and key that ours had seen through the damage. `pem` reads none of a text in which one block is
//! broken, so it is given one block after the other.

use apicert::internals::api::Field;
use apicert::internals::edit::Safety;
use apicert::internals::facts::Facts;
use apicert::internals::inspect::{Contents, Form};
use apicert::internals::keys::PrivateKey;
use apicert::internals::pem::{BlockContent, DamageKind, Label, PemText};

use crate::{certificate, settings, strict, within_memory};

pub fn run(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let Ok(body) = serde_json::to_vec(&serde_json::json!({ "cert_content": text })) else { return };
    within_memory(&body, || {
        let facts = Facts::analyze(&body, settings(input));
        // An empty text, or what stands there instead of one (`${CERT}`).
        let Some(ours) = facts.pem(Field::CertContent) else { return };
        against_strict(text, ours);
        against_pem(text, ours);
        after_repair(&body, ours);
    });
}

fn against_strict(text: &str, ours: &PemText) {
    let Some(theirs) = strict::read(text) else { return };
    // OpenPGP and SSH are not PEM, whatever they look like. A label that nobody knows may be a known one,
    // misspelt.
    let is_peculiar = |label: &str| match Label::WRITTEN.iter().find(|(known, _)| *known == label) {
        Some((_, kind)) => matches!(kind, Label::Pgp | Label::Ssh2 | Label::OpensshPrivateKey),
        None => could_be_misspelt(label),
    };
    if theirs.iter().any(|block| is_peculiar(block.label)) {
        return;
    }
    // Text in the place of DER is an encoding too many, which is damage although a reader finds the block.
    if theirs.iter().any(|block| !block.der.is_empty() && block.der.is_ascii()) {
        return;
    }
    let damage = ours.damage.iter().find(|damage| damage.kind != DamageKind::CarriageReturns);
    assert!(damage.is_none(), "a strict text is called damaged: {damage:?}");
    assert!(text.contains('\r') || ours.damage.is_empty(), "there is no CR");
    assert_eq!(ours.instead, None);
    assert_eq!(ours.blocks.len(), theirs.len());
    for (ours, theirs) in ours.blocks.iter().zip(&theirs) {
        assert_eq!(ours.label, Label::from_written(theirs.label));
        let alone = Contents::read(&theirs.der);
        let block = (alone.form == Form::Der).then(|| &alone.texts[0].blocks[0].content);
        match &ours.content {
            BlockContent::Certificate(read) => {
                assert_eq!(read.whole.sha256().to_string(), certificate::sha256(&theirs.der), "other DER");
            }
            BlockContent::PrivateKey(read) => {
                let Some(BlockContent::PrivateKey(alone)) = block else {
                    panic!("a key in PEM is none in DER");
                };
                let mut alone = alone.clone();
                alone.span = read.span;
                assert_eq!(*read, alone);
            }
            BlockContent::UnreadableCertificate(_) => {
                assert!(!matches!(block, Some(BlockContent::Certificate(_))), "a certificate in DER only");
            }
            BlockContent::UnreadablePrivateKey(_) => {
                assert!(!matches!(block, Some(BlockContent::PrivateKey(_))), "a key in DER only");
            }
            BlockContent::EncryptedPrivateKey => assert_eq!(theirs.label, "ENCRYPTED PRIVATE KEY"),
            BlockContent::Other => {
                let is_read = theirs.label == "CERTIFICATE" || theirs.label.ends_with("PRIVATE KEY");
                assert!(!is_read, "a certificate or a key was passed over");
            }
            BlockContent::Undecodable => panic!("the strict reader decoded it"),
        }
    }
}

/// Whether a label that is not known could be meant for one of certificates or keys: it has a word of
/// theirs, or most of one.
fn could_be_misspelt(label: &str) -> bool {
    let label = label.to_ascii_uppercase();
    ["CER", "TIF", "CATE", "CRT", "PRI", "VAT", "KEY", "KE", "EY", "BEGIN", "END", "PGP", "SSH"]
        .iter()
        .any(|piece| label.contains(piece))
        || label.len() < 4
}

/// The blocks of a text that `pem` reads, each by itself.
fn by_pem(text: &str) -> Vec<pem::Pem> {
    let starts: Vec<usize> = text.match_indices("-----BEGIN ").map(|(at, _)| at).collect();
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    let blocks = starts.iter().zip(ends).map(|(&start, end)| without_spare_bits(&text[start..end]));
    blocks.filter_map(|block| pem::parse(block).ok()).collect()
}

/// A block whose last character of base64 has zeros for the bits that it has to spare (RFC 4648 section
/// 3.5). Neither the service nor ours minds others; `pem` does.
fn without_spare_bits(block: &str) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let rewritten = || {
        let padded = block[..block.find("-----END ")?].trim_end();
        let body = padded.trim_end_matches('=');
        let spare = match padded.len() - body.len() {
            1 => 0b11,
            2 => 0b1111,
            _ => return None,
        };
        let (before, last) = body.split_at_checked(body.len().checked_sub(1)?)?;
        let value = LETTERS.iter().position(|letter| last.as_bytes() == [*letter])?;
        Some(format!("{before}{}{}", char::from(LETTERS[value & !spare]), &block[body.len()..]))
    };
    rewritten().unwrap_or_else(|| block.to_owned())
}

/// Of a text without damage, all that `pem` reads is what ours reads, block by block.
fn against_pem(text: &str, ours: &PemText) {
    if ours.damage.iter().any(|damage| !damage.kind.is_harmless()) || ours.instead.is_some() {
        return;
    }
    let mut certificates = ours.blocks.iter().filter_map(|block| block.certificate());
    let mut keys = ours.blocks.iter().filter_map(|block| block.private_key());
    for block in by_pem(text) {
        let contents = Contents::read(block.contents());
        if contents.form != Form::Der {
            continue;
        }
        // In their order; what `pem` passes over may stand between.
        match block.tag() {
            "CERTIFICATE" if contents.certificate(0).is_some() => {
                let sha256 = certificate::sha256(block.contents());
                let is_there = certificates.any(|ours| ours.whole.sha256().to_string() == sha256);
                assert!(is_there, "pem reads a certificate that ours does not");
            }
            // With headers it is encrypted.
            "PRIVATE KEY" | "RSA PRIVATE KEY" | "EC PRIVATE KEY"
                if block.headers().iter().next().is_none() =>
            {
                let alone = contents.texts.iter().flat_map(|text| &text.blocks);
                if let Some(alone) = alone.filter_map(|block| block.private_key()).next() {
                    let is_there = keys.any(|ours| is_same_key(ours, alone));
                    assert!(is_there, "pem reads a key that ours does not");
                }
            }
            _ => {}
        }
    }
}

/// Whether all that may be known of two keys is the same; their places aside.
fn is_same_key(one: &PrivateKey, other: &PrivateKey) -> bool {
    let mut other = other.clone();
    other.span = one.span;
    *one == other
}

/// Whatever ours reads through damage, `pem` reads once the damage is repaired.
fn after_repair(body: &[u8], before: &PemText) {
    let repaired = apicert::fix(body, settings(body), Safety::Safe);
    if !repaired.is_changed() {
        return;
    }
    let after: serde_json::Value = serde_json::from_slice(&repaired.body()).expect("a repaired body is JSON");
    // Exchanged with the other member, perhaps.
    let texts = after.as_object().into_iter().flatten().filter_map(|(_, text)| text.as_str());
    let theirs: Vec<pem::Pem> = texts.flat_map(by_pem).collect();
    for block in &before.blocks {
        let is_there = match &block.content {
            BlockContent::Certificate(read) => theirs
                .iter()
                .any(|theirs| certificate::sha256(theirs.contents()) == read.whole.sha256().to_string()),
            BlockContent::PrivateKey(read) => theirs.iter().any(|theirs| {
                let alone = Contents::read(theirs.contents());
                let keys = alone.texts.iter().flat_map(|text| &text.blocks);
                keys.filter_map(|block| block.private_key()).any(|key| is_same_key(read, key))
            }),
            _ => true,
        };
        assert!(is_there, "what was read through the damage is not there after the repair");
    }
}
