//! `vilokanam settle`: a watchtower. Any account may settle a claim, and none can change what it says.

use crate::context::Context;
use clap::Args;
use serde_json::json;
use std::{path::PathBuf, time::Duration};
use vilokanam_terminal::{duration::parse_duration, Answer, CommandError, Exit};

mod claims;
mod direct;
mod pool;
mod settled;

use settled::Settled;

/// Settle published claims on chain, as a watchtower does.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
A file of claims is a JSON list of {\"session\": \"0x…\", \"ticks\": 60, \"proof\": \"0x…\"}.
Without --direct, the node's tick pool takes the claims and its worker settles them. With it, this wallet submits them
in transactions of its own.")]
pub struct Settle {
    /// File of claims
    #[arg(long, value_name = "FILE", required_unless_present = "from_gateway")]
    pub file: Option<PathBuf>,
    /// Take the claims that the gateway publishes
    #[arg(long, conflicts_with = "file")]
    pub from_gateway: bool,
    /// Settle with transactions of this wallet, and not through the node's tick pool
    #[arg(long)]
    pub direct: bool,
    /// Repeat after this pause, such as `60s`
    #[arg(long, value_name = "TIME", value_parser = parse_duration)]
    pub every: Option<Duration>,
}

/// Settles the claims, once or repeatedly.
pub async fn run(context: &Context, args: Settle) -> Result<(Answer, Exit), CommandError> {
    let Some(pause) = args.every else {
        return Ok((settle_once(context, &args).await?.answer()?, Exit::Done));
    };
    loop {
        match settle_once(context, &args).await {
            Ok(settled) => context.note(settled.summary()),
            // A watchtower outlives the servers that it depends on.
            Err(error) if error.exit() == Exit::CannotConnect => context.note(format!("{error}; trying again.")),
            Err(error) => return Err(error),
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = tokio::signal::ctrl_c() => return Ok((Answer::new(json!({ "ended": true }), ""), Exit::Interrupted)),
        }
    }
}

async fn settle_once(context: &Context, args: &Settle) -> Result<Settled, CommandError> {
    let published = match &args.file {
        Some(path) => claims::from_file(path)?,
        None => claims::from_gateway(&context.gateway()?).await?,
    };
    let claims = claims::highest(published);
    match args.direct {
        true => direct::settle(context, claims).await,
        false => pool::submit(context, claims).await,
    }
}
