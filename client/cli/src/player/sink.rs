//! Where the clear video goes: a file, or stdout for a player.

use crate::error::{self, CliError};
use std::{io::ErrorKind, os::fd::AsFd, path::Path};
use tokio::io::{AsyncWrite, AsyncWriteExt};
use url::Url;

/// Where the clear video goes.
pub struct Sink {
    out: Box<dyn AsyncWrite + Send + Unpin>,
    /// What has been written before the segments at last.
    init: Option<Url>,
    bytes: u64,
}

/// What came of writing.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Written {
    /// It is there.
    Yes,
    /// Whoever reads has had enough.
    ReaderGone,
}

impl Sink {
    /// Into a file, over what is in it.
    pub async fn file(path: &Path) -> Result<Self, CliError> {
        let file = tokio::fs::File::create(path).await.map_err(|error| error::file("write", path, error))?;
        Ok(Self::new(Box::new(file)))
    }

    /// To stdout, through a handle of its own: that of the standard library flushes at every newline it finds in the video.
    pub fn stdout() -> Result<Self, CliError> {
        let wrap = |error| error::file("write", Path::new("stdout"), error);
        let handle = std::io::stdout().as_fd().try_clone_to_owned().map_err(wrap)?;
        Ok(Self::new(Box::new(tokio::fs::File::from_std(handle.into()))))
    }

    fn new(out: Box<dyn AsyncWrite + Send + Unpin>) -> Self {
        Self { out, init: None, bytes: 0 }
    }

    /// Bytes written.
    pub fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Whether this initialisation has to be written before the next segment.
    pub fn needs(&self, init: &Url) -> bool {
        self.init.as_ref() != Some(init)
    }

    /// Writes an initialisation.
    pub async fn write_init(&mut self, init: &Url, bytes: &[u8]) -> Result<Written, CliError> {
        self.init = Some(init.clone());
        self.write(bytes).await
    }

    /// Writes a clear segment.
    pub async fn write(&mut self, bytes: &[u8]) -> Result<Written, CliError> {
        let written = match self.out.write_all(bytes).await {
            Ok(()) => self.out.flush().await,
            Err(error) => Err(error),
        };
        match written {
            Ok(()) => {
                self.bytes += bytes.len() as u64;
                Ok(Written::Yes)
            }
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(Written::ReaderGone),
            Err(error) => {
                let what = format!("cannot write the video: {error}");
                Err(CliError::failed(what, "Check where it goes, and that there is room."))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn file_works() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.mp4");
        let mut sink = Sink::file(&path).await.unwrap();
        let init: Url = "http://g/init-1.mp4".parse().unwrap();
        assert!(sink.needs(&init));
        assert_eq!(sink.write_init(&init, b"moov").await.unwrap(), Written::Yes);
        assert!(!sink.needs(&init));
        sink.write(b"moof").await.unwrap();
        assert_eq!((std::fs::read(&path).unwrap().as_slice(), sink.bytes()), (&b"moovmoof"[..], 8));
    }

    #[tokio::test]
    async fn reader_gone_works() {
        let (ours, theirs) = tokio::io::duplex(64);
        drop(theirs);
        let mut sink = Sink::new(Box::new(ours));
        assert_eq!(sink.write(b"moof").await.unwrap(), Written::ReaderGone);
        assert_eq!(sink.bytes(), 0);
    }
}
