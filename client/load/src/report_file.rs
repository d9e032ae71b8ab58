//! Files that reports are written to.

use std::{
    fs::{self, OpenOptions},
    path::Path,
};
use vilokanam_terminal::CommandError;

/// Checks that a report can be written to `path`, before the test takes an hour and costs money. Creates the file if there
/// is none.
///
/// # Errors
///
/// When the file cannot be opened for writing.
pub fn check_writable(path: &Path) -> Result<(), CommandError> {
    let opened = OpenOptions::new().create(true).append(true).open(path);
    opened.map(drop).map_err(|error| CommandError::path("write", path, error))
}

/// Writes a report, in place of an earlier one.
///
/// # Errors
///
/// When the file cannot be written.
pub fn write(path: &Path, text: &str) -> Result<(), CommandError> {
    fs::write(path, text).map_err(|error| CommandError::path("write", path, error))
}
