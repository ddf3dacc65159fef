//! Private keys that everybody has, recognised by their public half.

use crate::facts::public_key::PublicKey;

/// Where the private half of `key` is printed.
pub(super) fn source_of(key: &PublicKey) -> Option<&'static str> {
    let _ = key;
    None
}
