//! The reader of private keys against `ring` and the RustCrypto crates, which read the structures by
//! themselves.
//!
//! What one of them takes ours takes too, with the same public half; and what ours calls sound one of
//! them takes, of the kinds that they know. Keys in PEM are what they are in DER.

use apicert::internals::inspect::{Contents, Form};
use apicert::internals::keys::public_key::{Curve, KeyAlgorithm, PublicNumbers};
use apicert::internals::keys::{KeyConsistency, KeyFormat, PrivateKey};
use p256::pkcs8::DecodePrivateKey;
use ring::rsa::{KeyPair as RsaKeyPair, PublicKeyComponents};
use ring::signature::{Ed25519KeyPair, KeyPair as _};
use x509_parser::asn1_rs::{Any, FromDer, Tag};

use crate::within_memory;

pub fn run(input: &[u8]) {
    within_memory(input, || {
        let contents = Contents::read(input);
        let key = first_key(&contents);
        if let Some(key) = key {
            let shown = format!("{key:?}");
            assert!(shown.len() < 2_000 + 8 * input.len(), "more is shown than may be known");
        }
        // Behind DER there may be PEM, which is what is read then.
        if input.first() == Some(&0x30) {
            compare(input, key.filter(|_| contents.form == Form::Der));
        } else if let Ok([block]) = pem::parse_many(input).as_deref()
            && matches!(block.tag(), "PRIVATE KEY" | "RSA PRIVATE KEY" | "EC PRIVATE KEY")
            // With headers it is encrypted, or something else that only OpenSSL knows.
            && block.headers().iter().next().is_none()
            && block.contents().first() == Some(&0x30)
        {
            // What both read in the armour is the same key.
            let alone = Contents::read(block.contents());
            if let (Some(key), Some(alone)) = (key, first_key(&alone)) {
                let mut alone = alone.clone();
                alone.span = key.span;
                assert_eq!(*key, alone, "another key in DER than in PEM");
                compare(block.contents(), Some(key));
            }
        }
    });
}

fn first_key(contents: &Contents) -> Option<&PrivateKey> {
    contents.texts.iter().flat_map(|text| &text.blocks).find_map(|block| block.private_key())
}

fn compare(der: &[u8], key: Option<&PrivateKey>) {
    rsa(der, key);
    ed25519(der, key);
    let p256 = (
        p256::SecretKey::from_sec1_der(der).ok().map(|it| it.public_key().to_sec1_bytes().into()),
        p256::SecretKey::from_pkcs8_der(der).ok().map(|it| it.public_key().to_sec1_bytes().into()),
    );
    point(der, Curve::P256, p256, key);
    let p384 = (
        p384::SecretKey::from_sec1_der(der).ok().map(|it| it.public_key().to_sec1_bytes().into()),
        p384::SecretKey::from_pkcs8_der(der).ok().map(|it| it.public_key().to_sec1_bytes().into()),
    );
    point(der, Curve::P384, p384, key);
    let p521 = (
        p521::SecretKey::from_sec1_der(der).ok().map(|it| it.public_key().to_sec1_bytes().into()),
        p521::SecretKey::from_pkcs8_der(der).ok().map(|it| it.public_key().to_sec1_bytes().into()),
    );
    point(der, Curve::P521, p521, key);
}

/// Whether a key is sound, and of a kind.
fn is_sound(key: Option<&PrivateKey>, algorithm: &KeyAlgorithm) -> bool {
    key.is_some_and(|key| key.algorithm == *algorithm && key.soundness == KeyConsistency::Sound)
}

fn rsa(der: &[u8], ours: Option<&PrivateKey>) {
    let of_format = match ours.map(|ours| ours.format) {
        Some(KeyFormat::Pkcs1) => RsaKeyPair::from_der(der),
        Some(_) => RsaKeyPair::from_pkcs8(der),
        None => RsaKeyPair::from_der(der).or_else(|_| RsaKeyPair::from_pkcs8(der)),
    };
    let theirs = match of_format {
        Ok(theirs) => theirs,
        Err(reason) => {
            // ring knows keys of 2048 to 4096 bits in whole multiples of 512, of two primes which have half
            // of the bits, and with an exponent of 17 to 33 bits; and PKCS#8 of version 0 with NULL for its parameters.
            let is_known = ours.is_some_and(|ours| {
                (2048..=4096).contains(&ours.bits)
                    && ours.bits % 512 == 0
                    && ours.primes == 2
                    && (17..=33).contains(&ours.exponent_bits)
            });
            let is_other = matches!(
                reason.to_string().as_str(),
                "InvalidEncoding" | "VersionNotSupported" | "WrongAlgorithm"
            );
            assert!(
                !is_known || is_other || !is_sound(ours, &KeyAlgorithm::Rsa),
                "a sound RSA key that ring calls {reason}"
            );
            return;
        }
    };
    let ours = ours.expect("ring reads an RSA key that ours does not");
    assert_eq!(ours.algorithm, KeyAlgorithm::Rsa);
    let stated = ours.stated_public_key.iter().chain(&ours.public_key);
    let theirs = PublicKeyComponents::<Vec<u8>>::from(theirs.public());
    let is_same = |numbers: &PublicNumbers| matches!(numbers, PublicNumbers::Rsa { modulus, exponent } if *modulus == theirs.n && *exponent == theirs.e);
    assert!(stated.into_iter().any(|key| is_same(&key.numbers)), "another public half than ring's");
}

fn ed25519(der: &[u8], ours: Option<&PrivateKey>) {
    let Ok(theirs) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der) else {
        return;
    };
    let ours = ours.expect("ring reads an Ed25519 key that ours does not");
    assert_eq!(ours.algorithm, KeyAlgorithm::Ed25519);
    assert_eq!(ours.soundness, KeyConsistency::Sound, "ring takes an Ed25519 key that ours calls corrupt");
    let numbers = ours.public_key.as_ref().map(|key| &key.numbers);
    let is_same = matches!(numbers, Some(PublicNumbers::Opaque(octets) | PublicNumbers::Point(octets)) if octets == theirs.public_key().as_ref());
    assert!(is_same, "another public half than ring's");
}

/// `theirs` is the public half of what is read as SEC1, and as PKCS#8.
fn point(der: &[u8], curve: Curve, theirs: (Option<Vec<u8>>, Option<Vec<u8>>), ours: Option<&PrivateKey>) {
    let algorithm = KeyAlgorithm::Ec(curve);
    let (from_sec1, from_pkcs8) = theirs;
    let same = |ours: &PrivateKey, theirs: &[u8]| {
        let numbers = ours.public_key.as_ref().map(|key| &key.numbers);
        assert!(numbers == Some(&PublicNumbers::Point(theirs.to_vec())), "another public half");
    };
    if let Some(theirs) = &from_pkcs8 {
        let ours = ours.expect("p256 and its like read a key in PKCS#8 that ours does not");
        assert_eq!(ours.algorithm, algorithm);
        same(ours, theirs);
    }
    if let (Some(theirs), Some(ours)) = (&from_sec1, ours)
        // SEC1 without a curve is a key for who knows the curve, and one of another curve may have
        // numbers that suit.
        && ours.algorithm == algorithm
    {
        same(ours, theirs);
    }
    if is_sound(ours, &algorithm) && is_plain_pkcs8(der, curve) {
        assert!(from_pkcs8.is_some(), "a sound key in PKCS#8 that others do not read");
    }
    if is_sound(ours, &algorithm) && is_plain_sec1(der, curve) {
        assert!(from_sec1.is_some(), "a sound key in SEC1 that others do not read");
    }
}

/// PrivateKeyInfo of RFC 5208 without attributes, around a plain ECPrivateKey.
fn is_plain_pkcs8(der: &[u8], curve: Curve) -> bool {
    let elements = elements(der);
    let Some([version, identifier, key]) = elements.as_deref() else { return false };
    is_element(version, Tag::Integer, &[0])
        && identifier.tag() == Tag::Sequence
        && key.tag() == Tag::OctetString
        && is_plain_sec1(key.data, curve)
}

/// An ECPrivateKey as RFC 5915 has it: ours takes more, as Go and OpenSSL do (scalars with too few and too
/// many leading zeros, and bit strings of which some bits do not count), and others do not.
fn is_plain_sec1(der: &[u8], curve: Curve) -> bool {
    let Some(elements) = elements(der) else { return false };
    let [version, scalar, rest @ ..] = elements.as_slice() else { return false };
    let is_plain = |element: &Any<'_>| {
        let content = element.data;
        match element.header.raw_tag() {
            Some([0xa0]) => content.first() == Some(&6),
            Some([0xa1]) => Any::from_der(content).is_ok_and(|(behind, bits)| {
                behind.is_empty() && bits.header.raw_tag() == Some(&[3]) && bits.data.starts_with(&[0, 4])
            }),
            _ => false,
        }
    };
    is_element(version, Tag::Integer, &[1])
        && scalar.tag() == Tag::OctetString
        && scalar.data.len() == curve.octets()
        && rest.len() <= 2
        && rest.iter().all(is_plain)
}

fn is_element(element: &Any<'_>, tag: Tag, content: &[u8]) -> bool {
    element.tag() == tag && element.data == content
}

/// What is in a sequence in DER that nothing follows.
fn elements(der: &[u8]) -> Option<Vec<Any<'_>>> {
    let (behind, sequence) = Any::from_der(der).ok()?;
    let mut rest = sequence.data;
    let mut elements = Vec::new();
    while !rest.is_empty() {
        let (after, element) = Any::from_der(rest).ok()?;
        elements.push(element);
        rest = after;
    }
    (behind.is_empty() && sequence.tag() == Tag::Sequence).then_some(elements)
}
