//! Texts that stand where content should be: unfilled templates, and names of files.
//!
//! A text is a stand-in as a whole or not at all, apart from white space, quotes and PEM armour around
//! it. Base64, ordinary names and anything longer than a phrase never are. The text may be a key:
//! it is only looked at, never copied.

use crate::api::Field;
use crate::internal_fault::OrFault;
use crate::pem::KnownContent;
use crate::pem::known_content::{is_object, reference};

/// What stands in a member instead of its content.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceholderKind {
    /// A template that nobody filled in.
    Placeholder,
    /// A path or URL in a PEM member.
    FileReference,
    /// The name of something in a secret store, in a PEM member.
    SecretReference(KnownContent),
}

impl PlaceholderKind {
    /// What stands in the text of a member instead of its content.
    pub(crate) fn find(field: Field, text: &str) -> Option<Self> {
        let bare = bare(text);
        if field.is_pem() && is_object(bare) {
            return None;
        }
        if is_placeholder(field, bare) || (field.is_pem() && is_placeholder_in_armour(field, bare)) {
            return Some(Self::Placeholder);
        }
        if !field.is_pem() {
            return None;
        }
        let secret = reference(bare).map(Self::SecretReference);
        secret.or_else(|| is_file_reference(bare).then_some(Self::FileReference))
    }
}

/// The most characters that a template or phrase has.
const PHRASE: usize = 160;
/// The most bytes that a path or URL has.
const PATH: usize = 512;

/// A text without white space, spelled-out line breaks and quotes around it.
fn bare(text: &str) -> &str {
    let mut bare = text;
    loop {
        let before = bare.len();
        bare = bare.trim();
        for spelled in [r"\n", r"\r", r"\t"] {
            bare = bare.strip_prefix(spelled).unwrap_or(bare);
            bare = bare.strip_suffix(spelled).unwrap_or(bare);
        }
        for quote in ['"', '\'', '`'] {
            bare = within(bare, quote, quote).unwrap_or(bare);
        }
        if bare.len() == before {
            return bare;
        }
    }
}

/// What stands between `open` and `close`, when they enclose the text.
fn within(text: &str, open: char, close: char) -> Option<&str> {
    text.strip_prefix(open)?.strip_suffix(close)
}

/// Whether placeholders are all that PEM armour holds.
fn is_placeholder_in_armour(field: Field, text: &str) -> bool {
    if holds_base64(text) {
        return false;
    }
    let mut rest = text;
    loop {
        let Some((content, after)) = first_block(rest) else { return false };
        if !is_placeholder(field, bare(content)) {
            return false;
        }
        rest = bare(after);
        if rest.is_empty() {
            return true;
        }
    }
}

/// Whether the first block of `text` obviously holds something else than a placeholder. Most do.
fn holds_base64(text: &str) -> bool {
    let first_line = || {
        let begin = memchr::memchr(b'\n', text.strip_prefix("-----BEGIN ")?.as_bytes())?;
        let (begin, content) = text.as_bytes().split_at_checked("-----BEGIN ".len() + begin)?;
        begin.ends_with(b"-----").then_some(())?;
        content.strip_prefix(b"\n")?.first_chunk::<65>()
    };
    let Some(line) = first_line() else { return false };
    let is_base64 = |octet: &u8| octet.is_ascii_alphanumeric() || matches!(octet, b'+' | b'/');
    // No phrase begins with so long a word, and no template or filler with these letters.
    line.starts_with(b"MI") && line.ends_with(b"\n") && line.iter().take(64).all(is_base64)
}

/// What the block at the start of `text` holds, and what follows it.
fn first_block(text: &str) -> Option<(&str, &str)> {
    let (_, rest) = parted(text.strip_prefix("-----BEGIN ")?, "-----")?;
    let (content, rest) = parted(rest, "-----END ")?;
    let (_, after) = parted(rest, "-----")?;
    Some((content, after))
}

/// What stands before and after the first occurrence of `by`. Content is long where it is none of what
/// is looked for.
fn parted<'t>(text: &'t str, by: &str) -> Option<(&'t str, &'t str)> {
    let (before, rest) = text.split_at_checked(memchr::memmem::find(text.as_bytes(), by.as_bytes())?)?;
    Some((before, rest.strip_prefix(by)?))
}

fn is_placeholder(field: Field, text: &str) -> bool {
    if text.is_empty() {
        return false;
    }
    let is_short = || text.len() <= 4 * PHRASE && text.chars().nth(PHRASE).is_none();
    is_filler(text)
        || (is_short() && (is_templates(text) || is_marked(field, text) || is_phrase(field, text)))
}

/// `xxx`, `xxxxxxxx-xxxx-…`, `***`, `...`, `…`, `???`
fn is_filler(text: &str) -> bool {
    let mut kind = None;
    let mut count = 0;
    let mut rest = text.chars().peekable();
    while let Some(character) = rest.next() {
        let character = match character {
            'x' | 'X' => 'x',
            '*' | '.' | '?' | '#' | '…' | '•' | '●' | '·' | '█' | '■' => character,
            '\\' if matches!(rest.peek(), Some('n' | 'r' | 't')) => {
                rest.next();
                continue;
            }
            '-' | '_' if kind == Some('x') => continue,
            _ if character.is_whitespace() => continue,
            _ => return false,
        };
        if kind.is_some_and(|kind| kind != character) {
            return false;
        }
        kind = Some(character);
        count += 1;
    }
    count >= 3 || kind == Some('…')
}

/// `${X}`, `$X`, `{{ x }}`, `${{ secrets.X }}`, `<%= x %>`, `<your key>`, `%X%`, …, one or several.
fn is_templates(text: &str) -> bool {
    let mut rest = text;
    while !rest.is_empty() {
        match after_template(rest) {
            Some(after) => rest = bare(after),
            None => return false,
        }
    }
    true
}

/// The length of the template at the start of `text`, if there is one.
pub(crate) fn template_length(text: &str) -> Option<usize> {
    after_template(text).map(|after| text.len() - after.len())
}

/// What follows the template at the start of `text`.
fn after_template(text: &str) -> Option<&str> {
    for (open, close) in [("${{", "}}"), ("{{", "}}"), ("{%", "%}"), ("<%", "%>"), ("<?", "?>"), ("((", "))")]
    {
        if let Some(rest) = text.strip_prefix(open) {
            // `{{{ x }}}` is a template too.
            return rest.split_once(close).map(|(_, after)| after.trim_start_matches('}'));
        }
    }
    for (open, bracket, close) in [("${", '{', '}'), ("#{", '{', '}'), ("%{", '{', '}'), ("$(", '(', ')')] {
        if let Some(rest) = text.strip_prefix(open) {
            return after_bracket(rest, bracket, close);
        }
    }
    // What Go's fmt prints for a missing value.
    if let Some(rest) = text.strip_prefix("%!") {
        return rest.split_once(')').filter(|(verb, _)| verb.get(1..2) == Some("(")).map(|(_, after)| after);
    }
    if let Some(rest) = text.strip_prefix("%(") {
        return rest.split_once(")s").map(|(_, after)| after);
    }
    if let Some(rest) = text.strip_prefix('<') {
        let (inner, after) = rest.split_once('>')?;
        let says_something = inner.chars().any(char::is_alphabetic) || is_filler(inner.trim());
        // Elements of XML have closing tags.
        let is_tag = inner.starts_with('/') || inner.ends_with('/');
        return (says_something && !is_tag && !inner.contains('<')).then_some(after);
    }
    if let Some(rest) = text.strip_prefix('%') {
        let (inner, after) = rest.split_once('%')?;
        return is_identifier(inner).then_some(after);
    }
    let rest = text.strip_prefix('$')?;
    let rest = rest.strip_prefix("env:").or_else(|| rest.strip_prefix('.')).unwrap_or(rest);
    let end = rest
        .find(|character: char| !(character.is_ascii_alphanumeric() || matches!(character, '_' | '.')))
        .unwrap_or(rest.len());
    let (name, after) = rest.split_at_checked(end)?;
    (is_identifier(name) && !after.starts_with(|next: char| !next.is_whitespace() && next != '$'))
        .then_some(after)
}

/// What follows the bracket that closes an open one.
fn after_bracket(text: &str, open: char, close: char) -> Option<&str> {
    let mut depth = 1;
    for (at, character) in text.char_indices() {
        if character == open {
            depth += 1;
        } else if character == close {
            depth -= 1;
            if depth == 0 {
                return text.get(at + close.len_utf8()..);
            }
        }
    }
    None
}

fn is_identifier(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.chars().all(|character| character.is_ascii_alphanumeric() || matches!(character, '_' | '.'))
}

/// Words between marks: `{X}`, `[your key]`, `(redacted)`, `__X__`, `@X@`, `##X##`.
fn is_marked(field: Field, text: &str) -> bool {
    let is_braced = within(text, '{', '}').is_some_and(|inner| {
        inner.is_empty() || is_identifier(inner) || inner.chars().all(|character| character.is_ascii_digit())
    });
    let is_bracketed = within(text, '[', ']').is_some_and(|inner| {
        let is_words = || {
            inner.starts_with(char::is_alphabetic)
                && inner
                    .chars()
                    .all(|character| character.is_alphabetic() || matches!(character, ' ' | '_' | '-'))
        };
        is_placeholder(field, inner.trim()) || (field != Field::Name && is_words())
    });
    let is_parenthesised = within(text, '(', ')').is_some_and(|inner| is_placeholder(field, inner.trim()));
    let is_flanked = |mark: &str| {
        let inner = text.strip_prefix(mark).and_then(|rest| rest.strip_suffix(mark));
        inner.is_some_and(|inner| {
            is_identifier(inner.trim_matches('_'))
                && (field != Field::Name || !inner.contains(|character: char| character.is_ascii_lowercase()))
        })
    };
    is_braced || is_bracketed || is_parenthesised || ["__", "@@", "@", "##", "#"].into_iter().any(is_flanked)
}

/// A phrase that tells what to write there, or that something was taken away.
fn is_phrase(field: Field, text: &str) -> bool {
    if field.is_pem() {
        let asks = ["您的", "你的", "请输入", "请填写", "请替换", "此处填写", "在此填写"];
        let reads = ["env:", "var.", "local.", "secrets.", "env.", "process.env.", "module."];
        let is_reference = |rest: &str| {
            is_identifier(rest) || rest.split(['[', ']', '.', '"', '\'']).all(is_identifier_or_none)
        };
        if asks.iter().any(|start| text.starts_with(start))
            || reads.iter().any(|start| text.strip_prefix(start).is_some_and(is_reference))
        {
            return true;
        }
    }
    let is_punctuation = |character: char| {
        character.is_whitespace()
            || matches!(
                character,
                '_' | '-'
                    | '.'
                    | ','
                    | ':'
                    | ';'
                    | '!'
                    | '?'
                    | '\''
                    | '"'
                    | '<'
                    | '>'
                    | '('
                    | ')'
                    | '['
                    | ']'
                    | '{'
                    | '}'
                    | '/'
                    | '…'
                    | '*'
                    | '#'
                    | '\\'
            )
    };
    if !text.chars().all(|character| character.is_ascii_alphanumeric() || is_punctuation(character)) {
        return false;
    }
    let words = words(text);
    let says = |index: usize, known: &[&str]| {
        words.get(index).is_some_and(|word| known.iter().any(|known| word.eq_ignore_ascii_case(known)))
    };
    let has = |known: &str| words.iter().any(|word| word.eq_ignore_ascii_case(known));
    let Some(last) = words.len().checked_sub(1) else { return false };
    let is_alone = last == 0;
    let is_name = field == Field::Name;
    let letters = text.chars().filter(char::is_ascii_alphanumeric).count();
    let is = |known: &str| {
        letters == known.len()
            && text
                .chars()
                .filter(char::is_ascii_alphanumeric)
                .zip(known.chars())
                .all(|(character, known)| character.eq_ignore_ascii_case(&known))
    };
    let gone = ["redacted", "placeholder", "removed", "omitted", "masked", "censored"];
    let open = ["todo", "tbd", "fixme", "changeme", "replaceme", "redacted", "placeholder"];
    let fills = [
        "insert", "paste", "put", "enter", "replace", "fill", "add", "provide", "copy", "set", "change",
        "specify", "place",
    ];
    // How languages and Terraform print a value that is missing or hidden.
    let missing = ["null", "undefined", "none", "nil", "novalue", "sensitivevalue", "sensitive"];
    if !is_name && (missing.into_iter().any(is) || is("knownafterapply")) {
        return true;
    }
    let is_word =
        ["changeme", "changethis", "replaceme", "replacethis", "fillme", "fillmein", "fixme", "todo", "tbd"]
            .into_iter()
            .chain(["redacted", "placeholder"])
            .any(is);
    if is_word {
        return true;
    }
    // A name may be made of any words, so only those count that nobody names a certificate with.
    if is_name {
        let starts_with_your = says(0, &["your"]) && says(last, &["name", "here", "cert", "certificate"]);
        let tells_to_fill = says(0, &fills)
            && (has("your") || (says(last, &["here"]) && has("name")) || says(1, &["me", "this", "with"]));
        return !is_alone && (starts_with_your || tells_to_fill || says(last, &["placeholder"]));
    }
    let tells_to_fill =
        says(0, &fills) && (has("your") || says(last, &["here"]) || says(1, &["me", "this", "with"]));
    let is_gone = ["removed", "omitted", "masked", "censored", "hidden", "string"].into_iter().any(is);
    is_gone
        || (!is_alone
            && (says(0, &["your"])
                || (says(0, &["this"]) && says(1, &["is"]) && has("your"))
                || (says(0, &["please"]) && (has("your") || says(last, &["here"]) || says(1, &fills)))
                || tells_to_fill
                || says(last, &["here"])
                || says(0, &open)
                || says(last, &gone)))
}

fn is_identifier_or_none(text: &str) -> bool {
    text.chars().all(|character| character.is_ascii_alphanumeric() || character == '_' || character == '-')
}

/// The words of a phrase, also of one that is `writtenLikeThis`. At most so many as a phrase has.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    for word in text.split(|character: char| !character.is_ascii_alphanumeric()) {
        let mut start = 0;
        let mut after_small = false;
        for (at, character) in word.char_indices() {
            if character.is_ascii_uppercase() && after_small {
                words.extend(word.get(start..at));
                start = at;
            }
            after_small = character.is_ascii_lowercase();
        }
        words.extend(word.get(start..).filter(|rest| !rest.is_empty()));
    }
    words
}

/// `./cert.pem`, `/etc/ssl/x.key`, `C:\certs\x.pem`, `@key.pem`, `file://…`, `https://…/x.crt`
fn is_file_reference(text: &str) -> bool {
    if text.is_empty() || text.len() > PATH || text.contains(['\n', '\r']) || text.contains("-----") {
        return false;
    }
    let has_scheme = text.split_once("://").is_some_and(|(scheme, rest)| {
        scheme.starts_with(|first: char| first.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|character| character.is_ascii_alphanumeric() || matches!(character, '+' | '-' | '.'))
            && !rest.is_empty()
            && !rest.contains(char::is_whitespace)
    });
    let starts_like_a_path = ["./", "../", "~/", ".\\", "..\\", "~\\", "\\\\", "file:", "file("]
        .iter()
        .any(|start| text.strip_prefix(start).is_some_and(|rest| !rest.is_empty()));
    let has_drive = {
        let mut characters = text.chars();
        characters.next().is_some_and(|letter| letter.is_ascii_alphabetic())
            && characters.next() == Some(':')
            && matches!(characters.next(), Some('\\' | '/'))
    };
    // What curl reads from a file.
    let is_at_file = text
        .strip_prefix('@')
        .is_some_and(|path| !path.is_empty() && !path.contains(char::is_whitespace) && !path.contains('@'));
    has_scheme
        || starts_like_a_path
        || has_drive
        || is_at_file
        || is_absolute_path(text)
        || has_extension(text)
}

/// Whether a text that begins with a slash is a path. Base64 may begin so, though that of a
/// certificate or key never does; what tells a path is a known folder, or a character that base64
/// does not have.
fn is_absolute_path(text: &str) -> bool {
    let Some(path) = text.strip_prefix('/') else { return false };
    let roots = [
        "etc", "usr", "var", "home", "opt", "root", "tmp", "run", "mnt", "srv", "Users", "Volumes",
        "secrets", "certs", "ssl", "private",
    ];
    let is_short = path.split('/').all(|part| (1..=64).contains(&part.len()));
    let first = path.split('/').next().or_fault();
    let is_known = roots.contains(&first) && path.len() > first.len() && !path.contains(['+', '=']);
    is_short
        && path.len() <= 200
        && (is_known || path.contains(['.', '-', '_']))
        && path.chars().all(|character| {
            character.is_alphanumeric() || matches!(character, '/' | '.' | '-' | '_' | ' ' | '@' | '+')
        })
}

fn has_extension(text: &str) -> bool {
    let known = [
        "pem",
        "crt",
        "cer",
        "cert",
        "key",
        "der",
        "p12",
        "pfx",
        "p8",
        "pk8",
        "p7b",
        "p7c",
        "csr",
        "jks",
        "pub",
        "txt",
        "ca-bundle",
        "bundle",
    ];
    text.rsplit_once('.').is_some_and(|(path, extension)| {
        !path.is_empty()
            && path.split([' ', '\t']).count() <= 3
            && known.iter().any(|known| extension.eq_ignore_ascii_case(known))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Texts that are placeholders in every member.
    #[rustfmt::skip]
    const ANYWHERE: &[&str] = &[
        "${CERT}", "${ cert }", "${var.cert}", "${file(\"${path.module}/cert.pem\")}", "$CERT",
        "$cert_content", "$env:CERT", "$(cat cert.pem)", "{{ cert }}", "{{cert}}", "{{ cert | tojson }}",
        "{{{ cert }}}", "${{ secrets.CERT }}", "{% include 'cert.pem' %}", "<%= cert %>", "<your key>",
        "<PRIVATE_KEY>", "<...>", "<insert certificate here>", "<您的私钥>", "%CERT%", "#{cert}", "%(cert)s",
        "((cert))", "__CERT__", "@CERT@", "@@CERT@@", "##CERT##", "{CERT}", "{0}", "{}", "xxx", "XXX",
        "xxxxxxxxxxxxxxxxxxxx", "XXXX-XXXX", "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx", "***", "********",
        "* * *", "...", "…", "……", "???", "•••", "REDACTED", "redacted", "[REDACTED]", "<redacted>",
        "(redacted)", "***REDACTED***", "CHANGEME", "change_me", "Change-Me", "changeThis", "REPLACE_ME",
        "replace me", "TODO", "todo", "TBD", "FIXME", "placeholder", "[...]", "[…]", "  ${CERT}\n",
        "\"${CERT}\"", "'<your key>'", "`$CERT`", "your name here", "YOUR_CERT_NAME", "yourName Here",
        "insert your name", "replace with name", "name_placeholder",
    ];

    /// Texts that are placeholders in PEM members.
    #[rustfmt::skip]
    const IN_PEM: &[&str] = &[
        "THIS IS YOUR PRIVATE KEY", "This is your certificate.", "YOUR PRIVATE KEY", "your-key",
        "yourPrivateKey", "YOUR_PRIVATE_KEY_HERE", "certificate goes here", "KEY_HERE",
        "Paste your certificate here", "paste certificate here", "INSERT PEM HERE", "put the key here...",
        "please enter your key", "TODO: add the key", "TODO add key", "REDACTED PRIVATE KEY",
        "private key removed", "key omitted", "PRIVATE_KEY_PLACEHOLDER", "cert-placeholder", "string",
        "[your key]", "[PRIVATE KEY]", "env:PRIVATE_KEY", "var.private_key", "process.env.TLS_KEY",
        "secrets.TLS_KEY", "${CERT}\n${CHAIN}", "$CERT\n$CHAIN\n", "<leaf>\n<intermediate>\n", "${CERT}\\n",
        "您的私钥", "请输入证书内容", "__private_key__", "masked", "null", "undefined", "None", "<nil>", "%!s(<nil>)",
        "(sensitive value)", "(known after apply)", "<no value>", "%!v(MISSING)",
        "-----BEGIN CERTIFICATE-----\n...\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\nxxxxxxxxxxxx\nxxxxxxxxxxxx\n-----END CERTIFICATE-----",
        "-----BEGIN PRIVATE KEY-----\\n${KEY}\\n-----END PRIVATE KEY-----\\n",
        "-----BEGIN CERTIFICATE-----\\nxxxx\\nxxxx\\n-----END CERTIFICATE-----",
        "'-----BEGIN PRIVATE KEY-----\\nTHIS IS YOUR KEY\\n-----END PRIVATE KEY-----\\n'",
        "-----BEGIN RSA PRIVATE KEY-----<your private key>-----END RSA PRIVATE KEY-----",
        "-----BEGIN CERTIFICATE-----\n\"{{ cert }}\"\n-----END CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\n***\n-----END CERTIFICATE-----\n-----BEGIN CERTIFICATE-----\n…\n-----END CERTIFICATE-----",
        "-----BEGIN PRIVATE KEY-----\nREDACTED\n-----END PRIVATE KEY-----",
    ];

    /// Texts that are files in PEM members.
    #[rustfmt::skip]
    const FILES: &[&str] = &[
        "./cert.pem", "../certs/key", "~/x", "~/.ssh/key", "/etc/ssl/x.key", "/etc/ssl/private/key",
        "/certs/tls.crt", "/data/my-certs/server", "C:\\certs\\x.pem", "c:/certs/x.pem", "D:\\key",
        "\\\\server\\share\\x.pem", ".\\x.pem", "@key.pem", "@/etc/ssl/key", "@./key",
        "file:///etc/ssl/x.key", "file:cert.pem", "file(\"cert.pem\")", "https://example.com/x.crt",
        "http://10.0.0.1/ca", "s3://bucket/x", "ftp://host/tls", "obs://b/c.pem", "cert.pem",
        "server.key", "certs/server.crt", "my cert.pem", "CERT.PEM", "bundle.p12", "store.jks",
        "$HOME/x.pem", "${DIR}/key.pem", "%USERPROFILE%\\x.pem", "  cert.pem\n", "\"cert.pem\"",
        "www.example.com.crt", "server.ca-bundle", "key.txt", "cert.pem\\n",
    ];

    /// Texts that are content, or faults with rules of their own.
    #[rustfmt::skip]
    const NEITHER: &[&str] = &[
        "", " ", "\n", "M", "MIIB", "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA", "/9j/4AAQSkZJRgABAQ",
        "/abcdefgh/ijklmnop", "/etcetera/abc", "/etc+ssl/abcd==", "AAAA/BBBB/CCCC", "xx", "XxY", "aaa",
        "x1x", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", "-----BEGIN CERTIFICATE-----",
        "-----BEGIN CERTIFICATE-----\nMIIB...\n-----END CERTIFICATE-----\n",
        "-----BEGIN CERTIFICATE-----\n./cert.pem\n-----END CERTIFICATE-----\n",
        "${A}-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n", "${CERT", "{{ cert }", "$",
        "$ cert", "$1", "<", "<>", "< >", "not a pem", "hello world", "certificate", "private key", "test",
        "nothing", "n/a", "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ comment@host", "{\"kty\":\"RSA\"}",
        "[\"a\"]", "<a><b/></a>", "data:application/x-pem-file;base64,TUlJQg", "www.example.com",
        "example.com", "a@example.com", "1.2.3.4", "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCk1JSUI",
        "TODOMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA",
        "%2D%2D%2D%2D%2DBEGIN%20CERTIFICATE%2D%2D%2D%2D%2D", "line\ncert.pem",
        "the certificate is in the file cert.pem", "..", ".", "/", "@", "@ key", "**",
    ];

    /// Values that are fine in `name`.
    #[rustfmt::skip]
    const NAMES: &[&str] = &[
        "cert_demo", "xxxx-prod", "xxl_shop", "todo_app", "todoapp", "todo-list", "your_shop",
        "yourcompany_prod", "redacted_io", "test", "string", "example", "placeholder_co", "my_cert",
        "prod.example.com", "cert.pem", "removed", "masked", "hidden", "click_here", "add_ons",
        "set_top_box", "change_log", "place_holder_inc", "证书", "您的证书", "a_b_c", "www_example_com_2026",
        "TODO_2", "fixme_ltd", "./x", "/etc/x", "exxxact", "__prod__", "[prod]", "(prod)", "www.xxx.com",
    ];

    fn wrong(
        fields: &[Field],
        texts: &[&str],
        expected: impl Fn(Field) -> Option<PlaceholderKind>,
    ) -> Vec<String> {
        let mut wrong = Vec::new();
        for &field in fields {
            for text in texts.iter().filter(|text| PlaceholderKind::find(field, text) != expected(field)) {
                wrong.push(format!("{}: {text}", field.name()));
            }
        }
        wrong
    }

    const PEM: &[Field] = &[
        Field::CertContent,
        Field::PrivateKey,
        Field::TrustedRootCa,
        Field::CertContentSign,
        Field::PrivateKeySign,
    ];

    #[test]
    fn placeholders_are_found() {
        let placeholder = |_| Some(PlaceholderKind::Placeholder);
        assert_eq!(wrong(&Field::ALL, ANYWHERE, placeholder), [""; 0]);
        assert_eq!(wrong(PEM, IN_PEM, placeholder), [""; 0]);
    }

    #[test]
    fn files_are_found_in_pem_members_only() {
        let expected = |field: Field| field.is_pem().then_some(PlaceholderKind::FileReference);
        assert_eq!(wrong(&Field::ALL, FILES, expected), [""; 0]);
    }

    #[test]
    fn content_is_no_stand_in() {
        assert_eq!(wrong(PEM, NEITHER, |_| None), [""; 0]);
        assert_eq!(wrong(&[Field::Name], NAMES, |_| None), [""; 0]);
        let words = [
            "global",
            "instance",
            "Instance",
            "common",
            "RSA",
            "sm2",
            "f0fa1789-3b76-433b-a787-9892951c620e",
        ];
        assert_eq!(wrong(&[Field::Type, Field::AlgorithmType, Field::InstanceId], &words, |_| None), [""; 0]);
    }

    /// Base64 of every length, of bytes that a simple generator gives, as a whole and in lines.
    #[test]
    fn base64_is_no_stand_in() {
        use base64::Engine as _;
        let mut state = 1_u64;
        for length in 1..3000 {
            let bytes: Vec<u8> = (0..length % 700)
                .map(|_| {
                    state =
                        state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    state.to_be_bytes()[0]
                })
                .collect();
            let text = base64::engine::general_purpose::STANDARD.encode(&bytes);
            assert_eq!(PlaceholderKind::find(Field::CertContent, &text), None, "{text}");
            let text = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&bytes);
            assert_eq!(PlaceholderKind::find(Field::PrivateKey, &text), None, "{text}");
        }
    }

    #[test]
    fn long_texts_take_linear_time() {
        for piece in
            ["<", "$", "{{", "${", "x", "'", "\\n", " ", "-----BEGIN ", "-----END ", "(", "[", "@", "_"]
        {
            let text = piece.repeat(2_000_000 / piece.len());
            PlaceholderKind::find(Field::CertContent, &text);
            PlaceholderKind::find(Field::Name, &text);
        }
        let blocks = "-----BEGIN X-----\n...\n-----END X-----\n".repeat(50_000);
        assert_eq!(PlaceholderKind::find(Field::CertContent, &blocks), Some(PlaceholderKind::Placeholder));
    }
}
