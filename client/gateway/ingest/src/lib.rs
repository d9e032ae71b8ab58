//! Takes live video in and turns it into aligned renditions.
//!
//! ```text
//! OBS, ffmpeg -- RTMP --+                                 one ffmpeg per broadcast
//! OBS, browser - WHIP --+
//! encoder ------ SRT ---+--> Hub ---> broadcast actor --> transcodes only ----> unix sockets --> Broadcast::events
//! source <------ pull --+
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
//! Each rendition is one byte stream of fragmented MP4: `ftyp moov (moof mdat)*`, with H.264 and AAC in one file. The upper
//! rungs may come in HEVC and AV1 as well, as further renditions. Of a source with several audio tracks, each track is a byte
//! stream of its own, with AAC alone, and the renditions have the picture alone. A broadcast keeps the audio tracks that it
//! begins with, because players know no others: what the source has no longer is replaced by the sound of its first track. A fragment is 0.2 to 0.5 s long, as configured, and every two seconds one begins with an IDR
//! frame. Renditions are encoded from the same decoded frames at the same constant frame rate, and one that is copied has its
//! keyframes at the same times, so their timestamps agree. The frame rate of a source that is encoded is rounded to a whole
//! number (29.97 becomes 30). Otherwise a segment of "2 s" would be 2.002 s long, and its price three ticks.
//!
//! Whatever comes, the renditions are progressive, upright, with square pixels, 8 bits and 4:2:0, and have stereo sound.
//! A source without sound has silence and a source without a picture a waveform, so that players find the same tracks
//! all the time. What a container announces does not count, but what comes: a track that begins or stops restarts ffmpeg
//! at the next keyframe ([`DiscontinuityReason::TracksChanged`]).
//!
//! A finished file goes the same way ([`Ingest::transcode_file`]), as fast as the machine can encode it. It is encoded and
//! never copied.
//!
//! Only what must be is encoded. A source that already is what its rung would be is copied into it: H.264 as players take
//! it, in closed groups of pictures whose length divides two seconds, at a whole frame rate and a bounded bit rate, with the
//! size of a rung. That is seen in the first seconds, and then watched: a source that stops fitting is encoded from its next
//! keyframe on ([`DiscontinuityReason::CopyEnded`]), for the rest of the broadcast. AAC is copied with it.
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
mod codec;
mod config;
mod copy;
mod encoding;
mod error;
mod ffmpeg;
mod file;
mod file_text;
mod frames;
mod hub;
mod ingest;
mod ladder;
mod plan;
mod private_file;
mod publish_key;
mod pull;
mod put;
mod rtmp;
mod source;
mod srt;
mod stream_rules;
mod tls;
mod tracks;
pub mod transcode;
mod whip;

pub use broadcast::{
    AudioInfo, AudioTrack, Broadcast, BroadcastEvent, Copied, DiscontinuityReason, EndReason, Health, Protocol,
    Rendition, RenditionId, SourceInfo, VideoInfo, MAX_AUDIO_TRACKS,
};
pub use codec::{Codec, Encoder};
pub use config::{
    FfmpegConfig, IngestConfig, KeyLimits, PullConfig, PutConfig, RtmpConfig, SrtConfig, TranscodeConfig, WhipConfig,
};
pub use encoding::{CopyMode, EncodingError, StreamEncoding};
pub use error::{IngestError, PublishError, PullError, PutError, SrtError, WhipError};
pub use ffmpeg::{Ffmpeg, FfmpegError};
pub use file::{FileError, FileEvent, FileInfo, FileTranscode};
pub use file_text::TextError;
pub use hub::Refusal;
pub use ingest::Ingest;
pub use ladder::{Ladder, LadderError, Rung, MAX_RUNGS};
pub use publish_key::{KeyId, KeyInfo, KeyRefusal, KeyStoreError, Owner, ParseKeyIdError, PublishKey, PublishKeys};
pub use pull::PullState;
pub use put::PutOutcome;
pub use srt::SrtEndpoint;
pub use stream_rules::{AnyStream, PreviewTracks, StreamClosed, StreamRules};
pub use tls::TlsConfig;
pub use transcode::FilePart;
pub use vilokanam_ffmpeg::TextInfo;
pub use whip::{own_addresses, WhipSession};
