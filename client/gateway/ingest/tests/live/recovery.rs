//! Recovery from publishers and transcoders that disappear.

use crate::{
    clips::clips,
    gateway::{finished, publish, Gateway, STREAM},
};
use std::{
    io::Write,
    os::unix::fs::PermissionsExt,
    path::Path,
    time::{SystemTime, UNIX_EPOCH},
};
use vilokanam_ingest::{DiscontinuityReason, EndReason};

#[tokio::test(flavor = "multi_thread")]
async fn a_publisher_that_returns_continues_its_broadcast() {
    let mut gateway = Gateway::with(|config, _| config.reconnect_window_ms = 20_000).await;
    let first = publish(&[], &clips().wide, "flv", &gateway.rtmp_url());
    let mut observer = gateway.broadcast().await;
    observer.until("waiting", |observer| observer.waits == 1).await;
    assert!(finished(first).await.status.success());
    assert_eq!(gateway.ingest.live(), [STREAM], "the broadcast waits for its publisher");
    let second = publish(&[], &clips().small, "flv", &gateway.rtmp_url());
    observer.until("waiting again", |observer| observer.waits == 2).await;
    assert!(finished(second).await.status.success());
    assert!(gateway.ingest.stop(STREAM));
    assert_eq!(observer.until_end().await, EndReason::Stopped);

    assert_eq!((observer.resumes, observer.discontinuities.clone()), (1, vec![DiscontinuityReason::Reconnected]));
    let (before, after) = (observer.check_epoch(0, 30), observer.check_epoch(1, 25));
    assert!(after[0].start_ms() >= before[0].end_ms(), "timestamps increase");
    assert_eq!(after[0].start_ms() % 2000, 0);
    assert_eq!(observer.ids(), [240], "the second source is smaller");
    assert!(gateway.broadcasts.try_recv().is_err(), "there is one broadcast");
}

/// A broadcast is announced a second after the first byte of its source, by which time it is identified. Its media is dated
/// by the first byte.
#[tokio::test(flavor = "multi_thread")]
async fn media_is_dated_by_the_first_byte_of_its_source() {
    let mut gateway = Gateway::with(|config, _| config.reconnect_window_ms = 20_000).await;
    let now_ms = || SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64;
    let before_ms = now_ms();
    let first = publish(&["-re"], &clips().wide, "flv", &gateway.rtmp_url());
    let mut observer = gateway.broadcast().await;
    let announced_ms = now_ms();
    observer.until_media(1_000).await;
    observer.until("waiting", |observer| observer.waits == 1).await;
    assert!(finished(first).await.status.success());
    let again_ms = now_ms();
    let second = publish(&["-re"], &clips().wide, "flv", &gateway.rtmp_url());
    observer.until("the return", |observer| observer.epochs.len() == 2).await;
    let resumed_ms = now_ms();
    observer.until_media(1_000).await;
    assert!(gateway.ingest.stop(STREAM));
    observer.until_end().await;
    drop(second);
    for (epoch, from_ms, known_ms) in [(0, before_ms, announced_ms), (1, again_ms, resumed_ms)] {
        let since_ms = observer.epochs[epoch].since_ms.expect("media has a date");
        // A little less than the second for which a source is looked at before it is identified.
        assert!(since_ms >= from_ms && since_ms + 900 <= known_ms, "{epoch}: {from_ms} {since_ms} {known_ms}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slate_is_shown_until_the_publisher_returns() {
    let mut gateway = Gateway::with(|config, _| {
        config.reconnect_window_ms = 30_000;
        config.transcode.shows_slate = true;
    })
    .await;
    let first = publish(&[], &clips().wide, "flv", &gateway.rtmp_url());
    let mut observer = gateway.broadcast().await;
    observer.until("the slate", |observer| observer.slates == [1]).await;
    assert!(finished(first).await.status.success());
    let ids = observer.ids();
    let fragments = |bytes: &[u8]| bytes.windows(4).filter(|window| window == b"moof").count();
    observer
        .until("three seconds of slate", |observer| {
            let renditions = &observer.epochs[1].renditions;
            renditions.len() == ids.len() && renditions.values().all(|bytes| fragments(bytes) > 6)
        })
        .await;
    let second = publish(&[], &clips().wide, "flv", &gateway.rtmp_url());
    observer.until("the second slate", |observer| observer.slates == [1, 3]).await;
    assert!(finished(second).await.status.success());
    assert!(gateway.ingest.stop(STREAM));
    observer.until_end().await;
    let [before, slate, after] = [0, 1, 2].map(|epoch| observer.check_epoch(epoch, 30));
    assert!(slate[0].start_ms() >= before[0].end_ms(), "the slate comes after the picture");
    assert!(after[0].start_ms() >= slate[0].end_ms(), "the picture comes after the slate");
}

#[tokio::test(flavor = "multi_thread")]
async fn revoking_a_key_disconnects_its_publisher() {
    let mut gateway = Gateway::start().await;
    let publisher = publish(&["-re", "-stream_loop", "-1"], &clips().wide, "flv", &gateway.rtmp_url());
    let mut observer = gateway.broadcast().await;
    observer.until_media(20_000).await;
    let (other, _) = gateway.ingest.keys().create(STREAM).unwrap();
    gateway.ingest.revoke(STREAM, other).unwrap();
    assert!(gateway.ingest.health(STREAM).is_some(), "the publisher does not use the other key");
    gateway.ingest.revoke(STREAM, gateway.key_id).unwrap();
    assert!(!finished(publisher).await.status.success());
    observer.until_end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_transcoder_is_restarted() {
    let mut gateway = Gateway::start().await;
    let publisher = publish(&["-re", "-stream_loop", "-1"], &clips().wide, "flv", &gateway.rtmp_url());
    let mut observer = gateway.broadcast().await;
    observer.until_media(20_000).await;
    kill_transcoder(&gateway.directory.path().join("w"));
    observer.until("the restart", |observer| observer.discontinuities.len() == 1).await;
    observer
        .until("three seconds of media", |observer| {
            let renditions = &observer.epochs[1].renditions;
            renditions.len() == 2 && renditions.values().all(|bytes| bytes.len() > 150_000)
        })
        .await;
    assert_eq!(observer.discontinuities, [DiscontinuityReason::TranscoderRestarted]);
    drop(publisher);
    observer.until_end().await;
    let after = observer.check_epoch(1, 30);
    let (_, before) = observer.epochs[0].renditions.first_key_value().unwrap();
    assert!(after[0].start_ms() >= crate::movie::Movie::read(before).end_ms(), "timestamps increase");
    assert!(observer.health.iter().any(|health| health.restarts == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_transcoder_drops_its_highest_rendition() {
    let mut gateway = Gateway::with(|config, directory| {
        // The real ffmpeg, which reads at most half a second of its input per second.
        config.ffmpeg.ffmpeg = script(directory, "exec ffmpeg -readrate 0.5 \"$@\"");
        config.transcode.slow_for_ms = 2000;
    })
    .await;
    let publisher = publish(&["-re", "-stream_loop", "-1"], &clips().wide, "flv", &gateway.rtmp_url());
    let mut observer = gateway.broadcast().await;
    assert_eq!(observer.source.as_ref().map(|_| ()), None);
    observer.until("the drop", |observer| !observer.discontinuities.is_empty()).await;
    assert_eq!(observer.discontinuities, [DiscontinuityReason::RenditionDropped]);
    assert_eq!(observer.ids(), [240]);
    observer.until_media(1000).await;
    drop(publisher);
    assert!(gateway.ingest.stop(STREAM));
    observer.until_end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transcoder_that_always_fails_is_given_up() {
    let mut gateway = Gateway::with(|config, directory| {
        // It answers queries, but fails to transcode.
        config.ffmpeg.ffmpeg =
            script(directory, "case \"$*\" in *filter_complex*) echo broken >&2; exit 1;; esac\nexec ffmpeg \"$@\"");
        config.transcode.max_futile_starts = 2;
    })
    .await;
    let publisher = publish(&["-re"], &clips().wide, "flv", &gateway.rtmp_url());
    let mut observer = gateway.broadcast().await;
    assert_eq!(observer.until_end().await, EndReason::PublisherGone);
    let output = finished(publisher).await;
    assert!(String::from_utf8_lossy(&output.stderr).contains("broken"), "the publisher receives the error of ffmpeg");
}

fn script(directory: &Path, body: &str) -> std::path::PathBuf {
    let path = directory.join("ffmpeg.sh");
    let mut file = std::fs::File::create(&path).unwrap();
    writeln!(file, "#!/bin/sh\n{body}").unwrap();
    file.set_permissions(std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// Kills the ffmpeg whose sockets are in this directory.
fn kill_transcoder(work_dir: &Path) {
    let wanted = work_dir.to_str().unwrap();
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let found = processes
        .filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()))
        .find(|id| std::fs::read_to_string(format!("/proc/{id}/cmdline")).is_ok_and(|line| line.contains(wanted)));
    let id = found.expect("ffmpeg is running");
    assert!(std::process::Command::new("kill").args(["-KILL", &id]).status().unwrap().success());
}
