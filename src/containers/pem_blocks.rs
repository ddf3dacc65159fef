//! PEM blocks that hold PKCS#12, PKCS#7, or an encrypted private key.

use zeroize::Zeroizing;

use crate::containers::{Container, Fault, Item, ItemKind, Opened, Passwords, decode, pbe, pkcs12};
use crate::internal_fault::OrFault;

const BEGIN: &str = "-----BEGIN ";
const DASHES: &str = "-----";

/// A block of a text.
struct Block<'a> {
    start: usize,
    end: usize,
    label: &'a str,
    body: &'a str,
}

/// Opens the blocks of a text; `None` when none is to be opened. What is left of the text is an item too, with blanks
/// in place of these blocks, so that every line keeps its place.
pub(super) fn open(text: &str, passwords: &Passwords) -> Option<Result<Opened, Fault>> {
    let mut opened = Opened::new(Container::Pem);
    let mut rest = Zeroizing::new(text.as_bytes().to_vec());
    let mut count = 0;
    let mut at = 0;
    while let Some(block) = next(text, at) {
        at = block.end;
        let inner = match open_block(&block, passwords) {
            Ok(Some(inner)) => inner,
            Ok(None) => continue,
            Err(fault) => return Some(Err(fault)),
        };
        count += 1;
        // Without a password the block stays: that it is encrypted is a finding of its own.
        if !inner.items.is_empty() {
            let place = rest.get_mut(block.start..block.end).or_fault();
            place.iter_mut().filter(|byte| !byte.is_ascii_whitespace()).for_each(|byte| *byte = b' ');
        }
        opened.locked.extend(inner.locked);
        inner.items.iter().for_each(|item| opened.push(item.kind, &item.bytes));
    }
    if count == 0 {
        return None;
    }
    if !rest.trim_ascii().is_empty() {
        opened.items.insert(0, Item { kind: ItemKind::Text, name: String::new(), bytes: rest });
    }
    Some(Ok(opened))
}

fn next(text: &str, from: usize) -> Option<Block<'_>> {
    let start = from + text.get(from..)?.find(BEGIN)?;
    let after = text.get(start + BEGIN.len()..)?;
    let (label, after) = after.split_once(DASHES)?;
    let (body, end) = after.split_once("-----END ")?;
    let end = text.len() - end.len() + end.find(DASHES)? + DASHES.len();
    Some(Block { start, end, label, body })
}

fn open_block(block: &Block<'_>, passwords: &Passwords) -> Result<Option<Opened>, Fault> {
    if block.label.ends_with("PRIVATE KEY") && block.body.contains("4,ENCRYPTED") {
        return Ok(Some(open_traditional(block.body, passwords)));
    }
    decode(block.body).and_then(|der| pkcs12::open(&der, passwords)).transpose()
}

/// Opens a block with headers that say how it is encrypted (RFC 1421).
fn open_traditional(body: &str, passwords: &Passwords) -> Opened {
    let mut opened = Opened::new(Container::EncryptedKey);
    match decrypt_traditional(body, passwords) {
        Ok(key) => opened.push(ItemKind::PrivateKey, &key),
        Err(fault) => opened.locked.push((ItemKind::PrivateKey, fault)),
    }
    opened
}

fn decrypt_traditional(body: &str, passwords: &Passwords) -> Result<Zeroizing<Vec<u8>>, Fault> {
    let mut fault = Fault::NeedsPassword;
    let header = body.lines().find_map(|line| line.trim().strip_prefix("DEK-Info:"));
    let header = header.ok_or(Fault::Malformed)?;
    // A header has a colon, which base64 has not.
    let headers_end = body.rfind(':').and_then(|colon| Some(colon + body.get(colon..)?.find('\n')?));
    let data = body.get(headers_end.unwrap_or(0)..).and_then(decode).ok_or(Fault::Malformed)?;
    for password in passwords.given() {
        fault = match pbe::decrypt_traditional(header, &data, Some(password)) {
            Ok(key) if pkcs12::is_private_key(&key) => return Ok(key),
            Ok(_) => Fault::WrongPassword,
            Err(fault) => fault,
        };
    }
    Err(fault)
}
