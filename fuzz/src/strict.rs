//! PEM as the strict grammar of RFC 7468 (figure 3) has it, read by somebody who knows nothing of the
//! reader under test. `None` for every other text.
//!
//! Two departures. A lone CR is no end of a line: the service's reader does not take it for one. And
//! the bits that the last character of base64 leaves over are zero, as RFC 4648 section 3.5 allows to
//! demand.

pub struct Block<'a> {
    pub label: &'a str,
    pub der: Vec<u8>,
}

/// Blocks, one behind the other, and nothing else.
#[must_use]
pub fn read(mut text: &str) -> Option<Vec<Block<'_>>> {
    let mut blocks = Vec::new();
    while !text.is_empty() {
        let (first, mut rest) = line(text)?;
        let label = first.strip_prefix("-----BEGIN ")?.strip_suffix("-----")?;
        if !is_label(label) {
            return None;
        }
        let mut letters = String::new();
        loop {
            let (next, after) = line(rest)?;
            rest = after;
            if let Some(end) = next.strip_prefix("-----END ") {
                if end.strip_suffix("-----")? != label {
                    return None;
                }
                break;
            }
            // All lines but the last have 64 characters, and a full one may be the last.
            let is_first_or_follows_a_full_one = letters.len() % 64 == 0;
            if !is_first_or_follows_a_full_one || next.is_empty() || next.len() > 64 {
                return None;
            }
            letters.push_str(next);
        }
        if letters.is_empty() {
            return None;
        }
        blocks.push(Block { label, der: decode(letters.as_bytes())? });
        text = rest;
    }
    (!blocks.is_empty()).then_some(blocks)
}

fn line(text: &str) -> Option<(&str, &str)> {
    let (line, rest) = text.split_once('\n')?;
    Some((line.strip_suffix('\r').unwrap_or(line), rest))
}

/// `labelchar *( ["-" / SP] labelchar )`
fn is_label(label: &str) -> bool {
    let is_character = |byte: u8| matches!(byte, 0x21..=0x2c | 0x2e..=0x7e);
    let bytes = label.as_bytes();
    !bytes.is_empty()
        && bytes.iter().all(|&byte| is_character(byte) || matches!(byte, b'-' | b' '))
        && bytes.first().copied().is_some_and(is_character)
        && bytes.last().copied().is_some_and(is_character)
        && bytes.windows(2).all(|two| is_character(two[0]) || is_character(two[1]))
}

fn decode(letters: &[u8]) -> Option<Vec<u8>> {
    if letters.len() % 4 != 0 {
        return None;
    }
    let mut bytes = Vec::new();
    let last = letters.len() / 4 - 1;
    for (index, quantum) in letters.chunks(4).enumerate() {
        let padding = quantum.iter().rev().take_while(|&&letter| letter == b'=').count();
        if padding > 2 || (padding > 0 && index != last) {
            return None;
        }
        let mut bits = 0_u32;
        for &letter in &quantum[..4 - padding] {
            bits = bits << 6 | value(letter)?;
        }
        bits <<= 6 * padding;
        let [_, one, two, three] = bits.to_be_bytes();
        let decoded = [one, two, three];
        let (kept, dropped) = decoded.split_at(3 - padding);
        if dropped.iter().any(|&byte| byte != 0) {
            return None;
        }
        bytes.extend_from_slice(kept);
    }
    Some(bytes)
}

fn value(letter: u8) -> Option<u32> {
    Some(u32::from(match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' => 62,
        b'/' => 63,
        _ => return None,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strict_reader_reads_what_it_should() {
        let full = "QUJD".repeat(16);
        for (text, expected) in [
            ("-----BEGIN X-----\nQUJD\n-----END X-----\n", Some("ABC".to_owned())),
            ("-----BEGIN X-----\r\nQUI=\r\n-----END X-----\r\n", Some("AB".to_owned())),
            ("-----BEGIN A-B C-----\nQQ==\n-----END A-B C-----\n", Some("A".to_owned())),
            ("-----BEGIN X-----\nQUJD\n-----END X-----", None),
            ("-----BEGIN X-----\nQUJD\n-----END Y-----\n", None),
            ("-----BEGIN X-----\nQUJ\n-----END X-----\n", None),
            ("-----BEGIN X-----\nQR==\n-----END X-----\n", None),
            ("-----BEGIN X-----\nQQ==QUJD\n-----END X-----\n", None),
            ("-----BEGIN X-----\nQUJD\nQUJD\n-----END X-----\n", None),
            ("-----BEGIN X-----\n\nQUJD\n-----END X-----\n", None),
            ("-----BEGIN X-----\n-----END X-----\n", None),
            ("-----BEGIN  X-----\nQUJD\n-----END  X-----\n", None),
            (" -----BEGIN X-----\nQUJD\n-----END X-----\n", None),
            ("", None),
        ] {
            let read = read(text).map(|blocks| {
                let [block] = &blocks[..] else { panic!("{} blocks", blocks.len()) };
                String::from_utf8(block.der.clone()).expect("it is text")
            });
            assert_eq!(read, expected, "{text}");
        }
        let two = format!("-----BEGIN X-----\n{full}\n-----END X-----\n").repeat(2);
        assert_eq!(read(&two).map(|blocks| blocks.len()), Some(2));
        let long = format!("-----BEGIN X-----\n{full}\n{full}\nQUJD\n-----END X-----\n");
        assert_eq!(read(&long).map(|blocks| blocks[0].der.len()), Some(99));
    }
}
