//! Publish keys: what an encoder shows to be let in. Kept as hashes, in one file that is replaced whole.

use rand::RngCore;
use serde::{Deserialize, Serialize};
use sp_crypto_hashing::blake2_256;
use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    fs::{self, File},
    io::{self, Write},
    net::IpAddr,
    path::{Path, PathBuf},
};
use tick_stream_primitives::StreamId;
use vilokanam_wire::creator::PublishKeyInfo;

/// Keys of one stream; an encoder each for the studio, the phone and the spare.
pub const MAX_KEYS_PER_STREAM: usize = 4;
/// Streams with keys.
pub const MAX_STREAMS: usize = 100_000;
/// Wrong keys of one address in [`GUESS_WINDOW_MS`], after which it has to wait.
pub const MAX_GUESSES: u32 = 10;
/// How long a wrong key is remembered.
pub const GUESS_WINDOW_MS: u64 = 60_000;
/// Addresses whose wrong keys are remembered; the oldest is forgotten first.
const MAX_GUESSERS: usize = 10_000;

/// Why a key was not made, or not taken.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("the stream has {MAX_KEYS_PER_STREAM} publish keys, the most there may be; revoke one first")]
    TooMany,
    #[error("{MAX_STREAMS} streams have publish keys here, the most there may be; use another gateway")]
    TooManyStreams,
    #[error("the stream has no such publish key")]
    Unknown,
    #[error("the publish key is wrong, or was revoked; copy it anew from the stream's page")]
    Wrong,
    #[error("too many wrong publish keys from this address; wait a minute")]
    TooManyGuesses,
    #[error("{}: {error}; see that it can be written", path.display())]
    Io { path: PathBuf, error: io::Error },
    #[error("{} is damaged ({why}); restore it from a copy, or remove it and make new publish keys", path.display())]
    Damaged { path: PathBuf, why: String },
}

/// A key, without its secret.
#[derive(Clone, Serialize, Deserialize)]
struct Kept {
    id: String,
    hash: String,
    created_ms: u64,
    last_used_ms: Option<u64>,
}

/// All publish keys.
pub struct PublishKeys {
    path: PathBuf,
    by_stream: BTreeMap<StreamId, Vec<Kept>>,
    guesses: HashMap<IpAddr, (u32, u64)>,
    guessers: VecDeque<IpAddr>,
}

impl PublishKeys {
    /// Reads the file, if there is one.
    pub fn open(path: &Path) -> Result<Self, KeyError> {
        let by_stream = match fs::read(path) {
            Ok(bytes) => serde_json::from_slice(&bytes)
                .map_err(|error| KeyError::Damaged { path: path.into(), why: error.to_string() })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => BTreeMap::new(),
            Err(error) => return Err(KeyError::Io { path: path.into(), error }),
        };
        Ok(Self { path: path.into(), by_stream, guesses: HashMap::new(), guessers: VecDeque::new() })
    }

    /// Makes a key; returns its id and its secret, which is kept nowhere.
    pub fn create(&mut self, stream: StreamId, now_ms: u64) -> Result<(String, String), KeyError> {
        if self.by_stream.len() >= MAX_STREAMS && !self.by_stream.contains_key(&stream) {
            return Err(KeyError::TooManyStreams);
        }
        let keys = self.by_stream.entry(stream).or_default();
        if keys.len() >= MAX_KEYS_PER_STREAM {
            return Err(KeyError::TooMany);
        }
        let (mut id, mut secret) = ([0; 6], [0; 20]);
        rand::rngs::OsRng.fill_bytes(&mut id);
        rand::rngs::OsRng.fill_bytes(&mut secret);
        let (id, secret) = (hex::encode(id), hex::encode(secret));
        keys.push(Kept { id: id.clone(), hash: hash(&secret), created_ms: now_ms, last_used_ms: None });
        self.save()?;
        Ok((id, secret))
    }

    /// Takes a key away. Returns whether the stream has any left.
    pub fn revoke(&mut self, stream: StreamId, id: &str) -> Result<(), KeyError> {
        let keys = self.by_stream.get_mut(&stream).ok_or(KeyError::Unknown)?;
        let before = keys.len();
        keys.retain(|key| key.id != id);
        if keys.len() == before {
            return Err(KeyError::Unknown);
        }
        self.save()
    }

    /// What may be told of a stream's keys.
    pub fn list(&self, stream: StreamId) -> Vec<PublishKeyInfo> {
        let time = |ms: u64| jiff::Timestamp::from_millisecond(ms as i64).unwrap_or_default().to_string();
        let keys = self.by_stream.get(&stream).into_iter().flatten();
        keys.map(|key| PublishKeyInfo {
            id: key.id.clone(),
            created_at: time(key.created_ms),
            last_used_at: key.last_used_ms.map(time),
        })
        .collect()
    }

    /// Whether `secret` is a key of the stream. Hashes are compared, so that the time it takes tells nothing of the secret.
    pub fn check(&mut self, stream: StreamId, secret: &str, from: IpAddr, now_ms: u64) -> Result<String, KeyError> {
        if self.has_guessed_too_often(from, now_ms) {
            return Err(KeyError::TooManyGuesses);
        }
        let shown = hash(secret);
        let found = self.by_stream.get_mut(&stream).and_then(|keys| keys.iter_mut().find(|key| key.hash == shown));
        let Some(key) = found else {
            self.note_guess(from, now_ms);
            return Err(KeyError::Wrong);
        };
        key.last_used_ms = Some(now_ms);
        let id = key.id.clone();
        self.save()?;
        Ok(id)
    }

    fn has_guessed_too_often(&self, from: IpAddr, now_ms: u64) -> bool {
        let known = self.guesses.get(&from);
        known.is_some_and(|(count, since_ms)| *count >= MAX_GUESSES && now_ms < since_ms + GUESS_WINDOW_MS)
    }

    fn note_guess(&mut self, from: IpAddr, now_ms: u64) {
        if !self.guesses.contains_key(&from) {
            if self.guessers.len() >= MAX_GUESSERS {
                self.guessers.pop_front().map(|oldest| self.guesses.remove(&oldest));
            }
            self.guessers.push_back(from);
        }
        let entry = self.guesses.entry(from).or_insert((0, now_ms));
        if now_ms >= entry.1 + GUESS_WINDOW_MS {
            *entry = (0, now_ms);
        }
        entry.0 += 1;
    }

    /// Writes beside, syncs, renames: the file is there whole, old or new.
    fn save(&self) -> Result<(), KeyError> {
        let wrap = |error| KeyError::Io { path: self.path.clone(), error };
        let bytes = serde_json::to_vec(&self.by_stream).map_err(|error| wrap(error.into()))?;
        let unfinished = self.path.with_extension("new");
        let mut file = File::create(&unfinished).map_err(wrap)?;
        file.write_all(&bytes).and_then(|()| file.sync_all()).map_err(wrap)?;
        fs::rename(&unfinished, &self.path).map_err(wrap)
    }
}

fn hash(secret: &str) -> String {
    hex::encode(blake2_256(&[b"vilokanam/publish-key/v1", secret.as_bytes()].concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HERE: IpAddr = IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);

    fn keys() -> (tempfile::TempDir, PublishKeys) {
        let folder = tempfile::tempdir().unwrap();
        let keys = PublishKeys::open(&folder.path().join("keys.json")).unwrap();
        (folder, keys)
    }

    #[test]
    fn check_works() {
        let (folder, mut keys) = keys();
        let (id, secret) = keys.create(7, 1).unwrap();
        assert_eq!(keys.check(7, &secret, HERE, 2).unwrap(), id);
        let path = folder.path().join("keys.json");
        let mut again = PublishKeys::open(&path).unwrap();
        assert_eq!(again.check(7, &secret, HERE, 3).unwrap(), id, "it survives a restart");
        assert!(!fs::read_to_string(path).unwrap().contains(&secret), "only its hash is kept");
        assert_eq!(again.list(7).len(), 1);
    }

    #[test]
    fn check_wrong_key_fails() {
        let (_folder, mut keys) = keys();
        let (id, secret) = keys.create(7, 1).unwrap();
        assert!(matches!(keys.check(8, &secret, HERE, 2), Err(KeyError::Wrong)), "another stream's");
        keys.revoke(7, &id).unwrap();
        assert!(matches!(keys.check(7, &secret, HERE, 2), Err(KeyError::Wrong)), "revoked");
        assert!(matches!(keys.revoke(7, &id), Err(KeyError::Unknown)));
    }

    #[test]
    fn check_guessing_fails() {
        let (_folder, mut keys) = keys();
        let (_, secret) = keys.create(7, 1).unwrap();
        for _ in 0..MAX_GUESSES {
            assert!(matches!(keys.check(7, "guess", HERE, 2), Err(KeyError::Wrong)));
        }
        assert!(matches!(keys.check(7, &secret, HERE, 3), Err(KeyError::TooManyGuesses)));
        assert!(keys.check(7, &secret, HERE, 3 + GUESS_WINDOW_MS).is_ok());
    }

    #[test]
    fn create_too_many_fails() {
        let (_folder, mut keys) = keys();
        (0..MAX_KEYS_PER_STREAM).for_each(|_| drop(keys.create(7, 1).unwrap()));
        assert!(matches!(keys.create(7, 1), Err(KeyError::TooMany)));
    }
}
