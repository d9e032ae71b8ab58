//! RTMP, as OBS and ffmpeg use it.

use crate::{
    clips::clips,
    gateway::{finished, publish, Gateway, STREAM},
};
use std::time::Duration;
use vilokanam_ingest::{DiscontinuityReason, EndReason, Protocol};
use vilokanam_test_media::rtmp::{tags, Client, MessageType, Tag};

#[tokio::test(flavor = "multi_thread")]
async fn a_publisher_is_broadcast_in_all_renditions() {
    let mut gateway = Gateway::start().await;
    let publisher = publish(&["-re"], &clips().wide, "flv", &gateway.rtmp_url());
    let mut observer = gateway.broadcast().await;
    observer.until_media(50_000).await;
    assert_eq!(gateway.ingest.live(), [STREAM]);
    assert_eq!(observer.until_end().await, EndReason::PublisherGone);
    assert!(finished(publisher).await.status.success());

    let source = observer.source.clone().unwrap();
    let video = source.video.unwrap();
    assert_eq!((source.protocol, video.width, video.height), (Protocol::Rtmp, 640, 360));
    assert_eq!((video.codec.as_str(), video.frames_per_second), ("h264", Some(30.0)));
    assert_eq!(source.audio.unwrap().codec, "aac");
    assert_eq!(observer.ids(), [240, 360], "no rendition is above the source");
    let movies = observer.check_epoch(0, 30);
    assert_eq!(movies[0].start_ms(), 10_000);
    assert!(movies[0].end_ms() >= 16_500, "all seven seconds are complete: {}", movies[0].end_ms());
    assert!(observer.thumbnails.iter().all(|jpeg| jpeg.starts_with(&[0xff, 0xd8]) && jpeg.ends_with(&[0xff, 0xd9])));
    assert!(!observer.thumbnails.is_empty());
    assert!(observer.health.iter().any(|health| health.input_bits_per_second > 0 && health.frames > 0));
    assert_eq!((observer.waits, observer.resumes, observer.discontinuities.len()), (1, 0, 0));
    assert!(gateway.ingest.live().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publisher_without_audio_is_broadcast() {
    let mut gateway = Gateway::start().await;
    let url = gateway.rtmp_url_of(&format!("{STREAM}?key={}", gateway.key.reveal()));
    let publisher = publish(&[], &clips().silent, "flv", &url);
    let mut observer = gateway.broadcast().await;
    observer.until_end().await;
    assert!(finished(publisher).await.status.success());
    assert!(observer.source.clone().unwrap().audio.is_none());
    observer.check_epoch(0, 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_publisher_without_video_is_broadcast_with_a_waveform() {
    let mut gateway = Gateway::start().await;
    let publisher = publish(&[], &clips().sound, "flv", &gateway.rtmp_url());
    let mut observer = gateway.broadcast().await;
    observer.until_end().await;
    assert!(finished(publisher).await.status.success());
    assert_eq!(observer.ids(), [0]);
    observer.check_epoch(0, 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_key_is_refused_with_a_reason() {
    let mut gateway = Gateway::start().await;
    for name in [format!("{STREAM}-{}", "0".repeat(40)), format!("8-{}", gateway.key.reveal()), "nonsense".into()] {
        let output = finished(publish(&[], &clips().wide, "flv", &gateway.rtmp_url_of(&name))).await;
        assert!(!output.status.success(), "{name}");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(stderr.contains("copy it again") || stderr.contains("the publish key is not valid"), "{stderr}");
    }
    assert!(gateway.broadcasts.try_recv().is_err());
    assert!(gateway.ingest.live().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn stream_keys_are_accepted_as_people_and_encoders_write_them() {
    let gateway = Gateway::start().await;
    let address = gateway.ingest.rtmp_address().unwrap();
    let key = gateway.key.reveal();
    for (app, name) in [
        ("live", format!("{STREAM}-{}", key.to_uppercase())),
        ("live", format!("{STREAM}{key}")),
        ("live", format!(" {STREAM}-{key}/\r\n")),
        ("live", format!("{STREAM}-{key}?x=1")),
        (&format!("live/{STREAM}-{key}"), String::new()),
    ] {
        let mut client = Client::publish_in(address, app, &name).await;
        client.expect("NetStream.Publish.Start").await;
        client.disconnect().await;
    }
    for name in [format!("{STREAM}-{}", &key[1..]), format!("x{STREAM}-{key}"), STREAM.to_string()] {
        let answers = Client::publish(address, &name).await.read_to_end().await;
        assert!(answers.contains("copy it again"), "{name}: {answers}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn large_chunks_are_accepted() {
    let mut gateway = Gateway::start().await;
    let mut client = Client::publish(gateway.ingest.rtmp_address().unwrap(), &gateway.key.stream_key(STREAM)).await;
    client.set_chunk_size(131_072).await;
    let all = tags(&clips().wide);
    let (first, rest) = all.split_at(all.len() / 2);
    client.send_tags(first.iter().cloned()).await.unwrap();
    client.set_chunk_size(0x7fff_ffff).await;
    client.send_tags(rest.iter().cloned()).await.unwrap();
    client.disconnect().await;
    let mut observer = gateway.broadcast().await;
    observer.until_end().await;
    let movies = observer.check_epoch(0, 30);
    assert!(movies[0].end_ms() >= 16_500, "all seven seconds are complete: {}", movies[0].end_ms());
}

#[tokio::test(flavor = "multi_thread")]
async fn audio_that_begins_later_is_broadcast_after_a_discontinuity() {
    let mut gateway = Gateway::start().await;
    let mut client = Client::publish(gateway.ingest.rtmp_address().unwrap(), &gateway.key.stream_key(STREAM)).await;
    let all = tags(&clips().wide);
    let is_config = |tag: &Tag| tag.kind == MessageType::Audio && tag.data.get(1) == Some(&0);
    let late = |tag: &Tag| tag.kind != MessageType::Audio || tag.time_ms >= 3_000;
    let config = all.iter().find(|tag| is_config(tag)).cloned().unwrap();
    let (before, after): (Vec<Tag>, Vec<Tag>) = all.into_iter().filter(late).partition(|tag| tag.time_ms < 3_000);
    client.send_tags(before).await.unwrap();
    let mut observer = gateway.broadcast().await;
    observer.until("the start", |observer| observer.source.is_some()).await;
    assert!(observer.source.clone().unwrap().audio.is_none());
    client.send_tags([Tag { time_ms: 3_000, ..config }]).await.unwrap();
    client.send_tags(after).await.unwrap();
    client.disconnect().await;
    observer.until_end().await;
    assert_eq!(observer.discontinuities, [DiscontinuityReason::TracksChanged]);
    assert_eq!(observer.source.clone().unwrap().audio.unwrap().codec, "aac");
    let movies = observer.check_epoch(1, 30);
    assert!(movies[0].end_ms() - movies[0].start_ms() > 2_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_above_the_maximum_of_broadcasts_is_refused_with_the_reason() {
    let gateway = Gateway::with(|config, _| config.max_broadcasts = 1).await;
    let address = gateway.ingest.rtmp_address().unwrap();
    let mut first = Client::publish(address, &gateway.key.stream_key(STREAM)).await;
    first.expect("NetStream.Publish.Start").await;
    let (_, key) = gateway.ingest.keys().create(8).unwrap();
    let answers = Client::publish(address, &key.stream_key(8)).await.read_to_end().await;
    assert!(answers.contains("which is its maximum"), "{answers}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_publisher_is_refused() {
    let mut gateway = Gateway::start().await;
    let first = publish(&["-re"], &clips().wide, "flv", &gateway.rtmp_url());
    let mut observer = gateway.broadcast().await;
    let second = finished(publish(&[], &clips().wide, "flv", &gateway.rtmp_url())).await;
    assert!(!second.status.success());
    assert!(String::from_utf8_lossy(&second.stderr).contains("already being published"));
    observer.until_media(100_000).await;
    assert!(gateway.ingest.kick(STREAM), "the first publisher is still connected");
    observer.until_end().await;
    assert!(!finished(first).await.status.success(), "it was disconnected");
    assert!(gateway.broadcasts.try_recv().is_err(), "there was one broadcast");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_publisher_is_replaced() {
    let mut gateway = Gateway::with(|config, _| {
        config.vanished_after_ms = 500;
        config.reconnect_window_ms = 20_000;
    })
    .await;
    let first = publish(&["-re"], &clips().wide, "flv", &gateway.rtmp_url());
    let mut observer = gateway.broadcast().await;
    observer.until_media(1000).await;
    // Its connection stays open, but it sends nothing.
    let id = first.id().unwrap().to_string();
    assert!(std::process::Command::new("kill").args(["-STOP", &id]).status().unwrap().success());
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let second = publish(&[], &clips().wide, "flv", &gateway.rtmp_url());
    observer.until("the second publisher", |observer| observer.resumes == 1).await;
    assert!(finished(second).await.status.success());
    observer.until("its end", |observer| observer.waits == 1).await;
    assert!(gateway.ingest.stop(STREAM));
    assert_eq!(observer.until_end().await, EndReason::Stopped);
    observer.check_epoch(1, 30);
    drop(first);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_shutdown_ends_broadcasts_and_removes_their_sockets() {
    let mut gateway = Gateway::start().await;
    let publisher = publish(&["-re"], &clips().wide, "flv", &gateway.rtmp_url());
    let mut observer = gateway.broadcast().await;
    observer.until_media(1000).await;
    let ingest = gateway.ingest.clone();
    let (reason, ()) = tokio::join!(observer.until_end(), ingest.shutdown());
    assert_eq!(reason, EndReason::ShuttingDown);
    assert!(!finished(publisher).await.status.success());
    assert!(std::fs::read_dir(gateway.directory.path().join("w")).unwrap().next().is_none(), "no sockets are left");
}
