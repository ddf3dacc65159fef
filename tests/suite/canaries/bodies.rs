//! Bodies with canaries wherever a key can stand.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::search::Canaries;
use crate::support::fixtures;

const MEMBERS: [&str; 9] = [
    "name",
    "cert_content",
    "private_key",
    "type",
    "instance_id",
    "trusted_root_ca",
    "algorithm_type",
    "cert_content_sign",
    "private_key_sign",
];

/// The kinds of bodies.
pub(super) const KINDS: [fn(&mut Canaries) -> Vec<u8>; 34] = [
    |c| full(c).to_string().into(),
    |c| one_member(c),
    |c| beside_sound(c, "private_key"),
    |c| beside_sound(c, "cert_content"),
    |c| beside_sound(c, "name"),
    |c| beside_sound(c, "type"),
    |c| beside_sound(c, "instance_id"),
    |c| named(c),
    |c| {
        let (number, text) = (c.digits(60), c.any());
        format!(
            "{{\"private_key\": {number}, \"name\": -{number}.5e{}, \"cert_content\": [{}]}}",
            c.digits(5),
            json!(text)
        )
        .into()
    },
    |c| {
        json!({"private_key": {c.any(): c.any()}, "cert_content": [[c.any()], {"a": {"b": c.any()}}], "name": true}).to_string().into()
    },
    |c| json!({"private_key": [c.any(), c.any()], "type": {"private_key": c.any()}}).to_string().into(),
    // No JSON.
    |c| full(c).to_string().replacen("\", \"", "\" \"", 1).replacen("\":", "\"", 1).into(),
    |c| truncated(c),
    |c| truncated(c),
    |c| escape(c, "\\q"),
    |c| escape(c, "\\u12"),
    |c| escape(c, "\\ud800"),
    |c| escape(c, "\n"),
    |c| escape(c, "\u{0}"),
    |c| escape(c, "\""),
    |c| c.any().into(),
    |c| json!(c.any()).to_string().into(),
    |c| format!("{}{}", full(c), c.any()).into(),
    |c| format!("// {}\n{}", c.any(), full(c)).into(),
    |c| full(c).to_string().replace('"', "'").into(),
    |c| format!("private_key: {}\nname: {}\n", c.any(), c.any()).into(),
    |c| {
        let (name, text) = (c.base64(40), c.any());
        format!("{{{name}: {text}, \"private_key\": {}}}", c.word(40)).into()
    },
    |c| {
        let mut body = full(c).to_string().into_bytes();
        let at = c.random.below(body.len());
        body.insert(at, 0xff);
        body
    },
    |c| {
        let text = full(c).to_string();
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    },
    |c| damaged(c),
    |c| damaged(c),
    |c| damaged(c),
    |c| placeholder(c),
    |c| twice(c),
];

/// A canary in every member, and in some that there are not.
fn full(canaries: &mut Canaries) -> Value {
    let mut body = serde_json::Map::new();
    for member in MEMBERS {
        body.insert(member.to_owned(), canaries.any().into());
    }
    body.insert(canaries.base64(40), canaries.any().into());
    body.insert("privateKey".to_owned(), canaries.any().into());
    if canaries.random.below(2) == 0 {
        body.insert("algorithm_type".to_owned(), "SM2".into());
    }
    if canaries.random.below(2) == 0 {
        body.insert("type".to_owned(), "instance".into());
    }
    body.into()
}

fn one_member(canaries: &mut Canaries) -> Vec<u8> {
    let member = canaries.random.of(&MEMBERS);
    json!({ member: canaries.any() }).to_string().into()
}

/// A sound body but for one member.
fn beside_sound(canaries: &mut Canaries, member: &str) -> Vec<u8> {
    let path = fixtures().join("accepted/roma/key-p256-pkcs8.json");
    let mut body: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    body[member] = canaries.any().into();
    body.to_string().into()
}

/// Canaries as names, of such a length that they are not shown.
fn named(canaries: &mut Canaries) -> Vec<u8> {
    let names = [
        canaries.base64(33),
        canaries.word(33),
        canaries.word(64),
        canaries.base64(12) + "+",
        canaries.any(),
        format!("private_key {}", canaries.word(20)),
        format!("{}\u{0}", canaries.word(20)),
    ];
    let mut body: serde_json::Map<String, Value> =
        names.into_iter().map(|name| (name, canaries.any().into())).collect();
    body.insert("name".to_owned(), "cert_demo".into());
    // Escaped, and a second time.
    let text = Value::from(body).to_string();
    let escaped = canaries.base64(40);
    let escaped: String = escaped.bytes().map(|byte| format!("\\u{byte:04x}")).collect();
    text.replacen('{', &format!("{{\"{escaped}\": 1, \"{escaped}\": 2, "), 1).into()
}

fn truncated(canaries: &mut Canaries) -> Vec<u8> {
    let text = full(canaries).to_string().into_bytes();
    let length = canaries.random.below(text.len());
    text[..length].to_vec()
}

/// Something wrong in the midst of a text.
fn escape(canaries: &mut Canaries, escape: &str) -> Vec<u8> {
    let (before, after) = (canaries.base64(70), canaries.base64(70));
    let member = canaries.random.of(&MEMBERS);
    format!("{{\"{member}\": \"{before}{escape}{after}\", \"{before}{escape}\": \"{after}\"}}").into()
}

/// The end of BEGIN's line, and the headers of an encrypted key.
const ENCRYPTED: &str =
    "-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,000102030405060708090A0B0C0D0E0F\n\n";

/// Armour that is damaged.
fn damaged(canaries: &mut Canaries) -> Vec<u8> {
    let pem = canaries.block("PRIVATE KEY");
    let middle = pem.len() / 2;
    let words = canaries.base64(30);
    let damages: [fn(&str, &str, usize) -> String; 27] = [
        |pem, _, _| pem.replace('\n', " "),
        |pem, _, _| pem.replace('\n', "\\n"),
        |pem, _, _| pem.replace('\n', ""),
        |pem, _, _| format!("'{pem}'"),
        |pem, _, middle| format!("{}\u{200b}{}", &pem[..middle], &pem[middle..]),
        |pem, _, middle| format!("{}*{}", &pem[..middle], &pem[middle..]),
        |pem, _, middle| pem[..middle].to_owned(),
        |pem, _, middle| pem[middle..].to_owned(),
        |pem, _, _| pem.replace('+', "%2B").replace('/', "%2F").replace('\n', "%0A"),
        |pem, _, _| pem.replace('\n', "<br>"),
        |pem, _, _| STANDARD.encode(pem),
        |pem, _, _| STANDARD.encode(STANDARD.encode(pem)),
        |pem, _, _| pem.lines().filter(|line| !line.starts_with("-----")).collect(),
        |pem, _, _| pem.replace('+', "-").replace('/', "_"),
        |pem, _, _| pem.replace("-----", "----"),
        |pem, words, _| pem.replacen("-----\n", &format!("-----\nComment: {words}\n\n"), 1),
        |pem, words, _| {
            let headers = format!("-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: {words}\n\n");
            pem.replacen("-----\n", &headers, 1)
        },
        |pem, _, _| pem.replacen("-----\n", ENCRYPTED, 1).replace('\n', ""),
        |pem, _, _| {
            // As YAML folds lines.
            let pem = pem.replacen("-----\n", ENCRYPTED, 1).replace("\n\n", "|");
            pem.replace('\n', " ").replace('|', "\n")
        },
        |pem, _, _| {
            let pem = pem.replacen("-----\n", ENCRYPTED, 1).replace('\n', "");
            pem.replacen("-----Proc", "-----\nProc", 1).replacen("-----END", "\n-----END", 1)
        },
        |pem, words, _| format!("{words}\n{pem}\n{words}\n"),
        |pem, words, _| pem.replace("PRIVATE KEY", words),
        |pem, words, _| pem.replacen("PRIVATE KEY", &format!("{words} PRIVATE KEY"), 1),
        |pem, words, _| pem.replacen("BEGIN", words, 1),
        |pem, _, _| pem.replace("PRIVATE KEY", "CERTIFICATE"),
        |pem, _, _| format!("-----BEGIN CERTIFICATE-----\n{pem}-----END CERTIFICATE-----\n"),
        |pem, _, _| pem.replace("-----", "\u{2014}\u{2014}-"),
    ];
    let damage = canaries.random.of(&damages);
    let text = damage(&pem, &words, middle);
    json!({"name": "cert_demo", "cert_content": text, "private_key": text, "trusted_root_ca": text})
        .to_string()
        .into()
}

/// What stands where something is to be filled in.
fn placeholder(canaries: &mut Canaries) -> Vec<u8> {
    let mut body = serde_json::Map::new();
    for member in MEMBERS {
        let text = canaries.base64(40);
        let placeholders = [
            format!("${{{text}}}"),
            format!("{{{{ {text} }}}}"),
            format!("<{text}>"),
            format!("${text}"),
            format!("%{text}%"),
            format!("file:///{text}.pem"),
            format!("@/etc/{text}"),
            format!("vault:{text}#{text}"),
            format!("your {text} here"),
            format!("{text}..."),
        ];
        body.insert(member.to_owned(), canaries.random.of(&placeholders).into());
    }
    let text = Value::from(body).to_string();
    // Without quotes it is no JSON.
    if canaries.random.below(2) == 0 { text.replace("\"$", "$").into() } else { text.into() }
}

/// The same member more than once.
fn twice(canaries: &mut Canaries) -> Vec<u8> {
    let (one, other) = (json!(canaries.any()), json!(canaries.any()));
    format!("{{\"private_key\": {one}, \"PRIVATE_KEY\": {other}, \"private_key\": null, \"cert_content\": {one}, \"certContent\": {other}}}").into()
}
