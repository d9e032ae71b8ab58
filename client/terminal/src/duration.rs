//! Time spans on the command line.

use jiff::SignedDuration;
use std::time::Duration;

/// Parses a time span above zero, such as `30d`, `12h` or `1h 30m`. A fraction of a second is dropped.
///
/// # Errors
///
/// A sentence for the user.
pub fn parse_duration(text: &str) -> Result<Duration, String> {
    let days = text.strip_suffix('d').and_then(|days| days.trim().parse::<i64>().ok());
    let read = match days.and_then(|days| days.checked_mul(24)) {
        Some(hours) => SignedDuration::try_from_hours(hours).ok_or_else(|| "it is too long".to_owned()),
        None => text.parse().map_err(|error: jiff::Error| error.to_string()),
    };
    match read?.as_secs() {
        seconds if seconds > 0 => Ok(Duration::from_secs(seconds.unsigned_abs())),
        _ => Err("it must be at least one second".into()),
    }
}

/// Returns a time span in its two largest units, such as `30d`, `1h 30m` or `0s`.
pub fn in_words(seconds: u64) -> String {
    let units = [(seconds / 86_400, "d"), (seconds / 3_600 % 24, "h"), (seconds / 60 % 60, "m"), (seconds % 60, "s")];
    let Some(first) = units.iter().position(|(number, _)| *number > 0) else { return "0s".into() };
    let shown = units[first..].iter().take(2).filter(|(number, _)| *number > 0);
    shown.map(|(number, unit)| format!("{number}{unit}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_spans_are_written_in_two_units() {
        let cases =
            [(0, "0s"), (59, "59s"), (60, "1m"), (5_400, "1h 30m"), (86_400, "1d"), (90_061, "1d 1h"), (86_401, "1d")];
        for (seconds, text) in cases {
            assert_eq!(in_words(seconds), text);
        }
    }

    #[test]
    fn time_spans_are_parsed() {
        for (text, seconds) in [("30d", 2_592_000), ("12h", 43_200), ("90s", 90), ("1h 30m", 5_400), ("2 d", 172_800)] {
            assert_eq!(parse_duration(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
    }

    #[test]
    fn malformed_time_spans_are_refused() {
        for text in ["", "0s", "500ms", "-5m", "soon", "9223372036854775807d", "5"] {
            assert!(parse_duration(text).is_err(), "{text}");
        }
    }
}
