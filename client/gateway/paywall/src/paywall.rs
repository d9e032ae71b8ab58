//! The paywall: its parts, its start and its end.

use crate::{
    admission::Admission,
    books::LossLog,
    config::Config,
    counters::{Counters, Counts},
    error::{OpenError, Unavailable},
    journal::{recover, Compactor, CreateFile, Dir, Journal, Receipt, Record, Recovered, RecoveryReport},
    phase::Phase,
    preview::PreviewTracker,
    session::{Session, Status},
    table::Table,
    terms::{ClaimFees, Heights, Streams},
    token::TokenSecret,
    unserved::Unserved,
};
use parking_lot::RwLock;
use sp_runtime::Permill;
use std::{
    collections::{HashMap, HashSet},
    sync::{atomic::AtomicU64, mpsc::sync_channel, Arc},
    thread::JoinHandle,
};
use tick_stream_primitives::{AccountId, Balance, Moment, Params, SessionId, StreamId};

/// Gives keys for ticks. See the documentation of the crate.
pub struct Paywall {
    /// Settings, replaced as a whole when the chain changes its parameters.
    config: RwLock<Arc<Config>>,
    pub(crate) table: Arc<Table>,
    pub(crate) admission: Admission,
    pub(crate) unserved: Unserved,
    pub(crate) claim_fees: RwLock<ClaimFees>,
    pub(crate) streams: Streams,
    pub(crate) heights: Heights,
    pub(crate) previews: PreviewTracker,
    pub(crate) losses: LossLog,
    pub(crate) counters: Arc<Counters>,
    pub(crate) secret: TokenSecret,
    /// Taken by [`Drop`] before it waits for the compactor, which ends when the journal is dropped.
    pub(crate) journal: Option<Journal>,
    compactor: Option<JoinHandle<()>>,
}

impl Paywall {
    /// Recovers every session from the journal, and starts. Blocks on the disk.
    ///
    /// The chain has gone on meanwhile: before requests are served, pass in the streams, the block heights, and the
    /// state of each session of [`Paywall::session_ids`].
    ///
    /// # Errors
    ///
    /// [`OpenError`] if the configuration is invalid, or the journal cannot be read or written.
    pub fn open(config: Config, now_ms: Moment) -> Result<(Self, RecoveryReport), OpenError> {
        Self::open_with(config, now_ms, Dir::real_files())
    }

    pub(crate) fn open_with(
        config: Config,
        now_ms: Moment,
        create: CreateFile,
    ) -> Result<(Self, RecoveryReport), OpenError> {
        check_config(&config)?;
        let dir = Dir::open(&config.journal.dir, create)?;
        let Recovered { replay, position, secret } = recover(&dir)?;
        let sessions = resumed(replay.sessions, &secret, now_ms);
        let table = Arc::new(Table::new(sessions));
        let counters: Arc<Counters> = Arc::default();

        // One full segment may wait while another is being compacted. Beyond that, the last segment grows.
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
            previews: PreviewTracker::new(&config),
            config: RwLock::new(Arc::new(config)),
            table,
            admission: Admission::default(),
            unserved: Unserved::default(),
            claim_fees: RwLock::default(),
            streams: Streams::default(),
            heights: Heights::default(),
            losses: LossLog::default(),
            counters,
            secret,
            journal: Some(journal),
            compactor: Some(compactor),
        };
        paywall.readmit_all();
        Ok((paywall, replay.report))
    }

    /// Gives recovered sessions whose openings are not final their place among the pending tickets.
    fn readmit_all(&self) {
        self.table.for_each(|id, session| match session.phase {
            Phase::Offered => self.admission.readmit(*id, self.pending(session)),
            Phase::Included => self.admission.include(*id, self.pending(session)),
            Phase::Finalized => {}
        });
    }

    /// Returns the settings of this moment.
    pub(crate) fn config(&self) -> Arc<Config> {
        self.config.read().clone()
    }

    /// Takes over the chain's present parameters: an upgrade of its runtime may change them at any time. Sessions go on.
    /// Returns whether any of the settings has changed.
    ///
    /// # Errors
    ///
    /// [`OpenError::Config`] if the parameters do not fit the gateway's own limits. The settings then stay as they are.
    pub fn set_params(&self, params: &Params) -> Result<bool, OpenError> {
        let mut config = self.config.write();
        let new = Config::clone(&config).with_params(params);
        check_config(&new)?;
        let is_changed = new != **config;
        *config = Arc::new(new);
        Ok(is_changed)
    }

    /// Sets the lowest price and the smallest share at which streams are served. Sessions that were offered go on.
    pub fn set_minimum(&self, min_price: Balance, min_share: Permill) {
        let mut config = self.config.write();
        if (config.min_price, config.min_share) != (min_price, min_share) {
            *config = Arc::new(Config { min_price, min_share, ..Config::clone(&config) });
        }
    }

    /// Returns why the journal cannot be written, so that no key is given; none while it can.
    pub fn degraded(&self) -> Option<String> {
        let journal = self.journal.as_ref().filter(|journal| journal.is_degraded())?;
        Some(journal.failure().unwrap_or_else(|| "the writer has stopped".into()))
    }

    /// Returns when everything accepted so far is on the disk.
    pub async fn flush(&self) -> Result<(), Unavailable> {
        let receipt = self.journal()?.wait_for_all()?;
        receipt.durable().await
    }

    /// Returns the values of the counters.
    pub fn counts(&self) -> Counts {
        self.counters.read()
    }

    /// Returns the number of sessions in memory.
    pub fn sessions(&self) -> usize {
        self.table.len()
    }

    /// Returns the ids of all sessions.
    pub fn session_ids(&self) -> Vec<SessionId> {
        let mut ids = Vec::with_capacity(self.table.len());
        self.table.for_each(|id, _| ids.push(*id));
        ids
    }

    /// Returns the accounts that pay for a stream now: viewers with an open session, and the session keys under which they watch.
    pub fn payers_of(&self, stream: StreamId) -> HashSet<AccountId> {
        let mut payers = HashSet::new();
        self.table.for_each(|_, session| {
            let is_over = session.is_closed || session.closing.is_some() || session.ending.is_some();
            let is_open = session.phase != Phase::Offered && !is_over && session.rejection.is_none();
            if session.stream == stream && is_open {
                payers.extend([session.viewer.clone()].into_iter().chain(session.session_key.clone()));
            }
        });
        payers
    }

    /// Returns what may be shown of a session.
    pub fn status(&self, session: &SessionId) -> Option<Status> {
        self.table.lock(session).get(session).map(|known| known.status(&self.config()))
    }

    /// Returns the bytes that a session takes, averaged over the table, without the overhead of the allocator.
    pub fn session_bytes(&self) -> usize {
        let entry = std::mem::size_of::<(SessionId, Box<Session>)>() + std::mem::size_of::<Session>();
        let mut heap = 0;
        self.table.for_each(|_, session| heap += session.heap_bytes());
        entry + heap / self.table.len().max(1) + std::mem::size_of::<Table>() / self.table.len().max(1)
    }

    pub(crate) fn journal(&self) -> Result<&Journal, Unavailable> {
        self.journal.as_ref().ok_or_else(|| Unavailable::Degraded { reason: "it is closed".into() })
    }

    /// Queues a record of the session as it is now. Must be called under the lock of the session's shard.
    pub(crate) fn record(&self, id: &SessionId, session: &mut Session) -> Result<Receipt, Unavailable> {
        let receipt = self.journal()?.append(&Record::Session(*id, Box::new(session.clone())))?;
        session.lsn = receipt.lsn;
        Ok(receipt)
    }
}

impl Drop for Paywall {
    /// Writes what is queued, and ends both threads.
    fn drop(&mut self) {
        drop(self.journal.take());
        if let Some(compactor) = self.compactor.take() {
            // A panic of the compactor was reported by its own thread, and has cost a snapshot only.
            let _ = compactor.join();
        }
    }
}

/// Checks for limits with which keys would be given for ticks that cannot be settled.
fn check_config(config: &Config) -> Result<(), OpenError> {
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
        return wrong("max_pending_bytes must not be above 32 MiB, since one group is written at once");
    }
    Ok(())
}

/// Gives recovered sessions what the journal does not hold: token and times.
fn resumed(
    mut sessions: HashMap<SessionId, Box<Session>>,
    secret: &TokenSecret,
    now_ms: Moment,
) -> HashMap<SessionId, Box<Session>> {
    for (id, session) in &mut sessions {
        session.transient.token = secret.token(id, &session.anchor);
        session.transient.last_payment_ms = now_ms;
        session.transient.unsettled_since_ms = if session.revealed_ticks > session.settled_ticks { now_ms } else { 0 };
    }
    sessions
}
