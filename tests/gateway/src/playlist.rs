//! Reading playlists, more strictly than players do.

use anyhow::{anyhow, ensure, Context, Result};
use m3u8_rs::{KeyMethod, MediaPlaylist, MediaSegment};
use std::time::Duration;
use url::Url;
use vilokanam_wire::{payment::ticks_of, scalars::bytes_from_hex};

/// A media playlist.
#[derive(Clone, Debug)]
pub struct Playlist {
    /// Segments, oldest first.
    pub segments: Vec<Segment>,
    /// Whether no further segments will be added.
    pub is_ended: bool,
}

/// A segment in a playlist.
#[derive(Clone, Debug)]
pub struct Segment {
    /// Media sequence number.
    pub index: u64,
    /// URL of the media.
    pub url: Url,
    /// URL of the initialisation that precedes the media.
    pub init: Option<Url>,
    /// Key of the segment; absent when it is not encrypted.
    pub key: Option<KeyRef>,
    /// Cost of the key in ticks.
    pub cost_ticks: u32,
    /// Whether the timeline is interrupted before this segment.
    pub is_discontinuous: bool,
    /// Whether the media is missing.
    pub is_gap: bool,
}

/// Reference to the key of a segment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRef {
    /// URL of the key.
    pub url: Url,
    /// Index of the key, which is the last part of the URL.
    pub index: u64,
    /// Initialisation vector.
    pub iv: [u8; 16],
}

/// Reads the media playlist that was fetched from `from`.
pub fn media(text: &[u8], from: &Url) -> Result<Playlist> {
    let parsed = m3u8_rs::parse_media_playlist_res(text)
        .map_err(|error| anyhow!("{from} is not a playlist: {error}\n{}", String::from_utf8_lossy(text)))?;
    let mut segments = Vec::with_capacity(parsed.segments.len());
    // A key or an initialisation applies until the next one.
    let (mut key, mut init) = (None, None);
    for (index, segment) in (parsed.media_sequence..).zip(&parsed.segments) {
        init = segment.map.as_ref().map(|map| from.join(&map.uri)).transpose()?.or(init);
        key = if has_tag(segment, "X-KEY", Some("METHOD=NONE")) { None } else { segment.key.clone().or(key) };
        segments.push(Segment {
            index,
            url: from.join(&segment.uri)?,
            init: init.clone(),
            key: key.as_ref().map(|key| key_ref(key, from)).transpose()?.flatten(),
            cost_ticks: cost_of(segment, &parsed)?,
            is_discontinuous: segment.discontinuity,
            is_gap: has_tag(segment, "X-GAP", None),
        });
    }
    Ok(Playlist { segments, is_ended: parsed.end_list })
}

fn cost_of(segment: &MediaSegment, playlist: &MediaPlaylist) -> Result<u32> {
    let target = playlist.target_duration;
    ensure!(segment.duration.round() <= target as f32, "{} s exceed the target of {target} s", segment.duration);
    Ok(ticks_of(Duration::from_secs_f32(segment.duration)))
}

/// Returns whether a segment has a tag that the parser does not know, with this value if one is given.
fn has_tag(segment: &MediaSegment, name: &str, value: Option<&str>) -> bool {
    segment.unknown_tags.iter().any(|tag| tag.tag == name && (value.is_none() || tag.rest.as_deref() == value))
}

fn key_ref(key: &m3u8_rs::Key, from: &Url) -> Result<Option<KeyRef>> {
    if key.method == KeyMethod::None {
        return Ok(None);
    }
    ensure!(key.method == KeyMethod::AES128, "unknown encryption {:?}", key.method);
    let url = from.join(key.uri.as_ref().context("a key has no URI")?)?;
    let index =
        url.path().rsplit('/').next().and_then(|index| index.parse().ok()).context("the URI of a key has no index")?;
    let iv = bytes_from_hex(key.iv.as_ref().context("a key has no explicit IV")?)?;
    Ok(Some(KeyRef { url, index, iv }))
}

/// Reads the names of the renditions in a multivariant playlist.
pub fn renditions(text: &[u8]) -> Result<Vec<String>> {
    let parsed = m3u8_rs::parse_master_playlist_res(text).map_err(|error| anyhow!("not a playlist: {error}"))?;
    let variants = parsed.variants.iter().filter(|variant| !variant.uri.is_empty());
    Ok(variants.map(|variant| variant.uri.trim_end_matches(".m3u8").to_owned()).collect())
}
