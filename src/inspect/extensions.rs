//! The extensions of a certificate by name, read by `x509-parser`. They are shown and never judged: what the
//! service accepts is decided by the reader in `x509`, which models Go's `crypto/x509`.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, Ipv6Addr};

use x509_parser::certificate::X509Certificate;
use x509_parser::der_parser::oid::Oid;
use x509_parser::extensions::{
    DistributionPointName, GeneralName, ParsedExtension, PolicyInformation, SignedCertificateTimestamp,
    X509Extension,
};
use x509_parser::prelude::FromDer as _;

use crate::der;
use crate::timestamp::Timestamp;

/// An extension of a certificate. The texts in it come from the certificate and are not fit to print.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Extension {
    /// Its object identifier in dotted form.
    pub oid: String,
    /// Its name in the RFC that defines it; `None` when it is not known.
    pub name: Option<&'static str>,
    /// Whether it is marked critical.
    pub critical: bool,
    /// The length of its value in bytes.
    pub length: usize,
    /// What its value says.
    pub content: ExtensionContent,
}

/// What the value of an extension says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ExtensionContent {
    /// Pairs of kind and value, in the order of the certificate. Empty for extensions that [`Certificate`]
    /// holds: subjectAltName, keyUsage, and extendedKeyUsage.
    ///
    /// [`Certificate`]: crate::x509::Certificate
    Read(Vec<(String, String)>),
    /// It is of a kind that is not read.
    Unknown,
    /// It is of a known kind, and its value does not have the structure of that kind.
    Malformed,
}

/// The extensions of a certificate in DER; `None` when `x509-parser` cannot read it.
#[must_use]
pub fn read(certificate: &[u8]) -> Option<Vec<Extension>> {
    let (_, certificate) = X509Certificate::from_der(certificate).ok()?;
    Some(certificate.extensions().iter().map(Extension::new).collect())
}

/// Names from RFC 5280, RFC 6960, RFC 6962, RFC 7633, and of Netscape's extensions.
const NAMES: [(&str, &str); 22] = [
    ("1.3.6.1.4.1.11129.2.4.2", "signedCertificateTimestampList"),
    ("1.3.6.1.4.1.11129.2.4.3", "precertificatePoison"),
    ("1.3.6.1.5.5.7.1.1", "authorityInfoAccess"),
    ("1.3.6.1.5.5.7.1.11", "subjectInfoAccess"),
    ("1.3.6.1.5.5.7.1.24", "tlsFeature"),
    ("1.3.6.1.5.5.7.48.1.5", "ocspNoCheck"),
    ("2.16.840.1.113730.1.1", "netscapeCertType"),
    ("2.16.840.1.113730.1.13", "netscapeComment"),
    ("2.5.29.9", "subjectDirectoryAttributes"),
    ("2.5.29.14", "subjectKeyIdentifier"),
    ("2.5.29.15", "keyUsage"),
    ("2.5.29.17", "subjectAltName"),
    ("2.5.29.18", "issuerAltName"),
    ("2.5.29.19", "basicConstraints"),
    ("2.5.29.30", "nameConstraints"),
    ("2.5.29.31", "cRLDistributionPoints"),
    ("2.5.29.32", "certificatePolicies"),
    ("2.5.29.33", "policyMappings"),
    ("2.5.29.35", "authorityKeyIdentifier"),
    ("2.5.29.36", "policyConstraints"),
    ("2.5.29.37", "extKeyUsage"),
    ("2.5.29.54", "inhibitAnyPolicy"),
];

impl Extension {
    fn new(extension: &X509Extension<'_>) -> Self {
        let oid = dotted(&extension.oid);
        Self {
            name: NAMES.iter().find(|(known, _)| *known == oid).map(|(_, name)| *name),
            oid,
            critical: extension.critical,
            length: extension.value.len(),
            content: content(extension.parsed_extension()),
        }
    }
}

fn content(extension: &ParsedExtension<'_>) -> ExtensionContent {
    let mut details = Vec::new();
    let mut add = |kind: &str, value: String| details.push((kind.to_owned(), value));
    match extension {
        ParsedExtension::SubjectAlternativeName(_)
        | ParsedExtension::KeyUsage(_)
        | ParsedExtension::ExtendedKeyUsage(_) => {}
        ParsedExtension::BasicConstraints(constraints) => {
            add("CA", constraints.ca.to_string());
            constraints.path_len_constraint.iter().for_each(|length| add("path length", length.to_string()));
        }
        ParsedExtension::SubjectKeyIdentifier(identifier) => add("key identifier", hex(identifier.0)),
        ParsedExtension::AuthorityKeyIdentifier(authority) => {
            authority.key_identifier.iter().for_each(|identifier| add("key identifier", hex(identifier.0)));
            authority.authority_cert_issuer.iter().flatten().for_each(|name| add("issuer", general(name)));
            authority.authority_cert_serial.iter().for_each(|serial| add("serial number", hex(serial)));
        }
        ParsedExtension::CertificatePolicies(policies) => {
            for policy in policies {
                add_policy(policy, &mut add);
            }
        }
        ParsedExtension::PolicyMappings(policies) => policies.mappings.iter().for_each(|mapping| {
            let (issuer, subject) = (&mapping.issuer_domain_policy, &mapping.subject_domain_policy);
            add("mapping", format!("{} = {}", dotted(issuer), dotted(subject)));
        }),
        ParsedExtension::PolicyConstraints(constraints) => {
            let (explicit, mapping) =
                (constraints.require_explicit_policy, constraints.inhibit_policy_mapping);
            if let Some(count) = explicit {
                add("require explicit policy", count.to_string());
            }
            if let Some(count) = mapping {
                add("inhibit policy mapping", count.to_string());
            }
        }
        ParsedExtension::InhibitAnyPolicy(inhibit) => {
            add("skip certificates", inhibit.skip_certs.to_string());
        }
        ParsedExtension::NameConstraints(constraints) => {
            let (permitted, excluded) = (&constraints.permitted_subtrees, &constraints.excluded_subtrees);
            permitted.iter().flatten().for_each(|tree| add("permitted", general(&tree.base)));
            excluded.iter().flatten().for_each(|tree| add("excluded", general(&tree.base)));
        }
        ParsedExtension::CRLDistributionPoints(points) => {
            for point in &points.points {
                match &point.distribution_point {
                    Some(DistributionPointName::FullName(names)) => {
                        for name in names {
                            add("CRL", general(name));
                        }
                    }
                    Some(DistributionPointName::NameRelativeToCRLIssuer(_)) => {
                        add("CRL", "a name relative to the issuer".to_owned());
                    }
                    None => {}
                }
                point.crl_issuer.iter().flatten().for_each(|name| add("CRL issuer", general(name)));
            }
        }
        ParsedExtension::AuthorityInfoAccess(access) => access.accessdescs.iter().for_each(|access| {
            add(&access_method(&access.access_method), general(&access.access_location));
        }),
        ParsedExtension::SubjectInfoAccess(access) => access.accessdescs.iter().for_each(|access| {
            add(&access_method(&access.access_method), general(&access.access_location));
        }),
        ParsedExtension::IssuerAlternativeName(names) => {
            names.general_names.iter().for_each(|name| add("name", general(name)));
        }
        ParsedExtension::SCT(timestamps) => timestamps.iter().for_each(|sct| add("timestamp", logged(sct))),
        ParsedExtension::NSCertType(kind) => add("type", kind.to_string()),
        ParsedExtension::NsCertComment(comment) => add("comment", (*comment).to_owned()),
        ParsedExtension::ParseError { .. } => return ExtensionContent::Malformed,
        _ => return ExtensionContent::Unknown,
    }
    ExtensionContent::Read(details)
}

/// A policy and, after it, where its certification practice statement is.
fn add_policy(policy: &PolicyInformation<'_>, add: &mut impl FnMut(&str, String)) {
    add("policy", dotted(&policy.policy_id));
    for qualifier in policy.policy_qualifiers.iter().flatten() {
        match dotted(&qualifier.policy_qualifier_id).as_str() {
            "1.3.6.1.5.5.7.2.1" => {
                // An IA5String.
                let statement = der::Reader::new(qualifier.qualifier).take(0x16);
                add("CPS", statement.map_or_else(|_| "malformed".to_owned(), text));
            }
            "1.3.6.1.5.5.7.2.2" => add("qualifier", "user notice".to_owned()),
            other => add("qualifier", other.to_owned()),
        }
    }
}

fn access_method(method: &Oid<'_>) -> String {
    match dotted(method).as_str() {
        "1.3.6.1.5.5.7.48.1" => "OCSP",
        "1.3.6.1.5.5.7.48.2" => "CA issuers",
        "1.3.6.1.5.5.7.48.3" => "time stamping",
        "1.3.6.1.5.5.7.48.5" => "CA repository",
        other => other,
    }
    .to_owned()
}

/// When a log promised to publish the certificate, and the first 8 bytes of the identifier of that log.
fn logged(sct: &SignedCertificateTimestamp<'_>) -> String {
    let seconds = i64::try_from(sct.timestamp / 1000).ok();
    let time = seconds
        .and_then(Timestamp::from_unix)
        .map_or_else(|| "a time after the year 9999".to_owned(), Timestamp::rfc3339);
    let log: String = hex(sct.id.key_id).chars().take(16).collect();
    format!("{time}, log {log}")
}

/// A name with its kind before it, as OpenSSL writes it.
fn general(name: &GeneralName<'_>) -> String {
    match name {
        GeneralName::DNSName(name) => format!("DNS:{name}"),
        GeneralName::RFC822Name(address) => format!("email:{address}"),
        GeneralName::URI(uri) => format!("URI:{uri}"),
        GeneralName::IPAddress(octets) => format!("IP:{}", address(octets)),
        GeneralName::DirectoryName(name) => format!("DirName:{name}"),
        GeneralName::RegisteredID(oid) => format!("Registered ID:{}", dotted(oid)),
        GeneralName::OtherName(oid, _) => format!("othername:{}", dotted(oid)),
        GeneralName::X400Address(_) => "X400Name".to_owned(),
        GeneralName::EDIPartyName(_) => "EdiPartyName".to_owned(),
        GeneralName::Invalid(..) => "malformed".to_owned(),
    }
}

/// An IP address, or an address and its mask.
fn address(octets: &[u8]) -> String {
    let one = |octets: &[u8]| {
        let short = <[u8; 4]>::try_from(octets).map(|octets| Ipv4Addr::from(octets).to_string());
        short.or_else(|_| <[u8; 16]>::try_from(octets).map(|octets| Ipv6Addr::from(octets).to_string()))
    };
    let (network, mask) = octets.split_at(octets.len() / 2);
    match (one(octets), one(network), one(mask)) {
        // 16 octets are one address of IPv6; 8 and 32 are an address and its mask.
        (Ok(address), ..) => address,
        (_, Ok(network), Ok(mask)) => format!("{network}/{mask}"),
        _ => "malformed".to_owned(),
    }
}

fn dotted(oid: &Oid<'_>) -> String {
    der::dotted(oid.as_bytes())
}

fn hex(octets: &[u8]) -> String {
    octets.iter().fold(String::with_capacity(2 * octets.len()), |mut text, octet| {
        // Writing to memory does not fail.
        let _ = write!(text, "{octet:02x}");
        text
    })
}

fn text(octets: &[u8]) -> String {
    String::from_utf8_lossy(octets).into_owned()
}
