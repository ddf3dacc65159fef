//! Puts damage on record: from places in a text to places in the input.

use std::ops::Range;

use crate::edit::{Edit, Safety};
use crate::internal_fault::OrFault;
use crate::pem::damage::{DamageKind, DamageLog};
use crate::source_map::SourceMappedStr;
use crate::span::Span;

/// Records the damage of one layer of a text.
pub(super) struct DamageRecorder<'t> {
    pub(super) text: &'t SourceMappedStr,
    /// Whether the text is the inside of an encoding. Its repairs wait until that is undone.
    is_inner: bool,
    ledger: &'t mut DamageLog,
}

impl<'t> DamageRecorder<'t> {
    pub(super) fn new(text: &'t SourceMappedStr, is_inner: bool, ledger: &'t mut DamageLog) -> Self {
        Self { text, is_inner, ledger }
    }

    /// The text as it is read.
    pub(super) fn str(&self) -> &'t str {
        self.text.as_str()
    }

    /// The bytes of a piece of the text.
    pub(super) fn get(&self, range: Range<usize>) -> &'t str {
        self.text.as_str().get(range).or_fault()
    }

    /// Where a piece was written.
    pub(super) fn span(&self, range: Range<usize>) -> Span {
        self.text.span(range)
    }

    /// Damage that is read on as if repaired.
    pub(super) fn safe(
        &mut self,
        kind: DamageKind,
        place: Range<usize>,
        edits: &[(Range<usize>, &'static str)],
    ) {
        self.add(kind, Some(Safety::Safe), place, edits);
    }

    /// Damage whose repair may change what was meant.
    pub(super) fn guess(
        &mut self,
        kind: DamageKind,
        place: Range<usize>,
        edits: &[(Range<usize>, &'static str)],
    ) {
        self.add(kind, Some(Safety::Unsafe), place, edits);
    }

    /// Damage that is beyond repair.
    pub(super) fn fault(&mut self, kind: DamageKind, place: Range<usize>) {
        self.add(kind, None, place, &[]);
    }

    /// Damage with edits that are known already.
    pub(super) fn edited(
        &mut self,
        kind: DamageKind,
        safety: Safety,
        place: Range<usize>,
        edits: impl IntoIterator<Item = Edit>,
    ) {
        let edits = edits.into_iter().filter(|_| !self.is_inner);
        self.ledger.add(kind, Some(safety), self.text.span(place), edits);
    }

    fn add(
        &mut self,
        kind: DamageKind,
        safety: Option<Safety>,
        place: Range<usize>,
        edits: &[(Range<usize>, &'static str)],
    ) {
        let kept = if self.is_inner { &[] } else { edits };
        let text = self.text;
        let span = text.span(place.clone());
        // Mostly what is wrong is what goes.
        let edits = kept.iter().map(|(range, written)| {
            let span = if *range == place { span } else { text.span(range.clone()) };
            Edit::Put { span, text: written }
        });
        self.ledger.add(kind, safety, span, edits);
    }
}
