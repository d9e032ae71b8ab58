//! Parser of the output of `-progress`: lines `key=value`, one block per second, each closed by `progress=continue` or
//! `progress=end`.

use super::lines;
use tokio::{io::AsyncRead, sync::watch};

/// Maximum length of a line. Longer lines are split.
const MAX_LINE_BYTES: u64 = 1024;

/// A report of ffmpeg.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Progress {
    /// Number of frames encoded.
    pub frame: u64,
    pub dropped_frames: u64,
    pub duplicated_frames: u64,
    /// Duration of the media that has been encoded, not counting the offset at the start.
    pub out_time_ms: u64,
}

impl Progress {
    /// Takes one line. Returns whether it closes a block.
    fn take(&mut self, line: &str) -> bool {
        let Some((key, value)) = line.split_once('=') else { return false };
        let value = value.trim();
        match key {
            "frame" => self.frame = value.parse().unwrap_or(self.frame),
            "drop_frames" => self.dropped_frames = value.parse().unwrap_or(self.dropped_frames),
            "dup_frames" => self.duplicated_frames = value.parse().unwrap_or(self.duplicated_frames),
            // `out_time_ms` is in microseconds as well, in spite of its name. The value may be negative or "N/A" at
            // first.
            "out_time_us" => self.out_time_ms = value.parse::<u64>().map_or(self.out_time_ms, |micros| micros / 1000),
            "progress" => return true,
            _ => {}
        }
        false
    }
}

/// Reads reports and publishes the latest one, until ffmpeg closes the pipe.
pub(super) async fn follow(pipe: impl AsyncRead + Unpin, latest: watch::Sender<Progress>) {
    let mut progress = Progress::default();
    lines::each(pipe, MAX_LINE_BYTES, |line| {
        if progress.take(line) {
            latest.send_replace(progress);
        }
    })
    .await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_latest_report_is_published() {
        let text = "frame=30\nfps=29.97\nout_time_us=1044694\nout_time_ms=1044694\ndup_frames=1\ndrop_frames=2\n\
                    speed=1.04x\nprogress=continue\nframe=60\nout_time_us=N/A\nnonsense\nprogress=end\n";
        let (sender, receiver) = watch::channel(Progress::default());
        follow(text.as_bytes(), sender).await;
        let expected = Progress { frame: 60, dropped_frames: 2, duplicated_frames: 1, out_time_ms: 1044 };
        assert_eq!(*receiver.borrow(), expected);
    }

    #[tokio::test]
    async fn an_endless_line_is_no_report() {
        let (sender, receiver) = watch::channel(Progress::default());
        follow(&[b'x'; 100_000][..], sender).await;
        assert_eq!(*receiver.borrow(), Progress::default());
    }
}
