//! Files that describe a recording in the object store, and a cache of what was read from them.
//!
//! ```text
//!   recordings/{stream}/{number}/recording/index.bin              summaries of all renditions
//!                               /recording/{rendition}/{n}.bin    piece n of a rendition, ten minutes
//!                               /recording.json                   all of it in one, from gateways before version 2
//! ```

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use lru::LruCache;
use object_store::{path::Path, ObjectStore, ObjectStoreExt};
use parking_lot::Mutex;
use serde::{de::DeserializeOwned, Serialize};
use std::{num::NonZeroUsize, ops::Range, sync::Arc};
use tick_stream_primitives::StreamId;
use vilokanam_media::{Piece, Summary};

/// File with the summaries, in a recording's folder.
pub const INDEX_FILE: &str = "recording/index.bin";
/// File with a description in one, in a recording's folder.
pub const WHOLE_FILE: &str = "recording.json";
/// First byte of every file: the format of what follows.
const FORMAT: u8 = 1;
/// Pieces in memory, of about 30 KB each.
const MAX_CACHED_PIECES: NonZeroUsize = NonZeroUsize::new(2_048).expect("it is not zero");
/// Pieces that are read at the same time for one playlist.
const READ_AT_ONCE: usize = 16;

/// A description cannot be read or written.
#[derive(Debug, thiserror::Error)]
pub enum DescriptionError {
    /// The file has another format than this gateway knows.
    #[error("{path} has the format {format}, and this gateway reads {FORMAT}; it was written by a newer gateway")]
    Format {
        /// The file.
        path: Path,
        /// Its format.
        format: u8,
    },
    /// The file cannot be understood.
    #[error("{path} is damaged: {error}; restore it from a backup, or delete the recording")]
    Damaged {
        /// The file.
        path: Path,
        /// What is wrong with it.
        error: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The object store failed.
    #[error("{path}: {error}; check that the object store can be read and written")]
    Store {
        /// The file.
        path: Path,
        /// The reason.
        error: object_store::Error,
    },
}

/// Returns the folder of a broadcast in the object store.
pub fn folder_of(stream: StreamId, number: u64) -> Path {
    Path::from(format!("recordings/{stream}/{number}"))
}

/// Returns the path of a file in a recording's folder.
pub fn path_in(folder: &Path, name: &str) -> Path {
    Path::from(format!("{folder}/{name}"))
}

/// Returns the name of the file of a piece, in a recording's folder.
pub fn piece_file(rendition: &str, number: usize) -> String {
    format!("recording/{rendition}/{number}.bin")
}

/// Returns the bytes of a file with this contents.
pub fn encode(value: &impl Serialize) -> Result<Bytes, postcard::Error> {
    postcard::to_extend(value, vec![FORMAT]).map(Bytes::from)
}

fn decode<T: DeserializeOwned>(path: &Path, bytes: &[u8]) -> Result<T, DescriptionError> {
    let damaged = |error| DescriptionError::Damaged { path: path.clone(), error };
    match bytes.split_first() {
        Some((&FORMAT, rest)) => postcard::from_bytes(rest).map_err(|error| damaged(error.into())),
        Some((&format, _)) => Err(DescriptionError::Format { path: path.clone(), format }),
        None => Err(damaged("it is empty".into())),
    }
}

/// Name of a piece.
type PieceName = (Path, String, usize);

/// Reader of descriptions.
pub struct Pieces {
    store: Arc<dyn ObjectStore>,
    cache: Mutex<LruCache<PieceName, Arc<Piece>>>,
}

impl Pieces {
    pub fn new(store: Arc<dyn ObjectStore>) -> Self {
        Self { store, cache: Mutex::new(LruCache::new(MAX_CACHED_PIECES)) }
    }

    /// Returns a file of a recording, or `None` if it does not exist.
    pub async fn file(&self, folder: &Path, name: &str) -> Result<Option<Bytes>, DescriptionError> {
        let path = path_in(folder, name);
        let read = async { self.store.get(&path).await?.bytes().await };
        match read.await {
            Ok(bytes) => Ok(Some(bytes)),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(DescriptionError::Store { path, error }),
        }
    }

    /// Writes a file of a recording.
    pub async fn put(&self, folder: &Path, name: &str, bytes: Bytes) -> Result<(), DescriptionError> {
        let path = path_in(folder, name);
        let put = self.store.put(&path, bytes.into()).await;
        put.map(drop).map_err(|error| DescriptionError::Store { path, error })
    }

    /// Deletes a file of a recording, if it exists.
    pub async fn delete(&self, folder: &Path, name: &str) -> Result<(), DescriptionError> {
        let path = path_in(folder, name);
        match self.store.delete(&path).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(DescriptionError::Store { path, error }),
        }
    }

    /// Returns the summaries of a recording, or `None` if it has none in this form.
    pub async fn summaries(&self, folder: &Path) -> Result<Option<Vec<Summary>>, DescriptionError> {
        let bytes = self.file(folder, INDEX_FILE).await?;
        bytes.map(|bytes| decode(&path_in(folder, INDEX_FILE), &bytes)).transpose()
    }

    /// Returns a piece, which must be closed or belong to a finished recording: it is cached.
    pub async fn piece(&self, folder: &Path, summary: &Summary, number: usize) -> Result<Arc<Piece>, DescriptionError> {
        let name = (folder.clone(), summary.name().to_owned(), number);
        if let Some(piece) = self.cache.lock().get(&name) {
            return Ok(piece.clone());
        }
        let file = piece_file(summary.name(), number);
        let path = path_in(folder, &file);
        let missing = || DescriptionError::Damaged { path: path.clone(), error: "it is missing".into() };
        let bytes = self.file(folder, &file).await?.ok_or_else(missing)?;
        let piece: Piece = decode(&path, &bytes)?;
        // A crash may have come between the last piece and the summary.
        let count = summary.pieces().get(number).map_or(0, |head| head.segments as usize);
        let piece = Arc::new(piece.truncated(count));
        self.cache.lock().put(name, piece.clone());
        Ok(piece)
    }

    /// Returns pieces in their order.
    pub async fn range(
        &self,
        folder: &Path,
        summary: &Summary,
        numbers: Range<usize>,
    ) -> Result<Vec<Arc<Piece>>, DescriptionError> {
        let read = numbers.map(|number| self.piece(folder, summary, number));
        futures::stream::iter(read).buffered(READ_AT_ONCE).try_collect().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use object_store::{memory::InMemory, PutPayload};

    async fn pieces_with(name: &str, bytes: &'static [u8]) -> (Pieces, Path) {
        let store = InMemory::new();
        let folder = folder_of(7, 1);
        store.put(&path_in(&folder, name), PutPayload::from_static(bytes)).await.unwrap();
        (Pieces::new(Arc::new(store)), folder)
    }

    #[tokio::test]
    async fn damaged_description_is_named() {
        for bytes in [&b""[..], b"\x01", b"\x01\xff\xff\xff\xff\xff\xff"] {
            let (pieces, folder) = pieces_with(INDEX_FILE, bytes).await;
            let refused = pieces.summaries(&folder).await.unwrap_err();
            assert!(matches!(refused, DescriptionError::Damaged { .. }), "{refused}");
            assert!(refused.to_string().contains("recordings/7/1/recording/index.bin"), "{refused}");
        }
    }

    #[tokio::test]
    async fn description_of_a_newer_gateway_is_refused() {
        let (pieces, folder) = pieces_with(INDEX_FILE, b"\x02").await;
        let refused = pieces.summaries(&folder).await.unwrap_err();
        assert!(matches!(refused, DescriptionError::Format { format: 2, .. }), "{refused}");
    }

    #[tokio::test]
    async fn summaries_are_read_as_written() {
        let none: Vec<Summary> = Vec::new();
        let store = InMemory::new();
        let folder = folder_of(7, 1);
        store.put(&path_in(&folder, INDEX_FILE), PutPayload::from_bytes(encode(&none).unwrap())).await.unwrap();
        let pieces = Pieces::new(Arc::new(store));
        assert_eq!(pieces.summaries(&folder).await.unwrap(), Some(none));
        assert_eq!(pieces.summaries(&folder_of(7, 2)).await.unwrap(), None);
    }
}
