//! How the certificates of a field hang together: which one is the leaf, who issued whom, and in
//! which order they ought to stand.
//!
//! Told by names, key identifiers and signatures (`signature`). Who could have issued a certificate is
//! looked up in `issuers`; the order is found in `path`.

mod issuers;
mod path;
pub mod signature;

use std::collections::HashMap;

use super::certificate::Certificate;
use super::key::PrivateKey;
use issuers::{Issued, Issuers};
use path::Path;
use signature::Signature;

/// The certificates of one field, and their order. Indexes count the readable certificates of the
/// field from 0, as written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    /// The certificate that the key is sent for: the end-entity certificate the path starts from.
    /// `None` when the field holds no readable certificate.
    pub leaf: Option<usize>,
    /// The leaf, and every certificate that a path of issuers leads to from there, each once and behind
    /// one that it issued. An issuer that is there more than once, because it was cross-signed, is all
    /// of them.
    pub path: Vec<usize>,
    /// Who issued whom, for each certificate of the path whose issuer is in the field.
    pub links: Vec<Link>,
    /// The certificates of the path, leaf aside, that issued themselves.
    pub roots: Vec<usize>,
    /// Whether the certificates of the path stand as they ought to.
    pub order: Order,
    /// The certificates that are in no path from the leaf, in their order; not the one that merely
    /// stands in the leaf's place.
    pub strangers: Vec<usize>,
    /// The certificates that stand in the field more than once, in the order of the copies.
    pub copies: Vec<Duplicate>,
    /// Where the issuer of the leaf is.
    pub issuer: LeafIssuer,
    /// Whether a path leads from the leaf to `trusted_root_ca`.
    pub anchor: Anchor,
}

/// One certificate issued the other, as its name says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Link {
    /// The certificate that was issued.
    pub subject: usize,
    /// The one that issued it; of several of the same name and key the first.
    pub issuer: usize,
    /// Whether the issuer's key made the subject's signature.
    pub signature: Signature,
}

/// Whether the certificates of a path stand in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// The leaf first, every other one behind a certificate that it issued.
    #[default]
    Right,
    /// Not so.
    Wrong {
        /// The right order: the path, and behind it another end-entity certificate, if that stands
        /// in the leaf's place.
        right: Vec<usize>,
    },
}

/// A certificate that stands in a field twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Duplicate {
    /// The one that can go.
    pub copy: usize,
    /// The one that is to stay.
    pub original: usize,
}

/// Where the issuer of a leaf is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LeafIssuer {
    /// The leaf issued itself.
    Itself,
    /// A certificate of the field bears its name.
    InField,
    /// It is in `trusted_root_ca`.
    InAnchors,
    /// Neither.
    #[default]
    Absent,
}

/// Whether a path leads from a leaf to `trusted_root_ca`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Anchor {
    /// There is no certificate in it that could issue one.
    #[default]
    None,
    /// One does, and no signature on it is wrong.
    Reached,
    /// None does.
    Missed,
}

impl Chain {
    /// Finds the order of the certificates of a field; `key` is the one that is sent with them,
    /// `anchors` are those of `trusted_root_ca`.
    pub(in crate::facts) fn read(
        certificates: &[&Certificate],
        key: Option<&PrivateKey>,
        anchors: &[&Certificate],
    ) -> Self {
        let first = Self::read_keeping(Keep::First, certificates, key, anchors);
        if first.copies.is_empty() || first.order == Order::Right {
            return first;
        }
        // Perhaps it is the other copy that stands in the wrong place.
        let last = Self::read_keeping(Keep::Last, certificates, key, anchors);
        if last.order == Order::Right { last } else { first }
    }

    fn read_keeping(
        keep: Keep,
        certificates: &[&Certificate],
        key: Option<&PrivateKey>,
        anchors: &[&Certificate],
    ) -> Self {
        let (kept, copies) = without_copies(keep, certificates);
        let issuers = Issuers::new(certificates, &kept);
        let Some((leaf, is_by_key)) = find_leaf(certificates, &kept, &issuers, key) else {
            return Self::default();
        };
        let path = Path::walk(&issuers, leaf);
        let mut strangers: Vec<usize> =
            kept.iter().copied().filter(|&certificate| !path.contains(certificate)).collect();
        let mut order = path.order();
        // The service takes the first certificate for the leaf. When that one is an end-entity's, and
        // all the others are the key's leaf and its path, it merely stands in the leaf's place.
        if let ([stranger], Some(first)) = (strangers.as_slice(), kept.first())
            && is_by_key
            && stranger == first
            && issuers.is_end_entity(*stranger)
        {
            order =
                Order::Wrong { right: path.members().iter().copied().chain(strangers.drain(..)).collect() };
        }
        let (issuer, anchor) = locate_issuer(&path, &issuers, leaf, anchors);
        Self {
            leaf: Some(leaf),
            links: path.links(),
            roots: path.roots(),
            path: path.members().to_vec(),
            order,
            strangers,
            copies,
            issuer,
            anchor,
        }
    }

    /// Whether the certificate of that index is in the path, behind the leaf.
    #[must_use]
    pub fn is_behind_leaf(&self, index: usize) -> bool {
        self.path.iter().skip(1).any(|&certificate| certificate == index)
    }
}

/// Where the issuer of the leaf is, and whether a path leads to the anchors.
fn locate_issuer(
    path: &Path<'_, '_>,
    issuers: &Issuers<'_>,
    leaf: usize,
    anchors: &[&Certificate],
) -> (LeafIssuer, Anchor) {
    let anchors = Issuers::new(anchors, &(0..anchors.len()).collect::<Vec<_>>());
    let is_anchored = |index: usize| {
        issuers.certificate(index).is_some_and(|it| anchors.has_equal(it) || anchors.have_issued(it))
    };
    let issuer = match path.issued(leaf) {
        Issued::ByItself => LeafIssuer::Itself,
        Issued::By { .. } => LeafIssuer::InField,
        Issued::ByUnknown if issuers.certificate(leaf).is_some_and(|leaf| anchors.have_issued(leaf)) => {
            LeafIssuer::InAnchors
        }
        Issued::ByUnknown => LeafIssuer::Absent,
    };
    let anchor = match anchors.can_issue() {
        false => Anchor::None,
        true if path.sound().into_iter().any(is_anchored) => Anchor::Reached,
        true => Anchor::Missed,
    };
    (issuer, anchor)
}

/// Which of several copies is taken for the original.
#[derive(Clone, Copy)]
enum Keep {
    First,
    Last,
}

/// The certificates that remain when each stands there once, as written, and the others.
fn without_copies(keep: Keep, certificates: &[&Certificate]) -> (Vec<usize>, Vec<Duplicate>) {
    let mut originals: HashMap<&str, usize> = HashMap::with_capacity(certificates.len());
    for (index, certificate) in certificates.iter().enumerate() {
        match keep {
            Keep::First => {
                originals.entry(&certificate.sha256).or_insert(index);
            }
            Keep::Last => {
                originals.insert(&certificate.sha256, index);
            }
        }
    }
    let (mut kept, mut copies) = (Vec::with_capacity(originals.len()), Vec::new());
    for (index, certificate) in certificates.iter().enumerate() {
        match originals.get(certificate.sha256.as_str()) {
            Some(&original) if original != index => copies.push(Duplicate { copy: index, original }),
            _ => kept.push(index),
        }
    }
    (kept, copies)
}

/// The leaf, and whether it is the key that says so.
fn find_leaf(
    certificates: &[&Certificate],
    kept: &[usize],
    issuers: &Issuers<'_>,
    key: Option<&PrivateKey>,
) -> Option<(usize, bool)> {
    let ends: Vec<usize> = kept.iter().copied().filter(|&index| !issuers.is_issuer(index)).collect();
    let public_key = key.and_then(|key| key.public_key.as_ref());
    let fits = |&index: &usize| {
        certificates.get(index).is_some_and(|certificate| Some(&certificate.public_key) == public_key)
    };
    let is_end_entity = |&index: &usize| issuers.is_end_entity(index);
    let is_ca =
        |index: usize| certificates.get(index).is_some_and(|certificate| certificate.is_ca == Some(true));
    // A key that is an authority's is no reason to call that one the leaf, unless it stands in the
    // leaf's place, or there is nothing else.
    let of_key = || {
        let mut fitting = ends.iter().copied().filter(fits);
        let first = fitting.clone().next()?;
        fitting
            .find(is_end_entity)
            .or_else(|| (kept.first() == Some(&first) || !ends.iter().any(is_end_entity)).then_some(first))
    };
    if let Some(leaf) = of_key() {
        return Some((leaf, true));
    }
    let leaf = ends
        .iter()
        .copied()
        .find(is_end_entity)
        .or_else(|| ends.first().copied())
        .or_else(|| kept.iter().copied().find(|&index| !is_ca(index)))
        .or_else(|| kept.first().copied())?;
    Some((leaf, false))
}
