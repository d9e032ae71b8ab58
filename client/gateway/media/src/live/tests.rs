//! Tests of whole streams: packaging, playlists, reconnects, restarts.

mod broadcast;
mod conformance;
mod ffmpeg;
mod restart;
