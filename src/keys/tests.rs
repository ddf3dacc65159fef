//! Keys of every kind, whole and damaged, against what OpenSSL, Go and Python's `cryptography` say of
//! them, and against what was done to them (`fixtures/keys/make.py`).
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may stop at what it does not expect")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::keys::*;

/// A line of `cases.txt`.
struct Case {
    name: String,
    expected: String,
    openssl: String,
    cryptography: String,
    go: String,
    sha256: Option<String>,
    der: Vec<u8>,
}

impl Case {
    fn read(&self) -> Result<PrivateKey, KeyFault> {
        read(&self.der, Span::new(3, 5))
    }
}

fn cases() -> Vec<Case> {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/keys/cases.txt"));
    let cases: Vec<Case> = text
        .lines()
        .map(|line| {
            let mut parts = line.split(" | ").map(str::to_owned);
            let mut next = || parts.next().unwrap();
            Case {
                name: next(),
                expected: next(),
                openssl: next(),
                cryptography: next(),
                go: next(),
                sha256: Some(next()).filter(|sha256| sha256 != "-"),
                der: STANDARD.decode(next()).unwrap(),
            }
        })
        .collect();
    assert!(cases.len() > 400);
    cases
}

/// What is found, in the words of `cases.txt`.
fn verdict(read: &Result<PrivateKey, KeyFault>) -> String {
    let number = |number: RsaNumber| match number {
        RsaNumber::Modulus => "n".to_owned(),
        RsaNumber::PublicExponent => "e".to_owned(),
        RsaNumber::PrivateExponent => "d".to_owned(),
        RsaNumber::Prime(0) => "p".to_owned(),
        RsaNumber::Prime(1) => "q".to_owned(),
        RsaNumber::Prime(index) => format!("prime {}", index + 1),
        RsaNumber::Exponent(0) => "dP".to_owned(),
        RsaNumber::Exponent(1) => "dQ".to_owned(),
        RsaNumber::Exponent(index) => format!("exponent {}", index + 1),
        RsaNumber::Coefficient(1) => "qInv".to_owned(),
        RsaNumber::Coefficient(index) => format!("coefficient {}", index + 1),
    };
    match read {
        Ok(key) => match key.soundness {
            KeyConsistency::Sound => "sound".to_owned(),
            KeyConsistency::NotChecked(WhyNotChecked::Size) => "not-checked size".to_owned(),
            KeyConsistency::NotChecked(WhyNotChecked::Algorithm) => {
                format!("not-checked {}", key.algorithm.describe(key.bits))
            }
            KeyConsistency::Corrupt(contradiction) => match contradiction {
                Inconsistency::WrongNumber(wrong) => format!("corrupt {}", number(wrong)),
                Inconsistency::SeveralNumbers(_) => "corrupt several".to_owned(),
                Inconsistency::Impossible(wrong, oddity) => {
                    format!("corrupt {} is {}", number(wrong), oddity.describe())
                }
                Inconsistency::ZeroScalar => "corrupt zero".to_owned(),
                Inconsistency::ScalarTooLarge => "corrupt too-large".to_owned(),
                Inconsistency::EmbeddedPublicKey => "corrupt embedded".to_owned(),
                Inconsistency::EmbeddedPointNotOnCurve => "corrupt point".to_owned(),
                Inconsistency::CurveNames => "corrupt curves".to_owned(),
            },
        },
        Err(fault) => format!(
            "unreadable {}",
            match fault {
                KeyFault::Structure => "structure",
                KeyFault::TrailingBytes => "trailing",
                KeyFault::PublicKeyBits => "bits",
                KeyFault::NoCurve => "no-curve",
                KeyFault::Truncated => "truncated",
                KeyFault::Other(ActualStructure::EncryptedKey) => "encrypted",
                KeyFault::Other(ActualStructure::Signed) => "signed",
                KeyFault::Other(ActualStructure::PublicKey) => "public-key",
                KeyFault::Other(ActualStructure::Openssh) => "openssh",
                KeyFault::NotDer(_) => "not-der",
                KeyFault::Nested(_) => "nested",
                KeyFault::Other(ActualStructure::EnvelopedKey) => "enveloped",
                KeyFault::Other(ActualStructure::Pkcs12) => "pkcs12",
            }
        ),
    }
}

#[test]
fn what_was_changed_is_what_is_named() {
    let failures: Vec<String> = cases()
        .iter()
        .map(|case| (case, verdict(&case.read())))
        .filter(|(case, found)| *found != case.expected)
        .map(|(case, found)| format!("{}: {found}, not {}", case.name, case.expected))
        .collect();
    assert!(failures.is_empty(), "{failures:#?}");
}

/// Whoever refuses a key has a reason that is found here too, and the other way round, but for what
/// is listed.
#[test]
fn agrees_with_the_others() {
    for case in cases() {
        let read = case.read();
        let is_sound = read.as_ref().is_ok_and(|key| key.soundness == KeyConsistency::Sound);
        let says = |verdict: &str| {
            [&case.openssl, &case.cryptography, &case.go].into_iter().any(|said| said == verdict)
        };
        let name = case.name.as_str();
        // OpenSSL 3.0 does not read the second version of PKCS#8, and the others no SM2.
        let is_unread_sm2 = ["sm2-pkcs8-null-inner-curve", "sm2-pkcs8-v2-public"].contains(&name);
        if is_sound {
            assert!(says("ok") || is_unread_sm2, "{name}: nobody else takes it");
        } else if read.is_ok_and(|key| matches!(key.soundness, KeyConsistency::Corrupt(_))) {
            assert!(says("bad") || says("refused"), "{name}: everybody else takes it");
        }
        if case.openssl == "bad" {
            // It wants the numbers that Go does without, and version 1 with three primes.
            let is_known = ["rsa-no-crt", "rsa-3-primes-version-0"].contains(&name);
            assert!(!is_sound || is_known, "{name}: OpenSSL says that it is damaged");
        }
        if case.go == "refused" && is_sound {
            // Refused for what they are: rules of their own.
            let is_unsupported =
                name.starts_with("sm2-") || name == "rsa-pss" || name.starts_with("rsa-2048-e-");
            assert!(is_unsupported, "{name}: Go does not take it");
        }
    }
}

/// Bytes where none belong, bit strings of every kind, fields that are missing or repeated: what Go reads is read,
/// and what Go refuses is refused, be it that the key cannot be read or that it contradicts itself
/// (`fixtures/keys/mutate.py`). The other way round Go takes some that contradict themselves.
#[test]
fn go_agrees_on_mutants() {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/keys/mutants.txt"));
    let (mut count, mut ok, mut failures) = (0, 0, Vec::new());
    for line in text.lines() {
        let [verdict, name, der] = line.split(" | ").collect::<Vec<_>>().try_into().unwrap();
        let read = read(&STANDARD.decode(der).unwrap(), Span::new(3, 5));
        let is_taken = read.as_ref().is_ok_and(|key| {
            let is_of_two_primes = key.algorithm != KeyAlgorithm::Rsa || key.primes == 2;
            key.soundness == KeyConsistency::Sound && is_of_two_primes && key.exponent_bits <= 31
        });
        count += 1;
        ok += usize::from(verdict == "ok");
        let is_right = match verdict {
            "ok" => read.as_ref().is_ok(),
            "differs" => read.as_ref().is_ok() && !is_taken,
            _ => !is_taken,
        };
        if !is_right {
            failures.push(format!("{name}: {verdict}, here {}", self::verdict(&read)));
        }
    }
    assert!(count > 3000 && ok > 1000, "{ok} of {count}");
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn public_halves_are_those_of_openssl() {
    let mut compared = 0;
    for case in cases() {
        let (Ok(key), Some(sha256)) = (case.read(), &case.sha256) else { continue };
        let Some(public_key) = &key.public_key else { continue };
        // Of two curves OpenSSL takes the inner one, and Go, as here, the outer.
        if case.name == "sm2-inner-curve-differs" {
            continue;
        }
        // OpenSSL believes what a damaged key says of itself.
        let wrong = match key.soundness {
            KeyConsistency::Corrupt(
                Inconsistency::WrongNumber(wrong) | Inconsistency::Impossible(wrong, _),
            ) => Some(wrong),
            _ => None,
        };
        if !matches!(wrong, Some(RsaNumber::Modulus | RsaNumber::PublicExponent))
            && key.stated_public_key.is_none()
        {
            assert_eq!(public_key.sha256(), *sha256, "{}", case.name);
            compared += 1;
        }
    }
    assert!(compared > 150, "{compared}");
}

fn case(name: &str) -> PrivateKey {
    cases().into_iter().find(|case| case.name == name).unwrap().read().unwrap()
}

/// Where one number of the public half is wrong, the others tell what it was.
#[test]
fn a_wrong_public_number_is_computed_from_the_others() {
    let whole = case("rsa-pkcs1").public_key;
    for name in ["rsa-n-plus-1", "rsa-n-plus-2", "rsa-n-zero", "rsa-n-negative", "rsa-e-plus-2", "rsa-e-zero"]
    {
        let key = case(name);
        assert_eq!(key.public_key, whole, "{name}");
        assert_ne!(key.stated_public_key, whole, "{name}");
    }
    for name in ["rsa-d-plus-2", "rsa-p-plus-2", "rsa-q-zero", "rsa-dP-plus-2", "rsa-qInv-plus-2"] {
        let key = case(name);
        assert_eq!((key.public_key, key.stated_public_key), (whole.clone(), None), "{name}");
    }
    let key = case("rsa-primes-of-another-key");
    assert_eq!((key.public_key, key.stated_public_key), (None, whole));
}

/// d·G is computed; what is embedded is a claim.
#[test]
fn the_embedded_point_is_not_believed() {
    for curve in ["p224", "p256", "p384", "p521", "sm2"] {
        let whole = case(&format!("{curve}-sec1")).public_key;
        let key = case(&format!("{curve}-generator"));
        assert_eq!(key.public_key, whole, "{curve}");
        assert_eq!(key.stated_public_key, case(&format!("{curve}-one")).public_key, "{curve}");
        let key = case(&format!("{curve}-scalar-bit"));
        assert_ne!(key.public_key, whole, "{curve}");
        assert_eq!(key.stated_public_key, whole, "{curve}");
        let key = case(&format!("{curve}-y-bit"));
        assert_eq!((key.public_key, key.stated_public_key), (whole.clone(), None), "{curve}");
        let key = case(&format!("{curve}-order"));
        assert_eq!((key.public_key, key.stated_public_key), (None, whole), "{curve}");
    }
}

#[test]
fn formats_and_shapes() {
    let shape = |name: &str| {
        let key = case(name);
        (key.format, key.algorithm.describe(key.bits), key.primes, key.exponent_bits)
    };
    let expected = |format, words: &str, primes, bits| (format, words.to_owned(), primes, bits);
    assert_eq!(shape("rsa-pkcs1"), expected(KeyFormat::Pkcs1, "RSA 1024 bits", 2, 17));
    assert_eq!(shape("rsa-pkcs8"), expected(KeyFormat::Pkcs8, "RSA 1024 bits", 2, 17));
    assert_eq!(shape("rsa-3-primes"), expected(KeyFormat::Pkcs1, "RSA 2048 bits", 3, 17));
    assert_eq!(shape("rsa-2048-e3"), expected(KeyFormat::Pkcs1, "RSA 2048 bits", 2, 2));
    assert_eq!(shape("rsa-2048-e-31-bits"), expected(KeyFormat::Pkcs1, "RSA 2048 bits", 2, 31));
    assert_eq!(shape("rsa-2048-e-32-bits"), expected(KeyFormat::Pkcs1, "RSA 2048 bits", 2, 32));
    assert_eq!(shape("rsa-pss"), expected(KeyFormat::Pkcs8, "RSASSA-PSS 2048 bits", 2, 17));
    assert_eq!(shape("rsa-16386-bits"), expected(KeyFormat::Pkcs1, "RSA 16386 bits", 2, 17));
    assert_eq!(shape("p384-sec1"), expected(KeyFormat::Sec1, "EC P-384", 0, 0));
    assert_eq!(shape("sm2-pkcs8"), expected(KeyFormat::Pkcs8, "SM2", 0, 0));
    assert_eq!(shape("dsa"), expected(KeyFormat::Dsa, "DSA 2048 bits", 0, 0));
}

/// Anything may come in; nothing panics, and nothing takes long.
#[test]
fn mutilated_keys_do_no_harm() {
    for case in cases().iter().filter(|case| case.der.len() < 400) {
        let mut der = case.der.clone();
        for at in 0..der.len() {
            let _ = read(der.get(..at).unwrap(), Span::at(0));
            let byte = std::mem::replace(der.get_mut(at).unwrap(), 0x80);
            // Damage in the numbers themselves is dear to judge, and judged above.
            if at < 40 || at % 64 == 0 {
                let _ = read(&der, Span::at(0));
            }
            *der.get_mut(at).unwrap() = byte;
        }
    }
}

/// No private number gets out by way of `Debug`.
#[test]
fn debug_shows_no_private_number() {
    for name in ["rsa-pkcs1", "rsa-d-plus-2", "p256-scalar-bit", "sm2-pkcs8"] {
        let shown = format!("{:?}", case(name));
        assert!(shown.len() < 500, "{name}: {shown}");
        assert!(!shown.contains('['), "{name}: lists bytes: {shown}");
    }
}

/// Every key of the list is found, by its public half.
#[test]
fn published_keys_are_known() {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/published/keys.txt"));
    assert!(text.lines().count() > 80);
    for line in text.lines() {
        let (source, spki) = line.split_once(" | ").unwrap();
        let key = crate::keys::public_key::read(&STANDARD.decode(spki).unwrap()).unwrap();
        assert_eq!(published::source_of(&key), Some(source));
    }
    let ours = cases().iter().filter_map(|case| case.read().ok()?.published).count();
    assert_eq!(ours, 0, "keys of these fixtures are not published");
}

/// A key of thousands of primes is named and not computed with: that would take hours.
#[test]
fn keys_of_many_primes_are_not_computed_with() {
    let number = |value: u8| crate::der::write_integer(&[value]);
    let other = crate::der::write(tag::SEQUENCE, &[&number(7), &number(3), &number(5)]);
    let key = |count: usize| {
        let others = crate::der::write(tag::SEQUENCE, &vec![other.as_slice(); count]);
        let mut parts: Vec<Vec<u8>> = [35, 5, 29, 5, 7, 1, 5, 3].map(number).into();
        parts.insert(0, crate::der::write(tag::INTEGER, &[&[1]]));
        parts.push(others);
        let parts: Vec<&[u8]> = parts.iter().map(Vec::as_slice).collect();
        read(&crate::der::write(tag::SEQUENCE, &parts), Span::at(0)).unwrap()
    };
    let few = key(MAX_RSA_PRIMES - 2);
    assert_eq!((few.primes, matches!(few.soundness, KeyConsistency::Corrupt(_))), (MAX_RSA_PRIMES, true));
    let many = key(100_000);
    assert_eq!(many.primes, 100_002);
    assert_eq!(many.soundness, KeyConsistency::NotChecked(WhyNotChecked::Size));
}

/// What OpenSSL says is in `fixtures/keys/ber.txt`; Go refuses them all.
#[test]
fn keys_that_openssl_rewrites_are_named() {
    let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/keys/ber.txt"));
    assert!(text.lines().count() > 90);
    for line in text.lines() {
        let [name, openssl, der] = line.split(" | ").collect::<Vec<_>>().try_into().unwrap();
        let Err(KeyFault::NotDer(form)) = read(&STANDARD.decode(der).unwrap(), Span::at(0)) else {
            panic!("{name} is not named");
        };
        assert_eq!(openssl == "refused", form == BerForm::PaddedVersion, "{name}");
        let expected: &[BerForm] = match name {
            _ if name.ends_with("padded integer") => &[BerForm::PaddedInteger, BerForm::PaddedVersion],
            _ if name.ends_with("long length") => &[BerForm::LongLength],
            _ if name.ends_with("in parts") => &[BerForm::ConstructedString],
            _ => &[BerForm::IndefiniteLength, BerForm::ConstructedString],
        };
        assert!(expected.contains(&form), "{name}: {form:?}");
    }
}
