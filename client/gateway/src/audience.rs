//! Viewers by stream, counted once a second; and by minute, stored for creators.

use crate::live::ChannelRegistry;
use parking_lot::Mutex;
use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
    time::Duration,
};
use tick_stream_primitives::{clock::now_ms, StreamId};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use vilokanam_indexer::{gateway_state::AUDIENCE_MINUTE_MS, AudienceMinute, Store};
use vilokanam_paywall::{DeviceCookie, Paywall};
use vilokanam_wire::{streams::LiveCounts, Planck, StreamRef};

/// Interval of counting.
const COUNT_EVERY: Duration = Duration::from_secs(1);
/// Counts between two writes to the database. A crash loses what came after the last one, which is no money.
const KEEP_EVERY_COUNTS: u32 = 10;
/// Streams counted between two writes.
const MAX_STREAMS: usize = 10_000;

/// The audience at one moment.
#[derive(Clone, Default, Debug)]
pub struct Audience {
    /// Viewers by stream, those of recordings among them.
    pub viewers: HashMap<StreamId, u32>,
    /// Counts of the streams on air here.
    pub live: BTreeMap<StreamId, LiveCounts>,
}

/// Time for which a device counts as a viewer after a preview key: two segments, and some more for a slow network.
const PREVIEWER_MS: u64 = 8_000;
/// Previewing devices that are counted. Devices above the limit see their preview and are not counted.
const MAX_PREVIEWERS: usize = 100_000;

/// What was counted since the last write.
#[derive(Default)]
pub struct Visits {
    minutes: Mutex<HashMap<StreamId, Visit>>,
    /// Time of each device's last preview key, in milliseconds since the Unix epoch.
    previewers: Mutex<HashMap<(StreamId, DeviceCookie), u64>>,
}

#[derive(Clone, Copy, Default)]
struct Visit {
    viewers: u32,
    previewed: u64,
    paid: u64,
}

impl Visits {
    /// Counts a preview that began.
    pub fn previewed(&self, stream: StreamId) {
        self.change(stream, |visit| visit.previewed += 1);
    }

    /// Notes a preview key of a device.
    pub fn previewing(&self, stream: StreamId, device: DeviceCookie, now_ms: u64) {
        let mut previewers = self.previewers.lock();
        if previewers.len() < MAX_PREVIEWERS || previewers.contains_key(&(stream, device)) {
            previewers.insert((stream, device), now_ms);
        }
    }

    /// Adds the devices that watch a preview at this moment.
    fn add_previewers(&self, viewers: &mut HashMap<StreamId, u32>, now_ms: u64) {
        let mut previewers = self.previewers.lock();
        previewers.retain(|_, last_ms| now_ms.saturating_sub(*last_ms) < PREVIEWER_MS);
        for (stream, _) in previewers.keys() {
            *viewers.entry(*stream).or_default() += 1;
        }
    }

    /// Counts a session that paid for the first time.
    pub fn paid(&self, stream: StreamId) {
        self.change(stream, |visit| visit.paid += 1);
    }

    fn watched(&self, viewers: &HashMap<StreamId, u32>) {
        for (stream, now) in viewers {
            self.change(*stream, |visit| visit.viewers = visit.viewers.max(*now));
        }
    }

    fn change(&self, stream: StreamId, change: impl FnOnce(&mut Visit)) {
        let mut visits = self.minutes.lock();
        if visits.len() < MAX_STREAMS || visits.contains_key(&stream) {
            change(visits.entry(stream).or_default());
        }
    }

    fn take(&self, at_ms: u64) -> Vec<AudienceMinute> {
        let starts_at = at_ms - at_ms % AUDIENCE_MINUTE_MS;
        let visits = std::mem::take(&mut *self.minutes.lock());
        let minute = |(stream, visit): (StreamId, Visit)| AudienceMinute {
            stream,
            starts_at,
            viewers: visit.viewers,
            previewed: visit.previewed,
            paid: visit.paid,
        };
        visits.into_iter().map(minute).collect()
    }
}

/// Counts, publishes and stores the audience until `stop` is cancelled.
pub async fn count(
    paywall: Arc<Paywall>,
    live: Arc<ChannelRegistry>,
    (index, visits): (Store, Arc<Visits>),
    published: watch::Sender<Arc<Audience>>,
    stop: CancellationToken,
) {
    let mut tick = tokio::time::interval(COUNT_EVERY);
    for count in 1u32.. {
        let is_over = tokio::select! {
            () = stop.cancelled() => true,
            _ = tick.tick() => false,
        };
        let now = counted(&paywall, &live, &visits);
        visits.watched(&now.viewers);
        if is_over || count.is_multiple_of(KEEP_EVERY_COUNTS) {
            if let Err(error) = index.add_audience(&visits.take(now_ms())).await {
                tracing::warn!(%error, "the audience was not stored");
            }
        }
        if is_over {
            return;
        }
        published.send_if_modified(|known| {
            let is_new = known.live != now.live || known.viewers != now.viewers;
            if is_new {
                *known = Arc::new(now);
            }
            is_new
        });
    }
}

fn counted(paywall: &Paywall, live: &ChannelRegistry, visits: &Visits) -> Audience {
    let mut viewers = viewers(paywall);
    visits.add_previewers(&mut viewers, now_ms());
    let counts = live.streams().into_iter().filter_map(|stream| {
        let sold = live.channel(stream)?.sold();
        let viewers = viewers.get(&stream).copied().unwrap_or(0);
        let earned = Planck(sold.planck);
        Some((stream, LiveCounts { stream: StreamRef(stream), is_live: true, viewers, ticks: sold.ticks, earned }))
    });
    Audience { live: counts.collect(), viewers }
}

/// Counts the open sessions of this gateway by stream.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn previewers_count_for_as_long_as_they_watch() {
        let visits = Visits::default();
        let (one, other) = (DeviceCookie([1; 16]), DeviceCookie([2; 16]));
        visits.previewing(7, one, 1_000);
        visits.previewing(7, one, 3_000);
        visits.previewing(7, other, 9_000);
        let count = |now_ms| {
            let mut viewers = HashMap::from([(7, 1)]);
            visits.add_previewers(&mut viewers, now_ms);
            viewers[&7]
        };
        assert_eq!(count(10_000), 3, "a device is one viewer, however often it asks");
        assert_eq!(count(11_000), 2, "the first one has gone");
        assert_eq!(count(17_000), 1);
    }

    #[test]
    fn counts_are_taken_once_by_minute() {
        let visits = Visits::default();
        visits.previewed(7);
        visits.paid(7);
        visits.watched(&HashMap::from([(7, 3)]));
        visits.watched(&HashMap::from([(7, 2)]));
        let expected = AudienceMinute { stream: 7, starts_at: 60_000, viewers: 3, previewed: 1, paid: 1 };
        assert_eq!(visits.take(119_999), [expected]);
        assert!(visits.take(119_999).is_empty(), "each is taken once");
    }

    #[test]
    fn streams_above_the_limit_are_not_counted() {
        let visits = Visits::default();
        (0..MAX_STREAMS as u64 + 5).for_each(|stream| visits.paid(stream));
        assert_eq!(visits.take(0).len(), MAX_STREAMS);
    }
}
