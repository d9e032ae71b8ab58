//! Enhanced RTMP: the codecs that FLV does not have, and several tracks.
//!
//! The installed ffmpeg may be too old to publish it, so the messages are made here, from the packets that ffprobe finds
//! in a file.

use crate::rtmp::{MessageType, Tag};
use bytes::Bytes;
use serde_json::Value;
use std::process::Command;

const SEQUENCE_START: u8 = 0;
const CODED_FRAMES: u8 = 1;
/// Time that is added to all frames, because some files begin before zero.
const SHIFT_MS: i64 = 1_000;

/// Returns the name of a codec in enhanced RTMP, given that of ffprobe.
pub fn four_cc(codec: &str) -> &'static [u8; 4] {
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

/// Returns the tracks of a file as messages: the configurations of the decoders at 0, and then the frames.
pub fn messages(path: &str) -> Vec<Tag> {
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
        all.push((decoded, Tag { kind, time_ms: u32::try_from(decoded + SHIFT_MS).unwrap(), data }));
    }
    all.sort_by_key(|(decoded, _)| *decoded);
    all.into_iter().map(|(_, tag)| tag).collect()
}
