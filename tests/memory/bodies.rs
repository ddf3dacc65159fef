//! Bodies that hold a key: as it should be, and damaged in many ways.

use std::fs;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::keys::{Key, fixtures};

fn certificate(name: &str) -> String {
    fs::read_to_string(fixtures().join("pki/certs").join(name)).unwrap()
}

/// A sound body.
pub(crate) fn sound(key: &Key) -> String {
    with(&key.pem)
}

/// A body of a key and nothing else, after which nothing is computed.
pub(crate) fn alone(key: &Key) -> String {
    json!({"private_key": key.pem}).to_string()
}

/// A body whose member `private_key` holds a text.
fn with(text: &str) -> String {
    json!({"name": "cert_demo", "cert_content": certificate("leaf-rsa-2048.pem"), "private_key": text})
        .to_string()
}

/// Bodies that hold the key where it does not belong, or not as it should be.
pub(crate) fn damaged(key: &Key) -> Vec<(&'static str, String)> {
    let pem = key.pem.as_str();
    let certificate = certificate("leaf-rsa-2048.pem");
    let base64: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
    let middle = pem.len() / 2;
    let whole = with(pem);
    let escaped: String = pem.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
    vec![
        ("on one line", with(&pem.replace('\n', " "))),
        ("line breaks spelled out", with(&pem.replace('\n', "\\n"))),
        ("line breaks spelled out twice", with(&pem.replace('\n', "\\\\n"))),
        ("in quotes", with(&format!("\"{pem}\""))),
        ("indented", with(&pem.replace('\n', "\n    "))),
        ("lines of 76 characters", {
            let (first, last) = (pem.lines().next().unwrap(), pem.lines().last().unwrap());
            let lines: Vec<&str> =
                base64.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
            with(&format!("{first}\n{}\n{last}\n", lines.join("\n")))
        }),
        ("without padding", with(&pem.replace('=', ""))),
        ("an invisible character", with(&format!("{}\u{200b}{}", &pem[..middle], &pem[middle..]))),
        ("a foreign character", with(&format!("{}*{}", &pem[..middle], &pem[middle..]))),
        ("a letter that looks alike", with(&pem.replacen('A', "\u{410}", 3))),
        ("a character missing", with(&format!("{}{}", &pem[..middle], &pem[middle + 1..]))),
        ("percent-encoded", with(&pem.replace('+', "%2B").replace('/', "%2F").replace('\n', "%0A"))),
        ("entities", with(&pem.replace('+', "&#43;").replace('/', "&#x2F;").replace('\n', "&#10;"))),
        ("base64 of the text", with(&STANDARD.encode(pem))),
        ("base64 of base64 of the text", with(&STANDARD.encode(STANDARD.encode(pem)))),
        ("without armour", with(&base64)),
        ("base64url", with(&pem.replace('+', "-").replace('/', "_"))),
        ("without an end", with(&pem[..pem.rfind("-----END").unwrap()])),
        ("a misspelt boundary", with(&pem.replacen("-----BEGIN", "----BEGIN", 1))),
        ("text around it", with(&format!("here is the key:\n{pem}\nkeep it safe\n"))),
        ("headers", with(&pem.replacen("-----\n", "-----\nComment: mine\n\n", 1))),
        ("twice", with(&format!("{pem}{pem}"))),
        ("the certificate's label", with(&pem.replace("PRIVATE KEY", "CERTIFICATE"))),
        ("another label", with(&pem.replace("PRIVATE KEY", "EC PRIVATE KEY"))),
        ("swapped", json!({"name": "cert_demo", "cert_content": pem, "private_key": certificate}).to_string()),
        ("both in one", json!({"name": "a", "cert_content": format!("{certificate}{pem}"), "private_key": pem}).to_string()),
        ("in the name", json!({"name": pem, "type": pem, "instance_id": pem, "algorithm_type": pem}).to_string()),
        ("in an unknown member", json!({"name": "a", "privateKey": pem, "key": pem}).to_string()),
        ("as the name of a member", json!({"name": "a", pem: 1, base64.as_str(): 2}).to_string()),
        ("in a list", json!({"name": "a", "private_key": [pem, {"a": pem}]}).to_string()),
        ("for SM2", json!({"name": "a", "algorithm_type": "SM2", "cert_content": certificate, "private_key": pem, "cert_content_sign": pem, "private_key_sign": pem}).to_string()),
        ("a member twice", whole.replacen('{', &format!("{{\"private_key\": {}, ", json!(pem)), 1)),
        ("every character escaped", whole.replace(&json!(pem).to_string(), &format!("\"{escaped}\""))),
        ("truncated", whole[..whole.rfind(&base64[base64.len() - 20..]).unwrap_or(whole.len() - 40)].to_owned()),
        ("a bad escape", whole.replacen("\\n", "\\q", 2)),
        ("a raw line break", whole.replace("\\n", "\n")),
        ("no JSON at all", pem.to_owned()),
        ("a string", json!(pem).to_string()),
        ("a comma too many", whole.replace('}', ",}")),
        ("in single quotes", whole.replace('"', "'")),
    ]
}
