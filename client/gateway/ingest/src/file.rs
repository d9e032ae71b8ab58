//! Finished files: what they contain, and the renditions of a broadcast made of them, as fast as the machine can.

use crate::{
    broadcast::{
        AudioInfo, AudioTrack, BroadcastEvent, Protocol, Rendition, RenditionId, SourceInfo, MAX_WAITING_EVENTS,
    },
    ffmpeg::{read_output, Ffmpeg},
    hub::Hub,
    ingest::Ingest,
    plan::{Plan, MAX_SOURCE_SIDE},
    stream_rules::PreviewTracks,
    tracks::Track,
    transcode::{Child, FilePart, Job, JobInput, Reports, StartError, FIRST_TIME_S},
};
use bytes::Bytes;
use std::{io, path::Path, time::Duration};
use tokio::{
    sync::mpsc,
    task::JoinHandle,
    time::{sleep, timeout},
};
use vilokanam_ffmpeg::{probe, ProbeError, TextInfo};

/// Time without progress, while no output waits for its consumer, after which ffmpeg is ended.
const STALL_LIMIT: Duration = Duration::from_secs(120);
/// Maximum time for one picture of a file.
const STILL_TIMEOUT: Duration = Duration::from_secs(60);
/// Maximum size of one picture of a file.
const MAX_STILL_BYTES: u64 = 8 << 20;
/// Maximum width and height of one picture of a file: that of a Full HD rendition.
const MAX_STILL_SIDE: u32 = 1_920;
/// A file counts as complete if no more than a tenth of it, or five seconds, is missing.
const MISSING_PARTS: u64 = 10;
const MISSING_MS: u64 = 5_000;

/// Why a file cannot be turned into renditions.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// It contains neither video nor audio that is known.
    #[error(
        "no video and no sound was found in the file; upload a film or a sound file, such as MP4, MOV, MKV or MP3"
    )]
    NoMedia,
    /// Its pictures are too large.
    #[error("the pictures have {width}x{height} pixels, and no side may have more than {MAX_SOURCE_SIDE}")]
    TooLarge {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// Only a part of it can be read.
    #[error("the file is damaged: {read_s} s of {length_s} s could be read; check that it is complete")]
    Incomplete {
        /// Seconds that could be read.
        read_s: u64,
        /// Seconds that the file claims to have.
        length_s: u64,
    },
    /// ffmpeg could not decode it.
    #[error("the file cannot be decoded: {0}")]
    Undecodable(String),
    /// ffmpeg made no progress.
    #[error("the file cannot be decoded: ffmpeg made no progress for {} s", STALL_LIMIT.as_secs())]
    Stalled,
    /// The consumer dropped the transcode.
    #[error("the work was cancelled")]
    Cancelled,
    /// A program of ffmpeg cannot be run. This is not the file's fault.
    #[error("ffmpeg cannot be run: {0}")]
    Run(#[from] io::Error),
    /// ffprobe cannot be run or does not answer. This is not the file's fault, unless it is built to take very long.
    #[error(transparent)]
    Probe(ProbeError),
    /// The task that watches ffmpeg has ended early.
    #[error("the work ended unexpectedly: {0}")]
    Task(tokio::task::JoinError),
}

impl FileError {
    /// Whether the file is at fault, so that another attempt would end in the same way.
    pub fn is_of_file(&self) -> bool {
        matches!(
            self,
            Self::NoMedia | Self::TooLarge { .. } | Self::Incomplete { .. } | Self::Undecodable(_) | Self::Stalled
        )
    }
}

/// What a file contains.
#[derive(Clone, Debug, PartialEq)]
pub struct FileInfo {
    /// Video and audio.
    pub source: SourceInfo,
    /// Playing time in milliseconds, if the file states it: it has at least that.
    pub duration_ms: Option<u64>,
    /// Its audio tracks, with their places among those of the file. The first one is the main sound.
    pub audio: Vec<(u32, AudioInfo)>,
    /// Its subtitles that are text, see [`Ingest::subtitles`].
    pub texts: Vec<TextInfo>,
}

/// What becomes of a file.
#[derive(Clone, Debug, PartialEq)]
pub enum FileEvent {
    /// More bytes of a rendition's fragmented MP4, cut anywhere.
    Bytes {
        /// The rendition.
        rendition: RenditionId,
        /// The bytes.
        bytes: Bytes,
    },
    /// A still image, every [`thumbnail_interval_s`](crate::TranscodeConfig::thumbnail_interval_s) of the film.
    Thumbnail {
        /// One JPEG.
        jpeg: Bytes,
    },
}

impl Ingest {
    /// Describes a file. Only the file itself is read, whatever it refers to.
    ///
    /// # Errors
    ///
    /// It has no video and no sound, its pictures are too large, or ffprobe cannot be run.
    pub async fn identify_file(&self, path: &Path) -> Result<FileInfo, FileError> {
        let media = match probe::file(self.hub().ffmpeg.prober_of(path), path).await {
            Ok(media) => media,
            Err(ProbeError::UnknownFormat) => return Err(FileError::NoMedia),
            Err(error) => return Err(FileError::Probe(error)),
        };
        let audio = media.audio_places();
        let sound = audio.first().map(|(_, sound)| sound.clone());
        let source = SourceInfo { protocol: Protocol::File, video: media.video(), audio: sound };
        if source.video.is_none() && source.audio.is_none() {
            return Err(FileError::NoMedia);
        }
        if let Some(video) = source.video.as_ref().filter(|video| video.width.max(video.height) > MAX_SOURCE_SIDE) {
            return Err(FileError::TooLarge { width: video.width, height: video.height });
        }
        // Of fragmented MP4 that was cut from a longer film, ffprobe reports the time of its end as its duration.
        let length = media.duration.and_then(|end| end.checked_sub(media.start.unwrap_or_default()));
        let duration_ms = length.and_then(|length| u64::try_from(length.as_millis()).ok());
        Ok(FileInfo { source, duration_ms, audio, texts: media.texts() })
    }

    /// Begins to make the renditions of a file, or of a part of it, with the encoders and the ladder of broadcasts. Several audio
    /// tracks are renditions of their own if all of the file is taken; of a part, the first one is in all renditions.
    ///
    /// # Errors
    ///
    /// ffmpeg cannot be started.
    pub fn transcode_file(
        &self,
        path: &Path,
        info: &FileInfo,
        part: Option<FilePart>,
    ) -> Result<FileTranscode, FileError> {
        let hub: &Hub = self.hub();
        let config = &hub.config;
        let plan = Plan::new(&info.source, &config.transcode, u16::MAX).with_preview(PreviewTracks::None);
        let further = info.audio.iter().skip(1).filter(|_| part.is_none());
        let further: Vec<_> = further.map(|(place, audio)| (Track::Nth(*place), audio.clone())).collect();
        let plan = plan.with_audio_tracks(info.source.audio.as_ref(), &further);
        let (renditions, audio_tracks) = (plan.renditions.clone(), plan.audio_tracks());
        let audio = info.audio.first().map_or(0, |(place, _)| *place);
        let input = JobInput::File { path: path.to_owned(), part, audio };
        let job = Job { plan, input, start_s: FIRST_TIME_S, fragment_ms: config.transcode.fragment_ms };
        let (sender, events) = mpsc::channel(MAX_WAITING_EVENTS);
        let child = Child::start(&hub.ffmpeg, &job, &config.transcode, &config.work_dir, &sender);
        let child = child.map_err(|(StartError::Sockets(error) | StartError::Spawn(error))| FileError::Run(error))?;
        let reports = child.reports.clone();
        let length_ms = part.map_or(info.duration_ms, |part| Some(part.length_ms));
        let task = tokio::spawn(watch(child, sender, length_ms));
        Ok(FileTranscode { renditions, audio_tracks, events, reports, task })
    }

    /// Takes one picture of a file's video, as JPEG: at `at_ms`, or the first one if the file ends before.
    ///
    /// # Errors
    ///
    /// The file has no video, or it cannot be decoded.
    pub async fn still(&self, path: &Path, info: &FileInfo, at_ms: u64) -> Result<Bytes, FileError> {
        let (width, height) = info.source.video.as_ref().ok_or(FileError::NoMedia)?.shown;
        let size = still_size(width, height);
        let ffmpeg = &self.hub().ffmpeg;
        let found = still(ffmpeg, path, size, at_ms).await?;
        if found.is_empty() && at_ms > 0 {
            return non_empty(still(ffmpeg, path, size, 0).await?);
        }
        non_empty(found)
    }
}

/// Renditions that are being made of a file. Dropping it ends the work.
#[derive(Debug)]
pub struct FileTranscode {
    renditions: Vec<Rendition>,
    audio_tracks: Vec<AudioTrack>,
    events: mpsc::Receiver<BroadcastEvent>,
    reports: Reports,
    task: JoinHandle<Result<(), FileError>>,
}

impl FileTranscode {
    /// The renditions, lowest first.
    pub fn renditions(&self) -> &[Rendition] {
        &self.renditions
    }

    /// Audio tracks whose bytes come as those of renditions, if there are several.
    pub fn audio_tracks(&self) -> &[AudioTrack] {
        &self.audio_tracks
    }

    /// Milliseconds of the film that are encoded.
    pub fn encoded_ms(&self) -> u64 {
        self.reports.latest().written_ms()
    }

    /// Returns what comes next. `None`: nothing more will come, see [`Self::finish`] for the reason. A consumer that takes
    /// its time makes ffmpeg wait. Cancel safe.
    pub async fn next(&mut self) -> Option<FileEvent> {
        loop {
            match self.events.recv().await? {
                BroadcastEvent::Bytes { rendition, bytes } => return Some(FileEvent::Bytes { rendition, bytes }),
                BroadcastEvent::Thumbnail { jpeg } => return Some(FileEvent::Thumbnail { jpeg }),
                _ => {}
            }
        }
    }

    /// Waits for the end of ffmpeg.
    ///
    /// # Errors
    ///
    /// The file, or a part of it, could not be decoded. What came before is not to be used.
    pub async fn finish(self) -> Result<(), FileError> {
        drop(self.events);
        self.task.await.map_err(FileError::Task)?
    }
}

/// Watches ffmpeg to its end, and ends it when it makes no progress or its output is not wanted any more.
async fn watch(
    mut child: Child,
    events: mpsc::Sender<BroadcastEvent>,
    length_ms: Option<u64>,
) -> Result<(), FileError> {
    let reports = child.reports.clone();
    let ended = tokio::select! {
        biased;
        status = child.complete() => Ok(status?),
        () = events.closed() => Err(FileError::Cancelled),
        () = stall(&reports, &events) => Err(FileError::Stalled),
    };
    let status = match ended {
        Ok(status) => status,
        Err(error) => {
            child.stop().await;
            return Err(error);
        }
    };
    let encoded_ms = reports.latest().written_ms();
    if !status.success() || child.sent_bytes() == 0 {
        tracing::debug!(%status, stderr = child.stderr().text(), "ffmpeg could not decode a file");
        return Err(FileError::Undecodable(child.stderr().last()));
    }
    check_length(encoded_ms, length_ms)
}

/// Waits until ffmpeg makes no progress although its consumer waits for it.
async fn stall(reports: &Reports, events: &mpsc::Sender<BroadcastEvent>) {
    let mut reached_ms = None;
    loop {
        sleep(STALL_LIMIT).await;
        let now_ms = Some(reports.latest().written_ms());
        if now_ms == reached_ms && events.capacity() == events.max_capacity() {
            return;
        }
        reached_ms = now_ms;
    }
}

/// Checks that nearly everything was decoded: a file that was cut off would be sold as if it were whole.
fn check_length(encoded_ms: u64, length_ms: Option<u64>) -> Result<(), FileError> {
    let Some(length_ms) = length_ms else { return Ok(()) };
    let missing_ms = length_ms.saturating_sub(encoded_ms);
    if missing_ms > MISSING_MS.max(length_ms / MISSING_PARTS) {
        return Err(FileError::Incomplete { read_s: encoded_ms / 1_000, length_s: length_ms / 1_000 });
    }
    Ok(())
}

/// The size of a picture: that of the video, reduced to the limit.
fn still_size(width: u32, height: u32) -> (u32, u32) {
    let longest = u64::from(width.max(height).max(1));
    let limit = u64::from(MAX_STILL_SIDE).min(longest);
    let side = |length: u32| u32::try_from(u64::from(length) * limit / longest).unwrap_or(MAX_STILL_SIDE).max(2);
    (side(width), side(height))
}

async fn still(ffmpeg: &Ffmpeg, path: &Path, (width, height): (u32, u32), at_ms: u64) -> Result<Vec<u8>, FileError> {
    let (time, filter) = (format!("{at_ms}ms"), format!("scale={width}:{height},setsar=1,format=yuvj420p"));
    let picture = ["-map", "0:V:0", "-frames:v", "1", "-vf", &filter];
    let encoded = ["-c:v", "mjpeg", "-q:v", "3", "-f", "image2pipe", "pipe:1"];
    let mut child = ffmpeg.start_still(path, &["-ss", &time], &[&picture[..], &encoded[..]].concat())?;
    // It has closed its output then, or writes more than is read; dropping it ends it.
    Ok(timeout(STILL_TIMEOUT, read_output(&mut child, MAX_STILL_BYTES)).await.map_err(|_| FileError::Stalled)??)
}

fn non_empty(jpeg: Vec<u8>) -> Result<Bytes, FileError> {
    if jpeg.is_empty() {
        return Err(FileError::Undecodable("it has no picture that can be decoded".into()));
    }
    Ok(jpeg.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_that_was_cut_off_is_damaged() {
        assert!(check_length(60_000, Some(60_040)).is_ok());
        assert!(check_length(1_500, Some(6_000)).is_ok(), "a short file may differ by a few seconds");
        assert!(check_length(55_000, None).is_ok(), "nothing to compare with");
        let error = check_length(20_000, Some(60_000)).unwrap_err();
        assert!(error.is_of_file() && error.to_string().contains("20 s of 60 s"), "{error}");
    }

    #[test]
    fn stills_keep_the_shape_of_the_video() {
        assert_eq!(still_size(640, 360), (640, 360));
        assert_eq!(still_size(3_840, 2_160), (1_920, 1_080));
        assert_eq!(still_size(1_080, 1_920), (1_080, 1_920));
        assert_eq!(still_size(8_192, 2), (1_920, 2));
    }
}
