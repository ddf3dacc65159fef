//! Kubernetes Secrets (JSON or YAML) and the JSON that Vault answers with.
//!
//! Of YAML, what `kubectl` and people write in a Secret is read: block mappings with plain, quoted and block scalars.
//! The crates for YAML and JSON leave copies of the values in memory, which are private keys. So the values are read
//! here.

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use zeroize::Zeroizing;

use crate::containers::{Container, Fault, Item, ItemKind, Opened, decode};
use crate::internal_fault::OrFault;
use crate::source_map::SourceMappedStr;
use crate::span::Span;

/// How deep the fields are looked for: those of Vault's key-value store are in `data.data`.
const MAX_DEPTH: usize = 3;

/// The fields that are read, of a Secret, of Vault, and of what surrounds them.
#[derive(Deserialize)]
struct Fields<'a> {
    #[serde(borrow)]
    kind: Option<&'a RawValue>,
    #[serde(borrow)]
    items: Option<&'a RawValue>,
    #[serde(borrow)]
    data: Option<&'a RawValue>,
    #[serde(borrow, rename = "stringData")]
    string_data: Option<&'a RawValue>,
    #[serde(borrow, rename = "tls.crt")]
    tls_crt: Option<&'a RawValue>,
    #[serde(borrow, rename = "tls.key")]
    tls_key: Option<&'a RawValue>,
    #[serde(borrow, rename = "ca.crt")]
    ca_crt: Option<&'a RawValue>,
    #[serde(borrow)]
    certificate: Option<&'a RawValue>,
    #[serde(borrow)]
    private_key: Option<&'a RawValue>,
    #[serde(borrow)]
    ca_chain: Option<&'a RawValue>,
    #[serde(borrow)]
    issuing_ca: Option<&'a RawValue>,
}

/// Reads a manifest; `None` when it is none.
pub(super) fn open(text: &str) -> Option<Result<Opened, Fault>> {
    let mut items = Vec::new();
    let is_secret = if text.trim_start().starts_with('{') {
        let top: Fields<'_> = serde_json::from_str(text).ok()?;
        // A body has a private_key too.
        if top.private_key.is_some() && top.certificate.is_none() {
            return None;
        }
        read_json(&top, MAX_DEPTH, &mut items)
    } else {
        if !text.lines().any(is_kind_secret) {
            return None;
        }
        read_yaml(text, &mut items);
        true
    };
    let container = if is_secret { Container::KubernetesSecret } else { Container::Vault };
    match (items.is_empty(), is_secret) {
        (true, true) => Some(Err(Fault::NoFields)),
        (true, false) => None,
        (false, _) => Some(Ok(Opened { container, items, locked: Vec::new() })),
    }
}

/// Collects the fields, and tells whether they are those of a Secret.
fn read_json(fields: &Fields<'_>, depth: usize, items: &mut Vec<Item>) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    let mut is_secret = fields.kind.is_some_and(|kind| kind.get() == "\"Secret\"");
    let plain = [
        (ItemKind::Certificate, "tls.crt", fields.tls_crt),
        (ItemKind::Certificate, "certificate", fields.certificate),
        (ItemKind::PrivateKey, "tls.key", fields.tls_key),
        (ItemKind::PrivateKey, "private_key", fields.private_key),
        (ItemKind::Ca, "ca.crt", fields.ca_crt),
        (ItemKind::Ca, "issuing_ca", fields.issuing_ca),
    ];
    for (kind, name, value) in plain {
        if let Some(value) = value {
            push_json(kind, name, value, items);
        }
    }
    let chain = fields.ca_chain.and_then(|chain| serde_json::from_str::<Vec<&RawValue>>(chain.get()).ok());
    for value in chain.iter().flatten() {
        push_json(ItemKind::Certificate, "ca_chain", value, items);
    }
    if chain.is_none_or(|chain| chain.is_empty())
        && let Some(issuer) = fields.issuing_ca
    {
        push_json(ItemKind::Certificate, "issuing_ca", issuer, items);
    }
    let list = fields.items.and_then(|list| serde_json::from_str::<Vec<&RawValue>>(list.get()).ok());
    for inner in [fields.data, fields.string_data].into_iter().flatten().chain(list.into_iter().flatten()) {
        if let Ok(inner) = serde_json::from_str(inner.get()) {
            is_secret |= read_json(&inner, depth, items);
        }
    }
    is_secret
}

/// Adds the value of a field, if it is a string.
fn push_json(kind: ItemKind, name: &str, value: &RawValue, items: &mut Vec<Item>) {
    if value.get().starts_with('"') {
        let text = SourceMappedStr::from_json(value.get(), Span::new(0, value.get().len()));
        push(kind, name, text.as_str(), items);
    }
}

/// Adds the value of a field: PEM, or base64 of PEM or DER.
fn push(kind: ItemKind, name: &str, text: &str, items: &mut Vec<Item>) {
    let decoded = if text.contains("-----") { None } else { decode(text) };
    let bytes = decoded.unwrap_or_else(|| Zeroizing::new(text.as_bytes().to_vec()));
    if !bytes.trim_ascii().is_empty() {
        items.push(Item { kind, name: name.to_owned(), bytes });
    }
}

fn is_kind_secret(line: &str) -> bool {
    line.trim_start_matches([' ', '-'])
        .strip_prefix("kind:")
        .is_some_and(|kind| matches!(uncommented(kind), "Secret" | "\"Secret\"" | "'Secret'"))
}

/// A plain scalar, without a comment after it.
fn uncommented(value: &str) -> &str {
    value.split(" #").next().or_fault().trim()
}

const YAML_FIELDS: [(&str, ItemKind); 3] =
    [("tls.crt", ItemKind::Certificate), ("tls.key", ItemKind::PrivateKey), ("ca.crt", ItemKind::Ca)];

fn read_yaml(text: &str, items: &mut Vec<Item>) {
    let lines: Vec<&str> = text.lines().collect();
    // How far `data:` is indented; what belongs to it is indented further.
    let mut section = None;
    for (index, line) in lines.iter().enumerate() {
        // A list of Secrets is written with dashes.
        let content = line.trim_start_matches([' ', '-']);
        if content.is_empty() || content.starts_with('#') {
            continue;
        }
        let indent = line.len() - content.len();
        if section.is_some_and(|section| indent <= section) {
            section = None;
        }
        let Some((key, value)) = content.split_once(':') else { continue };
        let key = key.trim().trim_matches(['"', '\'']);
        match section {
            None if matches!(key, "data" | "stringData") => section = Some(indent),
            None => {}
            Some(_) => {
                if let Some((_, kind)) = YAML_FIELDS.into_iter().find(|(name, _)| *name == key) {
                    let following = lines.get(index + 1..).or_fault();
                    let value = scalar(value, indent, following, text.len());
                    push(kind, key, &value, items);
                }
            }
        }
    }
}

/// A scalar that begins on the line of its key, which is indented so far. `room` is the length of the whole text.
fn scalar(first: &str, indent: usize, following: &[&str], room: usize) -> Zeroizing<String> {
    let mut value = Zeroizing::new(String::with_capacity(room));
    let first = first.trim().trim_start_matches("!!binary").trim_start();
    // What is indented further, or empty.
    let is_inside = |line: &&&str| {
        let content = line.trim_start();
        content.is_empty() || line.len() - content.len() > indent
    };
    let inside = following.iter().take_while(is_inside).map(|line| line.trim());
    let style = first.chars().next();
    if !matches!(style, Some('|' | '>')) {
        value.push_str(if matches!(style, Some('"' | '\'')) { first } else { uncommented(first) });
    }
    for line in inside {
        // A backslash at the end of a line in double quotes joins the lines.
        if style == Some('"') && value.ends_with('\\') {
            value.pop();
        } else if !value.is_empty() {
            value.push('\n');
        }
        value.push_str(line);
    }
    match style {
        // A value in single quotes has no escapes that PEM or base64 could need.
        Some('\'') => Zeroizing::new(value.trim().trim_matches('\'').to_owned()),
        Some('"') => {
            let end = value.rfind('"').map_or(value.len(), |end| end + 1);
            let literal = Zeroizing::new(value.get(..end).or_fault().replace('\n', "\\n"));
            // Other escapes of YAML are in no PEM and no base64. `IgnoredAny` keeps no copy of the secret.
            if serde_json::from_str::<IgnoredAny>(&literal).is_err() {
                return value;
            }
            Zeroizing::new(
                SourceMappedStr::from_json(&literal, Span::new(0, literal.len())).as_str().to_owned(),
            )
        }
        _ => value,
    }
}
