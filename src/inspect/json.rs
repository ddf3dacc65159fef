//! What is in a file as JSON, and the words for it that the text of `inspect` uses too.

use std::net::{Ipv4Addr, Ipv6Addr};

use serde::{Serialize, Serializer};

use crate::chain::signature::Signature;
use crate::escaped_json;
use crate::inspect::extensions::{self, Extension, ExtensionContent};
use crate::inspect::{ChainPosition, Contents, FileText, Form};
use crate::keys::public_key::{Curve, KeyAlgorithm};
use crate::keys::{ActualStructure, KeyFault, PrivateKey};
use crate::pem::{Binary, BlockContent, Label, PemBlock};
use crate::redact::printable;
use crate::response::CertificateMetadata;
use crate::x509::{Attribute, AttributeKind, CertificateFault, GeneralName, Name};

/// Of a stranger's value so many characters are shown in text.
pub(crate) const SHOWN: usize = 256;

/// What is in a file as one line of JSON, without a line feed at its end.
#[must_use]
pub fn line(path: &str, contents: &Contents) -> String {
    escaped_json::compact(&InspectLine {
        path,
        certificates: certificates(contents).collect(),
        keys: keys(contents).map(|key| key.member(contents)).collect(),
        others: others(contents).map(|(place, what)| Other { what, place }).collect(),
    })
}

#[derive(Serialize)]
pub(crate) struct InspectLine<'a> {
    pub(crate) path: &'a str,
    pub(crate) certificates: Vec<CertificateMember<'a>>,
    pub(crate) keys: Vec<KeyMember>,
    pub(crate) others: Vec<Other>,
}

/// The names of a subjectAltName, of which there may be millions: each is put into words when it is written.
pub(crate) struct Names<'a>(&'a [GeneralName]);

impl Serialize for Names<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|name| general(name, usize::MAX)))
    }
}

/// Where something stands. A file that is no body has no pointers.
#[derive(Clone, Serialize)]
pub(crate) struct Where {
    pub(crate) pointer: Option<String>,
    /// The PEM block, counted from 1.
    pub(crate) block: Option<usize>,
}

#[derive(Serialize)]
pub(crate) struct CertificateMember<'a> {
    pub(crate) index: usize,
    pub(crate) metadata: CertificateMetadata,
    pub(crate) subject: String,
    pub(crate) issuer_name: String,
    pub(crate) is_ca: bool,
    pub(crate) self_signed: bool,
    pub(crate) chain: ChainMember,
    pub(crate) subject_alt_names: Option<Names<'a>>,
    pub(crate) key_usage: Option<Vec<&'static str>>,
    pub(crate) extended_key_usage: Option<Vec<String>>,
    pub(crate) extensions: Option<Vec<ExtensionMember>>,
    pub(crate) key: KeyKind,
    pub(crate) sha256: String,
    pub(crate) spki_sha256: String,
    #[serde(flatten)]
    pub(crate) place: Where,
}

/// An extension, its texts fit to print.
#[derive(Serialize)]
pub(crate) struct ExtensionMember {
    pub(crate) oid: String,
    pub(crate) name: Option<&'static str>,
    pub(crate) critical: bool,
    pub(crate) length: usize,
    pub(crate) status: &'static str,
    pub(crate) details: Vec<Detail>,
}

#[derive(Serialize)]
pub(crate) struct Detail {
    pub(crate) kind: String,
    pub(crate) value: String,
}

#[derive(Serialize)]
pub(crate) struct ChainMember {
    pub(crate) place: &'static str,
    pub(crate) issuer: Option<usize>,
    pub(crate) signature: &'static str,
}

#[derive(Serialize)]
pub(crate) struct KeyKind {
    pub(crate) algorithm: String,
    pub(crate) bits: Option<usize>,
    pub(crate) curve: Option<String>,
}

#[derive(Serialize)]
pub(crate) struct KeyMember {
    pub(crate) format: Option<&'static str>,
    pub(crate) algorithm: Option<String>,
    pub(crate) bits: Option<usize>,
    pub(crate) curve: Option<String>,
    pub(crate) encrypted: bool,
    pub(crate) spki_sha256: Option<String>,
    pub(crate) matches: Vec<usize>,
    #[serde(flatten)]
    pub(crate) place: Where,
}

#[derive(Serialize)]
pub(crate) struct Other {
    pub(crate) what: String,
    #[serde(flatten)]
    pub(crate) place: Where,
}

pub(crate) fn certificates(contents: &Contents) -> impl Iterator<Item = CertificateMember<'_>> {
    contents.certificates.iter().enumerate().filter_map(|(index, seen)| {
        let certificate = contents.certificate(index)?;
        let text = contents.texts.get(seen.text)?;
        let public_key = &certificate.public_key;
        Some(CertificateMember {
            index,
            metadata: CertificateMetadata::of(certificate),
            subject: distinguished(&certificate.subject, usize::MAX),
            issuer_name: distinguished(&certificate.issuer, usize::MAX),
            is_ca: certificate.is_ca == Some(true),
            self_signed: certificate.is_self_signed,
            chain: ChainMember {
                place: place_word(seen.place),
                issuer: seen.issuer.map(|issuer| issuer.index),
                signature: match seen.issuer.map(|issuer| issuer.signature) {
                    Some(Signature::Valid) => "valid",
                    Some(Signature::Invalid) => "invalid",
                    Some(Signature::NotChecked(_)) | None => "not-checked",
                },
            },
            subject_alt_names: certificate.subject_alt_names.as_deref().map(Names),
            key_usage: certificate.key_usage.map(|usage| usage.names().collect()),
            extended_key_usage: certificate
                .extended_key_usage
                .as_ref()
                .map(|usage| usage.purposes.iter().map(ToString::to_string).collect()),
            extensions: extensions::read(certificate.whole.octets())
                .map(|all| all.into_iter().map(ExtensionMember::new).collect()),
            key: key_kind(&public_key.algorithm, public_key.bits),
            sha256: certificate.whole.sha256().to_string(),
            spki_sha256: public_key.sha256(),
            place: Where::of(text, contents.form, seen.block),
        })
    })
}

impl ExtensionMember {
    fn new(extension: Extension) -> Self {
        let (status, details) = match extension.content {
            ExtensionContent::Read(details) => ("read", details),
            ExtensionContent::Unknown => ("unknown", Vec::new()),
            ExtensionContent::Malformed => ("malformed", Vec::new()),
        };
        let shown = |text: &str| printable(text, usize::MAX);
        Self {
            oid: extension.oid,
            name: extension.name,
            critical: extension.critical,
            length: extension.length,
            status,
            details: details
                .into_iter()
                .map(|(kind, value)| Detail { kind: shown(&kind), value: shown(&value) })
                .collect(),
        }
    }
}

/// A private key of a file; what is encrypted is not read.
pub(crate) struct Key<'a> {
    pub(crate) read: Option<&'a PrivateKey>,
    pub(crate) label: Label,
    pub(crate) place: Where,
}

pub(crate) fn keys(contents: &Contents) -> impl Iterator<Item = Key<'_>> {
    blocks(contents).filter_map(|(block, place)| match &block.content {
        BlockContent::PrivateKey(key) => Some(Key { read: Some(key), label: block.label, place }),
        BlockContent::EncryptedPrivateKey => Some(Key { read: None, label: block.label, place }),
        _ => None,
    })
}

impl Key<'_> {
    pub(crate) fn member(&self, contents: &Contents) -> KeyMember {
        let kind = self.read.map(|key| key_kind(&key.algorithm, key.bits));
        let (algorithm, bits, curve) = match kind {
            Some(kind) => (Some(kind.algorithm), kind.bits, kind.curve),
            None => (self.labelled_algorithm().map(str::to_owned), None, None),
        };
        KeyMember {
            format: self.format(),
            algorithm,
            bits,
            curve,
            encrypted: self.read.is_none(),
            spki_sha256: self.read.and_then(|key| Some(key.public_key.as_ref()?.sha256())),
            matches: self.matches(contents),
            place: self.place.clone(),
        }
    }

    /// The structure that it is written in. Of one that is encrypted the label tells.
    pub(crate) fn format(&self) -> Option<&'static str> {
        match (self.read, self.label) {
            (Some(key), _) => Some(key.format.name()),
            (None, Label::EncryptedPrivateKey | Label::PrivateKey) => Some("PKCS#8"),
            (None, Label::RsaPrivateKey) => Some("PKCS#1"),
            (None, Label::EcPrivateKey | Label::Sm2PrivateKey) => Some("SEC1"),
            (None, Label::DsaPrivateKey) => Some("DSA"),
            _ => None,
        }
    }

    /// The algorithm that the label names.
    pub(crate) const fn labelled_algorithm(&self) -> Option<&'static str> {
        match self.label {
            Label::RsaPrivateKey => Some("RSA"),
            Label::EcPrivateKey => Some("EC"),
            Label::Sm2PrivateKey => Some("SM2"),
            Label::DsaPrivateKey => Some("DSA"),
            _ => None,
        }
    }

    /// The certificates that it belongs to.
    pub(crate) fn matches(&self, contents: &Contents) -> Vec<usize> {
        let Some(public_key) = self.read.and_then(|key| key.public_key.as_ref()) else { return Vec::new() };
        (0..contents.certificates.len())
            .filter(|&index| {
                contents.certificate(index).is_some_and(|certificate| certificate.public_key == *public_key)
            })
            .collect()
    }
}

/// Blocks that are neither a certificate nor a private key, or cannot be read, and members that are
/// not looked into.
pub(crate) fn others(contents: &Contents) -> impl Iterator<Item = (Where, String)> {
    let not_read = contents.not_read.iter().map(|name| {
        let what = "not looked into, as algorithm_type is not SM2".to_owned();
        (Where { pointer: Some(format!("/{name}")), block: None }, what)
    });
    let not_shown = blocks(contents).filter_map(|(block, place)| {
        let what = match block.content {
            BlockContent::Certificate(_)
            | BlockContent::PrivateKey(_)
            | BlockContent::EncryptedPrivateKey => return None,
            _ if block.actual.is_some() => {
                format!("{} with another label", block.actual.map_or("", Binary::describe))
            }
            BlockContent::UnreadableCertificate(fault) => describe_certificate_fault(fault).to_owned(),
            BlockContent::UnreadablePrivateKey(fault) => describe_key_fault(fault).to_owned(),
            BlockContent::Other => block.label.describe().to_owned(),
            BlockContent::Undecodable => {
                format!("{} whose base64 cannot be decoded", block.label.describe())
            }
        };
        Some((place, what))
    });
    let locked = contents.locked.iter().map(|what| (Where { pointer: None, block: None }, what.clone()));
    not_shown.chain(not_read).chain(locked)
}

pub(crate) fn blocks(contents: &Contents) -> impl Iterator<Item = (&PemBlock, Where)> {
    contents.texts.iter().flat_map(|text| {
        let place = |index| Where::of(text, contents.form, index);
        text.blocks.iter().enumerate().map(move |(index, block)| (block, place(index)))
    })
}

impl Where {
    /// Of a block counted from 0.
    fn of(text: &FileText, form: Form, block: usize) -> Self {
        Self {
            pointer: text.field.map(|_| format!("/{}", text.name)),
            block: (!matches!(form, Form::Der | Form::Container(_))).then_some(block + 1),
        }
    }
}

pub(crate) const fn place_word(place: ChainPosition) -> &'static str {
    match place {
        ChainPosition::Leaf => "leaf",
        ChainPosition::Intermediate => "intermediate",
        ChainPosition::Root => "root",
        ChainPosition::Anchor => "anchor",
        ChainPosition::Copy(_) => "copy",
        ChainPosition::Unrelated => "stranger",
        ChainPosition::Unknown => "unknown",
    }
}

pub(crate) fn key_kind(algorithm: &KeyAlgorithm, bits: usize) -> KeyKind {
    let (name, curve) = match algorithm {
        KeyAlgorithm::Ec(Curve::Sm2) => ("SM2".to_owned(), Some(Curve::Sm2.name().to_owned())),
        KeyAlgorithm::Ec(curve) => ("EC".to_owned(), Some(curve.name().to_owned())),
        KeyAlgorithm::OtherCurve(curve) => ("EC".to_owned(), Some(printable(curve, SHOWN))),
        KeyAlgorithm::ExplicitCurve => ("EC".to_owned(), None),
        KeyAlgorithm::Other(name) => {
            (printable(name.strip_prefix("algorithm ").unwrap_or(name), SHOWN), None)
        }
        _ => (algorithm.to_string(), None),
    };
    KeyKind { algorithm: name, bits: (bits > 0).then_some(bits), curve }
}

/// A distinguished name in the order of the certificate, its special characters escaped as in RFC 4514.
pub(crate) fn distinguished(name: &Name, limit: usize) -> String {
    let attributes: Vec<String> = name
        .attributes()
        .iter()
        .map(|attribute| format!("{}={}", kind(attribute), escaped(&attribute.value, limit)))
        .collect();
    attributes.join(", ")
}

/// Types of attributes that occur in certificates, by the names that OpenSSL gives them.
const KINDS: [(&str, &str); 13] = [
    ("0.9.2342.19200300.100.1.1", "UID"),
    ("0.9.2342.19200300.100.1.25", "DC"),
    ("1.2.840.113549.1.9.1", "emailAddress"),
    ("1.3.6.1.4.1.311.60.2.1.2", "jurisdictionST"),
    ("1.3.6.1.4.1.311.60.2.1.3", "jurisdictionC"),
    ("2.5.4.4", "SN"),
    ("2.5.4.5", "serialNumber"),
    ("2.5.4.9", "street"),
    ("2.5.4.12", "title"),
    ("2.5.4.15", "businessCategory"),
    ("2.5.4.17", "postalCode"),
    ("2.5.4.42", "GN"),
    ("2.5.4.97", "organizationIdentifier"),
];

pub(crate) fn kind(attribute: &Attribute) -> String {
    match attribute.kind {
        AttributeKind::CommonName => "CN",
        AttributeKind::Organization => "O",
        AttributeKind::OrganizationalUnit => "OU",
        AttributeKind::Locality => "L",
        AttributeKind::State => "ST",
        AttributeKind::Country => "C",
        AttributeKind::Other => {
            let known = KINDS.iter().find(|(identifier, _)| *identifier == attribute.identifier);
            return known
                .map_or_else(|| printable(&attribute.identifier, SHOWN), |(_, name)| (*name).to_owned());
        }
    }
    .to_owned()
}

pub(crate) fn escaped(value: &str, limit: usize) -> String {
    let mut text = String::with_capacity(value.len());
    let last = value.chars().count().saturating_sub(1);
    for (at, character) in value.chars().enumerate().take(limit.saturating_add(1)) {
        let is_special = matches!(character, '"' | '+' | ',' | ';' | '<' | '>' | '\\')
            || (character == '#' && at == 0)
            || (character == ' ' && (at == 0 || at == last));
        if is_special {
            text.push('\\');
        }
        text.push(character);
    }
    printable(&text, limit)
}

/// A name of a subjectAltName; those that are no DNS name with their kind before them.
pub(crate) fn general(name: &GeneralName, limit: usize) -> String {
    match name {
        GeneralName::Dns(name) => printable(name, limit),
        GeneralName::Email(address) => format!("email:{}", printable(address, limit)),
        GeneralName::Uri(uri) => format!("URI:{}", printable(uri, limit)),
        GeneralName::Ip(octets) => match octets.as_slice() {
            &[a, b, c, d] => format!("IP:{}", Ipv4Addr::new(a, b, c, d)),
            octets => <[u8; 16]>::try_from(octets).map_or_else(
                |_| "IP:malformed".to_owned(),
                |octets| format!("IP:{}", Ipv6Addr::from(octets)),
            ),
        },
        GeneralName::Other => "another kind of name".to_owned(),
    }
}

pub(crate) const fn describe_certificate_fault(fault: CertificateFault) -> &'static str {
    match fault {
        CertificateFault::Structure => "a CERTIFICATE block without a certificate",
        CertificateFault::TrailingBytes => "a certificate with trailing data",
        CertificateFault::Truncated => "a truncated certificate",
    }
}

pub(crate) const fn describe_key_fault(fault: KeyFault) -> &'static str {
    match fault {
        KeyFault::Structure => "not a PKCS#1, PKCS#8 or SEC1 private key",
        KeyFault::TrailingBytes => "a PKCS#1 private key with trailing data",
        KeyFault::PublicKeyBits => "a SEC1 private key whose public key has nonzero unused bits",
        KeyFault::NoCurve => "a SEC1 private key without the name of its curve",
        KeyFault::Truncated => "truncated DER",
        KeyFault::NotDer(_) => "a private key that is not in DER",
        KeyFault::Nested(_) => "a PKCS#8 key inside a PKCS#8 key",
        KeyFault::Other(ActualStructure::EnvelopedKey) => "an enveloped SM2 key (GM/T 0009)",
        KeyFault::Other(ActualStructure::EncryptedKey) => "an encrypted private key with a wrong label",
        KeyFault::Other(ActualStructure::Signed) => {
            "a signed structure, such as a certificate request or a revocation list"
        }
        KeyFault::Other(ActualStructure::PublicKey) => "a public key",
        KeyFault::Other(ActualStructure::Openssh) => "an OpenSSH private key",
        KeyFault::Other(ActualStructure::Pkcs12) => "PKCS#12",
    }
}
