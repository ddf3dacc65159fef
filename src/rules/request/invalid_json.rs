//! A body that is not JSON.

use crate::api::{ApiError, Rejection};
use crate::edit::Safety;
use crate::facts::Facts;
use crate::json::body::Shape;
use crate::json::syntax::{Expected, JsonCause, RelatedKind};
use crate::problem::{Problem, Severity};
use crate::rules::{Check, Citation, Family, FixAvailability, PredictedOutcome, Rule, SeverityByService};

pub(in crate::rules) static RULE: Rule = Rule {
    name: "invalid-json",
    family: Family::Request,
    severity: SeverityByService::Always(Severity::Error),
    summary: "The input is not one JSON text in UTF-8.",
    explanation: "\
        The service reads the body with a strict JSON reader. It refuses line breaks inside a string, trailing \
        commas, comments, single quotes, a byte-order mark, UTF-16, a second value, and arrays or objects \
        nested deeper than 10,000. The finding points at the first error. A lone surrogate is not an \
        error: the service reads it as U+FFFD.\n\n\
        Common causes: a PEM file pasted between two quotes, or put there by a shell script, with its line \
        breaks as they are (JSON writes a line break as `\\n`); a file that Windows PowerShell wrote with \
        `>`, which is UTF-16; a Python dictionary printed with `print`. \
        `apicert build --name cert_demo --cert cert.pem --key key.pem` writes a valid body.",
    example: "a line break inside a string is not escaped",
    citations: &[
        Citation::Rfc(8259, "2"),
        Citation::Rfc(8259, "7"),
        Citation::Rfc(8259, "8.1"),
        Citation::Go("encoding/json", "Unmarshal takes one JSON text, nested at most 10000 deep"),
    ],
    fix: FixAvailability::When(
        Safety::Safe,
        "escapes line breaks, tabs and other control characters in strings, and removes trailing commas and \
         a byte-order mark; converts UTF-16 to UTF-8; if the result is one JSON text",
    ),
    refusal: PredictedOutcome::Rejected(Rejection::inferred(ApiError::SERIALIZATION)),
    check: Check::Body(check),
};

fn check(facts: &Facts<'_>) -> Option<Problem> {
    let Shape::Invalid(fault) = &facts.body.shape else { return None };
    let [message, label, help] = describe(fault.cause);
    let mut problem = Problem::at(fault.span, label, message).help(help);
    if let Some(related) = fault.related {
        problem = problem.related(related.span, describe_related(related.kind));
    }
    Some(match &fault.fix {
        Some(fix) => problem.fix(fix.clone()),
        None => problem,
    })
}

const fn describe_related(kind: RelatedKind) -> &'static str {
    match kind {
        RelatedKind::StringStart => "the string starts here",
        RelatedKind::Unclosed => "not closed",
        RelatedKind::FirstValue => "the first JSON value",
    }
}

/// The message, the label and the help.
const fn describe(cause: JsonCause) -> [&'static str; 3] {
    match cause {
        JsonCause::Empty => {
            ["the body is empty", "empty", "send an object with `name`, `cert_content` and `private_key`"]
        }
        JsonCause::ByteOrderMark => [
            "the body starts with a byte-order mark",
            "U+FEFF, which editors do not show",
            "save the file as UTF-8 without a byte-order mark",
        ],
        JsonCause::Utf16 => [
            "the body is UTF-16, but JSON must be UTF-8",
            "UTF-16",
            "save the file as UTF-8; `>` and `Out-File` of Windows PowerShell write UTF-16",
        ],
        JsonCause::NotUtf8 => [
            "the body is not valid UTF-8",
            "invalid UTF-8",
            "save the file as UTF-8; it may be GBK, Latin-1, UTF-32 or a binary file",
        ],
        JsonCause::Pem => [
            "this is a PEM file, not a request body",
            "not JSON",
            "make a body from the certificate and the key: apicert build --name NAME --cert cert.pem --key key.pem",
        ],
        JsonCause::Der => [
            "this is a DER or PKCS#12 file, not a request body",
            "binary data",
            "make a body from the certificate and the key: apicert build --name NAME --cert cert.der --key key.der; from PKCS#12: apicert build --name NAME --cert FILE --password env:NAME",
        ],
        JsonCause::OtherFormat(format) => [format.message, "not JSON", format.help],
        JsonCause::SourceCode => [
            "this is a string of a programming language, not JSON",
            "not JSON",
            "write one string in double quotes, with `\\n` for line breaks: JSON has no `+` and no triple quotes",
        ],
        JsonCause::RawLineBreak => [
            "a line break inside a string is not escaped",
            "unescaped line break",
            "write each line break of a PEM text as `\\n` (`jq --rawfile` and `apicert build` do that); if the string should end before, add its closing quote",
        ],
        JsonCause::RawControl => [
            "a control character inside a string is not escaped",
            "unescaped control character",
            "write a tab as `\\t`, and other control characters as `\\u` and four hexadecimal digits",
        ],
        JsonCause::InvalidEscape => [
            "invalid escape sequence",
            "not a JSON escape sequence",
            "write a backslash as `\\\\`; JSON does not escape single quotes or line breaks",
        ],
        JsonCause::WrongQuotes => [
            "JSON strings must be in plain double quotes",
            "wrong quote",
            "use the double quote U+0022, without a backslash before it; word processors replace it, and Python prints single quotes (`json.dumps` does not)",
        ],
        JsonCause::Comment => ["JSON does not allow comments", "comment", "remove the comment"],
        JsonCause::TrailingComma => ["trailing comma", "trailing comma", "remove the comma"],
        JsonCause::Template => [
            "a template placeholder is not filled in",
            "placeholder",
            "fill it in, or check the template with `--set FIELD=@FILE` or `--set FIELD=env:NAME`",
        ],
        JsonCause::NonAsciiWhitespace => [
            "unexpected non-ASCII whitespace",
            "not JSON whitespace",
            "replace the character with a space or remove it; web pages contain such characters",
        ],
        JsonCause::Truncated => [
            "the JSON text is truncated",
            "the text ends here",
            "copy the whole file again, or add what is missing at its end",
        ],
        JsonCause::SecondValue => [
            "the input contains more than one JSON value",
            "another value",
            "send one body per call; to check several bodies, write each on one line and use `--ndjson`",
        ],
        JsonCause::TooDeep => [
            "arrays or objects are nested more than 10,000 deep",
            "too deep",
            "send an object whose fields are strings; the service stops reading at this depth",
        ],
        JsonCause::Expected(expected) => describe_expected(expected),
    }
}

const fn describe_expected(expected: Expected) -> [&'static str; 3] {
    match expected {
        Expected::Text => [
            "the body is not JSON",
            "expected `{`",
            "send an object with `name`, `cert_content` and `private_key`; `apicert build` writes one",
        ],
        Expected::Value => [
            "expected a JSON value",
            "not a JSON value",
            "put text in double quotes; JSON has `true`, `false` and `null`, in lower case",
        ],
        Expected::Name => {
            ["expected a field name in double quotes", "not a JSON string", "put the name in double quotes"]
        }
        Expected::Colon => ["expected `:` after a field name", "expected `:`", "write `\"name\": \"value\"`"],
        Expected::CommaOrBrace => [
            "expected `,` or `}` after a field",
            "expected `,` or `}`",
            "add what is missing; a quote inside a string is written `\\\"`",
        ],
        Expected::CommaOrBracket => [
            "expected `,` or `]` after an array element",
            "expected `,` or `]`",
            "add what is missing; a quote inside a string is written `\\\"`",
        ],
        Expected::End => {
            ["unexpected text after the JSON value", "not part of the JSON value", "remove the text"]
        }
    }
}
