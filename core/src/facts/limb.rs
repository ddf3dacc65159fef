//! Steps of arithmetic with numbers that have several limbs of 64 bits.

/// `a * b + c + d` as its low and its high limb.
#[inline]
pub(in crate::facts) fn multiply_add(a: u64, b: u64, c: u64, d: u64) -> (u64, u64) {
    let sum = u128::from(a) * u128::from(b) + u128::from(c) + u128::from(d);
    (low(sum), low(sum >> 64))
}

/// The low limb.
#[allow(clippy::cast_possible_truncation, reason = "the low limb is what is asked for")]
#[inline]
pub(in crate::facts) const fn low(value: u128) -> u64 {
    value as u64
}
