//! Captions of recordings: the texts in the object store, and what playlists and players get of them.

use super::{
    captions::PLAYLIST_PREFIX,
    pieces::{folder_of, path_in},
    recorded::Recorded,
    recorder::Archive,
    recordings::{RecordingError, Recordings},
};
use bytes::Bytes;
use object_store::{ObjectStoreExt, PutPayload};
use std::sync::Arc;
use tick_stream_primitives::StreamId;
use vilokanam_indexer::gateway_state::CaptionsRow;
use vilokanam_media::{
    captions::{self, CaptionTrack},
    playlist::Form,
    Label, SubtitlePlaylist, Subtitles, Uris,
};

/// Target duration of the segments of recordings, in seconds.
const TARGET_SECONDS: u64 = 2;

/// Returns the name of the file of captions, in a recording's folder.
fn captions_file(name: &str) -> String {
    format!("captions/{name}.vtt")
}

impl Recordings {
    /// Returns the captions of a recording.
    pub async fn captions(&self, stream: StreamId, number: u64) -> Result<Vec<CaptionsRow>, RecordingError> {
        Ok(self.index.captions(stream, number).await?)
    }

    /// Returns the captions of a recording as its multivariant playlist lists them.
    pub async fn subtitles(&self, stream: StreamId, number: u64) -> Result<Vec<Subtitles>, RecordingError> {
        let rows = self.captions(stream, number).await?.into_iter();
        let listed = rows.map(|row| Subtitles {
            playlist: format!("{PLAYLIST_PREFIX}{}", row.name),
            label: Label { language: row.language, name: row.label },
            is_default: row.is_default,
        });
        Ok(listed.collect())
    }

    /// Stores captions of a recording. Returns false, and stores nothing, if there are too many languages.
    pub async fn set_captions(
        &self,
        recorded: &Recorded,
        row: &CaptionsRow,
        track: &CaptionTrack,
    ) -> Result<bool, RecordingError> {
        // Before the row, so that captions that are listed can be read.
        let known = self.captions(row.stream, row.number).await?;
        let is_listed = known.iter().any(|other| other.name == row.name);
        if !is_listed && known.len() >= vilokanam_indexer::gateway_state::MAX_CAPTIONS {
            return Ok(false);
        }
        self.pieces().put(recorded.folder(), &captions_file(&row.name), track.file().into()).await?;
        Ok(self.index.set_captions(row).await?)
    }

    /// Deletes captions of a recording. Returns whether there were any of this name.
    pub async fn delete_captions(
        &self,
        recorded: &Recorded,
        stream: StreamId,
        number: u64,
        name: &str,
    ) -> Result<bool, RecordingError> {
        let existed = self.index.delete_captions(stream, number, name).await?;
        if existed {
            self.pieces().delete(recorded.folder(), &captions_file(name)).await?;
        }
        Ok(existed)
    }

    /// Returns the playlist of captions, or `None` if there are none of this name.
    pub async fn subtitle_playlist(
        &self,
        recorded: &Recorded,
        (stream, number): (StreamId, u64),
        name: &str,
        uris: &Uris,
    ) -> Result<Option<String>, RecordingError> {
        if self.captions_row((stream, number), name).await?.is_none() {
            return Ok(None);
        }
        let pieces = match recorded.video() {
            Some(video) => recorded.pieces(video.name()).await?.unwrap_or_default(),
            None => Vec::new(),
        };
        let playlist = SubtitlePlaylist {
            name,
            uris,
            target_seconds: TARGET_SECONDS,
            segments: pieces.iter().flat_map(|piece| piece.segments()).collect(),
            form: Form::Vod,
            is_ended: true,
        };
        Ok(Some(playlist.write()))
    }

    /// Returns the text of captions for a segment, encrypted as the segment is.
    pub async fn subtitle_text(
        &self,
        recorded: &Recorded,
        (stream, number): (StreamId, u64),
        name: &str,
        index: u64,
    ) -> Result<Option<Bytes>, RecordingError> {
        let Some(row) = self.captions_row((stream, number), name).await? else { return Ok(None) };
        let Some(track) = self.track(recorded, &row).await? else { return Ok(None) };
        let Some(video) = recorded.video() else { return Ok(None) };
        let Some((segment, start_ms)) = recorded.segment(video.name(), index).await? else { return Ok(None) };
        let from_ms = match row.counts_time_of_day {
            true => segment.head.date_ms.saturating_sub(video.pieces().first().map_or(0, |first| first.date_ms)),
            false => start_ms,
        };
        let text = track.segment(from_ms, segment.duration.micros() / 1_000, segment.head.media_ms);
        let text = Bytes::from(text);
        Ok(Some(if segment.head.encrypted { self.secrets.of(stream)?.key(index).encrypt(&text) } else { text }))
    }

    async fn captions_row(
        &self,
        (stream, number): (StreamId, u64),
        name: &str,
    ) -> Result<Option<CaptionsRow>, RecordingError> {
        Ok(self.captions(stream, number).await?.into_iter().find(|row| row.name == name))
    }

    async fn track(&self, recorded: &Recorded, row: &CaptionsRow) -> Result<Option<Arc<CaptionTrack>>, RecordingError> {
        let name = (row.stream, row.number, row.name.clone(), row.updated_at);
        if let Some(known) = self.captions.get(&name) {
            return Ok(Some(known));
        }
        let Some(bytes) = self.pieces().file(recorded.folder(), &captions_file(&row.name)).await? else {
            return Ok(None);
        };
        let mut track = CaptionTrack::default();
        // What was stored was checked. A file that was damaged since has no captions.
        let read = captions::parse(&String::from_utf8_lossy(&bytes)).map(|cues| track.add(cues));
        if let Err(error) = read {
            tracing::warn!(stream = row.stream, recording = row.number, name = row.name, %error, "captions are damaged");
        }
        let track = Arc::new(track);
        self.captions.put(name, track.clone());
        Ok(Some(track))
    }
}

/// Stores captions beside a recording that was just made. Without them it is a recording all the same.
pub async fn keep_captions(archive: &Archive, row: &CaptionsRow, track: &CaptionTrack) {
    let path = path_in(&folder_of(row.stream, row.number), &captions_file(&row.name));
    if let Err(error) = archive.store.put(&path, PutPayload::from(track.file().into_bytes())).await {
        tracing::error!(%error, %path, "captions were not kept; check that the object store can be written");
        return;
    }
    match archive.index.set_captions(row).await {
        Ok(true) => {}
        Ok(false) => tracing::warn!(%path, "captions are left out: the recording has as many as it may have"),
        Err(error) => tracing::error!(%error, %path, "captions are not listed"),
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            pieces::{encode, piece_file, INDEX_FILE},
            test_events, GrowingRecordings,
        },
        *,
    };
    use crate::secrets::Secrets;
    use object_store::{memory::InMemory, ObjectStore};
    use vilokanam_indexer::Store;
    use vilokanam_media::{captions::Cue, Event, Recording, UriTemplates};

    const STREAM: StreamId = 7;
    /// Every segment has its own cue in the file, so that it can be seen which one is given out.
    const SEGMENTS: u64 = 650;

    /// A recording of more than two pieces. Its publisher was away for a minute before segment 610.
    async fn recording() -> (Recordings, u64, tempfile::TempDir) {
        let folder = tempfile::tempdir().unwrap();
        let index = Store::connect(&format!("sqlite:{}", folder.path().join("index.db").display())).await.unwrap();
        let secrets = Arc::new(Secrets::open(&folder.path().join("secrets")).unwrap());
        let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let number = index.begin_broadcast(STREAM, 0, 0, 1_000).await.unwrap().number;
        let (id, path) = (test_events::rendition(), folder_of(STREAM, number));
        let mut recording = Recording::new("240p", 2);
        let put = |name: String, bytes: Bytes| {
            let (store, path) = (store.clone(), path_in(&path, &name));
            async move { store.put(&path, PutPayload::from_bytes(bytes)).await.unwrap() }
        };
        for place in 0..SEGMENTS {
            let Event::SegmentReady(mut ready) = test_events::segment(id, place) else { panic!("no segment") };
            ready.segment.head.date_ms += if place < 610 { 0 } else { 60_000 };
            ready.segment.head.encrypted = false;
            recording.push(id, &Event::SegmentReady(ready)).unwrap();
            if recording.is_piece_full() || place == SEGMENTS - 1 {
                let (number, piece) = recording.open_piece().unwrap();
                put(piece_file("240p", number), encode(&piece).unwrap()).await;
                recording.close_piece();
            }
        }
        put(INDEX_FILE.into(), encode(&vec![recording.summary()]).unwrap()).await;
        index.end_broadcast(STREAM, number, 9_000, Some(path.as_ref())).await.unwrap();
        let recordings = Recordings::new(store, index, secrets, Arc::new(GrowingRecordings::default()));
        (recordings, number, folder)
    }

    async fn text(recordings: &Recordings, number: u64, index: u64, counts_time_of_day: bool) -> Option<String> {
        let recorded = recordings.recorded(STREAM, number).await.unwrap().unwrap();
        let mut track = CaptionTrack::default();
        let seconds = 0..(SEGMENTS * 2 + 60);
        track.add(seconds.map(|s| Cue::plain(s * 1_000, s * 1_000 + 900, &format!("at {s} s"))).collect()).unwrap();
        let row = CaptionsRow {
            stream: STREAM,
            number,
            name: "en".into(),
            language: Some("en".into()),
            label: "English".into(),
            counts_time_of_day,
            is_default: false,
            updated_at: u64::from(counts_time_of_day),
        };
        assert!(recordings.set_captions(&recorded, &row, &track).await.unwrap());
        let text = recordings.subtitle_text(&recorded, (STREAM, number), "en", index).await.unwrap()?;
        Some(String::from_utf8(text.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn uploaded_captions_count_as_the_recording_is_played_and_those_of_a_broadcast_as_time_passed() {
        let (recordings, number, _folder) = recording().await;
        for (index, counts_time_of_day, seconds) in
            [(0, false, 0), (305, false, 610), (305, true, 610), (620, false, 1_240), (620, true, 1_300)]
        {
            let text = text(&recordings, number, index, counts_time_of_day).await.unwrap();
            let cues: Vec<_> = text.lines().filter(|line| line.starts_with("at ")).collect();
            let expected = [format!("at {seconds} s"), format!("at {} s", seconds + 1)];
            assert_eq!(cues, expected, "segment {index}, {counts_time_of_day}");
        }
        assert_eq!(text(&recordings, number, SEGMENTS, false).await, None);
    }

    #[tokio::test]
    async fn text_of_a_segment_takes_one_piece_of_the_description() {
        let (recordings, number, _folder) = recording().await;
        recordings.pieces().delete(&folder_of(STREAM, number), &piece_file("240p", 0)).await.unwrap();
        assert!(text(&recordings, number, 305, false).await.is_some());
        let recorded = recordings.recorded(STREAM, number).await.unwrap().unwrap();
        let uris = Uris::new(&UriTemplates::default()).unwrap();
        let whole = recordings.subtitle_playlist(&recorded, (STREAM, number), "en", &uris).await;
        assert!(whole.is_err(), "the playlist takes all pieces");
    }
}
