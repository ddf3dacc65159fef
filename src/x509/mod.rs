//! X.509 certificates, decoded and judged by nobody.

mod algorithms;
mod der;
mod extensions;
mod name;
pub mod nonconformity;
mod parse;
mod time;
mod uri;

pub(crate) use crate::x509::name::canonical as canonical_name;
pub(crate) use crate::x509::parse::read;

use std::borrow::Cow;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::sync::OnceLock;

use num_bigint::BigInt;
use sha2::{Digest as _, Sha256};

use crate::keys::public_key::PublicKey;
use crate::redact::printable;
use crate::span::Span;
use crate::timestamp::Timestamp;
use crate::x509::nonconformity::Nonconformity;

/// What a certificate says (RFC 5280).
#[derive(Clone, Debug)]
pub struct Certificate {
    /// The PEM block that it stands in.
    pub span: Span,
    /// 1, 2 or 3, or whatever else it claims.
    pub version: u64,
    /// Its serial number.
    pub serial: Serial,
    /// Whom it is about.
    pub subject: Name,
    /// Who signed it.
    pub issuer: Name,
    /// The first second of its validity.
    pub not_before: Timestamp,
    /// The last second of its validity.
    pub not_after: Timestamp,
    /// The key it is about.
    pub public_key: PublicKey,
    /// subjectAltName: `None` when the extension is absent.
    pub subject_alt_names: Option<Vec<GeneralName>>,
    /// basicConstraints: `None` when absent, else the value of cA.
    pub is_ca: Option<bool>,
    /// pathLenConstraint of a CA: how many CAs may follow it.
    pub path_length: Option<u64>,
    /// nameConstraints: `None` when absent.
    pub name_constraints: Option<NameConstraints>,
    /// Whether it has the poison extension of a precertificate (RFC 6962).
    pub is_precertificate: bool,
    /// Whether it has a policy of the CA/Browser Forum, as every TLS certificate of a public CA must.
    pub has_baseline_policy: bool,
    /// Where the certificate of its issuer is published: the caIssuers of authorityInfoAccess.
    pub issuer_uris: Vec<String>,
    /// Critical extensions that Go's `crypto/x509` does not know, by object identifier; the poison extension aside.
    pub unknown_critical: Vec<String>,
    /// keyUsage: `None` when absent.
    pub key_usage: Option<KeyUsage>,
    /// extendedKeyUsage: `None` when absent.
    pub extended_key_usage: Option<ExtendedKeyUsage>,
    /// subjectKeyIdentifier.
    pub subject_key_identifier: Option<Vec<u8>>,
    /// keyIdentifier of the authorityKeyIdentifier.
    pub authority_key_identifier: Option<Vec<u8>>,
    /// How it was signed.
    pub signature_algorithm: SignatureAlgorithm,
    /// The signed part in DER.
    pub to_be_signed: Vec<u8>,
    /// The signature.
    pub signature: Vec<u8>,
    /// Where it departs from RFC 5280 and the service's reader refuses it; in order of appearance.
    pub nonconformities: Vec<Nonconformity>,
    /// Whether it is its own issuer and its signature verifies with its own key. `Facts` finds out;
    /// false until then.
    pub is_self_signed: bool,
    /// All of it in DER.
    pub whole: RawDer,
}

impl Certificate {
    /// The subject's common name: the last one, as in Go's `crypto/x509`.
    #[must_use]
    pub fn common_name(&self) -> Option<&str> {
        self.subject.values(AttributeKind::CommonName).last()
    }

    /// The dNSNames of its subjectAltName, in their order.
    pub fn dns_names(&self) -> impl Iterator<Item = &str> {
        self.subject_alt_names.iter().flatten().filter_map(|name| match name {
            GeneralName::Dns(name) => Some(name.as_str()),
            _ => None,
        })
    }

    /// Whether subject and issuer are the same name.
    #[must_use]
    pub fn is_self_issued(&self) -> bool {
        self.subject.matches(&self.issuer)
    }

    /// Whether it counts as a CA: version 3 has to say CA:TRUE and must not leave keyCertSign out of its key usage,
    /// earlier versions cannot say either.
    #[must_use]
    pub fn may_issue(&self) -> bool {
        self.version < 3 || (self.is_ca == Some(true) && !self.lacks_cert_sign())
    }

    /// Whether its key usage lacks keyCertSign. As in Go, a key usage without any bit says nothing.
    #[must_use]
    pub fn lacks_cert_sign(&self) -> bool {
        self.key_usage.is_some_and(|usage| usage.bits != 0 && !usage.has_any(KeyUsage::KEY_CERT_SIGN))
    }

    /// What people may be shown as its name: the common name, else the first dNSName, else the
    /// organization, else the serial number.
    #[must_use]
    pub fn shown_name(&self) -> String {
        self.common_name()
            .or_else(|| self.dns_names().next())
            .or_else(|| self.subject.values(AttributeKind::Organization).next())
            .filter(|name| !name.is_empty())
            .map_or_else(
                || format!("serial number {}", printable(&self.serial.decimal(), 64)),
                |name| printable(name, 64),
            )
    }
}

/// All of a certificate in DER. Two are equal when all of their octets are.
#[derive(Clone)]
pub struct RawDer {
    octets: Vec<u8>,
    /// Made when it is asked for, which it hardly ever is.
    sha256: OnceLock<Fingerprint>,
}

impl RawDer {
    pub(crate) fn new(octets: &[u8]) -> Self {
        Self { octets: octets.to_vec(), sha256: OnceLock::new() }
    }

    /// All of its octets.
    pub(crate) fn octets(&self) -> &[u8] {
        &self.octets
    }

    /// Its SHA-256.
    #[must_use]
    pub fn sha256(&self) -> Fingerprint {
        *self.sha256.get_or_init(|| Fingerprint::of(&self.octets))
    }
}

impl PartialEq for RawDer {
    fn eq(&self, other: &Self) -> bool {
        self.octets == other.octets
    }
}

impl Eq for RawDer {}

impl Hash for RawDer {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.octets.hash(state);
    }
}

impl fmt::Debug for RawDer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Whole({} bytes, SHA-256 {})", self.octets.len(), self.sha256())
    }
}

/// A SHA-256 of something public; written in lower-case hexadecimal.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint(pub(crate) [u8; 32]);

impl Fingerprint {
    pub(crate) fn of(public: &[u8]) -> Self {
        Self(Sha256::digest(public).into())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|octet| write!(f, "{octet:02x}"))
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A serial number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Serial {
    /// Its DER content, up to [`Serial::MOST`].
    content: Vec<u8>,
    /// How many octets its DER content has.
    pub octets: usize,
}

impl Serial {
    /// Of a longer one only so many octets are looked at: decimal is quadratic work.
    const MOST: usize = 4096;

    fn new(content: &[u8]) -> Self {
        let octets = content.len();
        Self { content: content.get(..Self::MOST).unwrap_or(content).to_vec(), octets }
    }

    /// In decimal, with a minus sign where it is negative.
    #[must_use]
    pub fn decimal(&self) -> String {
        BigInt::from_signed_bytes_be(&self.content).to_string()
    }

    /// Whether it is below zero.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        der::is_negative(&self.content)
    }

    /// Whether it is zero.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        self.content.iter().all(|&octet| octet == 0)
    }
}

/// A distinguished name.
#[derive(Clone, Debug)]
pub struct Name {
    /// The DER, by which names are compared.
    pub der: Vec<u8>,
    /// Read when they are asked for: of most names only the DER is looked at.
    attributes: OnceLock<Vec<Attribute>>,
}

impl Name {
    /// All attributes, in order of appearance across relative names.
    #[must_use]
    pub fn attributes(&self) -> &[Attribute] {
        self.attributes.get_or_init(|| name::attributes(&self.der))
    }

    /// Every value of a kind, in order of appearance.
    #[must_use]
    pub fn values(&self, kind: AttributeKind) -> impl DoubleEndedIterator<Item = &str> {
        self.attributes()
            .iter()
            .filter(move |attribute| attribute.kind == kind)
            .map(|attribute| attribute.value.as_str())
    }

    /// Whether both are the same name: byte for byte, as in Go's `crypto/x509`.
    #[must_use]
    pub fn matches(&self, other: &Self) -> bool {
        self.der == other.der
    }

    /// Whether both are the same name under RFC 5280 section 7.1, written in different ways: with other string
    /// types, case or spaces.
    #[must_use]
    pub fn differs_in_encoding(&self, other: &Self) -> bool {
        self.der != other.der && self.canonical() == other.canonical()
    }

    /// The name in a form that is the same for all names that are equal under RFC 5280 section 7.1.
    pub(crate) fn canonical(&self) -> Vec<u8> {
        canonical_name(&self.der)
    }
}

/// One attribute of a distinguished name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// Its type.
    pub kind: AttributeKind,
    /// Its object identifier in dotted form, for kinds without a name here; else empty.
    pub identifier: String,
    /// Its value as text. A stranger's: to be printed through [`printable`] only.
    pub value: String,
}

/// The type of an attribute (X.520).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AttributeKind {
    /// CN, 2.5.4.3
    CommonName,
    /// O, 2.5.4.10
    Organization,
    /// OU, 2.5.4.11
    OrganizationalUnit,
    /// L, 2.5.4.7
    Locality,
    /// ST, 2.5.4.8
    State,
    /// C, 2.5.4.6
    Country,
    /// Any other.
    Other,
}

/// One name of a subjectAltName.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GeneralName {
    /// dNSName
    Dns(String),
    /// rfc822Name
    Email(String),
    /// uniformResourceIdentifier
    Uri(String),
    /// iPAddress: 4 or 16 octets, or whatever else it holds
    Ip(Vec<u8>),
    /// otherName, x400Address, directoryName, ediPartyName, registeredID
    Other,
}

/// nameConstraints (RFC 5280 section 4.2.1.10). An iPAddress is an address and a mask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NameConstraints {
    /// Of each kind that is here, names must be below one of these.
    pub permitted: Vec<GeneralName>,
    /// No name may be below one of these.
    pub excluded: Vec<GeneralName>,
}

/// keyUsage (RFC 5280 section 4.2.1.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyUsage {
    /// Bit 0 is digitalSignature, bit 8 decipherOnly.
    pub bits: u16,
}

impl KeyUsage {
    /// digitalSignature
    pub const DIGITAL_SIGNATURE: u16 = 1 << 0;
    /// keyEncipherment
    pub const KEY_ENCIPHERMENT: u16 = 1 << 2;
    /// dataEncipherment
    pub const DATA_ENCIPHERMENT: u16 = 1 << 3;
    /// keyAgreement
    pub const KEY_AGREEMENT: u16 = 1 << 4;
    /// keyCertSign
    pub const KEY_CERT_SIGN: u16 = 1 << 5;

    /// Names of the bits, from bit 0.
    pub const NAMES: [&'static str; 9] = [
        "digitalSignature",
        "nonRepudiation",
        "keyEncipherment",
        "dataEncipherment",
        "keyAgreement",
        "keyCertSign",
        "cRLSign",
        "encipherOnly",
        "decipherOnly",
    ];

    /// Whether any of `bits` is set.
    #[must_use]
    pub const fn has_any(self, bits: u16) -> bool {
        self.bits & bits != 0
    }

    /// The names of the bits that are set.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES
            .into_iter()
            .enumerate()
            .filter(move |(bit, _)| self.bits & (1 << bit) != 0)
            .map(|(_, name)| name)
    }
}

/// extendedKeyUsage (RFC 5280 section 4.2.1.12).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ExtendedKeyUsage {
    /// The purposes in their order: their usual name, or the object identifier in dotted form.
    pub purposes: Vec<Cow<'static, str>>,
}

impl ExtendedKeyUsage {
    /// Whether the certificate may be used for `purpose` (`serverAuth`), by name or by
    /// anyExtendedKeyUsage.
    #[must_use]
    pub fn allows(&self, purpose: &str) -> bool {
        self.purposes.iter().any(|known| known == purpose || known == "anyExtendedKeyUsage")
    }
}

/// How a certificate was signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignatureAlgorithm {
    /// RSASSA-PKCS1-v1_5 (RFC 8017)
    RsaPkcs1(Digest),
    /// RSASSA-PSS (RFC 4055)
    RsaPss(PssParameters),
    /// ECDSA (RFC 5758)
    Ecdsa(Digest),
    /// DSA
    Dsa(Digest),
    /// Ed25519 (RFC 8410)
    Ed25519,
    /// Ed448 (RFC 8410)
    Ed448,
    /// SM2 with SM3 (GM/T 0003.2)
    Sm2Sm3,
    /// Anything else, by its object identifier in dotted form
    Other(String),
}

/// Parameters of RSASSA-PSS.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PssParameters {
    /// The digest of the message.
    pub digest: Digest,
    /// The digest of MGF1.
    pub mask_digest: Digest,
    /// Length of the salt in bytes.
    pub salt_length: u64,
    /// trailerField; 1 is the only one defined.
    pub trailer: u64,
    /// Whether Go reads them: digests and salt written out, MGF1 for the mask, and digests with NULL
    /// for their parameters or with none.
    pub is_as_go_reads: bool,
}

/// A message digest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Digest {
    /// MD2
    Md2,
    /// MD4
    Md4,
    /// MD5
    Md5,
    /// SHA-1
    Sha1,
    /// SHA-224
    Sha224,
    /// SHA-256
    Sha256,
    /// SHA-384
    Sha384,
    /// SHA-512
    Sha512,
    /// SM3
    Sm3,
    /// Anything else, by its object identifier in dotted form
    Other(String),
}

/// Why a DER text is no certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateFault {
    /// It is no Certificate structure.
    Structure,
    /// It is one, with bytes left over behind it.
    TrailingBytes,
    /// It is shorter than its length says.
    Truncated,
}
