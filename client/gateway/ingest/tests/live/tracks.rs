//! Tracks that come late, stop, or never come.

use crate::{
    clips::ffmpeg,
    gateway::{Gateway, Observer},
    mpegts::{clip, filtered, picture_and_sound, put_live, AUDIO_PID, VIDEO_PID},
};
use std::process::Command;
use vilokanam_ingest::{DiscontinuityReason, RenditionId};

/// Mean volume in dB of the lowest rendition of an epoch.
fn volume(observer: &Observer, epoch: usize) -> f64 {
    let movie = tempfile::NamedTempFile::new().unwrap();
    let (_, bytes) = observer.epochs[epoch].renditions.first_key_value().unwrap();
    std::fs::write(movie.path(), bytes).unwrap();
    let path = movie.path().to_str().unwrap();
    let output = Command::new("ffmpeg")
        .args(["-nostdin", "-hide_banner", "-i", path, "-map", "0:a:0", "-af", "volumedetect", "-f", "null", "-"])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    let volume = text.split("mean_volume: ").nth(1).unwrap_or_else(|| panic!("{text}"));
    volume.split_whitespace().next().unwrap().parse().unwrap()
}

fn is_silent(observer: &Observer, epoch: usize) -> bool {
    volume(observer, epoch) < -80.0
}

#[tokio::test(flavor = "multi_thread")]
async fn announced_sound_that_never_comes_does_not_delay_the_picture() {
    let mut gateway = Gateway::start().await;
    let silent =
        tokio::task::spawn_blocking(|| filtered(&picture_and_sound("announced", 8, 60), |_, pid| pid != AUDIO_PID));
    put_live(&gateway, 1, &silent.await.unwrap(), 8).await;
    let mut observer = gateway.broadcast().await;
    observer.until_end().await;
    assert!(observer.source.clone().unwrap().audio.is_none());
    assert_eq!(observer.discontinuities, []);
    let movies = observer.check_epoch(0, 30);
    assert!(movies[0].end_ms() - movies[0].start_ms() > 6_000, "all of it is shown");
    assert!(is_silent(&observer, 0), "the rendition has silence");
}

#[tokio::test(flavor = "multi_thread")]
async fn sound_that_begins_later_joins_with_a_discontinuity() {
    let mut gateway = Gateway::start().await;
    let late = tokio::task::spawn_blocking(|| {
        filtered(&picture_and_sound("late", 14, 60), |place, pid| pid != AUDIO_PID || place > 0.4)
    });
    put_live(&gateway, 1, &late.await.unwrap(), 14).await;
    let mut observer = gateway.broadcast().await;
    observer.until_end().await;
    assert_eq!(observer.discontinuities, [DiscontinuityReason::TracksChanged]);
    assert_eq!(observer.source.clone().unwrap().audio.unwrap().codec, "aac");
    let (before, after) = (observer.check_epoch(0, 30), observer.check_epoch(1, 30));
    assert!(after[0].start_ms() >= before[0].end_ms(), "timestamps increase");
    let shown_ms: u64 = [&before[0], &after[0]].iter().map(|movie| movie.end_ms() - movie.start_ms()).sum();
    assert!(shown_ms > 12_500, "the picture has no gap: {shown_ms} ms of 14 s");
    assert!(is_silent(&observer, 0));
    assert!(!is_silent(&observer, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn sound_that_stops_is_replaced_by_silence() {
    let mut gateway = Gateway::start().await;
    let stops = tokio::task::spawn_blocking(|| {
        filtered(&picture_and_sound("stops", 14, 60), |place, pid| pid != AUDIO_PID || place < 0.3)
    });
    put_live(&gateway, 1, &stops.await.unwrap(), 14).await;
    let mut observer = gateway.broadcast().await;
    observer.until_end().await;
    assert_eq!(observer.discontinuities, [DiscontinuityReason::TracksChanged]);
    assert!(!is_silent(&observer, 0));
    assert!(is_silent(&observer, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_stops_is_replaced_by_a_waveform_in_the_same_renditions() {
    let mut gateway = Gateway::start().await;
    let stops = tokio::task::spawn_blocking(|| {
        let clip = picture_and_sound("no-picture", 18, 60);
        filtered(&clip, |place, pid| pid != VIDEO_PID || place < 0.4)
    });
    // The packets of the picture are most of the clip, so the rest of it comes faster than it plays.
    put_live(&gateway, 1, &stops.await.unwrap(), 9).await;
    let mut observer = gateway.broadcast().await;
    observer.until_end().await;
    assert_eq!(observer.discontinuities, [DiscontinuityReason::TracksChanged]);
    assert_eq!(observer.ids(), [240], "players know only the renditions of the picture");
    observer.check_epoch(1, 30);
    assert!(!is_silent(&observer, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_picture_that_is_joined_within_a_long_group_is_shown_from_its_keyframe() {
    let mut gateway = Gateway::start().await;
    // Keyframes at 0 and 7 s; the publisher is joined at 2 s. The tables are repeated all the time.
    let joined =
        tokio::task::spawn_blocking(|| filtered(&picture_and_sound("joined", 14, 210), |place, _| place > 2.0 / 14.0));
    put_live(&gateway, 1, &joined.await.unwrap(), 12).await;
    let mut observer = gateway.broadcast().await;
    observer.until_end().await;
    assert_eq!(observer.discontinuities, [DiscontinuityReason::TracksChanged]);
    let sound: Vec<&RenditionId> = observer.epochs[0].renditions.keys().collect();
    assert_eq!(sound, [&RenditionId::AUDIO], "the sound is on air at once");
    assert!(!is_silent(&observer, 0));
    let movies = observer.check_epoch(1, 30);
    let shown_ms = movies[0].end_ms() - movies[0].start_ms();
    assert!((5_500..8_500).contains(&shown_ms), "all since the keyframe is shown: {shown_ms} ms");
}

#[tokio::test(flavor = "multi_thread")]
async fn segments_of_sound_alone_are_followed_by_a_picture() {
    let mut gateway = Gateway::start().await;
    let (sound, both) = tokio::task::spawn_blocking(|| {
        let sound = clip("only-sound", &["-f", "lavfi", "-i", "sine=frequency=440", "-t", "6", "-c:a", "aac"]);
        (sound, picture_and_sound("then-both", 8, 60))
    })
    .await
    .unwrap();
    put_live(&gateway, 1, &sound, 6).await;
    put_live(&gateway, 13, &both, 8).await;
    let mut observer = gateway.broadcast().await;
    observer.until_end().await;
    assert_eq!(observer.discontinuities, [DiscontinuityReason::TracksChanged]);
    let source = observer.source.clone().unwrap();
    assert!(source.video.is_some() && source.audio.is_some());
    assert_eq!(observer.ids(), [240]);
    observer.check_epoch(1, 30);
    assert!(!is_silent(&observer, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn segments_without_sound_are_followed_by_sound() {
    let mut gateway = Gateway::start().await;
    let (picture, both) = tokio::task::spawn_blocking(|| {
        let both = picture_and_sound("with-sound", 8, 60);
        // The tables of these segments announce no sound.
        let path = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(path.path(), &both).unwrap();
        let input = path.path().to_str().unwrap();
        (clip("without-sound", &["-i", input, "-an", "-c", "copy", "-t", "6"]), both)
    })
    .await
    .unwrap();
    put_live(&gateway, 1, &picture, 6).await;
    put_live(&gateway, 13, &both, 8).await;
    let mut observer = gateway.broadcast().await;
    observer.until_end().await;
    assert!(observer.discontinuities.contains(&DiscontinuityReason::TracksChanged));
    assert!(observer.source.clone().unwrap().audio.is_some());
    assert!(is_silent(&observer, 0));
    assert!(!is_silent(&observer, observer.epochs.len() - 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn sound_of_cmaf_that_is_announced_and_never_comes_does_not_delay_the_picture() {
    let mut gateway = Gateway::start().await;
    let (init, media) = tokio::task::spawn_blocking(|| {
        // The initialisation of both tracks, and fragments with those of the picture alone.
        let directory = tempfile::tempdir().unwrap();
        let path = |name: &str| directory.path().join(name).to_str().unwrap().to_owned();
        let both = ["-f", "lavfi", "-i", "testsrc2=size=320x240:rate=30", "-f", "lavfi", "-i", "sine"];
        let x264 = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "60", "-pix_fmt", "yuv420p", "-c:a", "aac"];
        let fragments = ["-movflags", "+frag_keyframe+empty_moov+default_base_moof", "-f", "mp4"];
        ffmpeg(&[&both[..], &["-t", "6"], &x264, &fragments, &[&path("both.mp4")]].concat());
        ffmpeg(&[&["-i", &path("both.mp4"), "-an", "-c", "copy"][..], &fragments, &[&path("video.mp4")]].concat());
        let split = |name: &str| {
            let bytes = std::fs::read(path(name)).unwrap();
            let at = bytes.windows(4).position(|window| window == b"moof").unwrap() - 4;
            (bytes::Bytes::copy_from_slice(&bytes[..at]), bytes::Bytes::copy_from_slice(&bytes[at..]))
        };
        (split("both.mp4").0, split("video.mp4").1)
    })
    .await
    .unwrap();
    crate::mpegts::put(&gateway, "init.mp4", &init).await.unwrap();
    crate::mpegts::put(&gateway, "1.m4s", &media).await.unwrap();
    let mut observer = gateway.broadcast().await;
    observer.until_end().await;
    assert!(observer.source.clone().unwrap().audio.is_none());
    let movies = observer.check_epoch(0, 30);
    assert!(movies[0].end_ms() - movies[0].start_ms() > 5_000);
}
