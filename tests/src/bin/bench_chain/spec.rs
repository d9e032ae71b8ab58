//! A chain specification with many viewers in its genesis.

use crate::{
    load::{account_of, accounts_for, session_key},
    report::{read, write},
};
use anyhow::{Context, Result};
use serde_json::{json, Value};
use std::path::PathBuf;

/// What each account brings along, and how much of it is a deposit, in planck.
const BALANCE: u64 = 201_000_000_000_000;
const DEPOSIT: u64 = 200_000_000_000_000;

/// Which specification to extend, and by how many.
#[derive(clap::Args)]
pub struct Args {
    /// The plain specification to start from, as `export-chain-spec --chain dev` writes it.
    #[arg(long, value_name = "FILE")]
    spec: PathBuf,
    /// How many viewers watch at once; sixteen of them share an account, as that is how many sessions one may have.
    #[arg(long)]
    viewers: u32,
    /// Where the extended specification goes.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
}

/// Adds the accounts and their deposits.
pub fn run(args: &Args) -> Result<()> {
    let mut spec = read(&args.spec)?;
    let patch = spec.pointer_mut("/genesis/runtimeGenesis/patch");
    let patch = patch.context("not a plain specification: it has no genesis patch (was it exported with --raw?)")?;
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

/// The list `name` of a pallet's genesis, which may not be there yet.
fn list<'a>(patch: &'a mut Value, pallet: &str, name: &str) -> Result<&'a mut Vec<Value>> {
    let fields = patch.as_object_mut().context("the genesis patch is no object")?;
    let pallet = fields.entry(pallet).or_insert_with(|| json!({}));
    let fields = pallet.as_object_mut().context("a pallet's genesis is no object")?;
    let list = fields.entry(name).or_insert_with(|| json!([]));
    list.as_array_mut().context("not a list in the genesis patch")
}
