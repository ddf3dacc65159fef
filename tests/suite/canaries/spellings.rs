//! A private scalar, however it is spelled, is shown in no place where one may be pasted.

use std::path::Path;

use apicert::output::FORMATS;
use apicert::redact::looks_secret;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

use super::search::Random;
use super::{every_format, reports, run, with_good_files, words};
use crate::support::{NOW, fixtures};

/// Eight bytes in hexadecimal digits, without separators.
const WINDOW: usize = 16;

fn grouped(text: &str, length: usize, separator: &str) -> String {
    let pieces = text.as_bytes().chunks(length).map(|piece| std::str::from_utf8(piece).unwrap());
    pieces.collect::<Vec<_>>().join(separator)
}

/// A number of 32 bytes in many spellings.
fn spellings(random: &mut Random) -> Vec<String> {
    let mut octets: Vec<u8> = (0..32).map(|_| u8::try_from(random.below(256)).unwrap()).collect();
    // So the number always has as many digits.
    octets[0] |= 0x80;
    let hexadecimal: String = octets.iter().map(|octet| format!("{octet:02x}")).collect();
    let each = |format: fn(&u8) -> String, separator: &str| {
        octets.iter().map(format).collect::<Vec<_>>().join(separator)
    };
    let base64 = STANDARD.encode(&octets);
    let mut all = vec![
        hexadecimal.clone(),
        hexadecimal.to_uppercase(),
        format!("0x{hexadecimal}"),
        // As `openssl pkey -text` prints it.
        format!("priv:\n    {}", grouped(&grouped(&hexadecimal, 2, ":"), 45, "\n    ")),
        grouped(&hexadecimal, 16, " "),
        grouped(&hexadecimal, 8, "_"),
        grouped(&hexadecimal, 4, "-"),
        grouped(&hexadecimal, 32, "\n"),
        each(|octet| format!("0x{octet:02x}"), ", "),
        each(|octet| format!("\\x{octet:02x}"), ""),
        each(|octet| format!("%{octet:02X}"), ""),
        format!("{octets:?}"),
        each(u8::to_string, " "),
        each(u8::to_string, "."),
        each(u8::to_string, "-"),
        num_bigint::BigUint::from_bytes_be(&octets).to_string(),
        grouped(&num_bigint::BigUint::from_bytes_be(&octets).to_string(), 3, ","),
        base64.clone(),
        URL_SAFE_NO_PAD.encode(&octets),
        grouped(&base64, 4, " "),
        grouped(&base64, 8, "-"),
        grouped(&base64, 11, "\n"),
    ];
    all.extend([":", " ", "-", ".", ",", "_"].map(|separator| grouped(&hexadecimal, 2, separator)));
    all
}

fn kept(text: &[u8]) -> Vec<u8> {
    text.iter().filter(|byte| byte.is_ascii_alphanumeric()).map(u8::to_ascii_lowercase).collect()
}

/// Looks for eight bytes of a text, whatever is in between.
fn assert_hidden(secret: &str, whose: &str, output: &[u8]) {
    let (secret, shown) = (kept(secret.as_bytes()), kept(output));
    for piece in secret.windows(WINDOW) {
        assert!(memchr::memmem::find(&shown, piece).is_none(), "{whose} shows a piece of a number");
    }
}

fn command(folder: &Path, secret: &str, arguments: &[String], stdin: Option<&[u8]>) {
    let output = run(folder, arguments, stdin, &[("SOURCE_DATE_EPOCH", ""), ("VALUE", secret)]);
    let whose = arguments
        .iter()
        .filter(|argument| !argument.contains(secret))
        .fold(String::new(), |all, next| all + " " + next);
    // A body that is built holds the name that it was given.
    if !(whose.starts_with(" build") && output.status.success()) {
        assert_hidden(secret, &whose, &output.stdout);
    }
    assert_hidden(secret, &whose, &output.stderr);
}

#[test]
fn no_spelling_of_a_number_is_missed() {
    let mut random = Random::new(1);
    let mut missed = 0;
    for _ in 0..1000 {
        for (index, secret) in spellings(&mut random).into_iter().enumerate() {
            let is_base64 = (17..22).contains(&index);
            assert!(is_base64 || looks_secret(&secret), "spelling {index}");
            missed += usize::from(!looks_secret(&secret));
        }
    }
    // Of random base64 some looks like words.
    assert!(missed < 5 * 1000 / 200, "{missed} of 5,000");
}

#[test]
fn numbers_are_shown_nowhere() {
    let folder = with_good_files();
    let good: Map<String, Value> =
        serde_json::from_slice(&std::fs::read(fixtures().join("accepted/roma/key-p256-pkcs8.json")).unwrap())
            .unwrap();
    let mut random = Random::new(2);
    for secret in spellings(&mut random) {
        let with = |arguments: &str, last: String| [words(arguments), vec![last]].concat();
        // Arguments.
        for arguments in
            ["check", "predict", "inspect", "fix --diff", "check --config", "predict good.json --against"]
        {
            for path in [secret.clone(), format!("./no/{secret}"), format!("/no/{secret}.json")] {
                command(folder.at(), &secret, &with(arguments, path), None);
            }
        }
        for option in [
            "domain=",
            "domain=a.",
            "id=",
            "project-id=",
            "known-instance=",
            "service=",
            "format=",
            "now=",
            "expiry-days=",
            "allow=",
            "set=name=",
            "set=instance_id=env:",
            "set=private_key=@",
            "output=json=no/",
            "stdin-filename=",
            "",
        ] {
            for arguments in ["predict good.json", "check good.json"] {
                command(folder.at(), &secret, &with(arguments, format!("--{option}{secret}")), None);
            }
        }
        command(
            folder.at(),
            &secret,
            &with("check --format full -", format!("--stdin-filename={secret}")),
            Some(b"{}"),
        );
        command(folder.at(), &secret, &words("predict --set name=env:VALUE good.json"), None);
        for option in ["name=", "cert=", "key=", "output=no/", "instance-id="] {
            let build = format!("build --now {NOW} --name a --cert cert.pem --key key.pem");
            command(folder.at(), &secret, &with(&build, format!("--{option}{secret}")), None);
            let build = "build --cert good.json --key key.pem";
            command(folder.at(), &secret, &with(build, format!("--{option}{secret}")), None);
        }
        // Bodies.
        let mut paths = Vec::new();
        for field in
            ["name", "cert_content", "private_key", "type", "instance_id", "algorithm_type", "other", &secret]
        {
            let mut body = good.clone();
            body.insert(field.to_owned(), secret.clone().into());
            let path = format!("{}.json", if field == secret { "named" } else { field });
            folder.file(&path, Value::from(body).to_string());
            paths.push(path);
        }
        folder.file("broken.json", format!("{{\"name\": {secret}, \"private_key\": \"{secret}"));
        paths.push("broken.json".to_owned());
        for arguments in
            ["check -v", "predict", "predict --service roma --format json", "inspect", "fix --unsafe --diff"]
        {
            command(folder.at(), &secret, &[words(arguments), paths.clone()].concat(), None);
            for path in &paths {
                command(folder.at(), &secret, &with(arguments, path.clone()), None);
            }
        }
        command(folder.at(), &secret, &[words("check"), every_format(), paths].concat(), None);
        for (format, report) in reports(&folder) {
            assert_hidden(&secret, format, &report);
        }
        // Responses.
        let octets: Vec<&str> = secret.split([',', ' ', ':', '.', '-']).collect();
        for value in [json!(secret), json!([secret]), json!(octets)] {
            let fields = [
                "id",
                "name",
                "type",
                "instance_id",
                "san",
                "version",
                "organization",
                "error_code",
                "x",
                &secret,
            ];
            let response: Map<String, Value> =
                fields.iter().map(|field| ((*field).to_owned(), value.clone())).collect();
            let mut accepted = response.clone();
            accepted.remove("error_code");
            for response in [response, accepted] {
                folder.file("response.json", Value::from(response).to_string());
                for format in ["body", "json"] {
                    let arguments = format!("predict good.json --against response.json --format {format}");
                    command(folder.at(), &secret, &words(&arguments), None);
                }
            }
        }
        // Configurations.
        let quoted = json!(secret);
        for text in [
            format!("{quoted} = 1"),
            format!("service = {quoted}"),
            format!("domains = [{quoted}]"),
            format!("known-instances = [{quoted}]"),
            format!("exclude = [{quoted}]"),
            format!("[rules]\n{quoted} = \"allow\""),
            format!("[rules]\nexpired = {quoted}"),
            format!("[[ignore]]\nrules = [\"expired\"]\nreason = {quoted}"),
            format!("[[ignore]]\nrule = {quoted}\nreason = \"a\""),
            format!("[[ignore]]\nrules = [\"empty-field\"]\nfiles = [{quoted}]\nreason = {quoted}"),
            format!("service = {secret}"),
        ] {
            folder.file("a.toml", text);
            for format in FORMATS {
                let arguments = format!("check --config a.toml good.json name.json --format {}", format.name);
                command(folder.at(), &secret, &words(&arguments), None);
            }
        }
    }
}
