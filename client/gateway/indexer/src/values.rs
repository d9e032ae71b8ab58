//! Amounts, accounts, ids and times as the API shows them. Each is a thin wrapper, so that code computes with the value
//! and only serialization makes text of it.

use serde::{Serialize, Serializer};
use sp_core::crypto::{Ss58AddressFormat, Ss58Codec};
use std::fmt;
use tick_stream_primitives::{AccountId, Balance, SessionId};

/// The address format of the network.
pub const SS58_PREFIX: u16 = 42;

/// An amount in planck; a decimal string outside, because JSON numbers end at 2^53.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Planck(pub Balance);

/// A number that may be above 2^53; a decimal string outside.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct BigNumber(pub u64);

/// An account; an SS58 address outside.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Account(pub AccountId);

/// A session's id; `0x` and 32 hex digits outside.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct SessionHex(pub SessionId);

/// A block's hash; `0x` and 64 hex digits outside.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HashHex(pub [u8; 32]);

/// A moment in milliseconds since the Unix epoch; RFC 3339 in UTC outside.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub struct Time(pub u64);

impl fmt::Display for Planck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Display for BigNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_ss58check_with_version(Ss58AddressFormat::custom(SS58_PREFIX)))
    }
}

impl fmt::Display for SessionHex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl fmt::Display for HashHex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "0x{}", hex::encode(self.0))
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = i64::try_from(self.0).unwrap_or(i64::MAX);
        // A moment beyond the year 9999 cannot be written in RFC 3339; the last that can be stands for it.
        let time = jiff::Timestamp::from_millisecond(ms).unwrap_or(jiff::Timestamp::MAX);
        fmt::Display::fmt(&time, f)
    }
}

/// Serializes each as its display.
macro_rules! serialize_as_text {
    ($($name:ident),*) => {
        $(impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        })*
    };
}

serialize_as_text!(Planck, BigNumber, Account, SessionHex, HashHex, Time);
