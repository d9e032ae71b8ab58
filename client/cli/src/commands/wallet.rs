//! `vilokanam wallet`: creating a wallet key, and showing the account of one.

use crate::context::Context;
use clap::Subcommand;
use serde_json::json;
use sp_core::{sr25519, Pair};
use std::path::PathBuf;
use vilokanam_chain::Signer;
use vilokanam_terminal::{
    answer::{facts, Answer},
    CommandError,
};
use vilokanam_viewer::files::write_private;
use vilokanam_wire::{scalars::bytes_to_hex, Account};

/// Create a wallet key, or show the account of one.
#[derive(Clone, Debug, Subcommand)]
pub enum Wallet {
    /// Write a new phrase to a file that only you can read
    Generate {
        /// File; `key` in the data folder by default
        #[arg(short, long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Overwrite an existing file; the key in it is lost
        #[arg(long)]
        force: bool,
    },
    /// Show the account of the wallet key
    Inspect,
}

/// Creates or shows a key.
pub fn run(context: &Context, wallet: Wallet) -> Result<Answer, CommandError> {
    match wallet {
        Wallet::Generate { out, force } => generate(context, out, force),
        Wallet::Inspect => Ok(answer(&context.signer()?, None)),
    }
}

fn generate(context: &Context, out: Option<PathBuf>, force: bool) -> Result<Answer, CommandError> {
    let path = out.unwrap_or_else(|| context.data.key_file());
    if path.exists() && !force {
        return Err(CommandError::failed(
            format!("{} exists", path.display()),
            "Name another file with --out, or lose the key in it with --force.",
        ));
    }
    let (_, phrase, _) = sr25519::Pair::generate_with_phrase(None);
    let signer = Signer::from_uri(&phrase)?;
    write_private(&path, &format!("{phrase}\n"))?;
    context.note("This file is the only copy of the key: back it up where only you can find it.");
    Ok(answer(&signer, Some(path)))
}

fn answer(signer: &Signer, path: Option<PathBuf>) -> Answer {
    let account = Account(signer.account());
    let public_key = bytes_to_hex(signer.public_key());
    let mut lines = vec![("account", account.to_string()), ("public key", public_key.clone())];
    lines.extend(path.as_ref().map(|path| ("file", path.display().to_string())));
    let json = json!({ "account": account, "public_key": public_key, "scheme": "sr25519", "file": path });
    Answer::new(json, facts(&lines))
}
