//! Small files that only their owner may read: keys, and sessions to resume.

use serde::{de::DeserializeOwned, Serialize};
use std::{
    fs,
    io::{self, Write},
    path::{Path, PathBuf},
};

/// Maximum size of a file that [`read_text`] reads, in bytes.
pub const MAX_FILE_BYTES: u64 = 64 * 1024;

/// Reason why a file could not be used.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// File or folder.
        path: PathBuf,
        /// Error of the operating system.
        source: io::Error,
    },
    /// The file is larger than expected.
    #[error("cannot read {}: it is larger than {max_bytes} bytes", path.display())]
    TooLarge {
        /// File.
        path: PathBuf,
        /// Maximum size.
        max_bytes: u64,
    },
    /// The contents are not what the file should hold.
    #[error("{} is damaged: {reason}", path.display())]
    Damaged {
        /// File.
        path: PathBuf,
        /// First thing that is wrong with it.
        reason: String,
    },
    /// The file cannot be written.
    #[error("cannot write {}: {source}", path.display())]
    Write {
        /// File or folder.
        path: PathBuf,
        /// Error of the operating system.
        source: io::Error,
    },
}

impl FileError {
    pub(crate) fn read(path: &Path) -> impl FnOnce(io::Error) -> Self + '_ {
        |source| Self::Read { path: path.to_owned(), source }
    }

    pub(crate) fn write(path: &Path) -> impl Fn(io::Error) -> Self + '_ {
        |source| Self::Write { path: path.to_owned(), source }
    }
}

/// Reads a text file of at most [`MAX_FILE_BYTES`].
///
/// # Errors
///
/// When the file cannot be read, or is larger.
pub fn read_text(path: &Path) -> Result<String, FileError> {
    let length = fs::metadata(path).map_err(FileError::read(path))?.len();
    if length > MAX_FILE_BYTES {
        return Err(FileError::TooLarge { path: path.to_owned(), max_bytes: MAX_FILE_BYTES });
    }
    fs::read_to_string(path).map_err(FileError::read(path))
}

/// Reads a JSON file; `None` when it does not exist.
///
/// # Errors
///
/// When the file cannot be read, or holds something else.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, FileError> {
    if !path.exists() {
        return Ok(None);
    }
    let damaged = |error: serde_json::Error| FileError::Damaged { path: path.to_owned(), reason: error.to_string() };
    serde_json::from_str(&read_text(path)?).map(Some).map_err(damaged)
}

/// Writes a JSON file that only its owner may read.
///
/// # Errors
///
/// When the file cannot be written.
pub fn write_json(path: &Path, value: &impl Serialize) -> Result<(), FileError> {
    let text = serde_json::to_string_pretty(value).map_err(|error| FileError::write(path)(error.into()))?;
    write_private(path, &text)
}

/// Writes a file that only its owner may read, as a whole or not at all. Creates the folder if necessary, which only its
/// owner may enter.
///
/// # Errors
///
/// When the file or its folder cannot be written.
pub fn write_private(path: &Path, text: &str) -> Result<(), FileError> {
    let failed = FileError::write(path);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    create_private_folder(folder).map_err(&failed)?;
    // Temporary files are created with mode 0600, and a rename keeps the mode.
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(&failed)?;
    file.write_all(text.as_bytes()).map_err(&failed)?;
    file.as_file().sync_all().map_err(&failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

#[cfg(unix)]
fn create_private_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn create_private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn written_files_and_folders_are_private() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("deep/value.json");
        write_json(&path, &7).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::metadata(path.parent().unwrap()).unwrap().permissions().mode() & 0o777, 0o700);
        assert_eq!(read_json::<u32>(&path).unwrap(), Some(7));
    }

    #[test]
    fn absent_file_is_none() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(read_json::<u32>(&folder.path().join("x.json")).unwrap(), None);
    }

    #[test]
    fn damaged_file_is_named_in_the_error() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.json");
        fs::write(&path, "{").unwrap();
        let error = read_json::<u32>(&path).unwrap_err();
        assert!(error.to_string().contains("x.json"), "{error}");
    }

    #[test]
    fn file_above_the_limit_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("large");
        fs::write(&path, vec![b' '; MAX_FILE_BYTES as usize + 1]).unwrap();
        assert!(matches!(read_text(&path), Err(FileError::TooLarge { .. })));
    }
}
