//! One ffmpeg process: started, fed, watched, and ended.

use super::{
    args,
    job::Job,
    output::outputs,
    outputs::Outputs,
    stderr::{self, StderrTail},
};
use crate::{broadcast::BroadcastEvent, config::TranscodeConfig, ffmpeg::Ffmpeg};
use bytes::{Buf, Bytes};
use std::{
    io,
    path::Path,
    process::{ExitStatus, Stdio},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWriteExt},
    process::ChildStdin,
    sync::{mpsc, watch},
    time::{sleep, timeout},
};
use vilokanam_ffmpeg::{progress, Progress};

/// Maximum time without progress while ffmpeg encodes the rest of its input.
const FLUSH_GRACE: Duration = Duration::from_secs(5);
/// Maximum time for the rest of its input: a busy machine may be slow with the seconds that were waiting.
const FLUSH_LIMIT: Duration = Duration::from_secs(30);
/// Maximum time to end after SIGTERM.
const TERM_GRACE: Duration = Duration::from_secs(2);

/// Why ffmpeg cannot be started.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error("the sockets for ffmpeg cannot be created: {0}")]
    Sockets(io::Error),
    #[error("ffmpeg cannot be started: {0}")]
    Spawn(io::Error),
}

/// A running ffmpeg. Dropping it kills the process.
///
/// Input, reports and process are separate fields, so that a caller can wait for all three at the same time.
#[derive(Debug)]
pub(crate) struct Child {
    pub process: tokio::process::Child,
    pub input: Input,
    pub reports: Reports,
    outputs: Outputs,
    stderr: StderrTail,
    /// Readable for this user only. It is removed with the sockets in it.
    _directory: tempfile::TempDir,
}

impl Child {
    /// Starts ffmpeg. Its output goes to `events`.
    pub fn start(
        ffmpeg: &Ffmpeg,
        job: &Job,
        config: &TranscodeConfig,
        work_dir: &Path,
        events: &mpsc::Sender<BroadcastEvent>,
    ) -> Result<Self, StartError> {
        let directory = tempfile::Builder::new().prefix("vk").tempdir_in(work_dir).map_err(StartError::Sockets)?;
        let outputs = Outputs::listen(outputs(&job.plan), directory.path(), events).map_err(StartError::Sockets)?;
        let mut process = ffmpeg
            .transcoder(directory.path(), job.input.file())
            .args(args::arguments(job, config, directory.path()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // Ctrl-C in a terminal reaches only the gateway, which then ends its children in order.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(StartError::Spawn)?;
        let (sender, progress) = watch::channel(Progress::default());
        let stderr = StderrTail::default();
        // Both tasks end when ffmpeg closes the pipe.
        process.stdout.take().map(|pipe| tokio::spawn(publish_reports(pipe, sender)));
        process.stderr.take().map(|pipe| tokio::spawn(stderr::follow(pipe, stderr.clone())));
        let input = Input(process.stdin.take());
        Ok(Self { process, input, reports: Reports(progress), outputs, stderr, _directory: directory })
    }

    /// Number of bytes of renditions that it has written.
    pub fn sent_bytes(&self) -> u64 {
        self.outputs.sent_bytes()
    }

    pub fn stderr(&self) -> &StderrTail {
        &self.stderr
    }

    /// Closes the input and waits until the rest of it is encoded and passed on.
    pub async fn finish(mut self) -> Progress {
        self.input = Input(None);
        if timeout(FLUSH_LIMIT, self.flush()).await != Ok(true) {
            self.terminate().await;
        }
        self.drain().await
    }

    /// Waits for the end of the process as long as it makes progress. Returns whether it has ended.
    async fn flush(&mut self) -> bool {
        let mut reached_ms = None;
        let mut patience = Box::pin(sleep(FLUSH_GRACE));
        loop {
            tokio::select! {
                _ = self.process.wait() => return true,
                () = &mut patience => return false,
                progress = self.reports.next() => if reached_ms != Some(progress.written_ms()) {
                    reached_ms = Some(progress.written_ms());
                    patience = Box::pin(sleep(FLUSH_GRACE));
                },
            }
        }
    }

    /// Ends the process at once. Media that it has not written is lost.
    pub async fn stop(mut self) -> Progress {
        self.input = Input(None);
        self.terminate().await;
        self.drain().await
    }

    /// Waits until a process that needs no input has ended by itself, and until everything that it has written is passed
    /// on. Cancel safe.
    pub async fn complete(&mut self) -> io::Result<ExitStatus> {
        let status = self.process.wait().await?;
        let connected_all = self.outputs.sent_bytes() > 0;
        self.outputs.finish(connected_all).await;
        Ok(status)
    }

    async fn terminate(&mut self) {
        let id = self.process.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
        if let Some(id) = id {
            // It may have ended in the meantime, but its id is not reused before it has been waited for.
            let _ = rustix::process::kill_process(id, rustix::process::Signal::TERM);
        }
        if timeout(TERM_GRACE, self.process.wait()).await.is_err() {
            let _ = self.process.kill().await;
        }
    }

    /// Passes on what the process has written.
    async fn drain(&mut self) -> Progress {
        // ffmpeg opens all outputs before it encodes.
        let connected_all = self.outputs.sent_bytes() > 0;
        // A consumer that does not take its events must not delay the end.
        if timeout(FLUSH_GRACE, self.outputs.finish(connected_all)).await.is_err() {
            self.outputs.finish(false).await;
        }
        self.reports.latest()
    }
}

/// Standard input of ffmpeg.
#[derive(Debug)]
pub(crate) struct Input(Option<ChildStdin>);

impl Input {
    /// Writes some of the bytes and removes them from `bytes`. Cancel safe.
    pub async fn feed(&mut self, bytes: &mut Bytes) -> io::Result<()> {
        let Some(stdin) = &mut self.0 else { return Err(io::ErrorKind::BrokenPipe.into()) };
        let written = stdin.write(bytes).await?;
        bytes.advance(written);
        Ok(())
    }
}

/// Publishes the latest report of ffmpeg, until it closes the pipe.
async fn publish_reports(pipe: impl AsyncRead + Unpin, latest: watch::Sender<Progress>) {
    progress::follow(pipe, |report| drop(latest.send_replace(report.clone()))).await;
}

/// Reports of ffmpeg, one per second.
#[derive(Clone, Debug)]
pub(crate) struct Reports(watch::Receiver<Progress>);

impl Reports {
    /// Waits for a new report, for ever if there are no more.
    pub async fn next(&mut self) -> Progress {
        if self.0.changed().await.is_err() {
            return std::future::pending().await;
        }
        self.0.borrow_and_update().clone()
    }

    pub fn latest(&self) -> Progress {
        self.0.borrow().clone()
    }
}
