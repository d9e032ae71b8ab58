//! Where publishers and broadcasts meet: one publisher a stream, one actor a broadcast.

use crate::{
    broadcast::{
        actor::{Actor, Stop},
        Broadcast, EndReason, Health,
    },
    config::IngestConfig,
    error::PublishError,
    ffmpeg::Ffmpeg,
    ladder::Ladder,
    publish_key::{KeyId, PublishKeys},
    source::{connect, Origin, Publisher, Slot, Source},
    tasks::Tasks,
};
use parking_lot::Mutex;
use std::{
    collections::{hash_map, HashMap},
    sync::Arc,
};
use tokio::sync::{mpsc, watch};
use tokio_util::sync::CancellationToken;

/// Publishers of one stream that wait for its actor: one is let in at a time, and a few may follow it quickly.
const MAX_WAITING_SOURCES: usize = 4;
/// Streams that may have a ladder of their own.
pub(crate) const MAX_LADDERS: usize = 10_000;

/// Shared by everything that takes video in.
#[derive(Debug)]
pub(crate) struct Hub {
    pub config: IngestConfig,
    pub ffmpeg: Ffmpeg,
    pub keys: Arc<PublishKeys>,
    /// Everything ends when this is cancelled.
    pub closing: CancellationToken,
    pub tasks: Tasks,
    broadcasts: mpsc::Sender<Broadcast>,
    streams: Mutex<HashMap<u64, Entry>>,
    ladders: Mutex<HashMap<u64, Ladder>>,
}

#[derive(Debug)]
struct Entry {
    attach: mpsc::Sender<Source>,
    slot: Slot,
    stop: Arc<Stop>,
    health: watch::Receiver<Option<Health>>,
}

impl Hub {
    pub fn new(
        config: IngestConfig,
        ffmpeg: Ffmpeg,
        keys: Arc<PublishKeys>,
        broadcasts: mpsc::Sender<Broadcast>,
    ) -> Self {
        Self {
            config,
            ffmpeg,
            keys,
            closing: CancellationToken::new(),
            tasks: Tasks::new(),
            broadcasts,
            streams: Mutex::default(),
            ladders: Mutex::default(),
        }
    }

    /// Lets a publisher in whose key has been checked. It goes on with a broadcast that waits, or begins a new one.
    pub fn publish(self: &Arc<Self>, stream: u64, key: KeyId, source: Origin) -> Result<Publisher, PublishError> {
        let publisher = self.attach(stream, key, source)?;
        let keys = self.keys.clone();
        // To the disk, which may take a while.
        tokio::task::spawn_blocking(move || keys.note_use(stream, key));
        Ok(publisher)
    }

    fn attach(self: &Arc<Self>, stream: u64, key: KeyId, origin: Origin) -> Result<Publisher, PublishError> {
        if self.closing.is_cancelled() {
            return Err(PublishError::ShuttingDown);
        }
        let mut streams = self.streams.lock();
        let count = streams.len();
        match streams.entry(stream) {
            hash_map::Entry::Occupied(mut known) => {
                let entry = known.get_mut();
                self.replaceable(&entry.slot)?;
                let (publisher, source, slot) = connect(key, origin);
                entry.attach.try_send(source).map_err(|_| PublishError::AlreadyPublishing(entry.slot.protocol))?;
                entry.slot.farewell.say(PublishError::Replaced);
                entry.slot = slot;
                Ok(publisher)
            }
            hash_map::Entry::Vacant(_) if count >= self.config.max_broadcasts => {
                Err(PublishError::TooManyBroadcasts(self.config.max_broadcasts))
            }
            hash_map::Entry::Vacant(new) => {
                let (publisher, source, slot) = connect(key, origin);
                new.insert(self.begin(stream, source, slot));
                Ok(publisher)
            }
        }
    }

    fn replaceable(&self, slot: &Slot) -> Result<(), PublishError> {
        if slot.farewell.is_over() || slot.seen.age_ms() >= self.config.vanished_after_ms {
            return Ok(());
        }
        Err(PublishError::AlreadyPublishing(slot.protocol))
    }

    fn begin(self: &Arc<Self>, stream: u64, source: Source, slot: Slot) -> Entry {
        let (attach, sources) = mpsc::channel(MAX_WAITING_SOURCES);
        let (health, latest) = watch::channel(None);
        let stop = Arc::new(Stop::default());
        let actor = Actor::new(stream, self.clone(), sources, stop.clone(), health);
        self.tasks.spawn(actor.run(source));
        Entry { attach, slot, stop, health: latest }
    }

    /// Hands the broadcast to the server. Fails when that listens no more.
    pub async fn announce(&self, broadcast: Broadcast) -> bool {
        self.broadcasts.send(broadcast).await.is_ok()
    }

    /// Forgets the stream, unless a publisher has just come.
    pub fn retire(&self, stream: u64, sources: &mut mpsc::Receiver<Source>) -> Option<Source> {
        let mut streams = self.streams.lock();
        let late = sources.try_recv().ok();
        if late.is_none() {
            streams.remove(&stream);
        }
        late
    }

    /// Forgets the stream and sends away who publishes it.
    pub fn remove(&self, stream: u64) {
        if let Some(entry) = self.streams.lock().remove(&stream) {
            entry.slot.farewell.say(PublishError::SentAway);
        }
    }

    /// Ends a broadcast.
    pub fn stop(&self, stream: u64, reason: EndReason) -> bool {
        let streams = self.streams.lock();
        let Some(entry) = streams.get(&stream) else { return false };
        entry.stop.now(reason);
        true
    }

    /// Sends a publisher away, whoever it is or only one with that key; the broadcast waits for another.
    pub fn kick(&self, stream: u64, key: Option<KeyId>) -> bool {
        let streams = self.streams.lock();
        let is_meant = |entry: &&Entry| !entry.slot.farewell.is_over() && key.is_none_or(|key| entry.slot.key == key);
        let Some(entry) = streams.get(&stream).filter(is_meant) else { return false };
        entry.slot.farewell.say(PublishError::SentAway);
        true
    }

    pub fn health(&self, stream: u64) -> Option<Health> {
        self.streams.lock().get(&stream)?.health.borrow().clone()
    }

    /// Streams with a broadcast, waiting ones included.
    pub fn live(&self) -> Vec<u64> {
        self.streams.lock().keys().copied().collect()
    }

    /// Everything ends.
    pub fn close(&self) {
        self.closing.cancel();
        self.streams.lock().values().for_each(|entry| entry.stop.now(EndReason::ShuttingDown));
        self.tasks.close();
    }

    pub fn ladder(&self, stream: u64) -> Ladder {
        self.ladders.lock().get(&stream).unwrap_or(&self.config.transcode.ladder).clone()
    }

    /// Nothing: the usual one. Fails when too many streams have their own.
    pub fn set_ladder(&self, stream: u64, ladder: Option<Ladder>) -> bool {
        let mut ladders = self.ladders.lock();
        match ladder {
            None => {
                ladders.remove(&stream);
                true
            }
            Some(_) if ladders.len() >= MAX_LADDERS && !ladders.contains_key(&stream) => false,
            Some(ladder) => {
                ladders.insert(stream, ladder);
                true
            }
        }
    }
}
