//! Which streams are live.

use super::{Channel, LiveError};
use parking_lot::RwLock;
use std::{collections::HashMap, sync::Arc};
use tick_stream_primitives::StreamId;

/// The streams that are live here.
pub struct LiveDesk {
    channels: RwLock<HashMap<StreamId, Arc<Channel>>>,
    max_channels: usize,
}

impl LiveDesk {
    /// An empty one, for so many streams.
    pub fn new(max_channels: usize) -> Self {
        Self { channels: RwLock::default(), max_channels }
    }

    /// The stream, if it is live.
    pub fn channel(&self, stream: StreamId) -> Option<Arc<Channel>> {
        self.channels.read().get(&stream).cloned()
    }

    /// From now on it is live. A channel it had before is replaced.
    pub fn open(&self, channel: Arc<Channel>) -> Result<(), LiveError> {
        let mut channels = self.channels.write();
        if channels.len() >= self.max_channels && !channels.contains_key(&channel.stream) {
            return Err(LiveError::Full { max: self.max_channels });
        }
        channels.insert(channel.stream, channel);
        Ok(())
    }

    /// It is live no more. A newer channel of the same stream stays.
    pub fn close(&self, channel: &Arc<Channel>) {
        let mut channels = self.channels.write();
        if channels.get(&channel.stream).is_some_and(|known| Arc::ptr_eq(known, channel)) {
            channels.remove(&channel.stream);
        }
    }

    /// All that are live.
    pub fn streams(&self) -> Vec<StreamId> {
        self.channels.read().keys().copied().collect()
    }
}
