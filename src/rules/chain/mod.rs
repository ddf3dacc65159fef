//! How the certificates of a member hang together, and the trust anchor.

pub(in crate::rules) mod broken_chain;
pub(in crate::rules) mod chain_in_roma;
pub(in crate::rules) mod duplicate_certificate;
pub(in crate::rules) mod expired_intermediate;
pub(in crate::rules) mod expired_root;
pub(in crate::rules) mod incomplete_chain;
pub(in crate::rules) mod misordered_chain;
pub(in crate::rules) mod root_in_chain;
pub(in crate::rules) mod root_not_ca;
pub(in crate::rules) mod root_not_issuer;
pub(in crate::rules) mod root_not_self_signed;
pub(in crate::rules) mod unrelated_certificate;

use std::fmt::Write as _;

use crate::api::Field;
use crate::facts::Facts;
use crate::facts::certificate::Certificate;
use crate::facts::pem::PemBlock;
use crate::fix::Edit;
use crate::source::Span;

/// The readable certificates of a member, as people find them: numbered from 1 among all that stand
/// there, the unreadable ones counted.
struct Numbered<'a> {
    certificates: Vec<(usize, &'a Certificate)>,
}

impl<'a> Numbered<'a> {
    fn new(facts: &'a Facts<'_>, field: Field) -> Self {
        let certificates = facts
            .blocks(field)
            .filter(|block| block.is_certificate())
            .enumerate()
            .filter_map(|(index, block)| Some((index + 1, block.certificate()?)))
            .collect();
        Self { certificates }
    }

    /// The certificate of an index among the readable ones.
    fn certificate(&self, index: usize) -> Option<&'a Certificate> {
        self.certificates.get(index).map(|(_, certificate)| *certificate)
    }

    /// The block that it stands in.
    fn span(&self, index: usize) -> Option<Span> {
        self.certificate(index).map(|certificate| certificate.span)
    }

    /// `certificate 3 (“Example Root”)`
    fn called(&self, index: usize) -> String {
        self.certificates.get(index).map_or_else(String::new, |(number, certificate)| {
            format!("certificate {number} (“{}”)", certificate.shown_name())
        })
    }

    /// All of them, with commas and a word before the last.
    fn listed(&self, indexes: &[usize]) -> String {
        let mut list = String::new();
        for (place, &index) in indexes.iter().enumerate() {
            let joint = match place {
                0 => "",
                _ if place + 1 == indexes.len() => " and ",
                _ => ", ",
            };
            let _ = write!(list, "{joint}{}", self.called(index));
        }
        list
    }
}

/// Whether certificates of a member could not be read. Then nothing can be said to be missing there,
/// or to belong to nobody.
fn has_unreadable(facts: &Facts<'_>, field: Field) -> bool {
    facts.blocks(field).any(|block| block.is_certificate() && block.certificate().is_none())
}

/// Drops the certificates of these indexes. A text that is itself encoded has no places in it; the
/// repair of that comes first.
fn removal(facts: &Facts<'_>, field: Field, indexes: &[usize]) -> Vec<Edit> {
    let numbered = Numbered::new(facts, field);
    let spans: std::collections::HashSet<Span> =
        indexes.iter().filter_map(|&index| numbered.span(index)).collect();
    let is_to_go = |block: &PemBlock| block.certificate().is_some() && spans.contains(&block.span);
    facts.pem(field).map_or_else(Vec::new, |text| {
        text.removals(is_to_go).into_iter().map(Edit::delete).collect()
    })
}

/// `first` to `tenth`, then `11th` and so on.
fn ordinal(place: usize) -> String {
    const WORDS: [&str; 10] =
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"];
    if let Some(word) = place.checked_sub(1).and_then(|index| WORDS.get(index)) {
        return (*word).to_owned();
    }
    let ending = match (place % 10, place % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{place}{ending}")
}
