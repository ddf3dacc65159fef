//! Points in time, as certificates and the API write them. The clock itself is read by `cli`.

use time::format_description::well_known::Rfc3339;
use time::{Date, Month, OffsetDateTime, UtcOffset};

/// Seconds since 1970-01-01T00:00:00Z, without leap seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The last second before a signed 32-bit clock overflows: 2038-01-19T03:14:07Z.
    pub const END_OF_32_BITS: Self = Self(i32::MAX as i64);
    /// 0000-01-01T00:00:00Z
    const FIRST: Self = Self(-62_167_219_200);
    /// 9999-12-31T23:59:59Z
    const LAST: Self = Self(253_402_300_799);
    /// A day.
    pub const SECONDS_PER_DAY: i64 = 86_400;

    /// From seconds since the epoch, of the years 0 to 9999; `None` beyond.
    #[must_use]
    pub fn from_unix(seconds: i64) -> Option<Self> {
        OffsetDateTime::from_unix_timestamp(seconds)
            .ok()
            .filter(|time| time.year() >= 0)
            .map(|_| Self(seconds))
    }

    /// From a date and a time of day in UTC, of the years 0 to 9999; `None` when there is no such.
    #[must_use]
    pub fn from_civil(year: u16, month: u16, day: u16, hour: u16, minute: u16, second: u16) -> Option<Self> {
        let small = |number: u16| u8::try_from(number).ok();
        let month = Month::try_from(small(month)?).ok()?;
        let date = Date::from_calendar_date(year.into(), month, small(day)?).ok()?;
        let time = date.with_hms(small(hour)?, small(minute)?, small(second)?).ok()?;
        Self::from_unix(time.assume_utc().unix_timestamp())
    }

    /// So many seconds before; where that leaves the years 0 to 9999, their first or last second.
    #[must_use]
    pub fn minus(self, seconds: i64) -> Self {
        Self(self.0.saturating_sub(seconds).clamp(Self::FIRST.0, Self::LAST.0))
    }

    /// Reads RFC 3339; fractions of a second are dropped.
    #[must_use]
    pub fn from_rfc3339(text: &str) -> Option<Self> {
        OffsetDateTime::parse(text, &Rfc3339).ok().and_then(|time| Self::from_unix(time.unix_timestamp()))
    }

    /// Seconds since the epoch.
    #[must_use]
    pub const fn unix(self) -> i64 {
        self.0
    }

    /// `YYYY-MM-DDThh:mm:ssZ`, as the API writes it.
    #[must_use]
    pub fn rfc3339(self) -> String {
        self.date_time().map_or_else(String::new, |time| {
            format!(
                "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
                time.year(),
                u8::from(time.month()),
                time.day(),
                time.hour(),
                time.minute(),
                time.second()
            )
        })
    }

    /// `YYYY-MM-DD`, in UTC.
    #[must_use]
    pub fn date(self) -> String {
        self.date_time().map_or_else(String::new, |time| {
            format!("{:04}-{:02}-{:02}", time.year(), u8::from(time.month()), time.day())
        })
    }

    /// Whole days from `earlier` to here, rounded down.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i64 {
        (self.0 - earlier.0).div_euclid(Self::SECONDS_PER_DAY)
    }

    fn date_time(self) -> Option<OffsetDateTime> {
        OffsetDateTime::from_unix_timestamp(self.0).ok().map(|time| time.to_offset(UtcOffset::UTC))
    }
}
