//! Claims settled with extrinsics of this wallet: for when no node's worker does.

use super::{
    pack::{batches, sessions, Due},
    Settled,
};
use crate::{context::Context, error::CliError};
use tick_stream_primitives::{AccountId, Batch, RowKind};
use vilokanam_chain::{Chain, ClaimRow, TickEvent};

/// Settles the claims.
pub async fn settle(context: &Context, claims: Vec<ClaimRow>) -> Result<Settled, CliError> {
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let mut settled = Settled { claims: claims.len(), ticks: Some(0), ..Settled::default() };
    let due = due(&chain, claims, &mut settled).await?;
    for batch in batches(due) {
        let sent = context.send(&chain, &vilokanam_chain::Call::process_batch(&batch), &signer).await?;
        let events = chain.tick_events(sent.0.block.hash).await?;
        book(&mut settled, &batch, &signer.account(), &events);
    }
    Ok(settled)
}

/// The claims that have something new, with what the chain knows of their sessions.
async fn due(chain: &Chain, claims: Vec<ClaimRow>, settled: &mut Settled) -> Result<Vec<Due>, CliError> {
    let block = chain.best().await?.hash;
    let mut due = Vec::with_capacity(claims.len());
    for claim in claims {
        let id = claim.session;
        match chain.at(block).session(id).await? {
            Some(session) => match Due::new(claim, &session) {
                Some(claim) => due.push(claim),
                None => settled.stale += 1,
            },
            None => settled.refused.push(format!("{id}: no such session on chain; it was never opened, or is closed")),
        }
    }
    Ok(due)
}

/// Books what the block says of our batch: of its own event, and of the rows that failed right before it.
fn book(settled: &mut Settled, batch: &Batch, submitter: &AccountId, events: &[TickEvent]) {
    let ours = events
        .iter()
        .position(|event| matches!(event, TickEvent::BatchProcessed { submitter: by, .. } if by == submitter));
    let Some(place) = ours else { return };
    if let TickEvent::BatchProcessed { settled: rows, ticks, .. } = &events[place] {
        settled.accepted += *rows as usize;
        settled.ticks = settled.ticks.map(|sum| sum.saturating_add(*ticks));
    }
    let rows = sessions(batch);
    let before = events[..place].iter().rev().take_while(|event| !matches!(event, TickEvent::BatchProcessed { .. }));
    for event in before {
        let TickEvent::RowFailed { kind: RowKind::Claim, index, session, error } = event else { continue };
        if rows.get(*index as usize) == Some(session) {
            settled.refused.push(format!("{session}: {error}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tick_stream_primitives::{batch::bounded, Claim, ClaimGroup, RowError, SessionId};

    fn batch(sessions: &[u8]) -> Batch {
        let claim = |id: &u8| Claim { session: SessionId([*id; 16]), from: 0, ticks: 1, proof: [0; 32] };
        let claims = bounded(sessions.iter().map(claim).collect());
        let group = ClaimGroup { stream: 1, gateway: AccountId::from([1; 32]), claims };
        Batch { groups: bounded(vec![group]), ..Batch::default() }
    }

    fn processed(by: u8, settled: u32, ticks: u64) -> TickEvent {
        let submitter = AccountId::from([by; 32]);
        TickEvent::BatchProcessed { submitter, opened: 0, settled, closed: 0, failed: 0, ticks, paid: 0 }
    }

    fn row_failed(index: u32, session: u8) -> TickEvent {
        let session = SessionId([session; 16]);
        TickEvent::RowFailed { kind: RowKind::Claim, index, session, error: RowError::TooFast }
    }

    #[test]
    fn book_works() {
        let mut settled = Settled { ticks: Some(5), ..Settled::default() };
        let events = [row_failed(0, 9), processed(7, 3, 100), row_failed(1, 2), processed(8, 1, 60)];
        book(&mut settled, &batch(&[1, 2]), &AccountId::from([8; 32]), &events);
        assert_eq!((settled.accepted, settled.ticks), (1, Some(65)));
        assert_eq!(settled.refused.len(), 1, "another batch's failures are not ours");
        assert!(settled.refused[0].contains(RowError::TooFast.sentence()));
    }

    #[test]
    fn book_without_our_batch_works() {
        let mut settled = Settled::default();
        book(&mut settled, &batch(&[1]), &AccountId::from([8; 32]), &[processed(7, 3, 100)]);
        assert_eq!(settled, Settled::default());
    }
}
