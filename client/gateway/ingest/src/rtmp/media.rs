//! Reads audio and video messages: the classic form of FLV, and enhanced RTMP with its codecs and its several tracks.

use super::message_kind as kind;
use bytes::{Buf, Bytes};

/// Kinds of tracks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Track {
    Video = 0,
    Audio = 1,
}

/// Codec of a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Codec {
    H264,
    Hevc,
    Av1,
    Vp8,
    Vp9,
    Aac,
    Ac3,
    Eac3,
    Flac,
    Mp3,
    Opus,
    ALaw,
    MuLaw,
    /// One of FLV's older codecs, by its number.
    Flv(u8),
    /// A codec of enhanced RTMP that is not known here, by its name.
    Unknown([u8; 4]),
}

/// What a packet is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// Configuration of the decoder.
    Config,
    Frame {
        is_key: bool,
        /// Time from decoding to presentation.
        composition_ms: i32,
    },
}

/// One configuration or frame of one track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Packet {
    pub track: Track,
    /// Number of the track among those of its kind. Without multitrack it is 0.
    pub number: u8,
    pub codec: Codec,
    pub part: Part,
    pub data: Bytes,
    /// Whether FLV as ffmpeg has always read it has this packet.
    pub is_classic: bool,
}

/// Bit of the first byte of a video message that marks enhanced RTMP.
const ENHANCED_VIDEO: u8 = 0x80;
/// Audio format that marks enhanced RTMP.
const ENHANCED_AUDIO: u8 = 9;
/// Frame type of a key frame, and of a command to the player.
const KEY_FRAME: u8 = 1;
const COMMAND_FRAME: u8 = 5;
/// Codecs of FLV.
const AVC: u8 = 7;
/// Unofficial number of HEVC, which some encoders use, in the layout of AVC.
const HEVC_UNOFFICIAL: u8 = 12;
const MP3: u8 = 2;
const ALAW: u8 = 7;
const MULAW: u8 = 8;
const AAC: u8 = 10;
const MP3_8_KHZ: u8 = 14;

/// Layouts of a message with tracks that have numbers.
const ONE_TRACK: u8 = 0;
const MANY_TRACKS_MANY_CODECS: u8 = 2;

/// Types of packets of enhanced RTMP.
mod packet_type {
    pub const SEQUENCE_START: u8 = 0;
    pub const CODED_FRAMES: u8 = 1;
    /// Video: frames without composition time.
    pub const CODED_FRAMES_X: u8 = 3;
    pub const AUDIO_MULTITRACK: u8 = 5;
    pub const VIDEO_MULTITRACK: u8 = 6;
    /// Something precedes the type proper.
    pub const MODIFIERS: u8 = 7;
}

/// The number of the track of a message that has one track with a number. `None` for all other messages.
pub(super) fn track_number(message_kind: u8, message: &[u8]) -> Option<u8> {
    let [first, layout, _, _, _, _, number, ..] = *message else { return None };
    let is_multitrack = match message_kind {
        kind::VIDEO => first & (ENHANCED_VIDEO | 0x0f) == ENHANCED_VIDEO | packet_type::VIDEO_MULTITRACK,
        kind::AUDIO => first == ENHANCED_AUDIO << 4 | packet_type::AUDIO_MULTITRACK,
        _ => false,
    };
    (is_multitrack && layout >> 4 == ONE_TRACK).then_some(number)
}

/// Reads a video message. Packets that carry no media are left out, as is what cannot be read.
pub(super) fn video(message: &Bytes) -> Vec<Packet> {
    let mut data = message.clone();
    let Ok(first) = data.try_get_u8() else { return Vec::new() };
    let frame_type = first >> 4 & 0x07;
    if frame_type == COMMAND_FRAME {
        return Vec::new();
    }
    let is_key = frame_type == KEY_FRAME;
    if first & ENHANCED_VIDEO == 0 {
        return classic_video(first & 0x0f, is_key, data).into_iter().collect();
    }
    enhanced(Track::Video, is_key, first & 0x0f, data)
}

/// Reads an audio message, as [`video`] does.
pub(super) fn audio(message: &Bytes) -> Vec<Packet> {
    let mut data = message.clone();
    let Ok(first) = data.try_get_u8() else { return Vec::new() };
    match first >> 4 {
        ENHANCED_AUDIO => enhanced(Track::Audio, true, first & 0x0f, data),
        format => classic_audio(format, data).into_iter().collect(),
    }
}

fn classic_video(codec: u8, is_key: bool, mut data: Bytes) -> Option<Packet> {
    let packet =
        |codec, part, data, is_classic| Packet { track: Track::Video, number: 0, codec, part, data, is_classic };
    let known = match codec {
        AVC => Codec::H264,
        HEVC_UNOFFICIAL => Codec::Hevc,
        other => {
            let frame = Part::Frame { is_key, composition_ms: 0 };
            return Some(packet(Codec::Flv(other), frame, data, true));
        }
    };
    let kind = data.try_get_u8().ok()?;
    let composition_ms = signed_u24(&mut data)?;
    let part = match kind {
        0 => Part::Config,
        1 => Part::Frame { is_key, composition_ms },
        _ => return None,
    };
    Some(packet(known, part, data, codec == AVC))
}

fn classic_audio(format: u8, mut data: Bytes) -> Option<Packet> {
    let codec = match format {
        AAC => Codec::Aac,
        MP3 | MP3_8_KHZ => Codec::Mp3,
        ALAW => Codec::ALaw,
        MULAW => Codec::MuLaw,
        other => Codec::Flv(other),
    };
    let is_config = codec == Codec::Aac && data.try_get_u8().ok()? == 0;
    let part = if is_config { Part::Config } else { Part::Frame { is_key: true, composition_ms: 0 } };
    (!data.is_empty()).then_some(Packet { track: Track::Audio, number: 0, codec, part, data, is_classic: true })
}

/// Reads the packets of an enhanced message, up to the first one that cannot be read.
fn enhanced(track: Track, is_key: bool, kind: u8, mut data: Bytes) -> Vec<Packet> {
    let mut packets = Vec::new();
    let Some(layout) = Layout::read(track, kind, &mut data) else { return packets };
    while let Some((number, codec, track_data)) = layout.next(&mut data) {
        if let Some((part, data)) = body(track, codec, layout.kind, is_key, track_data) {
            packets.push(Packet { track, number, codec, part, data, is_classic: false });
        }
        if data.is_empty() {
            break;
        }
    }
    packets
}

/// How the tracks of an enhanced message are laid out.
struct Layout {
    /// Type of all packets.
    kind: u8,
    /// Whether each packet begins with the number of its track.
    has_numbers: bool,
    /// Whether each packet states its length, because others follow.
    has_lengths: bool,
    /// Codec of all packets, if each of them does not state its own.
    codec: Option<Codec>,
}

impl Layout {
    fn read(track: Track, mut kind: u8, data: &mut Bytes) -> Option<Self> {
        while kind == packet_type::MODIFIERS {
            kind = skip_modifier(data)?;
        }
        let multitrack = match track {
            Track::Video => packet_type::VIDEO_MULTITRACK,
            Track::Audio => packet_type::AUDIO_MULTITRACK,
        };
        if kind != multitrack {
            return Some(Self { kind, has_numbers: false, has_lengths: false, codec: Some(codec(data)?) });
        }
        let first = data.try_get_u8().ok()?;
        let (tracks, kind) = (first >> 4, first & 0x0f);
        let codec = if tracks == MANY_TRACKS_MANY_CODECS { None } else { Some(codec(data)?) };
        Some(Self { kind, has_numbers: true, has_lengths: tracks != ONE_TRACK, codec })
    }

    /// Number, codec and data of the next track.
    fn next(&self, data: &mut Bytes) -> Option<(u8, Codec, Bytes)> {
        let codec = match self.codec {
            Some(codec) => codec,
            None => codec(data)?,
        };
        let number = if self.has_numbers { data.try_get_u8().ok()? } else { 0 };
        let length = if self.has_lengths { u24(data)? as usize } else { data.len() };
        (length <= data.len()).then(|| (number, codec, data.split_to(length)))
    }
}

/// Skips a modifier of the packet, and returns the type after it.
fn skip_modifier(data: &mut Bytes) -> Option<u8> {
    let mut length = usize::from(data.try_get_u8().ok()?) + 1;
    if length == 256 {
        length = usize::from(data.try_get_u16().ok()?) + 1;
    }
    (length <= data.len()).then(|| data.advance(length))?;
    Some(data.try_get_u8().ok()? & 0x0f)
}

fn codec(data: &mut Bytes) -> Option<Codec> {
    let name = data.try_get_u32().ok()?.to_be_bytes();
    Some(match &name {
        b"avc1" => Codec::H264,
        b"hvc1" => Codec::Hevc,
        b"av01" => Codec::Av1,
        b"vp08" => Codec::Vp8,
        b"vp09" => Codec::Vp9,
        b"mp4a" => Codec::Aac,
        b"ac-3" => Codec::Ac3,
        b"ec-3" => Codec::Eac3,
        b"fLaC" => Codec::Flac,
        b".mp3" => Codec::Mp3,
        b"Opus" => Codec::Opus,
        _ => Codec::Unknown(name),
    })
}

fn body(track: Track, codec: Codec, kind: u8, is_key: bool, mut data: Bytes) -> Option<(Part, Bytes)> {
    let has_composition_time = track == Track::Video && matches!(codec, Codec::H264 | Codec::Hevc);
    let part = match kind {
        packet_type::SEQUENCE_START => Part::Config,
        packet_type::CODED_FRAMES if has_composition_time => {
            Part::Frame { is_key, composition_ms: signed_u24(&mut data)? }
        }
        packet_type::CODED_FRAMES => Part::Frame { is_key, composition_ms: 0 },
        packet_type::CODED_FRAMES_X if track == Track::Video => Part::Frame { is_key, composition_ms: 0 },
        // The end of a sequence, metadata, or the order of channels.
        _ => return None,
    };
    (!data.is_empty()).then_some((part, data))
}

fn u24(data: &mut Bytes) -> Option<u32> {
    let bytes: [u8; 3] = *data.first_chunk()?;
    data.advance(bytes.len());
    Some(u32::from_be_bytes([0, bytes[0], bytes[1], bytes[2]]))
}

fn signed_u24(data: &mut Bytes) -> Option<i32> {
    // The sign is extended from 24 to 32 bits.
    u24(data).map(|number| (number << 8) as i32 >> 8)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(video_message: &[u8]) -> Vec<(u8, Codec, Part, Vec<u8>)> {
        let read = video(&Bytes::copy_from_slice(video_message));
        read.into_iter().map(|packet| (packet.number, packet.codec, packet.part, packet.data.to_vec())).collect()
    }

    fn read_audio(message: &[u8]) -> Vec<(u8, Codec, Part, Vec<u8>)> {
        let read = audio(&Bytes::copy_from_slice(message));
        read.into_iter().map(|packet| (packet.number, packet.codec, packet.part, packet.data.to_vec())).collect()
    }

    const fn frame(is_key: bool, composition_ms: i32) -> Part {
        Part::Frame { is_key, composition_ms }
    }

    #[test]
    fn classic_messages_are_read() {
        assert_eq!(read(b"\x17\0\0\0\0cfg"), [(0, Codec::H264, Part::Config, b"cfg".to_vec())]);
        assert_eq!(read(b"\x27\x01\xff\xff\xfeab"), [(0, Codec::H264, frame(false, -2), b"ab".to_vec())]);
        assert_eq!(read(b"\x1c\x01\0\0\x05ab"), [(0, Codec::Hevc, frame(true, 5), b"ab".to_vec())]);
        assert_eq!(read(b"\x12ab"), [(0, Codec::Flv(2), frame(true, 0), b"ab".to_vec())]);
        assert_eq!(read(b"\x17\x02\0\0\0"), [], "the end of a sequence");
        assert_eq!(read(b"\x57\0"), [], "a command to the player");
        assert_eq!(read_audio(b"\xaf\0\x12\x10"), [(0, Codec::Aac, Part::Config, vec![0x12, 0x10])]);
        assert_eq!(read_audio(b"\xaf\x01ab"), [(0, Codec::Aac, frame(true, 0), b"ab".to_vec())]);
        assert_eq!(read_audio(b"\x72ab"), [(0, Codec::ALaw, frame(true, 0), b"ab".to_vec())]);
        assert_eq!(read_audio(b"\x2fab"), [(0, Codec::Mp3, frame(true, 0), b"ab".to_vec())]);
    }

    #[test]
    fn enhanced_messages_are_read() {
        assert_eq!(read(b"\x90hvc1cfg"), [(0, Codec::Hevc, Part::Config, b"cfg".to_vec())]);
        assert_eq!(read(b"\xa1hvc1\0\0\x07ab"), [(0, Codec::Hevc, frame(false, 7), b"ab".to_vec())]);
        assert_eq!(read(b"\x93hvc1ab"), [(0, Codec::Hevc, frame(true, 0), b"ab".to_vec())]);
        assert_eq!(read(b"\x91av01ab"), [(0, Codec::Av1, frame(true, 0), b"ab".to_vec())]);
        assert_eq!(read(b"\x92hvc1"), [], "the end of a sequence");
        assert_eq!(read(b"\x94hvc1meta"), [], "metadata");
        assert_eq!(read(b"\x91vvc1ab"), [(0, Codec::Unknown(*b"vvc1"), frame(true, 0), b"ab".to_vec())]);
        assert_eq!(read_audio(b"\x90Opuscfg"), [(0, Codec::Opus, Part::Config, b"cfg".to_vec())]);
        assert_eq!(read_audio(b"\x91ac-3ab"), [(0, Codec::Ac3, frame(true, 0), b"ab".to_vec())]);
    }

    #[test]
    fn tracks_of_one_message_are_separated() {
        let one = [(3, Codec::Aac, frame(true, 0), b"abc".to_vec())];
        assert_eq!(read_audio(b"\x95\x01mp4a\x03abc"), one);
        let two = [(0, Codec::Hevc, frame(true, 1), b"a".to_vec()), (2, Codec::Hevc, frame(true, 0), b"bc".to_vec())];
        assert_eq!(read(b"\x96\x11hvc1\0\0\0\x04\0\0\x01a\x02\0\0\x05\0\0\0bc"), two);
        let codecs = [(0, Codec::Av1, frame(true, 0), b"a".to_vec()), (1, Codec::Vp9, frame(true, 0), b"b".to_vec())];
        assert_eq!(read(b"\x96\x21av01\0\0\0\x01avp09\x01\0\0\x01b"), codecs);
    }

    #[test]
    fn numbers_of_single_tracks_are_known() {
        assert_eq!(track_number(kind::AUDIO, b"\x95\x01mp4a\x03abc"), Some(3));
        assert_eq!(track_number(kind::VIDEO, b"\xa6\x01hvc1\x02abc"), Some(2));
        assert_eq!(track_number(kind::AUDIO, b"\x95\x11mp4a\x03\0\0\0"), None, "several tracks");
        assert_eq!(track_number(kind::AUDIO, b"\xaf\x01abcdefg"), None);
        assert_eq!(track_number(kind::VIDEO, b"\x91av01abcdefg"), None);
    }

    #[test]
    fn modifiers_are_skipped() {
        let expected = [(0, Codec::Av1, frame(true, 0), b"ab".to_vec())];
        assert_eq!(read(b"\x97\x02\0\0\x01\x01av01ab"), expected);
        assert_eq!(read(b"\x97\x02\0\0\x01\x07\x02\0\0\x01\x01av01ab"), expected, "two of them");
        let long = [&b"\x97\xff\x01\x00"[..], &[0; 257], b"\x01av01ab"].concat();
        assert_eq!(read(&long), expected);
    }

    #[test]
    fn incomplete_messages_are_left_out() {
        let messages: [&[u8]; 5] = [b"", b"\x17", b"\x91av", b"\x97\xff\xff\xff", b"\x96\x11hvc1\0\0\0\xffabc"];
        for message in messages {
            assert_eq!(read(message), [], "{message:?}");
        }
    }
}
