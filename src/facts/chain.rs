//! How the certificates of a field hang together.

/// The certificates of one field, and their order. Indexes count the readable certificates of the
/// field from 0, as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    /// The certificate that the key is sent for: the end-entity certificate the path starts from.
    /// `None` when the field holds no readable certificate.
    pub leaf: Option<usize>,
}

impl Chain {
    /// Finds the order of the certificates of a field; `key` is the one that is sent with them.
    pub(in crate::facts) fn read(
        certificates: &[&super::certificate::Certificate],
        key: Option<&super::key::PrivateKey>,
    ) -> Self {
        let _ = key;
        Self { leaf: if certificates.is_empty() { None } else { Some(0) } }
    }
}
