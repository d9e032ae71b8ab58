//! The closed loop: each connection asks again as soon as it is answered. It tells how much there is at most, and nothing
//! of how it feels: while an answer is waited for, nobody asks.

use super::{
    plan::Kind,
    scene::Scene,
    tally::Refusal,
    till,
    viewer::{Turn, Viewer},
};
use crate::gateway::GatewayClient;
use futures::future::join_all;
use reqwest::Method;
use std::{
    collections::VecDeque,
    sync::{
        atomic::{AtomicBool, AtomicUsize, Ordering},
        Arc, Mutex, PoisonError,
    },
    time::{Duration, Instant},
};
use tokio::sync::watch;
use url::Url;

/// How long nobody asks when nobody has anything left to buy.
const PAUSE: Duration = Duration::from_millis(5);
/// The longest answer of a plain request.
const MAX_BODY_BYTES: usize = 256 * 1024 * 1024;

/// A queue that all connections take viewers from.
struct Queue {
    viewers: Mutex<VecDeque<Box<Viewer>>>,
    /// Viewers in a row that had nothing to buy.
    starved: AtomicUsize,
    all: usize,
    is_exhausted: AtomicBool,
}

impl Queue {
    fn take(&self) -> Option<Box<Viewer>> {
        self.viewers.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    fn put(&self, viewer: Box<Viewer>, turn: Turn) {
        match turn {
            Turn::Bought { .. } => self.starved.store(0, Ordering::Relaxed),
            // One that is refused has nothing to buy either until time has passed.
            Turn::Starved | Turn::Refused => {
                let starved = self.starved.fetch_add(1, Ordering::Relaxed) + 1;
                if starved >= self.all {
                    self.is_exhausted.store(true, Ordering::Relaxed);
                }
            }
        }
        self.viewers.lock().unwrap_or_else(PoisonError::into_inner).push_back(viewer);
    }
}

/// What a flood of viewers has come to.
pub struct Flooded {
    /// Everybody.
    pub viewers: Vec<Viewer>,
    /// How long it went on.
    pub lasted: Duration,
    /// Whether it ended because all keys that there are had been bought by all.
    pub is_exhausted: bool,
}

/// Has viewers buy as fast as they are answered, `connections` at the same time, until `length` is over or there is
/// nothing left to buy.
pub async fn keys(
    scene: &Scene,
    viewers: Vec<Viewer>,
    connections: usize,
    length: Duration,
    stop: &watch::Receiver<bool>,
) -> Flooded {
    let all = viewers.len();
    let queue = Arc::new(Queue {
        viewers: Mutex::new(viewers.into_iter().map(Box::new).collect()),
        starved: AtomicUsize::new(0),
        all,
        is_exhausted: AtomicBool::new(false),
    });
    let end = scene.began + length;
    scene.tally.set_viewers(u32::try_from(all).unwrap_or(u32::MAX));
    let workers = (0..connections).map(|_| {
        let (queue, scene, stop) = (queue.clone(), scene.clone(), stop.clone());
        tokio::spawn(async move {
            while Instant::now() < end && !*stop.borrow() && !queue.is_exhausted.load(Ordering::Relaxed) {
                let Some(mut viewer) = queue.take() else {
                    tokio::time::sleep(PAUSE).await;
                    continue;
                };
                let turn = viewer.visit(&scene, Instant::now()).await;
                queue.put(viewer, turn);
            }
        })
    });
    join_all(workers.collect::<Vec<_>>()).await;
    let lasted = scene.began.elapsed();
    let is_exhausted = queue.is_exhausted.load(Ordering::Relaxed);
    let viewers = std::mem::take(&mut *queue.viewers.lock().unwrap_or_else(PoisonError::into_inner));
    let viewers = viewers.into_iter().map(|viewer| *viewer).collect();
    Flooded { viewers, lasted, is_exhausted }
}

/// Fetches one address as fast as it is answered: what any web server is compared by, with the same client.
pub async fn url(
    gateway: &GatewayClient,
    url: &Url,
    connections: usize,
    length: Duration,
    record: impl Fn(Kind, Instant, Result<usize, Refusal>) + Clone + Send + 'static,
    stop: &watch::Receiver<bool>,
) {
    let end = Instant::now() + length;
    let workers = (0..connections).map(|_| {
        let (gateway, url, stop) = (gateway.clone(), url.clone(), stop.clone());
        let record = record.clone();
        tokio::spawn(async move {
            while Instant::now() < end && !*stop.borrow() {
                let due = Instant::now();
                let fetched = till::fetch(gateway.request(Method::GET, url.clone()), MAX_BODY_BYTES).await;
                record(Kind::Get, due, fetched.map(|body| body.len()).map_err(|refused| refused.refusal));
            }
        })
    });
    join_all(workers.collect::<Vec<_>>()).await;
}
