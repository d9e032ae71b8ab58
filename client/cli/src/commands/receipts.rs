//! `vilokanam receipts`: the settlements of a session, block by block.

use crate::{
    amount::Vlk,
    answer::{table, Answer},
    context::Context,
    error::CliError,
};
use clap::Args;
use vilokanam_wire::{money::Receipt, SessionRef};

/// List the settlements of a session.
#[derive(Clone, Debug, Args)]
pub struct Receipts {
    /// The session: 16 bytes in hex
    pub session: SessionRef,
    /// How many at most
    #[arg(long, default_value_t = 100)]
    pub limit: usize,
}

/// Does it.
pub async fn run(context: &Context, args: Receipts) -> Result<Answer, CliError> {
    let path = format!("/v1/sessions/{}/receipts", args.session);
    let receipts: Vec<Receipt> = context.gateway()?.list(&path, &[], args.limit).await?;
    let rows = receipts.iter().map(|receipt| {
        [receipt.at.clone(), receipt.block.to_string(), format!("{} s", receipt.ticks), Vlk(receipt.paid.0).to_string()]
    });
    let text = table(&["at", "block", "settled", "paid"], rows);
    Ok(Answer::new(&receipts, text))
}
