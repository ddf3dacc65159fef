//! A repair never loses anything: bodies mangled at random are repaired, and every field is then either as it
//! was, byte for byte, or holds just the certificates and keys that were put into it, as the crate `pem` reads
//! them.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;

use apicert::internals::api::{Field, Service};
use apicert::internals::edit::Safety;
use serde_json::{Map, Value};

use crate::armour::{MANGLES, Random};
use crate::support::{fixtures, settings};

/// How many bodies are mangled. `APICERT_MANGLED_BODIES` asks for more, `APICERT_MANGLED_SEED` for others.
const BODIES: u64 = 5_000;

/// A certificate with its chain, and its private key, as files of `fixtures/pki`.
const PAIRS: [(&[&str], &str); 6] = [
    (&["certs/leaf-p256.pem"], "keys/p256.pkcs8.pem"),
    (&["certs/leaf-p256.pem", "certs/rsa-int.pem"], "keys/p256.sec1.pem"),
    (&["certs/leaf-rsa-2048.pem", "certs/rsa-int.pem"], "keys/rsa-2048.pkcs8.pem"),
    (&["certs/leaf-rsa-2048.pem"], "keys/rsa-2048.pkcs1.pem"),
    (&["certs/leaf-sm2.pem"], "keys/sm2.pkcs8.pem"),
    (&["certs/leaf-p384.pem"], "keys/p384.pkcs8.pem"),
];

/// Text before every line, given its number.
const PREFIXES: [fn(usize) -> String; 28] = [
    |_| "app: ".to_owned(),
    |_| "app-1  | ".to_owned(),
    |_| "[pod/www-0/app] ".to_owned(),
    |_| "fullchain.pem:".to_owned(),
    |number| format!("/etc/ssl/private/server/key.pem:{number}:"),
    |number| format!("{number}:"),
    |number| format!("{number:6}\t"),
    |number| format!("{number:3} | "),
    |number| format!("{number}. "),
    |number| format!("2026-11-30T20:14:{:02}.{}Z ", number % 60, number * 7919),
    |_| "Nov 30 20:14:05 host app[17]: ".to_owned(),
    |_| "2026-11-30 20:14:05,123 INFO  [main] c.e.App - ".to_owned(),
    |_| "INFO: ".to_owned(),
    |_| "key: ".to_owned(),
    |_| "+".to_owned(),
    |_| "-".to_owned(),
    |_| "> ".to_owned(),
    |_| ">> ".to_owned(),
    |_| "# ".to_owned(),
    |_| "//".to_owned(),
    |_| " * ".to_owned(),
    |_| "| ".to_owned(),
    |_| "- ".to_owned(),
    |_| "C:\\>".to_owned(),
    |_| "$ ".to_owned(),
    |_| "\u{1b}[32m".to_owned(),
    |_| "AB".to_owned(),
    // Not the same on any two lines.
    |number| format!("{:x} ", number.wrapping_mul(0x9e37_79b9)),
];

const SUFFIXES: [&str; 12] =
    ["", " |", "\\", " \\", ";", ",", "\\n\" +", "',", "\u{1b}[0m", "<br>", " ", "  # 64"];

/// What happens to a text, and whether characters of it are lost by that.
fn mangle(text: &str, random: &mut Random, damage: &mut String) -> (String, bool) {
    let lines = || text.lines().map(str::to_owned).collect::<Vec<_>>();
    let join = |lines: Vec<String>| lines.join("\n") + "\n";
    let way = random.next(16);
    let _ = write!(damage, "{way} ");
    match way {
        // Prefix and suffix, on all lines or on some.
        0..=5 => {
            let prefix = PREFIXES[random.next(PREFIXES.len())];
            let suffix = SUFFIXES[if random.next(2) == 0 { 0 } else { random.next(SUFFIXES.len()) }];
            let from = 1 + random.next(1200);
            let spared = if random.next(4) == 0 { random.next(40) } else { usize::MAX };
            let mut lines = lines();
            for (at, line) in lines.iter_mut().enumerate().filter(|(at, _)| *at != spared) {
                *line = format!("{}{line}{suffix}", prefix(from + at));
            }
            (join(lines), false)
        }
        // A line between two others, or in the middle of one.
        6 | 7 => {
            let words =
                ["Page 2 of 3", "CONFIDENTIAL", "12/30/2026 My Company", "\u{c}", "-- 2 --", "=====", "..."]
                    [random.next(7)];
            let mut lines = lines();
            for _ in 0..=random.next(3) {
                lines.insert(random.next(lines.len() + 1), words.to_owned());
            }
            (join(lines), false)
        }
        // Two columns.
        8 => {
            let width = 80 + random.next(20);
            let lines: Vec<String> =
                lines().iter().map(|line| format!("{line:<width$}{}", "some other text here")).collect();
            (join(lines), false)
        }
        // Glued: another text before or after, without a line break.
        9 => {
            let other =
                ["key=", "MIIB", "\"-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----", "tls.crt: |"]
                    [random.next(5)];
            (
                if random.next(2) == 0 {
                    format!("{other}{text}")
                } else {
                    format!("{}{other}", text.trim_end())
                },
                false,
            )
        }
        // Doubled, the second time cut off.
        10 => {
            let cut = random.next(text.len());
            (format!("{text}{}", text.get(..cut).unwrap_or(text)), false)
        }
        // Joined by a backslash.
        11 => (text.replace('\n', "\\"), false),
        // Form decoding.
        12 => (text.replace('+', " "), text.contains('+')),
        // A character lost, or one too many.
        13 => {
            let at = random.next(text.len());
            let mut changed = text.to_owned();
            if random.next(2) == 0 {
                let at =
                    changed.char_indices().map(|(at, _)| at).take_while(|place| *place <= at).last().unwrap();
                changed.remove(at);
            } else {
                let at = if changed.is_char_boundary(at) { at } else { 0 };
                changed.insert(at, char::from(b"AQgw09+/=:* -"[random.next(13)]));
            }
            (changed, true)
        }
        // A line lost, or cut short.
        14 => {
            let mut lines = lines();
            let at = random.next(lines.len());
            if random.next(2) == 0 {
                lines.remove(at);
            } else {
                lines[at] = lines[at].chars().take(random.next(64)).collect();
            }
            (join(lines), true)
        }
        _ => {
            let (name, _, change) = &MANGLES[random.next(MANGLES.len())];
            let _ = write!(damage, "({name}) ");
            (change(text, random), false)
        }
    }
}

/// The DER of the blocks of a text, as the crate `pem` reads them; `None` when it does not.
fn blocks(text: &str) -> Option<BTreeSet<Vec<u8>>> {
    let blocks = pem::parse_many(text).ok()?;
    Some(blocks.into_iter().map(pem::Pem::into_contents).collect())
}

/// The written values of the PEM fields of a body.
fn literals(body: &[u8]) -> Vec<(Field, String)> {
    let body: Map<String, Value> = serde_json::from_slice(body).unwrap();
    Field::ALL
        .into_iter()
        .filter(|field| field.is_pem())
        .filter_map(|field| Some((field, body.get(field.name())?.as_str()?.to_owned())))
        .collect()
}

/// What one body shows: whether it was repaired, and what is wrong with that.
fn examine(seed: u64) -> (bool, Option<String>) {
    let mut random = Random(seed);
    let pki = |name: &str| fs::read_to_string(fixtures().join("pki").join(name)).unwrap();
    let (certificates, key) = PAIRS[random.next(PAIRS.len())];
    let good = [certificates.iter().map(|name| pki(name)).collect::<String>(), pki(key)];
    let mut damage = String::new();
    let mut texts = good.clone();
    for _ in 0..=random.next(3) {
        let at = random.next(2);
        texts[at] = mangle(&texts[at], &mut random, &mut damage).0;
    }
    if random.next(8) == 0 {
        texts.reverse();
        damage.push_str("exchanged");
    }
    let [certificate, private_key] = &texts;
    let body = serde_json::json!({
        "name": "cert_demo", "cert_content": certificate, "private_key": private_key,
    });
    let body = body.to_string().into_bytes();
    let before: Vec<String> = literals(&body).into_iter().map(|(_, text)| text).collect();
    let good: Vec<BTreeSet<Vec<u8>>> = good.iter().map(|text| blocks(text).unwrap()).collect();
    let is_whole = |blocks: &BTreeSet<Vec<u8>>| {
        good.iter().any(|good| good == blocks)
            // What was one field before may have become the other one.
            || good.iter().fold(BTreeSet::new(), |all, good| &all | good) == *blocks
    };
    let mut is_repaired = false;
    for least in [Safety::Safe, Safety::Unsafe] {
        let repaired = apicert::fix(&body, &settings(Service::Roma), least);
        let now = literals(repaired.body());
        let changed: Vec<_> = now.iter().filter(|(_, text)| !before.contains(text)).collect();
        is_repaired |= !changed.is_empty();
        for (field, text) in changed {
            let found = blocks(text);
            let is_kept = match (&found, least) {
                (None, _) => false,
                (Some(found), Safety::Safe) => is_whole(found),
                // An unsafe repair may drop what was glued on, and a certificate that is not the first.
                (Some(found), Safety::Unsafe) => {
                    good.iter().any(|good| good.is_superset(found)) && !found.is_empty()
                }
            };
            if !is_kept {
                return (is_repaired, Some(format!("seed {seed}, {least:?}, {field:?}: {damage}\n{text}")));
            }
        }
        // A text that is gone is in the other field.
        for text in before.iter().filter(|text| blocks(text).is_some_and(|found| is_whole(&found))) {
            let wanted = blocks(text).unwrap();
            if !now.iter().any(|(_, now)| blocks(now).is_some_and(|found| found.is_superset(&wanted))) {
                return (is_repaired, Some(format!("seed {seed}, {least:?}: a good text is gone: {damage}")));
            }
        }
    }
    (is_repaired, None)
}

#[test]
fn no_repair_of_a_mangled_body_loses_anything() {
    let number = |name: &str| std::env::var(name).ok().map(|value| value.parse::<u64>().unwrap());
    let count = number("APICERT_MANGLED_BODIES").unwrap_or(BODIES);
    let first = number("APICERT_MANGLED_SEED").unwrap_or(1) << 32;
    let workers = std::thread::available_parallelism().map_or(1, |count| count.get() as u64);
    let results = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..workers)
            .map(|worker| {
                let seeds = (first + worker..first + count).step_by(usize::try_from(workers).unwrap());
                scope.spawn(move || seeds.map(examine).collect::<Vec<_>>())
            })
            .collect();
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect::<Vec<_>>()
    });
    let failures: Vec<&String> = results.iter().filter_map(|(_, failure)| failure.as_ref()).collect();
    let repaired = results.iter().filter(|(is_repaired, _)| *is_repaired).count();
    assert!(
        failures.is_empty(),
        "{} of {count} bodies lose something\n{}",
        failures.len(),
        failures.iter().take(5).map(|text| text.as_str()).collect::<Vec<_>>().join("\n\n")
    );
    assert!(repaired as u64 > count / 4, "{repaired} repaired bodies prove little");
}

/// JSON text that is written with mistakes: characters of strings not escaped, commas before closing brackets.
fn write_faulty(value: &Value, random: &mut Random, to: &mut String) {
    let comma = |random: &mut Random| ["", "", ",", " ,\n"][random.next(4)];
    match value {
        Value::String(text) => {
            to.push('"');
            for character in text.chars() {
                match character {
                    '"' | '\\' => to.extend(['\\', character]),
                    '\0'..='\u{1f}' if random.next(3) == 0 => {
                        let _ = write!(to, "\\u{:04x}", u32::from(character));
                    }
                    _ => to.push(character),
                }
            }
            to.push('"');
        }
        Value::Array(values) => {
            to.push('[');
            for (at, value) in values.iter().enumerate() {
                to.push_str(if at == 0 { "" } else { ",\n" });
                write_faulty(value, random, to);
            }
            to.push_str(if values.is_empty() { "" } else { comma(random) });
            to.push(']');
        }
        Value::Object(fields) => {
            to.push('{');
            for (at, (name, value)) in fields.iter().enumerate() {
                to.push_str(if at == 0 { "" } else { ", " });
                write_faulty(&Value::String(name.clone()), random, to);
                to.push_str(":\t");
                write_faulty(value, random, to);
            }
            to.push_str(if fields.is_empty() { "" } else { comma(random) });
            to.push('}');
        }
        other => to.push_str(&other.to_string()),
    }
}

/// A value with strings of all kinds of characters in it.
fn any_value(random: &mut Random, depth: usize) -> Value {
    let text = |random: &mut Random| -> String {
        let pieces = [
            "a", "\n", "\r\n", "\r", "\t", "\"", "\\", ",", "}", "]", "\u{1}", "\u{1f}", "\0", "证", "😀",
            "MIIB",
        ];
        (0..random.next(8)).map(|_| pieces[random.next(pieces.len())]).collect()
    };
    match random.next(if depth == 0 { 3 } else { 5 }) {
        0 => Value::from(random.next(1000)),
        1 | 2 => Value::String(text(random)),
        3 => (0..random.next(4)).map(|_| any_value(random, depth - 1)).collect(),
        _ => {
            Value::Object((0..random.next(4)).map(|_| (text(random), any_value(random, depth - 1))).collect())
        }
    }
}

/// Faulty JSON is repaired to the value that was written, in whatever encoding.
#[test]
fn repaired_json_has_the_values_that_were_written() {
    let [certificate, key] = ["certs/leaf-p256.pem", "keys/p256.pkcs8.pem"]
        .map(|name| fs::read_to_string(fixtures().join("pki").join(name)).unwrap());
    let mut changed = 0;
    for seed in 0..2_000 {
        let mut random = Random(seed);
        let mut body = serde_json::json!({
            "name": "cert_demo", "cert_content": certificate, "private_key": key,
        });
        body["x"] = any_value(&mut random, 3);
        let mut text = String::new();
        write_faulty(&body, &mut random, &mut text);
        text.push_str(["", "\n", ",", " , \r\n"][random.next(4)]);
        if random.next(4) == 0 {
            text.insert(0, '\u{feff}');
        }
        let utf16 = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
        let input = match random.next(4) {
            0 => utf16(u16::to_le_bytes),
            1 => utf16(u16::to_be_bytes),
            _ => text.clone().into_bytes(),
        };
        let repaired = apicert::fix(&input, &settings(Service::Roma), Safety::Safe);
        let value: Value =
            serde_json::from_slice(repaired.body()).unwrap_or_else(|_| panic!("seed {seed}: {text}"));
        assert_eq!(value, body, "seed {seed}: {text}");
        changed += usize::from(repaired.is_changed());
    }
    assert!(changed > 1_900, "{changed}");
}
