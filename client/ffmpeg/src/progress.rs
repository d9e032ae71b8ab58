//! Reports of ffmpeg with `-progress`: lines `key=value`, one block per second, each closed by `progress=continue` or
//! `progress=end`.

use crate::lines;
use std::time::Duration;
use tokio::io::AsyncRead;

/// Maximum length of a line. Longer lines are split.
const MAX_LINE_BYTES: u64 = 1_024;

/// A report of ffmpeg. Values that a report leaves out, or writes as "N/A", stay as they were.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Progress {
    /// Number of frames encoded.
    pub frames: u64,
    /// Number of frames dropped.
    pub dropped_frames: u64,
    /// Number of frames duplicated.
    pub duplicated_frames: u64,
    /// Duration of the media that has been written, not counting the offset at the start.
    pub written: Duration,
    /// Frames per second.
    pub frame_rate: f64,
    /// Speed relative to real time; `None` until it is known.
    pub speed: Option<f64>,
    /// Bit rate as ffmpeg writes it, such as `2512.3kbits/s`.
    pub bitrate: String,
}

impl Progress {
    /// Milliseconds of media written, rounded down.
    pub fn written_ms(&self) -> u64 {
        u64::try_from(self.written.as_millis()).unwrap_or(u64::MAX)
    }

    /// Applies a line. Returns whether it closes a report.
    pub fn apply(&mut self, line: &str) -> bool {
        let Some((key, value)) = line.split_once('=') else { return false };
        let value = value.trim();
        match key.trim() {
            "frame" => self.frames = value.parse().unwrap_or(self.frames),
            "drop_frames" => self.dropped_frames = value.parse().unwrap_or(self.dropped_frames),
            "dup_frames" => self.duplicated_frames = value.parse().unwrap_or(self.duplicated_frames),
            // `out_time_ms` is in microseconds as well, in spite of its name. The value may be negative or "N/A" at
            // first.
            "out_time_us" => self.written = value.parse().map_or(self.written, Duration::from_micros),
            "fps" => self.frame_rate = value.parse().unwrap_or(self.frame_rate),
            "speed" => self.speed = value.trim_end_matches('x').trim().parse().ok(),
            "bitrate" => self.bitrate = value.to_owned(),
            "progress" => return true,
            _ => {}
        }
        false
    }
}

/// Reads reports until the pipe is closed, and calls `report` with each.
pub async fn follow(pipe: impl AsyncRead + Unpin, mut report: impl FnMut(&Progress)) {
    let mut progress = Progress::default();
    lines::each(pipe, MAX_LINE_BYTES, |line| {
        if progress.apply(line) {
            report(&progress);
        }
    })
    .await;
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORTS: &str = "frame=30\nfps=29.97\nstream_0_0_q=23.0\nbitrate=2512.3kbits/s\nout_time_us=1044694\n\
        out_time_ms=1044694\ndup_frames=1\ndrop_frames=2\nspeed=   1.04x\nprogress=continue\n\
        frame=60\nout_time_us=N/A\nspeed=N/A\nnonsense\nprogress=end\n";

    #[tokio::test]
    async fn each_report_is_passed_on() {
        let mut reports = Vec::new();
        follow(REPORTS.as_bytes(), |report| reports.push(report.clone())).await;
        let first = Progress {
            frames: 30,
            dropped_frames: 2,
            duplicated_frames: 1,
            written: Duration::from_micros(1_044_694),
            frame_rate: 29.97,
            speed: Some(1.04),
            bitrate: "2512.3kbits/s".into(),
        };
        assert_eq!(reports, [first.clone(), Progress { frames: 60, speed: None, ..first }]);
    }

    #[tokio::test]
    async fn an_endless_line_is_no_report() {
        let mut count = 0;
        follow(&[b'x'; 100_000][..], |_| count += 1).await;
        assert_eq!(count, 0);
    }
}
