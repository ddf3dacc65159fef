//! The dates of a certificate (RFC 5280 section 4.1.2.5).

use crate::der::Element;
use crate::internal_fault::OrFault;
use crate::timestamp::Timestamp;
use crate::x509::der::{GENERALIZED_TIME, UTC_TIME};

/// A date, and whether it is written in a form that the service's reader takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Time {
    pub(super) at: Timestamp,
    /// Go wants seconds (in UTCTime it does without), no fractions, and `Z` where the offset is
    /// zero. RFC 5280 allows `Z` alone; other offsets are read all the same.
    pub(super) is_as_go_reads: bool,
}

/// Reads a UTCTime or GeneralizedTime; `None` when it says no date.
pub(super) fn read(element: Element<'_>) -> Option<Time> {
    let mut text = Digits(element.content);
    let (year, may_lack_seconds) = match element.tag {
        // RFC 5280 section 4.1.2.5.1: 50 to 99 are of the twentieth century.
        UTC_TIME => text.two().map(|year| (if year >= 50 { 1900 + year } else { 2000 + year }, true))?,
        GENERALIZED_TIME => (text.two()? * 100 + text.two()?, false),
        _ => return None,
    };
    let (month, day, hour, minute) = (text.two()?, text.two()?, text.two()?, text.two()?);
    let seconds = text.two();
    let has_fraction = text.skip_fraction();
    let (offset, is_usual) = match text.0 {
        b"Z" => (0, true),
        b"" => (0, false),
        [sign @ (b'+' | b'-'), digits @ ..] => {
            let mut digits = Digits(digits);
            let (hours, minutes) = (digits.two()?, digits.two());
            if !digits.0.is_empty() || hours > 24 || minutes.is_some_and(|minutes| minutes > 59) {
                return None;
            }
            let offset = i64::from(hours * 60 + minutes.unwrap_or(0)) * 60;
            (if *sign == b'-' { -offset } else { offset }, offset != 0 && minutes.is_some())
        }
        _ => return None,
    };
    let local = Timestamp::from_civil(year, month, day, hour, minute, seconds.unwrap_or(0))?;
    Some(Time {
        at: local.minus(offset),
        is_as_go_reads: is_usual && !has_fraction && (seconds.is_some() || may_lack_seconds),
    })
}

struct Digits<'a>(&'a [u8]);

impl Digits<'_> {
    fn two(&mut self) -> Option<u16> {
        let [tens @ b'0'..=b'9', ones @ b'0'..=b'9', rest @ ..] = self.0 else { return None };
        self.0 = rest;
        Some(u16::from(tens - b'0') * 10 + u16::from(ones - b'0'))
    }

    fn skip_fraction(&mut self) -> bool {
        let [b'.' | b',', rest @ ..] = self.0 else { return false };
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        self.0 = rest.get(digits..).or_fault();
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utc(text: &str) -> Option<(String, bool)> {
        time(UTC_TIME, text)
    }

    fn generalized(text: &str) -> Option<(String, bool)> {
        time(GENERALIZED_TIME, text)
    }

    fn time(tag: u8, text: &str) -> Option<(String, bool)> {
        let element = Element { tag, content: text.as_bytes(), whole: &[] };
        read(element).map(|time| (time.at.rfc3339(), time.is_as_go_reads))
    }

    #[test]
    fn centuries_of_utc_time() {
        assert_eq!(utc("491231235959Z"), Some(("2049-12-31T23:59:59Z".to_owned(), true)));
        assert_eq!(utc("500101000000Z"), Some(("1950-01-01T00:00:00Z".to_owned(), true)));
        assert_eq!(utc("000229120000Z"), Some(("2000-02-29T12:00:00Z".to_owned(), true)));
        assert_eq!(utc("500229120000Z"), None, "1950 was no leap year");
    }

    #[test]
    fn seconds_fractions_and_offsets() {
        assert_eq!(utc("2606010000Z"), Some(("2026-06-01T00:00:00Z".to_owned(), true)));
        assert_eq!(generalized("202606010000Z"), Some(("2026-06-01T00:00:00Z".to_owned(), false)));
        assert_eq!(utc("260601080000+0800"), Some(("2026-06-01T00:00:00Z".to_owned(), true)));
        assert_eq!(utc("260531193000-0430"), Some(("2026-06-01T00:00:00Z".to_owned(), true)));
        assert_eq!(utc("260601000000+0000"), Some(("2026-06-01T00:00:00Z".to_owned(), false)));
        assert_eq!(generalized("20600101000000.5Z"), Some(("2060-01-01T00:00:00Z".to_owned(), false)));
        assert_eq!(generalized("20600101000000"), Some(("2060-01-01T00:00:00Z".to_owned(), false)));
    }

    #[test]
    fn what_is_no_date() {
        for text in [
            "",
            "Z",
            "261301000000Z",
            "260230000000Z",
            "260601240000Z",
            "260601006000Z",
            "26060100000Z",
            "260601000060Z",
            "2606010000000Z",
            "260601000000z",
            "260601000000+080",
            "２６0601000000Z",
        ] {
            assert_eq!(utc(text), None, "{text}");
        }
    }

    #[test]
    fn the_ends_of_time_do_not_overflow() {
        assert_eq!(generalized("99991231235959Z"), Some(("9999-12-31T23:59:59Z".to_owned(), true)));
        assert_eq!(generalized("99991231235959-1200"), Some(("9999-12-31T23:59:59Z".to_owned(), true)));
        assert_eq!(generalized("00000101000000+1200"), Some(("0000-01-01T00:00:00Z".to_owned(), true)));
    }
}
