//! Repairs as edits over places. A fix holds no text of the body: what it moves it points at.

use crate::source::Span;

/// Whether a repair can change what the author meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Safety {
    /// It changes or drops something that the author may have meant.
    Unsafe,
    /// Every certificate and key stays; only how they are written or placed is repaired.
    Safe,
}

impl Safety {
    /// The word that every format uses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Unsafe => "unsafe",
            Self::Safe => "safe",
        }
    }
}

/// A repair of one defect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What it does, in the imperative: `remove the quotes`.
    pub title: String,
    /// Whether it can change what the author meant.
    pub safety: Safety,
    /// What it changes. Empty when the repair shows only after that of an outer layer
    /// (text that is itself encoded); it is then offered with its edits in the next round.
    pub edits: Vec<Edit>,
}

impl Fix {
    /// A repair that keeps every certificate and key.
    #[must_use]
    pub fn safe(title: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self { title: title.into(), safety: Safety::Safe, edits }
    }

    /// A repair that may change what the author meant.
    #[must_use]
    pub fn unsafe_(title: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self { title: title.into(), safety: Safety::Unsafe, edits }
    }
}

/// One change of the written body (JSON escapes and all).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    /// Replaces what stands at `span`; an empty span inserts, an empty text deletes.
    Put {
        /// The bytes that go.
        span: Span,
        /// What comes in their place, as it is to be written in the body.
        text: &'static str,
    },
    /// Replaces what stands at `span` by a copy of what stands at `from`.
    Copy {
        /// The bytes that go.
        span: Span,
        /// The bytes that are copied, as they stood before any edit.
        from: Span,
    },
    /// Replaces the base64 text at `span` by what it encodes, escaped for a JSON string.
    Decode {
        /// Base64 (RFC 4648 section 4), white space and its JSON escapes allowed inside.
        span: Span,
    },
}

impl Edit {
    /// Deletes what stands at `span`.
    #[must_use]
    pub const fn delete(span: Span) -> Self {
        Self::Put { span, text: "" }
    }

    /// Inserts `text` at `offset`.
    #[must_use]
    pub const fn insert(offset: usize, text: &'static str) -> Self {
        Self::Put { span: Span::at(offset), text }
    }

    /// The bytes that the edit replaces.
    #[must_use]
    pub const fn span(&self) -> Span {
        match *self {
            Self::Put { span, .. } | Self::Copy { span, .. } | Self::Decode { span } => span,
        }
    }
}
