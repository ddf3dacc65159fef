//! Bytes that may be secret: wiped when dropped, and without any way to print them.

use zeroize::{DefaultIsZeroes, Zeroize as _};

/// A value that may hold (part of) a private key. It cannot be printed, compared or copied, and is
/// overwritten with zeros when dropped. It lives in `facts` only.
pub(crate) struct Secret<T: Wipe>(T);

impl<T: Wipe> Secret<T> {
    /// Takes `value` into custody.
    pub(crate) const fn new(value: T) -> Self {
        Self(value)
    }

    /// Lends the value out. Nothing derived from it may be kept unless it is public.
    pub(crate) const fn expose(&self) -> &T {
        &self.0
    }

    /// Lends the value out for writing.
    pub(crate) const fn expose_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Wipe> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.wipe();
    }
}

/// What can be overwritten with zeros, all that it has room for included. `zeroize` does the same for
/// `Vec`, but element by element, which took a tenth of the time of a body.
pub(crate) trait Wipe {
    fn wipe(&mut self);
}

impl<Z: DefaultIsZeroes> Wipe for Vec<Z> {
    fn wipe(&mut self) {
        self.spare_capacity_mut().zeroize();
        self.as_mut_slice().zeroize();
        self.clear();
    }
}

impl Wipe for String {
    fn wipe(&mut self) {
        std::mem::take(self).into_bytes().wipe();
    }
}

/// How far down the stack is overwritten. In builds for release what others leave is gone from 2 kB on, and
/// found with 1 kB; in others it reaches 40 kB down. The rest is for machines with other code in these crates.
/// `tests/memory/` looks, in builds of both kinds.
const DEPTH: usize = if cfg!(debug_assertions) { 64 * 1024 } else { 16 * 1024 };

/// Overwrites what lies below the caller on the stack, with all that was left there by what the caller
/// has called. The crates that compute with keys wipe the values that they return, and not the copies
/// that were made on the way. What may leave something there must not be inlined into the caller.
#[allow(clippy::large_stack_arrays, reason = "the stack is what is to be overwritten")]
#[inline(never)]
pub(crate) fn scrub_stack() {
    std::hint::black_box(&mut [0_u8; DEPTH]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wiped_text_is_empty() {
        let mut text = String::with_capacity(64);
        text.push_str("secret");
        text.wipe();
        assert_eq!(text, "");
        let mut limbs = vec![u64::MAX; 4];
        limbs.wipe();
        assert_eq!(limbs.len(), 0);
    }
}
