//! PKCS#12, PKCS#7, encrypted keys, Kubernetes Secrets and Vault's JSON, made by other programs
//! (`fixtures/containers/make.py`).

use std::fs;

use apicert::internals::containers::{Container, Fault, Item, ItemKind, Opened, Passwords, open};
use serde_json::Value;
use zeroize::Zeroizing;

use crate::cli::{Folder, Run, apicert, with_stdin};
use crate::support::{NOW, fixtures};

fn file(name: &str) -> Vec<u8> {
    fs::read(fixtures().join("containers").join(name)).unwrap()
}

fn path(name: &str) -> String {
    fixtures().join("containers").join(name).to_str().unwrap().to_owned()
}

/// The DER of the certificates or keys of `pki`, sorted.
fn expected(folder: &str, names: &str) -> Vec<Vec<u8>> {
    let read = |name: &str| {
        let pem = fs::read(fixtures().join("pki").join(folder).join(format!("{name}.pem"))).unwrap();
        pem::parse_many(pem).unwrap().pop().unwrap().into_contents()
    };
    let mut ders: Vec<_> = names.split_whitespace().map(read).collect();
    ders.sort();
    ders
}

/// The DER of the items of a kind, sorted.
fn ders(items: &[Item], kind: ItemKind) -> Vec<Vec<u8>> {
    let mut ders = Vec::new();
    for item in items.iter().filter(|item| item.kind == kind) {
        if item.bytes.first() == Some(&0x30) {
            ders.push(item.bytes.to_vec());
        } else {
            ders.extend(pem::parse_many(&*item.bytes).unwrap().into_iter().map(pem::Pem::into_contents));
        }
    }
    ders.sort();
    ders
}

fn passwords(given: &[&str]) -> Passwords {
    Passwords::new(given.iter().map(|password| Zeroizing::new((*password).to_owned())).collect())
}

fn opened(bytes: &[u8], given: &[&str]) -> Opened {
    open(bytes, &passwords(given)).unwrap().expect("it is recognized")
}

struct Case {
    name: String,
    password: String,
    certificates: String,
    keys: String,
}

fn cases() -> Vec<Case> {
    let text = String::from_utf8(file("cases.txt")).unwrap();
    let case = |line: &str| {
        let mut fields = line.split('\t').map(str::to_owned);
        let mut next = || fields.next().unwrap();
        Case { name: next(), password: next(), certificates: next(), keys: next() }
    };
    let cases: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).map(case).collect();
    assert!(cases.len() > 40);
    cases
}

/// The algorithm of a key is written in PKCS#8 by some programs, and attributes may follow.
fn is_same_key(found: &[u8], expected: &[u8]) -> bool {
    let key = |der: &[u8]| {
        let contents = apicert::internals::inspect::Contents::read(der);
        let blocks = contents.texts.into_iter().flat_map(|text| text.blocks);
        blocks
            .into_iter()
            .find_map(|block| block.private_key().and_then(|key| key.public_key.clone()))
            .unwrap()
    };
    found == expected || key(found) == key(expected)
}

#[test]
fn what_is_in_them_is_found() {
    for Case { name, password, certificates, keys } in cases() {
        let found = opened(&file(&name), &[&password]);
        assert_eq!(found.locked, [], "{name}");
        let expected_keys = expected("keys", &keys);
        let found_keys = ders(&found.items, ItemKind::PrivateKey);
        assert_eq!(found_keys.len(), expected_keys.len(), "{name}");
        assert!(found_keys.iter().zip(&expected_keys).all(|(found, key)| is_same_key(found, key)), "{name}");
        let found_certificates = ders(&found.items, ItemKind::Certificate);
        assert!(found_certificates == expected("certs", &certificates), "{name}: other certificates");
    }
}

#[test]
fn a_wrong_password_opens_nothing() {
    for Case { name, password, .. } in cases() {
        let is_open = password.is_empty() || name.starts_with("plain");
        match open(&file(&name), &passwords(&["wrong", "also wrong"])) {
            // No MAC, or none that is right.
            Err(fault) => assert!(
                fault == Fault::WrongPassword && (name.contains("p12") || name.contains("pkcs12")),
                "{name}"
            ),
            Ok(Some(found)) => {
                let is_wrong = found.locked.iter().all(|(_, fault)| *fault == Fault::WrongPassword);
                assert!(is_wrong && found.locked.is_empty() == is_open, "{name}: {:?}", found.locked);
            }
            Ok(None) => panic!("{name} is not recognized"),
        }
        // Several are tried.
        assert_eq!(opened(&file(&name), &["wrong", &password]).locked, [], "{name}");
    }
}

#[test]
fn without_a_password_what_is_not_encrypted_is_found() {
    let counts = |name: &str| {
        let found = opened(&file(name), &[]);
        assert!(found.locked.iter().all(|(_, fault)| *fault == Fault::NeedsPassword), "{name}");
        (found.items.len(), found.locked.len())
    };
    assert_eq!(counts("modern.p12"), (0, 2));
    assert_eq!(counts("plain-certificates.p12"), (1, 1));
    assert_eq!(counts("plain.p12"), (2, 0));
    assert_eq!(counts("empty-password.p12"), (2, 0));
    assert_eq!(counts("both.pem"), (1, 1));
}

#[test]
fn other_files_are_left_alone() {
    for (folder, endings) in [("pki", ".pem"), ("accepted", ".json"), ("reference", ".json")] {
        for path in crate::support::files_below(&fixtures().join(folder), endings) {
            let name = path.to_string_lossy();
            let is_opened =
                open(&fs::read(&path).unwrap(), &passwords(&["a"])).is_ok_and(|opened| opened.is_none());
            assert!(is_opened || name.contains("encrypted"), "{name}");
        }
    }
    for text in
        ["", "{", "{}", "kind: Secret", "0", "MII", "{\"private_key\": \"a\"}", "{\"data\": {\"a\": 1}}"]
    {
        let found = open(text.as_bytes(), &passwords(&[]));
        assert!(matches!(found, Ok(None) | Err(Fault::NoFields)), "{text}");
    }
}

#[test]
fn what_would_take_too_long_is_refused() {
    let legacy = file("traditional-aes128.pem");
    assert_eq!(opened(&legacy, &["correct horse"]).container, Container::Pem);
    let modern = file("modern.p12");
    // OpenSSL's 2048 iterations.
    let at = memchr::memmem::rfind(&modern, &[2, 2, 8, 0]).unwrap();
    let mut slow = modern.clone();
    // As many bytes, in the place of the salt's end: more than four make it too large as well.
    slow.splice(at..at + 4, [2, 2, 0x7f, 0xff]);
    assert_eq!(open(&slow, &passwords(&["correct horse"])).err(), Some(Fault::WrongPassword));
    let parameters = |prf: &[u8], numbers: &[u8]| {
        let kdf = sequence(&[prf, &sequence(&[&[4, 1, 7], numbers])]);
        let aes = [
            6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 1, 0x2a, 4, 16, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
            0, 0,
        ];
        let scheme = sequence(&[&kdf, &sequence(&[&aes])]);
        let algorithm = sequence(&[&[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 5, 13], &scheme]);
        sequence(&[&algorithm, &[4, 16], &[0; 16]])
    };
    let pbkdf2 = [6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 13, 1, 5, 12];
    let scrypt = [6, 9, 0x2b, 6, 1, 4, 1, 0xda, 0x47, 4, 11];
    let n = |n: u8| [2, 4, n, 0, 0, 0, 2, 1, 8, 2, 1, 1];
    for (key, fault) in [
        (parameters(&pbkdf2, &[2, 4, 0x7f, 0xff, 0xff, 0xff]), Fault::TooExpensive),
        (parameters(&pbkdf2, &[2, 6, 1, 0, 0, 0, 0, 0]), Fault::TooExpensive),
        (parameters(&pbkdf2, &[2, 1, 0]), Fault::Malformed),
        (parameters(&scrypt, &n(0x40)), Fault::TooExpensive),
        (parameters(&scrypt, &[2, 2, 4, 0, 2, 1, 8, 2, 4, 0x40, 0, 0, 0]), Fault::TooExpensive),
        (parameters(&scrypt, &[2, 2, 4, 1, 2, 1, 8, 2, 1, 1]), Fault::Malformed),
        (parameters(&[6, 1, 0x2a], &[2, 1, 1]), Fault::Unsupported("1.2".to_owned())),
        (parameters(&pbkdf2, &[2, 1, 1]), Fault::WrongPassword),
    ] {
        let found = opened(&key, &["a"]);
        assert_eq!(found.locked, [(ItemKind::PrivateKey, fault)]);
    }
}

fn sequence(parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    assert!(content.len() < 0x80, "no longer length is written here");
    [&[0x30, u8::try_from(content.len()).unwrap()], content.as_slice()].concat()
}

#[test]
fn mutants_are_read_without_panic() {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % u64::try_from(below).unwrap()).unwrap()
    };
    let mut opened = 0;
    for Case { name, password, .. } in cases() {
        let original = file(&name);
        for _ in 0..40 {
            let mut mutant = original.clone();
            for _ in 0..=random(3) {
                if mutant.is_empty() {
                    break;
                }
                let at = random(mutant.len());
                match random(4) {
                    0 => mutant[at] = u8::try_from(random(256)).unwrap(),
                    1 => mutant[at] ^= 1 << random(8),
                    2 => drop(mutant.drain(at..(at + 1 + random(8)).min(mutant.len()))),
                    _ => mutant.truncate(at.max(1)),
                }
            }
            if let Ok(Some(found)) = open(&mutant, &passwords(&[&password])) {
                opened += 1;
                drop(apicert::internals::inspect::Contents::of_container(&found));
            }
        }
    }
    assert!(opened > 100, "{opened}: nothing is left of the structures");
}

fn build(arguments: &[&str]) -> Run {
    apicert(&[&["build", "--now", NOW, "--name", "cert_demo"], arguments].concat())
}

fn ders_of(body: &str, field: &str) -> Vec<Vec<u8>> {
    let body: Value = serde_json::from_str(body).unwrap();
    pem::parse_many(body[field].as_str().unwrap()).unwrap().into_iter().map(pem::Pem::into_contents).collect()
}

#[test]
fn bodies_are_built_of_them() {
    let folder = Folder::new();
    for Case { name, password, certificates, keys } in cases() {
        if certificates.is_empty()
            || keys.is_empty()
            || name.starts_with("sm2")
            || name.starts_with("unicode")
        {
            continue;
        }
        let secret = format!("@{}", folder.file("password", format!("{password}\r\nsecond line\n")));
        let run = build(&["--cert", &path(&name), "--password", &secret]).prints_and_ends(0);
        let mut chain = ders_of(&run.stdout, "cert_content");
        chain.sort();
        // A root is left out.
        let certificates = certificates.replace(" rsa-root", "");
        assert!(chain == expected("certs", &certificates), "{name}");
        let key = ders_of(&run.stdout, "private_key").pop().unwrap();
        assert!(is_same_key(&key, &expected("keys", &keys)[0]), "{name}");
        for text in [&run.stderr, &run.stdout] {
            assert!(password.is_empty() || !text.contains(&password), "{name}");
        }
    }
}

#[test]
fn several_files_make_one_body() {
    let pki = |name: &str| fixtures().join("pki").join(name).to_str().unwrap().to_owned();
    let folder = Folder::new();
    let password = format!("@{}", folder.file("password", "correct horse"));
    let key = path("pkcs8-aes-256-sha512.pem");
    let leaf = pki("certs/leaf-rsa-2048.pem");
    let der = folder.file("int.der", &expected("certs", "rsa-int")[0]);
    for certificates in [
        &["--cert", &leaf, "--cert", &der][..],
        &["--cert", &der, &leaf],
        &["--cert", &der, "--cert", &path("both.pem")],
        &["--cert", &path("chain.p7b")],
    ] {
        let arguments = [certificates, &["--key", &key, "--password", &password]].concat();
        let run = build(&arguments).prints_and_ends(0);
        let names = "leaf-rsa-2048 rsa-int";
        let mut chain = ders_of(&run.stdout, "cert_content");
        assert_eq!(chain[0], expected("certs", "leaf-rsa-2048")[0], "the leaf is first");
        chain.sort();
        assert!(chain == expected("certs", names), "{certificates:?}");
    }
    // The CA of a Secret.
    let secret = path("secret.yaml");
    let run = build(&["--cert", &secret, "--ca", &secret]).prints_and_ends(0);
    assert!(ders_of(&run.stdout, "trusted_root_ca") == expected("certs", "rsa-root"));
}

#[test]
fn what_is_wrong_names_the_file_and_the_option() {
    let folder = Folder::new();
    let wrong = format!("@{}", folder.file("wrong", "canary-password\n"));
    let leaf = fixtures().join("pki/certs/leaf-rsa-2048.pem").to_str().unwrap().to_owned();
    let broken = folder.file("broken.p12", &file("modern.p12")[..1000]);
    let empty = folder.file("empty.yaml", "kind: Secret\ndata:\n  password: YQ==\n");
    for (arguments, expected) in [
        (
            &["--cert", &path("modern.p12")][..],
            "modern.p12 (--cert): the certificate is encrypted; give the password with --password env:NAME",
        ),
        (
            &["--cert", &path("modern.p12"), "--password", &wrong],
            "modern.p12 (--cert): cannot be decrypted: the password of --password is wrong",
        ),
        (
            &["--cert", &path("plain-certificates.p12")],
            "plain-certificates.p12 (--cert): the private key is encrypted",
        ),
        (
            &["--cert", &leaf, "--key", &path("pkcs8.der"), "--password", &wrong],
            "pkcs8.der (--key): the private key cannot be decrypted",
        ),
        (
            &["--cert", &leaf, "--key", &path("traditional-des3.pem"), "--password", &wrong],
            "traditional-des3.pem (--key): the private key cannot be decrypted",
        ),
        (
            &["--cert", &leaf, "--key", &path("trust-store.p12"), "--password", &wrong],
            "trust-store.p12 (--key): cannot be decrypted",
        ),
        (
            &["--cert", &leaf, "--key", &path("chain.p7b")],
            "chain.p7b (--key): this PKCS#7 holds no private key",
        ),
        (&["--cert", &empty], "empty.yaml (--cert): has none of the fields tls.crt"),
        (&["--cert", &leaf], "no private key in the files of --cert; name its file with --key"),
        (&["--cert", &path("chain.p7b")], "no private key in the files of --cert; name its file with --key"),
        (
            &["--cert", &path("modern.p12"), "--password", "env:APICERT_TEST_NOT_SET"],
            "--password env:…: the environment variable APICERT_TEST_NOT_SET is not set",
        ),
        (&["--cert", &path("modern.p12"), "--password", "canary-password"], "--password"),
    ] {
        let run = build(arguments).ends(2);
        assert!(run.stderr.contains(expected), "{arguments:?}: {}", run.stderr);
        assert!(!run.stderr.contains("canary") && run.stdout.is_empty(), "{}", run.stderr);
    }
    // It is no longer recognized, and is judged as the text that it is not.
    build(&["--cert", &broken, "--key", &broken]).ends(1);
    let output = folder.path("wrong");
    let run =
        build(&["--cert", &path("secret.yaml"), "--password", &wrong, "--force", "-o", &output]).ends(2);
    assert!(run.stderr.contains("this run reads a password from it"), "{}", run.stderr);
}

#[test]
fn inspect_shows_what_is_in_them() {
    let run = with_stdin(&["inspect", "--password", "@-", &path("modern.p12")], b"correct horse\n").ends(0);
    assert!(run.stdout.contains("modern.p12: PKCS#12, 3 certificates, 1 private key"), "{}", run.stdout);
    assert!(run.stdout.contains("belongs to  certificate 1"), "{}", run.stdout);
    let run = apicert(&["inspect", &path("modern.p12")]).ends(3);
    assert!(
        run.stderr
            .contains("PKCS#12: a part with certificates is encrypted; give the password with --password"),
        "{}",
        run.stderr
    );
    let run = apicert(&["inspect", &path("plain-certificates.p12")]).ends(0);
    assert!(run.stdout.contains("PKCS#12, 1 certificate, 0 private keys"), "{}", run.stdout);
    assert!(
        run.stdout.contains("not shown: a private key is encrypted; give the password"),
        "{}",
        run.stdout
    );
    let run =
        with_stdin(&["inspect", "--password", "@-", &path("modern.p12"), &path("secret.yaml")], b"wrong")
            .ends(2);
    assert!(run.stderr.contains("modern.p12: cannot be decrypted"), "{}", run.stderr);
    assert!(
        run.stdout.contains("secret.yaml: Kubernetes Secret, 3 certificates, 1 private key"),
        "{}",
        run.stdout
    );
    let run = apicert(&["inspect", &path("vault.json"), &path("chain-pem.p7b")]).ends(0);
    assert!(run.stdout.contains("vault.json: Vault JSON, 3 certificates, 1 private key"), "{}", run.stdout);
    assert!(run.stdout.contains("chain-pem.p7b: PEM, 3 certificates, 0 private keys"), "{}", run.stdout);
    let run = apicert(&["inspect", &path("traditional-aes256.pem")]).ends(0);
    assert!(run.stdout.contains("--password decrypts it"), "{}", run.stdout);
    let run = with_stdin(
        &["inspect", "--format", "json", "--password", "@-", &path("traditional-aes256.pem")],
        b"correct horse",
    )
    .ends(0);
    assert_eq!(run.json()["keys"][0]["encrypted"], false);
}
