//! A whole stream: packaging, playlists, reconnects, restarts.

mod broadcast;
mod conformance;
mod ffmpeg;
mod restart;
