//! The reader of private keys against `ring` and the RustCrypto crates, which read the structures by
//! themselves.
//!
//! What one of them takes ours takes too, with the same public half.

use apicert::facts::file::Contents;
use apicert::facts::key::PrivateKey;
use apicert::facts::public_key::{Curve, KeyAlgorithm, PublicNumbers};
use p256::pkcs8::DecodePrivateKey;
use ring::rsa::{KeyPair as RsaKeyPair, PublicKeyComponents};

use crate::within_memory;

pub fn run(input: &[u8]) {
    within_memory(input, || {
        let contents = Contents::read(input);
        let key = contents.texts.iter().flat_map(|text| &text.blocks).find_map(|block| block.private_key());
        if let Some(key) = key {
            let shown = format!("{key:?}");
            assert!(shown.len() < 2_000 + 8 * input.len(), "more is shown than may be known");
        }
        if input.first() == Some(&0x30) {
            rsa(input, key);
            p256(input, key);
            p384(input, key);
        }
    });
}

fn rsa(der: &[u8], ours: Option<&PrivateKey>) {
    let Ok(theirs) = RsaKeyPair::from_der(der).or_else(|_| RsaKeyPair::from_pkcs8(der)) else { return };
    let ours = ours.expect("ring reads an RSA key that ours does not");
    assert_eq!(ours.algorithm, KeyAlgorithm::Rsa);
    let stated = ours.stated_public_key.iter().chain(&ours.public_key);
    let theirs = PublicKeyComponents::<Vec<u8>>::from(theirs.public());
    let is_same = |numbers: &PublicNumbers| matches!(numbers, PublicNumbers::Rsa { modulus, exponent } if *modulus == theirs.n && *exponent == theirs.e);
    assert!(stated.into_iter().any(|key| is_same(&key.numbers)), "another public half than ring's");
}

fn p256(der: &[u8], ours: Option<&PrivateKey>) {
    let theirs =
        p256::SecretKey::from_sec1_der(der).ok().or_else(|| p256::SecretKey::from_pkcs8_der(der).ok());
    if let Some(theirs) = theirs {
        point(Curve::P256, &theirs.public_key().to_sec1_bytes(), ours);
    }
}

fn p384(der: &[u8], ours: Option<&PrivateKey>) {
    let theirs =
        p384::SecretKey::from_sec1_der(der).ok().or_else(|| p384::SecretKey::from_pkcs8_der(der).ok());
    if let Some(theirs) = theirs {
        point(Curve::P384, &theirs.public_key().to_sec1_bytes(), ours);
    }
}

fn point(curve: Curve, theirs: &[u8], ours: Option<&PrivateKey>) {
    // SEC1 without a curve is a key for whom knows the curve.
    let Some(ours) = ours else { return };
    if ours.algorithm != KeyAlgorithm::Ec(curve) {
        return;
    }
    let numbers = ours.public_key.as_ref().map(|key| &key.numbers);
    assert!(numbers == Some(&PublicNumbers::Point(theirs.to_vec())), "another public half");
}
