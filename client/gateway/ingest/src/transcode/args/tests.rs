//! Tests of the command line.

use super::{super::job::test_job, *};
use crate::{
    broadcast::{AudioInfo, Protocol, SourceInfo, VideoInfo},
    codec::{Codec, Encoder},
    copy::CopyFit,
    plan::Plan,
    tracks::Track,
};

fn line(job: &Job) -> Vec<String> {
    let args = arguments(job, &TranscodeConfig::default(), Path::new("/run/x"));
    args.into_iter().map(|arg| arg.into_string().unwrap()).collect()
}

fn count(line: &[String], wanted: &str) -> usize {
    line.iter().filter(|arg| *arg == wanted).count()
}

#[test]
fn every_rendition_has_video_and_audio() {
    let line = line(&test_job(true, true, 59.94));
    assert_eq!(count(&line, "libx264"), 5, "four renditions and the preview");
    assert_eq!(count(&line, "aac"), 5);
    assert_eq!(count(&line, "120"), 8, "-g and -keyint_min at 60 frames per second");
    assert_eq!(count(&line, "60"), 2, "the preview has half the frames");
    assert_eq!(count(&line, "unix:///run/x/r720"), 1);
    assert_eq!(line.last().map(String::as_str), Some("unix:///run/x/thumbnail"));
}

#[test]
fn a_source_without_audio_has_silence_that_ends_with_the_picture() {
    let line = line(&test_job(true, false, 30.0));
    assert_eq!((count(&line, "aac"), count(&line, "-shortest")), (5, 5));
    let graphs: Vec<&String> = line.iter().filter(|arg| arg.contains("split=")).collect();
    assert!(graphs.len() == 2 && graphs[1].starts_with("anullsrc"), "{graphs:?}");
    assert!(!line.iter().any(|arg| arg.contains("0:a:0")));
    assert_eq!(count(&self::line(&test_job(true, true, 30.0)), "-shortest"), 0);
}

#[test]
fn a_source_without_video_has_a_waveform() {
    let line = line(&test_job(false, true, 30.0));
    assert!(line.iter().any(|arg| arg.contains("showwaves") && !arg.contains("0:v:0")));
    assert_eq!(count(&line, "libx264"), 2, "the waveform and the preview");
}

#[test]
fn a_slate_has_the_tracks_of_the_source() {
    for (video, audio) in [(true, true), (true, false), (false, true)] {
        let slate = line(&Job { input: JobInput::Slate, ..test_job(video, audio, 30.0) });
        assert_eq!((count(&slate, "lavfi"), count(&slate, "pipe:0")), (1, 0));
        let generated = slate.iter().find(|arg| arg.contains("out0") || arg.contains("gradients")).unwrap();
        assert_eq!((generated.contains("gradients"), generated.contains("anullsrc")), (video, audio), "{generated}");
    }
}

#[test]
fn only_the_demuxer_of_the_source_reads_a_pipe_and_nothing_else() {
    let line = line(&test_job(true, true, 30.0));
    let value = |option: &str| line.iter().position(|arg| arg == option).map(|at| line[at + 1].as_str());
    assert_eq!(value("-protocol_whitelist"), Some("pipe"));
    assert_eq!(value("-format_whitelist"), Some("flv"));
    assert_eq!(value("-max_pixels"), Some("35389440"));
    let decoders: Vec<&str> = value("-codec_whitelist").unwrap().split(',').collect();
    assert!(
        decoders.contains(&"h264") && decoders.iter().all(|name| !name.contains(char::is_whitespace)),
        "{decoders:?}"
    );
    let input = line.iter().position(|arg| arg == "-i").unwrap();
    assert!(line.iter().position(|arg| arg == "-max_pixels").unwrap() < input, "they are options of the input");
}

#[test]
fn a_file_is_read_alone_and_as_fast_as_it_can_be() {
    let input = JobInput::File { path: "/u/abc".into(), part: None, audio: 0 };
    let line = line(&Job { input, ..test_job(true, true, 30.0) });
    let place = |wanted: &str| line.iter().position(|arg| arg == wanted);
    assert_eq!((count(&line, "file:/u/abc"), count(&line, "-re"), count(&line, "pipe:0")), (1, 0, 0));
    assert!(place("-protocol_whitelist") < place("-i") && place("-format_whitelist") < place("-i"), "{line:?}");
}

fn with_plan(change: impl FnOnce(Plan) -> Plan) -> Vec<String> {
    let job = test_job(true, true, 30.0);
    line(&Job { plan: change(job.plan.clone()), ..job })
}

fn copying(plan: Plan) -> Plan {
    let video = VideoInfo::square("h264", 1280, 720, Some(30.0));
    let fit = CopyFit { video_bits_per_second: 2_000_000, has_audio: true };
    plan.copying(fit, &video, &TranscodeConfig::default())
}

#[test]
fn the_rung_that_fits_is_copied_and_the_others_begin_their_groups_of_pictures_with_it() {
    let line = with_plan(copying);
    assert_eq!((count(&line, "copy"), count(&line, "libx264"), count(&line, "aac")), (2, 4, 4));
    assert_eq!((count(&line, "0:v:0"), count(&line, "0:a:0")), (1, 1));
    assert_eq!(count(&line, "-skip_frame"), 0, "the other rungs are decoded");
    assert_eq!(count(&line, "passthrough"), 5, "the four that are encoded, and the stills");
}

#[test]
fn a_copy_alone_is_not_encoded_at_all() {
    let line = with_plan(|plan| Plan { preview: None, thumbnail: None, ..copying(plan).without_above(0) });
    assert_eq!((count(&line, "libx264"), count(&line, "-filter_complex"), count(&line, "-skip_frame")), (0, 0, 1));
}

#[test]
fn further_codecs_have_their_encoders_and_tags() {
    let config = TranscodeConfig { codecs: vec![Codec::Hevc, Codec::Av1], ..TranscodeConfig::default() };
    let job = test_job(true, true, 30.0);
    let source = SourceInfo {
        protocol: Protocol::Rtmp,
        video: Some(VideoInfo::square("h264", 1280, 720, Some(30.0))),
        audio: None,
    };
    let line = line(&Job { plan: Plan::new(&source, &config, u16::MAX), ..job });
    assert_eq!((count(&line, "libx265"), count(&line, "libsvtav1"), count(&line, "hvc1")), (1, 1, 1));
    assert_eq!(count(&line, "unix:///run/x/r720hevc"), 1);
}

#[test]
fn hardware_encoders_are_named_and_given_their_device() {
    let with = |encoder| with_plan(|plan| Plan { encoder, ..plan });
    let vaapi = with(Encoder::Vaapi);
    assert_eq!((count(&vaapi, "h264_vaapi"), count(&vaapi, "-vaapi_device"), count(&vaapi, "libx264")), (5, 1, 0));
    let device = vaapi.iter().position(|arg| arg == "-vaapi_device").unwrap();
    assert_eq!(vaapi[device + 1], "/dev/dri/renderD128");
    assert!(device < vaapi.iter().position(|arg| arg == "-i").unwrap(), "before the input");
    assert_eq!(count(&with(Encoder::Nvenc), "h264_nvenc"), 5);
    assert_eq!(count(&with(Encoder::Qsv), "h264_qsv"), 5);
}

fn two_tracks(plan: Plan) -> Plan {
    plan.with_audio_tracks(Some(&AudioInfo::default()), &[(Track::Number(258), AudioInfo::default())])
}

#[test]
fn several_audio_tracks_are_outputs_without_video_and_the_renditions_have_none() {
    let line = with_plan(two_tracks);
    assert_eq!((count(&line, "[a_audio-1]"), count(&line, "0:i:258"), count(&line, "-vn")), (1, 1, 2));
    assert_eq!((count(&line, "unix:///run/x/audio-1"), count(&line, "unix:///run/x/audio-2")), (1, 1));
    assert_eq!((count(&line, "libx264"), count(&line, "aac")), (5, 3), "the tracks, and the preview");
    let copied = with_plan(|plan| copying(two_tracks(plan)));
    assert_eq!((count(&copied, "copy"), count(&copied, "aac")), (1, 3), "the picture is copied");
}

#[test]
fn audio_tracks_of_a_slate_have_its_silence() {
    let job = test_job(true, true, 30.0);
    let slate = line(&Job { plan: two_tracks(job.plan.clone()).encoded(), input: JobInput::Slate, ..job });
    assert_eq!((count(&slate, "[a_audio-1]"), count(&slate, "[a_audio-2]"), count(&slate, "0:i:258")), (1, 1, 0));
}

#[test]
fn fragments_have_the_duration_of_the_job() {
    let fragments = |fragment_ms, rate| -> Vec<String> {
        let line = line(&Job { fragment_ms, ..test_job(true, true, rate) });
        line.windows(2).filter(|pair| pair[0] == "-frag_duration").map(|pair| pair[1].clone()).collect()
    };
    assert_eq!(fragments(500, 30.0), ["500000"; 5]);
    assert_eq!(fragments(200, 30.0), ["200000"; 5]);
    assert_eq!(fragments(200, 24.0), ["208333"; 5], "five frames");
}

#[test]
fn short_fragments_are_not_delayed_by_decoding_threads() {
    assert_eq!(count(&line(&test_job(true, true, 30.0)), "-thread_type"), 0);
    assert_eq!(count(&line(&Job { fragment_ms: 200, ..test_job(true, true, 30.0) }), "slice"), 1);
}
