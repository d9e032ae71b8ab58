//! Has what was sold settled on chain: through the node's tick pool, and when the node does not get on with it, in a
//! `process_batch` of this gateway's own.

use crate::{shutdown::Shutdown, telemetry::names};
use std::{
    collections::BTreeMap,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tick_stream_primitives::{
    batch::bounded,
    limits::{MAX_BATCH_CLAIMS, MAX_BATCH_GROUPS, MAX_BATCH_STEPS},
    AccountId, Batch, Claim, ClaimGroup, CloseRow, Closer, GenesisHash, Moment, SessionId, SignedTicket, StreamId,
};
use tokio::sync::Notify;
use vilokanam_chain::{
    rpc::types::{code, RowAnswer},
    Call, ClaimRow, Nodes, Signer,
};
use vilokanam_paywall::{Alarm, DueClaim, DueReason, Paywall};

/// How often it is looked whether something is due. What cannot wait so long wakes the task.
const LOOK_EVERY: Duration = Duration::from_millis(500);
/// Rows handed to a node in one call.
const MAX_ROWS: usize = 1_024;
/// How long rows are left alone after the node could not be reached.
const PAUSE_AFTER_FAILURE: Duration = Duration::from_secs(2);
/// How often the books are looked at.
const AUDIT_EVERY: Duration = Duration::from_secs(10);
/// How long the last claims may take at the end.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(15);

/// Milliseconds since the Unix epoch.
pub fn now_ms() -> Moment {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_millis() as Moment)
}

/// What is to be handed over in one go.
#[derive(Default)]
struct Rows {
    opens: Vec<SignedTicket>,
    claims: Vec<DueClaim>,
    closes: Vec<(SessionId, CloseRow)>,
}

impl Rows {
    fn is_empty(&self) -> bool {
        self.opens.is_empty() && self.claims.is_empty() && self.closes.is_empty()
    }
}

/// The task that settles.
pub struct Settlement {
    paywall: Arc<Paywall>,
    node: Arc<Nodes>,
    signer: Signer,
    gateway: AccountId,
    genesis: GenesisHash,
    wake: Arc<Notify>,
}

impl Settlement {
    /// Settles what this paywall has sold, signing closes and its own batches with `signer`.
    pub fn new(paywall: Arc<Paywall>, node: Arc<Nodes>, signer: Signer, wake: Arc<Notify>) -> Self {
        let (gateway, genesis) = (signer.account(), node.genesis());
        Self { paywall, node, signer, gateway, genesis, wake }
    }

    /// Runs until it is told to end, and hands the last claims over then.
    pub async fn run(self, shutdown: Shutdown) {
        let mut audit = tokio::time::interval(AUDIT_EVERY);
        loop {
            tokio::select! {
                () = shutdown.begun() => break,
                () = self.wake.notified() => self.settle().await,
                () = tokio::time::sleep(LOOK_EVERY) => self.settle().await,
                _ = audit.tick() => self.audit(),
            }
        }
        // Everything that was sold, whether due by the clock or not: nobody is here to do it later.
        let flushed = tokio::time::timeout(FLUSH_TIMEOUT, self.flush()).await;
        if flushed.is_err() {
            tracing::warn!(
                "the last claims were not handed over in time; they are in the journal and go out at the next start"
            );
        }
    }

    async fn flush(&self) {
        let claims: Vec<_> = self.paywall.session_ids().iter().filter_map(|id| self.unsettled(id)).collect();
        for part in claims.chunks(MAX_ROWS) {
            let rows = Rows { claims: part.to_vec(), ..Rows::default() };
            self.hand_over(rows).await;
        }
    }

    fn unsettled(&self, id: &SessionId) -> Option<DueClaim> {
        let books = self.paywall.books(id).filter(|books| books.claimed > books.settled)?;
        let stream = self.paywall.status(id)?.stream;
        let claim = self.paywall.claim_of(id);
        tracing::debug!(session = %id, ticks = books.claimed, "handing over at the end");
        Some(DueClaim { session: *id, stream, claim, close: false, reason: DueReason::Interval })
    }

    async fn settle(&self) {
        let now_ms = now_ms();
        let mut rows = Rows { opens: self.paywall.opens_due(now_ms, MAX_ROWS), ..Rows::default() };
        let mut direct = Vec::new();
        for due in self.paywall.claims_due(now_ms, MAX_ROWS) {
            let is_late = matches!(due.reason, DueReason::NotIncluded | DueReason::Urgent { .. });
            if due.close {
                let row = self.signer.sign_close(&self.genesis, due.session, Closer::Gateway);
                rows.closes.push((due.session, row));
            } else if is_late {
                direct.push(due);
            } else {
                rows.claims.push(due);
            }
        }
        if !rows.is_empty() && !self.hand_over(rows).await {
            tokio::time::sleep(PAUSE_AFTER_FAILURE).await;
        }
        if !direct.is_empty() {
            self.settle_directly(direct).await;
        }
    }

    /// Gives rows to the node's pool. False when no node could be reached.
    async fn hand_over(&self, rows: Rows) -> bool {
        let claims: Vec<_> = rows.claims.iter().filter_map(|due| due.claim.as_ref().map(row)).collect();
        let closes: Vec<_> = rows.closes.iter().map(|(_, row)| row.clone()).collect();
        let answer = match self.node.submit(&rows.opens, &claims, &closes).await {
            Ok(answer) => answer,
            Err(error) => {
                tracing::warn!(%error, "claims were not handed over; they are tried again");
                metrics::counter!(names::CLAIMS, "result" => "unreachable").increment(claims.len() as u64);
                return false;
            }
        };
        let now_ms = now_ms();
        for (ticket, answer) in rows.opens.iter().zip(&answer.opens) {
            let id = ticket.ticket.session_id(&self.genesis);
            if is_done(&id, "open", answer) {
                self.paywall.open_submitted(&id, now_ms);
            }
        }
        for (claim, answer) in claims.iter().zip(&answer.claims) {
            if is_done(&claim.session, "claim", answer) {
                self.paywall.submitted(&claim.session, claim.ticks, now_ms);
            }
        }
        for ((id, _), answer) in rows.closes.iter().zip(&answer.closes) {
            if is_done(id, "close", answer) {
                let ticks = self.paywall.books(id).map_or(0, |books| books.claimed);
                self.paywall.submitted(id, ticks, now_ms);
            }
        }
        true
    }

    /// Settles what the node has not, in extrinsics of our own.
    async fn settle_directly(&self, due: Vec<DueClaim>) {
        for batch in self.batches(&due) {
            let sessions: Vec<(SessionId, u32)> = batch
                .groups
                .iter()
                .flat_map(|group| group.claims.iter().map(|claim| (claim.session, claim.ticks)))
                .collect();
            tracing::info!(claims = sessions.len(), "settling directly: the node has not");
            let result = self.node.execute(&Call::process_batch(&batch), &self.signer).await;
            let word = if result.is_ok() { "included" } else { "failed" };
            metrics::counter!(names::DIRECT_BATCHES, "result" => word).increment(1);
            match result {
                Ok(_) => sessions.iter().for_each(|(id, ticks)| self.paywall.submitted(id, *ticks, now_ms())),
                Err(error) => {
                    tracing::warn!(%error, "a batch of our own was not included; the claims are tried again");
                    tokio::time::sleep(PAUSE_AFTER_FAILURE).await;
                }
            }
        }
    }

    /// Packs claims into batches that the chain takes.
    fn batches(&self, due: &[DueClaim]) -> Vec<Batch> {
        let mut batches = Vec::new();
        let mut draft = Draft::default();
        for (stream, claim) in due.iter().filter_map(|due| Some((due.stream, due.claim.clone()?))) {
            if !draft.fits(stream, &claim) {
                batches.extend(std::mem::take(&mut draft).finish(&self.gateway));
            }
            draft.add(stream, claim);
        }
        batches.extend(draft.finish(&self.gateway));
        batches
    }

    fn audit(&self) {
        let alarms = self.paywall.alarms(now_ms());
        for alarm in &alarms {
            match alarm {
                // Waiting is what claims do while no node answers; the metric tells.
                Alarm::NotSettled(session, books) => tracing::warn!(%session, ?books, "a claim waits to be settled"),
                alarm => tracing::error!(?alarm, "the books do not agree"),
            }
        }
        metrics::gauge!(names::BOOKS_WRONG).set(alarms.len() as f64);
        metrics::gauge!(names::SESSIONS).set(self.paywall.sessions() as f64);
    }
}

fn row(claim: &Claim) -> ClaimRow {
    ClaimRow { session: claim.session, ticks: claim.ticks, proof: claim.proof }
}

/// Whether a row need not be handed over again soon: the pool has it, or will never take it. A pool that is busy or full
/// is asked again at once.
fn is_done(id: &SessionId, kind: &'static str, answer: &RowAnswer) -> bool {
    let result = match answer.code {
        None => "accepted",
        Some(code::BUSY | code::POOL_FULL) => "busy",
        Some(_) => "refused",
    };
    metrics::counter!(names::CLAIMS, "result" => result).increment(1);
    if result == "refused" {
        tracing::warn!(session = %id, kind, code = answer.code, error = answer.error, "the node's pool refused a row");
    }
    result != "busy"
}

/// A batch of claims that grows.
#[derive(Default)]
struct Draft {
    groups: BTreeMap<StreamId, Vec<Claim>>,
    claims: u32,
    steps: u32,
}

impl Draft {
    fn fits(&self, stream: StreamId, claim: &Claim) -> bool {
        let has_group = self.groups.contains_key(&stream) || (self.groups.len() as u32) < MAX_BATCH_GROUPS;
        let has_steps = self.steps.saturating_add(claim.steps()) <= MAX_BATCH_STEPS;
        self.claims == 0 || (has_group && has_steps && self.claims < MAX_BATCH_CLAIMS)
    }

    fn add(&mut self, stream: StreamId, claim: Claim) {
        self.claims += 1;
        self.steps = self.steps.saturating_add(claim.steps());
        self.groups.entry(stream).or_default().push(claim);
    }

    fn finish(self, gateway: &AccountId) -> Option<Batch> {
        let group = |(stream, claims)| ClaimGroup { stream, gateway: gateway.clone(), claims: bounded(claims) };
        let groups = bounded(self.groups.into_iter().map(group).collect());
        (self.claims > 0).then(|| Batch { groups, ..Default::default() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(number: u8, from: u32, ticks: u32) -> Claim {
        Claim { session: SessionId([number; 16]), from, ticks, proof: [0; 32] }
    }

    #[test]
    fn draft_works() {
        let mut draft = Draft::default();
        draft.add(1, claim(1, 0, 10));
        draft.add(2, claim(2, 5, 10));
        draft.add(1, claim(3, 0, 10));
        let batch = draft.finish(&[9; 32].into()).unwrap();
        let sizes: Vec<_> = batch.groups.iter().map(|group| (group.stream, group.claims.len())).collect();
        assert_eq!(sizes, [(1, 2), (2, 1)]);
        assert!(batch.size().is_within_limits());
        assert!(Draft::default().finish(&[9; 32].into()).is_none());
    }

    #[test]
    fn draft_too_large_fails() {
        let mut draft = Draft::default();
        draft.add(1, claim(1, 0, MAX_BATCH_STEPS));
        assert!(!draft.fits(1, &claim(2, 0, 1)), "too many steps");
        let mut draft = Draft::default();
        (0..MAX_BATCH_GROUPS).for_each(|stream| draft.add(stream.into(), claim(1, 0, 1)));
        assert!(draft.fits(0, &claim(2, 0, 1)));
        assert!(!draft.fits(u64::MAX, &claim(2, 0, 1)), "too many groups");
    }
}
