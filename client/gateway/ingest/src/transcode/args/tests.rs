//! Tests of the command line.

use super::{super::job::test_job, *};

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
