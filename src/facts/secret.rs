//! Bytes that may be secret: wiped when dropped, and without any way to print them.

use zeroize::{Zeroize, Zeroizing};

/// A value that may hold (part of) a private key. It cannot be printed, compared or copied, and is
/// overwritten with zeros when dropped. It lives in `facts` only.
pub(in crate::facts) struct Secret<T: Zeroize>(Zeroizing<T>);

impl<T: Zeroize> Secret<T> {
    /// Takes `value` into custody.
    pub(in crate::facts) fn new(value: T) -> Self {
        Self(Zeroizing::new(value))
    }

    /// Lends the value out. Nothing derived from it may be kept unless it is public.
    pub(in crate::facts) fn expose(&self) -> &T {
        &self.0
    }

    /// Lends the value out for writing.
    pub(in crate::facts) fn expose_mut(&mut self) -> &mut T {
        &mut self.0
    }
}
