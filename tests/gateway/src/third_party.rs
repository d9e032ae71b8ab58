//! HLS parsers and players by other authors, in the versions that `parsers/` requires, run with Node.js or Python.

use anyhow::Result;
use std::{path::Path, process::Command};
pub use vilokanam_tests::third_party::run_with_json;
use vilokanam_tests::third_party::Programs;

/// Returns the folder with the programs and with the lists of their packages.
fn programs() -> Programs {
    Programs::new(Path::new(env!("CARGO_MANIFEST_DIR")).join("parsers"), "players")
}

/// Returns the command for a Node.js program of `parsers/`.
pub fn node_program(name: &str) -> Result<Command> {
    programs().node(name)
}

/// Returns the command for a Python program of `parsers/`.
pub fn python_program(name: &str) -> Result<Command> {
    programs().python(name)
}
