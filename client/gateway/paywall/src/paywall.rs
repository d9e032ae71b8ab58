//! The one object: what it is made of, how it starts and stops.

use crate::{
    admission::Admission,
    claims::Losses,
    config::Config,
    counters::{Counters, Counts},
    error::{OpenError, Unavailable},
    journal::{recover, Compactor, CreateFile, Dir, Journal, Receipt, Record, Recovered, RecoveryReport},
    preview::Previews,
    session::{Phase, Session, Status},
    table::Table,
    terms::{Heights, Streams},
    token::TokenSecret,
};
use std::{
    collections::HashMap,
    sync::{atomic::AtomicU64, mpsc::sync_channel, Arc},
    thread::JoinHandle,
};
use tick_stream_primitives::{Moment, SessionId};

/// Sells keys tick by tick. See the crate's documentation.
pub struct Paywall {
    pub(crate) config: Config,
    pub(crate) table: Arc<Table>,
    pub(crate) admission: Admission,
    pub(crate) streams: Streams,
    pub(crate) heights: Heights,
    pub(crate) previews: Previews,
    pub(crate) losses: Losses,
    pub(crate) counters: Arc<Counters>,
    pub(crate) secret: TokenSecret,
    /// Dropped in [`Drop`], before the compactor is waited for, which ends with it.
    pub(crate) journal: Option<Journal>,
    compactor: Option<JoinHandle<()>>,
}

impl Paywall {
    /// Reads the journal back and goes on where it ended. Blocks on the disk: call it before anything is served.
    ///
    /// Feed streams, heights and the state of each of [`Paywall::session_ids`] before serving: the chain went on
    /// meanwhile.
    pub fn open(config: Config, now_ms: Moment) -> Result<(Self, RecoveryReport), OpenError> {
        Self::open_with(config, now_ms, Dir::real_files())
    }

    pub(crate) fn open_with(
        config: Config,
        now_ms: Moment,
        create: CreateFile,
    ) -> Result<(Self, RecoveryReport), OpenError> {
        check(&config)?;
        let dir = Dir::open(&config.journal.dir, create)?;
        let Recovered { replay, position, secret } = recover(&dir)?;
        let admission = Admission::default();
        let sessions = awakened(replay.sessions, &secret, &admission, now_ms);
        let table = Arc::new(Table::new(sessions));
        let counters: Arc<Counters> = Arc::default();

        // One full segment may wait while another is being compacted; more are not announced, and the last one grows.
        let (sealed_in, sealed_out) = sync_channel(1);
        let compact_at = Arc::new(AtomicU64::new(config.journal.compact_at_bytes));
        let failed = |source| OpenError::Io { what: "start a thread for", path: config.journal.dir.clone(), source };
        let journal =
            Journal::start(dir.clone(), &config.journal, position, counters.clone(), sealed_in, compact_at.clone())
                .map_err(failed)?;
        let compactor = Compactor {
            dir,
            table: table.clone(),
            secret: secret.clone(),
            journal: journal.watcher(),
            counters: counters.clone(),
            compact_at,
            compact_at_bytes: config.journal.compact_at_bytes,
        };
        let thread = std::thread::Builder::new().name("paywall-compactor".into());
        let compactor = thread.spawn(move || compactor.run(sealed_out)).map_err(failed)?;
        let paywall = Self {
            previews: Previews::new(&config),
            config,
            table,
            admission,
            streams: Streams::default(),
            heights: Heights::default(),
            losses: Losses::default(),
            counters,
            secret,
            journal: Some(journal),
            compactor: Some(compactor),
        };
        Ok((paywall, replay.report))
    }

    /// What it was given.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// Why nothing is sold: the journal cannot be written. None while all is well.
    pub fn degraded(&self) -> Option<String> {
        let journal = self.journal.as_ref().filter(|journal| journal.is_degraded())?;
        Some(journal.failure().unwrap_or_else(|| "the writer has stopped".into()))
    }

    /// Returns when everything that was accepted so far is on the disk.
    pub async fn flush(&self) -> Result<(), Unavailable> {
        let receipt = self.journal()?.wait_for_all()?;
        receipt.durable().await
    }

    /// What the counters say.
    pub fn counts(&self) -> Counts {
        self.counters.read()
    }

    /// How many sessions are in memory.
    pub fn sessions(&self) -> usize {
        self.table.len()
    }

    /// Every session: after a restart, ask the chain about each and feed the answers in.
    pub fn session_ids(&self) -> Vec<SessionId> {
        let mut ids = Vec::with_capacity(self.table.len());
        self.table.for_each(|id, _| ids.push(*id));
        ids
    }

    /// A session, without its proof.
    pub fn status(&self, session: &SessionId) -> Option<Status> {
        self.table.lock(session).get(session).map(|known| known.status(&self.config))
    }

    pub(crate) fn journal(&self) -> Result<&Journal, Unavailable> {
        self.journal.as_ref().ok_or_else(|| Unavailable::Degraded { reason: "it is closed".into() })
    }

    /// Writes the session as it is now. Call it under the lock of the session's shard.
    pub(crate) fn record(&self, id: &SessionId, session: &mut Session) -> Result<Receipt, Unavailable> {
        let receipt = self.journal()?.append(&Record::Session(*id, Box::new(session.clone())))?;
        session.lsn = receipt.lsn;
        Ok(receipt)
    }
}

impl Drop for Paywall {
    /// Writes what is queued and ends both threads.
    fn drop(&mut self) {
        drop(self.journal.take());
        if let Some(compactor) = self.compactor.take() {
            // A panic of it has been shown by its own thread, and cost no more than a snapshot.
            let _ = compactor.join();
        }
    }
}

/// Limits that would make the paywall sell what it cannot settle.
fn check(config: &Config) -> Result<(), OpenError> {
    let wrong = |what| Err(OpenError::Config(what));
    if config.credit_ticks > config.credit_until_final {
        return wrong("credit_ticks must not be above credit_until_final");
    }
    if config.max_ticks_per_session == 0 || config.max_sessions == 0 {
        return wrong("max_ticks_per_session and max_sessions must be 1 or more");
    }
    if config.min_ticket_blocks >= config.ticket_lifetime_blocks {
        return wrong("min_ticket_blocks must be below ticket_lifetime_blocks");
    }
    if config.urgent_blocks > config.close_period_blocks {
        return wrong("urgent_blocks must not be above close_period_blocks");
    }
    if config.journal.max_pending_bytes > 32 << 20 {
        return wrong("max_pending_bytes must not be above 32 MiB: one group is written at once");
    }
    Ok(())
}

/// Gives recovered sessions what is not kept: token, times, their place among those that wait.
fn awakened(
    mut sessions: HashMap<SessionId, Box<Session>>,
    secret: &TokenSecret,
    admission: &Admission,
    now_ms: Moment,
) -> HashMap<SessionId, Box<Session>> {
    for (id, session) in &mut sessions {
        session.live.token = secret.token(id, &session.anchor);
        session.live.paid_ms = now_ms;
        session.live.unsettled_since_ms = if session.ticks > session.settled_best { now_ms } else { 0 };
        if session.phase == Phase::Unopened {
            admission.wait_again(*id, session.viewer.clone(), session.expires_at);
        }
    }
    sessions
}
