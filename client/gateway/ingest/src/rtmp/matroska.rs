//! Writes video and audio as a Matroska byte stream, which every version of ffmpeg reads with every codec here.
//!
//! The stream is live: the segment has no length, and each frame is in a cluster of its own, so that a reader that has
//! seen the header can begin at any key frame.

use super::media::{Codec, Track};

/// Identifiers of elements.
mod id {
    pub const EBML: &[u8] = &[0x1a, 0x45, 0xdf, 0xa3];
    pub const DOC_TYPE: &[u8] = &[0x42, 0x82];
    pub const DOC_TYPE_VERSION: &[u8] = &[0x42, 0x87];
    pub const DOC_TYPE_READ_VERSION: &[u8] = &[0x42, 0x85];
    pub const SEGMENT: &[u8] = &[0x18, 0x53, 0x80, 0x67];
    pub const INFO: &[u8] = &[0x15, 0x49, 0xa9, 0x66];
    pub const TIMESTAMP_SCALE: &[u8] = &[0x2a, 0xd7, 0xb1];
    pub const MUXING_APP: &[u8] = &[0x4d, 0x80];
    pub const WRITING_APP: &[u8] = &[0x57, 0x41];
    pub const TRACKS: &[u8] = &[0x16, 0x54, 0xae, 0x6b];
    pub const TRACK_ENTRY: &[u8] = &[0xae];
    pub const TRACK_NUMBER: &[u8] = &[0xd7];
    pub const TRACK_UID: &[u8] = &[0x73, 0xc5];
    pub const TRACK_TYPE: &[u8] = &[0x83];
    pub const FLAG_LACING: &[u8] = &[0x9c];
    pub const CODEC_ID: &[u8] = &[0x86];
    pub const CODEC_PRIVATE: &[u8] = &[0x63, 0xa2];
    pub const AUDIO: &[u8] = &[0xe1];
    pub const SAMPLING_FREQUENCY: &[u8] = &[0xb5];
    pub const CHANNELS: &[u8] = &[0x9f];
    pub const CLUSTER: &[u8] = &[0x1f, 0x43, 0xb6, 0x75];
    pub const TIMESTAMP: &[u8] = &[0xe7];
    pub const SIMPLE_BLOCK: &[u8] = &[0xa3];
}

/// Length of an element whose end is not known.
const UNKNOWN_LENGTH: &[u8] = &[0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
/// Unit of timestamps: a millisecond.
const TIMESTAMP_SCALE_NS: u64 = 1_000_000;
/// Sample rate of G.711 in FLV.
const G711_HZ: u32 = 8_000;

/// A track of the stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Description<'a> {
    pub track: Track,
    pub codec: Codec,
    /// Configuration of the decoder, if the codec has one.
    pub config: &'a [u8],
}

/// The header of a stream with these tracks.
pub(super) fn header(tracks: &[Description<'_>]) -> Vec<u8> {
    let ebml =
        [element(id::DOC_TYPE, b"matroska"), number(id::DOC_TYPE_VERSION, 4), number(id::DOC_TYPE_READ_VERSION, 2)];
    let info = [
        number(id::TIMESTAMP_SCALE, TIMESTAMP_SCALE_NS),
        element(id::MUXING_APP, b"vilokanam"),
        element(id::WRITING_APP, b"vilokanam"),
    ];
    let tracks: Vec<Vec<u8>> = tracks.iter().map(track_entry).collect();
    let segment = [id::SEGMENT, UNKNOWN_LENGTH].concat();
    let (ebml, info, tracks) = (ebml.concat(), info.concat(), tracks.concat());
    [element(id::EBML, &ebml), segment, element(id::INFO, &info), element(id::TRACKS, &tracks)].concat()
}

/// A frame, in a cluster of its own.
pub(super) fn cluster(track: Track, time_ms: u64, is_key: bool, data: &[u8]) -> Vec<u8> {
    const KEY: u8 = 0x80;
    // The track is a number with a length of one byte; the time is relative to that of the cluster.
    let block = [0x80 | track_number(track), 0, 0, if is_key { KEY } else { 0 }];
    let time = number(id::TIMESTAMP, time_ms);
    let block_head = [id::SIMPLE_BLOCK, &length(block.len() + data.len())].concat();
    let cluster_length = length(time.len() + block_head.len() + block.len() + data.len());
    [id::CLUSTER, &cluster_length, &time, &block_head, &block, data].concat()
}

/// Name of a codec. `None`: Matroska has no such codec.
pub(super) fn codec_id(codec: Codec) -> Option<&'static str> {
    Some(match codec {
        Codec::H264 => "V_MPEG4/ISO/AVC",
        Codec::Hevc => "V_MPEGH/ISO/HEVC",
        Codec::Av1 => "V_AV1",
        Codec::Vp8 => "V_VP8",
        Codec::Vp9 => "V_VP9",
        Codec::Aac => "A_AAC",
        Codec::Ac3 => "A_AC3",
        Codec::Eac3 => "A_EAC3",
        Codec::Flac => "A_FLAC",
        Codec::Mp3 => "A_MPEG/L3",
        Codec::Opus => "A_OPUS",
        Codec::ALaw | Codec::MuLaw => "A_MS/ACM",
        Codec::Flv(_) | Codec::Unknown(_) => return None,
    })
}

fn track_number(track: Track) -> u8 {
    track as u8 + 1
}

fn track_entry(description: &Description<'_>) -> Vec<u8> {
    let kind = match description.track {
        Track::Video => 1,
        Track::Audio => 2,
    };
    let own = u64::from(track_number(description.track));
    let mut entry = [
        number(id::TRACK_NUMBER, own),
        number(id::TRACK_UID, own),
        number(id::TRACK_TYPE, kind),
        number(id::FLAG_LACING, 0),
        element(id::CODEC_ID, codec_id(description.codec).unwrap_or_default().as_bytes()),
    ]
    .concat();
    let config = match description.codec {
        Codec::ALaw => g711(6),
        Codec::MuLaw => g711(7),
        // Its configuration in FLV is that of MP4, which Matroska does not have. The frames have all that is needed.
        Codec::Vp8 | Codec::Vp9 => Vec::new(),
        _ => description.config.to_vec(),
    };
    if !config.is_empty() {
        entry.extend(element(id::CODEC_PRIVATE, &config));
    }
    if description.track == Track::Audio {
        let (rate_hz, channels) = audio_format(description.codec, description.config);
        let rate = element(id::SAMPLING_FREQUENCY, &f64::from(rate_hz).to_be_bytes());
        entry.extend(element(id::AUDIO, &[rate, number(id::CHANNELS, channels)].concat()));
    }
    element(id::TRACK_ENTRY, &entry)
}

/// `WAVEFORMATEX` of G.711, with its number among the formats of Windows.
fn g711(format: u16) -> Vec<u8> {
    let (channels, block, bits, more) = (1_u16, 1_u16, 8_u16, 0_u16);
    let halves = |number: u16| number.to_le_bytes();
    [
        &halves(format)[..],
        &halves(channels),
        &G711_HZ.to_le_bytes(),
        &G711_HZ.to_le_bytes(),
        &halves(block),
        &halves(bits),
        &halves(more),
    ]
    .concat()
}

/// Sample rate and channels. Decoders correct what is not known here.
fn audio_format(codec: Codec, config: &[u8]) -> (u32, u64) {
    match (codec, config) {
        (Codec::ALaw | Codec::MuLaw, _) => (G711_HZ, 1),
        (Codec::Opus, [b'O', b'p', b'u', b's', b'H', b'e', b'a', b'd', _, channels, ..]) => {
            (48_000, u64::from(*channels))
        }
        (Codec::Aac, [first, second, ..]) => aac_format(*first, *second),
        (Codec::Mp3, _) => (44_100, 2),
        _ => (48_000, 2),
    }
}

/// Sample rate and channels of an `AudioSpecificConfig`, from its first bytes.
fn aac_format(first: u8, second: u8) -> (u32, u64) {
    const RATES_HZ: [u32; 13] =
        [96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350];
    let rate = RATES_HZ.get(usize::from((first & 0x07) << 1 | second >> 7)).copied();
    let channels = match second >> 3 & 0x0f {
        0 => 2,
        7 => 8,
        channels => u64::from(channels),
    };
    (rate.unwrap_or(48_000), channels)
}

fn element(id: &[u8], content: &[u8]) -> Vec<u8> {
    [id, &length(content.len()), content].concat()
}

fn number(id: &[u8], value: u64) -> Vec<u8> {
    element(id, &value.to_be_bytes())
}

/// A length in eight bytes. The first bit that is set says how many there are.
fn length(bytes: usize) -> [u8; 8] {
    (1 << 56 | bytes as u64).to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_clusters_with_their_time() {
        let expected = [
            &[0x1f, 0x43, 0xb6, 0x75, 1, 0, 0, 0, 0, 0, 0, 32][..],
            &[0xe7, 1, 0, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 3, 0xe8],
            &[0xa3, 1, 0, 0, 0, 0, 0, 0, 6, 0x82, 0, 0, 0x80, b'a', b'b'],
        ];
        assert_eq!(cluster(Track::Audio, 1_000, true, b"ab"), expected.concat());
    }

    #[test]
    fn format_of_audio_is_read_from_its_configuration() {
        assert_eq!(audio_format(Codec::Aac, &[0x12, 0x10]), (44_100, 2));
        assert_eq!(audio_format(Codec::Aac, &[0x11, 0x88]), (48_000, 1));
        assert_eq!(audio_format(Codec::Opus, b"OpusHead\x01\x06"), (48_000, 6));
        assert_eq!(audio_format(Codec::Flac, b""), (48_000, 2));
    }

    #[test]
    fn header_has_each_track_with_its_configuration() {
        let video = Description { track: Track::Video, codec: Codec::Hevc, config: b"hvcc" };
        let audio = Description { track: Track::Audio, codec: Codec::ALaw, config: b"" };
        let header = header(&[video, audio]);
        let has = |text: &[u8]| header.windows(text.len()).any(|window| window == text);
        assert!(has(b"V_MPEGH/ISO/HEVC") && has(b"hvcc") && has(b"A_MS/ACM") && has(&[6, 0, 1, 0, 0x40, 0x1f]));
        assert!(header.starts_with(id::EBML));
    }
}
