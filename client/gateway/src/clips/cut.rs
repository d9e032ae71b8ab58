//! Cutting clips.

use super::{
    choose::{chosen, Placed},
    error::{ClipError, Reach, MAX_PART_BYTES},
};
use crate::{
    jobs::{JobInput, Jobs, MAX_OPEN_PER_STREAM},
    live::{ChannelRegistry, ClipSound, Recordings},
    secrets::Secrets,
    uploads::{NewUpload, Uploads, MAX_TITLE_CHARS},
    use_cases::contains,
};
use bytes::Bytes;
use std::{
    future::{ready, Future},
    ops::RangeInclusive,
    sync::Arc,
};
use tick_stream_primitives::{clock::now_ms, AccountId, StreamId};
use tokio::sync::Semaphore;
use vilokanam_indexer::{JobRow, Store};
use vilokanam_media::{Segment, StreamSecret, Uris};
use vilokanam_mp4::join;
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
        let part = match &clip.source {
            ClipFrom::Live(_) => self.live_part(stream, clip.start_ms, length_ms, &paid).await?,
            ClipFrom::Recording(named) => {
                self.recorded_part(stream, named.number, clip.start_ms, length_ms, &paid).await?
            }
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
        if let ClipFrom::Recording(named) = &clip.source {
            self.recordings.shown(stream, named).await?.ok_or(ClipError::NoRecording(named.number))?;
        }
        let clips = self.index.clips_since(stream, now_ms().saturating_sub(DAY_MS)).await?;
        check_share(&clips, self.index.open_jobs_of(stream).await?, viewer)
    }

    /// Cuts from what a broadcast lists now.
    async fn live_part(&self, stream: StreamId, start_ms: i64, length_ms: u64, paid: &Paid) -> Result<Part, ClipError> {
        let channel = self.live.channel(stream).ok_or(ClipError::NotLive)?;
        let (rendition, segments, sound) = channel.best_segments().ok_or(ClipError::NotLive)?;
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
                let (segments, sound) = (&found.segments[range], found.sound.as_ref());
                let taken = Taken { rendition: &found.rendition, segments, sound };
                let files = self.stored(stream, channel.number, &taken).await?;
                return self.part_of_broadcast(stream, channel.number, files, lead_ms, start_ms).await;
            }
        }
        let first_ms = placed.first().map_or(end_ms, |first| first.start_ms);
        let range = chosen(&placed, Reach::Broadcast { first_ms, end_ms }, start_ms, length_ms)?;
        let (first, segments) = (placed[range.start], &segments[range]);
        check_paid(paid, segments)?;
        let taken = Taken { rendition: &rendition, segments, sound: sound.as_ref() };
        let read = |path: String| ready(channel.available(&path).ok_or(ClipError::Expired));
        let files = self.files(stream, &taken, read).await?;
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

    /// Collects what is taken from the object store.
    async fn stored(&self, stream: StreamId, number: u64, taken: &Taken<'_>) -> Result<Files, ClipError> {
        let recordings = &self.recordings;
        let read = move |path: String| async move {
            recordings.file(stream, number, &path).await?.ok_or(ClipError::NoRecording(number))
        };
        self.files(stream, taken, read).await
    }

    /// Collects what is taken, decrypted: an initialisation, and the media of each segment. `read` returns the file of a path.
    async fn files<F: Future<Output = Result<Bytes, ClipError>>>(
        &self,
        stream: StreamId,
        taken: &Taken<'_>,
        read: impl Fn(String) -> F,
    ) -> Result<Files, ClipError> {
        let mut files = Files::new(&self.secrets, stream)?;
        let Some(first) = taken.segments.first() else { return Ok(files) };
        let init = read(self.uris.init(taken.rendition, first.head.init)).await?;
        let sound = match taken.first_sound() {
            Some((rendition, first)) => {
                let sound_init = read(self.uris.init(rendition, first.head.init)).await?;
                let joined = join(&init, &sound_init).ok_or(ClipError::NotJoined)?;
                files.add(joined.init.into())?;
                Some((rendition, joined.sound))
            }
            None => {
                files.add(init)?;
                None
            }
        };
        for segment in taken.segments {
            let index = segment.head.index;
            let picture = read(self.uris.segment(taken.rendition, index)).await?;
            files.add(files.clear(segment, picture)?)?;
            if let (Some((rendition, track)), Some(segment)) = (sound, taken.sound_of(index)) {
                let encrypted = read(self.uris.segment(rendition, index)).await?;
                let mut clear = files.clear(segment, encrypted)?.to_vec();
                track.renumber(&mut clear);
                files.add(clear.into())?;
            }
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
        let (segments, sound) = (&found.segments[range], found.sound.as_ref());
        let files = self.stored(stream, number, &Taken { rendition: &found.rendition, segments, sound }).await?;
        Ok(Part { files: files.files, lead_ms, number, start_ms })
    }
}

/// Checks that a viewer may make one more clip of a stream, by its clips of the last day and the number of its open jobs.
fn check_share(clips: &[JobRow], open_jobs: u64, viewer: &AccountId) -> Result<(), ClipError> {
    let is_viewers = |job: &&JobRow| serde_json::from_str::<JobInput>(&job.input).is_ok_and(|input| input.is_unlisted);
    let made: Vec<_> = clips.iter().filter(is_viewers).collect();
    let own = made.iter().filter(|job| job.owner == *viewer).count();
    if own >= MAX_CLIPS_OF_VIEWER || made.len() >= MAX_CLIPS_OF_VIEWERS {
        return Err(ClipError::TooMany);
    }
    // Places in the queue are left to the creator.
    if open_jobs >= MAX_OPEN_PER_STREAM / 2 {
        return Err(ClipError::Busy);
    }
    Ok(())
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

/// What a clip is cut from.
struct Taken<'a> {
    /// Name of the rendition.
    rendition: &'a str,
    segments: &'a [Segment],
    /// The sound, if the segments have the picture alone.
    sound: Option<&'a ClipSound>,
}

impl<'a> Taken<'a> {
    /// The segment of the sound at an index.
    fn sound_of(&self, index: u64) -> Option<&'a Segment> {
        self.sound?.segment(index)
    }

    /// Name and first segment of the sound, if there is any.
    fn first_sound(&self) -> Option<(&'a str, &'a Segment)> {
        let first = self.segments.iter().find_map(|segment| self.sound_of(segment.head.index))?;
        Some((self.sound?.rendition.as_str(), first))
    }
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

    /// Removes the encryption of a segment.
    fn clear(&self, segment: &Segment, bytes: Bytes) -> Result<Bytes, ClipError> {
        let head = segment.head;
        if !head.encrypted {
            return Ok(bytes);
        }
        Ok(self.secret.key(head.index).decrypt(&bytes)?)
    }

    fn add(&mut self, bytes: Bytes) -> Result<(), ClipError> {
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
    use vilokanam_indexer::JobState;
    use vilokanam_wire::uploads::LiveWord;

    /// Clips of an account, made as viewers or as the creator makes them.
    fn clips(owner: u8, count: usize, is_unlisted: bool) -> Vec<JobRow> {
        let input = JobInput {
            upload: "u".into(),
            title: String::new(),
            part: Some((0, 5_000)),
            is_free: false,
            is_unlisted,
            clip_of: Some((1, 0, 5_000)),
        };
        let job = JobRow {
            id: "j".into(),
            kind: "clip".into(),
            stream: 7,
            owner: AccountId::new([owner; 32]),
            state: JobState::Failed,
            progress_ppm: 0,
            error: String::new(),
            created_at: 1_000,
            updated_at: 1_000,
            input: serde_json::to_string(&input).unwrap(),
            output: "{}".into(),
        };
        vec![job; count]
    }

    /// Whether viewer 1 may make one more clip beside these.
    fn one_more(clips: &[Vec<JobRow>], open_jobs: u64) -> Result<(), ClipError> {
        check_share(&clips.concat(), open_jobs, &AccountId::new([1; 32]))
    }

    #[test]
    fn viewer_makes_20_clips_of_a_stream_in_a_day() {
        assert!(one_more(&[], 0).is_ok() && one_more(&[clips(1, 19, true)], 0).is_ok());
        assert!(matches!(one_more(&[clips(1, 20, true)], 0), Err(ClipError::TooMany)), "whatever became of them");
        assert!(one_more(&[clips(1, 19, true), clips(2, 20, true)], 0).is_ok(), "those of another viewer");
    }

    #[test]
    fn all_viewers_make_60_clips_of_a_stream_in_a_day() {
        let others = |last| [clips(2, 20, true), clips(3, 20, true), clips(4, last, true)];
        assert!(one_more(&others(19), 0).is_ok());
        assert!(matches!(one_more(&others(20), 0), Err(ClipError::TooMany)));
        assert!(one_more(&[clips(9, 80, false)], 0).is_ok(), "those of the creator are not counted");
    }

    #[test]
    fn half_of_the_places_in_the_queue_are_the_creators() {
        assert!(one_more(&[], MAX_OPEN_PER_STREAM / 2 - 1).is_ok());
        assert!(matches!(one_more(&[], MAX_OPEN_PER_STREAM / 2), Err(ClipError::Busy)));
    }

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
