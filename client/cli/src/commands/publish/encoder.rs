//! Running ffmpeg: its progress is shown, its error messages are kept, and it is ended cleanly.

use super::ffmpeg::Job;
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
use vilokanam_ffmpeg::{progress, Progress};
use vilokanam_terminal::CommandError;

/// Maximum number of ffmpeg's error messages that are kept.
const MAX_MESSAGES: usize = 12;
/// Maximum time for ffmpeg to end once it was asked to.
const END_TIMEOUT: Duration = Duration::from_secs(5);

/// Result of a run of ffmpeg.
pub struct Outcome {
    /// Last progress.
    pub progress: Progress,
    /// Whether Ctrl-C ended it.
    pub is_interrupted: bool,
}

/// Runs ffmpeg until the input ends, ffmpeg fails, or Ctrl-C.
pub async fn run(ffmpeg: &Path, job: &Job, length: Option<Duration>, is_quiet: bool) -> Result<Outcome, CommandError> {
    let mut child = start(ffmpeg, job)?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let bar = bar(length, is_quiet);
    let mut progress = Progress::default();
    let messages = tokio::spawn(last_messages(stderr));
    let is_interrupted = tokio::select! {
        () = follow(stdout, &mut progress, &bar) => false,
        _ = tokio::signal::ctrl_c() => true,
    };
    let status = if is_interrupted { end(&mut child).await } else { child.wait().await };
    bar.finish_and_clear();
    let messages = messages.await.unwrap_or_default();
    match status {
        Ok(status) if status.success() || is_interrupted => Ok(Outcome { progress, is_interrupted }),
        Ok(status) => Err(failure(job, status, &messages)),
        Err(error) => Err(CommandError::failed(format!("ffmpeg cannot be waited for: {error}"), "Try again.")),
    }
}

fn start(ffmpeg: &Path, job: &Job) -> Result<Child, CommandError> {
    let mut command = Command::new(ffmpeg);
    command.args(job.arguments()).kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().map_err(|error| {
        CommandError::failed(
            format!("cannot run {}: {error}", ffmpeg.display()),
            "Install ffmpeg, or name it with --ffmpeg.",
        )
    })
}

async fn follow(stdout: Option<impl AsyncRead + Unpin>, latest: &mut Progress, bar: &ProgressBar) {
    let Some(stdout) = stdout else { return };
    progress::follow(stdout, |report| {
        bar.set_position(report.written.as_secs());
        bar.set_message(summary(report));
        *latest = report.clone();
    })
    .await;
}

/// Returns the progress as text. A speed below 1 means that this machine or its connection is too slow.
fn summary(progress: &Progress) -> String {
    let mut parts = vec![format!("{} s sent", progress.written.as_secs()), format!("{:.0} fps", progress.frame_rate)];
    parts.extend((!progress.bitrate.is_empty() && progress.bitrate != "N/A").then(|| progress.bitrate.clone()));
    parts.extend(progress.speed.map(|speed| format!("{speed:.2}x")));
    parts.extend((progress.dropped_frames > 0).then(|| format!("{} frames dropped", progress.dropped_frames)));
    parts.extend(progress.speed.filter(|speed| *speed < 0.95).map(|_| "too slow for real time".to_owned()));
    parts.join(" · ")
}

async fn last_messages(stderr: Option<impl AsyncRead + Unpin>) -> VecDeque<String> {
    let mut messages = VecDeque::new();
    let Some(stderr) = stderr else { return messages };
    let mut lines = BufReader::new(stderr).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if messages.len() == MAX_MESSAGES {
            messages.pop_front();
        }
        messages.push_back(line);
    }
    messages
}

/// Asks ffmpeg to end, so that it closes its connection cleanly; kills it when it does not.
async fn end(child: &mut Child) -> std::io::Result<ExitStatus> {
    if let Some(stdin) = child.stdin.as_mut() {
        // It may have ended already: in a terminal, it receives Ctrl-C as well.
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

fn failure(job: &Job, status: ExitStatus, messages: &VecDeque<String>) -> CommandError {
    let origin = origin(job, messages);
    let messages: Vec<String> = messages.iter().map(|line| job.target.hide(line)).collect();
    let text = messages.join("\n");
    if origin != Origin::Input && (text.contains("Connection refused") || text.contains("Failed to resolve")) {
        let what = format!("no connection to {}: {text}", job.target.summary());
        return CommandError::Unreachable(what);
    }
    if let Some(reason) = messages.iter().find_map(|line| refusal(line)) {
        return CommandError::failed(format!("the gateway refused the publisher: {reason}"), hint_for(reason));
    }
    let what = format!("ffmpeg ended with {status}\n{text}");
    let hint = match origin {
        Origin::Input => "ffmpeg cannot read the input: check it with ffprobe, or name its format with --format.",
        Origin::Target => {
            "If the gateway closed the connection, the publish key may be revoked: create another with --new-key."
        }
        Origin::Unknown => "Check the messages of ffmpeg above.",
    };
    CommandError::failed(what.trim_end(), hint)
}

/// Finds the reason that the gateway gives over RTMP in a message of ffmpeg.
fn refusal(line: &str) -> Option<&str> {
    line.split_once("Server error: ").map(|(_, reason)| reason.trim())
}

fn hint_for(reason: &str) -> &'static str {
    if reason.contains("publish key") {
        "Create another publish key with --new-key."
    } else {
        "Do what the gateway says, and publish again."
    }
}

/// Part of a job that made ffmpeg fail.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Origin {
    Input,
    Target,
    Unknown,
}

/// Finds the part that the first conclusive message is about. ffmpeg has no codes for its errors.
fn origin(job: &Job, messages: &VecDeque<String>) -> Origin {
    const OF_TARGET: [&str; 6] = [
        "Error opening output",
        "Error writing trailer",
        "Error muxing",
        "av_interleaved_write_frame",
        "Broken pipe",
        "Connection reset",
    ];
    let origin = |line: &String| {
        if line.contains(&job.target.url) || OF_TARGET.iter().any(|words| line.contains(words)) {
            Some(Origin::Target)
        } else if line.contains(job.input.url()) || line.contains("Error opening input") {
            Some(Origin::Input)
        } else {
            None
        }
    };
    messages.iter().find_map(origin).unwrap_or(Origin::Unknown)
}

fn bar(length: Option<Duration>, is_quiet: bool) -> ProgressBar {
    let (bar, template) = match length {
        _ if is_quiet => (ProgressBar::hidden(), "{msg}"),
        Some(length) => (ProgressBar::new(length.as_secs().max(1)), "{bar:30} {percent}% {wide_msg}"),
        None => (ProgressBar::new_spinner(), "{spinner} {wide_msg}"),
    };
    bar.with_style(ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::publish::{
        input::Input,
        target::{Protocol, Target},
    };
    use std::os::unix::process::ExitStatusExt;

    #[test]
    fn progress_is_summarised_and_slowness_pointed_out() {
        let mut progress = Progress { bitrate: "N/A".into(), ..Progress::default() };
        assert_eq!(summary(&progress), "0 s sent · 0 fps");
        progress.written = Duration::from_secs(10);
        (progress.frame_rate, progress.speed, progress.dropped_frames) = (30.0, Some(0.7), 2);
        progress.bitrate = "2512.3kbits/s".into();
        let expected = "10 s sent · 30 fps · 2512.3kbits/s · 0.70x · 2 frames dropped · too slow for real time";
        assert_eq!(summary(&progress), expected);
    }

    /// Error of a job from a URL to RTMP, after these messages of ffmpeg.
    fn error(messages: &[&str]) -> CommandError {
        let url = "rtmp://g/live/3?key=topsecret".into();
        let target = Target { protocol: Protocol::Rtmp, url, secret: "topsecret".into() };
        let input = Input::new("http://h/film.mp4", None, None, false).unwrap();
        let job = Job { input, target, copies: false, bitrate: "1M".into() };
        failure(&job, ExitStatus::from_raw(256), &messages.iter().map(|line| (*line).to_owned()).collect())
    }

    #[test]
    fn error_of_the_input_does_not_blame_the_publish_key() {
        for message in [
            "http://h/film.mp4: Invalid data found when processing input",
            "[in#0 @ 0x5581] Error opening input: Protocol not found",
            "[tcp @ 0x5581] http://h/film.mp4: Connection refused",
        ] {
            let error = error(&[message]);
            assert_eq!(error.exit() as u8, 1, "{message}");
            let hint = error.hint().unwrap();
            assert!(hint.contains("input") && !hint.contains("--new-key"), "{message}: {hint}");
        }
    }

    #[test]
    fn connection_that_the_gateway_closed_names_the_publish_key() {
        for message in
            ["av_interleaved_write_frame(): Broken pipe", "rtmp://g/live/3?key=topsecret: Input/output error"]
        {
            let error = error(&["[flv @ 0x55] a warning", message]);
            assert!(error.hint().unwrap().contains("--new-key"), "{message}");
            assert!(!error.to_string().contains("topsecret"), "{message}");
        }
    }

    #[test]
    fn reason_of_the_gateway_is_given_without_guesses() {
        let full = "the gateway carries 1 broadcasts, which is its maximum; try again later";
        let message = format!("[rtmp @ 0x55] Server error: {full}");
        let failed = error(&[&message, "rtmp://g/live/3?key=topsecret: Operation not permitted"]);
        assert_eq!(failed.to_string(), format!("the gateway refused the publisher: {full}"));
        assert!(!failed.hint().unwrap().contains("--new-key"));
        let revoked = error(&["[rtmp @ 0x55] Server error: the publish key is not valid for this stream"]);
        assert!(revoked.hint().unwrap().contains("--new-key"));
    }

    #[test]
    fn gateway_that_does_not_listen_is_a_failed_connection() {
        let error = error(&["[tcp @ 0x55] Connection to tcp://g:1935 failed: Connection refused"]);
        assert_eq!(error.exit() as u8, 5);
    }

    #[test]
    fn other_errors_blame_neither() {
        let hint = error(&["Unknown encoder 'libx264'"]).hint().unwrap();
        assert_eq!(hint, "Check the messages of ffmpeg above.");
    }
}
