//! The gateway's own memory.

use crate::common::Database;
use vilokanam_indexer::{
    own::{OwnError, MAX_THUMBNAILS_PER_STREAM},
    values::Time,
    views::{AudienceMinute, Thumbnail},
    PageRequest, QueryError,
};

on_both!(
    broadcasts_work,
    extend_broadcast_backwards_fails,
    broadcast_unknown_fails,
    recordings_are_found_by_key_works,
    take_keys_never_repeats_works,
    take_keys_without_secret_fails,
    thumbnails_work,
    audience_works,
);

async fn broadcasts_work(database: Database) {
    let store = database.store().await;
    let first = store.begin_broadcast(3, 0, 0, 1_000).await.unwrap();
    assert_eq!((first.number, first.last_key), (1, None));
    store.extend_broadcast(3, 1, 0).await.unwrap();
    store.extend_broadcast(3, 1, 9).await.unwrap();
    store.end_broadcast(3, 1, 60_000, None).await.unwrap();
    store.end_broadcast(3, 1, 99_000, Some("vod/3/1")).await.unwrap();
    let ended = store.broadcast(3, 1).await.unwrap().unwrap();
    assert_eq!((ended.ended_at, ended.last_key), (Some(Time(60_000)), Some(9)));
    assert_eq!(ended.recording_path.as_deref(), Some("vod/3/1"));

    // The second never ends (a crash); the third ends it.
    store.begin_broadcast(3, 0, 10, 100_000).await.unwrap();
    let third = store.begin_broadcast(3, 0, 20, 200_000).await.unwrap();
    assert_eq!(third.number, 3);
    assert_eq!(store.broadcast(3, 2).await.unwrap().unwrap().ended_at, Some(Time(200_000)));
    store.begin_broadcast(4, 0, 0, 1).await.unwrap();
    assert_eq!(store.begin_broadcast(5, 7, 0, 1).await.unwrap().number, 7, "six are known elsewhere");

    let page = store.broadcasts(3, &PageRequest::first(2)).await.unwrap();
    assert_eq!(page.items.iter().map(|item| item.number).collect::<Vec<_>>(), [3, 2]);
    let page = store.broadcasts(3, &PageRequest::after(2, page.next.unwrap())).await.unwrap();
    assert_eq!((page.items.len(), page.items[0].number, page.next), (1, 1, None));
    let bad = store.broadcasts(3, &PageRequest::after(2, "0c")).await;
    assert!(matches!(bad, Err(QueryError::BadCursor)));
}

async fn recordings_are_found_by_key_works(database: Database) {
    let store = database.store().await;
    store.begin_broadcast(3, 0, 10, 1_000).await.unwrap();
    store.keep_recording(3, 1, "recordings/3/1").await.unwrap();
    store.end_broadcasts(2_000).await.unwrap();
    store.begin_broadcast(3, 0, 20, 3_000).await.unwrap();
    for (key, number) in [(10, 1), (19, 1), (20, 2), (99, 2)] {
        let found = store.broadcast_of_key(3, key).await.unwrap().unwrap();
        assert_eq!(found.number, number, "key {key}");
    }
    assert!(store.broadcast_of_key(3, 9).await.unwrap().is_none());
    assert!(store.broadcast_of_key(4, 10).await.unwrap().is_none());
    let first = store.broadcast(3, 1).await.unwrap().unwrap();
    assert_eq!((first.ended_at, first.recording_path.as_deref()), (Some(Time(2_000)), Some("recordings/3/1")));
    let last = store.last_live(&[3, 4]).await.unwrap();
    assert_eq!(last.into_iter().collect::<Vec<_>>(), [(3, Time(3_000))]);
    assert!(store.last_live(&[]).await.unwrap().is_empty());
}

async fn extend_broadcast_backwards_fails(database: Database) {
    let store = database.store().await;
    store.begin_broadcast(3, 0, 5, 1_000).await.unwrap();
    store.extend_broadcast(3, 1, 7).await.unwrap();
    let refused = store.extend_broadcast(3, 1, 6).await;
    assert!(matches!(refused, Err(OwnError::KeyTaken { stream: 3, got: 6, least: 7 })), "{refused:?}");
}

async fn broadcast_unknown_fails(database: Database) {
    let store = database.store().await;
    let refused = store.end_broadcast(3, 1, 1, None).await;
    assert!(matches!(refused, Err(OwnError::BroadcastUnknown { stream: 3, number: 1 })));
    assert!(store.broadcast(3, 1).await.unwrap().is_none());
}

async fn take_keys_never_repeats_works(database: Database) {
    let store = database.store().await;
    store.set_secret_ref(3, "stream-3", 1).await.unwrap();
    assert_eq!(store.take_keys(3, 10, 0, 2).await.unwrap(), 0);
    store.set_secret_ref(3, "stream-3-rotated", 3).await.unwrap();
    store.close().await;

    let (first, second) = (database.store().await, database.store().await);
    let mut taken = Vec::new();
    for _ in 0..10 {
        let (a, b) = tokio::join!(first.take_keys(3, 1, 0, 4), second.take_keys(3, 1, 0, 4));
        taken.extend([a.unwrap(), b.unwrap()]);
    }
    taken.sort_unstable();
    assert_eq!(taken, (10..30).collect::<Vec<_>>());
    assert_eq!(first.take_keys(3, 1, 7, 5).await.unwrap(), 30, "what is asked for at least is behind us");
    assert_eq!(first.take_keys(3, 1, 99, 6).await.unwrap(), 99, "another database has given out more");
    let runtime = first.stream_runtime(3).await.unwrap().unwrap();
    assert_eq!((runtime.next_key, runtime.secret_ref.as_str()), (100, "stream-3-rotated"));
}

async fn take_keys_without_secret_fails(database: Database) {
    let store = database.store().await;
    assert!(matches!(store.take_keys(3, 1, 0, 1).await, Err(OwnError::SecretUnknown { stream: 3 })));
    assert!(store.stream_runtime(3).await.unwrap().is_none());
}

async fn thumbnails_work(database: Database) {
    let store = database.store().await;
    let at = |taken_at: u64| Thumbnail {
        stream: 3,
        taken_at: Time(taken_at),
        path: format!("thumbnails/{taken_at}.jpg"),
        width: 320,
        height: 180,
        bytes: 12_345,
    };
    let newest = u64::from(MAX_THUMBNAILS_PER_STREAM) + 1;
    store.add_thumbnail(&at(1)).await.unwrap();
    store.add_thumbnail(&Thumbnail { bytes: 1, ..at(1) }).await.unwrap();
    store.add_thumbnail(&Thumbnail { stream: 5, ..at(1) }).await.unwrap();
    for taken_at in 2..newest {
        assert!(store.add_thumbnail(&at(taken_at)).await.unwrap().is_empty(), "{taken_at}");
    }
    assert_eq!(store.add_thumbnail(&at(newest)).await.unwrap(), ["thumbnails/1.jpg"], "the oldest goes");
    assert_eq!(store.thumbnails(3, 2).await.unwrap(), [at(newest), at(newest - 1)]);
    assert_eq!(store.thumbnails(3, u32::MAX).await.unwrap().len(), 100);
    assert_eq!(store.thumbnails(5, 2).await.unwrap().len(), 1, "another stream's stay");
    assert!(store.thumbnails(4, 2).await.unwrap().is_empty());
}

async fn audience_works(database: Database) {
    let store = database.store().await;
    let minute = |stream, minute: u64, viewers, previewed, paid| AudienceMinute {
        stream,
        starts_at: Time(minute * 60_000),
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
