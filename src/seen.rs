//! What was met before. Mostly that is one or two things, and hashing takes longer than looking at them.

use std::collections::HashMap;
use std::hash::Hash;

/// A map that is a list while it is short.
pub(crate) struct Seen<K, V = ()> {
    few: Vec<(K, V)>,
    many: HashMap<K, V>,
}

/// The length up to which it is a list.
const FEW: usize = 8;

impl<K: Eq + Hash, V> Seen<K, V> {
    /// What is known of a key.
    pub(crate) fn get(&self, key: &K) -> Option<&V> {
        let known = self.few.iter().find(|(known, _)| known == key).map(|(_, value)| value);
        known.or_else(|| self.many.get(key).filter(|_| !self.many.is_empty()))
    }

    /// Looks at what is known of a key, or changes it; where it is met for the first time that is what
    /// `first` says.
    pub(crate) fn with<R>(&mut self, key: K, first: impl FnOnce() -> V, look: impl FnOnce(&mut V) -> R) -> R {
        if let Some((_, value)) = self.few.iter_mut().find(|(known, _)| *known == key) {
            return look(value);
        }
        if self.few.len() == FEW {
            return look(self.many.entry(key).or_insert_with(first));
        }
        let mut value = first();
        let seen = look(&mut value);
        self.few.push((key, value));
        seen
    }

    /// Whether a key was met.
    pub(crate) fn contains(&self, key: &K) -> bool {
        self.get(key).is_some()
    }
}

impl<K: Eq + Hash> Seen<K> {
    /// Whether a key is met for the first time.
    pub(crate) fn insert(&mut self, key: K) -> bool {
        let mut is_new = false;
        self.with(key, || is_new = true, |()| ());
        is_new
    }
}

impl<K, V> Default for Seen<K, V> {
    fn default() -> Self {
        Self { few: Vec::new(), many: HashMap::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_long_are_the_same() {
        let mut seen = Seen::default();
        for round in 0..3 {
            for key in 0..3 * FEW {
                assert_eq!(seen.contains(&key), round > 0, "{key}");
                seen.with(key, || 0, |count| *count += 1);
                assert_eq!(seen.get(&key), Some(&(round + 1)), "{key}");
            }
        }
        let mut set = Seen::default();
        assert!((0..3 * FEW).all(|key| set.insert(key)));
        assert!(!(0..3 * FEW).any(|key| set.insert(key)));
    }
}
