//! Reads what ffmpeg and ffprobe report, for the gateway's ingest and for the command line.
//!
//! | module | contents |
//! | --- | --- |
//! | [`probe`] | contents of a file or byte stream, from ffprobe |
//! | [`progress`] | reports of a running ffmpeg, from its option `-progress` |
//! | [`limits`] | what is taken from strangers |
//! | [`lines`] | lines of a pipe, of bounded length |

#![deny(missing_docs)]

pub mod limits;
pub mod lines;
pub mod probe;
pub mod progress;

pub use probe::{AudioInfo, MediaInfo, ProbeError, TextInfo, VideoInfo};
pub use progress::Progress;
