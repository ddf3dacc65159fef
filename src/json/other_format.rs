//! Inputs in another format than JSON: how each is recognized, what it is, and the next step.

use crate::api::Field;

/// A format that a request body is mistakenly sent in.
#[derive(Debug, PartialEq, Eq)]
pub struct OtherFormat {
    /// What the input is.
    pub(crate) message: &'static str,
    /// How to get JSON from it.
    pub(crate) help: &'static str,
}

const fn format(message: &'static str, help: &'static str) -> OtherFormat {
    OtherFormat { message, help }
}

/// How a format is recognized.
enum Sign {
    /// The text starts with one of these.
    Start(&'static [&'static str]),
    /// A function recognizes the first line, or the text if it has only one.
    Line(fn(&str) -> bool),
    /// One of the first lines starts with the name of a field, and this follows.
    AfterName(char),
}

/// Formats that are text; the first that matches counts.
#[rustfmt::skip]
static TEXTS: [(Sign, OtherFormat); 11] = [
    (Sign::Start(&["HTTP/"]), format("this is an HTTP response with its header, not only its body", "remove the header and the empty line after it; `curl` prints them with `-i`")),
    (Sign::Line(is_request_line), format("this is an HTTP request with its header, not only its body", "remove the header and the empty line after it")),
    (Sign::Start(&["curl ", "$ curl ", "http ", "wget ", "Invoke-RestMethod ", "Invoke-WebRequest ", "cat <<", "echo ", "hcloud "]), format("this is a shell command, not a request body", "save only the JSON text that the command sends")),
    (Sign::Start(&["```", "~~~"]), format("this is a Markdown code block, not only its JSON text", "remove the first and the last line")),
    (Sign::Start(&["const ", "let ", "var ", "export ", "module.exports", "import ", "$body"]), format("this is source code, not JSON", "print the object with `JSON.stringify`, `json.dumps` or `ConvertTo-Json`, and save the output")),
    (Sign::Line(is_multipart), format("this is a multipart form, not JSON", "send JSON: with curl, use `--data @body.json` and not `-F`")),
    (Sign::Start(&["<!", "<?", "<html", "<HTML"]), format("this is HTML or XML, not JSON", "if a server sent it, check the address and the login, and use `curl -f`")),
    (Sign::AfterName(':'), format("this is YAML, not JSON", "convert it: `yq -o json FILE`")),
    (Sign::Line(is_form), format("this is form data, not JSON", "send JSON: `apicert build` writes a body, and curl sends it with `--json @body.json`")),
    (Sign::AfterName('='), format("this is TOML, HCL or an environment file, not JSON", "write JSON: `apicert build` makes a body from a certificate and a key")),
    (Sign::Line(is_base64), format("this is base64 of a JSON text, not the JSON text itself", "decode it: `base64 -d`")),
];

/// Formats that are not text, by their first bytes.
static BINARIES: [(&[u8], OtherFormat); 3] = [
    (
        &[0x1f, 0x8b],
        format(
            "this is compressed with gzip",
            "decompress it: `gunzip`; `curl` does that with `--compressed`",
        ),
    ),
    (b"PK\x03\x04", format("this is a ZIP file", "extract it: `unzip`")),
    (&[0x28, 0xb5, 0x2f, 0xfd], format("this is compressed with Zstandard", "decompress it: `unzstd`")),
];

/// Recognizes a text that does not begin like JSON.
pub(crate) fn of_text(text: &str) -> Option<&'static OtherFormat> {
    if text.starts_with(['{', '[', '"']) {
        return None;
    }
    let first = text.lines().next().unwrap_or_default();
    let is_in = |sign: &Sign| match *sign {
        Sign::Start(starts) => starts.iter().any(|start| text.starts_with(start)),
        Sign::Line(is_it) => is_it(first),
        Sign::AfterName(after) => text.lines().take(64).any(|line| {
            let name = line.split([after, ' ']).next().unwrap_or_default();
            let rest = line.get(name.len()..).unwrap_or_default();
            is_field_name(name) && rest.trim_start().starts_with(after)
        }),
    };
    TEXTS.iter().find(|(sign, _)| is_in(sign)).map(|(_, format)| format)
}

/// Recognizes an input that is not UTF-8.
pub(crate) fn of_bytes(input: &[u8]) -> Option<&'static OtherFormat> {
    BINARIES.iter().find(|(start, _)| input.starts_with(start)).map(|(_, format)| format)
}

/// The name of a field, in capitals too.
fn is_field_name(name: &str) -> bool {
    Field::ALL.iter().any(|field| field.name().eq_ignore_ascii_case(name))
}

/// `POST /v2/… HTTP/1.1`
fn is_request_line(line: &str) -> bool {
    ["POST ", "PUT ", "GET ", "PATCH "].iter().any(|method| line.starts_with(method))
        && (line.contains(" HTTP/") || line.contains(" /") || line.contains("://"))
}

/// The first line of a part of a form.
fn is_multipart(line: &str) -> bool {
    line.starts_with("--") && !line.starts_with("-----BEGIN ") && line.len() > 4 && !line.contains(' ')
}

/// `name=…&cert_content=…`
fn is_form(line: &str) -> bool {
    let mut fields = line.split('&');
    line.contains('&')
        && fields.all(|field| field.contains('='))
        && line.split('&').any(|field| field.split('=').next().is_some_and(is_field_name))
}

/// Base64 of a text that begins with a brace.
fn is_base64(line: &str) -> bool {
    ["eyJ", "eyA", "ewo", "ew0", "ewk"].iter().any(|start| line.starts_with(start))
        && line.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_are_recognized() {
        for (text, known) in [
            ("HTTP/1.1 200 OK\r\n\r\n{}", "HTTP response"),
            ("POST /v2/certificates HTTP/1.1\r\n\r\n{}", "HTTP request"),
            ("curl -d '{}' https://example.com", "shell command"),
            ("```json\n{}\n```", "Markdown"),
            ("const body = {};", "source code"),
            ("--boundary\r\nContent-Disposition: form-data", "multipart"),
            ("<!DOCTYPE html>", "HTML"),
            ("# a comment\nname: cert_demo\ncert_content: |\n", "YAML"),
            ("name=cert_demo&cert_content=-----BEGIN", "form data"),
            ("name = \"cert_demo\"", "TOML"),
            ("CERT_CONTENT=x", "environment file"),
            ("eyJuYW1lIjoiY2VydCJ9", "base64"),
        ] {
            assert!(of_text(text).is_some_and(|format| format.message.contains(known)), "{text}");
        }
        for text in ["{}", "", "hello", "-----BEGIN CERTIFICATE-----", "eyJ not base64", "name", "# c\n{}"] {
            assert_eq!(of_text(text), None, "{text}");
        }
        assert!(of_bytes(&[0x1f, 0x8b, 8]).is_some_and(|format| format.message.contains("gzip")));
        assert_eq!(of_bytes(&[0xff, 0x30]), None);
    }
}
