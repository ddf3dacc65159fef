//! Whether one certificate's key made the signature of another.
//!
//! The kinds of signature that occur in certificates are checked here and not by the checkers of
//! other crates, which call some good signatures wrong: PSS with an unusual salt, RSA keys of unusual
//! size, digests shorter than half a field element. Only public numbers are computed with.

use num_bigint::BigUint;
use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
use ring::signature as ring_signature;
use sm2::dsa::signature::Verifier as _;

use crate::der::{Reader, bit_length};
use crate::keys::public_key::{Curve, KeyAlgorithm, PublicKey, PublicNumbers};
use crate::x509::{Certificate, Digest, PssParameters, SignatureAlgorithm};

/// Whether a key made a signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signature {
    /// It did.
    Valid,
    /// It did not.
    Invalid,
    /// That was not found out.
    NotChecked(NotCheckedReason),
}

/// Why a signature was not checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotCheckedReason {
    /// The algorithm of the signature, or a digest in it, is not understood.
    Algorithm,
    /// The key is of a kind that is not understood.
    Key,
    /// The RSA key is too large: a modulus of more than 16384 bits or an exponent of more than 31.
    Size,
    /// Too many certificates of one name could have issued this one.
    Candidates,
    /// Checking the other signatures of the body or file took as much as may be spent on it.
    Effort,
}

const MAX_MODULUS_BITS: u64 = 16384;
const MAX_LIMBS: usize = 256;
const MAX_EXPONENT_BITS: u64 = 31;

/// The identities under which SM2 certificates are signed: that of GM/T 0009, and the empty one that
/// OpenSSL 3 takes unless told otherwise.
const SM2_IDENTITIES: [&str; 2] = ["1234567812345678", ""];

/// What it costs to find out whether `issuer`'s key made the signature of `subject`, as measured, in
/// multiplications of two limbs (about a nanosecond each).
pub(super) fn cost(subject: &Certificate, issuer: &Certificate) -> u64 {
    let hashing = subject.to_be_signed.len() as u64 * 4;
    let computing = match (&issuer.public_key.algorithm, &issuer.public_key.numbers) {
        (KeyAlgorithm::Rsa | KeyAlgorithm::RsaPss, PublicNumbers::Rsa { modulus, exponent }) => {
            let limbs = modulus.len().div_ceil(8).min(MAX_LIMBS) as u64;
            let ones: u32 = exponent.iter().map(|octet| octet.count_ones()).sum();
            2 * limbs * limbs * (bit_length(exponent) as u64 + u64::from(ones)).min(2 * MAX_EXPONENT_BITS)
        }
        (KeyAlgorithm::Ec(Curve::P256), _) => 60_000,
        (KeyAlgorithm::Ec(Curve::Sm2), _) => 500_000,
        (KeyAlgorithm::Ec(_), _) => 900_000,
        (KeyAlgorithm::Ed25519, _) => 50_000,
        _ => 0,
    };
    hashing.saturating_add(computing)
}

/// Whether `issuer`'s key made the signature of `subject`.
pub(super) fn verify(subject: &Certificate, issuer: &Certificate) -> Signature {
    let key = &issuer.public_key;
    let (message, signature) = (subject.to_be_signed.as_slice(), subject.signature.as_slice());
    let outcome = match (&subject.signature_algorithm, &key.algorithm) {
        (SignatureAlgorithm::Other(_), _)
        | (SignatureAlgorithm::Dsa(_), KeyAlgorithm::Dsa)
        | (SignatureAlgorithm::Ed448, KeyAlgorithm::Ed448) => Err(NotCheckedReason::Algorithm),
        // OpenSSL 1.1.1 could be made to sign with ECDSA on the curve of SM2; explicit parameters can be
        // those of any curve.
        (_, KeyAlgorithm::Other(_))
        | (SignatureAlgorithm::Ecdsa(_), KeyAlgorithm::Ec(Curve::Sm2))
        | (
            SignatureAlgorithm::Ecdsa(_) | SignatureAlgorithm::Sm2Sm3,
            KeyAlgorithm::OtherCurve(_) | KeyAlgorithm::ExplicitCurve,
        ) => Err(NotCheckedReason::Key),
        (SignatureAlgorithm::RsaPkcs1(digest), KeyAlgorithm::Rsa | KeyAlgorithm::RsaPss) => {
            is_pkcs1(key, digest, message, signature)
        }
        (SignatureAlgorithm::RsaPss(parameters), KeyAlgorithm::Rsa | KeyAlgorithm::RsaPss) => {
            is_pss(key, parameters, message, signature)
        }
        (SignatureAlgorithm::Ecdsa(digest), KeyAlgorithm::Ec(curve)) => {
            is_ecdsa(key, *curve, digest, message, signature)
        }
        (SignatureAlgorithm::Sm2Sm3, KeyAlgorithm::Ec(Curve::Sm2)) => is_sm2(key, message, signature),
        (SignatureAlgorithm::Ed25519, KeyAlgorithm::Ed25519) => is_ed25519(key, message, signature),
        // A key of another kind cannot have made it.
        _ => Ok(false),
    };
    match outcome {
        Ok(true) => Signature::Valid,
        Ok(false) => Signature::Invalid,
        Err(obstacle) => Signature::NotChecked(obstacle),
    }
}

/// RSASSA-PKCS1-v1_5 (RFC 8017 section 8.2.2).
fn is_pkcs1(
    key: &PublicKey,
    digest: &Digest,
    message: &[u8],
    signature: &[u8],
) -> Result<bool, NotCheckedReason> {
    let prefix = digest_info(digest).ok_or(NotCheckedReason::Algorithm)?;
    let key = RsaKey::new(key)?;
    if let Some(parameters) = key.ring_parameters(digest) {
        return Ok(key.as_ring().verify(parameters, message, signature).is_ok());
    }
    let hashed = hash(digest, &[message]).ok_or(NotCheckedReason::Algorithm)?;
    let Some(padding) = key.octets.checked_sub(prefix.len() + hashed.len() + 3).filter(|&length| length >= 8)
    else {
        return Ok(false);
    };
    let expected = [&[0, 1], vec![0xff; padding].as_slice(), &[0], prefix, &hashed].concat();
    Ok(key.recover(signature) == Some(BigUint::from_bytes_be(&expected)))
}

/// RSASSA-PSS (RFC 8017 sections 8.1.2 and 9.1.2) with any salt.
fn is_pss(
    key: &PublicKey,
    parameters: &PssParameters,
    message: &[u8],
    signature: &[u8],
) -> Result<bool, NotCheckedReason> {
    if parameters.trailer != 1 {
        return Err(NotCheckedReason::Algorithm);
    }
    let key = RsaKey::new(key)?;
    let hashed = hash(&parameters.digest, &[message]).ok_or(NotCheckedReason::Algorithm)?;
    if hash(&parameters.mask_digest, &[]).is_none() {
        return Err(NotCheckedReason::Algorithm);
    }
    Ok(is_pss_encoding(&key, parameters, &hashed, signature).is_some())
}

/// `Some` when the signature recovers to an encoding of the digest.
fn is_pss_encoding(
    key: &RsaKey<'_>,
    parameters: &PssParameters,
    hashed: &[u8],
    signature: &[u8],
) -> Option<()> {
    let bits = usize::try_from(key.modulus.bits()).ok()?.checked_sub(1)?;
    let octets = bits.div_ceil(8);
    let salt_length = usize::try_from(parameters.salt_length).ok()?;
    let zeros = octets.checked_sub(hashed.len().checked_add(salt_length)?.checked_add(2)?)?;
    let recovered = key.recover(signature)?.to_bytes_be();
    let encoded = [vec![0; octets.checked_sub(recovered.len())?], recovered].concat();

    let (block, tail) = encoded.split_at_checked(octets.checked_sub(hashed.len() + 1)?)?;
    let (tag, trailer) = tail.split_at_checked(hashed.len())?;
    let unused = u32::try_from(8 * octets - bits).ok()?;
    let first_mask = 0xff_u8.checked_shr(unused)?;
    if trailer != [0xbc] || block.first()? & !first_mask != 0 {
        return None;
    }
    let mask = mask_generation(&parameters.mask_digest, tag, block.len())?;
    let mut block: Vec<u8> = block.iter().zip(mask).map(|(byte, mask)| byte ^ mask).collect();
    *block.first_mut()? &= first_mask;
    let (padding, salt) = block.split_at_checked(zeros + 1)?;
    let (one, padding) = padding.split_last()?;
    if *one != 1 || padding.iter().any(|&byte| byte != 0) {
        return None;
    }
    (hash(&parameters.digest, &[&[0; 8], hashed, salt])? == tag).then_some(())
}

/// MGF1 (RFC 8017 appendix B.2.1).
fn mask_generation(digest: &Digest, seed: &[u8], length: usize) -> Option<Vec<u8>> {
    let mut mask = Vec::with_capacity(length);
    let mut counter = 0_u32;
    while mask.len() < length {
        mask.extend(hash(digest, &[seed, &counter.to_be_bytes()])?);
        counter += 1;
    }
    mask.truncate(length);
    Some(mask)
}

/// ECDSA (SEC 1 section 4.1.4) on the curves that are supported, with any digest.
fn is_ecdsa(
    key: &PublicKey,
    curve: Curve,
    digest: &Digest,
    message: &[u8],
    signature: &[u8],
) -> Result<bool, NotCheckedReason> {
    let PublicNumbers::Point(point) = &key.numbers else {
        return Err(NotCheckedReason::Key);
    };
    let with_ring = |algorithm: &'static ring_signature::EcdsaVerificationAlgorithm| {
        Ok(ring_signature::UnparsedPublicKey::new(algorithm, point).verify(message, signature).is_ok())
    };
    match (curve, digest) {
        (Curve::P256, Digest::Sha256) => return with_ring(&ring_signature::ECDSA_P256_SHA256_ASN1),
        (Curve::P256, Digest::Sha384) => return with_ring(&ring_signature::ECDSA_P256_SHA384_ASN1),
        (Curve::P384, Digest::Sha256) => return with_ring(&ring_signature::ECDSA_P384_SHA256_ASN1),
        (Curve::P384, Digest::Sha384) => return with_ring(&ring_signature::ECDSA_P384_SHA384_ASN1),
        _ => {}
    }
    let hashed = hash(digest, &[message]).ok_or(NotCheckedReason::Algorithm)?;
    // They take the leftmost bits of a long digest, and a short one as it is.
    let holds = match curve {
        Curve::P224 => {
            use p224::ecdsa::{Signature, VerifyingKey};
            let key = VerifyingKey::from_sec1_bytes(point).map_err(|_| NotCheckedReason::Key)?;
            Signature::from_der(signature)
                .is_ok_and(|signature| key.verify_prehash(&hashed, &signature).is_ok())
        }
        Curve::P256 => {
            use p256::ecdsa::{Signature, VerifyingKey};
            let key = VerifyingKey::from_sec1_bytes(point).map_err(|_| NotCheckedReason::Key)?;
            Signature::from_der(signature)
                .is_ok_and(|signature| key.verify_prehash(&hashed, &signature).is_ok())
        }
        Curve::P384 => {
            use p384::ecdsa::{Signature, VerifyingKey};
            let key = VerifyingKey::from_sec1_bytes(point).map_err(|_| NotCheckedReason::Key)?;
            Signature::from_der(signature)
                .is_ok_and(|signature| key.verify_prehash(&hashed, &signature).is_ok())
        }
        Curve::P521 => {
            use p521::ecdsa::{Signature, VerifyingKey};
            let key = VerifyingKey::from_sec1_bytes(point).map_err(|_| NotCheckedReason::Key)?;
            Signature::from_der(signature)
                .is_ok_and(|signature| key.verify_prehash(&hashed, &signature).is_ok())
        }
        Curve::Sm2 => return Err(NotCheckedReason::Key),
    };
    Ok(holds)
}

/// SEQUENCE { r INTEGER, s INTEGER } (RFC 3279 section 2.2.3, GM/T 0009 section 7.3), without leading zeros.
fn two_numbers(der: &[u8]) -> Option<[&[u8]; 2]> {
    let mut outer = Reader::new(der);
    let mut inner = outer.sequence().ok().filter(|_| outer.is_empty())?;
    let numbers = [inner.integer().ok()?.magnitude()?, inner.integer().ok()?.magnitude()?];
    inner.is_empty().then_some(numbers)
}

/// SM2 with SM3 (GM/T 0003.2 section 7), under each of the usual identities.
fn is_sm2(key: &PublicKey, message: &[u8], der: &[u8]) -> Result<bool, NotCheckedReason> {
    let PublicNumbers::Point(point) = &key.numbers else {
        return Err(NotCheckedReason::Key);
    };
    let Some(signature) = sm2_signature(der) else {
        return Ok(false);
    };
    for identity in SM2_IDENTITIES {
        let key =
            sm2::dsa::VerifyingKey::from_sec1_bytes(identity, point).map_err(|_| NotCheckedReason::Key)?;
        if key.verify(message, &signature).is_ok() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn sm2_signature(der: &[u8]) -> Option<sm2::dsa::Signature> {
    let scalar = |magnitude: &[u8]| {
        let mut octets = [0; 32];
        octets.get_mut(32_usize.checked_sub(magnitude.len())?..)?.copy_from_slice(magnitude);
        Some(octets)
    };
    let [r, s] = two_numbers(der)?;
    sm2::dsa::Signature::from_slice(&[scalar(r)?, scalar(s)?].concat()).ok()
}

fn is_ed25519(key: &PublicKey, message: &[u8], signature: &[u8]) -> Result<bool, NotCheckedReason> {
    let (PublicNumbers::Opaque(point) | PublicNumbers::Point(point)) = &key.numbers else {
        return Err(NotCheckedReason::Key);
    };
    Ok(ring_signature::UnparsedPublicKey::new(&ring_signature::ED25519, point)
        .verify(message, signature)
        .is_ok())
}

/// An RSA public key of a size that is computed with.
struct RsaKey<'a> {
    numbers: (&'a [u8], &'a [u8]),
    modulus: BigUint,
    exponent: BigUint,
    octets: usize,
}

impl<'a> RsaKey<'a> {
    fn new(key: &'a PublicKey) -> Result<Self, NotCheckedReason> {
        let PublicNumbers::Rsa { modulus, exponent } = &key.numbers else {
            return Err(NotCheckedReason::Key);
        };
        let numbers = (modulus.as_slice(), exponent.as_slice());
        let (modulus, exponent) = (BigUint::from_bytes_be(modulus), BigUint::from_bytes_be(exponent));
        if modulus.bits() > MAX_MODULUS_BITS || exponent.bits() > MAX_EXPONENT_BITS {
            return Err(NotCheckedReason::Size);
        }
        let octets = usize::try_from(modulus.bits().div_ceil(8)).map_err(|_| NotCheckedReason::Size)?;
        Ok(Self { numbers, modulus, exponent, octets })
    }

    /// How *ring* checks PKCS#1 signatures of this size, where it does, and faster than can be done here.
    fn ring_parameters(&self, digest: &Digest) -> Option<&'static ring_signature::RsaParameters> {
        use ring_signature as with;
        let is_taken = (1024..=8192).contains(&self.modulus.bits())
            && self.modulus.bit(0)
            && self.exponent.bit(0)
            && self.exponent.bits() > 1;
        match digest {
            _ if !is_taken => None,
            Digest::Sha1 => Some(&with::RSA_PKCS1_1024_8192_SHA1_FOR_LEGACY_USE_ONLY),
            Digest::Sha256 => Some(&with::RSA_PKCS1_1024_8192_SHA256_FOR_LEGACY_USE_ONLY),
            Digest::Sha384 => Some(&with::RSA_PKCS1_2048_8192_SHA384).filter(|_| self.modulus.bits() >= 2048),
            Digest::Sha512 => Some(&with::RSA_PKCS1_1024_8192_SHA512_FOR_LEGACY_USE_ONLY),
            _ => None,
        }
    }

    fn as_ring(&self) -> ring_signature::RsaPublicKeyComponents<&'a [u8]> {
        let (n, e) = self.numbers;
        ring_signature::RsaPublicKeyComponents { n, e }
    }

    /// The number that was signed (RFC 8017 section 5.2.2).
    fn recover(&self, signature: &[u8]) -> Option<BigUint> {
        let number = BigUint::from_bytes_be(signature);
        (signature.len() == self.octets && number < self.modulus)
            .then(|| number.modpow(&self.exponent, &self.modulus))
    }
}

/// What stands before a digest in a signature of PKCS#1 v1.5 (RFC 8017 section 9.2): DigestInfo up to
/// the digest's own bytes.
const fn digest_info(digest: &Digest) -> Option<&'static [u8]> {
    Some(match digest {
        Digest::Md5 => b"\x30\x20\x30\x0c\x06\x08\x2a\x86\x48\x86\xf7\x0d\x02\x05\x05\x00\x04\x10",
        Digest::Sha1 => b"\x30\x21\x30\x09\x06\x05\x2b\x0e\x03\x02\x1a\x05\x00\x04\x14",
        Digest::Sha224 => b"\x30\x2d\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x04\x05\x00\x04\x1c",
        Digest::Sha256 => b"\x30\x31\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x01\x05\x00\x04\x20",
        Digest::Sha384 => b"\x30\x41\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x02\x05\x00\x04\x30",
        Digest::Sha512 => b"\x30\x51\x30\x0d\x06\x09\x60\x86\x48\x01\x65\x03\x04\x02\x03\x05\x00\x04\x40",
        Digest::Md2 | Digest::Md4 | Digest::Sm3 | Digest::Other(_) => return None,
    })
}

/// The digest of the concatenation of `parts`; `None` for one that is not understood.
fn hash(digest: &Digest, parts: &[&[u8]]) -> Option<Vec<u8>> {
    fn of<D: sha2::Digest>(parts: &[&[u8]]) -> Vec<u8> {
        parts.iter().fold(D::new(), sha2::Digest::chain_update).finalize().to_vec()
    }
    Some(match digest {
        Digest::Md5 => of::<md5::Md5>(parts),
        Digest::Sha1 => of::<sha1::Sha1>(parts),
        Digest::Sha224 => of::<sha2::Sha224>(parts),
        Digest::Sha256 => of::<sha2::Sha256>(parts),
        Digest::Sha384 => of::<sha2::Sha384>(parts),
        Digest::Sha512 => of::<sha2::Sha512>(parts),
        Digest::Md2 | Digest::Md4 | Digest::Sm3 | Digest::Other(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test may stop at what it does not expect"
    )]

    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::span::Span;
    use crate::x509;

    /// Pairs of a folder of fixtures: name, subject, issuer.
    fn pairs(folder: &str) -> Vec<(String, Certificate, Certificate)> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/signatures").join(folder);
        let mut pairs: Vec<_> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| {
                let path = entry.unwrap().path();
                let blocks = pem::parse_many(fs::read(&path).unwrap()).unwrap();
                let [subject, issuer] =
                    [0, 1].map(|index: usize| x509::read(blocks[index].contents(), Span::at(index)).unwrap());
                (path.file_stem().unwrap().to_str().unwrap().to_owned(), subject, issuer)
            })
            .collect();
        pairs.sort_by(|(a, ..), (b, ..)| a.cmp(b));
        assert!(pairs.len() > 5);
        pairs
    }

    #[test]
    fn what_openssl_and_cryptography_signed_is_valid() {
        for (name, subject, issuer) in pairs("valid") {
            assert_eq!(verify(&subject, &issuer), Signature::Valid, "{name}");
        }
    }

    #[test]
    fn what_only_looks_like_a_signature_is_invalid() {
        for (name, subject, issuer) in pairs("invalid") {
            assert_eq!(verify(&subject, &issuer), Signature::Invalid, "{name}");
        }
    }

    #[test]
    fn what_is_not_understood_is_not_called_invalid() {
        for (name, subject, issuer) in pairs("unchecked") {
            let obstacle = match name.as_str() {
                "ecdsa-secp256k1" | "ecdsa-brainpool" | "ecdsa-explicit-curve" => NotCheckedReason::Key,
                "rsa-e-32-bits" => NotCheckedReason::Size,
                _ => NotCheckedReason::Algorithm,
            };
            assert_eq!(verify(&subject, &issuer), Signature::NotChecked(obstacle), "{name}");
        }
    }

    #[test]
    fn a_changed_bit_is_noticed() {
        for (name, subject, issuer) in pairs("valid") {
            let length = subject.signature.len();
            for (place, bit) in [(length - 1, 0), (length / 2, 3), (length / 3, 7)] {
                let mut changed = subject.clone();
                changed.signature[place] ^= 1 << bit;
                assert_eq!(verify(&changed, &issuer), Signature::Invalid, "{name}: signature byte {place}");
            }
            for place in [0, subject.to_be_signed.len() / 2, subject.to_be_signed.len() - 1] {
                let mut changed = subject.clone();
                changed.to_be_signed[place] ^= 1;
                assert_eq!(verify(&changed, &issuer), Signature::Invalid, "{name}: signed byte {place}");
            }
            let mut cut = subject.clone();
            cut.signature.pop();
            assert_eq!(verify(&cut, &issuer), Signature::Invalid, "{name}: cut");
            let mut longer = subject;
            longer.signature.push(0);
            assert_eq!(verify(&longer, &issuer), Signature::Invalid, "{name}: longer");
        }
    }

    #[test]
    fn nobody_elses_key_fits() {
        let valid = pairs("valid");
        for (name, subject, _) in &valid {
            for (other, _, issuer) in &valid {
                // Two of Python's share their key.
                let is_same =
                    valid.iter().any(|(known, _, its)| known == name && its.public_key == issuer.public_key);
                if is_same {
                    continue;
                }
                let expected = match (&subject.signature_algorithm, &issuer.public_key.algorithm) {
                    (SignatureAlgorithm::Ecdsa(_), KeyAlgorithm::Ec(Curve::Sm2)) => {
                        Signature::NotChecked(NotCheckedReason::Key)
                    }
                    _ => Signature::Invalid,
                };
                assert_eq!(verify(subject, issuer), expected, "{name} by the issuer of {other}");
            }
        }
    }

    #[test]
    fn other_digests_and_salts_than_those_named_do_not_fit() {
        for (name, subject, issuer) in pairs("valid") {
            let digests =
                [Digest::Sha1, Digest::Sha224, Digest::Sha256, Digest::Sha384, Digest::Sha512, Digest::Md5];
            for digest in digests {
                let mut changed = subject.clone();
                changed.signature_algorithm = match &subject.signature_algorithm {
                    SignatureAlgorithm::RsaPkcs1(own) if *own != digest => {
                        SignatureAlgorithm::RsaPkcs1(digest)
                    }
                    SignatureAlgorithm::Ecdsa(own) if *own != digest => SignatureAlgorithm::Ecdsa(digest),
                    SignatureAlgorithm::RsaPss(own) if own.digest != digest => {
                        SignatureAlgorithm::RsaPss(PssParameters { digest, ..own.clone() })
                    }
                    _ => continue,
                };
                assert_eq!(verify(&changed, &issuer), Signature::Invalid, "{name}");
            }
            if let SignatureAlgorithm::RsaPss(own) = &subject.signature_algorithm {
                for salt_length in [own.salt_length + 1, u64::MAX, u64::from(own.salt_length == 0)] {
                    let mut changed = subject.clone();
                    changed.signature_algorithm =
                        SignatureAlgorithm::RsaPss(PssParameters { salt_length, ..own.clone() });
                    assert_eq!(verify(&changed, &issuer), Signature::Invalid, "{name}: salt {salt_length}");
                }
                let mut changed = subject.clone();
                changed.signature_algorithm =
                    SignatureAlgorithm::RsaPss(PssParameters { trailer: 2, ..own.clone() });
                assert_eq!(
                    verify(&changed, &issuer),
                    Signature::NotChecked(NotCheckedReason::Algorithm),
                    "{name}"
                );
            }
        }
    }

    #[test]
    fn published_verdicts_are_ours() {
        let bytes = |text: &str| -> Vec<u8> {
            text.as_bytes()
                .chunks(2)
                .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap())
                .collect()
        };
        let number = |text: &str| bytes(text).into_iter().skip_while(|&byte| byte == 0).collect::<Vec<_>>();
        let digest = |name: &str| match name {
            "sha1" => Digest::Sha1,
            "sha224" => Digest::Sha224,
            "sha256" => Digest::Sha256,
            "sha384" => Digest::Sha384,
            "sha512" => Digest::Sha512,
            other => panic!("{other}"),
        };
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/signatures/vectors.txt");
        let text = fs::read_to_string(path).unwrap();
        assert!(text.lines().count() > 200);
        for (index, line) in text.lines().enumerate() {
            let words: Vec<&str> = line.split(' ').collect();
            let outcome = match words[1..] {
                ["ecdsa", curve, hashed, point, message, signature] => {
                    let curve = [Curve::P224, Curve::P256, Curve::P384, Curve::P521]
                        .into_iter()
                        .find(|known| known.name() == curve)
                        .unwrap();
                    let key = PublicKey::ec(curve, bytes(point));
                    let (digest, message, signature) = (digest(hashed), bytes(message), bytes(signature));
                    is_ecdsa(&key, curve, &digest, &message, &signature)
                }
                ["pkcs1", hashed, n, e, message, signature] => {
                    let key = PublicKey::rsa(&number(n), &number(e));
                    is_pkcs1(&key, &digest(hashed), &bytes(message), &bytes(signature))
                }
                ["pss", hashed, salt, n, e, message, signature] => {
                    let key = PublicKey::rsa(&number(n), &number(e));
                    let parameters = PssParameters {
                        digest: digest(hashed),
                        mask_digest: digest(hashed),
                        salt_length: salt.parse().unwrap(),
                        trailer: 1,
                        is_as_go_reads: true,
                    };
                    is_pss(&key, &parameters, &bytes(message), &bytes(signature))
                }
                ["sm2", point, message, signature] => {
                    is_sm2(&PublicKey::ec(Curve::Sm2, bytes(point)), &bytes(message), &bytes(signature))
                }
                _ => panic!("line {}", index + 1),
            };
            assert_eq!(outcome, Ok(words[0] == "pass"), "line {}", index + 1);
        }
    }
}
