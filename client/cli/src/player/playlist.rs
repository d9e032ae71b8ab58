//! Playlists: which renditions there are, which segments, which key opens each and what it costs.

use super::crypt::KEY_BYTES;
use crate::{error::CliError, gateway::answer};
use m3u8_rs::{KeyMethod, MediaSegment};
use std::time::{Duration, SystemTime};
use url::Url;
use vilokanam_wire::{payment::ticks_of, scalars::bytes_from_hex};

/// The longest that a segment may claim to be; longer ones would only be there to cost.
const MAX_SEGMENT_S: f32 = 60.0;

/// One quality of a stream.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Rendition {
    /// As in its URL, like `720p`.
    pub name: String,
    /// Its playlist.
    pub url: Url,
    /// Lines of the picture; nothing for sound alone.
    pub height: Option<u64>,
    /// Its peak.
    pub bandwidth_bps: u64,
}

/// Which rendition is wanted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Quality {
    /// The one with the most bits.
    Best,
    /// The one with the fewest.
    Worst,
    /// The best that has no more lines.
    Lines(u64),
    /// The one of this name.
    Name(String),
}

impl std::str::FromStr for Quality {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let lines = text.strip_suffix('p').unwrap_or(text).parse();
        Ok(match (text, lines) {
            ("best", _) => Self::Best,
            ("worst", _) => Self::Worst,
            (_, Ok(lines)) => Self::Lines(lines),
            _ => Self::Name(text.to_owned()),
        })
    }
}

/// The segments of a rendition.
#[derive(Clone, PartialEq, Debug)]
pub struct Playlist {
    /// In order.
    pub segments: Vec<Segment>,
    /// Whether nothing more will come.
    pub is_ended: bool,
    /// About how long a segment is.
    pub target: Duration,
}

/// A segment.
#[derive(Clone, PartialEq, Debug)]
pub struct Segment {
    /// Counts up by one.
    pub sequence: u64,
    /// The media, encrypted or not.
    pub url: Url,
    /// What goes before it.
    pub init: Option<Url>,
    /// What opens it; nothing when it is clear.
    pub key: Option<KeyRef>,
    /// How long it is.
    pub duration: Duration,
    /// What its key costs.
    pub cost_ticks: u32,
    /// When it was filmed.
    pub filmed_at: Option<SystemTime>,
    /// Whether there is nothing to fetch.
    pub is_gap: bool,
}

/// Where a key is.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct KeyRef {
    /// To be asked.
    pub url: Url,
    /// Of the segment.
    pub iv: [u8; KEY_BYTES],
}

/// Reads a master playlist that was fetched from `from`.
pub fn renditions(text: &[u8], from: &Url) -> Result<Vec<Rendition>, CliError> {
    let master = m3u8_rs::parse_master_playlist_res(text).map_err(|_| answer(from.as_str(), "it is no playlist"))?;
    let variants = master.variants.into_iter().filter(|variant| !variant.is_i_frame && !variant.uri.is_empty());
    let read = variants.map(|variant| {
        let url = resolve(from, &variant.uri)?;
        let height = variant.resolution.map(|resolution| resolution.height);
        Ok(Rendition { name: name_of(&url), url, height, bandwidth_bps: variant.bandwidth })
    });
    read.collect()
}

/// What a rendition's playlist is called; where all are called the same, the folder it is in.
fn name_of(url: &Url) -> String {
    let parts: Vec<&str> = url.path_segments().map(Iterator::collect).unwrap_or_default();
    let file = parts.last().map(|file| file.trim_end_matches(".m3u8"));
    let folder = parts.len().checked_sub(2).and_then(|place| parts.get(place).copied());
    file.filter(|file| *file != "live").or(folder).unwrap_or("only").to_owned()
}

/// The rendition that is wanted.
pub fn choose<'a>(renditions: &'a [Rendition], wanted: &Quality) -> Result<&'a Rendition, CliError> {
    let by_bits = |rendition: &&Rendition| rendition.bandwidth_bps;
    let found = match wanted {
        Quality::Best => renditions.iter().max_by_key(by_bits),
        Quality::Worst => renditions.iter().min_by_key(by_bits),
        Quality::Lines(lines) => {
            renditions.iter().filter(|one| one.height.is_some_and(|height| height <= *lines)).max_by_key(by_bits)
        }
        Quality::Name(name) => renditions.iter().find(|rendition| rendition.name == *name),
    };
    let names: Vec<&str> = renditions.iter().map(|rendition| rendition.name.as_str()).collect();
    found.ok_or_else(|| CliError::Usage(format!("there is no such quality; the stream has: {}", names.join(", "))))
}

/// Reads a media playlist that was fetched from `from`.
pub fn media(text: &[u8], from: &Url) -> Result<Playlist, CliError> {
    let read = m3u8_rs::parse_media_playlist_res(text).map_err(|_| answer(from.as_str(), "it is no playlist"))?;
    let mut segments = Vec::with_capacity(read.segments.len());
    // A key and an initialisation hold until the next; the parser tells them only once.
    let (mut key, mut init) = (None, None);
    for (sequence, segment) in (read.media_sequence..).zip(read.segments) {
        init = segment.map.clone().or(init);
        key = if is_clear_from_here(&segment) { None } else { segment.key.clone().or(key) };
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
) -> Result<Segment, CliError> {
    if !(0.0..=MAX_SEGMENT_S).contains(&read.duration) {
        return Err(answer(from.as_str(), format!("segment {sequence} claims to last {} s", read.duration)));
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

/// Whether encryption ends with this segment: the parser has no word for a key that is none.
fn is_clear_from_here(segment: &m3u8_rs::MediaSegment) -> bool {
    let ends = |tag: &m3u8_rs::ExtTag| tag.tag == "X-KEY" && tag.rest.as_deref() == Some("METHOD=NONE");
    segment.unknown_tags.iter().any(ends)
}

/// Keys are paid for where the playlist is from, and nowhere else: a payment sent elsewhere could be spent there.
fn key_ref(key: &m3u8_rs::Key, sequence: u64, from: &Url) -> Result<Option<KeyRef>, CliError> {
    let wrong = |reason: &str| answer(from.as_str(), format!("the key of segment {sequence}: {reason}"));
    match key.method {
        KeyMethod::None => return Ok(None),
        KeyMethod::AES128 => {}
        _ => return Err(wrong("its method is unknown; this program may be too old")),
    }
    let url = resolve(from, key.uri.as_ref().ok_or_else(|| wrong("it has no URI"))?)?;
    if url.origin() != from.origin() {
        return Err(wrong("it is sold elsewhere"));
    }
    let iv = match &key.iv {
        Some(text) => bytes_from_hex(&text.to_lowercase()).map_err(|_| wrong("its IV is not 16 bytes in hex"))?,
        None => u128::from(sequence).to_be_bytes(),
    };
    Ok(Some(KeyRef { url, iv }))
}

fn resolve(from: &Url, uri: &str) -> Result<Url, CliError> {
    from.join(uri).map_err(|error| answer(from.as_str(), format!("'{uri}' is no URI: {error}")))
}

#[cfg(test)]
mod tests;
