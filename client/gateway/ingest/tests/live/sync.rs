//! Picture and sound stay together for as long as a broadcast lasts.

use crate::{
    clips::{clips, ffmpeg, generated, X264},
    gateway::{publish, Gateway, Observer, STREAM},
    mpegts::{clip, put},
};
use bytes::Bytes;
use std::{
    path::{Path, PathBuf},
    process::Command,
};
use vilokanam_ingest::{transcode::FIRST_TIME_S, Ladder, PutOutcome};
use vilokanam_test_media::marks;

/// Seconds at which the picture becomes white and a tone begins, for a second each. Everything else is black and silent:
/// encoders pack silence into equal messages, which RTMP sends with the shortest header.
const MARKS_S: [u32; 3] = [20, 60, 110];

/// Length of the clip, and frames per second.
const LENGTH_S: u32 = MARKS_S[2] + 3;
const FRAMES_PER_S: u32 = 25;

/// Maximum distance between a mark's picture and its sound.
const MAX_APART_S: f64 = 0.1;

/// Length of a packet of sound in seconds.
const PACKET_S: f64 = 1_024.0 / 48_000.0;

/// A gateway that makes one rendition and nothing else.
async fn gateway() -> Gateway {
    Gateway::with(|config, _| {
        let lowest = config.transcode.ladder.rungs()[0];
        config.transcode.ladder = Ladder::try_from(vec![lowest]).unwrap();
        config.transcode.preview = false;
        config.transcode.thumbnail_interval_s = 0;
    })
    .await
}

/// The rendition in a file.
fn movie_of(gateway: &Gateway, observer: &Observer) -> PathBuf {
    assert!(observer.discontinuities.is_empty(), "{:?}", observer.discontinuities);
    let movie = gateway.directory.path().join("movie.mp4");
    std::fs::write(&movie, observer.epochs[0].renditions.values().next().unwrap()).unwrap();
    movie
}

/// A clip with the marks, as encoders send it.
fn marked(name: &str, audio: &[&str]) -> PathBuf {
    let path = clips().directory.join(name);
    let marks = MARKS_S.map(|mark| format!("between(t,{mark},{})", mark + 1)).join("+");
    let picture = format!("color=black:s=320x180:r={FRAMES_PER_S},drawbox=c=white:t=fill:enable='{marks}'");
    let sound = format!("aevalsrc='0.5*sin(880*2*PI*t)*({marks})':s=48000:c=stereo");
    let length = LENGTH_S.to_string();
    let video = ["-g", "50", "-bf", "2", "-t", &length];
    let output = ["-f", "flv", path.to_str().unwrap()];
    ffmpeg(&[&generated(&picture, &sound)[..], &X264, &video, audio, &output].concat());
    path
}

fn check_marks(movie: &Path) {
    let found = marks::find(movie);
    let (white, tone) = (found.pictures, found.sounds);
    // The clip is repeated, so that the marks of the next round may be there as well.
    assert!(white.len() >= MARKS_S.len() && tone.len() >= MARKS_S.len(), "{white:?} {tone:?}");
    for (mark, (white, tone)) in MARKS_S.into_iter().zip(white.iter().zip(&tone)) {
        assert!(
            (white - tone).abs() <= MAX_APART_S,
            "at {mark} s the picture comes at {white} and the sound at {tone}"
        );
        let expected = f64::from(FIRST_TIME_S + mark);
        assert!((white - expected).abs() <= MAX_APART_S, "at {mark} s the picture comes at {white}");
    }
}

async fn check(name: &'static str, audio: &'static [&'static str]) {
    let mut gateway = gateway().await;
    let clip = tokio::task::spawn_blocking(move || marked(name, audio)).await.unwrap();
    // As fast as the transcoder takes it, until the last mark has been encoded.
    let publisher = publish(&["-stream_loop", "-1"], &clip, "flv", &gateway.rtmp_url());
    let mut observer = gateway.broadcast().await;
    let frames = u64::from(LENGTH_S * FRAMES_PER_S);
    let has_last = |observer: &Observer| observer.health.last().is_some_and(|health| health.frames >= frames);
    observer.until("the last mark", has_last).await;
    assert!(gateway.ingest.stop(STREAM));
    observer.until_end().await;
    drop(publisher);
    let movie = movie_of(&gateway, &observer);
    tokio::task::spawn_blocking(move || check_marks(&movie)).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn aac_at_44100_hz_stays_with_the_picture() {
    check("marks-aac.flv", &["-c:a", "aac", "-ar", "44100"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mono_aac_stays_with_the_picture() {
    check("marks-mono.flv", &["-c:a", "aac", "-ar", "44100", "-ac", "1"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mp3_stays_with_the_picture() {
    check("marks-mp3.flv", &["-c:a", "libmp3lame", "-ar", "44100"]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_law_at_8000_hz_stays_with_the_picture() {
    check("marks-alaw.flv", &["-c:a", "pcm_alaw", "-ar", "8000", "-ac", "1"]).await;
}

/// Length of each part in seconds.
const PART_S: u32 = 10;

/// A part of MPEG-TS from `from_s` on, with sound of this many channels and a mark after two seconds.
fn part(from_s: u32, channels: &str) -> Bytes {
    let picture = format!("color=black:s=320x180:r={FRAMES_PER_S},drawbox=c=white:t=fill:enable='between(t,2,3)'");
    let sound = "aevalsrc='0.5*sin(880*2*PI*t)*between(t,2,3)':s=48000:c=mono";
    let (length, from) = (PART_S.to_string(), from_s.to_string());
    let video = ["-g", "50", "-bf", "0", "-t", &length];
    let audio = ["-c:a", "aac", "-ac", channels, "-output_ts_offset", &from];
    clip(&format!("part-{from_s}"), &[&generated(&picture, sound)[..], &X264, &video, &audio].concat())
}

/// How much sound a file has, whatever the times of it: ffmpeg corrects times that go back, so that sound which was inserted
/// there stands between the marks without moving them.
fn seconds_of_sound(movie: &Path) -> f64 {
    let asked = ["-v", "error", "-of", "csv=p=0", "-select_streams", "a:0", "-show_entries", "packet=size"];
    let output = Command::new("ffprobe").args(asked).arg(movie).output().unwrap();
    String::from_utf8(output.stdout).unwrap().lines().count() as f64 * PACKET_S
}

/// ffmpeg makes its filters anew when the sound has another number of channels. What those do at their beginning, such as
/// filling the time before it with silence, happens again.
#[tokio::test(flavor = "multi_thread")]
async fn sound_whose_channels_change_goes_on_without_an_insertion() {
    let mut gateway = gateway().await;
    let parts = [(0, "2"), (PART_S, "1"), (2 * PART_S, "2")];
    for (number, (from_s, channels)) in parts.into_iter().enumerate() {
        let bytes = tokio::task::spawn_blocking(move || part(from_s, channels)).await.unwrap();
        assert_eq!(put(&gateway, &format!("part_{number}.ts"), &bytes).await, Ok(PutOutcome::Taken));
    }
    let mut observer = gateway.broadcast().await;
    observer.until_end().await;
    let movie = movie_of(&gateway, &observer);
    let (found, sound_s) =
        tokio::task::spawn_blocking(move || (marks::find(&movie), seconds_of_sound(&movie))).await.unwrap();
    let (pictures, sounds) = (found.pictures, found.sounds);
    assert_eq!((pictures.len(), sounds.len()), (3, 3), "{pictures:?} {sounds:?}");
    for (picture, sound) in pictures.iter().zip(&sounds) {
        assert!((picture - sound).abs() <= MAX_APART_S, "{pictures:?} {sounds:?}");
    }
    let length_s = f64::from(3 * PART_S);
    assert!((sound_s - length_s).abs() < 1.0, "{sound_s} s of sound in {length_s} s");
}
