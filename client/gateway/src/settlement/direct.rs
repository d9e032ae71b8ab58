//! Batches of this gateway's own, for rows that the node's pool did not get into a block in time, or would not.

use super::rows::Rows;
use crate::telemetry::names;
use std::{sync::Arc, time::Duration};
use tick_stream_primitives::{
    batch_builder::{pack, split_claim, BatchRow, ProtocolLimits},
    clock::now_ms,
    limits::MAX_BATCH_STEPS,
    worker::OfferedClaim,
    AccountId, Batch, SessionId,
};
use vilokanam_chain::{Call, Nodes, Receipt, Signer, TickEvent};
use vilokanam_paywall::Paywall;

/// Pause after a node that could not be reached or a batch that was not included.
pub const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(2);

/// Submits batches of this gateway's own, one after the other.
pub struct Direct {
    paywall: Arc<Paywall>,
    node: Arc<Nodes>,
    signer: Signer,
}

impl Direct {
    pub fn new(paywall: Arc<Paywall>, node: Arc<Nodes>, signer: Signer) -> Self {
        Self { paywall, node, signer }
    }

    /// Submits the rows in as many batches as they need. Rows of a batch that fails are collected again later.
    pub async fn settle(self, rows: Rows) {
        for batch in pack(batch_rows(rows, &self.signer.account()), &ProtocolLimits).batches {
            let size = batch.size();
            tracing::info!(
                opens = size.opens,
                claims = size.claims,
                closes = size.closes,
                "submitting a batch of this gateway's own"
            );
            let result = self.node.execute(&Call::process_batch(&batch), &self.signer).await;
            let word = if result.is_ok() { "included" } else { "failed" };
            metrics::counter!(names::DIRECT_BATCHES, "result" => word).increment(1);
            match result {
                Ok(receipt) => {
                    self.note(&batch);
                    self.report_failures(&receipt).await;
                }
                Err(error) => {
                    tracing::warn!(%error, "a batch of this gateway was not included; its rows are tried again");
                    tokio::time::sleep(PAUSE_AFTER_FAILURE).await;
                    return;
                }
            }
        }
    }

    fn note(&self, batch: &Batch) {
        let now_ms = now_ms();
        for open in batch.opens.iter() {
            self.paywall.open_submitted(&open.ticket.session_id(&self.node.genesis()), now_ms);
        }
        for claim in batch.groups.iter().flat_map(|group| group.claims.iter()) {
            self.paywall.submitted(&claim.session, claim.ticks, now_ms);
        }
        for close in batch.closes.iter() {
            self.paywall.close_submitted(&close.session, now_ms);
        }
    }

    /// Logs the rows that failed. A row that fails again and again costs a fee each time, and the operator should know why.
    async fn report_failures(&self, receipt: &Receipt) {
        let hash = receipt.block.hash;
        let events = self.node.ask(|chain| async move { chain.tick_events(hash).await }).await;
        let is_ours = |session: &SessionId| self.paywall.status(session).is_some();
        for event in events.into_iter().flatten() {
            match event {
                TickEvent::RowFailed { kind, session, error, .. } if is_ours(&session) => {
                    tracing::warn!(%session, ?kind, ?error, "the chain refused a row of this gateway's batch");
                }
                _ => {}
            }
        }
    }
}

/// The rows in the order in which they are packed. A claim of more hash steps than a batch allows is split.
fn batch_rows(rows: Rows, gateway: &AccountId) -> impl Iterator<Item = BatchRow> + '_ {
    let claims = rows.claims.into_iter().filter_map(|due| Some((due.stream, due.claim?)));
    let claims = claims.flat_map(move |(stream, claim)| {
        let parts = split_claim(&claim, MAX_BATCH_STEPS).into_iter();
        parts.map(move |claim| BatchRow::Claim(OfferedClaim { stream, gateway: gateway.clone(), claim }))
    });
    let opens = rows.opens.into_iter().map(BatchRow::Open);
    opens.chain(claims).chain(rows.closes.into_iter().map(|(_, row)| BatchRow::Close(row)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use tick_stream_primitives::Claim;
    use vilokanam_paywall::{DueClaim, DueReason};

    #[test]
    fn a_claim_longer_than_a_batch_is_split() {
        let session = SessionId([1; 16]);
        let claim = Claim { session, from: 0, ticks: MAX_BATCH_STEPS + 5, proof: [7; 32] };
        let due = DueClaim { session, stream: 3, claim: Some(claim), close: false, reason: DueReason::NotIncluded };
        let rows = Rows { claims: vec![due], ..Rows::default() };
        let packed = pack(batch_rows(rows, &AccountId::new([9; 32])), &ProtocolLimits);
        let sizes: Vec<u64> = packed.batches.iter().map(|batch| batch.size().steps).collect();
        assert_eq!((sizes, packed.oversized.len()), (vec![5, u64::from(MAX_BATCH_STEPS)], 0));
    }
}
