//! Writes the messages of RTMP as an FLV byte stream, which ffmpeg reads.

use crate::source::SourceChunk;
use bytes::{BufMut, Bytes, BytesMut};

/// File header: signature, version 1, audio and video, header size, and the size of the (missing) tag before the first.
const HEADER: &[u8] = b"FLV\x01\x05\x00\x00\x00\x09\x00\x00\x00\x00";

const TAG_HEADER_BYTES: usize = 11;
/// Maximum size of a tag, whose length has 24 bits, as that of an RTMP message.
const MAX_TAG_BYTES: usize = 0x00ff_ffff;
/// Maximum size of a configuration (`avcC`, `AudioSpecificConfig`, metadata) that is kept. Larger ones are nonsense.
const MAX_CONFIG_BYTES: usize = 64 * 1024;

const AUDIO: u8 = 8;
const VIDEO: u8 = 9;
const SCRIPT: u8 = 18;

/// Frame type of a keyframe.
const KEYFRAME: u8 = 1;
/// Codec number of H.264.
const AVC: u8 = 7;
/// Audio format number of AAC.
const AAC: u8 = 10;

/// Converts messages to tags. Their timestamps have been repaired.
#[derive(Debug, Default)]
pub(super) struct FlvWriter {
    has_started: bool,
    has_video: bool,
    metadata: Bytes,
    video_config: Bytes,
    audio_config: Bytes,
}

impl FlvWriter {
    /// Converts a video message. `None` for a message that is empty or too large.
    pub fn video(&mut self, time_ms: u32, data: &Bytes) -> Option<SourceChunk> {
        let &first = data.first().filter(|_| data.len() <= MAX_TAG_BYTES)?;
        self.has_video = true;
        let is_config = first & 0x0f == AVC && data.get(1) == Some(&0);
        let is_keyframe = first >> 4 & 0x07 == KEYFRAME;
        let bytes = tag(VIDEO, time_ms, data);
        if is_config && data.len() <= MAX_CONFIG_BYTES {
            self.video_config = tag(VIDEO, 0, data);
            return Some(self.configured(bytes));
        }
        Some(self.chunk(bytes, is_keyframe && !is_config))
    }

    /// Converts an audio message. `None` for a message that is empty or too large.
    pub fn audio(&mut self, time_ms: u32, data: &Bytes) -> Option<SourceChunk> {
        let &first = data.first().filter(|_| data.len() <= MAX_TAG_BYTES)?;
        let bytes = tag(AUDIO, time_ms, data);
        if first >> 4 == AAC && data.get(1) == Some(&0) && data.len() <= MAX_CONFIG_BYTES {
            self.audio_config = tag(AUDIO, 0, data);
            return Some(self.configured(bytes));
        }
        let is_entry = !self.has_video;
        Some(self.chunk(bytes, is_entry))
    }

    /// Converts a data message. `None` unless it is metadata, which RTMP wraps in `@setDataFrame`.
    pub fn script(&mut self, data: &Bytes) -> Option<SourceChunk> {
        const SET_DATA_FRAME: &[u8] = b"\x02\x00\x0d@setDataFrame";
        let data = data.strip_prefix(SET_DATA_FRAME).map_or_else(|| data.clone(), |rest| data.slice_ref(rest));
        if data.is_empty() || data.len() > MAX_CONFIG_BYTES || !data.starts_with(b"\x02\x00\x0aonMetaData") {
            return None;
        }
        self.metadata = tag(SCRIPT, 0, &data);
        let bytes = self.metadata.clone();
        Some(self.configured(bytes))
    }

    /// A chunk with a new configuration, which changes the preamble.
    fn configured(&mut self, tag: Bytes) -> SourceChunk {
        let parts = [HEADER, &self.metadata, &self.video_config, &self.audio_config];
        let preamble = Bytes::from(parts.concat());
        self.chunk(tag, false).with_preamble(preamble)
    }

    /// A chunk with a tag. The first one has the file header as well.
    fn chunk(&mut self, tag: Bytes, is_entry: bool) -> SourceChunk {
        if std::mem::replace(&mut self.has_started, true) {
            return SourceChunk::new(tag, is_entry);
        }
        let chunk = SourceChunk::new(Bytes::from([HEADER, &tag].concat()), is_entry);
        chunk.with_preamble(Bytes::from_static(HEADER))
    }
}

fn tag(kind: u8, time_ms: u32, data: &[u8]) -> Bytes {
    let [time_high, time @ ..] = time_ms.to_be_bytes();
    // The callers have checked that the length has at most 24 bits.
    let [_, size @ ..] = (data.len() as u32).to_be_bytes();
    let mut tag = BytesMut::with_capacity(TAG_HEADER_BYTES + data.len() + 4);
    tag.put_u8(kind);
    tag.put_slice(&size);
    tag.put_slice(&time);
    tag.put_u8(time_high);
    tag.put_slice(&[0; 3]);
    tag.put_slice(data);
    tag.put_u32((TAG_HEADER_BYTES + data.len()) as u32);
    tag.freeze()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CONFIG: Bytes = Bytes::from_static(&[0x17, 0, 0, 0, 0, 1]);
    const KEY: Bytes = Bytes::from_static(&[0x17, 1, 0, 0, 0, 9]);
    const DELTA: Bytes = Bytes::from_static(&[0x27, 1, 0, 0, 0, 9]);
    const SOUND: Bytes = Bytes::from_static(&[0xaf, 1, 9]);

    #[test]
    fn tags_have_the_layout_of_flv() {
        let tag = tag(VIDEO, 0x0102_0304, b"ab");
        assert_eq!(&tag[..], [9, 0, 0, 2, 2, 3, 4, 1, 0, 0, 0, b'a', b'b', 0, 0, 0, 13]);
    }

    #[test]
    fn the_file_header_comes_first_and_once() {
        let mut writer = FlvWriter::default();
        assert!(writer.audio(0, &SOUND).unwrap().bytes.starts_with(HEADER));
        assert!(!writer.audio(20, &SOUND).unwrap().bytes.starts_with(HEADER));
    }

    #[test]
    fn entries_are_keyframes_or_audio_without_video() {
        let mut writer = FlvWriter::default();
        assert!(writer.audio(0, &SOUND).unwrap().is_entry, "audio without video can begin anywhere");
        let config = writer.video(0, &CONFIG).unwrap();
        assert!(!config.is_entry);
        assert!(config.preamble.unwrap().ends_with(&tag(VIDEO, 0, &CONFIG)));
        assert!(writer.video(33, &KEY).unwrap().is_entry);
        assert!(!writer.video(66, &DELTA).unwrap().is_entry);
        assert!(!writer.audio(70, &SOUND).unwrap().is_entry);
    }

    #[test]
    fn metadata_is_unwrapped() {
        let mut writer = FlvWriter::default();
        let wrapped = Bytes::from_static(b"\x02\x00\x0d@setDataFrame\x02\x00\x0aonMetaData\x05");
        let chunk = writer.script(&wrapped).unwrap();
        assert!(chunk.preamble.unwrap().windows(10).any(|window| window == b"onMetaData"));
        assert!(!chunk.bytes.windows(4).any(|window| window == b"@set"));
        assert!(writer.script(&Bytes::from_static(b"\x02\x00\x03abc")).is_none());
    }

    #[test]
    fn empty_and_huge_messages_are_left_out() {
        let mut writer = FlvWriter::default();
        assert!(writer.video(0, &Bytes::new()).is_none());
        assert!(writer.audio(0, &Bytes::from(vec![0xaf; MAX_TAG_BYTES + 1])).is_none());
    }
}
