//! The streams on air at this gateway.

use super::{channel::Channel, error::LiveError};
use parking_lot::RwLock;
use std::{collections::HashMap, sync::Arc};
use tick_stream_primitives::StreamId;

/// The channels of the streams on air, at most `max_channels`.
pub struct ChannelRegistry {
    channels: RwLock<HashMap<StreamId, Arc<Channel>>>,
    max_channels: usize,
}

impl ChannelRegistry {
    /// An empty registry for at most `max_channels` streams.
    pub fn new(max_channels: usize) -> Self {
        Self { channels: RwLock::default(), max_channels }
    }

    /// Returns the channel of a stream that is on air.
    pub fn channel(&self, stream: StreamId) -> Option<Arc<Channel>> {
        self.channels.read().get(&stream).cloned()
    }

    /// Puts a stream on air. An older channel of the stream is replaced.
    ///
    /// # Errors
    ///
    /// [`LiveError::Full`] when as many streams are on air as allowed.
    pub fn open(&self, channel: Arc<Channel>) -> Result<(), LiveError> {
        let mut channels = self.channels.write();
        if channels.len() >= self.max_channels && !channels.contains_key(&channel.stream) {
            return Err(LiveError::Full { max: self.max_channels });
        }
        channels.insert(channel.stream, channel);
        Ok(())
    }

    /// Takes a stream off air. A newer channel of the same stream stays.
    pub fn close(&self, channel: &Arc<Channel>) {
        let mut channels = self.channels.write();
        if channels.get(&channel.stream).is_some_and(|known| Arc::ptr_eq(known, channel)) {
            channels.remove(&channel.stream);
        }
    }

    /// Returns the streams on air.
    pub fn streams(&self) -> Vec<StreamId> {
        self.channels.read().keys().copied().collect()
    }
}
