//! The closed loop: each connection sends its next request as soon as the last one is answered. It measures the maximum
//! throughput, but not the latency that users see, because a late answer delays the next request.

use crate::{
    environment::Environment,
    measurements::Refusal,
    plan::Kind,
    requests,
    viewer::{Turn, Viewer},
};
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
use vilokanam_viewer::gateway::GatewayClient;

/// Pause of a connection while all viewers are at the gateway.
const PAUSE: Duration = Duration::from_millis(5);
/// Maximum size of the answer to a plain request, in bytes.
const MAX_BODY_BYTES: usize = 256 * 1024 * 1024;

/// Queue from which all connections take viewers.
struct Queue {
    viewers: Mutex<VecDeque<Box<Viewer>>>,
    /// Number of turns in a row in which nothing was bought.
    idle_turns: AtomicUsize,
    all: usize,
    is_exhausted: AtomicBool,
}

impl Queue {
    fn take(&self) -> Option<Box<Viewer>> {
        self.viewers.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
    }

    fn put(&self, viewer: Box<Viewer>, turn: Turn) {
        match turn {
            Turn::Bought { .. } => self.idle_turns.store(0, Ordering::Relaxed),
            // A viewer that was refused has nothing to buy either, until time has passed.
            Turn::Starved | Turn::Refused => {
                let idle_turns = self.idle_turns.fetch_add(1, Ordering::Relaxed) + 1;
                if idle_turns >= self.all {
                    self.is_exhausted.store(true, Ordering::Relaxed);
                }
            }
        }
        self.viewers.lock().unwrap_or_else(PoisonError::into_inner).push_back(viewer);
    }
}

/// Result of a closed loop of viewers.
pub struct Flooded {
    /// All viewers.
    pub viewers: Vec<Viewer>,
    /// Length.
    pub lasted: Duration,
    /// Whether it ended because all viewers had bought all keys.
    pub is_exhausted: bool,
}

/// Lets viewers buy keys as fast as the gateway answers, over this many connections, until `length` is over or there are no
/// more keys to buy.
pub async fn keys(
    env: &Environment,
    viewers: Vec<Viewer>,
    connections: usize,
    length: Duration,
    stop: &watch::Receiver<bool>,
) -> Flooded {
    let all = viewers.len();
    let queue = Arc::new(Queue {
        viewers: Mutex::new(viewers.into_iter().map(Box::new).collect()),
        idle_turns: AtomicUsize::new(0),
        all,
        is_exhausted: AtomicBool::new(false),
    });
    let end = env.began + length;
    env.recorder.set_viewers(u32::try_from(all).unwrap_or(u32::MAX));
    let workers = (0..connections).map(|_| {
        let (queue, env, stop) = (queue.clone(), env.clone(), stop.clone());
        tokio::spawn(async move {
            while Instant::now() < end && !*stop.borrow() && !queue.is_exhausted.load(Ordering::Relaxed) {
                let Some(mut viewer) = queue.take() else {
                    tokio::time::sleep(PAUSE).await;
                    continue;
                };
                let turn = viewer.take_turn(&env, Instant::now()).await;
                queue.put(viewer, turn);
            }
        })
    });
    join_all(workers.collect::<Vec<_>>()).await;
    let lasted = env.began.elapsed();
    let is_exhausted = queue.is_exhausted.load(Ordering::Relaxed);
    let viewers = std::mem::take(&mut *queue.viewers.lock().unwrap_or_else(PoisonError::into_inner));
    let viewers = viewers.into_iter().map(|viewer| *viewer).collect();
    Flooded { viewers, lasted, is_exhausted }
}

/// Fetches one address as fast as it is answered, so that any web server can be measured with the same client.
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
                let request = gateway.request(Method::GET, url.clone());
                let fetched = requests::fetch(&gateway, request, MAX_BODY_BYTES).await;
                record(Kind::Get, due, fetched.map(|body| body.len()).map_err(|failure| failure.refusal));
            }
        })
    });
    join_all(workers.collect::<Vec<_>>()).await;
}
