//! What the node and the off-chain worker lay down for each other, in the off-chain storage that the runtime reads and
//! writes as `StorageKind::PERSISTENT`.

use codec::{DecodeAll, Encode};
use log::warn;
use parking_lot::Mutex;
use sp_core::offchain::{OffchainStorage, STORAGE_PREFIX};
use std::sync::Arc;
use tick_stream_primitives::worker::{Offer, Report, WorkerConfig, OFFER_KEY, REPORT_KEY};
use vilokanam_tick_pool::{OfferLimits, TickPool};

use super::report::Reporter;
use crate::tick::LOG_TARGET;

/// The desk between node and worker.
pub struct Desk<S> {
    pool: Arc<TickPool>,
    worker: WorkerConfig,
    reporter: Reporter,
    /// Locked for a whole turn: two waves do not mix.
    state: Mutex<State<S>>,
}

struct State<S> {
    storage: S,
    /// Rows in the offer that lies on the desk; nothing when it is not known what lies there.
    offered: Option<usize>,
}

fn rows(offer: &Offer) -> usize {
    offer.opens.len() + offer.claims.len() + offer.closes.len()
}

impl<S: OffchainStorage> Desk<S> {
    /// A desk whose `storage` may still hold what an earlier life of the node left there.
    pub fn new(pool: Arc<TickPool>, storage: S, worker: WorkerConfig, reporter: Reporter) -> Self {
        Self { pool, worker, reporter, state: Mutex::new(State { storage, offered: None }) }
    }

    /// Takes the last report away and lays a new offer down.
    pub fn turn(&self) {
        let mut state = self.state.lock();
        if let Some(report) = self.take_report(&mut state.storage) {
            self.pool.refused(&report.refused);
            self.pool.foreign(&report.foreign);
            self.reporter.hear(&report, state.offered.unwrap_or(0));
        }
        let offer = self.pool.offer(self.worker.clone(), &OfferLimits::default());
        let offered = rows(&offer);
        // An empty offer on an empty offer says nothing.
        if offered > 0 || state.offered != Some(0) {
            state.storage.set(STORAGE_PREFIX, OFFER_KEY, &offer.encode());
        }
        state.offered = Some(offered);
    }

    fn take_report(&self, storage: &mut S) -> Option<Report> {
        let bytes = storage.get(STORAGE_PREFIX, REPORT_KEY)?;
        storage.remove(STORAGE_PREFIX, REPORT_KEY);
        Report::decode_all(&mut &bytes[..])
            .inspect_err(|error| warn!(target: LOG_TARGET, "the worker's report cannot be read: {error}"))
            .ok()
    }
}

#[cfg(test)]
mod tests;
