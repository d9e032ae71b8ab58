//! The gateway's own records: broadcasts, key indices, audience.
//!
//! They cannot be built again from the chain, so [`crate::Store::reset_index`] keeps them. Secrets are never among them.

mod audience;
mod broadcasts;
mod key_indices;

pub use audience::{AudienceMinute, AUDIENCE_MINUTE_MS, MAX_AUDIENCE_MINUTES};
pub use broadcasts::Broadcast;
