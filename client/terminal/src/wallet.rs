//! Sources of the wallet's phrase. Arguments are none of them: every process of a machine can read those of the others.

use crate::error::CommandError;
use std::{
    env,
    io::IsTerminal,
    path::{Path, PathBuf},
};
use vilokanam_chain::Signer;
use vilokanam_viewer::files::read_text;

/// Environment variable that may hold the phrase.
pub const KEY_VARIABLE: &str = "VILOKANAM_KEY";

/// Text of a wallet's secret, and its source.
pub struct Phrase {
    text: String,
    source: String,
}

impl Phrase {
    /// Returns the text without surrounding white space.
    pub fn text(&self) -> &str {
        self.text.trim()
    }

    /// Returns the key.
    ///
    /// # Errors
    ///
    /// When the text is malformed. The error does not repeat any of it.
    pub fn signer(&self) -> Result<Signer, CommandError> {
        // The parser's own message could repeat a part of the phrase.
        Signer::from_uri(self.text()).map_err(|_| {
            CommandError::failed(
                format!("{} holds no key", self.source),
                "It must be a phrase of 12 or 24 words, or 0x and 64 hex digits, either with //derivations.",
            )
        })
    }
}

/// Returns the place of the phrase in the data folder.
pub fn key_file(data_folder: &Path) -> PathBuf {
    data_folder.join("key")
}

/// Finds the phrase: in the file that was named, the environment, or the data folder, in this order.
///
/// # Errors
///
/// When a file cannot be read.
pub fn find(named: Option<&Path>, data_folder: &Path) -> Result<Option<Phrase>, CommandError> {
    if let Some(path) = named {
        return from_file(path).map(Some);
    }
    if let Ok(text) = env::var(KEY_VARIABLE) {
        return Ok(Some(Phrase { text, source: KEY_VARIABLE.into() }));
    }
    let own = key_file(data_folder);
    own.exists().then(|| from_file(&own)).transpose()
}

/// Asks for the phrase in the terminal.
///
/// # Errors
///
/// When there is no terminal.
pub fn prompt() -> Result<Phrase, CommandError> {
    if !std::io::stdin().is_terminal() {
        return Err(CommandError::failed(
            "no wallet key is given",
            format!("Create one with `vilokanam wallet generate`, name a file with --key-file, or set {KEY_VARIABLE}."),
        ));
    }
    let text = rpassword::prompt_password("The wallet's phrase: ").map_err(|error| {
        CommandError::failed(format!("cannot read the phrase: {error}"), "Name a file with --key-file.")
    })?;
    Ok(Phrase { text, source: "the input".into() })
}

fn from_file(path: &Path) -> Result<Phrase, CommandError> {
    warn_if_readable(path);
    Ok(Phrase { text: read_text(path)?, source: path.display().to_string() })
}

#[cfg(unix)]
fn warn_if_readable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = path.metadata().map(|metadata| metadata.permissions().mode()).unwrap_or_default();
    if mode & 0o077 != 0 {
        let path = path.display();
        eprintln!("Warning: other users of this machine can read {path}; run `chmod 600 {path}`.");
    }
}

#[cfg(not(unix))]
fn warn_if_readable(_: &Path) {}

#[cfg(test)]
mod tests {
    use super::*;
    use vilokanam_viewer::files::write_private;

    #[test]
    fn key_is_read_from_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wallet");
        write_private(&path, "//Alice\n").unwrap();
        let signer = find(Some(&path), folder.path()).unwrap().unwrap().signer().unwrap();
        let alice = "d43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";
        assert_eq!(hex::encode(signer.public_key()), alice);
    }

    #[test]
    fn error_of_a_malformed_phrase_does_not_repeat_it() {
        let phrase = Phrase { text: "correct horse battery".into(), source: "here".into() };
        let error = phrase.signer().err().unwrap();
        assert!(!error.to_string().contains("horse"), "{error}");
        assert_eq!(error.exit() as u8, 1);
    }

    #[test]
    fn absent_file_is_named_in_the_error() {
        let error = find(Some(Path::new("/nonexistent/key")), Path::new("/nonexistent")).err().unwrap();
        assert!(error.to_string().contains("/nonexistent/key"), "{error}");
    }
}
