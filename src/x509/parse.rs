//! The structure of a certificate (RFC 5280 section 4.1).
//!
//! The service reads certificates with Go's `crypto/x509`, and its answer depends on what that
//! reader takes and refuses. So it is the model here, down to what it skips: bytes behind the last
//! field that it looks at, and everything behind the key of a certificate that is not version 3.
//! General parsers differ from it in both directions, and hide the octets that decide.
//!
//! What does not have the shape of a certificate is a [`CertificateFault`]; what has it and is
//! refused all the same is a [`Nonconformity`].

use crate::der;
use crate::der::{DerFault, tag};
use crate::keys::algorithm_identifier;
use crate::keys::public_key;
use crate::keys::public_key::{Curve, KeyAlgorithm, PublicKey, PublicNumbers};
use crate::span::Span;
use crate::x509::algorithms::AlgorithmIdentifier;
use crate::x509::der::{Bits, Der, is_negative, is_shortest_integer, small};
use crate::x509::extensions::Extensions;
use crate::x509::nonconformity::{KeyFault, Limit, NamePart, Nonconformities, Nonconformity};
use crate::x509::time::Time;
use crate::x509::{Certificate, CertificateFault, RawDer, Serial, SignatureAlgorithm, name, time};

/// Reads a certificate in DER. `span` is the place of its PEM block.
pub(crate) fn read(der: &[u8], span: Span) -> Result<Certificate, CertificateFault> {
    let mut rest = Der::new(der);
    let element = match rest.any() {
        Ok(element) if element.tag == tag::SEQUENCE => element,
        Err(DerFault::Truncated) if der.first() == Some(&tag::SEQUENCE) => {
            return Err(CertificateFault::Truncated);
        }
        _ => return Err(CertificateFault::Structure),
    };
    let certificate =
        read_content(Der::new(element.content), element.whole, span).ok_or(CertificateFault::Structure)?;
    if !rest.is_empty() {
        return Err(CertificateFault::TrailingBytes);
    }
    Ok(certificate)
}

/// `whole` is all of it, `der` what is inside.
fn read_content(mut der: Der<'_>, whole: &[u8], span: Span) -> Option<Certificate> {
    let mut nonconformities = Nonconformities::default();
    let to_be_signed = der.element(tag::SEQUENCE)?;
    let outer_algorithm = der.content(tag::SEQUENCE)?;
    let signature = der.bit_string()?;

    let mut fields = Der::new(to_be_signed.content);
    let version = read_version(&mut fields, &mut nonconformities)?;
    let serial = read_serial(&mut fields, &mut nonconformities)?;
    let inner_algorithm = fields.content(tag::SEQUENCE)?;
    let signature_algorithm = read_algorithm(inner_algorithm, outer_algorithm, &mut nonconformities);
    let issuer = name::read(&mut fields, NamePart::Issuer, &mut nonconformities)?;
    let mut validity = fields.inside(tag::SEQUENCE)?;
    let not_before = read_time(&mut validity, Limit::NotBefore, &mut nonconformities)?;
    let not_after = read_time(&mut validity, Limit::NotAfter, &mut nonconformities)?;
    let subject = name::read(&mut fields, NamePart::Subject, &mut nonconformities)?;
    let public_key = read_public_key(&mut fields, &mut nonconformities)?;
    let extensions = match version {
        1 | 2 => Extensions::default(),
        _ => read_extensions(&mut fields, &mut nonconformities)?,
    };
    if !signature.is_sound() {
        nonconformities.add(Nonconformity::Signature);
    }
    Some(Certificate {
        span,
        version,
        serial,
        subject,
        issuer,
        not_before: not_before.at,
        not_after: not_after.at,
        public_key,
        subject_alt_names: extensions.subject_alt_names,
        is_ca: extensions.is_ca,
        path_length: extensions.path_length,
        name_constraints: extensions.name_constraints,
        is_precertificate: extensions.is_precertificate,
        has_baseline_policy: extensions.has_baseline_policy,
        issuer_uris: extensions.issuer_uris,
        unknown_critical: extensions.unknown_critical,
        key_usage: extensions.key_usage,
        extended_key_usage: extensions.extended_key_usage,
        subject_key_identifier: extensions.subject_key_identifier,
        authority_key_identifier: extensions.authority_key_identifier,
        signature_algorithm,
        to_be_signed: to_be_signed.whole.to_vec(),
        signature: signature.right_aligned(),
        is_self_signed: false,
        nonconformities: nonconformities.finish(),
        whole: RawDer::new(whole),
    })
}

/// The version as people count it, from 1; 0 for one that is negative.
fn read_version(fields: &mut Der<'_>, nonconformities: &mut Nonconformities) -> Option<u64> {
    let Some(mut field) = fields.optional(tag::context_constructed(0)).ok()? else { return Some(1) };
    let content = field.content(tag::INTEGER).filter(|content| !content.is_empty())?;
    let version = match small(content) {
        Some(number) => number.saturating_add(1),
        None if is_negative(content) => 0,
        None => u64::MAX,
    };
    if !matches!(version, 1..=3) || !field.is_empty() || !is_shortest_integer(content) {
        nonconformities.add(Nonconformity::Version);
    }
    Some(version)
}

fn read_serial(fields: &mut Der<'_>, nonconformities: &mut Nonconformities) -> Option<Serial> {
    let content = fields.content(tag::INTEGER).filter(|content| !content.is_empty())?;
    if !is_shortest_integer(content) {
        nonconformities.add(Nonconformity::Serial);
    }
    Some(Serial::new(content))
}

fn read_algorithm(inner: &[u8], outer: &[u8], nonconformities: &mut Nonconformities) -> SignatureAlgorithm {
    let read = AlgorithmIdentifier::read(inner);
    if inner != outer {
        let is_same = match (read, AlgorithmIdentifier::read(outer)) {
            (Some(inner), Some(outer)) => inner.algorithm == outer.algorithm,
            _ => false,
        };
        nonconformities.add(if is_same {
            Nonconformity::AlgorithmParametersDiffer
        } else {
            Nonconformity::AlgorithmsDiffer
        });
    } else if read.is_none() {
        nonconformities.add(Nonconformity::AlgorithmIdentifier);
    }
    read.map_or_else(
        || SignatureAlgorithm::Other(AlgorithmIdentifier::salvage(inner)),
        |identifier| SignatureAlgorithm::of(&identifier),
    )
}

fn read_time(validity: &mut Der<'_>, limit: Limit, nonconformities: &mut Nonconformities) -> Option<Time> {
    let time = time::read(validity.any().ok()?)?;
    if !time.is_as_go_reads {
        nonconformities.add(Nonconformity::Time(limit));
    }
    Some(time)
}

fn read_public_key(fields: &mut Der<'_>, nonconformities: &mut Nonconformities) -> Option<PublicKey> {
    let element = fields.element(tag::SEQUENCE)?;
    let mut info = Der::new(element.content);
    let algorithm = info.content(tag::SEQUENCE)?;
    let bits = info.bit_string()?;
    let identifier = AlgorithmIdentifier::read(algorithm);
    // Bytes behind the fields are left over here, as the service's reader leaves them.
    let public_key = public_key::read(element.whole).or_else(|| {
        let parameters = identifier?.parameters;
        let algorithm = der::write(tag::OBJECT_IDENTIFIER, &[identifier?.algorithm.0]);
        public_key::read(&der::write(
            tag::SEQUENCE,
            &[
                &der::write(tag::SEQUENCE, &[&algorithm, parameters]),
                &der::write(tag::BIT_STRING, &[&[0], &bits.right_aligned()]),
            ],
        ))
    });
    let fault = match &identifier {
        None => Some(Nonconformity::AlgorithmIdentifier),
        Some(identifier) => {
            fault_of_key(identifier, &bits, public_key.as_ref()).map(Nonconformity::PublicKey)
        }
    };
    if let Some(fault) = fault {
        nonconformities.add(fault);
    }
    Some(public_key.unwrap_or_else(|| {
        let unreadable = |algorithm| PublicKey::unreadable(algorithm, bits.octets, element.whole);
        if identifier.is_some_and(|identifier| identifier.algorithm.0 == algorithm_identifier::RSA) {
            return read_rsa(&bits.right_aligned())
                .map_or_else(|_| unreadable(KeyAlgorithm::Rsa), |(n, e)| PublicKey::rsa(n, e));
        }
        let identifier = AlgorithmIdentifier::salvage(algorithm);
        unreadable(KeyAlgorithm::Other(format!("algorithm {identifier}")))
    }))
}

/// id-dsa, 1.2.840.10040.4.1
const DSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x38, 4, 1];

/// What the service's reader refuses about a key. That a kind of key, a curve, or an exponent is
/// not supported is another matter.
fn fault_of_key(
    identifier: &AlgorithmIdentifier<'_>,
    bits: &Bits<'_>,
    public_key: Option<&PublicKey>,
) -> Option<KeyFault> {
    if !bits.is_sound() {
        return Some(KeyFault::Bits);
    }
    let octets = bits.right_aligned();
    match identifier.algorithm.0 {
        algorithm_identifier::RSA if identifier.parameters != [0x05, 0x00] => Some(KeyFault::RsaParameters),
        algorithm_identifier::RSA => read_rsa(&octets).err(),
        algorithm_identifier::EC | algorithm_identifier::SM2 => {
            match public_key.map(|key| (&key.algorithm, &key.numbers)) {
                Some((KeyAlgorithm::Ec(curve), numbers)) => fault_of_point(*curve, &octets, numbers),
                Some(_) => None,
                None => Some(KeyFault::Structure),
            }
        }
        algorithm_identifier::ED25519 if !identifier.parameters.is_empty() || octets.len() != 32 => {
            Some(KeyFault::Ed25519)
        }
        DSA => is_sound_dsa(identifier.parameters, &octets).is_none().then_some(KeyFault::Dsa),
        _ => None,
    }
}

/// Modulus and exponent, without leading zeros.
fn read_rsa(octets: &[u8]) -> Result<(&[u8], &[u8]), KeyFault> {
    let mut numbers = Der::new(octets).inside(tag::SEQUENCE).ok_or(KeyFault::RsaStructure)?;
    let modulus = numbers.integer().ok_or(KeyFault::RsaStructure)?;
    let exponent = numbers.integer().ok_or(KeyFault::RsaStructure)?;
    if !is_positive(modulus) || !is_positive(exponent) {
        return Err(KeyFault::RsaNotPositive);
    }
    Ok((modulus.strip_prefix(&[0]).unwrap_or(modulus), exponent.strip_prefix(&[0]).unwrap_or(exponent)))
}

fn fault_of_point(curve: Curve, octets: &[u8], numbers: &PublicNumbers) -> Option<KeyFault> {
    let has_length = |coordinates| octets.len() == 1 + coordinates * curve.octets();
    match (octets.first(), numbers) {
        (Some(2 | 3), _) if has_length(1) => Some(KeyFault::CompressedPoint),
        (Some(6 | 7), _) if has_length(2) => Some(KeyFault::CompressedPoint),
        (Some(4), PublicNumbers::Point(_)) => None,
        _ => Some(KeyFault::NotOnCurve),
    }
}

fn is_sound_dsa(parameters: &[u8], octets: &[u8]) -> Option<()> {
    let mut domain = Der::new(parameters).inside(tag::SEQUENCE)?;
    let numbers = [Der::new(octets).integer(), domain.integer(), domain.integer(), domain.integer()];
    numbers.into_iter().all(|number| number.is_some_and(is_positive)).then_some(())
}

fn is_positive(content: &[u8]) -> bool {
    !is_negative(content) && content != [0]
}

fn read_extensions(fields: &mut Der<'_>, nonconformities: &mut Nonconformities) -> Option<Extensions> {
    // issuerUniqueID and subjectUniqueID, which nobody reads.
    fields.optional(tag::context(1)).ok()?;
    fields.optional(tag::context(2)).ok()?;
    match fields.optional(tag::context_constructed(3)).ok()? {
        Some(mut field) => Extensions::read(field.inside(tag::SEQUENCE)?, nonconformities),
        None => Some(Extensions::default()),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that panics has failed")]

    use super::*;
    use base64::Engine as _;
    use base64::prelude::BASE64_STANDARD;
    use std::fs;
    use std::path::{Path, PathBuf};

    fn fixtures() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
    }

    /// Whether the service is said to refuse it, as the fixtures write it.
    fn is_refused(der: &[u8]) -> bool {
        !read(der, Span::new(0, 0)).is_ok_and(|certificate| certificate.nonconformities.is_empty())
    }

    #[test]
    fn every_certificate_of_the_fixtures_is_read() {
        let mut count = 0;
        for entry in fs::read_dir(fixtures().join("pki/certs")).unwrap() {
            let path = entry.unwrap().path();
            let der = pem::parse(fs::read(&path).unwrap()).unwrap();
            let certificate = read(der.contents(), Span::new(0, 0)).unwrap();
            assert_eq!(certificate.nonconformities, [], "{}", path.display());
            count += 1;
        }
        assert!(count > 20);
    }

    #[test]
    fn go_agrees_on_made_certificates() {
        let text = fs::read_to_string(fixtures().join("certificates/made.tsv")).unwrap();
        let mut failures = Vec::new();
        for line in text.lines() {
            let [verdict, name, der] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
            let der = BASE64_STANDARD.decode(der).unwrap();
            if is_refused(&der) != (verdict == "r") {
                let read = read(&der, Span::new(0, 0)).map(|certificate| certificate.nonconformities);
                failures.push(format!("{verdict} {name}: {read:?}"));
            }
        }
        assert!(text.lines().count() > 2500);
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }

    #[test]
    fn go_agrees_on_changed_certificates() {
        let text = fs::read_to_string(fixtures().join("certificates/mutations.tsv")).unwrap();
        let mut base = Vec::new();
        let mut count = 0;
        let mut failures = Vec::new();
        for line in text.lines() {
            let [kind, name, rest] = line.split('\t').collect::<Vec<_>>().try_into().unwrap();
            if kind == "base" {
                base = BASE64_STANDARD.decode(rest).unwrap();
                continue;
            }
            assert_eq!(rest.len(), base.len());
            for (at, verdict) in rest.chars().enumerate() {
                let der = changed(&base, kind, at);
                count += 1;
                if is_refused(&der) != (verdict == 'r') {
                    let read = read(&der, Span::new(0, 0)).map(|certificate| certificate.nonconformities);
                    failures.push(format!("{verdict} {name} {kind} at {at}: {read:?}"));
                }
            }
        }
        assert!(count > 20_000);
        assert!(failures.is_empty(), "{}", failures.join("\n"));
    }

    fn changed(base: &[u8], kind: &str, at: usize) -> Vec<u8> {
        let mut der = base.to_vec();
        match kind.split_once(' ') {
            Some(("xor", mask)) => der[at] ^= u8::from_str_radix(mask, 16).unwrap(),
            Some(("put", octet)) => der[at] = u8::from_str_radix(octet, 16).unwrap(),
            None if kind == "drop" => {
                der.remove(at);
            }
            None if kind == "cut" => der.truncate(at),
            _ => panic!("{kind}"),
        }
        der
    }
}
