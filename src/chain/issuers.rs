//! Certificates as issuers: who of them issued a given certificate.
//!
//! The work is bounded. However many certificates bear a name, with however many keys, only a few
//! signatures are checked for each certificate that is asked about, so a field of any making is read
//! in time that grows with its length.

use std::cell::OnceCell;
use std::collections::{HashMap, HashSet};

use crate::chain::budget::SignatureVerifier;
use crate::chain::signature::{NotCheckedReason, Signature};
use crate::keys::public_key::{KeyAlgorithm, PublicNumbers};
use crate::x509::Certificate;

/// How many different keys of one name are tried on one signature.
const MAX_TRIES: usize = 8;

/// A name with a key, which is what issues certificates. There are as many certificates of it as
/// others have certified it.
type IssuerKey = usize;

/// Certificates, by what they can have issued.
pub(super) struct Issuers<'a> {
    certificates: &'a [&'a Certificate],
    verifier: &'a SignatureVerifier,
    /// The certificates of each authority, as written.
    members: Vec<Vec<usize>>,
    by_name_and_key: HashMap<(&'a [u8], &'a KeyAlgorithm, &'a PublicNumbers), IssuerKey>,
    by_name: HashMap<&'a [u8], usize>,
    /// The authorities of each name, in order of appearance.
    namesakes: Vec<Vec<IssuerKey>>,
    /// The authorities of each name under RFC 5280 section 7.1; made when it is asked for.
    by_canonical_name: OnceCell<HashMap<Vec<u8>, Vec<IssuerKey>>>,
    by_key_identifier: HashMap<(&'a [u8], &'a [u8]), Vec<IssuerKey>>,
    /// The certificates that issued themselves.
    self_issued: HashSet<usize>,
    /// How many certificates that did not issue themselves give a name for their issuer's.
    issued: HashMap<&'a [u8], usize>,
}

/// Who issued a certificate.
#[derive(Clone, Copy, Debug)]
pub(super) enum Issued {
    /// Itself, as far as that could be checked.
    ByItself,
    /// Somebody of these certificates.
    By {
        /// All certificates of the issuer.
        group: Group,
        /// The one to name.
        named: usize,
        /// Whether its key made the signature.
        signature: Signature,
    },
    /// Nobody of these certificates.
    ByUnknown,
}

/// Certificates that stand for one issuer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Group {
    /// Those of an authority.
    IssuerKey(IssuerKey),
    /// Those of all authorities of a name, when nothing tells which of them it was.
    Namesakes(usize),
}

impl<'a> Issuers<'a> {
    /// Takes those of `certificates` that are in `kept`.
    pub(super) fn new(
        certificates: &'a [&'a Certificate],
        kept: &[usize],
        verifier: &'a SignatureVerifier,
    ) -> Self {
        let mut issuers = Self {
            certificates,
            verifier,
            members: Vec::new(),
            by_name_and_key: HashMap::new(),
            by_name: HashMap::new(),
            namesakes: Vec::new(),
            by_canonical_name: OnceCell::new(),
            by_key_identifier: HashMap::new(),
            self_issued: HashSet::new(),
            issued: HashMap::new(),
        };
        for &index in kept {
            if let Some(certificate) = certificates.get(index) {
                issuers.add(index, certificate);
            }
        }
        issuers
    }

    fn add(&mut self, index: usize, certificate: &'a Certificate) {
        let name = certificate.subject.der.as_slice();
        let new_namesakes = || {
            self.namesakes.push(Vec::new());
            self.namesakes.len() - 1
        };
        let namesakes = *self.by_name.entry(name).or_insert_with(new_namesakes);
        let new_authority = || {
            self.members.push(Vec::new());
            if let Some(namesakes) = self.namesakes.get_mut(namesakes) {
                namesakes.push(self.members.len() - 1);
            }
            self.members.len() - 1
        };
        let authority = *self.by_name_and_key.entry(name_and_key(certificate)).or_insert_with(new_authority);
        if let Some(members) = self.members.get_mut(authority) {
            members.push(index);
        }
        if let Some(identifier) = &certificate.subject_key_identifier {
            let same = self.by_key_identifier.entry((name, identifier)).or_default();
            if same.len() < MAX_TRIES && !same.contains(&authority) {
                same.push(authority);
            }
        }
        if issued_itself(certificate, self.verifier) {
            self.self_issued.insert(index);
        } else {
            *self.issued.entry(&certificate.issuer.der).or_default() += 1;
        }
    }

    /// Whether another of the certificates gives this one's name for its issuer's.
    pub(super) fn is_issuer(&self, index: usize) -> bool {
        let Some(certificate) = self.certificate(index) else { return false };
        let own = usize::from(certificate.is_self_issued() && !self.self_issued.contains(&index));
        self.issued.get(&certificate.subject.der.as_slice()).is_some_and(|&count| count > own)
    }

    /// Whether it issued none of the others and does not say that it could.
    pub(super) fn is_end_entity(&self, index: usize) -> bool {
        !self.is_issuer(index) && self.certificate(index).is_some_and(|it| it.is_ca != Some(true))
    }

    /// Whether any of them may issue certificates.
    pub(super) fn can_issue(&self) -> bool {
        self.certificates.iter().any(|certificate| certificate.may_issue())
    }

    /// Whether one of them has the same name and the same key.
    pub(super) fn has_equal(&self, certificate: &Certificate) -> bool {
        self.by_name_and_key.contains_key(&name_and_key(certificate))
    }

    /// Whether one of them issued a certificate that is not one of them; a wrong signature says no.
    pub(super) fn have_issued(&self, certificate: &Certificate) -> bool {
        matches!(self.find(certificate, None), Issued::By { signature, .. } if signature != Signature::Invalid)
    }

    /// Who issued one of the certificates.
    pub(super) fn issuer_of(&self, index: usize) -> Issued {
        match self.certificate(index) {
            None => Issued::ByUnknown,
            Some(_) if self.self_issued.contains(&index) => Issued::ByItself,
            Some(certificate) => self.find(certificate, self.authority_of(index)),
        }
    }

    /// The certificates of a group that may issue others; if none may, all of them.
    pub(super) fn members(&self, group: Group) -> Vec<usize> {
        let authorities = match group {
            Group::IssuerKey(ref authority) => std::slice::from_ref(authority),
            Group::Namesakes(name) => self.namesakes.get(name).map_or(&[][..], Vec::as_slice),
        };
        let all =
            || authorities.iter().filter_map(|&authority| self.members.get(authority)).flatten().copied();
        let able: Vec<usize> = all().filter(|&index| self.may_issue(index)).collect();
        if able.is_empty() { all().collect() } else { able }
    }

    /// The groups that a certificate is in.
    pub(super) fn groups_of(&self, index: usize) -> [Option<Group>; 2] {
        let name = self.certificate(index).and_then(|it| self.by_name.get(&it.subject.der.as_slice()));
        [self.authority_of(index).map(Group::IssuerKey), name.copied().map(Group::Namesakes)]
    }

    /// The certificate of that index.
    pub(super) fn certificate(&self, index: usize) -> Option<&'a Certificate> {
        self.certificates.get(index).copied()
    }

    fn may_issue(&self, index: usize) -> bool {
        self.certificate(index).is_some_and(Certificate::may_issue)
    }

    fn authority_of(&self, index: usize) -> Option<IssuerKey> {
        self.by_name_and_key.get(&name_and_key(self.certificate(index)?)).copied()
    }

    /// Who issued a certificate, other than the authority `own`, which it is of itself.
    fn find(&self, certificate: &Certificate, own: Option<IssuerKey>) -> Issued {
        let name = certificate.issuer.der.as_slice();
        let Some(&namesakes) = self.by_name.get(&name) else {
            return self.find_by_canonical_name(certificate, own);
        };
        let identified = certificate
            .authority_key_identifier
            .as_deref()
            .and_then(|identifier| self.by_key_identifier.get(&(name, identifier)))
            .map_or(&[][..], Vec::as_slice);
        let others = self.namesakes.get(namesakes).map_or(&[][..], Vec::as_slice);

        let mut tried: Vec<(IssuerKey, usize, Signature)> = Vec::new();
        let mut is_exhaustive = true;
        for &authority in identified.iter().chain(others) {
            if own == Some(authority) || tried.iter().any(|&(known, ..)| known == authority) {
                continue;
            }
            if tried.len() == MAX_TRIES {
                is_exhaustive = false;
                break;
            }
            let group = Group::IssuerKey(authority);
            let Some(&named) = self.members(group).first() else { continue };
            let Some(issuer) = self.certificate(named) else { continue };
            let signature = self.verifier.verify(certificate, issuer);
            if signature == Signature::Valid {
                return Issued::By { group, named, signature };
            }
            tried.push((authority, named, signature));
        }

        let Some(&(first, named, _)) = tried.first() else {
            return Issued::ByUnknown;
        };
        let mut unchecked = tried.iter().filter(|(_, _, signature)| *signature != Signature::Invalid);
        if let Some(&(authority, named, signature)) = unchecked.next() {
            let is_told = identified.contains(&authority) || (unchecked.next().is_none() && is_exhaustive);
            let group = if is_told { Group::IssuerKey(authority) } else { Group::Namesakes(namesakes) };
            return Issued::By { group, named, signature };
        }
        // Where every key says no, all of that name are equally wrong.
        let group = if tried.len() == 1 && is_exhaustive {
            Group::IssuerKey(first)
        } else {
            Group::Namesakes(namesakes)
        };
        let signature = if is_exhaustive {
            Signature::Invalid
        } else {
            Signature::NotChecked(NotCheckedReason::Candidates)
        };
        Issued::By { group, named, signature }
    }
}

impl Issuers<'_> {
    /// The issuer whose name is the same under RFC 5280 section 7.1, written in another way, if its key signed.
    fn find_by_canonical_name(&self, certificate: &Certificate, own: Option<IssuerKey>) -> Issued {
        let by_canonical_name = self.by_canonical_name.get_or_init(|| {
            let mut authorities: HashMap<Vec<u8>, Vec<IssuerKey>> = HashMap::new();
            for (name, &namesakes) in &self.by_name {
                let same = self.namesakes.get(namesakes).into_iter().flatten();
                let canonical = crate::x509::canonical_name(name);
                authorities.entry(canonical).or_default().extend(same);
            }
            for same in authorities.values_mut() {
                same.sort_unstable();
            }
            authorities
        });
        let same = by_canonical_name.get(&certificate.issuer.canonical()).map_or(&[][..], Vec::as_slice);
        let mut tried = same.iter().filter(|&&authority| own != Some(authority)).take(MAX_TRIES);
        tried
            .find_map(|&authority| {
                let group = Group::IssuerKey(authority);
                let named = *self.members(group).first()?;
                let signature = self.verifier.verify(certificate, self.certificate(named)?);
                (signature == Signature::Valid).then_some(Issued::By { group, named, signature })
            })
            .unwrap_or(Issued::ByUnknown)
    }
}

/// Whether a certificate is its own issuer. One whose signature cannot be checked is taken at its word.
fn issued_itself(certificate: &Certificate, verifier: &SignatureVerifier) -> bool {
    certificate.is_self_issued()
        && (certificate.is_self_signed
            || matches!(verifier.verify(certificate, certificate), Signature::NotChecked(_)))
}

fn name_and_key(certificate: &Certificate) -> (&[u8], &KeyAlgorithm, &PublicNumbers) {
    (&certificate.subject.der, &certificate.public_key.algorithm, &certificate.public_key.numbers)
}
