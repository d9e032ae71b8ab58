//! Tests of the filter graphs.

use super::{
    super::{job::test_job, output::outputs},
    *,
};
use crate::{
    broadcast::{AudioInfo, VideoInfo},
    config::TranscodeConfig,
    copy::CopyFit,
    tracks::Tracks,
};

#[test]
fn every_link_of_the_filter_graphs_is_used_once() {
    let jobs = [
        test_job(true, true, 50.0),
        test_job(true, false, 25.0),
        test_job(false, true, 1.0),
        copying(true),
        copying(false),
        two_tracks(test_job(true, true, 30.0)),
        two_tracks(test_job(false, true, 30.0)),
        two_tracks(copying(true)),
    ];
    for job in jobs {
        let outputs = outputs(&job.plan);
        let graphs = graphs(&job, &outputs).join(";");
        for output in &outputs {
            let is_drawn = usize::from(output.is_drawn());
            assert_eq!(graphs.matches(&format!("[s_{}]", output.name())).count(), 2 * is_drawn, "{graphs}");
            assert_eq!(graphs.matches(&format!("[v_{}]", output.name())).count(), is_drawn, "{graphs}");
            let has_audio = usize::from(output.is_mixed());
            assert_eq!(graphs.matches(&format!("[a_{}]", output.name())).count(), has_audio, "{graphs}");
        }
    }
}

/// The same job with a second audio track.
fn two_tracks(job: Job) -> Job {
    let further = [(Track::Nth(1), AudioInfo::default())];
    Job { plan: job.plan.clone().with_audio_tracks(Some(&AudioInfo::default()), &further), ..job }
}

/// A job that copies the highest rung, with or without its audio.
fn copying(has_audio: bool) -> Job {
    let job = test_job(true, true, 30.0);
    let fit = CopyFit { video_bits_per_second: 2_000_000, has_audio };
    let video = VideoInfo::square("h264", 1280, 720, Some(30.0));
    Job { plan: job.plan.clone().copying(fit, &video, &TranscodeConfig::default()), ..job }
}

#[test]
fn only_keyframes_are_decoded_for_the_stills_of_a_copy() {
    let job = copying(true);
    let only = Plan { preview: None, ..job.plan.clone().without_above(0) };
    let outputs_of = |plan: &Plan| outputs(plan);
    assert!(!draws_keyframes_only(&job.plan, &outputs_of(&job.plan)), "lower rungs are encoded");
    assert!(draws_keyframes_only(&only, &outputs_of(&only)));
    let graph = graphs(&Job { plan: only.clone(), ..job }, &outputs_of(&only));
    assert!(graph.len() == 1 && graph[0].contains("select=") && !graph[0].contains("fps="), "{graph:?}");
    let bare = Plan { thumbnail: None, ..only };
    assert_eq!(graphs(&Job { plan: bare.clone(), ..copying(true) }, &outputs_of(&bare)), Vec::<String>::new());
}

#[test]
fn pictures_are_brought_to_the_device_of_the_encoder() {
    let graph = |encoder| {
        let mut job = test_job(true, true, 30.0);
        job.plan.encoder = encoder;
        graphs(&job, &outputs(&job.plan)).remove(0)
    };
    assert_eq!(graph(Encoder::Vaapi).matches(",hwupload[v_").count(), 5, "four rungs and the preview, not the stills");
    assert!(graph(Encoder::Qsv).contains("format=nv12[v_") && !graph(Encoder::Nvenc).contains("nv12"));
}

#[test]
fn the_tracks_that_carry_media_are_taken() {
    let tracks = Tracks { video: Some(Track::Number(256)), audio: Some(Track::Number(258)) };
    let job =
        Job { input: JobInput::Pipe { demuxer: "mpegts", tracks, identified_bytes: 0 }, ..test_job(true, true, 30.0) };
    let graph = graphs(&job, &outputs(&job.plan)).remove(0);
    assert!(graph.contains("[0:i:256]") && graph.contains("[0:i:258]"), "{graph}");
}

#[test]
fn both_tracks_of_a_part_are_cut_at_the_same_time() {
    let part = Some(FilePart { start_ms: 1_300, length_ms: 5_000 });
    let input = JobInput::File { path: "/u/abc".into(), part, audio: 0 };
    let job = Job { input, ..test_job(true, true, 30.0) };
    let graph = graphs(&job, &outputs(&job.plan)).remove(0);
    for cut in [
        "[0:V:0]trim=start=1300ms:duration=5000ms,setpts=PTS-1300/1000/TB,",
        "[0:a:0]atrim=start=1300ms:duration=5000ms,asetpts=PTS-1300/1000/TB,",
    ] {
        assert!(graph.contains(cut), "{graph}");
    }
}
