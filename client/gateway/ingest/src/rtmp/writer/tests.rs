//! Tests of the writer.

use super::*;
use proptest::prelude::*;

const AVC: Bytes = Bytes::from_static(b"\x17\0\0\0\0avcc");
const AVC_KEY: Bytes = Bytes::from_static(b"\x17\x01\0\0\0key");
const AVC_DELTA: Bytes = Bytes::from_static(b"\x27\x01\0\0\0delta");
const AAC: Bytes = Bytes::from_static(b"\xaf\0\x12\x10");
const SOUND: Bytes = Bytes::from_static(b"\xaf\x01sound");
const HEVC: Bytes = Bytes::from_static(b"\x90hvc1hvcc");
const HEVC_KEY: Bytes = Bytes::from_static(b"\x93hvc1key");
const HEVC_DELTA: Bytes = Bytes::from_static(b"\xa3hvc1delta");

/// What the steps do, with the bytes of chunks as text.
fn steps(steps: Result<Vec<Step>, PublishError>) -> Vec<String> {
    let text = |step| match step {
        Step::Reopen => "reopen".to_owned(),
        Step::Begin(container) => container.demuxer().to_owned(),
        Step::Chunk(chunk) => {
            let bytes = chunk.bytes.escape_ascii().to_string();
            let words = ["avcc", "hvcc", "newcc", "key", "delta", "sound", "first", "second", "av1frame", "hello"];
            let found = words.into_iter().filter(|word| bytes.contains(word)).collect::<Vec<_>>().join("+");
            format!("{}{found}", if chunk.is_entry { "*" } else { "" })
        }
    };
    steps.unwrap().into_iter().map(text).collect()
}

#[test]
fn classic_tracks_begin_as_flv_when_both_are_known() {
    let mut writer = MediaWriter::default();
    assert!(steps(writer.video(0, &AVC)).is_empty());
    assert_eq!(steps(writer.audio(0, &AAC)), ["flv", "avcc", ""]);
    assert_eq!(steps(writer.video(0, &AVC_KEY)), ["*key"]);
    assert_eq!(steps(writer.audio(5, &SOUND)), ["sound"]);
    assert_eq!(steps(writer.video(33, &AVC_DELTA)), ["delta"]);
}

#[test]
fn single_track_begins_after_a_moment() {
    let mut writer = MediaWriter::default();
    assert!(steps(writer.video(0, &AVC)).is_empty());
    for time in (0..GATHER_MS).step_by(250) {
        assert!(steps(writer.video(time, &AVC_KEY)).is_empty(), "{time}");
    }
    assert_eq!(steps(writer.video(GATHER_MS, &AVC_DELTA)), ["flv", "avcc", "*key", "*key", "*key", "*key", "delta"]);
}

#[test]
fn single_track_begins_at_the_end_of_a_short_publication() {
    let mut writer = MediaWriter::default();
    let _ = writer.audio(0, &AAC).unwrap();
    let _ = writer.audio(23, &SOUND).unwrap();
    assert_eq!(steps(writer.finish()), ["flv", "", "*sound"]);
    assert!(steps(writer.finish()).is_empty());
    assert!(steps(MediaWriter::default().finish()).is_empty(), "nothing begins without media");
}

#[test]
fn enhanced_track_begins_as_matroska() {
    let mut writer = MediaWriter::default();
    assert!(steps(writer.audio(0, &AAC)).is_empty());
    assert_eq!(steps(writer.video(0, &HEVC)), ["matroska"]);
    assert_eq!(steps(writer.audio(3, &SOUND)), ["hvcc+sound"], "the first chunk has the header");
    assert_eq!(steps(writer.video(5, &HEVC_KEY)), ["*key"]);
    assert_eq!(steps(writer.video(38, &HEVC_DELTA)), ["delta"]);
}

#[test]
fn track_that_appears_later_begins_another_matroska_stream() {
    let mut writer = MediaWriter::default();
    let _ = writer.video(0, &HEVC).unwrap();
    let _ = writer.video(0, &HEVC_KEY).unwrap();
    assert_eq!(steps(writer.video(GATHER_MS, &HEVC_KEY))[0], "matroska");
    assert_eq!(steps(writer.audio(9_000, &AAC)), ["reopen", "matroska"]);
    assert!(steps(writer.video(9_010, &HEVC_DELTA)).is_empty(), "the new stream begins with a key frame");
    assert_eq!(steps(writer.video(9_040, &HEVC_KEY)), ["*hvcc+key"]);
    assert_eq!(steps(writer.audio(9_050, &SOUND)), ["sound"]);
}

#[test]
fn track_that_appears_later_stays_in_flv() {
    let mut writer = MediaWriter::default();
    let _ = writer.video(0, &AVC).unwrap();
    let _ = writer.video(0, &AVC_KEY).unwrap();
    assert_eq!(steps(writer.video(GATHER_MS, &AVC_KEY))[0], "flv");
    assert_eq!(steps(writer.audio(9_000, &AAC)), [""]);
    assert_eq!(steps(writer.audio(9_020, &SOUND)), ["sound"]);
    assert_eq!(steps(writer.video(9_040, &AVC_DELTA)), ["delta"]);
}

#[test]
fn codec_that_flv_does_not_have_begins_another_stream() {
    let mut writer = MediaWriter::default();
    let _ = writer.video(0, &AVC).unwrap();
    let _ = writer.audio(0, &AAC).unwrap();
    assert_eq!(steps(writer.video(40, &HEVC)), ["reopen", "matroska"]);
    assert_eq!(steps(writer.video(40, &HEVC_KEY)), ["*hvcc+key"]);
    // And back.
    assert_eq!(steps(writer.video(80, &AVC)), ["reopen", "flv", "avcc", ""]);
}

#[test]
fn other_configuration_begins_another_matroska_stream_and_the_same_one_does_not() {
    let mut writer = MediaWriter::default();
    let _ = writer.audio(0, &AAC).unwrap();
    let _ = writer.video(0, &HEVC).unwrap();
    assert!(steps(writer.video(10, &HEVC)).is_empty());
    assert!(steps(writer.audio(10, &AAC)).is_empty());
    assert_eq!(steps(writer.video(20, &Bytes::from_static(b"\x90hvc1newcc"))), ["reopen", "matroska"]);
    assert_eq!(steps(writer.video(20, &HEVC_KEY)), ["*newcc+key"]);
}

#[test]
fn other_configuration_stays_in_flv() {
    let mut writer = MediaWriter::default();
    let _ = writer.video(0, &AVC).unwrap();
    let _ = writer.audio(0, &AAC).unwrap();
    assert_eq!(steps(writer.video(10, &Bytes::from_static(b"\x17\0\0\0\0newcc"))), ["newcc"]);
}

#[test]
fn only_the_first_track_of_a_kind_is_taken() {
    let mut writer = MediaWriter::default();
    let second = Bytes::from_static(b"\x95\x01mp4a\x01second");
    let second_config = Bytes::from_static(b"\x95\0mp4a\x01\x12\x10");
    // The second track comes first, and makes way for the first one.
    assert!(steps(writer.audio(0, &second_config)).is_empty());
    assert!(steps(writer.audio(0, &second)).is_empty());
    assert!(steps(writer.audio(0, &AAC)).is_empty());
    assert_eq!(steps(writer.video(0, &AVC)), ["flv", "avcc", ""]);
    assert!(steps(writer.audio(20, &second)).is_empty());
    assert!(steps(writer.audio(20, &second_config)).is_empty());
    assert_eq!(steps(writer.audio(20, &SOUND)), ["sound"]);
}

#[test]
fn unknown_codec_is_named() {
    let error = MediaWriter::default().video(0, &Bytes::from_static(b"\x90vvc1cfg")).unwrap_err();
    assert!(error.to_string().contains("vvc1"), "{error}");
    let mut writer = MediaWriter::default();
    let _ = writer.audio(0, &Bytes::from_static(b"\xb2speex")).unwrap();
    let error = writer.video(0, &HEVC).unwrap_err();
    assert_eq!(error, PublishError::UnknownCodec("number 11 of FLV".into()), "Matroska has no such codec");
}

#[test]
fn media_that_cannot_begin_is_not_kept() {
    let mut writer = MediaWriter::default();
    for time in 0..10_000 {
        assert!(steps(writer.video(time, &HEVC_KEY)).is_empty(), "without a configuration");
        let State::Gathering { frames, .. } = &writer.state else { panic!("no stream begins") };
        assert!(frames.len() < MAX_GATHERED);
    }
    assert_eq!(steps(writer.video(12_500, &HEVC))[0], "matroska");
}

#[test]
fn times_of_a_new_stream_begin_at_zero() {
    let mut writer = MediaWriter::default();
    let _ = writer.audio(50_000, &AAC).unwrap();
    let _ = writer.video(50_000, &HEVC).unwrap();
    let times = |steps: Vec<Step>| -> Vec<u64> {
        let chunks = steps.into_iter().filter_map(|step| match step {
            Step::Chunk(chunk) => Some(chunk.bytes),
            _ => None,
        });
        chunks
            .map(|bytes| {
                let at = bytes.windows(4).rposition(|window| window == b"\x1f\x43\xb6\x75").unwrap();
                u64::from_be_bytes(bytes[at + 21..at + 29].try_into().unwrap())
            })
            .collect()
    };
    // Composition times are added.
    assert_eq!(times(writer.video(50_000, &Bytes::from_static(b"\x91hvc1\0\0\x09key")).unwrap()), [9]);
    assert_eq!(times(writer.audio(50_040, &SOUND).unwrap()), [40]);
    let _ = writer.video(60_000, &Bytes::from_static(b"\x90hvc1newcc")).unwrap();
    assert_eq!(times(writer.video(60_000, &HEVC_KEY).unwrap()), [0]);
}

proptest! {
    #[test]
    fn noise_is_written_in_streams_that_have_begun(
        messages in proptest::collection::vec((0..3_u8, any::<u32>(), proptest::collection::vec(any::<u8>(), 0..40)), 0..60),
    ) {
        let mut writer = MediaWriter::default();
        let (mut begun, mut reopened) = (0, 0);
        for (kind, time, mut bytes) in messages {
            // Most noise is no media at all, so the first bytes are often those of a codec.
            if let (true, Some(codec)) = (time % 2 == 0, [b"\x90hvc1", b"\x91hvc1", b"\x95\x01mp4"].get(usize::from(kind))) {
                bytes.splice(0..0, codec.iter().copied());
            }
            let message = Bytes::from(bytes);
            let steps = match kind {
                0 => writer.video(time, &message),
                1 => writer.audio(time, &message),
                _ => Ok(writer.script(&message)),
            };
            // An error ends the connection.
            let Ok(steps) = steps else { break };
            for step in steps {
                match step {
                    Step::Begin(_) => begun += 1,
                    Step::Reopen => reopened += 1,
                    Step::Chunk(chunk) => {
                        prop_assert!(begun == reopened + 1, "chunks belong to a stream that has begun");
                        prop_assert!(!chunk.bytes.is_empty());
                    }
                }
            }
        }
        prop_assert!(begun <= reopened + 1);
    }
}
