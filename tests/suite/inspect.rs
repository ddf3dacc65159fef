//! `inspect`: what it says of bodies, PEM files and DER files, compared with what OpenSSL says of them
//! (`fixtures/inspect/make.py`), and that nothing of a private key is in it.

use std::collections::HashSet;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use apicert::internals::inspect::{self as contents, Contents};
use apicert::internals::output::inspect;
use serde_json::{Value, json};

use crate::support::{files, fixtures};

/// What the JSON line says of some bytes.
fn seen(bytes: &[u8]) -> Value {
    let line = contents::json::line("x", &Contents::read(bytes));
    assert!(!line.contains('\n'), "one line");
    serde_json::from_str(&line).unwrap()
}

fn shown(bytes: &[u8]) -> String {
    let mut text = Vec::new();
    inspect::text("x", &Contents::read(bytes), &mut text).unwrap();
    String::from_utf8(text).unwrap()
}

fn pki(name: &str) -> Vec<u8> {
    fs::read(fixtures().join("pki").join(name)).unwrap()
}

fn pem(names: &[&str]) -> Vec<u8> {
    names.iter().flat_map(|name| pki(name)).collect()
}

/// The DER of the last block: a key may have parameters before it.
fn der(pem: &[u8]) -> Vec<u8> {
    pem::parse_many(pem).unwrap().pop().unwrap().into_contents()
}

/// The exit code, standard output and standard error of the binary.
fn run(arguments: &[&str], stdin: &[u8]) -> (Option<i32>, String, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_apicert"))
        .arg("inspect")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let _ = child.stdin.take().unwrap().write_all(stdin);
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

fn path(name: &str) -> String {
    fixtures().join(name).to_str().unwrap().to_owned()
}

#[test]
fn openssl_says_the_same() {
    let recorded = fs::read_to_string(fixtures().join("inspect/openssl.ndjson")).unwrap();
    let (mut certificates, mut keys, mut unknown) = (0, 0, 0);
    for line in recorded.lines() {
        let openssl: Value = serde_json::from_str(line).unwrap();
        let name = openssl["file"].as_str().unwrap();
        let text = fs::read(fixtures().join(name)).unwrap();
        for bytes in [der(&text), text] {
            let seen = seen(&bytes);
            if let Some(sha256) = openssl.get("key_sha256") {
                let key = &seen["keys"][0];
                assert_eq!(key["encrypted"], false, "{name}");
                assert_eq!(key["format"], format_of(name), "{name}");
                if is_of_unknown_kind(name) {
                    unknown += 1;
                    assert_eq!(key["spki_sha256"], Value::Null, "{name}");
                } else {
                    keys += 1;
                    assert_eq!(key["spki_sha256"], *sha256, "{name}");
                }
                continue;
            }
            certificates += 1;
            let certificate = &seen["certificates"][0];
            for member in ["sha256", "spki_sha256", "subject", "issuer_name", "is_ca", "key_usage"] {
                assert_eq!(certificate[member], openssl[member], "{member} of {name}");
            }
            assert_eq!(extensions(certificate), openssl["extensions"], "extensions of {name}");
            for member in ["not_before", "not_after", "serial_number"] {
                assert_eq!(certificate["metadata"][member], openssl[member], "{member} of {name}");
            }
        }
    }
    assert!(certificates > 90 && keys > 120 && unknown > 20, "{certificates} {keys} {unknown}");
}

/// Of each extension its name, whether it is critical, and its details, as they are recorded.
fn extensions(certificate: &Value) -> Value {
    let all = certificate["extensions"].as_array().unwrap().iter().map(|extension| {
        let name = if extension["name"].is_null() { &extension["oid"] } else { &extension["name"] };
        let details = extension["details"].as_array().unwrap().iter();
        let details: Vec<Value> = details.map(|detail| json!([detail["kind"], detail["value"]])).collect();
        let is_read = extension["status"] == "read";
        json!([name, extension["critical"], if is_read { json!(details) } else { Value::Null }])
    });
    all.collect()
}

#[test]
fn extensions_are_shown_by_name() {
    let file = fs::read(fixtures().join("inspect/extensions-leaf.pem")).unwrap();
    let text = shown(&file);
    for line in [
        "      basicConstraints, critical\n        CA              false\n",
        "        CPS             https://example.com/cps\n",
        "        OCSP            URI:http://ocsp.example.com\n",
        "        timestamp       2026-01-01T00:00:00Z, log 0001020304050607\n",
        "      1.3.6.1.4.1.99999.2: unknown, 2 bytes\n",
        // A NULL where names should be.
        "      subjectInfoAccess: malformed, 2 bytes\n",
    ] {
        assert!(text.contains(line), "{line}{text}");
    }
    assert!(text.lines().all(|line| line.chars().count() <= 80), "{text}");
    let none = shown(&fs::read(fixtures().join("rules/root-not-ca/good.json")).unwrap());
    assert!(none.contains("    extensions  none\n"), "{none}");
}

#[test]
fn a_certificate_whose_extensions_cannot_be_read_is_still_shown() {
    let mut whole = der(&pki("certs/leaf-p256.pem"));
    // The version: a negative number, which x509-parser refuses and our reader reports.
    assert_eq!(whole[8..13], [0xa0, 3, 2, 1, 2]);
    whole[12] = 0x80;
    let certificate = &seen(&whole)["certificates"][0];
    assert_eq!(certificate["extensions"], Value::Null);
    assert!(certificate["subject"].as_str().unwrap().contains("CN=www.example.com"));
    let text = shown(&whole);
    assert!(text.contains("    extensions  not shown: x509-parser cannot read this certificate\n"), "{text}");
    assert!(text.contains("CN=www.example.com"), "{text}");
}

fn format_of(name: &str) -> &'static str {
    match name.split('.').nth(1).unwrap() {
        kind if kind.starts_with("pkcs8") => "PKCS#8",
        kind if kind.starts_with("sec1") || kind == "sm2" => "SEC1",
        "pkcs1" => "PKCS#1",
        "dsa" => "DSA",
        other => panic!("{other}"),
    }
}

/// Kinds of keys of which no public half is computed.
fn is_of_unknown_kind(name: &str) -> bool {
    ["brainpool", "secp256k1", "explicit", "dsa", "ed448", "x25519"].iter().any(|kind| name.contains(kind))
}

#[test]
fn the_damaged_reference_example_is_read_as_if_repaired() {
    let seen = seen(&fs::read(fixtures().join("reference/request.json")).unwrap());
    let documented = fs::read(fixtures().join("reference/expected-certificate.json")).unwrap();
    let documented: Value = serde_json::from_slice(&documented).unwrap();
    let certificate = &seen["certificates"][0];
    for (member, value) in documented.as_object().unwrap() {
        assert_eq!(certificate["metadata"][member], *value, "{member}");
    }
    assert_eq!(certificate["pointer"], "/private_key");
    assert_eq!(certificate["chain"], json!({"place": "leaf", "issuer": null, "signature": "not-checked"}));
    assert_eq!(
        seen["keys"],
        json!([{
            "format": "PKCS#8", "algorithm": "RSA", "bits": 2048, "curve": null, "encrypted": false,
            // openssl pkey -pubout -outform DER | sha256sum, of the repaired key.
            "spki_sha256": "da7980d25cd596bbf646dd046e8819ecbb8facf98f49a9f68875a2175ee694f9",
            "matches": [0], "pointer": "/cert_content", "block": 1
        }])
    );
    let text = shown(&fs::read(fixtures().join("reference/request.json")).unwrap());
    assert!(text.contains("/cert_content is damaged and is read as if repaired"), "{text}");
    assert!(text.contains("signature not checked"), "{text}");
    assert!(text.contains("belongs to  certificate 1"), "{text}");
}

#[test]
fn a_file_may_hold_a_chain_and_keys_in_any_order() {
    let names = [
        "keys/p256.sec1-params.pem",
        "certs/rsa-int.pem",
        "certs/leaf-rsa-2048.pem",
        "certs/rsa-root.pem",
        "keys/rsa-2048.pkcs1.pem",
        "certs/other-root.pem",
        "certs/rsa-int.pem",
    ];
    let seen = seen(&pem(&names));
    let chain: Vec<Value> = (0..5).map(|index| seen["certificates"][index]["chain"].clone()).collect();
    assert_eq!(chain[0], json!({"place": "intermediate", "issuer": 2, "signature": "valid"}));
    assert_eq!(chain[1], json!({"place": "leaf", "issuer": 0, "signature": "valid"}));
    assert_eq!(chain[2], json!({"place": "root", "issuer": 2, "signature": "valid"}));
    assert_eq!(chain[3], json!({"place": "stranger", "issuer": 3, "signature": "valid"}));
    assert_eq!(chain[4], json!({"place": "copy", "issuer": 2, "signature": "valid"}));
    assert_eq!(seen["keys"][0]["matches"], json!([]));
    assert_eq!(seen["keys"][0]["format"], "SEC1");
    assert_eq!(seen["keys"][0]["block"], 2);
    assert_eq!(seen["keys"][1]["matches"], json!([1]));
    assert_eq!(seen["others"], json!([{"what": "EC parameters", "pointer": null, "block": 1}]));
    assert_eq!(seen["certificates"][1]["pointer"], Value::Null);
    assert_eq!(seen["certificates"][1]["self_signed"], false);
    assert_eq!(seen["certificates"][2]["self_signed"], true);
}

#[test]
fn an_authority_alone_is_no_leaf() {
    assert_eq!(seen(&pki("certs/sm2-root.pem"))["certificates"][0]["chain"]["place"], "root");
    assert_eq!(seen(&pki("certs/rsa-int.pem"))["certificates"][0]["chain"]["place"], "intermediate");
    assert_eq!(
        seen(&pki("certs/leaf-rsa-2048-self-signed.pem"))["certificates"][0]["chain"]["place"],
        "leaf"
    );
}

#[test]
fn a_root_beside_the_chain_is_found() {
    let text = |names: &[&str]| String::from_utf8(pem(names)).unwrap();
    let body = json!({
        "name": "cert_demo",
        "cert_content": text(&["certs/leaf-rsa-2048.pem", "certs/rsa-int.pem"]),
        "private_key": text(&["keys/rsa-2048.pkcs8.pem"]),
        "trusted_root_ca": text(&["certs/rsa-root.pem"]),
        "cert_content_sign": text(&["certs/leaf-sm2-sign.pem"]),
    });
    let seen = seen(body.to_string().as_bytes());
    let chain = |index: usize| seen["certificates"][index]["chain"].clone();
    assert_eq!(chain(0), json!({"place": "leaf", "issuer": 1, "signature": "valid"}));
    assert_eq!(chain(1), json!({"place": "intermediate", "issuer": 2, "signature": "valid"}));
    assert_eq!(chain(2), json!({"place": "anchor", "issuer": 2, "signature": "valid"}));
    assert_eq!(seen["certificates"][2]["pointer"], "/trusted_root_ca");
    let what = "not looked into, as algorithm_type is not SM2";
    assert_eq!(seen["others"], json!([{"what": what, "pointer": "/cert_content_sign", "block": null}]));
}

#[test]
fn a_signature_of_another_key_is_said_to_be_one() {
    let broken = fs::read(fixtures().join("rules/broken-chain/bad.json")).unwrap();
    let broken = shown(&broken);
    assert!(broken.contains("by name; the signature is invalid"), "{broken}");
}

#[test]
fn a_signature_that_cannot_be_checked_is_said_not_to_be() {
    let unchecked = fixtures().join("rules/broken-chain");
    let mut said = 0;
    for path in files(&unchecked, ".json") {
        let text = shown(&fs::read(&path).unwrap());
        said += usize::from(text.contains("signature not checked: "));
    }
    assert!(said > 0, "no fixture has a signature that cannot be checked");
}

#[test]
fn encrypted_keys_are_named_by_their_labels() {
    for (name, format, algorithm) in [
        ("rsa-2048.pkcs8-encrypted", "PKCS#8", Value::Null),
        ("rsa-2048.legacy-encrypted", "PKCS#1", json!("RSA")),
        ("p256.legacy-encrypted", "SEC1", json!("EC")),
    ] {
        let seen = seen(&pki(&format!("keys/{name}.pem")));
        let expected = json!([{
            "format": format, "algorithm": algorithm, "bits": null, "curve": null, "encrypted": true,
            "spki_sha256": null, "matches": [], "pointer": null, "block": 1
        }]);
        assert_eq!(seen["keys"], expected, "{name}");
    }
    let seen = seen(&der(&pki("keys/rsa-2048.pkcs8-encrypted.pem")));
    assert_eq!(seen["keys"][0]["encrypted"], true);
    assert_eq!(seen["keys"][0]["format"], "PKCS#8");
}

#[test]
fn names_of_every_kind_are_shown() {
    let seen = seen(&fs::read(fixtures().join("inspect/odd.pem")).unwrap());
    let certificate = &seen["certificates"][0];
    let names = json!([
        "odd.example.com",
        "IP:192.0.2.1",
        "IP:2001:db8::1",
        "email:post@example.com",
        "URI:https://example.com/a"
    ]);
    assert_eq!(certificate["subject_alt_names"], names);
    assert_eq!(certificate["metadata"]["san"], json!(["odd.example.com"]));
    assert_eq!(
        certificate["extended_key_usage"],
        json!(["serverAuth", "emailProtection", "1.3.6.1.4.1.99999.1"])
    );
    assert_eq!(certificate["key"], json!({"algorithm": "EC", "bits": 256, "curve": "P-256"}));
}

#[test]
fn text_that_is_not_utf_8_stands_in_nobodys_way() {
    let mut text = b"Bag Attributes\n    friendlyName: M\xfcller\n".to_vec();
    text.extend(pki("certs/leaf-p256.pem"));
    let crlf = String::from_utf8(pki("keys/p256.pkcs8.pem")).unwrap().replace('\n', "\r\n");
    text.extend(crlf.bytes());
    let seen = seen(&text);
    assert_eq!(seen["keys"][0]["matches"], json!([0]));
}

#[test]
fn exit_codes() {
    let good = path("pki/certs/leaf-p256.pem");
    let (code, stdout, stderr) = run(&[&good], b"");
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    assert!(stdout.starts_with(&format!("{good}: PEM, 1 certificate, 0 private keys\n")), "{stdout}");
    // Standard input, and its name.
    let (code, stdout, _) =
        run(&["--format", "json", "--stdin-filename", "k.pem", "-"], &pki("keys/p256.sec1.pem"));
    assert_eq!(code, Some(0));
    let line: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!((&line["path"], &line["keys"][0]["algorithm"]), (&json!("k.pem"), &json!("EC")));

    let csr = "a signed structure, such as a certificate request or a revocation list";
    let whole = der(&pki("certs/leaf-p256.pem"));
    let trailing = [whole.as_slice(), b"x"].concat();
    let other = |name: &str| fs::read(fixtures().join("inspect").join(name)).unwrap();
    let (request, bundle) = (other("request.der"), other("bundle.p12"));
    for (input, message) in [
        (&b""[..], "only whitespace"),
        (b"hello", "no readable certificate or private key"),
        (b"{\"name\": \"x\"}", "no readable certificate or private key"),
        (b"{\"private_key\": ", "not valid JSON"),
        (&whole[..100], "truncated"),
        (&trailing, "a certificate with trailing data"),
        (&request, csr),
        (&bundle, "PKCS#12"),
        (&[0xfe, 0xed, 0xfe, 0xed, 0, 0, 0, 2, 0, 0, 0, 1, 0xff, 0xff], "no certificate or private key"),
    ] {
        let (code, stdout, stderr) = run(&["--format", "json", "-"], input);
        assert_eq!(code, Some(3), "{stderr}");
        assert!(stderr.contains(message), "{stderr}");
        let line: Value = serde_json::from_str(&stdout).unwrap();
        assert_eq!((&line["certificates"], &line["keys"]), (&json!([]), &json!([])));
    }
    // One of several is enough, and what cannot be read at all wins.
    assert_eq!(run(&[&good, "-"], b"hello").0, Some(3));
    let (code, stdout, stderr) = run(&[&good, "-", &path("missing.pem")], b"hello");
    assert_eq!(code, Some(2));
    assert!(stdout.contains("1 certificate") && stderr.contains("no such file"), "{stdout}{stderr}");
    assert_eq!(run(&[&path("pki")], b"").0, Some(3), "a folder is searched for bodies");
    assert_eq!(run(&["--format", "yaml", &good], b"").0, Some(2));
}

#[test]
fn nothing_of_a_private_key_is_shown() {
    let mut files_seen = 0;
    for path in files(&fixtures().join("pki/keys"), ".pem") {
        let text = fs::read(&path).unwrap();
        let blocks = pem::parse_many(&text).unwrap();
        let octets = blocks.last().unwrap().contents().to_vec();
        let hexadecimal: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
        // Two octets of length and the like are everywhere; twelve characters are not.
        let pieces: HashSet<&[u8]> = text
            .split(|byte| !(byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')))
            .filter(|run| run.len() > 12)
            .chain([hexadecimal.as_bytes()])
            .flat_map(|run| run.windows(12))
            .collect();
        for bytes in [&text, &octets] {
            let contents = Contents::read(bytes);
            let outputs = [shown(bytes), seen(bytes).to_string(), format!("{contents:?}")];
            for (which, output) in outputs.iter().enumerate() {
                let leak = output.as_bytes().windows(12).any(|window| pieces.contains(window));
                assert!(!leak, "output {which} of {} holds a piece of the key", name(&path));
            }
            files_seen += 1;
        }
    }
    assert!(files_seen > 200);
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}
