//! Tests of the filter graphs.

use super::{
    super::{job::test_job, output::outputs},
    *,
};

#[test]
fn every_link_of_the_filter_graphs_is_used_once() {
    for job in [test_job(true, true, 50.0), test_job(true, false, 25.0), test_job(false, true, 1.0)] {
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
    let job =
        Job { input: JobInput::Pipe { demuxer: "mpegts", tracks, identified_bytes: 0 }, ..test_job(true, true, 30.0) };
    let graph = graphs(&job, &outputs(&job.plan)).remove(0);
    assert!(graph.contains("[0:i:256]") && graph.contains("[0:i:258]"), "{graph}");
}
