//! The sources that creators have set, kept in a file, so that they are pulled again after a restart.

use crate::private_file;
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, io, path::PathBuf};

const VERSION: u32 = 1;
/// Maximum size of the file.
const MAX_FILE_BYTES: u64 = 16 << 20;

/// Sources by stream. The file is readable for this user only, because URLs may be secret.
#[derive(Debug)]
pub(super) struct SourceTable {
    file: Option<PathBuf>,
    /// Decimal strings, because other readers lose bits of JSON numbers above 2^53.
    sources: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contents {
    version: u32,
    sources: BTreeMap<String, String>,
}

impl SourceTable {
    /// Reads the file, and returns what is in it. If it cannot be read, creators have to set their sources again.
    pub fn open(file: Option<PathBuf>) -> (Self, Vec<(u64, String)>) {
        let mut table = Self { file, sources: BTreeMap::new() };
        match table.read() {
            Ok(sources) => table.sources = sources,
            Err(error) => tracing::warn!(%error, file = ?table.file, "the sources of the last run are not known"),
        }
        let known = table.sources.iter().filter_map(|(stream, url)| Some((stream.parse().ok()?, url.clone())));
        let known = known.collect();
        (table, known)
    }

    /// Sets or removes the source of a stream.
    pub fn set(&mut self, stream: u64, url: Option<&str>) {
        let before = match url {
            Some(url) => self.sources.insert(stream.to_string(), url.to_owned()),
            None => self.sources.remove(&stream.to_string()),
        };
        if before.as_deref() == url {
            return;
        }
        if let Err(error) = self.write() {
            tracing::warn!(stream, %error, "the source of a stream is not kept, and has to be set again after a restart");
        }
    }

    fn read(&self) -> io::Result<BTreeMap<String, String>> {
        let Some(path) = &self.file else { return Ok(BTreeMap::new()) };
        let contents = private_file::read::<Contents>(path, MAX_FILE_BYTES, VERSION)?;
        Ok(contents.map(|contents| contents.sources).unwrap_or_default())
    }

    fn write(&self) -> io::Result<()> {
        let Some(path) = &self.file else { return Ok(()) };
        let contents = Contents { version: VERSION, sources: self.sources.clone() };
        private_file::replace(path, &serde_json::to_vec_pretty(&contents)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_survive_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let file = Some(folder.path().join("sources.json"));
        let (mut table, known) = SourceTable::open(file.clone());
        assert_eq!(known, []);
        table.set(7, Some("https://a.example/x"));
        table.set(8, Some("srt://a.example:1"));
        table.set(7, Some("https://b.example/x"));
        table.set(8, None);
        let (_, known) = SourceTable::open(file.clone());
        assert_eq!(known, [(7, "https://b.example/x".to_owned())]);
        std::fs::write(file.as_ref().unwrap(), "{").unwrap();
        assert_eq!(SourceTable::open(file).1, []);
    }
}
