use super::*;
use crate::broadcast::{AudioInfo, Protocol};
use proptest::prelude::*;

pub(crate) fn source(width: u32, height: u32, frames_per_second: Option<f64>) -> SourceInfo {
    SourceInfo {
        protocol: Protocol::Rtmp,
        video: Some(VideoInfo { codec: "h264".into(), width, height, frames_per_second }),
        audio: Some(AudioInfo { codec: "aac".into(), sample_rate_hz: 48_000, channels: 2 }),
    }
}

fn plan(width: u32, height: u32, rate: Option<f64>) -> Plan {
    Ladder::default().plan(&source(width, height, rate), &TranscodeConfig::default(), u16::MAX)
}

fn ids(plan: &Plan) -> Vec<u16> {
    plan.renditions.iter().map(|rendition| rendition.id.0).collect()
}

#[test]
fn plan_never_above_the_source_works() {
    assert_eq!(ids(&plan(1920, 1080, Some(30.0))), [240, 360, 480, 720, 1080]);
    assert_eq!(ids(&plan(1280, 720, Some(30.0))), [240, 360, 480, 720]);
    assert_eq!(ids(&plan(1000, 600, Some(30.0))), [240, 360, 480]);
    assert_eq!(ids(&plan(3840, 2160, Some(30.0))), [240, 360, 480, 720, 1080]);
}

#[test]
fn plan_of_a_tiny_source_works() {
    let plan = plan(100, 75, Some(30.0));
    assert_eq!(ids(&plan), [240]);
    assert_eq!((plan.renditions[0].width, plan.renditions[0].height), (100, 76));
}

#[test]
fn plan_of_a_portrait_works() {
    let plan = plan(720, 1280, Some(30.0));
    assert_eq!(ids(&plan), [240, 360, 480, 720]);
    assert_eq!((plan.renditions[0].width, plan.renditions[0].height), (240, 426));
}

#[test]
fn plan_below_what_was_too_much_works() {
    let config = TranscodeConfig::default();
    let plan = Ladder::default().plan(&source(1920, 1080, None), &config, 479);
    assert_eq!(ids(&plan), [240, 360]);
}

#[test]
fn plan_of_sound_alone_works() {
    let mut sound = source(0, 0, None);
    sound.video = None;
    let plan = Ladder::default().plan(&sound, &TranscodeConfig::default(), u16::MAX);
    assert_eq!(ids(&plan), [0]);
    assert!(!plan.has_video && plan.has_audio && plan.preview.is_some());
}

#[test]
fn frame_rates_are_whole() {
    for (said, used) in [(29.97, 30), (23.976, 24), (59.94, 60), (25.0, 25), (120.0, 60), (144.0, 36), (1.0, 10)] {
        assert_eq!(plan(1280, 720, Some(said)).frames_per_second, used, "{said}");
    }
    for odd in [0.0, -1.0, 90_000.0, f64::NAN, f64::INFINITY] {
        assert_eq!(plan(1280, 720, Some(odd)).frames_per_second, 30, "{odd}");
    }
    assert_eq!(plan(1280, 720, None).frames_per_second, 30);
}

#[test]
fn ladder_without_sense_fails() {
    let rung = Rung { height: 240, video_bits_per_second: 400_000, audio_bits_per_second: 96_000 };
    assert!(Ladder::try_from(vec![]).is_err());
    assert!(Ladder::try_from(vec![Rung { height: 1, ..rung }]).is_err());
    assert!(Ladder::try_from((0..9).map(|i| Rung { height: 240 + i, ..rung }).collect::<Vec<_>>()).is_err());
    assert_eq!(Ladder::try_from(vec![rung, rung]).map(|ladder| ladder.rungs().len()), Ok(1));
}

proptest! {
    #[test]
    fn sides_are_even_and_in_bounds(width in 1u32..20_000, height in 1u32..20_000) {
        let plan = plan(width, height, None);
        prop_assert!(!plan.renditions.is_empty());
        for rendition in plan.renditions.iter().chain(&plan.preview) {
            for side in [rendition.width, rendition.height] {
                prop_assert!(side % 2 == 0 && (16..=MAX_SIDE).contains(&side));
            }
        }
    }
}
