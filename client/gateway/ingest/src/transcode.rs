//! One ffmpeg process: it decodes a source once, encodes every rendition, and writes each to its own unix socket.

mod args;
mod child;
mod jpeg;
mod outputs;
mod pace;
mod stderr;
mod timing;

pub(crate) use args::{Job, JobInput};
pub(crate) use child::{Child, Input};
pub(crate) use pace::Pace;
pub(crate) use stderr::{follow as follow_stderr, StderrTail};
pub(crate) use timing::next_start_s;
pub use timing::{FIRST_TIME_S, GOP_S, MAX_FRAGMENT_MS};
