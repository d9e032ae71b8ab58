//! Tests with the real ffmpeg, from a publisher to the bytes of each rendition.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod client;
mod clips;
mod gateway;
mod movie;

mod hostile;
mod put;
mod recovery;
mod rtmp;
mod srt;
