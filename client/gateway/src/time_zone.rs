//! Days, months and hours of a time zone: where they begin and what they are called.
//!
//! A day has 23 or 25 hours when the clocks change, and in some zones it does not begin at a full hour of UTC. Whatever adds up
//! amounts by day takes its borders from here.

use jiff::{civil::Date, tz::TimeZone, Timestamp, ZonedDateTime};
use std::ops::Range;
use tick_stream_primitives::Moment;

/// Maximum number of characters of the name of a time zone.
const MAX_NAME_CHARS: usize = 64;
/// Maximum number of borders that are computed.
const MAX_BORDERS: usize = 1_501;
const MINUTE_MS: u64 = 60_000;
const HOUR_MS: u64 = 3_600_000;

/// A time zone, a month or a range of time is not valid.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ZoneError {
    /// There is no such time zone.
    #[error("'{0}' is no time zone: write an IANA name such as Asia/Kathmandu")]
    Name(String),
    /// There is no such month.
    #[error("'{0}' is no month: write year and month, such as 2026-11")]
    Month(String),
    /// The range is empty, too long, or beyond the calendar.
    #[error("The range must end after it begins and have at most {} buckets; ask for a shorter one.", MAX_BORDERS - 1)]
    Range,
}

/// Length of a bucket of time.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Unit {
    /// One minute.
    Minute,
    /// One hour of the zone's clock.
    Hour,
    /// One day of the zone.
    Day,
    /// One month of the zone.
    Month,
}

/// A time zone.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Zone(TimeZone);

impl Zone {
    /// Returns the time zone with an IANA name.
    ///
    /// # Errors
    ///
    /// [`ZoneError::Name`] if there is none.
    pub fn named(name: &str) -> Result<Self, ZoneError> {
        let wrong = || ZoneError::Name(name.chars().take(MAX_NAME_CHARS).collect());
        if name.len() > MAX_NAME_CHARS {
            return Err(wrong());
        }
        TimeZone::get(name).map(Self).map_err(|_| wrong())
    }

    /// Returns the beginning of the minute, hour, day or month that a time is in; `None` beyond the calendar.
    pub fn start_of(&self, unit: Unit, at: Moment) -> Option<Moment> {
        match unit {
            Unit::Minute => Some(at - at % MINUTE_MS),
            Unit::Hour => {
                let offset_ms = i64::from(self.at(at)?.offset().seconds()) * 1_000;
                let local = i64::try_from(at).ok()?.checked_add(offset_ms)?;
                u64::try_from(local - local.rem_euclid(HOUR_MS as i64) - offset_ms).ok()
            }
            Unit::Day => self.first_moment(self.at(at)?.date()),
            Unit::Month => self.first_moment(self.at(at)?.date().first_of_month()),
        }
    }

    /// Returns the beginnings of the buckets that overlap a range, and the end of the last one.
    ///
    /// # Errors
    ///
    /// [`ZoneError::Range`].
    pub fn borders(&self, unit: Unit, range: Range<Moment>) -> Result<Vec<Moment>, ZoneError> {
        if range.is_empty() {
            return Err(ZoneError::Range);
        }
        let mut borders = vec![self.start_of(unit, range.start).ok_or(ZoneError::Range)?];
        while let Some(last) = borders.last().copied().filter(|last| *last < range.end) {
            if borders.len() >= MAX_BORDERS {
                return Err(ZoneError::Range);
            }
            borders.push(self.end_of(unit, last).ok_or(ZoneError::Range)?);
        }
        Ok(borders)
    }

    /// Returns the end of the bucket that begins at a time.
    fn end_of(&self, unit: Unit, start: Moment) -> Option<Moment> {
        let end = match unit {
            Unit::Minute => start.checked_add(MINUTE_MS)?,
            // Where clocks change by half an hour, the hours after it begin at another time.
            Unit::Hour => self.start_of(unit, start.checked_add(HOUR_MS)?)?,
            Unit::Day => self.first_moment(self.at(start)?.date().tomorrow().ok()?)?,
            Unit::Month => self.first_moment(self.at(start)?.date().last_of_month().tomorrow().ok()?)?,
        };
        // A day that a zone has left out ends where it begins.
        if end > start {
            Some(end)
        } else {
            self.end_of(Unit::Minute, start)
        }
    }

    /// Returns the range of a month, which is written as `2026-11`.
    ///
    /// # Errors
    ///
    /// [`ZoneError::Month`].
    pub fn month(&self, text: &str) -> Result<Range<Moment>, ZoneError> {
        let wrong = || ZoneError::Month(text.chars().take(20).collect());
        let is_month = text.len() == 7
            && text.bytes().enumerate().all(|(at, byte)| match at {
                4 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        let first: Date = is_month.then(|| format!("{text}-01").parse().ok()).flatten().ok_or_else(wrong)?;
        let start = self.first_moment(first).ok_or_else(wrong)?;
        Ok(start..self.end_of(Unit::Month, start).ok_or_else(wrong)?)
    }

    /// Writes a time as RFC 3339 with the zone's offset, so that it begins with the day in the zone.
    pub fn rfc3339(&self, at: Moment) -> String {
        self.written(at, "%Y-%m-%dT%H:%M:%S%:z")
    }

    /// Returns the name of a bucket: `2026-11-01` for a day, `2026-11` for a month, and the time for shorter ones.
    pub fn label(&self, unit: Unit, at: Moment) -> String {
        match unit {
            Unit::Day => self.written(at, "%Y-%m-%d"),
            Unit::Month => self.written(at, "%Y-%m"),
            Unit::Minute | Unit::Hour => self.rfc3339(at),
        }
    }

    fn written(&self, at: Moment, format: &str) -> String {
        self.at(at).map(|at| at.strftime(format).to_string()).unwrap_or_default()
    }

    fn at(&self, at: Moment) -> Option<ZonedDateTime> {
        let at = Timestamp::from_millisecond(i64::try_from(at).ok()?).ok()?;
        Some(at.to_zoned_datetime(self.0.clone()))
    }

    /// Returns the first moment of a day, which is later than 0:00 where clocks skip midnight.
    fn first_moment(&self, date: Date) -> Option<Moment> {
        let first = date.to_zoned_datetime(self.0.clone()).ok()?.start_of_day().ok()?;
        u64::try_from(first.timestamp().as_millisecond()).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ms(text: &str) -> Moment {
        text.parse::<Timestamp>().unwrap().as_millisecond().try_into().unwrap()
    }

    fn days(zone: &str, from: &str, to: &str) -> Vec<(String, u64)> {
        let zone = Zone::named(zone).unwrap();
        let borders = zone.borders(Unit::Day, ms(from)..ms(to)).unwrap();
        borders.windows(2).map(|two| (zone.label(Unit::Day, two[0]), (two[1] - two[0]) / HOUR_MS)).collect()
    }

    #[test]
    fn label_of_a_day_is_the_day_in_the_zone() {
        for (name, start, label) in [
            ("America/Los_Angeles", "2026-06-10T07:00:00Z", "2026-06-10"),
            ("Asia/Kathmandu", "2026-06-09T18:15:00Z", "2026-06-10"),
            ("UTC", "2026-06-10T00:00:00Z", "2026-06-10"),
        ] {
            let zone = Zone::named(name).unwrap();
            let at = ms(start);
            assert_eq!(zone.start_of(Unit::Day, at), Some(at), "{name}");
            assert_eq!(zone.start_of(Unit::Day, at + 1), Some(at), "{name}");
            assert!(zone.start_of(Unit::Day, at - 1).unwrap() < at, "{name}");
            assert_eq!(zone.label(Unit::Day, at), label, "{name}");
            assert!(zone.rfc3339(at).starts_with(label), "{name}");
        }
        let kathmandu = Zone::named("Asia/Kathmandu").unwrap();
        assert_eq!(kathmandu.rfc3339(ms("2026-06-09T18:15:00Z")), "2026-06-10T00:00:00+05:45");
    }

    #[test]
    fn days_with_a_change_of_clocks_have_23_and_25_hours() {
        let day = |label: &str, hours| (label.to_owned(), hours);
        let spring = days("America/Los_Angeles", "2026-03-07T12:00:00Z", "2026-03-09T12:00:00Z");
        assert_eq!(spring, [day("2026-03-07", 24), day("2026-03-08", 23), day("2026-03-09", 24)]);
        let autumn = days("America/Los_Angeles", "2026-11-01T12:00:00Z", "2026-11-02T12:00:00Z");
        assert_eq!(autumn, [day("2026-11-01", 25), day("2026-11-02", 24)]);
        // Midnight is skipped.
        let santiago = days("America/Santiago", "2026-09-06T12:00:00Z", "2026-09-06T13:00:00Z");
        assert_eq!(santiago, [day("2026-09-06", 23)]);
        // The zone has left out the 30th.
        let apia: Vec<_> = days("Pacific/Apia", "2011-12-29T12:00:00Z", "2011-12-31T12:00:00Z");
        assert!(apia.iter().all(|(label, _)| label != "2011-12-30"), "{apia:?}");
    }

    #[test]
    fn months_begin_and_end_in_the_zone() {
        let zone = Zone::named("Asia/Kathmandu").unwrap();
        assert_eq!(zone.month("2026-11"), Ok(ms("2026-10-31T18:15:00Z")..ms("2026-11-30T18:15:00Z")));
        let borders = zone.borders(Unit::Month, ms("2026-01-15T00:00:00Z")..ms("2026-03-15T00:00:00Z")).unwrap();
        let labels: Vec<_> = borders.iter().map(|at| zone.label(Unit::Month, *at)).collect();
        assert_eq!(labels, ["2026-01", "2026-02", "2026-03", "2026-04"]);
        for odd in ["", "2026", "2026-13", "2026-1", "2026-11-01", "+026-11", "20 6-11"] {
            assert!(zone.month(odd).is_err(), "{odd}");
        }
    }

    #[test]
    fn hours_begin_at_full_hours_of_the_zones_clock() {
        let zone = Zone::named("Asia/Kathmandu").unwrap();
        let borders = zone.borders(Unit::Hour, ms("2026-06-10T00:00:00Z")..ms("2026-06-10T01:00:00Z")).unwrap();
        let expected = ["2026-06-09T23:15:00Z", "2026-06-10T00:15:00Z", "2026-06-10T01:15:00Z"].map(ms);
        assert_eq!(borders, expected);
    }

    #[test]
    fn unknown_zones_and_bad_ranges_are_refused() {
        for odd in ["", "Mars/Olympus", "../../etc/passwd", &"x".repeat(5_000)] {
            assert!(Zone::named(odd).is_err(), "{odd:.20}");
        }
        let zone = Zone::named("UTC").unwrap();
        for range in [5..5, 0..u64::MAX, u64::MAX - 1..u64::MAX, 0..MINUTE_MS * 1_501] {
            assert_eq!(zone.borders(Unit::Minute, range), Err(ZoneError::Range));
        }
        assert_eq!(zone.borders(Unit::Minute, 0..MINUTE_MS * 1_500).map(|borders| borders.len()), Ok(1_501));
    }
}
