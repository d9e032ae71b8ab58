//! Identifies what a source sends, from its first bytes.

use super::{feed::Selection, intake::Intake};
use crate::{
    broadcast::{AudioInfo, SourceInfo},
    config::TranscodeConfig,
    copy::{self, CopyFit, Look},
    error::PublishError,
    ffmpeg::Ffmpeg,
    plan::MAX_SOURCE_SIDE,
    source::{Source, SourceChunk},
    tracks::{Kind, Track, Tracks},
};
use bytes::Bytes;
use std::{collections::VecDeque, time::Duration};
use tokio::time::{sleep_until, Instant};
use vilokanam_ffmpeg::{probe, MediaInfo};

/// Number of bytes without a result after which a source counts as unreadable.
const MAX_HEAD_BYTES: usize = 8 << 20;
/// Number of bytes that are kept of a source that was joined within a group of pictures: what comes before its next
/// keyframe cannot be decoded.
const MAX_UNDECODABLE_BYTES: usize = 4 << 20;
/// Time from the first byte to the first attempt: by then nearly every encoder has sent a keyframe and audio.
const FIRST_ATTEMPT: Duration = Duration::from_millis(1000);
/// The same if it is known which tracks carry media.
const FIRST_ATTEMPT_AGAIN: Duration = Duration::from_millis(400);
/// Time to the next attempt, after one that found nothing, or not everything.
const NEXT_ATTEMPT: Duration = Duration::from_millis(1000);
/// Number of attempts after which a source without the sound that it announces is accepted. Sound that comes later is
/// added to the broadcast.
const ATTEMPTS_WITHOUT_ANNOUNCED_AUDIO: u32 = 2;
/// Number of attempts after which a source with audio only is accepted as one without video. A picture that comes later
/// is added as well.
const ATTEMPTS_WITHOUT_VIDEO: u32 = 3;
/// Number of attempts after which a source counts as unreadable.
const MAX_ATTEMPTS: u32 = 8;
/// The same while pictures come, but no keyframe yet: groups of pictures may be long.
const MAX_ATTEMPTS_FOR_KEYFRAME: u32 = 40;
/// Time to the next look at a source that may be copied, and maximum number of looks: by then a second keyframe has come, if
/// groups of pictures are two seconds long.
const NEXT_LOOK: Duration = Duration::from_millis(600);
const MAX_LOOKS: u32 = 4;
/// Number of bytes after which an attempt is made at once.
const ATTEMPT_BYTES: usize = 2 << 20;

/// An identified source, and what was read from it.
pub(super) struct Identified {
    pub info: SourceInfo,
    pub selection: Selection,
    /// Further audio tracks.
    pub more_audio: Vec<(Track, AudioInfo)>,
    /// How it can be copied, if it can.
    pub copy: Option<CopyFit>,
    /// All chunks from the beginning of the source.
    pub head: Vec<SourceChunk>,
}

/// Reads from the source until its contents are known. `head` has been read before, if this source is identified again
/// because other tracks carry media. `config` is that of the stream.
pub(super) async fn identify(
    source: &mut Source,
    intake: &mut Intake,
    head: Vec<SourceChunk>,
    ffmpeg: &Ffmpeg,
    config: &TranscodeConfig,
) -> Result<Identified, PublishError> {
    let is_again = !head.is_empty();
    let mut head = Head::new(head);
    let mut why = String::from("nothing was sent");
    let mut attempt = 0;
    while attempt < if intake.awaits_keyframe() { MAX_ATTEMPTS_FOR_KEYFRAME } else { MAX_ATTEMPTS } {
        attempt += 1;
        let time = match attempt {
            1 if is_again => FIRST_ATTEMPT_AGAIN,
            1 => FIRST_ATTEMPT,
            _ => NEXT_ATTEMPT,
        };
        head.collect(source, intake, time).await;
        if head.bytes == 0 && !intake.has_ended() {
            continue;
        }
        let is_last = intake.has_ended() || head.bytes >= MAX_HEAD_BYTES;
        match probe::bytes(ffmpeg.prober(), source.demuxer(), &head.concat()).await {
            Ok(media) => {
                let (info, selection) = found(source, intake, &media, is_last);
                let is_enough = if is_again {
                    selection.unusable == Tracks::default() || attempt > 1
                } else {
                    is_enough(&info, intake, attempt)
                };
                if has_any(&info) && (is_enough || is_last) {
                    let info = check_size(info)?;
                    let more_audio = more_audio(&media, selection.taken);
                    let copy = look(source, intake, &mut head, selection.taken, &info, (ffmpeg, config)).await;
                    return Ok(Identified { info, selection, more_audio, copy, head: head.into_chunks() });
                }
                why = "neither video nor audio was found".into();
            }
            Err(error) => why = error.to_string(),
        }
        if is_last {
            break;
        }
    }
    Err(PublishError::Unreadable(why))
}

/// The audio tracks beside the one that is taken.
fn more_audio(media: &MediaInfo, taken: Tracks) -> Vec<(Track, AudioInfo)> {
    let Some(first) = taken.audio else { return Vec::new() };
    let placed = (0u32..).zip(media.audio_streams());
    let tracks = placed.map(|(place, (number, info))| match (first, number) {
        (Track::Number(_), Some(number)) => (Track::Number(number), info),
        _ => (Track::Nth(place), info),
    });
    tracks.filter(|(track, _)| *track != first && *track != Track::Nth(0)).collect()
}

/// Looks whether the source can be copied, and waits for its second keyframe if that may be.
async fn look(
    source: &mut Source,
    intake: &mut Intake,
    head: &mut Head,
    taken: Tracks,
    info: &SourceInfo,
    (ffmpeg, config): (&Ffmpeg, &TranscodeConfig),
) -> Option<CopyFit> {
    let track = taken.video.filter(|_| config.copies)?;
    for _ in 0..MAX_LOOKS {
        if !intake.is_steady(track) {
            return None;
        }
        match copy::look(ffmpeg, source.demuxer(), track, &head.concat(), info, config).await {
            Look::Fits(fit) => return Some(fit),
            Look::Misfit(misfit) => {
                tracing::info!(reason = %misfit, "the source is encoded, because it cannot be copied");
                return None;
            }
            Look::TooShort if intake.has_ended() || head.bytes >= MAX_HEAD_BYTES => return None,
            Look::TooShort => head.collect(source, intake, NEXT_LOOK).await,
        }
    }
    None
}

/// Joins what ffprobe knows of the tracks with which of them carry media. At the end of the source every track counts.
fn found(source: &Source, intake: &Intake, media: &MediaInfo, is_last: bool) -> (SourceInfo, Selection) {
    let every = Tracks { video: Some(Track::First), audio: Some(Track::First) };
    let flowing = intake.flowing(Tracks::default()).filter(|flowing| !is_last || *flowing != Tracks::default());
    let flowing = flowing.unwrap_or(every);
    let video = flowing.video.and_then(|track| media.video_of(number(track)));
    let audio = flowing.audio.and_then(|track| media.audio_of(number(track)));
    let taken =
        Tracks { video: flowing.video.filter(|_| video.is_some()), audio: flowing.audio.filter(|_| audio.is_some()) };
    let info = SourceInfo { protocol: source.protocol, video, audio };
    (info, Selection { taken, unusable: flowing.without(taken) })
}

const fn number(track: Track) -> Option<u32> {
    match track {
        Track::First | Track::Nth(_) => None,
        Track::Number(number) => Some(number),
    }
}

const fn has_any(info: &SourceInfo) -> bool {
    info.video.is_some() || info.audio.is_some()
}

/// Whether the broadcast can begin, or another attempt may find more.
fn is_enough(info: &SourceInfo, intake: &Intake, attempt: u32) -> bool {
    match (&info.video, &info.audio) {
        (Some(_), Some(_)) => true,
        (Some(_), None) => attempt >= ATTEMPTS_WITHOUT_ANNOUNCED_AUDIO || !intake.announces(Kind::Audio),
        // MPEG-TS announces its tracks before they come.
        (None, Some(_)) => {
            attempt >= ATTEMPTS_WITHOUT_VIDEO || (intake.cuts_at_entries() && !intake.announces(Kind::Video))
        }
        (None, None) => false,
    }
}

fn check_size(info: SourceInfo) -> Result<SourceInfo, PublishError> {
    match &info.video {
        Some(video) if video.width.max(video.height) > MAX_SOURCE_SIDE => {
            let why = format!("{}x{} is larger than {MAX_SOURCE_SIDE} pixels", video.width, video.height);
            Err(PublishError::Unreadable(why))
        }
        _ => Ok(info),
    }
}

/// The first chunks of a source.
#[derive(Default)]
struct Head {
    chunks: VecDeque<SourceChunk>,
    bytes: usize,
    /// Preamble of chunks that were discarded.
    preamble: Option<Bytes>,
}

impl Head {
    fn new(chunks: Vec<SourceChunk>) -> Self {
        let bytes = chunks.iter().map(|chunk| chunk.bytes.len()).sum();
        Self { chunks: chunks.into(), bytes, preamble: None }
    }

    /// Takes chunks for `time` after the first one, or until there are enough bytes for another attempt.
    async fn collect(&mut self, source: &mut Source, intake: &mut Intake, time: Duration) {
        let mut until = Instant::now() + time;
        loop {
            let received = tokio::select! {
                received = intake.next(source) => received,
                () = sleep_until(until) => return,
            };
            let Some(chunk) = received else { return };
            if self.chunks.is_empty() {
                until = Instant::now() + time;
            }
            let before = self.bytes;
            self.bytes += chunk.bytes.len();
            // These bytes no longer count towards the buffer of the source.
            self.chunks.push_back(chunk.without_permit());
            if before / ATTEMPT_BYTES != self.bytes / ATTEMPT_BYTES {
                return;
            }
            if intake.awaits_keyframe() {
                self.discard_beginning();
            }
        }
    }

    fn discard_beginning(&mut self) {
        while self.bytes > MAX_UNDECODABLE_BYTES {
            let Some(chunk) = self.chunks.pop_front() else { return };
            self.bytes -= chunk.bytes.len();
            self.preamble = chunk.preamble.or(self.preamble.take());
        }
    }

    fn concat(&self) -> Vec<u8> {
        let mut all = Vec::with_capacity(self.bytes);
        self.preamble.iter().for_each(|preamble| all.extend_from_slice(preamble));
        self.chunks.iter().for_each(|chunk| all.extend_from_slice(&chunk.bytes));
        all
    }

    fn into_chunks(self) -> Vec<SourceChunk> {
        let arrived = self.chunks.front().map_or_else(Instant::now, |chunk| chunk.arrived);
        let as_chunk = |preamble: Bytes| SourceChunk::new(preamble.clone(), false).with_preamble(preamble);
        let preamble = self.preamble.map(|preamble| as_chunk(preamble).arrived_at(arrived));
        preamble.into_iter().chain(self.chunks).collect()
    }
}
