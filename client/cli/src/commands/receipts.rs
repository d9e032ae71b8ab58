//! `vilokanam receipts`: settlements of a session.

use crate::context::Context;
use clap::Args;
use vilokanam_terminal::{
    answer::{table, Answer},
    CommandError,
};
use vilokanam_viewer::amount::Vlk;
use vilokanam_wire::{money::Receipt, SessionRef};

/// List the settlements of a session.
#[derive(Clone, Debug, Args)]
pub struct Receipts {
    /// Session: 16 bytes in hex
    pub session: SessionRef,
    /// Maximum number of settlements
    #[arg(long, default_value_t = 100)]
    pub limit: usize,
}

/// Lists the settlements.
pub async fn run(context: &Context, args: Receipts) -> Result<Answer, CommandError> {
    let path = format!("/v1/sessions/{}/receipts", args.session);
    let receipts: Vec<Receipt> = context.gateway()?.list(&path, &[], args.limit).await?;
    let rows = receipts.iter().map(|receipt| {
        [receipt.at.clone(), receipt.block.to_string(), format!("{} s", receipt.ticks), Vlk(receipt.paid.0).to_string()]
    });
    let text = table(&["at", "block", "settled", "paid"], rows);
    Ok(Answer::new(&receipts, text))
}
