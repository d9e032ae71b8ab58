//! Publish keys: who may send video for a stream.
//!
//! A key is random, shown once, and kept only as its SHA-256: 160 random bits need no slow hash, and no salt.

mod file;
pub(crate) mod guesses;
#[cfg(test)]
mod tests;

use file::{KeyFile, Keys, Record};
use guesses::Guesses;
use parking_lot::Mutex;
use rand::{rngs::OsRng, RngCore};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    fmt, io,
    net::IpAddr,
    path::PathBuf,
    str::FromStr,
    time::{Instant, SystemTime, UNIX_EPOCH},
};
use subtle::ConstantTimeEq;
use thiserror::Error;

/// The random bytes of a key. As hexadecimal digits they are 40 characters, which SRT takes as a passphrase (10 to 79).
pub const KEY_BYTES: usize = 20;

/// The longest text that is looked at as a key.
const MAX_KEY_CHARS: usize = 128;

/// What the store holds at most, and how many wrong keys are listened to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct KeyLimits {
    pub max_keys: usize,
    /// One each for the studio, the phone and the spare; and one more while they are rotated.
    pub max_keys_per_stream: usize,
    /// Wrong keys from one address (IPv6: one /64) within the window; after that even the right one is refused.
    pub max_failures: u32,
    pub failure_window_ms: u64,
    /// Addresses whose failures are remembered; the oldest are forgotten.
    pub max_addresses: usize,
}

impl Default for KeyLimits {
    fn default() -> Self {
        Self {
            max_keys: 10_000,
            max_keys_per_stream: 4,
            max_failures: 10,
            failure_window_ms: 60_000,
            max_addresses: 10_000,
        }
    }
}

/// Names a key, and is no secret.
#[derive(Clone, Copy, Default, Debug, PartialEq, Eq, Hash)]
pub struct KeyId([u8; 6]);

impl fmt::Display for KeyId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// A text that is no key's id.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("a publish key's id is 12 hexadecimal digits")]
pub struct NoKeyId;

impl FromStr for KeyId {
    type Err = NoKeyId;

    fn from_str(text: &str) -> Result<Self, NoKeyId> {
        let mut id = [0; 6];
        hex::decode_to_slice(text, &mut id).map_err(|_| NoKeyId)?;
        Ok(Self(id))
    }
}

/// A key in clear: what the creator is shown once.
#[derive(Clone, PartialEq, Eq)]
pub struct PublishKey(String);

impl PublishKey {
    fn random() -> Self {
        let mut bytes = [0; KEY_BYTES];
        OsRng.fill_bytes(&mut bytes);
        Self(hex::encode(bytes))
    }

    /// To be shown to the creator, and to nobody else.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What goes into the field "stream key" of OBS.
    pub fn stream_key(&self, stream: u64) -> String {
        format!("{stream}-{}", self.0)
    }
}

impl fmt::Debug for PublishKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PublishKey(…)")
    }
}

/// What may be known of a key later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyInfo {
    pub id: KeyId,
    /// Milliseconds since 1970.
    pub created_at_ms: u64,
    /// When a publisher was last let in by it.
    pub last_used_ms: Option<u64>,
}

/// The store does not do what it was asked.
#[derive(Debug, Error)]
pub enum KeyStoreError {
    #[error("the stream has {0} publish keys, the most there may be; revoke one that is not needed")]
    TooMany(usize),
    #[error("the stream has no such publish key; list its keys")]
    Missing,
    #[error(
        "the gateway holds as many publish keys as it may ({0}); revoke one that is not needed, or raise `max_keys`"
    )]
    Full(usize),
    #[error("{path} cannot be read or written: {source}; check that it is this user's and that the disk is not full")]
    Io { path: PathBuf, source: io::Error },
    #[error("{path} is no file of publish keys: {why}; put back a good copy, or remove it and give new keys")]
    Damaged { path: PathBuf, why: String },
}

/// A publisher's key is not taken.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum KeyRefusal {
    /// The same words for a stream without a key: who guesses learns nothing.
    #[error("the publish key is not this stream's; copy it again from the stream's settings, or rotate it")]
    Wrong,
    #[error("too many wrong publish keys came from this address; try again in {retry_after_s} s")]
    TooManyFailures { retry_after_s: u64 },
    #[error("no stream and key were found; use the stream key `<stream id>-<publish key>`")]
    Malformed,
}

/// All publish keys of a gateway. Changes are on the disk (fsynced) when the call returns, so call them where blocking is
/// allowed; [`Self::check`] touches memory only.
#[derive(Debug)]
pub struct PublishKeys {
    limits: KeyLimits,
    store: Mutex<Store>,
    guesses: Mutex<Guesses>,
}

#[derive(Debug)]
struct Store {
    file: KeyFile,
    keys: Keys,
}

impl PublishKeys {
    /// Reads the file, if there is one.
    pub fn open(path: impl Into<PathBuf>, limits: KeyLimits) -> Result<Self, KeyStoreError> {
        let file = KeyFile::new(path.into());
        let keys = file.read(limits.max_keys)?;
        Ok(Self { limits, store: Mutex::new(Store { file, keys }), guesses: Mutex::new(Guesses::new(limits)) })
    }

    /// A new key, beside those that the stream has. To rotate a key is to make another and revoke the old one.
    pub fn create(&self, stream: u64) -> Result<(KeyId, PublishKey), KeyStoreError> {
        let mut store = self.store.lock();
        let mut keys = store.keys.clone();
        if keys.values().map(Vec::len).sum::<usize>() >= self.limits.max_keys {
            return Err(KeyStoreError::Full(self.limits.max_keys));
        }
        let of_stream = keys.entry(stream).or_default();
        if of_stream.len() >= self.limits.max_keys_per_stream {
            return Err(KeyStoreError::TooMany(self.limits.max_keys_per_stream));
        }
        let (mut id, key) = (KeyId::default(), PublishKey::random());
        OsRng.fill_bytes(&mut id.0);
        of_stream.push(Record { id, hash: hash(key.reveal()), created_at_ms: now_ms(), last_used_ms: None });
        store.replace(keys)?;
        Ok((id, key))
    }

    /// Takes the key away. A publisher that is connected stays: [`crate::Ingest::revoke`] sends it away as well.
    pub fn revoke(&self, stream: u64, id: KeyId) -> Result<(), KeyStoreError> {
        let mut store = self.store.lock();
        let mut keys = store.keys.clone();
        let of_stream = keys.get_mut(&stream).ok_or(KeyStoreError::Missing)?;
        let place = of_stream.iter().position(|record| record.id == id).ok_or(KeyStoreError::Missing)?;
        of_stream.remove(place);
        if of_stream.is_empty() {
            keys.remove(&stream);
        }
        store.replace(keys)
    }

    /// A stream's keys, oldest first.
    pub fn list(&self, stream: u64) -> Vec<KeyInfo> {
        let store = self.store.lock();
        let info = |record: &Record| KeyInfo {
            id: record.id,
            created_at_ms: record.created_at_ms,
            last_used_ms: record.last_used_ms,
        };
        store.keys.get(&stream).into_iter().flatten().map(info).collect()
    }

    /// Which of the stream's keys `candidate` is. A failure is counted against `peer`.
    pub fn check(&self, stream: u64, candidate: &str, peer: IpAddr) -> Result<KeyId, KeyRefusal> {
        let now = Instant::now();
        self.guesses.lock().admit(peer, now)?;
        let found = self.find(stream, candidate);
        if found.is_none() {
            self.guesses.lock().failed(peer, now);
        }
        found.ok_or(KeyRefusal::Wrong)
    }

    /// The same, for what has been checked before: nothing is counted.
    pub(crate) fn holds(&self, stream: u64, key: &str) -> bool {
        self.find(stream, key).is_some()
    }

    /// A publisher was let in by it. That this is written down is not worth refusing the publisher for.
    pub(crate) fn note_use(&self, stream: u64, id: KeyId) {
        let mut store = self.store.lock();
        let mut keys = store.keys.clone();
        let Some(record) = keys.get_mut(&stream).and_then(|keys| keys.iter_mut().find(|record| record.id == id)) else {
            return;
        };
        record.last_used_ms = Some(now_ms());
        if let Err(error) = store.replace(keys) {
            tracing::warn!(stream, %error, "the use of a publish key was not written down");
        }
    }

    /// All keys are compared, and a stream without any as if it had one, so that the time it takes tells nothing.
    fn find(&self, stream: u64, candidate: &str) -> Option<KeyId> {
        let is_short_enough = candidate.len() <= MAX_KEY_CHARS;
        let shown = hash(if is_short_enough { candidate } else { "" });
        let store = self.store.lock();
        let known = store.keys.get(&stream).map(Vec::as_slice).unwrap_or_default();
        if known.is_empty() {
            // What comes of it is of no interest: no hash is all zeros.
            let _ = bool::from(shown.ct_eq(&[0; 32]));
        }
        let mut found = None;
        for record in known {
            if bool::from(shown.ct_eq(&record.hash)) {
                found = Some(record.id);
            }
        }
        found.filter(|_| is_short_enough)
    }
}

impl Store {
    /// The disk first: what a caller was told must be there after a crash.
    fn replace(&mut self, keys: Keys) -> Result<(), KeyStoreError> {
        self.file.write(&keys)?;
        self.keys = keys;
        Ok(())
    }
}

fn hash(key: &str) -> [u8; 32] {
    Sha256::digest(key.as_bytes()).into()
}

fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}
