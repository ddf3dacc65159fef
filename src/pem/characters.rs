//! Single characters: what each can be inside of PEM armour, and how it is written in a JSON string.

use crate::internal_fault::OrFault;

/// What a character is to PEM armour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    /// Of the base64 alphabet, or its padding.
    Base64,
    /// `-` and `_`, which stand for `+` and `/` in base64url.
    Base64Url,
    /// Line feed.
    LineFeed,
    /// Carriage return.
    CarriageReturn,
    /// Space or tab.
    Blank,
    /// `\`
    Backslash,
    /// A quotation mark of any kind.
    Quote,
    /// A dash that is not the ASCII one.
    Dash,
    /// U+FEFF
    ByteOrderMark,
    /// A space that is not the ASCII one.
    Space,
    /// A character without a glyph.
    Ghost,
    /// A line break that is neither line feed nor carriage return.
    Break,
    /// Looks like this ASCII character, and is another.
    LookAlike(u8),
    /// Anything else.
    Foreign,
}

impl Class {
    pub(super) const fn of(character: char) -> Self {
        match character {
            'A'..='Z' | 'a'..='z' | '0'..='9' | '+' | '/' | '=' => Self::Base64,
            '-' | '_' => Self::Base64Url,
            '\n' => Self::LineFeed,
            '\r' => Self::CarriageReturn,
            ' ' | '\t' => Self::Blank,
            '\\' => Self::Backslash,
            '"'
            | '\''
            | '`'
            | '\u{ab}'
            | '\u{b4}'
            | '\u{bb}'
            | '\u{2018}'..='\u{201f}'
            | '\u{2032}'..='\u{2037}'
            | '\u{2039}'
            | '\u{203a}'
            | '\u{300c}'..='\u{300f}'
            | '\u{301d}'..='\u{301f}'
            | '\u{ff02}'
            | '\u{ff07}'
            | '\u{ff40}' => Self::Quote,
            '\u{58a}'
            | '\u{2010}'..='\u{2015}'
            | '\u{2043}'
            | '\u{2212}'
            | '\u{2500}'
            | '\u{2501}'
            | '\u{2e3a}'
            | '\u{2e3b}'
            | '\u{fe58}'
            | '\u{fe63}'
            | '\u{ff0d}' => Self::Dash,
            '\u{feff}' => Self::ByteOrderMark,
            '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => {
                Self::Space
            }
            '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => Self::Break,
            '\0'..='\u{8}'
            | '\u{e}'..='\u{1f}'
            | '\u{7f}'..='\u{84}'
            | '\u{86}'..='\u{9f}'
            | '\u{ad}'
            | '\u{34f}'
            | '\u{61c}'
            | '\u{115f}'
            | '\u{1160}'
            | '\u{17b4}'
            | '\u{17b5}'
            | '\u{180b}'..='\u{180f}'
            | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}'
            | '\u{3164}'
            | '\u{fe00}'..='\u{fe0f}'
            | '\u{ffa0}'
            | '\u{fff9}'..='\u{fffb}'
            | '\u{e0000}'..='\u{e0fff}' => Self::Ghost,
            _ => match look_alike(character) {
                Some(ascii) => Self::LookAlike(ascii),
                None => Self::Foreign,
            },
        }
    }
}

/// The ASCII letter, digit or sign that a character is easily taken for.
#[allow(clippy::cast_possible_truncation, reason = "what is left is below 0x7f")]
const fn look_alike(character: char) -> Option<u8> {
    Some(match character {
        // Full-width forms; hyphen and quotation marks have classes of their own.
        '\u{ff0b}' => b'+',
        '\u{ff0f}' | '\u{2044}' | '\u{2215}' => b'/',
        '\u{ff1d}' => b'=',
        '\u{ff10}'..='\u{ff19}' | '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' => {
            (character as u32 - 0xfee0) as u8
        }
        // Greek and Cyrillic.
        '\u{391}' | '\u{410}' => b'A',
        '\u{392}' | '\u{412}' => b'B',
        '\u{3f9}' | '\u{421}' => b'C',
        '\u{395}' | '\u{415}' => b'E',
        '\u{397}' | '\u{41d}' => b'H',
        '\u{399}' | '\u{406}' | '\u{4c0}' => b'I',
        '\u{408}' => b'J',
        '\u{39a}' | '\u{41a}' => b'K',
        '\u{39c}' | '\u{41c}' => b'M',
        '\u{39d}' => b'N',
        '\u{39f}' | '\u{41e}' => b'O',
        '\u{3a1}' | '\u{420}' => b'P',
        '\u{405}' => b'S',
        '\u{3a4}' | '\u{422}' => b'T',
        '\u{3a7}' | '\u{425}' => b'X',
        '\u{3a5}' | '\u{4ae}' => b'Y',
        '\u{396}' => b'Z',
        '\u{430}' => b'a',
        '\u{441}' | '\u{3f2}' => b'c',
        '\u{435}' => b'e',
        '\u{456}' | '\u{131}' => b'i',
        '\u{458}' => b'j',
        '\u{3bf}' | '\u{43e}' => b'o',
        '\u{440}' => b'p',
        '\u{455}' => b's',
        '\u{445}' => b'x',
        '\u{443}' => b'y',
        _ => return None,
    })
}

/// How a character is written in a JSON string, if that is known beforehand: every ASCII one, and
/// those that have a class of their own here.
pub(super) fn written(character: char) -> Option<&'static str> {
    let at = usize::try_from(u32::from(character)).ok()?;
    match character {
        '\n' => Some("\\n"),
        '\r' => Some("\\r"),
        '\t' => Some("\\t"),
        '"' => Some("\\\""),
        '\\' => Some("\\\\"),
        '\0'..='\u{1f}' => CONTROLS.get(at * 6..at * 6 + 6),
        ' '..='\u{7f}' => PRINTABLE.get(at - 0x20..=at - 0x20),
        _ => {
            let start = SPECIAL.find(character)?;
            SPECIAL.get(start..start + character.len_utf8())
        }
    }
}

/// An ASCII character as text.
pub(super) fn ascii(byte: u8) -> &'static str {
    written(char::from(byte)).or_fault()
}

const CONTROLS: &str = "\
    \\u0000\\u0001\\u0002\\u0003\\u0004\\u0005\\u0006\\u0007\\u0008\\u0009\\u000a\\u000b\\u000c\\u000d\\u000e\\u000f\
    \\u0010\\u0011\\u0012\\u0013\\u0014\\u0015\\u0016\\u0017\\u0018\\u0019\\u001a\\u001b\\u001c\\u001d\\u001e\\u001f";

const PRINTABLE: &str =
    " !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~\u{7f}";

const SPECIAL: &str = "\u{80}\u{85}\u{a0}\u{ab}\u{ad}\u{b4}\u{bb}\u{bf}\u{ef}\u{34f}\u{58a}\u{61c}\u{115f}\u{1160}\u{1680}\
    \u{180e}\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2005}\u{2006}\u{2007}\u{2008}\u{2009}\u{200a}\
    \u{200b}\u{200c}\u{200d}\u{200e}\u{200f}\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\u{2015}\
    \u{2018}\u{2019}\u{201a}\u{201b}\u{201c}\u{201d}\u{201e}\u{201f}\u{2026}\u{2028}\u{2029}\
    \u{202a}\u{202b}\u{202c}\u{202d}\u{202e}\u{202f}\u{2032}\u{2033}\u{2034}\u{2035}\u{2036}\u{2037}\
    \u{2039}\u{203a}\u{2043}\u{2044}\u{205f}\u{2060}\u{2061}\u{2062}\u{2063}\u{2064}\
    \u{2066}\u{2067}\u{2068}\u{2069}\u{2212}\u{2215}\u{2500}\u{2501}\u{2e3a}\u{2e3b}\u{3000}\u{300c}\u{300d}\
    \u{300e}\u{300f}\u{301d}\u{301e}\u{301f}\u{3164}\u{fe58}\u{fe63}\u{feff}\u{ff02}\u{ff07}\u{ff0b}\
    \u{ff0d}\u{ff0f}\u{ff1d}\u{ff40}\u{fffd}";

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn what_is_written_is_read_back() {
        let special = SPECIAL.chars();
        for character in ('\0'..='\u{7f}').chain(special) {
            let json = format!("\"{}\"", written(character).unwrap());
            assert_eq!(serde_json::from_str::<String>(&json).unwrap(), character.to_string());
        }
        assert_eq!(written('é'), None);
    }

    #[test]
    fn look_alikes_are_other_characters() {
        assert_eq!(Class::of('А'), Class::LookAlike(b'A'));
        assert_eq!(Class::of('Ａ'), Class::LookAlike(b'A'));
        assert_eq!(Class::of('ｚ'), Class::LookAlike(b'z'));
        assert_eq!(Class::of('A'), Class::Base64);
    }
}
