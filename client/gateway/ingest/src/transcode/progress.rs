//! `-progress`: lines `key=value`, a block each second, closed by `progress=continue` or `progress=end`.

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader},
    sync::watch,
};

/// A line longer than this is none of ffmpeg's.
const MAX_LINE_BYTES: u64 = 1024;

/// What ffmpeg says of itself.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Progress {
    pub frame: u64,
    pub fps: f64,
    pub dropped_frames: u64,
    pub duplicated_frames: u64,
    /// How far the outputs are, the start offset not counted.
    pub out_time_ms: u64,
}

impl Progress {
    /// Takes one line; says whether it closed a block.
    fn take(&mut self, line: &str) -> bool {
        let Some((key, value)) = line.trim().split_once('=') else { return false };
        let value = value.trim();
        match key {
            "frame" => self.frame = value.parse().unwrap_or(self.frame),
            "fps" => self.fps = value.parse().unwrap_or(self.fps),
            "drop_frames" => self.dropped_frames = value.parse().unwrap_or(self.dropped_frames),
            "dup_frames" => self.duplicated_frames = value.parse().unwrap_or(self.duplicated_frames),
            // `out_time_ms` is in microseconds too, for all its name; it may be negative or "N/A" at first.
            "out_time_us" => self.out_time_ms = value.parse::<u64>().map_or(self.out_time_ms, |micros| micros / 1000),
            "progress" => return true,
            _ => {}
        }
        false
    }
}

/// Reads until ffmpeg closes the pipe; each block is published.
pub(super) async fn follow(pipe: impl AsyncRead + Unpin, latest: watch::Sender<Progress>) {
    let mut reader = BufReader::new(pipe);
    let mut progress = Progress::default();
    let mut line = Vec::new();
    loop {
        line.clear();
        match (&mut reader).take(MAX_LINE_BYTES).read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        if progress.take(&String::from_utf8_lossy(&line)) {
            latest.send_replace(progress);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn follow_works() {
        let text = "frame=30\nfps=29.97\nout_time_us=1044694\nout_time_ms=1044694\ndup_frames=1\ndrop_frames=2\n\
                    speed=1.04x\nprogress=continue\nframe=60\nout_time_us=N/A\nnonsense\nprogress=end\n";
        let (sender, receiver) = watch::channel(Progress::default());
        follow(text.as_bytes(), sender).await;
        let expected = Progress { frame: 60, fps: 29.97, dropped_frames: 2, duplicated_frames: 1, out_time_ms: 1044 };
        assert_eq!(*receiver.borrow(), expected);
    }

    #[tokio::test]
    async fn follow_of_an_endless_line_works() {
        let (sender, receiver) = watch::channel(Progress::default());
        follow(&[b'x'; 100_000][..], sender).await;
        assert_eq!(*receiver.borrow(), Progress::default());
    }
}
