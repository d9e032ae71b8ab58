//! The queue of jobs.

use super::{
    input::{JobInput, JobOutput},
    make::{MakeError, Maker},
};
use crate::{
    lifetime::Lifetime,
    uploads::{UploadInfo, Uploads},
};
use parking_lot::Mutex;
use std::{
    collections::{HashMap, HashSet},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};
use tick_stream_primitives::{clock::now_ms, AccountId, StreamId};
use tokio::{sync::Notify, task::JoinSet};
use vilokanam_indexer::{GatewayStateError, JobRow, JobState, Store};

/// Attempts at a job, those that a restart has ended included. A file that crashes the gateway is given up.
const MAX_ATTEMPTS: u32 = 3;
/// Pause before another attempt.
const RETRY_PAUSE: Duration = Duration::from_secs(30);
/// Interval at which the queue is looked at without being told to, and old uploads and jobs are removed.
const LOOK_EVERY: Duration = Duration::from_secs(60);
/// Time for which a job that is over can be read.
const KEEP_MS: u64 = 7 * 24 * 3_600_000;
/// Maximum number of open jobs of a stream.
pub const MAX_OPEN_PER_STREAM: u64 = 16;

/// Why a job cannot be added.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    #[error(
        "The stream has {MAX_OPEN_PER_STREAM} jobs that are not over, which is the limit; wait for one, or cancel one."
    )]
    TooMany,
    #[error(transparent)]
    Records(#[from] GatewayStateError),
    #[error("the job cannot be written down: {0}")]
    Json(#[from] serde_json::Error),
}

/// The queue of jobs.
pub struct Jobs {
    index: Store,
    uploads: Arc<Uploads>,
    maker: Maker,
    max_running: usize,
    wake: Notify,
    running: Mutex<HashSet<String>>,
}

impl Jobs {
    pub fn new(index: Store, uploads: Arc<Uploads>, maker: Maker, max_running: usize) -> Self {
        Self { index, uploads, maker, max_running, wake: Notify::new(), running: Mutex::default() }
    }

    /// Fails if the stream has as many open jobs as allowed.
    pub async fn check_room(&self, stream: StreamId) -> Result<(), AddError> {
        match self.index.open_jobs_of(stream).await? {
            open if open >= MAX_OPEN_PER_STREAM => Err(AddError::TooMany),
            _ => Ok(()),
        }
    }

    /// Adds the job of a complete upload, unless it was added before.
    pub async fn add_upload(&self, info: &UploadInfo) -> Result<JobRow, AddError> {
        let title = if info.title.is_empty() { info.filename.clone() } else { info.title.clone() };
        let input =
            JobInput { upload: info.id.clone(), title, part: None, is_free: false, is_unlisted: false, clip_of: None };
        self.add("upload", &info.job, (info.stream, info.owner.0.clone()), &input).await
    }

    /// Adds the job of a clip, whose file is an upload that is complete.
    pub async fn add_clip(&self, info: &UploadInfo, input: &JobInput) -> Result<JobRow, AddError> {
        self.add("clip", &info.job, (info.stream, info.owner.0.clone()), input).await
    }

    async fn add(
        &self,
        kind: &str,
        id: &str,
        (stream, owner): (StreamId, AccountId),
        input: &JobInput,
    ) -> Result<JobRow, AddError> {
        let now = now_ms();
        let job = JobRow {
            id: id.into(),
            kind: kind.into(),
            stream,
            owner,
            state: JobState::Waiting,
            progress_ppm: 0,
            error: String::new(),
            created_at: now,
            updated_at: now,
            input: serde_json::to_string(input)?,
            output: JobOutput::default().to_json(),
        };
        self.index.add_job(&job).await?;
        self.wake.notify_one();
        Ok(self.index.job(id).await?.unwrap_or(job))
    }

    /// Cancels a job that is not over. One that runs ends a moment later, and removes what it has made.
    pub async fn cancel(&self, id: &str) -> Result<Option<JobRow>, GatewayStateError> {
        let cancelled = self.index.change_job(id, now_ms(), |job| {
            job.state = JobState::Cancelled;
            job.error = "The job was cancelled.".into();
        });
        let Some(job) = cancelled.await? else { return Ok(None) };
        if !self.running.lock().contains(id) {
            if let Ok(input) = input_of(&job) {
                self.uploads.remove(&input.upload);
            }
        }
        Ok(Some(job))
    }

    /// Does the jobs, the oldest first, until the gateway drains. Those that run then begin anew after a restart.
    pub async fn run(self: Arc<Self>, lifetime: Lifetime) {
        self.add_missing().await;
        let mut tasks: JoinSet<()> = JoinSet::new();
        loop {
            while tasks.try_join_next().is_some() {}
            self.start_some(&mut tasks).await;
            tokio::select! {
                () = lifetime.drain.cancelled() => break,
                () = self.wake.notified() => {}
                Some(_) = tasks.join_next() => {}
                () = tokio::time::sleep(LOOK_EVERY) => self.tidy().await,
            }
        }
        // Dropping the tasks ends ffmpeg.
        tasks.shutdown().await;
    }

    /// Adds the jobs of uploads that were complete when the gateway ended.
    async fn add_missing(&self) {
        for info in self.uploads.complete() {
            match self.index.job(&info.job).await {
                Ok(Some(job)) if job.state.is_over() => self.uploads.remove(&info.id),
                // The file of a clip has its job as soon as it is complete, or the request for it has failed.
                Ok(None) if info.is_clip => self.uploads.remove(&info.id),
                Ok(None) => {
                    if let Err(error) = self.add_upload(&info).await {
                        tracing::error!(%error, job = info.job, "the job of an upload cannot be added");
                    }
                }
                Ok(Some(_)) => {}
                Err(error) => tracing::error!(%error, job = info.job, "the job of an upload cannot be read"),
            }
        }
    }

    async fn tidy(&self) {
        let removed = self.uploads.remove_expired(now_ms());
        if removed > 0 {
            tracing::info!(removed, "uploads that were not finished have been removed");
        }
        if let Err(error) = self.index.forget_jobs(now_ms().saturating_sub(KEEP_MS)).await {
            tracing::warn!(%error, "old jobs were not forgotten");
        }
    }

    async fn start_some(self: &Arc<Self>, tasks: &mut JoinSet<()>) {
        let open = match self.index.open_jobs().await {
            Ok(open) => open,
            Err(error) => return tracing::error!(%error, "the jobs cannot be read; they wait"),
        };
        for job in in_turn(open) {
            if tasks.len() >= self.max_running {
                return;
            }
            // The file may be at another gateway with the same database.
            let Some((input, body)) = self.body_of(&job) else { continue };
            if !self.running.lock().insert(job.id.clone()) {
                continue;
            }
            let jobs = self.clone();
            tasks.spawn(async move {
                jobs.attempt(&job, &input, body).await;
                jobs.running.lock().remove(&job.id);
                jobs.wake.notify_one();
            });
        }
    }

    fn body_of(&self, job: &JobRow) -> Option<(JobInput, PathBuf)> {
        let input = input_of(job).ok()?;
        let body = self.uploads.body(&input.upload).ok()?;
        Some((input, body))
    }

    async fn attempt(&self, job: &JobRow, input: &JobInput, body: PathBuf) {
        let before = JobOutput::of(job);
        self.maker.discard(job.stream, before.recording).await;
        let attempts = before.attempts + 1;
        if attempts > MAX_ATTEMPTS {
            return self.end(job, input, Err(MakeError::GivenUp { attempts: MAX_ATTEMPTS })).await;
        }
        let output = JobOutput { attempts, recording: None };
        let begun = self.index.change_job(&job.id, now_ms(), |job| {
            (job.state, job.progress_ppm, job.output) = (JobState::Running, 0, output.to_json());
        });
        match begun.await {
            Ok(Some(_)) => {}
            Ok(None) => return self.uploads.remove(&input.upload),
            Err(error) => return tracing::error!(%error, job = job.id, "a job cannot begin; it waits"),
        }
        tracing::info!(job = job.id, kind = job.kind, stream = job.stream, attempts, "a job begins");
        let made = self.maker.make(job, input, &body, output).await;
        if made.is_err() {
            let recording = self.index.job(&job.id).await.ok().flatten().and_then(|job| JobOutput::of(&job).recording);
            self.maker.discard(job.stream, recording).await;
        }
        match made {
            Err(error) if error.is_temporary() && attempts < MAX_ATTEMPTS => {
                tracing::warn!(%error, job = job.id, attempts, "a job failed and is tried again");
                tokio::time::sleep(RETRY_PAUSE).await;
            }
            made => self.end(job, input, made).await,
        }
    }

    /// Ends a job. Its file is not needed any more.
    async fn end(&self, job: &JobRow, input: &JobInput, made: Result<u64, MakeError>) {
        let ended = self.index.change_job(&job.id, now_ms(), |job| match &made {
            Ok(number) => {
                let output = JobOutput { recording: Some(*number), ..JobOutput::of(job) };
                (job.state, job.progress_ppm, job.output) = (JobState::Done, 1_000_000, output.to_json());
            }
            Err(error) => {
                job.state = JobState::Failed;
                job.error = sentence(&error.to_string());
                job.output = JobOutput { recording: None, ..JobOutput::of(job) }.to_json();
            }
        });
        match ended.await {
            // Cancelled at the last moment, after it was made.
            Ok(None) => self.maker.discard(job.stream, made.as_ref().ok().copied()).await,
            Ok(Some(_)) => {}
            Err(error) => {
                return tracing::error!(%error, job = job.id, "the end of a job was not stored; it begins anew")
            }
        }
        match &made {
            Ok(recording) => {
                tracing::info!(job = job.id, stream = job.stream, recording, "a job is done");
                self.maker.tell(job.stream, *recording);
            }
            Err(error) => tracing::warn!(job = job.id, stream = job.stream, %error, "a job failed"),
        }
        self.uploads.remove(&input.upload);
    }
}

/// The jobs in the order in which they are done: the oldest of each account, then the second of each, so that none keeps the
/// others waiting with many jobs.
fn in_turn(oldest_first: Vec<JobRow>) -> Vec<JobRow> {
    let mut counts: HashMap<AccountId, usize> = HashMap::new();
    let mut turns = Vec::with_capacity(oldest_first.len());
    for job in oldest_first {
        let count = counts.entry(job.owner.clone()).or_default();
        *count += 1;
        turns.push((*count, job));
    }
    turns.sort_by_key(|(turn, _)| *turn);
    turns.into_iter().map(|(_, job)| job).collect()
}

fn input_of(job: &JobRow) -> Result<JobInput, serde_json::Error> {
    serde_json::from_str(&job.input)
}

/// The text as a sentence.
fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let end = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{end}", chars.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_take_turns() {
        let job = |id: &str, owner: u8| JobRow {
            id: id.into(),
            kind: "upload".into(),
            stream: 1,
            owner: AccountId::new([owner; 32]),
            state: JobState::Waiting,
            progress_ppm: 0,
            error: String::new(),
            created_at: 0,
            updated_at: 0,
            input: String::new(),
            output: String::new(),
        };
        let jobs = vec![job("a1", 1), job("a2", 1), job("a3", 1), job("b1", 2), job("c1", 3), job("b2", 2)];
        let order: Vec<_> = in_turn(jobs).into_iter().map(|job| job.id).collect();
        assert_eq!(order, ["a1", "b1", "c1", "a2", "b2", "a3"]);
    }

    #[test]
    fn errors_are_sentences() {
        assert_eq!(sentence("the file is damaged"), "The file is damaged.");
        assert_eq!(sentence("Try again!"), "Try again!");
        assert_eq!(sentence(""), ".");
    }
}
