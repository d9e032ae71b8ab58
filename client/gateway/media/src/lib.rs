//! Packaging of live video: fragmented MP4 of every rendition in; encrypted segments, keys and playlists out.
//!
//! The crate is pure and synchronous: no disk, no network, no clock. The caller stores the bytes, answers requests and
//! passes in the time.
//!
//! # From a frame to a line of a playlist
//!
//! ```text
//!  ffmpeg: one byte stream per rendition        ftyp moov | moof mdat | moof mdat | ...
//!      |
//!      |  LiveStream::push
//!      v
//!  Splitter                ---- Init ---------------------------------> Event::InitReady     init-{n}.mp4
//!      |
//!      |  Fragment: the frames of one moof + mdat, about 0.5 s
//!      v
//!  Segmenter  <--- Cut --- Timeline: where segments begin, one list for all renditions. A keyframe at a cut
//!      |                   opens segment `index`, which is also the index of its key.
//!      |
//!      |  fragments, gathered up to the part target
//!      +---- part -------- AES-128-CBC, key of `index` ---------------> Event::PartReady     42.0.m4s, 42.1.m4s, ...
//!      |  all parts up to the next cut
//!      +---- segment ----- AES-128-CBC, key of `index` ---------------> Event::SegmentReady  42.m4s
//!      |
//!      v
//!  Window: the last complete segments, the open segment, gaps
//!      |
//!      |  LiveStream::media_playlist
//!      v
//!  #EXT-X-KEY:METHOD=AES-128,URI="keys/42",IV=0x...2a                   the key that a viewer pays for
//!  #EXT-X-PART:DURATION=0.500000,URI="v/720p/42.0.m4s",INDEPENDENT=YES  one line per PartReady
//!  #EXT-X-PART:DURATION=0.500000,URI="v/720p/42.1.m4s"
//!  ...
//!  #EXTINF:2.000000,                                                    two lines per SegmentReady
//!  v/720p/42.m4s
//! ```
//!
//! # Modules
//!
//! | module | contents |
//! | --- | --- |
//! | [`live`] | [`LiveStream`]: the entry point, which takes bytes, returns [`Event`]s and writes playlists |
//! | [`config`] | settings of a stream |
//! | [`event`] | what a stream reports |
//! | [`captions`] | WebVTT: read, made harmless, cut into segments; captions that are in the video |
//! | [`cmaf`] | parser of fragmented MP4: byte stream to initialisation and fragments |
//! | [`timeline`] | where segments begin, the same in all renditions |
//! | [`segmenter`] | fragments to parts to segments |
//! | [`keys`] | one key per segment index, and AES-128-CBC |
//! | [`window`] | the segments that a playlist lists, and what a player may wait for |
//! | [`playlist`] | writers of multivariant and media playlists |
//! | [`uris`] | URI templates of everything that playlists refer to |
//! | [`recording`] | all segments of one rendition, as a video on demand |
//! | [`storyboard`] | thumbnails on a sheet, with a WebVTT index |
//! | [`picture`] | still pictures of creators, in three widths |
//! | [`time`] | exact media time, and its price in ticks |
//! | [`error`] | error types |
//!
//! # Required ffmpeg output
//!
//! Each rendition is one MP4, sent from its start:
//! `-f mp4 -movflags +empty_moov+default_base_moof+frag_keyframe+delay_moov -frag_duration 500000` (or as little as 200000,
//! for shorter parts), video with `-force_key_frames expr:gte(t,n_forced*2) -sc_threshold 0`. All renditions come from one process, so that their
//! timestamps agree. They are aligned by presentation time: a keyframe within an eighth of a segment of another
//! rendition's cut belongs to that cut. Audio tracks of their own ([`Access::PaidAudio`]) are cut where the video is cut, and wait
//! for it: then the renditions have the picture alone. Otherwise each of them has the sound. A track that begins after the picture or
//! ends before it is completed with silence. Either all renditions of a source have video, or none has.
//!
//! # Guarantees
//!
//! - Segment index = media sequence number = key index. An index is used once in the life of a stream, provided that
//!   the caller stores [`LiveStream::next_index`] (or a reserve above it) *before* it publishes an event with a new
//!   [`Event::index`].
//! - An initialisation is named after its bytes ([`cmaf::Init::number`]), so that its URI stands for the same bytes for
//!   ever, in every broadcast.
//! - A segment begins with a keyframe, and its plaintext is the concatenation of the plaintexts of its parts.
//! - The price of a key is the same in all renditions ([`LiveStream::ticks`], [`event::Segment::ticks`]).
//! - A playlist contains nothing specific to a viewer, except what [`Uris::for_viewer`] adds.
//!
//! # Example
//!
//! ```
//! use vilokanam_media::*;
//!
//! let paid = |name: &str, nominal_bandwidth_bps| {
//!     RenditionConfig { name: name.into(), access: Access::Paid, nominal_bandwidth_bps }
//! };
//! let config = LiveConfig { renditions: vec![paid("720p", 2_600_000), paid("360p", 900_000)], ..Default::default() };
//! # let random_bytes = [7; 32];
//! let mut stream = LiveStream::new(config, StreamSecret::from_bytes(random_bytes), 0)?;
//! let uris = Uris::new(&UriTemplates::default())?;
//!
//! let mut events = Vec::new();
//! let source = stream.begin_source(SourceKind::Paid, &mut events)?;
//! let rendition = stream.rendition("720p").ok_or("no such rendition")?;
//! stream.push(source, rendition, b"", 1_700_000_000_000, &mut events)?; // bytes from ffmpeg
//! for event in events.drain(..) {
//!     match event {
//!         Event::InitReady(init) => println!("store init-{}.mp4: {} bytes", init.number, init.init.bytes.len()),
//!         Event::PartReady(part) => println!("store part {}.{}", part.segment.index, part.part),
//!         Event::SegmentReady(ready) => println!("store segment {}", ready.segment.head.index),
//!         Event::SegmentExpired { index, parts, .. } => println!("delete {index} and its {parts} parts"),
//!         Event::Dropped { duration, reason, .. } => println!("lost {} s: {reason:?}", duration.seconds()),
//!     }
//! }
//! match stream.playlist_state(rendition, 12, Some(0))? {
//!     Availability::Ready => println!("{}", stream.media_playlist(rendition, LiveForm::LowLatency, &uris)?),
//!     Availability::Wait => println!("try again after the next event"),
//!     Availability::TooFarAhead => println!("400"),
//!     Availability::Gone => println!("404"),
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#![deny(missing_docs)]

pub mod captions;
pub mod cmaf;
pub mod config;
pub mod error;
pub mod event;
pub mod keys;
pub mod live;
pub mod picture;
pub mod playlist;
pub mod recording;
pub mod segmenter;
pub mod storyboard;
pub mod time;
pub mod timeline;
pub mod uris;
pub mod window;

#[cfg(test)]
mod synthetic;

pub use config::{Access, LiveConfig, RenditionConfig};
pub use error::{ConfigError, MediaError, PlaylistError, UriError};
pub use event::{
    DropReason, Event, InitReady, Label, Part, PartReady, RenditionId, Segment, SegmentHead, SegmentReady,
};
pub use keys::{SegmentKey, StreamSecret};
pub use live::{LiveStream, SourceId, SourceKind};
pub use picture::{pictures, Picture, PictureError, PictureFormat};
pub use playlist::{LiveForm, SubtitlePlaylist, Subtitles, Variant};
pub use recording::{Piece, Recording, Summary};
pub use time::Span;
pub use uris::{UriTemplates, Uris};
pub use window::Availability;
