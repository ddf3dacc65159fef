//! PKCS#12 (RFC 7292), the certificates of PKCS#7 (RFC 2315), and encrypted PKCS#8 (RFC 5958).

use zeroize::Zeroizing;

use crate::containers::pbe::{self, Budget, Password};
use crate::containers::{Container, Fault, ItemKind, Opened, Passwords, ber};
use crate::der::{DerFault, Reader, dotted, tag};
use crate::keys;
use crate::span::Span;

const DATA: &str = "1.2.840.113549.1.7.1";
const SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
const ENCRYPTED_DATA: &str = "1.2.840.113549.1.7.6";
const KEY_BAG: &str = "1.2.840.113549.1.12.10.1.1";
const SHROUDED_KEY_BAG: &str = "1.2.840.113549.1.12.10.1.2";
const CERTIFICATE_BAG: &str = "1.2.840.113549.1.12.10.1.3";
const X509_CERTIFICATE: &str = "1.2.840.113549.1.9.22.1";

/// `[0]`, constructed: explicit content.
const CONTENT: u8 = tag::context_constructed(0);

/// Opens DER or BER; `None` when it is none of these structures.
pub(super) fn open(bytes: &[u8], passwords: &Passwords) -> Option<Result<Opened, Fault>> {
    let whole = ber::to_der(bytes)?;
    let mut inner = Reader::new(&whole).sequence().ok()?;
    let elements = inner;
    match inner.element().ok()? {
        first if first.tag == tag::INTEGER && first.content == [3] => {
            let identifier = inner.sequence().ok()?.take(tag::OBJECT_IDENTIFIER).ok()?;
            dotted(identifier).starts_with("1.2.840.113549.1.7.").then(|| open_pkcs12(elements, passwords))
        }
        first if first.tag == tag::OBJECT_IDENTIFIER => {
            (dotted(first.content) == SIGNED_DATA).then(|| open_pkcs7(elements))
        }
        first if first.tag == tag::SEQUENCE && first.content.first() == Some(&tag::OBJECT_IDENTIFIER) => {
            let data = inner.take(tag::OCTET_STRING).ok()?;
            inner.is_empty().then(|| Ok(open_pkcs8(first.content, data, passwords)))
        }
        _ => None,
    }
}

/// The certificates of PKCS#7.
fn open_pkcs7(mut content_info: Reader<'_>) -> Result<Opened, Fault> {
    let mut opened = Opened::new(Container::Pkcs7);
    content_info.take(tag::OBJECT_IDENTIFIER)?;
    let mut signed = Reader::new(content_info.take(CONTENT)?).sequence()?;
    signed.integer()?;
    signed.element()?;
    signed.sequence()?;
    let mut certificates = Reader::new(signed.optional(CONTENT)?.unwrap_or_default());
    while !certificates.is_empty() {
        let certificate = certificates.element()?;
        if certificate.tag == tag::SEQUENCE {
            opened.push(ItemKind::Certificate, certificate.whole);
        }
    }
    Ok(opened)
}

fn open_pkcs8(algorithm: &[u8], data: &[u8], passwords: &Passwords) -> Opened {
    let mut opened = Opened::new(Container::EncryptedKey);
    let candidates: Vec<Password<'_>> = passwords.given().map(Some).collect();
    match decrypt(algorithm, data, &candidates, &mut Budget::new(), is_private_key) {
        Ok(key) => opened.push(ItemKind::PrivateKey, &key),
        Err(fault) => opened.locked.push((ItemKind::PrivateKey, fault)),
    }
    opened
}

/// Decrypts with the first password that gives what is expected.
fn decrypt(
    algorithm: &[u8],
    data: &[u8],
    passwords: &[Password<'_>],
    budget: &mut Budget,
    is_expected: fn(&[u8]) -> bool,
) -> Result<Zeroizing<Vec<u8>>, Fault> {
    if passwords.is_empty() {
        return Err(Fault::NeedsPassword);
    }
    for &password in passwords {
        match pbe::decrypt(algorithm, data, password, budget) {
            Ok(plain) if is_expected(&plain) => return Ok(plain),
            Ok(_) | Err(Fault::WrongPassword) => {}
            Err(fault) => return Err(fault),
        }
    }
    Err(Fault::WrongPassword)
}

/// Whether this is a private key. Without a MAC, one password of 256 gives bytes that only look decrypted.
pub(super) fn is_private_key(plain: &[u8]) -> bool {
    keys::read(plain, Span::new(0, plain.len())).is_ok()
}

fn is_safe_contents(plain: &[u8]) -> bool {
    ber::to_der(plain).is_some_and(|plain| {
        let Ok(mut bags) = Reader::new(&plain).sequence() else { return false };
        bags.sequence().is_ok_and(|mut bag| bag.take(tag::OBJECT_IDENTIFIER).is_ok())
    })
}

/// What it takes to read the bags.
struct Bags<'a> {
    opened: Opened,
    passwords: Vec<Password<'a>>,
    /// What is said where no password fits.
    fault: Fault,
    budget: Budget,
}

fn open_pkcs12(mut pfx: Reader<'_>, passwords: &Passwords) -> Result<Opened, Fault> {
    pfx.integer()?;
    let mut safe = pfx.sequence()?;
    let kind = dotted(safe.take(tag::OBJECT_IDENTIFIER)?);
    if kind != DATA {
        return Err(Fault::Unsupported(kind));
    }
    let content = Reader::new(safe.take(CONTENT)?).take(tag::OCTET_STRING)?;
    let mac = pfx.optional(tag::SEQUENCE)?;
    // Where no password is given, there may be none, or an empty one.
    let mut candidates: Vec<Password<'_>> = passwords.given().map(Some).collect();
    let is_given = !candidates.is_empty();
    if candidates.iter().all(|candidate| candidate.is_some_and(str::is_empty)) {
        candidates = vec![None, Some("")];
    }
    let mut budget = Budget::new();
    if let Some(mac) = mac {
        let mut right = None;
        for (index, candidate) in candidates.iter().enumerate() {
            if pbe::verify_mac(mac, content, *candidate, &mut budget)? {
                right = Some(index);
                break;
            }
        }
        match right {
            // Most files have one password for everything.
            Some(index) => candidates.swap(0, index),
            None if is_given => return Err(Fault::WrongPassword),
            None => {}
        }
    }
    let fault = if is_given { Fault::WrongPassword } else { Fault::NeedsPassword };
    let mut bags = Bags { opened: Opened::new(Container::Pkcs12), passwords: candidates, fault, budget };
    let content = ber::to_der(content).ok_or(Fault::Malformed)?;
    let mut contents = Reader::new(&content).sequence()?;
    while !contents.is_empty() {
        bags.read_content_info(contents.sequence()?)?;
    }
    Ok(bags.opened)
}

impl Bags<'_> {
    fn read_content_info(&mut self, mut info: Reader<'_>) -> Result<(), Fault> {
        let kind = dotted(info.take(tag::OBJECT_IDENTIFIER)?);
        let mut content = Reader::new(info.take(CONTENT)?);
        match kind.as_str() {
            DATA => self.read_safe_contents(content.take(tag::OCTET_STRING)?),
            ENCRYPTED_DATA => {
                let mut encrypted = content.sequence()?;
                encrypted.integer()?;
                let mut encrypted = encrypted.sequence()?;
                encrypted.take(tag::OBJECT_IDENTIFIER)?;
                let algorithm = encrypted.take(tag::SEQUENCE)?;
                let data = match encrypted.element()? {
                    element if element.tag == tag::context(0) => element.content.to_vec(),
                    element if element.tag == CONTENT => joined(element.content)?,
                    _ => return Err(Fault::Malformed),
                };
                match self.decrypt(algorithm, &data, is_safe_contents) {
                    Ok(plain) => self.read_safe_contents(&plain)?,
                    // What is in it is not known: in most files it is the certificates.
                    Err(fault) => self.opened.locked.push((ItemKind::Certificate, fault)),
                }
                Ok(())
            }
            _ => Err(Fault::Unsupported(kind)),
        }
    }

    fn decrypt(
        &mut self,
        algorithm: &[u8],
        data: &[u8],
        is_expected: fn(&[u8]) -> bool,
    ) -> Result<Zeroizing<Vec<u8>>, Fault> {
        decrypt(algorithm, data, &self.passwords, &mut self.budget, is_expected).map_err(
            |fault| match fault {
                Fault::WrongPassword => self.fault.clone(),
                fault => fault,
            },
        )
    }

    fn read_safe_contents(&mut self, contents: &[u8]) -> Result<(), Fault> {
        let contents = ber::to_der(contents).ok_or(Fault::Malformed)?;
        let mut bags = Reader::new(&contents).sequence()?;
        while !bags.is_empty() {
            let mut bag = bags.sequence()?;
            let kind = dotted(bag.take(tag::OBJECT_IDENTIFIER)?);
            let mut value = Reader::new(bag.take(CONTENT)?);
            match kind.as_str() {
                KEY_BAG => self.opened.push(ItemKind::PrivateKey, value.element()?.whole),
                SHROUDED_KEY_BAG => {
                    let mut key = value.sequence()?;
                    let algorithm = key.take(tag::SEQUENCE)?;
                    match self.decrypt(algorithm, key.take(tag::OCTET_STRING)?, is_private_key) {
                        Ok(key) => self.opened.push(ItemKind::PrivateKey, &key),
                        Err(fault) => self.opened.locked.push((ItemKind::PrivateKey, fault)),
                    }
                }
                CERTIFICATE_BAG => {
                    let mut certificate = value.sequence()?;
                    if dotted(certificate.take(tag::OBJECT_IDENTIFIER)?) == X509_CERTIFICATE {
                        let content = Reader::new(certificate.take(CONTENT)?).take(tag::OCTET_STRING)?;
                        self.opened.push(ItemKind::Certificate, content);
                    }
                }
                _ => {}
            }
        }
        Ok(())
    }
}

/// An OCTET STRING in pieces, of which the tag was replaced. What is in it is encrypted.
fn joined(content: &[u8]) -> Result<Vec<u8>, DerFault> {
    let mut pieces = Reader::new(content);
    let mut whole = Vec::new();
    while !pieces.is_empty() {
        whole.extend_from_slice(pieces.take(tag::OCTET_STRING)?);
    }
    Ok(whole)
}
