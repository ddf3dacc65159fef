//! Canaries, and how they are looked for in what is printed.

use std::collections::HashSet;
use std::hash::{BuildHasherDefault, Hasher};

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// How long a piece must be to count as a leak.
const WINDOW: usize = 8;
/// Without regard to case, and of hexadecimal digits, chance would find shorter ones.
const LONG_WINDOW: usize = 12;
/// What eight characters of base64 encode.
const OCTETS: usize = 6;

/// Random numbers that are the same for the same seed (splitmix64).
pub(super) struct Random(u64);

impl Random {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() >> 33).unwrap() % limit
    }

    pub(super) fn of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())].clone()
    }

    fn text(&mut self, alphabet: &[u8], length: usize) -> String {
        (0..length).map(|_| char::from(self.of(alphabet))).collect()
    }
}

const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const BASE64: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE64_URL: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Random texts that stand for keys, and all that must not be printed of them.
pub(super) struct Canaries {
    pub(super) random: Random,
    /// Pieces of the texts, of nothing but letters, digits, `+` and `/`.
    pieces: Set,
    /// Longer pieces in lower case.
    folded: Set,
    /// Pieces of what the texts decode to.
    octets: Set,
}

impl Canaries {
    pub(super) fn new(seed: u64) -> Self {
        let set = Set::default;
        Self { random: Random::new(seed), pieces: set(), folded: set(), octets: set() }
    }

    /// So many characters of base64.
    pub(super) fn base64(&mut self, length: usize) -> String {
        let text = self.random.text(BASE64, length);
        self.watch(&text);
        text
    }

    /// Letters and digits alone, which one could take for a word.
    pub(super) fn word(&mut self, length: usize) -> String {
        let text = self.random.text(LETTERS, length);
        self.watch(&text);
        text
    }

    pub(super) fn base64_url(&mut self, length: usize) -> String {
        let text = self.random.text(BASE64_URL, length);
        self.watch(&text);
        text
    }

    pub(super) fn hexadecimal(&mut self, length: usize) -> String {
        let text = self.random.text(b"0123456789abcdef", length);
        self.watch_long(&text);
        let octets: Vec<u8> = text
            .as_bytes()
            .chunks(2)
            .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
            .collect();
        self.octets.add(&octets, OCTETS);
        text
    }

    /// Digits, for numbers.
    pub(super) fn digits(&mut self, length: usize) -> String {
        let text = format!("1{}", self.random.text(b"0123456789", length));
        self.watch_long(&text);
        text
    }

    /// Capitals, for labels.
    pub(super) fn label(&mut self, length: usize) -> String {
        let text = self.random.text(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", length);
        self.watch(&text);
        text
    }

    /// The text of a block: lines of 64 characters and a shorter one.
    pub(super) fn block(&mut self, label: &str) -> String {
        let mut text = format!("-----BEGIN {label}-----\n");
        for _ in 0..=self.random.below(12) {
            text += &(self.base64(64) + "\n");
        }
        let rest = 4 * (1 + self.random.below(16));
        text += &self.base64(rest);
        text + &format!("\n-----END {label}-----\n")
    }

    /// Any of these.
    pub(super) fn any(&mut self) -> String {
        match self.random.below(8) {
            0 => self.base64(64),
            1 => self.base64_url(43),
            2 => self.hexadecimal(64),
            3 => self.base64(400),
            4 => self.block("PRIVATE KEY"),
            5 => self.block("RSA PRIVATE KEY").replace('\n', "\\n"),
            6 => self.block("EC PRIVATE KEY").replace('\n', " "),
            _ => {
                let label = self.label(24);
                self.block(&label)
            }
        }
    }

    fn watch(&mut self, text: &str) {
        let kept = kept(text.as_bytes());
        self.pieces.add(&kept, WINDOW);
        self.folded.add(&kept.to_ascii_lowercase(), LONG_WINDOW);
        for start in 0..4.min(text.len()) {
            self.octets.add(&decoded(&text.as_bytes()[start..]), OCTETS);
        }
    }

    fn watch_long(&mut self, text: &str) {
        self.folded.add(&text.to_ascii_lowercase().into_bytes(), LONG_WINDOW);
    }

    /// How a text shows a canary, if it does. The piece itself is not told: a test's log is an output too.
    pub(super) fn leak(&self, text: &[u8]) -> Option<&'static str> {
        let unescaped = unescaped(text);
        for (how, text) in [("as it is", text), ("escaped", unescaped.as_slice())] {
            let kept = kept(text);
            if self.pieces.has_any(&kept, WINDOW) {
                return Some(how);
            }
            if self.folded.has_any(&kept.to_ascii_lowercase(), LONG_WINDOW) {
                return Some("in another case");
            }
            if self.octets.has_any(text, OCTETS) {
                return Some("decoded");
            }
        }
        let hexadecimal = |byte: &u8| byte.is_ascii_hexdigit() || matches!(byte, b' ' | b':');
        for run in runs(text, hexadecimal, 2 * OCTETS) {
            let digits: Vec<u8> = run.iter().copied().filter(u8::is_ascii_hexdigit).collect();
            for start in 0..2 {
                let octets: Vec<u8> =
                    digits.get(start..).unwrap_or_default().chunks_exact(2).map(octet).collect();
                if self.shows_octets(&octets) {
                    return Some("in hexadecimal digits");
                }
            }
        }
        let decimal = |byte: &u8| byte.is_ascii_digit() || matches!(byte, b' ' | b',');
        for run in runs(text, decimal, 2 * OCTETS) {
            let numbers = run.split(|byte| !byte.is_ascii_digit()).filter(|number| !number.is_empty());
            let octets: Vec<u8> =
                numbers.map(|number| std::str::from_utf8(number).unwrap().parse().unwrap_or(0)).collect();
            if self.shows_octets(&octets) {
                return Some("as a list of numbers");
            }
        }
        let base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_');
        for run in runs(text, base64, WINDOW) {
            for start in 0..4 {
                if self.shows_octets(&decoded(&run[start..])) {
                    return Some("in base64");
                }
            }
        }
        None
    }

    fn shows_octets(&self, octets: &[u8]) -> bool {
        self.octets.has_any(octets, OCTETS) || self.pieces.has_any(&kept(octets), WINDOW)
    }
}

/// Hashes of pieces. Two that share one would be told apart by nobody here, and are not met in practice.
#[derive(Default)]
struct Set {
    hashes: HashSet<u64, BuildHasherDefault<AsItIs>>,
    /// A bit for each beginning of a piece, so that hardly any place needs the hash.
    beginnings: Vec<bool>,
}

impl Set {
    fn add(&mut self, text: &[u8], length: usize) {
        self.beginnings.resize(1 << 16, false);
        for piece in text.windows(length) {
            self.beginnings[beginning(piece)] = true;
            self.hashes.insert(hash(piece));
        }
    }

    fn has_any(&self, text: &[u8], length: usize) -> bool {
        !self.hashes.is_empty()
            && text
                .windows(length)
                .any(|piece| self.beginnings[beginning(piece)] && self.hashes.contains(&hash(piece)))
    }
}

fn beginning(piece: &[u8]) -> usize {
    usize::from(piece[0]) << 8 | usize::from(piece[1])
}

/// FNV-1a.
fn hash(piece: &[u8]) -> u64 {
    piece
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, &byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

/// Hashes that are hashed already.
#[derive(Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, _: &[u8]) {
        unreachable!("only numbers are put in")
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }
}

/// What of a text a canary is made of: line breaks, frames and punctuation in between hide nothing.
fn kept(text: &[u8]) -> Vec<u8> {
    text.iter().copied().filter(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/')).collect()
}

fn octet(pair: &[u8]) -> u8 {
    u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()
}

fn decoded(text: &[u8]) -> Vec<u8> {
    let config = GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone);
    let text: Vec<u8> = text
        .iter()
        .map(|&byte| match byte {
            b'-' => b'+',
            b'_' => b'/',
            other => other,
        })
        .collect();
    // A single character at the end encodes nothing.
    let length = if text.len() % 4 == 1 { text.len() - 1 } else { text.len() };
    GeneralPurpose::new(&STANDARD, config).decode(&text[..length]).unwrap_or_default()
}

/// Runs of certain bytes that are long enough.
fn runs<'t>(
    text: &'t [u8],
    is_of_run: impl Fn(&u8) -> bool + 't,
    length: usize,
) -> impl Iterator<Item = &'t [u8]> {
    text.split(move |byte| !is_of_run(byte)).filter(move |run| run.len() >= length)
}

/// A text without the escapes of JSON, URLs, HTML and strings of many languages.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut unescaped = Vec::with_capacity(text.len());
    let mut at = 0;
    while let Some(&byte) = text.get(at) {
        let escape = match &text[at..] {
            [b'\\', b'u', b'{', digits @ ..] => braced(digits).map(|(value, length)| (value, length + 3)),
            [b'\\', b'u', digits @ ..] => number(digits, 4).map(|value| (value, 6)),
            [b'\\', b'x', digits @ ..] => number(digits, 2).map(|value| (value, 4)),
            [b'%', digits @ ..] => number(digits, 2).map(|value| (value, 3)),
            [b'&', b'#', b'x', digits @ ..] => entity(digits, 16).map(|(value, length)| (value, length + 3)),
            [b'&', b'#', digits @ ..] => entity(digits, 10).map(|(value, length)| (value, length + 2)),
            _ => None,
        };
        let (value, length) = escape.unwrap_or((u32::from(byte), 1));
        unescaped.push(u8::try_from(value).unwrap_or(0));
        at += length;
    }
    unescaped
}

fn number(digits: &[u8], length: usize) -> Option<u32> {
    let digits = std::str::from_utf8(digits.get(..length)?).ok()?;
    digits.bytes().all(|digit| digit.is_ascii_hexdigit()).then(|| u32::from_str_radix(digits, 16).unwrap())
}

fn braced(digits: &[u8]) -> Option<(u32, usize)> {
    let length = digits.iter().take(8).position(|&byte| byte == b'}')?;
    Some((number(digits, length)?, length + 1))
}

fn entity(digits: &[u8], radix: u32) -> Option<(u32, usize)> {
    let length = digits.iter().take(8).position(|&byte| byte == b';')?;
    let digits = std::str::from_utf8(&digits[..length]).ok()?;
    Some((u32::from_str_radix(digits, radix).ok()?, length + 1))
}

#[test]
fn the_search_would_notice() {
    use std::fmt::Write;
    let mut canaries = Canaries::new(1);
    let text = canaries.base64(64);
    let piece = &text[20..32];
    let each = |format: fn(u8) -> String| -> String { piece.bytes().map(format).collect() };
    let octets = decoded(text.as_bytes());
    let shown = [
        text[20..28].to_owned(),
        format!("error: `{piece}` is no key"),
        each(|byte| format!("\\u{byte:04x}")),
        each(|byte| format!("\\u{{{byte:x}}}")),
        each(|byte| format!("%{byte:02X}")),
        each(|byte| format!("&#{byte};")),
        each(|byte| format!("&#x{byte:x};")),
        each(|byte| format!("\\x{byte:02x}")),
        each(|byte| format!("{byte:02x}")),
        each(|byte| format!("{byte:02X}:")),
        format!("{:?}", piece.as_bytes()),
        format!("{octets:?}"),
        octets.iter().fold(String::new(), |mut text, octet| {
            write!(text, "{octet:02x} ").unwrap();
            text
        }),
        each(|byte| format!("{}\n  | ", char::from(byte))),
        text.to_lowercase(),
        base64::engine::general_purpose::STANDARD.encode(&text),
        base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(format!("x{text}")),
    ];
    for shown in &shown {
        assert!(canaries.leak(shown.as_bytes()).is_some(), "{shown} was not noticed");
    }
    assert!(canaries.leak(&octets).is_some());
    assert!(canaries.leak(&text.as_bytes()[20..27]).is_none());
    assert!(canaries.leak(b"error: that is no key, see `apicert check --help`, line 3, column 77").is_none());
    let scalar = canaries.hexadecimal(64);
    assert!(canaries.leak(scalar.to_uppercase().as_bytes()).is_some());
    let number = canaries.digits(40);
    assert!(canaries.leak(&number.as_bytes()[3..]).is_some());
}
