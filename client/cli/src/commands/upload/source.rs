//! The file that is uploaded.

use std::{
    io::SeekFrom,
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};
use tokio::{
    fs::File,
    io::{AsyncReadExt, AsyncSeekExt},
};
use vilokanam_terminal::CommandError;

/// A file, and what tells it from others.
#[derive(Debug)]
pub struct Source {
    path: PathBuf,
    /// Length in bytes.
    pub length: u64,
    changed_ms: u128,
}

impl Source {
    /// Looks at the file.
    pub async fn open(path: &Path) -> Result<Self, CommandError> {
        let wrong = |error: std::io::Error| CommandError::path("read", path, error);
        let path = tokio::fs::canonicalize(path).await.map_err(wrong)?;
        let about = tokio::fs::metadata(&path).await.map_err(wrong)?;
        if !about.is_file() {
            return Err(CommandError::path("read", &path, "it is not a file"));
        }
        if about.len() == 0 {
            return Err(CommandError::path("upload", &path, "it is empty"));
        }
        let changed = about.modified().map_err(wrong)?.duration_since(UNIX_EPOCH).unwrap_or_default();
        Ok(Self { path, length: about.len(), changed_ms: changed.as_millis() })
    }

    /// Name of the file.
    pub fn name(&self) -> String {
        self.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// Name of the file without its ending.
    pub fn stem(&self) -> String {
        self.path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// Text that another file, or this one after a change, does not have.
    pub fn identity(&self) -> String {
        format!("{}\n{}\n{}", self.path.display(), self.length, self.changed_ms)
    }

    /// Reads up to `max` bytes from `offset` on.
    pub async fn read(&self, offset: u64, max: usize) -> Result<Vec<u8>, CommandError> {
        let wrong = |error: std::io::Error| CommandError::path("read", &self.path, error);
        let mut file = File::open(&self.path).await.map_err(wrong)?;
        file.seek(SeekFrom::Start(offset)).await.map_err(wrong)?;
        let mut bytes = Vec::with_capacity(max);
        file.take(max as u64).read_to_end(&mut bytes).await.map_err(wrong)?;
        let is_there = !bytes.is_empty() && offset.saturating_add(bytes.len() as u64) <= self.length;
        if !is_there {
            return Err(CommandError::path("upload", &self.path, "it has changed; give the command again"));
        }
        Ok(bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn file_that_changed_is_another_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("film.mp4");
        std::fs::write(&path, b"hello").unwrap();
        let source = Source::open(&path).await.unwrap();
        assert_eq!((source.name().as_str(), source.stem().as_str(), source.length), ("film.mp4", "film", 5));
        assert_eq!(source.read(3, 100).await.unwrap(), b"lo");
        std::fs::write(&path, b"hello again").unwrap();
        assert_ne!(Source::open(&path).await.unwrap().identity(), source.identity());
        assert!(source.read(0, 100).await.is_err(), "it is longer than it was");
        std::fs::write(&path, b"").unwrap();
        assert!(Source::open(&path).await.is_err() && Source::open(folder.path()).await.is_err());
        assert!(Source::open(&folder.path().join("none")).await.is_err());
    }
}
