//! Room for recordings: on the disk, which the journal needs as well, and within the quota of a creator.

use std::path::PathBuf;
use tick_stream_primitives::StreamId;
use vilokanam_indexer::{GatewayStateError, QueryError, Store};

/// There is no room for a recording or an upload.
#[derive(Debug, thiserror::Error)]
pub enum NoRoom {
    /// The disk is nearly full.
    #[error("the gateway's disk is nearly full, with {} MB left; its operator has to make room", .free / 1_000_000)]
    DiskFull {
        /// Bytes that are free.
        free: u64,
    },
    /// The creator has as much as allowed.
    #[error(
        "the creator's recordings have {} MB of the {} MB that this gateway keeps; delete some",
        .bytes / 1_000_000,
        .max / 1_000_000
    )]
    QuotaUsed {
        /// Bytes of the creator's recordings.
        bytes: u64,
        /// Number allowed.
        max: u64,
    },
    /// The records cannot be read.
    #[error(transparent)]
    Records(#[from] GatewayStateError),
    /// The index cannot be read.
    #[error(transparent)]
    Index(#[from] QueryError),
}

/// Limits of what is stored.
#[derive(Clone, Debug)]
pub struct Room {
    index: Store,
    /// Folders whose disks must not become full: that of the journal, and that of recordings if they are on a disk.
    folders: Vec<PathBuf>,
    min_free_bytes: u64,
    /// Bytes of one creator's recordings; 0 for no limit.
    max_bytes_per_creator: u64,
}

/// A disk with a folder that is written to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Disk {
    pub folder: PathBuf,
    /// Bytes that are free.
    pub free: u64,
    /// Bytes in all.
    pub total: u64,
    /// Bytes below which nothing is stored.
    pub min_free: u64,
}

impl Room {
    pub fn new(index: Store, folders: Vec<PathBuf>, min_free_bytes: u64, max_bytes_per_creator: u64) -> Self {
        Self { index, folders, min_free_bytes, max_bytes_per_creator }
    }

    /// Checks that something of a stream may be stored. `bytes` is about how much it will take; 0 if that is not known.
    ///
    /// # Errors
    ///
    /// [`NoRoom`].
    pub async fn check(&self, stream: StreamId, bytes: u64) -> Result<(), NoRoom> {
        self.check_disks(bytes)?;
        if self.max_bytes_per_creator == 0 {
            return Ok(());
        }
        // A stream that is younger than finality is not in the index yet.
        let Some(stream) = self.index.stream(stream).await? else { return Ok(()) };
        let stored = self.index.recorded_bytes_of(&stream.value.creator).await?;
        let all = stored.saturating_add(bytes);
        if all >= self.max_bytes_per_creator {
            return Err(NoRoom::QuotaUsed { bytes: stored, max: self.max_bytes_per_creator });
        }
        Ok(())
    }

    /// Checks that the disks have more free bytes than the mark, for something that is being stored.
    ///
    /// # Errors
    ///
    /// [`NoRoom::DiskFull`].
    pub fn check_free(&self) -> Result<(), NoRoom> {
        self.check_disks(0)
    }

    /// Returns the disks, as far as their sizes can be found out.
    pub fn disks(&self) -> Vec<Disk> {
        let disk = |folder: &PathBuf| {
            let found = rustix::fs::statvfs(folder).ok()?;
            Some(Disk {
                folder: folder.clone(),
                free: found.f_bavail.saturating_mul(found.f_frsize),
                total: found.f_blocks.saturating_mul(found.f_frsize),
                min_free: self.min_free_bytes,
            })
        };
        self.folders.iter().filter_map(disk).collect()
    }

    fn check_disks(&self, bytes: u64) -> Result<(), NoRoom> {
        let free = self.folders.iter().filter_map(|folder| free_bytes(folder)).min();
        match free.filter(|free| free.saturating_sub(bytes) < self.min_free_bytes) {
            Some(free) => Err(NoRoom::DiskFull { free }),
            None => Ok(()),
        }
    }
}

/// Returns the bytes that are free for this user on the disk of a folder. `None` if that cannot be found out.
fn free_bytes(folder: &std::path::Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn room(min_free_bytes: u64) -> (Room, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let index = Store::connect(&format!("sqlite:{}", folder.path().join("index.db").display())).await.unwrap();
        (Room::new(index, vec![folder.path().into()], min_free_bytes, 1_000), folder)
    }

    #[tokio::test]
    async fn nothing_is_stored_below_the_mark_of_free_space() {
        let (some, _folder) = room(1).await;
        assert!(some.check(7, 0).await.is_ok());
        assert!(matches!(some.check(7, u64::MAX).await, Err(NoRoom::DiskFull { .. })), "it would be below afterwards");
        let (none, _folder) = room(u64::MAX).await;
        assert!(matches!(none.check(7, 0).await, Err(NoRoom::DiskFull { .. })));
    }
}
