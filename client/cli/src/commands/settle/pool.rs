//! Claims into the tick pool of a node, whose worker settles them.

use super::settled::Settled;
use crate::context::Context;
use vilokanam_chain::{rpc::types::code, ClaimRow};
use vilokanam_terminal::CommandError;

/// Number of claims in one request.
const ROWS: usize = 500;

/// Submits the claims.
pub async fn submit(context: &Context, claims: Vec<ClaimRow>) -> Result<Settled, CommandError> {
    let (rpc, node) = context.tick_rpc().await?;
    let mut settled = Settled { claims: claims.len(), ..Settled::default() };
    for rows in claims.chunks(ROWS) {
        let answers = rpc.submit(&[], rows, &[]).await.map_err(|error| CommandError::rpc(&node, error))?;
        for (row, answer) in rows.iter().zip(&answers.claims) {
            match answer.code {
                _ if answer.accepted => settled.accepted += 1,
                Some(code::STALE) => settled.stale += 1,
                _ => {
                    let reason = answer.error.as_deref().unwrap_or("the node gives no reason");
                    settled.refused.push(format!("{}: {reason}", row.session));
                }
            }
        }
    }
    Ok(settled)
}
