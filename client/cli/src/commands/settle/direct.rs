//! Claims in transactions of this wallet, for when no node's worker settles them.

use super::settled::Settled;
use crate::context::Context;
use tick_stream_primitives::{
    batch_builder::{pack, split_claim, BatchRow},
    worker::OfferedClaim,
    AccountId, Batch, BatchSize, Claim, RowKind, Session, SessionId,
};
use vilokanam_chain::{Call, Chain, ClaimRow, TickEvent};
use vilokanam_terminal::CommandError;

/// Maximum number of hash steps of one claim. A claim with more is split.
const MAX_CLAIM_STEPS: u32 = 16_384;
/// Maximum number of hash steps of one batch: far below the protocol's limit, so that any block has room for it.
const MAX_STEPS: u64 = 32_768;
/// Maximum number of claims of one batch, for the same reason.
const MAX_CLAIMS: u32 = 256;

/// Settles the claims.
pub async fn settle(context: &Context, claims: Vec<ClaimRow>) -> Result<Settled, CommandError> {
    let signer = context.signer()?;
    let chain = context.chain().await?;
    let mut settled = Settled { claims: claims.len(), ticks: Some(0), ..Settled::default() };
    let rows = rows(&chain, claims, &mut settled).await?;
    for batch in batches(rows) {
        let sent = context.send(&chain, &Call::process_batch(&batch), &signer).await?;
        let events = chain.tick_events(sent.0.block.hash).await?;
        count(&mut settled, &batch, &signer.account(), &events);
    }
    Ok(settled)
}

/// Returns the rows of the claims that are not settled yet.
async fn rows(chain: &Chain, claims: Vec<ClaimRow>, settled: &mut Settled) -> Result<Vec<OfferedClaim>, CommandError> {
    let block = chain.best().await?.hash;
    let mut rows = Vec::with_capacity(claims.len());
    for claim in claims {
        match chain.at(block).session(claim.session).await? {
            Some(session) if claim.ticks <= session.settled_ticks => settled.stale += 1,
            Some(session) => rows.extend(parts(claim, &session)),
            None => {
                let reason = "the session is not on chain; it was never opened, or is closed";
                settled.refused.push(format!("{}: {reason}", claim.session));
            }
        }
    }
    Ok(rows)
}

fn parts(claim: ClaimRow, session: &Session) -> Vec<OfferedClaim> {
    let ClaimRow { session: id, ticks, proof } = claim;
    let whole = Claim { session: id, from: session.settled_ticks, ticks, proof };
    let row = |claim| OfferedClaim { stream: session.stream, gateway: session.gateway.clone(), claim };
    split_claim(&whole, MAX_CLAIM_STEPS).into_iter().map(row).collect()
}

/// Packs claims into batches, to be sent in this order. Claims of one stream and gateway go together.
fn batches(mut rows: Vec<OfferedClaim>) -> Vec<Batch> {
    // A stable sort: the parts of a claim stay in their order.
    rows.sort_by(|one, other| (one.stream, &one.gateway).cmp(&(other.stream, &other.gateway)));
    let limits = |size: &BatchSize| size.claims <= MAX_CLAIMS && size.steps <= MAX_STEPS;
    pack(rows.into_iter().map(BatchRow::Claim), &limits).batches
}

/// Counts the settled claims of our batch, and lists those that failed. A batch reports its failures right before itself.
fn count(settled: &mut Settled, batch: &Batch, submitter: &AccountId, events: &[TickEvent]) {
    let is_ours =
        |event: &TickEvent| matches!(event, TickEvent::BatchProcessed { submitter: by, .. } if by == submitter);
    let Some(place) = events.iter().position(is_ours) else { return };
    if let TickEvent::BatchProcessed { settled: rows, ticks, .. } = &events[place] {
        settled.accepted += *rows as usize;
        settled.ticks = settled.ticks.map(|sum| sum.saturating_add(*ticks));
    }
    let sessions: Vec<SessionId> =
        batch.groups.iter().flat_map(|group| group.claims.iter().map(|claim| claim.session)).collect();
    let before = events[..place].iter().rev().take_while(|event| !matches!(event, TickEvent::BatchProcessed { .. }));
    for event in before {
        let TickEvent::RowFailed { kind: RowKind::Claim, index, session, error } = event else { continue };
        if sessions.get(*index as usize) == Some(session) {
            settled.refused.push(format!("{session}: {error}"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tick_stream_primitives::{batch::bounded, ClaimGroup, RowError};

    fn row(session: u8, stream: u64, ticks: u32) -> OfferedClaim {
        let claim = Claim { session: SessionId([session; 16]), from: 0, ticks, proof: [0; 32] };
        OfferedClaim { stream, gateway: AccountId::from([1; 32]), claim }
    }

    fn batch(sessions: &[u8]) -> Batch {
        let claims = bounded(sessions.iter().map(|session| row(*session, 1, 1).claim).collect());
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
    fn batches_are_small_enough_for_any_block() {
        let many = (0..200u8).flat_map(|session| [row(session, 1, 1), row(session, 2, 1)]).collect();
        let batches = batches(many);
        assert_eq!(batches.iter().map(|batch| batch.size().claims).sum::<u32>(), 400);
        assert!(batches.len() > 1 && batches.iter().all(|batch| batch.size().claims <= MAX_CLAIMS));
        let long = super::batches(vec![row(1, 1, MAX_CLAIM_STEPS), row(2, 1, MAX_CLAIM_STEPS), row(3, 1, 1)]);
        let steps: Vec<u64> = long.iter().map(|batch| batch.size().steps).collect();
        assert_eq!(steps, [MAX_STEPS, 1]);
        assert!(super::batches(Vec::new()).is_empty());
    }

    #[test]
    fn only_our_own_batch_is_counted() {
        let mut settled = Settled { ticks: Some(5), ..Settled::default() };
        let events = [row_failed(0, 9), processed(7, 3, 100), row_failed(1, 2), processed(8, 1, 60)];
        count(&mut settled, &batch(&[1, 2]), &AccountId::from([8; 32]), &events);
        assert_eq!((settled.accepted, settled.ticks), (1, Some(65)));
        assert_eq!(settled.refused.len(), 1, "the failures of another batch are not ours");
        assert!(settled.refused[0].contains(RowError::TooFast.sentence()));
    }

    #[test]
    fn block_without_our_batch_counts_nothing() {
        let mut settled = Settled::default();
        count(&mut settled, &batch(&[1]), &AccountId::from([8; 32]), &[processed(7, 3, 100)]);
        assert_eq!(settled, Settled::default());
    }
}
