//! Amounts, accounts, ids and times as JSON and URLs write them.

use serde_with::{DeserializeFromStr, SerializeDisplay};
use sp_core::crypto::Ss58Codec;
use std::{fmt, str::FromStr};
use tick_stream_primitives::{AccountId, Balance, Moment, SessionId, StreamId};

/// Why a scalar could not be read.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ScalarError {
    /// The text is no account.
    #[error("'{0}' is not an account: give an SS58 address or 32 bytes in hex with 0x")]
    Account(String),
    /// The text is no session id.
    #[error("'{0}' is not a session: give 16 bytes in hex with 0x")]
    Session(String),
    /// The text is no whole number.
    #[error("'{0}' is not a whole number of 0 or more in decimal digits")]
    Number(String),
    /// The text is not that many bytes.
    #[error("'{text}' is not {bytes} bytes in hex with 0x")]
    Bytes {
        /// The text, cut off after 140 characters.
        text: String,
        /// The number of bytes expected.
        bytes: usize,
    },
}

/// Reads exactly `N` bytes from hex with `0x`.
pub fn bytes_from_hex<const N: usize>(text: &str) -> Result<[u8; N], ScalarError> {
    let wrong = || ScalarError::Bytes { text: text.chars().take(140).collect(), bytes: N };
    let digits = text.strip_prefix("0x").ok_or_else(wrong)?;
    let mut bytes = [0; N];
    hex::decode_to_slice(digits, &mut bytes).map_err(|_| wrong())?;
    Ok(bytes)
}

/// Writes bytes as hex with `0x`.
pub fn bytes_to_hex(bytes: impl AsRef<[u8]>) -> String {
    format!("0x{}", hex::encode(bytes))
}

/// Writes a moment as RFC 3339 in UTC. A moment beyond the year 9999, which RFC 3339 cannot express, is written as the last
/// one that it can.
pub fn rfc3339(moment: Moment) -> String {
    let ms = i64::try_from(moment).unwrap_or(i64::MAX);
    jiff::Timestamp::from_millisecond(ms).unwrap_or(jiff::Timestamp::MAX).to_string()
}

/// Reads a moment that [`rfc3339`] has written. `None` for another text, and for one before 1970.
pub fn from_rfc3339(text: &str) -> Option<Moment> {
    let timestamp: jiff::Timestamp = text.parse().ok()?;
    u64::try_from(timestamp.as_millisecond()).ok()
}

macro_rules! scalar {
    ($(#[$doc:meta])* $name:ident($inner:ty), $example:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, SerializeDisplay, DeserializeFromStr)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "openapi", schema(value_type = String, example = $example))]
        pub struct $name(pub $inner);

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl From<$inner> for $name {
            fn from(inner: $inner) -> Self {
                Self(inner)
            }
        }
    };
}

scalar!(
    /// An amount in planck (10^-12 VLK), as decimal digits.
    Planck(Balance),
    "2000000000"
);
scalar!(
    /// An account, as SS58 with prefix 42; hex is read as well.
    Account(AccountId),
    "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"
);
scalar!(
    /// A session id, as 16 bytes in hex.
    SessionRef(SessionId),
    "0x00112233445566778899aabbccddeeff"
);
scalar!(
    /// The number of a stream, as decimal digits.
    StreamRef(StreamId),
    "0"
);

impl Copy for Planck {}
impl Copy for SessionRef {}
impl Copy for StreamRef {}

impl fmt::Display for Planck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for StreamRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for SessionRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_ss58check())
    }
}

/// Reads digits only; `parse` alone would accept a sign.
fn number<N: FromStr>(text: &str) -> Result<N, ScalarError> {
    let wrong = || ScalarError::Number(text.chars().take(60).collect());
    let is_plain = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_plain).ok_or_else(wrong)
}

impl FromStr for Planck {
    type Err = ScalarError;
    fn from_str(text: &str) -> Result<Self, ScalarError> {
        number(text).map(Self)
    }
}

impl FromStr for StreamRef {
    type Err = ScalarError;
    fn from_str(text: &str) -> Result<Self, ScalarError> {
        number(text).map(Self)
    }
}

impl FromStr for SessionRef {
    type Err = ScalarError;
    fn from_str(text: &str) -> Result<Self, ScalarError> {
        let bytes = bytes_from_hex(text).map_err(|_| ScalarError::Session(text.chars().take(60).collect()))?;
        Ok(Self(SessionId(bytes)))
    }
}

impl FromStr for Account {
    type Err = ScalarError;
    fn from_str(text: &str) -> Result<Self, ScalarError> {
        if let Ok(bytes) = bytes_from_hex::<32>(text) {
            return Ok(Self(bytes.into()));
        }
        let account = AccountId::from_ss58check(text);
        account.map(Self).map_err(|_| ScalarError::Account(text.chars().take(80).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip<S: FromStr<Err = ScalarError> + fmt::Display>(text: &str) {
        assert_eq!(text.parse::<S>().map(|scalar| scalar.to_string()), Ok(text.to_owned()));
    }

    #[test]
    fn moments_are_written_as_rfc3339() {
        assert_eq!(rfc3339(1_767_225_600_000), "2026-01-01T00:00:00Z");
        assert_eq!(rfc3339(1_500), "1970-01-01T00:00:01.5Z");
        assert!(rfc3339(u64::MAX).starts_with("9999-12-3"));
        assert_eq!(from_rfc3339(&rfc3339(1_500)), Some(1_500));
        assert_eq!(from_rfc3339("1969-12-31T23:59:59Z"), None);
        assert_eq!(from_rfc3339("soon"), None);
    }

    #[test]
    fn scalars_are_written_as_they_are_read() {
        round_trip::<Planck>("340282366920938463463374607431768211455");
        round_trip::<StreamRef>("18446744073709551615");
        round_trip::<SessionRef>("0x00112233445566778899aabbccddeeff");
        round_trip::<Account>("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY");
        let alice = "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d".parse::<Account>();
        assert_eq!(
            alice.map(|alice| alice.to_string()).ok().as_deref(),
            Some("5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY")
        );
    }

    #[test]
    fn malformed_scalars_are_refused() {
        for text in ["", "-1", "+1", "1e3", "0x10", "340282366920938463463374607431768211456"] {
            assert!(text.parse::<Planck>().is_err(), "{text}");
        }
        for text in ["", "0x", "00112233445566778899aabbccddeeff", "0x00112233445566778899aabbccddeef"] {
            assert!(text.parse::<SessionRef>().is_err(), "{text}");
        }
        for text in ["", "Alice", "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQZ"] {
            assert!(text.parse::<Account>().is_err(), "{text}");
        }
    }
}
