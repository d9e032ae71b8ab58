//! What playlists say.

use anyhow::{ensure, Context, Result};
use m3u8_rs::{KeyMethod, MediaPlaylist, MediaSegment};
use std::time::Duration;
use url::Url;
use vilokanam_wire::payment::ticks_of;

/// A media playlist.
#[derive(Clone, Debug)]
pub struct Playlist {
    pub segments: Vec<Listed>,
    pub is_ended: bool,
}

/// A segment of it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// Its media sequence number, which is its key's index.
    pub index: u64,
    pub url: Url,
    pub init: Option<Url>,
    /// Nothing when it is in the clear.
    pub key: Option<ListedKey>,
    /// What its key costs: seconds, each one begun counts.
    pub cost: u32,
    pub is_discontinuous: bool,
    pub is_gap: bool,
}

/// Where its key is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedKey {
    pub url: Url,
    /// The last part of the URL.
    pub index: u64,
    pub iv: [u8; 16],
}

/// Reads a media playlist that came from `from`.
pub fn media(text: &[u8], from: &Url) -> Result<Playlist> {
    let read = m3u8_rs::parse_media_playlist_res(text)
        .map_err(|error| anyhow::anyhow!("{from} is no playlist: {error}\n{}", String::from_utf8_lossy(text)))?;
    let mut segments = Vec::with_capacity(read.segments.len());
    // A key and an initialisation hold until the next.
    let (mut key, mut init) = (None, None);
    for (index, segment) in (read.media_sequence..).zip(&read.segments) {
        init = segment.map.as_ref().map(|map| from.join(&map.uri)).transpose()?.or(init);
        key = if has_tag(segment, "X-KEY", Some("METHOD=NONE")) { None } else { segment.key.clone().or(key) };
        let key = key.as_ref().map(|key| listed_key(key, from)).transpose()?.flatten();
        segments.push(Listed {
            index,
            url: from.join(&segment.uri)?,
            init: init.clone(),
            key,
            cost: cost_of(segment, &read)?,
            is_discontinuous: segment.discontinuity,
            is_gap: has_tag(segment, "X-GAP", None),
        });
    }
    Ok(Playlist { segments, is_ended: read.end_list })
}

fn cost_of(segment: &MediaSegment, playlist: &MediaPlaylist) -> Result<u32> {
    let target = playlist.target_duration;
    ensure!(segment.duration.round() <= target as f32, "{} s are more than the target {target}", segment.duration);
    Ok(ticks_of(Duration::from_secs_f32(segment.duration)))
}

fn has_tag(segment: &MediaSegment, name: &str, rest: Option<&str>) -> bool {
    segment.unknown_tags.iter().any(|tag| tag.tag == name && (rest.is_none() || tag.rest.as_deref() == rest))
}

fn listed_key(key: &m3u8_rs::Key, from: &Url) -> Result<Option<ListedKey>> {
    if key.method == KeyMethod::None {
        return Ok(None);
    }
    ensure!(key.method == KeyMethod::AES128, "unknown method {:?}", key.method);
    let url = from.join(key.uri.as_ref().context("a key has a URI")?)?;
    let index =
        url.path().rsplit('/').next().and_then(|index| index.parse().ok()).context("no index in a key's URI")?;
    let digits = key.iv.as_ref().and_then(|iv| iv.strip_prefix("0x")).context("a key has an explicit IV")?;
    let iv = hex::decode(digits)?.try_into().ok().context("an IV has 16 bytes")?;
    Ok(Some(ListedKey { url, index, iv }))
}

/// The renditions of a multivariant playlist: name and peak bits a second.
pub fn renditions(text: &[u8]) -> Result<Vec<(String, u64)>> {
    let master = m3u8_rs::parse_master_playlist_res(text).map_err(|error| anyhow::anyhow!("no playlist: {error}"))?;
    let variants = master.variants.iter().filter(|variant| !variant.uri.is_empty());
    Ok(variants.map(|variant| (variant.uri.trim_end_matches(".m3u8").to_owned(), variant.bandwidth)).collect())
}
