//! The extensions of a certificate (RFC 5280 section 4.2): what is wanted of them, and where the
//! service's reader refuses them. It is strict about what it looks at and skips the rest, bytes
//! left over behind a value among it.

use std::borrow::Cow;

use std::collections::HashSet;

use crate::der::tag;
use crate::x509::der::{BOOLEAN, Bits, Der, ObjectIdentifier, is_negative, is_shortest_integer, small};
use crate::x509::nonconformity::{Extension, IdentifierOf, NameForm, Nonconformities, Nonconformity};
use crate::x509::{ExtendedKeyUsage, GeneralName, KeyUsage, NameConstraints, uri};

/// What is wanted of the extensions. `None` stands for one that is absent or malformed.
#[derive(Debug, Default)]
pub(super) struct Extensions {
    /// Of a malformed one the names before the fault.
    pub(super) subject_alt_names: Option<Vec<GeneralName>>,
    pub(super) is_ca: Option<bool>,
    pub(super) path_length: Option<u64>,
    pub(super) name_constraints: Option<NameConstraints>,
    pub(super) key_usage: Option<KeyUsage>,
    pub(super) extended_key_usage: Option<ExtendedKeyUsage>,
    pub(super) subject_key_identifier: Option<Vec<u8>>,
    pub(super) authority_key_identifier: Option<Vec<u8>>,
    pub(super) is_precertificate: bool,
    pub(super) has_baseline_policy: bool,
    pub(super) issuer_uris: Vec<String>,
    pub(super) unknown_critical: Vec<String>,
}

/// The poison extension of a precertificate (RFC 6962 section 3.1), 1.3.6.1.4.1.11129.2.4.3.
const PRECERTIFICATE: &[u8] = &[0x2b, 6, 1, 4, 1, 0xd6, 0x79, 2, 4, 3];

/// The start of the policies of the CA/Browser Forum, 2.23.140.1.
const BASELINE_POLICY: &[u8] = &[0x67, 0x81, 0x0c, 1];

/// The access method caIssuers, 1.3.6.1.5.5.7.48.2.
const CA_ISSUERS: &[u8] = &[0x2b, 6, 1, 5, 5, 7, 48, 2];

impl Extensions {
    /// Reads a run of Extension; `None` when it is none.
    pub(super) fn read(mut der: Der<'_>, nonconformities: &mut Nonconformities) -> Option<Self> {
        let mut read = Self::default();
        let mut seen = HashSet::new();
        while !der.is_empty() {
            let mut fields = der.inside(tag::SEQUENCE)?;
            let identifier = fields.object_identifier()?;
            let extension = Extension::of(identifier);
            let is_critical = if fields.starts_with(BOOLEAN) { fields.boolean() } else { Some(false) };
            let value = fields.content(tag::OCTET_STRING);
            let (Some(is_critical), Some(value), true) = (is_critical, value, identifier.is_sound()) else {
                nonconformities.add(if identifier.is_large() {
                    Nonconformity::LargeIdentifier(IdentifierOf::Extension(extension))
                } else {
                    Nonconformity::MalformedExtension(extension)
                });
                continue;
            };
            if !seen.insert(identifier.0) {
                nonconformities.add(Nonconformity::DuplicateExtension(extension));
                continue;
            }
            if is_critical && must_not_be_critical(&extension) {
                nonconformities.add(Nonconformity::CriticalExtension(extension.clone()));
            }
            match extension {
                Extension::Other(_) if identifier.0 == PRECERTIFICATE => read.is_precertificate = true,
                Extension::Other(ref dotted) if is_critical => read.unknown_critical.push(dotted.clone()),
                _ => {}
            }
            if read.take(&extension, Der::new(value), nonconformities).is_none() {
                nonconformities.add(if has_large_identifier(Der::new(value), 0) {
                    Nonconformity::LargeIdentifier(IdentifierOf::Extension(extension))
                } else {
                    Nonconformity::MalformedExtension(extension)
                });
            }
        }
        Some(read)
    }

    /// Reads the value of one extension; `None` when it is malformed.
    fn take(
        &mut self,
        extension: &Extension,
        mut der: Der<'_>,
        nonconformities: &mut Nonconformities,
    ) -> Option<()> {
        match extension {
            Extension::KeyUsage => self.key_usage = Some(read_key_usage(der)?),
            Extension::BasicConstraints => {
                let (is_ca, path_length) = read_basic_constraints(der, nonconformities)?;
                (self.is_ca, self.path_length) = (Some(is_ca), path_length.filter(|_| is_ca));
            }
            Extension::ExtendedKeyUsage => self.extended_key_usage = Some(read_extended_key_usage(der)?),
            Extension::SubjectKeyIdentifier => {
                self.subject_key_identifier = Some(der.content(tag::OCTET_STRING)?.to_vec());
            }
            Extension::AuthorityKeyIdentifier => {
                let mut fields = der.inside(tag::SEQUENCE)?;
                if fields.starts_with(tag::context(0)) {
                    self.authority_key_identifier = Some(fields.content(tag::context(0))?.to_vec());
                }
            }
            Extension::SubjectAltName => {
                let names = self.subject_alt_names.insert(Vec::new());
                return read_alt_names(der, names, nonconformities);
            }
            Extension::NameConstraints => self.name_constraints = Some(read_name_constraints(der)?),
            Extension::CrlDistributionPoints => return check_distribution_points(der),
            Extension::CertificatePolicies => return self.read_policies(der, nonconformities),
            Extension::PolicyMappings => return check_policy_mappings(der),
            Extension::PolicyConstraints => return check_policy_constraints(der),
            Extension::InhibitAnyPolicy => {
                der.integer().filter(|content| content.len() <= 8)?;
            }
            Extension::AuthorityInformationAccess => return self.read_information_access(der),
            Extension::Other(_) => {}
        }
        Some(())
    }

    fn read_policies(&mut self, mut der: Der<'_>, nonconformities: &mut Nonconformities) -> Option<()> {
        let mut policies = der.inside(tag::SEQUENCE)?;
        let mut seen = HashSet::new();
        while !policies.is_empty() {
            let policy =
                policies.inside(tag::SEQUENCE)?.object_identifier().filter(|policy| policy.is_sound())?;
            self.has_baseline_policy |= policy.0.starts_with(BASELINE_POLICY);
            if !seen.insert(policy.0) {
                nonconformities.add(Nonconformity::DuplicatePolicy);
            }
        }
        Some(())
    }

    fn read_information_access(&mut self, mut der: Der<'_>) -> Option<()> {
        let mut descriptions = der.inside(tag::SEQUENCE)?;
        while !descriptions.is_empty() {
            let mut description = descriptions.inside(tag::SEQUENCE)?;
            let method = description.object_identifier().filter(|method| method.is_sound())?;
            if description.starts_with(tag::context(6)) {
                let uri = description.content(tag::context(6))?;
                if method.0 == CA_ISSUERS {
                    self.issuer_uris.extend(str::from_utf8(uri).map(str::to_owned));
                }
            }
        }
        Some(())
    }
}

/// RFC 5280 sections 4.2.1.1, 4.2.1.2, 4.2.2.1; newer releases of the service's reader insist on it.
const fn must_not_be_critical(extension: &Extension) -> bool {
    matches!(
        extension,
        Extension::AuthorityKeyIdentifier
            | Extension::SubjectKeyIdentifier
            | Extension::AuthorityInformationAccess
    )
}

fn read_key_usage(mut der: Der<'_>) -> Option<KeyUsage> {
    let flags = der.bit_string().filter(Bits::is_sound)?;
    let bits =
        (0..KeyUsage::NAMES.len()).filter(|&bit| flags.is_set(bit)).fold(0, |bits, bit| bits | 1 << bit);
    Some(KeyUsage { bits })
}

/// Whether an object identifier in a value has a number of more than 31 bits.
fn has_large_identifier(mut der: Der<'_>, depth: usize) -> bool {
    const MAX_DEPTH: usize = 8;
    while let Ok(element) = der.any() {
        let is_large = match element.tag {
            tag::OBJECT_IDENTIFIER => ObjectIdentifier(element.content).is_large(),
            tag if tag & 0x20 != 0 && depth < MAX_DEPTH => {
                has_large_identifier(Der::new(element.content), depth + 1)
            }
            _ => false,
        };
        if is_large {
            return true;
        }
    }
    false
}

/// cA and pathLenConstraint.
fn read_basic_constraints(
    mut der: Der<'_>,
    nonconformities: &mut Nonconformities,
) -> Option<(bool, Option<u64>)> {
    let mut fields = der.inside(tag::SEQUENCE)?;
    let is_ca = fields.starts_with(BOOLEAN).then(|| fields.boolean());
    let is_ca = is_ca.unwrap_or(Some(false))?;
    if !fields.starts_with(tag::INTEGER) {
        return Some((is_ca, None));
    }
    let path_length = fields.integer().filter(|content| content.len() <= 8)?;
    if is_negative(path_length) {
        nonconformities.add(Nonconformity::NegativePathLength);
    }
    Some((is_ca, small(path_length)))
}

fn read_extended_key_usage(mut der: Der<'_>) -> Option<ExtendedKeyUsage> {
    let mut purposes = der.inside(tag::SEQUENCE)?;
    let mut read = ExtendedKeyUsage::default();
    while !purposes.is_empty() {
        let purpose = purposes.object_identifier().filter(|purpose| purpose.is_sound())?;
        read.purposes.push(purpose_name(purpose.0).map_or_else(|| purpose.dotted().into(), Cow::Borrowed));
    }
    Some(read)
}

fn purpose_name(identifier: &[u8]) -> Option<&'static str> {
    Some(match identifier {
        // 2.5.29.37.0
        [0x55, 0x1d, 37, 0] => "anyExtendedKeyUsage",
        // 1.3.6.1.5.5.7.3
        [0x2b, 6, 1, 5, 5, 7, 3, last] => match last {
            1 => "serverAuth",
            2 => "clientAuth",
            3 => "codeSigning",
            4 => "emailProtection",
            5 => "ipsecEndSystem",
            6 => "ipsecTunnel",
            7 => "ipsecUser",
            8 => "timeStamping",
            9 => "OCSPSigning",
            _ => return None,
        },
        // 1.3.6.1.4.1.311.10.3.3
        [0x2b, 6, 1, 4, 1, 0x82, 0x37, 10, 3, 3] => "msSGC",
        // 2.16.840.1.113730.4.1
        [0x60, 0x86, 0x48, 1, 0x86, 0xf8, 0x42, 4, 1] => "nsSGC",
        _ => return None,
    })
}

fn read_alt_names(
    mut der: Der<'_>,
    names: &mut Vec<GeneralName>,
    nonconformities: &mut Nonconformities,
) -> Option<()> {
    let mut entries = der.inside(tag::SEQUENCE)?;
    while !entries.is_empty() {
        let entry = entries.any().ok()?;
        // Octets beyond ASCII stand for a text of unknown encoding; one of them is as wrong as many.
        let mut text = |form| {
            let fault = if !entry.content.is_ascii() {
                Some(Nonconformity::NameNotAscii(form))
            } else if form == NameForm::Uri && !std::str::from_utf8(entry.content).is_ok_and(uri::is_read) {
                Some(Nonconformity::Uri)
            } else {
                None
            };
            if let Some(fault) = fault {
                nonconformities.add(fault);
            }
            String::from_utf8_lossy(entry.content).into_owned()
        };
        names.push(match entry.tag {
            0x81 => GeneralName::Email(text(NameForm::Email)),
            0x82 => GeneralName::Dns(text(NameForm::Dns)),
            0x86 => GeneralName::Uri(text(NameForm::Uri)),
            0x87 => {
                if !matches!(entry.content.len(), 4 | 16) {
                    nonconformities.add(Nonconformity::AddressLength(entry.content.len()));
                }
                GeneralName::Ip(entry.content.to_vec())
            }
            _ => GeneralName::Other,
        });
    }
    Some(())
}

fn read_name_constraints(mut der: Der<'_>) -> Option<NameConstraints> {
    let mut fields = der.inside(tag::SEQUENCE).filter(|_| der.is_empty())?;
    let permitted = fields.optional(tag::context_constructed(0)).ok()?;
    let excluded = fields.optional(tag::context_constructed(1)).ok()?;
    let is_given = |subtrees: &Option<Der<'_>>| subtrees.is_some_and(|subtrees| !subtrees.is_empty());
    if !fields.is_empty() || !(is_given(&permitted) || is_given(&excluded)) {
        return None;
    }
    let read = |subtrees: Option<Der<'_>>| subtrees.map_or_else(|| Some(Vec::new()), read_subtrees);
    Some(NameConstraints { permitted: read(permitted)?, excluded: read(excluded)? })
}

fn read_subtrees(mut subtrees: Der<'_>) -> Option<Vec<GeneralName>> {
    let mut names = Vec::new();
    while !subtrees.is_empty() {
        let base = subtrees.inside(tag::SEQUENCE)?.any().ok()?;
        let text = || std::str::from_utf8(base.content).ok().filter(|text| text.is_ascii());
        let is_sound = match base.tag {
            0x81 => text().is_some_and(|text| {
                if text.contains('@') { uri::is_mailbox(text) } else { uri::is_domain_constraint(text) }
            }),
            0x82 => text().is_some_and(uri::is_domain_constraint),
            0x86 => text().is_some_and(|text| {
                text.parse::<std::net::IpAddr>().is_err() && uri::is_domain_constraint(text)
            }),
            0x87 => match base.content.len() {
                length @ (8 | 32) => base.content.get(length / 2..).is_some_and(is_mask),
                _ => false,
            },
            _ => true,
        };
        if !is_sound {
            return None;
        }
        names.push(match base.tag {
            0x82 => GeneralName::Dns(text()?.to_owned()),
            0x87 => GeneralName::Ip(base.content.to_vec()),
            _ => GeneralName::Other,
        });
    }
    Some(names)
}

/// Whether all ones of an address mask stand before all zeros.
fn is_mask(octets: &[u8]) -> bool {
    let mut rest = octets.iter().skip_while(|&&octet| octet == 0xff);
    rest.next().is_none_or(|octet| octet.leading_ones() == octet.count_ones())
        && rest.all(|&octet| octet == 0)
}

fn check_distribution_points(mut der: Der<'_>) -> Option<()> {
    let mut points = der.inside(tag::SEQUENCE)?;
    while !points.is_empty() {
        let Some(mut name) = points.inside(tag::SEQUENCE)?.optional(tag::context_constructed(0)).ok()? else {
            continue;
        };
        let mut full_name = name.inside(tag::context_constructed(0))?;
        while full_name.starts_with(tag::context(6)) {
            full_name.content(tag::context(6))?;
        }
    }
    Some(())
}

fn check_policy_mappings(mut der: Der<'_>) -> Option<()> {
    let mut mappings = der.inside(tag::SEQUENCE)?;
    while !mappings.is_empty() {
        let mut mapping = mappings.inside(tag::SEQUENCE)?;
        mapping.content(tag::OBJECT_IDENTIFIER)?;
        mapping.content(tag::OBJECT_IDENTIFIER)?;
    }
    Some(())
}

fn check_policy_constraints(mut der: Der<'_>) -> Option<()> {
    let mut fields = der.inside(tag::SEQUENCE)?;
    for number in 0..2 {
        if fields.starts_with(tag::context(number)) {
            let content = fields.content(tag::context(number))?;
            if !is_shortest_integer(content) || content.len() > 8 {
                return None;
            }
        }
    }
    Some(())
}
