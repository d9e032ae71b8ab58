//! Enhanced RTMP: the codecs that FLV does not have, and several tracks.
//!
//! The installed ffmpeg may be too old to publish it, so the messages are made here, from the packets that ffprobe finds
//! in a file.

use crate::{
    client::{tags, Client, Tag},
    clips::{clips, ffmpeg},
    gateway::{Gateway, Observer, STREAM},
};
use bytes::Bytes;
use scuffle_rtmp::messages::MessageType;
use serde_json::Value;
use std::process::Command;
use vilokanam_ingest::DiscontinuityReason;

const SEQUENCE_START: u8 = 0;
const CODED_FRAMES: u8 = 1;

/// Name of a codec in enhanced RTMP.
fn four_cc(codec: &str) -> &'static [u8; 4] {
    match codec {
        "h264" => b"avc1",
        "hevc" => b"hvc1",
        "av1" => b"av01",
        "vp9" => b"vp09",
        "aac" => b"mp4a",
        "opus" => b"Opus",
        "flac" => b"fLaC",
        "ac3" => b"ac-3",
        other => panic!("no name for {other}"),
    }
}

/// The bytes of one of ffprobe's hexadecimal dumps.
fn bytes_of(dump: &Value) -> Vec<u8> {
    let lines = dump.as_str().unwrap_or_default().lines().filter_map(|line| line.get(10..50));
    let digits: String = lines.flat_map(str::chars).filter(char::is_ascii_hexdigit).collect();
    hex::decode(digits).unwrap()
}

/// A message of enhanced RTMP.
fn message(codec: &str, kind: u8, is_key: bool, composition_ms: i32, data: &[u8]) -> (MessageType, Bytes) {
    let is_video = matches!(codec, "h264" | "hevc" | "av1" | "vp9");
    let (kind, first) = match (is_video, is_key) {
        (true, true) => (MessageType::Video, 0x90 | kind),
        (true, false) => (MessageType::Video, 0xa0 | kind),
        (false, _) => (MessageType::Audio, 0x90 | kind),
    };
    let has_time = first & 0x0f == CODED_FRAMES && matches!(codec, "h264" | "hevc");
    let time = if has_time { composition_ms.to_be_bytes()[1..].to_vec() } else { Vec::new() };
    (kind, [&[first][..], four_cc(codec), &time, data].concat().into())
}

/// The tracks of a file as messages of enhanced RTMP.
fn enhanced(path: &str) -> Vec<Tag> {
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-show_streams", "-show_packets", "-show_data", "-of", "json", path])
        .output()
        .expect("ffprobe is installed");
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    let streams: Vec<&Value> = found["streams"].as_array().unwrap().iter().collect();
    let codec = |index: usize| streams[index]["codec_name"].as_str().unwrap();
    let ms = |time: &Value| (time.as_str().unwrap().parse::<f64>().unwrap() * 1000.0).round() as i64;
    let mut all = Vec::new();
    for (index, stream) in streams.iter().enumerate() {
        let mut config = bytes_of(&stream["extradata"]);
        if codec(index) == "flac" {
            config = [b"fLaC\x80\0\0\x22", &config[..]].concat();
        }
        if !config.is_empty() {
            let (kind, data) = message(codec(index), SEQUENCE_START, true, 0, &config);
            all.push((i64::MIN, Tag { kind, time_ms: 0, data }));
        }
    }
    for packet in found["packets"].as_array().unwrap() {
        let index = packet["stream_index"].as_u64().unwrap() as usize;
        let (shown, decoded) = (ms(&packet["pts_time"]), ms(&packet["dts_time"]));
        let is_key = packet["flags"].as_str().unwrap().starts_with('K');
        let composition_ms = (shown - decoded) as i32;
        let (kind, data) = message(codec(index), CODED_FRAMES, is_key, composition_ms, &bytes_of(&packet["data"]));
        // Some files begin before zero.
        all.push((decoded, Tag { kind, time_ms: u32::try_from(decoded + 1_000).unwrap(), data }));
    }
    all.sort_by_key(|(decoded, _)| *decoded);
    all.into_iter().map(|(_, tag)| tag).collect()
}

/// Makes a clip of five seconds with these encoders.
fn clip(name: &str, video: &[&str], audio: &[&str]) -> Vec<Tag> {
    let path = clips().directory.join(name);
    let inputs = ["-f", "lavfi", "-i", "testsrc2=size=320x240:rate=15", "-f", "lavfi", "-i", "sine=frequency=440"];
    let length = ["-t", "5", "-g", "15", "-pix_fmt", "yuv420p", "-strict", "-2"];
    ffmpeg(&[&inputs, &length, video, audio, &[path.to_str().unwrap()]].concat());
    enhanced(path.to_str().unwrap())
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
