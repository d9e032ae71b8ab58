//! Writing playlists, after RFC 8216bis.
//!
//! | module | what is in it |
//! | --- | --- |
//! | [`media`] | one rendition: segments, parts, keys |
//! | [`mod@multivariant`] | all renditions of a stream |

pub mod media;
pub mod multivariant;

pub use media::{Form, LiveForm, MediaPlaylist, Report};
pub use multivariant::{multivariant, Variant};

/// `EXT-X-VERSION`: 8 is what `EXT-X-GAP` needs, and nothing here needs more.
pub const VERSION: u32 = 8;
