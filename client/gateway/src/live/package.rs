//! A recording that is made of a finished file: the segments, keys and description that a broadcast of it would have had.
//!
//! Unlike the recorder of a broadcast it can wait for the object store, and it gives up where anything is missing.

use super::{
    audio_labels::{label_of, AUDIO_TRACK_BPS},
    error::LiveError,
    key_index_lease::KeyIndexLease,
    pieces::{encode, folder_of, path_in, piece_file, INDEX_FILE},
};
use crate::secrets::Secrets;
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt};
use object_store::{path::Path, ObjectStore, ObjectStoreExt, PutPayload};
use std::sync::Arc;
use tick_stream_primitives::{clock::now_ms, StreamId};
use vilokanam_ingest::{AudioTrack, Rendition};
use vilokanam_media::{
    recording::RecordingFull, Access, Event, LiveConfig, LiveStream, Recording, RenditionConfig, RenditionId, SourceId,
    SourceKind, Uris,
};

/// Files that are removed at the same time.
const REMOVE_AT_ONCE: usize = 16;

/// Why a recording could not be made of a file.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// The media is of no kind that can be packaged, or its keys cannot be reserved.
    #[error(transparent)]
    Live(#[from] LiveError),
    /// The recording has its maximum length.
    #[error(transparent)]
    Full(#[from] RecordingFull),
    /// Nothing was in it.
    #[error("the file has no picture and no sound that lasts")]
    Empty,
    /// The description cannot be written.
    #[error("the recording's description cannot be written: {0}")]
    Description(#[from] postcard::Error),
    /// The object store failed.
    #[error("the object store failed: {0}; check that it can be written")]
    Store(#[from] object_store::Error),
}

impl From<vilokanam_media::MediaError> for PackageError {
    fn from(error: vilokanam_media::MediaError) -> Self {
        Self::Live(error.into())
    }
}

/// What a finished recording has.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Packaged {
    /// Length in milliseconds.
    pub duration_ms: u64,
    /// Bytes of all segments.
    pub bytes: u64,
}

/// A recording that is being made.
pub struct Package {
    store: Arc<dyn ObjectStore>,
    folder: Path,
    uris: Uris,
    live: LiveStream,
    source: SourceId,
    keys: KeyIndexLease,
    recordings: Vec<(RenditionId, Recording)>,
    /// Time of day at which it begins, in milliseconds since 1970.
    begins_at: u64,
}

impl Package {
    /// Begins recording `number` of a stream, with these renditions, and these audio tracks if there are several. It is always
    /// encrypted: whether its keys cost anything can be changed.
    pub fn begin(
        store: Arc<dyn ObjectStore>,
        secrets: &Secrets,
        uris: Uris,
        (stream, number): (StreamId, u64),
        keys: KeyIndexLease,
        (renditions, audio): (&[Rendition], &[AudioTrack]),
    ) -> Result<Self, PackageError> {
        let config = config_of(renditions, audio);
        let target_seconds = config.target_seconds();
        let secret = secrets.of(stream).map_err(LiveError::from)?;
        let mut live = LiveStream::new(config, secret, keys.first()).map_err(LiveError::from)?;
        for track in audio {
            if let Some(id) = live.rendition(&track.id.to_string()) {
                live.set_label(id, label_of(track));
            }
        }
        let source = live.begin_source(SourceKind::Paid, &mut Vec::new())?;
        let recording =
            |(id, config): (RenditionId, &RenditionConfig)| (id, Recording::new(&config.name, target_seconds));
        let recordings = live.renditions().map(recording).collect();
        let folder = folder_of(stream, number);
        Ok(Self { store, folder, uris, live, source, keys, recordings, begins_at: now_ms() })
    }

    /// Bytes of all segments so far.
    pub fn bytes(&self) -> u64 {
        self.recordings.iter().map(|(_, recording)| recording.bytes()).sum()
    }

    /// Takes bytes of a rendition. Returns when everything that has become ready is stored.
    pub async fn push(&mut self, rendition: &str, bytes: &[u8]) -> Result<(), PackageError> {
        let Some(id) = self.live.rendition(rendition) else { return Ok(()) };
        let mut events = Vec::new();
        self.live.push(self.source, id, bytes, self.begins_at, &mut events)?;
        self.keep(&events).await
    }

    /// Writes the rest, and the description: from then on there is a recording.
    pub async fn finish(mut self) -> Result<Packaged, PackageError> {
        let mut events = Vec::new();
        self.live.end(&mut events);
        self.keep(&events).await?;
        for place in 0..self.recordings.len() {
            self.close_piece(place).await?;
        }
        self.recordings.retain(|(_, recording)| recording.count() > 0);
        let summaries: Vec<_> = self.recordings.iter().map(|(_, recording)| recording.summary()).collect();
        let duration_ms = summaries.iter().map(|summary| summary.millis()).max().unwrap_or(0);
        if duration_ms == 0 {
            return Err(PackageError::Empty);
        }
        let bytes = summaries.iter().map(|summary| summary.bytes()).sum();
        self.put(INDEX_FILE, encode(&summaries)?).await?;
        Ok(Packaged { duration_ms, bytes })
    }

    /// Stores what has become ready: first its key indices are made durable.
    async fn keep(&mut self, events: &[Event]) -> Result<(), PackageError> {
        if let Some(highest) = events.iter().filter_map(Event::index).max() {
            self.keys.cover(highest).await?;
        }
        for event in events {
            match event {
                Event::InitReady(init) => {
                    let path = self.uris.init(self.name(init.rendition), init.number);
                    self.put(&path, init.init.bytes.clone()).await?;
                }
                Event::SegmentReady(ready) => {
                    let path = self.uris.segment(self.name(ready.rendition), ready.segment.head.index);
                    self.put(&path, ready.published.clone()).await?;
                }
                Event::Dropped { duration, reason, .. } => {
                    let lost_s = duration.seconds();
                    tracing::debug!(folder = %self.folder, lost_s, ?reason, "media of a file was dropped");
                }
                Event::PartReady(_) | Event::SegmentExpired { .. } => {}
            }
            for place in 0..self.recordings.len() {
                let (id, recording) = &mut self.recordings[place];
                recording.push(*id, event)?;
                if recording.is_piece_full() {
                    self.close_piece(place).await?;
                }
            }
        }
        Ok(())
    }

    async fn close_piece(&mut self, place: usize) -> Result<(), PackageError> {
        let (_, recording) = &self.recordings[place];
        let Some((number, piece)) = recording.open_piece() else { return Ok(()) };
        let file = piece_file(recording.name(), number);
        self.put(&file, encode(&piece)?).await?;
        self.recordings[place].1.close_piece();
        Ok(())
    }

    fn name(&self, rendition: RenditionId) -> &str {
        &self.live.config().renditions[rendition.place()].name
    }

    async fn put(&self, name: &str, bytes: Bytes) -> Result<(), PackageError> {
        self.store.put(&path_in(&self.folder, name), PutPayload::from_bytes(bytes)).await?;
        Ok(())
    }
}

/// Removes every file of a recording.
pub async fn discard(store: &dyn ObjectStore, stream: StreamId, number: u64) -> object_store::Result<()> {
    let folder = folder_of(stream, number);
    let found = store.list(Some(&folder)).map_ok(|file| file.location);
    let removed = found.map(|path| async move {
        match store.delete(&path?).await {
            Err(object_store::Error::NotFound { .. }) => Ok(()),
            outcome => outcome,
        }
    });
    removed.buffer_unordered(REMOVE_AT_ONCE).try_collect().await
}

fn config_of(renditions: &[Rendition], audio: &[AudioTrack]) -> LiveConfig {
    let paid = renditions.iter().rev().map(|rendition| {
        let audio_bits = rendition.audio_bits_per_second.unwrap_or(0);
        let bits = u64::from(rendition.video_bits_per_second) + u64::from(audio_bits);
        RenditionConfig { name: rendition.id.to_string(), access: Access::Paid, nominal_bandwidth_bps: bits }
    });
    let tracks = audio.iter().map(|track| RenditionConfig {
        name: track.id.to_string(),
        access: Access::PaidAudio,
        nominal_bandwidth_bps: AUDIO_TRACK_BPS,
    });
    LiveConfig { renditions: paid.chain(tracks).collect(), ..LiveConfig::default() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use object_store::memory::InMemory;

    #[tokio::test]
    async fn nothing_is_left_of_a_discarded_recording() {
        let store = InMemory::new();
        for path in ["recordings/7/1/v/240p/0.m4s", "recordings/7/1/recording/index.bin", "recordings/7/10/a"] {
            store.put(&Path::from(path), PutPayload::from_static(b"x")).await.unwrap();
        }
        discard(&store, 7, 1).await.unwrap();
        let left: Vec<_> = store.list(None).map_ok(|file| file.location.to_string()).try_collect().await.unwrap();
        assert_eq!(left, ["recordings/7/10/a"]);
        discard(&store, 7, 1).await.unwrap();
    }
}
