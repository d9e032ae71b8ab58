//! Files that only this user can read, and that are replaced as a whole, so that they are never half written.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

/// Writes and syncs a new file, renames it over the old one, and syncs the directory: after a crash either the old or
/// the new file is complete.
pub(crate) fn replace(path: &Path, contents: &[u8]) -> io::Result<()> {
    let directory = match path.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    fs::create_dir_all(directory)?;
    // `tempfile` creates it readable for this user only.
    let mut fresh = tempfile::NamedTempFile::new_in(directory)?;
    fresh.write_all(contents)?;
    fresh.as_file().sync_all()?;
    fresh.persist(path)?;
    File::open(directory)?.sync_all()
}
