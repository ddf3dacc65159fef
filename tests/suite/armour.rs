//! PEM texts that are mangled, alone and in combinations of two and three: all that can be repaired
//! is read on as if it were, and fixed means accepted, with the same DER inside.

use std::fs;

use apicert::api::{Field, Service};
use apicert::edit;
use apicert::edit::Safety;
use apicert::facts::Facts;
use apicert::problem::Severity;
use apicert::rules;
use apicert::rules::{Family, RULES, Rule, RuleMatch};
use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::support::{fixtures, settings};

/// The decoder of Go's `encoding/pem`, line for line of its documentation, as an oracle that knows
/// nothing of the scanner. That it is Go's is tested against Go's own answers.
pub(crate) fn go_decode(text: &str) -> Vec<(String, Vec<u8>)> {
    let base64 = GeneralPurpose::new(
        &STANDARD,
        GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(DecodePaddingMode::RequireCanonical),
    );
    let line = |text: &str| -> (String, usize) {
        let (end, next) = text.find('\n').map_or((text.len(), text.len()), |at| (at, at + 1));
        let line = &text[..end];
        let line = if next > end { line.strip_suffix('\r').unwrap_or(line) } else { line };
        (line.trim_end_matches([' ', '\t']).to_owned(), next)
    };
    let mut blocks = Vec::new();
    let mut rest = text;
    'blocks: loop {
        rest = match (rest.strip_prefix("-----BEGIN "), rest.find("\n-----BEGIN ")) {
            (Some(after), _) => after,
            (None, Some(at)) => &rest[at + "\n-----BEGIN ".len()..],
            (None, None) => return blocks,
        };
        let (label, next) = line(rest);
        rest = &rest[next..];
        let Some(label) = label.strip_suffix("-----") else { continue };
        let mut has_headers = false;
        let mut body = rest;
        loop {
            if body.is_empty() {
                return blocks;
            }
            let (header, next) = line(body);
            if !header.contains(':') {
                break;
            }
            has_headers = true;
            body = &body[next..];
        }
        rest = body;
        let (end, trailer) = match body.find("\n-----END ") {
            _ if !has_headers && body.starts_with("-----END ") => (0, "-----END ".len()),
            Some(at) => (at, at + "\n-----END ".len()),
            None => continue,
        };
        let Some(after) = body[trailer..].strip_prefix(label).and_then(|after| after.strip_prefix("-----"))
        else {
            continue 'blocks;
        };
        if !line(after).0.is_empty() {
            continue;
        }
        let letters: String =
            body[..end].chars().filter(|letter| !matches!(letter, ' ' | '\t' | '\r' | '\n')).collect();
        let Ok(der) = base64.decode(letters) else { continue };
        blocks.push((label.to_owned(), der));
        rest = &after[line(after).1..];
    }
}

#[test]
fn the_oracle_is_go() {
    let answers = fs::read_to_string(fixtures().join("pem/go.ndjson")).unwrap();
    for answer in answers.lines() {
        let answer: serde_json::Value = serde_json::from_str(answer).unwrap();
        let text = answer["text"].as_str().unwrap();
        let expected: Vec<(String, Vec<u8>)> = answer["blocks"]
            .as_array()
            .unwrap()
            .iter()
            .map(|block| {
                let der = base64::engine::general_purpose::STANDARD.decode(block["der"].as_str().unwrap());
                (block["label"].as_str().unwrap().to_owned(), der.unwrap())
            })
            .collect();
        assert_eq!(go_decode(text), expected, "{text:?}");
    }
}

/// A small generator of numbers, so that a failure can be repeated.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self, below: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % below as u64).unwrap()
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.next(from.len())]
    }
}

/// Its name, the rule that names it when it is alone, and what it does.
pub(crate) type Mangle = (&'static str, &'static str, fn(&str, &mut Random) -> String);

/// Everything that a PEM text meets on its way and that can be undone.
pub(crate) const MANGLES: [Mangle; 36] = [
    ("quotes", "quoted-pem", |text, random| {
        let (open, close) =
            [("'", "'"), ("\"", "\""), ("`", "`"), ("“", "”"), ("‘", "’"), ("«", "»"), ("\\\"", "\\\"")]
                [random.next(7)];
        let text = if random.next(2) == 0 { text.trim_end() } else { text };
        format!("{open}{text}{close}")
    }),
    ("opening quote", "quoted-pem", |text, random| format!("{}{text}", random.pick(&["'", "\"", "“"]))),
    ("closing quote", "quoted-pem", |text, random| {
        format!("{}{}", text.trim_end(), random.pick(&["'", "\"", "”", "\","]))
    }),
    ("\\n", "escaped-newlines", |text, _| text.replace('\n', "\\n")),
    ("\\r\\n", "escaped-newlines", |text, _| text.replace('\n', "\\r\\n")),
    ("\\\\n", "escaped-newlines", |text, _| text.replace('\n', "\\\\n")),
    ("\\012", "escaped-newlines", |text, _| text.replace('\n', "\\012")),
    ("\\ at line ends", "escaped-newlines", |text, _| text.replace('\n', "\\\n")),
    ("\\n and line breaks", "escaped-newlines", |text, _| text.replace('\n', "\\n\n")),
    ("no line breaks", "collapsed-pem", |text, _| text.replace('\n', "")),
    ("spaces", "collapsed-pem", |text, _| text.replace('\n', " ")),
    ("tabs", "collapsed-pem", |text, _| text.replace('\n', "\t")),
    ("lone CR", "collapsed-pem", |text, _| text.replace('\n', "\r")),
    ("CRLF", "carriage-returns", |text, _| text.replace('\n', "\r\n")),
    ("indentation", "indented-pem", |text, random| {
        let by = random.pick(&[" ", "  ", "    ", "\t"]);
        text.lines().map(|line| format!("{by}{line}\n")).collect()
    }),
    ("blanks at line ends", "untidy-lines", |text, _| text.replace('\n', "  \n")),
    ("byte-order mark", "byte-order-mark", |text, _| format!("\u{feff}{text}")),
    ("byte-order mark as Latin-1", "byte-order-mark", |text, _| format!("ï»¿{text}")),
    ("characters without a glyph", "invisible-characters", |text, random| {
        let ghost = random.pick(&["\u{200b}", "\u{ad}", "\u{a0}", "\u{2060}", "\u{feff}"]);
        let mut mangled = text.to_owned();
        for _ in 0..=random.next(3) {
            let places: Vec<usize> = letters_between_letters(&mangled);
            if !places.is_empty() {
                mangled.insert_str(places[random.next(places.len())], ghost);
            }
        }
        mangled
    }),
    ("no-break space in boundaries", "invisible-characters", |text, _| {
        text.replace("BEGIN ", "BEGIN\u{a0}").replace("END ", "END\u{a0}")
    }),
    ("typographic dashes", "invisible-characters", |text, random| {
        text.replace("-----", random.pick(&["——-", "–––––", "—–-", "―――――"]))
    }),
    ("number of dashes", "malformed-boundary", |text, random| {
        let by = random.pick(&["----", "------", "---"]);
        text.replacen("-----BEGIN", &format!("{by}BEGIN"), 1 + random.next(2))
    }),
    ("case", "malformed-boundary", |text, random| match random.next(3) {
        0 => text.replace("BEGIN", "Begin"),
        1 => text
            .replace("END CERTIFICATE", "end certificate")
            .replace("END RSA", "End Rsa")
            .replace("END EC", "End Ec"),
        _ => text.replace("CERTIFICATE", "certificate").replace("PRIVATE KEY", "Private Key"),
    }),
    ("spacing", "malformed-boundary", |text, random| match random.next(3) {
        0 => text.replace("BEGIN ", " BEGIN "),
        1 => text.replace("PRIVATE KEY", "PRIVATE  KEY").replace("END CERT", "END  CERT"),
        _ => text.replace("BEGIN CERT", "BEGINCERT").replace("PRIVATE KEY", "PRIVATEKEY"),
    }),
    ("bare base64", "missing-armour", |text, _| {
        if text.matches("-----\n").count() != 2
            || !text.starts_with("-----BEGIN")
            || !text.ends_with("-----\n")
        {
            return text.to_owned();
        }
        text.lines().filter(|line| !line.starts_with('-')).map(|line| format!("{line}\n")).collect()
    }),
    ("base64", "double-encoded", |text, random| {
        let encoded = base64::engine::general_purpose::STANDARD.encode(text);
        if random.next(2) == 0 { encoded } else { wrapped(&encoded, 76) }
    }),
    ("text before", "text-outside-pem", |text, _| match text.contains("BEGIN") {
        true => format!("Bag Attributes\n    friendlyName: test\n{text}"),
        false => text.to_owned(),
    }),
    ("text after", "text-outside-pem", |text, _| match text.ends_with("-----\n") {
        true => format!("{text}subject=CN = test\n"),
        false => text.to_owned(),
    }),
    ("text between", "text-outside-pem", |text, _| {
        text.replace("-----\n-----BEGIN", "-----\nsubject=CN = test\n-----BEGIN")
    }),
    ("lines of 76", "untidy-lines", |text, random| {
        let width = [76, 48, 4096][random.next(3)];
        if !text.is_ascii() || text.contains(['\\', '%', '&', '\0']) {
            return text.to_owned();
        }
        let mut body = String::new();
        let mut mangled = String::new();
        for line in text.split_inclusive('\n') {
            if line.contains('-') || line.contains(':') {
                mangled.push_str(&wrapped(&body, width));
                body.clear();
                mangled.push_str(line);
            } else {
                body.push_str(line.trim_end_matches('\n'));
            }
        }
        mangled + &wrapped(&body, width)
    }),
    ("empty lines", "untidy-lines", |text, _| text.replace('\n', "\n\n")),
    ("unusual line breaks", "invisible-characters", |text, random| {
        text.replace('\n', random.pick(&["\u{2028}", "\u{85}", "\u{2029}"]))
    }),
    ("UTF-16", "double-encoded", |text, _| match text.is_ascii() && !text.contains(['\\', '%', '&']) {
        true => text.chars().flat_map(|character| [character, '\0']).collect(),
        false => text.to_owned(),
    }),
    ("percent-encoding", "double-encoded", |text, random| {
        let keeps_dashes = random.next(2) == 0;
        let is_kept = |byte: u8| {
            byte.is_ascii_alphanumeric() || b"._~".contains(&byte) || (byte == b'-' && keeps_dashes)
        };
        text.bytes()
            .map(|byte| if is_kept(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
            .collect()
    }),
    ("form encoding", "double-encoded", |text, _| {
        let is_kept = |byte: u8| byte.is_ascii_alphanumeric() || b"._~-".contains(&byte);
        text.bytes()
            .map(|byte| match byte {
                b' ' => "+".to_owned(),
                _ if is_kept(byte) => char::from(byte).to_string(),
                _ => format!("%{byte:02X}"),
            })
            .collect()
    }),
    ("HTML", "double-encoded", |text, random| match random.next(3) {
        0 => html(text, |character| format!("&#{};", u32::from(character))),
        1 => html(text, |character| format!("&#x{:X};", u32::from(character))),
        _ => html(text, |character| match character {
            '+' => "&plus;".to_owned(),
            '=' => "&equals;".to_owned(),
            '/' => "&sol;".to_owned(),
            '\n' => "<br>\n".to_owned(),
            '\'' => "&apos;".to_owned(),
            '"' => "&quot;".to_owned(),
            other => format!("&#{};", u32::from(other)),
        }),
    }),
];

fn html(text: &str, entity: impl Fn(char) -> String) -> String {
    text.chars()
        .map(|character| match character {
            ' ' | '-' | '<' | '>' | 'a'..='z' | 'A'..='Z' | '0'..='9' => character.to_string(),
            other => entity(other),
        })
        .collect()
}

fn wrapped(text: &str, width: usize) -> String {
    text.as_bytes().chunks(width).map(|line| format!("{}\n", std::str::from_utf8(line).unwrap())).collect()
}

/// Places between two letters that are not part of an escape or an entity: there a character can be
/// put without destroying what another mangling made.
fn letters_between_letters(text: &str) -> Vec<usize> {
    if text.contains(['\\', '%', '&']) {
        return Vec::new();
    }
    let bytes = text.as_bytes();
    (1..bytes.len())
        .filter(|&at| bytes[at - 1].is_ascii_alphanumeric() && bytes[at].is_ascii_alphanumeric())
        .collect()
}

fn armour_rules() -> Vec<&'static Rule> {
    RULES.iter().copied().filter(|rule| rule.family == Family::Pem).collect()
}

/// The body as JSON, and where the value of the mangled member stands in it.
fn body(field: Field, pem: &str, only_ascii: bool) -> Vec<u8> {
    let mut literal = serde_json::to_string(pem).unwrap();
    if only_ascii {
        literal = literal
            .chars()
            .map(|character| match character {
                '/' => "\\/".to_owned(),
                '\0'..='\u{7f}' => character.to_string(),
                _ => {
                    character.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect()
                }
            })
            .collect();
    }
    format!("{{\"name\": \"cert_demo\",\n  \"{}\" : {literal}, \"type\":\"global\"}}\n", field.name())
        .into_bytes()
}

fn value_of(body: &[u8], field: Field) -> String {
    let body: serde_json::Value = serde_json::from_slice(body).unwrap();
    assert_eq!(body["name"], "cert_demo");
    assert_eq!(body["type"], "global");
    body[field.name()].as_str().unwrap().to_owned()
}

/// What is read of a field: fingerprints and public halves.
fn read(input: &[u8], field: Field) -> Vec<String> {
    let settings = settings(Service::Roma);
    let facts = Facts::analyze(input, &settings);
    facts
        .blocks(field)
        .map(|block| match (block.certificate(), block.private_key()) {
            (Some(certificate), _) => certificate.whole.sha256().to_string(),
            (_, Some(key)) => format!("{:?} {:?}", key.format, key.public_key),
            _ => "nothing".to_owned(),
        })
        .collect()
}

fn findings(input: &[u8], rules: &[&'static Rule]) -> Vec<RuleMatch> {
    rules::judge(rules, &Facts::analyze(input, &settings(Service::Roma)))
}

/// Mangles a good text, and says what is not as it should be.
fn failure(field: Field, good: &str, mangles: &[&Mangle], seed: u64) -> Option<String> {
    let mut random = Random(seed);
    let mut pem = good.to_owned();
    for (_, _, mangle) in mangles {
        pem = mangle(&pem, &mut random);
        if spells_what_it_does_not_mean(&pem) {
            return None;
        }
    }
    let names: Vec<&str> = mangles.iter().map(|(name, ..)| *name).collect();
    let only_ascii = random.next(2) == 0;
    let mut input = body(field, &pem, only_ascii);
    let rules = armour_rules();
    let fail = |what: String| Some(format!("{} {names:?} seed {seed}: {what}\n{pem:?}", field.name()));

    let expected = read(&body(field, good, false), field);
    let first = read(&input, field);
    let named: Vec<&str> = findings(&input, &rules).iter().map(|finding| finding.rule.name).collect();
    if first != expected {
        return fail(format!("is not read as if repaired, but as {first:?}; {named:?}"));
    }
    if let ([(_, rule, _)], true) = (mangles, pem != good)
        && named != [*rule]
    {
        return fail(format!("one defect gives one finding, not {named:?}"));
    }
    for _ in 0..12 {
        let found = findings(&input, &rules);
        let fixes: Vec<_> = found
            .iter()
            .filter_map(|finding| finding.problem.fix.as_ref())
            .filter(|fix| fix.safety == Safety::Safe)
            .collect();
        let fixed = edit::apply(&input, &fixes).text.to_vec();
        if fixed == input {
            break;
        }
        input = fixed;
    }
    let left = findings(&input, &rules);
    if let Some(left) = left.iter().find(|finding| finding.severity == Severity::Error) {
        return fail(format!("{} is left: {}", left.rule.name, left.problem.message));
    }
    if let Some(left) = left.iter().find(|finding| finding.problem.fix.is_some()) {
        return fail(format!("still to be fixed: {} {}", left.rule.name, left.problem.message));
    }
    if go_decode(&value_of(&input, field)) != go_decode(good) {
        return fail("Go reads something else after the fixes".to_owned());
    }
    None
}

/// A backslash at the end of a line whose line break went seems to belong to the next letter, and may
/// even spell a line break with it. Nobody can tell.
pub(crate) fn spells_what_it_does_not_mean(pem: &str) -> bool {
    pem.contains("\\M")
}

fn texts() -> Vec<(Field, String)> {
    let file = |path: &str| fs::read_to_string(fixtures().join("pki").join(path)).unwrap();
    let chain = file("certs/leaf-p256.pem") + &file("certs/rsa-int.pem");
    vec![
        (Field::CertContent, file("certs/leaf-p256.pem")),
        (Field::PrivateKey, file("keys/rsa-2048.pkcs1.pem")),
        (Field::CertContent, chain),
        (Field::PrivateKey, file("keys/p256.pkcs8.pem")),
        (Field::PrivateKey, file("keys/p256.sec1.pem")),
    ]
}

fn report(failures: &[String]) {
    let shown = failures.iter().take(8).cloned().collect::<Vec<_>>().join("\n\n");
    assert!(failures.is_empty(), "{} failures\n\n{shown}", failures.len());
}

#[test]
fn every_mangling_alone_is_repaired_and_named() {
    let mut failures = Vec::new();
    for (field, good) in texts() {
        for mangle in &MANGLES {
            for seed in 0..6 {
                failures.extend(failure(field, &good, &[mangle], seed));
            }
        }
    }
    report(&failures);
}

#[test]
fn every_two_manglings_are_repaired() {
    let mut failures = Vec::new();
    let texts = texts();
    for (index, first) in MANGLES.iter().enumerate() {
        for (other, second) in MANGLES.iter().enumerate() {
            let (field, good) = &texts[(index + other) % texts.len()];
            let seed = (index * MANGLES.len() + other) as u64;
            failures.extend(failure(*field, good, &[first, second], seed));
        }
    }
    report(&failures);
}

#[test]
fn any_three_manglings_are_repaired() {
    let mut failures = Vec::new();
    let texts = texts();
    let mut random = Random(3);
    for seed in 0..1500 {
        let (field, good) = &texts[random.next(texts.len())];
        let mangles: Vec<&Mangle> = (0..3).map(|_| &MANGLES[random.next(MANGLES.len())]).collect();
        failures.extend(failure(*field, good, &mangles, seed));
    }
    report(&failures);
}

/// Where both values are mangled and exchanged, each repair is made where its value then stands.
#[test]
fn values_that_are_mangled_and_exchanged_are_put_right() {
    let file = |path: &str| fs::read_to_string(fixtures().join("pki").join(path)).unwrap();
    let certificate = file("certs/leaf-p256.pem");
    let key = file("keys/p256.pkcs8.pem");
    // What has no line breaks is, without BEGIN and END, what the fields of consoles take.
    let bare: Mangle = ("bare on one line", "missing-armour", |text, _| {
        text.lines().filter(|line| !line.starts_with('-')).collect()
    });
    let settings = settings(Service::Roma);
    let mut failures = Vec::new();
    let mut compared = 0;
    for (index, (name, _, first)) in MANGLES.iter().chain([&bare]).enumerate() {
        for (other, (other_name, _, second)) in MANGLES.iter().chain([&bare]).enumerate() {
            let mut random = Random((index * 100 + other) as u64);
            let (mangled_key, mangled) = (first(&key, &mut random), second(&certificate, &mut random));
            if spells_what_it_does_not_mean(&mangled_key) || spells_what_it_does_not_mean(&mangled) {
                continue;
            }
            let input = serde_json::json!({
                "name": "cert_demo", "cert_content": mangled_key, "private_key": mangled, "type": "global"
            });
            let repaired = apicert::repair(input.to_string().as_bytes(), &settings, Safety::Safe);
            let text = String::from_utf8(repaired.text.to_vec()).unwrap();
            let right = go_decode(&value_of(text.as_bytes(), Field::CertContent)) == go_decode(&certificate)
                && go_decode(&value_of(text.as_bytes(), Field::PrivateKey)) == go_decode(&key);
            compared += 1;
            if !right {
                failures.push(format!("key {name:?}, certificate {other_name:?}\n{input}\n{text}"));
            }
        }
    }
    assert!(compared > 1_200, "{compared}");
    report(&failures);
}

/// Go tries every block whose label ends in ` PRIVATE KEY`. What stands before that matters neither to it
/// nor to the service, if BEGIN and END have the same.
#[test]
fn labels_that_are_read_as_they_are_are_no_errors() {
    let field = Field::PrivateKey;
    let good = fs::read_to_string(fixtures().join("pki/keys/p256.pkcs8.pem")).unwrap();
    let expected = read(&body(field, &good, false), field);
    let named = |text: &str| -> Vec<&str> {
        findings(&body(field, text, false), &armour_rules()).iter().map(|finding| finding.rule.name).collect()
    };
    for label in ["ECC PRIVATE KEY", "RS PRIVATE KEY", "EC  PRIVATE KEY", " PRIVATE KEY", "ec PRIVATE KEY"] {
        let text = good.replace("PRIVATE KEY", label);
        assert_eq!(go_decode(&text)[0].0, label);
        assert_eq!(named(&text), [""; 0], "{label:?}");
        assert_eq!(read(&body(field, &text, false), field), expected, "{label:?}");
        // Of other damage nothing is lost.
        let text = text.replace("-----BEGIN", "----BEGIN");
        assert_eq!(named(&text), ["malformed-boundary"], "{label:?}");
        assert_eq!(read(&body(field, &text, false), field), expected, "{label:?}");
    }
    for (label, rule) in [("PRIVATE  KEY", "malformed-boundary"), ("PRIVATE KEY ", "malformed-boundary")] {
        let text = good.replace("PRIVATE KEY", label);
        assert_eq!(named(&text), [rule], "{label:?}");
    }
    // Of a label that nobody knows the case does not matter, but that of its end does, and that of BEGIN and
    // END.
    for label in ["Some Private Key", "SOME private key", "SOME PRIVATE Key"] {
        let text = good.replace("PRIVATE KEY", label);
        assert_eq!(go_decode(&text)[0].0, label);
        assert_eq!(named(&text), ["malformed-boundary"], "{label:?}");
    }
    let text = good.replace("PRIVATE KEY", "Some PRIVATE KEY");
    assert_eq!(named(&text), [""; 0]);
    for (word, otherwise) in [("BEGIN", "Begin"), ("BEGIN", "begin"), ("END", "End")] {
        let text = text.replace(word, otherwise);
        assert!(go_decode(&text).is_empty());
        assert_eq!(named(&text), ["malformed-boundary"], "{otherwise:?}");
    }
    let text = good.replace("BEGIN PRIVATE KEY", "BEGIN ECC PRIVATE KEY");
    assert!(go_decode(&text).is_empty());
    assert_eq!(named(&text), ["malformed-boundary", "mismatched-labels"]);
}

/// A terminal or a form that breaks the one line of a collapsed text leaves little of the body on that of
/// BEGIN. It is no text that was put there.
#[test]
fn a_collapsed_text_may_be_broken_anywhere() {
    static BROKEN: [Mangle; 3] = [
        ("broken at 32", "collapsed-pem", |text, _| broken(text, 32)),
        ("broken at 40", "collapsed-pem", |text, _| broken(text, 40)),
        ("broken at 50", "collapsed-pem", |text, _| broken(text, 50)),
    ];
    let mut failures = Vec::new();
    for (field, good) in texts().into_iter().filter(|(_, good)| good.matches("BEGIN").count() == 1) {
        failures.extend(BROKEN.iter().filter_map(|mangle| failure(field, &good, &[mangle], 0)));
    }
    report(&failures);
}

/// A text without its line breaks, broken anew up to its END.
fn broken(text: &str, width: usize) -> String {
    let line = text.replace('\n', "");
    let (body, end) = line.split_at(line.find("-----END").unwrap());
    wrapped(body, width).trim_end().to_owned() + end + "\n"
}

/// Of a quoted text the escaping of HTML changes nothing but the quotation marks.
#[test]
fn entities_may_stand_around_armour_alone() {
    static QUOTED: Mangle =
        ("quoted in HTML", "double-encoded", |text, _| format!("&quot;{}&quot;", text.trim_end()));
    for (field, good) in texts() {
        let text = QUOTED.2(&good, &mut Random(0));
        let input = body(field, &text, false);
        let named: Vec<&str> =
            findings(&input, &armour_rules()).iter().map(|finding| finding.rule.name).collect();
        assert_eq!(named, ["quoted-pem", "double-encoded"]);
        let two = [&QUOTED, &QUOTED];
        report(&failure(field, &good, &two, 0).into_iter().collect::<Vec<_>>());
    }
    // On a line before the armour they are text outside of it.
    let (field, good) = &texts()[0];
    for before in ["<br>\n", "a &amp; b\n", "&quot;\n"] {
        let found = findings(&body(*field, &format!("{before}{good}"), false), &armour_rules());
        let named: Vec<&str> = found.iter().map(|finding| finding.rule.name).collect();
        assert_eq!(named, ["text-outside-pem"], "{before:?}");
    }
}

/// What comes out of base64 that was cut off is cut off as well, but it is decoded.
#[test]
fn base64_that_was_cut_off_is_told_and_left_alone() {
    let field = Field::CertContent;
    let (_, good) = &texts()[0];
    let encoded = base64::engine::general_purpose::STANDARD.encode(good);
    for length in [400, 402, 403] {
        let input = body(field, &encoded[..length], false);
        let found = findings(&input, &armour_rules());
        let named: Vec<&str> = found.iter().map(|finding| finding.rule.name).collect();
        assert_eq!(named, ["unterminated-block", "double-encoded"]);
        let is_safe =
            |finding: &&RuleMatch| finding.problem.fix.as_ref().is_some_and(|fix| fix.safety == Safety::Safe);
        assert_eq!(found.iter().filter(is_safe).count(), 0, "the certificate is not whole: {length}");
        let repaired = apicert::repair(&input, &settings(Service::Roma), Safety::Safe);
        assert!(!repaired.is_changed(), "{length}");
    }
}

/// Blanks that are left of `+` are told from those of an indentation or between lines, and a field that has
/// them is left alone.
#[test]
fn lost_pluses_survive_other_repairs() {
    type Change = fn(&str) -> String;
    let changes: [(&str, Change); 10] = [
        ("as it is", str::to_owned),
        ("indented by two", |text| indented(text, "  ")),
        ("indented by a tab", |text| indented(text, "\t")),
        ("indented, with CRLF", |text| indented(text, "    ").replace('\n', "\r\n")),
        ("indented, spelled out", |text| indented(text, " ").replace('\n', "\\n")),
        ("CR alone", |text| text.replace('\n', "\r")),
        ("blanks for line breaks", |text| text.trim_end().replace('\n', " ")),
        ("two blanks for line breaks", |text| text.trim_end().replace('\n', "  ")),
        ("a blank before END", |text| text.replace("\n-----END", " -----END")),
        ("a blank before END, CRLF", |text| text.replace("\n-----END", " -----END").replace('\n', "\r\n")),
    ];
    let rules = armour_rules();
    let (mut starts, mut ends) = (false, false);
    let single = texts().into_iter().filter(|(_, good)| good.matches("BEGIN").count() == 1);
    for (field, good) in single.filter(|(_, good)| good.contains('+')) {
        starts |= good.contains("\n+");
        ends |= good.contains("+\n");
        let lost = good.replace('+', " ");
        for (name, change) in &changes {
            let input = body(field, &change(&lost), false);
            let found = findings(&input, &rules);
            let base64 = found.iter().find(|finding| finding.rule.name == "invalid-base64");
            let base64 = base64.unwrap_or_else(|| panic!("{field:?} {name}: {found:?}"));
            assert_eq!(base64.problem.message, "spaces where `+` was expected (form-decoded?)", "{name}");
            let text = apicert::repair(&input, &settings(Service::Roma), Safety::Safe).text.to_vec();
            assert!(text == input, "{field:?} {name}: the field is left alone");
        }
    }
    assert!(starts && ends, "no text has a `+` at the start of a line and another at the end of one");
}

/// Every line after some blanks.
fn indented(text: &str, blanks: &str) -> String {
    text.lines().map(|line| format!("{blanks}{line}\n")).collect()
}

/// One line alone may be called longer or shorter than the others.
#[test]
fn of_several_odd_lines_none_is_blamed() {
    let (field, good) = &texts()[0];
    let without = |lines: &[usize]| -> String {
        let lines = good.lines().enumerate().map(|(number, line)| {
            let from = usize::from(lines.contains(&number));
            format!("{}\n", &line[from..])
        });
        lines.collect()
    };
    let message = |text: &str| {
        let found = findings(&body(*field, text, false), &armour_rules());
        assert_eq!(found.len(), 1, "{found:?}");
        found[0].problem.message.clone()
    };
    assert_eq!(message(&without(&[3])), "this base64 line is too short: 63 characters, expected 64");
    let two = message(&without(&[3, 5]));
    assert!(two.starts_with("base64 characters are missing or extra: the block has "), "{two}");
}

/// What `str()` makes of bytes in Python is one quotation, its `b` included, and not a text before
/// the armour.
#[test]
fn bytes_of_python_are_a_quotation() {
    let pem = fs::read_to_string(fixtures().join("pki/certs/leaf-rsa-2048.pem")).unwrap();
    for quote in ['\'', '"'] {
        let literal = format!("b{quote}{}{quote}", pem.replace('\n', "\\n"));
        let input = body(Field::CertContent, &literal, false);
        let settings = settings(Service::Roma);
        let facts = Facts::analyze(&input, &settings);
        let findings = rules::judge(RULES, &facts);
        let armour: Vec<&str> = findings
            .iter()
            .filter(|finding| finding.rule.family == Family::Pem)
            .map(|finding| finding.rule.name)
            .collect();
        assert_eq!(armour, ["quoted-pem", "escaped-newlines"]);
    }
}

/// Hundreds of thousands of blocks fit into a body, and each costs the same.
#[test]
fn many_blocks_take_linear_time() {
    let block = |label: &str| format!("-----BEGIN {label}-----\n-----END {label}-----\n");
    for (certificates, key) in
        [("X", "EC PARAMETERS"), ("X509 CRL", "ENCRYPTED PRIVATE KEY"), ("PRIVATE KEY", "CERTIFICATE")]
    {
        let texts = [("cert_content", certificates, "CERTIFICATE"), ("private_key", key, "PRIVATE KEY")];
        let members: Vec<String> = texts
            .iter()
            .map(|(field, many, last)| {
                let text = block(many).repeat(50_000) + &block(last);
                format!("\"{field}\": {}", serde_json::to_string(&text).unwrap())
            })
            .collect();
        let input = format!("{{{}}}", members.join(", "));
        let settings = settings(Service::Roma);
        let facts = Facts::analyze(input.as_bytes(), &settings);
        assert!(!rules::judge(RULES, &facts).is_empty());
    }
}
