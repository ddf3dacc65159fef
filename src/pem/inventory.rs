//! What a PEM text contains, reduced to what tells whether a repair loses anything.

use sha2::{Digest, Sha256};

use crate::keys::public_key::PublicKey;
use crate::pem::{BlockContent, Label, PemBlock, Scan, der_kind, scan};
use crate::source_map::SourceMappedStr;
use crate::span::Span;

/// The blocks of a PEM text.
pub(crate) struct Inventory {
    /// Whether the service reads the text as it is written, and every block decodes to what its label says.
    pub(crate) is_intact: bool,
    /// The blocks whose base64 decodes, in their order. Damage that has a safe repair is read through.
    pub(crate) blocks: Vec<BlockIdentity>,
}

/// A block of an [`Inventory`].
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct BlockIdentity {
    /// What it contains.
    pub(crate) kind: BlockKind,
    /// The SHA-256 of its DER.
    pub(crate) sha256: [u8; 32],
}

impl BlockIdentity {
    /// Whether both contain the same private key, in whatever format.
    pub(crate) fn is_same_key(&self, other: &Self) -> bool {
        matches!(
            (self.kind, other.kind),
            (BlockKind::PrivateKey { public_key: Some(one) }, BlockKind::PrivateKey { public_key: Some(other) })
                if one == other
        )
    }
}

/// What a block contains.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum BlockKind {
    /// A certificate.
    Certificate {
        /// Whether it is a CA certificate.
        is_ca: bool,
        /// The SHA-256 of its public key.
        public_key: [u8; 32],
    },
    /// A private key.
    PrivateKey {
        /// The SHA-256 of its public key, where that can be computed.
        public_key: Option<[u8; 32]>,
    },
    /// Parameters of a key, which the service does not read.
    Parameters,
    /// Anything else, encrypted private keys included.
    Other,
}

impl Inventory {
    /// Takes the inventory of the JSON string at `literal`, quotes included.
    pub(crate) fn of_json(source: &str, literal: Span) -> Self {
        Self::of(&SourceMappedStr::from_json(source, literal))
    }

    fn of(text: &SourceMappedStr) -> Self {
        let Scan { damage, blocks, instead } = scan(text);
        let mut is_intact =
            instead.is_none() && !blocks.is_empty() && damage.iter().all(|damage| damage.kind.is_harmless());
        let mut identities = Vec::with_capacity(blocks.len());
        for raw in blocks {
            let digest = raw.der.as_ref().map(|der| {
                // Bytes after the DER are not part of it.
                let bytes = der.expose().as_slice();
                let length = der_kind::claimed_length(bytes).unwrap_or(bytes.len());
                Sha256::digest(bytes.get(..length).unwrap_or(bytes))
            });
            let block = PemBlock::of(raw);
            is_intact &= block.is_verified;
            if let Some(digest) = digest {
                identities.push(BlockIdentity { kind: BlockKind::of(&block), sha256: digest.into() });
            }
        }
        Self { is_intact, blocks: identities }
    }
}

impl BlockKind {
    fn of(block: &PemBlock) -> Self {
        match &block.content {
            BlockContent::Certificate(certificate) => Self::Certificate {
                is_ca: certificate.may_issue(),
                public_key: certificate.public_key.digest(),
            },
            BlockContent::PrivateKey(key) => {
                Self::PrivateKey { public_key: key.public_key.as_ref().map(PublicKey::digest) }
            }
            _ => match block.label {
                Label::EcParameters | Label::Sm2Parameters | Label::DsaParameters => Self::Parameters,
                _ => Self::Other,
            },
        }
    }
}

/// As many base64 characters in a row are no word: they may be part of a block.
const STRAY_RUN: usize = 24;

/// Whether a text has a run of base64 characters that is too long to be a word.
pub(super) fn has_base64_run(text: &str) -> bool {
    text.as_bytes()
        .split(|byte| !byte.is_ascii_alphanumeric() && !matches!(byte, b'+' | b'/' | b'='))
        .any(|run| run.len() >= STRAY_RUN)
}

/// The same of the inside of a JSON string as it is written, where the letter of `\n` is not part of the base64.
fn has_written_base64_run(written: &str) -> bool {
    written
        .split('\\')
        .enumerate()
        .any(|(at, part)| has_base64_run(part.get(usize::from(at > 0)..).unwrap_or(part)))
}

/// Whether a part of a request body has long runs of base64 outside of PEM blocks that decode. Such a part
/// cannot be deleted without the risk that a piece of a key is lost.
#[must_use]
pub(crate) fn has_stray_base64(source: &str, span: Span) -> bool {
    let is_stray = |start: usize, end: usize| source.get(start..end).is_none_or(has_written_base64_run);
    if !is_stray(span.start, span.end) {
        return false;
    }
    // What is between quotes there, or what would be.
    let text = SourceMappedStr::from_json(source, Span::new(span.start.saturating_sub(1), span.end + 1));
    let mut at = span.start;
    for block in scan(&text).blocks {
        if block.is_empty || block.der.is_none() {
            continue;
        }
        if is_stray(at, block.span.start) {
            return true;
        }
        at = block.span.end;
    }
    is_stray(at, span.end)
}
