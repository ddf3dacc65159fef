//! `build`: bodies from PEM and DER files, in whatever order and company; and what is refused.

use std::fs;

use serde_json::Value;

use crate::armour::go_decode;
use crate::cli::{Folder, Run, apicert, command, with_stdin};
use crate::secrets::{Pieces, assert_clean, pieces_of_long_strings};
use crate::support::{NOW, files, fixtures};

fn pki(name: &str) -> Vec<u8> {
    fs::read(fixtures().join("pki").join(name)).unwrap()
}

fn path(name: &str) -> String {
    fixtures().join("pki").join(name).to_str().unwrap().to_owned()
}

fn joined(names: &[&str]) -> Vec<u8> {
    names.iter().flat_map(|name| pki(name)).collect()
}

/// The DER of the last block: a key may have parameters before it.
fn der(pem: &[u8]) -> Vec<u8> {
    pem::parse_many(pem).unwrap().pop().unwrap().into_contents()
}

fn build(arguments: &[&str]) -> Run {
    apicert(&[&["build", "--now", NOW, "--name", "cert_demo"], arguments].concat())
}

/// What the service would read of a member: labels and DER.
fn read(body: &str, member: &str) -> Vec<(String, Vec<u8>)> {
    let body: Value = serde_json::from_str(body).unwrap();
    go_decode(body[member].as_str().unwrap())
}

fn ders(body: &str, member: &str) -> Vec<Vec<u8>> {
    read(body, member).into_iter().map(|(_, der)| der).collect()
}

#[test]
fn clean_files_give_a_body_without_any_finding() {
    let folder = Folder::new();
    let chain = folder.file("chain.pem", joined(&["certs/leaf-p256.pem", "certs/rsa-int.pem"]));
    for key in ["keys/p256.pkcs8.pem", "keys/p256.sec1.pem"] {
        let output = folder.path("request.json");
        let run =
            build(&["--cert", &chain, "--key", &path(key), "--service", "apig", "--force", "-o", &output])
                .ends(0);
        assert_eq!((run.stdout, run.stderr), (String::new(), String::new()), "silence is golden");
        let body = fs::read_to_string(&output).unwrap();
        let run =
            apicert(&["check", "--now", NOW, "--service", "apig", "--fail-on", "note", &output]).ends(0);
        assert!(run.stdout.contains("no findings"), "{}", run.stdout);
        // The files stand in it as they are, members in the order of the reference page.
        let expected = format!(
            "{{\n  \"name\": \"cert_demo\",\n  \"cert_content\": {},\n  \"private_key\": {}\n}}\n",
            serde_json::to_string(std::str::from_utf8(&fs::read(&chain).unwrap()).unwrap()).unwrap(),
            serde_json::to_string(std::str::from_utf8(&pki(key)).unwrap()).unwrap(),
        );
        assert_eq!(body, expected);
    }
}

/// The certificate of a key, by the beginning of the key's name.
const KINDS: [(&str, &[&str]); 7] = [
    ("rsa-2048", &["pkcs1", "pkcs8"]),
    ("rsa-4096", &["pkcs1", "pkcs8"]),
    ("p224", &["sec1", "sec1-params", "pkcs8", "pkcs8-no-public"]),
    ("p256", &["sec1", "sec1-params", "pkcs8", "pkcs8-no-public", "pkcs8-compressed"]),
    ("p384", &["sec1", "sec1-params", "pkcs8", "pkcs8-no-public"]),
    ("p521", &["sec1", "sec1-params", "pkcs8", "pkcs8-no-public"]),
    ("sm2", &["sec1", "sec1-params", "pkcs8", "sm2"]),
];

#[test]
fn keys_of_every_format_are_taken_as_they_are() {
    let folder = Folder::new();
    for (kind, formats) in KINDS {
        let certificate = format!("certs/leaf-{kind}.pem");
        for format in formats {
            let key = pki(&format!("keys/{kind}.{format}.pem"));
            let pem = folder.file("key", &key);
            let body = build(&["--cert", &path(&certificate), "--key", &pem]).prints_and_ends(0).stdout;
            assert_eq!(ders(&body, "private_key"), [der(&key)], "{kind} {format}");
            assert_eq!(ders(&body, "cert_content"), [der(&pki(&certificate))]);

            let binary =
                (folder.file("key.der", der(&key)), folder.file("leaf.der", der(&pki(&certificate))));
            let from_der = build(&["--cert", &binary.1, "--key", &binary.0]).prints_and_ends(0).stdout;
            assert_eq!(ders(&from_der, "private_key"), [der(&key)], "{kind} {format} in DER");
            assert_eq!(ders(&from_der, "cert_content"), [der(&pki(&certificate))]);
            let label = match format.split('-').next().unwrap() {
                "pkcs1" => "RSA PRIVATE KEY",
                "sec1" | "sm2" => "EC PRIVATE KEY",
                _ => "PRIVATE KEY",
            };
            assert_eq!(read(&from_der, "private_key")[0].0, label);
        }
    }
}

#[test]
fn both_pairs_of_sm2_find_their_places() {
    let pairs = |sign: [&str; 2], encrypt: [&str; 2]| {
        let [sign_cert, sign_key] = sign.map(path);
        let [cert, key] = encrypt.map(path);
        build(&[
            "--cert",
            &cert,
            "--key",
            &key,
            "--sign-cert",
            &sign_cert,
            "--sign-key",
            &sign_key,
            "--algorithm-type",
            "SM2",
            "--type",
            "instance",
            "--instance-id",
            "f0fa17893b76433ba7879892951c620e",
        ])
        .prints_and_ends(0)
    };
    let (sign, encrypt) = (
        ["certs/leaf-sm2-sign.pem", "keys/sm2-sign.sm2.pem"],
        ["certs/leaf-sm2-enc.pem", "keys/sm2-enc.pkcs8.pem"],
    );
    let run = pairs(sign, encrypt);
    let body: Value = serde_json::from_str(&run.stdout).unwrap();
    assert_eq!(body["algorithm_type"], "SM2");
    assert_eq!(body["instance_id"], "f0fa17893b76433ba7879892951c620e");
    assert_eq!(ders(&run.stdout, "private_key_sign"), [der(&pki(sign[1]))]);
    let alone = ["--cert", &path(encrypt[0]), "--key", &path(encrypt[1]), "--algorithm-type", "SM2"];
    let refused = build(&alone).ends(1);
    assert!(refused.stderr.contains("--sign-cert: error[missing-sign-pair]"), "{}", refused.stderr);
    let exchanged = pairs(encrypt, sign);
    assert!(exchanged.stderr.contains("(swapped-pairs)"), "{}", exchanged.stderr);
    for member in ["cert_content", "private_key", "cert_content_sign", "private_key_sign"] {
        assert_eq!(ders(&exchanged.stdout, member), ders(&run.stdout, member), "{member}");
    }
}

#[test]
fn certificates_are_put_in_order_and_what_does_not_belong_is_left_out() {
    let folder = Folder::new();
    let names = ["certs/rsa-root.pem", "certs/rsa-int.pem", "certs/leaf-rsa-2048.pem", "certs/rsa-int.pem"];
    let request = "-----BEGIN CERTIFICATE REQUEST-----\nMAA=\n-----END CERTIFICATE REQUEST-----\n";
    let everything = [
        b"Bag Attributes\n    friendlyName: caf\xe9\n".as_slice(),
        &pki("keys/rsa-2048.pkcs1.pem"),
        request.as_bytes(),
        &joined(&names),
        b"subject=CN = x\r\n",
    ]
    .concat();
    let all = folder.file("all.pem", &everything);
    let expected = [der(&pki("certs/leaf-rsa-2048.pem")), der(&pki("certs/rsa-int.pem"))];
    let run = build(&["--cert", &all, "--key", &all]).prints_and_ends(0);
    assert_eq!(ders(&run.stdout, "cert_content"), expected);
    assert_eq!(ders(&run.stdout, "private_key"), [der(&pki("keys/rsa-2048.pkcs1.pem"))]);
    for rule in [
        "misordered-chain",
        "duplicate-certificate",
        "text-outside-pem",
        "private-key-in-certificate",
        "certificate-in-private-key",
        "extra-block",
        "root-in-chain",
    ] {
        assert!(run.stderr.contains(&format!("({rule})\n")), "{rule}: {}", run.stderr);
    }
    // What is said to be left out is said where it stands: the request begins after the key.
    let line = 1 + everything[..everything.windows(10).position(|piece| piece == b"-----BEGIN").unwrap()]
        .iter()
        .chain(&pki("keys/rsa-2048.pkcs1.pem"))
        .filter(|&&byte| byte == b'\n')
        .count();
    assert!(
        run.stderr.contains(&format!("all.pem:{line}:1: remove the block (extra-block)")),
        "{line} {}",
        run.stderr
    );

    let kept = build(&["--cert", &all, "--key", &all, "--keep-root"]).prints_and_ends(0);
    assert_eq!(
        ders(&kept.stdout, "cert_content"),
        [&expected[..], &[der(&pki("certs/rsa-root.pem"))]].concat()
    );
    let allowed = build(&["--cert", &all, "--key", &all, "--allow", "root-in-chain"]).prints_and_ends(0);
    assert_eq!(allowed.stdout, kept.stdout);
    assert!(!allowed.stderr.contains("root-in-chain"));

    // The chain may be exchanged with the key.
    let chain = folder.file("chain.pem", joined(&names));
    let swapped = build(&["--cert", &path("keys/rsa-2048.pkcs1.pem"), "--key", &chain]).prints_and_ends(0);
    assert_eq!(ders(&swapped.stdout, "cert_content"), expected);
    assert!(swapped.stderr.contains("(swapped-fields)"), "{}", swapped.stderr);
}

#[test]
fn pem_and_der_may_stand_in_one_file() {
    let folder = Folder::new();
    let (leaf, intermediate) = (pki("certs/leaf-rsa-2048.pem"), pki("certs/rsa-int.pem"));
    let expected = [der(&leaf), der(&intermediate)];
    let key = path("keys/rsa-2048.pkcs8.pem");
    for file in [
        [der(&leaf), der(&intermediate)].concat(),
        [der(&intermediate), der(&leaf)].concat(),
        [leaf.clone(), der(&intermediate)].concat(),
        [der(&intermediate), leaf.clone()].concat(),
        [der(&intermediate), b"\n".to_vec(), leaf.clone()].concat(),
        [leaf.clone(), b"\r\n".to_vec(), der(&intermediate), b"\n".to_vec()].concat(),
        [der(&pki("keys/rsa-2048.pkcs1.pem")), intermediate, der(&leaf)].concat(),
    ] {
        let mixed = folder.file("mixed", file);
        let body = build(&["--cert", &mixed, "--key", &key]).prints_and_ends(0).stdout;
        assert_eq!(ders(&body, "cert_content"), expected);
    }
    let bundle = folder.file("bundle", [expected[0].clone(), der(&pki("keys/rsa-2048.pkcs1.pem"))].concat());
    let body = build(&["--cert", &bundle, "--key", &bundle]).prints_and_ends(0).stdout;
    assert_eq!(ders(&body, "private_key"), [der(&pki("keys/rsa-2048.pkcs1.pem"))]);
}

#[test]
fn damaged_files_are_repaired() {
    let folder = Folder::new();
    let key = String::from_utf8(pki("keys/p256.pkcs8.pem")).unwrap();
    let certificate = path("certs/leaf-p256.pem");
    let utf_16 = |text: &str| -> Vec<u8> {
        [0xff, 0xfe].into_iter().chain(text.encode_utf16().flat_map(u16::to_le_bytes)).collect()
    };
    for (rule, file) in [
        ("carriage-returns", key.replace('\n', "\r\n").into_bytes()),
        ("byte-order-mark", format!("\u{feff}{key}").into_bytes()),
        ("indented-pem", key.lines().flat_map(|line| format!("  {line}\n").into_bytes()).collect()),
        ("quoted-pem", format!("'{key}'").into_bytes()),
        ("escaped-newlines", key.replace('\n', "\\n").into_bytes()),
        ("", utf_16(&key)),
        ("carriage-returns", utf_16(&key.replace('\n', "\r\n"))),
    ] {
        let file = folder.file("key", file);
        let run = build(&["--cert", &certificate, "--key", &file]).prints_and_ends(0);
        assert_eq!(ders(&run.stdout, "private_key"), [der(key.as_bytes())], "{rule}");
        assert!(rule.is_empty() || run.stderr.contains(&format!("({rule})")), "{}", run.stderr);
    }
}

#[test]
fn findings_point_into_the_files() {
    let folder = Folder::new();
    let (leaf, intermediate) = (pki("certs/leaf-rsa-2048.pem"), pki("certs/rsa-int.pem"));
    let chain =
        folder.file("chain.pem", [b"# a comment\n".to_vec(), intermediate.clone(), leaf.clone()].concat());
    let output = folder.path("request.json");
    let lines = |pem: &[u8]| std::str::from_utf8(pem).unwrap().lines().count();
    let other = path("keys/p256.pkcs8.pem");
    let run = build(&["--cert", &chain, "--key", &other, "-o", &output]).ends(1);
    // The leaf is put first before it is judged; it is shown where it stands in the file.
    let there = format!("{chain}:{}:1: certificate: RSA 2048 bits", lines(&intermediate) + 2);
    assert!(run.stderr.contains(&format!("{other}:1:1: error[key-mismatch] ")), "{}", run.stderr);
    assert!(run.stderr.contains(&there), "{there}\n{}", run.stderr);
    assert!(run.stderr.ends_with("(key-mismatch, documented)\n"), "{}", run.stderr);
    assert!(run.stdout.is_empty());
    assert!(!fs::exists(&output).unwrap(), "nothing is written");

    // A character in the middle of the key, in its own line and column.
    let mut key = String::from_utf8(pki("keys/rsa-2048.pkcs8.pem")).unwrap();
    key.replace_range(28 + 65 * 3 + 10..28 + 65 * 3 + 11, "!");
    let broken = folder.file("broken.pem", format!("\r\n\r\n{key}"));
    let run = build(&["--cert", &chain, "--key", &broken]).ends(1);
    assert!(run.stderr.contains(&format!("{broken}:7:11: error[invalid-base64] ")), "{}", run.stderr);

    // Binary files have no lines.
    let binary = folder.file("key.der", der(&pki("keys/p256.pkcs8.pem")));
    let run = build(&["--cert", &chain, "--key", &binary]).ends(1);
    assert!(run.stderr.contains(&format!("{binary}: error[key-mismatch]")), "{}", run.stderr);
    let two = folder.file("two.der", [der(&leaf), der(&pki("certs/other-root.pem"))].concat());
    let run = build(&["--cert", &two, "--key", &path("keys/rsa-2048.pkcs1.pem")]).ends(1);
    let at = format!("{two}, from byte {} on: error[unrelated-certificate]", der(&leaf).len());
    assert!(run.stderr.contains(&at), "{at}\n{}", run.stderr);

    // What stands in no file has the name of its option.
    for (arguments, said) in [
        (&["--type", "instance"][..], "--instance-id: error[missing-instance-id]"),
        (&["--type", "instance", "--instance-id", "x"], "--instance-id: error[malformed-instance-id]"),
        (&["--algorithm-type", "ECC"], "--algorithm-type: error[algorithm-mismatch]"),
        (
            &["--domain", "other.example"],
            &format!("{chain}:{}:1: error[domain-mismatch]", lines(&intermediate) + 2),
        ),
    ] {
        let key = path("keys/rsa-2048.pkcs1.pem");
        let run = build(&[&["--cert", &chain, "--key", &key], arguments].concat()).ends(1);
        assert!(run.stderr.contains(said), "{said}\n{}", run.stderr);
    }
}

#[test]
fn what_the_service_would_refuse_is_refused() {
    let folder = Folder::new();
    let leaf = path("certs/leaf-rsa-2048.pem");
    for (key, rule, help) in [
        (
            "keys/rsa-2048.legacy-encrypted.pem",
            "encrypted-private-key",
            "openssl pkey -in encrypted.pem -out key.pem",
        ),
        (
            "keys/rsa-2048.pkcs8-encrypted.pem",
            "encrypted-private-key",
            "openssl pkey -in encrypted.pem -out key.pem",
        ),
        ("keys/ed25519.pkcs8.pem", "unsupported-key", ""),
        ("certs/rsa-int.pem", "wrong-block", ""),
    ] {
        let run = build(&["--cert", &leaf, "--key", &path(key)]).ends(1);
        assert!(
            run.stderr.contains(&format!("error[{rule}]")) && run.stderr.contains(help),
            "{key} {}",
            run.stderr
        );
        assert!(run.stderr.contains("no body written: the service would answer 400 "), "{}", run.stderr);
        let binary = folder.file("key", der(&pki(key)));
        let run = build(&["--cert", &leaf, "--key", &binary]);
        // The older form of encryption stands in the headers, which DER has not.
        assert!(run.code == Some(1) || rule != "encrypted-private-key", "{}", run.stderr);
        assert!(key.contains("legacy") || run.stderr.contains(&format!("error[{rule}]")), "{}", run.stderr);
    }
    for (file, said) in [
        (b"PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n".to_vec(), "a PuTTY private key"),
        (
            [0xfe, 0xed, 0xfe, 0xed].into_iter().chain([0, 0, 0, 2, 0, 0, 0, 1, 0xff, 0xfe]).collect(),
            "a Java keystore",
        ),
        (b"{\"kty\": \"RSA\"}".to_vec(), "a JSON Web Key"),
        (Vec::new(), "missing-field"),
        (b"\n \n".to_vec(), "whitespace"),
    ] {
        let file = folder.file("key", file);
        let run = build(&["--cert", &leaf, "--key", &file]).ends(1);
        assert!(run.stderr.contains(said), "{said}\n{}", run.stderr);
    }
    let run = build(&["--cert", &leaf, "--key", &path("keys/rsa-2048.pkcs8.pem"), "--service", "apig"]);
    run.prints_and_ends(0);
    let run = apicert(&[
        "build",
        "--now",
        NOW,
        "--service",
        "apig",
        "--name",
        "a-b",
        "--cert",
        &leaf,
        "--key",
        &path("keys/rsa-2048.pkcs8.pem"),
    ])
    .ends(1);
    assert!(run.stderr.contains("--name: error[invalid-name]"), "{}", run.stderr);
}

#[test]
fn errors_that_the_service_lets_pass_stop_it_unless_they_are_allowed() {
    let reference: Value =
        serde_json::from_slice(&fs::read(fixtures().join("reference/repaired.json")).unwrap()).unwrap();
    let folder = Folder::new();
    let [certificate, key] = ["cert_content", "private_key"]
        .map(|member| folder.file(member, reference[member].as_str().unwrap()));
    let run = build(&["--cert", &certificate, "--key", &key]).ends(1);
    assert!(
        run.stderr.ends_with("no body written: an error remains; fix it, or accept it with --allow RULE\n"),
        "{}",
        run.stderr
    );
    for options in [["--allow", "published-key"], ["--warn", "published-key"]] {
        build(&[&["--cert", &certificate, "--key", &key], &options[..]].concat()).prints_and_ends(0);
    }
    // What the service refuses cannot be allowed.
    let run =
        build(&["--cert", &certificate, "--key", &path("keys/p256.sec1.pem"), "--allow", "key-mismatch"])
            .ends(1);
    assert!(run.stderr.contains("APIG.2101"), "{}", run.stderr);
}

#[test]
fn a_dash_is_standard_output_and_no_file() {
    let folder = Folder::new();
    let files = ["--cert", &path("certs/leaf-p256.pem"), "--key", &path("keys/p256.sec1.pem")];
    let body = build(&files).prints_and_ends(0).stdout;
    assert!(body.starts_with("{\n"));
    let dash = [&["build", "--now", NOW, "--name", "cert_demo", "-o", "-"], &files[..]].concat();
    let output = command(&dash).current_dir(folder.at()).output().unwrap();
    assert!(Run::of(&output).prints_and_ends(0).stdout == body);
    assert_eq!(fs::read_dir(folder.at()).unwrap().count(), 0);
}

#[test]
fn the_file_is_for_the_owner_alone_and_nothing_is_overwritten() {
    let folder = Folder::new();
    let output = folder.path("request.json");
    let arguments =
        ["--cert", &path("certs/leaf-p256.pem"), "--key", &path("keys/p256.sec1.pem"), "-o", &output];
    build(&arguments).ends(0);
    let body = fs::read(&output).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&output).unwrap().permissions().mode() & 0o7777, 0o600);
    }
    fs::write(&output, "precious").unwrap();
    let run = build(&arguments).ends(2);
    assert!(run.stderr.contains("request.json: is there already; --force replaces it"));
    assert_eq!(fs::read(&output).unwrap(), b"precious");
    build(&[&arguments[..], &["--force"]].concat()).ends(0);
    assert_eq!(fs::read(&output).unwrap(), body);
    assert_eq!(fs::read_dir(folder.at()).unwrap().count(), 1);
    build(&[&arguments[..4], &["-o", &folder.path("no/such/folder.json")]].concat()).ends(2);
}

#[test]
fn one_file_may_come_from_standard_input() {
    let arguments =
        ["build", "--now", NOW, "--name", "cert_demo", "--cert", &path("certs/leaf-p256.pem"), "--key", "-"];
    let run = with_stdin(&arguments, &pki("keys/p256.pkcs8.pem")).prints_and_ends(0);
    assert_eq!(ders(&run.stdout, "private_key"), [der(&pki("keys/p256.pkcs8.pem"))]);
    let run = with_stdin(&arguments, &pki("keys/rsa-2048.pkcs8.pem")).ends(1);
    assert!(run.stderr.contains("standard input:1:1: error[key-mismatch]"), "{}", run.stderr);
    build(&["--cert", "-", "--key", "-"]).ends(2);
}

#[test]
fn what_is_missing_or_cannot_be_read_is_2() {
    let folder = Folder::new();
    let leaf = path("certs/leaf-p256.pem");
    let run = build(&["--cert", &leaf, "--key", &folder.path("missing.pem")]).ends(2);
    assert!(run.stderr.contains("missing.pem (--key): no such file or directory"), "{}", run.stderr);
    let run = build(&["--cert", &leaf, "--key", folder.at().to_str().unwrap()]).ends(2);
    assert!(run.stderr.contains("is a directory"), "{}", run.stderr);
    let run = build(&["--cert", &leaf]).ends(2);
    assert!(run.stderr.contains("--key"), "{}", run.stderr);
    let run = build(&["--cert", &leaf, "--key", &leaf, "--type", "Global"]).ends(2);
    assert!(run.stderr.contains("--type takes one of global, instance"), "{}", run.stderr);
}

#[test]
fn nothing_of_a_key_is_said() {
    let folder = Folder::new();
    let leaf = path("certs/leaf-rsa-2048.pem");
    let canary = "MIIEcanaryBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDYvPx9H8ZY9iUf";
    build(&["--cert", canary, "--key", canary]).ends(2);
    build(&["--cert", &leaf, "--key", &leaf, "--instance-id", canary, "--type", canary]).ends(2);
    let key = folder.file("key", canary);
    apicert(&[
        "build",
        "--name",
        canary,
        "--cert",
        &leaf,
        "--key",
        &key,
        "--instance-id",
        canary,
        "--type",
        "instance",
    ])
    .ends(1);
    for file in files(&fixtures().join("pki/keys"), ".pem") {
        let pem = fs::read(&file).unwrap();
        let pieces: Pieces = pieces_of_long_strings(&pem);
        let file = file.to_str().unwrap();
        let binary = folder.file("key.der", der(&pem));
        for arguments in [
            ["--cert", &leaf, "--key", file],
            ["--cert", file, "--key", file],
            ["--cert", &binary, "--key", &binary],
        ] {
            let run = build(&arguments);
            assert_clean(&run.stderr, &pieces, file);
            assert!(run.code == Some(1) || run.stderr.is_empty() || run.code == Some(0), "{}", run.stderr);
        }
    }
}

#[test]
#[cfg(debug_assertions)]
fn a_fault_is_4_and_tells_nothing_of_the_files() {
    let folder = Folder::new();
    let key = folder.file("key", "MIIEcanaryBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDYvPx9H8ZY9iUf");
    let output = command(&["build", "--name", "cert_demo", "--cert", &key, "--key", &key])
        .env("APICERT_REHEARSE_FAULT", "main")
        .output()
        .unwrap();
    Run::of(&output).ends(4);
}

#[test]
fn a_body_for_another_call_has_the_fields_of_that_call() {
    let files = ["--cert", &path("certs/leaf-p256.pem"), "--key", &path("keys/p256.sec1.pem")];
    let folder = Folder::new();
    let output = folder.path("request.json");
    let built = |more: &[&str]| build(&[files.as_slice(), &["--force", "-o", &output], more].concat());
    let instance = ["--type", "instance", "--instance-id", "f0fa1789-3b76-433b-a787-9892951c620e"];
    for (more, fields) in [
        (["--call", "update"].as_slice(), 3),
        (&["--call", "bind", "--service", "apig"], 3),
        (&[&["--call", "update", "--service", "apig"], instance.as_slice()].concat(), 5),
        (&[&["--call", "bind"], instance.as_slice()].concat(), 5),
    ] {
        built(more).ends(0);
        let body: Value = serde_json::from_str(&fs::read_to_string(&output).unwrap()).unwrap();
        assert_eq!(body.as_object().unwrap().len(), fields, "{more:?}");
    }
    let run = built(&[&["--call", "bind", "--service", "apig"], instance.as_slice()].concat()).ends(2);
    assert!(run.stdout.is_empty());
    let said = "--type: the call bind of API Gateway has no field type; leave the option out";
    assert!(run.stderr.contains(said), "{}", run.stderr);
    let run = built(&["--call", "bind", "--algorithm-type", "ECC"]).ends(2);
    assert!(run.stderr.contains("--algorithm-type: the call bind of ROMA Connect"), "{}", run.stderr);
}
