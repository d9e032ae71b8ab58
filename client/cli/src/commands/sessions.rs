//! `vilokanam sessions`: sessions of an account.

use crate::context::Context;
use clap::Args;
use vilokanam_terminal::{
    answer::{table, Answer},
    CommandError,
};
use vilokanam_viewer::amount::{PerSecond, Vlk};
use vilokanam_wire::{money::SessionRecord, Account};

/// List the sessions of an account.
#[derive(Clone, Debug, Args)]
pub struct Sessions {
    /// Account; the wallet's own by default
    #[arg(long, value_name = "ACCOUNT")]
    pub account: Option<Account>,
    /// Maximum number of sessions
    #[arg(long, default_value_t = 50)]
    pub limit: usize,
}

/// Lists the sessions.
pub async fn run(context: &Context, args: Sessions) -> Result<Answer, CommandError> {
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
