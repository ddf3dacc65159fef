//! What a file holds that is a body, a PEM text, DER, or a container of these: its certificates, their place in the chain,
//! and its private keys. For showing them; nothing here is judged.

pub mod extensions;
pub mod json;

use std::collections::HashMap;

use crate::api::Field;
use crate::chain::Chain;
use crate::chain::budget::SignatureVerifier;
use crate::chain::signature::Signature;
use crate::containers;
use crate::containers::{Container, Fault, ItemKind, Opened, Passwords};
use crate::facts::Facts;
use crate::keys;
use crate::keys::{ActualStructure, KeyFault};
use crate::pem;
use crate::pem::{BlockContent, Label, NonPemContent, PemBlock, PemText};
use crate::settings::Settings;
use crate::source_map::{MAX_LENGTH, SourceMapBuilder, SourceMappedStr};
use crate::span::Span;
use crate::timestamp::Timestamp;
use crate::x509;
use crate::x509::{Certificate, CertificateFault};

/// What a file holds.
#[derive(Debug)]
pub struct Contents {
    /// How it is written.
    pub form: Form,
    /// Its texts that can hold something: the PEM members of a body, or the file itself.
    pub texts: Vec<FileText>,
    /// Its certificates, in their order.
    pub certificates: Vec<InspectedCertificate>,
    /// The names of members that hold something and were not looked into, as the service does not
    /// either: the signing pair where `algorithm_type` is not `SM2`.
    pub not_read: Vec<String>,
    /// What could not be decrypted, and why.
    pub locked: Vec<String>,
}

/// How a file is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A JSON object: a body.
    Body,
    /// Something that begins like one and is no JSON.
    BrokenBody,
    /// PEM, or text that ought to be.
    Pem,
    /// A certificate or a private key in DER.
    Der,
    /// Another form, that was opened.
    Container(Container),
    /// A certificate in DER, but not quite.
    BrokenCertificate(CertificateFault),
    /// A private key in DER, but not quite, or another structure.
    BrokenKey(KeyFault),
}

/// A text that holds blocks.
#[derive(Debug)]
pub struct FileText {
    /// The member of the body that it is; `None` for a file of its own.
    pub field: Option<Field>,
    /// What the member is called in the body, fit to print; empty for a file of its own.
    pub name: String,
    /// Its blocks, in their order; DER counts as one.
    pub blocks: Vec<PemBlock>,
    /// Whether it is damaged and was read as if repaired.
    pub is_repaired: bool,
    /// What it is, when it holds no block.
    pub instead: Option<NonPemContent>,
}

/// A certificate of a file.
#[derive(Debug)]
pub struct InspectedCertificate {
    /// The text that it stands in, counted from 0.
    pub text: usize,
    /// The block of the text, counted from 0.
    pub block: usize,
    /// Its place among the certificates of its text.
    pub place: ChainPosition,
    /// Who issued it, if that one is in the file; an index of [`Contents::certificates`].
    pub issuer: Option<Issuer>,
}

/// Where a certificate stands in the chain of its text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChainPosition {
    /// At the bottom, and no authority where that is left to the certificate to say.
    Leaf,
    /// Above another one, or an authority at the bottom.
    Intermediate,
    /// At the top: its own issuer.
    Root,
    /// In `trusted_root_ca`.
    Anchor,
    /// A copy of another one of its text.
    Copy(usize),
    /// In no path from the leaf.
    Unrelated,
    /// There is no telling: the certificate at the bottom cannot be read.
    Unknown,
}

/// Who issued a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Issuer {
    /// Its index.
    pub index: usize,
    /// Whether its key made the signature.
    pub signature: Signature,
}

/// So many certificates of the same name are tried as issuer of one.
const MAX_TRIES: usize = 4;

impl Contents {
    /// Reads what a file holds. This cannot fail: what is broken is a fact.
    #[must_use]
    pub fn read(bytes: &[u8]) -> Self {
        let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        if text.trim_ascii_start().starts_with(b"{") {
            return Self::of_body(bytes);
        }
        if let Some((form, block)) = read_der(bytes) {
            let blocks = block.into_iter().collect();
            let text =
                FileText { field: None, name: String::new(), blocks, is_repaired: false, instead: None };
            return Self::of_text(form, text);
        }
        Self::of_text(Form::Pem, FileText::new(None, String::new(), pem::read(&lossy(bytes))))
    }

    /// Reads what a file holds, a container with these passwords.
    ///
    /// # Errors
    ///
    /// If a container is damaged, or cannot be decrypted with the passwords that are given. What needs a password,
    /// and none is given, is not an error.
    pub fn open(bytes: &[u8], passwords: &Passwords) -> Result<Self, Fault> {
        let Some(opened) = containers::open(bytes, passwords)? else { return Ok(Self::read(bytes)) };
        if let Some((_, fault)) = opened.locked.iter().find(|(_, fault)| *fault != Fault::NeedsPassword) {
            return Err(fault.clone());
        }
        // An encrypted key that is not decrypted is shown as such.
        let is_plain = matches!(opened.container, Container::Pem | Container::EncryptedKey);
        let is_text = opened.items.iter().all(|item| item.kind == ItemKind::Text);
        Ok(if is_plain && is_text { Self::read(bytes) } else { Self::of_container(&opened) })
    }

    /// What is in a container.
    #[must_use]
    pub fn of_container(opened: &Opened) -> Self {
        let text = containers::to_pem(&opened.items);
        let text = FileText::new(None, String::new(), pem::read(&lossy(&text)));
        let said = |(kind, fault): &(ItemKind, Fault)| match kind {
            ItemKind::PrivateKey => format!("a private key {fault}"),
            _ => format!("a part with certificates {fault}"),
        };
        Self {
            locked: opened.locked.iter().map(said).collect(),
            ..Self::of_text(Form::Container(opened.container), text)
        }
    }

    /// A certificate by its index.
    #[must_use]
    pub fn certificate(&self, index: usize) -> Option<&Certificate> {
        self.block(self.certificates.get(index)?)?.certificate()
    }

    /// The block in which a certificate stands.
    #[must_use]
    pub fn block(&self, seen: &InspectedCertificate) -> Option<&PemBlock> {
        self.texts.get(seen.text)?.blocks.get(seen.block)
    }

    fn of_body(bytes: &[u8]) -> Self {
        // What the body is judged by has no influence on what is in it.
        let settings = Settings::at(Timestamp::END_OF_32_BITS);
        let verifier = SignatureVerifier::new();
        let facts = Facts::analyze(bytes, &settings);
        if facts.slots().next().is_none() {
            return Self {
                form: Form::BrokenBody,
                texts: Vec::new(),
                certificates: Vec::new(),
                not_read: Vec::new(),
                locked: Vec::new(),
            };
        }
        let not_read = facts
            .slots()
            .filter(|slot| slot.field.is_pem() && !facts.is_read(slot.field))
            .filter_map(|slot| Some(slot.filled()?.shown_name().into_owned()))
            .collect();
        let found: Vec<(Field, usize, Chain)> = facts
            .slots()
            .filter_map(|slot| {
                let (text, member) = (slot.pem()?, slot.member?);
                let pair = facts.pairs.iter().find(|pair| pair.certificate_field == slot.field);
                let chain = pair.map_or_else(|| chain_of(&text.blocks, &verifier), |pair| pair.chain.clone());
                Some((slot.field, member.index, chain))
            })
            .collect();
        let mut body = facts.body;
        let texts = found.into_iter().filter_map(|(field, index, chain)| {
            let member = body.members_mut().get_mut(index)?;
            let name = member.shown_name().into_owned();
            Some((FileText::new(Some(field), name, member.take_pem()?), chain))
        });
        Self { not_read, ..Self::of_texts(Form::Body, texts.collect(), &verifier) }
    }

    /// A file that is one text.
    fn of_text(form: Form, mut text: FileText) -> Self {
        let verifier = SignatureVerifier::new();
        for block in &mut text.blocks {
            if let BlockContent::Certificate(certificate) = &mut block.content {
                certificate.is_self_signed = certificate.is_self_issued()
                    && verifier.verify(certificate, certificate) == Signature::Valid;
            }
        }
        let chain = chain_of(&text.blocks, &verifier);
        Self::of_texts(form, vec![(text, chain)], &verifier)
    }

    fn of_texts(form: Form, texts: Vec<(FileText, Chain)>, verifier: &SignatureVerifier) -> Self {
        let mut certificates = Vec::new();
        for (index, (text, chain)) in texts.iter().enumerate() {
            let first = certificates.len();
            let readable = text
                .blocks
                .iter()
                .enumerate()
                .filter_map(|(block, content)| Some((block, content.certificate()?)));
            for (own, (block, certificate)) in readable.enumerate() {
                let place = ChainPosition::of(own, first, certificate, text.field, chain);
                let issuer = chain
                    .links
                    .iter()
                    .find(|link| link.subject == own)
                    .map(|link| Issuer { index: first + link.issuer, signature: link.signature });
                certificates.push(InspectedCertificate { text: index, block, place, issuer });
            }
        }
        let texts = texts.into_iter().map(|(text, _)| text).collect();
        let mut contents = Self { form, texts, certificates, not_read: Vec::new(), locked: Vec::new() };
        contents.find_issuers(verifier);
        contents
    }

    /// Finds who issued the certificates of which their own text does not tell.
    fn find_issuers(&mut self, verifier: &SignatureVerifier) {
        let mut by_name: HashMap<&[u8], Vec<usize>> = HashMap::new();
        for index in 0..self.certificates.len() {
            if let Some(certificate) = self.certificate(index) {
                by_name.entry(&certificate.subject.der).or_default().push(index);
            }
        }
        let found: Vec<Option<Issuer>> = (0..self.certificates.len())
            .map(|index| {
                let known = self.certificates.get(index)?.issuer;
                let certificate = self.certificate(index)?;
                if certificate.is_self_signed {
                    return Some(Issuer { index, signature: Signature::Valid });
                }
                known.or_else(|| {
                    let namesakes = by_name.get(certificate.issuer.der.as_slice())?;
                    let tried = namesakes.iter().filter(|&&namesake| namesake != index).take(MAX_TRIES);
                    let tried = tried.filter_map(|&index| {
                        let signature = verifier.verify(certificate, self.certificate(index)?);
                        Some(Issuer { index, signature })
                    });
                    best(tried).or_else(|| {
                        let signature = verifier.verify(certificate, certificate);
                        certificate.is_self_issued().then_some(Issuer { index, signature })
                    })
                })
            })
            .collect();
        for (seen, issuer) in self.certificates.iter_mut().zip(found) {
            seen.issuer = issuer;
        }
    }
}

/// The first whose key made the signature; where there is none, the first of which that is not known.
fn best(tried: impl Iterator<Item = Issuer>) -> Option<Issuer> {
    let mut best: Option<Issuer> = None;
    for issuer in tried {
        match (issuer.signature, best.map(|best| best.signature)) {
            (Signature::Valid, _) => return Some(issuer),
            (_, None) | (Signature::NotChecked(_), Some(Signature::Invalid)) => best = Some(issuer),
            _ => {}
        }
    }
    best
}

impl FileText {
    fn new(field: Option<Field>, name: String, text: PemText) -> Self {
        Self {
            field,
            name,
            is_repaired: text.damage.iter().any(|damage| !damage.kind.is_harmless()),
            blocks: text.blocks,
            instead: text.instead,
        }
    }
}

impl ChainPosition {
    /// The place of certificate `own` of a text, whose first one is certificate `first` of the file.
    fn of(own: usize, first: usize, certificate: &Certificate, field: Option<Field>, chain: &Chain) -> Self {
        if let Some(copy) = chain.copies.iter().find(|copy| copy.copy == own) {
            return Self::Copy(first + copy.original);
        }
        // The leaf of a body is what the service takes for it. A file may hold authorities alone.
        let is_authority = field.is_none() && certificate.is_ca == Some(true);
        match chain.leaf {
            _ if field == Some(Field::TrustedRootCa) => Self::Anchor,
            _ if chain.roots.contains(&own) => Self::Root,
            Some(leaf) if leaf == own && !is_authority => Self::Leaf,
            Some(leaf) if leaf == own && certificate.is_self_issued() => Self::Root,
            Some(_) if chain.path.contains(&own) => Self::Intermediate,
            Some(_) => Self::Unrelated,
            None => Self::Unknown,
        }
    }
}

/// The order of the certificates of a text; told by the first key that stands there too and belongs to
/// one of them.
fn chain_of(blocks: &[PemBlock], verifier: &SignatureVerifier) -> Chain {
    let certificates: Vec<&Certificate> = blocks.iter().filter_map(PemBlock::certificate).collect();
    let key = blocks.iter().filter_map(PemBlock::private_key).find(|key| {
        certificates.iter().any(|certificate| Some(&certificate.public_key) == key.public_key.as_ref())
    });
    Chain::read(&certificates, key, &[], verifier)
}

/// Reads a file as DER; `None` when it does not look like that. What is DER and neither a certificate
/// nor a private key has no block.
fn read_der(bytes: &[u8]) -> Option<(Form, Option<PemBlock>)> {
    if bytes.first() != Some(&0x30) {
        return None;
    }
    // No text begins like a SEQUENCE with a length of more than one octet.
    let is_der = matches!(bytes, [_, 0x80..=0x84, ..]);
    let span = Span::new(0, bytes.len());
    let block = |label, content| {
        (Form::Der, Some(PemBlock { span, label, lines: vec![0], content, actual: None, is_verified: true }))
    };
    let fault = match x509::read(bytes, span) {
        Ok(certificate) => {
            return Some(block(Label::Certificate, BlockContent::Certificate(Box::new(certificate))));
        }
        Err(fault) => fault,
    };
    Some(match keys::read(bytes, span) {
        Ok(key) => block(Label::PrivateKey, BlockContent::PrivateKey(Box::new(key))),
        Err(KeyFault::Other(ActualStructure::EncryptedKey)) => {
            block(Label::EncryptedPrivateKey, BlockContent::EncryptedPrivateKey)
        }
        Err(_) if !is_der => return None,
        Err(_) if fault == CertificateFault::TrailingBytes => (Form::BrokenCertificate(fault), None),
        Err(key_fault) => (Form::BrokenKey(key_fault), None),
    })
}

/// A file's text; what is not UTF-8 in it reads as U+FFFD.
fn lossy(bytes: &[u8]) -> SourceMappedStr {
    // Every octet that is not UTF-8 may become a character of three.
    let odd: usize = bytes.utf8_chunks().map(|chunk| chunk.invalid().len()).sum();
    // What is longer has no places, and no file is.
    let bytes = if bytes.len() + 2 * odd <= MAX_LENGTH { bytes } else { &[] };
    let mut builder = SourceMapBuilder::new(bytes.len() + 2 * odd, 0);
    let mut at = 0;
    for chunk in bytes.utf8_chunks() {
        builder.push_linear(chunk.valid(), at);
        at += chunk.valid().len();
        if !chunk.invalid().is_empty() {
            let end = at + chunk.invalid().len();
            builder.push('\u{fffd}', Span::new(at, end));
            at = end;
        }
    }
    builder.finish()
}
