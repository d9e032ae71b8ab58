//! `vilokanam keys`: making a wallet's key, and seeing whose it is.

use crate::{
    answer::{facts, Answer},
    context::Context,
    error::CliError,
    store::write_private,
};
use clap::Subcommand;
use serde_json::json;
use sp_core::{sr25519, Pair};
use std::path::PathBuf;
use vilokanam_chain::Signer;
use vilokanam_wire::{scalars::bytes_to_hex, Account};

/// Make a wallet's key, or see whose it is.
#[derive(Clone, Debug, Subcommand)]
pub enum Keys {
    /// Write a new phrase to a file that only you may read
    Generate {
        /// Where to; the data folder's `key` if nothing is said
        #[arg(short, long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Write over a file that is there: its key is lost
        #[arg(long)]
        force: bool,
    },
    /// Show the account of the key in use
    Inspect,
}

/// Does it.
pub fn run(context: &Context, keys: Keys) -> Result<Answer, CliError> {
    match keys {
        Keys::Generate { out, force } => generate(context, out, force),
        Keys::Inspect => Ok(shown(&context.signer()?, None)),
    }
}

fn generate(context: &Context, out: Option<PathBuf>, force: bool) -> Result<Answer, CliError> {
    let path = out.unwrap_or_else(|| context.data.key_file());
    if path.exists() && !force {
        return Err(CliError::failed(
            format!("{} exists", path.display()),
            "Name another file with --out, or --force to lose the key in it.",
        ));
    }
    let (_, phrase, _) = sr25519::Pair::generate_with_phrase(None);
    let signer = Signer::from_uri(&phrase)?;
    write_private(&path, &format!("{phrase}\n"))?;
    context.note("The file is all there is of this key: keep a copy where only you find it.");
    Ok(shown(&signer, Some(path)))
}

fn shown(signer: &Signer, path: Option<PathBuf>) -> Answer {
    let account = Account(signer.account());
    let public_key = bytes_to_hex(signer.public_key());
    let mut lines = vec![("account", account.to_string()), ("public key", public_key.clone())];
    lines.extend(path.as_ref().map(|path| ("file", path.display().to_string())));
    let json = json!({ "account": account, "public_key": public_key, "scheme": "sr25519", "file": path });
    Answer::new(json, facts(&lines))
}
