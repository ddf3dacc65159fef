//! Points of the supported curves, computed with `ring` and the crates of the curves.

mod multiples;

use crate::keys::curve::multiples::Generator;
use p256::elliptic_curve::sec1::{FromSec1Point, ModulusSize, Sec1Point, ToSec1Point};
use p256::elliptic_curve::{AffinePoint, CurveArithmetic, FieldBytesSize};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};

use crate::keys::public_key::Curve;
use crate::secret::Secret;

/// Reads an encoded point (SEC 1 section 2.3.4), uncompressed, compressed or hybrid, and writes it
/// uncompressed. `None` when it is no point of the curve, or the point at infinity.
pub(crate) fn uncompressed(curve: Curve, point: &[u8]) -> Option<Vec<u8>> {
    match curve {
        Curve::P224 => uncompressed_on::<p224::NistP224>(point),
        Curve::P256 => uncompressed_on::<p256::NistP256>(point),
        Curve::P384 => uncompressed_on::<p384::NistP384>(point),
        Curve::P521 => uncompressed_on::<p521::NistP521>(point),
        Curve::Sm2 => uncompressed_on::<sm2::Sm2>(point),
    }
}

/// The public key d·G, uncompressed. `scalar` is as long as a coordinate. `guess` is the probable result,
/// uncompressed; comparing is faster than computing. `None` when the scalar is zero or not below the order of
/// the curve. The caller has to scrub the stack.
pub(crate) fn times_generator(
    curve: Curve,
    scalar: &Secret<Vec<u8>>,
    guess: Option<&[u8]>,
) -> Option<Vec<u8>> {
    static P224: Generator<p224::NistP224> = Generator::new();
    static P256: Generator<p256::NistP256> = Generator::new();
    static P384: Generator<p384::NistP384> = Generator::new();
    static P521: Generator<p521::NistP521> = Generator::new();
    static SM2: Generator<sm2::Sm2> = Generator::new();
    let scalar = scalar.expose();
    match curve {
        Curve::P224 => P224.times(scalar, guess),
        Curve::P256 => match guess {
            Some(guess) if is_p256_pair(scalar, guess) => Some(guess.to_vec()),
            _ => P256.times(scalar, guess),
        },
        Curve::P384 => P384.times(scalar, guess),
        Curve::P521 => P521.times(scalar, guess),
        Curve::Sm2 => SM2.times(scalar, guess),
    }
}

/// Whether `ring` computes the public key `point` from the scalar.
fn is_p256_pair(scalar: &[u8], point: &[u8]) -> bool {
    let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
    EcdsaKeyPair::from_private_key_and_public_key(algorithm, scalar, point, &SystemRandom::new()).is_ok()
}

fn uncompressed_on<C>(point: &[u8]) -> Option<Vec<u8>>
where
    C: CurveArithmetic,
    FieldBytesSize<C>: ModulusSize,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
{
    let read = read_point::<C>;
    match point.first()? {
        4 => read(point).map(|_| point.to_vec()),
        2 | 3 => read(point).map(|point| point.to_sec1_point(false).as_bytes().to_vec()),
        hybrid @ (6 | 7) => {
            let mut plain = point.to_vec();
            *plain.first_mut()? = 4;
            let is_odd = plain.last()? & 1 == 1;
            (read(&plain).is_some() && is_odd == (*hybrid == 7)).then_some(plain)
        }
        _ => None,
    }
}

fn read_point<C>(bytes: &[u8]) -> Option<AffinePoint<C>>
where
    C: CurveArithmetic,
    FieldBytesSize<C>: ModulusSize,
    AffinePoint<C>: FromSec1Point<C>,
{
    let encoded = Sec1Point::<C>::from_bytes(bytes).ok()?;
    AffinePoint::<C>::from_sec1_point(&encoded).into_option()
}
