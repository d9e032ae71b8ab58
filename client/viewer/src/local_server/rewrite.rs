//! Playlists with local addresses, and the costs of the keys that they name.

use super::addresses::Addresses;
use crate::playlist::PlaylistError;
use std::{collections::BTreeMap, time::Duration};
use url::Url;
use vilokanam_wire::payment::ticks_of;

/// Maximum length of a segment in seconds. A longer one could only serve to raise the cost of its key.
const MAX_SEGMENT_S: f64 = 60.0;

/// A playlist for local players.
#[derive(Debug)]
pub(super) struct Rewritten {
    pub text: String,
    /// Cost in ticks of each key, by its index.
    pub costs: BTreeMap<u64, u32>,
}

/// Index of a key: the last part of its address.
pub(super) fn key_index(address: &Url) -> Option<u64> {
    let mut parts = address.path_segments()?;
    let index = parts.next_back()?.parse().ok()?;
    (parts.next_back() == Some("keys")).then_some(index)
}

/// Length of the media that a playlist lists which still grows; `None` for every other playlist.
pub(super) fn listed_so_far(text: &str) -> Option<Duration> {
    let has_segments = text.lines().any(|line| line.starts_with("#EXT-X-TARGETDURATION:"));
    let has_ended = text.lines().any(|line| line == "#EXT-X-ENDLIST");
    if !has_segments || has_ended {
        return None;
    }
    let lengths = text.lines().filter_map(|line| line.strip_prefix("#EXTINF:"));
    let seconds = lengths.filter_map(|rest| rest.split(',').next()?.parse::<f64>().ok());
    let listed: f64 = seconds.filter(|length| (0.0..=MAX_SEGMENT_S).contains(length)).sum();
    Duration::try_from_secs_f64(listed).ok()
}

/// Replaces the addresses of the gateway in a playlist that was fetched from `from`.
///
/// # Errors
///
/// A line is not what a playlist of this gateway has.
pub(super) fn rewrite(text: &str, from: &Url, addresses: &Addresses) -> Result<Rewritten, PlaylistError> {
    if !text.starts_with("#EXTM3U") {
        return Err(PlaylistError::Malformed(from.clone()));
    }
    let mut rewriter = Rewriter { from, addresses, costs: BTreeMap::new(), target_ticks: 1, key: None, lines: 0 };
    let mut rewritten = String::with_capacity(text.len() * 2);
    for line in text.lines() {
        rewriter.line(line, &mut rewritten)?;
        rewritten.push('\n');
    }
    Ok(Rewritten { text: rewritten, costs: rewriter.costs })
}

struct Rewriter<'a> {
    from: &'a Url,
    addresses: &'a Addresses,
    costs: BTreeMap<u64, u32>,
    /// Cost of a segment of the target duration.
    target_ticks: u32,
    /// Index of the key in force.
    key: Option<u64>,
    /// Number of lines with addresses of segments.
    lines: u64,
}

impl Rewriter<'_> {
    fn line(&mut self, line: &str, to: &mut String) -> Result<(), PlaylistError> {
        if line.is_empty() {
            return Ok(());
        }
        if !line.starts_with('#') {
            self.lines += 1;
            to.push_str(&self.local(line)?);
            return Ok(());
        }
        if let Some(length) = line.strip_prefix("#EXT-X-TARGETDURATION:") {
            self.target_ticks = self.ticks(length)?;
        } else if let Some(length) = line.strip_prefix("#EXTINF:") {
            let ticks = self.ticks(length.split(',').next().unwrap_or_default())?;
            if let Some(key) = self.key {
                self.costs.insert(key, ticks);
            }
        }
        let Some((before, uri, after)) = split_uri(line) else {
            if line.starts_with("#EXT-X-KEY:") {
                self.key = None;
            }
            to.push_str(line);
            return Ok(());
        };
        let local = if line.starts_with("#EXT-X-KEY:") { self.begin_key(uri)? } else { self.local(uri)? };
        for part in [before, &local, after] {
            to.push_str(part);
        }
        Ok(())
    }

    /// Takes note of a key. A segment that is still growing has no length yet: its key costs as much as a whole segment.
    fn begin_key(&mut self, uri: &str) -> Result<String, PlaylistError> {
        let unusable = |reason| PlaylistError::Key { playlist: self.from.clone(), sequence: self.lines, reason };
        let address = self.resolve(uri)?;
        let local = self.addresses.local(&address).ok_or_else(|| unusable("it is not a key of this stream"))?;
        let index = key_index(&address).ok_or_else(|| unusable("its address has no index"))?;
        self.costs.entry(index).or_insert(self.target_ticks);
        self.key = Some(index);
        Ok(local)
    }

    fn ticks(&self, seconds: &str) -> Result<u32, PlaylistError> {
        let read: f64 = seconds.trim().parse().map_err(|_| PlaylistError::Malformed(self.from.clone()))?;
        if !(0.0..=MAX_SEGMENT_S).contains(&read) {
            let (playlist, sequence) = (self.from.clone(), self.lines);
            return Err(PlaylistError::SegmentLength { playlist, sequence, seconds: read as f32 });
        }
        Ok(ticks_of(Duration::from_secs_f64(read)))
    }

    /// The local address, or the whole one of what another server has.
    fn local(&self, uri: &str) -> Result<String, PlaylistError> {
        let address = self.resolve(uri)?;
        Ok(self.addresses.local(&address).unwrap_or_else(|| address.into()))
    }

    fn resolve(&self, uri: &str) -> Result<Url, PlaylistError> {
        let wrong = |source| PlaylistError::Uri { playlist: self.from.clone(), uri: uri.to_owned(), source };
        self.from.join(uri).map_err(wrong)
    }
}

/// Splits a tag at its address: what is before it, the address, and what is after it.
fn split_uri(line: &str) -> Option<(&str, &str, &str)> {
    let found = [":URI=\"", ",URI=\""].iter().filter_map(|name| Some(line.find(name)? + name.len())).min()?;
    let (before, rest) = line.split_at(found);
    let end = rest.find('"')?;
    Some((before, &rest[..end], &rest[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Rewritten, PlaylistError> {
        let gateway = "http://h:8080/".parse().unwrap();
        let from = "http://h:8080/v1/streams/3/hls/720p.m3u8".parse().unwrap();
        rewrite(text, &from, &Addresses::new(&gateway, "v1/streams/3/".into(), "abc".into()))
    }

    const LIVE: &str = "#EXTM3U
#EXT-X-TARGETDURATION:2
#EXT-X-MEDIA-SEQUENCE:42
#EXT-X-MAP:URI=\"v/720p/init-7.mp4\"
#EXT-X-KEY:METHOD=AES-128,URI=\"../keys/42\",IV=0x0000000000000000000000000000002a
#EXTINF:1.200000,
v/720p/42.m4s
#EXT-X-KEY:METHOD=NONE
#EXTINF:2.000000,
v/720p/43.m4s
#EXT-X-KEY:METHOD=AES-128,URI=\"../keys/44\",IV=0x0000000000000000000000000000002c
#EXT-X-PART:DURATION=0.500000,URI=\"v/720p/44.0.m4s\",INDEPENDENT=YES
#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"v/720p/44.1.m4s\"
#EXT-X-RENDITION-REPORT:URI=\"360p.m3u8\",LAST-MSN=44,LAST-PART=0
";

    #[test]
    fn only_what_still_grows_has_a_length_so_far() {
        let growing =
            "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2.0,\n1.m4s\n#EXTINF:1.5,a title\n2.m4s\n#EXTINF:1e9,\n3.m4s\n";
        assert_eq!(listed_so_far(growing), Some(Duration::from_millis(3_500)), "without a length that is none");
        assert_eq!(listed_so_far("#EXTM3U\n#EXT-X-TARGETDURATION:2\n"), Some(Duration::ZERO));
        assert_eq!(listed_so_far(&format!("{growing}#EXT-X-ENDLIST\n")), None);
        assert_eq!(listed_so_far("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv.m3u8\n"), None);
    }

    #[test]
    fn every_address_becomes_local_and_nothing_else_changes() {
        let rewritten = read(LIVE).unwrap();
        let base = "/abc/v1/streams/3/hls";
        let expected = LIVE
            .replace("\"../keys/", "\"/abc/v1/streams/3/keys/")
            .replace("\"v/", &format!("\"{base}/v/"))
            .replace("\nv/", &format!("\n{base}/v/"))
            .replace("\"360p", &format!("\"{base}/360p"));
        assert_eq!(rewritten.text, expected);
    }

    #[test]
    fn keys_cost_what_their_segments_are_long() {
        // The second segment has no key, and the third is still growing.
        assert_eq!(read(LIVE).unwrap().costs, [(42, 2), (44, 2)].into());
        let longer = LIVE.replace("#EXTINF:1.200000", "#EXTINF:3.000000");
        assert_eq!(read(&longer).unwrap().costs[&42], 3);
    }

    #[test]
    fn playlist_that_could_raise_the_price_is_refused() {
        let long = LIVE.replace("#EXTINF:1.200000", "#EXTINF:600.0");
        assert!(matches!(read(&long), Err(PlaylistError::SegmentLength { .. })));
        let long = LIVE.replace("TARGETDURATION:2", "TARGETDURATION:600");
        assert!(matches!(read(&long), Err(PlaylistError::SegmentLength { .. })));
    }

    #[test]
    fn keys_of_other_streams_and_servers_are_refused() {
        for key in ["../../4/keys/42", "http://other/v1/streams/3/keys/42", "../keys/x", "42"] {
            let playlist = LIVE.replace("../keys/42", key);
            assert!(matches!(read(&playlist), Err(PlaylistError::Key { .. })), "{key}");
        }
    }

    #[test]
    fn media_on_other_servers_keeps_its_address() {
        let playlist = LIVE.replace("\nv/720p/42.m4s", "\nhttps://cdn.example/42.m4s");
        assert!(read(&playlist).unwrap().text.contains("\nhttps://cdn.example/42.m4s\n"));
    }

    #[test]
    fn multivariant_playlist_is_rewritten_too() {
        let master = "#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"en\",URI=\"audio.m3u8\"\n\
                      #EXT-X-STREAM-INF:BANDWIDTH=1,CODECS=\"avc1,mp4a\"\n720p.m3u8\n";
        let rewritten = read(master).unwrap();
        assert!(rewritten.text.ends_with("\n/abc/v1/streams/3/hls/720p.m3u8\n") && rewritten.costs.is_empty());
        assert!(rewritten.text.contains(",URI=\"/abc/v1/streams/3/hls/audio.m3u8\"\n"));
        assert!(matches!(read("<html>"), Err(PlaylistError::Malformed(_))));
    }
}
