//! One ffmpeg child: it decodes once, encodes every rendition, and writes each to a unix socket of its own.

mod args;
mod child;
mod jpeg;
mod outputs;
mod pace;
mod progress;
mod stderr;

pub(crate) use args::{next_start_s, Job, JobInput};
pub(crate) use child::{Child, Input};
pub(crate) use pace::Pace;
pub(crate) use progress::Progress;
pub(crate) use stderr::{follow as follow_stderr, LastWords};

/// The time of the first frame of a broadcast, in seconds: not zero, since the sound's first samples lie before it.
pub const FIRST_TIME_S: u32 = 10;

/// Seconds from one IDR frame to the next; segments are cut there.
pub const GOP_S: u32 = 2;

/// No fragment of a rendition is longer. The aim is 500 ms; where half a second is no whole number of frames (25 or 15 a
/// second), it is a frame longer. A player's `PART-TARGET` must not be less.
pub const MAX_FRAGMENT_MS: u32 = 550;
