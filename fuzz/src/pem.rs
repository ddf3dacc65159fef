//! The PEM scanner against a reader of the strict grammar, and against the crate `pem`.
//!
//! What the strict reader reads, ours reads alike: the same blocks, the same DER, no damage. A text
//! that is damaged and has a safe repair is, after it, a text that `pem` reads, with every certificate
//! and key that ours had seen through the damage.

use apicert::api::Field;
use apicert::facts::Facts;
use apicert::facts::file::{Contents, Form};
use apicert::facts::pem::{BlockContent, DamageKind, Label, PemText};
use apicert::fix::Safety;

use crate::{certificate, settings, strict, within_memory};

pub fn run(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let Ok(body) = serde_json::to_vec(&serde_json::json!({ "cert_content": text })) else { return };
    within_memory(&body, || {
        let facts = Facts::gather(&body, settings(input));
        // An empty text, or what stands there instead of one (`${CERT}`).
        let Some(ours) = facts.pem(Field::CertContent) else { return };
        against_strict(text, ours);
        against_pem(text, ours);
        after_repair(&body, ours);
    });
}

fn against_strict(text: &str, ours: &PemText) {
    let Some(theirs) = strict::read(text) else { return };
    let is_ordinary = |label: &str| {
        // OpenPGP and SSH are not PEM, whatever they look like. A label that nobody knows may be a
        // known one, misspelt.
        Label::WRITTEN.iter().any(|(known, kind)| {
            *known == label && !matches!(kind, Label::Pgp | Label::Ssh2 | Label::OpensshPrivateKey)
        })
    };
    if !theirs.iter().all(|block| is_ordinary(block.label)) {
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
            BlockContent::EncryptedPrivateKey | BlockContent::Other => {}
            BlockContent::Undecodable => panic!("the strict reader decoded it"),
        }
    }
}

/// Of a text without damage, all that `pem` reads is what ours reads, certificate by certificate.
fn against_pem(text: &str, ours: &PemText) {
    if ours.damage.iter().any(|damage| !damage.kind.is_harmless()) || ours.instead.is_some() {
        return;
    }
    let Ok(theirs) = pem::parse_many(text) else { return };
    let certificates: Vec<String> = ours
        .blocks
        .iter()
        .filter_map(|block| Some(block.certificate()?.whole.sha256().to_string()))
        .collect();
    for block in theirs.iter().filter(|block| block.tag() == "CERTIFICATE") {
        let contents = Contents::read(block.contents());
        if contents.form == Form::Der && contents.certificate(0).is_some() {
            let sha256 = certificate::sha256(block.contents());
            assert!(certificates.contains(&sha256), "pem reads a certificate that ours does not");
        }
    }
}

/// Whatever ours reads through damage, `pem` reads once the damage is repaired.
fn after_repair(body: &[u8], before: &PemText) {
    let repaired = apicert::repair(body, settings(body), Safety::Safe);
    if !repaired.is_changed() {
        return;
    }
    let after: serde_json::Value = serde_json::from_slice(&repaired.text).expect("a repaired body is JSON");
    // Exchanged with the other member, perhaps.
    let texts = || after.as_object().into_iter().flatten().filter_map(|(_, text)| text.as_str());
    // One block that is broken beyond a safe repair, and `pem` reads none.
    let Ok(theirs) = texts().map(pem::parse_many).collect::<Result<Vec<_>, _>>() else { return };
    let theirs: Vec<pem::Pem> = theirs.into_iter().flatten().collect();
    for block in &before.blocks {
        let is_there = match &block.content {
            BlockContent::Certificate(read) => theirs
                .iter()
                .any(|theirs| certificate::sha256(theirs.contents()) == read.whole.sha256().to_string()),
            BlockContent::PrivateKey(read) => theirs.iter().any(|theirs| {
                let alone = Contents::read(theirs.contents());
                let keys = alone.texts.iter().flat_map(|text| &text.blocks);
                keys.filter_map(|block| block.private_key()).any(|key| {
                    key.public_key == read.public_key
                        && key.format == read.format
                        && key.soundness == read.soundness
                })
            }),
            _ => true,
        };
        assert!(is_there, "what was read through the damage is not there after the repair");
    }
}
