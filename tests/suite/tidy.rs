//! The layers hold: each part names only those to its left, and outside crates are named where they
//! belong.

use std::fs;
use std::path::{Path, PathBuf};

use crate::support::files_below;

/// The parts, from the one that may name nobody to the one that may name all.
const PARTS: [&str; 29] = [
    "internal_fault",
    "span",
    "redact",
    "escaped_json",
    "secret",
    "spelling",
    "timestamp",
    "api",
    "settings",
    "edit",
    "problem",
    "der",
    "source_map",
    "keys",
    "x509",
    "pem",
    "json",
    "chain",
    "facts",
    "rules",
    "response",
    "report",
    "fix",
    "template",
    "body_builder",
    "containers",
    "inspect",
    "output",
    "cli",
];

/// Which part alone may name an outside crate (or a piece of the standard library).
const AT_HOME: [(&str, &[&str]); 44] = [
    ("x509_parser", &["inspect"]),
    ("ring", &["keys", "chain"]),
    ("pem", &["pem"]),
    ("p224", &["keys", "chain"]),
    ("p256", &["keys", "chain"]),
    ("p384", &["keys", "chain"]),
    ("p521", &["keys", "chain"]),
    ("sm2", &["keys", "chain"]),
    ("sm3", &["chain", "containers"]),
    ("sha1", &["chain", "containers"]),
    ("md5", &["chain", "containers"]),
    ("num_bigint", &["keys", "x509", "chain"]),
    ("num_integer", &["facts"]),
    ("num_traits", &["facts"]),
    ("zeroize", &["edit", "secret", "keys", "fix", "body_builder", "containers", "template", "cli"]),
    ("sha2", &["keys", "x509", "pem", "json", "chain", "report", "containers"]),
    ("base64", &["keys", "pem", "edit", "body_builder", "containers"]),
    ("aes", &["containers"]),
    ("cbc", &["containers"]),
    ("des", &["containers"]),
    ("rc2", &["containers"]),
    ("sm4", &["containers"]),
    ("hmac", &["containers"]),
    ("pbkdf2", &["containers"]),
    ("scrypt", &["containers"]),
    ("time", &["timestamp"]),
    ("unicode_general_category", &["redact"]),
    ("miette", &["output"]),
    ("unicode_width", &["output"]),
    ("quick_xml", &["output"]),
    ("percent_encoding", &["output"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("supports_hyperlinks", &["cli"]),
    ("ignore", &["cli"]),
    ("indicatif", &["cli"]),
    ("nix", &["cli"]),
    ("rustix", &["cli"]),
    ("tempfile", &["cli"]),
    ("std::fs", &["cli"]),
    ("std::env", &["cli"]),
    ("std::time", &["cli"]),
    ("std::io", &["output", "cli"]),
];

fn part_of(path: &Path) -> &str {
    let below = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).unwrap();
    let mut below = below.components().skip_while(|part| part.as_os_str() != "src");
    let first = below.nth(1).unwrap().as_os_str().to_str().unwrap();
    first.strip_suffix(".rs").unwrap_or(first)
}

/// The source of the package.
fn sources() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    files_below(&root.join("src"), ".rs")
}

/// The code of a file without comments and without its tests.
fn code(path: &Path) -> String {
    if path.ends_with("tests.rs") {
        return String::new();
    }
    let text = fs::read_to_string(path).unwrap();
    let text = text.split("#[cfg(test)]\nmod ").next().unwrap().to_owned();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

fn names(code: &str, path: &str) -> bool {
    code.match_indices(path).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + path.len()..].chars().next();
        let is_word = |character: Option<char>| character.is_some_and(|c| c.is_alphanumeric() || c == '_');
        !is_word(before) && before != Some(':') && !is_word(after)
    })
}

#[test]
fn each_part_names_only_those_before_it() {
    let mut failures = Vec::new();
    for path in sources() {
        let part = part_of(&path);
        if part == "lib" || part == "main" {
            continue;
        }
        let own = PARTS.iter().position(|&known| known == part);
        let Some(own) = own else { panic!("{}: {part} is no part of the layout", path.display()) };
        let code = code(&path);
        for later in &PARTS[own + 1..] {
            if names(&code, &format!("crate::{later}")) {
                failures.push(format!("{} names crate::{later}", path.display()));
            }
        }
        if part != "cli" && (names(&code, "crate::lint") || names(&code, "crate::predict")) {
            failures.push(format!("{} calls the top of the crate", path.display()));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn outside_crates_are_named_where_they_belong() {
    let mut failures = Vec::new();
    for path in sources() {
        let part = part_of(&path);
        let code = code(&path);
        for (outside, homes) in AT_HOME {
            let named = if outside.starts_with("std::") {
                names(&code, outside)
            } else {
                names(&code, &format!("use {outside}")) || names_as_path(&code, outside)
            };
            if named && !homes.contains(&part) {
                failures.push(format!("{} names {outside}", path.display()));
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Whether `krate::…` stands in the code as the beginning of a path.
fn names_as_path(code: &str, krate: &str) -> bool {
    let path = format!("{krate}::");
    code.match_indices(&path).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        !before.is_some_and(|character| character.is_alphanumeric() || matches!(character, '_' | ':'))
            // A module of our own of the same name, used by a `use` of its parent.
            && !code.contains(&format!("use crate::{krate};"))
            && !code.contains(&format!("use crate::x509::{krate}"))
            && !code.contains(&format!("mod {krate};"))
            && !code.contains(&format!("facts::{{{krate}"))
    })
}

#[test]
fn the_layers_would_notice() {
    assert!(names("use crate::rules::Rule;", "crate::rules"));
    assert!(!names("use crate::rules_of_thumb;", "crate::rules"));
    assert!(names_as_path("let x = ring::digest::digest();", "ring"));
    assert!(!names_as_path("let x = string::digest();", "ring"));
}

#[test]
fn there_is_no_unsafe_code_in_any_package_of_ours() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut packages = 0;
    for path in ours(root, "Cargo.toml") {
        let mut manifest = fs::read_to_string(&path).unwrap();
        let mut table = "\n[lints.rust]\n";
        if manifest.contains("\n[lints]\nworkspace = true\n") {
            manifest = fs::read_to_string(root.join("Cargo.toml")).unwrap();
            table = "\n[workspace.lints.rust]\n";
        }
        let lints = manifest.split(table).nth(1).unwrap_or_default();
        let lints = lints.split("\n[").next().unwrap();
        // What is forbidden cannot be allowed again further down.
        assert!(lints.lines().any(|line| line == "unsafe_code = \"forbid\""), "{}", path.display());
        packages += 1;
    }
    assert!(packages >= 2, "the fuzz targets are a package too");
    // Lints do not see what stands in a macro of another crate's.
    let keyword = format!("un{}", "safe");
    for path in ours(root, ".rs") {
        let text = fs::read_to_string(&path).unwrap();
        for beginning in [" {", " fn", " impl", " extern", "(no_mangle)"] {
            assert!(!text.contains(&format!("{keyword}{beginning}")), "{}", path.display());
        }
    }
}

/// The files of ours whose names end so; nothing that was built or fetched.
fn ours(root: &Path, ending: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        if path.is_dir() && name != "target" && !name.starts_with('.') {
            found.extend(ours(&path, ending));
        } else if name.ends_with(ending) {
            found.push(path);
        }
    }
    found
}

#[test]
fn nothing_opens_a_connection_or_starts_a_program() {
    // Of the network nothing but addresses, which stand in certificates.
    let addresses = ["IpAddr", "Ipv4Addr", "Ipv6Addr", "{IpAddr, Ipv4Addr}", "{Ipv4Addr, Ipv6Addr}"];
    for path in sources() {
        let code = code(&path);
        for (at, found) in code.match_indices("std::net::") {
            let rest = &code[at + found.len()..];
            assert!(addresses.iter().any(|address| rest.starts_with(address)), "{}", path.display());
        }
        for elsewhere in
            ["use std::net;", "os::unix::net", "os::unix::process", "process::Command", "process::{"]
        {
            assert!(!code.contains(elsewhere), "{} names {elsewhere}", path.display());
        }
    }
}

#[test]
fn the_tests_that_security_promises_rest_on_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let page = fs::read_to_string(root.join("SECURITY.md")).unwrap();
    let mut named = 0;
    for name in page.split('`').skip(1).step_by(2).filter(|code| code.contains("::")) {
        let (module, rest) = name.split_once("::").unwrap();
        let inner = rest.split("::").next().unwrap();
        let source = [format!("{module}.rs"), format!("{module}/{inner}.rs"), format!("{module}/mod.rs")]
            .iter()
            .find_map(|file| fs::read_to_string(root.join("tests/suite").join(file)).ok())
            .unwrap_or_else(|| panic!("{name}: there is no such module"));
        let test = rest.rsplit("::").next().unwrap();
        assert!(source.contains(&format!("fn {test}(")), "{name} is not there");
        named += 1;
    }
    assert!(named > 10, "{named}");
}

#[test]
fn nobody_speaks_of_places_outside_the_project() {
    // The words are put together here so that this file does not hold them itself.
    let outside = [format!("{}/spec", "shared"), format!("{}/shared", ".."), format!("/work{}", "/")];
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut failures = Vec::new();
    for folder in ["src", "tests", "docs", "fixtures"] {
        for path in files_below(&root.join(folder), "") {
            let Ok(text) = fs::read_to_string(&path) else { continue };
            if outside.iter().any(|place| text.contains(place.as_str())) {
                failures.push(path.display().to_string());
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}
