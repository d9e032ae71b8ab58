//! The streams on air at this gateway.

use super::{channel::Channel, error::LiveError};
use parking_lot::RwLock;
use std::{collections::HashMap, sync::Arc, time::Instant};
use tick_stream_primitives::StreamId;

/// The channels of the streams on air, at most `max_channels`.
pub struct ChannelRegistry {
    channels: RwLock<HashMap<StreamId, Entry>>,
    max_channels: usize,
}

struct Entry {
    channel: Arc<Channel>,
    /// When its broadcast ended. It is only kept so that players see the end.
    ended: Option<Instant>,
}

impl ChannelRegistry {
    /// An empty registry for at most `max_channels` streams.
    pub fn new(max_channels: usize) -> Self {
        Self { channels: RwLock::default(), max_channels }
    }

    /// Returns the channel of a stream that is on air.
    pub fn channel(&self, stream: StreamId) -> Option<Arc<Channel>> {
        self.channels.read().get(&stream).map(|entry| entry.channel.clone())
    }

    /// Puts a stream on air. An older channel of the stream is replaced. If there is no room, a channel whose broadcast has
    /// ended makes way, the one that ended first.
    ///
    /// # Errors
    ///
    /// [`LiveError::Full`] when as many streams are on air as allowed.
    pub fn open(&self, channel: Arc<Channel>) -> Result<(), LiveError> {
        let mut channels = self.channels.write();
        if channels.len() >= self.max_channels && !channels.contains_key(&channel.stream) {
            let ended = channels.iter().filter_map(|(stream, entry)| Some((entry.ended?, *stream)));
            let (_, first) = ended.min().ok_or(LiveError::Full { max: self.max_channels })?;
            channels.remove(&first);
        }
        channels.insert(channel.stream, Entry { channel, ended: None });
        Ok(())
    }

    /// Notes that the broadcast of a channel has ended, so that it makes way for another one.
    pub fn note_end(&self, channel: &Arc<Channel>) {
        let mut channels = self.channels.write();
        let known = channels.get_mut(&channel.stream).filter(|known| Arc::ptr_eq(&known.channel, channel));
        if let Some(entry) = known {
            entry.ended = Some(Instant::now());
        }
    }

    /// Takes a stream off air. A newer channel of the same stream stays.
    pub fn close(&self, channel: &Arc<Channel>) {
        let mut channels = self.channels.write();
        if channels.get(&channel.stream).is_some_and(|known| Arc::ptr_eq(&known.channel, channel)) {
            channels.remove(&channel.stream);
        }
    }

    /// Takes a stream off air at once: requests that wait for its media are answered that there is none. Returns whether it
    /// was on air.
    pub fn withdraw(&self, stream: StreamId) -> bool {
        let removed = self.channels.write().remove(&stream);
        removed.map(|entry| entry.channel.withdraw()).is_some()
    }

    /// Withdraws what is left of a broadcast that has ended: its recording may not be watched any more.
    pub fn withdraw_ended(&self, stream: StreamId, number: u64) {
        let mut channels = self.channels.write();
        if channels.get(&stream).is_some_and(|entry| entry.ended.is_some() && entry.channel.number == number) {
            if let Some(entry) = channels.remove(&stream) {
                entry.channel.withdraw();
            }
        }
    }

    /// Returns the streams on air.
    pub fn streams(&self) -> Vec<StreamId> {
        self.channels.read().keys().copied().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Storyboard, *};
    use vilokanam_media::{Access, LiveConfig, RenditionConfig, StreamSecret};

    fn channel(stream: StreamId) -> Arc<Channel> {
        let renditions = vec![RenditionConfig { name: "240p".into(), access: Access::Paid, nominal_bandwidth_bps: 1 }];
        let config = LiveConfig { renditions, ..LiveConfig::default() };
        let storyboard = Storyboard::new(Arc::new(object_store::memory::InMemory::new()), stream, 1, false);
        Arc::new(Channel::new(stream, 1, config, StreamSecret::from_bytes([1; 32]), 0, storyboard).unwrap())
    }

    #[test]
    fn broadcast_that_ended_makes_way_for_another_one() {
        let registry = ChannelRegistry::new(2);
        let [first, second, third] = [channel(1), channel(2), channel(3)];
        registry.open(first.clone()).unwrap();
        registry.open(second).unwrap();
        assert!(matches!(registry.open(third.clone()), Err(LiveError::Full { max: 2 })));
        registry.note_end(&first);
        assert!(registry.channel(1).is_some(), "players see its end");
        registry.open(third).unwrap();
        assert!(registry.channel(1).is_none() && registry.channel(2).is_some() && registry.channel(3).is_some());
        assert!(matches!(registry.open(channel(4)), Err(LiveError::Full { max: 2 })));
    }

    #[test]
    fn broadcast_that_ended_is_withdrawn_with_its_recording_and_one_that_goes_on_is_not() {
        let registry = ChannelRegistry::new(1);
        let only = channel(1);
        registry.open(only.clone()).unwrap();
        registry.withdraw_ended(1, 1);
        assert!(registry.channel(1).is_some(), "it goes on");
        registry.note_end(&only);
        registry.withdraw_ended(1, 2);
        assert!(registry.channel(1).is_some(), "another recording");
        registry.withdraw_ended(1, 1);
        assert!(registry.channel(1).is_none());
    }

    #[test]
    fn end_of_a_replaced_channel_leaves_the_new_one_on_air() {
        let registry = ChannelRegistry::new(1);
        let old = channel(1);
        registry.open(old.clone()).unwrap();
        registry.open(channel(1)).unwrap();
        registry.note_end(&old);
        registry.close(&old);
        assert!(registry.channel(1).is_some());
        assert!(registry.open(channel(2)).is_err());
    }
}
