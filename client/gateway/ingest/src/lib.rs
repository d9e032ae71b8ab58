//! Takes live video in and turns it into aligned renditions.
//!
//! ```text
//! OBS, ffmpeg -- RTMP --+                                 one ffmpeg per broadcast
//! encoder ------ SRT ---+--> Hub ---> broadcast actor --> transcodes only ----> unix sockets --> Broadcast::events
//! HTTP server -- PUT ---+    checks   one per stream                            one per          fragmented MP4,
//!                            the key, one                                       rendition        JPEG
//!                            publisher per stream
//! ```
//!
//! # Example
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
//! # Output
//!
//! Each rendition is one byte stream of fragmented MP4: `ftyp moov (moof mdat)*`, with H.264 and AAC in one file. A
//! fragment is 0.5 s long; every fourth one begins with an IDR frame, so that a closed GOP is 2 s. All renditions are
//! encoded from the same decoded frames at the same constant frame rate, so their timestamps agree. The frame rate of
//! the source is rounded to a whole number (29.97 becomes 30). Otherwise a segment of "2 s" would be 2.002 s long, and
//! its price three ticks.
//!
//! Whatever comes, the renditions are progressive, upright, with square pixels, 8 bits and 4:2:0, and have stereo sound.
//! A source without sound has silence and a source without a picture a waveform, so that players find the same tracks
//! all the time. What a container announces does not count, but what comes: a track that begins or stops restarts ffmpeg
//! at the next keyframe ([`DiscontinuityReason::TracksChanged`]).
//!
//! Everything is transcoded and nothing is copied, because the GOPs of a publisher cannot be known to be 2 s, closed
//! and aligned before all of them have been seen, and because they may change at any moment.
//!
//! Timestamps in the byte streams (`tfdt`) begin at [`transcode::FIRST_TIME_S`] and increase across restarts and
//! reconnects.
//!
//! # Failures
//!
//! Garbage, a wrong publish key or an unknown codec ends the connection of that publisher. An ffmpeg that dies is
//! restarted, which [`BroadcastEvent::Discontinuity`] reports. When a publisher disappears, its broadcast waits for the
//! reconnect window ([`BroadcastEvent::Waiting`]). No input can end the process. [`broadcast`] has a diagram of all
//! states.

#![deny(missing_docs)]

mod address;
pub mod broadcast;
mod clock;
mod config;
mod error;
mod ffmpeg;
mod hub;
mod ingest;
mod ladder;
mod plan;
mod private_file;
mod publish_key;
mod put;
mod rtmp;
mod source;
mod srt;
mod stream_rules;
mod tls;
mod tracks;
pub mod transcode;

pub use broadcast::{
    AudioInfo, Broadcast, BroadcastEvent, DiscontinuityReason, EndReason, Health, Protocol, Rendition, RenditionId,
    SourceInfo, VideoInfo,
};
pub use config::{FfmpegConfig, IngestConfig, KeyLimits, PutConfig, RtmpConfig, SrtConfig, TranscodeConfig};
pub use error::{IngestError, PublishError, PutError, SrtError};
pub use ffmpeg::{Ffmpeg, FfmpegError};
pub use hub::Refusal;
pub use ingest::Ingest;
pub use ladder::{Ladder, LadderError, Rung, MAX_RUNGS};
pub use publish_key::{KeyId, KeyInfo, KeyRefusal, KeyStoreError, ParseKeyIdError, PublishKey, PublishKeys};
pub use put::PutOutcome;
pub use srt::SrtEndpoint;
pub use stream_rules::{AnyStream, ClearPreview, StreamClosed, StreamRules};
pub use tls::TlsConfig;
