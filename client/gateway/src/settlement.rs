//! Settles the ticks that viewers revealed: claims go to the node's tick pool, and those that the node does not include in
//! time into a `process_batch` of this gateway's own.

use crate::{lifetime::Lifetime, telemetry::names};
use std::{sync::Arc, time::Duration};
use tick_stream_primitives::{clock::now_ms, Claim, Closer, GenesisHash, Moment, RowKind, SessionId};
use tokio::{sync::Notify, task::JoinHandle};
use tokio_util::task::TaskTracker;
use vilokanam_chain::{
    rpc::types::{code, RowAnswer},
    ClaimRow, Nodes, Signer,
};
use vilokanam_paywall::{DueClaim, DueReason, Paywall};

mod audit;
mod direct;
mod rows;

use direct::{Direct, PAUSE_AFTER_FAILURE};
use rows::Rows;

/// Interval at which rows that have to be submitted are collected. What cannot wait wakes the task.
const COLLECT_INTERVAL: Duration = Duration::from_millis(500);
/// Rows submitted to a node in one call.
const MAX_ROWS: usize = 1_024;
/// Interval at which paywall and chain are compared.
const AUDIT_INTERVAL: Duration = Duration::from_secs(10);
/// Limit for the last claims to be submitted when the gateway ends.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(15);

/// The task that settles.
pub struct Settlement {
    paywall: Arc<Paywall>,
    node: Arc<Nodes>,
    signer: Signer,
    genesis: GenesisHash,
    wake: Arc<Notify>,
    /// The batch of this gateway's own that waits for its block, if there is one. Nothing else waits for it.
    direct: Option<JoinHandle<()>>,
}

impl Settlement {
    /// A settlement of this paywall's ticks, which signs closes and its own batches with `signer`.
    pub fn new(paywall: Arc<Paywall>, node: Arc<Nodes>, signer: Signer, wake: Arc<Notify>) -> Self {
        let genesis = node.genesis();
        Self { paywall, node, signer, genesis, wake, direct: None }
    }

    /// Runs until `lifetime.stop` is cancelled, then submits the last claims.
    pub async fn run(mut self, lifetime: Lifetime) {
        let mut audit = tokio::time::interval(AUDIT_INTERVAL);
        loop {
            tokio::select! {
                () = lifetime.stop.cancelled() => break,
                () = self.wake.notified() => self.settle(&lifetime.tasks).await,
                () = tokio::time::sleep(COLLECT_INTERVAL) => self.settle(&lifetime.tasks).await,
                _ = audit.tick() => audit::run(&self.paywall),
            }
        }
        // Everything that was revealed, whether its time has come or not: no later moment follows.
        let flushed = tokio::time::timeout(FLUSH_TIMEOUT, self.flush()).await;
        if flushed.is_err() {
            tracing::warn!("the last claims were not submitted in time; the journal keeps them for the next start");
        }
    }

    async fn flush(&self) {
        let claims: Vec<_> = self.paywall.session_ids().iter().filter_map(|id| self.unsettled(id)).collect();
        for part in claims.chunks(MAX_ROWS) {
            let rows = Rows { claims: part.to_vec(), ..Rows::default() };
            self.submit(rows).await;
        }
    }

    fn unsettled(&self, id: &SessionId) -> Option<DueClaim> {
        let books = self.paywall.books(id).filter(|books| books.revealed_ticks > books.settled_ticks)?;
        let stream = self.paywall.status(id)?.stream;
        let claim = self.paywall.claim_of(id);
        tracing::debug!(session = %id, ticks = books.revealed_ticks, "submitting at the end");
        Some(DueClaim { session: *id, stream, claim, close: false, reason: DueReason::Interval })
    }

    async fn settle(&mut self, tasks: &TaskTracker) {
        let (rows, late) = self.due(now_ms());
        if !rows.is_empty() && !self.submit(rows).await {
            tokio::time::sleep(PAUSE_AFTER_FAILURE).await;
        }
        let is_busy = self.direct.as_ref().is_some_and(|task| !task.is_finished());
        if !late.is_empty() && !is_busy {
            let direct = Direct::new(self.paywall.clone(), self.node.clone(), self.signer.clone());
            self.direct = Some(tasks.spawn(direct.settle(late)));
        }
    }

    /// Collects the rows to submit: those for the pool, and those that the pool did not get into a block in time.
    fn due(&self, now_ms: Moment) -> (Rows, Rows) {
        let (mut rows, mut late) = (Rows::default(), Rows::default());
        for open in self.paywall.opens_due(now_ms, MAX_ROWS) {
            let to = if open.is_late { &mut late } else { &mut rows };
            to.opens.push(open.ticket);
        }
        for due in self.paywall.claims_due(now_ms, MAX_ROWS) {
            let is_late = matches!(due.reason, DueReason::NotIncluded | DueReason::Urgent { .. });
            let to = if is_late { &mut late } else { &mut rows };
            if due.close {
                let row = self.signer.sign_close(&self.genesis, due.session, Closer::Gateway);
                to.closes.push((due.session, row));
            } else {
                to.claims.push(due);
            }
        }
        (rows, late)
    }

    /// Submits rows to the node's pool. Returns false when no node could be reached.
    async fn submit(&self, rows: Rows) -> bool {
        let claims: Vec<_> = rows.claims.iter().filter_map(|due| due.claim.as_ref().map(row)).collect();
        let closes: Vec<_> = rows.closes.iter().map(|(_, row)| row.clone()).collect();
        let answer = match self.node.submit(&rows.opens, &claims, &closes).await {
            Ok(answer) => answer,
            Err(error) => {
                tracing::warn!(%error, "claims were not submitted; they are tried again");
                metrics::counter!(names::CLAIMS, "result" => "unreachable").increment(claims.len() as u64);
                return false;
            }
        };
        let now_ms = now_ms();
        for (ticket, answer) in rows.opens.iter().zip(&answer.opens) {
            let id = ticket.ticket.session_id(&self.genesis);
            if is_done(&id, RowKind::Open, answer) {
                self.paywall.open_submitted(&id, now_ms);
            }
        }
        for (claim, answer) in claims.iter().zip(&answer.claims) {
            if is_done(&claim.session, RowKind::Claim, answer) {
                self.paywall.submitted(&claim.session, claim.ticks, now_ms);
            }
        }
        for ((id, _), answer) in rows.closes.iter().zip(&answer.closes) {
            if is_done(id, RowKind::Close, answer) {
                self.paywall.close_submitted(id, now_ms);
            }
        }
        true
    }
}

fn row(claim: &Claim) -> ClaimRow {
    ClaimRow { session: claim.session, ticks: claim.ticks, proof: claim.proof }
}

/// Records a node's answer to a row. Returns whether the row is done with for now: the pool holds it, or will never accept
/// it. Rows that a busy or full pool did not take are submitted again at once.
fn is_done(id: &SessionId, kind: RowKind, answer: &RowAnswer) -> bool {
    let result = match answer.code {
        None => "accepted",
        Some(code::BUSY | code::POOL_FULL) => "busy",
        Some(_) => "refused",
    };
    let name = match kind {
        RowKind::Open => names::OPENS,
        RowKind::Claim => names::CLAIMS,
        RowKind::Close => names::CLOSES,
    };
    metrics::counter!(name, "result" => result).increment(1);
    if result == "refused" {
        tracing::warn!(session = %id, ?kind, code = answer.code, error = answer.error, "the node's pool refused a row");
    }
    result != "busy"
}

#[cfg(test)]
mod tests {
    use super::*;
    use metrics_exporter_prometheus::PrometheusBuilder;

    #[test]
    fn opens_claims_and_closes_are_counted_apart() {
        let recorder = PrometheusBuilder::new().build_recorder();
        let accepted = RowAnswer::accepted();
        metrics::with_local_recorder(&recorder, || {
            for kind in [RowKind::Open, RowKind::Open, RowKind::Claim, RowKind::Close] {
                assert!(is_done(&SessionId([1; 16]), kind, &accepted));
            }
        });
        let text = recorder.handle().render();
        for (name, count) in [(names::OPENS, 2), (names::CLAIMS, 1), (names::CLOSES, 1)] {
            assert!(text.contains(&format!("{name}{{result=\"accepted\"}} {count}\n")), "{text}");
        }
    }
}
