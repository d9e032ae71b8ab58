//! Enhanced RTMP: the codecs that FLV does not have, and several tracks.

use crate::{
    clips::{clips, ffmpeg},
    gateway::{Gateway, Observer, STREAM},
};
use bytes::Bytes;
use vilokanam_ingest::DiscontinuityReason;
use vilokanam_test_media::{
    enhanced::{four_cc, messages},
    rtmp::{tags, Client, MessageType, Tag},
};

/// Makes a clip of five seconds with these encoders.
fn clip(name: &str, video: &[&str], audio: &[&str]) -> Vec<Tag> {
    let path = clips().directory.join(name);
    let inputs = ["-f", "lavfi", "-i", "testsrc2=size=320x240:rate=15", "-f", "lavfi", "-i", "sine=frequency=440"];
    let length = ["-t", "5", "-g", "15", "-pix_fmt", "yuv420p", "-strict", "-2"];
    ffmpeg(&[&inputs, &length, video, audio, &[path.to_str().unwrap()]].concat());
    messages(path.to_str().unwrap())
}

const HEVC: [&str; 6] = ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=error:bframes=2"];
const AV1: [&str; 4] = ["-c:v", "libsvtav1", "-preset", "12"];
const VP9: [&str; 6] = ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8"];
const H264: [&str; 6] = ["-c:v", "libx264", "-preset", "ultrafast", "-bf", "2"];

async fn broadcast(gateway: &mut Gateway, tags: Vec<Tag>) -> Observer {
    let mut client = Client::publish(gateway.ingest.rtmp_address().unwrap(), &gateway.key.stream_key(STREAM)).await;
    client.send_tags(tags).await.unwrap();
    client.disconnect().await;
    let mut observer = gateway.broadcast().await;
    observer.until_end().await;
    observer
}

async fn check(name: &'static str, video: &'static [&'static str], audio: &'static [&'static str]) {
    let mut gateway = Gateway::start().await;
    let tags = tokio::task::spawn_blocking(move || clip(name, video, audio)).await.unwrap();
    let observer = broadcast(&mut gateway, tags.clone()).await;
    let source = observer.source.clone().unwrap();
    let codecs = [source.video.unwrap().codec, source.audio.unwrap().codec];
    for codec in &codecs {
        assert!(tags.iter().any(|tag| &tag.data[1..5] == four_cc(codec)), "{codecs:?}");
    }
    assert!(observer.discontinuities.is_empty(), "{:?}", observer.discontinuities);
    let movies = observer.check_epoch(0, 15);
    let length_ms = movies[0].end_ms() - movies[0].start_ms();
    assert!((4_500..5_700).contains(&length_ms), "{codecs:?}: {length_ms} ms");
}

#[tokio::test(flavor = "multi_thread")]
async fn hevc_and_opus_are_broadcast() {
    check("hevc.mp4", &HEVC, &["-c:a", "libopus"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn av1_and_flac_are_broadcast() {
    check("av1.mp4", &AV1, &["-c:a", "flac"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn vp9_and_ac3_are_broadcast() {
    check("vp9.mp4", &VP9, &["-c:a", "ac3"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn h264_and_aac_in_enhanced_messages_are_broadcast() {
    check("h264.mp4", &H264, &["-c:a", "aac"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hevc_with_classic_aac_and_more_audio_tracks_is_broadcast() {
    let mut gateway = Gateway::start().await;
    let tags = tokio::task::spawn_blocking(|| {
        let hevc = clip("hevc-aac.mp4", &HEVC, &["-c:a", "aac"]);
        let mut all = Vec::new();
        for tag in hevc {
            if tag.kind == MessageType::Video {
                all.push(tag);
                continue;
            }
            // OBS sends the first track in the classic form, and the others as tracks with numbers.
            let (kind, data) = (tag.data[0] & 0x0f, &tag.data[5..]);
            let other = Bytes::from([&[0x95, kind][..], b"mp4a\x01", data].concat());
            all.push(Tag { data: other, ..tag.clone() });
            all.push(Tag { data: [&[0xaf, kind][..], data].concat().into(), ..tag });
        }
        all
    })
    .await
    .unwrap();
    let observer = broadcast(&mut gateway, tags).await;
    let source = observer.source.clone().unwrap();
    assert_eq!((source.video.unwrap().codec, source.audio.unwrap().codec), ("hevc".into(), "aac".into()));
    assert!(observer.discontinuities.is_empty(), "{:?}", observer.discontinuities);
    observer.check_epoch(0, 15);
}

#[tokio::test(flavor = "multi_thread")]
async fn sound_that_begins_later_is_added_to_hevc() {
    let mut gateway = Gateway::with(|config, _| config.reconnect_window_ms = 5_000).await;
    let all = tokio::task::spawn_blocking(|| clip("late.mp4", &HEVC, &["-c:a", "libopus"])).await.unwrap();
    // The configuration of the sound comes with its first frame.
    let is_sound = |tag: &Tag| tag.kind == MessageType::Audio;
    let (sound, mut tags): (Vec<Tag>, Vec<Tag>) = all.into_iter().partition(is_sound);
    tags.extend(sound.into_iter().filter(|tag| tag.time_ms == 0 || tag.time_ms >= 2_000));
    tags.iter_mut().filter(|tag| is_sound(tag)).for_each(|tag| tag.time_ms = tag.time_ms.max(2_000));
    tags.sort_by_key(|tag| tag.time_ms);
    let observer = broadcast(&mut gateway, tags).await;
    assert_eq!(observer.discontinuities, [DiscontinuityReason::Reconnected]);
    assert_eq!(observer.source.clone().unwrap().audio.unwrap().codec, "opus");
    observer.check_epoch(1, 15);
}

#[tokio::test(flavor = "multi_thread")]
async fn encoder_that_changes_its_codec_stays_on_air() {
    let mut gateway = Gateway::with(|config, _| config.reconnect_window_ms = 5_000).await;
    let hevc = tokio::task::spawn_blocking(|| clip("change.mp4", &HEVC, &["-c:a", "aac"])).await.unwrap();
    let later = hevc.into_iter().map(|tag| Tag { time_ms: tag.time_ms + 7_000, ..tag });
    let all: Vec<Tag> = tags(&clips().wide).into_iter().chain(later).collect();
    let observer = broadcast(&mut gateway, all).await;
    assert_eq!(observer.source.clone().unwrap().video.unwrap().codec, "hevc");
    assert!(observer.discontinuities.iter().all(|reason| *reason == DiscontinuityReason::Reconnected));
    observer.check_epoch(0, 30);
    observer.check_epoch(observer.epochs.len() - 1, 15);
}
