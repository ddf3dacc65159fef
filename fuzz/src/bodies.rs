//! Structured bodies: documented members and others, with pieces of real PEM in them, damaged in the
//! ways in which they get damaged, and values of every type.
//!
//! What is checked of each holds for every body: places lie in it, the answer fits the findings, and
//! the same body is always judged alike.

use apicert::internals::api::Field;
use apicert::internals::edit::Edit;
use apicert::internals::response::PredictedResponse;
use arbitrary::{Result, Unstructured};

use crate::material::PIECES;
use crate::{settings, within_memory};

pub fn run(choices: &[u8]) {
    let body = make(choices, &mut |u| piece(u));
    within_memory(&body, || check(&body));
}

/// What holds for every body.
pub fn check(body: &[u8]) {
    let settings = settings(body);
    let report = apicert::lint(body, settings);
    let response = apicert::predict(body, settings);
    assert_eq!(report.is_accepted(), response.status() == 200, "the verdict is not the prediction");
    assert_eq!(report.is_accepted(), matches!(response, PredictedResponse::Accepted(_)));
    let has_refusal = report.findings().iter().any(|finding| finding.rejection().is_some());
    assert_eq!(report.is_accepted(), !has_refusal, "the verdict is not made of refusals");
    let masked = report.redacted().as_str();
    assert!(masked.len() == body.len() || (masked.is_empty() && report.findings().is_empty()));
    for finding in report.findings() {
        for place in std::iter::once(finding.location()).chain(finding.related()) {
            let span = place.span();
            assert!(span.start <= span.end && span.end <= body.len(), "{}: {span:?}", finding.rule().name());
            let line = 1 + body[..span.start].iter().filter(|&&byte| byte == b'\n').count();
            assert_eq!(place.start().line, line, "{}: a line is counted wrong", finding.rule().name());
            assert_eq!(place.start().offset, span.start);
        }
        for edit in finding.fix().iter().flat_map(|fix| fix.edits()) {
            assert!(edit.span().end <= body.len(), "{}: an edit outside of the body", finding.rule().name());
            if let Edit::Copy { from, .. } = edit {
                assert!(from.end <= body.len());
            }
        }
    }
    let again = apicert::lint(body, settings);
    assert_eq!(format!("{:?}", report.findings()), format!("{:?}", again.findings()), "not the same twice");
}

/// A body made of choices. `text` makes the strings; when the choices are used up the body ends.
pub fn make<F>(choices: &[u8], text: &mut F) -> Vec<u8>
where
    F: FnMut(&mut Unstructured<'_>) -> Result<String>,
{
    let mut u = Unstructured::new(choices);
    let mut body = String::new();
    let _ = write(&mut u, &mut body, text);
    let mut bytes = body.into_bytes();
    let _ = damage(&mut u, &mut bytes);
    bytes
}

fn write<F>(u: &mut Unstructured<'_>, body: &mut String, text: &mut F) -> Result<()>
where
    F: FnMut(&mut Unstructured<'_>) -> Result<String>,
{
    if u.ratio(1, 32)? {
        // No object.
        return value(u, body, 0, text);
    }
    body.push('{');
    let count = if u.ratio(1, 64)? { u.int_in_range(0..=300)? } else { u.int_in_range(0..=11)? };
    let mut result = Ok(());
    for index in 0..count {
        if index > 0 {
            body.push(',');
        }
        body.push_str(*u.choose(&["", " ", "\n  "])?);
        result = member(u, body, text);
        if result.is_err() {
            break;
        }
    }
    body.push_str("\n}");
    result
}

fn member<F>(u: &mut Unstructured<'_>, body: &mut String, text: &mut F) -> Result<()>
where
    F: FnMut(&mut Unstructured<'_>) -> Result<String>,
{
    let field = *u.choose(&Field::ALL)?;
    let name = match u.int_in_range(0..=15)? {
        0 => field.name().to_uppercase(),
        1 => u.choose(field.other_spellings()).copied().unwrap_or("nonce").to_owned(),
        2 => field.name().get(1..).unwrap_or_default().to_owned(),
        3 => text(u)?,
        4 => String::new(),
        _ => field.name().to_owned(),
    };
    quoted(u, body, &name)?;
    body.push_str(*u.choose(&[":", ": ", " : "])?);
    let words = field.words();
    match (words, u.int_in_range(0..=7)?) {
        (_, 0) => value(u, body, 0, text),
        ([_, ..], 1..=5) => {
            let word = *u.choose(words)?;
            quoted(u, body, word)
        }
        _ => {
            let text = text(u)?;
            quoted(u, body, &text)
        }
    }
}

/// A JSON value of any type.
fn value<F>(u: &mut Unstructured<'_>, body: &mut String, depth: usize, text: &mut F) -> Result<()>
where
    F: FnMut(&mut Unstructured<'_>) -> Result<String>,
{
    match u.int_in_range(0..=8)? {
        0 => body.push_str("null"),
        1 => body.push_str(*u.choose(&["true", "false"])?),
        2 => body.push_str(*u.choose(&["0", "-1", "1e999", "00", "1.", "12345678901234567890123"])?),
        3 if depth < 6 => {
            body.push('[');
            for index in 0..u.int_in_range(0..=4)? {
                if index > 0 {
                    body.push(',');
                }
                value(u, body, depth + 1, text)?;
            }
            body.push(']');
        }
        4 if depth < 6 => {
            body.push('{');
            for index in 0..u.int_in_range(0..=4)? {
                if index > 0 {
                    body.push(',');
                }
                let name = text(u)?;
                quoted(u, body, &name)?;
                body.push(':');
                value(u, body, depth + 1, text)?;
            }
            body.push('}');
        }
        5 if u.ratio(1, 16)? => {
            let deep = *u.choose(&[100, 9_998, 9_999, 10_000, 10_001])?;
            let closes = u.ratio(3, 4)?;
            body.push_str(&"[".repeat(deep));
            body.push_str(if closes { "" } else { "0" });
            body.push_str(&"]".repeat(if closes { deep } else { 0 }));
        }
        _ => {
            let text = text(u)?;
            quoted(u, body, &text)?;
        }
    }
    Ok(())
}

/// A JSON string, escaped in one of the ways there are.
fn quoted(u: &mut Unstructured<'_>, body: &mut String, text: &str) -> Result<()> {
    let style = u.int_in_range(0..=9)?;
    body.push('"');
    for character in text.chars() {
        match (style, character) {
            // Raw line breaks are no JSON, and likely.
            (9, '\n') => body.push('\n'),
            (8, '/') => body.push_str("\\/"),
            (7, '\n') => body.push_str("\\u000a"),
            (6, _) if !character.is_ascii_alphanumeric() => {
                let mut units = [0; 2];
                for unit in character.encode_utf16(&mut units) {
                    body.push_str(&format!("\\u{unit:04X}"));
                }
            }
            (_, '"') => body.push_str("\\\""),
            (_, '\\') => body.push_str("\\\\"),
            (_, '\n') => body.push_str("\\n"),
            (_, '\r') => body.push_str("\\r"),
            (_, '\0'..='\u{1f}') => body.push_str(&format!("\\u{:04x}", u32::from(character))),
            _ => body.push(character),
        }
    }
    body.push('"');
    Ok(())
}

/// A text: pieces of real PEM, perhaps damaged, or anything.
pub fn piece(u: &mut Unstructured<'_>) -> Result<String> {
    if u.ratio(1, 8)? {
        return Ok(u.arbitrary::<String>()?.chars().take(300).collect());
    }
    if u.ratio(1, 8)? {
        let odd = ["${CERT}", "@cert.pem", "PASTE HERE", "/etc/ssl/key.pem", "common", "{}", "\u{feff}"];
        return Ok((*u.choose(&odd)?).to_owned());
    }
    let mut text = String::new();
    for _ in 0..u.int_in_range(1..=3)? {
        text.push_str(u.choose(&PIECES)?);
    }
    for _ in 0..u.int_in_range(0..=3)? {
        text = mangled(u, &text)?;
    }
    Ok(text)
}

/// A text after one of the accidents that befall PEM.
pub fn mangled(u: &mut Unstructured<'_>, text: &str) -> Result<String> {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    let place = |u: &mut Unstructured<'_>| -> Result<usize> {
        let mut at = u.int_in_range(0..=text.len())?;
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        Ok(at)
    };
    Ok(match u.int_in_range(0..=22)? {
        0 => text.replace('\n', "\r\n"),
        1 => text.replace('\n', "\\n"),
        2 => text.replace('\n', " "),
        3 => text.replace('\n', ""),
        4 => text.replace('\n', "\n  "),
        5 => text.replace('\n', "\r"),
        6 => text.replace('-', "\u{2013}"),
        7 => text.replace('+', "-").replace('/', "_"),
        8 => text.replace('+', " "),
        9 => format!("\"{text}\""),
        10 => STANDARD.encode(text),
        11 => text.chars().filter(|character| *character != '-').collect(),
        12 => text.lines().filter(|line| !line.starts_with("-----")).collect::<Vec<_>>().join("\n"),
        13 => text.chars().take(place(u)?).collect(),
        14 => text.get(place(u)?..).unwrap_or_default().to_owned(),
        15 => {
            let (before, after) = text.split_at(place(u)?);
            let inserted = [" ", "\n", "\\", "=", "-----", "\u{200b}", "\"", "A", "::error::", "\u{1b}[31m"];
            format!("{before}{}{after}", u.choose(&inserted)?)
        }
        16 => {
            let (one, other) = (place(u)?, place(u)?);
            let (start, end) = (one.min(other), one.max(other));
            format!("{}{}", &text[..start], &text[end..])
        }
        17 => text.replace("PRIVATE KEY", *u.choose(&["PRIVATE  KEY", "CERTIFICATE", "private key", "KEY"])?),
        18 => {
            let marks = [
                "app: ",
                "key.pem:",
                "+",
                "> ",
                "# ",
                "[a/b] ",
                "\u{1b}[1m",
                "A",
                "12:",
                "\t",
                "C:\\>",
                "- ",
            ];
            let prefix = *u.choose(&marks)?;
            let is_counted = u.arbitrary::<bool>()?;
            let number = |at: usize| if is_counted { format!("{at}") } else { String::new() };
            let lines = text.lines().enumerate();
            lines.map(|(at, line)| format!("{}{prefix}{line}\n", number(at + 95))).collect()
        }
        19 => {
            let suffix = *u.choose(&[" |", ";", "\\", ",", "\\n\" +", "\u{1b}[0m", " 64", "A"])?;
            text.lines().map(|line| format!("{line}{suffix}\n")).collect()
        }
        20 => {
            // Two columns.
            text.lines().map(|line| format!("{line:<70}and some more\n")).collect()
        }
        21 => {
            let (before, after) = text.split_at(place(u)?);
            format!("{before}{}{after}", u.choose(&["\nPage 2 of 3\n\u{c}", "\nCONFIDENTIAL\n", "\n\n"])?)
        }
        _ => {
            let cut = place(u)?;
            format!("{text}{}", text.get(..cut).unwrap_or_default())
        }
    })
}

/// Sometimes: bytes changed, dropped or put in, or the end cut off.
fn damage(u: &mut Unstructured<'_>, body: &mut Vec<u8>) -> Result<()> {
    if body.is_empty() || !u.ratio(1, 6)? {
        return Ok(());
    }
    for _ in 0..u.int_in_range(1..=3)? {
        let at = u.int_in_range(0..=body.len())?;
        match u.int_in_range(0..=3)? {
            0 => body.truncate(at),
            1 => body.insert(at, u.arbitrary()?),
            2 if at < body.len() => drop(body.remove(at)),
            _ => {
                let odd: [&[u8]; 6] = [b"\\x", b"//c\n", b",", b"\xff", b"'", b"\xef\xbb\xbf"];
                let inserted = *u.choose(&odd)?;
                body.splice(at..at, inserted.iter().copied());
            }
        }
    }
    Ok(())
}
