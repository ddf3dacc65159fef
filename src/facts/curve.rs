//! Arithmetic on the curves that are supported: points read, scalars turned into points.

use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;

use p256::elliptic_curve::group::{Curve as _, Group as _};
use p256::elliptic_curve::sec1::{FromSec1Point, ModulusSize, Sec1Point, ToSec1Point};
use p256::elliptic_curve::{AffinePoint, CurveArithmetic, FieldBytesSize, ProjectivePoint, SecretKey};
use zeroize::Zeroizing;

use super::public_key::Curve;
use super::secret::Secret;

/// Reads an encoded point (SEC 1 section 2.3.4), uncompressed, compressed or hybrid, and writes it
/// uncompressed. `None` when it is no point of the curve, or the point at infinity.
pub(in crate::facts) fn uncompressed(curve: Curve, point: &[u8]) -> Option<Vec<u8>> {
    match curve {
        Curve::P224 => uncompressed_on::<p224::NistP224>(point),
        Curve::P256 => uncompressed_on::<p256::NistP256>(point),
        Curve::P384 => uncompressed_on::<p384::NistP384>(point),
        Curve::P521 => uncompressed_on::<p521::NistP521>(point),
        Curve::Sm2 => uncompressed_on::<sm2::Sm2>(point),
    }
}

/// The point d·G, uncompressed. `scalar` is as long as a coordinate; `guess` is what the point
/// probably is, which saves work when it is. `None` when the scalar is zero or not below the order
/// of the curve.
pub(in crate::facts) fn times_generator(
    curve: Curve,
    scalar: &Secret<Vec<u8>>,
    guess: Option<&[u8]>,
) -> Option<Vec<u8>> {
    // Tables of multiples pay from the second key of a curve on.
    static IS_WARM: [AtomicBool; 5] = [const { AtomicBool::new(false) }; 5];
    let is_warm = IS_WARM.get(curve as usize).is_some_and(|is_warm| is_warm.swap(true, Relaxed));
    let scalar = scalar.expose();
    match curve {
        Curve::P224 => times_generator_of::<p224::NistP224>(scalar, guess, is_warm),
        Curve::P256 => times_generator_of::<p256::NistP256>(scalar, guess, is_warm),
        Curve::P384 => times_generator_of::<p384::NistP384>(scalar, guess, is_warm),
        Curve::P521 => times_generator_of::<p521::NistP521>(scalar, guess, is_warm),
        Curve::Sm2 => times_generator_of::<sm2::Sm2>(scalar, guess, is_warm),
    }
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

fn times_generator_of<C>(scalar: &[u8], guess: Option<&[u8]>, is_warm: bool) -> Option<Vec<u8>>
where
    C: CurveArithmetic,
    FieldBytesSize<C>: ModulusSize,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
{
    let scalar = Zeroizing::new(SecretKey::<C>::from_slice(scalar).ok()?.to_nonzero_scalar());
    let point = if is_warm {
        ProjectivePoint::<C>::mul_by_generator(&scalar)
    } else {
        ProjectivePoint::<C>::generator() * **scalar
    };
    // Comparing takes no inversion, writing does.
    if let Some(guess) = guess
        && read_point::<C>(guess).is_some_and(|guess| ProjectivePoint::<C>::from(guess) == point)
    {
        return Some(guess.to_vec());
    }
    Some(point.to_affine().to_sec1_point(false).as_bytes().to_vec())
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
