//! Parser of fragmented MP4: an endless byte stream, split into its initialisation and its fragments.
//!
//! | module | contents |
//! | --- | --- |
//! | [`splitter`] | byte stream to [`Chunk`]s |
//! | [`init`] | tracks, codecs and sizes, from `moov` |
//! | [`codec`] | RFC 6381 name of a sample entry |
//! | [`fragment`] | times and flags, from `moof` |
//! | `samples` | the frames of fragments, one by one |
//! | `silence` | fragments of silence |
//! | `boxes` | reader of boxes and their fields that never panics |
//! | `error` | [`CmafError`] |

mod boxes;
pub mod codec;
mod error;
mod four_cc;
pub mod fragment;
pub mod init;
mod samples;
mod silence;
pub mod splitter;

pub use error::CmafError;
pub use four_cc::FourCc;
pub use fragment::{Fragment, Timing};
pub use init::{Init, Track, TrackKind};
pub(crate) use samples::video_samples;
pub use splitter::{Chunk, Splitter};

#[cfg(test)]
mod tests;
