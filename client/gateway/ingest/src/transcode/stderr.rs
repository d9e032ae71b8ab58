//! ffmpeg's last words, for diagnosis: a bounded ring of lines.

use parking_lot::Mutex;
use std::{collections::VecDeque, sync::Arc};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};

const MAX_LINES: usize = 40;
const MAX_LINE_BYTES: u64 = 400;

/// What ffmpeg complained of last.
#[derive(Clone, Debug, Default)]
pub(crate) struct LastWords(Arc<Mutex<VecDeque<String>>>);

impl LastWords {
    fn push(&self, line: String) {
        let mut lines = self.0.lock();
        if lines.len() == MAX_LINES {
            lines.pop_front();
        }
        lines.push_back(line);
    }

    /// One text for a log line.
    pub fn text(&self) -> String {
        self.0.lock().iter().map(String::as_str).collect::<Vec<_>>().join(" | ")
    }

    /// The last line alone, for an error.
    pub fn last(&self) -> String {
        self.0.lock().back().cloned().unwrap_or_else(|| "it said nothing".into())
    }
}

pub(crate) async fn follow(pipe: impl AsyncRead + Unpin, words: LastWords) {
    let mut reader = BufReader::new(pipe);
    let mut line = Vec::new();
    loop {
        line.clear();
        match (&mut reader).take(MAX_LINE_BYTES).read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let text = String::from_utf8_lossy(&line).trim().to_owned();
        if !text.is_empty() {
            words.push(text);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn follow_keeps_the_last_lines_only() {
        let words = LastWords::default();
        let text: String = (0..1000).map(|line| format!("line {line}\n")).collect();
        follow(text.as_bytes(), words.clone()).await;
        assert_eq!(words.0.lock().len(), MAX_LINES);
        assert_eq!(words.last(), "line 999");
        follow(&[b'x'; 1 << 20][..], words.clone()).await;
        assert!(words.text().len() < 50_000);
    }
}
