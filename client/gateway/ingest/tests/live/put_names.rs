//! Names of segments whose last number does not count them.

use crate::{
    gateway::Gateway,
    mpegts::{picture_and_sound, put},
};
use std::time::Duration;
use vilokanam_ingest::{EndReason, PutError, PutOutcome};

async fn is_one_broadcast(names: &[&str]) {
    let mut gateway = Gateway::start().await;
    let clip = tokio::task::spawn_blocking(|| picture_and_sound("names", 6, 60)).await.unwrap();
    let each = clip.len() / 188 / names.len() * 188;
    for (place, name) in names.iter().enumerate() {
        let end = if place + 1 == names.len() { clip.len() } else { (place + 1) * each };
        let outcome = put(&gateway, name, &clip.slice(place * each..end)).await;
        assert!(matches!(outcome, Ok(PutOutcome::Taken | PutOutcome::Waiting)), "{name}: {outcome:?}");
    }
    let mut observer = gateway.broadcast().await;
    assert_eq!(observer.until_end().await, EndReason::PublisherGone);
    assert_eq!(observer.discontinuities, [], "{names:?}");
    let movies = observer.check_epoch(0, 30);
    assert!(movies[0].end_ms() - movies[0].start_ms() > 5_000, "{names:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_height_after_the_number_does_not_restart_the_broadcast() {
    is_one_broadcast(&["seg_00001_720p.ts", "seg_00002_720p.ts", "seg_00003_720p.ts", "seg_00004_720p.ts"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_of_a_rendition_after_the_number_does_not_restart_the_broadcast() {
    is_one_broadcast(&["seg-8-v1-a1.ts", "seg-9-v1-a1.ts", "seg-10-v1-a1.ts"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn times_instead_of_numbers_are_in_order() {
    is_one_broadcast(&["2026-11-30/23-59-56.ts", "2026-11-30/23-59-58.ts", "2026-11-30/24-00-00.ts"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_name_is_refused_until_the_publisher_has_vanished() {
    let gateway = Gateway::with(|config, _| config.vanished_after_ms = 200).await;
    let clip = tokio::task::spawn_blocking(|| picture_and_sound("vanished", 2, 60)).await.unwrap();
    assert_eq!(put(&gateway, "a_1.ts", &clip).await, Ok(PutOutcome::Taken));
    assert!(matches!(put(&gateway, "b_1.ts", &clip).await, Err(PutError::OtherRendition { .. })));
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(put(&gateway, "b_1.ts", &clip).await, Ok(PutOutcome::Taken));
}
