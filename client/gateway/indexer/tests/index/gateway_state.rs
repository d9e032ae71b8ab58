//! The gateway's own records.

use crate::common::Database;
use vilokanam_indexer::{
    gateway_state::{CaptionsRow, MAX_CAPTIONS},
    AudienceMinute, GatewayStateError, QualityMinute,
};

on_both!(
    broadcasts_are_numbered_per_stream,
    broadcast_that_a_crash_left_open_is_ended,
    ended_broadcast_keeps_its_end,
    unknown_broadcast_is_refused,
    broadcast_is_found_by_key_index,
    stream_has_a_broadcast_while_it_is_on_air_or_recorded,
    last_live_is_the_end_of_the_last_broadcast,
    key_indices_never_repeat,
    key_indices_of_a_new_stream_never_repeat,
    audience_is_merged_by_minute,
    captions_are_replaced_by_name_and_bounded,
    one_language_of_captions_is_the_default,
    quality_is_merged_by_minute_and_forgotten,
);

async fn broadcasts_are_numbered_per_stream(database: Database) {
    let store = database.store().await;
    assert_eq!(store.begin_broadcast(3, 0, 0, 1_000).await.unwrap().number, 1);
    assert_eq!(store.begin_broadcast(3, 0, 10, 2_000).await.unwrap().number, 2);
    assert_eq!(store.begin_broadcast(4, 0, 0, 3_000).await.unwrap().number, 1);
    assert_eq!(store.begin_broadcast(5, 7, 0, 4_000).await.unwrap().number, 7, "at least the number given");
}

async fn broadcast_that_a_crash_left_open_is_ended(database: Database) {
    let store = database.store().await;
    store.begin_broadcast(3, 0, 0, 1_000).await.unwrap();
    store.keep_recording(3, 1, "recordings/3/1").await.unwrap();
    store.begin_broadcast(3, 0, 10, 2_000).await.unwrap();
    assert_eq!(store.recording(3, 1).await.unwrap().unwrap().published_at, Some(2_000), "when the next one began");
    store.keep_recording(3, 2, "recordings/3/2").await.unwrap();
    store.end_broadcasts(3_000).await.unwrap();
    assert_eq!(store.recording(3, 2).await.unwrap().unwrap().published_at, Some(3_000), "at the start");
}

async fn ended_broadcast_keeps_its_end(database: Database) {
    let store = database.store().await;
    store.begin_broadcast(3, 0, 0, 1_000).await.unwrap();
    store.end_broadcast(3, 1, 60_000, None).await.unwrap();
    assert_eq!(store.recording(3, 1).await.unwrap(), None, "nothing was recorded");
    store.end_broadcast(3, 1, 99_000, Some("vod/3/1")).await.unwrap();
    let recording = store.recording(3, 1).await.unwrap().unwrap();
    assert_eq!((recording.created_at, recording.published_at), (1_000, Some(60_000)));
    assert_eq!(recording.folder, "vod/3/1");
}

async fn unknown_broadcast_is_refused(database: Database) {
    let store = database.store().await;
    let refused = store.end_broadcast(3, 1, 1, None).await;
    assert!(matches!(refused, Err(GatewayStateError::BroadcastUnknown { stream: 3, number: 1 })));
}

async fn broadcast_is_found_by_key_index(database: Database) {
    let store = database.store().await;
    store.begin_broadcast(3, 0, 10, 1_000).await.unwrap();
    store.begin_broadcast(3, 0, 20, 3_000).await.unwrap();
    for (key, number) in [(10, 1), (19, 1), (20, 2), (99, 2)] {
        let found = store.broadcast_of_key(3, key).await.unwrap().unwrap();
        assert_eq!(found.number, number, "key {key}");
    }
    assert!(store.broadcast_of_key(3, 9).await.unwrap().is_none());
    assert!(store.broadcast_of_key(4, 10).await.unwrap().is_none());
    assert!(store.broadcast_of_key(u64::MAX, u64::MAX).await.unwrap().is_none());
}

async fn stream_has_a_broadcast_while_it_is_on_air_or_recorded(database: Database) {
    let store = database.store().await;
    assert!(!store.has_broadcast(3).await.unwrap());
    store.begin_broadcast(3, 0, 10, 1_000).await.unwrap();
    assert!(store.has_broadcast(3).await.unwrap(), "on air");
    store.end_broadcast(3, 1, 2_000, None).await.unwrap();
    assert!(!store.has_broadcast(3).await.unwrap(), "not recorded");
    store.begin_broadcast(3, 0, 20, 3_000).await.unwrap();
    store.end_broadcast(3, 2, 4_000, Some("recordings/3/2")).await.unwrap();
    assert!(store.has_broadcast(3).await.unwrap(), "recorded");
    assert!(!store.has_broadcast(4).await.unwrap() && !store.has_broadcast(u64::MAX).await.unwrap());
}

async fn last_live_is_the_end_of_the_last_broadcast(database: Database) {
    let store = database.store().await;
    store.begin_broadcast(3, 0, 10, 1_000).await.unwrap();
    store.end_broadcast(3, 1, 2_000, None).await.unwrap();
    let last = store.last_live(&[3, 4]).await.unwrap();
    assert_eq!(last.into_iter().collect::<Vec<_>>(), [(3, 2_000)]);
    store.begin_broadcast(3, 0, 20, 3_000).await.unwrap();
    assert_eq!(store.last_live(&[3]).await.unwrap()[&3], 3_000, "one that goes on was live when it began");
    assert!(store.last_live(&[]).await.unwrap().is_empty());
}

async fn key_indices_never_repeat(database: Database) {
    let store = database.store().await;
    assert_eq!(store.take_key_indices(3, 10, 0).await.unwrap(), 0);
    store.close().await;

    let (first, second) = (database.store().await, database.store().await);
    let mut taken = Vec::new();
    for _ in 0..10 {
        let (a, b) = tokio::join!(first.take_key_indices(3, 1, 0), second.take_key_indices(3, 1, 0));
        taken.extend([a.unwrap(), b.unwrap()]);
    }
    taken.sort_unstable();
    assert_eq!(taken, (10..30).collect::<Vec<_>>());
    assert_eq!(first.take_key_indices(3, 1, 7).await.unwrap(), 30, "a lower minimum changes nothing");
    assert_eq!(first.take_key_indices(3, 1, 99).await.unwrap(), 99, "a higher minimum skips indices");
    assert_eq!(first.take_key_indices(3, 1, 0).await.unwrap(), 100);
}

/// Two replicas whose first broadcast of a stream begins at the same moment.
async fn key_indices_of_a_new_stream_never_repeat(database: Database) {
    let (first, second) = (database.store().await, database.store().await);
    for stream in 0..20 {
        let (a, b) = tokio::join!(first.take_key_indices(stream, 5, 0), second.take_key_indices(stream, 5, 0));
        let mut taken = [a.unwrap(), b.unwrap()];
        taken.sort_unstable();
        assert_eq!(taken, [0, 5], "stream {stream}");
    }
}

async fn audience_is_merged_by_minute(database: Database) {
    let store = database.store().await;
    let minute = |stream, minute: u64, viewers, previewed, paid| AudienceMinute {
        stream,
        starts_at: minute * 60_000,
        viewers,
        previewed,
        paid,
    };
    store.add_audience(&[]).await.unwrap();
    store.add_audience(&[minute(3, 1, 5, 2, 1), minute(4, 1, 1, 0, 0)]).await.unwrap();
    store.add_audience(&[minute(3, 1, 4, 1, 1), minute(3, 2, 7, 0, 3)]).await.unwrap();
    let found = store.audience(&[3, 4], 0..120_001).await.unwrap();
    assert_eq!(found, [minute(3, 1, 5, 3, 2), minute(4, 1, 1, 0, 0), minute(3, 2, 7, 0, 3)]);
    assert_eq!(store.audience(&[3], 60_001..u64::MAX).await.unwrap(), [minute(3, 2, 7, 0, 3)]);
    assert!(store.audience(&[], 0..u64::MAX).await.unwrap().is_empty());
}

fn captions(name: &str, is_default: bool) -> CaptionsRow {
    CaptionsRow {
        stream: 3,
        number: 1,
        name: name.into(),
        language: Some(name.into()),
        label: name.to_uppercase(),
        counts_time_of_day: false,
        is_default,
        updated_at: 5,
    }
}

async fn captions_are_replaced_by_name_and_bounded(database: Database) {
    let store = database.store().await;
    assert!(store.set_captions(&captions("en", false)).await.unwrap());
    let unknown = CaptionsRow { language: None, label: "Other".into(), ..captions("en", false) };
    assert!(store.set_captions(&unknown).await.unwrap());
    assert_eq!(store.captions(3, 1).await.unwrap(), [unknown]);
    assert_eq!(store.captions(3, 2).await.unwrap(), [], "of another recording");
    for place in 1..MAX_CAPTIONS {
        assert!(store.set_captions(&captions(&format!("x-{place:03}"), false)).await.unwrap());
    }
    assert!(!store.set_captions(&captions("zz", false)).await.unwrap(), "one too many");
    assert!(store.set_captions(&captions("en", false)).await.unwrap(), "in place of another");
    assert!(store.delete_captions(3, 1, "en").await.unwrap());
    assert!(!store.delete_captions(3, 1, "en").await.unwrap());
    assert!(store.set_captions(&captions("zz", false)).await.unwrap());
}

async fn one_language_of_captions_is_the_default(database: Database) {
    let store = database.store().await;
    store.set_captions(&captions("de", true)).await.unwrap();
    store.set_captions(&captions("en", true)).await.unwrap();
    let defaults: Vec<_> =
        store.captions(3, 1).await.unwrap().into_iter().map(|row| (row.name, row.is_default)).collect();
    assert_eq!(defaults, [("de".to_owned(), false), ("en".to_owned(), true)]);
}

async fn quality_is_merged_by_minute_and_forgotten(database: Database) {
    let store = database.store().await;
    let minute = |stream, minute: u64, count: u64| QualityMinute {
        stream,
        starts_at: minute * 60_000,
        reports: count,
        stalls: 2 * count,
        stall_ms: 300 * count,
        dropped_frames: count,
        frames: 900 * count,
        starts: vec![count, 0, count],
        latencies: vec![0, count],
        renditions: [("720p".to_owned(), 30_000 * count)].into(),
    };
    store.add_quality(&[]).await.unwrap();
    store.add_quality(&[minute(3, 1, 1), minute(4, 1, 5)]).await.unwrap();
    store.add_quality(&[minute(3, 1, 2), minute(3, 2, 1)]).await.unwrap();
    assert_eq!(store.quality(3, 0..u64::MAX).await.unwrap(), [minute(3, 1, 3), minute(3, 2, 1)]);
    assert_eq!(store.quality(3, 60_001..u64::MAX).await.unwrap(), [minute(3, 2, 1)]);
    store.forget_quality(120_000).await.unwrap();
    assert_eq!(store.quality(3, 0..u64::MAX).await.unwrap(), [minute(3, 2, 1)]);
    assert!(store.quality(4, 0..u64::MAX).await.unwrap().is_empty());
}
