//! Tests with the real ffmpeg, from a publisher to the bytes of each rendition.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod clips;
mod gateway;
mod movie;
mod mpegts;

mod copies;
mod enhanced;
mod files;
mod hostile;
mod pictures;
mod pull;
mod pull_hls;
mod pull_rtsp;
mod put;
mod put_names;
mod recovery;
mod rtmp;
mod rtmps;
mod rules;
mod srt;
mod srt_restart;
mod sync;
mod tracks;
mod whip;
