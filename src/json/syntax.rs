//! Why a text is not JSON: the cause by name, where it shows, and the place that explains it.
//!
//! `serde_json` decides what is JSON; its message may quote the body and is never passed on. A text
//! that it refused is read again by a small tolerant scanner, which stops at the first departure
//! from RFC 8259 and tells what its author seems to have meant. It keeps a stack of its own, so that
//! nesting costs memory and no recursion, and looks at every byte a fixed number of times.

use crate::span::Span;

use crate::json::body::MAX_DEPTH;

/// Why a text is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonFault {
    /// The cause.
    pub cause: JsonCause,
    /// Where it shows. Empty at the end of an unfinished text.
    pub span: Span,
    /// The place that explains it.
    pub landmark: Option<RelatedSpan>,
}

/// A place that explains a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RelatedSpan {
    /// What stands there.
    pub kind: LandmarkKind,
    /// The exact bytes.
    pub span: Span,
}

/// What stands at a place that explains a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LandmarkKind {
    /// The opening quote of the string.
    StringBegins,
    /// The opening bracket of the array.
    ArrayBegins,
    /// The opening brace of the object.
    ObjectBegins,
    /// The name of the member.
    MemberName,
    /// The value before.
    ValueBefore,
    /// The closing bracket that follows.
    ClosingBracket,
    /// The first JSON text.
    FirstText,
}

/// The causes that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonCause {
    /// There is not a single byte.
    Empty,
    /// There is white space and nothing else.
    Blank,
    /// It begins with a byte-order mark.
    ByteOrderMark,
    /// It is in another Unicode encoding.
    Encoding(Encoding),
    /// Bytes that are no UTF-8.
    NotUtf8,
    /// The text is of another format altogether.
    OtherFormat(OtherFormat),
    /// A line break stands in a string as it is.
    RawLineBreak {
        /// Whether PEM armour stands before it in that string.
        is_pem: bool,
    },
    /// A string is not closed where its line ends.
    UnclosedString,
    /// A tab stands in a string as it is.
    RawTab,
    /// Another control character stands in a string as it is.
    RawControl,
    /// A backslash is followed by something that JSON does not escape.
    InvalidEscape,
    /// `\u` is not followed by four hexadecimal digits.
    ShortUnicodeEscape,
    /// A backslash is the last character of its line.
    EscapedLineBreak,
    /// Text in single quotes.
    SingleQuotes,
    /// Text in backquotes.
    Backquotes,
    /// Text in typographic quotes.
    TypographicQuotes {
        /// Whether the string that is not closed by one runs to the end of the text.
        is_to_the_end: bool,
    },
    /// Quotes with a backslash before them, outside of a string.
    EscapedQuotes,
    /// A quote inside a string ends it too early.
    UnescapedQuote,
    /// A colon, comma, brace or bracket of full width.
    FullWidthPunctuation,
    /// A space or an invisible character that JSON does not take as white space.
    StrangeSpace,
    /// A comment.
    Comment,
    /// A comma before a closing bracket.
    TrailingComma,
    /// A comma with nothing before it.
    ExtraComma,
    /// No comma between two members or elements.
    MissingComma,
    /// No colon after a name.
    MissingColon,
    /// No value after a colon.
    MissingValue,
    /// Members without braces around them.
    MissingBraces,
    /// `=`, `=>` or `:=` for a colon, or `;` for a comma.
    WrongSeparator,
    /// Strings that are joined by a plus sign.
    Concatenation,
    /// A name without quotes.
    UnquotedName,
    /// A text value without quotes.
    UnquotedValue,
    /// A template that nobody filled in, outside of a string.
    Template,
    /// A constant of another language: `True`, `None`, `undefined`.
    ForeignConstant,
    /// `NaN` or `Infinity`.
    NotANumber,
    /// A number that begins with a superfluous zero.
    LeadingZero,
    /// A number that begins with a plus sign.
    PlusSign,
    /// Another number that JSON does not write so.
    MalformedNumber,
    /// A bracket that closes what another kind of bracket opened.
    MismatchedBracket,
    /// A closing bracket after the end.
    ExtraBracket,
    /// A second JSON text.
    SecondText,
    /// Text after the end.
    TrailingText,
    /// The text ends before it is complete.
    Truncated(Open),
    /// Arrays or objects nest deeper than the service's reader goes.
    TooDeep,
    /// The grammar is not kept, in no way that has a name here.
    Syntax,
}

/// An encoding that is not UTF-8.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// UTF-16, of either byte order
    Utf16,
    /// UTF-32, of either byte order
    Utf32,
}

/// A format that is sometimes sent where a body is expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OtherFormat {
    /// PEM blocks
    Pem,
    /// DER: a certificate, a key or a PKCS#12 file
    Der,
    /// A Java key store
    KeyStore,
    /// Compressed data: gzip, zip, xz, bzip2, Zstandard
    Compressed,
    /// YAML
    Yaml,
    /// Lines of `key=value`
    KeyValue,
    /// `application/x-www-form-urlencoded` or `multipart/form-data`
    Form,
    /// XML or HTML
    Markup,
    /// A Terraform configuration
    Terraform,
    /// An HTTP message with its head
    Http,
    /// Base64
    Base64,
}

/// What is still open where a text ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    /// A string
    String,
    /// An array
    Array,
    /// An object
    Object,
    /// A number, or a word such as `true`
    Constant,
    /// An escape in a string
    Escape,
}

impl JsonFault {
    /// Whether Go's `encoding/json` calls it `unexpected end of JSON input`.
    #[must_use]
    pub const fn is_unexpected_end(&self) -> bool {
        matches!(
            self.cause,
            JsonCause::Empty
                | JsonCause::Blank
                | JsonCause::Truncated(Open::String | Open::Array | Open::Object)
                | JsonCause::TypographicQuotes { is_to_the_end: true }
        )
    }

    /// Finds the cause of an error of `serde_json`, whose message is never passed on.
    pub(crate) fn from_serde(source: &str, error: &serde_json::Error) -> Self {
        if source.is_empty() {
            return Self::new(JsonCause::Empty, Span::at(0));
        }
        if source.trim_matches(WHITE_SPACE).is_empty() {
            return Self::new(JsonCause::Blank, Span::new(0, source.len()));
        }
        if let Some(fault) = Self::encoding(source.as_bytes()) {
            return fault;
        }
        if let Some(rest) = source.strip_prefix(BYTE_ORDER_MARK) {
            return Self::new(JsonCause::ByteOrderMark, Span::new(0, source.len() - rest.len()));
        }
        if let Some(format) = other_format(source) {
            let start = source.len() - source.trim_start_matches(WHITE_SPACE).len();
            let line = source.get(start..).and_then(|text| text.lines().next()).map_or(0, str::len);
            return Self::new(JsonCause::OtherFormat(format), Span::new(start, start + line));
        }
        Scanner::new(source).first_fault().unwrap_or_else(|| {
            // The scanner is as strict as `serde_json`, and tests hold it to that. Should they ever
            // differ, the place is still known: a line, and a column in bytes.
            let line = memchr::memchr_iter(b'\n', source.as_bytes())
                .nth(error.line().saturating_sub(2))
                .filter(|_| error.line() > 1)
                .map_or(0, |at| at + 1);
            let at = (line + error.column().saturating_sub(1)).min(source.len());
            Self::new(JsonCause::Syntax, character_at(source, at))
        })
    }

    /// Nesting passes the limit at `at`.
    pub(crate) const fn too_deep(at: usize) -> Self {
        Self::new(JsonCause::TooDeep, Span::new(at, at + 1))
    }

    /// The input is not UTF-8.
    pub(crate) fn not_utf8(input: &[u8], error: &std::str::Utf8Error) -> Self {
        let format = match input {
            [0x30, 0x80..=0x84, ..] => Some(OtherFormat::Der),
            [0xfe, 0xed, 0xfe, 0xed, ..] | [0xce, 0xce, 0xce, 0xce, ..] => Some(OtherFormat::KeyStore),
            [0x1f, 0x8b, ..]
            | [b'P', b'K', 3, 4, ..]
            | [0xfd, b'7', b'z', b'X', b'Z', ..]
            | [b'B', b'Z', b'h', ..]
            | [0x28, 0xb5, 0x2f, 0xfd, ..] => Some(OtherFormat::Compressed),
            _ => None,
        };
        if let Some(format) = format {
            return Self::new(JsonCause::OtherFormat(format), Span::new(0, input.len()));
        }
        if let Some(fault) = Self::encoding(input) {
            return fault;
        }
        let start = error.valid_up_to();
        let end = error.error_len().map_or(input.len(), |length| start + length);
        Self::new(JsonCause::NotUtf8, Span::new(start, end.min(input.len())))
    }

    /// Tells UTF-16 and UTF-32 by their byte-order mark, or by where the zeros are, since a JSON text
    /// begins with two ASCII characters (RFC 4627 section 3).
    fn encoding(input: &[u8]) -> Option<Self> {
        let (encoding, width) = match input {
            [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => (Encoding::Utf32, 4),
            [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => (Encoding::Utf16, 2),
            [a, b, c, d, ..] => match [*a == 0, *b == 0, *c == 0, *d == 0] {
                [true, true, true, false] | [false, true, true, true] => (Encoding::Utf32, 4),
                [true, false, true, false] | [false, true, false, true] => (Encoding::Utf16, 2),
                _ => return None,
            },
            _ => return None,
        };
        Some(Self::new(JsonCause::Encoding(encoding), Span::new(0, width)))
    }

    const fn new(cause: JsonCause, span: Span) -> Self {
        Self { cause, span, landmark: None }
    }

    fn because(self, kind: LandmarkKind, span: Span) -> Self {
        Self { landmark: Some(RelatedSpan { kind, span }), ..self }
    }
}

const WHITE_SPACE: [char; 4] = [' ', '\t', '\r', '\n'];
const BYTE_ORDER_MARK: char = '\u{feff}';

/// Tells other formats by how they begin. What begins as a JSON object, array or string is taken as
/// one, however it goes on.
fn other_format(source: &str) -> Option<OtherFormat> {
    let text = source.trim_matches(WHITE_SPACE);
    if text.starts_with(['{', '[', '"', '\'', '`', '/']) || text.starts_with(is_typographic_quote) {
        return None;
    }
    if text.lines().any(|line| line.starts_with("-----BEGIN ")) {
        return Some(OtherFormat::Pem);
    }
    if text.starts_with('<') {
        let is_one_placeholder = text.find('>').is_some_and(|end| end + 1 == text.len());
        return (!is_one_placeholder).then_some(OtherFormat::Markup);
    }
    if ["POST ", "PUT ", "HTTP/"].iter().any(|start| text.starts_with(start)) {
        return Some(OtherFormat::Http);
    }
    if text.starts_with("--") && text.lines().nth(1).is_some_and(|line| line.starts_with("Content-")) {
        return Some(OtherFormat::Form);
    }
    let is_base64 = |character: char| {
        character.is_ascii_alphanumeric() || matches!(character, '+' | '/' | '-' | '_' | '\r' | '\n')
    };
    if text.len() >= 24 && text.trim_end_matches('=').chars().all(is_base64) {
        return Some(OtherFormat::Base64);
    }
    // Comments of YAML and of shell files come before what tells them.
    let line = text.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#'))?;
    if ["resource \"", "variable \"", "terraform {", "provider \"", "module \""]
        .iter()
        .any(|start| line.starts_with(start))
    {
        return Some(OtherFormat::Terraform);
    }
    if line.trim_end() == "---" || line.starts_with("%YAML") {
        return Some(OtherFormat::Yaml);
    }
    let line = line.strip_prefix("export ").unwrap_or(line);
    let (line, is_list) = line.strip_prefix("- ").map_or((line, false), |rest| (rest, true));
    let name = line.len() - line.trim_start_matches(is_of_name).len();
    if let Some(rest) = line.get(name..)
        && (1..=64).contains(&name)
    {
        if rest.strip_prefix(':').is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\t'])) {
            return Some(OtherFormat::Yaml);
        }
        let value = rest.trim_start_matches([' ', '\t']).strip_prefix('=');
        if let Some(value) = value.filter(|value| !is_list && !value.starts_with('=')) {
            let next = value.find('&').and_then(|at| value.get(at + 1..));
            let is_form = next.is_some_and(|next| {
                let rest = next.trim_start_matches(is_of_name);
                rest.len() < next.len() && rest.starts_with('=')
            });
            return Some(if is_form { OtherFormat::Form } else { OtherFormat::KeyValue });
        }
    }
    None
}

fn is_of_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-' | '.')
}

fn is_typographic_quote(character: char) -> bool {
    matches!(
        character,
        '\u{2018}'..='\u{201f}' | '\u{2032}'..='\u{2036}' | '\u{ab}' | '\u{bb}' | '\u{2039}' | '\u{203a}'
            | '\u{300c}'..='\u{300f}' | '\u{301d}'..='\u{301f}' | '\u{ff02}' | '\u{ff07}'
    )
}

fn is_full_width_punctuation(character: char) -> bool {
    matches!(
        character,
        '\u{ff1a}' | '\u{ff0c}' | '\u{3001}' | '\u{ff1b}' | '\u{ff5b}' | '\u{ff5d}' | '\u{ff3b}' | '\u{ff3d}'
    )
}

/// Spaces, and characters without a glyph, that JSON does not skip.
fn is_strange_space(character: char) -> bool {
    matches!(
        character,
        '\0'..='\u{8}' | '\u{b}' | '\u{c}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{a0}' | '\u{ad}' | '\u{1680}'
            | '\u{180e}' | '\u{2000}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{205f}'..='\u{206f}'
            | '\u{3000}' | '\u{feff}'
    )
}

/// The character in which the byte at `at` lies.
fn character_at(source: &str, at: usize) -> Span {
    let start = (0..=at).rev().find(|&at| source.is_char_boundary(at)).unwrap_or(0);
    let length = source.get(start..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8);
    Span::new(start, start + length)
}

/// What may come next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expected {
    /// The value of the text, of a member, or after a comma of an array.
    Value,
    /// An element, or the end of the array that has just begun.
    FirstElement,
    /// A name, or the end of the object that has just begun.
    FirstName,
    /// A name, after a comma.
    Name,
    /// The colon after a name.
    Colon,
    /// A comma, or the end of the array or object; at the outermost level, nothing.
    Next,
}

struct Scanner<'a> {
    source: &'a str,
    at: usize,
    expected: Expected,
    /// Where the arrays and objects that are open begin.
    open: Vec<(Open, usize)>,
    /// The string, scalar or closing bracket before.
    before: Span,
    /// The name or value before as a whole.
    whole_before: Span,
    /// The last name.
    name: Span,
}

impl<'a> Scanner<'a> {
    fn new(source: &'a str) -> Self {
        Self {
            source,
            at: 0,
            expected: Expected::Value,
            open: Vec::new(),
            before: Span::at(0),
            whole_before: Span::at(0),
            name: Span::at(0),
        }
    }

    /// Reads on until the grammar is not kept; `None` when it is kept to the end.
    fn first_fault(mut self) -> Option<JsonFault> {
        loop {
            let rest = self.rest().trim_start_matches(WHITE_SPACE);
            self.at = self.source.len() - rest.len();
            let Some(next) = rest.chars().next() else {
                return if self.open.is_empty() && self.expected == Expected::Next {
                    None
                } else {
                    Some(self.truncated())
                };
            };
            if let Err(fault) = self.step(next) {
                return Some(fault);
            }
        }
    }

    fn step(&mut self, next: char) -> Result<(), JsonFault> {
        match (self.expected, next) {
            (Expected::Value | Expected::FirstElement, '{') => self.begin(Open::Object, Expected::FirstName),
            (Expected::Value | Expected::FirstElement, '[') => {
                self.begin(Open::Array, Expected::FirstElement)
            }
            (Expected::Value | Expected::FirstElement, '"') => {
                self.string()?;
                self.expected = Expected::Next;
                Ok(())
            }
            (Expected::FirstName | Expected::Name, '"') => {
                self.string()?;
                self.name = self.before;
                self.expected = Expected::Colon;
                Ok(())
            }
            (Expected::Colon, ':') => {
                self.at += 1;
                self.expected = Expected::Value;
                Ok(())
            }
            (Expected::FirstElement | Expected::FirstName | Expected::Next, ']' | '}') => self.end(next),
            (Expected::Next, ',') if !self.open.is_empty() => {
                self.before = Span::new(self.at, self.at + 1);
                self.at += 1;
                self.expected = match self.open.last() {
                    Some((Open::Object, _)) => Expected::Name,
                    _ => Expected::Value,
                };
                Ok(())
            }
            (Expected::Value | Expected::FirstElement, _) if self.is_constant() => Ok(()),
            _ => Err(self.fault(next)),
        }
    }

    fn rest(&self) -> &'a str {
        self.source.get(self.at..).unwrap_or_default()
    }

    fn begin(&mut self, kind: Open, expected: Expected) -> Result<(), JsonFault> {
        if self.open.len() == MAX_DEPTH {
            return Err(JsonFault::too_deep(self.at));
        }
        self.open.push((kind, self.at));
        self.at += 1;
        self.expected = expected;
        Ok(())
    }

    fn end(&mut self, bracket: char) -> Result<(), JsonFault> {
        let here = Span::new(self.at, self.at + 1);
        let closes = if bracket == '}' { Open::Object } else { Open::Array };
        let Some(&(kind, start)) = self.open.last() else {
            let fault = JsonFault::new(JsonCause::ExtraBracket, here);
            return Err(fault.because(LandmarkKind::FirstText, self.whole_before));
        };
        if kind != closes {
            return Err(self.opened(JsonFault::new(JsonCause::MismatchedBracket, here)));
        }
        self.open.pop();
        self.at += 1;
        self.before = here;
        self.whole_before = Span::new(start, self.at);
        self.expected = Expected::Next;
        Ok(())
    }

    /// Passes a number, `true`, `false` or `null`.
    fn is_constant(&mut self) -> bool {
        let token = self.token();
        let is_constant =
            matches!(text_at(self.source, token), "true" | "false" | "null") || self.is_number(token);
        if is_constant {
            self.at = token.end;
            self.before = token;
            self.whole_before = token;
            self.expected = Expected::Next;
        }
        is_constant
    }

    fn is_number(&self, token: Span) -> bool {
        let text = text_at(self.source, token);
        let text = text.strip_prefix('-').unwrap_or(text);
        let after_digits = |text: &'a str| -> Option<&'a str> {
            let rest = text.trim_start_matches(|character: char| character.is_ascii_digit());
            (rest.len() < text.len()).then_some(rest)
        };
        let whole = match text.strip_prefix('0') {
            Some(rest) => Some(rest),
            None => after_digits(text),
        };
        let fraction = whole.and_then(|rest| match rest.strip_prefix('.') {
            Some(fraction) => after_digits(fraction),
            None => Some(rest),
        });
        let exponent = fraction.and_then(|rest| match rest.strip_prefix(['e', 'E']) {
            Some(exponent) => after_digits(exponent.strip_prefix(['+', '-']).unwrap_or(exponent)),
            None => Some(rest),
        });
        exponent == Some("")
    }

    /// Whether a number ends where more digits have to follow.
    fn is_cut_number(&self, token: Span) -> bool {
        let text = text_at(self.source, token);
        let whole = text.trim_end_matches(['.', 'e', 'E', '+', '-']);
        let may_go_on = match text.get(whole.len()..) {
            Some(".") => !whole.contains(['.', 'e', 'E']),
            Some("e" | "E" | "e+" | "E+" | "e-" | "E-") => !whole.contains(['e', 'E']),
            _ => false,
        };
        may_go_on && self.is_number(Span::new(token.start, token.start + whole.len()))
    }

    /// What stands here up to white space, punctuation of JSON, or a comment.
    fn token(&self) -> Span {
        let rest = self.rest();
        let is_end = |character: char| {
            matches!(
                character,
                ' ' | '\t' | '\r' | '\n' | ',' | ';' | ':' | ']' | '}' | '[' | '{' | '"' | '#'
            ) || is_strange_space(character)
                || is_typographic_quote(character)
                || is_full_width_punctuation(character)
        };
        let end = rest.find(is_end).unwrap_or(rest.len());
        let head = rest.get(..end).unwrap_or_default();
        let end = head.find("//").or_else(|| head.find("/*")).unwrap_or(end);
        Span::new(self.at, self.at + end)
    }

    /// Passes a string.
    fn string(&mut self) -> Result<(), JsonFault> {
        let start = self.at;
        let bytes = self.source.as_bytes();
        let mut at = start + 1;
        loop {
            let Some(&byte) = bytes.get(at) else {
                return Err(self.unfinished_string(start, self.source.len(), None));
            };
            match byte {
                b'"' => break,
                b'\\' => at = self.escape(start, at)?,
                b'\r' | b'\n' => return Err(self.unfinished_string(start, at, Some(byte))),
                b'\t' => return Err(in_string(JsonCause::RawTab, Span::new(at, at + 1), start)),
                0..=0x1f => return Err(in_string(JsonCause::RawControl, Span::new(at, at + 1), start)),
                _ => at += 1,
            }
        }
        self.at = at + 1;
        self.before = Span::new(start, self.at);
        self.whole_before = self.before;
        Ok(())
    }

    /// Passes the escape at `at` of the string that begins at `start`; gives the place after it.
    fn escape(&self, start: usize, at: usize) -> Result<usize, JsonFault> {
        let after = self.source.get(at + 1..).unwrap_or_default();
        match after.bytes().next() {
            None => Err(self.cut_escape(start)),
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => Ok(at + 2),
            Some(b'u') => {
                let digits = after.bytes().skip(1).take(4).take_while(u8::is_ascii_hexdigit).count();
                if digits == 4 {
                    return Ok(at + 6);
                }
                if after.len() == 1 + digits {
                    return Err(self.cut_escape(start));
                }
                Err(in_string(JsonCause::ShortUnicodeEscape, Span::new(at, at + 2 + digits), start))
            }
            Some(b'\n') => Err(in_string(JsonCause::EscapedLineBreak, Span::new(at, at + 2), start)),
            Some(b'\r') => {
                let end = at + if after.starts_with("\r\n") { 3 } else { 2 };
                Err(in_string(JsonCause::EscapedLineBreak, Span::new(at, end), start))
            }
            Some(_) => {
                let span = Span::new(at, character_at(self.source, at + 1).end);
                Err(in_string(JsonCause::InvalidEscape, span, start))
            }
        }
    }

    fn cut_escape(&self, start: usize) -> JsonFault {
        in_string(JsonCause::Truncated(Open::Escape), Span::at(self.source.len()), start)
    }

    /// The string that begins at `start` meets a line break, or the end of the text, at `end`.
    fn unfinished_string(&self, start: usize, end: usize, line_break: Option<u8>) -> JsonFault {
        let content = self.source.get(start + 1..end).unwrap_or_default();
        if let Some(span) = typographic_end(start + 1, content) {
            let cause = JsonCause::TypographicQuotes { is_to_the_end: line_break.is_none() };
            return in_string(cause, span, start);
        }
        let Some(line_break) = line_break else {
            return in_string(JsonCause::Truncated(Open::String), Span::at(end), start);
        };
        let after = self.source.get(end..).unwrap_or_default();
        let length = if line_break == b'\r' && after.starts_with("\r\n") { 2 } else { 1 };
        let span = Span::new(end, end + length);
        let is_pem = content.contains("-----BEGIN ");
        // A string that was meant to go on over the line is followed by more of it; one whose closing
        // quote is missing, by the next member or the end.
        let is_unclosed = !is_pem && {
            let next = after.trim_start_matches(WHITE_SPACE);
            let is_name = || {
                let name = next.strip_prefix('"').and_then(|name| name.split(['"', '\n', '\r']).next());
                name.and_then(|name| next.get(name.len() + 2..))
                    .is_some_and(|rest| rest.trim_start_matches([' ', '\t']).starts_with(':'))
            };
            next.is_empty() || next.starts_with(['}', ']']) || is_name()
        };
        let cause = if is_unclosed { JsonCause::UnclosedString } else { JsonCause::RawLineBreak { is_pem } };
        in_string(cause, span, start)
    }

    fn opened(&self, fault: JsonFault) -> JsonFault {
        match self.open.last() {
            Some(&(Open::Object, start)) => {
                fault.because(LandmarkKind::ObjectBegins, Span::new(start, start + 1))
            }
            Some(&(_, start)) => fault.because(LandmarkKind::ArrayBegins, Span::new(start, start + 1)),
            None => fault,
        }
    }

    /// The text ends in the middle.
    fn truncated(&self) -> JsonFault {
        let kind = self.open.last().map_or(Open::Constant, |(kind, _)| *kind);
        self.opened(self.truncated_in(kind))
    }

    fn truncated_in(&self, open: Open) -> JsonFault {
        JsonFault::new(JsonCause::Truncated(open), Span::at(self.source.len()))
    }

    /// Names what stands here, where it may not.
    fn fault(&self, next: char) -> JsonFault {
        let rest = self.rest();
        let here = Span::new(self.at, self.at + next.len_utf8());
        if let Some(length) = comment(rest) {
            return JsonFault::new(JsonCause::Comment, Span::new(self.at, self.at + length));
        }
        if is_strange_space(next) {
            return JsonFault::new(JsonCause::StrangeSpace, here);
        }
        if matches!(self.expected, Expected::Colon | Expected::Next)
            && text_at(self.source, self.before).starts_with('"')
            && let Some(fault) = self.after_string(next, here)
        {
            return fault;
        }
        if is_full_width_punctuation(next) {
            return JsonFault::new(JsonCause::FullWidthPunctuation, here);
        }
        match self.expected {
            Expected::Value | Expected::FirstElement => self.instead_of_value(next, here),
            Expected::FirstName | Expected::Name => self.instead_of_name(next, here),
            Expected::Colon => self.instead_of_colon(next, here),
            Expected::Next if self.open.is_empty() => self.after_the_end(next, here),
            Expected::Next => self.instead_of_comma(next, here),
        }
    }

    /// Faults that lie in the string before.
    fn after_string(&self, next: char, here: Span) -> Option<JsonFault> {
        let string = self.before;
        // `"name”: "…`: what was meant to follow the string is its end.
        let content = text_at(self.source, Span::new(string.start + 1, string.end - 1));
        let text = content.trim_end_matches([' ', '\t', ':', ',']);
        let last = text.char_indices().next_back().filter(|(_, last)| is_typographic_quote(*last));
        if let Some((at, quote)) = last
            && text.len() < content.len()
        {
            let start = string.start + 1 + at;
            let cause = JsonCause::TypographicQuotes { is_to_the_end: false };
            return Some(in_string(cause, Span::new(start, start + quote.len_utf8()), string.start));
        }
        let is_word = next.is_alphanumeric() || matches!(next, '_' | '-' | '.' | '\\');
        (is_word && here.start == string.end).then(|| {
            let quote = Span::new(string.end - 1, string.end);
            in_string(JsonCause::UnescapedQuote, quote, string.start)
        })
    }

    fn instead_of_value(&self, next: char, here: Span) -> JsonFault {
        if let Some(fault) = self.quoted_otherwise(next, here) {
            return fault;
        }
        if let Some(length) = template(self.rest()) {
            return JsonFault::new(JsonCause::Template, Span::new(self.at, self.at + length));
        }
        let in_array = matches!(self.open.last(), Some((Open::Array, _)));
        match next {
            ']' if in_array => self.trailing_comma(here),
            ',' if in_array => JsonFault::new(JsonCause::ExtraComma, here),
            ',' | '}' | ']' if self.open.is_empty() => JsonFault::new(JsonCause::Syntax, here),
            ',' | '}' | ']' if !in_array => {
                JsonFault::new(JsonCause::MissingValue, here).because(LandmarkKind::MemberName, self.name)
            }
            '}' => self.opened(JsonFault::new(JsonCause::MismatchedBracket, here)),
            ':' | '=' => JsonFault::new(JsonCause::Syntax, here),
            _ => self.unquoted_value(here),
        }
    }

    fn unquoted_value(&self, here: Span) -> JsonFault {
        let token = self.token();
        let text = text_at(self.source, token);
        let is_any = |words: &[&str]| words.iter().any(|word| text.eq_ignore_ascii_case(word));
        let unsigned = text.trim_start_matches(['+', '-']);
        let is_numeric = unsigned.starts_with(|first: char| first.is_ascii_digit() || first == '.')
            && (unsigned.bytes().all(|byte| {
                byte.is_ascii_digit() || matches!(byte, b'.' | b'e' | b'E' | b'+' | b'-' | b'_')
            }) || unsigned
                .strip_prefix("0x")
                .or_else(|| unsigned.strip_prefix("0X"))
                .is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_hexdigit())));
        let is_cut = token.end == self.source.len()
            && (["true", "false", "null"].iter().any(|word| word.starts_with(text))
                || text == "-"
                || self.is_cut_number(token));
        if is_cut {
            return self.opened(self.truncated_in(Open::Constant));
        }
        let cause = if is_any(&["true", "false", "null", "none", "nil", "undefined"]) {
            JsonCause::ForeignConstant
        } else if ["nan", "infinity", "inf"].iter().any(|word| unsigned.eq_ignore_ascii_case(word)) {
            JsonCause::NotANumber
        } else if is_numeric && text.starts_with('+') {
            JsonCause::PlusSign
        } else if is_numeric
            && unsigned.strip_prefix('0').is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
        {
            // A UUID such as `01234567-…` has more hyphens than a number.
            if unsigned.contains('-') { JsonCause::UnquotedValue } else { JsonCause::LeadingZero }
        } else if is_numeric {
            JsonCause::MalformedNumber
        } else if text.starts_with(|first: char| {
            first.is_alphanumeric()
                || matches!(first, '_' | '-' | '+' | '.' | '/' | '~' | '@' | '$' | '%' | '*')
        }) {
            JsonCause::UnquotedValue
        } else {
            return JsonFault::new(JsonCause::Syntax, here);
        };
        JsonFault::new(cause, token)
    }

    fn instead_of_name(&self, next: char, here: Span) -> JsonFault {
        if let Some(fault) = self.quoted_otherwise(next, here) {
            return fault;
        }
        let follows_brace = self.expected == Expected::FirstName
            && self.open.last().is_some_and(|(_, start)| start + 1 == self.at);
        if matches!(next, '{' | '%') && follows_brace {
            let start = self.at - 1;
            let whole = self.source.get(start..).unwrap_or_default();
            let length = template(whole).unwrap_or(2);
            return JsonFault::new(JsonCause::Template, Span::new(start, start + length));
        }
        match next {
            '}' if self.expected == Expected::Name => self.trailing_comma(here),
            ']' => self.opened(JsonFault::new(JsonCause::MismatchedBracket, here)),
            ',' => JsonFault::new(JsonCause::ExtraComma, here),
            _ if next.is_alphanumeric() || matches!(next, '_' | '$' | '-') => {
                let token = self.token();
                let text = text_at(self.source, token);
                let name = text.split(['=', ';']).next().unwrap_or_default();
                JsonFault::new(JsonCause::UnquotedName, Span::new(self.at, self.at + name.len()))
            }
            _ => match template(self.rest()) {
                Some(length) => JsonFault::new(JsonCause::Template, Span::new(self.at, self.at + length)),
                None => JsonFault::new(JsonCause::Syntax, here),
            },
        }
    }

    fn instead_of_colon(&self, next: char, here: Span) -> JsonFault {
        let separator = [":=", "=>", "="].iter().find(|separator| self.rest().starts_with(**separator));
        let fault = match (separator, next) {
            (Some(separator), _) => {
                JsonFault::new(JsonCause::WrongSeparator, Span::new(self.at, self.at + separator.len()))
            }
            (None, ']') => return self.opened(JsonFault::new(JsonCause::MismatchedBracket, here)),
            (None, _) => JsonFault::new(JsonCause::MissingColon, here),
        };
        fault.because(LandmarkKind::MemberName, self.name)
    }

    fn instead_of_comma(&self, next: char, here: Span) -> JsonFault {
        match next {
            ';' => JsonFault::new(JsonCause::WrongSeparator, here),
            '+' if text_at(self.source, self.before).starts_with('"') => {
                JsonFault::new(JsonCause::Concatenation, here)
                    .because(LandmarkKind::ValueBefore, self.whole_before)
            }
            '"' | '\'' | '{' | '[' | '-' => JsonFault::new(JsonCause::MissingComma, here)
                .because(LandmarkKind::ValueBefore, self.whole_before),
            _ if next.is_alphanumeric() || is_typographic_quote(next) => {
                JsonFault::new(JsonCause::MissingComma, here)
                    .because(LandmarkKind::ValueBefore, self.whole_before)
            }
            _ => JsonFault::new(JsonCause::Syntax, here),
        }
    }

    fn after_the_end(&self, next: char, here: Span) -> JsonFault {
        if next == ':' && text_at(self.source, self.before).starts_with('"') {
            return JsonFault::new(JsonCause::MissingBraces, self.before);
        }
        let span = Span::new(self.at, self.source.trim_end_matches(WHITE_SPACE).len());
        let fault = match next {
            '{' | '[' | '"' => JsonFault::new(JsonCause::SecondText, span),
            ',' | ';' if span.len() == 1 => JsonFault::new(JsonCause::TrailingText, here),
            _ => JsonFault::new(JsonCause::TrailingText, span),
        };
        fault.because(LandmarkKind::FirstText, self.whole_before)
    }

    fn trailing_comma(&self, bracket: Span) -> JsonFault {
        JsonFault::new(JsonCause::TrailingComma, self.before).because(LandmarkKind::ClosingBracket, bracket)
    }

    /// Text in other quotes than JSON's.
    fn quoted_otherwise(&self, next: char, here: Span) -> Option<JsonFault> {
        let cause = match next {
            '\'' => JsonCause::SingleQuotes,
            '`' => JsonCause::Backquotes,
            '\\' if self.rest().trim_start_matches('\\').starts_with(['"', '\'']) => JsonCause::EscapedQuotes,
            _ if is_typographic_quote(next) => JsonCause::TypographicQuotes { is_to_the_end: false },
            _ => return None,
        };
        Some(JsonFault::new(cause, here))
    }
}

/// A fault inside the string that begins at `start`.
fn in_string(cause: JsonCause, span: Span, start: usize) -> JsonFault {
    JsonFault::new(cause, span).because(LandmarkKind::StringBegins, Span::new(start, start + 1))
}

/// A typographic quote that was meant to end a string: punctuation follows. `offset` is the place of
/// `content`.
fn typographic_end(offset: usize, content: &str) -> Option<Span> {
    content.char_indices().filter(|(_, character)| is_typographic_quote(*character)).find_map(
        |(at, quote)| {
            let end = at + quote.len_utf8();
            // Blanks lie between two quotes at most once, which keeps this linear.
            let rest = content.get(end..)?.trim_start_matches([' ', '\t']);
            (rest.is_empty() || rest.starts_with([':', ',', '}', ']']))
                .then(|| Span::new(offset + at, offset + end))
        },
    )
}

fn text_at(source: &str, span: Span) -> &str {
    source.get(span.start..span.end).unwrap_or_default()
}

/// The length of the comment at the start of `text`.
fn comment(text: &str) -> Option<usize> {
    if text.starts_with("/*") {
        return Some(text.find("*/").map_or(text.len(), |end| end + 2));
    }
    if text.starts_with("//") || text.starts_with('#') {
        return Some(text.find(['\r', '\n']).unwrap_or(text.len()));
    }
    None
}

/// The length of the template at the start of `text`.
fn template(text: &str) -> Option<usize> {
    let close = match text.as_bytes() {
        [b'{', b'{', ..] => "}}",
        [b'{', b'%', ..] => "%}",
        [b'$' | b'#', b'{', ..] => "}",
        [b'$', b'(', ..] => ")",
        [b'<', ..] => ">",
        [b'%', first, ..] if first.is_ascii_alphabetic() => "%",
        [b'$', first, ..] if first.is_ascii_alphabetic() || *first == b'_' => {
            return text
                .get(1..)?
                .find(|next: char| !is_of_name(next))
                .map_or(Some(text.len()), |end| Some(end + 1));
        }
        _ => return None,
    };
    let line = text.split(['\r', '\n']).next()?;
    let body = line.get(1..)?;
    Some(body.find(close).map_or(1, |end| 1 + end + close.len()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::indexing_slicing, clippy::string_slice, clippy::unwrap_used, reason = "tests may panic")]

    use super::JsonCause as C;
    use super::*;
    use crate::json::body::{Body, Shape};

    /// The fault of an input that is none, as `Facts::analyze` finds it.
    fn fault(input: &[u8]) -> JsonFault {
        match std::str::from_utf8(input) {
            Err(error) => JsonFault::not_utf8(input, &error),
            Ok(source) => match Body::read(source).shape {
                Shape::Invalid(fault) => fault,
                other => panic!("{source:?} is {other:?}"),
            },
        }
    }

    /// The fault of a text in which `⟦…⟧` marks its span and `⦃…⦄` its landmark.
    fn check(marked: &str, cause: C, landmark: Option<LandmarkKind>) {
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
        let expected = landmark
            .map(|kind| RelatedSpan { kind, span: Span::new(places[2].unwrap(), places[3].unwrap()) });
        assert_eq!(found.landmark, expected, "{marked}");
    }

    #[test]
    fn texts_without_text() {
        check("⟦⟧", C::Empty, None);
        check("⟦ \n\t⟧", C::Blank, None);
        check("⟦\u{feff}⟧{}", C::ByteOrderMark, None);
        check("⟦\u{feff}⟧", C::ByteOrderMark, None);
    }

    #[test]
    fn other_encodings() {
        let text = "{\"name\": \"证书\"}";
        let utf16 = |order: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(order).collect::<Vec<u8>>();
        let utf32 =
            |order: fn(u32) -> [u8; 4]| text.chars().flat_map(|c| order(c as u32)).collect::<Vec<u8>>();
        let marked = |mark: &[u8], text: Vec<u8>| [mark, &text].concat();
        for (input, encoding, width) in [
            (utf16(u16::to_le_bytes), Encoding::Utf16, 2),
            (utf16(u16::to_be_bytes), Encoding::Utf16, 2),
            (marked(&[0xff, 0xfe], utf16(u16::to_le_bytes)), Encoding::Utf16, 2),
            (marked(&[0xfe, 0xff], utf16(u16::to_be_bytes)), Encoding::Utf16, 2),
            (utf32(u32::to_le_bytes), Encoding::Utf32, 4),
            (utf32(u32::to_be_bytes), Encoding::Utf32, 4),
            (marked(&[0xff, 0xfe, 0, 0], utf32(u32::to_le_bytes)), Encoding::Utf32, 4),
            (marked(&[0, 0, 0xfe, 0xff], utf32(u32::to_be_bytes)), Encoding::Utf32, 4),
            ("{\0\"\0a\0\"\0:\x001\0}\0".into(), Encoding::Utf16, 2),
        ] {
            let found = fault(&input);
            assert_eq!(found.cause, C::Encoding(encoding));
            assert_eq!(found.span, Span::new(0, width));
        }
        let found = fault(b"{\"name\": \"caf\xe9\"}");
        assert_eq!((found.cause, found.span), (C::NotUtf8, Span::new(13, 14)));
        let found = fault(b"{\"name\": \"\xe4\xb8");
        assert_eq!((found.cause, found.span), (C::NotUtf8, Span::new(10, 12)));
        let found = fault(b"{\"name\": \"\xe4\xb8x\"}");
        assert_eq!((found.cause, found.span), (C::NotUtf8, Span::new(10, 12)));
    }

    #[test]
    fn other_formats() {
        for (input, format) in [
            (&b"-----BEGIN CERTIFICATE-----\nMIIB\n"[..], OtherFormat::Pem),
            (b"\n\n-----BEGIN CERTIFICATE-----\nMIIB\n", OtherFormat::Pem),
            (b"Bag Attributes\n    localKeyID: 01\n-----BEGIN CERTIFICATE-----\nMIIB\n", OtherFormat::Pem),
            (b"\x30\x82\x04\x70\x30\x82", OtherFormat::Der),
            (b"\xfe\xed\xfe\xed\0\0\0\x02", OtherFormat::KeyStore),
            (b"\x1f\x8b\x08\0\0\0\0\0\0\xff", OtherFormat::Compressed),
            (b"name: cert_demo\ncert_content: |\n  -----BEGIN CERTIFICATE-----\n", OtherFormat::Yaml),
            (b"---\nname: x\n", OtherFormat::Yaml),
            (b"# c\n- name: x\n", OtherFormat::Yaml),
            (b"true: x", OtherFormat::Yaml),
            (b"name=cert_demo\nprivate_key=x\n", OtherFormat::KeyValue),
            (b"export NAME=\"x\"\n", OtherFormat::KeyValue),
            (b"name = \"x\"\n", OtherFormat::KeyValue),
            (b"name=cert_demo&private_key=x", OtherFormat::Form),
            (b"--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nx\r\n--b--", OtherFormat::Form),
            (b"<?xml version=\"1.0\"?><a>x</a>", OtherFormat::Markup),
            (b"<!DOCTYPE html>\n<html>\n</html>", OtherFormat::Markup),
            (b"resource \"huaweicloud_apig_certificate\" \"x\" {\n}", OtherFormat::Terraform),
            (b"POST /v2/x/apic/certificates HTTP/1.1\r\n\r\n{}", OtherFormat::Http),
            (b"eyJuYW1lIjoiY2VydF9kZW1vIn0=\n", OtherFormat::Base64),
        ] {
            assert_eq!(fault(input).cause, C::OtherFormat(format), "{}", String::from_utf8_lossy(input));
        }
    }

    #[test]
    fn strings() {
        use LandmarkKind::{MemberName, StringBegins};
        let begins = Some(StringBegins);
        check(
            "{\"cert_content\": ⦃\"⦄-----BEGIN CERTIFICATE-----⟦\n⟧MIIB\n\"}",
            C::RawLineBreak { is_pem: true },
            begins,
        );
        check(
            "{\"cert_content\": ⦃\"⦄-----BEGIN CERTIFICATE-----⟦\r\n⟧\"\n}",
            C::RawLineBreak { is_pem: true },
            begins,
        );
        check("{\"a\": ⦃\"⦄line⟦\n⟧line\"}", C::RawLineBreak { is_pem: false }, begins);
        check("{\"a\": ⦃\"⦄line⟦\r⟧line\"}", C::RawLineBreak { is_pem: false }, begins);
        check("{\"a\": ⦃\"⦄x,⟦\n⟧  \"b\" : 1}", C::UnclosedString, begins);
        check("{\"a\": ⦃\"⦄x⟦\r\n⟧}\n", C::UnclosedString, begins);
        check("{⦃\"⦄a⟦\n⟧", C::UnclosedString, begins);
        check("{\"a\": ⦃\"⦄x⟦\t⟧y\"}", C::RawTab, begins);
        check("{\"a\": ⦃\"⦄x⟦\u{1b}⟧y\"}", C::RawControl, begins);
        check("{\"a\": ⦃\"⦄C:⟦\\c⟧erts\"}", C::InvalidEscape, begins);
        check("{\"a\": ⦃\"⦄it⟦\\'⟧s\"}", C::InvalidEscape, begins);
        check("{\"a\": ⦃\"⦄⟦\\é⟧\"}", C::InvalidEscape, begins);
        check("{\"a\": ⦃\"⦄⟦\\u00⟧g0\"}", C::ShortUnicodeEscape, begins);
        check("{\"a\": ⦃\"⦄⟦\\u⟧\"}", C::ShortUnicodeEscape, begins);
        check("{\"a\": ⦃\"⦄x⟦\\\n⟧y\"}", C::EscapedLineBreak, begins);
        check("{\"a\": ⦃\"⦄x⟦\\\r\n⟧y\"}", C::EscapedLineBreak, begins);
        check("{⟦'⟧a': 1}", C::SingleQuotes, None);
        check("{\"a\": ⟦'⟧x'}", C::SingleQuotes, None);
        check("{\"a\": ⟦`⟧x`}", C::Backquotes, None);
        let typographic = C::TypographicQuotes { is_to_the_end: false };
        check("{⟦“⟧a”: 1}", typographic, None);
        check("{\"a\": ⟦‘⟧x’}", typographic, None);
        check("{⦃\"⦄name⟦”⟧: \"x\"}", typographic, begins);
        check("{\"a\": ⦃\"⦄x⟦”⟧, \"b\": 1}", typographic, begins);
        check("{\"a\": ⦃\"⦄x⟦”⟧,\n\"b\": 1}", typographic, begins);
        check("{\"a\": ⦃\"⦄x⟦”⟧}", C::TypographicQuotes { is_to_the_end: true }, begins);
        check("{⟦\\⟧\"a\\\": 1}", C::EscapedQuotes, None);
        check("{\"a\": ⦃\"⦄my ⟦\"⟧great\" cert\"}", C::UnescapedQuote, begins);
        check(
            "{\"a⦃\"⦄ : ⟦\"⟧x\"".replace("a⦃\"⦄ : ⟦\"⟧x\"", "a\": \"“x”\" ⟦;⟧").as_str(),
            C::WrongSeparator,
            None,
        );
        check("{⦃\"a\"⦄ ⟦1⟧}", C::MissingColon, Some(MemberName));
    }

    #[test]
    fn structure() {
        use LandmarkKind::{ArrayBegins, ClosingBracket, FirstText, MemberName, ObjectBegins, ValueBefore};
        check("{⟦// c⟧\n\"a\": 1}", C::Comment, None);
        check("{\"a\": ⟦/* c\n */⟧ 1}", C::Comment, None);
        check("{\"a\": 1 ⟦# c⟧\r\n}", C::Comment, None);
        check("⟦// c⟧\n{}", C::Comment, None);
        check("⟦# c⟧\n{}", C::Comment, None);
        check("{} ⟦/* c⟧", C::Comment, None);
        check("{\"a\": 1⟦,⟧ ⦃}⦄", C::TrailingComma, Some(ClosingBracket));
        check("{\"a\": [1⟦,⟧\n⦃]⦄}", C::TrailingComma, Some(ClosingBracket));
        check("{⟦,⟧\"a\": 1}", C::ExtraComma, None);
        check("{\"a\": 1,⟦,⟧\"b\": 1}", C::ExtraComma, None);
        check("{\"a\": [⟦,⟧1]}", C::ExtraComma, None);
        check("{\"a\": ⦃\"x\"⦄\n⟦\"⟧b\": 1}", C::MissingComma, Some(ValueBefore));
        check("{\"a\": ⦃{\"x\": []}⦄ ⟦\"⟧b\": 1}", C::MissingComma, Some(ValueBefore));
        check("{\"a\": [⦃1⦄ ⟦2⟧]}", C::MissingComma, Some(ValueBefore));
        check("{⦃\"a\"⦄ ⟦\"⟧x\"}", C::MissingColon, Some(MemberName));
        check("{⦃\"a\"⦄⟦}⟧", C::MissingColon, Some(MemberName));
        check("{⦃\"a\"⦄:⟦}⟧", C::MissingValue, Some(MemberName));
        check("{⦃\"a\"⦄: ⟦,⟧ \"b\": 1}", C::MissingValue, Some(MemberName));
        check("⟦\"a\"⟧: 1", C::MissingBraces, None);
        check("{⦃\"a\"⦄ ⟦=>⟧ 1}", C::WrongSeparator, Some(MemberName));
        check("{⦃\"a\"⦄⟦=⟧1}", C::WrongSeparator, Some(MemberName));
        check("{\"a\": 1⟦;⟧ \"b\": 1}", C::WrongSeparator, None);
        check("{\"a\": ⦃\"x\"⦄ ⟦+⟧ \"y\"}", C::Concatenation, Some(ValueBefore));
        check("{⟦name⟧: 1}", C::UnquotedName, None);
        check("{\"a\": 1, ⟦private-key⟧: 1}", C::UnquotedName, None);
        check("{\"a\": ⟦cert_demo⟧}", C::UnquotedValue, None);
        check("{\"a\": ⟦-----BEGIN⟧ CERTIFICATE-----", C::UnquotedValue, None);
        check("{\"a\": ⟦证书⟧}", C::UnquotedValue, None);
        check("{\"a\": ⟦01234567-3b76-433b-a787-9892951c620e⟧}", C::UnquotedValue, None);
        check("{\"a\": ⟦${CERT}⟧}", C::Template, None);
        check("{\"a\": ⟦$CERT⟧}", C::Template, None);
        check("{\"a\": ⟦{{ cert }}⟧}", C::Template, None);
        check("⟦{{⟧\n\"a\": 1 }}".replace("⟦{{⟧", "⟦{⟧{").as_str(), C::Template, None);
        check("{\"a\": ⟦<your key>⟧}", C::Template, None);
        check("⟦<body>⟧", C::Template, None);
        check("{\"a\"⟦：⟧ 1}", C::FullWidthPunctuation, None);
        check("{\"a\": 1⟦，⟧ \"b\": 1}", C::FullWidthPunctuation, None);
        check("{⟦\u{a0}⟧\"a\": 1}", C::StrangeSpace, None);
        check("{\"a\":⟦\u{200b}⟧1}", C::StrangeSpace, None);
        check("{}⟦\0⟧", C::StrangeSpace, None);
        check("⦃{⦄\"a\": 1⟦]⟧", C::MismatchedBracket, Some(ObjectBegins));
        check("{\"a\": ⦃[⦄1⟦}⟧", C::MismatchedBracket, Some(ArrayBegins));
        check("⦃{}⦄⟦}⟧", C::ExtraBracket, Some(FirstText));
        check("⦃{\"a\": 1}⦄\n⟦{\"a\": 2}⟧\n", C::SecondText, Some(FirstText));
        check("⦃{}⦄⟦,⟧", C::TrailingText, Some(FirstText));
        check("⦃{}⦄ ⟦and more⟧ ", C::TrailingText, Some(FirstText));
        check("⟦}⟧", C::Syntax, None);
        check("{\"a\": ⟦!⟧}", C::Syntax, None);
    }

    #[test]
    fn constants() {
        for word in ["True", "FALSE", "None", "Null", "undefined", "nil"] {
            check(&format!("{{\"a\": ⟦{word}⟧}}"), C::ForeignConstant, None);
        }
        for word in ["NaN", "Infinity", "-Infinity", "+inf"] {
            check(&format!("{{\"a\": ⟦{word}⟧}}"), C::NotANumber, None);
        }
        check("{\"a\": ⟦01⟧}", C::LeadingZero, None);
        check("{\"a\": ⟦-007⟧}", C::LeadingZero, None);
        check("{\"a\": ⟦+1⟧}", C::PlusSign, None);
        for number in [".5", "1.", "1e", "--1", "0x1F", "1_000", "1.2.3"] {
            check(&format!("{{\"a\": ⟦{number}⟧}}"), C::MalformedNumber, None);
        }
    }

    #[test]
    fn unfinished_texts() {
        use LandmarkKind::{ArrayBegins, ObjectBegins, StringBegins};
        let end = C::Truncated;
        check("⦃{⦄⟦⟧", end(Open::Object), Some(ObjectBegins));
        check("⦃{⦄\"a\": 1, ⟦⟧", end(Open::Object), Some(ObjectBegins));
        check("⦃{⦄\"a\": [1, {}]\n⟦⟧", end(Open::Object), Some(ObjectBegins));
        check("{\"a\": ⦃[⦄[]⟦⟧", end(Open::Array), Some(ArrayBegins));
        check("{\"a\": ⦃\"⦄x⟦⟧", end(Open::String), Some(StringBegins));
        check("{\"a\": ⦃\"⦄x\\⟦⟧", end(Open::Escape), Some(StringBegins));
        check("{\"a\": ⦃\"⦄x\\u00⟦⟧", end(Open::Escape), Some(StringBegins));
        check("⦃{⦄\"a\": tr⟦⟧", end(Open::Constant), Some(ObjectBegins));
        check("⦃{⦄\"a\": -1.⟦⟧", end(Open::Constant), Some(ObjectBegins));
        check("fal⟦⟧", end(Open::Constant), None);
    }

    #[test]
    fn depth_costs_no_stack() {
        let open = "[".repeat(100_000);
        check(&format!("{}⟦[⟧{}", "[".repeat(MAX_DEPTH), &open), C::TooDeep, None);
        check(
            &format!("{}⟦[⟧{}{}", "[".repeat(MAX_DEPTH), "[".repeat(89_999), "]".repeat(100_000)),
            C::TooDeep,
            None,
        );
        check(
            &format!("{{\"a\": {}⟦[⟧{}}}", "[".repeat(MAX_DEPTH - 1), "]".repeat(MAX_DEPTH)),
            C::TooDeep,
            None,
        );
        let objects = "{\"a\":".repeat(100_000);
        assert_eq!(fault(objects.as_bytes()).cause, C::TooDeep);
    }

    /// Whatever is done to a text, the scanner and `serde_json` agree on whether it is JSON, and
    /// places lie within it and between characters.
    #[test]
    fn the_scanner_is_as_strict_as_serde_json() {
        let seeds = [
            "{\"name\": \"cert_demo\", \"type\": null, \"a\": [1, -2.5e+3, {\"b\": [true, false]}, \"\\u00e9\\n\"]}",
            "[{\"证书\": \"-----BEGIN CERTIFICATE-----\\nMIIB\"}, [[]], {}, 0, \"\\ud83d\\ude00\"]",
            " { \"a\" : \"x\" , \"b\" : { } }\n",
        ];
        let pieces = [
            "\"", "\\", "{", "}", "[", "]", ",", ":", "'", "“", "\n", "\t", " ", "0", "1", "-", "+", ".",
            "e", "tru", "null", "//", "/*", "#", "\\u", "é", "\u{a0}", "${x}", "<", "=",
        ];
        let mut state = 7_u64;
        let mut next = |bound: usize| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(state >> 33).unwrap() % bound
        };
        let mut invalid = 0;
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
            let error = serde_json::from_str::<&serde_json::value::RawValue>(&source).err();
            let found = Scanner::new(&source).first_fault();
            assert_eq!(error.is_some(), found.is_some(), "{source:?}: {error:?}, {found:?}");
            let Some(error) = error else { continue };
            invalid += 1;
            let fault = JsonFault::from_serde(&source, &error);
            for span in [Some(fault.span), fault.landmark.map(|landmark| landmark.span)].into_iter().flatten()
            {
                assert!(source.get(span.start..span.end).is_some(), "{source:?}: {fault:?}");
            }
        }
        assert!(invalid > 30_000, "{invalid}");
    }

    #[test]
    fn long_texts_take_linear_time() {
        for piece in [
            "\"", "'", "“", "\"a”,", "[", "{", "{\"a\":", "1", "1,", "x", "//", "/*", "#", "<", "${", "{{",
            "\\", "\\u", " ", "\n", "-", "a=", "a:", "--", "é", "\u{feff}", "\"“ ", "\"\n",
        ] {
            for start in ["", "{", "{\"a\": ", "{\"a\": \"", "[1 "] {
                Body::read(&format!("{start}{}", piece.repeat(400_000 / piece.len())));
            }
        }
    }

    #[test]
    fn where_serde_json_alone_knows() {
        let source = "{\"é\": 1,\n\n  \"b\": x}";
        let error = serde_json::from_str::<&serde_json::value::RawValue>(source).unwrap_err();
        assert_eq!((error.line(), error.column()), (3, 8));
        // The scanner names the same place by itself.
        assert_eq!(JsonFault::from_serde(source, &error).span, Span::new(18, 19));
    }
}
