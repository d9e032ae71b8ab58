//! Tracks, codecs and sizes of a stream, from `moov`.

use super::{
    boxes::{child, need, Boxes, Fields},
    codec,
    error::CmafError,
    four_cc::FourCc,
};
use crate::time::NANOS;
use bytes::Bytes;
use sha2::{Digest, Sha256};
use std::num::NonZeroU32;

/// Maximum number of tracks of a stream.
pub const MAX_TRACKS: usize = 8;

/// The initialisation, which a player needs before any fragment: `ftyp` and `moov`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Init {
    /// Both boxes, unchanged.
    pub bytes: Bytes,
    /// Video and audio tracks, at least one.
    pub tracks: Vec<Track>,
}

/// A video or audio track.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Track {
    /// Number of the track in this stream.
    pub id: u32,
    /// Units of time per second.
    pub timescale: NonZeroU32,
    /// Name of its codec after RFC 6381.
    pub codec: String,
    /// Kind of media.
    pub kind: TrackKind,
    /// Nanoseconds that its edit list adds to presentation times.
    pub shift_nanos: i64,
    pub(super) defaults: SampleDefaults,
}

/// Kind of media of a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrackKind {
    /// Video.
    Video {
        /// Width in pixels.
        width: u16,
        /// Height in pixels.
        height: u16,
    },
    /// Audio.
    Audio {
        /// Number of channels.
        channels: u16,
        /// Sample rate in Hz.
        sample_rate: u32,
    },
}

/// Properties of samples whose fragment does not state them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct SampleDefaults {
    pub duration: u32,
    pub flags: u32,
}

impl Init {
    /// Reads an initialisation: `bytes` is `ftyp` and `moov`, `moov` is the payload of the latter.
    pub(super) fn read(bytes: Bytes, moov: &[u8]) -> Result<Self, CmafError> {
        let movie_timescale = movie_timescale(need(moov, b"moov", b"mvhd")?)?;
        let mut tracks = Vec::new();
        for found in Boxes::of(moov) {
            let (name, trak) = found?;
            if &name.0 != b"trak" {
                continue;
            }
            if tracks.len() == MAX_TRACKS {
                return Err(CmafError::TooManyTracks(MAX_TRACKS));
            }
            tracks.extend(track(trak, movie_timescale)?);
        }
        if tracks.is_empty() {
            return Err(CmafError::NoTrack);
        }
        read_defaults(moov, &mut tracks)?;
        Ok(Self { bytes, tracks })
    }

    /// A number that is made of the bytes: the same bytes have the same number in every broadcast, and other bytes another
    /// one.
    pub fn number(&self) -> u64 {
        let digest = Sha256::digest(&self.bytes);
        digest.iter().take(size_of::<u64>()).fold(0, |number, byte| number << 8 | u64::from(*byte))
    }

    /// The track whose samples determine all times: the first one with video, otherwise the first one.
    pub fn reference(&self) -> &Track {
        let video = self.tracks.iter().find(|track| matches!(track.kind, TrackKind::Video { .. }));
        video.unwrap_or(&self.tracks[0])
    }

    /// Names of all codecs, as in the attribute `CODECS` of a playlist.
    pub fn codecs(&self) -> String {
        let mut names: Vec<&str> = Vec::with_capacity(self.tracks.len());
        for track in &self.tracks {
            if !names.contains(&track.codec.as_str()) {
                names.push(&track.codec);
            }
        }
        names.join(",")
    }

    /// Width and height in pixels. `None` without video.
    pub fn resolution(&self) -> Option<(u16, u16)> {
        match self.reference().kind {
            TrackKind::Video { width, height } => Some((width, height)),
            TrackKind::Audio { .. } => None,
        }
    }
}

fn movie_timescale(mvhd: &[u8]) -> Result<u32, CmafError> {
    let (version, _, mut fields) = Fields::full(b"mvhd", mvhd)?;
    fields.skip(if version == 0 { 8 } else { 16 })?;
    fields.u32()
}

/// Reads a track. `None` if it is neither video nor audio.
fn track(trak: &[u8], movie_timescale: u32) -> Result<Option<Track>, CmafError> {
    let mdia = need(trak, b"trak", b"mdia")?;
    let (_, _, mut handler) = Fields::full(b"hdlr", need(mdia, b"mdia", b"hdlr")?)?;
    handler.skip(4)?;
    let is_video = match handler.bytes(4)? {
        b"vide" => true,
        b"soun" => false,
        _ => return Ok(None),
    };
    let timescale = timescale(need(mdia, b"mdia", b"mdhd")?)?;
    let stbl = need(need(mdia, b"mdia", b"minf")?, b"minf", b"stbl")?;
    let (codec, kind) = sample_entry(need(stbl, b"stbl", b"stsd")?, is_video)?;
    let shift_nanos = match child(trak, b"edts")? {
        Some(edts) => edit_shift(need(edts, b"edts", b"elst")?, timescale, movie_timescale)?,
        None => 0,
    };
    let id = track_id(need(trak, b"trak", b"tkhd")?)?;
    Ok(Some(Track { id, timescale, codec, kind, shift_nanos, defaults: SampleDefaults::default() }))
}

fn track_id(tkhd: &[u8]) -> Result<u32, CmafError> {
    let (version, _, mut fields) = Fields::full(b"tkhd", tkhd)?;
    fields.skip(if version == 0 { 8 } else { 16 })?;
    fields.u32()
}

fn timescale(mdhd: &[u8]) -> Result<NonZeroU32, CmafError> {
    let (version, _, mut fields) = Fields::full(b"mdhd", mdhd)?;
    fields.skip(if version == 0 { 8 } else { 16 })?;
    NonZeroU32::new(fields.u32()?).ok_or(CmafError::NoTimescale)
}

/// Codec and kind of the first sample entry.
fn sample_entry(stsd: &[u8], is_video: bool) -> Result<(String, TrackKind), CmafError> {
    let (_, _, mut fields) = Fields::full(b"stsd", stsd)?;
    fields.skip(4)?;
    let missing = CmafError::MissingBox { parent: FourCc(*b"stsd"), child: FourCc(*b"****") };
    let (name, entry) = Boxes::of(fields.rest()).next().ok_or(missing)??;
    let mut fields = Fields::of(&name.0, entry);
    let kind = if is_video {
        fields.skip(24)?;
        TrackKind::Video { width: fields.u16()?, height: fields.u16()? }
    } else {
        fields.skip(16)?;
        let channels = fields.u16()?;
        fields.skip(6)?;
        TrackKind::Audio { channels, sample_rate: fields.u32()? >> 16 }
    };
    Ok((codec::name(name, entry)?, kind))
}

/// Nanoseconds that an edit list adds to presentation times: an empty edit delays them, a start within the media
/// advances them.
fn edit_shift(elst: &[u8], timescale: NonZeroU32, movie_timescale: u32) -> Result<i64, CmafError> {
    let (version, _, mut fields) = Fields::full(b"elst", elst)?;
    let entries = fields.u32()?;
    let mut delay_nanos = 0i128;
    // A live stream has at most one empty edit, followed by the edit that says where the media starts.
    for _ in 0..entries.min(2) {
        let duration = fields.sized(version)?;
        let start = if version == 0 { i64::from(fields.u32()? as i32) } else { fields.u64()? as i64 };
        fields.skip(4)?;
        if start >= 0 {
            delay_nanos -= i128::from(start) * NANOS as i128 / i128::from(timescale.get());
            break;
        }
        delay_nanos += i128::from(duration) * NANOS as i128 / i128::from(movie_timescale.max(1));
    }
    i64::try_from(delay_nanos).map_err(|_| CmafError::Overflow)
}

fn read_defaults(moov: &[u8], tracks: &mut [Track]) -> Result<(), CmafError> {
    for found in Boxes::of(need(moov, b"moov", b"mvex")?) {
        let (name, trex) = found?;
        if &name.0 != b"trex" {
            continue;
        }
        let (_, _, mut fields) = Fields::full(b"trex", trex)?;
        let id = fields.u32()?;
        fields.skip(4)?;
        let duration = fields.u32()?;
        fields.skip(4)?;
        let defaults = SampleDefaults { duration, flags: fields.u32()? };
        tracks.iter_mut().filter(|track| track.id == id).for_each(|track| track.defaults = defaults);
    }
    Ok(())
}
