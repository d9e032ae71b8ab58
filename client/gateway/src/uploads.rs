//! Uploads of finished videos: bodies that arrive in pieces, with interruptions, and the budgets for them.
//!
//! A body is a file `{id}` in the folder, and what was said of it is in `{id}.json`. The length of the file is the offset at
//! which the upload goes on, so nothing else has to be written while bytes arrive. The id is a secret of 128 random bits: it
//! gives the right to go on with the upload, and to remove it.

mod append;
mod error;
mod files;
mod info;
mod registry;

pub use append::Append;
pub use error::UploadError;
pub use info::{NewUpload, UploadInfo, UploadLimits, MAX_TITLE_CHARS};
pub use registry::Uploads;
