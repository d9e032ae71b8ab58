//! Publish keys, which admit publishers to a stream.
//!
//! A key is random and shown once. The store has only its hash.

mod error;
mod failures;
mod file;
mod key;
#[cfg(test)]
mod tests;

pub use error::{KeyRefusal, KeyStoreError};
pub use key::{KeyId, KeyInfo, Owner, ParseKeyIdError, PublishKey};

use crate::{clock::unix_ms, config::KeyLimits};
use failures::Failures;
use file::{KeyFile, Keys, Record};
use key::hash;
use parking_lot::Mutex;
use std::{net::IpAddr, path::PathBuf};
use subtle::ConstantTimeEq;
use tokio::time::Instant;

/// Maximum length of a text that is checked as a key.
const MAX_KEY_CHARS: usize = 128;

/// All publish keys of a gateway. A call that changes them returns when the change is on the disk (fsync), so it must
/// be made where blocking is allowed; [`Self::check`] does not block.
#[derive(Debug)]
pub struct PublishKeys {
    limits: KeyLimits,
    store: Mutex<Store>,
    failures: Mutex<Failures>,
}

#[derive(Debug)]
struct Store {
    file: KeyFile,
    keys: Keys,
}

impl PublishKeys {
    /// Reads the keys from a file. A missing file has no keys.
    ///
    /// # Errors
    ///
    /// The file cannot be read, or is damaged.
    pub fn open(path: impl Into<PathBuf>, limits: KeyLimits) -> Result<Self, KeyStoreError> {
        let file = KeyFile::new(path.into());
        let keys = file.read(limits.max_keys)?;
        Ok(Self { limits, store: Mutex::new(Store { file, keys }), failures: Mutex::new(Failures::new(limits)) })
    }

    /// Creates another key of a stream. To rotate a key, create one and revoke the old one.
    ///
    /// # Errors
    ///
    /// The stream or the store has its maximum number of keys, or the file cannot be written.
    pub fn create(&self, stream: u64) -> Result<(KeyId, PublishKey), KeyStoreError> {
        self.create_for(stream, None)
    }

    /// Creates another key of a stream, which counts among the keys of its owner.
    ///
    /// # Errors
    ///
    /// The stream, its owner or the store has the maximum number of keys, or the file cannot be written.
    pub fn create_for(&self, stream: u64, owner: Option<Owner>) -> Result<(KeyId, PublishKey), KeyStoreError> {
        let mut store = self.store.lock();
        let mut keys = store.keys.clone();
        let is_owners = |record: &&Record| owner.is_some() && record.owner == owner;
        if keys.values().flatten().filter(is_owners).count() >= self.limits.max_keys_per_owner {
            return Err(KeyStoreError::TooManyOfOwner(self.limits.max_keys_per_owner));
        }
        if keys.values().map(Vec::len).sum::<usize>() >= self.limits.max_keys {
            return Err(KeyStoreError::Full(self.limits.max_keys));
        }
        let of_stream = keys.entry(stream).or_default();
        if of_stream.len() >= self.limits.max_keys_per_stream {
            return Err(KeyStoreError::TooMany(self.limits.max_keys_per_stream));
        }
        let (id, key) = (KeyId::random(), PublishKey::random());
        let (hash, created_at_ms) = (hash(key.reveal()), unix_ms());
        of_stream.push(Record { id, hash, owner, created_at_ms, last_used_ms: None });
        store.replace(keys)?;
        Ok((id, key))
    }

    /// Revokes a key. A publisher that is connected stays connected; [`crate::Ingest::revoke`] disconnects it as well.
    ///
    /// # Errors
    ///
    /// The stream has no such key, or the file cannot be written.
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

    /// Removes the keys of streams that have ended, and those that were not used for as long as [`KeyLimits`] says. Returns how
    /// many they were.
    ///
    /// # Errors
    ///
    /// The file cannot be written; then no key is removed.
    pub fn remove_unneeded(&self, has_ended: impl Fn(u64) -> bool, now_ms: u64) -> Result<usize, KeyStoreError> {
        let mut store = self.store.lock();
        let mut keys = store.keys.clone();
        let count = |keys: &Keys| keys.values().map(Vec::len).sum::<usize>();
        let before = count(&keys);
        keys.retain(|stream, records| {
            records.retain(|record| !record.has_expired(&self.limits, now_ms));
            !records.is_empty() && !has_ended(*stream)
        });
        let removed = before - count(&keys);
        if removed > 0 {
            store.replace(keys)?;
        }
        Ok(removed)
    }

    /// The streams that have keys, in order.
    pub fn streams(&self) -> Vec<u64> {
        self.store.lock().keys.keys().copied().collect()
    }

    /// The keys of a stream, oldest first.
    pub fn list(&self, stream: u64) -> Vec<KeyInfo> {
        let store = self.store.lock();
        let info = |record: &Record| KeyInfo {
            id: record.id,
            created_at_ms: record.created_at_ms,
            last_used_ms: record.last_used_ms,
        };
        store.keys.get(&stream).into_iter().flatten().map(info).collect()
    }

    /// Checks a key that came from `peer`, and returns its id. The case of its letters and blanks around it do not
    /// matter. A valid key is accepted even after wrong keys from the same address, where other publishers may be.
    ///
    /// # Errors
    ///
    /// The key is not valid for the stream, which counts against the address. After too many such keys the error names
    /// a time to wait, for encoders that try again and again.
    pub fn check(&self, stream: u64, candidate: &str, peer: IpAddr) -> Result<KeyId, KeyRefusal> {
        if let Some(id) = self.find(stream, candidate) {
            return Ok(id);
        }
        Err(self.failures.lock().add(peer, Instant::now()))
    }

    /// The id of a key that was valid before, if it still is. A wrong key does not count.
    pub(crate) fn id_of(&self, stream: u64, key: &str) -> Option<KeyId> {
        self.find(stream, key)
    }

    /// Records that a publisher was admitted with a key. An error is only logged, because it is no reason to refuse the
    /// publisher.
    pub(crate) fn record_use(&self, stream: u64, id: KeyId) {
        let mut store = self.store.lock();
        let mut keys = store.keys.clone();
        let Some(record) = keys.get_mut(&stream).and_then(|keys| keys.iter_mut().find(|record| record.id == id)) else {
            return;
        };
        record.last_used_ms = Some(unix_ms());
        if let Err(error) = store.replace(keys) {
            tracing::warn!(stream, %error, "the use of a publish key could not be recorded");
        }
    }

    /// Finds a key in constant time: all keys of the stream are compared, and a stream without keys takes as long as
    /// one with a key.
    fn find(&self, stream: u64, candidate: &str) -> Option<KeyId> {
        let is_short_enough = candidate.len() <= MAX_KEY_CHARS;
        let candidate = candidate.trim().to_ascii_lowercase();
        let candidate_hash = hash(if is_short_enough { &candidate } else { "" });
        let store = self.store.lock();
        let known = store.keys.get(&stream).map(Vec::as_slice).unwrap_or_default();
        if known.is_empty() {
            // The result does not matter: no hash is all zeros.
            let _ = bool::from(candidate_hash.ct_eq(&[0; 32]));
        }
        let mut found = None;
        for record in known {
            if bool::from(candidate_hash.ct_eq(&record.hash)) {
                found = Some(record.id);
            }
        }
        found.filter(|_| is_short_enough)
    }
}

impl Store {
    /// Replaces the keys, first on the disk: a change that a caller knows of must survive a crash.
    fn replace(&mut self, keys: Keys) -> Result<(), KeyStoreError> {
        self.file.write(&keys)?;
        self.keys = keys;
        Ok(())
    }
}
