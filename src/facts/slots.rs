//! Documented members, sent or not, and what the short ones say.

use super::body::{Content, InstanceId, Meaning, Member, NameFault, NameShape, Word};
use super::pem::PemText;
use super::settings::Settings;
use super::text::Traced;
use crate::api::Field;

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
pub(in crate::facts) fn read(field: Field, text: &Traced, settings: &Settings) -> Meaning {
    match field {
        Field::Name => Meaning::Name(read_name(text)),
        Field::Type | Field::AlgorithmType => Meaning::Word(read_word(field, text.as_str())),
        Field::InstanceId => Meaning::InstanceId(read_instance_id(text.as_str(), settings)),
        _ => Meaning::NotRead,
    }
}

fn read_name(text: &Traced) -> NameShape {
    let is_letter =
        |character: char| character.is_ascii_alphabetic() || matches!(character, '\u{4e00}'..='\u{9fa5}');
    let is_allowed = |character: char| is_letter(character) || character.is_ascii_digit() || character == '_';
    let name = text.as_str();
    let place = |at: usize, character: char| text.span(at..at + character.len_utf8());
    let fault = name
        .char_indices()
        .find_map(|(at, character)| match at {
            _ if !is_allowed(character) => Some(NameFault::Character(place(at, character))),
            0 if !is_letter(character) => Some(NameFault::Start(place(at, character))),
            _ => None,
        })
        .or(match name.chars().count() {
            0..4 => Some(NameFault::TooShort),
            4..=50 => None,
            _ => Some(NameFault::TooLong),
        });
    NameShape { fault, shown: may_be_shown(name).then(|| name.to_owned()) }
}

/// Whether a `name` may be shown in the predicted response. The service takes any text on ROMA
/// Connect, a key pasted in the wrong place too, so showing goes by what names are made of.
fn may_be_shown(name: &str) -> bool {
    name.chars().count() <= 64
        && name.chars().all(|character| {
            character.is_alphanumeric()
                || matches!(character, '_' | '-' | '.' | ' ' | '(' | ')' | '@' | ':' | '*')
        })
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
    let is_hexadecimal = |part: &str| part.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_uuid = || {
        let parts: Vec<&str> = text.split('-').collect();
        parts.iter().map(|part| part.len()).eq([8, 4, 4, 4, 12])
            && parts.iter().all(|part| is_hexadecimal(part))
    };
    match text {
        "common" => InstanceId::Common,
        _ if (text.len() == 32 && is_hexadecimal(text)) || is_uuid() => {
            InstanceId::WellFormed(text.to_owned())
        }
        _ => InstanceId::Malformed {
            is_known: settings.known_instances.iter().any(|known| known.eq_ignore_ascii_case(text)),
        },
    }
}
