//! Batches of this gateway's own, for rows that the node's pool did not get into a block in time, or would not.
//!
//! Urgent claims, those of sessions about to be removed, go first and in batches of their own. Their tip rises as the end of
//! the closing period comes nearer, so that full blocks do not keep them out, and never exceeds what they earn.

use super::{fees::Fees, rows::Rows};
use crate::{identity::Identity, telemetry::names};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tick_stream_primitives::{
    batch_builder::{pack, split_claim, BatchRow, ProtocolLimits},
    clock::now_ms,
    limits::MAX_BATCH_STEPS,
    worker::OfferedClaim,
    AccountId, Balance, Batch, BlockNumber, SessionId,
};
use vilokanam_chain::{Call, Nodes, Receipt, TickEvent};
use vilokanam_paywall::{DueReason, Paywall};

/// Pause after a node that could not be reached or a batch that was not included.
pub const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(2);

/// Submits batches of this gateway's own, one after the other.
pub struct Direct {
    paywall: Arc<Paywall>,
    node: Arc<Nodes>,
    identity: Identity,
    fees: Fees,
}

impl Direct {
    pub fn new(paywall: Arc<Paywall>, node: Arc<Nodes>, identity: Identity, fees: Fees) -> Self {
        Self { paywall, node, identity, fees }
    }

    /// Submits the rows in as many batches as they need, the urgent ones first. Rows of a batch that fails are collected
    /// again later.
    pub async fn settle(self, rows: Rows) {
        let urgent_blocks = self.paywall.urgent_blocks();
        for (batch, tip) in batches(rows, &self.identity.account(), &self.fees, urgent_blocks) {
            let size = batch.size();
            tracing::info!(
                opens = size.opens,
                claims = size.claims,
                closes = size.closes,
                tip,
                "submitting a batch of this gateway's own"
            );
            let result = self.node.execute_with_tip(&Call::process_batch(&batch), self.identity.signer(), tip).await;
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
            self.paywall.submitted_directly(&claim.session, claim.ticks, now_ms);
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

/// An urgent claim, as its tip depends on it.
struct Urgent {
    ticks: u32,
    /// What the claim earns, in planck.
    income: Balance,
    blocks_left: BlockNumber,
}

/// Packs the rows into batches, each with its tip: the urgent ones apart and first.
fn batches(mut rows: Rows, gateway: &AccountId, fees: &Fees, urgent_blocks: BlockNumber) -> Vec<(Batch, Balance)> {
    let is_urgent = |due: &vilokanam_paywall::DueClaim| matches!(due.reason, DueReason::Urgent { .. });
    let (claims, others): (Vec<_>, Vec<_>) = rows.claims.into_iter().partition(is_urgent);
    rows.claims = others;
    let urgent: BTreeMap<_, _> = claims
        .iter()
        .filter_map(|due| {
            let DueReason::Urgent { blocks_left } = due.reason else { return None };
            let ticks = due.claim.as_ref()?.ticks;
            Some((due.session, Urgent { ticks, income: due.income, blocks_left }))
        })
        .collect();
    let with_tip = |batch: Batch| {
        let tip = tip(&batch, &urgent, fees, urgent_blocks);
        (batch, tip)
    };
    let apart = pack(batch_rows(Rows { claims, ..Rows::default() }, gateway), &ProtocolLimits).batches;
    let rest = pack(batch_rows(rows, gateway), &ProtocolLimits).batches;
    apart.into_iter().map(with_tip).chain(rest.into_iter().map(|batch| (batch, 0))).collect()
}

/// Returns the tip of a batch of urgent claims, in planck: of what they earn beyond the fee, the part of the urgent time that
/// has passed. A claim that is split earns with its last part.
fn tip(batch: &Batch, urgent: &BTreeMap<SessionId, Urgent>, fees: &Fees, urgent_blocks: BlockNumber) -> Balance {
    let (mut income, mut blocks_left) = (0, urgent_blocks);
    for claim in batch.groups.iter().flat_map(|group| group.claims.iter()) {
        if let Some(row) = urgent.get(&claim.session).filter(|row| row.ticks == claim.ticks) {
            income = row.income.saturating_add(income);
            blocks_left = row.blocks_left.min(blocks_left);
        }
    }
    let surplus = income.saturating_sub(fees.of(&batch.size()));
    let passed = Balance::from(urgent_blocks.saturating_sub(blocks_left));
    surplus.saturating_mul(passed).checked_div(urgent_blocks.into()).unwrap_or(0).min(surplus)
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
    use vilokanam_paywall::{ClaimFees, DueClaim};

    const FEES: Fees = Fees { base: 20, claims: ClaimFees { claim: 10, step: 0, group: 30 } };

    fn gateway() -> AccountId {
        AccountId::new([9; 32])
    }

    fn due(session: u8, ticks: u32, reason: DueReason, income: Balance) -> DueClaim {
        let session = SessionId([session; 16]);
        let claim = Claim { session, from: 0, ticks, proof: [7; 32] };
        DueClaim { session, stream: 3, claim: Some(claim), close: false, reason, income, is_last: false }
    }

    /// The tip of a batch with one claim that is urgent for `blocks_left` of 300 blocks.
    fn tip_at(blocks_left: BlockNumber, income: Balance) -> Balance {
        let rows = Rows { claims: vec![due(1, 60, DueReason::Urgent { blocks_left }, income)], ..Rows::default() };
        batches(rows, &gateway(), &FEES, 300).remove(0).1
    }

    #[test]
    fn a_claim_longer_than_a_batch_is_split() {
        let claims = vec![due(1, MAX_BATCH_STEPS + 5, DueReason::NotIncluded, 0)];
        let packed = batches(Rows { claims, ..Rows::default() }, &gateway(), &FEES, 300);
        let sizes: Vec<u64> = packed.iter().map(|(batch, _)| batch.size().steps).collect();
        assert_eq!(sizes, [5, u64::from(MAX_BATCH_STEPS)]);
    }

    #[test]
    fn urgent_claims_are_first_in_a_batch_of_their_own() {
        let late = |session| due(session, 60, DueReason::NotIncluded, 1_000_000);
        let urgent = due(2, 60, DueReason::Urgent { blocks_left: 150 }, 260);
        let rows = Rows { claims: vec![late(1), urgent, late(3)], ..Rows::default() };
        let packed = batches(rows, &gateway(), &FEES, 300);
        let sizes: Vec<_> = packed.iter().map(|(batch, tip)| (batch.size().claims, *tip)).collect();
        assert_eq!(sizes, [(1, 100), (2, 0)], "the tip is half of what the urgent claim earns beyond its fee of 60");
    }

    #[test]
    fn tip_rises_with_urgency() {
        let tips: Vec<_> = [300, 200, 100, 0].into_iter().map(|blocks_left| tip_at(blocks_left, 360)).collect();
        assert_eq!(tips, [0, 100, 200, 300]);
    }

    #[test]
    fn tip_never_exceeds_what_the_urgent_claims_earn() {
        assert_eq!(tip_at(0, 60), 0);
        assert_eq!(tip_at(0, 59), 0, "a claim of one tick adds no tip at all");
        assert_eq!(tip_at(0, Balance::MAX), (Balance::MAX - 60).saturating_mul(300) / 300);
        // Both parts of a split claim together.
        let urgent = due(1, MAX_BATCH_STEPS + 5, DueReason::Urgent { blocks_left: 0 }, 1_000);
        let packed = batches(Rows { claims: vec![urgent], ..Rows::default() }, &gateway(), &FEES, 300);
        assert_eq!(packed.iter().map(|(_, tip)| tip).sum::<Balance>(), 940);
    }
}
