//! The reader of certificates against `x509-parser`.
//!
//! Where both read a certificate they read the same values. They need not take the same ones: ours
//! follows Go's reader, whose verdicts on certificates that are broken on purpose are recorded in
//! `fixtures/certificates/`. What ours calls nonconforming is not compared, as the other takes such
//! values for something.

use apicert::facts::certificate::Certificate;
use apicert::facts::file::Contents;
use sha2::{Digest, Sha256};
use x509_parser::asn1_rs::{Any, Class, Tag};
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

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
    assert_eq!(ours.signature, theirs.signature_value.data.as_ref());
    if !ours.nonconformities.is_empty() {
        return;
    }
    assert_eq!(ours.version, u64::from(theirs.version().0) + 1);
    assert_eq!(ours.serial.octets, theirs.raw_serial().len());
    assert_eq!(ours.not_before.unix(), theirs.validity().not_before.timestamp());
    assert_eq!(ours.not_after.unix(), theirs.validity().not_after.timestamp());
    // Extensions of versions 1 and 2 do not count for Go, nor those under another tag than their own.
    if ours.version < 3 || !has_constructed(theirs.tbs_certificate.as_ref(), 3) {
        return;
    }
    // The other takes a dNSName for one that is written as a structure, which Go passes over.
    let are_written_well = theirs.extensions().iter().all(|it| !has_constructed(it.value, 2));
    if let Ok(Some(names)) = theirs.subject_alternative_name()
        && are_written_well
    {
        let dns = names.value.general_names.iter().filter_map(|name| match name {
            GeneralName::DNSName(name) => Some(*name),
            _ => None,
        });
        assert_eq!(ours.dns_names().collect::<Vec<_>>(), dns.collect::<Vec<_>>());
    }
    if let Ok(Some(constraints)) = theirs.basic_constraints() {
        assert_eq!(ours.is_ca, Some(constraints.value.ca));
    }
}

/// Whether a sequence has a constructed element of a context-specific tag.
fn has_constructed(sequence: &[u8], tag: u32) -> bool {
    let Ok((_, sequence)) = Any::from_der(sequence) else { return false };
    let mut rest = sequence.data;
    while let Ok((behind, element)) = Any::from_der(rest) {
        if element.class() == Class::ContextSpecific
            && element.header.is_constructed()
            && element.tag() == Tag(tag)
        {
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
