//! Reads FLV: the kind and time of each tag.

use super::{flow::Flows, track::Kind};

const HEADER_BYTES: usize = 9;
const TAG_BYTES: usize = 11;
/// Length of the previous tag, which follows each tag and the header.
const TRAILER_BYTES: usize = 4;
const AUDIO_TAG: u8 = 8;
const VIDEO_TAG: u8 = 9;
/// Number of bytes of a tag's body that are looked at.
const LOOK_BYTES: usize = 2;
/// Codecs of older FLV whose tags say in their second byte what they contain: H.264, and H.265 as some encoders send it.
const CODECS_WITH_PACKETS: [u8; 2] = [7, 12];
/// Contents of such a tag, and of one of enhanced RTMP: frames.
const FRAMES: u8 = 1;
/// Kinds of tags of enhanced RTMP with frames: with their delay, without, of several tracks, and with more in front.
const ENHANCED_FRAMES: [u8; 4] = [FRAMES, 3, 6, 7];
/// Kind of a frame that is a command.
const COMMAND: u8 = 5;

/// Reads one stream.
#[derive(Debug, Default)]
pub(super) struct Reader {
    has_header: bool,
    /// Bytes of an incomplete tag header, with the first bytes of its body.
    head: Vec<u8>,
    /// Bytes to be skipped.
    skip: usize,
}

impl Reader {
    pub fn take(&mut self, mut bytes: &[u8], flows: &mut Flows) {
        loop {
            let skipped = self.skip.min(bytes.len());
            bytes = &bytes[skipped..];
            self.skip -= skipped;
            let wanted = self.wanted();
            let missing = (wanted - self.head.len()).min(bytes.len());
            self.head.extend_from_slice(&bytes[..missing]);
            bytes = &bytes[missing..];
            if self.head.len() < wanted {
                return;
            }
            // The head of a tag says how much of its body there is to look at.
            if self.wanted() > wanted {
                continue;
            }
            self.skip = if self.has_header { self.tag(flows) } else { TRAILER_BYTES };
            self.has_header = true;
            self.head.clear();
        }
    }

    /// Number of bytes of [`Self::head`] that are needed, as far as is known.
    fn wanted(&self) -> usize {
        match self.has_header {
            false => HEADER_BYTES,
            true if self.head.len() < TAG_BYTES => TAG_BYTES,
            true => TAG_BYTES + self.word(1).min(LOOK_BYTES),
        }
    }

    /// Three bytes of the head as a number.
    fn word(&self, from: usize) -> usize {
        self.head[from..from + 3].iter().fold(0, |sum, byte| sum << 8 | usize::from(*byte))
    }

    /// Reads the head of a tag. Returns the number of bytes that follow it.
    fn tag(&self, flows: &mut Flows) -> usize {
        let body = &self.head[TAG_BYTES..];
        let rest = self.word(1) - body.len() + TRAILER_BYTES;
        let kind = match self.head[0] {
            AUDIO_TAG => Kind::Audio,
            VIDEO_TAG => Kind::Video,
            _ => return rest,
        };
        let number = self.head[0].into();
        flows.announce(number, kind);
        if kind == Kind::Audio || has_frames(body) {
            let time_ms = self.word(4) as u64 | u64::from(self.head[7]) << 24;
            let is_keyframe = kind == Kind::Video && body.first().is_some_and(|first| first >> 4 & 7 == 1);
            flows.media(number, time_ms, 0, is_keyframe);
        }
        rest
    }
}

/// Whether a tag of video has frames, by the first bytes of its body. The configuration of a decoder has none, but is marked as
/// a keyframe, and its time is often not that of the first frame.
fn has_frames(body: &[u8]) -> bool {
    let Some(first) = body.first() else { return false };
    let (is_enhanced, kind, low) = (first & 0x80 != 0, first >> 4 & 7, first & 0x0f);
    match body.get(1) {
        _ if kind == COMMAND => false,
        _ if is_enhanced => ENHANCED_FRAMES.contains(&low),
        Some(packet) if CODECS_WITH_PACKETS.contains(&low) => *packet == FRAMES,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tag(kind: u8, time_ms: u32, body: &[u8]) -> Vec<u8> {
        let size = (body.len() as u32).to_be_bytes();
        let [high, a, b, c] = time_ms.to_be_bytes();
        let head = [kind, size[1], size[2], size[3], a, b, c, high, 0, 0, 0];
        [&head[..], body, &[0; TRAILER_BYTES]].concat()
    }

    #[test]
    fn tags_are_followed_however_the_stream_is_cut() {
        let mut stream = b"FLV\x01\x05\0\0\0\x09\0\0\0\0".to_vec();
        stream.extend(tag(18, 0, b"onMetaData"));
        for time_ms in (0x00ff_ff00u32..0x0100_0400).step_by(40) {
            stream.extend(tag(VIDEO_TAG, time_ms, b"\x17\x01picture"));
            stream.extend(tag(AUDIO_TAG, time_ms, b"\xaf\x01sound"));
        }
        for step in [1, 7, 12, 1000, stream.len()] {
            let (mut reader, mut flows) = (Reader::default(), Flows::of_packets());
            stream.chunks(step).for_each(|chunk| reader.take(chunk, &mut flows));
            let flowing: Vec<u32> = flows.flowing(Kind::Video).chain(flows.flowing(Kind::Audio)).collect();
            assert_eq!(flowing, [9, 8], "step {step}");
        }
    }

    #[test]
    fn configuration_of_a_decoder_is_no_keyframe() {
        // As ffmpeg sends video that begins after the sound: the configuration has the time 0.
        for (configuration, keyframe, frame) in [
            (&b"\x17\x00avcC"[..], &b"\x17\x01I"[..], &b"\x27\x01P"[..]),
            (b"\x90hvc1hvcC", b"\x91hvc1I", b"\xa1hvc1P"),
        ] {
            let (mut reader, mut flows) = (Reader::default(), Flows::of_packets());
            reader.take(b"FLV\x01\x05\0\0\0\x09\0\0\0\0", &mut flows);
            reader.take(&tag(VIDEO_TAG, 0, configuration), &mut flows);
            for place in 0..240u32 {
                let body = if place % 60 == 0 { keyframe } else { frame };
                reader.take(&tag(VIDEO_TAG, 21 + place * 100 / 3, body), &mut flows);
            }
            assert!(flows.is_steady(None), "{configuration:?}");
        }
    }

    #[test]
    fn tags_with_short_bodies_are_skipped_exactly() {
        let (mut reader, mut flows) = (Reader::default(), Flows::of_packets());
        let mut stream = b"FLV\x01\x05\0\0\0\x09\0\0\0\0".to_vec();
        for time_ms in (0..4_000).step_by(40) {
            stream.extend(
                [tag(18, time_ms, b""), tag(VIDEO_TAG, time_ms, b"\x12"), tag(AUDIO_TAG, time_ms, b"\xaf\x01s")]
                    .concat(),
            );
        }
        stream.iter().for_each(|byte| reader.take(&[*byte], &mut flows));
        let flowing: Vec<u32> = flows.flowing(Kind::Video).chain(flows.flowing(Kind::Audio)).collect();
        assert_eq!(flowing, [9, 8]);
    }
}
