//! Live video in, aligned renditions out.
//!
//! ```text
//! OBS, ffmpeg ── RTMP ──┐
//! encoder ────── SRT ───┼─> Hub ─> one actor a stream ─> ffmpeg ─> unix sockets ─> Broadcast::events
//! HTTP server ── PUT ───┘   key, one publisher            (transcodes only)        (fragmented MP4, JPEG)
//! ```
//!
//! How a server uses it:
//!
//! ```no_run
//! # use std::sync::Arc;
//! # use vilokanam_ingest::{BroadcastEvent, Ingest, IngestConfig, KeyLimits, PublishKeys};
//! # async fn run() -> Result<(), Box<dyn std::error::Error>> {
//! let keys = Arc::new(PublishKeys::open("publish-keys.json", KeyLimits::default())?);
//! let (ingest, mut broadcasts) = Ingest::start(IngestConfig::default(), keys).await?;
//! while let Some(mut broadcast) = broadcasts.recv().await {
//!     tokio::spawn(async move {
//!         while let Some(event) = broadcast.events.recv().await {
//!             match event {
//!                 BroadcastEvent::Started { renditions, .. } => println!("{} renditions", renditions.len()),
//!                 BroadcastEvent::Bytes { rendition, bytes } => println!("{rendition}: {} bytes", bytes.len()),
//!                 BroadcastEvent::Ended { reason } => println!("ended: {reason}"),
//!                 _ => {}
//!             }
//!         }
//!     });
//! }
//! ingest.shutdown().await;
//! # Ok(())
//! # }
//! ```
//!
//! # What comes out
//!
//! Each rendition is one fragmented-MP4 byte stream: `ftyp moov (moof mdat)*`, H.264 and AAC in one file. A fragment is
//! 0.5 s; every fourth begins with an IDR frame, so a closed GOP is 2 s. All renditions are encoded from the same decoded
//! frames at the same constant frame rate, so their frames have the same times. The source's frame rate is rounded to a
//! whole number (29.97 becomes 30): otherwise a "2 s" segment would be 2.002 s long and be charged as three seconds.
//!
//! Everything is transcoded, nothing is copied, because a publisher's GOPs cannot be trusted to be 2 s, closed and aligned
//! before they have all been seen; and they may change at any moment.
//!
//! Times within the streams (`tfdt`) begin at [`transcode::FIRST_TIME_S`] and go up over restarts and reconnects.
//!
//! # What ends what
//!
//! Garbage, a foreign key or an unknown codec ends that connection. An ffmpeg that dies is started again, and
//! [`BroadcastEvent::Discontinuity`] tells so. A publisher that vanishes leaves the broadcast [`BroadcastEvent::Waiting`] for
//! the reconnect window. Nothing that comes from outside ends the process.

pub mod broadcast;
mod clock;
mod config;
mod error;
mod ffmpeg;
mod hub;
mod ingest;
mod ladder;
mod probe;
mod publish_key;
mod put;
mod rtmp;
mod source;
mod srt;
mod tasks;
pub mod transcode;

pub use broadcast::{
    AudioInfo, Broadcast, BroadcastEvent, DiscontinuityReason, EndReason, Health, Protocol, Rendition, RenditionId,
    SourceInfo, VideoInfo,
};
pub use config::{FfmpegConfig, IngestConfig, PutConfig, RtmpConfig, SrtConfig, TranscodeConfig};
pub use error::{IngestError, PublishError, PutError, SrtError};
pub use ffmpeg::{Ffmpeg, FfmpegError};
pub use ingest::Ingest;
pub use ladder::{Ladder, Rung};
pub use publish_key::{KeyId, KeyInfo, KeyLimits, KeyRefusal, KeyStoreError, PublishKey, PublishKeys};
pub use put::{PutOutcome, PutSession};
pub use srt::SrtEndpoint;
