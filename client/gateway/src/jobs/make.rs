//! Making a recording of a file.

use super::input::{JobInput, JobOutput};
use crate::{
    images::Images,
    live::{
        discard, folder_of, keys_of_file, KeyIndexLease, LiveError, NoRoom, Package, PackageError, Packaged, Storyboard,
    },
    notices::Happening,
    publishing::BroadcastContext,
};
use std::{path::Path, sync::Arc, time::Duration};
use tick_stream_primitives::{clock::now_ms, StreamId};
use vilokanam_indexer::{GatewayStateError, JobRow, RecordingRow, RecordingState, Visibility};
use vilokanam_ingest::{FileError, FileEvent, FileInfo, FileTranscode, Ingest};

/// Interval at which the progress of a job is stored, and at which it is noticed that it was cancelled.
const PROGRESS_EVERY: Duration = Duration::from_secs(1);
/// A poster is taken a tenth into the film, but not later than this.
const LATEST_POSTER_MS: u64 = 60_000;
/// Milliseconds of an hour.
const HOUR_MS: u64 = 3_600_000;

/// Why a recording could not be made.
#[derive(Debug, thiserror::Error)]
pub enum MakeError {
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Package(#[from] PackageError),
    #[error(transparent)]
    Live(#[from] LiveError),
    #[error(transparent)]
    Records(#[from] GatewayStateError),
    #[error(transparent)]
    Room(#[from] NoRoom),
    #[error("the film is longer than {hours} hours, which is the limit of this gateway; cut it into parts")]
    TooLong { hours: u64 },
    #[error("the job was cancelled")]
    Cancelled,
    #[error("the job failed {attempts} times; ask the operator of the gateway, whose log has the reasons")]
    GivenUp { attempts: u32 },
}

impl MakeError {
    /// Whether another attempt may succeed: whether the gateway is at fault, and not the file.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::File(error) => !error.is_of_file() && !matches!(error, FileError::Cancelled),
            Self::Package(PackageError::Live(LiveError::Media(_)) | PackageError::Empty | PackageError::Full(_)) => {
                false
            }
            Self::Package(_) | Self::Live(_) | Self::Records(_) => true,
            Self::Room(NoRoom::Records(_) | NoRoom::Index(_)) => true,
            Self::Room(_) | Self::TooLong { .. } | Self::Cancelled | Self::GivenUp { .. } => false,
        }
    }
}

/// What makes recordings.
pub struct Maker {
    pub context: Arc<BroadcastContext>,
    pub ingest: Ingest,
    pub images: Arc<Images>,
    /// Maximum length of a film in hours.
    pub max_hours: u32,
}

impl Maker {
    /// Makes the recording of a job, and returns its number. If it fails, [`Self::discard`] removes what was made.
    pub async fn make(&self, job: &JobRow, input: &JobInput, body: &Path, output: JobOutput) -> Result<u64, MakeError> {
        let info = self.ingest.identify_file(body).await?;
        let length_ms = input.part.map(|(_, length_ms)| length_ms).or(info.duration_ms);
        self.check_length(length_ms.unwrap_or(0))?;
        self.context.archive.room.check(job.stream, 0).await?;
        let count = keys_of_file(length_ms.unwrap_or_else(|| u64::from(self.max_hours) * HOUR_MS));
        let (keys, row) = self.begin(job, input, output, count).await?;
        let place = (row.stream, row.number);
        let transcode = self.ingest.transcode_file(body, &info, input.file_part())?;
        let (store, secrets, uris) = (&self.context.archive.store, &self.context.secrets, self.context.uris.clone());
        let tracks = (transcode.renditions(), transcode.audio_tracks());
        let package = Package::begin(store.clone(), secrets, uris, place, keys, tracks)?;
        let packaged = self.package(job, transcode, package, place, length_ms).await?;
        if input.part.is_none() {
            super::texts::keep(&self.context.archive, &self.ingest, place, body, &info.texts).await;
        }
        let poster = self.poster(job, input, body, &info, packaged.duration_ms).await;
        let made = self.context.index.change_recording(row.stream, row.number, |row| {
            row.state = RecordingState::Ready;
            row.published_at = Some(now_ms());
            (row.duration_ms, row.bytes, row.poster) = (packaged.duration_ms, packaged.bytes, poster);
        });
        // The creator may have deleted it in the meantime.
        made.await?.map(|row| row.number).ok_or(MakeError::Cancelled)
    }

    /// Reserves `count` keys and adds the recording, and writes its number down before anything is stored of it.
    async fn begin(
        &self,
        job: &JobRow,
        input: &JobInput,
        output: JobOutput,
        count: u64,
    ) -> Result<(KeyIndexLease, RecordingRow), MakeError> {
        let (index, secrets) = (self.context.index.clone(), self.context.secrets.clone());
        let begun = KeyIndexLease::begin_recording(index.clone(), secrets, job.stream, input.kind(), count);
        let (keys, row) = begun.await?;
        let output = JobOutput { recording: Some(row.number), ..output };
        let written = index.change_job(&job.id, now_ms(), |job| job.output = output.to_json()).await;
        if !matches!(written, Ok(Some(_))) {
            self.discard(row.stream, Some(row.number)).await;
            return Err(written.err().map_or(MakeError::Cancelled, MakeError::Records));
        }
        let described = index.change_recording(row.stream, row.number, |row| {
            row.folder = folder_of(row.stream, row.number).to_string();
            row.title = input.title.clone();
            row.is_free = input.is_free;
            row.visibility = if input.is_unlisted { Visibility::Unlisted } else { Visibility::Public };
            row.clip = input.clip(row.stream);
        });
        described.await?;
        Ok((keys, row))
    }

    async fn package(
        &self,
        job: &JobRow,
        mut transcode: FileTranscode,
        mut package: Package,
        (stream, number): (StreamId, u64),
        length_ms: Option<u64>,
    ) -> Result<Packaged, MakeError> {
        let storyboard = Storyboard::new(self.context.archive.store.clone(), stream, number, true);
        let mut tick = tokio::time::interval(PROGRESS_EVERY);
        loop {
            let event = tokio::select! {
                event = transcode.next() => event,
                _ = tick.tick() => {
                    self.report(job, transcode.encoded_ms(), length_ms).await?;
                    self.context.archive.room.check(stream, package.bytes()).await?;
                    continue;
                }
            };
            match event {
                Some(FileEvent::Bytes { rendition, bytes }) => package.push(&rendition.to_string(), &bytes).await?,
                Some(FileEvent::Thumbnail { jpeg }) => storyboard.add(jpeg).await,
                None => break,
            }
        }
        transcode.finish().await?;
        let packaged = package.finish().await?;
        storyboard.finish().await;
        Ok(packaged)
    }

    /// Stores the progress.
    ///
    /// # Errors
    ///
    /// The job was cancelled, or is too long, which the file may not have said of itself.
    async fn report(&self, job: &JobRow, encoded_ms: u64, length_ms: Option<u64>) -> Result<(), MakeError> {
        self.check_length(encoded_ms)?;
        // The rest of the way is the poster, and storing the end.
        let ppm = length_ms
            .filter(|length_ms| *length_ms > 0)
            .map_or(0, |length_ms| (u128::from(encoded_ms) * 1_000_000 / u128::from(length_ms)).min(990_000));
        let ppm = u32::try_from(ppm).unwrap_or(0);
        let changed = self.context.index.change_job(&job.id, now_ms(), |job| job.progress_ppm = ppm);
        changed.await?.map(drop).ok_or(MakeError::Cancelled)
    }

    fn check_length(&self, length_ms: u64) -> Result<(), MakeError> {
        let hours = u64::from(self.max_hours);
        if length_ms > hours * HOUR_MS {
            return Err(MakeError::TooLong { hours });
        }
        Ok(())
    }

    /// Takes a picture of the film. A recording without one is a recording all the same.
    async fn poster(&self, job: &JobRow, input: &JobInput, body: &Path, info: &FileInfo, duration_ms: u64) -> String {
        if info.source.video.is_none() {
            return String::new();
        }
        let start_ms = input.part.map_or(0, |(start_ms, _)| start_ms);
        let at_ms = start_ms + (duration_ms / 10).min(LATEST_POSTER_MS);
        let still = match self.ingest.still(body, info, at_ms).await {
            Ok(still) => still,
            Err(error) => {
                tracing::warn!(%error, job = job.id, "no poster was taken");
                return String::new();
            }
        };
        match self.images.keep_poster(still, &job.owner).await {
            Ok(hash) => hash,
            Err(error) => {
                tracing::warn!(%error, job = job.id, "the poster was not stored");
                String::new()
            }
        }
    }

    /// Tells followers of a recording that can be watched.
    pub fn tell(&self, stream: StreamId, number: u64) {
        self.context.notices.happened(Happening::NewRecording { stream, number });
    }

    /// Removes everything of a recording that was not finished.
    pub async fn discard(&self, stream: StreamId, recording: Option<u64>) {
        let Some(number) = recording else { return };
        let index = &self.context.index;
        let removed = async {
            index.delete_recording(stream, number, now_ms()).await?;
            if let Err(error) = discard(&*self.context.archive.store, stream, number).await {
                // It is deleted, and its files are removed with those of other deleted recordings.
                tracing::warn!(%error, stream, number, "files of an unfinished recording were not removed yet");
                return Ok(());
            }
            index.forget_recording(stream, number).await
        };
        let removed: Result<(), GatewayStateError> = removed.await;
        if let Err(error) = removed {
            tracing::error!(%error, stream, number, "an unfinished recording was not removed");
        }
    }
}
