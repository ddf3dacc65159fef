//! Telling pieces of keys from names that people make up.
//!
//! Neither has a mark that the other cannot have. What is looked at is how often a text changes between
//! capitals, small letters and digits, and how much of it could be words: base64 does the one all the
//! time and has hardly any of the other. In the sources of 238 crates there are 7,575 identifiers and names
//! that are long enough, 1,025 of them with letters of both cases, and none is taken for random. Of random
//! base64url with 43 characters one in 480 is not, with 32 one in 140, and with 24 one in 60.

/// Shorter ones are not told apart.
const SHORTEST: usize = 24;

/// The most hexadecimal digits that a public identifier is likely to have: those of a SHA-1.
const IDENTIFIER: usize = 40;

/// Whether a text looks like a piece of base64, base64url or a long number in hexadecimal digits.
/// Nothing is copied: it may be one.
pub(crate) fn looks_random(text: &str) -> bool {
    text.len() >= SHORTEST && (is_like_base64(text) || words(text.as_bytes()).any(is_long_hexadecimal))
}

fn is_like_base64(text: &str) -> bool {
    let bytes = text.as_bytes();
    let count = |is_of_kind: fn(&u8) -> bool| bytes.iter().filter(|byte| is_of_kind(byte)).count();
    let characters = count(u8::is_ascii_alphanumeric);
    // Of 64 characters 26 are small, and as many are capital; names of one case are no base64.
    let fewest = characters.div_ceil(12);
    if characters < SHORTEST
        || count(u8::is_ascii_lowercase) < fewest
        || count(u8::is_ascii_uppercase) < fewest
    {
        return false;
    }
    let (mut pairs, mut breaks, mut unlike) = (0, 0, 0);
    for word in words(bytes) {
        let mut rest = word;
        while !rest.is_empty() {
            let (part, after) = rest.split_at(part(rest).min(rest.len()));
            unlike += if is_like_a_word(part) { 0 } else { part.len() };
            breaks += usize::from(!after.is_empty());
            rest = after;
        }
        pairs += word.len() - 1;
    }
    // The share of neighbours that belong to different parts, and that of characters in parts that are no
    // words, make 0.7 or more. Of names with letters of both cases that is 0.2 on average, of base64 1.2.
    10 * (breaks * characters + unlike * pairs) >= 7 * characters * pairs
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

fn is_long_hexadecimal(word: &[u8]) -> bool {
    word.len() > IDENTIFIER
        && word.iter().all(u8::is_ascii_hexdigit)
        && word.iter().any(u8::is_ascii_digit)
        && word.iter().any(u8::is_ascii_alphabetic)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::string_slice, clippy::unwrap_used, reason = "a test that panics has failed")]

    use super::*;

    #[test]
    fn pieces_of_keys_look_random() {
        const LINES: [&str; 2] = [
            "q2fT0mZp8KcR5eNdH1gZxMoVq6EwX9fQk2LzV7aBv0pTwY3sJu8n4bGhRrC5tYiD",
            "X9f-Qk2Lz_7aBv0pTwY3s-Ju8KcR5eNdH1gZxMoVq6E_wF3h",
        ];
        // How PKCS#8 begins is the same for all keys.
        assert!(looks_random("MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDYvPx9H8ZY9iUf"));
        for line in LINES {
            for start in 0..line.len() - 32 {
                assert!(looks_random(&line[start..start + 32]), "{}", &line[start..start + 32]);
            }
            assert!(looks_random(line));
        }
        // Scalars in hexadecimal digits, or most of one.
        for number in [
            "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
            "scalar_C9AFA9D845BA75166B5C215767B1D6934E50C3DB3",
        ] {
            assert!(looks_random(number), "{number}");
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
            "GzSzBjShWildcardCert2026",
            "证书ProdWildcardExampleCom2026Rsa2048",
            "api.internal.example.com (2026-07-01)",
            "f0fa1789-3b76-433b-a787-9892951c620e",
            "F0FA1789-3B76-433B-A787-9892951C620E",
            "cert_a27be832f2e9441c8127fe48e3b5ac67",
            "cert_da39a3ee5e6b4b0d3255bfef95601890afd80709",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
            "12345678901234567890123456789012345678901234567890",
            // Too short to tell.
            "X9fQk2LzV7aBv0pTwY3sJu8",
        ] {
            assert!(!looks_random(name), "{name}");
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
}
