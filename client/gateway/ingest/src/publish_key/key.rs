//! Publish keys and their ids.

use rand::{rngs::OsRng, RngCore};
use sha2::{Digest, Sha256};
use std::{fmt, str::FromStr};
use thiserror::Error;

/// Number of random bytes of a key. Written as 40 hexadecimal digits, a key is a valid passphrase of SRT (10 to 79 characters).
pub const KEY_BYTES: usize = 20;

/// Identifies a publish key. It is not secret.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq, Hash)]
pub struct KeyId([u8; 6]);

impl KeyId {
    pub(super) fn random() -> Self {
        let mut id = [0; 6];
        OsRng.fill_bytes(&mut id);
        Self(id)
    }
}

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// A text that is not the id of a key.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the id of a publish key is 12 hexadecimal digits; copy it from the list of keys")]
pub struct ParseKeyIdError;

impl FromStr for KeyId {
    type Err = ParseKeyIdError;

    fn from_str(text: &str) -> Result<Self, ParseKeyIdError> {
        let mut id = [0; 6];
        hex::decode_to_slice(text, &mut id).map_err(|_| ParseKeyIdError)?;
        Ok(Self(id))
    }
}

/// Identifies the owner of streams: the bytes of an account.
pub type Owner = [u8; 32];

/// A publish key in clear, as shown once to the creator.
#[derive(Clone, PartialEq, Eq)]
pub struct PublishKey(String);

impl PublishKey {
    /// Number of hexadecimal digits of a key.
    pub const DIGITS: usize = 2 * KEY_BYTES;

    pub(super) fn random() -> Self {
        let mut bytes = [0; KEY_BYTES];
        OsRng.fill_bytes(&mut bytes);
        Self(hex::encode(bytes))
    }

    /// The key, to be shown to the creator only.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// Value of the field "stream key" of OBS.
    pub fn stream_key(&self, stream: u64) -> String {
        format!("{stream}-{}", self.0)
    }
}

impl fmt::Debug for PublishKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublishKey(…)")
    }
}

/// What is known about a key after it was created.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyInfo {
    /// Id of the key.
    pub id: KeyId,
    /// Time of creation, in milliseconds since 1970.
    pub created_at_ms: u64,
    /// Time at which a publisher was last admitted with it, in milliseconds since 1970.
    pub last_used_ms: Option<u64>,
}

/// SHA-256 of a key. A key has 160 random bits, so it needs neither a slow hash nor a salt.
pub(super) fn hash(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}
