//! Sources that are copied, further codecs, and further audio tracks.

use crate::{
    clips::{clips, ffmpeg, generated, X264},
    gateway::{finished, publish, Gateway, Observer, STREAM},
};
use futures::future::{ready, BoxFuture, FutureExt};
use std::{path::PathBuf, process::Command, sync::Arc};
use vilokanam_ingest::{
    Codec, Copied, CopyMode, DiscontinuityReason, PreviewTracks, RenditionId, StreamClosed, StreamEncoding, StreamRules,
};

/// A clip of seven seconds, 640x360 at 30 frames per second.
fn clip(name: &str, args: &[&str]) -> PathBuf {
    let path = clips().directory.join(name);
    let usual = ["-c:a", "aac", "-ac", "2", "-t", "7"];
    let inputs = generated("testsrc2=size=640x360:rate=30", "sine=r=48000");
    ffmpeg(&[&inputs[..], &X264, &usual, args, &[path.to_str().unwrap()]].concat());
    path
}

async fn broadcast(gateway: &mut Gateway, clip: PathBuf) -> Observer {
    let publisher = publish(&["-re"], &clip, "flv", &gateway.rtmp_url());
    let mut observer = gateway.broadcast().await;
    observer.until_end().await;
    assert!(finished(publisher).await.status.success());
    observer
}

/// Fields of the streams of a rendition, as ffprobe reports them.
fn probe(observer: &Observer, epoch: usize, id: RenditionId, args: &[&str]) -> String {
    let file = tempfile::Builder::new().suffix(".mp4").tempfile().unwrap();
    std::fs::write(file.path(), &observer.epochs[epoch].renditions[&id]).unwrap();
    let output = Command::new("ffprobe").args(["-v", "error", "-of", "csv=p=0"]).args(args).arg(file.path()).output();
    String::from_utf8(output.unwrap().stdout).unwrap()
}

/// Times of keyframes of a rendition in seconds.
fn keyframes(observer: &Observer, epoch: usize, id: RenditionId) -> Vec<f64> {
    let packets = probe(observer, epoch, id, &["-select_streams", "v:0", "-show_entries", "packet=pts_time,flags"]);
    let keys = packets.lines().filter(|line| line.contains(",K"));
    keys.map(|line| line.split(',').next().unwrap().parse().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_fits_is_copied_and_the_other_rungs_have_its_keyframes() {
    let mut gateway = Gateway::with(|config, _| config.transcode.copies = true).await;
    let fits = tokio::task::spawn_blocking(|| clip("fits.flv", &["-g", "60", "-bf", "2"])).await.unwrap();
    let observer = broadcast(&mut gateway, fits.clone()).await;
    assert_eq!(observer.discontinuities, []);
    let copied: Vec<_> = observer.renditions.iter().map(|one| (one.id.height(), one.copied)).collect();
    assert_eq!(copied, [(240, Copied::Nothing), (360, Copied::VideoAndAudio)]);
    let (low, top) = (RenditionId::rung(240), RenditionId::rung(360));
    let (encoded, copied) = (keyframes(&observer, 0, low), keyframes(&observer, 0, top));
    assert!(copied.len() >= 3, "{copied:?}");
    for (one, other) in encoded.iter().zip(&copied) {
        assert!((one - other).abs() <= 0.034, "a frame apart at most: {encoded:?}, {copied:?}");
    }
    let count = |packets: String| packets.lines().count();
    let from_source = Command::new("ffprobe")
        .args(["-v", "error", "-of", "csv=p=0", "-select_streams", "v:0", "-show_entries", "packet=flags"])
        .arg(&fits)
        .output()
        .unwrap();
    let published = count(String::from_utf8(from_source.stdout).unwrap());
    let received = count(probe(&observer, 0, top, &["-select_streams", "v:0", "-show_entries", "packet=flags"]));
    assert_eq!(received, published, "no picture was added or left out");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_with_other_groups_of_pictures_is_encoded() {
    let mut gateway = Gateway::with(|config, _| config.transcode.copies = true).await;
    let observer = broadcast(&mut gateway, clips().wide.clone()).await;
    assert!(observer.renditions.iter().all(|rendition| rendition.copied == Copied::Nothing));
    observer.check_epoch(0, 30);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_stops_to_fit_is_encoded_from_a_keyframe_on() {
    let mut gateway = Gateway::with(|config, _| config.transcode.copies = true).await;
    // Keyframes at 0, 2 and 4 s, and then at 5.3 s.
    let clip = tokio::task::spawn_blocking(|| {
        clip("stops.flv", &["-g", "300", "-force_key_frames", "0,2,4,5.3,8", "-t", "12"])
    });
    let observer = broadcast(&mut gateway, clip.await.unwrap()).await;
    assert_eq!(observer.discontinuities, [DiscontinuityReason::CopyEnded]);
    assert!(observer.renditions.iter().all(|rendition| rendition.copied == Copied::Nothing));
    let distances: Vec<f64> =
        keyframes(&observer, 1, RenditionId::rung(360)).windows(2).map(|pair| pair[1] - pair[0]).collect();
    assert!(!distances.is_empty() && distances.iter().all(|distance| (distance - 2.0).abs() < 0.001), "{distances:?}");
}

#[derive(Debug)]
struct Chosen(StreamEncoding);

impl StreamRules for Chosen {
    fn check(&self, _: u64) -> Result<(), StreamClosed> {
        Ok(())
    }

    fn preview_tracks(&self, _: u64) -> PreviewTracks {
        PreviewTracks::None
    }

    fn encoding(&self, stream: u64) -> BoxFuture<'_, StreamEncoding> {
        assert_eq!(stream, STREAM);
        ready(self.0.clone()).boxed()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_has_the_rungs_that_it_chooses() {
    let choice = StreamEncoding { ladder: Some(vec![240]), copy: Some(CopyMode::Never), ..StreamEncoding::default() };
    let mut gateway = Gateway::with_rules(|config, _| config.transcode.copies = true, Arc::new(Chosen(choice))).await;
    let fits = tokio::task::spawn_blocking(|| clip("chosen.flv", &["-g", "60"])).await.unwrap();
    let observer = broadcast(&mut gateway, fits).await;
    assert_eq!(observer.ids(), [240]);
}

#[tokio::test(flavor = "multi_thread")]
async fn hevc_and_av1_are_beside_h264_with_the_same_keyframes() {
    let mut gateway = Gateway::with(|config, _| config.transcode.codecs = vec![Codec::Hevc, Codec::Av1]).await;
    // Few pictures, so that a busy machine encodes all of them in time.
    let slow = ["-r", "10", "-g", "20"];
    let fits = tokio::task::spawn_blocking(move || clip("codecs.flv", &slow)).await.unwrap();
    let observer = broadcast(&mut gateway, fits).await;
    let id = |codec| RenditionId::Rung { height: 360, codec };
    let tag = |codec| probe(&observer, 0, id(codec), &["-show_entries", "stream=codec_name,codec_tag_string"]);
    assert!(tag(Codec::Hevc).starts_with("hevc,hvc1"), "{}", tag(Codec::Hevc));
    assert!(tag(Codec::Av1).starts_with("av1,av01"), "{}", tag(Codec::Av1));
    let expected = keyframes(&observer, 0, id(Codec::H264));
    assert!(expected.len() >= 3);
    for codec in [Codec::Hevc, Codec::Av1] {
        assert_eq!(keyframes(&observer, 0, id(codec)), expected, "{codec}");
    }
}

/// A clip of MPEG-TS with a second audio track.
async fn two_tracks(name: &'static str) -> bytes::Bytes {
    let more = ["-f", "mpegts", "-map", "0:v", "-map", "1:a", "-map", "1:a", "-g", "60", "-y"];
    let languages = ["-metadata:s:a:0", "language=eng", "-metadata:s:a:1", "language=deu"];
    let made = tokio::task::spawn_blocking(move || clip(name, &[&more[..], &languages].concat()));
    std::fs::read(made.await.unwrap()).unwrap().into()
}

/// Kinds of the tracks of a rendition.
fn kinds(observer: &Observer, epoch: usize, id: RenditionId) -> Vec<String> {
    let streams = probe(observer, epoch, id, &["-show_entries", "stream=codec_type"]);
    streams.lines().map(String::from).collect()
}

/// Checks that an epoch has both audio tracks, and that its renditions have the picture alone.
fn check_two_tracks(observer: &Observer, epoch: usize) {
    for id in observer.epochs[epoch].renditions.keys() {
        let expected = if matches!(id, RenditionId::AudioTrack(_)) { "audio" } else { "video" };
        assert_eq!(kinds(observer, epoch, *id), [expected], "{id} in epoch {epoch}");
    }
    let tracks = [RenditionId::MAIN_SOUND, RenditionId::AudioTrack(2)];
    assert!(tracks.iter().all(|id| observer.epochs[epoch].renditions.contains_key(id)), "epoch {epoch}");
}

#[tokio::test(flavor = "multi_thread")]
async fn several_audio_tracks_come_alone_and_the_renditions_have_the_picture_alone() {
    let clip = two_tracks("two.ts").await;
    let mut gateway = Gateway::start().await;
    crate::mpegts::put(&gateway, "1.ts", &clip).await.unwrap();
    let mut observer = gateway.broadcast().await;
    observer.until_end().await;
    let (first, second) = (RenditionId::MAIN_SOUND, RenditionId::AudioTrack(2));
    let found: Vec<_> = observer.audio.iter().map(|track| (track.id, track.language.as_deref())).collect();
    assert_eq!(found, [(first, Some("eng")), (second, Some("deu"))]);
    check_two_tracks(&observer, 0);
    for id in [first, second] {
        let streams = probe(&observer, 0, id, &["-show_entries", "stream=codec_type,codec_name,channels"]);
        assert_eq!(streams.lines().collect::<Vec<_>>(), ["aac,audio,2"], "{id}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broadcast_has_its_audio_tracks_until_it_ends_whatever_the_source_has() {
    let clip = two_tracks("kept.ts").await;
    let mut gateway = Gateway::with(|config, _| {
        config.reconnect_window_ms = 30_000;
        config.transcode.shows_slate = true;
    })
    .await;
    crate::mpegts::put(&gateway, "1.ts", &clip).await.unwrap();
    let mut observer = gateway.broadcast().await;
    let has_sound = |observer: &Observer, epoch: usize| {
        let tracks = [RenditionId::MAIN_SOUND, RenditionId::AudioTrack(2)];
        tracks.iter().all(|id| observer.epochs[epoch].renditions.get(id).is_some_and(|bytes| bytes.len() > 10_000))
    };
    observer.until("the slate", |observer| observer.slates == [1] && has_sound(observer, 1)).await;
    // Without any sound.
    let silent = publish(&["-re"], &clips().silent, "flv", &gateway.rtmp_url());
    observer.until("the second slate", |observer| observer.slates == [1, 3]).await;
    assert!(finished(silent).await.status.success());
    // With one track.
    let single = publish(&["-re"], &clips().wide, "flv", &gateway.rtmp_url());
    observer.until("the third slate", |observer| observer.slates == [1, 3, 5]).await;
    assert!(finished(single).await.status.success());
    assert!(gateway.ingest.stop(STREAM));
    observer.until_end().await;
    assert_eq!(observer.discontinuities, [DiscontinuityReason::Reconnected; 2]);
    let seconds = |epoch: usize, id| {
        let packets = probe(&observer, epoch, id, &["-show_entries", "packet=pts"]).lines().count();
        packets * 1_024 / 48_000
    };
    for epoch in [0, 1, 2, 4] {
        check_two_tracks(&observer, epoch);
    }
    for id in [RenditionId::MAIN_SOUND, RenditionId::AudioTrack(2)] {
        assert!((4..20).contains(&seconds(2, id)), "silence ends with the picture: {} s of {id}", seconds(2, id));
        assert!((4..9).contains(&seconds(4, id)), "{} s of {id}", seconds(4, id));
    }
}
