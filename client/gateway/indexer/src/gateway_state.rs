//! The gateway's own records: broadcasts, recordings, captions, bought keys, key indices, audience, quality of playback,
//! settings, jobs, images.
//!
//! They cannot be built again from the chain, so [`crate::Store::reset_index`] keeps them. Secrets are never among them.

mod audience;
mod bought;
mod broadcasts;
mod captions;
mod images;
mod jobs;
mod key_indices;
mod quality;
mod recordings;
mod stream_settings;

pub use audience::{AudienceMinute, AUDIENCE_MINUTE_MS, MAX_AUDIENCE_MINUTES};
pub use bought::{BoughtRange, MAX_BOUGHT_RANGES};
pub use broadcasts::Broadcast;
pub use captions::{CaptionsRow, MAX_CAPTIONS};
pub use images::{ImageCount, ImageRow, RemoteImageRow};
pub use jobs::{JobRow, JobState};
pub use quality::{QualityMinute, MAX_QUALITY_MINUTES, MAX_QUALITY_RENDITIONS};
pub use recordings::RecordingSize;
pub use stream_settings::StreamSettingsRow;
