//! Work that goes on after the request that asked for it: recordings are made of uploads and clips.
//!
//! ```text
//!   waiting ──► running ──► done                        the recording can be watched
//!      ▲           │ ├────► failed, cancelled           nothing of it is left
//!      └───────────┘
//!   the gateway was restarted, or something other than the file failed
//! ```
//!
//! A job is in the database and its file on this machine's disk, so that it survives a restart. It begins anew then, with new
//! keys: what a first attempt has stored is removed.

mod input;
mod make;
mod queue;
mod texts;
mod views;

pub use input::JobInput;
pub use make::Maker;
pub use queue::{AddError, Jobs, MAX_OPEN_PER_STREAM};
pub use views::job_view;
