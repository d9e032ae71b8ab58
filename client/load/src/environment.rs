//! Environment that all viewers of a load test share: gateway, terms, segments, schedule, recorder.

use crate::{
    measurements::{Outcome, PhaseCounts, Recorder, Refusal},
    plan::Kind,
    schedule::Schedule,
    segment_feed::Segments,
};
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
use vilokanam_viewer::gateway::GatewayClient;
use vilokanam_wire::StreamRef;

/// Terms of the viewers' sessions.
#[derive(Clone, Debug)]
pub struct Terms {
    /// Stream to watch.
    pub stream: StreamRef,
    /// Account of the gateway.
    pub gateway: AccountId,
    /// Maximum price of a tick in planck.
    pub price_per_tick: Balance,
    /// Fee for opening a session in planck.
    pub open_fee: Balance,
    /// Maximum number of ticks of a session.
    pub max_ticks: u32,
    /// Validity of a ticket in blocks.
    pub ticket_blocks: BlockNumber,
    /// Distance from the newest segment at which a viewer begins.
    pub segments_behind: u32,
    /// Whether media segments are fetched as well.
    pub fetches_segments: bool,
}

/// Environment that all viewers share. It is cheap to clone.
#[derive(Clone)]
pub struct Environment {
    /// HTTP client, whose connections are kept alive.
    pub gateway: GatewayClient,
    /// Terms of the sessions.
    pub terms: Arc<Terms>,
    /// Segments whose keys can be bought.
    pub segments: watch::Receiver<Arc<Segments>>,
    /// Number of the newest final block.
    pub block: Arc<AtomicU32>,
    /// Recorder of outcomes.
    pub recorder: Arc<Recorder>,
    /// Phases.
    pub schedule: Arc<Schedule>,
    /// Beginning of the first phase.
    pub began: Instant,
}

impl Environment {
    /// Returns a copy with another recorder and schedule, and with a clock that begins now.
    pub fn restarted(&self, recorder: Arc<Recorder>, schedule: Schedule) -> Self {
        Self { recorder, schedule: Arc::new(schedule), began: Instant::now(), ..self.clone() }
    }

    /// Returns the phase at a moment.
    pub fn phase(&self, at: Instant) -> usize {
        self.schedule.phase(at.saturating_duration_since(self.began))
    }

    /// Counts a request that was due at `due` and has been answered now.
    pub fn record(&self, kind: Kind, due: Instant, result: Result<usize, Refusal>) {
        let now = Instant::now();
        self.recorder.record(Outcome {
            phase: self.phase(due),
            kind,
            latency: now.saturating_duration_since(due),
            at: now.saturating_duration_since(self.began),
            result,
        });
    }

    /// Changes the other counts of the phase of `due`.
    pub fn count(&self, due: Instant, change: impl FnOnce(&mut PhaseCounts)) {
        self.recorder.count(self.phase(due), change);
    }

    /// Returns the order of a ticket that is issued now.
    pub fn order(&self) -> Order {
        Order {
            stream: self.terms.stream.0,
            gateway: self.terms.gateway.clone(),
            price_per_tick: self.terms.price_per_tick,
            max_ticks: self.terms.max_ticks,
            expires_at: self.block.load(Ordering::Relaxed).saturating_add(self.terms.ticket_blocks),
        }
    }

    /// Returns the approximate length of a segment: that of the newest.
    pub fn segment_length(&self) -> Duration {
        const USUAL: Duration = Duration::from_secs(2);
        self.segments.borrow().list.last().map_or(USUAL, |segment| segment.duration)
    }
}
