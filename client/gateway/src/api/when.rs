//! Times in queries.

use serde::Deserialize;
use tick_stream_primitives::Moment;

/// A time: milliseconds since the Unix epoch, or RFC 3339.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct When(pub Moment);

impl TryFrom<String> for When {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || {
            let text: String = text.chars().take(60).collect();
            format!("'{text}' is no time: write milliseconds since 1970, or a time such as 2026-11-01T00:00:00Z")
        };
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            return text.parse().map(Self).map_err(|_| wrong());
        }
        let at: jiff::Timestamp = text.parse().map_err(|_| wrong())?;
        u64::try_from(at.as_millisecond()).map(Self).map_err(|_| wrong())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_milliseconds_or_rfc3339() {
        let read = |text: &str| When::try_from(text.to_owned()).map(|when| when.0);
        assert_eq!(read("1767225600000"), Ok(1_767_225_600_000));
        assert_eq!(read("2026-01-01T00:00:00Z"), Ok(1_767_225_600_000));
        assert_eq!(read("2026-01-01T05:45:00+05:45"), Ok(1_767_225_600_000));
        for odd in ["", "-1", "yesterday", "1969-12-31T00:00:00Z", "99999999999999999999999"] {
            assert!(read(odd).is_err(), "{odd}");
        }
    }
}
