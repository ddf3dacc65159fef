//! The reader of certificates against `x509-parser`.
//!
//! Where both read a certificate they read the same values. They need not take the same ones: ours
//! follows Go's reader, whose verdicts on certificates that are broken on purpose are recorded in
//! `fixtures/certificates/`. Of what ours calls nonconforming the values that the remark is about are not
//! compared: the other takes them for something, or for nothing.

use apicert::internals::inspect::Contents;
use apicert::internals::keys::public_key::PublicNumbers;
use apicert::internals::x509::nonconformity::{Limit, NamePart, Nonconformity};
use apicert::internals::x509::{AttributeKind, Certificate, Name};
use sha2::{Digest, Sha256};
use x509_parser::asn1_rs::{Any, Class, Tag};
use x509_parser::extensions::{GeneralName, ParsedExtension};
use x509_parser::prelude::{FromDer, X509Certificate};
use x509_parser::public_key::PublicKey as TheirKey;
use x509_parser::x509::X509Name;

use crate::within_memory;

pub fn run(input: &[u8]) {
    within_memory(input, || {
        let contents = Contents::read(input);
        if input.first() != Some(&0x30) {
            return;
        }
        let Ok((rest, theirs)) = X509Certificate::from_der(input) else { return };
        let Some(ours) = contents.certificate(0) else { return };
        assert!(rest.is_empty(), "bytes behind a certificate were overlooked");
        compare(ours, &theirs, input);
    });
}

fn compare(ours: &Certificate, theirs: &X509Certificate<'_>, der: &[u8]) {
    assert_eq!(ours.whole.sha256().to_string(), sha256(der));
    assert_eq!(ours.subject.der, theirs.subject().as_raw());
    assert_eq!(ours.issuer.der, theirs.issuer().as_raw());
    assert_eq!(ours.to_be_signed, theirs.tbs_certificate.as_ref());
    // Ours takes the bits to the right, as Go does, where some at the end do not count.
    if theirs.signature_value.unused_bits == 0 {
        assert!(ours.signature == theirs.signature_value.data.as_ref(), "another signature");
    }
    let is_remarked = |is_about: fn(&Nonconformity) -> bool| ours.nonconformities.iter().any(is_about);
    assert_eq!(ours.serial.octets, theirs.raw_serial().len());
    if !is_remarked(|it| matches!(it, Nonconformity::Version)) {
        assert_eq!(ours.version, u64::from(theirs.version().0) + 1);
    }
    // The other takes serial numbers for natural ones.
    if !ours.serial.is_negative() && ours.serial.octets <= 4096 {
        assert_eq!(ours.serial.decimal(), theirs.tbs_certificate.serial.to_string());
    }
    if !is_remarked(|it| matches!(it, Nonconformity::Time(Limit::NotBefore))) {
        assert_eq!(ours.not_before.unix(), theirs.validity().not_before.timestamp());
    }
    if !is_remarked(|it| matches!(it, Nonconformity::Time(Limit::NotAfter))) {
        assert_eq!(ours.not_after.unix(), theirs.validity().not_after.timestamp());
    }
    for (part, ours_of, theirs_of) in [
        (NamePart::Subject, &ours.subject, theirs.subject()),
        (NamePart::Issuer, &ours.issuer, theirs.issuer()),
    ] {
        let is_about = |it: &Nonconformity| match it {
            Nonconformity::AttributeType(other) => *other == part,
            Nonconformity::AttributeValue { part: other, .. } => *other == part,
            Nonconformity::LargeIdentifier(_) => true,
            _ => false,
        };
        if !ours.nonconformities.iter().any(is_about) {
            compare_names(ours_of, theirs_of);
        }
    }
    let is_about_key = |it: &Nonconformity| {
        matches!(
            it,
            Nonconformity::PublicKey(_)
                | Nonconformity::AlgorithmIdentifier
                | Nonconformity::LargeIdentifier(_)
        )
    };
    if !is_remarked(is_about_key) {
        compare_keys(ours, theirs);
    }
    let is_about_extensions = |it: &Nonconformity| {
        matches!(
            it,
            Nonconformity::DuplicateExtension(_)
                | Nonconformity::MalformedExtension(_)
                | Nonconformity::LargeIdentifier(_)
                | Nonconformity::NameNotAscii(_)
                | Nonconformity::AddressLength(_)
                | Nonconformity::Uri
        )
    };
    // Extensions of versions 1 and 2 do not count for Go, nor those under another tag than their own.
    if !is_remarked(is_about_extensions)
        && ours.version >= 3
        && has_constructed(theirs.tbs_certificate.as_ref(), Class::ContextSpecific, 3)
    {
        compare_extensions(ours, theirs);
    }
}

/// Of the kinds that the response has, the values that are of the plain types of strings.
fn compare_names(ours: &Name, theirs: &X509Name<'_>) {
    for (kind, identifier) in [
        (AttributeKind::CommonName, "2.5.4.3"),
        (AttributeKind::Country, "2.5.4.6"),
        (AttributeKind::Locality, "2.5.4.7"),
        (AttributeKind::State, "2.5.4.8"),
        (AttributeKind::Organization, "2.5.4.10"),
        (AttributeKind::OrganizationalUnit, "2.5.4.11"),
    ] {
        let values: Vec<_> =
            theirs.iter_attributes().filter(|it| it.attr_type().to_id_string() == identifier).collect();
        let is_plain = |tag: Tag| {
            matches!(tag, Tag::Utf8String | Tag::PrintableString | Tag::Ia5String | Tag::NumericString)
        };
        if values.iter().all(|it| is_plain(it.attr_value().tag())) {
            let values: Vec<&str> =
                values.iter().map(|it| std::str::from_utf8(it.as_slice()).expect("it is plain")).collect();
            assert_eq!(ours.values(kind).collect::<Vec<_>>(), values, "other values of {identifier}");
        }
    }
}

/// The numbers of RSA keys, points as they are written, and all other keys as a whole.
fn compare_keys(ours: &Certificate, theirs: &X509Certificate<'_>) {
    let info = theirs.public_key();
    if info.subject_public_key.unused_bits != 0 {
        return;
    }
    match (&ours.public_key.numbers, info.parsed()) {
        (PublicNumbers::Rsa { modulus, exponent }, Ok(TheirKey::RSA(theirs))) => {
            assert_eq!(modulus, without_zeros(theirs.modulus), "another modulus");
            assert_eq!(exponent, without_zeros(theirs.exponent), "another exponent");
        }
        (PublicNumbers::Point(point), _) if !ours.public_key.is_compressed => {
            assert_eq!(point, info.subject_public_key.data.as_ref(), "another point");
        }
        (PublicNumbers::Opaque(octets), _) => {
            assert_eq!(octets, info.subject_public_key.data.as_ref(), "other octets of the key");
        }
        _ => {}
    }
}

fn without_zeros(number: &[u8]) -> &[u8] {
    let zeros = number.iter().take_while(|&&octet| octet == 0).count();
    &number[zeros..]
}

fn compare_extensions(ours: &Certificate, theirs: &X509Certificate<'_>) {
    // The other takes a dNSName for one that is written as a structure, which Go passes over.
    let are_written_well =
        theirs.extensions().iter().all(|it| !has_constructed(it.value, Class::ContextSpecific, 2));
    if let Ok(Some(names)) = theirs.subject_alternative_name()
        && are_written_well
    {
        let dns = names.value.general_names.iter().filter_map(|name| match name {
            GeneralName::DNSName(name) => Some(*name),
            _ => None,
        });
        assert_eq!(ours.dns_names().collect::<Vec<_>>(), dns.collect::<Vec<_>>());
    }
    let has = |identifier| theirs.extensions().iter().any(|it| it.oid.to_id_string() == identifier);
    assert_eq!(ours.subject_alt_names.is_some(), has("2.5.29.17"), "subjectAltName");
    assert_eq!(ours.is_ca.is_some(), has("2.5.29.19"), "basicConstraints");
    assert_eq!(ours.key_usage.is_some(), has("2.5.29.15"), "keyUsage");
    assert_eq!(ours.extended_key_usage.is_some(), has("2.5.29.37"), "extKeyUsage");
    // What the other cannot read is the same to it as what is not there.
    // It also takes a BOOLEAN for one that is written as a structure; Go sees none then, and no CA.
    let are_flags_written_well =
        theirs.extensions().iter().all(|it| !has_constructed(it.value, Class::Universal, 1));
    if let Ok(Some(constraints)) = theirs.basic_constraints()
        && are_flags_written_well
    {
        assert_eq!(ours.is_ca, Some(constraints.value.ca));
    }
    if let Ok(Some(usage)) = theirs.key_usage() {
        assert_eq!(ours.key_usage.map(|it| it.bits), Some(usage.value.flags & 0x1ff));
    }
    if let (Ok(Some(usage)), Some(ours)) = (theirs.extended_key_usage(), &ours.extended_key_usage) {
        let has = |name: &str| ours.purposes.iter().any(|it| it == name);
        assert_eq!(has("anyExtendedKeyUsage"), usage.value.any);
        assert_eq!(has("serverAuth"), usage.value.server_auth);
        assert_eq!(has("clientAuth"), usage.value.client_auth);
    }
    for extension in theirs.extensions() {
        match extension.parsed_extension() {
            ParsedExtension::SubjectKeyIdentifier(identifier) => {
                assert_eq!(ours.subject_key_identifier.as_deref(), Some(identifier.0));
            }
            // The other takes a key identifier for one that has a tag of another class.
            ParsedExtension::AuthorityKeyIdentifier(identifier)
                if identifier.key_identifier.is_none() || extension.value.get(2) == Some(&0x80) =>
            {
                assert_eq!(
                    ours.authority_key_identifier.as_deref(),
                    identifier.key_identifier.as_ref().map(|it| it.0)
                );
            }
            _ => {}
        }
    }
}

/// Whether a sequence has a constructed element of a tag.
fn has_constructed(sequence: &[u8], class: Class, tag: u32) -> bool {
    let Ok((_, sequence)) = Any::from_der(sequence) else { return false };
    let mut rest = sequence.data;
    while let Ok((behind, element)) = Any::from_der(rest) {
        if element.class() == class && element.header.is_constructed() && element.tag() == Tag(tag) {
            return true;
        }
        rest = behind;
    }
    false
}

/// SHA-256 in hexadecimal.
#[must_use]
pub fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
