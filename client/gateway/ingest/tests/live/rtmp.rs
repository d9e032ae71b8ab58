//! RTMP, as OBS and ffmpeg speak it.

use crate::{
    clips::clips,
    gateway::{finished, publish, Gateway, STREAM},
};
use std::time::Duration;
use vilokanam_ingest::{EndReason, Protocol};

#[tokio::test(flavor = "multi_thread")]
async fn publishing_works() {
    let mut gateway = Gateway::start().await;
    let publisher = publish(&["-re"], &clips().wide, "flv", &gateway.rtmp_url());
    let mut seen = gateway.broadcast().await;
    seen.until_media(50_000).await;
    assert_eq!(gateway.ingest.live(), [STREAM]);
    assert_eq!(seen.until_ended().await, EndReason::PublisherGone);
    assert!(finished(publisher).await.status.success());

    let source = seen.source.clone().unwrap();
    let video = source.video.unwrap();
    assert_eq!((source.protocol, video.width, video.height), (Protocol::Rtmp, 640, 360));
    assert_eq!((video.codec.as_str(), video.frames_per_second), ("h264", Some(30.0)));
    assert_eq!(source.audio.unwrap().codec, "aac");
    assert_eq!(seen.ids(), [240, 360], "nothing above the source");
    let movies = seen.check_epoch(0, 30);
    assert_eq!(movies[0].start_ms(), 10_000);
    assert!(movies[0].end_ms() >= 16_500, "all seven seconds came through: {}", movies[0].end_ms());
    assert!(seen.thumbnails.iter().all(|jpeg| jpeg.starts_with(&[0xff, 0xd8]) && jpeg.ends_with(&[0xff, 0xd9])));
    assert!(!seen.thumbnails.is_empty());
    assert!(seen.health.iter().any(|health| health.input_bits_per_second > 0 && health.frames > 0));
    assert_eq!((seen.waits, seen.resumes, seen.discontinuities.len()), (1, 0, 0));
    assert!(gateway.ingest.live().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn publishing_without_sound_works() {
    let mut gateway = Gateway::start().await;
    let url = gateway.rtmp_url_of(&format!("{STREAM}?key={}", gateway.key.reveal()));
    let publisher = publish(&[], &clips().silent, "flv", &url);
    let mut seen = gateway.broadcast().await;
    seen.until_ended().await;
    assert!(finished(publisher).await.status.success());
    assert!(seen.source.clone().unwrap().audio.is_none());
    seen.check_epoch(0, 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn publishing_of_sound_alone_works() {
    let mut gateway = Gateway::start().await;
    let publisher = publish(&[], &clips().sound, "flv", &gateway.rtmp_url());
    let mut seen = gateway.broadcast().await;
    seen.until_ended().await;
    assert!(finished(publisher).await.status.success());
    assert_eq!(seen.ids(), [0]);
    seen.check_epoch(0, 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn publishing_with_a_wrong_key_fails() {
    let mut gateway = Gateway::start().await;
    for name in [format!("{STREAM}-{}", "0".repeat(40)), format!("8-{}", gateway.key.reveal()), "nonsense".into()] {
        let output = finished(publish(&[], &clips().wide, "flv", &gateway.rtmp_url_of(&name))).await;
        assert!(!output.status.success(), "{name}");
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("stream"), "the publisher is told why: {said}");
    }
    assert!(gateway.broadcasts.try_recv().is_err());
    assert!(gateway.ingest.live().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn publishing_twice_fails() {
    let mut gateway = Gateway::start().await;
    let first = publish(&["-re"], &clips().wide, "flv", &gateway.rtmp_url());
    let mut seen = gateway.broadcast().await;
    let second = finished(publish(&[], &clips().wide, "flv", &gateway.rtmp_url())).await;
    assert!(!second.status.success());
    assert!(String::from_utf8_lossy(&second.stderr).contains("already being published"));
    seen.until_media(100_000).await;
    assert!(gateway.ingest.kick(STREAM), "the first one is still there");
    seen.until_ended().await;
    assert!(!finished(first).await.status.success(), "it was sent away");
    assert!(gateway.broadcasts.try_recv().is_err(), "there was one broadcast");
}

#[tokio::test(flavor = "multi_thread")]
async fn publishing_where_one_has_vanished_works() {
    let mut gateway = Gateway::with(|config, _| {
        config.vanished_after_ms = 500;
        config.reconnect_window_ms = 20_000;
    })
    .await;
    let first = publish(&["-re"], &clips().wide, "flv", &gateway.rtmp_url());
    let mut seen = gateway.broadcast().await;
    seen.until_media(1000).await;
    // Its connection stays open, but nothing comes any more.
    let id = first.id().unwrap().to_string();
    assert!(std::process::Command::new("kill").args(["-STOP", &id]).status().unwrap().success());
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let second = publish(&[], &clips().wide, "flv", &gateway.rtmp_url());
    seen.until("the second publisher", |seen| seen.resumes == 1).await;
    assert!(finished(second).await.status.success());
    seen.until("its end", |seen| seen.waits == 2).await;
    assert!(gateway.ingest.stop(STREAM));
    assert_eq!(seen.until_ended().await, EndReason::Stopped);
    seen.check_epoch(1, 30);
    drop(first);
}

#[tokio::test(flavor = "multi_thread")]
async fn shutting_down_works() {
    let mut gateway = Gateway::start().await;
    let publisher = publish(&["-re"], &clips().wide, "flv", &gateway.rtmp_url());
    let mut seen = gateway.broadcast().await;
    seen.until_media(1000).await;
    let ingest = gateway.ingest.clone();
    let (reason, ()) = tokio::join!(seen.until_ended(), ingest.shutdown());
    assert_eq!(reason, EndReason::ShuttingDown);
    assert!(!finished(publisher).await.status.success());
    assert!(std::fs::read_dir(gateway.directory.path().join("w")).unwrap().next().is_none(), "no sockets are left");
}
