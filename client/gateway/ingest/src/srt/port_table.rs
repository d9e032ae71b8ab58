//! Which port belongs to which stream, and the keys of those that are open, kept in a file.

use crate::{config::SrtConfig, private_file};
use serde::{Deserialize, Serialize};
use std::{io, ops::RangeInclusive, path::PathBuf};

const VERSION: u32 = 1;
/// Maximum size of the file: a line for each port that exists.
const MAX_FILE_BYTES: u64 = 16 << 20;

/// Ports of streams. A stream keeps its port as long as no other one needs it.
#[derive(Debug)]
pub(super) struct PortTable {
    ports: RangeInclusive<u16>,
    file: Option<PathBuf>,
    /// Those that were closed for the longest time first.
    lines: Vec<Line>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    /// A decimal string, because other readers lose bits of JSON numbers above 2^53.
    stream: String,
    /// `None`: the stream has the port of all streams only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    port: Option<u16>,
    /// `None`: the listener is closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    key: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Contents {
    version: u32,
    listeners: Vec<Line>,
}

impl Line {
    fn is_of(&self, stream: u64) -> bool {
        self.stream.parse() == Ok(stream)
    }
}

impl PortTable {
    /// Reads the file. If it cannot be read, all listeners have to be opened again.
    pub fn open(config: &SrtConfig) -> Self {
        let mut table = Self { ports: config.own_ports(), file: config.file.clone(), lines: Vec::new() };
        match table.read() {
            Ok(lines) => lines.into_iter().for_each(|line| table.add(line)),
            Err(error) => tracing::warn!(
                %error, file = ?table.file,
                "the SRT listeners of the last run are not known; creators have to open theirs again"
            ),
        }
        table
    }

    fn read(&self) -> io::Result<Vec<Line>> {
        let Some(path) = &self.file else { return Ok(Vec::new()) };
        let contents = private_file::read::<Contents>(path, MAX_FILE_BYTES, VERSION)?;
        Ok(contents.map(|contents| contents.listeners).unwrap_or_default())
    }

    /// Adds a line of the file, unless it contradicts an earlier one or the settings.
    fn add(&mut self, line: Line) {
        let is_same = |known: &Line| known.stream == line.stream || (known.port.is_some() && known.port == line.port);
        let is_possible = line.port.is_none_or(|port| self.ports.contains(&port)) && line.stream.parse::<u64>().is_ok();
        if is_possible && !self.lines.iter().any(is_same) {
            self.lines.push(line);
        }
    }

    /// Streams with an open listener, their ports and keys.
    pub fn opened(&self) -> Vec<(u64, Option<u16>, String)> {
        let opened =
            self.lines.iter().filter_map(|line| Some((line.stream.parse().ok()?, line.port, line.key.clone()?)));
        opened.collect()
    }

    /// Enters a listener: at the port that the stream had before, or at one that no stream has, or at that of the stream
    /// whose listener was closed first. `is_free` checks that a port can be used. Returns `None` if there is no port left.
    pub fn enter(&mut self, stream: u64, key: &str, is_free: impl FnMut(u16) -> bool) -> Option<u16> {
        let place = self.lines.iter().position(|line| line.is_of(stream));
        let port = match place.map(|place| &self.lines[place]) {
            // It is open already.
            Some(line) if line.key.is_some() => line.port,
            known => self.port_for(known.and_then(|line| line.port), is_free),
        };
        self.lines.retain(|line| !line.is_of(stream) && (port.is_none() || line.port != port));
        self.lines.push(Line { stream: stream.to_string(), port, key: Some(key.to_owned()) });
        self.write();
        port
    }

    fn port_for(&self, own: Option<u16>, mut is_free: impl FnMut(u16) -> bool) -> Option<u16> {
        if own.is_some() {
            // A listener that was just closed may still have it.
            return own;
        }
        let unused = self.ports.clone().filter(|port| self.lines.iter().all(|line| line.port != Some(*port)));
        let closed = self.lines.iter().filter(|line| line.key.is_none()).filter_map(|line| line.port);
        unused.chain(closed).find(|port| is_free(*port))
    }

    /// Notes that a listener is closed.
    pub fn close(&mut self, stream: u64) {
        let Some(place) = self.lines.iter().position(|line| line.is_of(stream) && line.key.is_some()) else { return };
        let line = self.lines.remove(place);
        if line.port.is_some() {
            self.lines.push(Line { key: None, ..line });
        }
        self.write();
    }

    fn write(&self) {
        let Some(path) = &self.file else { return };
        let contents = Contents { version: VERSION, listeners: self.lines.clone() };
        let written = serde_json::to_vec(&contents).map_err(io::Error::from);
        if let Err(error) = written.and_then(|text| private_file::replace(path, &text)) {
            tracing::error!(
                %error, file = %path.display(),
                "an SRT listener will not survive a restart, because the file cannot be written; check the folder"
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(directory: &std::path::Path) -> SrtConfig {
        let file = Some(directory.join("srt.json"));
        SrtConfig { first_port: 9_000, last_port: 9_002, file, ..SrtConfig::default() }
    }

    fn enter(table: &mut PortTable, stream: u64) -> Option<u16> {
        table.enter(stream, "key", |_| true)
    }

    #[test]
    fn ports_and_keys_survive_a_restart_in_any_order() {
        let directory = tempfile::tempdir().unwrap();
        let mut table = PortTable::open(&config(directory.path()));
        assert_eq!((enter(&mut table, 2), enter(&mut table, u64::MAX)), (Some(9_001), Some(9_002)));
        table.close(u64::MAX);
        let mut table = PortTable::open(&config(directory.path()));
        assert_eq!(table.opened(), [(2, Some(9_001), "key".into())]);
        assert_eq!((enter(&mut table, u64::MAX), enter(&mut table, 2)), (Some(9_002), Some(9_001)), "they do not swap");
    }

    #[test]
    fn the_port_that_was_closed_first_is_given_away_first() {
        let directory = tempfile::tempdir().unwrap();
        let mut table = PortTable::open(&config(directory.path()));
        assert_eq!(
            (enter(&mut table, 1), enter(&mut table, 2), enter(&mut table, 3)),
            (Some(9_001), Some(9_002), None)
        );
        let opened = PortTable::open(&config(directory.path())).opened();
        assert_eq!(opened.last(), Some(&(3, None, "key".into())), "it has the port of all streams");
        table.close(3);
        table.close(2);
        table.close(1);
        assert_eq!(enter(&mut table, 3), Some(9_002));
        assert_eq!(enter(&mut table, 1), Some(9_001));
        assert_eq!(enter(&mut table, 2), None);
        assert_eq!((enter(&mut table, 1), enter(&mut table, 2)), (Some(9_001), None), "they are open already");
    }

    #[test]
    fn ports_that_others_use_are_skipped() {
        let directory = tempfile::tempdir().unwrap();
        let mut table = PortTable::open(&config(directory.path()));
        assert_eq!(table.enter(1, "key", |port| port != 9_001), Some(9_002));
        table.close(1);
        assert_eq!(table.enter(1, "key", |_| false), Some(9_002), "a listener that was just closed may still have it");
    }

    #[test]
    fn a_damaged_file_does_not_prevent_the_start() {
        let directory = tempfile::tempdir().unwrap();
        let config = config(directory.path());
        let line = |stream: &str, port: u16| format!(r#"{{"stream":"{stream}","port":{port},"key":"k"}}"#);
        let lines =
            [line("1", 9_001), line("2", 9_001), line("1", 9_002), line("3", 8_999), line("x", 9_002)].join(",");
        for (text, opened) in [
            ("{", 0),
            (r#"{"version":2,"listeners":[]}"#, 0),
            (&format!(r#"{{"version":1,"listeners":[{lines}]}}"#), 1),
        ] {
            std::fs::write(config.file.as_ref().unwrap(), text).unwrap();
            assert_eq!(PortTable::open(&config).opened().len(), opened, "{text}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn only_this_user_can_read_the_keys() {
        use std::os::unix::fs::PermissionsExt;
        let directory = tempfile::tempdir().unwrap();
        let config = config(directory.path());
        enter(&mut PortTable::open(&config), 1);
        let mode = std::fs::metadata(config.file.unwrap()).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0);
    }
}
