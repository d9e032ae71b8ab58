//! Recordings that a crash has cut off. The next start completes them: their description, captions and storyboard.

use super::{
    captions::captions_after,
    pieces::folder_of,
    recorded_captions::keep_captions,
    recorder::{described, size_of, write_files, Archive, WriteError},
    storyboard::Storyboard,
    tail::{NotesKind, State, Tail},
};
use std::time::Duration;
use tick_stream_primitives::{clock::now_ms, StreamId};
use vilokanam_indexer::{gateway_state::CaptionsRow, GatewayStateError};
use vilokanam_media::Recording;

/// Longest time to complete a recording at the start, which waits for it.
const RECOVERY_LIMIT: Duration = Duration::from_secs(20);

/// A recording that was cut off could not be completed.
#[derive(Debug, thiserror::Error)]
enum RecoverError {
    #[error("{0}; check the folder recording-tails")]
    Tail(#[from] std::io::Error),
    #[error("{0}; check that the object store can be written")]
    Write(#[from] WriteError),
    #[error("the object store does not answer within {} s; check that it can be reached", RECOVERY_LIMIT.as_secs())]
    Slow,
    #[error(transparent)]
    Index(#[from] GatewayStateError),
}

/// Completes the recordings that a crash has cut off. To be called at the start, before broadcasts are ended.
pub async fn recover(archive: &Archive) {
    let left = archive.tails.left().unwrap_or_else(|error| {
        tracing::error!(%error, "recordings that were cut off are not completed; check the folder recording-tails");
        Vec::new()
    });
    for (place, tail) in left {
        let completed = tokio::time::timeout(RECOVERY_LIMIT, complete(archive, place, &tail)).await;
        let done = match completed.unwrap_or(Err(RecoverError::Slow)) {
            Ok(()) => tail.remove().map_err(RecoverError::Tail),
            Err(error) => Err(error),
        };
        if let Err(error) = done {
            let (stream, number) = place;
            tracing::error!(%error, stream, number, "a recording was cut off; it is completed at the next start");
        }
    }
    if let Err(error) = archive.tails.remove_old_notes() {
        tracing::warn!(%error, "files in recording-tails were not removed");
    }
}

async fn complete(archive: &Archive, (stream, number): (StreamId, u64), tail: &Tail) -> Result<(), RecoverError> {
    let Some(State { is_kept, recordings }) = tail.read()? else { return Ok(()) };
    let Some(ended_at) = recordings.iter().filter_map(Recording::end_ms).max() else { return Ok(()) };
    let folder = folder_of(stream, number);
    write_files(&*archive.store, &folder, recordings.iter().map(described).collect()).await?;
    archive.index.end_broadcast(stream, number, ended_at, Some(folder.as_ref())).await?;
    let size = size_of(recordings.iter().map(Recording::summary));
    archive.index.measure_recording(stream, number, size).await?;
    if is_kept {
        complete_captions(archive, (stream, number)).await?;
        let noted = archive.tails.notes((stream, number), NotesKind::Thumbnails).read()?;
        if !noted.is_empty() {
            Storyboard::restored(archive.store.clone(), stream, number, noted).await.finish().await;
        }
    } else {
        archive.index.delete_recording(stream, number, ended_at).await?;
    }
    tracing::info!(stream, number, duration_ms = size.duration_ms, "completed a recording that was cut off");
    Ok(())
}

/// Stores the captions that were noted beside the recording, as the end of a broadcast does.
async fn complete_captions(archive: &Archive, (stream, number): (StreamId, u64)) -> Result<(), RecoverError> {
    let changes = archive.tails.notes((stream, number), NotesKind::Captions).read()?;
    for (name, captions) in captions_after(changes) {
        let row = CaptionsRow {
            stream,
            number,
            name,
            language: captions.label.language,
            label: captions.label.name,
            counts_time_of_day: true,
            is_default: captions.is_default,
            updated_at: now_ms(),
        };
        keep_captions(archive, &row, &captions.track).await;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{
        super::{
            captions::{CaptionClock, Captions, LiveCaptions},
            growing::{DvrWindow, RecordingPlan},
            pieces::Pieces,
            recorded::Recorded,
            recorder::{
                tests::{archive, keep_when_there_is_room, kill},
                Recorder,
            },
            storyboard::{GRID, QUALITY, TEXT_FILE},
            tail::Tails,
            test_events,
        },
        *,
    };
    use object_store::memory::InMemory;
    use std::sync::Arc;
    use vilokanam_indexer::Store;
    use vilokanam_media::{
        captions::{CaptionTrack, Cue},
        storyboard::{sheet, Grid},
        Label, Uris,
    };

    /// An archive, with the folder of its files.
    async fn archive_in(folder: &std::path::Path) -> Archive {
        let index = Store::connect(&format!("sqlite:{}", folder.join("index.db").display())).await.unwrap();
        let tails = Tails::open(folder.join("recording-tails")).unwrap();
        Archive { tails, ..archive(Arc::new(InMemory::new()), index).await }
    }

    /// Records that many segments of a broadcast, and ends the recorder as a crash does.
    async fn record_and_kill(archive: &Archive, (stream, number): (StreamId, u64), segments: u64, is_kept: bool) {
        let id = test_events::rendition();
        let uris = Uris::new(&crate::live::live_uri_templates()).unwrap();
        let plan = RecordingPlan { is_kept, window: DvrWindow::Whole };
        let config = test_events::config();
        let mut recorder = Recorder::new(archive.clone(), (stream, number), &config, uris, vec![id], plan);
        for place in 0..segments {
            keep_when_there_is_room(&mut recorder, test_events::segment(id, place)).await;
        }
        let growing = archive.growing.of(stream, number).unwrap();
        while growing.read(Recording::count) != [usize::try_from(segments).unwrap()] {
            tokio::task::yield_now().await;
        }
        kill(recorder).await;
    }

    #[tokio::test]
    async fn killed_gateway_loses_no_segment_that_was_recorded() {
        // Fewer and more than are described at once, and more than a piece has.
        for (segments, is_kept) in [(5, true), (80, true), (640, true), (5, false)] {
            let folder = tempfile::tempdir().unwrap();
            let archive = archive_in(folder.path()).await;
            let number = archive.index.begin_broadcast(7, 0, 0, 1_000).await.unwrap().number;
            record_and_kill(&archive, (7, number), segments, is_kept).await;

            recover(&archive).await;
            archive.index.end_broadcasts(u64::from(u32::MAX)).await.unwrap();
            let found = archive.index.recording(7, number).await.unwrap();
            assert_eq!(found.is_some(), is_kept, "{segments}");
            let Some(row) = found else { continue };
            assert_eq!((row.duration_ms, row.bytes), (segments * 2_000, segments * 100));
            assert_eq!(row.published_at, Some(test_events::date_ms(segments)), "when the last segment ended");
            let pieces = Arc::new(Pieces::new(archive.store.clone()));
            let recorded = Recorded::open(pieces, &row).await.unwrap().unwrap();
            let listed = recorded.pieces("240p").await.unwrap().unwrap();
            let listed: usize = listed.iter().map(|piece| piece.segments().len()).sum();
            assert_eq!(listed as u64, segments);
            assert!(archive.tails.left().unwrap().is_empty(), "it is completed once");
        }
    }

    /// Captions with one cue, from this second on.
    fn captions(second: u64, text: &str) -> Captions {
        let mut track = CaptionTrack::default();
        track.add(vec![Cue::plain(second * 1_000, second * 1_000 + 900, text)]).unwrap();
        Captions { label: Label { language: Some("en".into()), name: "English".into() }, is_default: true, track }
    }

    #[tokio::test]
    async fn killed_gateway_loses_neither_captions_nor_storyboard() {
        let folder = tempfile::tempdir().unwrap();
        let archive = archive_in(folder.path()).await;
        let number = archive.index.begin_broadcast(7, 0, 0, 1_000).await.unwrap().number;
        let place = (7, number);
        let live = LiveCaptions::default();
        live.note_in(archive.tails.notes(place, NotesKind::Captions));
        live.take(&[test_events::segment(test_events::rendition(), 0)]);
        live.push("en", captions(0, "Hello"), CaptionClock::Beginning).unwrap();
        live.push("en", captions(3, "again"), CaptionClock::Beginning).unwrap();
        let german = Captions { is_default: false, ..captions(0, "Hallo") };
        live.push("de", german, CaptionClock::Beginning).unwrap();
        assert!(live.delete("de"));
        let board = Storyboard::new(archive.store.clone(), 7, number, true);
        board.note_in(archive.tails.notes(place, NotesKind::Thumbnails));
        let tile = Grid { columns: 1, rows: 1, tile_width: 32, tile_height: 18 };
        let jpeg: bytes::Bytes = sheet(&tile, &Vec::<bytes::Bytes>::new(), QUALITY).unwrap().into();
        for _ in 0..=GRID.tiles() {
            board.add(jpeg.clone()).await;
        }
        record_and_kill(&archive, place, 5, true).await;
        drop((live, board));

        recover(&archive).await;
        let rows = archive.index.captions(7, number).await.unwrap();
        assert_eq!(rows.iter().map(|row| (row.name.as_str(), row.is_default)).collect::<Vec<_>>(), [("en", true)]);
        let pieces = Pieces::new(archive.store.clone());
        let file = |name: &'static str| {
            let (pieces, folder) = (&pieces, folder_of(7, number));
            async move { pieces.file(&folder, name).await.unwrap() }
        };
        let vtt = file("captions/en.vtt").await.unwrap();
        let vtt = String::from_utf8_lossy(&vtt);
        assert!(vtt.contains("Hello") && vtt.contains("again"), "{vtt}");
        let text = file(TEXT_FILE).await.unwrap();
        assert_eq!(String::from_utf8_lossy(&text).matches("sprites/").count(), GRID.tiles() + 1);
        assert!(file("sprites/0.jpg").await.is_some() && file("sprites/1.jpg").await.is_some());
        let left = std::fs::read_dir(folder.path().join("recording-tails")).unwrap().count();
        assert_eq!(left, 0, "notes are removed with the tail");
    }
}
