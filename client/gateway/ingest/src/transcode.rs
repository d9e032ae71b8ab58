//! One ffmpeg process: it decodes a source once, encodes every rendition, and writes each to its own unix socket.

mod args;
mod child;
mod filters;
mod job;
mod jpeg;
mod output;
mod outputs;
mod pace;
mod stderr;
mod timing;

pub(crate) use child::{Child, Input, Reports, StartError};
pub use job::FilePart;
pub(crate) use job::{Job, JobInput};
pub(crate) use pace::Pace;
pub(crate) use timing::next_start_s;
pub use timing::{max_fragment_ms, FIRST_TIME_S, FRAGMENT_RANGE_MS, GOP_S};
