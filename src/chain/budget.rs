//! Whom signatures are asked from: answers what was answered before, and stops when one body asks for
//! too much.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use crate::chain::signature::{NotCheckedReason, Signature, cost, verify};
use crate::x509::{Certificate, Fingerprint};

/// Checks the signatures of one body or file.
pub(crate) struct SignatureVerifier {
    /// What may still be spent.
    left: Cell<u64>,
}

/// What the signatures of one body may cost, counted in multiplications of two limbs: about a third of
/// a second on a machine of 2024. A thousand RSA-4096 signatures cost half of that. A body of 1 MB that
/// was made to cost has many thousands of signatures, each of which would take milliseconds.
const BUDGET: u64 = 300_000_000;

impl SignatureVerifier {
    pub(crate) const fn new() -> Self {
        Self { left: Cell::new(BUDGET) }
    }

    /// Whether `issuer`'s key made the signature of `subject`.
    ///
    /// What was found out for an earlier body counts towards the budget too, or the answer would depend
    /// on what was read before.
    pub(crate) fn verify(&self, subject: &Certificate, issuer: &Certificate) -> Signature {
        #[cfg(test)]
        COUNT.with(|count| count.set(count.get() + 1));
        let Some(left) = self.left.get().checked_sub(cost(subject, issuer)) else {
            self.left.set(0);
            return Signature::NotChecked(NotCheckedReason::Effort);
        };
        self.left.set(left);
        remembered(subject, issuer)
    }
}

#[cfg(test)]
thread_local! {
    /// How many signatures were asked about, to see that the work is bounded.
    pub(super) static COUNT: Cell<usize> = const { Cell::new(0) };
}

/// The verdicts that a thread remembers: certificates of one authority come with the same root again and
/// again, and bodies are sent again. A verdict follows from the octets of both certificates alone, and
/// nothing of them is kept but their SHA-256.
#[derive(Default)]
struct Verdicts {
    young: HashMap<Pair, Signature, ByDigest>,
    /// Those that were young before. What is asked again gets young again, the others are forgotten.
    old: HashMap<Pair, Signature, ByDigest>,
}

/// Subject and issuer.
type Pair = (Fingerprint, Fingerprint);

type ByDigest = BuildHasherDefault<FirstOctets>;

/// A digest needs no hashing. Whoever makes certificates of which the digests begin alike gains nothing:
/// there are few verdicts.
#[derive(Default)]
struct FirstOctets(u64);

impl Hasher for FirstOctets {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, octets: &[u8]) {
        let first = octets.first_chunk().map_or(0, |first| u64::from_ne_bytes(*first));
        self.0 = self.0.rotate_left(1) ^ first;
    }
}

/// How many young verdicts there are at most.
const GENERATION: usize = 1024;

fn remembered(subject: &Certificate, issuer: &Certificate) -> Signature {
    thread_local! {
        static VERDICTS: RefCell<Verdicts> = RefCell::default();
    }
    let pair = (subject.whole.sha256(), issuer.whole.sha256());
    VERDICTS.with_borrow_mut(|verdicts| {
        if let Some(&known) = verdicts.young.get(&pair) {
            return known;
        }
        let verdict = verdicts.old.get(&pair).copied().unwrap_or_else(|| verify(subject, issuer));
        if verdicts.young.len() == GENERATION {
            verdicts.old = std::mem::take(&mut verdicts.young);
        }
        verdicts.young.insert(pair, verdict);
        verdict
    })
}
