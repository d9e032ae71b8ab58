//! The data folder: what this machine keeps between commands. Its files are readable by their owner only.
//!
//! | path | contents |
//! | --- | --- |
//! | `key` | phrase of the wallet |
//! | `session-keys/GENESIS/ACCOUNT.json` | session key of this machine for the deposit of ACCOUNT on the chain GENESIS |
//! | `sessions/GENESIS/SESSION.json` | open session: ticket, seed, and number of revealed ticks |
//! | `publish-keys/GATEWAY/STREAM.json` | publish key of STREAM at GATEWAY |
//! | `uploads/GATEWAY/STREAM-FILE.json` | upload to STREAM that is not finished; FILE is a hash |

use serde::{Deserialize, Serialize};
use sp_crypto_hashing::twox_128;
use std::{
    fs,
    io::ErrorKind,
    path::{Path, PathBuf},
};
use tick_stream_primitives::{AccountId, GenesisHash, StreamId};
use url::Url;
use vilokanam_terminal::{wallet, CommandError};
use vilokanam_viewer::files::{read_json, write_json, FileError};
use vilokanam_wire::{creator::NewPublishKey, Account};

/// Session key in the data folder.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredSessionKey {
    /// Account whose deposit the key spends.
    pub viewer: Account,
    /// Account of the key, by which the chain knows it.
    pub session_key: Account,
    /// Secret: 32 bytes in hex.
    pub seed: String,
}

/// Data folder.
#[derive(Clone, Debug)]
pub struct DataDir(PathBuf);

impl DataDir {
    /// Uses this folder. It need not exist.
    pub fn new(folder: PathBuf) -> Self {
        Self(folder)
    }

    /// Returns the place of the wallet's phrase.
    pub fn key_file(&self) -> PathBuf {
        wallet::key_file(&self.0)
    }

    fn session_keys(&self, genesis: &GenesisHash) -> PathBuf {
        self.0.join("session-keys").join(hex::encode(genesis))
    }

    /// Reads the session key of `viewer`, if there is one.
    pub fn session_key(
        &self,
        genesis: &GenesisHash,
        viewer: &AccountId,
    ) -> Result<Option<StoredSessionKey>, FileError> {
        read_json(&self.session_keys(genesis).join(format!("{}.json", Account(viewer.clone()))))
    }

    /// Reads all session keys for a chain.
    pub fn all_session_keys(&self, genesis: &GenesisHash) -> Result<Vec<StoredSessionKey>, FileError> {
        let folder = self.session_keys(genesis);
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(FileError::Read { path: folder, source }),
        };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
        paths.sort();
        Ok(paths.iter().map(|path| read_json(path)).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    /// Saves a session key. Returns its path.
    pub fn put_session_key(&self, genesis: &GenesisHash, key: &StoredSessionKey) -> Result<PathBuf, FileError> {
        let path = self.session_keys(genesis).join(format!("{}.json", key.viewer));
        write_json(&path, key).map(|()| path)
    }

    /// Returns the folder of the open sessions on a chain.
    pub fn sessions(&self, genesis: &GenesisHash) -> PathBuf {
        self.0.join("sessions").join(hex::encode(genesis))
    }

    /// Reads the publish key of `stream` at `gateway`, if there is one.
    pub fn publish_key(&self, gateway: &Url, stream: StreamId) -> Result<Option<NewPublishKey>, FileError> {
        read_json(&self.publish_key_path(gateway, stream))
    }

    /// Saves a publish key. Returns its path.
    pub fn put_publish_key(&self, gateway: &Url, stream: StreamId, key: &NewPublishKey) -> Result<PathBuf, FileError> {
        let path = self.publish_key_path(gateway, stream);
        write_json(&path, key).map(|()| path)
    }

    /// Removes a publish key, if it is the one that was saved.
    pub fn remove_publish_key(&self, gateway: &Url, stream: StreamId, key_id: &str) -> Result<(), CommandError> {
        let is_saved = self.publish_key(gateway, stream)?.is_some_and(|saved| saved.id == key_id);
        let path = self.publish_key_path(gateway, stream);
        if is_saved {
            fs::remove_file(&path).map_err(|error| CommandError::path("remove", &path, error))?;
        }
        Ok(())
    }

    fn publish_key_path(&self, gateway: &Url, stream: StreamId) -> PathBuf {
        self.0.join("publish-keys").join(folder_name(gateway)).join(format!("{stream}.json"))
    }

    /// Returns where it is saved that an upload has begun. `identity` tells its file from others.
    pub fn upload_path(&self, gateway: &Url, stream: StreamId, identity: &str) -> PathBuf {
        let file = hex::encode(twox_128(identity.as_bytes()));
        self.0.join("uploads").join(folder_name(gateway)).join(format!("{stream}-{file}.json"))
    }
}

/// Name of the folder for a gateway.
fn folder_name(gateway: &Url) -> String {
    let host = gateway.host_str().unwrap_or("unknown").replace(['[', ']', ':'], "-");
    let port = gateway.port_or_known_default().unwrap_or_default();
    format!("{host}_{port}")
}

/// Reads a publish key from a file, as `vilokanam stream key create --json` writes it.
pub fn read_publish_key(path: &Path) -> Result<NewPublishKey, CommandError> {
    read_json(path)?.ok_or_else(|| CommandError::path("read", path, "it does not exist"))
}

#[cfg(test)]
mod tests;
