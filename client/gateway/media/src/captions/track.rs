//! The cues of a language, and the text for each segment.

use super::text;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::fmt::Write as _;

/// Maximum size of an upload.
pub const MAX_VTT_BYTES: usize = 2 << 20;
/// Maximum number of cues of one language.
pub const MAX_CUES: usize = 20_000;
/// Time stamps of MPEG-2, in which players place subtitles, wrap around at this number.
const MPEG_TIME_LIMIT: u64 = 1 << 33;
/// Ticks of such a time stamp per millisecond.
const MPEG_TICKS_PER_MS: u64 = 90;

/// A text, and when it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cue {
    /// When it appears, in milliseconds.
    pub start_ms: u64,
    /// When it disappears, in milliseconds.
    pub end_ms: u64,
    /// Settings of WebVTT, checked: `line:90% align:center`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub settings: String,
    /// Text in the syntax of WebVTT, with nothing but `b`, `i` and `u` in it.
    pub text: String,
}

impl Cue {
    /// A cue of plain text.
    pub fn plain(start_ms: u64, end_ms: u64, text: &str) -> Self {
        Self { start_ms, end_ms, settings: String::new(), text: text::escaped(text) }
    }

    /// The same cue, later by this time.
    pub fn later(self, ms: u64) -> Self {
        Self { start_ms: self.start_ms.saturating_add(ms), end_ms: self.end_ms.saturating_add(ms), ..self }
    }
}

/// The cues of one language, in the order of their beginnings.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptionTrack {
    cues: Vec<Cue>,
}

/// The cues of a language are too many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("there would be more than {MAX_CUES} cues of this language, which is the maximum; leave some out, or join short ones")]
pub struct TooManyCues;

impl CaptionTrack {
    /// Adds cues. A cue that is already there is not added again, so that a push can be repeated.
    ///
    /// # Errors
    ///
    /// There would be more than [`MAX_CUES`]. None is added then.
    pub fn add(&mut self, mut cues: Vec<Cue>) -> Result<(), TooManyCues> {
        cues.retain(|cue| !self.contains(cue));
        if self.cues.len() + cues.len() > MAX_CUES {
            return Err(TooManyCues);
        }
        self.cues.append(&mut cues);
        self.cues.sort_by_key(|cue| cue.start_ms);
        Ok(())
    }

    /// Adds the next cue of captions that are decoded segment by segment: one that goes on from the segment before makes that
    /// one longer.
    ///
    /// # Errors
    ///
    /// There would be more than [`MAX_CUES`].
    pub fn append(&mut self, cue: Cue) -> Result<(), TooManyCues> {
        match self.cues.last_mut() {
            Some(last) if last.end_ms == cue.start_ms && last.text == cue.text && last.settings == cue.settings => {
                last.end_ms = cue.end_ms;
                Ok(())
            }
            _ => self.add(vec![cue]),
        }
    }

    fn contains(&self, cue: &Cue) -> bool {
        let from = self.cues.partition_point(|other| other.start_ms < cue.start_ms);
        self.cues[from..].iter().take_while(|other| other.start_ms == cue.start_ms).any(|other| other == cue)
    }

    /// Forgets the cues that have ended before this time.
    pub fn forget_before(&mut self, ms: u64) {
        self.cues.retain(|cue| cue.end_ms > ms);
    }

    /// All cues.
    pub fn cues(&self) -> &[Cue] {
        &self.cues
    }

    /// The text for a segment: the cues that are shown while it plays. `from_ms` is the time of its beginning on the clock of
    /// the cues, and `media_ms` the presentation time of the same moment in the media.
    ///
    /// A cue has the same identifier in the texts of all segments: its times, as players compute them, differ by fractions of a
    /// millisecond from one segment to the next, and without an identifier it would be shown once for each of them.
    pub fn segment(&self, from_ms: u64, length_ms: u64, media_ms: u64) -> String {
        let to_ms = from_ms.saturating_add(length_ms);
        let shown = self.cues.iter().take_while(|cue| cue.start_ms < to_ms).filter(|cue| cue.end_ms > from_ms);
        let ticks = media_ms.saturating_mul(MPEG_TICKS_PER_MS) % MPEG_TIME_LIMIT;
        let mut text = format!("WEBVTT\nX-TIMESTAMP-MAP=LOCAL:{},MPEGTS:{ticks}\n", time(from_ms));
        for cue in shown {
            _ = write!(text, "\n{}", identifier(cue));
            write_cue(&mut text, cue);
        }
        text
    }

    /// All cues as one file.
    pub fn file(&self) -> String {
        let mut text = "WEBVTT\n".to_owned();
        self.cues.iter().for_each(|cue| write_cue(&mut text, cue));
        text
    }
}

/// Identifies a cue by its content.
fn identifier(cue: &Cue) -> String {
    let content = format!("{} {} {}\n{}", cue.start_ms, cue.end_ms, cue.settings, cue.text);
    let digest = Sha256::digest(content);
    let first = digest.iter().take(size_of::<u64>()).fold(0, |number, byte| number << 8 | u64::from(*byte));
    format!("{first:016x}")
}

fn write_cue(text: &mut String, cue: &Cue) {
    _ = write!(text, "\n{} --> {}", time(cue.start_ms), time(cue.end_ms));
    if !cue.settings.is_empty() {
        _ = write!(text, " {}", cue.settings);
    }
    _ = write!(text, "\n{}\n", cue.text);
}

/// A time as WebVTT writes it: `00:01:02.345`.
fn time(ms: u64) -> String {
    format!("{:02}:{:02}:{:02}.{:03}", ms / 3_600_000, ms / 60_000 % 60, ms / 1_000 % 60, ms % 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::captions::parse;

    fn track(cues: &[(u64, u64, &str)]) -> CaptionTrack {
        let mut track = CaptionTrack::default();
        track.add(cues.iter().map(|(start, end, text)| Cue::plain(*start, *end, text)).collect()).unwrap();
        track
    }

    #[test]
    fn a_segment_has_the_cues_that_are_shown_while_it_plays() {
        let track = track(&[(3_000, 5_000, "b"), (0, 2_000, "a"), (1_500, 9_000, "long"), (4_000, 4_500, "later")]);
        let text = track.segment(2_000, 2_000, 12_021);
        let [long, b] = [Cue::plain(1_500, 9_000, "long"), Cue::plain(3_000, 5_000, "b")].map(|cue| identifier(&cue));
        assert_eq!(
            text,
            format!(
                "WEBVTT\nX-TIMESTAMP-MAP=LOCAL:00:00:02.000,MPEGTS:1081890\n\n{long}\n00:00:01.500 --> 00:00:09.000\nlong\n\n\
                 {b}\n00:00:03.000 --> 00:00:05.000\nb\n"
            )
        );
        assert_eq!(track.segment(20_000, 2_000, 0).lines().count(), 2, "a text without cues is valid");
    }

    #[test]
    fn a_cue_has_one_identifier_in_all_segments_and_no_other_cue_has_it() {
        let track = track(&[(0, 9_000, "long"), (0, 9_000, "other"), (0, 8_000, "long"), (1, 9_000, "long")]);
        let identifiers = |from_ms| -> Vec<String> {
            let text = track.segment(from_ms, 2_000, from_ms + 33);
            let lines = text.lines().filter(|line| line.len() == 16 && !line.contains(' '));
            lines.map(str::to_owned).collect()
        };
        let mut first = identifiers(0);
        assert_eq!(first, identifiers(4_000));
        first.sort();
        first.dedup();
        assert_eq!(first.len(), 4);
    }

    #[test]
    fn a_repeated_push_adds_nothing() {
        let mut track = track(&[(0, 2_000, "a")]);
        track.add(vec![Cue::plain(0, 2_000, "a"), Cue::plain(0, 2_000, "b")]).unwrap();
        assert_eq!(track.cues().len(), 2);
    }

    #[test]
    fn a_cue_that_goes_on_is_one_cue() {
        let mut track = CaptionTrack::default();
        for (start, end, text) in [(0, 2_000, "a"), (2_000, 4_000, "a"), (4_000, 5_000, "b"), (6_000, 7_000, "b")] {
            track.append(Cue::plain(start, end, text)).unwrap();
        }
        let expected = [Cue::plain(0, 4_000, "a"), Cue::plain(4_000, 5_000, "b"), Cue::plain(6_000, 7_000, "b")];
        assert_eq!(track.cues(), expected);
    }

    #[test]
    fn the_number_of_cues_is_bounded() {
        let many = |from: u64, count: u64| (from..from + count).map(|at| Cue::plain(at, at + 1, "x")).collect();
        let mut track = CaptionTrack::default();
        track.add(many(0, MAX_CUES as u64)).unwrap();
        assert_eq!(track.add(many(MAX_CUES as u64, 1)), Err(TooManyCues));
        assert_eq!(track.cues().len(), MAX_CUES);
        track.forget_before(1_000);
        assert_eq!(track.cues().len(), MAX_CUES - 1_000);
    }

    #[test]
    fn what_is_written_is_read_again() {
        let mut track = track(&[(3_723_004, 3_724_000, "a < b & \"c\" -->"), (0, 1, "two\nlines")]);
        let settings = "line:90% align:center".to_owned();
        track.add(vec![Cue { settings, ..Cue::plain(5, 6, "placed") }]).unwrap();
        assert_eq!(parse(&track.file()).unwrap(), track.cues());
    }

    #[test]
    fn times_of_long_broadcasts_wrap_around_as_players_expect() {
        let text = track(&[]).segment(0, 2_000, (1 << 33) / 90 + 1);
        assert!(text.contains("MPEGTS:") && !text.contains("MPEGTS:8589934"), "{text}");
    }
}
