//! RTMP's messages as an FLV byte stream, which is what ffmpeg reads: the same payloads with other headers.

/// Kinds of tags.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Tag {
    Audio = 8,
    Video = 9,
}

/// The start of a stream with sound and pictures.
pub const HEADER: [u8; 13] = [b'F', b'L', b'V', 1, 5, 0, 0, 0, 9, 0, 0, 0, 0];
/// The largest payload that is passed on: a keyframe at 50 Mbit/s is far below.
pub const MAX_PAYLOAD_BYTES: usize = 8 << 20;
/// How far a timestamp may jump ahead before it counts as odd.
const MAX_JUMP_MS: u32 = 10_000;
/// What an odd timestamp is replaced with: a step of a frame.
const STEP_MS: u32 = 20;

/// Writes tags with timestamps that never go back and never leap: encoders that were suspended, or whose clock was set,
/// must not end the transcoder.
#[derive(Default)]
pub struct FlvWriter {
    /// The last timestamp that came, and what was made of it.
    last: Option<(u32, u32)>,
}

impl FlvWriter {
    /// A tag with its header and trailer, or nothing for what is too large or empty.
    pub fn tag(&mut self, kind: Tag, timestamp_ms: u32, payload: &[u8]) -> Option<Vec<u8>> {
        if payload.is_empty() || payload.len() > MAX_PAYLOAD_BYTES {
            return None;
        }
        let time = self.smooth(timestamp_ms).to_be_bytes();
        let size = (payload.len() as u32).to_be_bytes();
        let mut tag = Vec::with_capacity(payload.len() + 15);
        tag.extend([kind as u8, size[1], size[2], size[3], time[1], time[2], time[3], time[0], 0, 0, 0]);
        tag.extend_from_slice(payload);
        tag.extend((payload.len() as u32 + 11).to_be_bytes());
        Some(tag)
    }

    fn smooth(&mut self, came_ms: u32) -> u32 {
        let Some((last_came_ms, last_sent_ms)) = self.last else {
            self.last = Some((came_ms, 0));
            return 0;
        };
        let ahead_ms = came_ms.wrapping_sub(last_came_ms);
        // Sound and pictures interleave: a little back is usual and counts as now.
        let is_little_back = last_came_ms.wrapping_sub(came_ms) < MAX_JUMP_MS;
        let sent_ms = match (ahead_ms <= MAX_JUMP_MS, is_little_back) {
            (true, _) => last_sent_ms.saturating_add(ahead_ms),
            (false, true) => last_sent_ms.saturating_sub(last_came_ms.wrapping_sub(came_ms)),
            (false, false) => last_sent_ms.saturating_add(STEP_MS),
        };
        if sent_ms >= last_sent_ms {
            self.last = Some((came_ms, sent_ms));
        }
        sent_ms
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(came: &[u32]) -> Vec<u32> {
        let mut writer = FlvWriter::default();
        let time = |tag: Vec<u8>| u32::from_be_bytes([tag[7], tag[4], tag[5], tag[6]]);
        came.iter().map(|ms| time(writer.tag(Tag::Video, *ms, &[1]).unwrap())).collect()
    }

    #[test]
    fn tag_works() {
        let tag = FlvWriter::default().tag(Tag::Audio, 5, &[1, 2, 3]).unwrap();
        assert_eq!(tag, [8, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 0, 0, 0, 14]);
    }

    #[test]
    fn tag_odd_times_works() {
        assert_eq!(times(&[1_000, 1_040, 1_020, 1_080]), [0, 40, 20, 80], "interleaved");
        assert_eq!(times(&[0, 40, 9_000_000, 9_000_040]), [0, 40, 60, 100], "a leap");
        assert_eq!(times(&[9_000_000, 9_000_040, 0, 40]), [0, 40, 60, 100], "back to the beginning");
        assert_eq!(times(&[u32::MAX - 19, 20]), [0, 40], "the clock of 32 bits begins again");
    }

    #[test]
    fn tag_too_large_fails() {
        assert!(FlvWriter::default().tag(Tag::Video, 0, &vec![0; MAX_PAYLOAD_BYTES + 1]).is_none());
        assert!(FlvWriter::default().tag(Tag::Video, 0, &[]).is_none());
    }
}
