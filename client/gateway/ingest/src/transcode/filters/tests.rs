//! Tests of the filter graphs.

use super::{super::output::outputs, *};
use crate::{
    broadcast::{AudioInfo, Protocol, SourceInfo, VideoInfo},
    config::TranscodeConfig,
    transcode::FIRST_TIME_S,
};

fn job(video: bool, audio: bool, rate: f64) -> Job {
    let source = SourceInfo {
        protocol: Protocol::Rtmp,
        video: video.then(|| VideoInfo::square("h264", 1280, 720, Some(rate))),
        audio: audio.then(|| AudioInfo { codec: "aac".into(), sample_rate_hz: 44_100, channels: 1 }),
    };
    let plan = Plan::new(&source, &TranscodeConfig::default(), u16::MAX);
    Job {
        plan,
        input: JobInput::Pipe { demuxer: "flv", tracks: Tracks::default(), identified_bytes: 0 },
        start_s: FIRST_TIME_S,
    }
}

#[test]
fn every_link_of_the_filter_graphs_is_used_once() {
    for job in [job(true, true, 50.0), job(true, false, 25.0), job(false, true, 1.0)] {
        let outputs = outputs(&job.plan);
        let graphs = graphs(&job, &outputs).join(";");
        for output in &outputs {
            assert_eq!(graphs.matches(&format!("[s_{}]", output.name())).count(), 2, "{graphs}");
            assert_eq!(graphs.matches(&format!("[v_{}]", output.name())).count(), 1, "{graphs}");
            let has_audio = usize::from(output.has_audio());
            assert_eq!(graphs.matches(&format!("[a_{}]", output.name())).count(), has_audio, "{graphs}");
        }
    }
}

#[test]
fn the_tracks_that_carry_media_are_taken() {
    let tracks = Tracks { video: Some(Track::Number(256)), audio: Some(Track::Number(258)) };
    let job = Job { input: JobInput::Pipe { demuxer: "mpegts", tracks, identified_bytes: 0 }, ..job(true, true, 30.0) };
    let graph = graphs(&job, &outputs(&job.plan)).remove(0);
    assert!(graph.contains("[0:i:256]") && graph.contains("[0:i:258]"), "{graph}");
}
