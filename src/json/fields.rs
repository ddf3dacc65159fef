//! Documented members, sent or not, and what the short ones say.

use crate::api::Field;
use crate::json::body::{
    Content, InstanceId, Meaning, Member, NameFault, NameShape, Padding, TextDigest, Word,
};
use crate::pem::PemText;
use crate::redact::looks_secret;
use crate::settings::Settings;
use crate::source_map::SourceMappedStr;
use crate::span::Span;

/// A documented member, sent or not.
#[derive(Clone, Copy, Debug)]
pub struct Slot<'a> {
    /// Which one.
    pub field: Field,
    /// The member that counts; `None` when it was not sent.
    pub member: Option<&'a Member>,
}

impl<'a> Slot<'a> {
    /// Whether it is absent, null or empty, which is all the same to the service.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        self.member.is_none_or(Member::is_blank)
    }

    /// The member, when it holds a text.
    #[must_use]
    pub fn filled(&self) -> Option<&'a Member> {
        self.member.filter(|member| member.text().is_some())
    }

    /// The word it says.
    #[must_use]
    pub fn word(&self) -> Option<Word> {
        match self.meaning()? {
            Meaning::Word(word) => Some(*word),
            _ => None,
        }
    }

    /// What the PEM text in it holds.
    #[must_use]
    pub fn pem(&self) -> Option<&'a PemText> {
        match self.meaning()? {
            Meaning::Pem(text) => Some(text),
            _ => None,
        }
    }

    /// What it says.
    #[must_use]
    pub fn meaning(&self) -> Option<&'a Meaning> {
        match &self.member?.content {
            Content::Text(text) => Some(&text.meaning),
            _ => None,
        }
    }
}

/// Reads a short member.
pub(crate) fn read(field: Field, text: &SourceMappedStr, settings: &Settings) -> Meaning {
    match field {
        Field::Name => Meaning::Name(Box::new(read_name(text))),
        Field::Type | Field::AlgorithmType => Meaning::Word(read_word(field, text.as_str())),
        Field::InstanceId => Meaning::InstanceId(read_instance_id(text.as_str(), settings)),
        _ => Meaning::NotRead,
    }
}

/// The whitespace around a short value that is good without it.
pub(crate) fn find_padding(field: Field, text: &SourceMappedStr) -> Option<Padding> {
    let written = text.as_str();
    let value = written.trim_matches(is_spacing);
    let is_good = match field {
        Field::Name => name_fault(value).is_none(),
        Field::Type | Field::AlgorithmType => field.words().contains(&value),
        Field::InstanceId => is_instance_id(value),
        _ => false,
    };
    let start = written.len() - written.trim_start_matches(is_spacing).len();
    let end = start + value.len();
    let (side, range) = match (start, written.len() - end) {
        (_, 0) => ("before", 0..start),
        (0, _) => ("after", end..written.len()),
        _ => ("around", end..written.len()),
    };
    (is_good && !range.is_empty()).then(|| Padding {
        has_line_break: written.contains(['\r', '\n']),
        span: text.span(range),
        side,
    })
}

fn read_name(text: &SourceMappedStr) -> NameShape {
    let name = text.as_str();
    let place = |span: Span| text.span(span.start..span.end);
    let fault = name_fault(name).map(|fault| match fault {
        NameFault::Start(span) => NameFault::Start(place(span)),
        NameFault::Character(span) => NameFault::Character(place(span)),
        length => length,
    });
    // The documented pattern allows most of base64url.
    let is_shown = (fault.is_none() || may_be_shown(name)) && !looks_secret(name);
    NameShape {
        fault,
        shown: is_shown.then(|| name.to_owned()),
        hidden: (!is_shown).then(|| TextDigest::of(name)),
    }
}

/// The first departure of a name from the documented pattern, with its place in the name.
fn name_fault(name: &str) -> Option<NameFault> {
    let is_letter =
        |character: char| character.is_ascii_alphabetic() || matches!(character, '\u{4e00}'..='\u{9fa5}');
    let is_allowed = |character: char| is_letter(character) || character.is_ascii_digit() || character == '_';
    let place = |at: usize, character: char| Span::new(at, at + character.len_utf8());
    name.char_indices()
        .find_map(|(at, character)| match at {
            _ if !is_allowed(character) => Some(NameFault::Character(place(at, character))),
            0 if !is_letter(character) => Some(NameFault::Start(place(at, character))),
            _ => None,
        })
        .or(match name.chars().count() {
            0..4 => Some(NameFault::TooShort),
            4..=50 => None,
            _ => Some(NameFault::TooLong),
        })
}

/// Whether a `name` outside of the documented pattern may be shown in the predicted response. The
/// service takes any text on ROMA Connect, a line of a key pasted in the wrong place too, so showing
/// goes by what names are made of: words, not one long run of letters and digits.
fn may_be_shown(name: &str) -> bool {
    const LONGEST_WORD: usize = 40;
    name.chars().count() <= 64
        && name.chars().all(|character| {
            character.is_alphanumeric()
                || matches!(character, '_' | '-' | '.' | ' ' | '(' | ')' | '@' | ':' | '*')
        })
        && name
            .split(|character: char| !character.is_ascii_alphanumeric())
            .all(|word| word.len() <= LONGEST_WORD)
}

fn read_word(field: Field, text: &str) -> Word {
    let words = field.words();
    let is_same_but_case_and_spacing = |word: &str| {
        let letters = text.chars().filter(|character| !is_spacing(*character));
        letters
            .map(|letter| letter.to_ascii_lowercase())
            .eq(word.chars().map(|letter| letter.to_ascii_lowercase()))
    };
    match words.iter().find(|&&word| word == text) {
        Some(word) => Word::Exact(word),
        None => words
            .iter()
            .find(|word| is_same_but_case_and_spacing(word))
            .map_or(Word::Unknown, |word| Word::Resembles(word)),
    }
}

/// White space, and characters without a glyph that come along when text is copied.
fn is_spacing(character: char) -> bool {
    character.is_whitespace()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

fn read_instance_id(text: &str, settings: &Settings) -> InstanceId {
    match text {
        "common" => InstanceId::Common,
        _ if is_instance_id(text) => InstanceId::WellFormed(text.into()),
        _ => InstanceId::Malformed {
            is_known: settings.known_instances.iter().any(|known| known.eq_ignore_ascii_case(text)),
            hidden: TextDigest::of(text),
        },
    }
}

/// Whether a text is a UUID or 32 hexadecimal digits.
fn is_instance_id(text: &str) -> bool {
    let is_hexadecimal = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_uuid = || {
        let parts: Vec<&str> = text.split('-').collect();
        parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12])
            && parts.iter().all(|part| is_hexadecimal(part))
    };
    (text.len() == 32 && is_hexadecimal(text)) || is_uuid()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, reason = "tests may panic")]

    use super::*;
    use crate::timestamp::Timestamp;

    fn name(name: &str) -> Option<NameFault> {
        // Written from offset 1 on, as after an opening quote.
        read_name(&SourceMappedStr::from_plain(name, 1)).fault
    }

    /// The documented pattern: `^([a-zA-Z]|[一-龥])([a-zA-Z0-9_]|[一-龥]){3,49}$`.
    #[test]
    fn names_follow_the_documented_pattern() {
        let fifty = "a".repeat(50);
        let ideographs = "证".repeat(50);
        for good in [
            "abcd",
            "Cert",
            "cert_demo",
            "a123",
            "a___",
            "证书证书",
            "一龥一龥",
            "a证9_",
            &fifty,
            &ideographs,
        ] {
            assert_eq!(name(good), None, "{good}");
        }
        for short in ["a", "abc", "证书证"] {
            assert_eq!(name(short), Some(NameFault::TooShort), "{short}");
        }
        for long in [format!("{fifty}a"), format!("{ideographs}a")] {
            assert_eq!(name(&long), Some(NameFault::TooLong), "{long}");
        }
        for start in ["1abc", "_abc", "9"] {
            assert_eq!(name(start), Some(NameFault::Start(Span::new(1, 2))), "{start}");
        }
        for (character, at, length) in [
            ("a-bcd", 1, 1),
            ("a bcd", 1, 1),
            ("-abcd", 0, 1),
            ("www.example.com", 3, 1),
            ("abcdé", 4, 2),
            ("abcd一丁\u{9fa6}", 10, 3),
            ("\u{4dff}abc", 0, 3),
            ("abcd😀", 4, 4),
            ("abcd\n", 4, 1),
            ("1ab-", 0, 0),
        ] {
            let expected = if length == 0 {
                NameFault::Start(Span::new(1, 2))
            } else {
                NameFault::Character(Span::new(1 + at, 1 + at + length))
            };
            assert_eq!(name(character), Some(expected), "{character}");
        }
    }

    #[test]
    fn names_that_may_be_a_key_are_not_shown() {
        let shown = |name: &str| read_name(&SourceMappedStr::from_plain(name, 1)).shown;
        for name in [
            "www.example.com",
            "证书 (2026)",
            "a",
            "*.example.com",
            &"a".repeat(50),
            &"ab_".repeat(21),
            "prod_wildcard_example_com_2026_rsa2048",
            "f0fa1789-3b76-433b-a787-9892951c620e",
        ] {
            assert_eq!(shown(name).as_deref(), Some(name));
        }
        for name in [
            "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQDYvPx9H8ZY9iUf",
            "MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgE=",
            "AgEAAoIBAQDYvPx9H8ZY9iUf5A8hT8s/gTThEOa3",
            "-----BEGIN PRIVATE KEY-----\nMIIE",
            &"a".repeat(51),
            &"ab_".repeat(22),
            // These are as documented.
            "q2fT0mZp8KcR5eNdH1gZxMoVq6EwX9fQk2LzV7aBv0pTwY3sJu",
            "X9f_Qk2Lz_7aBv0pTwY3s_Ju8KcR5eNdH1gZxMoVq6E",
            "X9f-Qk2Lz_7aBv0pTwY3s-Ju8KcR5eNdH1gZxMoVq6E",
            "X9fQk2LzV7aBv0pTwY3sJu8K",
            "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b",
        ] {
            assert_eq!(shown(name), None, "{name}");
        }
    }

    #[test]
    fn words_in_other_case_or_spacing() {
        use Word::{Exact, Resembles, Unknown};
        for (field, text, word) in [
            (Field::Type, "global", Exact("global")),
            (Field::Type, "instance", Exact("instance")),
            (Field::Type, "Global", Resembles("global")),
            (Field::Type, " instance\n", Resembles("instance")),
            (Field::Type, "INSTANCE", Resembles("instance")),
            (Field::Type, "global\u{200b}", Resembles("global")),
            (Field::Type, "g l o b a l", Resembles("global")),
            (Field::Type, "instances", Unknown),
            (Field::Type, "RSA", Unknown),
            (Field::Type, " ", Unknown),
            (Field::Type, "glo-bal", Unknown),
            (Field::AlgorithmType, "RSA", Exact("RSA")),
            (Field::AlgorithmType, "ECC", Exact("ECC")),
            (Field::AlgorithmType, "SM2", Exact("SM2")),
            (Field::AlgorithmType, "sm2", Resembles("SM2")),
            (Field::AlgorithmType, "SM 2", Resembles("SM2")),
            (Field::AlgorithmType, "EC", Unknown),
            (Field::AlgorithmType, "ECDSA", Unknown),
            (Field::AlgorithmType, "ＳＭ2", Unknown),
        ] {
            assert_eq!(read_word(field, text), word, "{text}");
        }
    }

    #[test]
    fn whitespace_around_good_values() {
        for (field, text, place) in [
            (Field::InstanceId, "f0fa17893b76433ba7879892951c620e\n", Some((33..34, true))),
            (Field::InstanceId, " f0fa1789-3b76-433b-a787-9892951c620e", Some((1..2, false))),
            (Field::Name, "cert_demo\r\n", Some((10..12, true))),
            (Field::Name, " cert_demo\t", Some((11..12, false))),
            (Field::Type, "instance\u{feff}", Some((9..12, false))),
            (Field::AlgorithmType, "\nRSA", Some((1..2, true))),
            (Field::Name, "cert_demo", None),
            (Field::Name, "cert demo\n", None),
            (Field::Name, "\n", None),
            (Field::Type, "Instance\n", None),
            (Field::InstanceId, "my-instance\n", None),
        ] {
            let found = find_padding(field, &SourceMappedStr::from_plain(text, 1));
            let found = found.map(|found| (found.span.start..found.span.end, found.has_line_break));
            assert_eq!(found, place, "{text:?}");
        }
    }

    #[test]
    fn instance_ids() {
        let mut settings = Settings::at(Timestamp::END_OF_32_BITS);
        settings.known_instances = vec!["MY-INSTANCE".to_owned()];
        let read = |text: &str| read_instance_id(text, &settings);
        for good in [
            "f0fa1789-3b76-433b-a787-9892951c620e",
            "F0FA1789-3B76-433B-A787-9892951C620E",
            "00000000-0000-0000-0000-000000000000",
            "f0fa17893b76433ba7879892951c620e",
        ] {
            assert_eq!(read(good), InstanceId::WellFormed(good.into()));
        }
        assert_eq!(read("common"), InstanceId::Common);
        for bad in [
            "Common",
            "f0fa1789-3b76-433b-a787-9892951c620",
            "f0fa1789-3b76-433b-a787-9892951c620ec",
            "f0fa1789-3b76-433b-a787-9892951c620g",
            "f0fa17893b76-433b-a787-9892951c620e",
            "{f0fa1789-3b76-433b-a787-9892951c620e}",
            " f0fa1789-3b76-433b-a787-9892951c620e",
            "f0fa17893b76433ba7879892951c620",
            "f0fa17893b76433ba7879892951c620é",
            "instance",
            "-",
        ] {
            assert_eq!(
                read(bad),
                InstanceId::Malformed { is_known: false, hidden: TextDigest::of(bad) },
                "{bad}"
            );
        }
        let hidden = TextDigest::of("my-instance");
        assert_eq!(read("my-instance"), InstanceId::Malformed { is_known: true, hidden });
    }
}
