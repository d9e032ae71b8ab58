//! A recording that was begun minutes into a broadcast, as ffprobe reads it.
#![allow(clippy::unwrap_used, reason = "in tests a panic is the way to fail")]

use serde_json::Value;
use std::{fs, path::Path, process::Command, time::Duration};
use vilokanam_viewer::recording::Recording;

/// Makes fragmented MP4 as the gateway's transcoder does: 12 s, beginning 246 s into the broadcast.
fn broadcast(folder: &Path) -> Vec<u8> {
    encoded(folder, &["-frag_duration", "500000"])
}

/// The same with these options of ffmpeg.
fn encoded(folder: &Path, options: &[&str]) -> Vec<u8> {
    let path = folder.join("broadcast.mp4");
    let made = Command::new("ffmpeg")
        .args(["-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=duration=12:size=64x64:rate=30"])
        .args(["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=12"])
        .args(["-c:v", "libx264", "-preset", "ultrafast", "-bf", "0", "-g", "60", "-sc_threshold", "0"])
        .args(["-pix_fmt", "yuv420p", "-c:a", "aac"])
        .args(["-avoid_negative_ts", "disabled", "-output_ts_offset", "246"])
        .args(["-f", "mp4", "-movflags", "+frag_keyframe+empty_moov+default_base_moof+frag_discont"])
        .args(options)
        .arg("-y")
        .arg(&path)
        .status();
    assert!(made.unwrap().success());
    fs::read(path).unwrap()
}

/// Splits a file before each `moof`: the initialisation segment, then one fragment after the other.
fn split(file: &[u8]) -> Vec<Vec<u8>> {
    let mut parts = vec![Vec::new()];
    let mut rest = file;
    while rest.len() >= 8 {
        let size = u32::from_be_bytes(*rest.first_chunk().unwrap()) as usize;
        match &rest[4..8] {
            b"moof" => parts.push(rest[..size].to_vec()),
            b"mfra" => {}
            _ => parts.last_mut().unwrap().extend_from_slice(&rest[..size]),
        }
        rest = &rest[size..];
    }
    parts
}

fn probe(path: &Path) -> Value {
    let probed = Command::new("ffprobe")
        .args([
            "-v",
            "error",
            "-of",
            "json",
            "-show_entries",
            "format=start_time,duration:stream=codec_type,start_time",
        ])
        .arg(path)
        .output()
        .unwrap();
    assert!(probed.stderr.is_empty(), "{}", String::from_utf8_lossy(&probed.stderr));
    serde_json::from_slice(&probed.stdout).unwrap()
}

fn seconds_of(value: &Value) -> f64 {
    value.as_str().unwrap().parse().unwrap()
}

#[tokio::test]
async fn recording_begins_at_zero_and_has_its_length() {
    let folder = tempfile::tempdir().unwrap();
    let parts = split(&broadcast(folder.path()));
    assert!(parts.len() > 10, "{} parts", parts.len());
    // Begun in the middle: two fragments, of about half a second each, make a segment.
    let segments: Vec<Vec<u8>> = parts[1..].chunks(2).skip(3).map(<[Vec<u8>]>::concat).collect();
    let path = folder.path().join("recording.mp4");
    let mut recording = Recording::new(tokio::fs::File::create(&path).await.unwrap());
    let init = "http://g/init-1.mp4".parse().unwrap();
    recording.write_init(&init, &parts[0], None).await.unwrap();
    let mut patched = fs::read(&path).unwrap();
    assert_eq!(patched.len() as u64, recording.bytes());
    for segment in &segments {
        recording.write_segment(segment.clone(), None, Duration::from_secs(1)).await.unwrap();
    }

    let expected_s = segments.len() as f64;
    for is_patched in [false, true] {
        let probed = probe(&path);
        let (start_s, length_s) =
            (seconds_of(&probed["format"]["start_time"]), seconds_of(&probed["format"]["duration"]));
        assert!(start_s.abs() < 0.001, "patched {is_patched}: {probed}");
        assert!((length_s - expected_s).abs() < 0.6, "patched {is_patched}: {probed}");
        let start = |stream: usize| seconds_of(&probed["streams"][stream]["start_time"]);
        let (video_s, audio_s) = (start(0), start(1));
        assert!((video_s - audio_s).abs() < 0.05, "picture and sound stay together: {probed}");
        let patch = recording.length_patch().unwrap();
        patched = fs::read(&path).unwrap();
        patched[patch.offset as usize..][..patch.bytes.len()].copy_from_slice(&patch.bytes);
        fs::write(&path, &patched).unwrap();
    }
}

#[tokio::test]
async fn picture_and_sound_that_come_apart_are_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let picture = split(&encoded(folder.path(), &["-an", "-frag_duration", "500000"]));
    // About a second of sound for each second of picture: 16 fragments of three frames.
    let sound = split(&encoded(folder.path(), &["-vn", "-frag_duration", "60000"]));
    let seconds = |parts: &[Vec<u8>], each: usize| -> Vec<Vec<u8>> {
        parts[1..].chunks(each).skip(3).take(6).map(<[Vec<u8>]>::concat).collect()
    };
    let path = folder.path().join("recording.mp4");
    let mut recording = Recording::new(tokio::fs::File::create(&path).await.unwrap());
    let (init, sound_init) = ("http://g/init-1.mp4".parse().unwrap(), "http://g/init-2.mp4".parse().unwrap());
    recording.write_init(&init, &picture[0], Some((&sound_init, sound[0].as_slice()))).await.unwrap();
    for (picture, sound) in seconds(&picture, 2).into_iter().zip(seconds(&sound, 16)) {
        recording.write_segment(picture, Some(sound), Duration::from_secs(1)).await.unwrap();
    }
    let probed = probe(&path);
    let kinds: Vec<&str> =
        probed["streams"].as_array().unwrap().iter().map(|stream| stream["codec_type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["video", "audio"]);
    let start = |stream: usize| seconds_of(&probed["streams"][stream]["start_time"]);
    assert!((start(0) - start(1)).abs() < 0.15, "picture and sound stay together: {probed}");
    let length_s = seconds_of(&probed["format"]["duration"]);
    assert!((length_s - 6.0).abs() < 0.6, "{probed}");
}
