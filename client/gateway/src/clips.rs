//! Clips: a part of a broadcast that goes on, or of a recording. The clear file with the part is made at once, since segments of
//! a broadcast expire; the recording of it is a job as that of an upload.

mod choose;
mod cut;
mod error;

pub use cut::{ClipMaker, Clips};
pub use error::ClipError;
