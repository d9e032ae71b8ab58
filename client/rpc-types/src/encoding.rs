//! Adapters for [`serde_with::serde_as`] that write bytes and SCALE values as `0x` and hex digits.
//!
//! [`serde_with::hex::Hex`] writes no prefix, and would refuse one.
//!
//! [`serde_with::hex::Hex`]: https://docs.rs/serde_with/3/serde_with/hex/struct.Hex.html

use codec::{DecodeAll, Encode};
use serde::{de::Error as _, Deserialize, Deserializer, Serializer};
use serde_with::{DeserializeAs, SerializeAs};
use tick_stream_primitives::SessionId;

/// Bytes as `0x` and lower-case hex digits. Reads digits of either case, with or without the prefix.
pub struct PrefixedHex;

impl<const N: usize> SerializeAs<[u8; N]> for PrefixedHex {
    fn serialize_as<S: Serializer>(bytes: &[u8; N], serializer: S) -> Result<S::Ok, S::Error> {
        write_hex(bytes, serializer)
    }
}

impl<'de, const N: usize> DeserializeAs<'de, [u8; N]> for PrefixedHex {
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<[u8; N], D::Error> {
        let bytes = read_hex(deserializer)?;
        let length = bytes.len();
        bytes.try_into().map_err(|_| D::Error::custom(format_args!("{length} bytes instead of {N}")))
    }
}

impl SerializeAs<SessionId> for PrefixedHex {
    fn serialize_as<S: Serializer>(id: &SessionId, serializer: S) -> Result<S::Ok, S::Error> {
        write_hex(&id.0, serializer)
    }
}

impl<'de> DeserializeAs<'de, SessionId> for PrefixedHex {
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<SessionId, D::Error> {
        Self::deserialize_as(deserializer).map(SessionId)
    }
}

/// The SCALE encoding of a value, as [`PrefixedHex`]. Bytes left over after the value are an error.
pub struct ScaleHex;

impl<T: Encode> SerializeAs<T> for ScaleHex {
    fn serialize_as<S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        write_hex(&value.encode(), serializer)
    }
}

impl<'de, T: DecodeAll> DeserializeAs<'de, T> for ScaleHex {
    fn deserialize_as<D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        let bytes = read_hex(deserializer)?;
        // The codec spreads its message over several lines.
        let on_one_line = |error: codec::Error| error.to_string().split_whitespace().collect::<Vec<_>>().join(" ");
        T::decode_all(&mut &bytes[..]).map_err(|error| D::Error::custom(on_one_line(error)))
    }
}

fn write_hex<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format!("0x{}", hex::encode(bytes)))
}

fn read_hex<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    let text = String::deserialize(deserializer)?;
    hex::decode(text.strip_prefix("0x").unwrap_or(&text)).map_err(D::Error::custom)
}
