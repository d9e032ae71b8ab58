//! The open loop: the clock decides when a viewer's turn is due, whatever the gateway does. The measured latencies include
//! every stall of the gateway, which a closed loop would hide by sending fewer requests.
//!
//! A viewer is in one of three places: resting (it does not watch), due (it waits for its next turn), or away (at the
//! gateway). Each is in one place at a time, so that their number bounds every queue here.

use crate::{
    environment::Environment,
    viewer::{Turn, Viewer},
};
use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::{mpsc, watch, Semaphore};

/// Interval at which viewers join and leave.
const ADJUST_INTERVAL: Duration = Duration::from_millis(20);
/// Fractional part of the golden ratio. Its multiples, modulo 1, are spread evenly: so are viewers that join together.
const GOLDEN_PART: f64 = 0.618_033_988_749_895;

/// Turn of a viewer.
struct DueTurn {
    due: Instant,
    viewer: Box<Viewer>,
}

impl Ord for DueTurn {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.due, self.viewer.number).cmp(&(other.due, other.viewer.number))
    }
}

impl PartialOrd for DueTurn {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for DueTurn {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for DueTurn {}

/// Viewer that comes back from the gateway.
struct Returned {
    viewer: Box<Viewer>,
    /// When its next turn is due; `None` when it has left.
    due: Option<Instant>,
}

/// Viewers of an open loop.
pub struct OpenLoop {
    env: Environment,
    slots: Arc<Semaphore>,
    connections: usize,
    due: BinaryHeap<Reverse<DueTurn>>,
    /// Viewers that do not watch, the one that has rested longest first.
    resting: VecDeque<Box<Viewer>>,
    /// Number of viewers that watch, whether due or away.
    active: u32,
    away: usize,
    returned: mpsc::Receiver<Returned>,
    returns: mpsc::Sender<Returned>,
}

impl OpenLoop {
    /// Creates a loop in which all viewers rest. At most `connections` requests are made at the same time.
    pub fn new(env: Environment, viewers: Vec<Viewer>, connections: usize) -> Self {
        let (returns, returned) = mpsc::channel(viewers.len().max(1));
        let slots = Arc::new(Semaphore::new(connections));
        // Boxed, because they move from place to place all the time.
        let resting = viewers.into_iter().map(Box::new).collect();
        Self { env, slots, connections, due: BinaryHeap::new(), resting, active: 0, away: 0, returned, returns }
    }

    /// Follows the schedule to its end, or until `stop` is true; then waits for all viewers.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) -> Vec<Viewer> {
        loop {
            let at = self.env.began.elapsed();
            if at >= self.env.schedule.end() || *stop.borrow() {
                break;
            }
            self.adjust(self.env.schedule.viewers(at));
            self.start_due();
            let latest = Instant::now() + ADJUST_INTERVAL;
            let wake = self.due.peek().map_or(latest, |Reverse(turn)| turn.due.min(latest));
            tokio::select! {
                Some(returned) = self.returned.recv() => self.take_back(returned),
                () = tokio::time::sleep_until(wake.into()) => {}
                _ = stop.changed() => {}
            }
        }
        self.gather().await
    }

    /// Lets viewers join or leave until this many watch.
    fn adjust(&mut self, wanted: u32) {
        let spread = self.env.segment_length();
        while self.active < wanted {
            let Some(viewer) = self.resting.pop_front() else { break };
            let part = (f64::from(viewer.number) * GOLDEN_PART).fract();
            // Viewers that join together are spread over the length of a segment, as real ones are.
            let due = Instant::now() + spread.mul_f64(part);
            self.due.push(Reverse(DueTurn { due, viewer }));
            self.active += 1;
        }
        while self.active > wanted {
            let Some(Reverse(turn)) = self.due.pop() else { break };
            self.active -= 1;
            self.send_away(turn.viewer, None);
        }
        self.env.recorder.set_viewers(self.active);
    }

    fn start_due(&mut self) {
        let now = Instant::now();
        while self.due.peek().is_some_and(|Reverse(turn)| turn.due <= now) {
            let Some(Reverse(turn)) = self.due.pop() else { break };
            self.send_away(turn.viewer, Some(turn.due));
        }
        let busy = self.connections - self.slots.available_permits().min(self.connections);
        let waiting = self.away.saturating_sub(busy);
        self.env.count(now, |phase| phase.backlog = phase.backlog.max(waiting as u64));
    }

    /// Starts a turn at the gateway. Without a due time, the viewer leaves.
    fn send_away(&mut self, mut viewer: Box<Viewer>, due: Option<Instant>) {
        self.away += 1;
        let (env, slots, returns) = (self.env.clone(), self.slots.clone(), self.returns.clone());
        tokio::spawn(async move {
            // The semaphore is never closed.
            let _slot = slots.acquire().await;
            let due = match due {
                Some(due) => {
                    env.count(due, |phase| phase.waited(due.elapsed()));
                    let turn: Turn = viewer.take_turn(&env, due).await;
                    Some(turn.next_due(due))
                }
                None => {
                    viewer.leave(&env, Instant::now()).await;
                    None
                }
            };
            // The channel has room for all viewers; it is closed only when the loop is dropped.
            let _ = returns.send(Returned { viewer, due }).await;
        });
    }

    fn take_back(&mut self, Returned { viewer, due }: Returned) {
        self.away -= 1;
        match due {
            Some(due) => self.due.push(Reverse(DueTurn { due, viewer })),
            None => self.resting.push_back(viewer),
        }
    }

    async fn gather(mut self) -> Vec<Viewer> {
        while self.away > 0 {
            let Some(returned) = self.returned.recv().await else { break };
            self.take_back(returned);
        }
        let watching = self.due.into_iter().map(|Reverse(turn)| turn.viewer);
        watching.chain(self.resting).map(|viewer| *viewer).collect()
    }
}
