//! Reader of the lines of a pipe.

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader};

/// Calls `take` with each line of a pipe, trimmed, until the pipe is closed. Lines longer than `max_bytes` are split.
pub async fn each(pipe: impl AsyncRead + Unpin, max_bytes: u64, mut take: impl FnMut(&str)) {
    let mut reader = BufReader::new(pipe);
    let mut line = Vec::new();
    loop {
        line.clear();
        match (&mut reader).take(max_bytes).read_until(b'\n', &mut line).await {
            Ok(0) | Err(_) => return,
            Ok(_) => take(String::from_utf8_lossy(&line).trim()),
        }
    }
}
