//! What the gateway remembers of its own work: broadcasts, key indices, thumbnails,
//! its audience. Unlike the index it cannot be built
//! again. Secrets have no place here: only the name under which a secret is kept.

mod audience;
mod broadcasts;
mod runtime;
mod thumbnails;

pub use audience::{AUDIENCE_MINUTE_MS, MAX_AUDIENCE_MINUTES};
pub use broadcasts::OwnError;
pub use thumbnails::MAX_THUMBNAILS_PER_STREAM;
