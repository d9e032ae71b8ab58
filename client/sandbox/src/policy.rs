//! What a program in the sandbox may do.

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Rights and limits of a program in the sandbox. The default suits a decoder that reads and writes pipes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    /// Files and folders that may be read, beside the libraries of the system and the program's own folder.
    pub readable: Vec<PathBuf>,
    /// Folders in which files may be created and written. Each file is bounded by [`Self::max_file_bytes`].
    pub writable: Vec<PathBuf>,
    /// Folders with unix sockets. An argument `unix://PATH` of a socket in them is connected before the rights are given up,
    /// and becomes the `pipe:` of an open file. The program connects to nothing itself.
    pub sockets: Vec<PathBuf>,
    /// Maximum number of bytes of private memory.
    pub max_memory_bytes: u64,
    /// Maximum size of a file. 0: no files are written.
    pub max_file_bytes: u64,
    /// Maximum number of open files.
    pub max_open_files: u64,
    /// Maximum processor time in seconds. `None`: no limit, for a job that lasts as long as a broadcast.
    pub max_cpu_s: Option<u64>,
    /// Whether graphics devices may be used, by encoders of hardware. Their drivers need more system calls.
    pub allows_devices: bool,
    /// Whether the program must not run if the kernel does not enforce all of it.
    pub is_required: bool,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            readable: Vec::new(),
            writable: Vec::new(),
            sockets: Vec::new(),
            max_memory_bytes: 8 << 30,
            max_file_bytes: 0,
            max_open_files: 256,
            max_cpu_s: None,
            allows_devices: false,
            is_required: false,
        }
    }
}

impl Policy {
    /// The policy as an argument of a command line.
    pub(crate) fn encode(&self) -> String {
        // Numbers, flags and paths are always written. A path that is no UTF-8 leaves an argument that is refused.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads [`Self::encode`].
    pub(crate) fn decode(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_survive_a_command_line() {
        let policy = Policy { sockets: vec!["/tmp/a b\"c".into()], max_cpu_s: Some(20), ..Policy::default() };
        assert_eq!(Policy::decode(&policy.encode()), Some(policy));
        assert_eq!(Policy::decode(""), None);
    }
}
