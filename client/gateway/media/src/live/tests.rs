//! Tests of whole streams: packaging, playlists, reconnects, restarts.

mod audio;
mod broadcast;
mod conformance;
mod delta;
mod ffmpeg;
mod restart;
