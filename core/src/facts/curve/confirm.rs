//! Whether a point is d·G, for many keys of P-256 and SM2, in arithmetic that only ever confirms.
//!
//! Both curves are y² = x³ − 3x + b over a prime of 256 bits of which the lowest 64 are ones, so that
//! Montgomery's reduction takes each limb as it is. Formulas without a case for the point at infinity or
//! for equal points do, since who meets one just does not confirm. What is not confirmed, for whatever
//! reason, is for `ring` or the crate of the curve to decide.

use std::iter::successors;
use std::marker::PhantomData;
use std::sync::OnceLock;

use p256::elliptic_curve::group::Group as _;
use p256::elliptic_curve::sec1::{ModulusSize, ToSec1Point};
use p256::elliptic_curve::{
    AffinePoint, BatchNormalize, Curve, CurveAffine as _, CurveArithmetic, Field as _, FieldBytes,
    FieldBytesSize, PrimeField as _, ProjectivePoint, Scalar,
};
use zeroize::Zeroizing;

use super::Worthwhile;
use super::multiples::digits;
use crate::facts::limb::multiply_add;

/// A number below 2²⁵⁶, the lowest limb first.
type Limbs = [u64; 4];

/// A curve on which points are confirmed.
pub(super) trait Confirmable: CurveArithmetic {
    /// What coordinates are computed modulo. Its lowest limb is all ones.
    const PRIME: Limbs;
}

/// SEC 2 section 2.4.2.
impl Confirmable for p256::NistP256 {
    const PRIME: Limbs = [u64::MAX, 0xffff_ffff, 0, 0xffff_ffff_0000_0001];
}

/// GB/T 32918.5 section 2.
impl Confirmable for sm2::Sm2 {
    const PRIME: Limbs = [u64::MAX, 0xffff_ffff_0000_0000, u64::MAX, 0xffff_fffe_ffff_ffff];
}

/// Confirms that points are on the curve and, once it was asked often enough, what they are multiples of.
pub(super) struct Confirmer<C: Curve> {
    /// Computing the multiples takes as long as so many keys save.
    worth: usize,
    field: OnceLock<Field<C>>,
    table: Worthwhile<Table<C>>,
}

impl<C: Confirmable> Confirmer<C>
where
    FieldBytesSize<C>: ModulusSize,
    AffinePoint<C>: ToSec1Point<C>,
    ProjectivePoint<C>: BatchNormalize<[ProjectivePoint<C>], Output = Vec<AffinePoint<C>>>,
{
    pub(super) const fn new(worth: usize) -> Self {
        Self { worth, field: OnceLock::new(), table: Worthwhile::new() }
    }

    /// Whether the uncompressed `point` certainly is one of the curve.
    pub(super) fn confirms(&self, point: &[u8]) -> bool {
        self.field.get_or_init(Field::new).confirms(point)
    }

    /// Whether the uncompressed `point` certainly is so many times the generator. The scalar may be secret:
    /// what is left of it on the stack is for the caller to scrub.
    pub(super) fn confirms_multiple(&self, scalar: &[u8], point: &[u8]) -> bool {
        let table = self.table.after(self.worth, Table::new);
        table.and_then(|table| table.confirms(scalar, point)) == Some(true)
    }
}

/// Bits of a window. With eight a table has 270 kB and takes 1 ms to compute.
const WIDTH: usize = 8;

/// The multiples of the generator.
struct Table<C: Curve> {
    /// The order of the generator less one, in big-endian.
    highest: FieldBytes<C>,
    /// By window, from 1 to 128 times the value of its lowest bit.
    windows: Vec<Vec<[Limbs; 2]>>,
    field: Field<C>,
}

impl<C: Confirmable> Table<C> {
    fn new() -> Self
    where
        FieldBytesSize<C>: ModulusSize,
        AffinePoint<C>: ToSec1Point<C>,
        ProjectivePoint<C>: BatchNormalize<[ProjectivePoint<C>], Output = Vec<AffinePoint<C>>>,
    {
        let field = Field::new();
        let doubled = |point: &ProjectivePoint<C>| Some((0..WIDTH).fold(*point, |point, _| point.double()));
        // Of a scalar that is below the order the highest window leaves a bit for the carry.
        let windows = (Scalar::<C>::NUM_BITS as usize + 1).div_ceil(WIDTH);
        let units: Vec<_> =
            successors(Some(ProjectivePoint::<C>::generator()), doubled).take(windows).collect();
        let units = <ProjectivePoint<C> as BatchNormalize<[ProjectivePoint<C>]>>::batch_normalize(&units[..]);
        // None of them is at infinity.
        let read = |point: &AffinePoint<C>| field.read(point.to_sec1_point(false).as_bytes());
        let mut windows: Vec<_> = units.iter().filter_map(|unit| Some(vec![read(unit)?])).collect();
        for _ in 1..WIDTH {
            field.double_count(&mut windows);
        }
        Self { highest: (-Scalar::<C>::ONE).to_repr(), windows, field }
    }

    fn confirms(&self, scalar: &[u8], point: &[u8]) -> Option<bool> {
        if scalar.len() != self.highest.len() || scalar > self.highest.as_slice() {
            return None;
        }
        let [x, y] = self.field.read(point)?;
        let mut sum: Zeroizing<Option<[Limbs; 3]>> = Zeroizing::new(None);
        for (digit, multiples) in digits::<WIDTH>(scalar).zip(&self.windows) {
            let Some(place) = usize::from(digit.unsigned_abs()).checked_sub(1) else { continue };
            let &[x, y] = multiples.get(place)?;
            let y = if digit > 0 { y } else { difference::<C>(&[0; 4], &y) };
            *sum = Some(match &*sum {
                Some(sum) => added::<C>(sum, &[x, y])?,
                None => [x, y, self.field.one],
            });
        }
        let [sum_x, sum_y, z] = (*sum)?;
        let z_squared = product::<C>(&z, &z);
        let is_x = product::<C>(&x, &z_squared) == sum_x;
        Some(is_x && product::<C>(&y, &product::<C>(&z, &z_squared)) == sum_y)
    }
}

/// The sum of a point in Jacobian coordinates and one in affine coordinates (Hankerson, Menezes, Vanstone,
/// Guide to Elliptic Curve Cryptography, algorithm 3.22). `None` when they are equal or opposite.
fn added<C: Confirmable>([x1, y1, z1]: &[Limbs; 3], [x2, y2]: &[Limbs; 2]) -> Option<[Limbs; 3]> {
    // What does not wait for one another stands side by side: the processor does both at once.
    let z_squared = product::<C>(z1, z1);
    let z_cubed = product::<C>(z1, &z_squared);
    let x2 = product::<C>(x2, &z_squared);
    let y2 = product::<C>(y2, &z_cubed);
    let run = difference::<C>(&x2, x1);
    if run == [0; 4] {
        return None;
    }
    let run_squared = product::<C>(&run, &run);
    let z = product::<C>(z1, &run);
    let rise = difference::<C>(&y2, y1);
    let run_cubed = product::<C>(&run, &run_squared);
    let rise_squared = product::<C>(&rise, &rise);
    let base = product::<C>(x1, &run_squared);
    let height = product::<C>(y1, &run_cubed);
    let x = difference::<C>(&difference::<C>(&rise_squared, &run_cubed), &base);
    let x = difference::<C>(&x, &base);
    let y = difference::<C>(&product::<C>(&rise, &difference::<C>(&base, &x)), &height);
    Some([x, y, z])
}

/// What coordinates are computed with.
struct Field<C> {
    one: Limbs,
    /// Brings numbers into Montgomery's form, x·2²⁵⁶ modulo the prime: that of 2²⁵⁶.
    factor: Limbs,
    /// What the curve adds to x³ − 3x.
    b: Option<Limbs>,
    curve: PhantomData<C>,
}

impl<C: Confirmable> Field<C> {
    fn new() -> Self
    where
        FieldBytesSize<C>: ModulusSize,
        AffinePoint<C>: ToSec1Point<C>,
    {
        // The prime has 256 bits, so what 2²⁵⁶ leaves is what is missing to it.
        let one = subtracted(&[0; 4], &C::PRIME).0;
        let factor = (0..8).fold(times::<C>(2, &one), |power, _| product::<C>(&power, &power));
        let field = Self { one, factor, b: None, curve: PhantomData };
        let generator = field.read(AffinePoint::<C>::generator().to_sec1_point(false).as_bytes());
        Self { b: generator.map(|point| beside_b::<C>(&point)), ..field }
    }

    /// Behind the first so many multiples of a point, which each window has, puts as many more: the sums with the
    /// last of them, all divisions at once.
    fn double_count(&self, windows: &mut [Vec<[Limbs; 2]>]) {
        let mut rises = Vec::new();
        let mut runs = Vec::new();
        for window in &*windows {
            let Some((last, others)) = window.split_last() else { continue };
            for other in others {
                rises.push(difference::<C>(&last[1], &other[1]));
                runs.push(difference::<C>(&last[0], &other[0]));
            }
            // The tangent: (3x² − 3)/2y.
            let x_squared_less = difference::<C>(&product::<C>(&last[0], &last[0]), &self.one);
            rises.push(times::<C>(3, &x_squared_less));
            runs.push(times::<C>(2, &last[1]));
        }
        self.invert(&mut runs);
        let mut slopes = rises.iter().zip(&runs).map(|(rise, run)| product::<C>(rise, run));
        for window in windows {
            let Some(&[last_x, _]) = window.last() else { continue };
            for (place, slope) in (0..window.len()).zip(&mut slopes) {
                let Some(&[x1, y1]) = window.get(place) else { continue };
                let x = difference::<C>(&difference::<C>(&product::<C>(&slope, &slope), &x1), &last_x);
                let y = difference::<C>(&product::<C>(&slope, &difference::<C>(&x1, &x)), &y1);
                window.push([x, y]);
            }
        }
    }

    /// Inverts numbers none of which is zero, with one inversion (Montgomery, 1987).
    fn invert(&self, numbers: &mut [Limbs]) {
        let mut all = self.one;
        let mut before = Vec::with_capacity(numbers.len());
        for number in &*numbers {
            before.push(all);
            all = product::<C>(&all, number);
        }
        // By Fermat's theorem, to the power of the prime less two.
        let exponent = subtracted(&C::PRIME, &[2, 0, 0, 0]).0;
        let bits = exponent.iter().rev().flat_map(|limb| (0..64).rev().map(move |bit| limb >> bit & 1));
        let mut inverse = bits.fold(self.one, |power, bit| {
            let square = product::<C>(&power, &power);
            if bit == 1 { product::<C>(&square, &all) } else { square }
        });
        for (number, before) in numbers.iter_mut().zip(before).rev() {
            let next = product::<C>(&inverse, number);
            *number = product::<C>(&inverse, &before);
            inverse = next;
        }
    }

    /// Whether an uncompressed point certainly is one of the curve.
    fn confirms(&self, point: &[u8]) -> bool {
        self.read(point).is_some_and(|point| Some(beside_b::<C>(&point)) == self.b)
    }

    /// The coordinates of an uncompressed point (SEC 1 section 2.3.4), whether on the curve or not.
    fn read(&self, point: &[u8]) -> Option<[Limbs; 2]> {
        let coordinates: &[u8; 64] = point.strip_prefix(&[4])?.try_into().ok()?;
        let (x, y) = coordinates.split_first_chunk()?;
        Some([self.read_number(x)?, self.read_number(y.first_chunk()?)?])
    }

    fn read_number(&self, octets: &[u8; 32]) -> Option<Limbs> {
        let mut number = [0; 4];
        for (limb, &octets) in number.iter_mut().rev().zip(octets.as_chunks().0) {
            *limb = u64::from_be_bytes(octets);
        }
        let is_below = subtracted(&number, &C::PRIME).1;
        is_below.then(|| product::<C>(&number, &self.factor))
    }
}

/// y² − x³ + 3x: the curve's b, if the point is on it.
fn beside_b<C: Confirmable>([x, y]: &[Limbs; 2]) -> Limbs {
    let x_squared = product::<C>(x, x);
    let y_squared = product::<C>(y, y);
    let rest = difference::<C>(&y_squared, &product::<C>(x, &x_squared));
    difference::<C>(&rest, &difference::<C>(&[0; 4], &times::<C>(3, x)))
}

/// A number a few times.
fn times<C: Confirmable>(count: usize, number: &Limbs) -> Limbs {
    let negative = difference::<C>(&[0; 4], number);
    (1..count).fold(*number, |sum, _| difference::<C>(&sum, &negative))
}

/// a·b/2²⁵⁶ modulo the prime, of numbers below it.
fn product<C: Confirmable>(a: &Limbs, b: &Limbs) -> Limbs {
    let mut whole = [0; 8];
    for (place, &a) in a.iter().enumerate() {
        let mut carry = 0;
        for (limb, &b) in whole.iter_mut().skip(place).zip(b) {
            (*limb, carry) = multiply_add(a, b, *limb, carry);
        }
        if let Some(limb) = whole.get_mut(place + 4) {
            *limb = carry;
        }
    }
    let [mut low0, mut low1, mut low2, mut low3, upper @ ..] = whole;
    let [_, p1, p2, p3] = C::PRIME;
    for _ in 0..4 {
        // So many times the prime makes the lowest limb zero: low0 + low0·(2⁶⁴ − 1) is low0·2⁶⁴.
        let (next0, carry) = multiply_add(low0, p1, low1, low0);
        let (next1, carry) = multiply_add(low0, p2, low2, carry);
        let (next2, carry) = multiply_add(low0, p3, low3, carry);
        [low0, low1, low2, low3] = [next0, next1, next2, carry];
    }
    let (sum, is_over) = sum(&[low0, low1, low2, low3], &upper);
    let (less, is_below) = subtracted(&sum, &C::PRIME);
    if is_below && !is_over { sum } else { less }
}

/// a − b modulo the prime, of numbers below it.
#[inline]
fn difference<C: Confirmable>(a: &Limbs, b: &Limbs) -> Limbs {
    let (difference, is_negative) = subtracted(a, b);
    // No branch: which way it went would be guessed wrong half of the time.
    sum(&difference, &C::PRIME.map(|limb| if is_negative { limb } else { 0 })).0
}

/// a + b modulo 2²⁵⁶, and whether it is more than that.
#[inline]
fn sum(a: &Limbs, b: &Limbs) -> (Limbs, bool) {
    by_limbs(a, b, u64::overflowing_add)
}

/// a − b modulo 2²⁵⁶, and whether it is negative.
#[inline]
fn subtracted(a: &Limbs, b: &Limbs) -> (Limbs, bool) {
    by_limbs(a, b, u64::overflowing_sub)
}

#[inline]
fn by_limbs(a: &Limbs, b: &Limbs, both: impl Fn(u64, u64) -> (u64, bool)) -> (Limbs, bool) {
    let mut carry = false;
    let mut limbs = [0; 4];
    for ((limb, &a), &b) in limbs.iter_mut().zip(a).zip(b) {
        let (first, is_first) = both(a, b);
        let (second, is_second) = both(first, u64::from(carry));
        (*limb, carry) = (second, is_first | is_second);
    }
    (limbs, carry)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that panics has failed")]
mod tests {
    use num_bigint::BigUint;
    use p256::elliptic_curve::sec1::{FromSec1Point, Sec1Point};

    use super::*;

    /// Numbers as anybody may have them, and those at which carries happen.
    fn numbers<C: Confirmable>() -> Vec<Limbs> {
        let mut numbers = vec![[0; 4], [1, 0, 0, 0], [2, 0, 0, 0]];
        let shorter = |by: u64| subtracted(&C::PRIME, &[by, 0, 0, 0]).0;
        numbers.extend([shorter(1), shorter(2), shorter(3), shorter(u64::MAX)]);
        for bit in 0..256 {
            let mut power = [0; 4];
            power[bit / 64] = 1 << (bit % 64);
            numbers.extend([power, subtracted(&power, &[1, 0, 0, 0]).0]);
            numbers.push(subtracted(&C::PRIME, &power).0);
        }
        let mut mixed: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut next = || {
            mixed ^= mixed << 13;
            mixed ^= mixed >> 7;
            mixed ^= mixed << 17;
            mixed
        };
        numbers.extend((0..300).map(|_| [next(), next(), next(), next()]));
        numbers.retain(|number| subtracted(number, &C::PRIME).1);
        assert!(numbers.len() > 1000);
        numbers
    }

    fn big(number: &Limbs) -> BigUint {
        number.iter().rev().fold(BigUint::ZERO, |sum, &limb| (sum << 64) + limb)
    }

    fn computes_as_num_bigint_does<C: Confirmable>() {
        let prime = big(&C::PRIME);
        let factor = BigUint::from(1_u8) << 256;
        let numbers = numbers::<C>();
        for (place, a) in numbers.iter().enumerate() {
            for b in numbers.iter().skip(place % 7).step_by(7).chain([a]) {
                let reduced = product::<C>(a, b);
                assert!(subtracted(&reduced, &C::PRIME).1, "{a:x?} {b:x?}");
                assert_eq!(big(&reduced) * &factor % &prime, big(a) * big(b) % &prime, "{a:x?} {b:x?}");
                let less = big(&difference::<C>(a, b));
                assert_eq!(less, (big(a) + &prime - big(b)) % &prime, "{a:x?} {b:x?}");
            }
        }
    }

    #[test]
    fn p256_computes_as_num_bigint_does() {
        computes_as_num_bigint_does::<p256::NistP256>();
    }

    #[test]
    fn sm2_computes_as_num_bigint_does() {
        computes_as_num_bigint_does::<sm2::Sm2>();
    }

    fn encoded<C: Confirmable>(point: &ProjectivePoint<C>) -> Vec<u8>
    where
        FieldBytesSize<C>: ModulusSize,
        AffinePoint<C>: ToSec1Point<C> + From<ProjectivePoint<C>>,
    {
        AffinePoint::<C>::from(*point).to_sec1_point(false).as_bytes().to_vec()
    }

    /// More than a window has.
    const SMALL: usize = 140;

    /// Multiples of the generator, as the crate of the curve computes them.
    fn multiples<C: Confirmable>() -> Vec<(Vec<u8>, Vec<u8>)>
    where
        FieldBytesSize<C>: ModulusSize,
        AffinePoint<C>: ToSec1Point<C> + From<ProjectivePoint<C>>,
    {
        let one = Scalar::<C>::ONE;
        let mut scalars: Vec<Scalar<C>> = (1..=SMALL as u64).map(Scalar::<C>::from).collect();
        scalars.extend((1..=SMALL as u64).map(|less| -Scalar::<C>::from(less)));
        // Each window at its limits, with the carry that comes out of it.
        let mut power = one;
        for bit in 1..256 {
            power = power.double();
            if matches!(bit % 8, 0 | 1 | 7) {
                scalars.extend([power, power - one, -power, power * Scalar::<C>::from(129)]);
            }
        }
        let mut mixed = Scalar::<C>::from(0x9e37_79b9_7f4a_7c15);
        for _ in 0..100 {
            mixed = mixed.square() + mixed;
            scalars.push(mixed);
        }
        let generator = ProjectivePoint::<C>::generator();
        let multiple = |scalar: Scalar<C>| (scalar.to_repr().to_vec(), encoded::<C>(&(generator * scalar)));
        scalars.into_iter().map(multiple).collect()
    }

    fn confirms_multiples_and_nothing_else<C: Confirmable>()
    where
        FieldBytesSize<C>: ModulusSize,
        AffinePoint<C>: ToSec1Point<C> + From<ProjectivePoint<C>>,
        ProjectivePoint<C>: BatchNormalize<[ProjectivePoint<C>], Output = Vec<AffinePoint<C>>>,
    {
        let table = Table::<C>::new();
        assert_eq!(table.windows.len(), 33);
        let multiples = multiples::<C>();
        for (place, (scalar, point)) in multiples.iter().enumerate() {
            assert_eq!(table.confirms(scalar, point), Some(true), "{scalar:x?}");
            for (_, other) in multiples.iter().skip(place + 1).take(3) {
                assert_ne!(table.confirms(scalar, other), Some(true), "{scalar:x?}");
            }
            // −d·G has the same x.
            if place < 2 * SMALL {
                let (_, opposite) = &multiples[(place + SMALL) % (2 * SMALL)];
                assert_eq!(opposite[..33], point[..33]);
                assert_eq!(table.confirms(scalar, opposite), Some(false), "{scalar:x?}");
            }
            for at in [1, 17, 32, 33, 50, 64] {
                let mut wrong = point.clone();
                wrong[at] ^= 1 << (place % 8);
                assert_ne!(table.confirms(scalar, &wrong), Some(true), "{scalar:x?} {at}");
            }
        }
        let (one, generator) = &multiples[0];
        // Not below the order, nothing at all, of another length.
        let mut order = table.highest.to_vec();
        *order.last_mut().unwrap() += 1;
        let mut next = order.clone();
        *next.last_mut().unwrap() += 1;
        for scalar in [&order, &next, &vec![0xff; 32], &vec![0; 32], &one[1..].to_vec(), &Vec::new()] {
            assert_eq!(table.confirms(scalar, generator), None, "{scalar:x?}");
        }
        // Compressed, hybrid, cut off, too long, at infinity.
        let with_form = |form: u8| [&[form], &generator[1..]].concat();
        let longer = [generator.as_slice(), &[0]].concat();
        for point in
            [with_form(2), with_form(6), with_form(7), generator[..33].to_vec(), longer, vec![0], Vec::new()]
        {
            assert_eq!(table.confirms(one, &point), None, "{point:x?}");
            assert!(!table.field.confirms(&point), "{point:x?}");
        }
    }

    #[test]
    fn p256_confirms_multiples_and_nothing_else() {
        confirms_multiples_and_nothing_else::<p256::NistP256>();
    }

    #[test]
    fn sm2_confirms_multiples_and_nothing_else() {
        confirms_multiples_and_nothing_else::<sm2::Sm2>();
    }

    fn confirms_points_and_nothing_else<C: Confirmable>()
    where
        FieldBytesSize<C>: ModulusSize,
        AffinePoint<C>: FromSec1Point<C> + ToSec1Point<C> + From<ProjectivePoint<C>>,
    {
        let field = Field::<C>::new();
        let is_point = |octets: &[u8]| {
            let point = Sec1Point::<C>::from_bytes(octets).ok();
            point.is_some_and(|point| AffinePoint::<C>::from_sec1_point(&point).is_some().into())
        };
        for (_, point) in multiples::<C>() {
            assert!(field.confirms(&point), "{point:x?}");
            for at in 1..point.len() {
                let mut wrong = point.clone();
                wrong[at] = wrong[at].wrapping_add(1 << (at % 8));
                assert!(!field.confirms(&wrong) || is_point(&wrong), "{point:x?} {at}");
            }
        }
        // A coordinate that is not below the prime is another way to write a point.
        let prime: Vec<u8> = C::PRIME.iter().rev().flat_map(|limb| limb.to_be_bytes()).collect();
        assert_eq!(field.read(&[&[4], prime.as_slice(), &[0; 32]].concat()), None);
        assert_eq!(field.read(&[&[4], [0; 32].as_slice(), &prime].concat()), None);
        assert_eq!(field.read(&[&[4], [0xff; 64].as_slice()].concat()), None);
        assert!(field.read(&[4; 65]).is_some());
    }

    #[test]
    fn p256_confirms_points_and_nothing_else() {
        confirms_points_and_nothing_else::<p256::NistP256>();
    }

    #[test]
    fn sm2_confirms_points_and_nothing_else() {
        confirms_points_and_nothing_else::<sm2::Sm2>();
    }

    #[test]
    fn equal_and_opposite_points_are_not_added() {
        let table = Table::<p256::NistP256>::new();
        let [x, y] = table.windows[0][0];
        let minus_y = difference::<p256::NistP256>(&[0; 4], &y);
        let point = [x, y, table.field.one];
        assert_eq!(added::<p256::NistP256>(&point, &[x, y]), None);
        assert_eq!(added::<p256::NistP256>(&point, &[x, minus_y]), None);
        assert!(added::<p256::NistP256>(&point, &table.windows[0][1]).is_some());
    }

    #[test]
    fn few_keys_do_not_pay_for_multiples() {
        let confirmer = Confirmer::<p256::NistP256>::new(5);
        let (scalar, point) = multiples::<p256::NistP256>().swap_remove(0);
        for _ in 0..5 {
            assert!(!confirmer.confirms_multiple(&scalar, &point));
        }
        assert!(confirmer.confirms_multiple(&scalar, &point));
    }
}
