//! Streams on air at this gateway and recordings: playlists, media, keys, thumbnails.

mod audio_labels;
mod caption_cache;
mod captions;
mod channel;
mod channel_registry;
mod clip_sound;
mod clip_source;
mod download;
pub mod dvr;
mod error;
mod growing;
mod key_index_lease;
mod package;
mod pieces;
mod recorded;
mod recorded_captions;
mod recorder;
mod recordings;
mod recovery;
mod room;
mod sold;
mod storyboard;
mod tail;
#[cfg(test)]
mod test_events;

pub use audio_labels::{label, label_of, AUDIO_TRACK_BPS};
pub use captions::{CaptionClock, Captions, CaptionsError, PLAYLIST_PREFIX};
pub use channel::{Channel, Waited};
pub use channel_registry::ChannelRegistry;
pub use clip_sound::ClipSound;
pub use download::{Download, DownloadError};
pub use error::LiveError;
pub use growing::{DvrWindow, GrowingRecordings, RecordingPlan};
pub use key_index_lease::{keys_of_file, KeyIndexLease};
pub use package::{discard, Package, PackageError, Packaged};
pub use pieces::folder_of;
pub use recorded::Recorded;
pub use recorded_captions::keep_captions;
pub use recorder::{Archive, Recorder};
pub use recordings::{uri_templates as recording_uri_templates, RecordedKey, RecordingError, Recordings};
pub use recovery::recover;
pub use room::{NoRoom, Room};
pub use storyboard::Storyboard;
pub use tail::{NotesKind, Tails};

use vilokanam_media::UriTemplates;

/// Name of the rendition without encryption, the clear preview.
pub const PREVIEW: &str = "preview";

/// Where playlists of streams on air say that media and keys are. The playlists are at
/// `/v1/streams/{id}/hls/{name}.m3u8`, the keys beside that folder.
pub fn live_uri_templates() -> UriTemplates {
    UriTemplates { key: "../keys/{index}".into(), ..UriTemplates::default() }
}
