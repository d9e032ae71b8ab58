//! The first ticks of a viewer without a session. Counted by device cookie and by IP prefix, for one stream and over all:
//! a cookie is thrown away easily, an address less so.
//!
//! The tables are bounded and let go of the oldest entry first. Filling them does not help a farmer: a device's entry
//! counts only where its prefix has ticks left, and another prefix's entry needs an address in another network, which
//! would have had its own preview anyway.

use crate::{
    config::Config,
    error::Malformed,
    keys::KeyRange,
    paywall::Paywall,
    terms::{IpPrefix, StreamTerms},
};
use parking_lot::Mutex;
use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
};
use tick_stream_primitives::{Moment, StreamId};

/// What a device is told apart by: a random cookie of ours.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct DeviceCookie(pub [u8; 16]);

/// Keys for nothing.
#[derive(Clone, Copy, Debug)]
pub struct PreviewRequest<'a> {
    /// Of which stream.
    pub stream: StreamId,
    /// Which.
    pub wanted: KeyRange,
    /// What each would cost, in order: `ceil(EXTINF)` ticks.
    pub costs: &'a [u32],
    /// Where the request comes from.
    pub prefix: IpPrefix,
    /// The device, once it has a cookie.
    pub device: Option<DeviceCookie>,
    /// Milliseconds since the Unix epoch.
    pub now_ms: Moment,
}

/// What was given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Previewed {
    /// The keys that may be handed out.
    pub released: KeyRange,
    /// Ticks left of this preview.
    pub ticks_left: u32,
}

/// Why there is no preview, or no more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PreviewError {
    /// The request contradicts itself.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// Not known here.
    #[error("Stream {stream} is not served here; check the stream id.")]
    StreamUnknown {
        /// Which.
        stream: StreamId,
    },
    /// This device has seen it.
    #[error("The preview's {preview_ticks} ticks are over; offer a ticket and go on watching.")]
    Over {
        /// What there was.
        preview_ticks: u32,
    },
    /// This network has seen it.
    #[error("The previews of this network are used up; offer a ticket and go on watching.")]
    NetworkOver,
}

/// Counts by key, the oldest leaving first.
struct Counts<K> {
    by_key: HashMap<K, Count>,
    /// In order of creation; each key once.
    order: VecDeque<(Moment, K)>,
    max_entries: usize,
    memory_ms: u64,
}

#[derive(Clone, Copy, Default)]
struct Count {
    ticks: u32,
    /// What the device saw last, in one piece: seeing it again is free.
    seen: KeyRange,
}

impl<K: Eq + Hash + Copy> Counts<K> {
    fn new(config: &Config) -> Self {
        Self {
            by_key: HashMap::new(),
            order: VecDeque::new(),
            max_entries: config.max_preview_entries.max(1),
            memory_ms: config.preview_memory_ms,
        }
    }

    fn get(&self, key: &K) -> Count {
        self.by_key.get(key).copied().unwrap_or_default()
    }

    fn add(&mut self, key: K, ticks: u32, now_ms: Moment) -> &mut Count {
        if !self.by_key.contains_key(&key) {
            if self.by_key.len() >= self.max_entries {
                self.forget_first();
            }
            self.order.push_back((now_ms, key));
        }
        let count = self.by_key.entry(key).or_default();
        count.ticks = count.ticks.saturating_add(ticks);
        count
    }

    fn forget(&mut self, now_ms: Moment) {
        while self.order.front().is_some_and(|(since_ms, _)| now_ms.saturating_sub(*since_ms) >= self.memory_ms) {
            self.forget_first();
        }
    }

    fn forget_first(&mut self) {
        if let Some((_, key)) = self.order.pop_front() {
            self.by_key.remove(&key);
        }
    }
}

/// Who has seen how much.
pub(crate) struct Previews(Mutex<Inner>);

struct Inner {
    devices: Counts<(StreamId, DeviceCookie)>,
    prefixes: Counts<(StreamId, IpPrefix)>,
    totals: Counts<IpPrefix>,
}

impl Previews {
    pub fn new(config: &Config) -> Self {
        Self(Mutex::new(Inner {
            devices: Counts::new(config),
            prefixes: Counts::new(config),
            totals: Counts::new(config),
        }))
    }

    fn take(
        &self,
        request: &PreviewRequest<'_>,
        terms: &StreamTerms,
        config: &Config,
    ) -> Result<Previewed, PreviewError> {
        self.0.lock().take(request, terms, config)
    }
}

impl Inner {
    fn take(
        &mut self,
        request: &PreviewRequest<'_>,
        terms: &StreamTerms,
        config: &Config,
    ) -> Result<Previewed, PreviewError> {
        self.forget(request.now_ms);
        let preview_ticks = terms.preview_ticks;
        let device = request.device.map(|device| (request.stream, device));
        let device_count = device.map(|device| self.devices.get(&device)).unwrap_or_default();
        let cost = cost_of_unseen(request, device_count.seen);
        if device_count.ticks.saturating_add(cost) > preview_ticks {
            return Err(PreviewError::Over { preview_ticks });
        }
        let prefix = (request.stream, request.prefix);
        let prefix_ticks = self.prefixes.get(&prefix).ticks.saturating_add(cost);
        let total_ticks = self.totals.get(&request.prefix).ticks.saturating_add(cost);
        let prefix_limit = preview_ticks.saturating_mul(config.preview_devices_per_prefix);
        if prefix_ticks > prefix_limit || total_ticks > config.preview_ticks_per_prefix {
            return Err(PreviewError::NetworkOver);
        }
        if cost > 0 {
            self.prefixes.add(prefix, cost, request.now_ms);
            self.totals.add(request.prefix, cost, request.now_ms);
        }
        if let Some(device) = device {
            let count = self.devices.add(device, cost, request.now_ms);
            count.seen = joined(count.seen, request.wanted);
        }
        let network_left = (prefix_limit - prefix_ticks).min(config.preview_ticks_per_prefix - total_ticks);
        let device_left = preview_ticks - device_count.ticks.saturating_add(cost);
        Ok(Previewed { released: request.wanted, ticks_left: device_left.min(network_left) })
    }

    fn forget(&mut self, now_ms: Moment) {
        self.devices.forget(now_ms);
        self.prefixes.forget(now_ms);
        self.totals.forget(now_ms);
    }
}

fn cost_of_unseen(request: &PreviewRequest<'_>, seen: KeyRange) -> u32 {
    let is_seen = |index: u64| seen.first <= index && index < seen.end();
    request.wanted.indices().zip(request.costs).filter(|(index, _)| !is_seen(*index)).map(|(_, cost)| cost).sum()
}

/// Both as one range where they touch; else the new one.
fn joined(seen: KeyRange, wanted: KeyRange) -> KeyRange {
    if seen.count == 0 || wanted.first > seen.end() || seen.first > wanted.end() {
        return wanted;
    }
    let first = seen.first.min(wanted.first);
    let count = u32::try_from(seen.end().max(wanted.end()) - first).unwrap_or(u32::MAX);
    KeyRange { first, count }
}

impl Paywall {
    /// Gives keys of a preview, or says why not. Nothing is kept on disk.
    pub fn preview(&self, request: PreviewRequest<'_>) -> Result<Previewed, PreviewError> {
        let given = self.give_preview(&request);
        match &given {
            Ok(previewed) => self.counters.preview_keys.add(u64::from(previewed.released.count)),
            Err(_) => self.counters.previews_refused.one(),
        }
        given
    }

    fn give_preview(&self, request: &PreviewRequest<'_>) -> Result<Previewed, PreviewError> {
        request.wanted.check(request.costs)?;
        let unknown = PreviewError::StreamUnknown { stream: request.stream };
        let terms = self.streams.get(request.stream).ok_or(unknown)?;
        self.previews.take(request, &terms, &self.config)
    }
}
