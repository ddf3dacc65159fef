//! Files that hold certificates and private keys in other forms than PEM and DER: PKCS#12, PKCS#7, encrypted private
//! keys, Kubernetes Secrets, and the JSON of Vault. `build` and `inspect` read what is in them.

mod ber;
mod manifest;
mod pbe;
mod pem_blocks;
mod pkcs12;

use std::fmt;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use crate::der::DerFault;
use crate::internal_fault::OrFault;
use crate::pem::Label;

/// A file that was opened.
pub struct Opened {
    /// What it is.
    pub container: Container,
    /// What is in it, in its order.
    pub items: Vec<Item>,
    /// What is in it and could not be decrypted, and why.
    pub locked: Vec<(ItemKind, Fault)>,
}

/// A certificate or a private key, or several.
pub struct Item {
    /// What it holds.
    pub kind: ItemKind,
    /// What it is called, such as `tls.crt`.
    pub name: String,
    /// DER, PEM, or text around it.
    pub bytes: Zeroizing<Vec<u8>>,
}

/// What an item holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ItemKind {
    /// Certificates of the chain.
    Certificate,
    /// A private key.
    PrivateKey,
    /// Certificates of a CA.
    Ca,
    /// A PEM text without the blocks that were opened.
    Text,
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Container {
    /// PKCS#12.
    Pkcs12,
    /// PKCS#7.
    Pkcs7,
    /// A private key that is encrypted.
    EncryptedKey,
    /// A PEM text with blocks that hold one of the above.
    Pem,
    /// A Kubernetes Secret.
    KubernetesSecret,
    /// An answer of Vault.
    Vault,
}

impl Container {
    /// The usual name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Pkcs12 => "PKCS#12",
            Self::Pkcs7 => "PKCS#7",
            Self::EncryptedKey => "encrypted private key",
            Self::Pem => "PEM",
            Self::KubernetesSecret => "Kubernetes Secret",
            Self::Vault => "Vault JSON",
        }
    }
}

/// Why a file, or a part of it, cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is encrypted, and no password was given.
    NeedsPassword,
    /// No password that was given fits, or the data is damaged.
    WrongPassword,
    /// It is protected with this algorithm.
    Unsupported(String),
    /// To decrypt it takes too long, or too much memory.
    TooExpensive,
    /// Its structure is broken.
    Malformed,
    /// It has none of the fields that hold certificates and keys.
    NoFields,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NeedsPassword => {
                f.write_str("is encrypted; give the password with --password env:NAME or --password @FILE")
            }
            Self::WrongPassword => {
                f.write_str("cannot be decrypted: the password of --password is wrong, or the data is damaged")
            }
            Self::Unsupported(algorithm) => write!(
                f,
                "is protected with an algorithm that is not supported ({algorithm}); decrypt it with openssl first"
            ),
            Self::TooExpensive => f.write_str(
                "asks for more than 10,000,000 iterations or 256 MiB of memory to decrypt; encrypt it again with \
                 openssl",
            ),
            Self::Malformed => f.write_str("is damaged: its structure cannot be read; export it again"),
            Self::NoFields => f.write_str("has none of the fields tls.crt, tls.key and ca.crt"),
        }
    }
}

impl From<DerFault> for Fault {
    fn from(_: DerFault) -> Self {
        Self::Malformed
    }
}

/// Passwords to try. They are wiped when dropped.
#[derive(Default)]
pub struct Passwords(Vec<Zeroizing<String>>);

impl Passwords {
    /// Passwords to try, in this order.
    #[must_use]
    pub const fn new(passwords: Vec<Zeroizing<String>>) -> Self {
        Self(passwords)
    }

    fn given(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|password| password.as_str())
    }
}

impl Opened {
    fn new(container: Container) -> Self {
        Self { container, items: Vec::new(), locked: Vec::new() }
    }

    /// Adds DER.
    fn push(&mut self, kind: ItemKind, bytes: &[u8]) {
        let number = self.items.iter().filter(|item| item.kind == kind).count() + 1;
        let what = if kind == ItemKind::PrivateKey { "private key" } else { "certificate" };
        let bytes = Zeroizing::new(bytes.to_vec());
        self.items.push(Item { kind, name: format!("{what} {number}"), bytes });
    }
}

/// Opens a file; `Ok(None)` when it is in none of these forms.
///
/// # Errors
///
/// When it is, and cannot be read. What cannot be decrypted is no error: it is in [`Opened::locked`].
pub fn open(bytes: &[u8], passwords: &Passwords) -> Result<Option<Opened>, Fault> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.first() == Some(&0x30)
        && let Some(opened) = pkcs12::open(bytes, passwords)
    {
        return opened.map(Some);
    }
    let Ok(text) = std::str::from_utf8(bytes) else { return Ok(None) };
    if let Some(opened) = manifest::open(text) {
        return open_items(opened?, passwords).map(Some);
    }
    if let Some(opened) = pem_blocks::open(text, passwords) {
        return opened.map(Some);
    }
    match decode(text) {
        Some(der) => pkcs12::open(&der, passwords).transpose(),
        None => Ok(None),
    }
}

/// Opens what is encrypted in the fields of a manifest.
fn open_items(manifest: Opened, passwords: &Passwords) -> Result<Opened, Fault> {
    let mut opened = Opened::new(manifest.container);
    for item in manifest.items {
        let inner = match std::str::from_utf8(&item.bytes) {
            Ok(text) => pem_blocks::open(text, passwords),
            Err(_) => pkcs12::open(&item.bytes, passwords),
        };
        let Some(inner) = inner.transpose()? else {
            opened.items.push(item);
            continue;
        };
        opened.locked.extend(inner.locked);
        opened.items.extend(inner.items.into_iter().map(|part| match part.kind {
            ItemKind::Text => Item { kind: item.kind, name: item.name.clone(), ..part },
            _ => Item { name: format!("{}, {}", item.name, part.name), ..part },
        }));
    }
    Ok(opened)
}

/// One PEM text of all items; copies are left out.
pub(crate) fn to_pem(items: &[Item]) -> Zeroizing<Vec<u8>> {
    let room = items.iter().map(|item| 2 * item.bytes.len() + 128).sum();
    let mut text = Zeroizing::new(Vec::with_capacity(room));
    for (index, item) in items.iter().enumerate() {
        if items.iter().take(index).any(|before| before.bytes == item.bytes) {
            continue;
        }
        if item.bytes.first() != Some(&0x30) {
            text.extend_from_slice(&item.bytes);
            text.push(b'\n');
            continue;
        }
        let label = match item.kind {
            ItemKind::PrivateKey => Label::of_der(&item.bytes).unwrap_or("PRIVATE KEY"),
            _ => "CERTIFICATE",
        };
        text.extend_from_slice(format!("-----BEGIN {label}-----\n").as_bytes());
        for octets in item.bytes.chunks(48) {
            let mut line = Zeroizing::new([b'\n'; 65]);
            let length = BASE64.encode_slice(octets, line.as_mut_slice()).or_fault();
            text.extend_from_slice(line.get(..=length).or_fault());
        }
        text.extend_from_slice(format!("-----END {label}-----\n").as_bytes());
    }
    text
}

const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Decodes a text that is nothing but base64 and white space.
fn decode(text: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut digits = Zeroizing::new(Vec::with_capacity(text.len()));
    digits.extend(text.bytes().filter(|byte| !byte.is_ascii_whitespace()));
    let mut decoded = Zeroizing::new(vec![0; digits.len()]);
    let length = BASE64.decode_slice(&*digits, &mut decoded).ok().filter(|&length| length > 0)?;
    decoded.truncate(length);
    Some(decoded)
}
