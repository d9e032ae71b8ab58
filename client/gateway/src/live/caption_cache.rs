//! Captions of recordings that were read a moment ago: every segment asks for them.

use lru::LruCache;
use parking_lot::Mutex;
use std::{num::NonZeroUsize, sync::Arc};
use tick_stream_primitives::{Moment, StreamId};
use vilokanam_media::captions::CaptionTrack;

/// Captions in memory, of 2 MB each at most.
const MAX_CACHED: NonZeroUsize = NonZeroUsize::new(32).expect("it is not zero");

/// Recording and name of captions, and when they were changed: others of the same name are other captions.
pub type CaptionsName = (StreamId, u64, String, Moment);

/// The captions used last.
pub struct CaptionCache(Mutex<LruCache<CaptionsName, Arc<CaptionTrack>>>);

impl Default for CaptionCache {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(MAX_CACHED)))
    }
}

impl CaptionCache {
    pub fn get(&self, name: &CaptionsName) -> Option<Arc<CaptionTrack>> {
        self.0.lock().get(name).cloned()
    }

    pub fn put(&self, name: CaptionsName, track: Arc<CaptionTrack>) {
        self.0.lock().put(name, track);
    }
}
