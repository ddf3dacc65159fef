//! Signature algorithms: from their identifiers to what the service calls them.

use crate::der::tag;
use crate::x509::der::{Der, ObjectIdentifier, small};
use crate::x509::{Digest, PssParameters, SignatureAlgorithm};

/// An AlgorithmIdentifier (RFC 5280 section 4.1.1.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct AlgorithmIdentifier<'a> {
    pub(super) algorithm: ObjectIdentifier<'a>,
    /// The whole element; empty when there is none.
    pub(super) parameters: &'a [u8],
}

impl<'a> AlgorithmIdentifier<'a> {
    /// Reads the content of one.
    pub(super) fn read(content: &'a [u8]) -> Option<Self> {
        let mut der = Der::new(content);
        let algorithm = der.object_identifier().filter(|algorithm| algorithm.is_sound())?;
        let parameters = if der.is_empty() { &[] } else { der.any().ok()?.whole };
        Some(Self { algorithm, parameters })
    }

    /// The object identifier at the head of what is no AlgorithmIdentifier, in dotted form.
    pub(super) fn salvage(content: &[u8]) -> String {
        Der::new(content)
            .content(tag::OBJECT_IDENTIFIER)
            .map_or_else(String::new, |algorithm| ObjectIdentifier(algorithm).dotted())
    }

    fn has_null_or_no_parameters(&self) -> bool {
        matches!(self.parameters, [] | [0x05, 0x00])
    }
}

impl SignatureAlgorithm {
    /// The algorithm of an identifier.
    pub(super) fn of(identifier: &AlgorithmIdentifier<'_>) -> Self {
        let other = || Self::Other(identifier.algorithm.dotted());
        match identifier.algorithm.0 {
            // 1.2.840.113549.1.1
            [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, last] => match last {
                2 => Self::RsaPkcs1(Digest::Md2),
                3 => Self::RsaPkcs1(Digest::Md4),
                4 => Self::RsaPkcs1(Digest::Md5),
                5 => Self::RsaPkcs1(Digest::Sha1),
                10 => PssParameters::read(identifier.parameters).map_or_else(other, Self::RsaPss),
                11 => Self::RsaPkcs1(Digest::Sha256),
                12 => Self::RsaPkcs1(Digest::Sha384),
                13 => Self::RsaPkcs1(Digest::Sha512),
                14 => Self::RsaPkcs1(Digest::Sha224),
                _ => other(),
            },
            // 1.3.14.3.2.29, of OIW and of Microsoft's makecert
            [0x2b, 0x0e, 3, 2, 29] => Self::RsaPkcs1(Digest::Sha1),
            // 1.2.840.10045.4
            [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 1] => Self::Ecdsa(Digest::Sha1),
            [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 1] => Self::Ecdsa(Digest::Sha224),
            [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2] => Self::Ecdsa(Digest::Sha256),
            [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 3] => Self::Ecdsa(Digest::Sha384),
            [0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 4] => Self::Ecdsa(Digest::Sha512),
            // 1.2.840.10040.4.3
            [0x2a, 0x86, 0x48, 0xce, 0x38, 4, 3] => Self::Dsa(Digest::Sha1),
            // 2.16.840.1.101.3.4.3
            [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 1] => Self::Dsa(Digest::Sha224),
            [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 3, 2] => Self::Dsa(Digest::Sha256),
            // 1.3.101.112 and 113; RFC 8410 section 3: parameters must be absent.
            [0x2b, 0x65, 112] if identifier.parameters.is_empty() => Self::Ed25519,
            [0x2b, 0x65, 113] if identifier.parameters.is_empty() => Self::Ed448,
            // 1.2.156.10197.1.501 and 504
            [0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x83, 0x75] => Self::Sm2Sm3,
            [0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x83, 0x78] => Self::RsaPkcs1(Digest::Sm3),
            _ => other(),
        }
    }

    /// What the service answers as `signature_algorithm`: Go's `SignatureAlgorithm.String()`, and
    /// `SM2-SM3` for SM2. Go writes what it does not know as the number 0; MD2 is forgotten in newer
    /// releases.
    #[must_use]
    pub fn go_name(&self) -> String {
        match self {
            Self::RsaPkcs1(Digest::Md5) => "MD5-RSA",
            Self::RsaPkcs1(Digest::Sha1) => "SHA1-RSA",
            Self::RsaPkcs1(Digest::Sha256) => "SHA256-RSA",
            Self::RsaPkcs1(Digest::Sha384) => "SHA384-RSA",
            Self::RsaPkcs1(Digest::Sha512) => "SHA512-RSA",
            Self::RsaPss(parameters) => parameters.go_name(),
            Self::Dsa(Digest::Sha1) => "DSA-SHA1",
            Self::Dsa(Digest::Sha256) => "DSA-SHA256",
            Self::Ecdsa(Digest::Sha1) => "ECDSA-SHA1",
            Self::Ecdsa(Digest::Sha256) => "ECDSA-SHA256",
            Self::Ecdsa(Digest::Sha384) => "ECDSA-SHA384",
            Self::Ecdsa(Digest::Sha512) => "ECDSA-SHA512",
            Self::Ed25519 => "Ed25519",
            Self::Sm2Sm3 => "SM2-SM3",
            Self::RsaPkcs1(_) | Self::Dsa(_) | Self::Ecdsa(_) | Self::Ed448 | Self::Other(_) => UNKNOWN,
        }
        .to_owned()
    }

    /// The digest of the signed part, where the algorithm has one of its own choice.
    #[must_use]
    pub const fn digest(&self) -> Option<&Digest> {
        match self {
            Self::RsaPkcs1(digest)
            | Self::RsaPss(PssParameters { digest, .. })
            | Self::Ecdsa(digest)
            | Self::Dsa(digest) => Some(digest),
            Self::Ed25519 | Self::Ed448 | Self::Sm2Sm3 | Self::Other(_) => None,
        }
    }
}

const UNKNOWN: &str = "0";

impl Digest {
    /// The usual name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Md2 => "MD2",
            Self::Md4 => "MD4",
            Self::Md5 => "MD5",
            Self::Sha1 => "SHA-1",
            Self::Sha224 => "SHA-224",
            Self::Sha256 => "SHA-256",
            Self::Sha384 => "SHA-384",
            Self::Sha512 => "SHA-512",
            Self::Sm3 => "SM3",
            Self::Other(identifier) => identifier,
        }
    }

    fn of(identifier: ObjectIdentifier<'_>) -> Self {
        match identifier.0 {
            // 1.2.840.113549.2
            [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 2] => Self::Md2,
            [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 4] => Self::Md4,
            [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 2, 5] => Self::Md5,
            // 1.3.14.3.2.26
            [0x2b, 0x0e, 3, 2, 26] => Self::Sha1,
            // 2.16.840.1.101.3.4.2
            [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1] => Self::Sha256,
            [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 2] => Self::Sha384,
            [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3] => Self::Sha512,
            [0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 4] => Self::Sha224,
            // 1.2.156.10197.1.401
            [0x2a, 0x81, 0x1c, 0xcf, 0x55, 1, 0x83, 0x11] => Self::Sm3,
            _ => Self::Other(identifier.dotted()),
        }
    }
}

impl PssParameters {
    /// Reads RSASSA-PSS-params (RFC 4055 section 3.1); what is left out has its default.
    fn read(parameters: &[u8]) -> Option<Self> {
        let mut der = Der::new(parameters);
        let mut fields = der.inside(tag::SEQUENCE)?;
        let mut read = Self {
            digest: Digest::Sha1,
            mask_digest: Digest::Sha1,
            salt_length: 20,
            trailer: 1,
            is_as_go_reads: true,
        };
        match fields.optional(tag::context_constructed(0)).ok()? {
            Some(mut field) => {
                let digest = AlgorithmIdentifier::read(field.content(tag::SEQUENCE)?)?;
                read.digest = Digest::of(digest.algorithm);
                read.is_as_go_reads &= digest.has_null_or_no_parameters();
            }
            None => read.is_as_go_reads = false,
        }
        match fields.optional(tag::context_constructed(1)).ok()? {
            Some(mut field) => {
                let mask = AlgorithmIdentifier::read(field.content(tag::SEQUENCE)?)?;
                let digest = AlgorithmIdentifier::read(Der::new(mask.parameters).content(tag::SEQUENCE)?)?;
                read.mask_digest = Digest::of(digest.algorithm);
                read.is_as_go_reads &= digest.has_null_or_no_parameters() && mask.algorithm.0 == MGF1;
            }
            None => read.is_as_go_reads = false,
        }
        match fields.optional(tag::context_constructed(2)).ok()? {
            Some(mut field) => read.salt_length = small(field.content(tag::INTEGER)?)?,
            None => read.is_as_go_reads = false,
        }
        if let Some(mut field) = fields.optional(tag::context_constructed(3)).ok()? {
            read.trailer = small(field.content(tag::INTEGER)?)?;
        }
        Some(read)
    }

    /// Go knows three: one digest throughout, and a salt of its length.
    fn go_name(&self) -> &'static str {
        match (&self.digest, self.salt_length) {
            _ if !self.is_as_go_reads || self.mask_digest != self.digest || self.trailer != 1 => UNKNOWN,
            (Digest::Sha256, 32) => "SHA256-RSAPSS",
            (Digest::Sha384, 48) => "SHA384-RSAPSS",
            (Digest::Sha512, 64) => "SHA512-RSAPSS",
            _ => UNKNOWN,
        }
    }
}

/// id-mgf1, 1.2.840.113549.1.1.8
const MGF1: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 8];
