//! Exchange between the node and the off-chain worker through off-chain storage, which the runtime sees as
//! `StorageKind::PERSISTENT`. The node writes an offer before each wave, and reads the report of the previous one.

use codec::{DecodeAll, Encode};
use log::warn;
use parking_lot::Mutex;
use sp_core::offchain::{OffchainStorage, STORAGE_PREFIX};
use std::sync::Arc;
use tick_stream_primitives::worker::{Offer, Report, WorkerConfig, WorkerState, OFFER_KEY, REPORT_KEY};
use vilokanam_tick_pool::{OfferLimits, TickPool};

use super::report::Reporter;
use crate::tick::logging::LOG_TARGET;

/// Keys of messages in earlier versions. A runtime of that time would go on with an old offer, and what it reported has
/// another meaning now.
const OBSOLETE_KEYS: [&[u8]; 2] = [b"vilokanam/worker/offer/v1", b"vilokanam/worker/report/v2"];

/// Mailbox between the pool and the off-chain worker.
pub struct OffchainMailbox<S> {
    pool: Arc<TickPool>,
    worker: WorkerConfig,
    limits: OfferLimits,
    reporter: Reporter,
    /// Locked for a whole exchange, so that two waves do not interleave.
    state: Mutex<State<S>>,
}

struct State<S> {
    storage: S,
    /// Number of rows in the offer that is in the storage; `None` when its contents are not known.
    offered: Option<usize>,
}

fn rows(offer: &Offer) -> usize {
    offer.opens.len() + offer.claims.len() + offer.closes.len()
}

impl<S: OffchainStorage> OffchainMailbox<S> {
    /// Creates a mailbox in `storage`, which may hold an offer and a report from an earlier run of the node. Messages of
    /// earlier versions are removed.
    pub fn new(pool: Arc<TickPool>, mut storage: S, worker: WorkerConfig, reporter: Reporter) -> Self {
        OBSOLETE_KEYS.iter().for_each(|key| storage.remove(STORAGE_PREFIX, key));
        let limits = OfferLimits::default();
        Self { pool, worker, limits, reporter, state: Mutex::new(State { storage, offered: None }) }
    }

    /// Takes the worker's last report, if there is one, and writes the next offer.
    pub fn exchange(&self) {
        let mut state = self.state.lock();
        if let Some(report) = self.take_report(&mut state.storage) {
            if !matches!(report.state, WorkerState::InFlight { .. }) {
                self.pool.on_worked();
            }
            self.pool.on_refused(&report.refused);
            let foreign = self.pool.on_foreign(&report.foreign);
            self.reporter.record(&report, state.offered.unwrap_or(0));
            self.reporter.warn_of_foreign(&foreign);
        }
        let offer = self.pool.offer(self.worker.clone(), &self.limits);
        let offered = rows(&offer);
        // An empty offer need not overwrite an empty one.
        if offered > 0 || state.offered != Some(0) {
            state.storage.set(STORAGE_PREFIX, OFFER_KEY, &offer.encode());
        }
        state.offered = Some(offered);
    }

    fn take_report(&self, storage: &mut S) -> Option<Report> {
        let bytes = storage.get(STORAGE_PREFIX, REPORT_KEY)?;
        storage.remove(STORAGE_PREFIX, REPORT_KEY);
        Report::decode_all(&mut &bytes[..])
            .inspect_err(|error| {
                warn!(target: LOG_TARGET, "The off-chain worker's report cannot be decoded and is discarded: {error}")
            })
            .ok()
    }
}

#[cfg(test)]
mod tests;
