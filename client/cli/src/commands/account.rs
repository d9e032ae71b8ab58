//! `vilokanam account`: an account on chain.

use crate::context::Context;
use clap::Args;
use serde_json::{json, Value};
use tick_stream_primitives::{Delegation, Deposit};
use vilokanam_terminal::{
    answer::{facts, Answer},
    CommandError,
};
use vilokanam_viewer::amount::{PerSecond, Vlk};
use vilokanam_wire::{Account as Address, Planck};

/// Show an account: balance, deposit, session key, earnings.
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
    let state = chain.now();
    let balance = state.account(&account.0).await?;
    let deposit = state.deposit(&account.0).await?;
    let earnings = state.earnings(&account.0).await?;
    let mut lines = vec![("account", account.to_string()), ("balance", Vlk(balance.free).to_string())];
    if balance.reserved > 0 {
        lines.push(("held", Vlk(balance.reserved).to_string()));
    }
    lines.push(("earnings", Vlk(earnings).to_string()));
    match &deposit {
        Some(deposit) => lines.extend(deposit_lines(deposit)),
        None => lines.push(("deposit", "none".into())),
    }
    let json = json!({
        "account": account,
        "balance": { "free": Planck(balance.free), "reserved": Planck(balance.reserved), "nonce": balance.nonce },
        "earnings": Planck(earnings),
        "deposit": deposit.as_ref().map(deposit_json),
    });
    Ok(Answer::new(json, facts(&lines)))
}

fn deposit_lines(deposit: &Deposit) -> Vec<(&'static str, String)> {
    let mut lines = vec![
        ("deposit, free", Vlk(deposit.free).to_string()),
        ("deposit, reserved", format!("{} in {} sessions", Vlk(deposit.reserved), deposit.open_sessions)),
        ("next nonce", deposit.nonces.next().to_string()),
    ];
    match &deposit.delegation {
        Some(Delegation { session_key, max_price_per_tick, allowance, expires_at }) => lines.extend([
            ("session key", Address(session_key.clone()).to_string()),
            ("  maximum price", PerSecond(*max_price_per_tick).to_string()),
            ("  allowance left", Vlk(*allowance).to_string()),
            ("  valid until block", expires_at.to_string()),
        ]),
        None => lines.push(("session key", "none".into())),
    }
    lines
}

fn deposit_json(deposit: &Deposit) -> Value {
    json!({
        "free": Planck(deposit.free),
        "reserved": Planck(deposit.reserved),
        "open_sessions": deposit.open_sessions,
        "generation": deposit.generation,
        "paid_until_ms": deposit.paid_until,
        "active_at": deposit.active_at,
        "nonces": { "last": deposit.nonces.last.to_string(), "used": format!("{:#018x}", deposit.nonces.used) },
        "delegation": deposit.delegation.as_ref().map(delegation_json),
    })
}

/// Returns a delegation as JSON.
pub fn delegation_json(delegation: &Delegation) -> Value {
    json!({
        "session_key": Address(delegation.session_key.clone()),
        "max_price_per_tick": Planck(delegation.max_price_per_tick),
        "allowance": Planck(delegation.allowance),
        "expires_at": delegation.expires_at,
    })
}
