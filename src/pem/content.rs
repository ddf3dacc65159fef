//! What the DER of a block holds.

use crate::keys::{ActualStructure, KeyFault};
use crate::pem::{BlockContent, Label};
use crate::secret::Secret;
use crate::span::Span;
use crate::{keys, x509};

/// Reads the DER of a block. `is_encrypted` says that its headers have `Proc-Type: 4,ENCRYPTED`.
pub(crate) fn read(label: Label, is_encrypted: bool, der: &Secret<Vec<u8>>, span: Span) -> BlockContent {
    match label {
        Label::Certificate => x509::read(der.expose(), span)
            .map_or_else(BlockContent::UnreadableCertificate, |certificate| {
                BlockContent::Certificate(Box::new(certificate))
            }),
        // What the label says does not matter to the service's reader if the DER is a key.
        Label::EncryptedPrivateKey | Label::OpensshPrivateKey if !is_encrypted => {
            match (keys::read(der.expose(), span), label) {
                (Ok(key), _) => BlockContent::PrivateKey(Box::new(key)),
                (Err(fault @ KeyFault::Other(ActualStructure::EnvelopedKey)), _) => {
                    BlockContent::UnreadablePrivateKey(fault)
                }
                (Err(_), Label::EncryptedPrivateKey) => BlockContent::EncryptedPrivateKey,
                (Err(_), _) => BlockContent::Other,
            }
        }
        Label::OpensshPrivateKey => BlockContent::Other,
        _ if label.is_private_key() && is_encrypted => BlockContent::EncryptedPrivateKey,
        _ if label.is_private_key() => keys::read(der.expose(), span)
            .map_or_else(BlockContent::UnreadablePrivateKey, |key| BlockContent::PrivateKey(Box::new(key))),
        _ => BlockContent::Other,
    }
}
