//! The folder of the journal: names of files, their creation and removal, and the lock against a second process.

use super::record::Lsn;
use crate::error::OpenError;
use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

/// A file to append to. A trait, so that tests can make the disk fail at a chosen write.
pub(crate) trait LogFile: Send {
    /// Appends all bytes.
    fn append(&mut self, bytes: &[u8]) -> io::Result<()>;
    /// Returns when everything appended is on the disk.
    fn sync(&mut self) -> io::Result<()>;
}

impl LogFile for File {
    fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write_all(bytes)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }
}

/// Opens a file for appending, and creates it if it is missing.
pub(crate) type CreateFile = Arc<dyn Fn(&Path) -> io::Result<Box<dyn LogFile>> + Send + Sync>;

/// The folder, locked until the last clone is dropped.
#[derive(Clone)]
pub(crate) struct Dir {
    path: PathBuf,
    create: CreateFile,
    _lock: Arc<File>,
}

impl Dir {
    /// Locks the folder, and creates it if it is missing.
    pub fn open(path: &Path, create: CreateFile) -> Result<Self, OpenError> {
        fs::create_dir_all(path).map_err(failed("create", path))?;
        let lock_path = path.join("lock");
        let lock = OpenOptions::new().create(true).truncate(false).write(true).open(&lock_path);
        let lock = lock.map_err(failed("open", &lock_path))?;
        match lock.try_lock() {
            Ok(()) => Ok(Self { path: path.to_owned(), create, _lock: Arc::new(lock) }),
            Err(fs::TryLockError::WouldBlock) => Err(OpenError::InUse { path: path.to_owned() }),
            Err(fs::TryLockError::Error(source)) => Err(failed("lock", &lock_path)(source)),
        }
    }

    /// Returns what opens files of the file system. Only their owner can read them, since they contain unsettled proofs
    /// and the token secret.
    pub fn real_files() -> CreateFile {
        Arc::new(|path| Ok(Box::new(private_file(path)?) as Box<dyn LogFile>))
    }

    /// Returns the path of the segment whose first record is `first`.
    pub fn segment(&self, first: Lsn) -> PathBuf {
        self.path.join(format!("segment-{first:020}.log"))
    }

    /// Returns the path of the snapshot that replaces all records before `next`.
    pub fn snapshot(&self, next: Lsn) -> PathBuf {
        self.path.join(format!("snapshot-{next:020}.snap"))
    }

    /// Opens a file for appending.
    pub fn append_to(&self, path: &Path) -> io::Result<Box<dyn LogFile>> {
        (self.create)(path)
    }

    /// Returns when creations, renames and removals are on the disk.
    pub fn sync(&self) -> io::Result<()> {
        File::open(&self.path)?.sync_all()
    }

    /// Returns the numbers of the segments and of the snapshots, each in ascending order. Removes unfinished snapshots.
    pub fn list(&self) -> Result<(Vec<Lsn>, Vec<Lsn>), OpenError> {
        let (mut segments, mut snapshots) = (Vec::new(), Vec::new());
        for entry in fs::read_dir(&self.path).map_err(failed("list", &self.path))? {
            let path = entry.map_err(failed("list", &self.path))?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if let Some(first) = number(name, "segment-", ".log") {
                segments.push(first);
            } else if let Some(next) = number(name, "snapshot-", ".snap") {
                snapshots.push(next);
            } else if name.ends_with(".tmp") {
                fs::remove_file(&path).map_err(failed("remove", &path))?;
            }
        }
        segments.sort_unstable();
        snapshots.sort_unstable();
        Ok((segments, snapshots))
    }

    /// Removes the segments and snapshots that the snapshot `next` replaces.
    pub fn remove_before(&self, next: Lsn) -> Result<(), OpenError> {
        let (segments, snapshots) = self.list()?;
        let old_segments = segments.into_iter().filter(|first| *first < next).map(|first| self.segment(first));
        let old_snapshots = snapshots.into_iter().filter(|at| *at < next).map(|at| self.snapshot(at));
        for path in old_segments.chain(old_snapshots) {
            fs::remove_file(&path).map_err(failed("remove", &path))?;
        }
        self.sync().map_err(failed("sync", &self.path))
    }
}

/// Returns what turns an error of the operation `what` on `path` into an [`OpenError`].
pub(crate) fn failed(what: &'static str, path: &Path) -> impl Fn(io::Error) -> OpenError + use<> {
    let path = path.to_owned();
    move |source| OpenError::Io { what, path: path.clone(), source }
}

fn number(name: &str, before: &str, after: &str) -> Option<Lsn> {
    name.strip_prefix(before)?.strip_suffix(after)?.parse().ok()
}

#[cfg(unix)]
fn private_file(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    OpenOptions::new().create(true).append(true).mode(0o600).open(path)
}

#[cfg(not(unix))]
fn private_file(path: &Path) -> io::Result<File> {
    OpenOptions::new().create(true).append(true).open(path)
}
