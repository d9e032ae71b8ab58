//! `vilokanam sessions`: what an account has watched.

use crate::{
    amount::{PerSecond, Vlk},
    answer::{table, Answer},
    context::Context,
    error::CliError,
};
use clap::Args;
use vilokanam_wire::{money::SessionRecord, Account};

/// List an account's sessions.
#[derive(Clone, Debug, Args)]
pub struct Sessions {
    /// Whose; the wallet's own if nothing is said
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<Account>,
    /// How many at most
    #[arg(long, default_value_t = 50)]
    pub limit: usize,
}

/// Does it.
pub async fn run(context: &Context, args: Sessions) -> Result<Answer, CliError> {
    let account = match args.account {
        Some(account) => account,
        None => Account(context.signer()?.account()),
    };
    let path = format!("/v1/viewers/{account}/sessions");
    let sessions: Vec<SessionRecord> = context.gateway()?.list(&path, &[], args.limit).await?;
    let rows = sessions.iter().map(|record| {
        [
            record.session.to_string(),
            record.stream.to_string(),
            format!("{} of {}", record.settled_ticks, record.max_ticks),
            PerSecond(record.price_per_tick.0).to_string(),
            Vlk(record.paid.0).to_string(),
            record.opened_at.clone(),
            record.closed_at.clone().unwrap_or_else(|| "open".into()),
        ]
    });
    let text = table(&["session", "stream", "seconds", "price", "paid", "opened", "closed"], rows);
    Ok(Answer::new(&sessions, text))
}
