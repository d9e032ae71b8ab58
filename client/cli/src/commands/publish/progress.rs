//! Progress of ffmpeg, from the lines that it writes with `-progress`.

use std::time::Duration;

/// Progress of ffmpeg.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Progress {
    /// Length of the video that was sent.
    pub sent: Duration,
    /// Frames per second.
    pub frame_rate: f64,
    /// Speed relative to real time.
    pub speed: Option<f64>,
    /// Bitrate as ffmpeg writes it, such as `2512.3kbits/s`.
    pub bitrate: String,
    /// Number of frames that were dropped.
    pub dropped_frames: u64,
}

impl Progress {
    /// Applies a line. Returns whether it ends a report.
    pub fn apply(&mut self, line: &str) -> bool {
        let Some((name, value)) = line.split_once('=') else { return false };
        let value = value.trim();
        match name.trim() {
            "out_time_us" => {
                let micros = value.parse::<u64>().map(Duration::from_micros);
                self.sent = micros.unwrap_or(self.sent);
            }
            "fps" => self.frame_rate = value.parse().unwrap_or(self.frame_rate),
            "speed" => self.speed = value.trim_end_matches('x').trim().parse().ok(),
            "bitrate" => self.bitrate = value.to_owned(),
            "drop_frames" => self.dropped_frames = value.parse().unwrap_or(self.dropped_frames),
            "progress" => return true,
            _ => {}
        }
        false
    }

    /// Returns the progress as text. A speed below 1 means that this machine or its connection is too slow.
    pub fn summary(&self) -> String {
        let mut parts = vec![format!("{} s sent", self.sent.as_secs()), format!("{:.0} fps", self.frame_rate)];
        parts.extend((!self.bitrate.is_empty() && self.bitrate != "N/A").then(|| self.bitrate.clone()));
        parts.extend(self.speed.map(|speed| format!("{speed:.2}x")));
        parts.extend((self.dropped_frames > 0).then(|| format!("{} frames dropped", self.dropped_frames)));
        parts.extend(self.speed.filter(|speed| *speed < 0.95).map(|_| "too slow for real time".to_owned()));
        parts.join(" · ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORT: &str = "frame=300\nfps=30.00\nstream_0_0_q=23.0\nbitrate=2512.3kbits/s\ntotal_size=3140000\n\
        out_time_us=10000000\nout_time_ms=10000000\nout_time=00:00:10.000000\ndup_frames=0\ndrop_frames=2\nspeed=   1x\n\
        progress=continue\n";

    #[test]
    fn report_is_applied() {
        let mut progress = Progress::default();
        let ends: Vec<bool> = REPORT.lines().map(|line| progress.apply(line)).collect();
        assert_eq!(ends.iter().filter(|is_end| **is_end).count(), 1);
        assert_eq!(progress.summary(), "10 s sent · 30 fps · 2512.3kbits/s · 1.00x · 2 frames dropped");
    }

    #[test]
    fn unknown_values_are_ignored() {
        let mut progress = Progress::default();
        for line in ["out_time_us=N/A", "speed=N/A", "bitrate=N/A", "fps=", "nonsense", ""] {
            assert!(!progress.apply(line));
        }
        assert_eq!(progress.summary(), "0 s sent · 0 fps");
    }

    #[test]
    fn slow_speed_is_pointed_out() {
        let progress = Progress { speed: Some(0.7), ..Progress::default() };
        assert!(progress.summary().ends_with("too slow for real time"));
    }
}
