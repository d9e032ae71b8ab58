//! The last lines of the standard error of ffmpeg, for diagnosis.

use parking_lot::Mutex;
use std::{collections::VecDeque, sync::Arc};
use tokio::io::AsyncRead;
use vilokanam_ffmpeg::lines;

/// Number of lines that are kept.
const MAX_LINES: usize = 40;
/// Maximum length of a line. Longer lines are split.
const MAX_LINE_BYTES: u64 = 400;

/// A bounded ring of lines, shared with the task that reads them.
#[derive(Clone, Debug, Default)]
pub(crate) struct StderrTail(Arc<Mutex<VecDeque<String>>>);

impl StderrTail {
    fn push(&self, line: &str) {
        let mut lines = self.0.lock();
        if lines.len() == MAX_LINES {
            lines.pop_front();
        }
        lines.push_back(line.to_owned());
    }

    /// All lines, joined for a log line.
    pub fn text(&self) -> String {
        self.0.lock().iter().map(String::as_str).collect::<Vec<_>>().join(" | ")
    }

    /// The last line, for an error.
    pub fn last(&self) -> String {
        self.0.lock().back().cloned().unwrap_or_else(|| "it reported no error".into())
    }
}

/// Reads lines into `tail` until ffmpeg closes the pipe.
pub(crate) async fn follow(pipe: impl AsyncRead + Unpin, tail: StderrTail) {
    lines::each(pipe, MAX_LINE_BYTES, |line| {
        if !line.is_empty() {
            tail.push(line);
        }
    })
    .await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_last_lines_are_kept() {
        let tail = StderrTail::default();
        let text: String = (0..1000).map(|line| format!("line {line}\n")).collect();
        follow(text.as_bytes(), tail.clone()).await;
        assert_eq!(tail.0.lock().len(), MAX_LINES);
        assert_eq!(tail.last(), "line 999");
        follow(&[b'x'; 1 << 20][..], tail.clone()).await;
        assert!(tail.text().len() < 50_000);
    }
}
