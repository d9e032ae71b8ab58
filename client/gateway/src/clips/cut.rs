//! Cutting clips.

use super::{
    choose::{chosen, Placed},
    error::{ClipError, Reach, MAX_PART_BYTES},
};
use crate::{
    jobs::{JobInput, Jobs, MAX_OPEN_PER_STREAM},
    live::{ChannelRegistry, Recordings},
    secrets::Secrets,
    uploads::{NewUpload, Uploads, MAX_TITLE_CHARS},
    use_cases::contains,
};
use bytes::Bytes;
use std::{ops::RangeInclusive, sync::Arc};
use tick_stream_primitives::{clock::now_ms, AccountId, StreamId};
use tokio::sync::Semaphore;
use vilokanam_indexer::{JobRow, Store};
use vilokanam_media::{Segment, StreamSecret, Uris};
use vilokanam_wire::uploads::{ClipFrom, NewClip, MAX_CLIP_MS, MIN_CLIP_MS};

/// Clips whose files are being made, each of them in memory.
const CUT_AT_ONCE: usize = 2;

/// Clips that one viewer makes of a stream in a day, and that all its viewers make. Each is encoded and stored at the cost of the
/// gateway and of the creator's quota, although its seconds were paid once.
const MAX_CLIPS_OF_VIEWER: usize = 20;
const MAX_CLIPS_OF_VIEWERS: usize = 60;
const DAY_MS: u64 = 86_400_000;

/// Keys that were paid for, in ascending order. `None`: everything may be taken.
type Paid = Option<Vec<RangeInclusive<u64>>>;

/// Who makes a clip.
pub enum ClipMaker {
    /// The creator of the stream, of everything.
    Creator(AccountId),
    /// A viewer, of what was paid for.
    Payer {
        viewer: AccountId,
        /// Keys that the viewer has bought, in ascending order.
        paid: Vec<RangeInclusive<u64>>,
    },
}

/// What makes clips.
pub struct Clips {
    pub index: Store,
    pub live: Arc<ChannelRegistry>,
    pub recordings: Arc<Recordings>,
    pub secrets: Arc<Secrets>,
    pub uploads: Arc<Uploads>,
    pub jobs: Arc<Jobs>,
    /// Names of files in the folder of a broadcast or a recording.
    pub uris: Uris,
    turns: Semaphore,
}

/// The part of a source from which a clip is cut.
struct Part {
    /// An initialisation and whole segments, not encrypted.
    files: Vec<Bytes>,
    /// Time from the beginning of the first segment to that of the clip, in milliseconds.
    lead_ms: u64,
    /// Number of the broadcast or recording, and the beginning of the clip in it.
    number: u64,
    start_ms: u64,
}

impl Clips {
    pub fn new(
        index: Store,
        (live, recordings): (Arc<ChannelRegistry>, Arc<Recordings>),
        secrets: Arc<Secrets>,
        (uploads, jobs): (Arc<Uploads>, Arc<Jobs>),
        uris: Uris,
    ) -> Self {
        Self { index, live, recordings, secrets, uploads, jobs, uris, turns: Semaphore::new(CUT_AT_ONCE) }
    }

    /// Cuts a clip. Returns the job that makes a recording of it.
    pub async fn cut(&self, stream: StreamId, maker: ClipMaker, clip: &NewClip) -> Result<JobRow, ClipError> {
        let length_ms = length_of(clip)?;
        let (owner, paid) = match maker {
            ClipMaker::Creator(owner) => (owner, None),
            ClipMaker::Payer { viewer, paid } => (viewer, Some(paid)),
        };
        if paid.is_some() && clip.is_free {
            return Err(ClipError::NotFree);
        }
        if clip.title.chars().count() > MAX_TITLE_CHARS {
            return Err(ClipError::Title);
        }
        if paid.is_some() {
            self.check_viewer(stream, &owner, clip).await?;
        }
        self.jobs.check_room(stream).await?;
        let _turn = self.turns.try_acquire().map_err(|_| ClipError::Busy)?;
        let part = match clip.source {
            ClipFrom::Live(_) => self.live_part(stream, clip.start_ms, length_ms, &paid).await?,
            ClipFrom::Recording(number) => self.recorded_part(stream, number, clip.start_ms, length_ms, &paid).await?,
        };
        let length = part.files.iter().map(|file| file.len() as u64).sum();
        let new =
            NewUpload { stream, owner, length, filename: String::new(), title: clip.title.clone(), is_clip: true };
        let info = self.uploads.create(new, now_ms())?;
        let unfinished = Unfinished { uploads: &self.uploads, id: &info.id, is_finished: false };
        let mut append = self.uploads.append(&info.id, 0).await?;
        for file in &part.files {
            append.write(file).await?;
        }
        append.finish().await?;
        let input = JobInput {
            upload: info.id.clone(),
            title: info.title.clone(),
            part: Some((part.lead_ms, length_ms)),
            is_free: clip.is_free,
            is_unlisted: paid.is_some(),
            clip_of: Some((part.number, part.start_ms, part.start_ms.saturating_add(length_ms))),
        };
        let job = self.jobs.add_clip(&info, &input).await?;
        unfinished.finish();
        Ok(job)
    }

    /// Checks that a viewer may make one more clip, and of this source.
    async fn check_viewer(&self, stream: StreamId, viewer: &AccountId, clip: &NewClip) -> Result<(), ClipError> {
        if let ClipFrom::Recording(number) = clip.source {
            self.recordings.watchable(stream, number).await?.ok_or(ClipError::NoRecording(number))?;
        }
        let since = now_ms().saturating_sub(DAY_MS);
        let is_viewers =
            |job: &JobRow| serde_json::from_str::<JobInput>(&job.input).is_ok_and(|input| input.is_unlisted);
        let jobs = self.index.jobs_of(stream).await?;
        let made: Vec<_> = jobs.iter().filter(|job| job.created_at >= since && is_viewers(job)).collect();
        let own = made.iter().filter(|job| job.owner == *viewer).count();
        if own >= MAX_CLIPS_OF_VIEWER || made.len() >= MAX_CLIPS_OF_VIEWERS {
            return Err(ClipError::TooMany);
        }
        // Places in the queue are left to the creator.
        let open = jobs.iter().filter(|job| !job.state.is_over()).count();
        if open as u64 >= MAX_OPEN_PER_STREAM / 2 {
            return Err(ClipError::Busy);
        }
        Ok(())
    }

    /// Cuts from what a broadcast lists now.
    async fn live_part(&self, stream: StreamId, start_ms: i64, length_ms: u64, paid: &Paid) -> Result<Part, ClipError> {
        let channel = self.live.channel(stream).ok_or(ClipError::NotLive)?;
        let (rendition, segments) = channel.best_segments().ok_or(ClipError::NotLive)?;
        let placed = by_date(&segments);
        let end_ms = placed.last().map_or(0, |last| last.end_ms());
        let start_ms = match u64::try_from(start_ms) {
            Ok(time_ms) if time_ms > 0 => time_ms,
            _ => end_ms.saturating_sub(start_ms.unsigned_abs()),
        };
        if placed.first().is_some_and(|first| start_ms < first.start_ms) {
            // The playlist lists it no more, but it may have been recorded.
            let wanted = (start_ms, start_ms.saturating_add(length_ms));
            if let Some(found) = self.recordings.growing_material(stream, channel.number, wanted).await? {
                let (placed, (first_ms, end_ms)) = (by_date(&found.segments), found.reach_ms);
                let range = chosen(&placed, Reach::Broadcast { first_ms, end_ms }, start_ms, length_ms)?;
                check_paid(paid, &found.segments[range.clone()])?;
                let lead_ms = start_ms - placed[range.start].start_ms;
                let files = self.stored(stream, channel.number, &found.rendition, &found.segments[range]).await?;
                return self.part_of_broadcast(stream, channel.number, files, lead_ms, start_ms).await;
            }
        }
        let first_ms = placed.first().map_or(end_ms, |first| first.start_ms);
        let range = chosen(&placed, Reach::Broadcast { first_ms, end_ms }, start_ms, length_ms)?;
        let (first, segments) = (placed[range.start], &segments[range]);
        check_paid(paid, segments)?;
        let mut files = Files::new(&self.secrets, stream)?;
        let init = channel.available(&self.uris.init(&rendition, segments[0].head.init));
        files.add_clear(init.ok_or(ClipError::Expired)?)?;
        for segment in segments {
            let bytes = channel.available(&self.uris.segment(&rendition, segment.head.index));
            files.add(segment, bytes.ok_or(ClipError::Expired)?)?;
        }
        let lead_ms = start_ms - first.start_ms;
        self.part_of_broadcast(stream, channel.number, files, lead_ms, start_ms).await
    }

    /// A part of a broadcast, which begins at a time of day.
    async fn part_of_broadcast(
        &self,
        stream: StreamId,
        number: u64,
        files: Files,
        lead_ms: u64,
        time_ms: u64,
    ) -> Result<Part, ClipError> {
        let begun_at = self.index.any_recording(stream, number).await?.map_or(time_ms, |row| row.created_at);
        Ok(Part { files: files.files, lead_ms, number, start_ms: time_ms.saturating_sub(begun_at) })
    }

    /// Reads an initialisation and segments from the object store, and decrypts them.
    async fn stored(
        &self,
        stream: StreamId,
        number: u64,
        rendition: &str,
        segments: &[Segment],
    ) -> Result<Files, ClipError> {
        let missing = || ClipError::NoRecording(number);
        let mut files = Files::new(&self.secrets, stream)?;
        let first = segments.first().ok_or_else(missing)?;
        let init = self.uris.init(rendition, first.head.init);
        files.add_clear(self.recordings.file(stream, number, &init).await?.ok_or_else(missing)?)?;
        for segment in segments {
            let path = self.uris.segment(rendition, segment.head.index);
            files.add(segment, self.recordings.file(stream, number, &path).await?.ok_or_else(missing)?)?;
        }
        Ok(files)
    }

    /// Cuts from a recording, whose times begin at 0.
    async fn recorded_part(
        &self,
        stream: StreamId,
        number: u64,
        start_ms: i64,
        length_ms: u64,
        paid: &Paid,
    ) -> Result<Part, ClipError> {
        let missing = || ClipError::NoRecording(number);
        let from_ms = start_ms.max(0).unsigned_abs();
        let wanted = (from_ms, from_ms.saturating_add(length_ms));
        let found = self.recordings.material(stream, number, wanted).await?.ok_or_else(missing)?;
        let reach = Reach::Recording { length_ms: found.reach_ms.1 };
        let start_ms = u64::try_from(start_ms).map_err(|_| ClipError::OutOfRange(reach))?;
        let mut placed: Vec<Placed> = Vec::with_capacity(found.segments.len());
        for segment in &found.segments {
            let at_ms = placed.last().map_or(found.start_ms, |last| last.end_ms());
            placed.push(Placed::new(segment, at_ms));
        }
        let range = chosen(&placed, reach, start_ms, length_ms)?;
        check_paid(paid, &found.segments[range.clone()])?;
        let lead_ms = start_ms - placed[range.start].start_ms;
        let files = self.stored(stream, number, &found.rendition, &found.segments[range]).await?;
        Ok(Part { files: files.files, lead_ms, number, start_ms })
    }
}

/// Checks that all segments were paid for, before anything is read of them. Those that are not encrypted are slates, which cost
/// nothing.
fn check_paid(paid: &Paid, segments: &[Segment]) -> Result<(), ClipError> {
    let Some(paid) = paid else { return Ok(()) };
    let is_paid = |segment: &Segment| {
        let index = segment.head.index;
        !segment.head.encrypted || contains(paid, &(index..=index))
    };
    if segments.iter().all(is_paid) && !paid.is_empty() {
        Ok(())
    } else {
        Err(ClipError::NotBought)
    }
}

/// Segments of a broadcast, placed by the time of day.
fn by_date(segments: &[Segment]) -> Vec<Placed> {
    segments.iter().map(|segment| Placed::new(segment, segment.head.date_ms)).collect()
}

/// The length of a clip, if it is allowed.
fn length_of(clip: &NewClip) -> Result<u64, ClipError> {
    let ms = u64::try_from(clip.end_ms.saturating_sub(clip.start_ms)).map_err(|_| ClipError::Reversed)?;
    if !(MIN_CLIP_MS..=MAX_CLIP_MS).contains(&ms) {
        return Err(ClipError::Length { ms });
    }
    Ok(ms)
}

/// Files that are collected, decrypted and within the limit.
struct Files {
    secret: StreamSecret,
    files: Vec<Bytes>,
    bytes: usize,
}

impl Files {
    fn new(secrets: &Secrets, stream: StreamId) -> Result<Self, ClipError> {
        Ok(Self { secret: secrets.of(stream)?, files: Vec::new(), bytes: 0 })
    }

    fn add(&mut self, segment: &Segment, bytes: Bytes) -> Result<(), ClipError> {
        let head = segment.head;
        if !head.encrypted {
            return self.add_clear(bytes);
        }
        self.add_clear(self.secret.key(head.index).decrypt(&bytes)?)
    }

    fn add_clear(&mut self, bytes: Bytes) -> Result<(), ClipError> {
        self.bytes += bytes.len();
        if self.bytes > MAX_PART_BYTES {
            return Err(ClipError::TooLarge);
        }
        self.files.push(bytes);
        Ok(())
    }
}

/// Removes the file of a clip that gets no job.
struct Unfinished<'a> {
    uploads: &'a Uploads,
    id: &'a str,
    is_finished: bool,
}

impl Unfinished<'_> {
    fn finish(mut self) {
        self.is_finished = true;
    }
}

impl Drop for Unfinished<'_> {
    fn drop(&mut self) {
        if !self.is_finished {
            self.uploads.remove(self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use vilokanam_wire::uploads::LiveWord;

    fn clip(start_ms: i64, end_ms: i64) -> NewClip {
        let source = ClipFrom::Live(LiveWord::Live);
        NewClip { source, start_ms, end_ms, title: String::new(), is_free: false }
    }

    fn segment(index: u64, encrypted: bool) -> Segment {
        let text = serde_json::json!({
            "head": {"index": index, "init": 9, "date_ms": 0, "discontinuity": false, "discontinuities": 0,
                "encrypted": encrypted},
            "duration": {"units": 2_000, "timescale": 1_000}, "ticks": 2, "bytes": 10, "samples": 60, "parts": [],
            "gap": false
        });
        serde_json::from_value(text).unwrap()
    }

    #[test]
    fn viewer_gets_nothing_that_was_not_paid_for() {
        let segments = [segment(5, true), segment(6, false), segment(7, true)];
        let paid = |ranges: &[RangeInclusive<u64>]| check_paid(&Some(ranges.to_vec()), &segments).is_ok();
        assert!(check_paid(&None, &segments).is_ok(), "the creator");
        assert!(paid(&[5..=5, 7..=9]) && paid(&[0..=9]), "a slate in between costs nothing");
        assert!(!paid(&[5..=6]) && !paid(&[6..=7]) && !paid(&[]));
        let slate = check_paid(&Some(Vec::new()), &segments[1..2]);
        assert!(slate.is_err(), "who has paid for nothing gets no clip of a slate either");
    }

    #[test]
    fn clips_have_from_5_to_120_seconds() {
        for (start_ms, end_ms) in [(0, 5_000), (-5_000, 0), (-120_000, 0), (1_000, 121_000)] {
            assert!(length_of(&clip(start_ms, end_ms)).is_ok(), "{start_ms} {end_ms}");
        }
        for (start_ms, end_ms) in [(0, 4_999), (0, 120_001), (0, 0), (i64::MIN, i64::MAX)] {
            let refused = length_of(&clip(start_ms, end_ms));
            assert!(matches!(refused, Err(ClipError::Length { .. })), "{start_ms} {end_ms}");
        }
        assert!(matches!(length_of(&clip(5_000, 0)), Err(ClipError::Reversed)));
        let words = length_of(&clip(0, 4_999)).unwrap_err().to_string();
        assert_eq!(words, "The clip has 4.999 s; it must have from 5 to 120 s.");
    }
}
