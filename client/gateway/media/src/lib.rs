//! The packaging of the gateway: fragmented MP4 of every rendition in; encrypted segments, keys and playlists out.
//!
//! Pure and synchronous: no disk, no network, no clock. Whoever uses it stores the bytes, answers requests, and knows the
//! time.
//!
//! | module | what is in it |
//! | --- | --- |
//! | [`live`] | the whole of it: a [`LiveStream`] takes bytes, gives [`Event`]s, and writes playlists |
//! | [`config`] | what a stream is made of |
//! | [`event`] | what comes out |
//! | [`cmaf`] | a byte stream -> initialisation and fragments |
//! | [`timeline`] | where segments begin, in all renditions alike |
//! | [`segmenter`] | fragments -> parts -> segments |
//! | [`keys`] | one key a segment, and AES-128-CBC |
//! | [`window`] | what playlists list, and what a player may wait for |
//! | [`playlist`] | multivariant and media playlists |
//! | [`uris`] | where things are, as playlists say it |
//! | [`recording`] | everything a rendition ever had, as a video |
//! | [`storyboard`] | thumbnails on a sheet |
//! | [`time`] | exact media time, and ticks |
//! | [`error`] | what can go wrong |
//!
//! # What ffmpeg has to send
//!
//! For each rendition one muxed MP4 from its start:
//! `-f mp4 -movflags +empty_moov+default_base_moof+frag_keyframe+delay_moov -frag_duration 500000`, video with
//! `-force_key_frames expr:gte(t,n_forced*2) -sc_threshold 0`, from one process, so that times agree. Renditions are
//! aligned by presentation time: a keyframe within an eighth of a segment of another rendition's cut belongs to that cut.
//! Either all renditions of a source have video, or none has.
//!
//! # Rules that hold
//!
//! - Segment index = media sequence number = key index. It is given once in a stream's life; keep
//!   [`LiveStream::next_index`] (or a reserve above it) *before* publishing an event with a new [`Event::index`].
//! - A segment begins with a keyframe, and its plaintext is the plaintexts of its parts, one after the other.
//! - What a key costs is agreed by all renditions ([`LiveStream::ticks`], [`event::Segment::ticks`]).
//! - No playlist holds anything of a viewer but what [`Uris::for_viewer`] adds.
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
//! let mut stream = LiveStream::new(config, StreamSecret::random(), 0)?;
//! let uris = Uris::new(&UriTemplates::default())?;
//!
//! let mut events = Vec::new();
//! let source = stream.begin_source(SourceKind::Paid, &mut events)?;
//! let rendition = stream.rendition("720p").ok_or("no such rendition")?;
//! stream.push(source, rendition, b"", 1_700_000_000_000, &mut events)?; // what ffmpeg has sent
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

pub mod cmaf;
pub mod config;
pub mod error;
pub mod event;
pub mod keys;
pub mod live;
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
pub use event::{DropReason, Event, InitReady, Part, PartReady, RenditionId, Segment, SegmentHead, SegmentReady};
pub use keys::{SegmentKey, StreamSecret};
pub use live::{LiveStream, Snapshot, SourceId, SourceKind};
pub use playlist::{LiveForm, Variant};
pub use recording::Recording;
pub use time::Span;
pub use uris::{UriTemplates, Uris};
pub use window::Availability;
