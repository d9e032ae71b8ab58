//! Subtitles of finished files, as WebVTT.

use crate::{ffmpeg::read_output, ingest::Ingest};
use std::{io, path::Path, time::Duration};
use tokio::time::timeout;
use vilokanam_ffmpeg::TextInfo;

/// Maximum time for the subtitles of one language: all of the file has to be read for them.
const TEXT_TIMEOUT: Duration = Duration::from_secs(900);

/// Why the subtitles of a file cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum TextError {
    /// ffmpeg cannot be run.
    #[error("ffmpeg cannot be run: {0}")]
    Run(#[from] io::Error),
    /// They take too long.
    #[error("ffmpeg has not read them within {} s", TEXT_TIMEOUT.as_secs())]
    Timeout,
    /// There are more than the caller takes.
    #[error("they have more than {0} bytes")]
    TooLarge(usize),
    /// ffmpeg does not understand them.
    #[error("they cannot be understood")]
    Unreadable,
}

impl Ingest {
    /// Reads the subtitles of a file as WebVTT, of at most `max_bytes`. Times count from the beginning of the film.
    ///
    /// # Errors
    ///
    /// [`TextError`]. A film without them is a film all the same.
    pub async fn subtitles(&self, path: &Path, text: &TextInfo, max_bytes: usize) -> Result<Vec<u8>, TextError> {
        let map = format!("0:s:{}", text.place);
        let arguments = ["-map", &map, "-c:s", "webvtt", "-f", "webvtt", "pipe:1"];
        let mut child = self.hub().ffmpeg.start_texts(path, &arguments)?;
        let read = async {
            let bytes = read_output(&mut child, max_bytes as u64 + 1).await?;
            if bytes.len() > max_bytes {
                return Err(TextError::TooLarge(max_bytes));
            }
            let status = child.wait().await?;
            if status.success() && !bytes.is_empty() {
                Ok(bytes)
            } else {
                Err(TextError::Unreadable)
            }
        };
        timeout(TEXT_TIMEOUT, read).await.map_err(|_| TextError::Timeout)?
    }
}
