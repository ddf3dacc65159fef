//! Decoding of base64: as Go does it, and without padding.

use std::sync::LazyLock;

use base64::Engine;
use base64::alphabet::STANDARD;
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
use base64::engine::simd::Simd;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use crate::secret::Secret;

/// Base64 as Go's `encoding/base64` takes it: padded, and bits beyond the last octet do not matter. Where there
/// is an engine that decodes many octets at a time it is taken: this is done for each body.
#[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
pub(super) static AS_GO: LazyLock<Simd> = LazyLock::new(|| Simd::standard(PADDED));
#[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
pub(super) static AS_GO: LazyLock<GeneralPurpose> = LazyLock::new(|| GeneralPurpose::new(&STANDARD, PADDED));

const PADDED: GeneralPurposeConfig = GeneralPurposeConfig::new()
    .with_decode_allow_trailing_bits(true)
    .with_decode_padding_mode(DecodePaddingMode::RequireCanonical);

/// Base64 without its padding.
pub(super) const BARE: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::RequireNone),
);

/// Decodes base64; `None` when it is none.
pub(super) fn decoded(engine: &impl Engine, data: &[u8]) -> Option<Secret<Vec<u8>>> {
    let mut bytes = Secret::new(Vec::with_capacity(data.len() / 4 * 3 + 3));
    engine.decode_vec(data, bytes.expose_mut()).ok()?;
    Some(bytes)
}
