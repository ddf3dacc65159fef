//! What a check saw: a message and the places it is about. A problem knows no rule.

use crate::edit::Fix;
use crate::span::Span;

/// How much a finding matters to the author of the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// Good to know.
    Note,
    /// Probably not what you want.
    Warning,
    /// Do not send this.
    Error,
}

impl Severity {
    /// All of them, from the least.
    pub const ALL: [Self; 3] = [Self::Note, Self::Warning, Self::Error];

    /// The word that every format uses.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A place and what is to be said about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The exact bytes.
    pub span: Span,
    /// What is to be seen there; lower case, no full stop, never a quotation of the body.
    pub text: String,
    /// The member that ought to be in the object at `span` and is not.
    pub missing: Option<&'static str>,
}

/// The label of further places of the same defect. Formats for people count them instead of drawing each.
pub const HERE_TOO: &str = "also here";

/// A defect that a check found in its subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong, in one sentence: lower case, no full stop, never a quotation of the body.
    pub message: String,
    /// Where it is wrong.
    pub primary: Label,
    /// Other places that explain it.
    pub related: Vec<Label>,
    /// What to do.
    pub help: Option<String>,
    /// How to repair it, when that needs no guess or a small one.
    pub fix: Option<Fix>,
}

impl Problem {
    /// A problem with what stands at `span`: `label` says what is to be seen there, `message` what
    /// is wrong about it.
    #[must_use]
    pub fn at(span: Span, label: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            primary: Label { span, text: label.into(), missing: None },
            related: Vec::new(),
            help: None,
            fix: None,
        }
    }

    /// A member that the object whose opening brace is at `brace` lacks.
    #[must_use]
    pub fn missing(member: &'static str, brace: Span, message: impl Into<String>) -> Self {
        let mut problem = Self::at(brace, format!("`{member}` is not in this object"), message);
        problem.primary.missing = Some(member);
        problem
    }

    /// Adds a place that explains the problem.
    #[must_use]
    pub fn related(mut self, span: Span, text: impl Into<String>) -> Self {
        self.related.push(Label { span, text: text.into(), missing: None });
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Offers a repair.
    #[must_use]
    pub fn fix(mut self, fix: Fix) -> Self {
        self.fix = Some(fix);
        self
    }
}
