//! Looking for a key in the memory of another process.

use std::collections::HashMap;
use std::fs::{self, File};
use std::os::unix::fs::FileExt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::keys::Key;

/// How long a piece must be to count.
const WINDOW: usize = 16;

/// Pieces of a key, in all the forms in which it may lie in memory.
pub(crate) struct Pieces {
    forms: HashMap<[u8; WINDOW], &'static str>,
    /// A bit for each hash of the first bytes of a piece, so that hardly any place needs the map.
    filter: Vec<bool>,
}

/// No piece has so many zeros in a row.
const ZEROS: usize = 4;

/// What was found: where, and what.
pub(crate) type Found = Vec<(String, &'static str)>;

impl Pieces {
    pub(crate) fn of(key: &Key) -> Self {
        let mut pieces = Self { forms: HashMap::new(), filter: vec![false; 1 << 16] };
        for number in key.numbers() {
            let backwards: Vec<u8> = number.iter().rev().copied().collect();
            pieces.add(number, "number, big end first");
            // Limbs too, the lowest first.
            pieces.add(&backwards, "number, little end first");
            pieces.add(&limbs(number, 8), "number in limbs of 64 bits, the highest first");
            pieces.add(&limbs(number, 4), "number in limbs of 32 bits, the highest first");
        }
        let is_private = |byte: usize| key.private.iter().any(|range| range.contains(&byte));
        // Base64 of what is private alone: the public half of a key may be known.
        let base64 = STANDARD.encode(&key.der);
        let private: Vec<bool> =
            (0..base64.len()).map(|at| is_private(at * 6 / 8) && is_private((at * 6 + 5) / 8)).collect();
        let lines: Vec<usize> = (0..base64.len()).step_by(64).collect();
        for &start in &lines {
            let end = (start + 64).min(base64.len());
            pieces.add_where(&base64.as_bytes()[start..end], &private[start..end], "base64");
        }
        // The same inside of another base64.
        let line_at = |at: usize| key.pem.find(&base64[at..(at + 64).min(base64.len())]);
        let twice = STANDARD.encode(&key.pem);
        let mut private_twice = vec![false; twice.len()];
        for &start in &lines {
            let Some(in_text) = line_at(start) else { continue };
            for (at, is_private) in private_twice.iter_mut().enumerate() {
                let inside = |byte: usize| {
                    byte.checked_sub(in_text)
                        .filter(|&place| place < 64)
                        .is_some_and(|place| private.get(start + place).copied().unwrap_or_default())
                };
                *is_private |= inside(at * 6 / 8) && inside((at * 6 + 5) / 8);
            }
        }
        pieces.add_where(twice.as_bytes(), &private_twice, "base64 of base64");
        assert!(pieces.forms.len() > 60, "{}: only {} pieces", key.name, pieces.forms.len());
        pieces
    }

    fn add(&mut self, bytes: &[u8], form: &'static str) {
        self.add_where(bytes, &vec![true; bytes.len()], form);
    }

    fn add_where(&mut self, bytes: &[u8], is_private: &[bool], form: &'static str) {
        for (window, is_private) in bytes.windows(WINDOW).zip(is_private.windows(WINDOW)) {
            if is_private.iter().all(|&is_private| is_private) {
                let window: [u8; WINDOW] = window.try_into().unwrap();
                // Padded numbers have runs of zeros, which are nobody's secret.
                if !window.windows(ZEROS).any(|bytes| bytes.iter().all(|&byte| byte == 0)) {
                    self.filter[hash(window[0], window[1], window[2])] = true;
                    self.forms.insert(window, form);
                }
            }
        }
    }

    /// Searches all that a process can write, or has written.
    pub(crate) fn search(&self, process: u32) -> Found {
        let memory = File::open(format!("/proc/{process}/mem")).unwrap();
        let maps = fs::read_to_string(format!("/proc/{process}/maps")).unwrap();
        let mut found = Vec::new();
        let mut searched = 0;
        for line in maps.lines() {
            let mut words = line.split_ascii_whitespace();
            let (range, permissions) = (words.next().unwrap(), words.next().unwrap());
            let name = words.nth(3).unwrap_or("anonymous");
            let is_own =
                permissions.starts_with("rw") || (permissions.starts_with('r') && name == "anonymous");
            if !is_own || matches!(name, "[vvar]" | "[vsyscall]") {
                continue;
            }
            let (start, end) = range.split_once('-').unwrap();
            let address = |text| u64::from_str_radix(text, 16).unwrap();
            let (start, end) = (address(start), address(end));
            let mut bytes = vec![0; usize::try_from(end - start).unwrap()];
            // Guard pages cannot be read.
            let Ok(length) = memory.read_at(&mut bytes, start) else { continue };
            bytes.truncate(length);
            searched += length;
            let name = name.rsplit('/').next().unwrap();
            self.search_in(&bytes, name, &mut found);
            // Characters as such, four bytes each; and in structures of eight bytes.
            for width in [4, 8] {
                let narrow: Vec<u8> = bytes.chunks_exact(width).map(narrow).collect();
                self.search_in(&narrow, &format!("{name}, {width} bytes a character"), &mut found);
            }
        }
        assert!(searched > 100 * 1024, "only {searched} bytes could be searched");
        found
    }

    fn search_in(&self, bytes: &[u8], name: &str, found: &mut Found) {
        let mut at = 0;
        while let Some(window) = bytes.get(at..at + WINDOW) {
            if window[1..=ZEROS].iter().all(|&byte| byte == 0) {
                // Most of memory is zeros, and no piece has so many of them in a row.
                let rest = &bytes[at + 1..];
                at += rest.iter().position(|&byte| byte != 0).unwrap_or(rest.len()) + 2 - ZEROS;
                continue;
            }
            if self.filter[hash(window[0], window[1], window[2])]
                && let Some(form) = self.forms.get(window)
            {
                let place = format!("{name}+{at:#x}");
                // One place for all windows of a run.
                found.push((place, *form));
                at += WINDOW;
            } else {
                at += 1;
            }
        }
    }
}

fn hash(first: u8, second: u8, third: u8) -> usize {
    (usize::from(first) << 8 | usize::from(second)) ^ (usize::from(third) << 4)
}

/// A character that fills a word, or nothing.
fn narrow(word: &[u8]) -> u8 {
    if word[1..].iter().all(|&byte| byte == 0) { word[0] } else { 0 }
}

/// A number in limbs, each in the order of this machine.
fn limbs(number: &[u8], width: usize) -> Vec<u8> {
    let missing = (width - number.len() % width) % width;
    let mut bytes = vec![0; missing];
    bytes.extend_from_slice(number);
    bytes.chunks_exact(width).flat_map(|limb| limb.iter().rev().copied().collect::<Vec<u8>>()).collect()
}
