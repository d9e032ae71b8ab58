//! `vilokanam payout`: earnings to the account that earned them.

use crate::context::Context;
use clap::Args;
use serde_json::json;
use vilokanam_chain::{Call, TickEvent};
use vilokanam_terminal::{
    answer::{facts, Answer},
    CommandError,
};
use vilokanam_viewer::amount::Vlk;
use vilokanam_wire::{Account, Planck};

/// Pay out the earnings of an account.
#[derive(Clone, Debug, Args)]
pub struct Payout {
    /// Account that receives its own earnings; the wallet's own by default
    pub account: Option<Account>,
}

/// Pays out the earnings.
pub async fn run(context: &Context, args: Payout) -> Result<Answer, CommandError> {
    let signer = context.signer()?;
    let account = args.account.unwrap_or_else(|| Account(signer.account()));
    let chain = context.chain().await?;
    let sent = context.send(&chain, &Call::payout(&account.0), &signer).await?;
    let paid = chain.tick_events(sent.0.block.hash).await?.into_iter().find_map(|event| match event {
        TickEvent::PaidOut { account: to, amount } if to == account.0 => Some(amount),
        _ => None,
    });
    let paid = paid.unwrap_or_default();
    let lines =
        [("paid out", Vlk(paid).to_string()), ("to", account.to_string()), ("in block", sent.block().to_string())];
    let json = json!({ "sent": sent.to_json(), "account": account, "paid": Planck(paid) });
    Ok(Answer::new(json, facts(&lines)))
}
