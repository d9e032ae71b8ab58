//! Tests of what fits, with the real ffmpeg.

use super::*;
use crate::{broadcast::Protocol, config::FfmpegConfig};
use tokio::process::Command;
use vilokanam_ffmpeg::probe;

/// Encodes three seconds as the arguments say, and looks at them.
async fn look_at(args: &[&str]) -> Look {
    let ffmpeg = Ffmpeg::find(&FfmpegConfig::default()).await.unwrap();
    let output = Command::new(&ffmpeg.ffmpeg)
        .args(["-nostdin", "-v", "error", "-f", "lavfi", "-i", "sine=r=48000", "-f", "lavfi", "-i"])
        .args(args)
        .args(["-t", "3", "-ac", "2", "-f", "flv", "pipe:1"])
        .stdin(Stdio::null())
        .output()
        .await
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let media = probe::bytes(ffmpeg.prober(), "flv", &output.stdout).await.unwrap();
    let info = SourceInfo { protocol: Protocol::Rtmp, video: media.video(), audio: media.audio() };
    look(&ffmpeg, "flv", Track::First, &output.stdout, &info, &TranscodeConfig::default()).await
}

const PICTURE: &str = "testsrc2=s=426x240:r=30";

fn x264<'a>(source: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    let usual = [source, "-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", "-c:a", "aac"];
    [&usual[..], more].concat()
}

#[tokio::test]
async fn video_as_renditions_have_it_fits() {
    for more in [&["-g", "60", "-bf", "0"][..], &["-g", "60", "-bf", "2", "-sc_threshold", "0"], &["-g", "30"]] {
        let look = look_at(&x264(PICTURE, more)).await;
        assert!(matches!(look, Look::Fits(CopyFit { has_audio: true, .. })), "{more:?}: {look:?}");
    }
}

#[tokio::test]
async fn other_video_does_not_and_the_reason_is_named() {
    let misfit = |args: Vec<&'static str>| async move {
        match look_at(&args).await {
            Look::Misfit(misfit) => misfit,
            other => panic!("{args:?}: {other:?}"),
        }
    };
    assert_eq!(misfit(x264(PICTURE, &["-g", "48"])).await, Misfit::KeyframeDistance(1_600));
    assert_eq!(misfit(x264("testsrc2=s=426x240:r=30000/1001", &["-g", "60"])).await, Misfit::FrameRate);
    assert!(matches!(misfit(x264(PICTURE, &["-g", "250"])).await, Misfit::KeyframeDistance(_)));
    assert!(matches!(misfit(x264("testsrc2=s=400x300:r=30", &["-g", "60"])).await, Misfit::Picture(_)));
    let noise = x264("nullsrc=s=426x240:r=30,noise=alls=100:allf=t", &["-g", "60", "-qp", "4"]);
    assert!(matches!(misfit(noise).await, Misfit::BitRate(_)));
    let open = ["-g", "60", "-bf", "2", "-x264-params", "open-gop=1:scenecut=0"];
    assert_eq!(misfit(x264(PICTURE, &open)).await, Misfit::OpenGroups);
}

#[tokio::test]
async fn one_keyframe_is_too_little_to_tell() {
    let ffmpeg = Ffmpeg::find(&FfmpegConfig::default()).await.unwrap();
    let groups = Groups { open_ms: 900, ..Groups::default() };
    assert_eq!(judge(&groups, 30, &TranscodeConfig::default()), Ok(None));
    let video = Some(VideoInfo::square("h264", 1280, 720, Some(30.0)));
    let source = SourceInfo { protocol: Protocol::Rtmp, video, audio: None };
    let damaged = look(&ffmpeg, "flv", Track::First, b"FLV", &source, &TranscodeConfig::default()).await;
    assert_eq!(damaged, Look::TooShort, "damaged bytes have no keyframe");
}

#[test]
fn groups_of_pictures_are_as_long_as_those_of_renditions() {
    assert_eq!(GOP_MS, u64::from(crate::transcode::GOP_S) * 1_000);
}

#[test]
fn only_aac_as_renditions_have_it_is_copied() {
    let audio = |codec: &str, profile: Option<&str>, channels, sample_rate_hz| {
        let profile = profile.map(String::from);
        fits_audio(&AudioInfo { codec: codec.into(), profile, channels, sample_rate_hz, ..AudioInfo::default() })
    };
    assert!(audio("aac", Some("LC"), 2, 48_000) && audio("aac", None, 1, 44_100));
    assert!(!audio("aac", Some("HE-AAC"), 2, 48_000) && !audio("mp3", None, 2, 48_000));
    assert!(!audio("aac", Some("LC"), 6, 48_000) && !audio("aac", Some("LC"), 2, 22_050));
}
