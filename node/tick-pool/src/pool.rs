//! The pool: its parts, writing to disk, and its interface for the node.

use crate::budget::Budget;
use crate::chain::ChainView;
use crate::clock::Clock;
use crate::config::{OfferLimits, PoolConfig, WARNING_INTERVAL_MS};
use crate::entry::row_parts;
use crate::error::{OpenError, StorageError};
use crate::listener::PoolListener;
use crate::logging::{Throttle, LOG_TARGET};
use crate::metrics::Metrics;
use crate::refusal::Disposition;
use crate::served::ServedGateways;
use crate::state::State;
use crate::stats::Stats;
use crate::store::Store;
use parking_lot::{Mutex, MutexGuard};
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use substrate_prometheus_endpoint::Registry;
use tick_stream_primitives::worker::{Offer, RowId, WorkerConfig};
use tick_stream_primitives::{AccountId, BlockNumber, Outcome, RowError, RowKind, SessionId};

/// Pool of rows that wait to be settled. All methods may be called from any thread.
pub struct TickPool {
    pub(crate) chain: Arc<dyn ChainView>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) budget: Budget,
    pub(crate) served: Arc<dyn ServedGateways>,
    pub(crate) metrics: Metrics,
    pub(crate) listener: Option<Arc<dyn PoolListener>>,
    /// Limits how often the log warns that the pool is full.
    pub(crate) full_warning: Throttle,
    state: Mutex<State>,
    store: Store,
    /// Serial up to which changes are on disk. Held while more are written, so that writes are in order.
    persisted: Mutex<u64>,
    /// Number of times that `state` was locked.
    #[cfg(test)]
    pub(crate) lock_count: std::sync::atomic::AtomicUsize,
}

impl TickPool {
    /// Opens the pool whose database is in `path`, with the rows that it holds from an earlier run.
    ///
    /// # Errors
    ///
    /// When the database cannot be opened, or the metrics cannot be registered.
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
            served: config.served,
            clock: config.clock,
            metrics,
            listener: config.listener,
            full_warning: Throttle::new(WARNING_INTERVAL_MS),
            state: Mutex::new(state),
            store,
            persisted: Mutex::new(0),
            #[cfg(test)]
            lock_count: Default::default(),
        };
        pool.update_gauges();
        Ok(pool)
    }

    /// Locks the state.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        #[cfg(test)]
        self.lock_count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        self.state.lock()
    }

    /// Returns when all changes up to `serial` are on disk. The first thread to arrive writes for all threads that
    /// wait.
    ///
    /// # Errors
    ///
    /// When the database fails. The changes stay in memory for the next write.
    pub(crate) fn persist(&self, serial: u64) -> Result<(), StorageError> {
        let mut persisted = self.persisted.lock();
        if *persisted >= serial {
            return Ok(());
        }
        let (changes, upto) = self.state().take_dirty();
        // Removals need no sync: a removed row that comes back after a crash is removed again by `reconcile`.
        let sync = changes.iter().any(|(_, record)| record.is_some());
        if let Err(error) = self.store.write(&changes, sync) {
            self.state().put_back_dirty(changes.into_iter().map(|(row, _)| row));
            return Err(error);
        }
        *persisted = upto;
        Ok(())
    }

    /// Writes removals to disk. A failure is only logged, because the next write includes them.
    pub(crate) fn persist_removals(&self) {
        let serial = self.state().serial;
        if let Err(error) = self.persist(serial) {
            log::error!(target: LOG_TARGET, "Removals could not be written to the tick pool's database: {error}");
        }
    }

    /// Updates the gauges.
    pub(crate) fn update_gauges(&self) {
        self.metrics.update_gauges(&self.stats());
    }

    /// Applies the outcomes of a new best block. Must be called for every block of the best chain, in order; after a
    /// reorganisation [`Self::on_retracted`] comes first.
    pub fn on_best(&self, number: BlockNumber, outcomes: &[Outcome]) {
        let expired = self.state().on_best(number, outcomes);
        self.metrics.dropped(RowKind::Open, "Expired", expired);
        self.update_gauges();
    }

    /// Takes back the outcomes of the lowest of these blocks and of all above it, because they have left the best
    /// chain.
    pub fn on_retracted(&self, blocks: &[BlockNumber]) {
        if let Some(lowest) = blocks.iter().min() {
            self.state().on_retracted(*lowest);
        }
    }

    /// Applies the outcomes of finalized blocks, in order. Rows that are carried out leave the pool and the disk.
    pub fn on_finalized(&self, outcomes: &[Outcome]) {
        if outcomes.is_empty() {
            return;
        }
        self.state().on_finalized(outcomes, |kind| self.metrics.finalized(kind));
        self.persist_removals();
        self.update_gauges();
    }

    /// Chooses the rows that the worker receives next, most urgent first, and derives their proofs.
    pub fn offer(&self, worker: WorkerConfig, limits: &OfferLimits) -> Offer {
        let plan = self.state().plan_offer(limits);
        let mut derived = Vec::new();
        let claims = plan.claims.into_iter().map(|planned| {
            let (row_number, was_derived) = (planned.row_number, planned.is_derived());
            let offered = planned.into_offered();
            if was_derived {
                derived.push((row_number, offered.claim.session, (offered.claim.ticks, offered.claim.proof)));
            }
            offered
        });
        let claims = claims.collect();
        let offer = Offer { config: worker, opens: plan.opens, claims, closes: plan.closes, ending: plan.ending };
        if !derived.is_empty() {
            let mut state = self.state();
            derived
                .iter()
                .for_each(|(row_number, session, element)| state.keep_derived(*row_number, session, *element));
        }
        offer
    }

    /// Records that the worker has looked at the last offer. If the pool had more claims or closes than that, those of the
    /// offer give way to the others from now on: the worker leaves claims waiting that are not worth their fee yet, and
    /// enough of them would fill every offer. An offer that the worker has not looked at, because its last wave was in
    /// flight, is made again.
    pub fn on_worked(&self) {
        self.state().take_turns();
    }

    /// Handles rows that the worker found the chain would refuse. Returns the number of rows dropped.
    pub fn on_refused(&self, rows: &[(RowId, RowError)]) -> usize {
        if rows.is_empty() {
            return 0;
        }
        let mut dropped = Vec::new();
        {
            let mut state = self.state();
            for (row, error) in rows {
                if state.on_refused(*row, *error) == Disposition::Dropped {
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
        self.update_gauges();
        dropped.len()
    }

    /// Records that the worker does not serve the gateways of these rows: from now on they are offered after all
    /// others. Returns the gateways, as far as the pool knows them, with the number of their rows; most rows first.
    pub fn on_foreign(&self, rows: &[RowId]) -> Vec<(AccountId, usize)> {
        let mut counts = BTreeMap::new();
        if !rows.is_empty() {
            let mut state = self.state();
            for row in rows {
                state.mark_foreign(*row);
                let (_, session) = row_parts(row);
                if let Some(gateway) = state.gateway(&session) {
                    *counts.entry(gateway.clone()).or_insert(0) += 1;
                }
            }
        }
        self.update_gauges();
        let mut gateways: Vec<(AccountId, usize)> = counts.into_iter().collect();
        gateways.sort_by_key(|(_, rows)| Reverse(*rows));
        gateways
    }

    /// Highest tick claimed on a session in the pool. There is no way to read the proof: it opens the gateway's
    /// paywall.
    pub fn revealed_ticks(&self, session: &SessionId) -> Option<u32> {
        self.state().slots.get(session).and_then(|slot| slot.claim.as_ref()).map(|claim| claim.ticks)
    }

    /// Contents of the pool, as numbers.
    pub fn stats(&self) -> Stats {
        let now_ms = self.clock.now_ms();
        self.state().stats(now_ms)
    }
}
