//! The path from a leaf to whoever issued it, and them, and so on.

use std::collections::{HashMap, HashSet};

use crate::chain::issuers::{Group, Issued, Issuers};
use crate::chain::signature::Signature;
use crate::chain::{Link, Order};

/// Every certificate that issuers lead to from a leaf.
pub(super) struct Path<'i, 'a> {
    issuers: &'i Issuers<'a>,
    leaf: usize,
    /// Leaf first, each behind one that it issued.
    members: Vec<usize>,
    issued: HashMap<usize, Issued>,
    /// The foremost certificate, as written, that a group issued.
    foremost: HashMap<Group, usize>,
}

impl<'i, 'a> Path<'i, 'a> {
    /// Goes from issuer to issuer. Depth first, so that a chain comes out in one piece even where an
    /// issuer was cross-signed, and without recursion: a field may hold thousands of certificates.
    pub(super) fn walk(issuers: &'i Issuers<'a>, leaf: usize) -> Self {
        let (mut issued, mut foremost) = (HashMap::new(), HashMap::new());
        let members = walk(issuers, leaf, |certificate| {
            let by = issuers.issuer_of(certificate);
            issued.insert(certificate, by);
            let Issued::By { group, .. } = by else { return None };
            let first = foremost.entry(group).or_insert(certificate);
            *first = certificate.min(*first);
            Some(group)
        });
        Self { issuers, leaf, members, issued, foremost }
    }

    /// Whether a certificate is in the path.
    pub(super) fn contains(&self, certificate: usize) -> bool {
        self.issued.contains_key(&certificate)
    }

    /// The certificates, in the right order.
    pub(super) fn members(&self) -> &[usize] {
        &self.members
    }

    /// Who issued a certificate of the path.
    pub(super) fn issued(&self, certificate: usize) -> Issued {
        self.issued.get(&certificate).copied().unwrap_or(Issued::ByUnknown)
    }

    /// Who issued whom, in the order of the path.
    pub(super) fn links(&self) -> Vec<Link> {
        self.members
            .iter()
            .filter_map(|&subject| match self.issued(subject) {
                Issued::By { named: issuer, signature, .. } => Some(Link { subject, issuer, signature }),
                _ => None,
            })
            .collect()
    }

    /// The certificates behind the leaf that issued themselves.
    pub(super) fn roots(&self) -> Vec<usize> {
        self.behind_leaf().filter(|&index| matches!(self.issued(index), Issued::ByItself)).collect()
    }

    /// Whether each certificate stands behind one that it issued. That puts the leaf before them all:
    /// from any other one leads to one further in front.
    pub(super) fn order(&self) -> Order {
        let stands_behind_subject = |index: usize| {
            let groups = self.issuers.groups_of(index);
            groups.iter().flatten().any(|group| self.foremost.get(group).is_some_and(|&first| first < index))
        };
        if self.behind_leaf().all(stands_behind_subject) {
            Order::Right
        } else {
            Order::Wrong { right: self.members.clone() }
        }
    }

    /// The part of the path that is reached without a wrong signature.
    pub(super) fn sound(&self) -> Vec<usize> {
        walk(self.issuers, self.leaf, |certificate| match self.issued(certificate) {
            Issued::By { group, signature, .. } if signature != Signature::Invalid => Some(group),
            _ => None,
        })
    }

    fn behind_leaf(&self) -> impl Iterator<Item = usize> {
        self.members.iter().copied().skip(1)
    }
}

/// Visits `leaf` and all that `issuer` leads to, depth first, each once.
fn walk(issuers: &Issuers<'_>, leaf: usize, mut issuer: impl FnMut(usize) -> Option<Group>) -> Vec<usize> {
    let (mut visited, mut seen, mut entered) = (Vec::new(), HashSet::new(), HashSet::new());
    let mut next = vec![leaf];
    while let Some(certificate) = next.pop() {
        if !seen.insert(certificate) {
            continue;
        }
        visited.push(certificate);
        if let Some(group) = issuer(certificate)
            && entered.insert(group)
        {
            next.extend(issuers.members(group).into_iter().rev());
        }
    }
    visited
}
