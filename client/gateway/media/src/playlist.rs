//! Writers of playlists, after RFC 8216bis.
//!
//! | module | contents |
//! | --- | --- |
//! | [`media`] | playlist of one rendition: segments, parts, keys |
//! | [`subtitles`] | playlist of subtitles: a text for each segment |
//! | [`mod@multivariant`] | playlist of all renditions of a stream |

pub mod media;
pub mod multivariant;
pub mod subtitles;

pub use media::{Form, Growing, LiveForm, MediaPlaylist, Report, Skipped, VERSION};
pub use multivariant::{main_sound, multivariant, multivariant_with_subtitles, Subtitles, Variant};
pub use subtitles::SubtitlePlaylist;
