//! Playlists: the renditions of a stream, their segments, and the key and cost of each segment.

use crate::crypt::KEY_BYTES;
use m3u8_rs::{AlternativeMedia, AlternativeMediaType, ExtTag, Key, KeyMethod, MediaSegment, VariantStream};
use std::{
    convert::Infallible,
    str::FromStr,
    time::{Duration, SystemTime},
};
use url::Url;
use vilokanam_wire::{payment::ticks_of, scalars::bytes_from_hex};

/// Maximum length of a segment in seconds. A longer one could only serve to raise the cost of its key.
const MAX_SEGMENT_S: f32 = 60.0;

/// Reason why a playlist cannot be used.
#[derive(Clone, PartialEq, Debug, thiserror::Error)]
pub enum PlaylistError {
    /// The document is not a playlist.
    #[error("{0} is not a playlist")]
    Malformed(Url),
    /// A segment is longer than a minute, or its length is negative.
    #[error("{playlist} states that segment {sequence} lasts {seconds} s")]
    SegmentLength {
        /// Address of the playlist.
        playlist: Url,
        /// Sequence number of the segment.
        sequence: u64,
        /// Length that is stated.
        seconds: f32,
    },
    /// The key of a segment cannot be used.
    #[error("the key of segment {sequence} in {playlist} cannot be used: {reason}")]
    Key {
        /// Address of the playlist.
        playlist: Url,
        /// Sequence number of the segment.
        sequence: u64,
        /// Reason.
        reason: &'static str,
    },
    /// An address in the playlist is malformed.
    #[error("'{uri}' in {playlist} is not an address: {source}")]
    Uri {
        /// Address of the playlist.
        playlist: Url,
        /// Text in the playlist.
        uri: String,
        /// Reason.
        source: url::ParseError,
    },
    /// The stream has no rendition of the quality that was asked for.
    #[error("the stream has no such quality; it has {}", available.join(", "))]
    NoSuchQuality {
        /// Names of the stream's renditions.
        available: Vec<String>,
    },
}

/// One quality of a stream.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rendition {
    /// Name as in the playlist's address, such as `720p`.
    pub name: String,
    /// Address of the media playlist.
    pub url: Url,
    /// Address of the media playlist of its sound, if its own segments have the picture alone: of the audio track that is played
    /// unless the viewer chooses another one.
    pub sound: Option<Url>,
    /// Height of the picture in pixels; `None` for sound alone.
    pub height: Option<u64>,
    /// Peak bandwidth in bits per second.
    pub bandwidth_bps: u64,
}

/// Choice of a rendition.
///
/// ```
/// # use vilokanam_viewer::playlist::Quality;
/// assert_eq!("720p".parse(), Ok(Quality::Height(720)));
/// assert_eq!("best".parse(), Ok(Quality::Best));
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Quality {
    /// Rendition with the highest bandwidth.
    Best,
    /// Rendition with the lowest bandwidth.
    Worst,
    /// Best rendition whose picture is not higher than this many pixels.
    Height(u64),
    /// Rendition with this name.
    Name(String),
}

impl FromStr for Quality {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let height = text.strip_suffix('p').unwrap_or(text).parse();
        Ok(match (text, height) {
            ("best", _) => Self::Best,
            ("worst", _) => Self::Worst,
            (_, Ok(height)) => Self::Height(height),
            _ => Self::Name(text.to_owned()),
        })
    }
}

/// Segments of a rendition.
#[derive(Clone, PartialEq, Debug)]
pub struct Playlist {
    /// Segments in playing order.
    pub segments: Vec<Segment>,
    /// Whether no further segment will come.
    pub is_ended: bool,
    /// Approximate length of a segment.
    pub target: Duration,
}

/// Segment of a media playlist.
#[derive(Clone, PartialEq, Debug)]
pub struct Segment {
    /// Media sequence number: one more than that of the segment before.
    pub sequence: u64,
    /// Address of the media, which is encrypted if there is a key.
    pub url: Url,
    /// Address of the initialisation segment that has to precede it.
    pub init: Option<Url>,
    /// Key of the media; `None` when it is not encrypted.
    pub key: Option<KeyRef>,
    /// Length.
    pub duration: Duration,
    /// Ticks that the key costs.
    pub cost_ticks: u32,
    /// Wall-clock time at which the segment begins.
    pub filmed_at: Option<SystemTime>,
    /// Whether the segment is missing and cannot be fetched.
    pub is_gap: bool,
}

/// Reference to the key of a segment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyRef {
    /// Address of the key.
    pub url: Url,
    /// Initialisation vector of the segment.
    pub iv: [u8; KEY_BYTES],
}

impl Segment {
    /// Returns the index of the segment's key in the stream: the last part of the key's address.
    pub fn key_index(&self) -> u64 {
        let in_address = self.key.as_ref().and_then(|key| key.url.path_segments()?.next_back()?.parse().ok());
        in_address.unwrap_or(self.sequence)
    }
}

/// Reads a multivariant playlist that was fetched from `from`.
///
/// # Errors
///
/// [`PlaylistError::Malformed`] and [`PlaylistError::Uri`].
pub fn renditions(text: &[u8], from: &Url) -> Result<Vec<Rendition>, PlaylistError> {
    let master = m3u8_rs::parse_master_playlist_res(text).map_err(|_| PlaylistError::Malformed(from.clone()))?;
    let variants = master.variants.into_iter().filter(|variant| !variant.is_i_frame && !variant.uri.is_empty());
    let read = variants.map(|variant| {
        let url = resolve(from, &variant.uri)?;
        let sound = sound_of(&variant, &master.alternatives).map(|uri| resolve(from, uri)).transpose()?;
        let height = variant.resolution.map(|resolution| resolution.height);
        Ok(Rendition { name: name_of(&url), url, sound, height, bandwidth_bps: variant.bandwidth })
    });
    read.collect()
}

/// Returns the address of the default audio track of a variant. `None` if that track is in the variant's own segments.
fn sound_of<'a>(variant: &VariantStream, tracks: &'a [AlternativeMedia]) -> Option<&'a str> {
    let group = variant.audio.as_deref()?;
    let is_in_group =
        |track: &&AlternativeMedia| track.media_type == AlternativeMediaType::Audio && track.group_id == group;
    let in_group = || tracks.iter().filter(is_in_group);
    let default = in_group().find(|track| track.default).or_else(|| in_group().next())?;
    default.uri.as_deref()
}

/// Returns the name of a rendition: that of its playlist, or of the playlist's folder if all playlists have the same name.
fn name_of(url: &Url) -> String {
    let parts: Vec<&str> = url.path_segments().map(Iterator::collect).unwrap_or_default();
    let file = parts.last().map(|file| file.trim_end_matches(".m3u8"));
    let folder = parts.len().checked_sub(2).and_then(|place| parts.get(place).copied());
    file.filter(|file| *file != "live").or(folder).unwrap_or("only").to_owned()
}

/// Chooses a rendition.
///
/// # Errors
///
/// [`PlaylistError::NoSuchQuality`].
pub fn choose<'a>(renditions: &'a [Rendition], wanted: &Quality) -> Result<&'a Rendition, PlaylistError> {
    let bandwidth = |rendition: &&Rendition| rendition.bandwidth_bps;
    let found = match wanted {
        Quality::Best => renditions.iter().max_by_key(bandwidth),
        Quality::Worst => renditions.iter().min_by_key(bandwidth),
        Quality::Height(most) => {
            renditions.iter().filter(|one| one.height.is_some_and(|height| height <= *most)).max_by_key(bandwidth)
        }
        Quality::Name(name) => renditions.iter().find(|rendition| rendition.name == *name),
    };
    let available = || renditions.iter().map(|rendition| rendition.name.clone()).collect();
    found.ok_or_else(|| PlaylistError::NoSuchQuality { available: available() })
}

/// Reads a media playlist that was fetched from `from`.
///
/// # Errors
///
/// All but [`PlaylistError::NoSuchQuality`].
pub fn media(text: &[u8], from: &Url) -> Result<Playlist, PlaylistError> {
    let read = m3u8_rs::parse_media_playlist_res(text).map_err(|_| PlaylistError::Malformed(from.clone()))?;
    let mut segments = Vec::with_capacity(read.segments.len());
    // A key and an initialisation segment apply until the next one; the parser reports them only once.
    let (mut key, mut init) = (None, None);
    for (sequence, segment) in (read.media_sequence..).zip(read.segments) {
        init = segment.map.clone().or(init);
        key = if ends_encryption(&segment) { None } else { segment.key.clone().or(key) };
        let init = init.as_ref().map(|map| resolve(from, &map.uri)).transpose()?;
        let key = key.as_ref().map(|key| key_ref(key, sequence, from)).transpose()?.flatten();
        segments.push(self::segment(segment, sequence, init, key, from)?);
    }
    Ok(Playlist { segments, is_ended: read.end_list, target: Duration::from_secs(read.target_duration.clamp(1, 60)) })
}

fn segment(
    read: MediaSegment,
    sequence: u64,
    init: Option<Url>,
    key: Option<KeyRef>,
    from: &Url,
) -> Result<Segment, PlaylistError> {
    if !(0.0..=MAX_SEGMENT_S).contains(&read.duration) {
        return Err(PlaylistError::SegmentLength { playlist: from.clone(), sequence, seconds: read.duration });
    }
    let duration = Duration::from_secs_f32(read.duration);
    Ok(Segment {
        sequence,
        url: resolve(from, &read.uri)?,
        init,
        key,
        duration,
        cost_ticks: ticks_of(duration),
        filmed_at: read.program_date_time.map(SystemTime::from),
        is_gap: read.unknown_tags.iter().any(|tag| tag.tag == "X-GAP"),
    })
}

/// Returns whether encryption ends with this segment. The parser reports `METHOD=NONE` as an unknown tag.
fn ends_encryption(segment: &MediaSegment) -> bool {
    let ends = |tag: &ExtTag| tag.tag == "X-KEY" && tag.rest.as_deref() == Some("METHOD=NONE");
    segment.unknown_tags.iter().any(ends)
}

/// Reads the reference to a key. It must be on the playlist's own origin: another server could spend a payment sent to it.
fn key_ref(key: &Key, sequence: u64, from: &Url) -> Result<Option<KeyRef>, PlaylistError> {
    let unusable = |reason| PlaylistError::Key { playlist: from.clone(), sequence, reason };
    match key.method {
        KeyMethod::None => return Ok(None),
        KeyMethod::AES128 => {}
        _ => return Err(unusable("its method is unknown; this program may be too old")),
    }
    let url = resolve(from, key.uri.as_ref().ok_or_else(|| unusable("it has no URI"))?)?;
    if url.origin() != from.origin() {
        return Err(unusable("it is on another server than the playlist"));
    }
    let iv = match &key.iv {
        Some(text) => bytes_from_hex(&text.to_lowercase()).map_err(|_| unusable("its IV is not 16 bytes in hex"))?,
        None => u128::from(sequence).to_be_bytes(),
    };
    Ok(Some(KeyRef { url, iv }))
}

fn resolve(from: &Url, uri: &str) -> Result<Url, PlaylistError> {
    let wrong = |source| PlaylistError::Uri { playlist: from.clone(), uri: uri.to_owned(), source };
    from.join(uri).map_err(wrong)
}

#[cfg(test)]
mod tests;
