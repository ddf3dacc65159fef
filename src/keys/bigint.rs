//! Natural numbers that may be secret: only what it takes to compare the numbers of an RSA key.
//!
//! The limbs are wiped when they are dropped, which no general crate for big numbers does with its
//! intermediate results too. It is not constant-time: nobody can measure a program that runs once
//! over a file that they do not have.

use std::cmp::Ordering;
use std::ops::{Deref, DerefMut};

use crate::secret::Wipe as _;

/// A natural number.
pub(super) struct Number {
    /// Little-endian, without leading zeros.
    limbs: Limbs,
}

/// Bits behind the point of [`Number::likely_quotient`].
const FRACTION: u32 = 31;
const MOST_DENOMINATOR: u128 = 64;

/// Limbs that are wiped when they are dropped.
#[derive(Clone, PartialEq)]
struct Limbs(Vec<u64>);

impl Deref for Limbs {
    type Target = Vec<u64>;

    fn deref(&self) -> &Vec<u64> {
        &self.0
    }
}

impl DerefMut for Limbs {
    fn deref_mut(&mut self) -> &mut Vec<u64> {
        &mut self.0
    }
}

impl Drop for Limbs {
    fn drop(&mut self) {
        self.0.wipe();
    }
}

impl Number {
    /// Reads a number in big-endian.
    pub(super) fn from_bytes(bytes: &[u8]) -> Self {
        let mut limbs = Limbs(Vec::with_capacity(bytes.len().div_ceil(8)));
        let (first, rest) = bytes.as_rchunks::<8>();
        limbs.extend(rest.iter().rev().map(|&limb| u64::from_be_bytes(limb)));
        if !first.is_empty() {
            limbs.push(first.iter().fold(0, |value, &byte| (value << 8) | u64::from(byte)));
        }
        Self::trimmed(limbs)
    }

    /// The number in big-endian without leading zeros. Only for what is public.
    pub(super) fn to_public_bytes(&self) -> Vec<u8> {
        let bytes = self.limbs.iter().rev().flat_map(|limb| limb.to_be_bytes());
        bytes.skip_while(|&byte| byte == 0).collect()
    }

    /// A small number.
    pub(super) fn small(value: u64) -> Self {
        Self::trimmed(Limbs(vec![value]))
    }

    pub(super) fn is_zero(&self) -> bool {
        self.limbs.is_empty()
    }

    pub(super) fn is_one(&self) -> bool {
        matches!(self.limbs.as_slice(), [1])
    }

    /// The number before it; zero stays zero.
    pub(super) fn minus_one(&self) -> Self {
        let mut limbs = self.limbs.clone();
        for limb in limbs.iter_mut() {
            let (less, borrows) = limb.overflowing_sub(1);
            *limb = less;
            if !borrows {
                return Self::trimmed(limbs);
            }
        }
        Self::trimmed(Limbs(Vec::new()))
    }

    /// The difference; `None` when it would be below zero.
    pub(super) fn minus(&self, other: &Self) -> Option<Self> {
        if self < other {
            return None;
        }
        let mut limbs = self.limbs.clone();
        let mut borrow = false;
        let mut subtrahend = other.limbs.iter();
        for limb in limbs.iter_mut() {
            let next = subtrahend.next();
            if next.is_none() && !borrow {
                break;
            }
            let (less, first) = limb.overflowing_sub(next.copied().unwrap_or_default());
            let (less, second) = less.overflowing_sub(u64::from(borrow));
            *limb = less;
            borrow = first || second;
        }
        Some(Self::trimmed(limbs))
    }

    /// The quotient by `divisor` as a fraction `numerator` / `denominator` with a small denominator, if it
    /// seems to be one and is below 2³². It may not be: only the highest limbs are looked at.
    pub(super) fn likely_quotient(&self, divisor: &Self) -> Option<(u64, u64)> {
        let below = divisor.bits().checked_sub(64)?;
        let (dividend, divisor) = (self.without(below), divisor.without(below));
        let quotient = dividend.filter(|dividend| dividend >> 96 == 0)?.checked_shl(FRACTION)? / divisor?;
        (1..=MOST_DENOMINATOR).find_map(|denominator| {
            let multiple = quotient * denominator;
            let numerator = (multiple + (1 << (FRACTION - 1))) >> FRACTION;
            let is_near = multiple.abs_diff(numerator << FRACTION) <= 4 * denominator;
            is_near.then(|| (low(numerator), low(denominator)))
        })
    }

    /// Its length in bits.
    fn bits(&self) -> usize {
        self.limbs.last().map_or(0, |last| self.limbs.len() * 64 - last.leading_zeros() as usize)
    }

    /// The number without so many of its lowest bits, when that fits.
    fn without(&self, below: usize) -> Option<u128> {
        let limb = |index: usize| u128::from(self.limbs.get(index).copied().unwrap_or_default());
        let (first, shift) = (below / 64, below % 64);
        let lower = (limb(first) | limb(first + 1) << 64) >> shift;
        let upper = (limb(first + 2) << 64).checked_shl(64 - u32::try_from(shift).ok()?).unwrap_or_default();
        (self.bits() <= below + 128).then_some(lower | upper)
    }

    /// The product of two numbers.
    pub(super) fn times(&self, other: &Self) -> Self {
        let mut product = Limbs(vec![0; self.limbs.len() + other.limbs.len()]);
        let length = other.limbs.len();
        for (at, &factor) in self.limbs.iter().enumerate() {
            let Some((places, [last, ..])) =
                product.get_mut(at..).and_then(|rest| rest.split_at_mut_checked(length))
            else {
                break;
            };
            let mut carry = 0;
            for (place, &limb) in places.iter_mut().zip(other.limbs.iter()) {
                (*place, carry) = multiply_add(factor, limb, *place, carry);
            }
            *last = carry;
        }
        Self::trimmed(product)
    }

    /// The remainder of the division by `modulus`; the number itself when that is zero.
    pub(super) fn modulo(&self, modulus: &Self) -> Self {
        match modulus.limbs.as_slice() {
            [] => Self { limbs: self.limbs.clone() },
            [limb] => {
                let divide = |remainder: u64, &limb: &u64, by: u64| {
                    low(((u128::from(remainder) << 64) | u128::from(limb)) % u128::from(by))
                };
                Self::small(self.limbs.iter().rev().fold(0, |remainder, next| divide(remainder, next, *limb)))
            }
            [.., first] => self.modulo_long(modulus, first.leading_zeros()),
        }
    }

    /// Division by a number of several limbs (Knuth, The Art of Computer Programming, volume 2,
    /// section 4.3.1, algorithm D), of which only the remainder is kept. `shift` is the number of
    /// leading zeros of the divisor.
    fn modulo_long(&self, modulus: &Self, shift: u32) -> Self {
        let divisor = modulus.shifted(shift, modulus.limbs.len());
        let mut rest = self.shifted(shift, self.limbs.len() + 1);
        let [.., second, first] = *divisor.as_slice() else {
            return Self { limbs: self.limbs.clone() };
        };
        let by_first = Reciprocal::of(first);
        for at in (0..rest.len().saturating_sub(divisor.len())).rev() {
            let Some(window) = rest.get_mut(at..=at + divisor.len()) else { break };
            let [.., third, next, top] = window else { break };
            let quotient = estimate(*top, *next, *third, &by_first, second);
            // One time in 2^63 the estimate was one too large.
            if subtract_multiple(window, &divisor, quotient) {
                add(window, &divisor);
            }
        }
        // What is left is below the divisor; the shift is undone.
        let mut carry = 0;
        for limb in rest.iter_mut().rev() {
            let value = *limb;
            *limb = if shift == 0 { value } else { (value >> shift) | carry };
            carry = if shift == 0 { 0 } else { value << (64 - shift) };
        }
        Self::trimmed(rest)
    }

    /// The limbs, `shift` (below 64) bits to the left, in `length` limbs.
    fn shifted(&self, shift: u32, length: usize) -> Limbs {
        let mut limbs = Limbs(Vec::with_capacity(length));
        let mut carry = 0;
        for &limb in self.limbs.iter() {
            limbs.push((limb << shift) | carry);
            carry = if shift == 0 { 0 } else { limb >> (64 - shift) };
        }
        if limbs.len() < length {
            limbs.push(carry);
        }
        limbs
    }

    fn trimmed(mut limbs: Limbs) -> Self {
        while limbs.last() == Some(&0) {
            limbs.pop();
        }
        Self { limbs }
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        self.limbs == other.limbs
    }
}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(
            (self.limbs.len().cmp(&other.limbs.len()))
                .then_with(|| self.limbs.iter().rev().cmp(other.limbs.iter().rev())),
        )
    }
}

/// The quotient of the three limbs `top`, `next`, `third` by two limbs, the first of which comes as its
/// reciprocal; at most one too large.
fn estimate(top: u64, next: u64, third: u64, first: &Reciprocal, second: u64) -> u64 {
    let divisor = u128::from(first.of);
    let (mut quotient, mut remainder) = if top >= first.of {
        let dividend = (u128::from(top) << 64) | u128::from(next);
        (u128::from(u64::MAX), dividend - u128::from(u64::MAX) * divisor)
    } else {
        let (quotient, remainder) = first.divide(top, next);
        (u128::from(quotient), u128::from(remainder))
    };
    while remainder >> 64 == 0 && quotient * u128::from(second) > ((remainder << 64) | u128::from(third)) {
        quotient -= 1;
        remainder += divisor;
    }
    low(quotient)
}

/// A limb whose highest bit is set, and what makes dividing by it two multiplications (Möller and
/// Granlund, Improved division by invariant integers, algorithm 4). Dividing two limbs by one took more
/// than half of the time of a remainder.
struct Reciprocal {
    of: u64,
    /// (2^128 − 1) / `of` − 2^64
    inverse: u64,
}

impl Reciprocal {
    fn of(limb: u64) -> Self {
        Self { of: limb, inverse: low(u128::MAX / u128::from(limb)) }
    }

    /// Quotient and remainder of `top` · 2^64 + `next`; `top` is below the divisor.
    fn divide(&self, top: u64, next: u64) -> (u64, u64) {
        let product = u128::from(self.inverse) * u128::from(top);
        let product = product + ((u128::from(top) << 64) | u128::from(next));
        let mut quotient = low(product >> 64).wrapping_add(1);
        let mut remainder = next.wrapping_sub(quotient.wrapping_mul(self.of));
        if remainder > low(product) {
            quotient = quotient.wrapping_sub(1);
            remainder = remainder.wrapping_add(self.of);
        }
        if remainder >= self.of {
            quotient = quotient.wrapping_add(1);
            remainder -= self.of;
        }
        (quotient, remainder)
    }
}

/// Subtracts `quotient` times `divisor` from `window`, which is one limb longer; says whether that
/// was too much.
fn subtract_multiple(window: &mut [u64], divisor: &[u64], quotient: u64) -> bool {
    let Some((places, [last, ..])) = window.split_at_mut_checked(divisor.len()) else { return false };
    // What is still to be subtracted from the next limb; one more than the high limb of a product fits.
    let mut due = 0;
    for (place, &limb) in places.iter_mut().zip(divisor) {
        let (product, high) = multiply_add(quotient, limb, due, 0);
        let borrows;
        (*place, borrows) = place.overflowing_sub(product);
        due = high + u64::from(borrows);
    }
    let borrows;
    (*last, borrows) = last.overflowing_sub(due);
    borrows
}

/// Adds `divisor` to `window`, which is one limb longer; the carry out of it is dropped.
fn add(window: &mut [u64], divisor: &[u64]) {
    let mut carry = 0;
    let mut places = window.iter_mut();
    for (&limb, place) in divisor.iter().zip(&mut places) {
        (*place, carry) = multiply_add(1, limb, *place, carry);
    }
    if let Some(place) = places.next() {
        *place = place.wrapping_add(carry);
    }
}

/// `a * b + c + d` as its low and its high limb.
#[inline]
fn multiply_add(a: u64, b: u64, c: u64, d: u64) -> (u64, u64) {
    let sum = u128::from(a) * u128::from(b) + u128::from(c) + u128::from(d);
    (low(sum), low(sum >> 64))
}

/// The low limb.
#[allow(clippy::cast_possible_truncation, reason = "the low limb is what is asked for")]
#[inline]
const fn low(value: u128) -> u64 {
    value as u64
}

#[cfg(test)]
#[allow(clippy::indexing_slicing, reason = "a test may stop at what it does not expect")]
mod tests {
    use num_bigint::BigUint;

    use super::*;

    /// Numbers with long runs of ones and zeros, where carries and estimates go wrong, from a small
    /// generator (splitmix64).
    fn samples() -> Vec<Vec<u8>> {
        let mut state = 7_u64;
        let mut next = move || {
            state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^ (mixed >> 31)
        };
        let mut samples = vec![vec![], vec![1], vec![2], vec![0xff; 8], vec![0xff; 16], vec![0xff; 24]];
        samples.extend([8, 16, 24].map(|zeros| [vec![1], vec![0; zeros]].concat()));
        samples.extend([8, 16, 24].map(|zeros| [vec![0x80], vec![0; zeros - 1]].concat()));
        samples.push([vec![0x80], vec![0; 15], vec![1]].concat());
        for length in [1, 5, 8, 9, 15, 16, 17, 23, 24, 25, 32, 33, 40, 64, 128, 129] {
            for _ in 0..3 {
                samples.push((0..length).map(|_| next().to_be_bytes()[0]).collect());
                // Limbs of the extremes only.
                let limbs = (0..length).map(|_| match next() % 4 {
                    0 => 0,
                    1 => 0xff,
                    2 => 0x80,
                    _ => 0x7f,
                });
                samples.push(limbs.flat_map(|byte: u8| [byte; 8]).take(length).collect());
            }
        }
        samples
    }

    fn strip(bytes: &[u8]) -> Vec<u8> {
        bytes.iter().copied().skip_while(|&byte| byte == 0).collect()
    }

    fn big(bytes: &[u8]) -> BigUint {
        BigUint::from_bytes_be(bytes)
    }

    fn same(number: &Number, expected: &BigUint) -> bool {
        number.to_public_bytes() == strip(&expected.to_bytes_be())
    }

    #[test]
    fn agrees_with_num_bigint() {
        let samples = samples();
        for a in &samples {
            let number = Number::from_bytes(a);
            assert!(same(&number, &big(a)));
            if big(a) > BigUint::ZERO {
                assert!(same(&number.minus_one(), &(big(a) - 1_u8)));
            }
            for b in &samples {
                let other = Number::from_bytes(b);
                let product = number.times(&other);
                assert!(same(&product, &(big(a) * big(b))));
                assert_eq!(number.partial_cmp(&other), big(a).partial_cmp(&big(b)));
                let difference = number.minus(&other);
                assert_eq!(difference.is_some(), big(a) >= big(b));
                assert!(difference.is_none_or(|difference| same(&difference, &(big(a) - big(b)))));
                if big(b) > BigUint::ZERO {
                    assert!(same(&number.modulo(&other), &(big(a) % big(b))), "{a:x?} mod {b:x?}");
                    for c in [&samples[3], &samples[9], a] {
                        let sum = big(a) * big(b) + big(c);
                        let number = Number::from_bytes(&sum.to_bytes_be());
                        assert!(same(&number.modulo(&other), &(sum % big(b))));
                    }
                }
            }
        }
    }

    #[test]
    fn one_is_one() {
        assert!(Number::from_bytes(&[0, 0, 1]).is_one());
        assert!(!Number::from_bytes(&[]).is_one());
        assert!(!Number::from_bytes(&[1, 0, 0, 0, 0, 0, 0, 0, 1]).is_one());
        assert!(Number::small(2).minus_one().is_one());
    }
}
