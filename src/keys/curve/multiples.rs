//! Multiplies the generator of a curve by scalars, with a table of its multiples once many are asked for.
//!
//! A scalar has a digit per byte, and the table holds each multiple that a digit can stand for, so a
//! multiplication takes one addition per byte. The lookup depends on the scalar and is not constant-time:
//! nobody can time a program that runs over files that they do not have.

use std::sync::OnceLock;
use std::sync::atomic::AtomicUsize;
use std::sync::atomic::Ordering::Relaxed;

use p256::elliptic_curve::group::{Curve as _, Group as _};
use p256::elliptic_curve::sec1::{FromSec1Point, ModulusSize, ToSec1Point};
use p256::elliptic_curve::{
    AffinePoint, BatchNormalize, CurveArithmetic, FieldBytesSize, PrimeField as _, ProjectivePoint, Scalar,
    SecretKey,
};
use zeroize::Zeroizing;

use crate::keys::curve::read_point;

/// The generator of a curve.
pub(super) struct Generator<C: CurveArithmetic> {
    asked: AtomicUsize,
    multiples: OnceLock<Multiples<C>>,
}

/// Computing the table takes as long as about so many multiplications without it.
const WORTH_A_TABLE: usize = 32;

impl<C> Generator<C>
where
    C: CurveArithmetic,
    FieldBytesSize<C>: ModulusSize,
    AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C>,
    ProjectivePoint<C>: BatchNormalize<[ProjectivePoint<C>], Output = Vec<AffinePoint<C>>>,
{
    pub(super) const fn new() -> Self {
        Self { asked: AtomicUsize::new(0), multiples: OnceLock::new() }
    }

    /// See [`crate::keys::curve::times_generator`].
    pub(super) fn times(&self, scalar: &[u8], guess: Option<&[u8]>) -> Option<Vec<u8>> {
        let scalar = Zeroizing::new(SecretKey::<C>::from_slice(scalar).ok()?.to_nonzero_scalar());
        let point = match self.multiples() {
            Some(multiples) => multiples.times(&scalar),
            None => Zeroizing::new(ProjectivePoint::<C>::generator() * **scalar),
        };
        // Comparing takes no inversion, unlike writing.
        if let Some(guess) = guess
            && read_point::<C>(guess).is_some_and(|guess| ProjectivePoint::<C>::from(guess) == *point)
        {
            return Some(guess.to_vec());
        }
        Some(point.to_affine().to_sec1_point(false).as_bytes().to_vec())
    }

    /// The table, once it is worth computing. While one thread computes it, others do without.
    fn multiples(&self) -> Option<&Multiples<C>> {
        let is_time = || self.asked.fetch_add(1, Relaxed) == WORTH_A_TABLE;
        let compute = || Multiples::of(ProjectivePoint::<C>::generator());
        self.multiples.get().or_else(|| is_time().then(|| self.multiples.get_or_init(compute)))
    }
}

/// The multiples of a point.
struct Multiples<C: CurveArithmetic> {
    /// By byte of the scalar, the lowest first: from 1 to [`HALF`] times the value of its lowest bit.
    points: Vec<AffinePoint<C>>,
}

/// The largest digit. Digits have signs, which halves the table.
const HALF: usize = 128;

impl<C: CurveArithmetic> Multiples<C>
where
    ProjectivePoint<C>: BatchNormalize<[ProjectivePoint<C>], Output = Vec<AffinePoint<C>>>,
{
    fn of(point: ProjectivePoint<C>) -> Self {
        // One bit more than the order has, for the carry.
        let digits = (Scalar::<C>::NUM_BITS as usize + 1).div_ceil(8);
        let mut points = Vec::with_capacity(digits * HALF);
        let mut unit = point;
        for _ in 0..digits {
            let mut multiple = unit;
            for _ in 1..HALF {
                points.push(multiple);
                multiple += unit;
            }
            points.push(multiple);
            unit = multiple.double();
        }
        let points =
            <ProjectivePoint<C> as BatchNormalize<[ProjectivePoint<C>]>>::batch_normalize(points.as_slice());
        Self { points }
    }

    /// The product of the scalar, which may be secret, and the point.
    fn times(&self, scalar: &Scalar<C>) -> Zeroizing<ProjectivePoint<C>> {
        let bytes = Zeroizing::new(scalar.to_repr());
        let mut sum = Zeroizing::new(ProjectivePoint::<C>::identity());
        let mut carry = 0;
        let bytes = AsRef::<[u8]>::as_ref(&*bytes).iter().rev().chain([&0]);
        for (&byte, multiples) in bytes.zip(self.points.chunks_exact(HALF)) {
            let mut digit = i16::from(byte) + carry;
            carry = i16::from(digit > 128);
            digit -= 256 * carry;
            let Some(place) = usize::from(digit.unsigned_abs()).checked_sub(1) else { continue };
            if let Some(&multiple) = multiples.get(place) {
                if digit > 0 {
                    *sum += multiple;
                } else {
                    *sum -= multiple;
                }
            }
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use p256::elliptic_curve::Field as _;

    use super::*;

    /// What the crates of the curves compute without tables.
    fn agrees_with_the_crate<C: CurveArithmetic>()
    where
        ProjectivePoint<C>: BatchNormalize<[ProjectivePoint<C>], Output = Vec<AffinePoint<C>>>,
    {
        let one = Scalar::<C>::ONE;
        let mut scalars: Vec<Scalar<C>> = (0..=66).map(Scalar::<C>::from).collect();
        scalars.extend([-one, -one - one, -Scalar::<C>::from(32), -Scalar::<C>::from(33)]);
        // Each window once at its limits: ones, and the largest and the smallest digit with their carries.
        let mut limits = one;
        for bit in 1..Scalar::<C>::NUM_BITS {
            limits = limits.double();
            if bit % 7 == 0 {
                scalars.extend([limits, limits - one, limits * Scalar::<C>::from(33)]);
            }
        }
        let mut mixed = Scalar::<C>::from(0x9e37_79b9_7f4a_7c15);
        for _ in 0..20 {
            mixed = mixed.square() + mixed;
            scalars.push(mixed);
        }
        let generator = ProjectivePoint::<C>::generator();
        for point in [generator, generator * mixed] {
            let multiples = Multiples::<C>::of(point);
            for scalar in &scalars {
                assert_eq!(*multiples.times(scalar), point * scalar);
            }
        }
    }

    #[test]
    fn p224_agrees() {
        agrees_with_the_crate::<p224::NistP224>();
    }

    #[test]
    fn p256_agrees() {
        agrees_with_the_crate::<p256::NistP256>();
    }

    #[test]
    fn p384_agrees() {
        agrees_with_the_crate::<p384::NistP384>();
    }

    #[test]
    fn p521_agrees() {
        agrees_with_the_crate::<p521::NistP521>();
    }

    #[test]
    fn sm2_agrees() {
        agrees_with_the_crate::<sm2::Sm2>();
    }
}
