//! Algorithm identifiers of keys (RFC 3279, RFC 4055, RFC 5480, RFC 8410).

use crate::der;
use crate::der::{DerFault, Element, Reader, tag};
use crate::keys::public_key::{Curve, KeyAlgorithm};

/// An AlgorithmIdentifier of a key.
pub(crate) struct Identifier<'a> {
    /// The kind of key.
    pub(crate) algorithm: KeyAlgorithm,
    /// The length of a field element, where the curve is known; DSA and Diffie-Hellman: of p.
    pub(crate) bits: usize,
    /// The parameters as they are written; `None` when absent.
    pub(crate) parameters: Option<Element<'a>>,
    /// How many bytes follow the parameters.
    pub(crate) leftover: usize,
    /// Whether the algorithm is the SM2 curve, as GmSSL and Tongsuo write it, in place of id-ecPublicKey.
    pub(crate) names_sm2: bool,
}

/// What an EC key says of its curve.
pub(crate) struct NamedCurve {
    /// The kind of key that it makes.
    pub(crate) algorithm: KeyAlgorithm,
    /// The length of a field element; 0 when unknown.
    pub(crate) bits: usize,
}

/// The object identifiers of curves that are supported.
pub(crate) const fn object_identifier(curve: Curve) -> &'static [u8] {
    match curve {
        Curve::P224 => &[0x2b, 0x81, 0x04, 0x00, 0x21],
        Curve::P256 => &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07],
        Curve::P384 => &[0x2b, 0x81, 0x04, 0x00, 0x22],
        Curve::P521 => &[0x2b, 0x81, 0x04, 0x00, 0x23],
        Curve::Sm2 => &[0x2a, 0x81, 0x1c, 0xcf, 0x55, 0x01, 0x82, 0x2d],
    }
}

/// rsaEncryption
pub(crate) const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
/// id-RSASSA-PSS
pub(crate) const RSA_PSS: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x0a];
/// id-ecPublicKey
pub(crate) const EC: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
/// id-Ed25519
pub(crate) const ED25519: &[u8] = &[0x2b, 0x65, 0x70];
/// The SM2 curve, and the algorithm of SM2 keys as some write it
pub(crate) const SM2: &[u8] = object_identifier(Curve::Sm2);
const DSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x38, 0x04, 0x01];
const DH_PKCS3: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x03, 0x01];
const DH_X942: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3e, 0x02, 0x01];
const X25519: &[u8] = &[0x2b, 0x65, 0x6e];
const X448: &[u8] = &[0x2b, 0x65, 0x6f];
const ED448: &[u8] = &[0x2b, 0x65, 0x71];

/// Reads an AlgorithmIdentifier.
pub(crate) fn read<'a>(reader: &mut Reader<'a>) -> Result<Identifier<'a>, DerFault> {
    let mut inner = reader.sequence()?;
    let object = inner.take(tag::OBJECT_IDENTIFIER)?;
    let parameters = if inner.is_empty() { None } else { Some(inner.element()?) };
    let leftover = inner.len();
    let (algorithm, bits) = match object {
        RSA => (KeyAlgorithm::Rsa, 0),
        EC => {
            let curve = curve(parameters);
            (curve.algorithm, curve.bits)
        }
        RSA_PSS => (KeyAlgorithm::RsaPss, 0),
        DSA => (KeyAlgorithm::Dsa, bits_of_prime(parameters)),
        DH_PKCS3 | DH_X942 => (KeyAlgorithm::DiffieHellman, bits_of_prime(parameters)),
        ED25519 => (KeyAlgorithm::Ed25519, 256),
        ED448 => (KeyAlgorithm::Ed448, 456),
        X25519 => (KeyAlgorithm::X25519, 256),
        X448 => (KeyAlgorithm::X448, 448),
        // OpenSSL reads it with the curve in the parameters too, and with nothing else there.
        SM2 => match curve(parameters) {
            NamedCurve { algorithm: KeyAlgorithm::Ec(Curve::Sm2), bits } => {
                (KeyAlgorithm::Ec(Curve::Sm2), bits)
            }
            _ => (KeyAlgorithm::Other("SM2 without the curve in its parameters".to_owned()), 0),
        },
        other => (KeyAlgorithm::Other(name_of(&shown(other))), 0),
    };
    Ok(Identifier { algorithm, bits, parameters, leftover, names_sm2: object == SM2 })
}

/// Reads ECParameters.
pub(crate) fn curve(parameters: Option<Element<'_>>) -> NamedCurve {
    let other = |name: String, bits| NamedCurve { algorithm: KeyAlgorithm::OtherCurve(name), bits };
    match parameters {
        Some(Element { tag: tag::OBJECT_IDENTIFIER, content, .. }) => {
            let supported = [Curve::P256, Curve::P384, Curve::P521, Curve::P224, Curve::Sm2]
                .into_iter()
                .find(|&curve| object_identifier(curve) == content);
            if let Some(curve) = supported {
                return NamedCurve { algorithm: KeyAlgorithm::Ec(curve), bits: curve.bits() };
            }
            let identifier = shown(content);
            OTHER_CURVES.iter().find(|(known, ..)| *known == identifier).map_or_else(
                || other(identifier.clone(), 0),
                |(_, name, bits)| other((*name).to_owned(), *bits),
            )
        }
        Some(Element { tag: tag::SEQUENCE, .. }) => {
            NamedCurve { algorithm: KeyAlgorithm::ExplicitCurve, bits: 0 }
        }
        _ => other("without a named curve".to_owned(), 0),
    }
}

/// An object identifier as it may be shown. Identifiers come out of private keys too, damaged ones
/// among them: what does not look like one is not spelled out.
fn shown(identifier: &[u8]) -> String {
    let is_ordinary = identifier.len() <= 16
        && identifier.last().is_some_and(|last| last & 0x80 == 0)
        && !identifier.windows(5).any(|arc| arc.iter().all(|byte| byte & 0x80 != 0));
    if is_ordinary { der::dotted(identifier) } else { "with an unreadable identifier".to_owned() }
}

/// The name of an algorithm that is known and not supported, or `algorithm` and its object identifier.
fn name_of(identifier: &str) -> String {
    if let Some((_, name)) = OTHER_ALGORITHMS.iter().find(|(known, _)| *known == identifier) {
        return (*name).to_owned();
    }
    let (arc, last) = identifier.rsplit_once('.').unwrap_or_default();
    let number: Option<usize> = last.parse().ok();
    let slh_dsa = |first: usize| number.and_then(|number| SLH_DSA.get(number.checked_sub(first)?));
    match arc {
        "2.16.840.1.101.3.4.3" => {
            if let Some(name) = slh_dsa(20).or_else(|| slh_dsa(35)) {
                return format!("SLH-DSA-{name} (FIPS 205)");
            }
        }
        "1.3.6.1.5.5.7.6" if number.is_some_and(|number| (37..=54).contains(&number)) => {
            return "composite ML-DSA (two algorithms in one key)".to_owned();
        }
        "2.16.840.1.114027.80.8.1" | "2.16.840.1.114027.80.9.1" => {
            return "composite ML-DSA of a draft (two algorithms in one key)".to_owned();
        }
        "1.3.9999.3" => return "Falcon, as the Open Quantum Safe project numbers it".to_owned(),
        _ if arc.starts_with("1.3.9999.6.") => {
            return "SPHINCS+, as the Open Quantum Safe project numbers it".to_owned();
        }
        _ if arc.starts_with("1.3.6.1.4.1.2.267.") => return "Dilithium, the draft of ML-DSA".to_owned(),
        _ => {}
    }
    format!("algorithm {identifier}")
}

/// The length of the first number of Dss-Parms or of DHParameter.
fn bits_of_prime(parameters: Option<Element<'_>>) -> usize {
    parameters
        .filter(|parameters| parameters.tag == tag::SEQUENCE)
        .and_then(|parameters| Reader::new(parameters.content).integer().ok()?.magnitude())
        .map_or(0, der::bit_length)
}

/// The parameter sets of SLH-DSA, in the order of their object identifiers.
const SLH_DSA: [&str; 12] = [
    "SHA2-128s",
    "SHA2-128f",
    "SHA2-192s",
    "SHA2-192f",
    "SHA2-256s",
    "SHA2-256f",
    "SHAKE-128s",
    "SHAKE-128f",
    "SHAKE-192s",
    "SHAKE-192f",
    "SHAKE-256s",
    "SHAKE-256f",
];

/// Other algorithms of keys: object identifier and usual name.
const OTHER_ALGORITHMS: &[(&str, &str)] = &[
    ("2.16.840.1.101.3.4.3.17", "ML-DSA-44 (FIPS 204)"),
    ("2.16.840.1.101.3.4.3.18", "ML-DSA-65 (FIPS 204)"),
    ("2.16.840.1.101.3.4.3.19", "ML-DSA-87 (FIPS 204)"),
    ("2.16.840.1.101.3.4.3.32", "HashML-DSA-44 (FIPS 204)"),
    ("2.16.840.1.101.3.4.3.33", "HashML-DSA-65 (FIPS 204)"),
    ("2.16.840.1.101.3.4.3.34", "HashML-DSA-87 (FIPS 204)"),
    ("2.16.840.1.101.3.4.4.1", "ML-KEM-512 (FIPS 203)"),
    ("2.16.840.1.101.3.4.4.2", "ML-KEM-768 (FIPS 203)"),
    ("2.16.840.1.101.3.4.4.3", "ML-KEM-1024 (FIPS 203)"),
    ("1.3.6.1.5.5.7.6.34", "XMSS (RFC 9802)"),
    ("1.3.6.1.5.5.7.6.35", "XMSS^MT (RFC 9802)"),
    ("1.2.840.113549.1.9.16.3.17", "HSS/LMS (RFC 9802)"),
    ("1.2.643.2.2.20", "GOST R 34.10-94"),
    ("1.2.643.2.2.19", "GOST R 34.10-2001"),
    ("1.2.643.7.1.1.1.1", "GOST R 34.10-2012 with 256 bits"),
    ("1.2.643.7.1.1.1.2", "GOST R 34.10-2012 with 512 bits"),
    ("1.2.804.2.1.1.1.1.3.1.1", "DSTU 4145"),
    ("1.2.840.113549.1.1.7", "RSAES-OAEP"),
    ("1.3.132.1.12", "EC Diffie-Hellman"),
    ("1.3.132.1.13", "EC MQV"),
    ("1.2.156.10197.1.302", "SM9"),
];

/// Curves that are named but not supported: object identifier, usual name, length of a field element.
const OTHER_CURVES: &[(&str, &str, usize)] = &[
    ("1.3.132.0.10", "secp256k1", 256),
    ("1.3.36.3.3.2.8.1.1.7", "brainpoolP256r1", 256),
    ("1.3.36.3.3.2.8.1.1.11", "brainpoolP384r1", 384),
    ("1.3.36.3.3.2.8.1.1.13", "brainpoolP512r1", 512),
    ("1.2.840.10045.3.1.1", "secp192r1", 192),
    ("1.3.36.3.3.2.8.1.1.1", "brainpoolP160r1", 160),
    ("1.3.36.3.3.2.8.1.1.2", "brainpoolP160t1", 160),
    ("1.3.36.3.3.2.8.1.1.3", "brainpoolP192r1", 192),
    ("1.3.36.3.3.2.8.1.1.4", "brainpoolP192t1", 192),
    ("1.3.36.3.3.2.8.1.1.5", "brainpoolP224r1", 224),
    ("1.3.36.3.3.2.8.1.1.6", "brainpoolP224t1", 224),
    ("1.3.36.3.3.2.8.1.1.8", "brainpoolP256t1", 256),
    ("1.3.36.3.3.2.8.1.1.9", "brainpoolP320r1", 320),
    ("1.3.36.3.3.2.8.1.1.10", "brainpoolP320t1", 320),
    ("1.3.36.3.3.2.8.1.1.12", "brainpoolP384t1", 384),
    ("1.3.36.3.3.2.8.1.1.14", "brainpoolP512t1", 512),
    ("1.2.840.10045.3.1.2", "prime192v2", 192),
    ("1.2.840.10045.3.1.3", "prime192v3", 192),
    ("1.2.840.10045.3.1.4", "prime239v1", 239),
    ("1.2.840.10045.3.1.5", "prime239v2", 239),
    ("1.2.840.10045.3.1.6", "prime239v3", 239),
    ("1.3.132.0.6", "secp112r1", 112),
    ("1.3.132.0.7", "secp112r2", 112),
    ("1.3.132.0.28", "secp128r1", 128),
    ("1.3.132.0.29", "secp128r2", 128),
    ("1.3.132.0.8", "secp160r1", 160),
    ("1.3.132.0.9", "secp160k1", 160),
    ("1.3.132.0.30", "secp160r2", 160),
    ("1.3.132.0.31", "secp192k1", 192),
    ("1.3.132.0.32", "secp224k1", 224),
    ("1.3.132.0.4", "sect113r1", 113),
    ("1.3.132.0.5", "sect113r2", 113),
    ("1.3.132.0.22", "sect131r1", 131),
    ("1.3.132.0.23", "sect131r2", 131),
    ("1.3.132.0.1", "sect163k1", 163),
    ("1.3.132.0.2", "sect163r1", 163),
    ("1.3.132.0.15", "sect163r2", 163),
    ("1.3.132.0.24", "sect193r1", 193),
    ("1.3.132.0.25", "sect193r2", 193),
    ("1.3.132.0.26", "sect233k1", 233),
    ("1.3.132.0.27", "sect233r1", 233),
    ("1.3.132.0.3", "sect239k1", 239),
    ("1.3.132.0.16", "sect283k1", 283),
    ("1.3.132.0.17", "sect283r1", 283),
    ("1.3.132.0.36", "sect409k1", 409),
    ("1.3.132.0.37", "sect409r1", 409),
    ("1.3.132.0.38", "sect571k1", 571),
    ("1.3.132.0.39", "sect571r1", 571),
];
