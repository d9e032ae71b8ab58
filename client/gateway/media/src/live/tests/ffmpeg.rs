//! Tests with real video: ffmpeg encodes it, this crate packages it, and openssl, ffprobe and ffmpeg read the result.

use super::conformance::*;
use crate::{synthetic::secret, *};
use std::{
    path::{Path, PathBuf},
    process::Command,
};

const SECONDS: u32 = 7;
const NAMES: [&str; 2] = ["180p", "90p"];

/// Settings of ffmpeg that differ between tests.
struct Clip {
    rate: &'static str,
    frames: u32,
    encoder: &'static [&'static str],
    movflags: &'static str,
}

const USUAL_FLAGS: &str = "+empty_moov+default_base_moof+frag_keyframe+delay_moov";

fn run(program: &str, arguments: &[&str], folder: &Path) -> Vec<u8> {
    let output = Command::new(program).args(arguments).current_dir(folder).output();
    let output = output.unwrap_or_else(|error| panic!("{program} has to be installed: {error}"));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && errors.is_empty(), "{program} {arguments:?}: {errors}");
    output.stdout
}

/// Encodes both renditions in one process.
fn encode(clip: &Clip, folder: &Path) -> [Vec<u8>; 2] {
    let video = format!("testsrc2=size=320x180:rate={}", clip.rate);
    let seconds = SECONDS.to_string();
    let mut arguments = vec!["-v", "error", "-f", "lavfi", "-i", &video, "-f", "lavfi", "-i"];
    arguments.extend(["sine=frequency=440:sample_rate=48000"]);
    for (size, output) in ["320x180", "160x90"].into_iter().zip(["0.mp4", "1.mp4"]) {
        arguments.extend(["-map", "0:v", "-map", "1:a", "-t", &seconds, "-s", size, "-c:v", "libx264"]);
        arguments.extend(["-preset", "veryfast", "-pix_fmt", "yuv420p", "-sc_threshold", "0"]);
        arguments.extend(["-force_key_frames", "expr:gte(t,n_forced*2)"]);
        arguments.extend(clip.encoder);
        arguments.extend(["-c:a", "aac", "-b:a", "96k", "-movflags", clip.movflags]);
        arguments.extend(["-frag_duration", "500000", "-f", "mp4", output]);
    }
    run("ffmpeg", &arguments, folder);
    ["0.mp4", "1.mp4"].map(|name| std::fs::read(folder.join(name)).unwrap())
}

fn live_config() -> LiveConfig {
    let rendition =
        |name: &str| RenditionConfig { name: name.into(), access: Access::Paid, nominal_bandwidth_bps: 400_000 };
    LiveConfig { renditions: NAMES.map(rendition).to_vec(), ..LiveConfig::default() }
}

/// Pushes both renditions in turn, in pieces of an odd length.
fn package(streams: &[Vec<u8>; 2]) -> (LiveStream, Vec<Event>) {
    let mut stream = LiveStream::new(live_config(), secret(), 500).unwrap();
    let mut events = Vec::new();
    let source = stream.begin_source(SourceKind::Paid, &mut events).unwrap();
    let mut pieces = streams.each_ref().map(|bytes| bytes.chunks(1_733));
    let mut is_more = true;
    while is_more {
        is_more = false;
        for (name, pieces) in NAMES.iter().zip(&mut pieces) {
            let Some(piece) = pieces.next() else { continue };
            is_more = true;
            let id = stream.rendition(name).unwrap();
            stream.push(source, id, piece, 1_700_000_000_000, &mut events).unwrap();
        }
    }
    stream.end(&mut events);
    (stream, events)
}

fn write(folder: &Path, name: &str, bytes: &[u8]) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, bytes).unwrap();
}

/// Writes all files to the paths that the playlists refer to.
fn store(stream: &LiveStream, events: &[Event], uris: &Uris, folder: &Path) {
    for event in events {
        let name = &stream.config().renditions[event.rendition().place()].name;
        match event {
            Event::InitReady(ready) => write(folder, &uris.init(name, ready.number), &ready.init.bytes),
            Event::PartReady(ready) => {
                write(folder, &uris.part(name, ready.segment.index, ready.part), &ready.published);
            }
            Event::SegmentReady(ready) => {
                let index = ready.segment.head.index;
                write(folder, &uris.segment(name, index), &ready.published);
                write(folder, &uris.key(index), stream.key(index).unwrap().as_bytes());
            }
            Event::SegmentExpired { .. } => {}
            Event::Dropped { .. } => panic!("{event:?}"),
        }
    }
    for (id, config) in stream.renditions() {
        let text = stream.media_playlist(id, LiveForm::LowLatency, uris).unwrap();
        check_encrypted(&check(&text));
        write(folder, &uris.media_playlist(&config.name), text.as_bytes());
    }
    write(folder, "master.m3u8", stream.multivariant_playlist(uris).unwrap().as_bytes());
}

/// Number of video frames that ffprobe decodes.
fn frames(input: &str, folder: &Path) -> u32 {
    let arguments = ["-v", "error", "-allowed_extensions", "ALL", "-count_frames", "-select_streams", "v:0"];
    let is_playlist = input.ends_with(".m3u8");
    let arguments = if is_playlist { &arguments[..] } else { &[&arguments[..2], &arguments[4..]].concat() };
    let shown = ["-show_entries", "stream=nb_read_frames", "-of", "csv=p=0", input];
    let output = run("ffprobe", &[arguments, &shown].concat(), folder);
    String::from_utf8(output).unwrap().lines().next().unwrap().trim_matches(',').parse().unwrap()
}

fn openssl_decrypt(path: PathBuf, index: u64, folder: &Path) -> Vec<u8> {
    let key = hex::encode(secret().key(index).as_bytes());
    let iv = hex::encode(keys::iv(index));
    let path = path.to_str().unwrap();
    run("openssl", &["enc", "-d", "-aes-128-cbc", "-K", &key, "-iv", &iv, "-in", path], folder)
}

/// Decrypts every segment and part with openssl, and decodes every segment on its own.
fn check_media(stream: &LiveStream, events: &[Event], uris: &Uris, folder: &Path) {
    let name = NAMES[0];
    let id = stream.rendition(name).unwrap();
    let number = events.iter().find_map(|event| match event {
        Event::InitReady(ready) if ready.rendition == id => Some(ready.number),
        _ => None,
    });
    let init = std::fs::read(folder.join(uris.init(name, number.unwrap()))).unwrap();
    for event in events.iter().filter(|event| event.rendition() == id) {
        match event {
            Event::SegmentReady(ready) => {
                let index = ready.segment.head.index;
                let plaintext = openssl_decrypt(folder.join(uris.segment(name, index)), index, folder);
                assert_eq!(plaintext, ready.plaintext);
                write(folder, "alone.mp4", &[&init[..], &plaintext].concat());
                assert_eq!(frames("alone.mp4", folder), ready.segment.samples);
            }
            Event::PartReady(ready) => {
                let index = ready.segment.index;
                let path = folder.join(uris.part(name, index, ready.part));
                assert_eq!(openssl_decrypt(path, index, folder), ready.plaintext);
            }
            _ => {}
        }
    }
}

fn check_recording(stream: &LiveStream, events: &[Event], uris: &Uris, folder: &Path, frames_wanted: u32) {
    let id = stream.rendition(NAMES[1]).unwrap();
    let mut recording = Recording::new(NAMES[1], stream.config().target_seconds());
    events.iter().for_each(|event| recording.push(id, event).unwrap());
    let playlist = recording.summary().playlist(recording.open(), crate::playlist::Form::Vod, uris);
    write(folder, "recording.m3u8", playlist.as_bytes());
    assert_eq!(frames("recording.m3u8", folder), frames_wanted);
}

fn check_clip(clip: &Clip) {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let uris = Uris::new(&UriTemplates::default()).unwrap();
    let (stream, events) = package(&encode(clip, folder));
    store(&stream, &events, &uris, folder);
    assert_eq!(frames("0.mp4", folder), clip.frames);
    for name in NAMES {
        assert_eq!(frames(&uris.media_playlist(name), folder), clip.frames);
    }
    assert_eq!(frames("master.m3u8", folder), clip.frames);
    check_media(&stream, &events, &uris, folder);
    check_recording(&stream, &events, &uris, folder, clip.frames);

    let playlists = stream.renditions().map(|(id, _)| stream.media_playlist(id, LiveForm::LowLatency, &uris).unwrap());
    let playlists: Vec<_> = playlists.map(|text| check(&text)).collect();
    check_aligned(&playlists[0], &playlists[1]);
    assert_eq!(playlists[0].segments.len(), 4);
    assert_eq!((500..504).map(|index| stream.ticks(index).unwrap()).collect::<Vec<_>>(), [2, 2, 2, 1]);
    let variant = stream.variant(stream.rendition(NAMES[0]).unwrap()).unwrap();
    assert!(variant.codecs.starts_with("avc1.") && variant.codecs.ends_with(",mp4a.40.2"), "{}", variant.codecs);
    assert_eq!(variant.resolution, Some((320, 180)));
    let rate = f64::from(clip.frames) / f64::from(SECONDS);
    // ffmpeg may give the first frame a longer duration, which still shows in a mean over seven seconds.
    assert!((variant.frame_rate.unwrap() - rate).abs() < 0.2, "{variant:?}");
}

#[test]
fn video_with_b_frames_is_packaged() {
    check_clip(&Clip { rate: "30", frames: 210, encoder: &[], movflags: USUAL_FLAGS });
}

#[test]
fn video_at_25_frames_per_second_is_packaged() {
    check_clip(&Clip { rate: "25", frames: 175, encoder: &["-bf", "0"], movflags: USUAL_FLAGS });
}

#[test]
fn video_at_a_fractional_frame_rate_is_packaged() {
    check_clip(&Clip {
        rate: "30000/1001",
        frames: 210,
        encoder: &["-tune", "zerolatency"],
        movflags: "+empty_moov+default_base_moof+frag_keyframe",
    });
}

#[test]
fn output_of_the_cmaf_flag_is_packaged() {
    check_clip(&Clip { rate: "24", frames: 168, encoder: &[], movflags: "+cmaf+delay_moov" });
}

#[test]
fn sound_without_video_is_packaged() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let arguments = ["-v", "error", "-f", "lavfi", "-i", "sine=sample_rate=48000", "-t", "9", "-c:a", "aac"];
    let muxer = ["-movflags", USUAL_FLAGS, "-frag_duration", "500000", "-f", "mp4", "0.mp4"];
    run("ffmpeg", &[&arguments[..], &muxer].concat(), folder);
    let sound = std::fs::read(folder.join("0.mp4")).unwrap();
    let (stream, _) = package(&[sound.clone(), sound]);
    let uris = Uris::new(&UriTemplates::default()).unwrap();
    let playlists = stream.renditions().map(|(id, _)| stream.media_playlist(id, LiveForm::LowLatency, &uris).unwrap());
    let playlists: Vec<_> = playlists.map(|text| check(&text)).collect();
    check_aligned(&playlists[0], &playlists[1]);
    let micros: u64 = playlists[0].segments.iter().map(|segment| segment.micros).sum();
    assert!(micros.abs_diff(9_000_000) < 50_000, "{micros}");
    assert_eq!((500..504).map(|index| stream.ticks(index).unwrap()).collect::<Vec<_>>(), [2; 4]);
}
