//! Running ffmpeg: its progress to the terminal, its complaints kept, ended in peace.

use super::{ffmpeg::Job, progress::Progress};
use crate::error::CliError;
use indicatif::{ProgressBar, ProgressStyle};
use std::{
    collections::VecDeque,
    path::Path,
    process::{ExitStatus, Stdio},
    time::Duration,
};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWriteExt, BufReader},
    process::{Child, Command},
};

/// Lines of ffmpeg's complaints that are kept.
const MAX_COMPLAINTS: usize = 12;
/// How long ffmpeg may take to end once it was asked to.
const END_TIMEOUT: Duration = Duration::from_secs(5);

/// How it went.
pub struct Outcome {
    /// How far it came.
    pub progress: Progress,
    /// Whether Ctrl-C ended it.
    pub is_interrupted: bool,
}

/// Runs ffmpeg until the source is over, it fails, or Ctrl-C.
pub async fn run(ffmpeg: &Path, job: &Job, length: Option<Duration>, is_quiet: bool) -> Result<Outcome, CliError> {
    let mut child = start(ffmpeg, job)?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let bar = bar(length, is_quiet);
    let mut progress = Progress::default();
    let complaints = tokio::spawn(complaints(stderr));
    let is_interrupted = tokio::select! {
        () = follow(stdout, &mut progress, &bar) => false,
        _ = tokio::signal::ctrl_c() => true,
    };
    let status = if is_interrupted { end(&mut child).await } else { child.wait().await };
    bar.finish_and_clear();
    let complaints = complaints.await.unwrap_or_default();
    match status {
        Ok(status) if status.success() || is_interrupted => Ok(Outcome { progress, is_interrupted }),
        Ok(status) => Err(failed(job, status, &complaints)),
        Err(error) => Err(CliError::failed(format!("ffmpeg is lost: {error}"), "Try again.")),
    }
}

fn start(ffmpeg: &Path, job: &Job) -> Result<Child, CliError> {
    let mut command = Command::new(ffmpeg);
    command.args(job.arguments()).kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().map_err(|error| {
        CliError::failed(
            format!("cannot run {}: {error}", ffmpeg.display()),
            "Install ffmpeg, or name it with --ffmpeg.",
        )
    })
}

async fn follow(stdout: Option<impl AsyncRead + Unpin>, progress: &mut Progress, bar: &ProgressBar) {
    let Some(stdout) = stdout else { return };
    let mut lines = BufReader::new(stdout).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if progress.take(&line) {
            bar.set_position(progress.sent.as_secs());
            bar.set_message(progress.words());
        }
    }
}

async fn complaints(stderr: Option<impl AsyncRead + Unpin>) -> VecDeque<String> {
    let mut kept = VecDeque::new();
    let Some(stderr) = stderr else { return kept };
    let mut lines = BufReader::new(stderr).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if kept.len() == MAX_COMPLAINTS {
            kept.pop_front();
        }
        kept.push_back(line);
    }
    kept
}

/// Asks ffmpeg to end, so that it says goodbye to the gateway; kills it when it does not.
async fn end(child: &mut Child) -> std::io::Result<ExitStatus> {
    if let Some(stdin) = child.stdin.as_mut() {
        // It may have ended already: in a terminal, Ctrl-C reaches it as well.
        let _ = stdin.write_all(b"q\n").await;
    }
    match tokio::time::timeout(END_TIMEOUT, child.wait()).await {
        Ok(status) => status,
        Err(_) => {
            child.kill().await?;
            child.wait().await
        }
    }
}

fn failed(job: &Job, status: ExitStatus, complaints: &VecDeque<String>) -> CliError {
    let words: Vec<String> = complaints.iter().map(|line| job.target.hide(line)).collect();
    let words = words.join("\n");
    if words.contains("Connection refused") || words.contains("Failed to resolve") {
        return CliError::Connect { to: job.target.words(), reason: words };
    }
    let what = format!("ffmpeg ended with {status}\n{words}");
    CliError::failed(what.trim_end(), "If the gateway hung up, the publish key may be revoked: try --new-key.")
}

fn bar(length: Option<Duration>, is_quiet: bool) -> ProgressBar {
    let (bar, template) = match length {
        _ if is_quiet => (ProgressBar::hidden(), "{msg}"),
        Some(length) => (ProgressBar::new(length.as_secs().max(1)), "{bar:30} {percent}% {wide_msg}"),
        None => (ProgressBar::new_spinner(), "{spinner} {wide_msg}"),
    };
    bar.with_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()))
}
