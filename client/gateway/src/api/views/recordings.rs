//! Conversion of recordings into the types of the wire.

use vilokanam_indexer::{self as indexer, ClipSource, RecordingRow};
use vilokanam_wire::{
    scalars::rfc3339,
    streams::{ClipView, RecordingKind, RecordingState, RecordingView, Visibility},
    RecordingRef, StreamRef,
};

/// Converts a recording. Its creator sees more of it than others.
pub fn recording_view(row: RecordingRow, is_creators: bool) -> RecordingView {
    let token = (!row.token.is_empty()).then(|| row.token.clone());
    let reference = RecordingRef { number: row.number, token }.to_string();
    let folder = format!("/v1/streams/{}/recordings/{reference}", row.stream);
    let kind = match row.kind {
        indexer::RecordingKind::Broadcast => RecordingKind::Broadcast,
        indexer::RecordingKind::Upload => RecordingKind::Upload,
        indexer::RecordingKind::Clip => RecordingKind::Clip,
    };
    let state = match row.state {
        indexer::RecordingState::InWork => RecordingState::Processing,
        indexer::RecordingState::Ready => RecordingState::Ready,
        indexer::RecordingState::Failed => RecordingState::Failed,
    };
    let visibility = match row.visibility {
        indexer::Visibility::Public => Visibility::Public,
        indexer::Visibility::Unlisted => Visibility::Unlisted,
        indexer::Visibility::Private => Visibility::Private,
    };
    let clip = row.clip.map(|ClipSource { stream, number, start_ms, end_ms }| {
        let stream = StreamRef(stream);
        ClipView { stream, number, start_ms, end_ms }
    });
    RecordingView {
        stream: StreamRef(row.stream),
        number: row.number,
        reference,
        kind,
        state,
        // It may say how full the operator's disk is.
        error: if is_creators { row.error } else { String::new() },
        title: row.title,
        description: row.description,
        poster: row.poster,
        visibility,
        is_free: row.is_free,
        clip,
        started_at: rfc3339(row.created_at),
        ended_at: rfc3339(row.published_at.unwrap_or(row.created_at)),
        duration_s: row.duration_ms / 1_000,
        bytes: is_creators.then_some(row.bytes),
        playlist: format!("{folder}/master.m3u8"),
        storyboard: format!("{folder}/storyboard.vtt"),
    }
}

/// Converts what a creator sets.
pub fn visibility_of(visibility: Visibility) -> indexer::Visibility {
    match visibility {
        Visibility::Public => indexer::Visibility::Public,
        Visibility::Unlisted => indexer::Visibility::Unlisted,
        Visibility::Private => indexer::Visibility::Private,
    }
}
