//! Batches of this gateway's own, for what the node's pool has had for too long, or would have for too long.

use super::{draft, now_ms, Rows, PAUSE_AFTER_FAILURE};
use crate::telemetry::names;
use std::sync::Arc;
use tick_stream_primitives::{Batch, SessionId};
use vilokanam_chain::{Call, Nodes, Receipt, Signer, TickEvent};
use vilokanam_paywall::Paywall;

/// Submits them, one after the other.
pub struct Direct {
    paywall: Arc<Paywall>,
    node: Arc<Nodes>,
    signer: Signer,
}

impl Direct {
    pub fn new(paywall: Arc<Paywall>, node: Arc<Nodes>, signer: Signer) -> Self {
        Self { paywall, node, signer }
    }

    /// Settles what the node has not. What fails is due again.
    pub async fn settle(self, rows: Rows) {
        let claims = rows.claims.into_iter().filter_map(|due| Some((due.stream, due.claim?))).collect();
        let closes = rows.closes.into_iter().map(|(_, row)| row).collect();
        for batch in draft::batches(&self.signer.account(), rows.opens, claims, closes) {
            let size = batch.size();
            tracing::info!(opens = size.opens, claims = size.claims, closes = size.closes, "settling directly");
            let result = self.node.execute(&Call::process_batch(&batch), &self.signer).await;
            let word = if result.is_ok() { "included" } else { "failed" };
            metrics::counter!(names::DIRECT_BATCHES, "result" => word).increment(1);
            match result {
                Ok(receipt) => {
                    self.note(&batch);
                    self.report_failures(&receipt).await;
                }
                Err(error) => {
                    tracing::warn!(%error, "a batch of our own was not included; its rows are tried again");
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

    /// Included is not settled: a row that fails, again and again, costs a fee each time, and the operator should know why.
    async fn report_failures(&self, receipt: &Receipt) {
        let hash = receipt.block.hash;
        let events = self.node.ask(|chain| async move { chain.tick_events(hash).await }).await;
        let is_ours = |session: &SessionId| self.paywall.status(session).is_some();
        for event in events.into_iter().flatten() {
            match event {
                TickEvent::RowFailed { kind, session, error, .. } if is_ours(&session) => {
                    tracing::warn!(%session, ?kind, ?error, "the chain refused a row of our own batch");
                }
                _ => {}
            }
        }
    }
}
