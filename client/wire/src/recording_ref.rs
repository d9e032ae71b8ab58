//! How recordings are named in addresses and bodies.

use serde::{de, Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, str::FromStr};

/// Maximum number of digits of a token.
const MAX_TOKEN_DIGITS: usize = 64;

/// A recording of a stream: its number, and the token of an unlisted one. Without the token, an unlisted recording is given to its
/// creator only. Written `7`, or `7-0123456789abcdef0123456789abcdef`.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RecordingRef {
    /// Number among the broadcasts of its stream.
    pub number: u64,
    /// Token, in lower-case hexadecimal digits.
    pub token: Option<String>,
}

/// The text names no recording.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("write the number of a recording, with the token after a hyphen if it is unlisted: 7, or 7-0123456789abcdef0123456789abcdef")]
pub struct NotARecording;

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for RecordingRef {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Type};
        let of = |kind| ObjectBuilder::new().schema_type(kind);
        OneOfBuilder::new().item(of(Type::Integer)).item(of(Type::String)).into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for RecordingRef {}

impl From<u64> for RecordingRef {
    fn from(number: u64) -> Self {
        Self { number, token: None }
    }
}

/// A token is as secret as the recording is unlisted.
impl fmt::Debug for RecordingRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rest = if self.token.is_some() { "-…" } else { "" };
        write!(f, "{}{rest}", self.number)
    }
}

impl fmt::Display for RecordingRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.token {
            Some(token) => write!(f, "{}-{token}", self.number),
            None => self.number.fmt(f),
        }
    }
}

impl FromStr for RecordingRef {
    type Err = NotARecording;

    fn from_str(text: &str) -> Result<Self, NotARecording> {
        let (number, token) = match text.split_once('-') {
            Some((number, token)) => (number, Some(token)),
            None => (text, None),
        };
        let is_token = |token: &str| {
            (1..=MAX_TOKEN_DIGITS).contains(&token.len())
                && token.bytes().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f'))
        };
        let is_valid = number.bytes().all(|digit| digit.is_ascii_digit()) && token.is_none_or(is_token);
        let number = number.parse().ok().filter(|_| is_valid).ok_or(NotARecording)?;
        Ok(Self { number, token: token.map(str::to_owned) })
    }
}

/// A number where there is no token, as before there were tokens.
impl Serialize for RecordingRef {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.token {
            Some(_) => serializer.collect_str(self),
            None => serializer.serialize_u64(self.number),
        }
    }
}

impl<'de> Deserialize<'de> for RecordingRef {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RecordingVisitor)
    }
}

struct RecordingVisitor;

impl de::Visitor<'_> for RecordingVisitor {
    type Value = RecordingRef;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the number of a recording")
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<RecordingRef, E> {
        Ok(number.into())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<RecordingRef, E> {
        text.parse().map_err(E::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recording_is_named_by_its_number_and_an_unlisted_one_by_its_token_too() {
        let public: RecordingRef = "7".parse().unwrap();
        assert_eq!((public.number, public.to_string().as_str()), (7, "7"));
        let unlisted: RecordingRef = "7-00ff".parse().unwrap();
        assert_eq!((unlisted.token.as_deref(), unlisted.to_string().as_str()), (Some("00ff"), "7-00ff"));
        assert!(!format!("{unlisted:?}").contains("00ff"), "the token is in no log");
        for odd in ["", "-", "7-", "-7", "+7", "7-x", "7-FF", "7-0-0", " 7", &format!("7-{}", "0".repeat(65))] {
            assert_eq!(odd.parse::<RecordingRef>(), Err(NotARecording), "{odd:?}");
        }
    }

    #[test]
    fn json_is_a_number_or_a_text() {
        for json in ["7", "\"7-00ff\""] {
            let read: RecordingRef = serde_json::from_str(json).unwrap();
            assert_eq!(serde_json::to_string(&read).unwrap(), json);
        }
        assert!(serde_json::from_str::<RecordingRef>("-1").is_err());
        assert!(serde_json::from_str::<RecordingRef>("\"live\"").is_err());
    }
}
