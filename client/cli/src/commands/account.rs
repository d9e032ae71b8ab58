//! `vilokanam account`: an account on chain.

use crate::{
    commands::keys::{describe::Listed, spending::OpenSpending},
    context::Context,
};
use clap::Args;
use serde_json::{json, Value};
use tick_stream_primitives::{AccountId, Deposit};
use vilokanam_terminal::{
    answer::{facts, Answer},
    CommandError,
};
use vilokanam_viewer::amount::Vlk;
use vilokanam_wire::{Account as Address, Planck};

/// Show an account: balance, deposit, session keys, earnings.
#[derive(Clone, Debug, Args)]
pub struct Account {
    /// Account; the wallet's own by default
    pub account: Option<Address>,
}

/// Shows the account.
pub async fn run(context: &Context, args: Account) -> Result<Answer, CommandError> {
    let account = match args.account {
        Some(account) => account,
        None => Address(context.signer()?.account()),
    };
    let chain = context.chain().await?;
    let now = chain.best().await?;
    let state = chain.at(now.hash);
    let balance = state.account(&account.0).await?;
    let deposit = state.deposit(&account.0).await?;
    let earnings = state.earnings(&account.0).await?;
    let keys: Vec<Listed> = state.keys(&account.0).await?.into_iter().map(Listed::from).collect();
    let own = context.data.session_key(&chain.genesis_hash(), &account.0)?.map(|stored| stored.session_key.0);
    let mut lines = vec![("account", account.to_string()), ("balance", Vlk(balance.free).to_string())];
    if balance.reserved > 0 {
        lines.push(("held", Vlk(balance.reserved).to_string()));
    }
    lines.push(("earnings", Vlk(earnings).to_string()));
    match &deposit {
        Some(deposit) => lines.extend(deposit_lines(deposit, &keys, own.as_ref())),
        None => lines.push(("deposit", "none".into())),
    }
    let spending = OpenSpending::read(context, &chain, &account.0, keys.iter().map(|listed| &listed.key)).await;
    let key = |key: &Listed| key.to_json(now.number, own.as_ref(), spending.as_ref());
    let json = json!({
        "account": account,
        "balance": { "free": Planck(balance.free), "reserved": Planck(balance.reserved), "nonce": balance.nonce },
        "earnings": Planck(earnings),
        "deposit": deposit.as_ref().map(deposit_json),
        "keys": keys.iter().map(key).collect::<Vec<_>>(),
    });
    Ok(Answer::new(json, facts(&lines)))
}

fn deposit_lines(deposit: &Deposit, keys: &[Listed], own: Option<&AccountId>) -> Vec<(&'static str, String)> {
    let label = |key: &Listed| match own == Some(&key.account) {
        true => format!("{} (this machine)", key.label()),
        false => key.label(),
    };
    let labels: Vec<String> = keys.iter().map(label).collect();
    vec![
        ("deposit, free", Vlk(deposit.free).to_string()),
        ("deposit, reserved", format!("{} in {} sessions", Vlk(deposit.reserved), deposit.open_sessions)),
        ("session keys", if labels.is_empty() { "none".into() } else { labels.join(", ") }),
    ]
}

fn deposit_json(deposit: &Deposit) -> Value {
    json!({
        "free": Planck(deposit.free),
        "reserved": Planck(deposit.reserved),
        "open_sessions": deposit.open_sessions,
        "paid_until_ms": deposit.paid_until,
        "active_at": deposit.active_at,
        "bond": Planck(deposit.bond),
        "nonces": { "last": deposit.nonces.last.to_string(), "used": format!("{:#018x}", deposit.nonces.used) },
    })
}
