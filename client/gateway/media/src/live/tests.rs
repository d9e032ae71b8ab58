//! Tests of whole streams: packaging, playlists, reconnects, restarts.

mod broadcast;
mod conformance;
mod delta;
mod ffmpeg;
mod restart;
