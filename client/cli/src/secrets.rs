//! Where the wallet's phrase comes from. Never from an argument: arguments are seen by every process.

use crate::{
    error::CliError,
    store::{read_text, DataDir},
};
use std::{env, io::IsTerminal, path::Path};
use vilokanam_chain::Signer;

/// The environment variable that may hold the phrase.
pub const KEY_VARIABLE: &str = "VILOKANAM_KEY";

/// The wallet's key: from the file named, the environment, the data folder, or a prompt, in this order.
pub fn wallet(named: Option<&Path>, data: &DataDir) -> Result<Signer, CliError> {
    if let Some(path) = named {
        return from_file(path);
    }
    if let Ok(phrase) = env::var(KEY_VARIABLE) {
        return from_phrase(&phrase, KEY_VARIABLE);
    }
    let own = data.key_file();
    if own.exists() {
        return from_file(&own);
    }
    if !std::io::stdin().is_terminal() {
        return Err(CliError::failed(
            "no wallet key is given",
            format!("Make one with `vilokanam keys generate`, name a file with --key-file, or set {KEY_VARIABLE}."),
        ));
    }
    let phrase = rpassword::prompt_password("The wallet's phrase: ").map_err(|error| {
        CliError::failed(format!("cannot read the phrase: {error}"), "Name a file with --key-file.")
    })?;
    from_phrase(&phrase, "what was typed")
}

/// The key in a file that holds its phrase.
pub fn from_file(path: &Path) -> Result<Signer, CliError> {
    warn_if_readable(path);
    from_phrase(&read_text(path)?, &path.display().to_string())
}

fn from_phrase(phrase: &str, from: &str) -> Result<Signer, CliError> {
    // The parser's words could hold a piece of the phrase.
    Signer::from_uri(phrase.trim()).map_err(|_| {
        CliError::failed(
            format!("{from} holds no key"),
            "It must be a phrase of 12 or 24 words, or 0x and 64 hex digits, either with //derivations.",
        )
    })
}

#[cfg(unix)]
fn warn_if_readable(path: &Path) {
    use std::os::unix::fs::PermissionsExt;
    let mode = path.metadata().map(|metadata| metadata.permissions().mode()).unwrap_or_default();
    if mode & 0o077 != 0 {
        eprintln!("Warning: others may read {}; mend it with `chmod 600`.", path.display());
    }
}

#[cfg(not(unix))]
fn warn_if_readable(_: &Path) {}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::write_private;

    #[test]
    fn from_file_works() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        write_private(&path, "//Alice\n").unwrap();
        let alice = "0xd43593c715fdd31c61141abd04a99fd6822c8558854ccde39a5684e7a56da27d";
        assert_eq!(format!("0x{}", hex::encode(from_file(&path).unwrap().public_key())), alice);
    }

    #[test]
    fn from_phrase_malformed_fails() {
        let error = from_phrase("correct horse battery", "here").unwrap_err();
        assert!(!error.to_string().contains("horse"), "no error tells the phrase");
        assert_eq!(error.exit() as u8, 1);
    }

    #[test]
    fn from_file_absent_fails() {
        let error = from_file(Path::new("/nonexistent/key")).unwrap_err();
        assert!(error.to_string().contains("/nonexistent/key"));
    }
}
