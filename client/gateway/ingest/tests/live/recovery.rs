//! What dies comes back.

use crate::{
    clips::clips,
    gateway::{finished, publish, Gateway, STREAM},
};
use std::{io::Write, os::unix::fs::PermissionsExt, path::Path};
use vilokanam_ingest::{DiscontinuityReason, EndReason};

#[tokio::test(flavor = "multi_thread")]
async fn reconnecting_works() {
    let mut gateway = Gateway::with(|config, _| config.reconnect_window_ms = 20_000).await;
    let first = publish(&[], &clips().wide, "flv", &gateway.rtmp_url());
    let mut seen = gateway.broadcast().await;
    seen.until("waiting", |seen| seen.waits == 1).await;
    assert!(finished(first).await.status.success());
    assert_eq!(gateway.ingest.live(), [STREAM], "the broadcast waits");
    let second = publish(&[], &clips().small, "flv", &gateway.rtmp_url());
    seen.until("waiting again", |seen| seen.waits == 2).await;
    assert!(finished(second).await.status.success());
    assert!(gateway.ingest.stop(STREAM));
    assert_eq!(seen.until_ended().await, EndReason::Stopped);

    assert_eq!((seen.resumes, seen.discontinuities.clone()), (1, vec![DiscontinuityReason::Reconnected]));
    let (before, after) = (seen.check_epoch(0, 30), seen.check_epoch(1, 25));
    assert!(after[0].start_ms() >= before[0].end_ms(), "time goes on");
    assert_eq!(after[0].start_ms() % 2000, 0);
    assert_eq!(seen.ids(), [240], "the second source is smaller");
    assert!(gateway.broadcasts.try_recv().is_err(), "it is one broadcast");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slate_is_shown_until_the_publisher_is_back() {
    let mut gateway = Gateway::with(|config, _| {
        config.reconnect_window_ms = 30_000;
        config.transcode.shows_slate = true;
    })
    .await;
    let first = publish(&[], &clips().wide, "flv", &gateway.rtmp_url());
    let mut seen = gateway.broadcast().await;
    seen.until("the slate", |seen| seen.slates == [1]).await;
    assert!(finished(first).await.status.success());
    let ids = seen.ids();
    let fragments = |bytes: &[u8]| bytes.windows(4).filter(|window| window == b"moof").count();
    seen.until("three seconds of slate", |seen| {
        let renditions = &seen.epochs[1].renditions;
        renditions.len() == ids.len() && renditions.values().all(|bytes| fragments(bytes) > 6)
    })
    .await;
    let second = publish(&[], &clips().wide, "flv", &gateway.rtmp_url());
    seen.until("the second slate", |seen| seen.slates == [1, 3]).await;
    assert!(finished(second).await.status.success());
    assert!(gateway.ingest.stop(STREAM));
    seen.until_ended().await;
    let [before, slate, after] = [0, 1, 2].map(|epoch| seen.check_epoch(epoch, 30));
    assert!(slate[0].start_ms() >= before[0].end_ms(), "the slate comes after the picture");
    assert!(after[0].start_ms() >= slate[0].end_ms(), "the picture comes after the slate");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_key_cuts_its_publisher_off() {
    let mut gateway = Gateway::start().await;
    let publisher = publish(&["-re", "-stream_loop", "-1"], &clips().wide, "flv", &gateway.rtmp_url());
    let mut seen = gateway.broadcast().await;
    seen.until_media(20_000).await;
    let (other, _) = gateway.ingest.keys().create(STREAM).unwrap();
    gateway.ingest.revoke(STREAM, other).unwrap();
    assert!(gateway.ingest.health(STREAM).is_some(), "another key is not the publisher's");
    gateway.ingest.revoke(STREAM, gateway.key_id).unwrap();
    assert!(!finished(publisher).await.status.success());
    seen.until_ended().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_transcoder_comes_back() {
    let mut gateway = Gateway::start().await;
    let publisher = publish(&["-re", "-stream_loop", "-1"], &clips().wide, "flv", &gateway.rtmp_url());
    let mut seen = gateway.broadcast().await;
    seen.until_media(20_000).await;
    kill_transcoder(&gateway.directory.path().join("w"));
    seen.until("the restart", |seen| seen.discontinuities.len() == 1).await;
    seen.until("three seconds of media", |seen| {
        let renditions = &seen.epochs[1].renditions;
        renditions.len() == 2 && renditions.values().all(|bytes| bytes.len() > 150_000)
    })
    .await;
    assert_eq!(seen.discontinuities, [DiscontinuityReason::TranscoderRestarted]);
    drop(publisher);
    seen.until_ended().await;
    let after = seen.check_epoch(1, 30);
    let (_, before) = seen.epochs[0].renditions.first_key_value().unwrap();
    assert!(after[0].start_ms() >= crate::movie::Movie::read(before).end_ms(), "time goes on");
    assert!(seen.health.iter().any(|health| health.restarts == 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_transcoder_loses_its_highest_rendition() {
    let mut gateway = Gateway::with(|config, directory| {
        // The real ffmpeg, which takes no more than half a second of its input in a second.
        config.ffmpeg.ffmpeg = script(directory, "exec ffmpeg -readrate 0.5 \"$@\"");
        config.transcode.slow_for_ms = 2000;
    })
    .await;
    let publisher = publish(&["-re", "-stream_loop", "-1"], &clips().wide, "flv", &gateway.rtmp_url());
    let mut seen = gateway.broadcast().await;
    assert_eq!(seen.source.as_ref().map(|_| ()), None);
    seen.until("the drop", |seen| !seen.discontinuities.is_empty()).await;
    assert_eq!(seen.discontinuities, [DiscontinuityReason::RenditionDropped]);
    assert_eq!(seen.ids(), [240]);
    seen.until_media(1000).await;
    drop(publisher);
    assert!(gateway.ingest.stop(STREAM));
    seen.until_ended().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transcoder_that_never_works_is_given_up() {
    let mut gateway = Gateway::with(|config, directory| {
        // It answers questions, but transcodes nothing.
        config.ffmpeg.ffmpeg =
            script(directory, "case \"$*\" in *filter_complex*) echo broken >&2; exit 1;; esac\nexec ffmpeg \"$@\"");
        config.transcode.max_futile_starts = 2;
    })
    .await;
    let publisher = publish(&["-re"], &clips().wide, "flv", &gateway.rtmp_url());
    let mut seen = gateway.broadcast().await;
    assert_eq!(seen.until_ended().await, EndReason::PublisherGone);
    let output = finished(publisher).await;
    assert!(String::from_utf8_lossy(&output.stderr).contains("broken"), "the publisher is told what ffmpeg said");
}

fn script(directory: &Path, body: &str) -> std::path::PathBuf {
    let path = directory.join("ffmpeg.sh");
    let mut file = std::fs::File::create(&path).unwrap();
    writeln!(file, "#!/bin/sh\n{body}").unwrap();
    file.set_permissions(std::fs::Permissions::from_mode(0o755)).unwrap();
    path
}

/// Kills the ffmpeg whose sockets are in this directory, by its id.
fn kill_transcoder(work_dir: &Path) {
    let wanted = work_dir.to_str().unwrap();
    let processes = std::fs::read_dir("/proc").unwrap().filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let found = processes
        .filter(|name| name.bytes().all(|byte| byte.is_ascii_digit()))
        .find(|id| std::fs::read_to_string(format!("/proc/{id}/cmdline")).is_ok_and(|line| line.contains(wanted)));
    let id = found.expect("ffmpeg is running");
    assert!(std::process::Command::new("kill").args(["-KILL", &id]).status().unwrap().success());
}
