//! What all viewers of a load test share: the gateway, the prices, what is for sale, and where counts go.

use super::{
    plan::Kind,
    schedule::Schedule,
    shelf::Shelf,
    tally::{Outcome, PhaseTally, Refusal, Tally},
};
use crate::gateway::GatewayClient;
use std::{
    sync::{
        atomic::{AtomicU32, Ordering},
        Arc,
    },
    time::{Duration, Instant},
};
use tick_stream_primitives::{AccountId, Balance, BlockNumber};
use tokio::sync::watch;
use vilokanam_chain::Order;
use vilokanam_wire::StreamRef;

/// What is bought, and on which terms.
#[derive(Clone, Debug)]
pub struct Terms {
    /// What is watched.
    pub stream: StreamRef,
    /// Through whom.
    pub gateway: AccountId,
    /// What a tick may cost.
    pub price_per_tick: Balance,
    /// What opening a session costs.
    pub open_fee: Balance,
    /// How many ticks a session is opened for.
    pub max_ticks: u32,
    /// How many blocks from now a ticket is valid for.
    pub ticket_blocks: BlockNumber,
    /// How far behind the newest segment a viewer begins.
    pub segments_behind: u32,
    /// Whether media is fetched as well.
    pub fetches_segments: bool,
}

/// All of it. Cheap to clone.
#[derive(Clone)]
pub struct Scene {
    /// The one HTTP client: its connections are kept alive.
    pub gateway: GatewayClient,
    /// On which terms.
    pub terms: Arc<Terms>,
    /// What is for sale.
    pub shelf: watch::Receiver<Arc<Shelf>>,
    /// The newest block, as it was last heard of.
    pub block: Arc<AtomicU32>,
    /// Where counts go.
    pub tally: Arc<Tally>,
    /// Which phase a moment is in.
    pub schedule: Arc<Schedule>,
    /// When it began.
    pub began: Instant,
}

impl Scene {
    /// The same with counts and a clock of its own.
    pub fn with_clock(&self, tally: Arc<Tally>, schedule: Schedule) -> Self {
        Self { tally, schedule: Arc::new(schedule), began: Instant::now(), ..self.clone() }
    }

    /// The phase that a moment belongs to.
    pub fn phase(&self, at: Instant) -> usize {
        self.schedule.phase(at.saturating_duration_since(self.began))
    }

    /// Counts a request that was due at `due` and has been answered now.
    pub fn record(&self, kind: Kind, due: Instant, result: Result<usize, Refusal>) {
        let now = Instant::now();
        self.tally.take(Outcome {
            phase: self.phase(due),
            kind,
            latency: now.saturating_duration_since(due),
            at: now.saturating_duration_since(self.began),
            result,
        });
    }

    /// Counts something else in the phase of `due`.
    pub fn count(&self, due: Instant, change: impl FnOnce(&mut PhaseTally)) {
        self.tally.count(self.phase(due), change);
    }

    /// What a ticket orders now.
    pub fn order(&self) -> Order {
        Order {
            stream: self.terms.stream.0,
            gateway: self.terms.gateway.clone(),
            price_per_tick: self.terms.price_per_tick,
            max_ticks: self.terms.max_ticks,
            expires_at: self.block.load(Ordering::Relaxed).saturating_add(self.terms.ticket_blocks),
        }
    }

    /// How long a segment is about: the length of the newest.
    pub fn segment_length(&self) -> Duration {
        const USUAL: Duration = Duration::from_secs(2);
        self.shelf.borrow().segments.last().map_or(USUAL, |segment| segment.duration)
    }
}
