//! Picture and sound stay together for as long as a broadcast lasts.

use crate::{
    clips::{clips, ffmpeg},
    gateway::{publish, Gateway, Observer, STREAM},
};
use std::{
    net::{IpAddr, Ipv4Addr},
    path::{Path, PathBuf},
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

/// A clip with the marks, as encoders send it.
fn marked(name: &str, audio: &[&str]) -> PathBuf {
    let path = clips().directory.join(name);
    let marks = MARKS_S.map(|mark| format!("between(t,{mark},{})", mark + 1)).join("+");
    let picture = format!("color=black:s=320x180:r={FRAMES_PER_S},drawbox=c=white:t=fill:enable='{marks}'");
    let sound = format!("aevalsrc='0.5*sin(880*2*PI*t)*({marks})':s=48000:c=stereo");
    let length = LENGTH_S.to_string();
    let inputs = ["-f", "lavfi", "-i", &picture, "-f", "lavfi", "-i", &sound, "-t", &length];
    let video = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "50", "-bf", "2", "-pix_fmt", "yuv420p"];
    ffmpeg(&[&inputs, &video, audio, &["-f", "flv", path.to_str().unwrap()]].concat());
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
    let mut gateway = Gateway::with(|config, _| {
        let lowest = config.transcode.ladder.rungs()[0];
        config.transcode.ladder = Ladder::try_from(vec![lowest]).unwrap();
        config.transcode.preview = false;
        config.transcode.thumbnail_interval_s = 0;
    })
    .await;
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
    assert!(observer.discontinuities.is_empty(), "{:?}", observer.discontinuities);
    let movie = gateway.directory.path().join("movie.mp4");
    std::fs::write(&movie, observer.epochs[0].renditions.values().next().unwrap()).unwrap();
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

/// Ten seconds of MPEG-TS from `from_s` on, with sound of this many channels and a mark after two seconds.
fn part(from_s: u32, channels: &str) -> PathBuf {
    let path = clips().directory.join(format!("part-{from_s}.ts"));
    let picture = format!("color=black:s=320x180:r={FRAMES_PER_S},drawbox=c=white:t=fill:enable='between(t,2,3)'");
    let sound = "aevalsrc='0.5*sin(880*2*PI*t)*between(t,2,3)':s=48000:c=mono";
    let inputs = ["-f", "lavfi", "-i", &picture, "-f", "lavfi", "-i", sound, "-t", "10"];
    let video = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "50", "-bf", "0", "-pix_fmt", "yuv420p"];
    let from = from_s.to_string();
    let output = ["-c:a", "aac", "-ac", channels, "-output_ts_offset", &from, "-f", "mpegts", path.to_str().unwrap()];
    ffmpeg(&[&inputs[..], &video, &output].concat());
    path
}

#[tokio::test(flavor = "multi_thread")]
async fn sound_whose_channels_change_stays_with_the_picture() {
    let mut gateway = Gateway::with(|config, _| {
        let lowest = config.transcode.ladder.rungs()[0];
        config.transcode.ladder = Ladder::try_from(vec![lowest]).unwrap();
        config.transcode.preview = false;
        config.transcode.thumbnail_interval_s = 0;
    })
    .await;
    for (number, (from_s, channels)) in [(0, "2"), (10, "1"), (20, "2")].into_iter().enumerate() {
        let path = tokio::task::spawn_blocking(move || part(from_s, channels)).await.unwrap();
        let (name, bytes) = (format!("part_{number}.ts"), std::fs::read(path).unwrap().into());
        let here = IpAddr::V4(Ipv4Addr::LOCALHOST);
        let taken = gateway.ingest.put(STREAM, gateway.key.reveal(), here, &name, bytes).await;
        assert_eq!(taken, Ok(PutOutcome::Taken));
    }
    let mut observer = gateway.broadcast().await;
    observer.until_end().await;
    assert!(observer.discontinuities.is_empty(), "{:?}", observer.discontinuities);
    let movie = gateway.directory.path().join("movie.mp4");
    std::fs::write(&movie, observer.epochs[0].renditions.values().next().unwrap()).unwrap();
    let found = tokio::task::spawn_blocking(move || marks::find(&movie)).await.unwrap();
    let (pictures, sounds) = (found.pictures, found.sounds);
    assert_eq!((pictures.len(), sounds.len()), (3, 3), "{pictures:?} {sounds:?}");
    for (picture, sound) in pictures.iter().zip(&sounds) {
        assert!((picture - sound).abs() <= MAX_APART_S, "{pictures:?} {sounds:?}");
    }
}
