//! One request that sends bytes of an upload.

use super::error::UploadError;
use std::{future::Future, io, path::PathBuf};
use tokio::{
    fs::{File, OpenOptions},
    io::AsyncWriteExt,
    sync::OwnedMutexGuard,
};
use tokio_util::sync::CancellationToken;

/// A request that sends bytes of an upload. What it has written stays when it is dropped.
#[derive(Debug)]
pub struct Append {
    path: PathBuf,
    file: File,
    length: u64,
    at: u64,
    /// Cancelled when the upload is removed. Its file is on the disk until it is closed, although it has no name any more.
    removed: CancellationToken,
    _turn: OwnedMutexGuard<()>,
}

impl Append {
    pub(super) async fn open(
        path: PathBuf,
        length: u64,
        at: u64,
        (turn, removed): (OwnedMutexGuard<()>, CancellationToken),
    ) -> Result<Self, UploadError> {
        let opened = OpenOptions::new().append(true).open(&path).await;
        let file = opened.map_err(|error| UploadError::Io { path: path.clone(), error })?;
        Ok(Self { path, file, length, at, removed, _turn: turn })
    }

    /// Bytes that are missing.
    pub fn missing(&self) -> u64 {
        self.length.saturating_sub(self.at)
    }

    /// Writes bytes.
    ///
    /// # Errors
    ///
    /// [`UploadError::LongerThanAnnounced`] when there are more than are missing: then the upload is to be removed, since it
    /// is not the file that was announced. [`UploadError::Unknown`] when it was removed.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), UploadError> {
        if self.removed.is_cancelled() {
            return Err(UploadError::Unknown);
        }
        if bytes.len() as u64 > self.missing() {
            return Err(UploadError::LongerThanAnnounced { length: self.length });
        }
        self.file.write_all(bytes).await.map_err(|error| self.wrap(error))?;
        self.at += bytes.len() as u64;
        Ok(())
    }

    /// Waits until the upload is removed. The future does not keep the upload open.
    pub fn removed(&self) -> impl Future<Output = ()> + Send + 'static {
        self.removed.clone().cancelled_owned()
    }

    /// Ends the request. Returns the offset; a complete upload is on disk by then.
    pub async fn finish(mut self) -> Result<u64, UploadError> {
        self.file.flush().await.map_err(|error| self.wrap(error))?;
        if self.missing() == 0 {
            self.file.sync_all().await.map_err(|error| self.wrap(error))?;
        }
        Ok(self.at)
    }

    fn wrap(&self, error: io::Error) -> UploadError {
        UploadError::Io { path: self.path.clone(), error }
    }
}
