//! Claims into a node's pool, whose worker settles them.

use super::Settled;
use crate::{context::Context, error::CliError};
use vilokanam_chain::{rpc::types::code, ClaimRow};

/// Claims in one request.
const ROWS: usize = 500;

/// Hands the claims in.
pub async fn submit(context: &Context, claims: Vec<ClaimRow>) -> Result<Settled, CliError> {
    let (rpc, node) = context.tick_rpc().await?;
    let mut settled = Settled { claims: claims.len(), ..Settled::default() };
    for rows in claims.chunks(ROWS) {
        let answers = rpc.submit(&[], rows, &[]).await.map_err(|error| CliError::rpc(&node, error))?;
        for (row, answer) in rows.iter().zip(&answers.claims) {
            match answer.code {
                _ if answer.accepted => settled.accepted += 1,
                Some(code::STALE) => settled.stale += 1,
                _ => {
                    let reason = answer.error.as_deref().unwrap_or("no reason is given");
                    settled.refused.push(format!("{}: {reason}", row.session));
                }
            }
        }
    }
    Ok(settled)
}
