//! The life of one ffmpeg: started, fed, watched, and ended, at once or after a grace.

use super::{
    args::{self, Job},
    outputs::Outputs,
    progress::{self, Progress},
    stderr::{self, LastWords},
};
use crate::{broadcast::BroadcastEvent, config::TranscodeConfig, ffmpeg::Ffmpeg};
use bytes::{Buf, Bytes};
use std::{io, path::Path, process::Stdio, time::Duration};
use tokio::{
    io::AsyncWriteExt,
    process::{ChildStdin, Command},
    sync::{mpsc, watch},
    time::{sleep, timeout},
};

/// How long ffmpeg may get no further with what it has when its input has ended.
const FLUSH_GRACE: Duration = Duration::from_secs(5);
/// How long that may take in all: a machine with much to do may be slow with the seconds that were waiting.
const FLUSH_LIMIT: Duration = Duration::from_secs(30);
/// How long it may take after SIGTERM.
const TERM_GRACE: Duration = Duration::from_secs(2);

/// ffmpeg cannot be started.
#[derive(Debug, thiserror::Error)]
pub(crate) enum StartError {
    #[error("sockets for ffmpeg cannot be made: {0}")]
    Sockets(io::Error),
    #[error("ffmpeg cannot be started: {0}")]
    Spawn(io::Error),
}

/// A running ffmpeg. Dropping it kills it.
///
/// Input, reports and the process are apart, so that all three can be waited for at once.
#[derive(Debug)]
pub(crate) struct Child {
    pub process: tokio::process::Child,
    pub input: Input,
    pub reports: Reports,
    outputs: Outputs,
    words: LastWords,
    /// Private to this user; removed with the sockets in it.
    _directory: tempfile::TempDir,
}

impl Child {
    pub fn start(
        ffmpeg: &Ffmpeg,
        job: &Job,
        config: &TranscodeConfig,
        work_dir: &Path,
        events: &mpsc::Sender<BroadcastEvent>,
    ) -> Result<Self, StartError> {
        let directory = tempfile::Builder::new().prefix("vk").tempdir_in(work_dir).map_err(StartError::Sockets)?;
        let outputs =
            Outputs::listen(args::outputs(&job.plan), directory.path(), events).map_err(StartError::Sockets)?;
        let mut process = Command::new(&ffmpeg.ffmpeg)
            .args(args::arguments(job, config, directory.path()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            // A terminal's Ctrl-C goes to the gateway alone, which then ends its children in order.
            .process_group(0)
            .kill_on_drop(true)
            .spawn()
            .map_err(StartError::Spawn)?;
        let (sender, progress) = watch::channel(Progress::default());
        let words = LastWords::default();
        // Both end when ffmpeg closes the pipe.
        process.stdout.take().map(|pipe| tokio::spawn(progress::follow(pipe, sender)));
        process.stderr.take().map(|pipe| tokio::spawn(stderr::follow(pipe, words.clone())));
        let input = Input(process.stdin.take());
        Ok(Self { process, input, reports: Reports(progress), outputs, words, _directory: directory })
    }

    /// Bytes of renditions that came from it.
    pub fn sent_bytes(&self) -> u64 {
        self.outputs.sent_bytes()
    }

    pub fn words(&self) -> &LastWords {
        &self.words
    }

    /// Ends the input, lets it encode what it has, and passes that on.
    pub async fn finish(mut self) -> Progress {
        self.input = Input(None);
        if timeout(FLUSH_LIMIT, self.flush()).await != Ok(true) {
            self.terminate().await;
        }
        self.drain().await
    }

    /// Waits for its end for as long as it gets on; says whether it has ended.
    async fn flush(&mut self) -> bool {
        let mut reached_ms = None;
        let mut patience = Box::pin(sleep(FLUSH_GRACE));
        loop {
            tokio::select! {
                _ = self.process.wait() => return true,
                () = &mut patience => return false,
                progress = self.reports.next() => if reached_ms != Some(progress.out_time_ms) {
                    reached_ms = Some(progress.out_time_ms);
                    patience = Box::pin(sleep(FLUSH_GRACE));
                },
            }
        }
    }

    /// Ends it soon; what it has not written is lost.
    pub async fn stop(mut self) -> Progress {
        self.input = Input(None);
        self.terminate().await;
        self.drain().await
    }

    async fn terminate(&mut self) {
        let id = self.process.id().and_then(|id| i32::try_from(id).ok()).and_then(rustix::process::Pid::from_raw);
        if let Some(id) = id {
            // It may have ended by itself in the meantime. The id is not another's before it has been waited for.
            let _ = rustix::process::kill_process(id, rustix::process::Signal::TERM);
        }
        if timeout(TERM_GRACE, self.process.wait()).await.is_err() {
            let _ = self.process.kill().await;
        }
    }

    async fn drain(&mut self) -> Progress {
        // ffmpeg opens all its outputs before it encodes anything.
        let connected_all = self.outputs.sent_bytes() > 0;
        // A consumer that does not take what is left must not hold the process.
        if timeout(FLUSH_GRACE, self.outputs.finish(connected_all)).await.is_err() {
            self.outputs.finish(false).await;
        }
        self.reports.latest()
    }
}

/// ffmpeg's standard input.
#[derive(Debug)]
pub(crate) struct Input(Option<ChildStdin>);

impl Input {
    /// Writes some of it. Cancelling loses nothing.
    pub async fn feed(&mut self, bytes: &mut Bytes) -> io::Result<()> {
        let Some(stdin) = &mut self.0 else { return Err(io::ErrorKind::BrokenPipe.into()) };
        let written = stdin.write(bytes).await?;
        bytes.advance(written);
        Ok(())
    }
}

/// What ffmpeg tells every second.
#[derive(Debug)]
pub(crate) struct Reports(watch::Receiver<Progress>);

impl Reports {
    /// Waits for a new report; for ever, when there are no more.
    pub async fn next(&mut self) -> Progress {
        if self.0.changed().await.is_err() {
            return std::future::pending().await;
        }
        *self.0.borrow_and_update()
    }

    pub fn latest(&self) -> Progress {
        *self.0.borrow()
    }
}
