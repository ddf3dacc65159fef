//! What the targets are fed with first, from the fixtures: nothing of it is stored twice.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::Value;

/// Longer files are no good seeds.
const LONGEST: usize = 64 * 1024;

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures")
}

/// The files below a folder of the fixtures whose names end in one of `endings`, in order.
fn files(folder: &str, endings: &[&str]) -> Vec<Vec<u8>> {
    let mut folders = vec![fixtures().join(folder)];
    let mut paths = BTreeSet::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
            let path = entry.expect("the folder can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if endings.iter().any(|ending| path.to_string_lossy().ends_with(ending)) {
                paths.insert(path);
            }
        }
    }
    let files: Vec<Vec<u8>> = paths
        .iter()
        .map(|path| fs::read(path).expect("the file can be read"))
        .filter(|bytes| bytes.len() <= LONGEST)
        .collect();
    assert!(!files.is_empty(), "no {endings:?} in {folder}");
    files
}

/// Bodies, good and bad.
#[must_use]
pub fn bodies() -> Vec<Vec<u8>> {
    files("", &[".json"])
}

/// Bodies, and long ones: 64 kB to 1 MB, made of those and of PEM texts. Nobody keeps files of that
/// length.
#[must_use]
pub fn bodies_and_long_ones() -> Vec<Vec<u8>> {
    let mut all = bodies();
    all.extend(long_bodies());
    all
}

/// The longest input of a fuzzer, and of the seeds.
pub const MOST: usize = 1 << 20;

fn long_bodies() -> Vec<Vec<u8>> {
    let texts = |folder, ending| -> Vec<String> {
        let pieces = files(folder, &[ending]).into_iter();
        pieces.map(|text| String::from_utf8(text).expect("PEM is text")).collect()
    };
    let certificates = texts("pki/certs", ".pem");
    let keys = texts("pki/keys", "rsa-2048.pkcs8.pem");
    let key = &keys[0];
    let body = |certificates: &str, key: &str| {
        let body = serde_json::json!({"name": "cert_demo", "cert_content": certificates, "private_key": key});
        serde_json::to_vec(&body).expect("a body can be written")
    };
    // As long as that once its line breaks are escaped.
    let repeated = |texts: &[String], length: usize| {
        let mut text = String::new();
        let mut written = 0;
        for piece in texts.iter().cycle() {
            written += piece.len() + piece.matches('\n').count();
            if written > length {
                return text;
            }
            text.push_str(piece);
        }
        text
    };
    let long = repeated(&certificates, MOST - 4096);
    let damaged = long.replacen('\n', " ", 2_000).replace("-----END", "----END");
    let members: String = (0..MOST / 32).map(|index| format!("\"member_{index}\": \"value\",\n")).collect();
    let seeds = vec![
        body(&repeated(&certificates, 68 << 10), key),
        body(&repeated(&certificates, 256 << 10), key),
        body(&long, key),
        body(key, &repeated(&keys, MOST - 4096)),
        body(&damaged, &key.replace('\n', "\\n")),
        body(&long.replace('\n', ""), key),
        body(&base64(&long), &base64(key)),
        body(&"A".repeat(MOST - 4096), key),
        body(&"-".repeat(MOST / 2), &"-----BEGIN ".repeat(40_000)),
        format!("{{{members}\"name\": \"cert_demo\"}}").into_bytes(),
        "[".repeat(256 << 10).into_bytes(),
        long.clone().into_bytes(),
    ];
    for (number, seed) in seeds.iter().enumerate() {
        assert!((64 << 10..=MOST).contains(&seed.len()), "the long seed {number} has {} bytes", seed.len());
    }
    seeds
}

fn base64(text: &str) -> String {
    use base64::Engine as _;
    let text = text.get(..text.len() / 4 * 2).unwrap_or_default();
    base64::engine::general_purpose::STANDARD.encode(text)
}

/// Choices for what is made of choices: anything will do.
#[must_use]
pub fn choices() -> Vec<Vec<u8>> {
    (0..256_u64)
        .map(|seed| {
            let mut random = Random(seed);
            (0..=seed * 4).map(|_| random.next().to_le_bytes()[0]).collect()
        })
        .collect()
}

/// PEM texts, whole and damaged.
#[must_use]
pub fn pem_texts() -> Vec<Vec<u8>> {
    let mut texts = BTreeSet::new();
    for line in files_text("pem/go.ndjson").lines() {
        let case: Value = serde_json::from_str(line).expect("a line of the fixture is JSON");
        texts.extend(case["text"].as_str().map(|text| text.as_bytes().to_vec()));
    }
    for body in bodies() {
        let Ok(Value::Object(body)) = serde_json::from_slice(&body) else { continue };
        texts.extend(body.values().filter_map(Value::as_str).map(|text| text.as_bytes().to_vec()));
    }
    texts.extend(files("pki", &[".pem"]));
    texts.into_iter().collect()
}

fn files_text(path: &str) -> String {
    fs::read_to_string(fixtures().join(path)).expect("the fixture can be read")
}

/// Private keys, in PEM and in DER.
#[must_use]
pub fn keys() -> Vec<Vec<u8>> {
    with_der(files("pki/keys", &[".pem"]))
}

/// PKCS#12, PKCS#7, encrypted keys, Kubernetes Secrets and the JSON of Vault.
#[must_use]
pub fn containers() -> Vec<Vec<u8>> {
    files("containers", &[".p12", ".p7b", ".pem", ".der", ".yaml", ".json"])
}

/// Certificates, in PEM and in DER.
#[must_use]
pub fn certificates() -> Vec<Vec<u8>> {
    let mut texts: BTreeSet<Vec<u8>> = files("pki/certs", &[".pem"]).into_iter().collect();
    texts.extend(pem_texts().into_iter().filter(|text| text.starts_with(b"-----BEGIN CERTIFICATE-----\n")));
    with_der(texts.into_iter().collect())
}

fn with_der(texts: Vec<Vec<u8>>) -> Vec<Vec<u8>> {
    let mut all = BTreeSet::new();
    for text in texts {
        let blocks = pem::parse_many(&text).unwrap_or_default();
        all.extend(blocks.into_iter().map(pem::Pem::into_contents).filter(|der| der.len() < LONGEST));
        all.insert(text);
    }
    all.into_iter().collect()
}

/// PEM texts that bodies are put together from.
pub static PIECES: LazyLock<Vec<String>> = LazyLock::new(|| {
    let small = |text: &Vec<u8>| text.len() < 4096;
    let pieces = files("pki", &[".pem"]).into_iter().filter(small);
    pieces.map(|text| String::from_utf8(text).expect("PEM is text")).collect()
});

/// `SplitMix64`: numbers that look random, the same ones each time.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound.max(1)).expect("a length fits");
        usize::try_from(self.next() % bound).expect("it is below a length")
    }
}
