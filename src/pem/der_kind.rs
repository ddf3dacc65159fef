//! What a DER text is, by the tags at its top. Nothing is read here; this is for texts whose label is
//! missing.

use crate::der::tag::{BIT_STRING, INTEGER, OBJECT_IDENTIFIER, OCTET_STRING, SEQUENCE, context_constructed};
use crate::der::{Reader, read_length};
use crate::pem::Label;
use crate::pem::damage::DerKind;

/// Formats that base64 may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    /// DER
    Der(DerKind),
    /// PKCS#12
    Pkcs12,
    /// SM2EnvelopedKey (GM/T 0009)
    EnvelopedKey,
    /// A Java keystore
    JavaKeyStore,
    /// A private key as OpenSSH writes it
    OpensshPrivateKey,
    /// OpenPGP
    Pgp,
}

impl Binary {
    /// The label that its PEM block has.
    #[must_use]
    pub const fn label(self) -> Option<Label> {
        match self {
            Self::Der(kind) => kind.label(),
            Self::OpensshPrivateKey => Some(Label::OpensshPrivateKey),
            Self::Pgp => Some(Label::Pgp),
            Self::Pkcs12 | Self::EnvelopedKey | Self::JavaKeyStore => None,
        }
    }

    /// What it is called in messages.
    #[must_use]
    pub fn describe(self) -> &'static str {
        match self {
            Self::Pkcs12 => "a PKCS#12 store",
            Self::EnvelopedKey => "an enveloped SM2 key (GM/T 0009)",
            Self::JavaKeyStore => "a Java keystore",
            _ => self.label().map_or("DER of an unknown kind", Label::describe),
        }
    }
}

/// What the DER of a block is, if it is known to be something else than `label` says.
pub(super) fn identify_other(label: Label, der: &[u8]) -> Option<Binary> {
    let found = identify(der)?;
    let is_as_labelled = match found.label() {
        None => matches!(found, Binary::Der(_)),
        Some(Label::Certificate) => {
            matches!(label, Label::Certificate | Label::X509Certificate | Label::TrustedCertificate)
        }
        // The parameters of a key look like one.
        Some(Label::PublicKey | Label::DhParameters) => !matches!(label, Label::Certificate),
        Some(key) if key.is_private_key() => label.is_private_key(),
        Some(other) => other == label,
    };
    (!is_as_labelled).then_some(found)
}

/// What some bytes are; `None` when they are nothing known.
pub(super) fn identify(bytes: &[u8]) -> Option<Binary> {
    if bytes.starts_with(&[0xfe, 0xed, 0xfe, 0xed]) || bytes.starts_with(&[0xce, 0xce, 0xce, 0xce]) {
        return Some(Binary::JavaKeyStore);
    }
    if bytes.starts_with(b"openssh-key-v1\0") {
        return Some(Binary::OpensshPrivateKey);
    }
    // Secret and public key packets in the old format with a length of two octets, version 3 or 4
    // (RFC 9580 sections 4.2.2 and 5.5).
    if matches!(bytes, [0x95 | 0x99, _, _, 3 | 4, ..]) {
        return Some(Binary::Pgp);
    }
    let mut reader = Reader::new(bytes);
    let outer = match reader.element() {
        Ok(outer) if outer.tag == SEQUENCE && reader.is_empty() => outer.content,
        _ if matches!(bytes, [0x30, 0x82..=0x83, ..]) => return Some(Binary::Der(DerKind::Unknown)),
        _ => return None,
    };
    let parts = children(outer);
    let tags: Vec<u8> = parts.iter().map(|(tag, _)| *tag).collect();
    let first = parts.first().map(|(_, content)| *content).unwrap_or_default();
    let second = parts.get(1).map(|(_, content)| *content).unwrap_or_default();
    let label = match tags.as_slice() {
        [INTEGER, SEQUENCE, ..] if first == [3] => return Some(Binary::Pkcs12),
        [INTEGER, INTEGER, INTEGER, INTEGER, INTEGER, INTEGER] => Label::DsaPrivateKey,
        [INTEGER, INTEGER, INTEGER, INTEGER, INTEGER, INTEGER, INTEGER, INTEGER, INTEGER, ..] => {
            Label::RsaPrivateKey
        }
        [INTEGER, OCTET_STRING, ..] if first == [1] => Label::EcPrivateKey,
        [INTEGER, SEQUENCE, OCTET_STRING, ..] => Label::PrivateKey,
        [SEQUENCE, OCTET_STRING] => Label::EncryptedPrivateKey,
        [SEQUENCE, SEQUENCE, BIT_STRING, BIT_STRING] => return Some(Binary::EnvelopedKey),
        [SEQUENCE, SEQUENCE, BIT_STRING] => return Some(Binary::Der(signed(first))),
        [SEQUENCE, BIT_STRING] => return Some(out_of_place(Label::PublicKey)),
        [OBJECT_IDENTIFIER, CONTEXT_0] => return Some(out_of_place(Label::Pkcs7)),
        [INTEGER, INTEGER] if second.len() <= 8 => return Some(out_of_place(Label::PublicKey)),
        [INTEGER, INTEGER, ..] => return Some(out_of_place(Label::DhParameters)),
        _ => return Some(Binary::Der(DerKind::Unknown)),
    };
    Some(Binary::Der(DerKind::Labelled(label)))
}

/// The length that a DER text has by its own account, if it begins like one.
pub(super) fn claimed_length(bytes: &[u8]) -> Option<usize> {
    let (&0x30, after) = bytes.split_first()? else { return None };
    let (length, content) = read_length(after).ok()?;
    Some(length + (bytes.len() - content.len()))
}

const CONTEXT_0: u8 = context_constructed(0);

const fn out_of_place(label: Label) -> Binary {
    Binary::Der(DerKind::OutOfPlace(label))
}

/// Tells signed structures apart by what is signed.
fn signed(content: &[u8]) -> DerKind {
    let tags: Vec<u8> = children(content).iter().map(|(tag, _)| *tag).collect();
    match tags.as_slice() {
        [CONTEXT_0, INTEGER, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE, ..]
        | [INTEGER, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE, SEQUENCE, ..] => {
            DerKind::Labelled(Label::Certificate)
        }
        [INTEGER, SEQUENCE, SEQUENCE, CONTEXT_0] | [INTEGER, SEQUENCE, SEQUENCE] => {
            DerKind::OutOfPlace(Label::CertificateRequest)
        }
        [SEQUENCE, SEQUENCE, 0x17 | 0x18, ..] | [INTEGER, SEQUENCE, SEQUENCE, 0x17 | 0x18, ..] => {
            DerKind::OutOfPlace(Label::Crl)
        }
        _ => DerKind::Unknown,
    }
}

/// The first parts of a structure; as many as are needed to tell kinds apart.
fn children(content: &[u8]) -> Vec<(u8, &[u8])> {
    let mut reader = Reader::new(content);
    std::iter::from_fn(|| reader.element().ok().map(|part| (part.tag, part.content))).take(12).collect()
}
