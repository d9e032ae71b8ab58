//! The meeting point of publishers and broadcasts: one publisher per stream, and one actor per broadcast.

mod publish;
mod refusals;

pub use refusals::Refusal;

use crate::{
    broadcast::{stop::StopSignal, Broadcast, EndReason, Health},
    config::IngestConfig,
    error::PublishError,
    ffmpeg::Ffmpeg,
    publish_key::{KeyId, PublishKeys},
    source::{Slot, Source},
    stream_rules::StreamRules,
    transcode::FRAGMENT_RANGE_MS,
};
use parking_lot::Mutex;
use refusals::Refusals;
use std::{collections::HashMap, sync::Arc};
use tokio::sync::{mpsc, watch};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// State that all protocols and broadcasts share.
#[derive(Debug)]
pub(crate) struct Hub {
    pub config: IngestConfig,
    pub ffmpeg: Ffmpeg,
    pub keys: Arc<PublishKeys>,
    pub rules: Arc<dyn StreamRules>,
    /// Cancelled when the ingest shuts down.
    pub closing: CancellationToken,
    /// Tasks that a shutdown waits for. Each of them ends when `closing` is cancelled, or with its broadcast.
    pub tasks: TaskTracker,
    broadcasts: mpsc::Sender<Broadcast>,
    streams: Mutex<HashMap<u64, Entry>>,
    refusals: Mutex<Refusals>,
}

/// A stream with a broadcast.
#[derive(Debug)]
struct Entry {
    attach: mpsc::Sender<Source>,
    slot: Slot,
    stop: Arc<StopSignal>,
    health: watch::Receiver<Option<Health>>,
}

impl Hub {
    pub fn new(
        config: IngestConfig,
        ffmpeg: Ffmpeg,
        keys: Arc<PublishKeys>,
        rules: Arc<dyn StreamRules>,
        broadcasts: mpsc::Sender<Broadcast>,
    ) -> Self {
        Self {
            config,
            ffmpeg,
            keys,
            rules,
            closing: CancellationToken::new(),
            tasks: TaskTracker::new(),
            broadcasts,
            streams: Mutex::default(),
            refusals: Mutex::default(),
        }
    }

    /// Intended duration of a fragment of a stream in milliseconds.
    pub async fn fragment_ms(&self, stream: u64) -> u32 {
        let wanted = self.rules.fragment_ms(stream).await.unwrap_or(self.config.transcode.fragment_ms);
        wanted.clamp(*FRAGMENT_RANGE_MS.start(), *FRAGMENT_RANGE_MS.end())
    }

    /// Hands a broadcast to the server. Returns false if the server has dropped its receiver.
    pub async fn announce(&self, broadcast: Broadcast) -> bool {
        self.broadcasts.send(broadcast).await.is_ok()
    }

    /// Removes a stream whose broadcast ends by itself. If a publisher has come at the last moment, its source is
    /// returned and the stream stays.
    pub fn retire(&self, stream: u64, sources: &mut mpsc::Receiver<Source>) -> Option<Source> {
        let mut streams = self.streams.lock();
        let late = sources.try_recv().ok();
        if late.is_none() {
            streams.remove(&stream);
        }
        late
    }

    /// Removes a stream whose broadcast was stopped, and disconnects its publisher.
    pub fn remove(&self, stream: u64) {
        if let Some(entry) = self.streams.lock().remove(&stream) {
            entry.slot.dismissal.dismiss(self.reason_of_stop(stream));
        }
    }

    /// Returns why the publisher of a stopped broadcast is disconnected.
    pub fn reason_of_stop(&self, stream: u64) -> PublishError {
        self.rules.check(stream).err().map_or(PublishError::Disconnected, PublishError::from)
    }

    /// Stops a broadcast. Returns whether there was one.
    pub fn stop(&self, stream: u64, reason: EndReason) -> bool {
        let streams = self.streams.lock();
        let Some(entry) = streams.get(&stream) else { return false };
        entry.stop.stop(reason);
        true
    }

    /// Disconnects the publisher of a stream, or only one that uses `key`. The broadcast waits for another publisher.
    /// Returns whether there was one.
    pub fn kick(&self, stream: u64, key: Option<KeyId>) -> bool {
        let streams = self.streams.lock();
        let is_meant = |slot: &Slot| !slot.dismissal.is_dismissed() && key.is_none_or(|key| slot.key == key);
        let Some(entry) = streams.get(&stream).filter(|entry| is_meant(&entry.slot)) else { return false };
        entry.slot.dismissal.dismiss(PublishError::Disconnected);
        true
    }

    /// Notes why a publisher with a valid key was refused or disconnected.
    pub fn note_refusal(&self, stream: u64, reason: &PublishError) {
        if refusals::is_noteworthy(reason) {
            self.note_reason(stream, reason.to_string());
        }
    }

    /// Notes a reason in the words of a protocol.
    pub fn note_reason(&self, stream: u64, reason: String) {
        self.refusals.lock().note(stream, reason);
    }

    /// Notes that a publisher of the stream is on air.
    pub fn note_success(&self, stream: u64) {
        self.refusals.lock().forget(stream);
    }

    /// The last refusal of a publisher of the stream, if none has been on air since.
    pub fn last_refusal(&self, stream: u64) -> Option<Refusal> {
        self.refusals.lock().last(stream)
    }

    pub fn health(&self, stream: u64) -> Option<Health> {
        self.streams.lock().get(&stream)?.health.borrow().clone()
    }

    /// Streams with a broadcast, including those that wait for their publisher.
    pub fn live(&self) -> Vec<u64> {
        self.streams.lock().keys().copied().collect()
    }

    /// Refuses new publishers and stops all broadcasts.
    pub fn close(&self) {
        self.closing.cancel();
        self.streams.lock().values().for_each(|entry| entry.stop.stop(EndReason::ShuttingDown));
        self.tasks.close();
    }
}
