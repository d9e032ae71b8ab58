//! Playlists of subtitles: one text for each segment of the video, with the same index, key and length.

use super::media::{date, seconds, write_server_control, Form, Skipped, DELTA_VERSION, VERSION};
use crate::{event::Segment, keys, uris::Uris};
use std::fmt::Write as _;

/// Segments of a finished recording for which one date is written.
const DATED_SEGMENTS: usize = 30;

/// Contents of a playlist of subtitles.
pub struct SubtitlePlaylist<'a> {
    /// Name of the subtitles in URIs.
    pub name: &'a str,
    /// URIs of what the playlist refers to.
    pub uris: &'a Uris,
    /// `EXT-X-TARGETDURATION`, in seconds.
    pub target_seconds: u64,
    /// Complete segments of the video with consecutive indices.
    pub segments: Vec<&'a Segment>,
    /// Kind of the playlist of the video.
    pub form: Form,
    /// Whether no more segments will come.
    pub is_ended: bool,
}

impl SubtitlePlaylist<'_> {
    /// Writes the playlist.
    pub fn write(&self) -> String {
        let target = self.target_seconds;
        let skipped = self.skipped();
        let version = if skipped.is_some() { DELTA_VERSION } else { VERSION };
        let mut text = String::with_capacity(512 + self.segments.len() * 200);
        _ = write!(text, "#EXTM3U\n#EXT-X-VERSION:{version}\n#EXT-X-TARGETDURATION:{target}\n");
        match self.form {
            Form::Live(_) => {}
            Form::Growing(growing) => write_server_control(&mut text, growing, target),
            Form::Vod => text.push_str("#EXT-X-PLAYLIST-TYPE:VOD\n"),
        }
        let first = skipped.map(|skipped| skipped.first).or(self.segments.first().map(|segment| segment.head));
        if let Some(first) = first {
            let gone = first.discontinuities - u64::from(first.discontinuity);
            _ = writeln!(text, "#EXT-X-MEDIA-SEQUENCE:{}", first.index);
            _ = writeln!(text, "#EXT-X-DISCONTINUITY-SEQUENCE:{gone}");
        }
        if let Some(Skipped { count, .. }) = skipped {
            _ = writeln!(text, "#EXT-X-SKIP:SKIPPED-SEGMENTS={count}");
        }
        let mut has_key = false;
        for (place, segment) in self.segments.iter().enumerate() {
            let is_dated = self.form != Form::Vod || place % DATED_SEGMENTS == 0 || segment.head.discontinuity;
            self.write_segment(&mut text, segment, is_dated, &mut has_key);
        }
        if self.is_ended {
            text.push_str("#EXT-X-ENDLIST\n");
        }
        text
    }

    /// Segments that a player with an earlier version has already.
    fn skipped(&self) -> Option<Skipped> {
        match self.form {
            Form::Growing(growing) => growing.skipped,
            Form::Live(_) | Form::Vod => None,
        }
    }

    fn write_segment(&self, text: &mut String, segment: &Segment, is_dated: bool, has_key: &mut bool) {
        let head = &segment.head;
        if head.discontinuity {
            text.push_str("#EXT-X-DISCONTINUITY\n");
        }
        if head.encrypted {
            let iv = u128::from_be_bytes(keys::iv(head.index));
            let uri = self.uris.key(head.index);
            _ = writeln!(text, "#EXT-X-KEY:METHOD=AES-128,URI=\"{uri}\",IV=0x{iv:032x}");
        } else if *has_key {
            text.push_str("#EXT-X-KEY:METHOD=NONE\n");
        }
        *has_key = head.encrypted;
        if is_dated {
            _ = writeln!(text, "#EXT-X-PROGRAM-DATE-TIME:{}", date(head.date_ms));
        }
        if segment.gap {
            text.push_str("#EXT-X-GAP\n");
        }
        let uri = self.uris.subtitles(self.name, head.index);
        _ = write!(text, "#EXTINF:{},\n{uri}\n", seconds(segment.duration.micros()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        playlist::{Growing, LiveForm},
        synthetic::*,
        uris::UriTemplates,
    };

    #[test]
    fn each_text_has_the_index_the_length_and_the_key_of_its_segment() {
        let mut played = Played::new(&["720p"], 40);
        played.play(0..17);
        let segments = played.stream.listed_segments();
        let uris = Uris::new(&UriTemplates::default()).unwrap();
        let playlist = SubtitlePlaylist {
            name: "en",
            uris: &uris,
            target_seconds: 2,
            segments: segments.iter().collect(),
            form: Form::Live(LiveForm::Plain),
            is_ended: false,
        };
        let text = playlist.write();
        let parsed = m3u8_rs::parse_media_playlist_res(text.as_bytes()).unwrap();
        assert_eq!((parsed.media_sequence, parsed.segments.len()), (40, 4));
        assert_eq!(parsed.segments[1].uri, "c/en/41.vtt");
        let key = parsed.segments[1].key.as_ref().unwrap();
        assert_eq!(key.uri.as_deref(), Some("keys/41"));
        assert!(!text.contains("EXT-X-MAP") && !text.contains("ENDLIST"));
        let first = segments[0].head;
        let growing = Growing { is_whole: true, skipped: Some(Skipped { count: 2, first }) };
        let later = segments.iter().skip(2).collect();
        let update = SubtitlePlaylist { form: Form::Growing(growing), segments: later, ..playlist };
        let text = update.write();
        assert!(text.contains("#EXT-X-MEDIA-SEQUENCE:40\n") && text.contains("PLAYLIST-TYPE:EVENT"), "{text}");
        assert!(text.contains("#EXT-X-SKIP:SKIPPED-SEGMENTS=2\n") && text.contains("c/en/42.vtt"), "{text}");
        assert!(!text.contains("c/en/41.vtt") && text.contains("CAN-SKIP-UNTIL=12.000000"), "{text}");
        let ended = SubtitlePlaylist { is_ended: true, form: Form::Vod, ..update }.write();
        assert_eq!(ended.matches("PROGRAM-DATE-TIME").count(), 1);
        assert!(ended.contains("PLAYLIST-TYPE:VOD") && ended.ends_with("#EXT-X-ENDLIST\n"));
    }
}
