//! Admits publishers: to the broadcast of their stream that waits for one, or to a new broadcast.

use super::{Entry, Hub};
use crate::{
    broadcast::{actor::Actor, stop::StopSignal},
    config::millis,
    error::PublishError,
    publish_key::KeyId,
    source::{connect, Origin, Publisher, Slot, Source},
};
use std::{collections::hash_map, sync::Arc};
use tokio::sync::{mpsc, watch};

/// Publishers of one stream that wait for its actor: one is admitted at a time, and a few may follow quickly.
const MAX_WAITING_SOURCES: usize = 4;

impl Hub {
    /// Admits a publisher whose key has been checked.
    pub fn publish(self: &Arc<Self>, stream: u64, key: KeyId, origin: Origin) -> Result<Publisher, PublishError> {
        let publisher = self.attach(stream, key, origin).inspect_err(|reason| self.note_refusal(stream, reason))?;
        let keys = self.keys.clone();
        // This writes to the disk, which may take a while.
        self.tasks.spawn_blocking(move || keys.record_use(stream, key));
        Ok(publisher)
    }

    /// Checks whether a publisher of the stream would be admitted now, for protocols that connect before they publish.
    pub fn check_admission(&self, stream: u64) -> Result<(), PublishError> {
        let streams = self.streams.lock();
        if self.closing.is_cancelled() {
            return Err(PublishError::ShuttingDown);
        }
        self.rules.check(stream)?;
        match streams.get(&stream) {
            Some(entry) => self.check_replaceable(&entry.slot),
            None if streams.len() >= self.config.max_broadcasts => {
                Err(PublishError::TooManyBroadcasts(self.config.max_broadcasts))
            }
            None => Ok(()),
        }
    }

    fn attach(self: &Arc<Self>, stream: u64, key: KeyId, origin: Origin) -> Result<Publisher, PublishError> {
        let mut streams = self.streams.lock();
        // Checked under the lock, so that `close` either prevents a broadcast or stops it.
        if self.closing.is_cancelled() {
            return Err(PublishError::ShuttingDown);
        }
        self.rules.check(stream)?;
        let count = streams.len();
        match streams.entry(stream) {
            hash_map::Entry::Occupied(mut known) => {
                let entry = known.get_mut();
                self.check_replaceable(&entry.slot)?;
                let (publisher, source, slot) = connect(key, origin);
                entry.attach.try_send(source).map_err(|_| PublishError::AlreadyPublishing(entry.slot.protocol))?;
                entry.slot.dismissal.dismiss(PublishError::Replaced);
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

    fn check_replaceable(&self, slot: &Slot) -> Result<(), PublishError> {
        if slot.dismissal.is_dismissed() || slot.seen.age() >= millis(self.config.vanished_after_ms) {
            return Ok(());
        }
        Err(PublishError::AlreadyPublishing(slot.protocol))
    }

    fn begin(self: &Arc<Self>, stream: u64, source: Source, slot: Slot) -> Entry {
        let (attach, sources) = mpsc::channel(MAX_WAITING_SOURCES);
        let (health, latest) = watch::channel(None);
        let stop = Arc::new(StopSignal::default());
        let actor = Actor::new(stream, self.clone(), sources, stop.clone(), health);
        self.tasks.spawn(actor.run(source));
        Entry { attach, slot, stop, health: latest }
    }
}
