//! Playlists of broadcasts that go on, from their beginning or from that of the window: written from the recording.

use super::{
    growing::{first_piece, DvrWindow, Growing, Snapshot},
    pieces::{folder_of, DescriptionError, Pieces},
};
use std::sync::Arc;
use tick_stream_primitives::StreamId;
use vilokanam_media::{
    playlist::{Form, Growing as GrowingForm, Skipped},
    Piece, Recording, Segment, SubtitlePlaylist, Summary, UriTemplates, Uris,
};

/// Segments at the end that a delta update lists at least; those before are counted. Playlists promise twelve seconds.
const LISTED_IN_UPDATE: usize = 10;
/// Target duration of the segments of broadcasts, in seconds.
const TARGET_SECONDS: u64 = 2;

/// URIs in these playlists, which are at `/v1/streams/{id}/hls/dvr/{name}.m3u8`. Media has the addresses that it will have in
/// the recording, so that caches keep it once.
pub fn uri_templates(number: u64) -> UriTemplates {
    let media = format!("../../recordings/{number}/v/{{rendition}}");
    UriTemplates {
        segment: format!("{media}/{{index}}.m4s"),
        init: format!("{media}/init-{{n}}.mp4"),
        key: "../../keys/{index}".into(),
        ..UriTemplates::default()
    }
}

/// What a playlist is asked for.
#[derive(Clone, Copy)]
pub struct Wanted<'a> {
    pub rendition: &'a str,
    /// Whether the player has an earlier version.
    pub is_update: bool,
    pub now_ms: u64,
}

/// Returns the playlist of a rendition. `None` if it is not recorded, has no segment in the window, or there is no window.
pub async fn playlist(
    pieces: &Pieces,
    place: (StreamId, u64),
    growing: &Growing,
    wanted: &Wanted<'_>,
    uris: &Uris,
) -> Result<Option<String>, DescriptionError> {
    let Some(listed) = listed(pieces, place, growing, wanted).await? else { return Ok(None) };
    Ok(Some(listed.summary.playlist(listed.segments(), Form::Growing(listed.form), uris)))
}

/// Returns the playlist of captions of this name, which has a text for each segment of the first rendition with video. `None` if
/// there is no segment in the window, or no window. `wanted` names any rendition.
pub async fn subtitle_playlist(
    pieces: &Pieces,
    place: (StreamId, u64),
    growing: &Growing,
    (name, wanted): (&str, &Wanted<'_>),
    uris: &Uris,
) -> Result<Option<String>, DescriptionError> {
    let Some(rendition) = video(growing) else { return Ok(None) };
    let wanted = Wanted { rendition: &rendition, ..*wanted };
    let Some(listed) = listed(pieces, place, growing, &wanted).await? else { return Ok(None) };
    let playlist = SubtitlePlaylist {
        name,
        uris,
        target_seconds: TARGET_SECONDS,
        segments: listed.segments(),
        form: Form::Growing(listed.form),
        is_ended: false,
    };
    Ok(Some(playlist.write()))
}

/// Returns a segment of the first rendition with video. `None` if it is not in the window.
pub async fn segment(
    pieces: &Pieces,
    place: (StreamId, u64),
    growing: &Growing,
    index: u64,
    now_ms: u64,
) -> Result<Option<Segment>, DescriptionError> {
    let snapshot = video(growing).and_then(|rendition| growing.snapshot(&rendition));
    let Some(Snapshot { summary, closed_pieces, open }) = snapshot.filter(|_| growing.covers(index, now_ms)) else {
        return Ok(None);
    };
    match summary.piece_of(index) {
        Some(number) if number < closed_pieces => {
            let piece = pieces.piece(&folder_of(place.0, place.1), &summary, number).await?;
            Ok(piece.segment(index).map(|(segment, _)| segment.clone()))
        }
        Some(_) => Ok(open.into_iter().find(|segment| segment.head.index == index)),
        None => Ok(None),
    }
}

/// Name of the first rendition with video.
fn video(growing: &Growing) -> Option<String> {
    let is_video = |recording: &Recording| recording.count() > 0 && !recording.is_audio_track();
    let names = growing.read(|recording| is_video(recording).then(|| recording.name().to_owned()));
    names.into_iter().flatten().next()
}

/// Segments that a playlist lists.
struct Listed {
    summary: Summary,
    form: GrowingForm,
    closed: Vec<Arc<Piece>>,
    open: Vec<Segment>,
    /// Time of day before which segments are left out.
    start_ms: u64,
}

impl Listed {
    fn segments(&self) -> Vec<&Segment> {
        let all = self.closed.iter().flat_map(|piece| piece.segments()).chain(&self.open);
        all.skip_while(|segment| segment.head.date_ms < self.start_ms).collect()
    }
}

/// Returns the segments that a playlist lists: all in the window, or the last ones for a player with an earlier version.
async fn listed(
    pieces: &Pieces,
    place: (StreamId, u64),
    growing: &Growing,
    wanted: &Wanted<'_>,
) -> Result<Option<Listed>, DescriptionError> {
    let window = growing.window();
    let Some(start_ms) = window.start_ms(wanted.now_ms) else { return Ok(None) };
    let Some(snapshot) = growing.snapshot(wanted.rendition) else { return Ok(None) };
    let source = Source { pieces, folder: folder_of(place.0, place.1), snapshot };
    let first_piece = first_piece(&source.snapshot.summary, start_ms);
    let form = |skipped| GrowingForm { is_whole: window == DvrWindow::Whole, skipped };

    if wanted.is_update {
        let (tail, head) = (source.tail().await?, source.first(first_piece, start_ms).await?);
        let open = &tail[tail.len().saturating_sub(LISTED_IN_UPDATE)..];
        if let (Some(first), Some(next)) = (head, open.first()) {
            let count = usize::try_from(next.head.index.saturating_sub(first.head.index)).unwrap_or(0);
            if count > 0 {
                let form = form(Some(Skipped { count, first: first.head }));
                let (summary, open) = (source.snapshot.summary, open.to_vec());
                return Ok(Some(Listed { summary, form, closed: Vec::new(), open, start_ms: 0 }));
            }
        }
    }
    let closed = source.range(first_piece).await?;
    let Snapshot { summary, open, .. } = source.snapshot;
    let listed = Listed { summary, form: form(None), closed, open, start_ms };
    Ok((!listed.segments().is_empty()).then_some(listed))
}

/// Segments of a rendition, from the object store and from memory.
struct Source<'a> {
    pieces: &'a Pieces,
    folder: object_store::path::Path,
    snapshot: Snapshot,
}

impl Source<'_> {
    /// Reads the closed pieces from this number on.
    async fn range(&self, first: usize) -> Result<Vec<Arc<Piece>>, DescriptionError> {
        let closed = self.snapshot.closed_pieces;
        self.pieces.range(&self.folder, &self.snapshot.summary, first.min(closed)..closed).await
    }

    /// Returns the first segment of the window, which is in the piece of this number or the next.
    async fn first(&self, piece: usize, start_ms: u64) -> Result<Option<Segment>, DescriptionError> {
        for number in piece..self.snapshot.closed_pieces.min(piece + 2) {
            let piece = self.pieces.piece(&self.folder, &self.snapshot.summary, number).await?;
            let found = piece.segments().iter().find(|segment| segment.head.date_ms >= start_ms);
            if let Some(found) = found {
                return Ok(Some(found.clone()));
            }
        }
        Ok(self.snapshot.open.iter().find(|segment| segment.head.date_ms >= start_ms).cloned())
    }

    /// Returns the last segments: those of the open piece, after those of the last closed one if they are few.
    async fn tail(&self) -> Result<Vec<Segment>, DescriptionError> {
        let mut tail = Vec::new();
        let closed = self.snapshot.closed_pieces;
        if self.snapshot.open.len() < LISTED_IN_UPDATE && closed > 0 {
            let last = self.pieces.piece(&self.folder, &self.snapshot.summary, closed - 1).await?;
            tail.extend_from_slice(last.segments());
        }
        tail.extend_from_slice(&self.snapshot.open);
        Ok(tail)
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{pieces::*, test_events},
        *,
    };
    use object_store::{memory::InMemory, ObjectStore, ObjectStoreExt, PutPayload};

    const PLACE: (StreamId, u64) = (7, 3);
    /// A segment lasts two seconds.
    const HOUR: u64 = 1_800;

    /// A broadcast of that many segments, as the recorder keeps it.
    async fn broadcast(segments: u64, window: DvrWindow) -> (Pieces, Growing) {
        let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        let id = test_events::rendition();
        let growing = Growing::new(vec![(id, Recording::new("240p", 2))], window);
        for index in 0..segments {
            growing.push(&test_events::segment(id, index)).unwrap();
            if growing.read(Recording::is_piece_full) == [true] {
                for (number, piece) in growing.read(Recording::open_piece).into_iter().flatten() {
                    let path = path_in(&folder_of(PLACE.0, PLACE.1), &piece_file("240p", number));
                    store.put(&path, PutPayload::from_bytes(encode(&piece).unwrap())).await.unwrap();
                }
                growing.change(Recording::close_piece);
            }
        }
        (Pieces::new(store), growing)
    }

    async fn text((pieces, growing): &(Pieces, Growing), segments: u64, is_update: bool) -> Option<String> {
        let uris = Uris::new(&uri_templates(PLACE.1)).unwrap();
        let wanted = Wanted { rendition: "240p", is_update, now_ms: test_events::date_ms(segments) };
        playlist(pieces, PLACE, growing, &wanted, &uris).await.unwrap()
    }

    fn first_and_count(text: &str) -> (u64, usize) {
        let line = text.lines().find_map(|line| line.strip_prefix("#EXT-X-MEDIA-SEQUENCE:")).unwrap();
        (line.parse().unwrap(), text.matches("#EXTINF").count())
    }

    #[tokio::test]
    async fn whole_broadcast_is_listed_across_pieces() {
        let long = broadcast(650, DvrWindow::Whole).await;
        let text = text(&long, 650, false).await.unwrap();
        assert_eq!(first_and_count(&text), (0, 650));
        assert!(text.contains("#EXT-X-PLAYLIST-TYPE:EVENT") && !text.contains("#EXT-X-ENDLIST"));
        assert!(text.contains("\n../../recordings/3/v/240p/649.m4s\n"), "{text}");
        assert!(text.contains("URI=\"../../keys/649\""));
    }

    #[tokio::test]
    async fn window_begins_that_many_hours_ago() {
        let long = broadcast(HOUR + 400, DvrWindow::Hours(1)).await;
        let text = text(&long, HOUR + 400, false).await.unwrap();
        assert_eq!(first_and_count(&text), (400, HOUR as usize));
        assert!(!text.contains("PLAYLIST-TYPE"), "its beginning moves on");
    }

    #[tokio::test]
    async fn update_lists_the_end_and_counts_the_rest() {
        for (segments, window, first) in [(650, DvrWindow::Whole, 0), (HOUR + 400, DvrWindow::Hours(1), 400)] {
            // Right behind a piece, and in the middle of one.
            for segments in [segments, segments - segments % 300 + 1] {
                let long = broadcast(segments, window).await;
                let now = segments.max(HOUR + 400 * u64::from(first > 0));
                let text = text(&long, now, true).await.unwrap();
                let (sequence, listed) = first_and_count(&text);
                let skipped = text.lines().find_map(|line| line.strip_prefix("#EXT-X-SKIP:SKIPPED-SEGMENTS="));
                let skipped: u64 = skipped.unwrap().parse().unwrap();
                assert_eq!(sequence + skipped + listed as u64, segments, "{window:?} {segments}");
                assert_eq!((sequence, listed), (first, LISTED_IN_UPDATE));
            }
        }
    }

    #[tokio::test]
    async fn captions_have_a_text_for_each_segment_of_the_window() {
        let (pieces, growing) = broadcast(HOUR + 400, DvrWindow::Hours(1)).await;
        let now_ms = test_events::date_ms(HOUR + 400);
        let uris = Uris::new(&uri_templates(PLACE.1)).unwrap();
        for (is_update, listed) in [(false, HOUR as usize), (true, LISTED_IN_UPDATE)] {
            let wanted = Wanted { rendition: "captions-en", is_update, now_ms };
            let text = subtitle_playlist(&pieces, PLACE, &growing, ("en", &wanted), &uris).await.unwrap().unwrap();
            assert_eq!(first_and_count(&text), (400, listed));
            assert!(text.contains("\nc/en/2199.vtt\n") && text.contains("URI=\"../../keys/2199\""), "{text}");
        }
        // In a stored piece, in the open one, before the window, and not recorded yet.
        for (index, is_found) in [(601, true), (2_199, true), (0, false), (2_200, false)] {
            let found = segment(&pieces, PLACE, &growing, index, now_ms).await.unwrap();
            assert_eq!(found.map(|segment| segment.head.index), is_found.then_some(index), "{index}");
        }
    }

    #[tokio::test]
    async fn update_of_a_short_broadcast_is_all_of_it() {
        let short = broadcast(5, DvrWindow::Whole).await;
        let text = text(&short, 5, true).await.unwrap();
        assert_eq!(first_and_count(&text), (0, 5));
        assert!(!text.contains("EXT-X-SKIP"));
    }

    #[tokio::test]
    async fn without_a_window_there_is_no_playlist_and_no_key() {
        let long = broadcast(20, DvrWindow::Off).await;
        assert_eq!(text(&long, 20, false).await, None);
        assert!(!long.1.covers(3, test_events::date_ms(20)));
        long.1.set_window(DvrWindow::Whole);
        assert!(text(&long, 20, false).await.is_some());
        assert!(long.1.covers(3, test_events::date_ms(20)));
        assert_eq!((long.1.open_ticks(3), long.1.open_ticks(20)), (Some(2), None));
    }

    #[tokio::test]
    async fn keys_before_the_window_are_not_given() {
        let segments = HOUR + 700;
        let (_, growing) = broadcast(segments, DvrWindow::Hours(1)).await;
        let now_ms = test_events::date_ms(segments);
        assert!(!growing.covers(0, now_ms) && !growing.covers(599, now_ms), "whole pieces before it");
        assert!(growing.covers(700, now_ms) && growing.covers(segments - 1, now_ms));
        assert!(!growing.covers(segments, now_ms), "not recorded yet");
    }
}
