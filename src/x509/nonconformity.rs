//! Where a certificate that can be read departs from RFC 5280, and the service's reader refuses it.
//!
//! The reader is Go's `crypto/x509`. What any release since 1.17 refuses is listed, with two
//! exceptions: negative serial numbers, which are frequent and were read until release 1.23, and
//! what RFC 5280 allows. Whoever issues such certificates is told before the service is updated.

use std::fmt;

use crate::x509::AttributeKind;

/// A departure from RFC 5280 at which the service's reader is strict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Nonconformity {
    /// The version is none of 1, 2 and 3, or not written as RFC 5280 says.
    Version,
    /// The serial number has superfluous leading octets.
    Serial,
    /// `signature` and `signatureAlgorithm` name different algorithms.
    AlgorithmsDiffer,
    /// `signature` and `signatureAlgorithm` name the same algorithm with different parameters.
    AlgorithmParametersDiffer,
    /// A signature algorithm or key algorithm is no AlgorithmIdentifier.
    AlgorithmIdentifier,
    /// An attribute's type is no object identifier that the reader takes.
    AttributeType(NamePart),
    /// An attribute's value is not what its string type says.
    AttributeValue {
        /// Whose name it is.
        part: NamePart,
        /// Which attribute.
        kind: AttributeKind,
        /// What is wrong with it.
        fault: StringFault,
    },
    /// A number in an object identifier has more than 31 bits, which Go does not read.
    LargeIdentifier(IdentifierOf),
    /// A date is not written as RFC 5280 says.
    Time(Limit),
    /// The public key is not written as its algorithm says.
    PublicKey(KeyFault),
    /// An extension occurs twice.
    DuplicateExtension(Extension),
    /// An extension is not made as its definition says.
    MalformedExtension(Extension),
    /// An extension is marked critical that must not be.
    CriticalExtension(Extension),
    /// A policy occurs twice in certificatePolicies.
    DuplicatePolicy,
    /// pathLenConstraint is below zero.
    NegativePathLength,
    /// A name of subjectAltName is not ASCII.
    NameNotAscii(NameForm),
    /// An iPAddress of subjectAltName has neither 4 nor 16 octets.
    AddressLength(usize),
    /// A uniformResourceIdentifier of subjectAltName is none.
    Uri,
    /// The signature is no bit string in DER.
    Signature,
}

/// One of the two names in a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NamePart {
    /// The issuer's.
    Issuer,
    /// The subject's.
    Subject,
}

/// What an object identifier belongs to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdentifierOf {
    /// An attribute of a name.
    Attribute(NamePart),
    /// An extension, or something in it.
    Extension(Extension),
}

/// One of the two dates in a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// notBefore
    NotBefore,
    /// notAfter
    NotAfter,
}

/// How the value of an attribute is not what its type says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StringFault {
    /// A PrintableString with a character outside its set; `*` and `&` are taken.
    Printable,
    /// An IA5String with a character that is not ASCII.
    Ia5,
    /// A NumericString with something else than digits and spaces.
    Numeric,
    /// A UTF8String that is not UTF-8.
    Utf8,
    /// A BMPString of an odd number of octets, or with surrogates or noncharacters.
    Bmp,
    /// A UniversalString.
    Universal,
    /// Of a type that is no string, or none that the reader knows.
    Type,
}

/// How a public key is not written as its algorithm says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFault {
    /// RSA without NULL for its parameters.
    RsaParameters,
    /// RSA: no RSAPublicKey.
    RsaStructure,
    /// RSA: a modulus or exponent that is zero or negative.
    RsaNotPositive,
    /// EC: a point in compressed or hybrid form.
    CompressedPoint,
    /// EC: no point of the curve.
    NotOnCurve,
    /// Ed25519: with parameters, or not 32 octets long.
    Ed25519,
    /// DSA: numbers that are missing, zero or negative.
    Dsa,
    /// No bit string in DER.
    Bits,
    /// Not as its algorithm says in another way.
    Structure,
}

/// The forms of a name in subjectAltName that are text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NameForm {
    /// dNSName
    Dns,
    /// rfc822Name
    Email,
    /// uniformResourceIdentifier
    Uri,
}

/// An extension.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Extension {
    /// subjectKeyIdentifier
    SubjectKeyIdentifier,
    /// keyUsage
    KeyUsage,
    /// subjectAltName
    SubjectAltName,
    /// basicConstraints
    BasicConstraints,
    /// nameConstraints
    NameConstraints,
    /// cRLDistributionPoints
    CrlDistributionPoints,
    /// certificatePolicies
    CertificatePolicies,
    /// policyMappings
    PolicyMappings,
    /// authorityKeyIdentifier
    AuthorityKeyIdentifier,
    /// policyConstraints
    PolicyConstraints,
    /// extKeyUsage
    ExtendedKeyUsage,
    /// inhibitAnyPolicy
    InhibitAnyPolicy,
    /// authorityInfoAccess
    AuthorityInformationAccess,
    /// Any other, by its object identifier in dotted form.
    Other(String),
}

/// The departures found so far: each once, and no more than anybody reads.
#[derive(Debug, Default)]
pub(super) struct Nonconformities(Vec<Nonconformity>);

impl Nonconformities {
    /// Far more than an honest certificate has, and few enough to be searched.
    const MOST: usize = 32;

    pub(super) fn add(&mut self, nonconformity: Nonconformity) {
        if self.0.len() < Self::MOST && !self.0.contains(&nonconformity) {
            self.0.push(nonconformity);
        }
    }

    pub(super) fn finish(self) -> Vec<Nonconformity> {
        self.0
    }
}

impl Nonconformity {
    /// The section of RFC 5280 that it breaks.
    #[must_use]
    pub const fn section(&self) -> &'static str {
        match self {
            Self::Version => "4.1.2.1",
            Self::Serial => "4.1.2.2",
            Self::AlgorithmsDiffer | Self::AlgorithmParametersDiffer => "4.1.2.3",
            Self::AlgorithmIdentifier => "4.1.1.2",
            Self::AttributeType(NamePart::Issuer)
            | Self::AttributeValue { part: NamePart::Issuer, .. }
            | Self::LargeIdentifier(IdentifierOf::Attribute(NamePart::Issuer)) => "4.1.2.4",
            Self::AttributeType(NamePart::Subject)
            | Self::AttributeValue { part: NamePart::Subject, .. }
            | Self::LargeIdentifier(IdentifierOf::Attribute(NamePart::Subject)) => "4.1.2.6",
            Self::Time(_) => "4.1.2.5",
            Self::PublicKey(_) => "4.1.2.7",
            Self::DuplicateExtension(_) => "4.2",
            Self::LargeIdentifier(IdentifierOf::Extension(extension))
            | Self::MalformedExtension(extension)
            | Self::CriticalExtension(extension) => extension.section(),
            Self::DuplicatePolicy => "4.2.1.4",
            Self::NegativePathLength => "4.2.1.9",
            Self::NameNotAscii(_) | Self::AddressLength(_) | Self::Uri => "4.2.1.6",
            Self::Signature => "4.1.1.3",
        }
    }

    /// Whether it is about subjectAltName, whose names may then be incomplete.
    #[must_use]
    pub const fn is_about_alt_names(&self) -> bool {
        matches!(
            self,
            Self::NameNotAscii(_)
                | Self::AddressLength(_)
                | Self::Uri
                | Self::MalformedExtension(Extension::SubjectAltName)
                | Self::DuplicateExtension(Extension::SubjectAltName)
                | Self::LargeIdentifier(IdentifierOf::Extension(Extension::SubjectAltName))
        )
    }
}

impl fmt::Display for Nonconformity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Version => f.write_str("the version is not 1, 2 or 3"),
            Self::Serial => f.write_str("the serial number has superfluous leading octets"),
            Self::AlgorithmsDiffer => {
                f.write_str("the signature algorithms inside and outside the signed part differ")
            }
            Self::AlgorithmParametersDiffer => f.write_str(
                "the parameters of the signature algorithms inside and outside the signed part differ",
            ),
            Self::AlgorithmIdentifier => f.write_str("an algorithm identifier is malformed"),
            Self::AttributeType(part) => {
                write!(f, "an attribute of the {part} name has a malformed or oversized object identifier")
            }
            Self::AttributeValue { part, kind, fault } => {
                write!(f, "the {} of the {part} name is {fault}", kind.describe())
            }
            Self::LargeIdentifier(of) => {
                write!(f, "an object identifier in {of} has a number of more than 31 bits")
            }
            Self::Time(Limit::NotBefore) => f.write_str("notBefore has an invalid format"),
            Self::Time(Limit::NotAfter) => f.write_str("notAfter has an invalid format"),
            Self::PublicKey(fault) => fault.fmt(f),
            Self::DuplicateExtension(extension) => write!(f, "the extension {extension} occurs twice"),
            Self::MalformedExtension(extension) => write!(f, "the extension {extension} is malformed"),
            Self::CriticalExtension(extension) => {
                write!(f, "the extension {extension} must not be critical")
            }
            Self::DuplicatePolicy => f.write_str("a policy occurs twice in certificatePolicies"),
            Self::NegativePathLength => f.write_str("the path length in basicConstraints is negative"),
            Self::NameNotAscii(form) => {
                write!(f, "a {form} in subjectAltName has non-ASCII characters")
            }
            Self::AddressLength(octets) => {
                write!(f, "an iPAddress in subjectAltName has {octets} octets, expected 4 or 16")
            }
            Self::Uri => f.write_str("a uniformResourceIdentifier in subjectAltName is not a URI"),
            Self::Signature => f.write_str("the signature is not a DER bit string"),
        }
    }
}

impl fmt::Display for IdentifierOf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Attribute(part) => write!(f, "the {part} name"),
            Self::Extension(extension) => write!(f, "the extension {extension}"),
        }
    }
}

impl fmt::Display for NamePart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Issuer => "issuer",
            Self::Subject => "subject",
        })
    }
}

impl fmt::Display for NameForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Dns => "dNSName",
            Self::Email => "rfc822Name",
            Self::Uri => "uniformResourceIdentifier",
        })
    }
}

impl fmt::Display for StringFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Printable => "a PrintableString with invalid characters",
            Self::Ia5 => "an IA5String with non-ASCII characters",
            Self::Numeric => "a NumericString with characters other than digits and spaces",
            Self::Utf8 => "a UTF8String that is not UTF-8",
            Self::Bmp => "a malformed BMPString",
            Self::Universal => "a UniversalString",
            Self::Type => "of a type that names must not have",
        })
    }
}

impl fmt::Display for KeyFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::RsaParameters => "the parameters of the RSA public key are not NULL",
            Self::RsaStructure => "the RSA public key is malformed",
            Self::RsaNotPositive => "the modulus or exponent of the RSA public key is not positive",
            Self::CompressedPoint => "the EC public key is compressed",
            Self::NotOnCurve => "the EC public key is not a point on its curve",
            Self::Ed25519 => "the Ed25519 public key is malformed",
            Self::Dsa => "the DSA public key is malformed",
            Self::Bits => "the public key is not a DER bit string",
            Self::Structure => "the public key does not match its algorithm",
        })
    }
}

impl Extension {
    /// The extension of an object identifier, given as the content of its DER.
    pub(super) fn of(identifier: crate::x509::der::ObjectIdentifier<'_>) -> Self {
        match identifier.0 {
            [0x55, 0x1d, 14] => Self::SubjectKeyIdentifier,
            [0x55, 0x1d, 15] => Self::KeyUsage,
            [0x55, 0x1d, 17] => Self::SubjectAltName,
            [0x55, 0x1d, 19] => Self::BasicConstraints,
            [0x55, 0x1d, 30] => Self::NameConstraints,
            [0x55, 0x1d, 31] => Self::CrlDistributionPoints,
            [0x55, 0x1d, 32] => Self::CertificatePolicies,
            [0x55, 0x1d, 33] => Self::PolicyMappings,
            [0x55, 0x1d, 35] => Self::AuthorityKeyIdentifier,
            [0x55, 0x1d, 36] => Self::PolicyConstraints,
            [0x55, 0x1d, 37] => Self::ExtendedKeyUsage,
            [0x55, 0x1d, 54] => Self::InhibitAnyPolicy,
            [0x2b, 6, 1, 5, 5, 7, 1, 1] => Self::AuthorityInformationAccess,
            _ => Self::Other(identifier.dotted()),
        }
    }

    const fn section(&self) -> &'static str {
        match self {
            Self::AuthorityKeyIdentifier => "4.2.1.1",
            Self::SubjectKeyIdentifier => "4.2.1.2",
            Self::KeyUsage => "4.2.1.3",
            Self::CertificatePolicies => "4.2.1.4",
            Self::PolicyMappings => "4.2.1.5",
            Self::SubjectAltName => "4.2.1.6",
            Self::BasicConstraints => "4.2.1.9",
            Self::NameConstraints => "4.2.1.10",
            Self::PolicyConstraints => "4.2.1.11",
            Self::ExtendedKeyUsage => "4.2.1.12",
            Self::CrlDistributionPoints => "4.2.1.13",
            Self::InhibitAnyPolicy => "4.2.1.14",
            Self::AuthorityInformationAccess => "4.2.2.1",
            Self::Other(_) => "4.2",
        }
    }
}

impl fmt::Display for Extension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SubjectKeyIdentifier => "subjectKeyIdentifier",
            Self::KeyUsage => "keyUsage",
            Self::SubjectAltName => "subjectAltName",
            Self::BasicConstraints => "basicConstraints",
            Self::NameConstraints => "nameConstraints",
            Self::CrlDistributionPoints => "cRLDistributionPoints",
            Self::CertificatePolicies => "certificatePolicies",
            Self::PolicyMappings => "policyMappings",
            Self::AuthorityKeyIdentifier => "authorityKeyIdentifier",
            Self::PolicyConstraints => "policyConstraints",
            Self::ExtendedKeyUsage => "extKeyUsage",
            Self::InhibitAnyPolicy => "inhibitAnyPolicy",
            Self::AuthorityInformationAccess => "authorityInfoAccess",
            Self::Other(identifier) if !identifier.is_empty() && identifier.len() <= 64 => identifier,
            Self::Other(_) => "with a malformed object identifier",
        })
    }
}
