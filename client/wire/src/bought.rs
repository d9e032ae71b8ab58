//! Keys that a viewer has bought in earlier sessions: how a device proves that they are its viewer's.
//!
//! A device signs with one of the viewer's session keys, or with the wallet's key. The signature names the gateway, so that no
//! other gateway can use it, what is asked for, and a time, after which it is worthless. One that gives more than keys, which are the
//! same each time, is accepted once.

use crate::scalars::{Account, StreamRef};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Largest number of keys in one request.
pub const MAX_KEYS: u32 = 1_024;
/// Largest difference between the time of signing and the gateway's clock, in milliseconds.
pub const MAX_AGE_MS: u64 = 60_000;

const DOMAIN: &str = "vilokanam/bought/v1";

/// Which keys a signature asks for.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// Keys from `first` on.
    Keys {
        /// Index of the first key.
        first: u64,
        /// Number of keys.
        count: u32,
    },
    /// The list of all that were bought.
    All,
    /// A recording as a file.
    Download {
        /// Number of the recording.
        recording: u64,
    },
    /// A clip.
    Clip,
}

impl Wanted {
    /// Whether a signature is accepted once. The same keys and the same list tell nothing new to those who have seen the answer.
    pub fn is_once(self) -> bool {
        matches!(self, Self::Download { .. } | Self::Clip)
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Keys { first, count } => write!(f, "{first}+{count}"),
            Self::All => f.write_str("all"),
            Self::Download { recording } => write!(f, "of recording {recording}, for a download"),
            Self::Clip => f.write_str("of a clip"),
        }
    }
}

/// Returns the text that a device signs, readable in a wallet. Wallets wrap it in `<Bytes>…</Bytes>`; the gateway accepts both
/// forms.
pub fn message(gateway: &Account, stream: StreamRef, wanted: Wanted, time_ms: u64) -> Vec<u8> {
    format!("{DOMAIN}\ngateway {gateway}\nstream {stream}\nkeys {wanted}\ntime {time_ms}").into_bytes()
}

/// Body of `POST /v1/streams/{id}/keys/bought`. The answer is 16 bytes for each key, in order of their indices.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BoughtKeysRequest {
    /// Account that paid.
    pub viewer: Account,
    /// Session key of that account, or the account itself.
    pub session_key: Account,
    /// Index of the first key.
    pub first: u64,
    /// Number of keys, at most [`MAX_KEYS`].
    pub count: u32,
    /// Time of signing in milliseconds since the Unix epoch.
    pub time_ms: u64,
    /// Signature of [`message`] by `session_key`: a SCALE-encoded `MultiSignature` in hex.
    pub signature: String,
}

/// Keys of a stream that a viewer has bought, `GET /v1/streams/{id}/bought`.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BoughtKeys {
    /// Ranges in ascending order, which neither overlap nor touch.
    pub ranges: Vec<BoughtKeyRange>,
}

/// A range of keys.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BoughtKeyRange {
    /// Index of the first key.
    pub first: u64,
    /// Index of the last key.
    pub last: u64,
}

#[cfg(test)]
mod tests {
    use super::*;
    use tick_stream_primitives::AccountId;

    #[test]
    fn signed_text_names_gateway_stream_keys_and_time() {
        let gateway = Account(AccountId::new([1; 32]));
        let text = |wanted| String::from_utf8(message(&gateway, StreamRef(7), wanted, 1_800_000_000_000)).unwrap();
        let expected = format!("vilokanam/bought/v1\ngateway {gateway}\nstream 7\nkeys 10+64\ntime 1800000000000");
        assert_eq!(text(Wanted::Keys { first: 10, count: 64 }), expected);
        assert!(text(Wanted::All).contains("\nkeys all\n"));
        assert!(text(Wanted::Download { recording: 3 }).contains("\nkeys of recording 3, for a download\n"));
        assert!(text(Wanted::Clip).contains("\nkeys of a clip\n"));
    }
}
