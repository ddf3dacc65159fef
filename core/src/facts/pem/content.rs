//! What the DER of a block holds.

use super::{BlockContent, Label};
use crate::facts::secret::Secret;
use crate::facts::{certificate, key};
use crate::source::Span;

/// Reads the DER of a block. `is_encrypted` says that its headers have `Proc-Type: 4,ENCRYPTED`.
pub(in crate::facts) fn read(
    label: Label,
    is_encrypted: bool,
    der: &Secret<Vec<u8>>,
    span: Span,
) -> BlockContent {
    match label {
        Label::Certificate => certificate::read(der.expose(), span)
            .map_or_else(BlockContent::UnreadableCertificate, |certificate| {
                BlockContent::Certificate(Box::new(certificate))
            }),
        // What the label says does not matter to the service's reader if the DER is a key.
        Label::EncryptedPrivateKey | Label::OpensshPrivateKey if !is_encrypted => {
            match (key::read(der.expose(), span), label) {
                (Ok(key), _) => BlockContent::PrivateKey(Box::new(key)),
                (Err(_), Label::EncryptedPrivateKey) => BlockContent::EncryptedPrivateKey,
                (Err(_), _) => BlockContent::Other,
            }
        }
        Label::OpensshPrivateKey => BlockContent::Other,
        _ if label.is_private_key() && is_encrypted => BlockContent::EncryptedPrivateKey,
        _ if label.is_private_key() => key::read(der.expose(), span)
            .map_or_else(BlockContent::UnreadablePrivateKey, |key| BlockContent::PrivateKey(Box::new(key))),
        _ => BlockContent::Other,
    }
}
