//! Writers of playlists, after RFC 8216bis.
//!
//! | module | contents |
//! | --- | --- |
//! | [`media`] | playlist of one rendition: segments, parts, keys |
//! | [`mod@multivariant`] | playlist of all renditions of a stream |

pub mod media;
pub mod multivariant;

pub use media::{Form, LiveForm, MediaPlaylist, Report, VERSION};
pub use multivariant::{multivariant, Variant};
