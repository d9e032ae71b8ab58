//! `vilokanam revoke`: the session key is taken back.

use crate::{answer::Answer, context::Context, error::CliError};
use clap::Args;
use serde_json::json;
use vilokanam_chain::Call;

/// Take the session key back.
#[derive(Clone, Debug, Args)]
pub struct Revoke {}

/// Does it.
pub async fn run(context: &Context, _: Revoke) -> Result<Answer, CliError> {
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let sent = context.send(&chain, &Call::revoke_delegation(), &signer).await?;
    let text = format!("Revoked in block {}. Sessions that are open run on until they are closed.", sent.block());
    Ok(Answer::new(json!({ "sent": sent.to_json() }), text))
}
