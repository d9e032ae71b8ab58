//! HTTP PUT of segments, as ffmpeg generates them.

use crate::{
    clips::{clips, write_hls},
    gateway::{Gateway, STREAM},
    mpegts::{put, HERE},
};
use bytes::Bytes;
use std::path::PathBuf;
use vilokanam_ingest::{EndReason, KeyRefusal, PublishError, PutError, PutOutcome};

/// Names and bytes of the segments of a clip, in the order in which ffmpeg would upload them.
pub fn segments(kind: &str, name: &str) -> Vec<(String, Bytes)> {
    let directory: PathBuf = clips().directory.join(name);
    std::fs::create_dir_all(&directory).unwrap();
    let suffix = if kind == "fmp4" { "m4s" } else { "ts" };
    let (pattern, playlist) = (directory.join(format!("seg_%05d.{suffix}")), directory.join("index.m3u8"));
    let args = ["-hls_fmp4_init_filename", "init.mp4", "-hls_segment_filename", pattern.to_str().unwrap()];
    write_hls(kind, &args, &playlist);
    let mut names: Vec<String> =
        std::fs::read_dir(&directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    // "init.mp4" sorts before "seg_…".
    names.sort();
    names.into_iter().map(|name| (name.clone(), std::fs::read(directory.join(name)).unwrap().into())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn uploaded_hls_is_broadcast() {
    let mut gateway = Gateway::start().await;
    let segments = tokio::task::spawn_blocking(|| segments("mpegts", "hls")).await.unwrap();
    assert!(segments.len() > 3);
    for (name, bytes) in &segments {
        let expected = if name.ends_with("m3u8") { PutOutcome::Ignored } else { PutOutcome::Taken };
        assert_eq!(put(&gateway, name, bytes).await, Ok(expected), "{name}");
    }
    let (last, bytes) = segments.last().unwrap();
    assert_eq!(put(&gateway, last, bytes).await, Ok(PutOutcome::Duplicate));
    let other = put(&gateway, "other_1.ts", bytes).await;
    assert!(matches!(other, Err(PutError::OtherRendition { .. })));
    let mut observer = gateway.broadcast().await;
    assert_eq!(observer.until_end().await, EndReason::PublisherGone);
    let movies = observer.check_epoch(0, 30);
    assert!(movies[0].end_ms() - movies[0].start_ms() > 6000);
}

#[tokio::test(flavor = "multi_thread")]
async fn uploaded_cmaf_is_broadcast_in_order() {
    let mut gateway = Gateway::start().await;
    let segments = tokio::task::spawn_blocking(|| segments("fmp4", "cmaf")).await.unwrap();
    let (_, media) = segments.iter().find(|(name, _)| name.ends_with("m4s")).unwrap();
    assert_eq!(put(&gateway, "seg_00000.m4s", media).await, Err(PutError::NoInit));
    // Two segments are out of order.
    let mut order: Vec<&(String, Bytes)> = segments.iter().filter(|(name, _)| !name.ends_with("m3u8")).collect();
    order.swap(2, 3);
    for (name, bytes) in order {
        let outcome = put(&gateway, name, bytes).await.unwrap();
        assert!(matches!(outcome, PutOutcome::Taken | PutOutcome::Waiting), "{name}: {outcome:?}");
    }
    let mut observer = gateway.broadcast().await;
    observer.until_end().await;
    let movies = observer.check_epoch(0, 30);
    assert!(movies[0].end_ms() - movies[0].start_ms() > 6000);
}

#[tokio::test(flavor = "multi_thread")]
async fn uploads_of_nonsense_are_refused() {
    let gateway = Gateway::start().await;
    let garbage = Bytes::from(vec![0xab; 100_000]);
    assert!(matches!(put(&gateway, "1.exe", &garbage).await, Err(PutError::BadName(_))));
    assert!(matches!(put(&gateway, "1.ts", &garbage).await, Err(PutError::BadContent(_))));
    assert!(matches!(put(&gateway, "1.m4s", &garbage).await, Err(PutError::BadContent(_))));
    let huge = Bytes::from(vec![0x47; (32 << 20) + 1]);
    assert!(matches!(put(&gateway, "1.ts", &huge).await, Err(PutError::TooLarge { .. })));
    let wrong = gateway.ingest.put(STREAM, "guess", HERE, "1.ts", garbage).await;
    assert_eq!(wrong, Err(PutError::Publish(PublishError::Key(KeyRefusal::Wrong))));
    assert!(gateway.ingest.live().is_empty(), "none of the uploads began a broadcast");
}
