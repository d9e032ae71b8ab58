//! The file of publish keys: JSON that is replaced as a whole, so that it is never half written.

use super::{
    error::KeyStoreError,
    key::{KeyId, Owner},
};
use crate::{config::KeyLimits, private_file};
use serde::{Deserialize, Serialize};
use std::{
    collections::BTreeMap,
    fs::File,
    io::{self, Read},
    path::PathBuf,
};

const VERSION: u32 = 1;

/// Maximum size of a record in the file: two ids, a hash and an owner of 64 digits, two times, and the field names.
const MAX_RECORD_BYTES: u64 = 400;

/// What is stored about a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub id: KeyId,
    pub hash: [u8; 32],
    /// The owner of the stream; keys of older versions have none.
    pub owner: Option<Owner>,
    pub created_at_ms: u64,
    pub last_used_ms: Option<u64>,
}

impl Record {
    /// Whether the key was not used for as long as a key may be.
    pub fn has_expired(&self, limits: &KeyLimits, now_ms: u64) -> bool {
        let (since_ms, most_ms) = match self.last_used_ms {
            Some(used_ms) => (used_ms, limits.max_idle_ms),
            None => (self.created_at_ms, limits.max_unused_ms),
        };
        now_ms.saturating_sub(since_ms) > most_ms
    }
}

/// Keys by stream.
pub(super) type Keys = BTreeMap<u64, Vec<Record>>;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contents {
    version: u32,
    keys: Vec<Line>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    /// A decimal string, because other readers lose bits of JSON numbers above 2^53.
    stream: String,
    id: String,
    sha256: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    owner: Option<String>,
    created_at_ms: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_used_ms: Option<u64>,
}

/// The file.
#[derive(Debug)]
pub(super) struct KeyFile {
    path: PathBuf,
}

impl KeyFile {
    pub fn new(path: PathBuf) -> Self {
        Self { path }
    }

    /// Reads the keys. A missing file has no keys.
    pub fn read(&self, max_keys: usize) -> Result<Keys, KeyStoreError> {
        let file = match File::open(&self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Keys::new()),
            Err(error) => return Err(self.io(error)),
        };
        let max_bytes = (max_keys as u64 + 1) * MAX_RECORD_BYTES;
        let mut text = String::new();
        let read = file.take(max_bytes + 1).read_to_string(&mut text).map_err(|error| self.io(error))?;
        if read as u64 > max_bytes {
            return Err(self.damaged(format!("it is larger than {max_keys} keys can be")));
        }
        let contents: Contents = serde_json::from_str(&text).map_err(|error| self.damaged(error.to_string()))?;
        if contents.version != VERSION {
            return Err(self.damaged(format!("its version is {}, not {VERSION}", contents.version)));
        }
        let mut keys = Keys::new();
        for line in &contents.keys {
            let (stream, record) = self.parse(line)?;
            keys.entry(stream).or_default().push(record);
        }
        Ok(keys)
    }

    pub fn write(&self, keys: &Keys) -> Result<(), KeyStoreError> {
        let all = keys.iter().flat_map(|(stream, records)| records.iter().map(move |record| (stream, record)));
        let lines = all.map(|(stream, record)| Line {
            stream: stream.to_string(),
            id: record.id.to_string(),
            sha256: hex::encode(record.hash),
            owner: record.owner.map(hex::encode),
            created_at_ms: record.created_at_ms,
            last_used_ms: record.last_used_ms,
        });
        let contents = Contents { version: VERSION, keys: lines.collect() };
        let text = serde_json::to_vec(&contents).map_err(|error| self.damaged(error.to_string()))?;
        private_file::replace(&self.path, &text).map_err(|error| self.io(error))
    }

    fn parse(&self, line: &Line) -> Result<(u64, Record), KeyStoreError> {
        let stream = line.stream.parse().map_err(|_| self.damaged(format!("{:?} is not a stream id", line.stream)))?;
        let id = line.id.parse().map_err(|_| self.damaged(format!("{:?} is not the id of a key", line.id)))?;
        let mut hash = [0; 32];
        hex::decode_to_slice(&line.sha256, &mut hash)
            .map_err(|error| self.damaged(format!("a hash of stream {stream} is not valid: {error}")))?;
        let owner = line.owner.as_deref().map(|digits| {
            let mut owner = [0; 32];
            hex::decode_to_slice(digits, &mut owner).map(|()| owner)
        });
        let owner = owner
            .transpose()
            .map_err(|error| self.damaged(format!("an owner of stream {stream} is not valid: {error}")))?;
        let Line { created_at_ms, last_used_ms, .. } = *line;
        Ok((stream, Record { id, hash, owner, created_at_ms, last_used_ms }))
    }

    fn io(&self, source: io::Error) -> KeyStoreError {
        KeyStoreError::Io { path: self.path.clone(), source }
    }

    fn damaged(&self, why: String) -> KeyStoreError {
        KeyStoreError::Damaged { path: self.path.clone(), why }
    }
}
