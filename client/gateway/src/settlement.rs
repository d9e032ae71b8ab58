//! Settles the ticks that viewers revealed: claims go to the node's tick pool, and those that the node does not include in
//! time, or is too busy for, into a `process_batch` of this gateway's own.

use crate::{identity::Identity, lifetime::Lifetime, telemetry::names};
use std::{sync::Arc, time::Duration};
use tick_stream_primitives::{clock::now_ms, Claim, GenesisHash, Moment, RowKind, SessionId};
use tokio::{sync::Notify, task::JoinHandle};
use tokio_util::task::TaskTracker;
use vilokanam_chain::{
    rpc::types::{code, RowAnswer},
    ClaimRow, Nodes,
};
use vilokanam_paywall::{ClaimFees, DueClaim, DueReason, Paywall};

mod audit;
mod direct;
mod fees;
mod rows;

use direct::{Direct, PAUSE_AFTER_FAILURE};
use fees::Fees;
use rows::Rows;

/// Interval at which rows that have to be submitted are collected. What cannot wait wakes the task.
const COLLECT_INTERVAL: Duration = Duration::from_millis(500);
/// Rows submitted to a node in one call.
const MAX_ROWS: usize = 1_024;
/// Interval at which paywall and chain are compared.
const AUDIT_INTERVAL: Duration = Duration::from_secs(10);
/// Ticks of a minute.
const MINUTE_TICKS: u32 = 60;
/// Interval at which the present fees are read.
const FEES_INTERVAL: Duration = Duration::from_secs(60);
/// Limit for the last claims to be submitted when the gateway ends.
const FLUSH_TIMEOUT: Duration = Duration::from_secs(15);

/// The task that settles.
pub struct Settlement {
    paywall: Arc<Paywall>,
    node: Arc<Nodes>,
    identity: Identity,
    genesis: GenesisHash,
    wake: Arc<Notify>,
    fees: Fees,
    /// Whether claims of a minute at the lowest price and share do not pay for themselves.
    is_minimum_low: bool,
    /// The batch of this gateway's own that waits for its block, if there is one. Nothing else waits for it.
    direct: Option<JoinHandle<()>>,
}

impl Settlement {
    /// A settlement of this paywall's ticks, which signs closes and its own batches as `identity`.
    pub fn new(paywall: Arc<Paywall>, node: Arc<Nodes>, identity: Identity, wake: Arc<Notify>) -> Self {
        let genesis = node.genesis();
        Self { paywall, node, identity, genesis, wake, fees: Fees::default(), is_minimum_low: false, direct: None }
    }

    /// Runs until `lifetime.stop` is cancelled, then submits the last claims.
    pub async fn run(mut self, lifetime: Lifetime) {
        let mut audit = tokio::time::interval(AUDIT_INTERVAL);
        let mut fees = tokio::time::interval(FEES_INTERVAL);
        loop {
            tokio::select! {
                () = lifetime.stop.cancelled() => break,
                () = self.wake.notified() => self.settle(&lifetime.tasks).await,
                () = tokio::time::sleep(COLLECT_INTERVAL) => self.settle(&lifetime.tasks).await,
                _ = audit.tick() => audit::run(&self.paywall),
                _ = fees.tick() => self.read_fees().await,
            }
        }
        // Everything that was revealed, whether its time has come or not: no later moment follows.
        let flushed = tokio::time::timeout(FLUSH_TIMEOUT, self.flush()).await;
        if flushed.is_err() {
            tracing::warn!("the last claims were not submitted in time; the journal keeps them for the next start");
        }
    }

    /// Reads what claims cost now. Until the node answers, the last fees hold.
    async fn read_fees(&mut self) {
        match Fees::read(&self.node, self.identity.signer()).await {
            Ok(fees) => {
                tracing::debug!(?fees, "read the fees of settlement");
                self.warn_of_low_minimum(&fees);
                self.fees = fees;
                self.paywall.set_claim_fees(fees.claims);
            }
            Err(error) => tracing::warn!(%error, "cannot read what settlement costs; the last known fees hold"),
        }
    }

    /// Warns when the settings admit streams whose claim of a minute does not pay for itself, once until that changes.
    fn warn_of_low_minimum(&mut self, fees: &Fees) {
        let (income, fee) = (self.paywall.minimum_income(MINUTE_TICKS), fees.claims.of(MINUTE_TICKS));
        let is_low = income < fee;
        if is_low && !self.is_minimum_low {
            tracing::warn!(
                income,
                fee,
                "a claim of a minute at paywall.min_price and paywall.min_share_ppm earns less than its fee; raise one of them"
            );
        }
        self.is_minimum_low = is_low;
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
        Some(DueClaim {
            session: *id,
            stream,
            claim,
            close: false,
            reason: DueReason::Interval,
            income: 0,
            is_last: true,
        })
    }

    async fn settle(&mut self, tasks: &TaskTracker) {
        let (mut rows, mut late) = due(&self.paywall, &self.identity, &self.genesis, now_ms());
        // They stay in the node's pool, whose worker goes by the same rule.
        rows.claims.extend(late.take_unprofitable(&self.fees.claims));
        if !rows.is_empty() && !self.submit(rows).await {
            tokio::time::sleep(PAUSE_AFTER_FAILURE).await;
        }
        let is_busy = self.direct.as_ref().is_some_and(|task| !task.is_finished());
        if !late.is_empty() && !is_busy {
            let direct = Direct::new(self.paywall.clone(), self.node.clone(), self.identity.clone(), self.fees);
            self.direct = Some(tasks.spawn(direct.settle(late)));
        }
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
            note_answer(&self.paywall, &id, Sent::Open, answer, now_ms);
        }
        for (claim, answer) in claims.iter().zip(&answer.claims) {
            note_answer(&self.paywall, &claim.session, Sent::Claim(claim.ticks), answer, now_ms);
        }
        for ((id, _), answer) in rows.closes.iter().zip(&answer.closes) {
            note_answer(&self.paywall, id, Sent::Close, answer, now_ms);
        }
        let held = rows.claims.iter().zip(&answer.claims).filter(|(_, answer)| answer.code.is_none());
        self.close_behind(held.map(|(due, _)| due)).await;
        true
    }

    /// Hands the pool the closes of ended sessions whose last claim it holds and is not worth its fee. The worker settles such
    /// a claim only when a close waits for it, and the pool offers the close only when the claim is final.
    ///
    /// The claims go along once more: without its claim, a close would forfeit it, and another node may answer this time.
    /// Nothing is noted of the closes, which are due again when their claims are final.
    async fn close_behind(&self, held: impl Iterator<Item = &DueClaim>) {
        let ended: Vec<_> = held.filter(|due| is_unprofitable_end(due, &self.fees.claims)).collect();
        if ended.is_empty() {
            return;
        }
        let claims: Vec<_> = ended.iter().filter_map(|due| due.claim.as_ref().map(row)).collect();
        let sign = |due: &&DueClaim| self.identity.sign_close(&self.genesis, due.session);
        let closes: Vec<_> = ended.iter().map(sign).collect();
        if let Err(error) = self.node.submit(&[], &claims, &closes).await {
            tracing::warn!(%error, "closes were not submitted; they are tried again when their claims are final");
        }
    }
}

/// Returns whether the claim is the last one of its session and, alone in its group, earns less than its fee.
fn is_unprofitable_end(due: &DueClaim, fees: &ClaimFees) -> bool {
    let ticks = due.claim.as_ref().map_or(0, |claim| claim.ticks.saturating_sub(claim.from));
    let is_end = matches!(due.reason, DueReason::Ending(_) | DueReason::Closing);
    is_end && due.income < fees.of(ticks).saturating_add(fees.group)
}

/// Collects the rows to submit: those for the pool, and those that the pool did not get into a block in time.
fn due(paywall: &Paywall, identity: &Identity, genesis: &GenesisHash, now_ms: Moment) -> (Rows, Rows) {
    let (mut rows, mut late) = (Rows::default(), Rows::default());
    for open in paywall.opens_due(now_ms, MAX_ROWS) {
        let to = if open.is_late { &mut late } else { &mut rows };
        to.opens.push(open.ticket);
    }
    for due in paywall.claims_due(now_ms, MAX_ROWS) {
        let is_late = matches!(due.reason, DueReason::NotIncluded | DueReason::Urgent { .. });
        let to = if is_late { &mut late } else { &mut rows };
        if due.close {
            to.closes.push((due.session, identity.sign_close(genesis, due.session)));
        } else {
            to.claims.push(due);
        }
    }
    (rows, late)
}

/// A row that was sent to a node's pool.
#[derive(Clone, Copy)]
enum Sent {
    Open,
    /// A claim up to this tick.
    Claim(u32),
    Close,
}

/// Notes a node's answer to a row of a session. What a busy or full pool did not take is submitted again at once, and after a
/// while to the chain directly.
fn note_answer(paywall: &Paywall, session: &SessionId, sent: Sent, answer: &RowAnswer, now_ms: Moment) {
    let kind = match sent {
        Sent::Open => RowKind::Open,
        Sent::Claim(_) => RowKind::Claim,
        Sent::Close => RowKind::Close,
    };
    match sent {
        _ if !is_done(session, kind, answer) => paywall.refused_as_busy(session, now_ms),
        Sent::Open => paywall.open_submitted(session, now_ms),
        Sent::Claim(ticks) => paywall.submitted(session, ticks, now_ms),
        Sent::Close => paywall.close_submitted(session, now_ms),
    }
}

fn row(claim: &Claim) -> ClaimRow {
    ClaimRow { session: claim.session, ticks: claim.ticks, proof: claim.proof }
}

/// Records a node's answer to a row. Returns whether the row is done with for now: the pool holds it, or will never accept
/// it.
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
    use sp_runtime::Permill;
    use tick_stream_primitives::{AccountId, Session, TickChain};
    use vilokanam_chain::Signer;
    use vilokanam_paywall::{Config, Seen, TickRequest};

    const NOW: Moment = 1_700_000_000_000;

    /// A paywall with a session that has revealed 5 ticks and ends.
    async fn ending_session(folder: &tempfile::TempDir, identity: &Identity) -> (Paywall, SessionId) {
        let (paywall, _) = Paywall::open(Config::new([7; 32], identity.account(), folder.path()), NOW).unwrap();
        let session = SessionId([1; 16]);
        let mut chain = TickChain::new(&session, [2; 32], 60);
        let state = Session {
            viewer: AccountId::new([3; 32]),
            key: None,
            stream: 5,
            gateway: identity.account(),
            price_per_tick: 100,
            gateway_share: Permill::from_percent(10),
            head: chain.anchor(),
            settled_ticks: 0,
            max_ticks: 60,
            opened_at: NOW,
            last_claim: 1,
            fee: 0,
            closing: None,
        };
        paywall.opened(session, &state, Seen::Finalized);
        let proof = chain.proof(5).unwrap();
        paywall.advance(TickRequest { session, ticks: 5, proof, token: None, now_ms: NOW }).await.unwrap();
        paywall.end(&session);
        (paywall, session)
    }

    #[tokio::test]
    async fn close_follows_a_last_claim_that_is_not_worth_its_fee() {
        let folder = tempfile::tempdir().unwrap();
        let identity = Identity::new(None, Signer::from_seed([9; 32]).unwrap());
        let (paywall, _) = ending_session(&folder, &identity).await;
        let (rows, _) = due(&paywall, &identity, &[7; 32], NOW);
        // Its 5 ticks earn 50 planck.
        let is_unprofitable = |group| is_unprofitable_end(&rows.claims[0], &ClaimFees { claim: 20, step: 1, group });
        assert!(is_unprofitable(26));
        assert!(!is_unprofitable(25), "the worker settles it without a close");
        let goes_on = DueClaim { reason: DueReason::Idle, ..rows.claims[0].clone() };
        assert!(!is_unprofitable_end(&goes_on, &ClaimFees { claim: 1_000, step: 1, group: 1_000 }));
    }

    #[tokio::test]
    async fn node_that_answers_busy_for_too_long_is_bypassed() {
        let folder = tempfile::tempdir().unwrap();
        let identity = Identity::new(None, Signer::from_seed([9; 32]).unwrap());
        let (paywall, session) = ending_session(&folder, &identity).await;
        let sizes = |now_ms| {
            let (rows, late) = due(&paywall, &identity, &[7; 32], now_ms);
            (rows.claims.len(), late.claims.len())
        };
        let busy = RowAnswer { code: Some(code::BUSY), ..RowAnswer::accepted() };
        for second in 0..10 {
            let now_ms = NOW + second * 1_000;
            assert_eq!(sizes(now_ms), (1, 0), "it is submitted to the pool again");
            note_answer(&paywall, &session, Sent::Claim(5), &busy, now_ms);
        }
        assert_eq!(sizes(NOW + 10_000), (0, 1), "the busy node counts as late");
        note_answer(&paywall, &session, Sent::Claim(5), &RowAnswer::accepted(), NOW + 10_000);
        assert_eq!(sizes(NOW + 10_001), (0, 0));
    }

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
