//! Previews: the free first ticks of a viewer without a session.
//!
//! The ticks are counted per device cookie and stream, per IP prefix and stream, and per IP prefix over all streams,
//! since a cookie is deleted more easily than an address is changed.
//!
//! The tables are bounded, and a full one drops its oldest entry. Filling a table gains nothing: an entry of a device
//! matters only while its prefix has ticks left, and an entry of another prefix takes an address in another network,
//! which has a preview of its own anyway.

mod grant;

use crate::{
    config::Config,
    error::PreviewError,
    keys::KeyRange,
    terms::{IpPrefix, StreamTerms},
};
use parking_lot::Mutex;
use std::{
    collections::{HashMap, VecDeque},
    hash::Hash,
};
use tick_stream_primitives::{Moment, StreamId};

/// Random cookie that identifies a device.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct DeviceCookie(pub [u8; 16]);

/// A request for keys of a preview.
#[derive(Clone, Copy, Debug)]
pub struct PreviewRequest<'a> {
    /// Stream of the keys.
    pub stream: StreamId,
    /// Keys that are requested.
    pub wanted: KeyRange,
    /// Cost of each key, in order: `ceil(EXTINF)` ticks.
    pub costs: &'a [u32],
    /// Network of the request.
    pub prefix: IpPrefix,
    /// Cookie of the device, if it has one.
    pub device: Option<DeviceCookie>,
    /// Current time in milliseconds since the Unix epoch.
    pub now_ms: Moment,
}

/// Answer to a preview request.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Previewed {
    /// Keys that may be given.
    pub released: KeyRange,
    /// Ticks left in the preview.
    pub ticks_left: u32,
}

/// Ticks seen, by key. A full table drops the oldest entry.
struct SeenTicks<K> {
    by_key: HashMap<K, SeenEntry>,
    /// Keys in the order of their creation, each once.
    order: VecDeque<(Moment, K)>,
    max_entries: usize,
    memory_ms: u64,
}

#[derive(Clone, Copy, Default)]
struct SeenEntry {
    ticks: u32,
    /// The contiguous range of keys that the device has seen last. Seeing them again is free.
    keys: KeyRange,
}

impl<K: Eq + Hash + Copy> SeenTicks<K> {
    fn new(config: &Config) -> Self {
        Self {
            by_key: HashMap::new(),
            order: VecDeque::new(),
            max_entries: config.max_preview_entries.max(1),
            memory_ms: config.preview_memory_ms,
        }
    }

    fn get(&self, key: &K) -> SeenEntry {
        self.by_key.get(key).copied().unwrap_or_default()
    }

    fn add(&mut self, key: K, ticks: u32, now_ms: Moment) -> &mut SeenEntry {
        if !self.by_key.contains_key(&key) {
            if self.by_key.len() >= self.max_entries {
                self.forget_oldest();
            }
            self.order.push_back((now_ms, key));
        }
        let entry = self.by_key.entry(key).or_default();
        entry.ticks = entry.ticks.saturating_add(ticks);
        entry
    }

    fn forget_old(&mut self, now_ms: Moment) {
        while self.order.front().is_some_and(|(since_ms, _)| now_ms.saturating_sub(*since_ms) >= self.memory_ms) {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        if let Some((_, key)) = self.order.pop_front() {
            self.by_key.remove(&key);
        }
    }
}

/// The preview ticks that devices and networks have seen.
pub(crate) struct PreviewTracker(Mutex<Inner>);

struct Inner {
    devices: SeenTicks<(StreamId, DeviceCookie)>,
    prefixes: SeenTicks<(StreamId, IpPrefix)>,
    totals: SeenTicks<IpPrefix>,
}

impl PreviewTracker {
    pub fn new(config: &Config) -> Self {
        Self(Mutex::new(Inner {
            devices: SeenTicks::new(config),
            prefixes: SeenTicks::new(config),
            totals: SeenTicks::new(config),
        }))
    }

    /// Counts the keys of a request as seen.
    ///
    /// # Errors
    ///
    /// [`PreviewError::Over`] or [`PreviewError::NetworkOver`] if the preview has too few ticks left for all of them.
    pub fn take(
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
        self.forget_old(request.now_ms);
        let preview_ticks = terms.preview_ticks;
        let device = request.device.map(|device| (request.stream, device));
        let device_entry = device.map(|device| self.devices.get(&device)).unwrap_or_default();
        let cost = cost_of_unseen(request, device_entry.keys);
        if device_entry.ticks.saturating_add(cost) > preview_ticks {
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
            let entry = self.devices.add(device, cost, request.now_ms);
            entry.keys = joined(entry.keys, request.wanted);
        }
        let network_left = (prefix_limit - prefix_ticks).min(config.preview_ticks_per_prefix - total_ticks);
        let device_left = preview_ticks - device_entry.ticks.saturating_add(cost);
        Ok(Previewed { released: request.wanted, ticks_left: device_left.min(network_left) })
    }

    fn forget_old(&mut self, now_ms: Moment) {
        self.devices.forget_old(now_ms);
        self.prefixes.forget_old(now_ms);
        self.totals.forget_old(now_ms);
    }
}

/// Returns the cost of the requested keys that are not in `seen`.
fn cost_of_unseen(request: &PreviewRequest<'_>, seen: KeyRange) -> u32 {
    let is_seen = |index: u64| seen.first <= index && index < seen.end();
    request.wanted.indices().zip(request.costs).filter(|(index, _)| !is_seen(*index)).map(|(_, cost)| cost).sum()
}

/// Returns both ranges as one if they touch, or else `wanted`.
fn joined(seen: KeyRange, wanted: KeyRange) -> KeyRange {
    if seen.count == 0 || wanted.first > seen.end() || seen.first > wanted.end() {
        return wanted;
    }
    let first = seen.first.min(wanted.first);
    let count = u32::try_from(seen.end().max(wanted.end()) - first).unwrap_or(u32::MAX);
    KeyRange { first, count }
}
