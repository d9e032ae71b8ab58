//! The pool: what it is made of, how it is written down, and its verbs for the node.

use crate::budget::Budget;
use crate::chain::ChainView;
use crate::clock::{Clock, Pause};
use crate::config::{OfferLimits, PoolConfig, COMPLAINT_PAUSE_MS};
use crate::entry::row_parts;
use crate::error::{OpenError, StorageError};
use crate::metrics::Metrics;
use crate::refusal::Aftermath;
use crate::state::{State, Stats};
use crate::store::Store;
use crate::LOG_TARGET;
use parking_lot::{Mutex, MutexGuard};
use std::path::Path;
use std::sync::Arc;
use substrate_prometheus_endpoint::Registry;
use tick_stream_primitives::worker::{Offer, RowId, WorkerConfig};
use tick_stream_primitives::{BlockNumber, Outcome, RowError, RowKind, SessionId};

/// Wants to know when claims were raised. Called after they are on disk; must not block.
pub trait PoolListener: Send + Sync {
    /// The claims of these sessions are new or higher than before.
    fn claims_grew(&self, sessions: &[SessionId]);
}

/// The pool. All verbs take `&self` and may be called from any thread.
pub struct TickPool {
    pub(crate) chain: Arc<dyn ChainView>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) budget: Budget,
    pub(crate) metrics: Metrics,
    pub(crate) listener: Option<Arc<dyn PoolListener>>,
    /// Between two complaints that the pool is full.
    pub(crate) full_pause: Pause,
    state: Mutex<State>,
    store: Store,
    /// The serial up to which changes are on disk; held while more are written, so that writes are in order.
    persisted: Mutex<u64>,
    #[cfg(test)]
    pub(crate) locked: std::sync::atomic::AtomicUsize,
}

impl TickPool {
    /// Opens the pool whose database is in `path`, with all that an earlier life of the node left there.
    pub fn open(
        path: &Path,
        chain: Arc<dyn ChainView>,
        config: PoolConfig,
        registry: Option<&Registry>,
    ) -> Result<Self, OpenError> {
        let metrics = Metrics::new(registry)?;
        let (store, records) = Store::open(path, &chain.genesis())?;
        log::info!(target: LOG_TARGET, "Tick pool opened: rows={} path={}", records.len(), path.display());
        let mut state = State::new(&config);
        state.restore(records);
        let pool = Self {
            chain,
            budget: Budget::new(config.budget, config.clock.clone()),
            clock: config.clock,
            metrics,
            listener: config.listener,
            full_pause: Pause::new(COMPLAINT_PAUSE_MS),
            state: Mutex::new(state),
            store,
            persisted: Mutex::new(0),
            #[cfg(test)]
            locked: Default::default(),
        };
        pool.observe();
        Ok(pool)
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        #[cfg(test)]
        self.locked.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        self.state.lock()
    }

    /// Returns when all changes up to `serial` are on disk. Whoever gets here first writes for all who wait.
    pub(crate) fn persist(&self, serial: u64) -> Result<(), StorageError> {
        let mut persisted = self.persisted.lock();
        if *persisted >= serial {
            return Ok(());
        }
        let (changes, upto) = self.state().take_dirty();
        // Deletions may get lost: what comes back is done already, and `reconcile` finds that out.
        let sync = changes.iter().any(|(_, record)| record.is_some());
        if let Err(error) = self.store.write(&changes, sync) {
            self.state().put_back_dirty(changes.into_iter().map(|(row, _)| row));
            return Err(error);
        }
        *persisted = upto;
        Ok(())
    }

    /// Writes down what was removed. A failure is logged: the next row's write brings it along.
    pub(crate) fn persist_removals(&self) {
        let serial = self.state().serial;
        if let Err(error) = self.persist(serial) {
            log::error!(target: LOG_TARGET, "Removals could not be written to the tick pool's database: {error}");
        }
    }

    /// Sets the gauges.
    pub(crate) fn observe(&self) {
        self.metrics.observe(&self.stats());
    }

    /// The best chain has reached block `number`, which did this. To be called for every block, in order; after a
    /// reorganisation [`Self::on_retracted`] goes before it.
    pub fn on_best(&self, number: BlockNumber, outcomes: &[Outcome]) {
        let expired = self.state().on_best(number, outcomes);
        self.metrics.dropped(RowKind::Open, "Expired", expired);
        self.observe();
    }

    /// These blocks left the best chain: what they, and any above them, had done counts no more.
    pub fn on_retracted(&self, blocks: &[BlockNumber]) {
        if let Some(lowest) = blocks.iter().min() {
            self.state().on_retracted(*lowest);
        }
    }

    /// Finalized blocks did this, in order. What is done for good leaves the pool and the disk.
    pub fn on_finalized(&self, outcomes: &[Outcome]) {
        if outcomes.is_empty() {
            return;
        }
        self.state().on_finalized(outcomes, |kind| self.metrics.finalized(kind));
        self.persist_removals();
        self.observe();
    }

    /// What the worker is to settle next, most urgent first.
    pub fn offer(&self, worker: WorkerConfig, limits: &OfferLimits) -> Offer {
        let plan = self.state().plan_offer(limits);
        let mut derived = Vec::new();
        let claims = plan.claims.into_iter().map(|planned| {
            let (birth, was_derived) = (planned.birth, planned.is_derived());
            let offered = planned.into_offered();
            if was_derived {
                derived.push((birth, offered.claim.session, (offered.claim.ticks, offered.claim.proof)));
            }
            offered
        });
        let offer = Offer { config: worker, opens: plan.opens, claims: claims.collect(), closes: plan.closes };
        if !derived.is_empty() {
            let mut state = self.state();
            derived.iter().for_each(|(birth, session, element)| state.keep_derived(*birth, session, *element));
        }
        offer
    }

    /// The worker's dry run found that the chain would refuse these rows. Returns how many the pool let go of.
    pub fn refused(&self, rows: &[(RowId, RowError)]) -> usize {
        if rows.is_empty() {
            return 0;
        }
        let mut dropped = Vec::new();
        {
            let mut state = self.state();
            for (row, error) in rows {
                if state.refuse(*row, *error) == Aftermath::Dropped {
                    dropped.push((*row, *error));
                }
            }
        }
        for (row, error) in &dropped {
            let (kind, session) = row_parts(row);
            log::debug!(target: LOG_TARGET, "Row dropped: kind={kind:?} session={session} reason={}", error.name());
            self.metrics.dropped(kind, error.name(), 1);
        }
        if !dropped.is_empty() {
            self.persist_removals();
        }
        self.observe();
        dropped.len()
    }

    /// The worker passed these rows over, as they are other gateways': they are offered after all others from now on.
    pub fn foreign(&self, rows: &[RowId]) {
        if !rows.is_empty() {
            let mut state = self.state();
            rows.iter().for_each(|row| state.put_last(*row));
        }
    }

    /// The highest tick claimed in the pool. Never the proof: an unsettled one is a ticket to the paywall.
    pub fn pooled_ticks(&self, session: &SessionId) -> Option<u32> {
        self.state().slots.get(session).and_then(|slot| slot.claim.as_ref()).map(|claim| claim.ticks)
    }

    /// How much the pool holds.
    pub fn stats(&self) -> Stats {
        let now_ms = self.clock.now_ms();
        self.state().stats(now_ms)
    }
}
