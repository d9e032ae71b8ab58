//! Recordings, keys that viewers have bought, and settings of streams.

use crate::common::{account, metadata, Database, Ledger};
use std::ops::RangeInclusive;
use tick_stream_primitives::SessionId;
use vilokanam_indexer::{
    gateway_state::CaptionsRow, BoughtRange, ClipSource, PageRequest, QueryError, RecordingFilter, RecordingKind,
    RecordingRow, RecordingSize, RecordingState, Store, StreamSettingsRow, Visibility,
};

on_both!(
    recordings_are_filtered_before_paging,
    recording_is_found_by_number_however_many_there_are,
    recording_of_a_broadcast_that_goes_on_is_not_found,
    upload_takes_a_number_and_leaves_the_broadcast_on_air,
    key_belongs_to_the_recording_that_took_its_range,
    only_public_recordings_are_listed_for_others,
    unlisted_recording_has_a_token_until_it_is_public,
    recordings_are_searched_by_their_own_words_and_those_of_their_stream,
    recordings_of_a_creator_are_listed_across_streams,
    deleted_recording_is_gone_at_once_and_its_files_are_to_be_removed,
    sizes_are_added_up_by_creator,
    recordings_past_a_time_are_found_oldest_first,
    bought_ranges_are_joined,
    bought_ranges_of_viewers_and_streams_are_apart,
    settings_are_replaced_and_listed,
);

fn of_stream(stream: u64) -> RecordingFilter {
    RecordingFilter { stream: Some(stream), ..RecordingFilter::default() }
}

async fn numbers(store: &Store, filter: &RecordingFilter) -> Vec<u64> {
    let page = store.recordings(filter, &PageRequest::first(100)).await.unwrap();
    page.items.iter().map(|row| row.number).collect()
}

/// Records broadcasts of a stream, one a second.
async fn record(store: &Store, stream: u64, count: u64) {
    for number in 1..=count {
        store.begin_broadcast(stream, 0, number * 10, number * 1_000).await.unwrap();
        store.end_broadcast(stream, number, number * 1_000 + 500, Some("recordings")).await.unwrap();
    }
}

/// Many broadcasts without a recording, between and behind those that have one.
async fn recordings_are_filtered_before_paging(database: Database) {
    let store = database.store().await;
    for number in 1..=150u64 {
        store.begin_broadcast(3, 0, number * 10, number * 1_000).await.unwrap();
        let path = (number % 50 == 0).then_some("recordings");
        store.end_broadcast(3, number, number * 1_000 + 500, path).await.unwrap();
    }
    store.begin_broadcast(4, 0, 0, 1).await.unwrap();
    store.end_broadcast(4, 1, 2, Some("recordings")).await.unwrap();
    let first = store.recordings(&of_stream(3), &PageRequest::first(2)).await.unwrap();
    assert_eq!(first.items.iter().map(|recording| recording.number).collect::<Vec<_>>(), [150, 100]);
    let second = store.recordings(&of_stream(3), &PageRequest::after(2, first.next.unwrap())).await.unwrap();
    assert_eq!(second.items.iter().map(|recording| recording.number).collect::<Vec<_>>(), [50]);
    assert_eq!(second.next, None);
    assert!(store.recordings(&of_stream(u64::MAX), &PageRequest::first(2)).await.unwrap().items.is_empty());
    let refused = store.recordings(&of_stream(3), &PageRequest::after(2, "0c")).await;
    assert!(matches!(refused, Err(QueryError::BadCursor)));
}

async fn recording_is_found_by_number_however_many_there_are(database: Database) {
    let store = database.store().await;
    for number in 1..=150u64 {
        store.begin_broadcast(3, 0, number * 10, number * 1_000).await.unwrap();
        store.end_broadcast(3, number, number * 1_000 + 500, Some("recordings")).await.unwrap();
    }
    assert_eq!(store.recording(3, 1).await.unwrap().unwrap().created_at, 1_000);
    assert_eq!(store.recording(3, 150).await.unwrap().unwrap().created_at, 150_000);
    assert_eq!(store.recording(3, 151).await.unwrap(), None);
    assert_eq!(store.recording(4, 1).await.unwrap(), None);
    assert_eq!(store.recording(u64::MAX, u64::MAX).await.unwrap(), None);
}

async fn recording_of_a_broadcast_that_goes_on_is_not_found(database: Database) {
    let store = database.store().await;
    store.begin_broadcast(3, 0, 0, 1_000).await.unwrap();
    store.keep_recording(3, 1, "recordings/3/1").await.unwrap();
    assert_eq!(store.recording(3, 1).await.unwrap(), None);
    assert!(store.recordings(&of_stream(3), &PageRequest::first(10)).await.unwrap().items.is_empty());
}

async fn upload_takes_a_number_and_leaves_the_broadcast_on_air(database: Database) {
    let store = database.store().await;
    store.begin_broadcast(3, 0, 0, 1_000).await.unwrap();
    let upload = store.begin_recording(RecordingKind::Upload, 3, 0, 1_000_000, 2_000).await.unwrap();
    assert_eq!((upload.number, upload.state), (2, RecordingState::InWork));
    assert!(store.recording(3, 2).await.unwrap().is_none(), "not ready");
    store.end_broadcasts(5_000).await.unwrap();
    assert!(store.recording(3, 2).await.unwrap().is_none(), "a crash does not finish an upload");
    assert_eq!(store.last_live(&[3]).await.unwrap()[&3], 5_000, "the broadcast went on");
    let ready = |row: &mut RecordingRow| (row.state, row.published_at) = (RecordingState::Ready, Some(6_000));
    store.change_recording(3, 2, ready).await.unwrap().unwrap();
    assert_eq!(store.recording(3, 2).await.unwrap().unwrap().kind, RecordingKind::Upload);
    assert_eq!(store.last_live(&[3]).await.unwrap()[&3], 5_000, "an upload was never live");
    assert_eq!(store.begin_broadcast(3, 0, 2_000_000, 7_000).await.unwrap().number, 3);
}

async fn key_belongs_to_the_recording_that_took_its_range(database: Database) {
    let store = database.store().await;
    store.begin_broadcast(3, 0, 0, 1_000).await.unwrap();
    store.begin_recording(RecordingKind::Clip, 3, 0, 1_000, 2_000).await.unwrap();
    for (key, number) in [(0, 1), (999, 1), (1_000, 2)] {
        assert_eq!(store.broadcast_of_key(3, key).await.unwrap().unwrap().number, number, "key {key}");
    }
}

async fn only_public_recordings_are_listed_for_others(database: Database) {
    let store = database.store().await;
    record(&store, 3, 4).await;
    store.change_recording(3, 1, |row| row.visibility = Visibility::Unlisted).await.unwrap();
    store.change_recording(3, 2, |row| row.visibility = Visibility::Private).await.unwrap();
    store.change_recording(3, 3, |row| row.state = RecordingState::Failed).await.unwrap();
    assert_eq!(numbers(&store, &of_stream(3)).await, [4]);
    assert_eq!(numbers(&store, &RecordingFilter { is_creators: true, ..of_stream(3) }).await, [4, 3, 2, 1]);
    assert_eq!(store.recording(3, 1).await.unwrap().unwrap().visibility, Visibility::Unlisted, "by its number");
}

async fn unlisted_recording_has_a_token_until_it_is_public(database: Database) {
    let store = database.store().await;
    record(&store, 3, 2).await;
    let change = |visibility| {
        let changed = store.change_recording(3, 1, move |row| row.visibility = visibility);
        async { changed.await.unwrap().unwrap().token }
    };
    let token = change(Visibility::Unlisted).await;
    assert_eq!(token.len(), 32);
    assert_eq!(store.recording(3, 1).await.unwrap().unwrap().token, token, "it is stored");
    assert_eq!(change(Visibility::Unlisted).await, token, "its address stays");
    assert_eq!(change(Visibility::Public).await, "");
    assert_ne!(change(Visibility::Unlisted).await, token, "it has another address");
    store.add_missing_tokens().await.unwrap();
    assert_eq!(store.recording(3, 2).await.unwrap().unwrap().token, "", "a public one needs none");
}

async fn recordings_are_searched_by_their_own_words_and_those_of_their_stream(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let stream = ledger.create_stream(1, 1, &[], metadata("Chess club", "", "", &[]));
    store.apply(&ledger.block()).await.unwrap();
    record(&store, stream, 2).await;
    store.change_recording(stream, 1, |row| row.title = "Sicilian DEFENCE 100%".into()).await.unwrap();
    let search = |words: &str| RecordingFilter { search: Some(words.into()), ..RecordingFilter::default() };
    assert_eq!(numbers(&store, &search("defence")).await, [1]);
    assert_eq!(numbers(&store, &search("chess defence")).await, [1], "one word of each");
    assert_eq!(numbers(&store, &search("chess")).await, [2, 1]);
    assert_eq!(numbers(&store, &search("0%")).await, [1], "a wildcard is a character");
    assert!(numbers(&store, &search("checkers")).await.is_empty());
    let refused = store.recordings(&search(&"x".repeat(201)), &PageRequest::first(1)).await;
    assert!(matches!(refused, Err(QueryError::SearchTooLong { .. })));
}

async fn recordings_of_a_creator_are_listed_across_streams(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let ours: Vec<_> = (0..2).map(|_| ledger.create_stream(1, 1, &[], Vec::new())).collect();
    let theirs = ledger.create_stream(2, 1, &[], Vec::new());
    store.apply(&ledger.block()).await.unwrap();
    for stream in ours.iter().chain([&theirs]) {
        record(&store, *stream, 1).await;
    }
    let filter = RecordingFilter { creator: Some(account(1)), ..RecordingFilter::default() };
    let page = store.recordings(&filter, &PageRequest::first(1)).await.unwrap();
    assert_eq!(page.items[0].stream, ours[1]);
    let page = store.recordings(&filter, &PageRequest::after(1, page.next.unwrap())).await.unwrap();
    assert_eq!((page.items[0].stream, page.next), (ours[0], None), "two of the same moment are both listed");
}

fn captions(number: u64) -> CaptionsRow {
    CaptionsRow {
        stream: 3,
        number,
        name: "en".into(),
        language: Some("en".into()),
        label: "English".into(),
        counts_time_of_day: false,
        is_default: false,
        updated_at: 1,
    }
}

async fn deleted_recording_is_gone_at_once_and_its_files_are_to_be_removed(database: Database) {
    let store = database.store().await;
    record(&store, 3, 2).await;
    for number in [1, 2] {
        assert!(store.set_captions(&captions(number)).await.unwrap());
    }
    assert!(store.delete_recording(3, 1, 9_000).await.unwrap().is_some());
    assert!(store.delete_recording(3, 1, 9_001).await.unwrap().is_none(), "deleted already");
    assert!(store.change_recording(3, 1, |row| row.title = "back".into()).await.unwrap().is_none());
    assert!(store.recording(3, 1).await.unwrap().is_none());
    assert_eq!(numbers(&store, &RecordingFilter { is_creators: true, ..of_stream(3) }).await, [2]);
    let deleted = store.deleted_recordings().await.unwrap();
    assert_eq!(deleted.iter().map(|row| (row.number, row.folder.as_str())).collect::<Vec<_>>(), [(1, "recordings")]);
    store.forget_recording(3, 1).await.unwrap();
    store.forget_recording(3, 2).await.unwrap();
    assert!(store.deleted_recordings().await.unwrap().is_empty());
    assert!(store.any_recording(3, 1).await.unwrap().is_none());
    assert!(store.any_recording(3, 2).await.unwrap().is_some(), "what is not deleted is not forgotten");
    let left = (store.captions(3, 1).await.unwrap().len(), store.captions(3, 2).await.unwrap().len());
    assert_eq!(left, (0, 1), "captions go with their recording");
    assert_eq!(store.begin_broadcast(3, 0, 99, 1).await.unwrap().number, 3, "numbers are not used again");
}

async fn sizes_are_added_up_by_creator(database: Database) {
    let store = database.store().await;
    let mut ledger = Ledger::new();
    let (ours, theirs) = (ledger.create_stream(1, 1, &[], Vec::new()), ledger.create_stream(2, 1, &[], Vec::new()));
    store.apply(&ledger.block()).await.unwrap();
    assert_eq!(store.recorded_bytes().await.unwrap(), 0);
    record(&store, ours, 2).await;
    record(&store, theirs, 1).await;
    assert_eq!(store.unmeasured_recordings().await.unwrap().len(), 3);
    for (stream, number, bytes) in [(ours, 1, 5), (ours, 2, 7), (theirs, 1, 11)] {
        store.measure_recording(stream, number, RecordingSize { duration_ms: 1, bytes }).await.unwrap();
    }
    assert!(store.unmeasured_recordings().await.unwrap().is_empty());
    store.delete_recording(ours, 1, 1).await.unwrap();
    assert_eq!(store.recorded_bytes_of(&account(1)).await.unwrap(), 7);
    assert_eq!(store.recorded_bytes_of(&account(3)).await.unwrap(), 0);
    assert_eq!(store.recorded_bytes().await.unwrap(), 23, "its files are there until they are removed");
}

async fn recordings_past_a_time_are_found_oldest_first(database: Database) {
    let store = database.store().await;
    record(&store, 3, 3).await;
    record(&store, 4, 1).await;
    let found = store.recordings_before(Some(3), 3_000).await.unwrap();
    assert_eq!(found.iter().map(|row| row.number).collect::<Vec<_>>(), [1, 2]);
    let found = store.recordings_before(None, u64::MAX).await.unwrap();
    assert_eq!(found.iter().map(|row| (row.stream, row.number)).collect::<Vec<_>>(), [(3, 1), (4, 1), (3, 2), (3, 3)]);
}

fn range(viewer: u32, stream: u64, keys: RangeInclusive<u64>, bought_at: u64) -> BoughtRange {
    let session = SessionId([bought_at as u8; 16]);
    let (first_key, last_key) = (*keys.start(), *keys.end());
    BoughtRange { viewer: account(viewer), stream, first_key, last_key, session, bought_at }
}

async fn bought_ranges_are_joined(database: Database) {
    let store = database.store().await;
    let bought = || async { store.bought(&account(1), 3).await.unwrap() };
    assert!(bought().await.is_empty());
    store.add_bought(&[range(1, 3, 10..=19, 1), range(1, 3, 30..=39, 1)]).await.unwrap();
    store.add_bought(&[range(1, 3, 20..=20, 2)]).await.unwrap();
    assert_eq!(bought().await, [10..=20, 30..=39], "touching");
    store.add_bought(&[range(1, 3, 15..=35, 3)]).await.unwrap();
    assert_eq!(bought().await, [10..=39], "bridging");
    store.add_bought(&[range(1, 3, 12..=13, 4), range(1, 3, 0..=0, 4)]).await.unwrap();
    assert_eq!(bought().await, [0..=0, 10..=39], "again");
    store.add_bought(&[range(1, 3, 5..=9, 5)]).await.unwrap();
    assert_eq!(bought().await, [0..=0, 5..=39], "in front");
}

async fn bought_ranges_of_viewers_and_streams_are_apart(database: Database) {
    let store = database.store().await;
    store.add_bought(&[range(1, 3, 0..=4, 1), range(2, 3, 5..=9, 1), range(1, 4, 5..=6, 1)]).await.unwrap();
    assert_eq!(store.bought(&account(1), 3).await.unwrap(), [0..=4]);
    assert_eq!(store.bought(&account(2), 3).await.unwrap(), [5..=9]);
    assert_eq!(store.bought(&account(1), 4).await.unwrap(), [5..=6]);
    assert!(store.bought(&account(1), u64::MAX).await.unwrap().is_empty());
}

async fn settings_are_replaced_and_listed(database: Database) {
    let store = database.store().await;
    assert_eq!(store.stream_settings(3).await.unwrap(), None);
    let row = |stream, value: &str| StreamSettingsRow { stream, value: value.into(), updated_at: 1 };
    for row in [row(3, "{}"), row(0, "{}"), row(3, "{\"clips\":\"payers\"}")] {
        store.set_stream_settings(&row).await.unwrap();
    }
    assert_eq!(store.stream_settings(3).await.unwrap().as_deref(), Some("{\"clips\":\"payers\"}"));
    let all = store.all_stream_settings(None).await.unwrap();
    assert_eq!(all.iter().map(|row| row.stream).collect::<Vec<_>>(), [0, 3]);
    assert_eq!(store.all_stream_settings(Some(0)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn clip_is_stored_with_what_it_shows() {
    let Some(database) = Database::sqlite() else { return };
    let store = database.store().await;
    let row = store.begin_recording(RecordingKind::Clip, 3, 0, 7, 1_000).await.unwrap();
    let clip = Some(ClipSource { stream: 3, number: 1, start_ms: 5_000, end_ms: 20_000 });
    let row = RecordingRow { clip, is_free: true, ..row };
    store.change_recording(3, row.number, |stored| *stored = row.clone()).await.unwrap();
    assert_eq!(store.any_recording(3, row.number).await.unwrap(), Some(row));
}
