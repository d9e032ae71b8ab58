//! Turns the frames of WebRTC into packets: with the configurations of decoders, which WebRTC sends among the frames.

use super::{av1, h264};
use crate::rtmp::{Codec, Packet, Part, Track};
use bytes::Bytes;
use str0m::{format, media::MediaData};

/// Identification header of Opus with two channels, 48 kHz, and nothing to skip.
const OPUS_HEAD: &[u8] = b"OpusHead\x01\x02\0\0\x80\xbb\0\0\0\0\0";

/// Converter of a session.
#[derive(Debug, Default)]
pub(super) struct Converter {
    /// Codec of each track whose configuration was sent.
    configured: [Option<Codec>; 2],
}

impl Converter {
    /// The packets of a frame, in order: none before the first key frame of a picture, and none for other codecs.
    pub fn convert(&mut self, frame: &MediaData) -> Vec<Packet> {
        let data = || Bytes::copy_from_slice(&frame.data);
        let is_key = frame.is_keyframe();
        match frame.params.spec().codec {
            format::Codec::Opus => self.packets(Codec::Opus, true, Some(Bytes::from_static(OPUS_HEAD)), data()),
            format::Codec::H264 => match h264::frame(&frame.data) {
                Some(h264::Frame { data, config }) => self.packets(Codec::H264, is_key, config, data),
                None => Vec::new(),
            },
            format::Codec::Vp8 => self.packets(Codec::Vp8, is_key, Some(Bytes::new()), data()),
            format::Codec::Vp9 => self.packets(Codec::Vp9, is_key, Some(Bytes::new()), data()),
            format::Codec::Av1 => {
                let config = av1::config(&frame.data).map(Bytes::from);
                self.packets(Codec::Av1, is_key && config.is_some(), config, data())
            }
            _ => Vec::new(),
        }
    }

    /// The first configuration of a codec is sent before its frame. Later ones are not: decoders find them in the frames,
    /// and each would be another byte stream, although browsers change the size of the picture all the time.
    fn packets(&mut self, codec: Codec, is_key: bool, config: Option<Bytes>, data: Bytes) -> Vec<Packet> {
        let track = if codec == Codec::Opus { Track::Audio } else { Track::Video };
        let packet = |part, data| Packet { track, number: 0, codec, part, data, is_classic: false };
        let frame = packet(Part::Frame { is_key, composition_ms: 0 }, data);
        let configured = &mut self.configured[track as usize];
        if *configured == Some(codec) {
            return vec![frame];
        }
        let Some(config) = config.filter(|_| is_key) else { return Vec::new() };
        *configured = Some(codec);
        if config.is_empty() {
            return vec![frame];
        }
        vec![packet(Part::Config, config), frame]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(packets: Vec<Packet>) -> Vec<(Part, Bytes)> {
        packets.into_iter().map(|packet| (packet.part, packet.data)).collect()
    }

    const fn frame(is_key: bool) -> Part {
        Part::Frame { is_key, composition_ms: 0 }
    }

    #[test]
    fn pictures_begin_with_a_key_frame_and_its_configuration() {
        let mut converter = Converter::default();
        let bytes = Bytes::from_static;
        assert_eq!(converter.packets(Codec::H264, false, None, bytes(b"a")), []);
        assert_eq!(converter.packets(Codec::H264, true, None, bytes(b"b")), [], "its configuration is not known");
        let first = converter.packets(Codec::H264, true, Some(bytes(b"cfg")), bytes(b"c"));
        assert_eq!(parts(first), [(Part::Config, bytes(b"cfg")), (frame(true), bytes(b"c"))]);
        assert_eq!(parts(converter.packets(Codec::H264, false, None, bytes(b"d"))), [(frame(false), bytes(b"d"))]);
        let other_size = converter.packets(Codec::H264, true, Some(bytes(b"other")), bytes(b"e"));
        assert_eq!(parts(other_size), [(frame(true), bytes(b"e"))], "the frame itself has the configuration");
    }

    #[test]
    fn another_codec_begins_again() {
        let mut converter = Converter::default();
        let bytes = Bytes::from_static;
        converter.packets(Codec::Vp8, true, Some(Bytes::new()), bytes(b"a"));
        assert_eq!(converter.packets(Codec::H264, false, None, bytes(b"b")), []);
        assert_eq!(converter.packets(Codec::H264, true, Some(bytes(b"cfg")), bytes(b"c")).len(), 2);
        assert_eq!(converter.packets(Codec::Opus, true, Some(bytes(OPUS_HEAD)), bytes(b"d")).len(), 2, "another track");
    }
}
