//! Reads FLV: the kind and time of each tag.

use super::{flow::Flows, track::Kind};

const HEADER_BYTES: usize = 9;
const TAG_BYTES: usize = 11;
/// Length of the previous tag, which follows each tag and the header.
const TRAILER_BYTES: usize = 4;
const AUDIO_TAG: u8 = 8;
const VIDEO_TAG: u8 = 9;

/// Reads one stream.
#[derive(Debug, Default)]
pub(super) struct Reader {
    has_header: bool,
    /// Bytes of an incomplete tag header, with the first byte of its body.
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
            let wanted = if self.has_header { TAG_BYTES + 1 } else { HEADER_BYTES };
            let missing = (wanted - self.head.len()).min(bytes.len());
            self.head.extend_from_slice(&bytes[..missing]);
            bytes = &bytes[missing..];
            if self.head.len() < wanted {
                return;
            }
            self.skip = if self.has_header { self.tag(flows) } else { TRAILER_BYTES };
            self.has_header = true;
            self.head.clear();
        }
    }

    /// Reads the head of a tag. Returns the number of bytes that follow it.
    fn tag(&self, flows: &mut Flows) -> usize {
        let word = |from: usize| self.head[from..from + 3].iter().fold(0u32, |sum, byte| sum << 8 | u32::from(*byte));
        // The byte after the head belongs to the body; the body of a tag is not empty.
        let rest = (word(1) as usize).saturating_sub(1) + TRAILER_BYTES;
        let kind = match self.head[0] {
            AUDIO_TAG => Kind::Audio,
            VIDEO_TAG => Kind::Video,
            _ => return rest,
        };
        let number = self.head[0].into();
        let time_ms = word(4) | u32::from(self.head[7]) << 24;
        let is_keyframe = kind == Kind::Video && self.head[TAG_BYTES] >> 4 & 7 == 1;
        flows.announce(number, kind);
        flows.media(number, time_ms.into(), 0, is_keyframe);
        rest
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
}
