//! Chain specification with the deposits of many viewers in its genesis.

use crate::{
    load::{account_of, accounts_for, session_key},
    report::{read, write},
};
use anyhow::{Context, Result};
use serde_json::{json, Value};
use std::path::PathBuf;

/// Balance of each account in planck, including its deposit.
const BALANCE: u64 = 201_000_000_000_000;
/// Deposit of each account in planck.
const DEPOSIT: u64 = 200_000_000_000_000;

/// Options of `make-spec`.
#[derive(clap::Args)]
pub struct Args {
    /// Plain specification to start from, as `export-chain-spec --chain dev` writes it
    #[arg(long, value_name = "FILE")]
    spec: PathBuf,
    /// Number of viewers; sixteen of them share an account, because an account can have sixteen sessions
    #[arg(long)]
    viewers: u32,
    /// File for the extended specification
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Adds the accounts and their deposits to the specification.
pub fn run(args: &Args) -> Result<()> {
    let mut spec = read(&args.spec)?;
    let patch = spec.pointer_mut("/genesis/runtimeGenesis/patch");
    let patch = patch.context("the specification has no genesis patch: export it without --raw")?;
    let key = json!(session_key()?.account());
    let accounts: Vec<_> = (0..accounts_for(args.viewers)).map(account_of).collect();
    let balances = accounts.iter().map(|account| json!([account, BALANCE]));
    let deposits = accounts.iter().map(|account| json!([account, DEPOSIT, key]));
    list(patch, "balances", "balances")?.extend(balances);
    list(patch, "tickStream", "deposits")?.extend(deposits);
    write(&args.out, &spec)?;
    println!("{} accounts with deposits for {} viewers: {}", accounts.len(), args.viewers, args.out.display());
    Ok(())
}

/// Returns the list `name` in the genesis of a pallet, and creates it if needed.
fn list<'a>(patch: &'a mut Value, pallet: &str, name: &str) -> Result<&'a mut Vec<Value>> {
    let fields = patch.as_object_mut().context("the genesis patch is not an object")?;
    let pallet = fields.entry(pallet).or_insert_with(|| json!({}));
    let fields = pallet.as_object_mut().context("the genesis of a pallet is not an object")?;
    let list = fields.entry(name).or_insert_with(|| json!([]));
    list.as_array_mut().context("the genesis patch has something else instead of a list")
}
