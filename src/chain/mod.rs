//! How the certificates of a field hang together: which one is the leaf, who issued whom, and in
//! which order they ought to stand.
//!
//! Told by names, key identifiers and signatures (`signature`). Who could have issued a certificate is
//! looked up in `issuers`; the order is found in `path`.

pub(crate) mod budget;
mod issuers;
mod path;
pub mod signature;

use std::collections::HashMap;

use crate::chain::budget::SignatureVerifier;
use crate::chain::issuers::{Issued, Issuers};
use crate::chain::path::Path;
use crate::chain::signature::Signature;
use crate::keys::PrivateKey;
use crate::x509::Certificate;

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
    /// `anchors` are those of `trusted_root_ca`, `verifier` checks the signatures.
    pub(crate) fn read(
        certificates: &[&Certificate],
        key: Option<&PrivateKey>,
        anchors: &[&Certificate],
        verifier: &SignatureVerifier,
    ) -> Self {
        let first = Self::read_keeping(Keep::First, certificates, key, anchors, verifier);
        if first.copies.is_empty() || first.order == Order::Right {
            return first;
        }
        // Perhaps it is the other copy that stands in the wrong place.
        let last = Self::read_keeping(Keep::Last, certificates, key, anchors, verifier);
        if last.order == Order::Right { last } else { first }
    }

    fn read_keeping(
        keep: Keep,
        certificates: &[&Certificate],
        key: Option<&PrivateKey>,
        anchors: &[&Certificate],
        verifier: &SignatureVerifier,
    ) -> Self {
        let (kept, copies) = without_copies(keep, certificates);
        let issuers = Issuers::new(certificates, &kept, verifier);
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
        let (issuer, anchor) = locate_issuer(&path, &issuers, leaf, anchors, verifier);
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
}

/// Where the issuer of the leaf is, and whether a path leads to the anchors.
fn locate_issuer(
    path: &Path<'_, '_>,
    issuers: &Issuers<'_>,
    leaf: usize,
    anchors: &[&Certificate],
    verifier: &SignatureVerifier,
) -> (LeafIssuer, Anchor) {
    let anchors = Issuers::new(anchors, &(0..anchors.len()).collect::<Vec<_>>(), verifier);
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
pub(crate) enum Keep {
    First,
    Last,
}

/// The certificates that remain when each stands there once, as written, and the others.
pub(crate) fn without_copies(keep: Keep, certificates: &[&Certificate]) -> (Vec<usize>, Vec<Duplicate>) {
    if certificates.len() < 2 {
        return ((0..certificates.len()).collect(), Vec::new());
    }
    let mut originals: HashMap<&[u8], usize> = HashMap::new();
    for (index, certificate) in certificates.iter().enumerate() {
        let original = originals.entry(certificate.whole.octets()).or_insert(index);
        if matches!(keep, Keep::Last) {
            *original = index;
        }
    }
    let (mut kept, mut copies) = (Vec::with_capacity(certificates.len()), Vec::new());
    for (index, certificate) in certificates.iter().enumerate() {
        match originals.get(certificate.whole.octets()) {
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

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test may stop at what it does not expect"
    )]

    use super::*;
    use crate::keys;
    use crate::keys::public_key::{KeyAlgorithm, PublicNumbers};
    use crate::span::Span;
    use crate::x509;
    use crate::x509::SignatureAlgorithm;

    fn der(folder: &str, name: &str) -> Vec<u8> {
        let path = format!("{}/fixtures/pki/{folder}/{name}.pem", env!("CARGO_MANIFEST_DIR"));
        pem::parse(std::fs::read(path).unwrap()).unwrap().into_contents()
    }

    fn read(name: &str) -> Certificate {
        let mut certificate = x509::read(&der("certs", name), Span::at(0)).unwrap();
        certificate.is_self_signed =
            certificate.is_self_issued() && signature::verify(&certificate, &certificate) == Signature::Valid;
        certificate
    }

    fn key(name: &str) -> PrivateKey {
        keys::read(&der("keys", &format!("{name}.pkcs8")), Span::at(0)).unwrap()
    }

    fn chain(certificates: &[Certificate], key: Option<&PrivateKey>) -> Chain {
        Chain::read(&certificates.iter().collect::<Vec<_>>(), key, &[], &SignatureVerifier::new())
    }

    /// All orders of `0..count`.
    fn permutations(count: usize) -> Vec<Vec<usize>> {
        if count == 0 {
            return vec![Vec::new()];
        }
        permutations(count - 1)
            .into_iter()
            .flat_map(|shorter| {
                (0..count).map(move |place| {
                    let mut longer = shorter.clone();
                    longer.insert(place, count - 1);
                    longer
                })
            })
            .collect()
    }

    #[test]
    fn every_order_of_a_chain_is_put_right() {
        let sets = [
            ("rsa-2048", ["leaf-rsa-2048", "rsa-int", "rsa-root"]),
            ("p256", ["leaf-p256-by-ec", "ec-int", "ec-root"]),
            ("sm2", ["leaf-sm2", "sm2-int", "sm2-root"]),
            ("sm2", ["leaf-sm2-std", "sm2-int-std", "sm2-root-std"]),
        ];
        for (name, names) in sets {
            let key = key(name);
            let certificates = names.map(read);
            for order in permutations(3) {
                let shuffled: Vec<Certificate> =
                    order.iter().map(|&from| certificates[from].clone()).collect();
                let place = |of: usize| order.iter().position(|&from| from == of).unwrap();
                let right = vec![place(0), place(1), place(2)];
                for key in [Some(&key), None] {
                    let found = chain(&shuffled, key);
                    assert_eq!(found.leaf, Some(place(0)));
                    assert_eq!(found.path, right);
                    assert_eq!(found.roots, [place(2)]);
                    assert!(found.strangers.is_empty());
                    assert!(found.links.iter().all(|link| link.signature == Signature::Valid));
                    let expected =
                        if order == [0, 1, 2] { Order::Right } else { Order::Wrong { right: right.clone() } };
                    assert_eq!(found.order, expected, "{names:?} {order:?}");
                }
            }
        }
    }

    #[test]
    fn an_end_entity_in_the_leafs_place_moves_to_the_end() {
        let [old, one, int] = ["leaf-rsa-2048-b", "leaf-rsa-2048", "rsa-int"].map(read);
        let key = key("rsa-2048");
        let found = chain(&[old.clone(), one.clone(), int.clone()], Some(&key));
        assert_eq!((found.leaf, &found.order), (Some(1), &Order::Wrong { right: vec![1, 2, 0] }));
        assert!(found.strangers.is_empty());
        // Without the key the first is as good a leaf as the second.
        let found = chain(&[old.clone(), one.clone(), int.clone()], None);
        assert_eq!((found.leaf, found.order, found.strangers), (Some(0), Order::Right, vec![1]));
        // A third that belongs to nobody: then it is not just a matter of order.
        let found = chain(&[old, one, int, read("other-root")], Some(&key));
        assert_eq!((found.leaf, found.order, found.strangers), (Some(1), Order::Right, vec![0, 3]));
    }

    #[test]
    fn the_key_of_an_authority_makes_no_leaf_of_it() {
        let certificates = ["leaf-rsa-2048", "rsa-int"].map(read);
        assert_eq!(chain(&certificates, Some(&key("ca-rsa-int"))).leaf, Some(0));
        let certificates = ["rsa-int", "leaf-rsa-2048"].map(read);
        assert_eq!(chain(&certificates, Some(&key("ca-rsa-int"))).leaf, Some(1));
        // Alone it is what there is.
        assert_eq!(chain(&certificates[..1], Some(&key("ca-rsa-int"))).leaf, Some(0));
        assert_eq!(chain(&[], Some(&key("ca-rsa-int"))).leaf, None);
    }

    #[test]
    fn the_copy_that_stands_in_the_wrong_place_goes() {
        let [one, int, root] = ["leaf-rsa-2048", "rsa-int", "rsa-root"].map(read);
        let found = chain(&[int.clone(), one.clone(), int.clone(), root.clone()], None);
        assert_eq!(found.order, Order::Right);
        assert_eq!(found.copies, [Duplicate { copy: 0, original: 2 }]);
        let found = chain(&[one.clone(), int.clone(), root.clone(), one, int, root], None);
        assert_eq!(found.order, Order::Right);
        let copies: Vec<_> = found.copies.iter().map(|copy| (copy.copy, copy.original)).collect();
        assert_eq!(copies, [(3, 0), (4, 1), (5, 2)]);
    }

    #[test]
    fn anchors_are_reached_by_signatures_and_not_by_names() {
        let [one, int, root, other] = ["leaf-rsa-2048", "rsa-int", "rsa-root", "other-root"].map(read);
        let mut namesake = other.clone();
        namesake.subject = root.subject.clone();
        namesake.issuer = root.subject.clone();
        let cases: [(&[&Certificate], &[&Certificate], LeafIssuer, Anchor); 9] = [
            (&[&one, &int], &[&root], LeafIssuer::InField, Anchor::Reached),
            (&[&one, &int], &[&other, &root], LeafIssuer::InField, Anchor::Reached),
            (&[&one, &int], &[&namesake], LeafIssuer::InField, Anchor::Missed),
            (&[&one, &int], &[&other], LeafIssuer::InField, Anchor::Missed),
            (&[&one], &[&int], LeafIssuer::InAnchors, Anchor::Reached),
            (&[&one], &[&root], LeafIssuer::Absent, Anchor::Missed),
            (&[&one, &int, &root], &[&root], LeafIssuer::InField, Anchor::Reached),
            (&[&one, &int], &[], LeafIssuer::InField, Anchor::None),
            (&[&one, &int], &[&one], LeafIssuer::InField, Anchor::None),
        ];
        for (index, (field, anchors, issuer, anchor)) in cases.into_iter().enumerate() {
            let found = Chain::read(field, None, anchors, &SignatureVerifier::new());
            assert_eq!((found.issuer, found.anchor), (issuer, anchor), "case {index}");
        }
    }

    /// A certificate of the given names and key. Its signature fits no key, and cannot be checked if
    /// `algorithm` says so.
    struct Forge {
        template: Certificate,
        count: usize,
    }

    impl Forge {
        fn new() -> Self {
            Self { template: read("rsa-int"), count: 0 }
        }

        fn make(&mut self, subject: &str, issuer: &str, key: usize, is_checked: bool) -> Certificate {
            let mut made = self.template.clone();
            self.count += 1;
            made.whole = crate::x509::RawDer::new(&self.count.to_be_bytes());
            made.subject.der = subject.as_bytes().to_vec();
            made.issuer.der = issuer.as_bytes().to_vec();
            made.public_key.algorithm = KeyAlgorithm::Ed25519;
            made.public_key.numbers = PublicNumbers::Opaque(key.to_be_bytes().to_vec());
            made.subject_key_identifier = None;
            made.authority_key_identifier = None;
            if !is_checked {
                made.signature_algorithm = SignatureAlgorithm::Other("1.2.3".to_owned());
            }
            made
        }
    }

    /// Reads the certificates, and holds the number of signatures that are checked against theirs.
    fn bounded(certificates: &[Certificate]) -> Chain {
        budget::COUNT.with(|count| count.set(0));
        let found = chain(certificates, None);
        let count = budget::COUNT.with(std::cell::Cell::get);
        assert!(count <= 12 * certificates.len(), "{count} checks of {} certificates", certificates.len());
        found
    }

    #[test]
    fn hostile_fields_take_linear_work() {
        let mut forge = Forge::new();
        // One name, thousands of keys, and everybody could have issued everybody.
        for is_checked in [true, false] {
            let mut same: Vec<_> = (0..5000).map(|key| forge.make("A", "A", key, is_checked)).collect();
            same.push(forge.make("leaf", "A", 9999, is_checked));
            bounded(&same);
        }
        // A lattice: everybody of a layer could have issued everybody of the layer before.
        let mut lattice = vec![forge.make("leaf", "0", 0, false)];
        for layer in 0..50 {
            for key in 0..60 {
                lattice.push(forge.make(&layer.to_string(), &(layer + 1).to_string(), key, false));
            }
        }
        let found = bounded(&lattice);
        assert_eq!(found.path.len(), lattice.len());
        assert_eq!(found.order, Order::Right);
        // The same with signatures that are all wrong.
        let wrong: Vec<_> = lattice
            .iter()
            .enumerate()
            .map(|(index, certificate)| Certificate {
                signature_algorithm: SignatureAlgorithm::Ed448,
                whole: crate::x509::RawDer::new(format!("wrong {index}").as_bytes()),
                ..certificate.clone()
            })
            .collect();
        bounded(&wrong);
        // Two that issued each other, and a ring of thousands.
        let pair = [forge.make("A", "B", 1, false), forge.make("B", "A", 2, false)];
        assert_eq!(bounded(&pair).path, [0, 1]);
        let ring: Vec<_> = (0..5000)
            .map(|place: usize| {
                forge.make(&place.to_string(), &((place + 1) % 5000).to_string(), place, false)
            })
            .collect();
        assert_eq!(bounded(&ring).path.len(), 5000);
        // A chain of thousands, turned round.
        let long: Vec<_> = (0..10_000)
            .map(|place: usize| forge.make(&(place + 1).to_string(), &place.to_string(), place, false))
            .collect();
        let found = bounded(&long);
        assert_eq!(found.leaf, Some(9999));
        assert_eq!(found.order, Order::Wrong { right: (0..10_000).rev().collect() });
        // One certificate thousands of times.
        let one = forge.make("A", "B", 1, false);
        assert_eq!(bounded(&vec![one; 10_000]).copies.len(), 9999);
    }

    #[test]
    fn what_would_take_too_long_is_not_called_checked() {
        let mut forge = Forge::new();
        let (subject, issuer) = (forge.make("A", "B", 1, true), forge.make("B", "B", 2, true));
        let subject = Certificate { signature_algorithm: SignatureAlgorithm::Ed25519, ..subject };
        let verifier = SignatureVerifier::new();
        let verdicts: Vec<Signature> = (0..10_000).map(|_| verifier.verify(&subject, &issuer)).collect();
        let checked = verdicts.iter().take_while(|&&verdict| verdict == Signature::Invalid).count();
        assert!((1000..10_000).contains(&checked), "{checked}");
        let effort = Signature::NotChecked(signature::NotCheckedReason::Effort);
        assert!(verdicts[checked..].iter().all(|&verdict| verdict == effort));
        // The next body has as much to spend.
        assert_eq!(SignatureVerifier::new().verify(&subject, &issuer), Signature::Invalid);
    }

    #[test]
    fn verdicts_are_not_mixed_up() {
        let [one, int, root, other] = ["leaf-rsa-2048", "rsa-int", "rsa-root", "other-root"].map(read);
        for _ in 0..2 {
            let verifier = SignatureVerifier::new();
            for (subject, issuer, expected) in [
                (&one, &int, Signature::Valid),
                (&int, &one, Signature::Invalid),
                (&int, &root, Signature::Valid),
                (&int, &other, Signature::Invalid),
                (&root, &root, Signature::Valid),
                (&one, &one, Signature::Invalid),
            ] {
                assert_eq!(verifier.verify(subject, issuer), expected);
            }
        }
    }

    #[test]
    fn whatever_hangs_together_how_it_is_told_consistently() {
        let mut state = 1_u64;
        let mut draw = |below: u64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from((state >> 33) % below).unwrap()
        };
        let mut forge = Forge::new();
        let mut with_wrong_order = 0;
        for _ in 0..3000 {
            let count = 1 + draw(8);
            let mut certificates: Vec<Certificate> = Vec::new();
            for _ in 0..count {
                if !certificates.is_empty() && draw(6) == 0 {
                    certificates.push(certificates[draw(certificates.len() as u64)].clone());
                    continue;
                }
                let (subject, issuer, key) = (draw(6), draw(6), draw(9));
                let mut made = forge.make(&subject.to_string(), &issuer.to_string(), key, draw(3) == 0);
                made.is_ca = [Some(true), Some(true), Some(false), None][draw(4)];
                certificates.push(made);
            }
            let mut private_key = key("ed25519");
            private_key.public_key = Some(certificates[draw(count as u64)].public_key.clone());
            let private_key = Some(&private_key).filter(|_| draw(2) == 0);

            let found = chain(&certificates, private_key);
            assert_eq!(found.path.first().copied(), found.leaf);
            for (place, member) in found.path.iter().enumerate().skip(1) {
                let name = &certificates[*member].subject;
                assert!(found.path[..place].iter().any(|&before| certificates[before].issuer.matches(name)));
            }
            let moved: Vec<usize> = match &found.order {
                Order::Right => found.path.clone(),
                Order::Wrong { right } => right.clone(),
            };
            let mut all: Vec<usize> = moved.iter().chain(&found.strangers).copied().collect();
            all.extend(found.copies.iter().map(|copy| copy.copy));
            all.sort_unstable();
            assert_eq!(all, (0..count).collect::<Vec<_>>());

            // Once they stand as they ought to, nothing more is said about the order.
            if let Order::Wrong { right } = &found.order {
                with_wrong_order += 1;
                let mut places = right.clone();
                places.sort_unstable();
                let mut fixed = certificates.clone();
                for (&place, &index) in places.iter().zip(right) {
                    fixed[place] = certificates[index].clone();
                }
                let copies: Vec<usize> = found.copies.iter().map(|copy| copy.copy).collect();
                let fixed: Vec<Certificate> = fixed
                    .into_iter()
                    .enumerate()
                    .filter(|(index, _)| !copies.contains(index))
                    .map(|(_, certificate)| certificate)
                    .collect();
                assert_eq!(chain(&fixed, private_key).order, Order::Right, "{found:?}");
            }
        }
        assert!(with_wrong_order > 300, "{with_wrong_order}");
    }
}
