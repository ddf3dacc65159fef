//! Multiples of one point that is multiplied again and again, computed once.
//!
//! A scalar is cut into windows; of each window every multiple stands in the table, so that what is left
//! is one addition a window. That takes an eighth of the time of a multiplication without tables, and
//! half of that of the tables that the crates of the curves have, which look at every entry so that
//! nobody can tell by the time which one was meant. Here the scalar decides what is looked up: nobody
//! can time a program that runs over files that they do not have.

use p256::elliptic_curve::group::Group as _;
use p256::elliptic_curve::{
    AffinePoint, BatchNormalize, CurveArithmetic, PrimeField as _, ProjectivePoint, Scalar,
};
use zeroize::Zeroizing;

/// The multiples of a point.
pub(super) struct Multiples<C: CurveArithmetic> {
    /// Window by window, from 1 to [`HALF`] times the value of the window's lowest bit.
    points: Vec<AffinePoint<C>>,
}

/// Bits of a window. With six a table has 96 to 413 kB and takes 1 to 5 ms to compute; with seven it is
/// nearly twice as large, and a multiplication takes an eighth less.
const WIDTH: usize = 6;
/// What digits are at most.
const HALF: usize = 1 << (WIDTH - 1);

impl<C: CurveArithmetic> Multiples<C>
where
    ProjectivePoint<C>: BatchNormalize<[ProjectivePoint<C>], Output = Vec<AffinePoint<C>>>,
{
    pub(super) fn of(point: ProjectivePoint<C>) -> Self {
        // Of a scalar that is below the order the highest window leaves a bit for the carry.
        let windows = (Scalar::<C>::NUM_BITS as usize + 1).div_ceil(WIDTH);
        let mut points = Vec::with_capacity(windows * HALF);
        let mut unit = point;
        for _ in 0..windows {
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

    /// So many times the point. The scalar may be secret.
    pub(super) fn times(&self, scalar: &Scalar<C>) -> Zeroizing<ProjectivePoint<C>> {
        let octets = Zeroizing::new(scalar.to_repr());
        let mut sum = Zeroizing::new(ProjectivePoint::<C>::identity());
        for (digit, multiples) in digits::<WIDTH>(octets.as_ref()).zip(self.points.chunks_exact(HALF)) {
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

/// A number in big-endian as signed digits of so many bits, the lowest first, without an end: of six bits from
/// −31 to 32.
pub(super) fn digits<const WIDTH: usize>(octets: &[u8]) -> impl Iterator<Item = i16> {
    (0..).scan(0, |carry, window| {
        let digit = *carry + bits::<WIDTH>(octets, window * WIDTH);
        *carry = i16::from(digit > 1 << (WIDTH - 1));
        Some(digit - (*carry << WIDTH))
    })
}

/// So many bits, at most eight, from bit `from` on of a number in big-endian.
fn bits<const WIDTH: usize>(octets: &[u8], from: usize) -> i16 {
    let octet = |index: usize| {
        let place = octets.len().checked_sub(index + 1);
        place.and_then(|place| octets.get(place)).map_or(0, |&octet| u16::from(octet))
    };
    let both = octet(from / 8) | (octet(from / 8 + 1) << 8);
    let [bits, _] = (both >> (from % 8)).to_le_bytes();
    i16::from(bits & (u8::MAX >> (8 - WIDTH)))
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
