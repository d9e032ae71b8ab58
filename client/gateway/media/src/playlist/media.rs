//! Media playlists: of a sliding window of live segments, or of a recording.

use crate::{
    event::{Part, Segment, SegmentHead},
    keys,
    time::Span,
    uris::Uris,
};
use std::fmt::Write as _;

/// `EXT-X-VERSION`: `EXT-X-GAP` requires version 8, and no other tag requires more.
pub const VERSION: u32 = 8;
/// `EXT-X-VERSION` of a delta update: `EXT-X-SKIP` requires version 9.
pub const DELTA_VERSION: u32 = 9;

/// Kind of a live playlist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LiveForm {
    /// Lists complete segments only.
    Plain,
    /// Lists complete segments, parts, and the part that is expected next.
    LowLatency,
    /// A low-latency playlist for a player that has an earlier one: the segments that are older than
    /// [`SKIP_UNTIL_TARGETS`] are counted, and not listed.
    Delta,
}

/// Kind of a media playlist.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// A sliding window of live segments.
    Live(LiveForm),
    /// A recording that still grows.
    Growing(Growing),
    /// A finished recording.
    Vod,
}

/// Kind of a playlist of a recording that still grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Growing {
    /// Whether it begins with the recording, so that segments are only added; otherwise its beginning moves on.
    pub is_whole: bool,
    /// What a player with an earlier version has already, and is therefore not among the segments.
    pub skipped: Option<Skipped>,
}

/// Segments that a delta update leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Skipped {
    /// Number of segments.
    pub count: usize,
    /// The first of them.
    pub first: SegmentHead,
}

/// Number of complete segments at the end whose parts are listed, besides the open segment: RFC 8216bis asks not to
/// list parts more than three target durations from the end.
pub const SEGMENTS_WITH_PARTS: usize = 2;
/// `CAN-SKIP-UNTIL` in target durations: the least that RFC 8216bis allows.
pub const SKIP_UNTIL_TARGETS: u64 = 6;
/// `HOLD-BACK` in target durations, and `PART-HOLD-BACK` in part targets.
pub const HOLD_BACK_TARGETS: u64 = 3;
/// Number of segments of a finished recording for which one date is written, unless the source changes.
const SEGMENTS_WITH_ONE_DATE: u64 = 30;

/// The newest part of another rendition, for `EXT-X-RENDITION-REPORT`.
#[derive(Clone, Debug)]
pub struct Report {
    /// Name of the rendition.
    pub rendition: String,
    /// Media sequence number of its newest segment.
    pub last_msn: u64,
    /// Number of the newest part of that segment.
    pub last_part: u32,
}

/// Contents of a media playlist.
pub struct MediaPlaylist<'a> {
    /// Name of the rendition.
    pub rendition: &'a str,
    /// URIs of what the playlist refers to.
    pub uris: &'a Uris,
    /// Kind of playlist.
    pub form: Form,
    /// `EXT-X-TARGETDURATION`, in seconds.
    pub target_seconds: u64,
    /// `PART-TARGET`.
    pub part_target: Span,
    /// Complete segments with consecutive indices.
    pub segments: Vec<&'a Segment>,
    /// The segment that is still growing.
    pub open: Option<&'a Segment>,
    /// Index and number of the part that is expected next.
    pub next_part: Option<(u64, u32)>,
    /// Newest parts of the other renditions.
    pub reports: Vec<Report>,
    /// Whether no more segments will come.
    pub is_ended: bool,
}

impl MediaPlaylist<'_> {
    /// Writes the playlist.
    pub fn write(&self) -> String {
        let mut text = String::with_capacity(1024 + self.segments.len() * 256);
        let mut state = State::default();
        let skipped = self.skipped();
        let left_out = self.left_out().map_or(0, |left_out| left_out.count) + skipped;
        self.write_head(&mut text, left_out > 0);
        if left_out > 0 {
            _ = writeln!(text, "#EXT-X-SKIP:SKIPPED-SEGMENTS={left_out}");
        }
        let with_parts_from = self.segments.len().saturating_sub(SEGMENTS_WITH_PARTS);
        for (place, segment) in self.segments.iter().enumerate().skip(skipped) {
            self.write_segment_head(&mut text, &mut state, segment);
            if place >= with_parts_from {
                self.write_parts(&mut text, segment);
            }
            self.write_segment(&mut text, segment);
        }
        if self.is_low_latency() && !self.is_ended {
            self.write_edge(&mut text, &mut state);
        }
        if self.is_ended {
            text.push_str("#EXT-X-ENDLIST\n");
        }
        text
    }

    fn is_low_latency(&self) -> bool {
        matches!(self.form, Form::Live(LiveForm::LowLatency | LiveForm::Delta))
    }

    /// Segments that are not among [`Self::segments`], because the player has them.
    fn left_out(&self) -> Option<Skipped> {
        match self.form {
            Form::Growing(growing) => growing.skipped,
            Form::Live(_) | Form::Vod => None,
        }
    }

    /// Number of segments at the beginning that a delta update does not list: those that end before the skip boundary.
    fn skipped(&self) -> usize {
        if self.form != Form::Live(LiveForm::Delta) || self.is_ended {
            return 0;
        }
        let boundary_micros = self.target_seconds * SKIP_UNTIL_TARGETS * 1_000_000;
        let mut behind_micros = 0;
        let newer = self.segments.iter().rev().take_while(|segment| {
            let is_newer = behind_micros <= boundary_micros;
            behind_micros += segment.duration.micros();
            is_newer
        });
        self.segments.len() - newer.count()
    }

    fn write_head(&self, text: &mut String, is_delta: bool) {
        let target = self.target_seconds;
        let version = if is_delta { DELTA_VERSION } else { VERSION };
        _ = write!(text, "#EXTM3U\n#EXT-X-VERSION:{version}\n#EXT-X-TARGETDURATION:{target}\n");
        match self.form {
            // Without server control, players hold back as far as low-latency playlists say. Some parsers take the tag for
            // that of a low-latency playlist, and refuse the rest.
            Form::Live(LiveForm::Plain) => {}
            Form::Live(LiveForm::LowLatency | LiveForm::Delta) => self.write_low_latency_head(text),
            Form::Growing(growing) => write_server_control(text, growing, target),
            Form::Vod => text.push_str("#EXT-X-PLAYLIST-TYPE:VOD\n"),
        }
        text.push_str("#EXT-X-INDEPENDENT-SEGMENTS\n");
        let first = self.segments.first().copied().or(self.open).map(|segment| segment.head);
        let Some(first) = self.left_out().map(|left_out| left_out.first).or(first) else { return };
        let gone = first.discontinuities - u64::from(first.discontinuity);
        _ = writeln!(text, "#EXT-X-MEDIA-SEQUENCE:{}", first.index);
        _ = writeln!(text, "#EXT-X-DISCONTINUITY-SEQUENCE:{gone}");
    }

    fn write_low_latency_head(&self, text: &mut String) {
        let part_hold_back = seconds(self.part_target.micros() * HOLD_BACK_TARGETS);
        let hold_back = seconds(hold_back_micros(self.target_seconds));
        let skip_until = seconds(self.target_seconds * SKIP_UNTIL_TARGETS * 1_000_000);
        _ = writeln!(
            text,
            "#EXT-X-SERVER-CONTROL:CAN-BLOCK-RELOAD=YES,CAN-SKIP-UNTIL={skip_until},\
             PART-HOLD-BACK={part_hold_back},HOLD-BACK={hold_back}"
        );
        _ = writeln!(text, "#EXT-X-PART-INF:PART-TARGET={}", seconds(self.part_target.micros()));
    }

    /// Writes the tags that apply to a segment and to its parts.
    fn write_segment_head(&self, text: &mut String, state: &mut State, segment: &Segment) {
        let head = &segment.head;
        if head.discontinuity {
            text.push_str("#EXT-X-DISCONTINUITY\n");
        }
        if state.init != Some(head.init) {
            // A key would apply to the initialisation as well, which is never encrypted.
            state.clear_key(text);
            state.init = Some(head.init);
            _ = writeln!(text, "#EXT-X-MAP:URI=\"{}\"", self.uris.init(self.rendition, head.init));
        }
        match head.encrypted {
            true => self.write_key(text, state, head.index),
            false => state.clear_key(text),
        }
        if self.form != Form::Vod
            || head.discontinuity
            || state.dated.is_none_or(|dated| head.index.saturating_sub(dated) >= SEGMENTS_WITH_ONE_DATE)
        {
            state.dated = Some(head.index);
            _ = writeln!(text, "#EXT-X-PROGRAM-DATE-TIME:{}", date(head.date_ms));
        }
    }

    fn write_key(&self, text: &mut String, state: &mut State, index: u64) {
        state.has_key = true;
        let iv = u128::from_be_bytes(keys::iv(index));
        _ = writeln!(text, "#EXT-X-KEY:METHOD=AES-128,URI=\"{}\",IV=0x{iv:032x}", self.uris.key(index));
    }

    fn write_parts(&self, text: &mut String, segment: &Segment) {
        if !self.is_low_latency() {
            return;
        }
        for (number, part) in (0u32..).zip(&segment.parts) {
            let uri = self.uris.part(self.rendition, segment.head.index, number);
            write_part(text, part, &uri);
        }
    }

    fn write_segment(&self, text: &mut String, segment: &Segment) {
        if segment.gap {
            text.push_str("#EXT-X-GAP\n");
        }
        let uri = self.uris.segment(self.rendition, segment.head.index);
        _ = write!(text, "#EXTINF:{},\n{uri}\n", seconds(segment.duration.micros()));
    }

    /// Writes the open segment, the hint at the next part, and the reports on other renditions.
    fn write_edge(&self, text: &mut String, state: &mut State) {
        if let Some(open) = self.open {
            self.write_segment_head(text, state, open);
            self.write_parts(text, open);
        }
        // The first part of a segment is not announced: its key comes with it. Players that fetch it in advance would decrypt
        // it with the key of the segment before.
        if let Some((index, part)) = self.next_part.filter(|&(_, part)| part > 0) {
            let uri = self.uris.part(self.rendition, index, part);
            _ = writeln!(text, "#EXT-X-PRELOAD-HINT:TYPE=PART,URI=\"{uri}\"");
        }
        for Report { rendition, last_msn, last_part } in &self.reports {
            let uri = self.uris.media_playlist(rendition);
            _ = writeln!(text, "#EXT-X-RENDITION-REPORT:URI=\"{uri}\",LAST-MSN={last_msn},LAST-PART={last_part}");
        }
    }
}

/// State that the tags written so far leave for the next segment.
#[derive(Default)]
struct State {
    init: Option<u64>,
    has_key: bool,
    /// Index of the segment whose date was written last.
    dated: Option<u64>,
}

impl State {
    fn clear_key(&mut self, text: &mut String) {
        if std::mem::take(&mut self.has_key) {
            text.push_str("#EXT-X-KEY:METHOD=NONE\n");
        }
    }
}

fn write_part(text: &mut String, part: &Part, uri: &str) {
    let independent = if part.independent { ",INDEPENDENT=YES" } else { "" };
    _ = writeln!(text, "#EXT-X-PART:DURATION={},URI=\"{uri}\"{independent}", seconds(part.duration.micros()));
}

/// Writes that a playlist of a recording that grows has updates, and whether it begins with the recording.
pub(super) fn write_server_control(text: &mut String, growing: Growing, target_seconds: u64) {
    let skip_until = seconds(target_seconds * SKIP_UNTIL_TARGETS * 1_000_000);
    let hold_back = seconds(hold_back_micros(target_seconds));
    _ = writeln!(text, "#EXT-X-SERVER-CONTROL:CAN-SKIP-UNTIL={skip_until},HOLD-BACK={hold_back}");
    if growing.is_whole {
        text.push_str("#EXT-X-PLAYLIST-TYPE:EVENT\n");
    }
}

const fn hold_back_micros(target_seconds: u64) -> u64 {
    target_seconds * HOLD_BACK_TARGETS * 1_000_000
}

/// Formats microseconds as seconds with six decimals.
pub(super) fn seconds(micros: u64) -> String {
    format!("{}.{:06}", micros / 1_000_000, micros % 1_000_000)
}

pub(super) fn date(millis: u64) -> String {
    let millis = i64::try_from(millis).unwrap_or(i64::MAX);
    let date = chrono::DateTime::from_timestamp_millis(millis).unwrap_or(chrono::DateTime::<chrono::Utc>::MAX_UTC);
    date.to_rfc3339_opts(chrono::SecondsFormat::Millis, true)
}
