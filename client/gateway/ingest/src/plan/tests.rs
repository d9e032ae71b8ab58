//! Tests of the plans.

use super::*;
use crate::broadcast::{AudioInfo, Protocol};
use proptest::prelude::*;

fn source(width: u32, height: u32, frames_per_second: Option<f64>) -> SourceInfo {
    SourceInfo {
        protocol: Protocol::Rtmp,
        video: Some(VideoInfo::square("h264", width, height, frames_per_second)),
        audio: Some(AudioInfo { codec: "aac".into(), sample_rate_hz: 48_000, channels: 2, ..Default::default() }),
    }
}

fn plan(width: u32, height: u32, rate: Option<f64>) -> Plan {
    Plan::new(&source(width, height, rate), &TranscodeConfig::default(), u16::MAX)
}

fn ids(plan: &Plan) -> Vec<u16> {
    plan.renditions.iter().map(|rendition| rendition.id.height()).collect()
}

#[test]
fn no_rendition_is_above_the_source() {
    assert_eq!(ids(&plan(1920, 1080, Some(30.0))), [240, 360, 480, 720, 1080]);
    assert_eq!(ids(&plan(1280, 720, Some(30.0))), [240, 360, 480, 720]);
    assert_eq!(ids(&plan(1000, 600, Some(30.0))), [240, 360, 480]);
    assert_eq!(ids(&plan(3840, 2160, Some(30.0))), [240, 360, 480, 720, 1080]);
}

#[test]
fn a_tiny_source_has_the_lowest_rung_at_its_own_size() {
    let plan = plan(100, 75, Some(30.0));
    assert_eq!(ids(&plan), [240]);
    assert_eq!((plan.renditions[0].width, plan.renditions[0].height), (100, 76));
}

#[test]
fn the_shape_of_pixels_and_a_turn_count() {
    let shown = |width, height, shown| {
        let mut source = source(width, height, Some(25.0));
        source.video.as_mut().unwrap().shown = shown;
        Plan::new(&source, &TranscodeConfig::default(), u16::MAX)
    };
    let anamorphic = shown(720, 576, (1024, 576));
    assert_eq!(ids(&anamorphic), [240, 360, 480]);
    assert_eq!((anamorphic.renditions[1].width, anamorphic.renditions[1].height), (640, 360));
    let turned = shown(1920, 1080, (1080, 1920));
    assert_eq!((turned.renditions[1].width, turned.renditions[1].height), (360, 640));
    assert_eq!(turned.thumbnail.unwrap().height, 568);
}

#[test]
fn renditions_stay_when_the_picture_stops() {
    let before = plan(1280, 720, Some(30.0));
    let after = before.without_picture();
    assert_eq!(after.renditions, before.renditions);
    assert!(!after.has_video && after.has_audio);
}

#[test]
fn a_source_without_sound_has_silence() {
    let silent = SourceInfo { audio: None, ..source(1280, 720, Some(30.0)) };
    let plan = Plan::new(&silent, &TranscodeConfig::default(), u16::MAX);
    assert!(!plan.has_audio);
    assert!(plan.renditions.iter().chain(&plan.preview).all(|rendition| rendition.audio_bits_per_second.is_some()));
}

#[test]
fn the_short_side_of_a_portrait_counts() {
    let plan = plan(720, 1280, Some(30.0));
    assert_eq!(ids(&plan), [240, 360, 480, 720]);
    assert_eq!((plan.renditions[0].width, plan.renditions[0].height), (240, 426));
}

#[test]
fn no_rendition_is_above_the_maximum_height() {
    assert_eq!(ids(&Plan::new(&source(1920, 1080, None), &TranscodeConfig::default(), 479)), [240, 360]);
}

#[test]
fn a_source_without_video_has_a_waveform() {
    let sound = SourceInfo { video: None, ..source(0, 0, None) };
    let plan = Plan::new(&sound, &TranscodeConfig::default(), u16::MAX);
    assert_eq!(ids(&plan), [0]);
    assert!(!plan.has_video && plan.has_audio && plan.preview.is_some());
}

#[test]
fn frame_rates_are_whole_numbers() {
    for (stated, used) in [(29.97, 30), (23.976, 24), (59.94, 60), (25.0, 25), (120.0, 60), (144.0, 36), (1.0, 10)] {
        assert_eq!(plan(1280, 720, Some(stated)).frames_per_second, used, "{stated}");
    }
    for invalid in [0.0, -1.0, 90_000.0, f64::NAN, f64::INFINITY] {
        assert_eq!(plan(1280, 720, Some(invalid)).frames_per_second, 30, "{invalid}");
    }
    assert_eq!(plan(1280, 720, None).frames_per_second, 30);
}

proptest! {
    #[test]
    fn sides_are_even_and_within_bounds(width in 1u32..20_000, height in 1u32..20_000) {
        let plan = plan(width, height, None);
        prop_assert!(!plan.renditions.is_empty());
        for rendition in plan.renditions.iter().chain(&plan.preview) {
            for side in [rendition.width, rendition.height] {
                prop_assert!(side % 2 == 0 && (16..=MAX_SIDE).contains(&side));
            }
        }
    }
}

#[test]
fn clear_preview_is_left_out_or_muted_as_the_rules_say() {
    let preview = |allowed| plan(1280, 720, Some(30.0)).with_preview(allowed).preview;
    assert_eq!(preview(PreviewTracks::None), None);
    assert_eq!(preview(PreviewTracks::Picture).unwrap().audio_bits_per_second, None);
    assert!(preview(PreviewTracks::PictureAndSound).unwrap().audio_bits_per_second.is_some());
    let without = Plan::new(
        &source(1280, 720, None),
        &TranscodeConfig { preview: false, ..TranscodeConfig::default() },
        u16::MAX,
    );
    assert_eq!(without.with_preview(PreviewTracks::PictureAndSound).preview, None, "rules add no preview");
}
