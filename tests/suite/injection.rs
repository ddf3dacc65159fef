//! Nothing that others have written steers a terminal, hides text or passes for a command of a CI
//! system's runner: every command, on a terminal with colours and links. What the reports of `check` are
//! for the programs that read them is held in `formats`.

use std::collections::HashSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;

use apicert::internals::rules::{Citation, RULES};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;

use crate::cli::{Folder, command};
use crate::support::{NOW, fixtures};
use crate::terminal::{To, run};

/// What must not come raw but line feeds: control and format characters, line and paragraph separators,
/// private use, what is no character, and what is ignored when text is shown (Unicode 14: categories Cc,
/// Cf, Zl, Zp, Co and `Default_Ignorable_Code_Point`, as Python's `unicodedata` has them, without the signs
/// of U+0600 to U+0605, U+06DD, U+070F, U+0890, U+0891, U+08E2, U+110BD and U+110CD, which can be seen).
const STRANGE: [(u32, u32); 37] = [
    (0x0, 0x9),
    (0xb, 0x1f),
    (0x7f, 0x9f),
    (0xad, 0xad),
    (0x34f, 0x34f),
    (0x61c, 0x61c),
    (0x115f, 0x1160),
    (0x17b4, 0x17b5),
    (0x180b, 0x180f),
    (0x200b, 0x200f),
    (0x2028, 0x202e),
    (0x2060, 0x206f),
    (0x3164, 0x3164),
    (0xe000, 0xf8ff),
    (0xfdd0, 0xfdef),
    (0xfe00, 0xfe0f),
    (0xfeff, 0xfeff),
    (0xffa0, 0xffa0),
    (0xfff0, 0xfffb),
    (0xfffe, 0xffff),
    (0x13430, 0x13438),
    (0x1bca0, 0x1bca3),
    (0x1d173, 0x1d17a),
    (0x1fffe, 0x1ffff),
    (0x2fffe, 0x2ffff),
    (0x3fffe, 0x3ffff),
    (0x4fffe, 0x4ffff),
    (0x5fffe, 0x5ffff),
    (0x6fffe, 0x6ffff),
    (0x7fffe, 0x7ffff),
    (0x8fffe, 0x8ffff),
    (0x9fffe, 0x9ffff),
    (0xafffe, 0xaffff),
    (0xbfffe, 0xbffff),
    (0xcfffe, 0xcffff),
    (0xdfffe, 0xe0fff),
    (0xefffe, 0x0010_ffff),
];

/// The first and the last of each range.
fn strange() -> Vec<char> {
    let ends = STRANGE.iter().flat_map(|&(first, last)| [first, last]);
    let mut all: Vec<char> = ends.map(|code| char::from_u32(code).unwrap()).collect();
    all.extend([
        '\u{1b}', '\u{7}', '\u{8}', '\r', '\u{9b}', '\u{9d}', '\u{90}', '\u{85}', '\u{202e}', '\u{2066}',
    ]);
    all.dedup();
    all
}

/// What others would do with them.
const ATTACKS: [&str; 9] = [
    "\u{1b}[2J\u{1b}[1;1H",
    "\u{1b}]0;title\u{7}",
    "\u{1b}]8;;https://evil.example\u{1b}\\click\u{1b}]8;;\u{1b}\\",
    "\u{9b}31m",
    "\r\n::error file=x::y",
    "\n::set-output name=a::b",
    "\n##[error]z",
    "\u{202e}gnp.exe",
    "a\u{8}\u{8}\u{8}b\u{200b}c",
];

/// Addresses that we link to.
fn own_addresses() -> HashSet<String> {
    RULES.iter().flat_map(|rule| rule.citations()).filter_map(Citation::url).collect()
}

/// What is strange about a text, if anything. Colours of ours and links to addresses of ours are not.
fn fault(text: &str, own: &HashSet<String>) -> Option<String> {
    // A terminal's line breaks.
    let text = text.replace("\r\n", "\n");
    let mut rest = text.as_str();
    let mut plain = String::new();
    while let Some(at) = rest.find('\u{1b}') {
        plain.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        rest = if let Some(colour) = rest.strip_prefix('[') {
            let end = colour.find(|character: char| !character.is_ascii_digit() && character != ';')?;
            let Some(after) = colour[end..].strip_prefix('m') else {
                return Some(format!("a control sequence that ends in {:?}", &colour[end..=end]));
            };
            after
        } else if let Some(link) = rest.strip_prefix("]8;;") {
            let Some((address, after)) = link.split_once("\u{1b}\\") else {
                return Some("an open link".into());
            };
            if !address.is_empty() && !own.contains(address) {
                return Some(format!("a link to {address}"));
            }
            after
        } else {
            return Some("an escape".into());
        };
    }
    plain.push_str(rest);
    if let Some(line) = plain.lines().find(|line| line.trim_start().starts_with("::") || line.contains("##["))
    {
        return Some(format!("a command of a runner: {line}"));
    }
    plain
        .chars()
        .find(|&character| {
            let code = u32::from(character);
            STRANGE.iter().any(|&(first, last)| (first..=last).contains(&code))
        })
        .map(|character| format!("U+{:04X}", u32::from(character)))
}

#[test]
fn the_search_would_notice() {
    let own = HashSet::from(["https://example.com/ours".to_owned()]);
    for harmless in [
        "",
        "a\r\nb",
        "\u{1b}[1;31merror\u{1b}[0m: é证",
        "\u{1b}]8;;https://example.com/ours\u{1b}\\x\u{1b}]8;;\u{1b}\\",
    ] {
        assert_eq!(fault(harmless, &own), None);
    }
    for attack in ATTACKS {
        assert!(fault(&format!("a{attack}"), &own).is_some(), "{attack:?}");
    }
    for character in strange() {
        assert!(fault(&format!("a{character}b"), &own).is_some(), "{character:?}");
    }
}

/// Runs a command on a terminal, with colours and links on both streams, and looks at both.
struct Looker {
    own: HashSet<String>,
    count: usize,
    /// How many texts had colours and links.
    colourful: usize,
}

impl Looker {
    fn new() -> Self {
        Self { own: own_addresses(), count: 0, colourful: 0 }
    }

    fn look<S: AsRef<OsStr>>(&mut self, folder: &Folder, arguments: &[S]) -> String {
        let mut command = command(arguments);
        command.current_dir(folder.at());
        // What shows how far a long run has come draws on terminals, which is not what is looked at here.
        let forced = [("TERM", "xterm-kitty"), ("CLICOLOR_FORCE", "1"), ("FORCE_HYPERLINK", "1")];
        let (out, err) = run(command, To::Terminal, To::Pipe, &forced);
        let arguments: Vec<&OsStr> = arguments.iter().map(AsRef::as_ref).collect();
        // Its first words are commands, by design; what they say must not be another.
        let is_github = arguments.iter().any(|argument| argument.to_str() == Some("github"));
        for text in [&out, &err] {
            let text = if is_github {
                text.replace("::error ", "").replace("::warning ", "").replace("::notice ", "")
            } else {
                text.clone()
            };
            if let Some(fault) = fault(&text, &self.own) {
                panic!("{arguments:?} prints {fault}");
            }
            self.count += 1;
            self.colourful += usize::from(text.contains('\u{1b}'));
        }
        out + &err
    }

    /// All commands that read bodies.
    fn look_at_all(&mut self, folder: &Folder, paths: &[OsString]) -> String {
        let mut said = String::new();
        for arguments in [
            &["check", "-v", "--statistics", "--now", NOW][..],
            &["check", "--format", "concise", "--now", NOW],
            &["check", "--format", "json", "--now", NOW],
            &["check", "--format", "ndjson", "--now", NOW],
            &["check", "--format", "sarif", "--now", NOW],
            &["check", "--format", "github", "--now", NOW],
            &["check", "--format", "gitlab", "--now", NOW],
            &["check", "--format", "junit", "--now", NOW],
            &["check", "--format", "markdown", "--now", NOW],
            &["predict", "--now", NOW],
            &["predict", "--format", "json", "--now", NOW],
            &["fix", "--diff", "--unsafe", "-v", "--now", NOW],
            &["inspect"],
            &["inspect", "--format", "json"],
        ] {
            let arguments: Vec<OsString> =
                arguments.iter().map(OsString::from).chain(paths.iter().cloned()).collect();
            said += &self.look(folder, &arguments);
        }
        said
    }
}

fn repository() -> Folder {
    let folder = Folder::new();
    folder.file(".git/HEAD", "");
    folder
}

/// A certificate with something else in the place of its organization, which has eleven octets.
fn certificate(organization: &str) -> String {
    let pem = fs::read_to_string(fixtures().join("pki/certs/leaf-p256.pem")).unwrap();
    let mut der = pem::parse(pem).unwrap().into_contents();
    let name = b"Example Ltd";
    assert_eq!(organization.len(), name.len());
    let at = der.windows(name.len()).position(|window| window == name).unwrap();
    der[at..at + name.len()].copy_from_slice(organization.as_bytes());
    let base64 = STANDARD.encode(der);
    let lines: Vec<&str> =
        base64.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
    format!("-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n", lines.join("\n"))
}

/// Pieces of exactly eleven octets with everything strange in them.
fn organizations() -> Vec<String> {
    let mut texts: Vec<String> = strange().into_iter().map(String::from).collect();
    texts.extend(ATTACKS.map(str::to_owned));
    let mut names = Vec::new();
    for text in texts {
        let mut name = String::new();
        for character in text.chars() {
            if name.len() + character.len_utf8() > 11 {
                break;
            }
            name.push(character);
        }
        while name.len() < 11 {
            name.push('x');
        }
        names.push(name);
    }
    names
}

#[test]
fn names_of_certificates() {
    let folder = repository();
    let key = fs::read_to_string(fixtures().join("pki/keys/p256.pkcs8.pem")).unwrap();
    let certificates: Vec<String> = organizations().iter().map(|name| certificate(name)).collect();
    let mut paths: Vec<OsString> = vec!["all.pem".into()];
    folder.file("all.pem", certificates.concat());
    for (index, certificates) in certificates.chunks(12).enumerate() {
        let body = json!({"name": "cert_demo", "cert_content": certificates.concat(), "private_key": key});
        folder.file(&format!("{index}.json"), body.to_string());
        paths.push(format!("{index}.json").into());
    }
    let mut looker = Looker::new();
    looker.look_at_all(&folder, &paths);
    for certificate in &certificates {
        folder.file("one.pem", certificate);
        let said = looker.look(&folder, &["inspect", "one.pem"]);
        assert!(said.contains("\\u{"), "the name is shown: {said}");
        folder.file(
            "one.json",
            json!({"name": "a", "cert_content": certificate, "private_key": key}).to_string(),
        );
        looker.look(&folder, &["predict", "one.json"]);
    }
    folder.file("key.pem", &key);
    let said =
        looker.look(&folder, &["build", "--name", "cert_demo", "--cert", "all.pem", "--key", "key.pem"]);
    assert!(said.contains("all.pem"), "{said}");
    for file in files(&fixtures().join("formats/hostile")) {
        looker.look_at_all(&folder, &[file.into_os_string()]);
    }
    assert!(looker.colourful > 30, "{} of {} texts had colours", looker.colourful, looker.count);
}

fn files(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    crate::support::files(folder, ".json")
}

#[test]
fn texts_of_bodies() {
    let folder = repository();
    let mut looker = Looker::new();
    let everything: String = strange().into_iter().collect();
    let mut texts: Vec<String> = ATTACKS.map(str::to_owned).to_vec();
    texts.push(everything);
    let mut paths: Vec<OsString> = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        let pem = fs::read_to_string(fixtures().join("pki/certs/leaf-p256.pem")).unwrap();
        let label = format!("-----BEGIN {text}-----\nMIIB\n-----END {text}-----\n");
        let bodies = [
            json!({"name": text, "cert_content": label, "private_key": text, "type": text, "instance_id": text, text: 1})
                .to_string(),
            json!({"name": format!("a {text}"), "cert_content": format!("{text}{pem}{text}"), "private_key": pem.replace("CERTIFICATE", text)})
                .to_string(),
            // Raw in the file, where JSON allows them and where it does not.
            format!("{{\"name\": \"{text}\", \"{text}\": \"{text}\", \"private_key\": \"-----BEGIN {text}\"}}"),
            format!("{text}{{\"private_key\": {text}}}{text}"),
        ];
        for (number, body) in bodies.iter().enumerate() {
            let name = format!("{index}-{number}.json");
            folder.file(&name, body);
            paths.push(name.into());
        }
    }
    looker.look_at_all(&folder, &paths);
    assert!(looker.colourful > 2);
}

#[test]
fn names_of_files() {
    let folder = repository();
    let mut looker = Looker::new();
    let body = r#"{"name": "x", "cert_content": "no", "privateKey": 1}"#;
    let mut names: Vec<Vec<u8>> =
        ATTACKS.iter().map(|attack| format!("{}.json", attack.replace('/', "_")).into()).collect();
    // A name has at most 255 octets, and neither a zero nor a slash.
    for characters in strange().chunks(40) {
        let name: String = characters.iter().filter(|&&character| character != '\0').collect();
        names.push(format!("{name}.json").into());
    }
    names.extend([
        b"::error::x.json".to_vec(),
        b"  ::warning::.json".to_vec(),
        b"\xff\xfe\x1b[2J\x80.json".to_vec(),
    ]);
    let mut paths = Vec::new();
    for name in &names {
        let name = OsStr::from_bytes(name);
        fs::write(folder.at().join(name), body).unwrap();
        paths.push(OsStr::from_bytes(b"./").to_owned());
        paths.last_mut().unwrap().push(name);
    }
    let said = looker.look_at_all(&folder, &paths);
    assert!(said.contains("\\u{"), "names are shown");
    // Walked, as lines, in a folder that is called so, and not there at all.
    looker.look_at_all(&folder, &[".".into()]);
    for name in &names {
        let path = OsStr::from_bytes(name);
        let missing: OsString = [OsStr::new("no/"), path].into_iter().collect();
        for arguments in [
            &["check", "--ndjson", "-v"][..],
            &["predict", "--against"],
            &["build", "--name", "a", "--cert"],
            &["check", "--config"],
        ] {
            let mut arguments: Vec<OsString> = arguments.iter().map(OsString::from).collect();
            let last = arguments.len();
            for path in [[OsStr::new("./"), path].into_iter().collect(), missing.clone()] {
                arguments.truncate(last);
                arguments.push(path);
                if arguments[0] == "predict" {
                    arguments.push(OsString::from("./"));
                } else if arguments[0] == "build" {
                    arguments.extend([OsString::from("--key"), missing.clone()]);
                }
                looker.look(&folder, &arguments);
            }
        }
        let mut set = OsString::from("--stdin-filename=");
        set.push(path);
        looker.look(&folder, &["check".into(), set, "-".into()]);
        let mut output = OsString::from("--output=json=no/");
        output.push(path);
        looker.look(&folder, &["check".into(), output]);
        looker.look(&folder, &["explain".into(), path.to_owned()]);
        looker.look(&folder, &[path.to_owned()]);
    }
    let inside = Folder::new();
    let name = OsStr::from_bytes(b"\x1b[2J\n::error::\xe2\x80\xae");
    fs::create_dir(inside.at().join(name)).unwrap();
    fs::create_dir(inside.at().join(name).join(".git")).unwrap();
    fs::write(inside.at().join(name).join("apicert.toml"), "nonsense = 1\n").unwrap();
    fs::write(inside.at().join(name).join("a.json"), body).unwrap();
    looker.look_at_all(&inside, &[name.to_owned()]);
    let config: OsString =
        [OsStr::new("--config=./"), name, OsStr::new("/apicert.toml")].into_iter().collect();
    let said = looker.look(&inside, &["check".into(), config]);
    assert!(said.contains("unknown key in apicert.toml"), "{said}");
}

#[test]
fn configurations_and_responses() {
    let folder = repository();
    let mut looker = Looker::new();
    folder.file("a.json", r#"{"name": "x", "cert_content": "no", "privateKey": 1}"#);
    let everything: String = strange().into_iter().collect();
    let mut shown = 0;
    for text in ATTACKS.iter().copied().chain([everything.as_str()]) {
        let escaped: String =
            text.chars().map(|character| format!("\\U{:08x}", u32::from(character))).collect();
        let reason = format!(
            "[[ignore]]\nrule = \"missing-field\"\nat = \"a.json\"\nreason = \"so it is {escaped}\"\n\
             [[ignore]]\nrule = \"weak-key\"\nat = \"a.json\"\nreason = \"{escaped} so\"\n"
        );
        for configuration in [
            reason.clone(),
            format!("\"{escaped}\" = 1\n"),
            format!("service = \"{escaped}\"\n"),
            format!("exclude = [\"{escaped}\"]\n"),
            format!("[rules]\n\"{escaped}\" = \"allow\"\n"),
            format!("service = \"{text}\"\n{text}"),
            text.to_owned(),
        ] {
            folder.file("apicert.toml", &configuration);
            let said = looker.look_at_all(&folder, &["a.json".into()]);
            shown += usize::from(configuration == reason && said.contains("so it is"));
        }
        fs::remove_file(folder.path("apicert.toml")).unwrap();
        let response = json!({"name": text, "san": [text, "a"], "common_name": format!("a {text}"), text: text, "error_code": null});
        folder.file("response.json", response.to_string());
        folder.file("refused.json", json!({"error_code": text, "error_msg": text}).to_string());
        let good = fixtures().join("accepted/roma/key-p256-pkcs8.json");
        for file in ["response.json", "refused.json"] {
            for format in ["--format=body", "--format=json"] {
                let arguments = ["predict", "--now", NOW, "--against", file, format, good.to_str().unwrap()];
                looker.look(&folder, &arguments);
            }
        }
    }
    assert!(shown > 3, "reasons stand in reports: {shown}");
}
