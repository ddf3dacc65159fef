//! The order and completeness of certificate chains, and `trusted_root_ca`.

pub(in crate::rules) mod broken_chain;
pub(in crate::rules) mod chain_in_roma;
pub(in crate::rules) mod constraint_violation;
pub(in crate::rules) mod duplicate_certificate;
pub(in crate::rules) mod expired_intermediate;
pub(in crate::rules) mod expired_root;
pub(in crate::rules) mod incomplete_chain;
pub(in crate::rules) mod issuer_name_encoding;
pub(in crate::rules) mod misordered_chain;
pub(in crate::rules) mod root_in_chain;
pub(in crate::rules) mod root_not_ca;
pub(in crate::rules) mod root_not_issuer;
pub(in crate::rules) mod root_not_self_signed;
pub(in crate::rules) mod unrelated_certificate;

use std::collections::HashSet;
use std::fmt::Write as _;

use crate::api::Field;
use crate::edit::Edit;
use crate::facts::Facts;
use crate::pem::{PemBlock, PemText};
use crate::redact::printable;
use crate::span::Span;
use crate::x509::{AttributeKind, Certificate};

/// The readable certificates of a field with their numbers, which start at 1 and include unreadable
/// certificates.
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

    /// A certificate by its index among the readable ones.
    fn certificate(&self, index: usize) -> Option<&'a Certificate> {
        self.certificates.get(index).map(|(_, certificate)| *certificate)
    }

    /// The number of a certificate.
    fn number(&self, index: usize) -> usize {
        self.certificates.get(index).map_or(index + 1, |(number, _)| *number)
    }

    /// The span of its block.
    fn span(&self, index: usize) -> Option<Span> {
        self.certificate(index).map(|certificate| certificate.span)
    }

    /// `certificate 3 (“Example Root”)`
    fn called(&self, index: usize) -> String {
        self.certificates.get(index).map_or_else(String::new, |(number, certificate)| {
            format!("certificate {number} (“{}”)", certificate.shown_name())
        })
    }

    /// A list of names.
    fn names(&self, indexes: &[usize]) -> String {
        let names: Vec<String> =
            indexes.iter().filter_map(|&index| self.certificate(index)).map(name_of).collect();
        names.join(", ")
    }

    /// A list of numbers.
    fn numbers(&self, indexes: &[usize]) -> String {
        let numbers: Vec<String> = indexes.iter().map(|&index| self.number(index).to_string()).collect();
        format!("certificates {}", numbers.join(", "))
    }

    /// A list of numbers and names.
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

/// Whether a field has unreadable certificates, any of which may be the one that is missing.
fn has_unreadable(facts: &Facts<'_>, field: Field) -> bool {
    facts.blocks(field).any(|block| block.is_certificate() && block.certificate().is_none())
}

/// Whether the text of a field is itself encoded, so that its blocks cannot be moved yet.
fn is_encoded(facts: &Facts<'_>, field: Field) -> bool {
    facts.pem(field).is_some_and(PemText::is_encoded)
}

/// The edits that remove certificates.
fn removal(facts: &Facts<'_>, field: Field, indexes: &[usize]) -> Vec<Edit> {
    let numbered = Numbered::new(facts, field);
    let spans: HashSet<Span> = indexes.iter().filter_map(|&index| numbered.span(index)).collect();
    let is_to_go = |block: &PemBlock| block.certificate().is_some() && spans.contains(&block.span);
    let text = facts.pem(field).filter(|_| !is_encoded(facts, field));
    text.map_or_else(Vec::new, |text| text.removals(is_to_go).into_iter().map(Edit::delete).collect())
}

/// The name of a certificate in quotation marks.
fn name_of(certificate: &Certificate) -> String {
    format!("“{}”", certificate.shown_name())
}

/// The name of the issuer: its common name, or else its organization.
fn shown_issuer(certificate: &Certificate) -> Option<String> {
    let issuer = &certificate.issuer;
    let name = issuer.values(AttributeKind::CommonName).last();
    name.or_else(|| issuer.values(AttributeKind::Organization).next())
        .filter(|name| !name.is_empty())
        .map(|name| printable(name, 64))
}

/// Why a certificate is not valid now; the predicate of a sentence.
fn out_of_time(certificate: &Certificate, facts: &Facts<'_>) -> Option<String> {
    let now = facts.settings.now;
    if certificate.not_after < now {
        return Some(format!("expired on {}", certificate.not_after.rfc3339()));
    }
    (certificate.not_before > now)
        .then(|| format!("is not valid before {}", certificate.not_before.rfc3339()))
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
