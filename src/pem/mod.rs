//! The text of a PEM field: what is damaged, what is in its blocks, and where.
//!
//! Damage with a safe repair is recorded, repaired in memory with the places kept, and the text is
//! read on. What a block's DER holds is read by `certificate` and `key`.

mod base64_engines;
mod block_base64;
mod blocks;
mod boundary;
mod characters;
mod content;
mod damage;
mod damage_log;
mod der_kind;
mod encodings;
mod headerless;
mod inventory;
pub(crate) mod known_content;
mod line_prefix;
pub mod placeholder;
mod strict;
mod tokens;

pub(crate) use crate::pem::inventory::{BlockIdentity, BlockKind, Inventory, has_stray_base64};

pub use crate::pem::der_kind::Binary;
pub use crate::pem::known_content::KnownContent;

pub use crate::pem::damage::{
    Base64Fault, BoundaryFault, Damage, DamageKind, DerKind, Encoding, Invisible, LinePrefix, MAX_PLACES,
    Missing, OddLine, Outside, Repair, Separator, Spelling, Untidiness,
};

use crate::der::Reader;
use crate::edit::Edit;
use crate::keys::{KeyConsistency, KeyFault, PrivateKey};
use crate::pem::damage::DamageLog;
use crate::pem::damage_log::DamageRecorder;
use crate::pem::encodings::Layer;
use crate::secret::Secret;
use crate::source_map::SourceMappedStr;
use crate::span::Span;
use crate::x509::{Certificate, CertificateFault};

/// What the text of a PEM field holds.
#[derive(Clone, Debug)]
pub struct PemText {
    /// The content of the string, between its quotes.
    pub span: Span,
    /// What is wrong with how it is written, in the order of the repairs.
    pub damage: Vec<Damage>,
    /// The blocks that were found, in their order; after repairs.
    pub blocks: Vec<PemBlock>,
    /// Whether one of them is, or was meant to be, a certificate.
    pub has_certificate: bool,
    /// Whether one of them is, or was meant to be, a private key.
    pub has_private_key: bool,
    /// The place of `key_block`.
    key: Option<usize>,
    /// Whether the text is itself encoded.
    is_encoded: bool,
    /// What the text is, when it holds no block.
    pub instead: Option<NonPemContent>,
}

impl PemText {
    /// Whether every block decodes to what its label says, once safe repairs are made. In any other text they
    /// are not made: how it is written may be all that is left to save a key with.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        !self.blocks.is_empty() && self.blocks.iter().all(|block| block.is_verified)
    }

    /// The block that the service takes for the key: the first that is labelled as a private key.
    #[must_use]
    pub fn key_block(&self) -> Option<&PemBlock> {
        self.blocks.get(self.key?)
    }

    /// What to delete so that a block is gone and the others stand as before: up to the next block,
    /// or, for the last one, from the end of the one before.
    #[must_use]
    pub fn removal(&self, block: &PemBlock) -> Span {
        let before = self.blocks.partition_point(|other| other.span.start < block.span.start);
        let through = self.blocks.partition_point(|other| other.span.start <= block.span.start);
        let previous = before.checked_sub(1).and_then(|index| self.blocks.get(index));
        match (self.blocks.get(through), previous) {
            (Some(next), _) => Span::new(block.span.start, next.span.start),
            (None, Some(previous)) => Span::new(previous.span.end, block.span.end),
            (None, None) => block.span,
        }
    }

    /// Whether the text is itself encoded. What is written in it can be moved or dropped only once that
    /// is undone.
    #[must_use]
    pub const fn is_encoded(&self) -> bool {
        self.is_encoded
    }

    /// What to delete so that some blocks are gone, in their order, and the others stand as before: up to
    /// the next block, or, of the last one, from the end of the one before. Neighbours go in one piece, so
    /// that no two spans overlap.
    pub fn removals(&self, is_to_go: impl Fn(&PemBlock) -> bool) -> Vec<Span> {
        let mut removals = Vec::new();
        let mut previous: Option<&PemBlock> = None;
        let mut run: Option<Span> = None;
        for block in &self.blocks {
            if is_to_go(block) {
                run = Some(run.unwrap_or(block.span).to(block.span));
                continue;
            }
            if let Some(run) = run.take() {
                removals.push(Span::new(run.start, block.span.start));
            }
            previous = Some(block);
        }
        if let Some(run) = run {
            let start = previous.map_or(run.start, |previous| previous.span.end);
            removals.push(Span::new(start, run.end));
        }
        removals
    }
}

/// A PEM block (RFC 7468).
#[derive(Clone, Debug)]
pub struct PemBlock {
    /// From the first dash of BEGIN to the last dash of END.
    pub span: Span,
    /// The label between the dashes.
    pub label: Label,
    /// Where its lines begin, the BEGIN line first.
    pub lines: Vec<u32>,
    /// What it holds.
    pub content: BlockContent,
    /// What it holds, if that is known and is not what its label says.
    pub actual: Option<Binary>,
    /// Whether it decodes to what its label says: a certificate or a private key that can be read, DER for
    /// any other label.
    pub is_verified: bool,
}

impl PemBlock {
    /// Reads what is in a block.
    fn of(raw: RawBlock) -> Self {
        let RawBlock { span, label, is_encrypted, lines, der, .. } = raw;
        let content = match &der {
            Some(der) => content::read(label, is_encrypted, der, span),
            None => BlockContent::Undecodable,
        };
        let is_der = || der.as_ref().is_some_and(|der| is_one_element(der.expose()));
        let is_verified = match &content {
            BlockContent::Certificate(_) => true,
            // What is left over may have been in the middle of the key, unless its numbers tell otherwise.
            BlockContent::PrivateKey(key) => {
                let has_leftover = key.leftover.after > 0 || key.leftover.inside > 0;
                !matches!(key.soundness, KeyConsistency::Corrupt(_)) && (key.is_confirmed || !has_leftover)
            }
            BlockContent::EncryptedPrivateKey | BlockContent::Other => is_der(),
            BlockContent::UnreadableCertificate(_)
            | BlockContent::UnreadablePrivateKey(_)
            | BlockContent::Undecodable => false,
        };
        let actual = match content {
            BlockContent::UnreadableCertificate(_)
            | BlockContent::UnreadablePrivateKey(_)
            | BlockContent::Other => {
                der.as_ref().and_then(|der| der_kind::identify_other(label, der.expose()))
            }
            _ => None,
        };
        Self { span, label, lines, content, actual, is_verified }
    }

    /// The certificate in it.
    #[must_use]
    pub fn certificate(&self) -> Option<&Certificate> {
        match &self.content {
            BlockContent::Certificate(certificate) => Some(certificate),
            _ => None,
        }
    }

    /// What stands between its BEGIN line and its END line.
    #[must_use]
    pub fn body(&self) -> Option<Span> {
        let [_, first, .., last] = *self.lines.as_slice() else { return None };
        (first < last).then(|| Span::new(first as usize, last as usize))
    }

    /// The private key in it, read and not encrypted.
    #[must_use]
    pub fn private_key(&self) -> Option<&PrivateKey> {
        match &self.content {
            BlockContent::PrivateKey(key) => Some(key),
            _ => None,
        }
    }

    /// Whether it is, or was meant to be, a certificate.
    #[must_use]
    pub const fn is_certificate(&self) -> bool {
        matches!(self.content, BlockContent::Certificate(_) | BlockContent::UnreadableCertificate(_))
            || matches!((&self.content, self.label), (BlockContent::Undecodable, Label::Certificate))
    }

    /// Whether it is, or was meant to be, a private key that the service reads or refuses as such.
    #[must_use]
    pub const fn is_private_key(&self) -> bool {
        matches!(
            self.content,
            BlockContent::PrivateKey(_)
                | BlockContent::UnreadablePrivateKey(_)
                | BlockContent::EncryptedPrivateKey
        ) || matches!((&self.content, self.label), (BlockContent::Undecodable, label) if label.is_private_key())
    }
}

/// The label of a PEM block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Label {
    /// `CERTIFICATE`
    Certificate,
    /// `PRIVATE KEY`
    PrivateKey,
    /// `RSA PRIVATE KEY`
    RsaPrivateKey,
    /// `EC PRIVATE KEY`
    EcPrivateKey,
    /// `SM2 PRIVATE KEY`
    Sm2PrivateKey,
    /// `DSA PRIVATE KEY`
    DsaPrivateKey,
    /// `ENCRYPTED PRIVATE KEY`
    EncryptedPrivateKey,
    /// `ANY PRIVATE KEY`-like labels: the word pair at the end of an unknown label
    OtherPrivateKey,
    /// `OPENSSH PRIVATE KEY`
    OpensshPrivateKey,
    /// `PGP PRIVATE KEY BLOCK`, `PGP PUBLIC KEY BLOCK`, `PGP MESSAGE`
    Pgp,
    /// `SSH2 PUBLIC KEY`, `SSH2 ENCRYPTED PRIVATE KEY`
    Ssh2,
    /// `TRUSTED CERTIFICATE`
    TrustedCertificate,
    /// `X509 CERTIFICATE`
    X509Certificate,
    /// `CERTIFICATE REQUEST`, `NEW CERTIFICATE REQUEST`
    CertificateRequest,
    /// `X509 CRL`
    Crl,
    /// `PKCS7`, `PKCS #7 SIGNED DATA`, `CMS`
    Pkcs7,
    /// `PUBLIC KEY`, `RSA PUBLIC KEY`
    PublicKey,
    /// `EC PARAMETERS`
    EcParameters,
    /// `SM2 PARAMETERS`
    Sm2Parameters,
    /// `DSA PARAMETERS`
    DsaParameters,
    /// `DH PARAMETERS`, `X9.42 DH PARAMETERS`
    DhParameters,
    /// `ATTRIBUTE CERTIFICATE`
    AttributeCertificate,
    /// `AGE ENCRYPTED FILE`
    AgeFile,
    /// Any other.
    Other,
}

impl Label {
    /// The label of what looks like a certificate, a private key, or something else that has one, in
    /// DER; as it is written in armour.
    #[must_use]
    pub fn of_der(der: &[u8]) -> Option<&'static str> {
        let der_kind::Binary::Der(DerKind::Labelled(label) | DerKind::OutOfPlace(label)) =
            der_kind::identify(der)?
        else {
            return None;
        };
        Self::WRITTEN.into_iter().find(|(_, known)| *known == label).map(|(written, _)| written)
    }

    /// How long a DER text is by its own account, if the bytes begin with one that is all there.
    #[must_use]
    pub fn length_of_der(bytes: &[u8]) -> Option<usize> {
        der_kind::claimed_length(bytes).filter(|&length| length <= bytes.len())
    }

    /// The known labels as they are written in armour. Where two stand for one kind, both are here.
    pub const WRITTEN: [(&'static str, Self); 32] = [
        ("CERTIFICATE", Self::Certificate),
        ("PRIVATE KEY", Self::PrivateKey),
        ("RSA PRIVATE KEY", Self::RsaPrivateKey),
        ("EC PRIVATE KEY", Self::EcPrivateKey),
        ("SM2 PRIVATE KEY", Self::Sm2PrivateKey),
        ("DSA PRIVATE KEY", Self::DsaPrivateKey),
        ("ENCRYPTED PRIVATE KEY", Self::EncryptedPrivateKey),
        ("ANY PRIVATE KEY", Self::OtherPrivateKey),
        ("OPENSSH PRIVATE KEY", Self::OpensshPrivateKey),
        ("PGP PRIVATE KEY BLOCK", Self::Pgp),
        ("PGP PUBLIC KEY BLOCK", Self::Pgp),
        ("PGP MESSAGE", Self::Pgp),
        ("SSH2 PUBLIC KEY", Self::Ssh2),
        ("SSH2 ENCRYPTED PRIVATE KEY", Self::Ssh2),
        ("TRUSTED CERTIFICATE", Self::TrustedCertificate),
        ("X509 CERTIFICATE", Self::X509Certificate),
        ("CERTIFICATE REQUEST", Self::CertificateRequest),
        ("NEW CERTIFICATE REQUEST", Self::CertificateRequest),
        ("X509 CRL", Self::Crl),
        ("PKCS7", Self::Pkcs7),
        ("PKCS #7 SIGNED DATA", Self::Pkcs7),
        ("CMS", Self::Pkcs7),
        ("PUBLIC KEY", Self::PublicKey),
        ("RSA PUBLIC KEY", Self::PublicKey),
        ("EC PARAMETERS", Self::EcParameters),
        ("SM2 PARAMETERS", Self::Sm2Parameters),
        ("DSA PARAMETERS", Self::DsaParameters),
        ("DH PARAMETERS", Self::DhParameters),
        ("X9.42 DH PARAMETERS", Self::DhParameters),
        ("ATTRIBUTE CERTIFICATE", Self::AttributeCertificate),
        ("AGE ENCRYPTED FILE", Self::AgeFile),
        ("PARAMETERS", Self::EcParameters),
    ];

    /// The kind of a label as written between the dashes.
    #[must_use]
    pub fn from_written(written: &str) -> Self {
        Self::WRITTEN.into_iter().find(|(known, _)| *known == written).map_or_else(
            || if written.ends_with(boundary::KEY) { Self::OtherPrivateKey } else { Self::Other },
            |(_, label)| label,
        )
    }

    /// Whether the service tries to read the block as a private key.
    #[must_use]
    pub const fn is_private_key(self) -> bool {
        matches!(
            self,
            Self::PrivateKey
                | Self::RsaPrivateKey
                | Self::EcPrivateKey
                | Self::Sm2PrivateKey
                | Self::DsaPrivateKey
                | Self::EncryptedPrivateKey
                | Self::OtherPrivateKey
                | Self::OpensshPrivateKey
        )
    }

    /// The label as written, if only one spelling of it is known.
    #[must_use]
    pub fn written(self) -> Option<&'static str> {
        let mut known = Self::WRITTEN.into_iter().filter(|(_, label)| *label == self);
        let (written, _) = known.next()?;
        (self != Self::OtherPrivateKey && known.next().is_none()).then_some(written)
    }

    /// What a block of this label is called in messages.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Certificate => "a certificate",
            Self::PrivateKey | Self::OtherPrivateKey => "a private key",
            Self::RsaPrivateKey => "an RSA private key",
            Self::EcPrivateKey => "an EC private key",
            Self::Sm2PrivateKey => "an SM2 private key",
            Self::DsaPrivateKey => "a DSA private key",
            Self::EncryptedPrivateKey => "an encrypted private key",
            Self::OpensshPrivateKey => "an OpenSSH private key",
            Self::Pgp => "an OpenPGP block",
            Self::Ssh2 => "an SSH key",
            Self::TrustedCertificate => "an OpenSSL trusted certificate",
            Self::X509Certificate => "a certificate with the outdated label X509 CERTIFICATE",
            Self::CertificateRequest => "a certificate request",
            Self::Crl => "a certificate revocation list",
            Self::Pkcs7 => "a PKCS#7 bundle",
            Self::PublicKey => "a public key",
            Self::EcParameters | Self::Sm2Parameters => "EC parameters",
            Self::DsaParameters => "DSA parameters",
            Self::DhParameters => "Diffie-Hellman parameters",
            Self::AttributeCertificate => "an attribute certificate",
            Self::AgeFile => "a file encrypted with age",
            Self::Other => "a block with an unknown label",
        }
    }
}

/// What is in a PEM block.
#[derive(Clone, Debug)]
pub enum BlockContent {
    /// A certificate.
    Certificate(Box<Certificate>),
    /// Labelled as a certificate, and none.
    UnreadableCertificate(CertificateFault),
    /// A private key.
    PrivateKey(Box<PrivateKey>),
    /// Labelled as a private key, and none.
    UnreadablePrivateKey(KeyFault),
    /// An encrypted private key: PKCS#8 `ENCRYPTED PRIVATE KEY`, or `Proc-Type: 4,ENCRYPTED`.
    EncryptedPrivateKey,
    /// Something else, as its label says; not looked into.
    Other,
    /// The base64 could not be decoded, or the block has no end.
    Undecodable,
}

/// What stands in a PEM field that holds no block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NonPemContent {
    /// White space.
    Blank,
    /// Blocks with nothing in them.
    EmptyBlock,
    /// Content of a known kind.
    Known(KnownContent),
    /// Nothing known.
    Unknown,
}

/// Reads the text of a PEM member.
pub(crate) fn read(text: &SourceMappedStr) -> PemText {
    let Scan { damage, blocks, instead } = scan(text);
    let blocks: Vec<PemBlock> = blocks.into_iter().map(PemBlock::of).collect();
    let repairs = damage.iter().filter_map(|damage| damage.repair.as_ref());
    let is_encoded = repairs.flat_map(|repair| &repair.edits).any(|edit| matches!(edit, Edit::Decode { .. }));
    PemText {
        span: text.span(0..text.as_str().len()),
        is_encoded,
        damage,
        has_certificate: blocks.iter().any(PemBlock::is_certificate),
        has_private_key: blocks.iter().any(PemBlock::is_private_key),
        key: blocks.iter().position(|block| block.label.is_private_key()),
        blocks,
        instead,
    }
}

/// Whether some bytes are one DER element and nothing else.
fn is_one_element(bytes: &[u8]) -> bool {
    let mut reader = Reader::new(bytes);
    reader.element().is_ok() && reader.is_empty()
}

/// What was found in a text, before anything is made of the DER.
struct Scan {
    damage: Vec<Damage>,
    blocks: Vec<RawBlock>,
    instead: Option<NonPemContent>,
}

/// A block whose DER is not looked into.
struct RawBlock {
    span: Span,
    label: Label,
    is_encrypted: bool,
    lines: Vec<u32>,
    /// Whether there is no base64 in it.
    is_empty: bool,
    /// `None` when it cannot be decoded without a guess.
    der: Option<Secret<Vec<u8>>>,
}

/// How many encodings around each other are undone.
const LAYERS: usize = 6;

fn scan(text: &SourceMappedStr) -> Scan {
    if let Some(blocks) = strict::read(text) {
        return Scan { damage: Vec::new(), blocks, instead: None };
    }
    let mut ledger = DamageLog::default();
    let mut inner: Option<SourceMappedStr> = None;
    let mut depth = 0;
    loop {
        let mut recorder = DamageRecorder::new(inner.as_ref().unwrap_or(text), inner.is_some(), &mut ledger);
        let layer = encodings::peel(&mut recorder);
        let (blocks, instead) = match layer {
            Layer::Inner(next) if depth < LAYERS => {
                inner = Some(next);
                depth += 1;
                continue;
            }
            Layer::Armoured(boundaries) => armoured(recorder, &boundaries),
            Layer::Inner(_) => (Vec::new(), Some(NonPemContent::Unknown)),
            Layer::Bare => match headerless::read(&mut recorder) {
                headerless::Found::Block(block) => (vec![block], None),
                headerless::Found::Nothing => (Vec::new(), None),
                headerless::Found::NonPemContent(instead) => (Vec::new(), Some(instead)),
            },
        };
        return Scan { damage: ledger.finish(), blocks, instead };
    }
}

/// Reads blocks. When all of them are empty, nothing more is said of each.
fn armoured(
    recorder: DamageRecorder<'_>,
    boundaries: &[boundary::Boundary],
) -> (Vec<RawBlock>, Option<NonPemContent>) {
    let mut blocks = blocks::read(recorder, boundaries);
    let is_empty = blocks.iter().all(|block| block.is_empty && block.der.is_some());
    if is_empty {
        for block in &mut blocks {
            block.der = None;
        }
    }
    (blocks, is_empty.then_some(NonPemContent::EmptyBlock))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, clippy::print_stderr)]

    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    use super::*;

    /// What the service would look at of some blocks: label and DER of certificates and keys.
    fn wanted(blocks: impl Iterator<Item = (Label, Option<String>)>) -> Vec<(Label, Option<String>)> {
        blocks.filter(|(label, _)| label.is_private_key() || *label == Label::Certificate).collect()
    }

    /// The engine that looks at many octets at once is of one mind with the one that does not, which Go's answers
    /// are compared with: for every length, and with every octet in the place of any other.
    #[test]
    fn base64_is_decoded_in_one_way() {
        use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
        let config = GeneralPurposeConfig::new()
            .with_decode_allow_trailing_bits(true)
            .with_decode_padding_mode(DecodePaddingMode::RequireCanonical);
        let plain = GeneralPurpose::new(&base64::alphabet::STANDARD, config);
        let octets: Vec<u8> = (0..150_u32).map(|at| (at * 197 + at * at * 31).to_le_bytes()[0]).collect();
        let text = STANDARD.encode(&octets);
        for length in 0..=text.len() {
            let cut = &text.as_bytes()[..length];
            let decoded =
                base64_engines::decoded(&*base64_engines::AS_GO, cut).map(|bytes| bytes.expose().clone());
            assert_eq!(decoded, plain.decode(cut).ok(), "{length}");
        }
        for at in 0..text.len() {
            for octet in 0..=u8::MAX {
                let mut changed = text.clone().into_bytes();
                changed[at] = octet;
                let decoded = base64_engines::decoded(&*base64_engines::AS_GO, &changed)
                    .map(|bytes| bytes.expose().clone());
                assert_eq!(decoded, plain.decode(&changed).ok(), "{octet} at {at}");
            }
        }
    }

    /// Where Go reads all that is there, nothing may be called an error, and where something is
    /// called one, Go must not read all that is seen. The file is made by `fixtures/pem/oracle.go`;
    /// `GO_ANSWERS` may name another.
    #[test]
    fn go_agrees() {
        let path = std::env::var("GO_ANSWERS")
            .unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/pem/go.ndjson").to_owned());
        let answers = std::fs::read_to_string(path).unwrap();
        let (mut failures, mut clean, mut damaged) = (Vec::new(), 0, 0);
        for line in answers.lines() {
            let answer: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = answer["text"].as_str().unwrap();
            let found = scan(&SourceMappedStr::from_plain(text, 0));
            let ours = wanted(
                found
                    .blocks
                    .iter()
                    .map(|block| (block.label, block.der.as_ref().map(|der| STANDARD.encode(der.expose())))),
            );
            let theirs = wanted(answer["blocks"].as_array().unwrap().iter().map(|block| {
                let label = Label::from_written(block["label"].as_str().unwrap());
                (label, Some(block["der"].as_str().unwrap().to_owned()))
            }));
            let errors: Vec<DamageKind> =
                found.damage.iter().map(|damage| damage.kind).filter(|kind| !kind.is_harmless()).collect();
            let is_right = if errors.is_empty() && found.instead.is_none() {
                clean += 1;
                ours == theirs
            } else {
                damaged += 1;
                // Of base64 with a colon in its first line, or spaces for `+`, Go reads something else.
                let reads_amiss = errors.iter().any(|kind| {
                    matches!(
                        kind,
                        DamageKind::Base64(Base64Fault::PlusAsSpace | Base64Fault::Foreign(Some(':')))
                    )
                });
                theirs.len() < ours.len()
                    || (theirs.is_empty() && ours.is_empty())
                    || reads_amiss
                    || found.instead == Some(NonPemContent::EmptyBlock)
            };
            if !is_right {
                failures.push(format!("{text:?}\n  {errors:?}\n  ours {ours:?}\n  Go's {theirs:?}"));
            }
        }
        assert!(clean > 400 && damaged > 400, "{clean} clean and {damaged} damaged texts prove little");
        assert!(
            failures.is_empty(),
            "{} failures\n{}",
            failures.len(),
            failures[..failures.len().min(12)].join("\n")
        );
    }

    /// Of a text whose blocks have labels of all kinds, the block that Go takes for the private key is the one that is
    /// taken here, and nothing about it is an error; where Go finds none, none is found here without an error
    /// (`fixtures/pem/oracle.go -labels`).
    #[test]
    fn go_agrees_on_labels() {
        let path = std::env::var("GO_LABELS").unwrap_or_else(|_| {
            concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/pem/labels.ndjson").to_owned()
        });
        let (mut failures, mut keys, mut none) = (Vec::new(), 0, 0);
        for line in std::fs::read_to_string(path).unwrap().lines() {
            let answer: serde_json::Value = serde_json::from_str(line).unwrap();
            let text = answer["text"].as_str().unwrap();
            let is_key = |label: &str| label == "PRIVATE KEY" || label.ends_with(" PRIVATE KEY");
            let theirs = answer["blocks"].as_array().unwrap().iter();
            let theirs: Vec<String> = theirs
                .filter(|block| is_key(block["label"].as_str().unwrap()))
                .map(|block| block["der"].as_str().unwrap().to_owned())
                .collect();
            let found = scan(&SourceMappedStr::from_plain(text, 0));
            let is_error = found.damage.iter().any(|damage| !damage.kind.is_harmless());
            let ours = found.blocks.iter().find(|block| block.label.is_private_key());
            let ours = ours.and_then(|block| Some(STANDARD.encode(block.der.as_ref()?.expose())));
            let (is_right, count) = match theirs.first() {
                // The error is about another block, which Go does not take for a key.
                Some(_) if is_error => (theirs.len() < found.blocks.len(), &mut keys),
                first @ Some(_) => (ours.as_ref() == first, &mut keys),
                None => (is_error || ours.is_none(), &mut none),
            };
            *count += 1;
            if !is_right {
                failures.push(format!("{text:?}\n  {:?}\n  ours {ours:?}\n  Go's {theirs:?}", found.damage));
            }
        }
        assert!(keys > 500 && none > 300, "{keys} texts with a key and {none} without one prove little");
        assert!(
            failures.is_empty(),
            "{} failures\n{}",
            failures.len(),
            failures[..failures.len().min(12)].join("\n")
        );
    }
}
