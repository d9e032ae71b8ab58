//! Pictures and sound of every shape: what comes out is always the same kind.

use crate::{
    clips::{clips, ffmpeg, generated, X264},
    gateway::{Gateway, Observer},
    movie::Movie,
    mpegts::{clip, put},
};
use bytes::Bytes;
use std::process::Command;
use vilokanam_ingest::PutOutcome;

/// Uploads a file, and observes its broadcast to the end.
async fn broadcast(make: impl FnOnce() -> Vec<(&'static str, Bytes)> + Send + 'static) -> Observer {
    let mut gateway = Gateway::start().await;
    for (name, bytes) in tokio::task::spawn_blocking(make).await.unwrap() {
        assert_eq!(put(&gateway, name, &bytes).await, Ok(PutOutcome::Taken), "{name}");
    }
    let mut observer = gateway.broadcast().await;
    observer.until_end().await;
    assert_eq!(observer.discontinuities, []);
    observer
}

/// Observes the broadcast of a clip of five seconds as MPEG-TS. `options` are further arguments of ffmpeg, with spaces between.
async fn ts(name: &'static str, (picture, sound): (&'static str, &'static str), options: &'static str) -> Observer {
    broadcast(move || {
        let options: Vec<&str> = options.split_whitespace().collect();
        vec![("1.ts", clip(name, &[&generated(picture, sound)[..], &X264, &options[..], &["-t", "5"]].concat()))]
    })
    .await
}

/// Size of the highest rendition, as planned.
fn size(observer: &Observer) -> (u32, u32) {
    observer.renditions.last().map(|top| (top.width, top.height)).unwrap()
}

/// The highest rendition in a file.
fn top(observer: &Observer) -> tempfile::NamedTempFile {
    let file = tempfile::Builder::new().suffix(".mp4").tempfile().unwrap();
    std::fs::write(file.path(), observer.epochs[0].renditions.last_key_value().unwrap().1).unwrap();
    file
}

/// Checks that the highest rendition is what every player takes.
fn check_usual(observer: &Observer) {
    let file = top(observer);
    let entries = "stream=codec_name,width,height,pix_fmt,field_order,sample_aspect_ratio,sample_rate,channels";
    let output = Command::new("ffprobe")
        .args(["-v", "error", "-of", "compact=p=0", "-show_entries", entries, file.path().to_str().unwrap()])
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let (width, height) = size(observer);
    let video = format!(
        "codec_name=h264|width={width}|height={height}|sample_aspect_ratio=1:1|pix_fmt=yuv420p|\
         field_order=progressive"
    );
    assert!(text.contains(&video), "{text}");
    assert!(text.contains("codec_name=aac|sample_rate=48000|channels=2"), "{text}");
}

/// The output of a filter of ffmpeg that analyses the highest rendition.
fn analysis(observer: &Observer, filter: &str) -> String {
    let file = top(observer);
    let path = file.path().to_str().unwrap();
    let output = Command::new("ffmpeg")
        .args(["-nostdin", "-hide_banner", "-i", path, "-vf", filter, "-an", "-f", "null", "-"])
        .output()
        .unwrap();
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn interlaced_and_anamorphic_video_becomes_progressive_with_square_pixels() {
    let inputs = ("testsrc2=size=720x576:rate=50", "sine");
    let options = "-vf tinterlace=interleave_top,fieldorder=tff,setsar=64/45 -flags +ilme+ildct -g 50 -c:a mp2";
    let observer = ts("interlaced", inputs, options).await;
    let source = observer.source.clone().unwrap().video.unwrap();
    assert_eq!(((source.width, source.height), source.shown), ((720, 576), (1024, 576)));
    assert_eq!(size(&observer), (854, 480));
    observer.check_epoch(0, 25);
    check_usual(&observer);
    let found = analysis(&observer, "idet");
    let counts = found.split("Multi frame detection: ").nth(1).unwrap_or_else(|| panic!("{found}"));
    let interlaced: u32 = ["TFF:", "BFF:"]
        .iter()
        .map(|kind| counts.split(kind).nth(1).unwrap().split_whitespace().next().unwrap().parse::<u32>().unwrap())
        .sum();
    assert_eq!(interlaced, 0, "{counts}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_anamorphic_picture_fills_its_frame() {
    let observer = ts("wide-pixels", ("color=white:size=720x480:rate=30", "sine"), "-vf setsar=32/27 -c:a aac").await;
    assert_eq!(size(&observer), (854, 480));
    let found = analysis(&observer, "cropdetect=limit=100:round=2");
    assert!(found.contains("crop=854:480:0:0"), "there are no bars: {found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_turned_picture_of_a_phone_is_upright() {
    let observer = broadcast(|| {
        let path = |name: &str| clips().directory.join(name).to_str().unwrap().to_owned();
        // White above, black below; held sideways.
        let halves = "color=white:size=640x360:rate=30,drawbox=y=180:h=180:color=black:t=fill";
        let lying = ["-g", "60", "-c:a", "aac", "-t", "5"];
        ffmpeg(&[&generated(halves, "sine")[..], &X264, &lying, &[&path("lying.mp4")]].concat());
        let fragments =
            ["-c", "copy", "-metadata:s:v", "rotate=90", "-movflags", "+frag_keyframe+empty_moov+default_base_moof"];
        ffmpeg(&[&["-i", &path("lying.mp4")], &fragments[..], &[&path("turned.mp4")]].concat());
        vec![("1.mp4", std::fs::read(path("turned.mp4")).unwrap().into())]
    })
    .await;
    assert_eq!(observer.source.clone().unwrap().video.unwrap().shown, (360, 640));
    assert_eq!(size(&observer), (360, 640));
    check_usual(&observer);
    // Turned by 90 degrees, white and black are side by side, over the whole height.
    let whites = ["crop=160:640:10:0", "crop=160:640:190:0"].map(|half| {
        let found = analysis(&observer, &format!("{half},signalstats,metadata=print:key=lavfi.signalstats.YAVG"));
        let level = found.split("YAVG=").nth(1).unwrap_or_else(|| panic!("{found}"));
        level.split_whitespace().next().unwrap().parse::<f64>().unwrap() > 128.0
    });
    assert_ne!(whites[0], whites[1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_bits_4_2_2_and_5_1_sound_become_8_bits_4_2_0_and_stereo() {
    let inputs = ("testsrc2=size=640x360:rate=30", "anoisesrc=amplitude=0.1");
    let options = "-af aformat=channel_layouts=5.1 -pix_fmt yuv422p10le -g 60 -c:a aac -b:a 384k";
    let observer = ts("studio", inputs, options).await;
    assert_eq!(observer.source.clone().unwrap().audio.unwrap().channels, 6);
    observer.check_epoch(0, 30);
    check_usual(&observer);
}

#[tokio::test(flavor = "multi_thread")]
async fn mono_sound_at_a_low_rate_and_a_portrait_become_usual() {
    let inputs = ("testsrc2=size=360x640:rate=60", "sine=sample_rate=16000");
    let observer = ts("portrait", inputs, "-ac 1 -ar 16000 -g 120 -c:a mp2 -b:a 32k").await;
    assert_eq!(size(&observer), (360, 640));
    // The preview has half the frames.
    observer.epochs[0].renditions.values().for_each(|bytes| Movie::read(bytes).check_cadence(60));
    check_usual(&observer);
}

#[tokio::test(flavor = "multi_thread")]
async fn video_whose_frames_are_left_out_while_nothing_moves_has_a_constant_rate() {
    // Motion in one second, then a still picture with a frame every half second, as screens are recorded.
    let inputs = ("testsrc2=size=640x360:rate=30", "sine");
    let observer = ts("screen", inputs, "-vf select='lt(t,1)+not(mod(n,15))' -fps_mode vfr -g 8 -c:a aac").await;
    let movies = observer.check_epoch(0, u64::from(observer.renditions[0].frames_per_second));
    assert!(movies[0].end_ms() - movies[0].start_ms() > 4_000);
    check_usual(&observer);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frozen_picture_is_shown() {
    let observer = ts("frozen", ("testsrc2=size=640x360:rate=30", "sine"), "-vf loop=-1:1:0 -g 60 -c:a aac").await;
    let movies = observer.check_epoch(0, 30);
    assert!(movies[0].end_ms() - movies[0].start_ms() > 4_000);
}
