//! How many watch, counted once a second for everybody who asks.

use crate::{live::LiveDesk, shutdown::Shutdown};
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};
use tick_stream_primitives::StreamId;
use tokio::sync::watch;
use vilokanam_paywall::Paywall;
use vilokanam_wire::{streams::LiveCounts, Planck, StreamRef};

/// How often it is counted.
const COUNT_EVERY: Duration = Duration::from_secs(1);

/// Who watches what.
#[derive(Clone, Default, Debug)]
pub struct Audience {
    /// Viewers by stream, those of recordings among them.
    pub viewers: HashMap<StreamId, u32>,
    /// The streams that are live here.
    pub live: BTreeMap<StreamId, LiveCounts>,
}

/// Counts until told to end.
pub async fn count(paywall: Arc<Paywall>, live: Arc<LiveDesk>, told: watch::Sender<Arc<Audience>>, shutdown: Shutdown) {
    let mut tick = tokio::time::interval(COUNT_EVERY);
    loop {
        tokio::select! {
            () = shutdown.begun() => return,
            _ = tick.tick() => {}
        }
        let now = counted(&paywall, &live);
        told.send_if_modified(|known| {
            let is_new = known.live != now.live || known.viewers != now.viewers;
            if is_new {
                *known = Arc::new(now);
            }
            is_new
        });
    }
}

fn counted(paywall: &Paywall, live: &LiveDesk) -> Audience {
    let viewers = viewers(paywall);
    let counts = live.streams().into_iter().filter_map(|stream| {
        let sold = live.channel(stream)?.sold();
        let viewers = viewers.get(&stream).copied().unwrap_or(0);
        let earned = Planck(sold.planck);
        Some((stream, LiveCounts { stream: StreamRef(stream), is_live: true, viewers, ticks: sold.ticks, earned }))
    });
    Audience { live: counts.collect(), viewers }
}

/// Open sessions that are selling here.
fn viewers(paywall: &Paywall) -> HashMap<StreamId, u32> {
    let mut counts = HashMap::new();
    for id in paywall.session_ids() {
        let status = paywall.status(&id).filter(|status| status.closing.is_none() && status.ending.is_none());
        if let Some(status) = status {
            *counts.entry(status.stream).or_default() += 1;
        }
    }
    counts
}
