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
