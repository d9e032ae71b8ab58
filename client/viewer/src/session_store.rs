//! Open sessions on disk. A viewer that was interrupted resumes its session instead of paying for another.
//!
//! Two files belong to a session. The first holds what is needed to resume it, and is replaced as a whole *before* a tick is
//! revealed. The second is a lock, held for as long as a process pays with the session: two processes that paid with the same
//! session would each reveal ticks that the other has paid for already.

use crate::files::{read_json, write_json, FileError};
use std::{
    fs::{self, File, OpenOptions},
    path::{Path, PathBuf},
};
use tick_stream_primitives::{AccountId, GenesisHash, StreamId};
use vilokanam_chain::{KeptWatch, Watch};

/// Maximum number of files that are searched for a session to resume.
const MAX_FILES: usize = 1_000;

/// Reason why a session cannot be saved or resumed.
#[derive(Debug, thiserror::Error)]
pub enum SessionStoreError {
    /// A file cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// Another process holds the lock of a session that has just been opened.
    #[error("another program pays with this session")]
    InUse,
}

/// Saved sessions of one session key for one stream at one gateway.
#[derive(Clone, Debug)]
pub struct SessionStore {
    /// Folder of the session files. Sessions of other keys, streams and gateways may be in it as well.
    pub folder: PathBuf,
    /// Genesis hash of the chain.
    pub genesis: GenesisHash,
    /// Account whose deposit pays.
    pub viewer: AccountId,
    /// Account of the session key.
    pub session_key: AccountId,
    /// Account of the gateway.
    pub gateway: AccountId,
    /// Stream.
    pub stream: StreamId,
}

/// Session that was found in a [`SessionStore`].
pub struct SavedSession {
    /// Ticket and tick chain.
    pub watch: Watch,
    /// Highest tick that was revealed.
    pub revealed_ticks: u32,
    /// Lock that keeps other processes from paying with the session.
    pub lock: SessionLock,
}

/// Exclusive right of this process to pay with a saved session. Dropping it gives the right up and keeps the file.
#[derive(Debug)]
pub struct SessionLock {
    path: PathBuf,
    /// Locked for as long as it is open.
    _file: File,
}

impl SessionStore {
    /// Saves a session that has just been opened.
    ///
    /// # Errors
    ///
    /// When the file cannot be written, or another process pays with the session.
    pub fn save(&self, watch: &Watch) -> Result<SessionLock, SessionStoreError> {
        let path = self.folder.join(format!("{}.json", hex::encode(watch.session.0)));
        write_json(&path, &watch.to_kept(0))?;
        SessionLock::acquire(path)?.ok_or(SessionStoreError::InUse)
    }

    /// Finds the sessions that this process can resume, and locks them. Sessions in use by other processes are left out.
    ///
    /// # Errors
    ///
    /// When a file cannot be read, or is damaged.
    pub fn load(&self) -> Result<Vec<SavedSession>, SessionStoreError> {
        let Ok(entries) = fs::read_dir(&self.folder) else { return Ok(Vec::new()) };
        let paths = entries.take(MAX_FILES).flatten().map(|entry| entry.path());
        let mut found = Vec::new();
        for path in paths.filter(|path| path.extension().is_some_and(|extension| extension == "json")) {
            // Locked before it is read: another process may still be changing it.
            let Some(lock) = SessionLock::acquire(path.clone())? else { continue };
            let Some(kept) = read_json::<KeptWatch>(&path)? else { continue };
            let damaged = |reason: String| FileError::Damaged { path: path.clone(), reason };
            let watch = kept.restore(&self.genesis).map_err(|error| damaged(error.to_string()))?;
            if self.matches(&watch) {
                found.push(SavedSession { watch, revealed_ticks: kept.revealed_ticks(), lock });
            }
        }
        Ok(found)
    }

    fn matches(&self, watch: &Watch) -> bool {
        let ticket = &watch.ticket.ticket;
        let key = (&ticket.viewer, &ticket.session_key);
        key == (&self.viewer, &self.session_key) && (&ticket.gateway, ticket.stream) == (&self.gateway, self.stream)
    }
}

impl SessionLock {
    /// Returns `None` when another process holds the lock.
    fn acquire(path: PathBuf) -> Result<Option<Self>, FileError> {
        let lock = lock_path(&path);
        let file = OpenOptions::new().create(true).append(true).open(&lock).map_err(FileError::write(&lock))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { path, _file: file })),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(FileError::write(&lock)(error)),
        }
    }

    /// Saves the number of revealed ticks. Has to be called before a proof leaves this process.
    ///
    /// # Errors
    ///
    /// When the file cannot be written. The ticks must not be revealed then.
    pub fn record(&self, watch: &Watch, revealed_ticks: u32) -> Result<(), SessionStoreError> {
        Ok(write_json(&self.path, &watch.to_kept(revealed_ticks))?)
    }

    /// Removes a session that is closed. A file that cannot be removed is found to be closed the next time.
    pub fn remove(self) {
        let _ = fs::remove_file(&self.path);
        let _ = fs::remove_file(lock_path(&self.path));
    }
}

fn lock_path(path: &Path) -> PathBuf {
    path.with_extension("lock")
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;
    use vilokanam_chain::{Order, Signer, Viewer};

    const GENESIS: GenesisHash = [4; 32];

    fn store(folder: &TempDir, stream: StreamId) -> SessionStore {
        let account = Signer::from_uri("//Alice").unwrap().account();
        let folder = folder.path().join("sessions");
        let (viewer, session_key) = (account.clone(), account.clone());
        SessionStore { folder, genesis: GENESIS, viewer, session_key, gateway: account, stream }
    }

    fn watch(store: &SessionStore, nonce: u64) -> Watch {
        let key = Signer::from_uri("//Alice").unwrap();
        let order = Order {
            stream: store.stream,
            gateway: store.gateway.clone(),
            price_per_tick: 5,
            max_ticks: 20,
            expires_at: 100,
        };
        Viewer::new(key.account(), key, nonce, GENESIS).ticket(&order)
    }

    #[test]
    fn saved_session_is_found_with_its_revealed_ticks() {
        let folder = TempDir::new().unwrap();
        let store = store(&folder, 3);
        assert!(store.load().unwrap().is_empty(), "nothing has been saved");
        let watch = watch(&store, 0);
        let lock = store.save(&watch).unwrap();
        lock.record(&watch, 8).unwrap();
        assert!(store.load().unwrap().is_empty(), "the session is in use");
        drop(lock);
        let mut found = store.load().unwrap();
        let saved = found.pop().unwrap();
        assert_eq!((saved.watch.session, saved.revealed_ticks, found.len()), (watch.session, 8, 0));
        saved.lock.remove();
        assert!(store.load().unwrap().is_empty(), "the session was removed");
    }

    #[test]
    fn sessions_of_other_streams_and_keys_are_left_out() {
        let folder = TempDir::new().unwrap();
        let (one, other) = (store(&folder, 3), store(&folder, 4));
        drop(one.save(&watch(&one, 0)).unwrap());
        assert!(other.load().unwrap().is_empty());
        assert_eq!(one.load().unwrap().len(), 1);
        let gift = SessionStore { session_key: AccountId::from([9; 32]), ..one };
        assert!(gift.load().unwrap().is_empty(), "a session of another key spends from another allowance");
    }

    #[test]
    fn damaged_file_is_named_in_the_error() {
        let folder = TempDir::new().unwrap();
        let store = store(&folder, 3);
        fs::create_dir_all(&store.folder).unwrap();
        fs::write(store.folder.join("00.json"), "{}").unwrap();
        let error = store.load().err().unwrap().to_string();
        assert!(error.contains("00.json"), "{error}");
    }
}
