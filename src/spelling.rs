//! Words that were probably meant.

use crate::internal_fault::OrFault;

/// Whether one character put in, left out, changed, or two neighbours exchanged make one word the
/// other, case aside. Nothing is copied: either may be secret.
pub(crate) fn is_one_typo_away(word: &str, known: &str) -> bool {
    let same = |one: &[u8], other: &[u8]| one.eq_ignore_ascii_case(other);
    let head =
        word.bytes().zip(known.bytes()).take_while(|(one, other)| one.eq_ignore_ascii_case(other)).count();
    let word = word.as_bytes().get(head..).or_fault();
    let known = known.as_bytes().get(head..).or_fault();
    match (word, known) {
        ([_, rest @ ..], other) if same(rest, other) => true,
        (other, [_, rest @ ..]) if same(rest, other) => true,
        ([_, one @ ..], [_, other @ ..]) if same(one, other) => true,
        ([a, b, one @ ..], [c, d, other @ ..]) => same(&[*a, *b], &[*d, *c]) && same(one, other),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_slip_of_the_finger_is_one_typo() {
        for word in ["privat_key", "private_keyy", "privaet_key", "pribate_key", "PRIVATE-KEY", "rivate_key"]
        {
            assert!(is_one_typo_away(word, "private_key"), "{word}");
        }
        for word in ["private_key", "Private_Key", "privat_ky", "pirvaet_key", "", "key"] {
            assert!(!is_one_typo_away(word, "private_key"), "{word}");
        }
        assert!(is_one_typo_away("NED", "END"));
        assert!(is_one_typo_away("EN", "END"));
        assert!(!is_one_typo_away("", "END"));
    }
}
