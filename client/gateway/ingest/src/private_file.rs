//! Files that only this user can read, and that are replaced as a whole, so that they are never half written.

use serde::{de::DeserializeOwned, Deserialize};
use std::{
    fs::{self, File},
    io::{self, Read, Write},
    path::Path,
};

/// The field that each of these files has.
#[derive(Deserialize)]
struct Versioned {
    version: u32,
}

/// Reads a file of JSON with the field `version`. `None` if there is no file.
///
/// # Errors
///
/// The file cannot be read, is larger than `max_bytes`, is not JSON of this kind, or has another version.
pub(crate) fn read<T: DeserializeOwned>(path: &Path, max_bytes: u64, version: u32) -> io::Result<Option<T>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut contents = Vec::new();
    file.take(max_bytes.saturating_add(1)).read_to_end(&mut contents)?;
    if contents.len() as u64 > max_bytes {
        return Err(io::Error::other(format!("the file has more than {max_bytes} bytes")));
    }
    let Versioned { version: found } = serde_json::from_slice(&contents)?;
    if found != version {
        return Err(io::Error::other(format!("its version is {found}, not {version}")));
    }
    Ok(Some(serde_json::from_slice(&contents)?))
}

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

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, Deserialize)]
    struct Contents {
        version: u32,
        name: String,
    }

    #[test]
    fn file_is_read_as_written_and_refused_if_it_is_large_or_of_another_version() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.json");
        assert_eq!(read::<Contents>(&path, 100, 1).unwrap(), None);
        let text = br#"{"version":1,"name":"a"}"#;
        replace(&path, text).unwrap();
        let found = read::<Contents>(&path, text.len() as u64, 1).unwrap();
        assert_eq!(found, Some(Contents { version: 1, name: "a".into() }));
        assert!(read::<Contents>(&path, text.len() as u64 - 1, 1).unwrap_err().to_string().contains("more than"));
        assert!(read::<Contents>(&path, 100, 2).unwrap_err().to_string().contains("version is 1"));
    }
}
