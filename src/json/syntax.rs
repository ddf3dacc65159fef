//! Explains why a text is not JSON.
//!
//! `serde_json` decides what is JSON and where a text stops being JSON. Its messages are never shown. One pass
//! over the text before that place tells what is expected there, and the character at that place tells the cause.

use crate::edit;
use crate::edit::{Edit, Fix};
use crate::internal_fault::OrFault;
use crate::json::body::MAX_DEPTH;
use crate::json::other_format;
use crate::json::other_format::OtherFormat;
use crate::span::Span;

/// Why a text is not JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JsonFault {
    /// The cause.
    pub cause: JsonCause,
    /// The place of the error. Empty at the end of a truncated text.
    pub span: Span,
    /// A place that explains the error.
    pub related: Option<RelatedSpan>,
    /// Whether Go's `encoding/json` reports `unexpected end of JSON input`.
    pub is_unexpected_end: bool,
    /// A fix that makes the input one JSON text with the same values, if there is one.
    pub fix: Option<Fix>,
}

/// A place that explains an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RelatedSpan {
    /// What is there.
    pub kind: RelatedKind,
    /// The exact bytes.
    pub span: Span,
}

/// What is at a place that explains an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RelatedKind {
    /// The opening quote of the string.
    StringStart,
    /// The bracket or brace that is not closed.
    Unclosed,
    /// The first JSON value.
    FirstValue,
}

/// The causes that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonCause {
    /// Nothing, or nothing but whitespace.
    Empty,
    /// A byte-order mark before the text.
    ByteOrderMark,
    /// UTF-16, of either byte order.
    Utf16,
    /// Bytes that are not UTF-8.
    NotUtf8,
    /// A PEM file.
    Pem,
    /// DER: a certificate, a key or a PKCS#12 file.
    Der,
    /// Another format: what it is, and the next step.
    OtherFormat(&'static OtherFormat),
    /// A string of a programming language: joined with `+`, or in three quotes.
    SourceCode,
    /// A raw line break inside a string.
    RawLineBreak,
    /// A tab or another raw control character inside a string.
    RawControl,
    /// An escape sequence that JSON does not have.
    InvalidEscape,
    /// Single, typographic, back or escaped quotes around a string.
    WrongQuotes,
    /// A comment.
    Comment,
    /// A comma before a closing bracket.
    TrailingComma,
    /// An unfilled template, outside a string.
    Template,
    /// A no-break space, a zero-width space or the like between two tokens.
    NonAsciiWhitespace,
    /// The text ends before it is complete.
    Truncated,
    /// A second JSON value after the first.
    SecondValue,
    /// Arrays or objects nested deeper than the service's reader goes.
    TooDeep,
    /// Anything else.
    Expected(Expected),
}

/// What JSON allows at some place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expected {
    /// The value of the whole text.
    Text,
    /// The value of a field or an element of an array.
    Value,
    /// The name of a field.
    Name,
    /// The colon after a name.
    Colon,
    /// The comma or brace after a field.
    CommaOrBrace,
    /// The comma or bracket after an element of an array.
    CommaOrBracket,
    /// Nothing: the JSON value is complete.
    End,
}

const WHITESPACE: [char; 4] = [' ', '\t', '\r', '\n'];
const BYTE_ORDER_MARK: char = '\u{feff}';

/// A fix with more edits than this is not offered. The longest body has 16,000 lines of PEM.
const MAX_EDITS: usize = 20_000;

/// Control characters as they are written in a string.
const ESCAPES: [&str; 32] = [
    "\\u0000", "\\u0001", "\\u0002", "\\u0003", "\\u0004", "\\u0005", "\\u0006", "\\u0007", "\\b", "\\t",
    "\\n", "\\u000b", "\\f", "\\r", "\\u000e", "\\u000f", "\\u0010", "\\u0011", "\\u0012", "\\u0013",
    "\\u0014", "\\u0015", "\\u0016", "\\u0017", "\\u0018", "\\u0019", "\\u001a", "\\u001b", "\\u001c",
    "\\u001d", "\\u001e", "\\u001f",
];

impl JsonFault {
    /// Explains an error of `serde_json`.
    pub(crate) fn from_serde(source: &str, error: &serde_json::Error) -> Self {
        if source.trim_matches(WHITESPACE).is_empty() {
            let fault = Self::new(JsonCause::Empty, Span::new(0, source.len()));
            return Self { is_unexpected_end: true, ..fault };
        }
        if is_utf16(source.as_bytes()) {
            return Self::utf16(source.as_bytes());
        }
        let text = source.trim_start_matches(BYTE_ORDER_MARK).trim_start_matches(WHITESPACE);
        if let Some(format) = other_format::of_text(text) {
            let start = source.len() - text.len();
            let line = Span::new(start, start + text.lines().next().map_or(0, str::len));
            return Self::new(JsonCause::OtherFormat(format), line);
        }
        if let Some(line) = first_line_of_pem(source) {
            return Self::new(JsonCause::Pem, line);
        }
        let fault = if source.starts_with(BYTE_ORDER_MARK) {
            Self::new(JsonCause::ByteOrderMark, Span::new(0, BYTE_ORDER_MARK.len_utf8()))
        } else {
            let place = if error.is_eof() { source.len() } else { place_of(source, error) };
            Prefix::read(source, place).map_or_else(|fault| fault, |prefix| prefix.fault())
        };
        match fault.cause {
            JsonCause::ByteOrderMark
            | JsonCause::RawLineBreak
            | JsonCause::RawControl
            | JsonCause::TrailingComma => Self { fix: repair(source), ..fault },
            _ => fault,
        }
    }

    /// Explains why the input is not UTF-8.
    pub(crate) fn not_utf8(input: &[u8], error: &std::str::Utf8Error) -> Self {
        if is_der(input) {
            return Self::new(JsonCause::Der, Span::new(0, input.len()));
        }
        if is_utf16(input) {
            return Self::utf16(input);
        }
        if let Some(format) = other_format::of_bytes(input) {
            return Self::new(JsonCause::OtherFormat(format), Span::new(0, input.len()));
        }
        let start = error.valid_up_to();
        let end = error.error_len().map_or(input.len(), |length| start + length);
        Self::new(JsonCause::NotUtf8, Span::new(start, end.min(input.len())))
    }

    const fn new(cause: JsonCause, span: Span) -> Self {
        Self { cause, span, related: None, is_unexpected_end: false, fix: None }
    }

    /// UTF-16, which is converted if that makes it JSON, or JSON that can be repaired in turn.
    fn utf16(input: &[u8]) -> Self {
        let edit = Edit::Utf16 { span: Span::new(0, input.len()) };
        let fix = Fix::safe("convert UTF-16 to UTF-8", vec![edit]);
        let applied = edit::apply(input, &[&fix]).text;
        let is_repairable = || {
            std::str::from_utf8(&applied).is_ok_and(|source| !is_utf16(&applied) && repair(source).is_some())
        };
        let fix = (is_json(&applied) || is_repairable()).then_some(fix);
        Self { fix, ..Self::new(JsonCause::Utf16, Span::new(0, 2)) }
    }

    /// An error inside the string that begins at `start`.
    fn in_string(cause: JsonCause, span: Span, start: usize) -> Self {
        let related = RelatedSpan { kind: RelatedKind::StringStart, span: Span::new(start, start + 1) };
        Self { related: Some(related), ..Self::new(cause, span) }
    }
}

/// Refuses a JSON text that nests deeper than the service's reader goes.
pub(crate) fn check_depth(source: &str) -> Result<(), JsonFault> {
    Prefix::read(source, source.len()).map(drop)
}

/// Where `serde_json` found an error: its column counts the bytes of the line up to and with the offending one, which
/// may be in the middle of a character.
fn place_of(source: &str, error: &serde_json::Error) -> usize {
    let line = match error.line().checked_sub(2) {
        Some(before) => memchr::memchr_iter(b'\n', source.as_bytes()).nth(before).map_or(0, |at| at + 1),
        None => 0,
    };
    let place = (line + error.column()).saturating_sub(1).min(source.len());
    (0..=place).rfind(|&at| source.is_char_boundary(at)).or_fault()
}

/// Recognizes UTF-16 by its byte-order mark or by its zeros: a JSON text begins with an ASCII character.
fn is_utf16(input: &[u8]) -> bool {
    match *input {
        [0xff, 0xfe, 0, 0, ..] => false,
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => true,
        [a, b, c, d, ..] => {
            let zeros = [a == 0, b == 0, c == 0, d == 0];
            zeros == [true, false, true, false] || zeros == [false, true, false, true]
        }
        _ => false,
    }
}

/// Recognizes DER by the header of a SEQUENCE, with the right length if it is short.
fn is_der(input: &[u8]) -> bool {
    match *input {
        [0x30, 0x80..=0x84, ..] => true,
        [0x30, length, ..] => input.len() == 2 + usize::from(length),
        _ => false,
    }
}

/// The first line of a PEM file, which may have text before its blocks. A text that begins like JSON is not one.
fn first_line_of_pem(source: &str) -> Option<Span> {
    let text = source.trim_start_matches(BYTE_ORDER_MARK).trim_start_matches(WHITESPACE);
    let is_pem = !text.starts_with(['{', '[', '"', '\'', '`', '/'])
        && !text.starts_with(is_typographic_quote)
        && text.lines().any(|line| line.starts_with("-----BEGIN "));
    let start = source.len() - text.len();
    is_pem.then(|| Span::new(start, start + text.lines().next().map_or(0, str::len)))
}

/// The text before an error, which is JSON as far as it goes.
struct Prefix<'a> {
    source: &'a str,
    /// Where it ends.
    end: usize,
    /// The arrays and objects that are not closed: whether they are objects, and where they begin.
    open: Vec<(bool, usize)>,
    /// What JSON allows next.
    expected: Expected,
    /// The last token.
    last: Span,
    /// Where the first token begins.
    start: usize,
}

impl<'a> Prefix<'a> {
    /// Reads the text up to `end`. An error inside a string that begins before, or where a string is expected
    /// at `end`, is returned, and so is nesting that is too deep.
    fn read(source: &'a str, end: usize) -> Result<Self, JsonFault> {
        let start = source.len() - source.trim_start_matches(WHITESPACE).len();
        let mut prefix =
            Self { source, end, open: Vec::new(), expected: Expected::Text, last: Span::at(start), start };
        let mut at = start;
        while let Some(&byte) = source.as_bytes().get(at) {
            let is_string = byte == b'"' && (at < end || at == end && prefix.allows_string());
            if at >= end && !is_string {
                break;
            }
            if matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
                at += 1;
                continue;
            }
            let token = prefix.token(at, byte)?;
            at = token.end;
            prefix.last = token;
        }
        Ok(prefix)
    }

    const fn allows_string(&self) -> bool {
        matches!(self.expected, Expected::Text | Expected::Value | Expected::Name)
    }

    /// Reads the token that begins with `byte` at `at`.
    fn token(&mut self, at: usize, byte: u8) -> Result<Span, JsonFault> {
        let mut end = at + 1;
        match byte {
            b'{' | b'[' => {
                if self.open.len() == MAX_DEPTH {
                    return Err(JsonFault::new(JsonCause::TooDeep, Span::new(at, end)));
                }
                self.open.push((byte == b'{', at));
                self.expected = if byte == b'{' { Expected::Name } else { Expected::Value };
            }
            b'}' | b']' => {
                self.open.pop();
                self.expected = self.after_value();
            }
            b':' => self.expected = Expected::Value,
            b',' => {
                let is_object = self.open.last().is_some_and(|(is_object, _)| *is_object);
                self.expected = if is_object { Expected::Name } else { Expected::Value };
            }
            b'"' => {
                end = end_of_string(self.source, at)?;
                self.expected =
                    if self.expected == Expected::Name { Expected::Colon } else { self.after_value() };
            }
            _ => {
                let token = self.source.get(at..self.end).or_fault();
                let rest = token.trim_start_matches(is_bare);
                end = at + (token.len() - rest.len()).max(1);
                self.expected = self.after_value();
            }
        }
        Ok(Span::new(at, end))
    }

    fn after_value(&self) -> Expected {
        match self.open.last() {
            Some((true, _)) => Expected::CommaOrBrace,
            Some((false, _)) => Expected::CommaOrBracket,
            None => Expected::End,
        }
    }

    fn text(&self, span: Span) -> &'a str {
        self.source.get(span.start..span.end).or_fault()
    }

    /// The last token if it is a number or word that is not complete or not JSON, with what belongs to it.
    fn invalid_word(&self) -> Option<Span> {
        let rest = self.source.get(self.last.end..)?;
        let is_word = self.last.end == self.end && self.text(self.last).starts_with(is_bare);
        let span = Span::new(self.last.start, self.last.end + bare_length(rest));
        let is_json = || serde_json::from_str::<serde::de::IgnoredAny>(self.text(span)).is_ok();
        (is_word && !is_json()).then_some(span)
    }

    /// Names the error that follows.
    fn fault(&self) -> JsonFault {
        let rest = self.source.get(self.end..).or_fault();
        let word = self.invalid_word();
        let Some(next) = rest.chars().next() else {
            let fault = JsonFault::new(JsonCause::Truncated, Span::at(self.source.len()));
            return JsonFault { related: self.unclosed(), is_unexpected_end: word.is_none(), ..fault };
        };
        let here = |length: usize| Span::new(self.end, self.end + length);
        if let Some(word) = word {
            let expected = if self.open.is_empty() { Expected::Text } else { Expected::Value };
            return JsonFault::new(JsonCause::Expected(expected), word);
        }
        if let Some(length) = comment_length(rest) {
            return JsonFault::new(JsonCause::Comment, here(length));
        }
        if is_non_ascii_whitespace(next) {
            return JsonFault::new(JsonCause::NonAsciiWhitespace, here(next.len_utf8()));
        }
        if self.allows_string() {
            return self.instead_of_value(rest, next);
        }
        if self.expected == Expected::End {
            if rest.trim_end_matches(WHITESPACE) == "," {
                return JsonFault::new(JsonCause::TrailingComma, here(1));
            }
            let cause = if matches!(next, '{' | '[' | '"') {
                JsonCause::SecondValue
            } else {
                JsonCause::Expected(self.expected)
            };
            let first =
                RelatedSpan { kind: RelatedKind::FirstValue, span: Span::new(self.start, self.last.end) };
            let fault = JsonFault::new(cause, here(rest.trim_end_matches(WHITESPACE).len()));
            return JsonFault { related: Some(first), ..fault };
        }
        let is_value_over = matches!(self.expected, Expected::CommaOrBrace | Expected::CommaOrBracket);
        let is_third_quote = next == '"' && self.last.end == self.end && self.text(self.last) == "\"\"";
        if is_value_over && (next == '+' || is_third_quote) {
            return JsonFault::new(JsonCause::SourceCode, here(1));
        }
        let fault = JsonFault::new(JsonCause::Expected(self.expected), here(next.len_utf8()));
        let is_bracket = matches!(next, '}' | ']');
        JsonFault { related: self.unclosed().filter(|_| is_bracket), ..fault }
    }

    /// Names the error where a value or name is expected and `rest`, which begins with `next`, follows.
    fn instead_of_value(&self, rest: &str, next: char) -> JsonFault {
        let before = self.text(self.last);
        let here = |length: usize| Span::new(self.end, self.end + length);
        let is_escaped_quote = || next == '\\' && rest.trim_start_matches('\\').starts_with(['"', '\'']);
        if matches!(next, '\'' | '`') || is_typographic_quote(next) || is_escaped_quote() {
            return JsonFault::new(JsonCause::WrongQuotes, here(next.len_utf8()));
        }
        // `{{` begins with what is read as an object.
        if matches!(next, '{' | '%') && before == "{" && self.last.end == self.end {
            let start = self.last.start;
            let length = self.source.get(start..).and_then(template_length).unwrap_or(2);
            return JsonFault::new(JsonCause::Template, Span::new(start, start + length));
        }
        // Markup is no placeholder.
        let is_markup = self.expected == Expected::Text && next == '<' && {
            let text = rest.trim_end_matches(WHITESPACE);
            text.find('>').is_none_or(|end| end + 1 < text.len())
        };
        if let Some(length) = template_length(rest).filter(|_| !is_markup) {
            return JsonFault::new(JsonCause::Template, here(length));
        }
        if before == "," && matches!(next, '}' | ']') {
            return JsonFault::new(JsonCause::TrailingComma, self.last);
        }
        let length = bare_length(rest).max(next.len_utf8());
        JsonFault::new(JsonCause::Expected(self.expected), here(length))
    }

    /// The innermost array or object that is not closed.
    fn unclosed(&self) -> Option<RelatedSpan> {
        let &(_, start) = self.open.last()?;
        Some(RelatedSpan { kind: RelatedKind::Unclosed, span: Span::new(start, start + 1) })
    }
}

/// The end of the string that begins at `start`, or the error in it.
fn end_of_string(source: &str, start: usize) -> Result<usize, JsonFault> {
    let bytes = source.as_bytes();
    let mut at = start + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return Ok(at + 1),
            b'\\' => at = end_of_escape(source, start, at)?,
            b'\r' | b'\n' => {
                return Err(wrong_end_quote(source, start, at).unwrap_or_else(|| {
                    JsonFault::in_string(JsonCause::RawLineBreak, line_break(source, at), start)
                }));
            }
            0..=0x1f => {
                return Err(JsonFault::in_string(JsonCause::RawControl, Span::new(at, at + 1), start));
            }
            _ => at += 1,
        }
    }
    let truncated = || JsonFault::in_string(JsonCause::Truncated, Span::at(source.len()), start);
    let fault = wrong_end_quote(source, start, source.len()).unwrap_or_else(truncated);
    Err(JsonFault { is_unexpected_end: true, ..fault })
}

/// The end of the escape sequence at `at` in the string that begins at `start`, or the error in it.
fn end_of_escape(source: &str, start: usize, at: usize) -> Result<usize, JsonFault> {
    let after = source.get(at + 1..).or_fault();
    let truncated = || JsonFault::in_string(JsonCause::Truncated, Span::at(source.len()), start);
    let Some(escaped) = after.chars().next() else { return Err(truncated()) };
    let (cause, span) = match escaped {
        '"' | '\\' | '/' | 'b' | 'f' | 'n' | 'r' | 't' => return Ok(at + 2),
        'u' => {
            let digits = after.bytes().skip(1).take(4).take_while(u8::is_ascii_hexdigit).count();
            match digits {
                4 => return Ok(at + 6),
                _ if after.len() == 1 + digits => return Err(truncated()),
                _ => (JsonCause::InvalidEscape, Span::new(at, at + 2 + digits)),
            }
        }
        _ => (JsonCause::InvalidEscape, Span::new(at, at + 1 + escaped.len_utf8())),
    };
    Err(JsonFault::in_string(cause, span, start))
}

/// The line break at `at`.
fn line_break(source: &str, at: usize) -> Span {
    let is_crlf = source.as_bytes().get(at..at + 2) == Some(b"\r\n");
    Span::new(at, at + if is_crlf { 2 } else { 1 })
}

/// The typographic quote that was to end the string that begins at `start`, which has no plain one up to `end`:
/// punctuation follows it.
fn wrong_end_quote(source: &str, start: usize, end: usize) -> Option<JsonFault> {
    let content = source.get(start + 1..end)?;
    content.char_indices().filter(|(_, character)| is_typographic_quote(*character)).find_map(
        |(at, quote)| {
            let after = at + quote.len_utf8();
            // Blanks between two quotes are passed once, which keeps this linear.
            let rest = content.get(after..)?.trim_start_matches([' ', '\t']);
            (rest.is_empty() || rest.starts_with([':', ',', '}', ']'])).then(|| {
                let span = Span::new(start + 1 + at, start + 1 + after);
                JsonFault::in_string(JsonCause::WrongQuotes, span, start)
            })
        },
    )
}

/// A fix that removes a byte-order mark, escapes all raw control characters in strings and removes all trailing
/// commas, if the result is one JSON text. Outside of strings it changes nothing else, and inside of strings it
/// changes only how a character is written, so that all values stay the same.
fn repair(source: &str) -> Option<Fix> {
    let bytes = source.as_bytes();
    let mut mark = Vec::new();
    let mut escapes = Vec::new();
    let mut commas = Vec::new();
    let mut at = 0;
    if source.starts_with(BYTE_ORDER_MARK) {
        at = BYTE_ORDER_MARK.len_utf8();
        mark.push(Edit::delete(Span::new(0, at)));
    }
    let mut in_string = false;
    let mut comma = None;
    while let Some(&byte) = bytes.get(at) {
        let mut span = Span::new(at, at + 1);
        match byte {
            b'\\' if in_string => span.end += 1,
            b'"' => {
                in_string = !in_string;
                comma = None;
            }
            b'\r' | b'\n' | 0..=0x1f if in_string => {
                span = line_break(source, at);
                let text = if span.len() == 2 { "\\r\\n" } else { ESCAPES.get(usize::from(byte))? };
                escapes.push(Edit::Put { span, text });
            }
            _ if in_string => {}
            b' ' | b'\t' | b'\r' | b'\n' => {}
            b'}' | b']' => commas.extend(comma.take().map(Edit::delete)),
            _ => comma = (byte == b',').then_some(span),
        }
        if escapes.len() + commas.len() > MAX_EDITS {
            return None;
        }
        at = span.end;
    }
    commas.extend(comma.map(Edit::delete));
    let titles = [
        (&mark, "remove the byte-order mark"),
        (&escapes, "escape control characters in strings"),
        (&commas, "remove trailing commas"),
    ];
    let title: Vec<&str> =
        titles.iter().filter(|(edits, _)| !edits.is_empty()).map(|(_, title)| *title).collect();
    let fix = Fix::safe(title.join(", "), [mark, escapes, commas].concat());
    is_json(&edit::apply(bytes, &[&fix]).text).then_some(fix)
}

/// Whether a text is JSON that the service's reader reads to its end.
fn is_json(text: &[u8]) -> bool {
    std::str::from_utf8(text).is_ok_and(|source| {
        serde_json::from_str::<&serde_json::value::RawValue>(source).is_ok() && check_depth(source).is_ok()
    })
}

/// What numbers and words without quotes consist of.
fn is_bare(character: char) -> bool {
    character.is_alphanumeric() || matches!(character, '_' | '-' | '+' | '.')
}

/// The length of the number or word at the start of `text`.
fn bare_length(text: &str) -> usize {
    text.len() - text.trim_start_matches(is_bare).len()
}

fn is_typographic_quote(character: char) -> bool {
    matches!(
        character,
        '\u{2018}'..='\u{201f}' | '\u{2032}'..='\u{2036}' | '\u{ab}' | '\u{bb}' | '\u{2039}' | '\u{203a}'
            | '\u{300c}'..='\u{300f}' | '\u{301d}'..='\u{301f}' | '\u{ff02}' | '\u{ff07}'
    )
}

/// Spaces, and invisible characters, that JSON does not skip.
fn is_non_ascii_whitespace(character: char) -> bool {
    !character.is_ascii() && character.is_whitespace()
        || matches!(
            character,
            '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                | BYTE_ORDER_MARK
        )
}

/// The length of the comment at the start of `text`.
fn comment_length(text: &str) -> Option<usize> {
    if text.starts_with("/*") {
        return Some(text.find("*/").map_or(text.len(), |end| end + 2));
    }
    let is_comment = text.starts_with("//") || text.starts_with('#') && !text.starts_with("#{");
    is_comment.then(|| text.find(['\r', '\n']).unwrap_or(text.len()))
}

/// The length of the template at the start of `text`.
fn template_length(text: &str) -> Option<usize> {
    let close = match text.as_bytes() {
        [b'{', b'{', ..] => "}}",
        [b'{', b'%', ..] => "%}",
        [b'$' | b'#', b'{', ..] => "}",
        [b'$', b'(', ..] => ")",
        [b'<', ..] => ">",
        [b'%', first, ..] if first.is_ascii_alphabetic() => "%",
        [b'$', first, ..] if first.is_ascii_alphabetic() || *first == b'_' => {
            let is_end = |next: char| !next.is_ascii_alphanumeric() && !matches!(next, '_' | '-' | '.');
            return Some(text.get(1..)?.find(is_end).map_or(text.len(), |end| end + 1));
        }
        _ => return None,
    };
    let line = text.split(['\r', '\n']).next()?;
    let body = line.get(1..)?;
    Some(body.find(close).map_or(1, |end| 1 + end + close.len()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::panic, clippy::unwrap_used, reason = "tests may panic")]

    use super::JsonCause as C;
    use super::*;
    use crate::json::body::{Body, Shape};

    fn fault(input: &[u8]) -> JsonFault {
        match Body::parse_shallow(input).shape {
            Shape::Invalid(fault) => fault,
            other => panic!("{:?} is {other:?}", String::from_utf8_lossy(input)),
        }
    }

    /// The fault of a text in which `⟦…⟧` marks its span and `⦃…⦄` the related place.
    fn check(marked: &str, cause: C) {
        let mut source = String::new();
        let mut places = [None; 4];
        for character in marked.chars() {
            match ['⟦', '⟧', '⦃', '⦄'].iter().position(|mark| *mark == character) {
                Some(index) => places[index] = Some(source.len()),
                None => source.push(character),
            }
        }
        let found = fault(source.as_bytes());
        assert_eq!(found.cause, cause, "{marked}");
        assert_eq!(found.span, Span::new(places[0].unwrap(), places[1].unwrap()), "{marked}");
        let related = places[2].map(|start| Span::new(start, places[3].unwrap()));
        assert_eq!(found.related.map(|related| related.span), related, "{marked}");
    }

    #[test]
    fn strings() {
        check("{\"a\": ⦃\"⦄-----BEGIN CERTIFICATE-----⟦\n⟧MIIB\n\"}", C::RawLineBreak);
        check("{\"a\": ⦃\"⦄line⟦\r\n⟧line\"}", C::RawLineBreak);
        check("{⦃\"⦄a⟦\r⟧", C::RawLineBreak);
        check("{\"a\": ⦃\"⦄x⟦\t⟧y\"}", C::RawControl);
        check("{\"a\": ⦃\"⦄x⟦\u{1b}⟧y\"}", C::RawControl);
        check("{\"a\": ⦃\"⦄C:⟦\\c⟧erts\"}", C::InvalidEscape);
        check("{\"a\": ⦃\"⦄it⟦\\'⟧s\"}", C::InvalidEscape);
        check("{\"a\": ⦃\"⦄⟦\\é⟧\"}", C::InvalidEscape);
        check("{\"a\": ⦃\"⦄⟦\\u00⟧g0\"}", C::InvalidEscape);
        check("{\"a\": ⦃\"⦄x⟦\\\r⟧\ny\"}", C::InvalidEscape);
        for text in [
            "{⟦'⟧a': 1}",
            "{\"a\": ⟦'⟧x'}",
            "{\"a\": ⟦`⟧x`}",
            "{⟦“⟧a”: 1}",
            "{\"a\": ⦃\"⦄x⟦”⟧,\n\"b\": 1}",
            "{\"a\": ⦃\"⦄x⟦”⟧}",
            "{⟦\\⟧\"a\\\": 1}",
        ] {
            check(text, C::WrongQuotes);
        }
    }

    #[test]
    fn structure() {
        let expected = C::Expected;
        for (text, cause) in [
            ("⟦⟧", C::Empty),
            ("⟦ \n\t⟧", C::Empty),
            ("⟦\u{feff}⟧{}", C::ByteOrderMark),
            ("⟦-----BEGIN CERTIFICATE-----⟧\nMIIB\n", C::Pem),
            ("\u{feff}⟦-----BEGIN CERTIFICATE-----⟧\nMIIB\n", C::Pem),
            ("⟦Bag Attributes⟧\n    localKeyID: 01\n-----BEGIN CERTIFICATE-----\nMIIB\n", C::Pem),
            ("{⟦// c⟧\n\"a\": 1}", C::Comment),
            ("{\"a\": ⟦/* c\n */⟧ 1}", C::Comment),
            ("⟦# c⟧\n{}", C::Comment),
            ("{} ⟦/* c⟧", C::Comment),
            ("{\"a\": 1⟦,⟧ }", C::TrailingComma),
            ("{\"a\": [1⟦,⟧\n]}", C::TrailingComma),
            ("{\"a\": 1}⟦,⟧\n", C::TrailingComma),
            ("{⟦,⟧\"a\": 1}", expected(Expected::Name)),
            ("{\"a\": 1,⟦,⟧\"b\": 1}", expected(Expected::Name)),
            ("{\"a\": ⟦${CERT}⟧}", C::Template),
            ("{\"a\": ⟦$CERT⟧}", C::Template),
            ("{\"a\": ⟦{{ cert }}⟧}", C::Template),
            ("{\"a\": ⟦<your key>⟧}", C::Template),
            ("{⟦\u{a0}⟧\"a\": 1}", C::NonAsciiWhitespace),
            ("⦃{\"a\": 1}⦄\n⟦{\"a\": 2}⟧\n", C::SecondValue),
            ("⦃{}⦄ ⟦and more⟧ ", expected(Expected::End)),
            ("⦃{}⦄⟦}⟧", expected(Expected::End)),
            ("⦃\"a\"⦄⟦: 1⟧", expected(Expected::End)),
            ("⟦title⟧: cert_demo\n", expected(Expected::Text)),
            ("{\"a\": \"x\" ⟦+⟧ \"y\"}", C::SourceCode),
            ("{\"a\": \"\"⟦\"⟧x\"\"\"}", C::SourceCode),
            ("⟦}⟧", expected(Expected::Text)),
            ("{⟦name⟧: 1}", expected(Expected::Name)),
            ("{\"a\":⟦}⟧", expected(Expected::Value)),
            ("{\"a\": ⟦True⟧}", expected(Expected::Value)),
            ("{\"a\": ⟦证书⟧}", expected(Expected::Value)),
            ("{\"a\": ⟦01⟧}", expected(Expected::Value)),
            ("{\"a\": ⟦1.2.3⟧}", expected(Expected::Value)),
            ("{\"a\" ⟦\"⟧x\"}", expected(Expected::Colon)),
            ("{\"a\"⟦：⟧ 1}", expected(Expected::Colon)),
            ("{\"a\": \"x\"\n⟦\"⟧b\": 1}", expected(Expected::CommaOrBrace)),
            ("{\"a\": \"my \"⟦g⟧reat\" cert\"}", expected(Expected::CommaOrBrace)),
            ("⦃{⦄\"a\": 1⟦]⟧", expected(Expected::CommaOrBrace)),
            ("{\"a\": ⦃[⦄1⟦}⟧", expected(Expected::CommaOrBracket)),
            ("⦃{⦄⟦⟧", C::Truncated),
            ("⦃{⦄\"a\": 1, ⟦⟧", C::Truncated),
            ("{\"a\": ⦃[⦄[]⟦⟧", C::Truncated),
            ("{\"a\": ⦃\"⦄x⟦⟧", C::Truncated),
            ("{\"a\": ⦃\"⦄x\\u00⟦⟧", C::Truncated),
            ("⦃{⦄\"a\": tr⟦⟧", C::Truncated),
        ] {
            check(text, cause);
        }
    }

    #[test]
    fn depth_costs_no_stack() {
        let deep = format!("{}⟦[⟧{}", "[".repeat(MAX_DEPTH), "[".repeat(90_000));
        check(&deep, C::TooDeep);
        check(&format!("{deep}{}", "]".repeat(100_001)), C::TooDeep);
        check(&format!("{{\"a\": {}⟦[⟧{}}}", "[".repeat(MAX_DEPTH - 1), "]".repeat(MAX_DEPTH)), C::TooDeep);
        assert_eq!(fault("{\"a\":".repeat(100_000).as_bytes()).cause, C::TooDeep);
    }

    fn utf16(text: &str, is_big_endian: bool) -> Vec<u8> {
        let order = if is_big_endian { u16::to_be_bytes } else { u16::to_le_bytes };
        text.encode_utf16().flat_map(order).collect()
    }

    #[test]
    fn encodings() {
        for text in ["{\"name\": \"证书😀\"}", "{\"a\":1}", "\u{feff}[\"a\nb\",]"] {
            for is_big_endian in [false, true] {
                let input = utf16(text, is_big_endian);
                let found = fault(&input);
                assert_eq!((found.cause, found.span), (C::Utf16, Span::new(0, 2)));
                let repaired = edit::apply(&input, &[&found.fix.unwrap()]).text;
                assert_eq!(*repaired, text.trim_start_matches(BYTE_ORDER_MARK).as_bytes());
                assert_eq!(fault(&input[..input.len() - 1]).fix, None, "half a character at the end");
            }
        }
        let lone_surrogate = [utf16("{\"a\":\"", false), vec![0, 0xd8], utf16("\"}", false)].concat();
        assert_eq!(fault(&lone_surrogate).fix, None);
        assert_eq!(fault(&utf16("-----BEGIN CERTIFICATE-----", false)).fix, None);
        for (input, cause, span) in [
            (&b"{\"name\": \"caf\xe9\"}"[..], C::NotUtf8, Span::new(13, 14)),
            (b"{\"name\": \"\xe4\xb8", C::NotUtf8, Span::new(10, 12)),
            (b"\xff\xfe\0\0{\0\0\0}\0\0\0", C::NotUtf8, Span::new(0, 1)),
            (b"\x30\x82\x04\x70\x30\x82", C::Der, Span::new(0, 6)),
        ] {
            let found = fault(input);
            assert_eq!((found.cause, found.span, found.fix), (cause, span, None));
        }
    }

    #[test]
    fn repairs() {
        for (text, repaired) in [
            ("{\"a\": \"1\n2\r\n3\r4\t\u{1}\\\"\n\"}", "{\"a\": \"1\\n2\\r\\n3\\r4\\t\\u0001\\\"\\n\"}"),
            ("{\"a\": [1,\n], \"b,}\": {\"c\": 1 , } ,}", "{\"a\": [1\n], \"b,}\": {\"c\": 1  } }"),
            ("{},\n", "{}\n"),
            ("\u{feff}{\"a\": \"\n\",}", "{\"a\": \"\\n\"}"),
        ] {
            let fix = fault(text.as_bytes()).fix.unwrap();
            assert_eq!(*edit::apply(text.as_bytes(), &[&fix]).text, repaired.as_bytes(), "{text}");
        }
        for text in [
            "{\"a\": \"x,\n\"b\": \"y\"}",
            "{\"a\": \"x\\\ny\"}",
            "{\"a\": \"x\n\"",
            "{\"a\": 1,,}",
            "{\"a\": \"x\n\", // c\n}",
            "\u{feff}{'a': 1}",
        ] {
            assert_eq!(fault(text.as_bytes()).fix, None, "{text}");
        }
    }

    /// Whatever is done to a text, the places of a fault are inside it and between characters, and a repaired text
    /// is JSON.
    #[test]
    fn faults_of_mutants() {
        let seeds = [
            "{\"name\": \"cert_demo\", \"type\": null, \"a\": [1, -2.5e+3, {\"b\": [true]}, \"\\u00e9\\n\"]}",
            "[{\"证书\": \"-----BEGIN CERTIFICATE-----\\nMIIB\"}, [[]], {}, 0, \"\\ud83d\\ude00\"]",
            " { \"a\" : \"x\" , \"b\" : { } }\n",
        ];
        let pieces = [
            "\"", "\\", "{", "}", "[", "]", ",", ":", "'", "“", "\n", "\t", "\r", " ", "0", "-", ".", "e",
            "tru", "//", "/*", "#", "\\u", "é", "\u{a0}", "${x}", "<", "{{",
        ];
        let mut state = 7_u64;
        let mut next = |bound: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap() % bound
        };
        let (mut invalid, mut repaired) = (0, 0);
        for round in 0..60_000 {
            let mut characters: Vec<char> = seeds[round % seeds.len()].chars().collect();
            for _ in 0..=next(3) {
                let at = next(characters.len() + 1);
                match next(3) {
                    0 => characters.truncate(at.max(1)),
                    1 if at < characters.len() => drop(characters.remove(at)),
                    _ => drop(characters.splice(at..at, pieces[next(pieces.len())].chars())),
                }
            }
            let source: String = characters.into_iter().collect();
            let Shape::Invalid(fault) = Body::parse_shallow(source.as_bytes()).shape else { continue };
            assert!(serde_json::from_str::<serde::de::IgnoredAny>(&source).is_err(), "{source:?}");
            invalid += 1;
            for span in [Some(fault.span), fault.related.map(|related| related.span)].into_iter().flatten() {
                assert!(source.get(span.start..span.end).is_some(), "{source:?}: {fault:?}");
            }
            let Some(fix) = fault.fix else { continue };
            repaired += 1;
            let text = edit::apply(source.as_bytes(), &[&fix]).text;
            assert!(is_json(&text), "{source:?}");
        }
        assert!(invalid > 30_000 && repaired > 500, "{invalid} {repaired}");
    }
}
