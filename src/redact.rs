//! What may be printed of texts from outside: [`Redacted`] for bodies, [`looks_secret`] for names, paths, and
//! values that could be (a piece of) a private key, and [`printable`] for characters.
//!
//! # The threshold
//!
//! A text looks secret if it has a mark of PEM, or more than 96 bits (12 bytes) in a row that are not words.
//! Separators do not count, so `c9af…`, `c9:af:…`, `0xc9, 0xaf, …`, and `[201, 175, …]` are the same number.
//!
//! - **Numbers**: consecutive words of digits with more than 24 hexadecimal or 28 decimal digits. One identifier per
//!   text (32 hexadecimal digits or a UUID) is not counted; dates, times, addresses, and MongoDB IDs are shorter.
//! - **Base64**: words are split as in `parse|HTTP|Header|2`. Base64 changes between capitals, small letters, and
//!   digits all the time and has few parts with a vowel; each character adds to a score or takes from it.
//!   The threshold is the score of about 16 characters of base64 on average.
//!
//! Measured with random numbers of 32 bytes: no hexadecimal or decimal spelling is missed, and 1 of 500 in base64.
//! Of random base64 with 32 characters 1 of 100 is missed, with 24 characters 1 of 25. Of 30,000 paths on a
//! development system 26 look secret, most of them because of many acronyms. Shorter pieces of keys, and base64
//! whose letters were all changed to one case, cannot be told from names.

use std::fmt;

use unicode_general_category::{GeneralCategory as Category, get_general_category};

use crate::internal_fault::OrFault;
use crate::span::Span;

/// The most digits of a number that is shown: 96 bits.
const MAX_HEXADECIMAL_DIGITS: usize = 24;
const MAX_DECIMAL_DIGITS: usize = 28;

/// The score of 16 characters of base64: see [`holds_base64`].
const BASE64_SCORE: usize = 50;

/// Whether a text could hold a private key or a piece of one: see the threshold above. Nothing is copied.
#[must_use]
pub fn looks_secret(text: &str) -> bool {
    let bytes = text.as_bytes();
    let contains =
        |part: &str| bytes.windows(part.len()).any(|there| there.eq_ignore_ascii_case(part.as_bytes()));
    let (before, after) = around_identifier(bytes);
    contains("----")
        || contains("PRIVATE KEY")
        || holds_base64(bytes)
        || holds_number(before)
        || holds_number(after)
}

/// What comes before and after the first identifier: a UUID or a word of 32 hexadecimal digits.
fn around_identifier(bytes: &[u8]) -> (&[u8], &[u8]) {
    let is_uuid = |part: &[u8]| {
        part.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
    };
    let is_end = |byte: Option<&u8>| !byte.is_some_and(u8::is_ascii_alphanumeric);
    for at in 0..bytes.len() {
        let (before, rest) = bytes.split_at(at);
        for length in [32, 36] {
            if let Some((part, after)) = rest.split_at_checked(length)
                && is_end(before.last())
                && is_end(after.first())
                && (length == 32 && part.iter().all(u8::is_ascii_hexdigit) || length == 36 && is_uuid(part))
            {
                return (before, after);
            }
        }
    }
    (bytes, &[])
}

fn holds_number(bytes: &[u8]) -> bool {
    let (mut digits, mut letters) = (0, 0);
    words(bytes).any(|word| {
        let number = [b"0x", b"0X", b"x".as_slice()].into_iter().find_map(|prefix| word.strip_prefix(prefix));
        let number = number.unwrap_or(word);
        if !number.iter().all(u8::is_ascii_hexdigit) {
            (digits, letters) = (0, 0);
        }
        digits += number.iter().filter(|byte| byte.is_ascii_digit()).count();
        letters += number.iter().filter(|byte| matches!(byte, b'a'..=b'f' | b'A'..=b'F')).count();
        digits > MAX_DECIMAL_DIGITS || digits > 0 && letters > 0 && digits + letters > MAX_HEXADECIMAL_DIGITS
    })
}

/// Whether the parts of some consecutive words have the score of base64. A part that is no word counts 10 for each
/// character, a change within a word counts 10, and each character takes 7.
fn holds_base64(bytes: &[u8]) -> bool {
    let (mut score, mut characters, mut capitals, mut small) = (0_usize, 0, 0, 0);
    for word in words(bytes) {
        let mut rest = word;
        while !rest.is_empty() {
            let (part, after) = rest.split_at(part(rest).clamp(1, rest.len()));
            rest = after;
            score += if is_like_a_word(part) { 0 } else { 10 * part.len() };
            score += if after.is_empty() { 0 } else { 10 };
            score = score.saturating_sub(7 * part.len());
            if score == 0 {
                (characters, capitals, small) = (0, 0, 0);
                continue;
            }
            characters += part.len();
            capitals += part.iter().filter(|byte| byte.is_ascii_uppercase()).count();
            small += part.iter().filter(|byte| byte.is_ascii_lowercase()).count();
            // Of 64 characters 26 are small, and as many are capital; names of one case are no base64.
            if score >= BASE64_SCORE && 12 * capitals >= characters && 12 * small >= characters {
                return true;
            }
        }
    }
    false
}

/// Runs of letters and digits.
fn words(bytes: &[u8]) -> impl Iterator<Item = &[u8]> {
    bytes.split(|byte| !byte.is_ascii_alphanumeric()).filter(|word| !word.is_empty())
}

/// The length of the first part of a word, as they are told apart in `parseHTTPHeader2`.
fn part(word: &[u8]) -> usize {
    let run = |from: usize, is_of_kind: fn(&u8) -> bool| {
        word.iter().skip(from).take_while(|byte| is_of_kind(byte)).count()
    };
    let capitals = run(0, u8::is_ascii_uppercase);
    match (capitals, run(capitals, u8::is_ascii_lowercase)) {
        (0, 0) => run(0, u8::is_ascii_digit),
        (0, small) => small,
        (1, small) => 1 + small,
        (_, 0) => capitals,
        // The last capital begins the next part.
        _ => capitals - 1,
    }
}

/// Whether a part of a word could be one, or a number, by itself.
fn is_like_a_word(part: &[u8]) -> bool {
    let is_vowel = |byte: &u8| matches!(byte.to_ascii_lowercase(), b'a' | b'e' | b'i' | b'o' | b'u' | b'y');
    match part {
        [first, ..] if first.is_ascii_digit() => part.len() > 1,
        _ => part.len() > 2 && part.iter().any(is_vowel),
    }
}

/// The input with every byte masked that is not on an allow-list. It has the input's length,
/// so that spans fit both, and is pure ASCII.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Redacted(String);

/// What stands for a byte that is not shown.
const MASK: char = '*';

impl Redacted {
    /// Masks everything but line breaks, and what `show` asks for, span by span, in any order. Bytes that are
    /// not printable ASCII are masked even there.
    #[must_use]
    pub fn new(input: &[u8], show: impl FnOnce(&mut dyn FnMut(Span))) -> Self {
        let mut text: Vec<u8> =
            input.iter().map(|&byte| if byte == b'\n' { byte } else { MASK as u8 }).collect();
        show(&mut |span| {
            let (Some(masked), Some(bytes)) =
                (text.get_mut(span.start..span.end), input.get(span.start..span.end))
            else {
                return;
            };
            for (to, &byte) in masked.iter_mut().zip(bytes) {
                match byte {
                    b' '..=b'~' => *to = byte,
                    b'\t' | b'\r' => *to = b' ',
                    _ => {}
                }
            }
        });
        // ASCII is UTF-8.
        Self(String::from_utf8(text).or_fault())
    }

    /// The masked text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Redacted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Redacted({} bytes)", self.0.len())
    }
}

/// A text from outside made fit to print: what [`Printable`] does not allow is written as `\u{…}`, and so is the
/// colon of a marker of Travis CI or GitLab. What is beyond `limit` characters is cut with an ellipsis.
#[must_use]
pub fn printable(text: &str, limit: usize) -> String {
    let mut shown = String::with_capacity(text.len().min(limit));
    let mut state = Printable::default();
    for (count, character) in text.chars().enumerate() {
        if count == limit {
            shown.push('…');
            break;
        }
        let is_marker = character == ':'
            && ["travis_fold", "section_start", "section_end"].iter().any(|marker| shown.ends_with(marker));
        if state.allows(character) && !is_marker {
            shown.push(character);
        } else {
            shown.extend(character.escape_unicode());
        }
    }
    shown
}

/// Tells, character by character, what of a text may be printed as it is: not control, format, private, unassigned, and
/// blank-looking characters; not more than two combining marks in a row, and none that has no letter; and not the second
/// half of `::` and `##`, which begin commands of CI systems.
#[derive(Default)]
pub struct Printable {
    previous: Option<char>,
    /// Combining marks that may follow.
    marks: usize,
}

impl Printable {
    /// The most combining marks on one letter. Vietnamese and Hebrew need two.
    const MAX_MARKS: usize = 2;

    /// Whether the next character may be printed as it is.
    pub fn allows(&mut self, character: char) -> bool {
        let is_mark = !character.is_ascii() && is_combining(character);
        let is_doubled = matches!(character, ':' | '#') && self.previous == Some(character);
        let allowed = is_visible(character) && !is_doubled && (!is_mark || self.marks > 0);
        self.marks = match is_mark {
            true => self.marks.saturating_sub(1),
            false if allowed && character.is_alphanumeric() => Self::MAX_MARKS,
            false => 0,
        };
        self.previous = allowed.then_some(character);
        allowed
    }
}

fn is_combining(character: char) -> bool {
    matches!(get_general_category(character), Category::NonspacingMark | Category::EnclosingMark)
}

/// Whether a character by itself can be seen, and steers nothing.
#[must_use]
pub fn is_visible(character: char) -> bool {
    // Nearly all are of these.
    if matches!(character, ' '..='~') {
        return true;
    }
    !matches!(
        get_general_category(character),
        Category::Control
            | Category::Format
            | Category::LineSeparator
            | Category::ParagraphSeparator
            | Category::PrivateUse
            | Category::SpaceSeparator
            | Category::Surrogate
            | Category::Unassigned
    )
    // Letters, marks, and symbols without a shape.
    && !matches!(character,
        '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}' | '\u{2800}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}' | '\u{fffc}' | '\u{1d159}' | '\u{e0100}'..='\u{e01ef}')
}

#[cfg(test)]
mod tests {
    #![allow(clippy::string_slice, clippy::unwrap_used, reason = "a test that panics has failed")]

    use super::*;

    #[test]
    fn pieces_of_keys_look_secret() {
        const LINES: [&str; 2] = [
            "q2fT0mZp8KcR5eNdH1gZxMoVq6EwX9fQk2LzV7aBv0pTwY3sJu8n4bGhRrC5tYiD",
            "X9f-Qk2Lz_7aBv0pTwY3s-Ju8KcR5eNdH1gZxMoVq6E_wF3h",
        ];
        // How PKCS#8 begins is the same for all keys.
        assert!(looks_secret("MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDYvPx9H8ZY9iUf"));
        for line in LINES {
            for start in 0..line.len() - 32 {
                assert!(looks_secret(&line[start..start + 32]), "{}", &line[start..start + 32]);
            }
        }
        for text in [
            "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
            "scalar_C9AFA9D845BA75166B5C215767B1D6934E50C3DB3",
            // A line of `openssl pkey -text`.
            "00:c9:af:a9:d8:45:ba:75:16:6b:5c:21:57:67:b1",
            "65537123456789012345678901234567890",
            "[201, 175, 169, 216, 69, 186, 117, 22, 107, 92, 33, 87]",
            "a27be832f2e9441c8127fe48e3b5ac67 a27be832f2e9441c8127fe48e3b5ac67",
            "-----BEGIN PRIVATE KEY-----",
            "'-----BEGIN",
            "private key",
        ] {
            assert!(looks_secret(text), "{text}");
        }
    }

    #[test]
    fn names_do_not() {
        for name in [
            "",
            "cert_demo",
            "prod_wildcard_example_com_2026_rsa2048",
            "PROD_WILDCARD_EXAMPLE_COM_2026_RSA2048",
            "Prod_Wildcard_Example_Com_2026_Rsa2048",
            "ProdWildcardExampleCom2026Rsa2048",
            "myProdCertForEuWest1Rsa2048",
            "HwCloudApigSslCertCnNorth4Q3",
            "CnNorth4ApigSSLCert20260701",
            "SM2EncAndSignCertV3ForGZ01",
            "ZhengShuCeShi2026ShengChanHuanJing",
            "WxPayApiV3MchCert1900000109",
            "证书ProdWildcardExampleCom2026Rsa2048",
            "api.internal.example.com (2026-07-01)",
            "f0fa1789-3b76-433b-a787-9892951c620e",
            "certs/F0FA1789-3B76-433B-A787-9892951C620E.json",
            "cert_a27be832f2e9441c8127fe48e3b5ac67",
            "2026-07-01T12:30:45.123456Z 2026-07-01",
            "2001:db8:85a3::8a2e:370:7334",
            "ec2-203-0-113-25.cn-north-4.compute.example.com",
            "Production-2026-07-01-Certificate_Request.json",
            "/home/user/src/apicert/fixtures/rules/private-key-in-certificate/bad-2.json",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            // Too short to tell.
            "wIBAzA",
            "Req1",
        ] {
            assert!(!looks_secret(name), "{name}");
        }
    }

    #[test]
    fn words_are_taken_apart_as_people_read_them() {
        let mut rest: &[u8] = b"parseHTTPHeader2OfA1b";
        let mut parts = Vec::new();
        while !rest.is_empty() {
            let (part, after) = rest.split_at(part(rest));
            parts.push(std::str::from_utf8(part).unwrap());
            rest = after;
        }
        assert_eq!(parts, ["parse", "HTTP", "Header", "2", "Of", "A", "1", "b"]);
    }

    #[test]
    fn no_command_of_a_runner_is_printed() {
        assert_eq!(printable("a::b:::c", 64), "a:\\u{3a}b:\\u{3a}:c");
        assert_eq!(printable("##[error]x", 64), "#\\u{23}[error]x");
        assert_eq!(printable("00:11:22 C#", 64), "00:11:22 C#");
        assert_eq!(printable("travis_fold:start:a", 64), "travis_fold\\u{3a}start:a");
        assert_eq!(printable("\u{fffe}\u{fdd0}\u{fffd}", 64), "\\u{fffe}\\u{fdd0}\u{fffd}");
    }

    #[test]
    fn marks_are_not_stacked() {
        assert_eq!(printable("e\u{301}", 9), "e\u{301}");
        assert_eq!(printable("e\u{301}\u{323}\u{301}x", 9), "e\u{301}\u{323}\\u{301}x");
        assert_eq!(printable("\u{301}a-\u{301}", 9), "\\u{301}a-\\u{301}");
        assert_eq!(printable("हिन्दी ไทย ngữ", 20), "हिन्दी ไทย ngữ");
    }

    /// What Python's `unicodedata` says of every character: ranges of characters that are no letter, mark, number,
    /// punctuation, or symbol. Written by `fixtures/unicode/categories.py`.
    #[test]
    fn categories_are_those_of_python() {
        let table = include_str!("../fixtures/unicode/categories.txt");
        let mut hidden = std::collections::BTreeMap::new();
        for line in table.lines().filter(|line| !line.starts_with('#')) {
            let [from, to, category] = line.split(' ').collect::<Vec<_>>().try_into().unwrap();
            let [from, to] = [from, to].map(|number| u32::from_str_radix(number, 16).unwrap());
            hidden.extend((from..=to).map(|number| (number, category)));
        }
        for character in ('\u{7f}'..=char::MAX).filter(|character| !character.is_ascii_graphic()) {
            match hidden.get(&u32::from(character)) {
                // Later versions of Unicode assign some.
                Some(&"Cn") => {}
                Some(category) => assert!(!is_visible(character), "{character:?} is {category}"),
                None => {
                    let is_blank = ["\u{2800}", "\u{fffc}", "\u{1d159}"].concat().contains(character)
                        || ["\u{115f}", "\u{1160}", "\u{3164}", "\u{ffa0}"].concat().contains(character);
                    let is_ignorable = is_combining(character);
                    assert!(is_visible(character) || is_blank || is_ignorable, "{character:?} is assigned");
                }
            }
        }
    }
}
