//! `vilokanam revoke`: revoking the session key.

use crate::context::Context;
use clap::Args;
use serde_json::json;
use vilokanam_chain::Call;
use vilokanam_terminal::{Answer, CommandError};

/// Revoke the session key.
#[derive(Clone, Debug, Args)]
pub struct Revoke {}

/// Revokes the session key.
pub async fn run(context: &Context, _: Revoke) -> Result<Answer, CommandError> {
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let sent = context.send(&chain, &Call::revoke_delegation(), &signer).await?;
    let text =
        format!("The session key was revoked in block {}. Open sessions continue until they are closed.", sent.block());
    Ok(Answer::new(json!({ "sent": sent.to_json() }), text))
}
