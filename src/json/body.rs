//! The JSON text of a body (RFC 8259): its members, where they stand, and what kind of value they
//! hold. The contents of PEM members are read by `pem`.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use crate::api::Field;
use crate::json::syntax::{JsonFault, check_depth};
use crate::pem::known_content::recognize_json;
use crate::pem::placeholder::PlaceholderKind;
use crate::pem::{KnownContent, PemText};
use crate::redact::looks_secret;
use crate::secret::Secret;
use crate::source_map::SourceMappedStr;
use crate::span::Span;
use crate::spelling::is_one_typo_away;

/// How deep arrays and objects may nest, the outermost counted: the limit of Go's `encoding/json`.
pub const MAX_DEPTH: usize = 10_000;

/// A body.
#[derive(Debug)]
pub struct Body {
    /// All of it.
    pub span: Span,
    /// What its JSON text is.
    pub shape: Shape,
    /// By documented member: which one counts, and how many could be it.
    claims: [Claims; Field::ALL.len()],
}

/// The members that lay claim to be a documented one.
#[derive(Clone, Copy, Debug, Default)]
struct Claims {
    /// The index of the one that the service reads.
    counting: Option<usize>,
    /// The index of the last one of that name, null or not.
    last: Option<usize>,
    /// How many are read as it or seem to stand for it.
    count: usize,
}

/// What a JSON text is.
#[derive(Debug)]
pub enum Shape {
    /// It is none.
    Invalid(JsonFault),
    /// It is something else than an object.
    NotAnObject {
        /// What it is.
        kind: JsonKind,
        /// Where it stands.
        span: Span,
    },
    /// It is an object.
    Object {
        /// Its opening brace.
        brace: Span,
        /// Its members, in their order, repeated ones too.
        members: Vec<Member>,
    },
}

/// A member of the object.
#[derive(Debug)]
pub struct Member {
    /// How many members stand before it.
    pub index: usize,
    key: Span,
    value: Span,
    /// Its name if that may be shown and is none of the documented ones.
    own_name: Option<Box<str>>,
    /// The documented member that the service reads it as.
    pub field: Option<Field>,
    /// The documented field that it would be in another call.
    pub of_other_call: Option<Field>,
    /// Whether it is written just like the documented one.
    pub is_exact: bool,
    /// The documented member that an unknown name seems to stand for: the spelling of another
    /// client, or one typo away.
    pub resembles: Option<Field>,
    /// The nearest earlier member of the same name, without regard to case.
    pub repeats: Option<usize>,
    /// What it holds.
    pub content: Content,
    /// What it is, if it is a known object or array in place of a string.
    pub known_content: Option<KnownContent>,
}

/// The kinds of JSON values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonKind {
    /// `null`
    Null,
    /// `true` or `false`
    Boolean,
    /// A number
    Number,
    /// A string
    String,
    /// An array
    Array,
    /// An object
    Object,
}

impl JsonKind {
    /// With its article.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Boolean => "a boolean",
            Self::Number => "a number",
            Self::String => "a string",
            Self::Array => "an array",
            Self::Object => "an object",
        }
    }

    pub(crate) fn of(written: &str) -> Self {
        match written.trim_start_matches([' ', '\t', '\r', '\n']).bytes().next() {
            Some(b'{') => Self::Object,
            Some(b'[') => Self::Array,
            Some(b'"') => Self::String,
            Some(b't' | b'f') => Self::Boolean,
            Some(b'n') => Self::Null,
            _ => Self::Number,
        }
    }
}

/// What a member holds.
#[derive(Debug)]
pub enum Content {
    /// `null`
    Null,
    /// Something else than a string.
    WrongType(JsonKind),
    /// The empty string.
    Empty,
    /// A string that holds something.
    Text(Box<Text>),
}

/// What is known of a string that holds something.
#[derive(Debug)]
pub struct Text {
    /// Its length in Unicode scalar values, after unescaping.
    pub characters: usize,
    /// What stands there instead of content.
    pub stand_in: Option<PlaceholderKind>,
    /// What it says.
    pub meaning: Meaning,
    /// The whitespace around a short value that is good without it.
    pub padding: Option<Padding>,
}

/// Whitespace before or after a value.
#[derive(Clone, Copy, Debug)]
pub struct Padding {
    /// Where it is; of whitespace on both sides, what is after the value.
    pub span: Span,
    /// `before`, `after` or `around`.
    pub side: &'static str,
    /// Whether it contains a line break.
    pub has_line_break: bool,
}

/// What the text of a member says.
#[derive(Debug)]
pub enum Meaning {
    /// It was not looked into: the member is unknown, is replaced by a later one, or is not read by
    /// the service.
    NotRead,
    /// `name`
    Name(Box<NameShape>),
    /// `type` or `algorithm_type`
    Word(Word),
    /// `instance_id`
    InstanceId(InstanceId),
    /// A PEM member
    Pem(Box<PemText>),
}

/// How a certificate's `name` is made.
#[derive(Debug)]
pub struct NameShape {
    /// The first departure from the documented pattern.
    pub fault: Option<NameFault>,
    /// The name, if it may be shown.
    pub shown: Option<String>,
    /// What tells whether another text is the same, if it may not be shown.
    pub hidden: Option<TextDigest>,
}

/// The SHA-256 digest of a text that may not be shown: it can be compared with another text, but not printed.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct TextDigest([u8; 32]);

impl TextDigest {
    /// The digest of a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(Sha256::digest(text.as_bytes()).into())
    }

    /// Whether it is the digest of this text.
    #[must_use]
    pub fn is_of(&self, text: &str) -> bool {
        *self == Self::of(text)
    }
}

impl fmt::Debug for TextDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A digest of a short text tells the text to whoever tries all of them.
        f.write_str("TextDigest")
    }
}

/// How a `name` departs from the documented pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameFault {
    /// It starts with something else than a letter or a CJK ideograph.
    Start(Span),
    /// A character is no letter, digit, underscore or CJK ideograph.
    Character(Span),
    /// It has fewer than 4 characters.
    TooShort,
    /// It has more than 50 characters.
    TooLong,
}

/// One of the words that a member allows, or none of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    /// That word.
    Exact(&'static str),
    /// That word in other case or spacing.
    Resembles(&'static str),
    /// None of them.
    Unknown,
}

/// What an `instance_id` looks like.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum InstanceId {
    /// `common`, which the service itself answers for `global` certificates.
    Common,
    /// A UUID with hyphens, or 32 hexadecimal digits, as written.
    WellFormed(Box<str>),
    /// Something else.
    Malformed {
        /// Whether it is among the known instances.
        is_known: bool,
        /// What tells whether another text is the same.
        hidden: TextDigest,
    },
}

impl Body {
    /// The members; none when the body is no object.
    #[must_use]
    pub fn members(&self) -> &[Member] {
        match &self.shape {
            Shape::Object { members, .. } => members,
            _ => &[],
        }
    }

    /// The same, to be changed.
    pub(crate) fn members_mut(&mut self) -> &mut [Member] {
        match &mut self.shape {
            Shape::Object { members, .. } => members,
            _ => &mut [],
        }
    }

    /// The member in which `span` lies, name or value.
    #[must_use]
    pub fn member_at(&self, span: Span) -> Option<&Member> {
        let members = self.members();
        let next = members.partition_point(|member| member.key().start <= span.start);
        members.get(next.checked_sub(1)?).filter(|member| member.key().to(member.value()).covers(span))
    }

    /// The member that the service reads as `field`: the last one of that name that is not null, as
    /// Go's `encoding/json` has it, for which null leaves alone what stood there.
    #[must_use]
    pub fn effective_member(&self, field: Field) -> Option<&Member> {
        let claims = self.claims.get(field as usize)?;
        self.members().get(claims.counting.or(claims.last)?)
    }

    /// Whether a single member, and no other, is read as `field` or seems to stand for it.
    #[must_use]
    pub fn has_one_claimant(&self, field: Field) -> bool {
        self.claims.get(field as usize).is_some_and(|claims| claims.count == 1)
    }

    /// Reads the members of `input` and nothing of their contents.
    #[must_use]
    pub fn parse_shallow(input: &[u8]) -> Self {
        match std::str::from_utf8(input) {
            Ok(source) => Self::read(source),
            Err(error) => Self::invalid(input.len(), JsonFault::not_utf8(input, &error)),
        }
    }

    /// Reads the members of `source`; the contents of their strings are still to be read.
    pub(crate) fn read(source: &str) -> Self {
        let shape = read_shape(source).unwrap_or_else(Shape::Invalid);
        let mut body = Self::new(source.len(), shape);
        let mut claims = body.claims;
        for member in body.members() {
            let claimed = member.field.or(member.resembles);
            let Some(claim) = claimed.and_then(|field| claims.get_mut(field as usize)) else { continue };
            claim.count += 1;
            if member.field.is_some() {
                claim.last = Some(member.index);
                if !matches!(member.content, Content::Null) {
                    claim.counting = Some(member.index);
                }
            }
        }
        body.claims = claims;
        body
    }

    /// Treats all documented fields but these as unknown: the others belong to other calls.
    pub(crate) fn keep_fields(&mut self, fields: &[Field]) {
        let is_kept = |field: &Field| fields.contains(field);
        for member in self.members_mut() {
            if let Some(field) = member.field.take_if(|field| !is_kept(field)) {
                member.of_other_call = Some(field);
            }
            member.resembles = member.resembles.filter(is_kept);
        }
        for field in Field::ALL.iter().filter(|field| !is_kept(field)) {
            if let Some(claims) = self.claims.get_mut(*field as usize) {
                *claims = Claims::default();
            }
        }
    }

    /// A body that is not UTF-8, or for another reason no JSON text.
    pub(crate) fn invalid(length: usize, fault: JsonFault) -> Self {
        Self::new(length, Shape::Invalid(fault))
    }

    fn new(length: usize, shape: Shape) -> Self {
        Self { span: Span::new(0, length), shape, claims: Default::default() }
    }
}

fn read_shape(source: &str) -> Result<Shape, JsonFault> {
    let start = source.len() - source.trim_start_matches([' ', '\t', '\r', '\n']).len();
    let kind = JsonKind::of(source);
    if kind != JsonKind::Object {
        let whole = serde_json::from_str::<&RawValue>(source)
            .map_err(|error| JsonFault::from_serde(source, &error))?;
        check_depth(source)?;
        return Ok(Shape::NotAnObject { kind, span: span_of(source, whole.get()) });
    }
    let mut entries =
        Entries { source, seen: KnownNames::default(), members: Vec::with_capacity(Field::ALL.len()) };
    let mut deserializer = serde_json::Deserializer::from_str(source);
    entries
        .read(&mut deserializer)
        .and_then(|()| deserializer.end())
        .map_err(|error| JsonFault::from_serde(source, &error))?;
    let members = entries.members;
    let nested =
        |member: &Member| matches!(member.content, Content::WrongType(JsonKind::Array | JsonKind::Object));
    if members.iter().any(nested) {
        check_depth(source)?;
    }
    Ok(Shape::Object { brace: Span::new(start, start + 1), members })
}

fn read_member(source: &str, index: usize, key: &str, value: &str, seen: &mut KnownNames) -> Member {
    let (key_span, value_span) = (span_of(source, key), span_of(source, value));
    let unescaped;
    let name = match key.strip_prefix('"').and_then(|key| key.strip_suffix('"')) {
        Some(plain) if !plain.contains('\\') => plain,
        _ => {
            unescaped = SourceMappedStr::from_json(source, key_span);
            unescaped.as_str()
        }
    };
    let field = Field::by_name(name);
    let exact = field.map(Field::name).filter(|known| *known == name);
    let content = match JsonKind::of(value) {
        JsonKind::Null => Content::Null,
        JsonKind::String if value_span.len() <= 2 => Content::Empty,
        JsonKind::String => Content::Text(Box::new(Text {
            characters: 0,
            stand_in: None,
            meaning: Meaning::NotRead,
            padding: None,
        })),
        other => Content::WrongType(other),
    };
    Member {
        index,
        key: key_span,
        value: value_span,
        own_name: (exact.is_none() && may_be_shown(name)).then(|| name.into()),
        field,
        of_other_call: None,
        is_exact: exact.is_some(),
        // An object is no value of any member, whatever it is called: more likely the body is in it.
        resembles: match content {
            Content::WrongType(JsonKind::Object) => None,
            _ if field.is_some() => None,
            _ => resembling(name),
        },
        repeats: seen.insert(field, name, index),
        known_content: match content {
            Content::WrongType(JsonKind::Object | JsonKind::Array) => recognize_json(value),
            _ => None,
        },
        content,
    }
}

/// The last member of each name, without regard to case. An unknown name may be anything, a key too, so only its
/// digest is kept.
#[derive(Default)]
struct KnownNames {
    documented: [Option<usize>; Field::ALL.len()],
    unknown: HashMap<TextDigest, usize>,
}

impl KnownNames {
    /// Returns the nearest earlier member of the same name.
    fn insert(&mut self, field: Option<Field>, name: &str, index: usize) -> Option<usize> {
        if let Some(field) = field {
            return self.documented.get_mut(field as usize)?.replace(index);
        }
        let folded = Secret::new(name.to_lowercase());
        self.unknown.insert(TextDigest::of(folded.expose()), index)
    }
}

/// Whether a member name is harmless enough to be shown: short, of few characters, and no piece of a key
/// as far as can be told.
fn may_be_shown(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 32
        && !looks_secret(name)
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-'))
}

/// The documented member that an unknown name seems to stand for.
fn resembling(name: &str) -> Option<Field> {
    // The longest documented name has 17 characters; this leaves room for separators of all kinds.
    if name.len() > 64 {
        return None;
    }
    let same_letters = |known: &str| {
        let letters = |text: &str| {
            text.chars()
                .filter(|character| character.is_alphanumeric())
                .map(|letter| letter.to_ascii_lowercase())
                .collect::<Vec<_>>()
        };
        letters(known) == letters(name)
    };
    Field::ALL
        .into_iter()
        .find(|field| {
            field.other_spellings().iter().any(|known| known.eq_ignore_ascii_case(name))
                || same_letters(field.name())
        })
        .or_else(|| Field::ALL.into_iter().find(|field| is_one_typo_away(name, field.name())))
}

/// Where `part`, which is borrowed from `source`, stands in it.
fn span_of(source: &str, part: &str) -> Span {
    let start = (part.as_ptr() as usize).saturating_sub(source.as_ptr() as usize);
    Span::new(start, start + part.len())
}

/// Reads the members of an object as they are written, repeated ones too.
struct Entries<'a> {
    source: &'a str,
    seen: KnownNames,
    members: Vec<Member>,
}

impl<'a> Entries<'a> {
    fn read<D: Deserializer<'a>>(&mut self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'a> Visitor<'a> for &mut Entries<'a> {
    type Value = ();

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'a>>(self, mut map: A) -> Result<(), A::Error> {
        while let Some((key, value)) = map.next_entry::<&RawValue, &RawValue>()? {
            let index = self.members.len();
            self.members.push(read_member(self.source, index, key.get(), value.get(), &mut self.seen));
        }
        Ok(())
    }
}

impl Member {
    /// Its name, with the quotes.
    #[must_use]
    pub const fn key(&self) -> Span {
        self.key
    }

    /// Its value; of a string, with the quotes.
    #[must_use]
    pub const fn value(&self) -> Span {
        self.value
    }

    /// Its name if that may be shown, else `#` and its place counted from 1.
    #[must_use]
    pub fn shown_name(&self) -> Cow<'_, str> {
        match (&self.own_name, self.field.or(self.of_other_call)) {
            (Some(name), _) => Cow::Borrowed(name),
            (None, Some(field)) if self.is_exact => Cow::Borrowed(field.name()),
            _ => Cow::Owned(format!("#{}", self.index + 1)),
        }
    }

    /// Whether its name may be shown.
    #[must_use]
    pub const fn has_shown_name(&self) -> bool {
        self.is_exact || self.own_name.is_some()
    }

    /// What its string holds.
    #[must_use]
    pub fn text(&self) -> Option<&Text> {
        match &self.content {
            Content::Text(text) => Some(text),
            _ => None,
        }
    }

    /// Takes out what its PEM text holds.
    pub(crate) fn take_pem(&mut self) -> Option<PemText> {
        let Content::Text(text) = &mut self.content else { return None };
        let meaning = &mut text.meaning;
        match std::mem::replace(meaning, Meaning::NotRead) {
            Meaning::Pem(text) => Some(*text),
            other => {
                *meaning = other;
                None
            }
        }
    }

    /// Whether it is as good as absent.
    #[must_use]
    pub const fn is_blank(&self) -> bool {
        matches!(self.content, Content::Null | Content::Empty)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::string_slice, clippy::unwrap_used, reason = "tests may panic")]

    use base64::Engine as _;

    use super::*;

    fn decode(text: &str) -> Vec<u8> {
        base64::engine::general_purpose::STANDARD.decode(text).unwrap()
    }

    fn wrong_types(body: &Body) -> usize {
        let is_wrong =
            |member: &&Member| member.field.is_some() && matches!(member.content, Content::WrongType(_));
        body.members().iter().filter(is_wrong).count()
    }

    /// What Go's `encoding/json` reads as each member.
    fn values(body: &Body, source: &str) -> Vec<String> {
        let value = |field| match body.effective_member(field) {
            Some(member) if member.text().is_some() => {
                SourceMappedStr::from_json(source, member.value()).as_str().to_owned()
            }
            _ => String::new(),
        };
        Field::ALL.into_iter().map(value).collect()
    }

    /// The same texts are refused as by Go, and of those that are read every member is the same. See
    /// `fixtures/json/oracle.go`.
    #[test]
    fn go_reads_the_same() {
        let mut cases = 0;
        for line in include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/json/oracle.tsv")).lines() {
            let [name, said, read, text] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
            let text = decode(text);
            let body = match std::str::from_utf8(&text) {
                Ok(source) => Body::read(source),
                Err(error) => Body::invalid(text.len(), JsonFault::not_utf8(&text, &error)),
            };
            cases += 1;
            match (&body.shape, said) {
                (Shape::Invalid(fault), "syntax" | "end") => {
                    assert_eq!(fault.is_unexpected_end, said == "end", "{name}: {fault:?}");
                }
                (Shape::NotAnObject { .. }, "type") => {}
                (Shape::Object { .. }, "type") => assert!(wrong_types(&body) > 0, "{name}"),
                (Shape::Object { .. }, "ok") => {
                    assert_eq!(wrong_types(&body), 0, "{name}");
                    let read: Vec<String> =
                        read.split(',').map(|value| String::from_utf8(decode(value)).unwrap()).collect();
                    assert_eq!(values(&body, std::str::from_utf8(&text).unwrap()), read, "{name}");
                }
                // Go reads bytes that are no UTF-8 as U+FFFD. JSON is UTF-8 (RFC 8259 section 8.1), and
                // what was meant is lost: that is never what an author wants to send.
                (Shape::Invalid(fault), "ok") => {
                    assert_eq!(fault.cause, crate::json::syntax::JsonCause::NotUtf8, "{name}");
                }
                // Go reads null as an object without members. It is none, and a member would be missing.
                (Shape::NotAnObject { kind: JsonKind::Null, .. }, "ok") => {
                    assert!(name.starts_with("null"), "{name}");
                }
                (shape, said) => panic!("{name}: Go says {said}, and it is {shape:?}"),
            }
        }
        assert!(cases > 600, "{cases}");
    }

    #[test]
    fn names_that_seem_to_stand_for_others() {
        for (name, field) in [
            ("certContent", Field::CertContent),
            ("CertContent", Field::CertContent),
            ("content", Field::CertContent),
            ("cert-content", Field::CertContent),
            ("cert content", Field::CertContent),
            ("certcontent", Field::CertContent),
            ("cert_contents", Field::CertContent),
            ("cert_contnet", Field::CertContent),
            ("cert_conten", Field::CertContent),
            ("cert_cantent", Field::CertContent),
            ("privateKey", Field::PrivateKey),
            ("private_keys", Field::PrivateKey),
            ("privat_key", Field::PrivateKey),
            ("trustedRootCa", Field::TrustedRootCa),
            ("instanceId", Field::InstanceId),
            ("algorithmType", Field::AlgorithmType),
            ("certContentSign", Field::CertContentSign),
            ("privateKeySign", Field::PrivateKeySign),
            ("nmae", Field::Name),
            ("tpye", Field::Type),
        ] {
            assert_eq!(resembling(name), Some(field), "{name}");
        }
        for name in
            ["", "x", "nmea", "description", "project_id", "san", "cert_content_signature", "names2", "证书"]
        {
            assert_eq!(resembling(name), None, "{name}");
        }
    }

    #[test]
    fn members_know_their_places_and_their_twins() {
        let source = "{\"name\": \"a\", \"x\": 1, \"NAME\" :null,\n\"X\":[ ],\"na\\u006de\":\"b\"}";
        let body = Body::read(source);
        let members = body.members();
        let written = |span: Span| &source[span.start..span.end];
        let keys: Vec<&str> = members.iter().map(|member| written(member.key())).collect();
        assert_eq!(keys, ["\"name\"", "\"x\"", "\"NAME\"", "\"X\"", "\"na\\u006de\""]);
        let values: Vec<&str> = members.iter().map(|member| written(member.value())).collect();
        assert_eq!(values, ["\"a\"", "1", "null", "[ ]", "\"b\""]);
        let repeats: Vec<Option<usize>> = members.iter().map(|member| member.repeats).collect();
        assert_eq!(repeats, [None, None, Some(0), Some(1), Some(2)]);
        let exact: Vec<bool> = members.iter().map(|member| member.is_exact).collect();
        assert_eq!(exact, [true, false, false, false, true]);
        assert_eq!(body.effective_member(Field::Name).unwrap().index, 4);
        assert!(!body.has_one_claimant(Field::Name));
        assert_eq!(body.member_at(members[3].value()).unwrap().index, 3);
        assert!(body.member_at(Span::at(0)).is_none());
    }

    #[test]
    fn only_harmless_names_are_shown() {
        let long = "a".repeat(33);
        let source = format!(
            "{{\"a-b_c.1\": 1, \"a b\": 1, \"\": 1, \"é\": 1, \"{long}\": 1, \"a/b\": 1, \"q2fT0mZp8KcR5eNdH1gZxMoV\": 1}}"
        );
        let body = Body::read(&source);
        let shown: Vec<Cow<'_, str>> = body.members().iter().map(Member::shown_name).collect();
        assert_eq!(shown, ["a-b_c.1", "#2", "#3", "#4", "#5", "#6", "#7"]);
    }

    #[test]
    fn an_object_is_taken_for_no_member() {
        let body = Body::read("{\"certificate\": {\"cert_content\": \"a\"}, \"privateKey\": \"b\"}");
        let resembled: Vec<_> = body.members().iter().map(|member| member.resembles).collect();
        assert_eq!(resembled, [None, Some(Field::PrivateKey)]);
    }

    /// Every member costs the same, however many there are.
    #[test]
    fn many_members_take_linear_time() {
        for name in ["name", "content", "x", "naem"] {
            let source = format!("{{{}\"a\":1}}", format!("\"{name}\":\"y\",").repeat(100_000));
            let body = Body::read(&source);
            assert_eq!(body.members().len(), 100_001);
            for field in Field::ALL.into_iter().cycle().take(1_000_000) {
                std::hint::black_box(body.effective_member(field));
            }
        }
    }
}
