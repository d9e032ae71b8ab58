//! Streams on air at this gateway and recordings: playlists, media, keys, thumbnails.

mod channel;
mod channel_registry;
mod error;
mod key_index_lease;
mod recorder;
mod recordings;
mod sold;
mod storyboard;

pub use channel::{Channel, Waited};
pub use channel_registry::ChannelRegistry;
pub use error::LiveError;
pub use key_index_lease::KeyIndexLease;
pub use recorder::Recorder;
pub use recordings::{uri_templates as recording_uri_templates, Recorded, RecordingError, Recordings};
pub use storyboard::Storyboard;

use vilokanam_media::UriTemplates;

/// Name of the rendition without encryption, the clear preview.
pub const PREVIEW: &str = "preview";

/// Where playlists of streams on air say that media and keys are. The playlists are at
/// `/v1/streams/{id}/hls/{name}.m3u8`, the keys beside that folder.
pub fn live_uri_templates() -> UriTemplates {
    UriTemplates { key: "../keys/{index}".into(), ..UriTemplates::default() }
}
