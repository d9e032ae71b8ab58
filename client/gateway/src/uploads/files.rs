//! The files of uploads.

use super::{error::UploadError, info::UploadInfo};
use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    time::UNIX_EPOCH,
};
use tempfile::NamedTempFile;

/// Number of hex digits of an id.
const ID_CHARS: usize = 32;

/// The folder of uploads.
#[derive(Debug)]
pub(super) struct Files(PathBuf);

impl Files {
    pub fn open(folder: &Path) -> Result<Self, UploadError> {
        let wrap = |error| UploadError::Io { path: folder.to_owned(), error };
        fs::create_dir_all(folder).map_err(wrap)?;
        restrict(folder).map_err(wrap)?;
        Ok(Self(folder.to_owned()))
    }

    pub fn body(&self, id: &str) -> PathBuf {
        self.0.join(id)
    }

    fn about(&self, id: &str) -> PathBuf {
        self.0.join(format!("{id}.json"))
    }

    /// Creates an empty body, and then what is said of it: the upload exists from then on.
    pub fn create(&self, info: &UploadInfo) -> Result<(), UploadError> {
        let (body, about) = (self.body(&info.id), self.about(&info.id));
        let wrap = |path: &Path, error| UploadError::Io { path: path.to_owned(), error };
        File::create_new(&body).map_err(|error| wrap(&body, error))?;
        let written = self.write_about(info, &about);
        written.map_err(|error| {
            self.remove(&info.id);
            wrap(&about, error)
        })
    }

    fn write_about(&self, info: &UploadInfo, about: &Path) -> io::Result<()> {
        let mut file = NamedTempFile::new_in(&self.0)?;
        file.write_all(&serde_json::to_vec(info)?)?;
        file.as_file().sync_all()?;
        file.persist(about).map_err(|error| error.error)?;
        Ok(())
    }

    /// Number of bytes that have arrived.
    pub fn length(&self, id: &str) -> Result<u64, UploadError> {
        Ok(self.metadata(id)?.len())
    }

    /// When the last byte arrived, in milliseconds since 1970.
    pub fn changed_at(&self, id: &str) -> Result<u64, UploadError> {
        let path = self.body(id);
        let changed = self.metadata(id)?.modified().map_err(|error| UploadError::Io { path, error })?;
        let since = changed.duration_since(UNIX_EPOCH).unwrap_or_default();
        Ok(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }

    fn metadata(&self, id: &str) -> Result<fs::Metadata, UploadError> {
        let path = self.body(id);
        fs::metadata(&path).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => UploadError::Unknown,
            _ => UploadError::Io { path, error },
        })
    }

    /// Removes both files. What is said of an upload goes first, so that no half of it counts after a crash.
    pub fn remove(&self, id: &str) {
        for path in [self.about(id), self.body(id)] {
            match fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    tracing::warn!(%error, path = %path.display(), "a file of an upload cannot be removed; remove it by hand");
                }
                _ => {}
            }
        }
    }

    /// Reads what is said of all uploads. Files that belong to none are removed.
    pub fn read_all(&self) -> Result<Vec<UploadInfo>, UploadError> {
        let wrap = |error| UploadError::Io { path: self.0.clone(), error };
        let entries = fs::read_dir(&self.0).map_err(wrap)?.collect::<Result<Vec<_>, _>>().map_err(wrap)?;
        let names: Vec<String> = entries.iter().filter_map(|entry| entry.file_name().into_string().ok()).collect();
        let mut found = Vec::new();
        for id in names.iter().map(|name| name.strip_suffix(".json").unwrap_or(name)).filter(|name| is_id(name)) {
            let read = || serde_json::from_slice::<UploadInfo>(&fs::read(self.about(id)).ok()?).ok();
            match read().filter(|info| info.id == id && self.body(id).is_file()) {
                Some(info) if !found.contains(&info) => found.push(info),
                Some(_) => {}
                None => self.remove(id),
            }
        }
        Ok(found)
    }
}

fn is_id(name: &str) -> bool {
    name.len() == ID_CHARS && name.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(unix)]
fn restrict(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
fn restrict(_: &Path) -> io::Result<()> {
    Ok(())
}
