//! EC and SM2 keys: the public half is computed, and compared with the one that is written.

use crate::der::{Element, Reader, octets_of_bits, tag};
use crate::keys::algorithm_identifier;
use crate::keys::algorithm_identifier::NamedCurve;
use crate::keys::curve;
use crate::keys::public_key::{Curve, KeyAlgorithm, PublicKey};
use crate::keys::{DerivedPublicKey, Inconsistency, KeyConsistency, KeyFault};
use crate::secret::{Secret, scrub_stack};

/// Reads the ECPrivateKey inside of PKCS#8, whose identifier has `parameters`, and which holds the
/// public key `embedded` beside it.
pub(super) fn read_wrapped(
    private_key: &[u8],
    parameters: Option<Element<'_>>,
    embedded: Option<&[u8]>,
) -> Result<DerivedPublicKey, KeyFault> {
    let mut outer = Reader::new(private_key);
    let mut inner = outer.sequence()?;
    if inner.integer()?.small() != Some(1) {
        return Err(KeyFault::Structure);
    }
    let half = read(inner, parameters.filter(names_curve), embedded)?;
    Ok(DerivedPublicKey { leftover: half.leftover + outer.len(), ..half })
}

/// Reads what follows the version of an ECPrivateKey (RFC 5915). `outer` is the curve that PKCS#8
/// names, which is the one that counts, as in Go; `beside` is the public key in PKCS#8.
pub(super) fn read(
    mut inner: Reader<'_>,
    outer: Option<Element<'_>>,
    beside: Option<&[u8]>,
) -> Result<DerivedPublicKey, KeyFault> {
    let scalar = inner.take(tag::OCTET_STRING)?;
    let (own, embedded) = read_optional(&mut inner)?;
    let leftover = inner.len();
    let own = own.map(|own| algorithm_identifier::curve(Some(own)));
    let outer = outer.map(|outer| algorithm_identifier::curve(Some(outer)));
    let contradicts = match (&outer, &own) {
        (Some(outer), Some(own)) => {
            own.algorithm != KeyAlgorithm::ExplicitCurve && outer.algorithm != own.algorithm
        }
        _ => false,
    };
    let NamedCurve { algorithm, bits } = outer.or(own).ok_or(KeyFault::NoCurve)?;
    let KeyAlgorithm::Ec(curve) = algorithm else {
        return Ok(DerivedPublicKey { leftover, ..DerivedPublicKey::unknown(algorithm, bits) });
    };
    let half = DerivedPublicKey { leftover, ..prove(curve, scalar, [embedded, beside]) };
    let is_sound = half.soundness == KeyConsistency::Sound;
    Ok(if contradicts && is_sound {
        DerivedPublicKey { soundness: KeyConsistency::Corrupt(Inconsistency::CurveNames), ..half }
    } else {
        half
    })
}

/// Whether parameters say which curve it is. Others (NULL) leave that to somebody else.
fn names_curve(parameters: &Element<'_>) -> bool {
    matches!(parameters.tag, tag::OBJECT_IDENTIFIER | tag::SEQUENCE)
}

/// The parameters that name a curve, and the point, where they are there.
fn read_optional<'a>(inner: &mut Reader<'a>) -> Result<(Option<Element<'a>>, Option<&'a [u8]>), KeyFault> {
    let start = *inner;
    if let Some(content) = inner.optional_explicit(0, tag::OBJECT_IDENTIFIER)? {
        let name = Element { tag: tag::OBJECT_IDENTIFIER, content, whole: content };
        return Ok((Some(name), read_point(inner)?));
    }
    if start.peek() != Some(tag::context_constructed(0)) {
        return Ok((None, read_point(inner)?));
    }
    // Go does not get past parameters that are written out, so nothing behind them makes it refuse the key.
    let parameters = inner.optional(tag::context_constructed(0))?.and_then(|content| {
        let mut reader = Reader::new(content);
        reader.element().ok().filter(|_| reader.is_empty())
    });
    let before = *inner;
    let point = read_point(inner).unwrap_or_else(|_| {
        *inner = before;
        None
    });
    Ok((parameters.filter(names_curve), point))
}

/// The bytes of the bit string are what counts, whatever it says of how many of its bits do; but it must be
/// written as DER has it.
fn read_point<'a>(inner: &mut Reader<'a>) -> Result<Option<&'a [u8]>, KeyFault> {
    match inner.optional_explicit(1, tag::BIT_STRING)? {
        Some(content) => Ok(Some(octets_of_bits(content).ok_or(KeyFault::PublicKeyBits)?)),
        None => Ok(None),
    }
}

/// Compares d·G with the points that are written in the key.
fn prove(curve: Curve, scalar: &[u8], written: [Option<&[u8]>; 2]) -> DerivedPublicKey {
    // Go reads scalars that lack leading zeros, and ones that have too many.
    let significant = scalar.iter().position(|&byte| byte != 0).and_then(|start| scalar.get(start..));
    let points = written.map(|point| point.map(|point| curve::uncompressed(curve, point)));
    let stated = points.iter().flatten().flatten().next();
    let computed = match significant {
        None => Err(Inconsistency::ZeroScalar),
        Some(significant) => {
            let computed = compute(curve, significant, stated.map(Vec::as_slice));
            scrub_stack();
            computed.ok_or(Inconsistency::ScalarTooLarge)
        }
    };
    let (public, soundness) = match computed {
        Err(contradiction) => (None, KeyConsistency::Corrupt(contradiction)),
        Ok(public) => {
            let soundness = if points.contains(&Some(None)) {
                KeyConsistency::Corrupt(Inconsistency::EmbeddedPointNotOnCurve)
            } else if points.iter().flatten().flatten().any(|point| *point != public) {
                KeyConsistency::Corrupt(Inconsistency::EmbeddedPublicKey)
            } else {
                KeyConsistency::Sound
            };
            (Some(public), soundness)
        }
    };
    let other = points.iter().flatten().flatten().find(|point| Some(*point) != public.as_ref()).cloned();
    DerivedPublicKey {
        stated_public_key: other.map(|point| PublicKey::ec(curve, point)),
        public_key: public.map(|point| PublicKey::ec(curve, point)),
        is_confirmed: soundness == KeyConsistency::Sound && points.iter().any(Option::is_some),
        soundness,
        ..DerivedPublicKey::unknown(KeyAlgorithm::Ec(curve), curve.bits())
    }
}

/// d·G; `None` when d is not below the order. `guess` is what it probably is. What is left of d on the
/// stack is for the caller to scrub.
#[inline(never)]
fn compute(curve: Curve, significant: &[u8], guess: Option<&[u8]>) -> Option<Vec<u8>> {
    let missing = curve.octets().checked_sub(significant.len())?;
    let mut scalar = Secret::new(Vec::with_capacity(curve.octets()));
    scalar.expose_mut().resize(missing, 0);
    scalar.expose_mut().extend_from_slice(significant);
    if curve == Curve::Sm2 && scalar.expose().as_slice() >= SM2_LIMIT {
        return None;
    }
    curve::times_generator(curve, &scalar, guess)
}

/// The order of SM2's curve less one: 1 + d has to be invertible (GB/T 32918.1 section 6.1).
const SM2_LIMIT: &[u8] = &[
    0xff, 0xff, 0xff, 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x72,
    0x03, 0xdf, 0x6b, 0x21, 0xc6, 0x05, 0x2b, 0x53, 0xbb, 0xf4, 0x09, 0x39, 0xd5, 0x41, 0x22,
];
