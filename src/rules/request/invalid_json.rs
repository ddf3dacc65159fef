//! Text that is no JSON.

use crate::api::{ApiError, Rejection};
use crate::edit::{Edit, Fix, Safety};
use crate::facts::Facts;
use crate::json::body::Shape;
use crate::json::syntax::{Encoding, JsonCause, JsonFault, LandmarkKind, Open, OtherFormat};
use crate::problem::{Problem, Severity};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "invalid-json",
    family: Family::Request,
    severity: SeverityByService::Always(Severity::Error),
    summary: "The input is not one JSON text in UTF-8.",
    explanation: "\
        The service reads the body with a strict JSON reader. Line breaks inside of a string, trailing \
        commas, comments, single quotes and a byte-order mark are all refused, and so is nesting \
        deeper than 10,000. The first place that breaks the grammar is shown, and what was probably \
        meant. A lone surrogate is no error: it reads as U+FFFD.\n\n\
        Mostly a PEM text was pasted between two quotes as it is. In JSON each of its line breaks is \
        written `\\n`; `apicert build --name cert_demo --cert cert.pem --key key.pem` does that.",
    example: "a PEM text stands in a string with its line breaks as they are",
    citations: &[
        Citation::Rfc(8259, "2"),
        Citation::Rfc(8259, "7"),
        Citation::Rfc(8259, "8.1"),
        Citation::Go("encoding/json", "Unmarshal takes one JSON text, nested at most 10000 deep"),
    ],
    fix: FixAvailability::When(Safety::Safe, "removes a byte-order mark"),
    refusal: PredictedOutcome::CliError(Rejection::inferred(ApiError::SERIALIZATION)),
    check: Check::Body(check),
};

fn check(facts: &Facts<'_>) -> Option<Problem> {
    let Shape::Invalid(fault) = facts.body.shape else { return None };
    let Told { message, label, help } = tell(fault);
    let mut problem = Problem::at(fault.span, label, message).help(help);
    if let Some(landmark) = fault.landmark {
        problem = problem.related(landmark.span, name_of(landmark.kind));
    }
    if fault.cause == JsonCause::ByteOrderMark {
        return Some(problem.fix(Fix::safe("remove the byte-order mark", vec![Edit::delete(fault.span)])));
    }
    Some(problem)
}

/// What is to be said about a fault.
struct Told {
    message: &'static str,
    label: &'static str,
    help: &'static str,
}

const fn told(message: &'static str, label: &'static str, help: &'static str) -> Told {
    Told { message, label, help }
}

const fn name_of(kind: LandmarkKind) -> &'static str {
    match kind {
        LandmarkKind::StringBegins => "the string begins here",
        LandmarkKind::ArrayBegins => "the array begins here",
        LandmarkKind::ObjectBegins => "the object begins here",
        LandmarkKind::MemberName => "the name of the member",
        LandmarkKind::ValueBefore => "the value before",
        LandmarkKind::ClosingBracket => "nothing but this follows",
        LandmarkKind::FirstText => "the JSON text before",
    }
}

#[expect(clippy::too_many_lines, reason = "a table")]
const fn tell(fault: JsonFault) -> Told {
    match fault.cause {
        JsonCause::Empty => told(
            "the body is empty",
            "nothing is here",
            "send an object with `name`, `cert_content` and `private_key`",
        ),
        JsonCause::Blank => told(
            "the body holds white space and nothing else",
            "only white space",
            "send an object with `name`, `cert_content` and `private_key`",
        ),
        JsonCause::ByteOrderMark => told(
            "the body begins with a byte-order mark",
            "U+FEFF, which editors do not show",
            "save the file as UTF-8 without a byte-order mark",
        ),
        JsonCause::Encoding(Encoding::Utf16) => told(
            "the body is UTF-16, and JSON is sent in UTF-8",
            "UTF-16 from here",
            "save the file as UTF-8; `>` and `Out-File` of Windows PowerShell write UTF-16",
        ),
        JsonCause::Encoding(Encoding::Utf32) => told(
            "the body is UTF-32, and JSON is sent in UTF-8",
            "UTF-32 from here",
            "save the file as UTF-8",
        ),
        JsonCause::NotUtf8 => told(
            "the body is not UTF-8",
            "no UTF-8 here",
            "save the file as UTF-8; it may be GBK, Latin-1 or another encoding of its own region",
        ),
        JsonCause::OtherFormat(format) => tell_format(format),
        JsonCause::RawLineBreak { is_pem: true } => told(
            "a PEM text stands in a string with its line breaks as they are",
            "a line break inside of a string",
            "write every line break of the PEM text as `\\n`, or let `apicert build` write the body",
        ),
        JsonCause::RawLineBreak { is_pem: false } => told(
            "a string goes on over the end of its line",
            "a line break inside of a string",
            "write the line break as `\\n`",
        ),
        JsonCause::UnclosedString => told(
            "a string is not closed",
            "a quote is missing before this line break",
            "close the string with a double quote",
        ),
        JsonCause::RawTab => {
            told("a tab stands in a string as it is", "a tab", "write it as `\\t`, or as spaces")
        }
        JsonCause::RawControl => told(
            "a control character stands in a string as it is",
            "a control character",
            "leave it out; a binary file belongs into the body as PEM only: openssl x509 -inform DER, openssl pkey -inform DER",
        ),
        JsonCause::InvalidEscape => told(
            "a backslash is followed by a character that JSON does not escape",
            "no escape of JSON",
            "write a backslash as `\\\\`; a single quote is not escaped at all",
        ),
        JsonCause::ShortUnicodeEscape => told(
            "`\\u` is not followed by four hexadecimal digits",
            "fewer than four digits",
            "write four digits, as in `\\u000a`; a backslash itself is written `\\\\`",
        ),
        JsonCause::EscapedLineBreak => told(
            "a backslash stands at the end of a line inside of a string",
            "JSON has no lines that go on",
            "put the string on one line, with `\\n` for the line breaks that are meant",
        ),
        JsonCause::SingleQuotes => told(
            "JSON has no single quotes",
            "a single quote",
            "use double quotes; a dictionary printed by Python is no JSON, `json.dumps` writes it",
        ),
        JsonCause::Backquotes => {
            told("JSON has no backquotes", "a backquote", "use double quotes, and `\\n` for line breaks")
        }
        JsonCause::TypographicQuotes { .. } => told(
            "a typographic quote stands where a double quote belongs",
            "a typographic quote",
            "use the plain double quote (U+0022); word processors replace it",
        ),
        JsonCause::EscapedQuotes => told(
            "quotes are escaped outside of a string",
            "a backslash before a quote",
            "the text was taken out of another string: remove the backslashes before its quotes",
        ),
        JsonCause::UnescapedQuote => told(
            "a quote ends the string too early",
            "the string ends here, and its text goes on",
            "write a quote inside of a string as `\\\"`, or add the quote that is missing before",
        ),
        JsonCause::FullWidthPunctuation => told(
            "punctuation of full width stands where JSON needs that of ASCII",
            "a character of full width",
            "switch the input method to half width and type it again",
        ),
        JsonCause::StrangeSpace => told(
            "a character that is no white space of JSON stands between two parts",
            "a special space, or a character without a glyph",
            "replace it by an ordinary space, or remove it; such characters come from web pages",
        ),
        JsonCause::Comment => told("JSON has no comments", "a comment", "remove it"),
        JsonCause::TrailingComma => {
            told("a comma follows the last member or element", "this comma", "remove it")
        }
        JsonCause::ExtraComma => told(
            "a comma has no value before it",
            "this comma",
            "remove it, or add what is missing before it",
        ),
        JsonCause::MissingComma => {
            told("a comma is missing", "a comma is missing before this", "add it after the value before")
        }
        JsonCause::MissingColon => {
            told("a colon is missing after a name", "a colon is expected here", "add it, and the value")
        }
        JsonCause::MissingValue => {
            told("a member has no value", "a value is expected here", "add the value, or remove the member")
        }
        JsonCause::MissingBraces => told(
            "members stand without braces around them",
            "a name, outside of any object",
            "put `{` before the first member and `}` after the last",
        ),
        JsonCause::WrongSeparator => told(
            "another sign stands where JSON needs a colon or a comma",
            "not a colon, not a comma",
            "write `:` between name and value, and `,` between members",
        ),
        JsonCause::Concatenation => {
            told("strings are joined by a plus sign", "JSON does not join strings", "make one string of them")
        }
        JsonCause::UnquotedName => told("a name stands without quotes", "a name", "put it in double quotes"),
        JsonCause::UnquotedValue => told("a text stands without quotes", "a text", "put it in double quotes"),
        JsonCause::Template => told(
            "a placeholder that nobody filled in stands where JSON needs a value or name",
            "a placeholder",
            "fill it in; of a template, give the value with `--set FIELD=@FILE` or `=env:NAME`",
        ),
        JsonCause::ForeignConstant => told(
            "a constant of another language stands here",
            "JSON has `true`, `false` and `null`, in lower case",
            "write one of these; a dictionary printed by Python is no JSON, `json.dumps` writes it",
        ),
        JsonCause::NotANumber => {
            told("JSON has neither NaN nor Infinity", "no number of JSON", "send a string or nothing")
        }
        JsonCause::LeadingZero => told(
            "a number begins with a zero that has no place there",
            "a superfluous zero",
            "put it in quotes if it is a text, else remove the zero",
        ),
        JsonCause::PlusSign => told("a number begins with a plus sign", "a plus sign", "remove it"),
        JsonCause::MalformedNumber => told(
            "a number is not written as in JSON",
            "no number of JSON",
            "put it in quotes if it is a text",
        ),
        JsonCause::MismatchedBracket => told(
            "a bracket closes what another kind of bracket opened",
            "the wrong bracket",
            "`{` is closed by `}`, and `[` by `]`; one may also be missing",
        ),
        JsonCause::ExtraBracket => {
            told("a bracket closes nothing", "nothing is open here", "remove it, or add the one that opens")
        }
        JsonCause::SecondText => told(
            "a second JSON text follows the first",
            "another text begins here",
            "send one body a call; to check many, write one a line and use `--ndjson`",
        ),
        JsonCause::TrailingText => {
            told("text follows the end of the JSON text", "not part of it", "remove it")
        }
        JsonCause::Truncated(open) => tell_end(open),
        JsonCause::TooDeep => told(
            "arrays or objects nest more than 10,000 deep",
            "one level too deep",
            "the service's reader stops there; no member of this call needs any nesting",
        ),
        JsonCause::Syntax => {
            told("the text is no JSON", "not expected here", "compare it with the example of the reference")
        }
    }
}

const fn tell_end(open: Open) -> Told {
    const LABEL: &str = "the text ends here";
    const HELP: &str = "part of the file may be missing: get it anew, or complete it";
    match open {
        Open::String => told("the text ends inside of a string", LABEL, HELP),
        Open::Array => told("the text ends before an array is closed", LABEL, HELP),
        Open::Object => told("the text ends before an object is closed", LABEL, HELP),
        Open::Constant => told("the text ends inside of a number or word", LABEL, HELP),
        Open::Escape => told("the text ends inside of an escape", LABEL, HELP),
    }
}

const fn tell_format(format: OtherFormat) -> Told {
    match format {
        OtherFormat::Pem => told(
            "this is a PEM file, not a request body",
            "PEM, or text before it",
            "make a body of certificate and key: apicert build --name NAME --cert cert.pem --key key.pem",
        ),
        OtherFormat::Der => told(
            "this is a DER or PKCS#12 file, not a request body",
            "binary data",
            "make a body of certificate and key: apicert build --name NAME --cert cert.der --key key.der; of PKCS#12: apicert build --name NAME --cert FILE --password env:NAME",
        ),
        OtherFormat::KeyStore => told(
            "this is a Java key store, not a request body",
            "binary data",
            "export certificate and key as PEM, and make a body of them: apicert build --name NAME --cert cert.pem --key key.pem",
        ),
        OtherFormat::Compressed => {
            told("this is compressed data, not a request body", "binary data", "unpack it first")
        }
        OtherFormat::Yaml => told("this is YAML, not JSON", "a line of YAML", "convert it to JSON"),
        OtherFormat::KeyValue => told(
            "these are lines of names and values, not JSON",
            "a name, an equals sign, a value",
            "write a JSON object, or let `apicert build` write the body",
        ),
        OtherFormat::Form => told(
            "this is form data, not JSON",
            "form data",
            "send JSON, with `Content-Type: application/json`",
        ),
        OtherFormat::Markup => told("this is XML or HTML, not JSON", "markup", "send a JSON object"),
        OtherFormat::Terraform => told(
            "this is a Terraform configuration, not a request body",
            "a block of Terraform",
            "the provider sends the body by itself; write a JSON object to call the API directly",
        ),
        OtherFormat::Http => told(
            "this is an HTTP message with its head, not a body alone",
            "the head of a message",
            "keep what follows the first empty line",
        ),
        OtherFormat::Base64 => told("this is base64, not JSON", "base64", "decode it first"),
    }
}
