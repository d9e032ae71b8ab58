//! The open loop: viewers' turns are due by the clock, whatever the gateway does, so that a gateway that stands still is
//! seen as one, and not as a load that has become less.
//!
//! Viewers go round in a ring: due, then at the gateway, then back with the moment of their next turn. Each is in one
//! place at a time, so their number bounds everything here.

use super::{
    scene::Scene,
    viewer::{Turn, Viewer},
};
use std::{
    cmp::Reverse,
    collections::{BinaryHeap, VecDeque},
    sync::Arc,
    time::{Duration, Instant},
};
use tokio::sync::{mpsc, watch, Semaphore};

/// How often it is looked who comes and who goes.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// The part of a circle that, taken again and again, is never near where it has been: it spreads those who join at once.
const GOLDEN_PART: f64 = 0.618_033_988_749_895;

/// A viewer's turn.
struct Job {
    due: Instant,
    viewer: Box<Viewer>,
}

impl Ord for Job {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        (self.due, self.viewer.number).cmp(&(other.due, other.viewer.number))
    }
}

impl PartialOrd for Job {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Job {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Job {}

/// Who comes back from the gateway.
struct Back {
    viewer: Box<Viewer>,
    /// When it is due again; nothing when it has left.
    due: Option<Instant>,
}

/// The ring.
pub struct Ring {
    scene: Scene,
    slots: Arc<Semaphore>,
    connections: usize,
    due: BinaryHeap<Reverse<Job>>,
    /// Who does not watch now, the longest first.
    resting: VecDeque<Box<Viewer>>,
    /// Who watches, at the gateway or not.
    active: u32,
    away: usize,
    back: mpsc::Receiver<Back>,
    returns: mpsc::Sender<Back>,
}

impl Ring {
    /// Everybody rests. At most `connections` requests are made at the same time.
    pub fn new(scene: Scene, viewers: Vec<Viewer>, connections: usize) -> Self {
        let (returns, back) = mpsc::channel(viewers.len().max(1));
        let slots = Arc::new(Semaphore::new(connections));
        // In boxes: they change places all the time.
        let resting = viewers.into_iter().map(Box::new).collect();
        Self { scene, slots, connections, due: BinaryHeap::new(), resting, active: 0, away: 0, back, returns }
    }

    /// Follows the schedule to its end, or until `stop` says so; then waits for everybody.
    pub async fn run(mut self, mut stop: watch::Receiver<bool>) -> Vec<Viewer> {
        loop {
            let at = self.scene.began.elapsed();
            if at >= self.scene.schedule.end() || *stop.borrow() {
                break;
            }
            self.fit(self.scene.schedule.viewers(at));
            self.begin_due();
            let wake = self.due.peek().map(|Reverse(job)| job.due).unwrap_or_else(|| Instant::now() + LOOK_EVERY);
            let wake = wake.min(Instant::now() + LOOK_EVERY);
            tokio::select! {
                Some(back) = self.back.recv() => self.take_back(back),
                () = tokio::time::sleep_until(wake.into()) => {}
                _ = stop.changed() => {}
            }
        }
        self.gather().await
    }

    /// Has as many watch as wanted.
    fn fit(&mut self, wanted: u32) {
        let spread = self.scene.segment_length();
        while self.active < wanted {
            let Some(viewer) = self.resting.pop_front() else { break };
            let part = (f64::from(viewer.number) * GOLDEN_PART).fract();
            // Those who join at once come within a segment's length, as they would at the screen.
            let due = Instant::now() + spread.mul_f64(part);
            self.due.push(Reverse(Job { due, viewer }));
            self.active += 1;
        }
        while self.active > wanted {
            let Some(Reverse(job)) = self.due.pop() else { break };
            self.active -= 1;
            self.send_away(job.viewer, None);
        }
        self.scene.tally.set_viewers(self.active);
    }

    fn begin_due(&mut self) {
        let now = Instant::now();
        while self.due.peek().is_some_and(|Reverse(job)| job.due <= now) {
            let Some(Reverse(job)) = self.due.pop() else { break };
            self.send_away(job.viewer, Some(job.due));
        }
        let waiting = self.away.saturating_sub(self.connections - self.slots.available_permits().min(self.connections));
        self.scene.count(now, |phase| phase.backlog = phase.backlog.max(waiting as u64));
    }

    /// A turn at the gateway; without a due moment, the viewer's leaving.
    fn send_away(&mut self, mut viewer: Box<Viewer>, due: Option<Instant>) {
        self.away += 1;
        let (scene, slots, returns) = (self.scene.clone(), self.slots.clone(), self.returns.clone());
        tokio::spawn(async move {
            // Nobody closes the semaphore.
            let _slot = slots.acquire().await;
            let due = match due {
                Some(due) => {
                    scene.count(due, |phase| phase.waited(due.elapsed()));
                    let turn: Turn = viewer.visit(&scene, due).await;
                    Some(turn.next_due(due))
                }
                None => {
                    viewer.leave(&scene, Instant::now()).await;
                    None
                }
            };
            // The channel has room for everybody; it is closed when the ring is given up.
            let _ = returns.send(Back { viewer, due }).await;
        });
    }

    fn take_back(&mut self, back: Back) {
        self.away -= 1;
        match back.due {
            Some(due) => self.due.push(Reverse(Job { due, viewer: back.viewer })),
            None => self.resting.push_back(back.viewer),
        }
    }

    async fn gather(mut self) -> Vec<Viewer> {
        while self.away > 0 {
            let Some(back) = self.back.recv().await else { break };
            self.take_back(back);
        }
        let watching = self.due.into_iter().map(|Reverse(job)| job.viewer);
        watching.chain(self.resting).map(|viewer| *viewer).collect()
    }
}
