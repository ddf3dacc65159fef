//! Facts: everything that is read out of a body before anything is judged.
//!
//! Parsers and cryptography live here and nowhere else. Secret bytes come in and do not get out:
//! what leaves this folder may be printed.

mod pairing;

use crate::api::Field;
use crate::chain::budget::SignatureVerifier;
use crate::chain::signature::Signature;
use crate::chain::{Chain, Duplicate, Keep, without_copies};
use crate::json::body::{Body, Content, Meaning, Shape, Word};
use crate::json::fields::Slot;
use crate::json::nested::NestedBody;
use crate::json::syntax::JsonFault;
use crate::keys::PrivateKey;
use crate::pem::placeholder::PlaceholderKind;
use crate::pem::{BlockContent, PemBlock, PemText};
use crate::settings::Settings;
use crate::source_map::SourceMappedStr;
use crate::span::{Span, characters_of};
use crate::x509::{Certificate, KeyUsage};

/// All that is known of a body.
#[derive(Debug)]
pub struct Facts<'a> {
    /// How it is to be judged.
    pub settings: &'a Settings,
    /// Its JSON text.
    pub body: Body,
    /// What is sent together: one pair for RSA and ECC; for SM2 the encryption pair and the signing
    /// pair. Empty when the body is no object.
    pub pairs: Vec<Pair>,
    /// Pairs whose parts stand in each other's place.
    pub swaps: Vec<Swap>,
    /// The body inside another value, if the input is not a body itself.
    pub nested_body: Option<NestedBody>,
}

/// A certificate field and a key field that are sent together, after swaps are undone.
#[derive(Debug)]
pub struct Pair {
    /// What it is for.
    pub role: Role,
    /// The field in which its certificates really stand.
    pub certificate_field: Field,
    /// The field in which its private key really stands.
    pub key_field: Field,
    /// The order of the certificates.
    pub chain: Chain,
}

/// What a pair is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Everything: RSA, ECC, or SM2 sent as one pair.
    Only,
    /// SM2: encryption (`cert_content`, `private_key`).
    Encryption,
    /// SM2: signing (`cert_content_sign`, `private_key_sign`).
    Signing,
}

impl Role {
    /// The documented members of the pair: certificates, then key.
    #[must_use]
    pub const fn fields(self) -> (Field, Field) {
        match self {
            Self::Only | Self::Encryption => (Field::CertContent, Field::PrivateKey),
            Self::Signing => (Field::CertContentSign, Field::PrivateKeySign),
        }
    }

    /// Whether a certificate of that usage is good for the role.
    #[must_use]
    pub const fn suits(self, usage: KeyUsage) -> bool {
        match self {
            Self::Only => true,
            Self::Encryption => usage
                .has_any(KeyUsage::KEY_ENCIPHERMENT | KeyUsage::DATA_ENCIPHERMENT | KeyUsage::KEY_AGREEMENT),
            Self::Signing => usage.has_any(KeyUsage::DIGITAL_SIGNATURE),
        }
    }
}

/// What a PEM member is to hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpectedContent {
    /// Certificates.
    Certificates,
    /// A private key.
    PrivateKey,
}

/// Members that stand in each other's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Swap {
    /// Certificate and key of a pair: the certificate field holds the key and the other way round.
    Fields(Role),
    /// SM2: the signing pair stands where the encryption pair belongs, and the other way round.
    Pairs,
    /// SM2: each private key is the other pair's.
    Keys,
    /// SM2: each certificate is the other pair's, as usage and keys both say.
    Certificates,
}

impl<'a> Facts<'a> {
    /// Reads everything out of `input`. This cannot fail: what is broken is a fact.
    #[must_use]
    pub fn analyze(input: &[u8], settings: &'a Settings) -> Self {
        let verifier = SignatureVerifier::new();
        let mut nested_body = None;
        let mut body = match std::str::from_utf8(input) {
            Ok(source) => {
                let mut body = Body::read(source);
                nested_body = NestedBody::find(source, &body);
                body.keep_fields(settings.spec().fields);
                read_contents(&mut body, source, settings);
                find_self_signed(&mut body, &verifier);
                body
            }
            Err(error) => Body::invalid(input.len(), JsonFault::not_utf8(input, &error)),
        };
        body.span = Span::new(0, input.len());
        let mut facts = Self { settings, body, pairs: Vec::new(), swaps: Vec::new(), nested_body };
        pairing::pair_up(&mut facts, &verifier);
        facts
    }

    /// A documented member, sent or not.
    #[must_use]
    pub fn slot(&self, field: Field) -> Slot<'_> {
        Slot { field, member: self.body.effective_member(field) }
    }

    /// Every field of the call, in the order of the reference page; none when the body is no object.
    pub fn slots(&self) -> impl Iterator<Item = Slot<'_>> {
        let is_object = matches!(self.body.shape, Shape::Object { .. });
        self.settings.spec().fields.iter().filter(move |_| is_object).map(|&field| self.slot(field))
    }

    /// Whether the call requires the field whatever the others say.
    #[must_use]
    pub fn is_mandatory(&self, field: Field) -> bool {
        self.settings.spec().mandatory.contains(&field)
    }

    /// The word that `type` or `algorithm_type` says, when it is one of those allowed.
    #[must_use]
    pub fn word(&self, field: Field) -> Option<&'static str> {
        match self.slot(field).word() {
            Some(Word::Exact(word)) => Some(word),
            _ => None,
        }
    }

    /// Whether the service looks at the member at all: `instance_id` only where `type` is
    /// `instance`, the signing pair only where `algorithm_type` is `SM2`.
    #[must_use]
    pub fn is_read(&self, field: Field) -> bool {
        match field {
            Field::InstanceId => self.word(Field::Type) == Some("instance"),
            Field::CertContentSign | Field::PrivateKeySign => self.word(Field::AlgorithmType) == Some("SM2"),
            _ => true,
        }
    }

    /// Whether `name` matches the pattern that API Gateway documents.
    #[must_use]
    pub fn is_valid_name(&self) -> bool {
        matches!(self.slot(Field::Name).meaning(), Some(Meaning::Name(name)) if name.fault.is_none())
    }

    /// What the PEM text of a member holds.
    #[must_use]
    pub fn pem(&self, field: Field) -> Option<&PemText> {
        self.slot(field).pem()
    }

    /// The readable certificates of a member, as written.
    pub fn certificates(&self, field: Field) -> impl Iterator<Item = &Certificate> {
        self.blocks(field).filter_map(PemBlock::certificate)
    }

    /// The blocks of a member, as written.
    pub fn blocks(&self, field: Field) -> impl Iterator<Item = &PemBlock> {
        self.pem(field).into_iter().flat_map(|text| &text.blocks)
    }

    /// The leaf of a pair.
    #[must_use]
    pub fn leaf(&self, pair: &Pair) -> Option<&Certificate> {
        self.certificates(pair.certificate_field).nth(pair.chain.leaf?)
    }

    /// The block that the service takes as the private key of a pair: the first of its field that is
    /// labelled as one.
    #[must_use]
    pub fn key_block(&self, pair: &Pair) -> Option<&PemBlock> {
        self.pem(pair.key_field)?.key_block()
    }

    /// The private key of a pair, when it could be read.
    #[must_use]
    pub fn key(&self, pair: &Pair) -> Option<&PrivateKey> {
        self.key_block(pair)?.private_key()
    }

    /// The pair that takes its certificates or its key from a member.
    #[must_use]
    pub fn pair_of(&self, field: Field) -> Option<&Pair> {
        self.pairs.iter().find(|pair| pair.certificate_field == field || pair.key_field == field)
    }

    /// What a PEM member is to hold, after swaps are undone.
    #[must_use]
    pub fn duty(&self, field: Field) -> ExpectedContent {
        if self.pairs.iter().any(|pair| pair.key_field == field) {
            ExpectedContent::PrivateKey
        } else {
            ExpectedContent::Certificates
        }
    }

    /// The certificates behind the leaf on the path of a pair, each once, in the right order.
    pub fn intermediates(&self, pair: &Pair) -> impl Iterator<Item = &Certificate> {
        let certificates: Vec<&Certificate> = self.certificates(pair.certificate_field).collect();
        let behind_leaf: Vec<usize> = pair.chain.path.iter().copied().skip(1).collect();
        behind_leaf.into_iter().filter_map(move |index| certificates.get(index).copied())
    }

    /// The readable certificates of `trusted_root_ca`, each once, and which of them are copies.
    #[must_use]
    pub fn anchors(&self) -> (Vec<&Certificate>, Vec<Duplicate>) {
        let all: Vec<&Certificate> = self.certificates(Field::TrustedRootCa).collect();
        let (kept, copies) = without_copies(Keep::First, &all);
        (kept.into_iter().filter_map(|index| all.get(index).copied()).collect(), copies)
    }

    /// Whether certificate and key of a role stand in each other's member.
    #[must_use]
    pub fn is_swapped(&self, role: Role) -> bool {
        self.swaps.contains(&Swap::Fields(role))
    }
}

/// Checks the signatures of certificates that name themselves as their issuer.
fn find_self_signed(body: &mut Body, verifier: &SignatureVerifier) {
    let Shape::Object { members, .. } = &mut body.shape else { return };
    let texts = members.iter_mut().filter_map(|member| match &mut member.content {
        Content::Text(text) => match &mut text.meaning {
            Meaning::Pem(text) => Some(text),
            _ => None,
        },
        _ => None,
    });
    for block in texts.flat_map(|text| &mut text.blocks) {
        if let BlockContent::Certificate(certificate) = &mut block.content
            && certificate.is_self_issued()
        {
            certificate.is_self_signed = verifier.verify(certificate, certificate) == Signature::Valid;
        }
    }
}

/// Reads the strings of the members that count.
fn read_contents(body: &mut Body, source: &str, settings: &Settings) {
    let is_sm2 = body.effective_member(Field::AlgorithmType).is_some_and(|member| {
        matches!(member.content, Content::Text(_))
            && SourceMappedStr::from_json(source, member.value()).as_str() == "SM2"
    });
    let counting: Vec<(Field, usize)> = Field::ALL
        .into_iter()
        .filter_map(|field| Some((field, body.effective_member(field)?.index)))
        .collect();
    let Shape::Object { members, .. } = &mut body.shape else { return };
    for (field, index) in counting {
        let Some(member) = members.get_mut(index) else { continue };
        let value = member.value();
        let Content::Text(text) = &mut member.content else { continue };
        let traced = SourceMappedStr::from_json(source, value);
        text.characters = characters_of(traced.as_str().as_bytes());
        if field.is_of_sign_pair() && !is_sm2 {
            continue;
        }
        text.stand_in = PlaceholderKind::find(field, traced.as_str());
        text.meaning = match text.stand_in {
            None if field.is_pem() => Meaning::Pem(Box::new(crate::pem::read(&traced))),
            _ => crate::json::fields::read(field, &traced, settings),
        };
        text.padding = crate::json::fields::find_padding(field, &traced);
    }
}
