//! Secrets of streams: created once, kept in files that only this user can read, and never in the database.
//!
//! A stream's secret derives the keys of all its segments. Without it no recording can be sold any more, so a file is durable
//! before its secret is used. A second file says which of the stream's keys are reserved: a database that is new, or an old
//! copy, must not have them used for other video.

use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    fs::{self, File},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};
use tempfile::NamedTempFile;
use tick_stream_primitives::StreamId;
use vilokanam_media::StreamSecret;

/// Bytes of a secret.
const SECRET_BYTES: usize = 32;

/// Why a secret could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum SecretError {
    /// The file system refused.
    #[error("{}: {error}; see that the folder can be written and the disk is not full", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The reason.
        error: io::Error,
    },
    /// The file does not hold a secret.
    #[error("{} does not hold 32 bytes; restore it from a backup: recordings can be sold with no other secret", .0.display())]
    Damaged(PathBuf),
    /// The file with the reserved keys cannot be read.
    #[error("{path} does not say which keys are reserved: {error}; restore it from a backup, or write numbers above all that were used into it", path = path.display())]
    Mark {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        error: serde_json::Error,
    },
}

/// The part of a stream's keys and broadcast numbers that is used up.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
pub struct Mark {
    /// One past the last key index that is reserved.
    pub next_key: u64,
    /// One past the number of the last broadcast.
    pub next_broadcast: u64,
}

/// The folder of secrets.
pub struct Secrets {
    folder: PathBuf,
    /// Each is read once. The publish keys bound how many there are.
    known: parking_lot::Mutex<HashMap<StreamId, StreamSecret>>,
    /// Held while a mark changes: a broadcast and an upload of a stream may reserve at the same time.
    marks: parking_lot::Mutex<()>,
}

impl Secrets {
    /// Opens a folder of secrets, which is created if it does not exist.
    pub fn open(folder: &Path) -> Result<Self, SecretError> {
        let wrap = |error| SecretError::Io { path: folder.to_owned(), error };
        fs::create_dir_all(folder).map_err(wrap)?;
        restrict(folder, 0o700).map_err(wrap)?;
        Ok(Self { folder: folder.to_owned(), known: Default::default(), marks: Default::default() })
    }

    /// Returns the secret of a stream, which is created if there is none.
    pub fn of(&self, stream: StreamId) -> Result<StreamSecret, SecretError> {
        let mut known = self.known.lock();
        if let Some(secret) = known.get(&stream) {
            return Ok(secret.clone());
        }
        let path = self.folder.join(format!("{stream}.secret"));
        let secret = match read(&path)? {
            Some(secret) => secret,
            None => {
                let bytes: [u8; SECRET_BYTES] = rand::random();
                write(&self.folder, &path, &bytes)?;
                StreamSecret::from_bytes(bytes)
            }
        };
        known.insert(stream, secret.clone());
        Ok(secret)
    }

    /// Returns what is used up of a stream's keys.
    pub fn mark(&self, stream: StreamId) -> Result<Mark, SecretError> {
        let path = self.mark_path(stream);
        match fs::read(&path) {
            Ok(json) => serde_json::from_slice(&json).map_err(|error| SecretError::Mark { path, error }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Mark::default()),
            Err(error) => Err(SecretError::Io { path, error }),
        }
    }

    /// Uses up more of a stream's keys, durably. A mark never goes back.
    pub fn set_mark(&self, stream: StreamId, mark: Mark) -> Result<(), SecretError> {
        let path = self.mark_path(stream);
        let _changing = self.marks.lock();
        let before = self.mark(stream)?;
        let next_key = before.next_key.max(mark.next_key);
        let next_broadcast = before.next_broadcast.max(mark.next_broadcast);
        let json = serde_json::to_vec(&Mark { next_key, next_broadcast });
        let json = json.map_err(|error| SecretError::Mark { path: path.clone(), error })?;
        write(&self.folder, &path, &json)
    }

    fn mark_path(&self, stream: StreamId) -> PathBuf {
        self.folder.join(format!("{stream}.taken.json"))
    }
}

fn read(path: &Path) -> Result<Option<StreamSecret>, SecretError> {
    let wrap = |error| SecretError::Io { path: path.to_owned(), error };
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(wrap(error)),
    };
    let mut bytes = Vec::with_capacity(SECRET_BYTES);
    Read::by_ref(&mut file).take(SECRET_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(wrap)?;
    let secret = <[u8; SECRET_BYTES]>::try_from(bytes).map_err(|_| SecretError::Damaged(path.to_owned()))?;
    Ok(Some(StreamSecret::from_bytes(secret)))
}

/// Writes the whole file or nothing: beside it first, synced, then renamed. Only this user can read it.
pub(crate) fn write(folder: &Path, path: &Path, bytes: &[u8]) -> Result<(), SecretError> {
    let wrap = |error| SecretError::Io { path: path.to_owned(), error };
    let mut file = NamedTempFile::new_in(folder).map_err(wrap)?;
    file.write_all(bytes).and_then(|()| file.as_file().sync_all()).map_err(wrap)?;
    file.persist(path).map_err(|error| wrap(error.error))?;
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(wrap)
}

#[cfg(unix)]
fn restrict(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
fn restrict(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_works() {
        let folder = tempfile::tempdir().unwrap();
        let first = Secrets::open(folder.path()).unwrap().of(7).unwrap();
        let again = Secrets::open(folder.path()).unwrap();
        let key = |secret: StreamSecret| *secret.key(0).as_bytes();
        assert_eq!(key(again.of(7).unwrap()), key(first.clone()), "it survives a restart");
        assert_ne!(key(again.of(8).unwrap()), key(first));
    }

    #[test]
    fn of_damaged_file_fails() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("7.secret"), [1; 31]).unwrap();
        let secrets = Secrets::open(folder.path()).unwrap();
        assert!(matches!(secrets.of(7), Err(SecretError::Damaged(_))));
    }

    #[test]
    fn marks_never_go_back() {
        let folder = tempfile::tempdir().unwrap();
        let secrets = Secrets::open(folder.path()).unwrap();
        assert_eq!(secrets.mark(7).unwrap(), Mark::default());
        secrets.set_mark(7, Mark { next_key: 450, next_broadcast: 2 }).unwrap();
        secrets.set_mark(7, Mark { next_key: 3, next_broadcast: 3 }).unwrap();
        let again = Secrets::open(folder.path()).unwrap();
        assert_eq!(again.mark(7).unwrap(), Mark { next_key: 450, next_broadcast: 3 });
        assert_eq!(again.mark(8).unwrap(), Mark::default());
        fs::write(folder.path().join("7.taken.json"), "{").unwrap();
        assert!(matches!(again.mark(7), Err(SecretError::Mark { .. })));
    }
}
