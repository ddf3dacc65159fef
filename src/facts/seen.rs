//! What was met before. Mostly that is one or two things, and hashing takes longer than looking at them.

use std::collections::HashSet;
use std::hash::Hash;

/// A set that is a list while it is short.
pub(in crate::facts) struct Seen<T> {
    few: Vec<T>,
    many: HashSet<T>,
}

/// The length up to which it is a list.
const FEW: usize = 8;

impl<T: Eq + Hash> Seen<T> {
    /// Whether it is met for the first time.
    pub(in crate::facts) fn insert(&mut self, item: T) -> bool {
        if self.few.contains(&item) {
            return false;
        }
        if self.few.len() < FEW {
            self.few.push(item);
            return true;
        }
        self.many.insert(item)
    }
}

impl<T> Default for Seen<T> {
    fn default() -> Self {
        Self { few: Vec::new(), many: HashSet::new() }
    }
}
