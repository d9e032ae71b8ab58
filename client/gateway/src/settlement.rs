//! Has what was sold settled on chain: through the node's tick pool, and when the node does not get on with it, in a
//! `process_batch` of this gateway's own.

use crate::{shutdown::Shutdown, telemetry::names};
use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};
use tick_stream_primitives::{Claim, CloseRow, Closer, GenesisHash, Moment, SessionId, SignedTicket};
use tokio::{sync::Notify, task::JoinHandle};
use vilokanam_chain::{
    rpc::types::{code, RowAnswer},
    ClaimRow, Nodes, Signer,
};
use vilokanam_paywall::{Alarm, DueClaim, DueReason, Paywall};

mod direct;
mod draft;

use direct::Direct;

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
    genesis: GenesisHash,
    wake: Arc<Notify>,
    /// The batch of our own that is on its way, if one is: waiting for its block holds up nothing else.
    direct: Option<JoinHandle<()>>,
}

impl Settlement {
    /// Settles what this paywall has sold, signing closes and its own batches with `signer`.
    pub fn new(paywall: Arc<Paywall>, node: Arc<Nodes>, signer: Signer, wake: Arc<Notify>) -> Self {
        let genesis = node.genesis();
        Self { paywall, node, signer, genesis, wake, direct: None }
    }

    /// Runs until it is told to end, and hands the last claims over then.
    pub async fn run(mut self, shutdown: Shutdown) {
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

    async fn settle(&mut self) {
        let (rows, late) = self.due(now_ms());
        if !rows.is_empty() && !self.hand_over(rows).await {
            tokio::time::sleep(PAUSE_AFTER_FAILURE).await;
        }
        let is_busy = self.direct.as_ref().is_some_and(|task| !task.is_finished());
        if !late.is_empty() && !is_busy {
            let direct = Direct::new(self.paywall.clone(), self.node.clone(), self.signer.clone());
            self.direct = Some(tokio::spawn(direct.settle(late)));
        }
    }

    /// What is due, for the pool and, where that was of no use, for a batch of our own.
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
                self.paywall.close_submitted(id, now_ms);
            }
        }
        true
    }

    fn audit(&self) {
        let alarms = self.paywall.alarms(now_ms());
        for alarm in &alarms {
            match alarm {
                // Waiting is what claims do while no node answers; the metric tells.
                Alarm::NotSettled(session, books) => tracing::warn!(%session, ?books, "a claim waits to be settled"),
                Alarm::Lost(loss) => tracing::error!(?loss, "ticks were sold that nobody pays"),
                alarm => tracing::error!(?alarm, "the books do not agree"),
            }
        }
        // What is lost is lost: it is said and counted once, and no alarm for ever.
        let lost: u32 = alarms.iter().map(|alarm| if let Alarm::Lost(loss) = alarm { loss.ticks } else { 0 }).sum();
        let wrong = alarms.iter().filter(|alarm| !matches!(alarm, Alarm::Lost(_))).count();
        metrics::counter!(names::TICKS_LOST).increment(u64::from(lost));
        metrics::gauge!(names::BOOKS_WRONG).set(wrong as f64);
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
