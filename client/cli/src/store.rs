//! The data folder: what this machine keeps between commands. Everything in it is readable by its owner only.
//!
//! | path | what it is |
//! | --- | --- |
//! | `key` | the wallet's phrase |
//! | `session-keys/GENESIS/ACCOUNT.json` | the session key that ACCOUNT lends on the chain GENESIS |
//! | `sessions/GENESIS/SESSION.json` | an open session: ticket, seed, and the highest tick let go of |
//! | `publish-keys/GATEWAY/STREAM.json` | the publish key of STREAM at GATEWAY |

use crate::error::{self, CliError};
use serde::{de::DeserializeOwned, Deserialize, Serialize};
use std::{
    fs,
    io::{ErrorKind, Write},
    path::{Path, PathBuf},
};
use tick_stream_primitives::{AccountId, GenesisHash, StreamId};
use url::Url;
use vilokanam_wire::{creator::NewPublishKey, Account};

/// The longest secret file that is read.
const MAX_FILE_BYTES: u64 = 64 * 1024;

/// A session key as it is kept.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredSessionKey {
    /// Whose deposit it spends.
    pub viewer: Account,
    /// Its own account: what the chain knows it by.
    pub session_key: Account,
    /// 32 bytes in hex: the secret.
    pub seed: String,
}

/// The data folder.
#[derive(Clone, Debug)]
pub struct DataDir(PathBuf);

impl DataDir {
    /// The folder named, or this user's.
    pub fn new(named: Option<PathBuf>) -> Result<Self, CliError> {
        let own = || directories::ProjectDirs::from("org", "vilokanam", "vilokanam");
        let found = named.or_else(|| own().map(|dirs| dirs.data_dir().to_path_buf()));
        found
            .map(Self)
            .ok_or_else(|| CliError::failed("this user has no home folder", "Name a folder with --data-dir."))
    }

    /// Where the wallet's phrase is unless it is named.
    pub fn key_file(&self) -> PathBuf {
        self.0.join("key")
    }

    fn session_keys(&self, genesis: &GenesisHash) -> PathBuf {
        self.0.join("session-keys").join(hex::encode(genesis))
    }

    /// The session key of `viewer`, if one is kept.
    pub fn session_key(&self, genesis: &GenesisHash, viewer: &AccountId) -> Result<Option<StoredSessionKey>, CliError> {
        read_json(&self.session_keys(genesis).join(format!("{}.json", Account(viewer.clone()))))
    }

    /// All session keys kept for a chain.
    pub fn all_session_keys(&self, genesis: &GenesisHash) -> Result<Vec<StoredSessionKey>, CliError> {
        let folder = self.session_keys(genesis);
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error::file("read", &folder, error)),
        };
        let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "json"));
        paths.sort();
        Ok(paths.iter().map(|path| read_json(path)).collect::<Result<Vec<_>, _>>()?.into_iter().flatten().collect())
    }

    /// Keeps a session key.
    pub fn put_session_key(&self, genesis: &GenesisHash, key: &StoredSessionKey) -> Result<PathBuf, CliError> {
        let path = self.session_keys(genesis).join(format!("{}.json", key.viewer));
        write_json(&path, key).map(|()| path)
    }

    /// Where open sessions on a chain are kept.
    pub fn sessions(&self, genesis: &GenesisHash) -> PathBuf {
        self.0.join("sessions").join(hex::encode(genesis))
    }

    /// The publish key of `stream` at `gateway`, if one is kept.
    pub fn publish_key(&self, gateway: &Url, stream: StreamId) -> Result<Option<NewPublishKey>, CliError> {
        read_json(&self.publish_key_path(gateway, stream))
    }

    /// Keeps a publish key.
    pub fn put_publish_key(&self, gateway: &Url, stream: StreamId, key: &NewPublishKey) -> Result<PathBuf, CliError> {
        let path = self.publish_key_path(gateway, stream);
        write_json(&path, key).map(|()| path)
    }

    /// Forgets a publish key, if it is the one that is kept.
    pub fn forget_publish_key(&self, gateway: &Url, stream: StreamId, key_id: &str) -> Result<(), CliError> {
        let is_kept = self.publish_key(gateway, stream)?.is_some_and(|kept| kept.id == key_id);
        let path = self.publish_key_path(gateway, stream);
        if is_kept {
            fs::remove_file(&path).map_err(|error| error::file("remove", &path, error))?;
        }
        Ok(())
    }

    fn publish_key_path(&self, gateway: &Url, stream: StreamId) -> PathBuf {
        let host = gateway.host_str().unwrap_or("unknown").replace(['[', ']', ':'], "-");
        let port = gateway.port_or_known_default().unwrap_or_default();
        self.0.join("publish-keys").join(format!("{host}_{port}")).join(format!("{stream}.json"))
    }
}

/// Reads a small text file.
pub fn read_text(path: &Path) -> Result<String, CliError> {
    let length = fs::metadata(path).map_err(|error| error::file("read", path, error))?.len();
    if length > MAX_FILE_BYTES {
        return Err(error::file("read", path, format!("it is larger than {MAX_FILE_BYTES} bytes")));
    }
    fs::read_to_string(path).map_err(|error| error::file("read", path, error))
}

/// Reads a JSON file, if there is one.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, CliError> {
    if !path.exists() {
        return Ok(None);
    }
    serde_json::from_str(&read_text(path)?).map(Some).map_err(|error| error::file("understand", path, error))
}

/// Writes a JSON file that only its owner may read.
pub fn write_json(path: &Path, value: &impl Serialize) -> Result<(), CliError> {
    let text = serde_json::to_string_pretty(value).map_err(|error| error::file("write", path, error))?;
    write_private(path, &text)
}

/// Writes a file that only its owner may read: whole, or not at all.
pub fn write_private(path: &Path, text: &str) -> Result<(), CliError> {
    let failed = |error: std::io::Error| error::file("write", path, error);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    make_private_folder(folder).map_err(failed)?;
    // Temporary files are made with mode 0600, and a rename keeps it.
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    file.write_all(text.as_bytes()).map_err(failed)?;
    file.as_file().sync_all().map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

#[cfg(unix)]
fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn make_private_folder(folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(test)]
mod tests;
