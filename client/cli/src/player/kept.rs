//! Open sessions on disk: whoever is interrupted goes on with the session that is open, instead of paying for another.
//!
//! A session is kept in two files: what it takes to go on, which is replaced whole whenever a tick is let go of, and a lock,
//! which is held for as long as somebody pays with it. Two programs that paid with one session would each let go of what
//! the other has paid for already.

use crate::{
    error::{self, CliError},
    store::{read_json, write_json},
};
use std::{
    fs::{self, File, OpenOptions},
    path::{Path, PathBuf},
};
use tick_stream_primitives::{AccountId, GenesisHash, StreamId};
use vilokanam_chain::{KeptWatch, Watch};

/// The most files that are looked at for a session to go on with.
const MAX_KEPT: usize = 1_000;

/// The sessions of one viewer for one stream at one gateway.
#[derive(Clone, Debug)]
pub struct Shelf {
    pub folder: PathBuf,
    pub genesis: GenesisHash,
    pub viewer: AccountId,
    pub gateway: AccountId,
    pub stream: StreamId,
}

/// A session that this process has for itself.
#[derive(Debug)]
pub struct Keeper {
    path: PathBuf,
    /// Locked for as long as it is open.
    _lock: File,
}

impl Shelf {
    /// Keeps a session that has just been sold.
    pub fn keep(&self, watch: &Watch) -> Result<Keeper, CliError> {
        let path = self.folder.join(format!("{}.json", hex::encode(watch.session.0)));
        write_json(&path, &watch.to_kept(0))?;
        let taken = || CliError::failed("another program pays with this session", "Stop that one, or watch there.");
        Keeper::lock(path)?.ok_or_else(taken)
    }

    /// Sessions that can be gone on with, as far as this machine knows. Those in use by others are left out.
    pub fn kept(&self) -> Result<Vec<(Watch, u32, Keeper)>, CliError> {
        let Ok(entries) = fs::read_dir(&self.folder) else { return Ok(Vec::new()) };
        let paths = entries.take(MAX_KEPT).flatten().map(|entry| entry.path());
        let mut found = Vec::new();
        for path in paths.filter(|path| path.extension().is_some_and(|extension| extension == "json")) {
            // Locked first: what is read before may be old by the time it is used.
            let Some(keeper) = Keeper::lock(path.clone())? else { continue };
            let Some(kept) = read_json::<KeptWatch>(&path)? else { continue };
            let watch = kept.restore(&self.genesis).map_err(|why| error::file("understand", &path, why))?;
            if self.holds(&watch) {
                found.push((watch, kept.revealed(), keeper));
            }
        }
        Ok(found)
    }

    fn holds(&self, watch: &Watch) -> bool {
        let ticket = &watch.ticket.ticket;
        (&ticket.viewer, &ticket.gateway, ticket.stream) == (&self.viewer, &self.gateway, self.stream)
    }
}

impl Keeper {
    /// Nothing if another process has it.
    fn lock(path: PathBuf) -> Result<Option<Self>, CliError> {
        let lock = lock_path(&path);
        let file = OpenOptions::new().create(true).append(true).open(&lock);
        let file = file.map_err(|why| error::file("write", &lock, why))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { path, _lock: file })),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(why)) => Err(error::file("lock", &lock, why)),
        }
    }

    /// Writes down that ticks are let go of. To be called before anybody is told.
    pub fn reveal(&self, watch: &Watch, revealed: u32) -> Result<(), CliError> {
        write_json(&self.path, &watch.to_kept(revealed))
    }

    /// The session is closed: nothing is left to go on with. What cannot be removed is found closed the next time.
    pub fn forget(self) {
        let _ = fs::remove_file(&self.path);
        let _ = fs::remove_file(lock_path(&self.path));
    }
}

fn lock_path(path: &Path) -> PathBuf {
    path.with_extension("lock")
}

#[cfg(test)]
mod tests;
