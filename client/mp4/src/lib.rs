//! Rewriting of fragmented MP4, so that segments of a broadcast become a recording that begins at time 0 and states its length.
//!
//! | module | contents |
//! | --- | --- |
//! | [`boxes`] | reading and writing of the few fields that matter |
//! | [`timeline`] | times of a recording |
//! | [`join`](mod@join) | picture and sound that come apart, as one film |
//! | [`testing`] | boxes without media, for tests |
//!
//! Nothing here decodes anything. What is not understood stays as it is.

#![deny(missing_docs)]

pub mod boxes;
pub mod join;
pub mod testing;
pub mod timeline;

pub use boxes::{decode_times, with_length_place, LengthPlace};
pub use join::{join, Joined, SoundTrack};
pub use timeline::Timeline;
