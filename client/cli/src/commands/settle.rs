//! `vilokanam settle`: a watchtower. Whoever holds a claim may have it settled; nobody can change what it says.

use crate::{
    answer::{facts, Answer},
    commands::delegate::lifetime,
    context::Context,
    error::{CliError, Exit},
};
use clap::Args;
use jiff::SignedDuration;
use serde_json::json;
use std::{path::PathBuf, time::Duration};

mod claims;
mod direct;
mod pack;
mod pool;

use claims::Published;

/// Settle published claims on chain: a watchtower.
#[derive(Clone, Debug, Args)]
#[command(after_help = "\
A claims file is a JSON list of {\"session\": \"0x…\", \"ticks\": 60, \"proof\": \"0x…\"}.
Without --direct the node's pool takes the claims and its worker settles them; with it, this wallet's own extrinsics do.")]
pub struct Settle {
    /// A file of claims
    #[arg(long, value_name = "FILE", required_unless_present = "from_gateway")]
    pub file: Option<PathBuf>,
    /// Take the claims that the gateway publishes
    #[arg(long, conflicts_with = "file")]
    pub from_gateway: bool,
    /// Settle with extrinsics of this wallet, and not through the node's pool
    #[arg(long)]
    pub direct: bool,
    /// Do it again and again, with so long in between, like `60s`
    #[arg(long, value_name = "TIME", value_parser = lifetime)]
    pub every: Option<SignedDuration>,
}

/// What became of the claims.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Settled {
    /// Claims that were there.
    pub claims: usize,
    /// Claims that had nothing new.
    pub stale: usize,
    /// Claims that a node took, or a block settled.
    pub accepted: usize,
    /// Seconds that were settled; not known when a node's pool took the claims.
    pub ticks: Option<u64>,
    /// Why others were not.
    pub refused: Vec<String>,
}

/// Does it.
pub async fn run(context: &Context, args: Settle) -> Result<(Answer, Exit), CliError> {
    let Some(pause) = args.every else {
        return Ok((told(&once(context, &args).await?)?, Exit::Done));
    };
    let pause = Duration::from_secs(pause.as_secs().unsigned_abs());
    loop {
        match once(context, &args).await {
            Ok(settled) => context.note(words(&settled)),
            // A watchtower outlives what it watches.
            Err(error) if error.exit() == Exit::CannotConnect => context.note(format!("{error}; trying again.")),
            Err(error) => return Err(error),
        }
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            _ = tokio::signal::ctrl_c() => return Ok((Answer::new(json!({ "ended": true }), ""), Exit::Interrupted)),
        }
    }
}

async fn once(context: &Context, args: &Settle) -> Result<Settled, CliError> {
    let published: Vec<Published> = match &args.file {
        Some(path) => claims::from_file(path)?,
        None => claims::from_gateway(&context.gateway()?).await?,
    };
    let claims = claims::highest(published);
    match args.direct {
        true => direct::settle(context, claims).await,
        false => pool::submit(context, claims).await,
    }
}

fn words(settled: &Settled) -> String {
    let ticks = settled.ticks.map(|ticks| format!(", {ticks} s settled")).unwrap_or_default();
    let Settled { claims, stale, accepted, refused, .. } = settled;
    format!("{claims} claims: {accepted} taken{ticks}, {stale} with nothing new, {} refused", refused.len())
}

/// Refused claims make it fail: whoever runs this wants them settled.
fn told(settled: &Settled) -> Result<Answer, CliError> {
    let Settled { claims, stale, accepted, ticks, refused } = settled;
    if *accepted == 0 && !refused.is_empty() {
        return Err(CliError::Rows(format!("no claim was taken:\n{}", refused.join("\n"))));
    }
    let mut lines =
        vec![("claims", claims.to_string()), ("taken", accepted.to_string()), ("nothing new", stale.to_string())];
    lines.extend(ticks.map(|ticks| ("seconds settled", ticks.to_string())));
    lines.extend(refused.iter().map(|reason| ("refused", reason.clone())));
    let json = json!({ "claims": claims, "accepted": accepted, "stale": stale, "ticks": ticks, "refused": refused });
    Ok(Answer::new(json, facts(&lines)))
}
