//! What can go wrong.

use crate::cmaf::CmafError;

/// Settings that make no stream.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    #[error("a stream needs 1 to {max} renditions, not {given}: change the ladder")]
    Renditions { given: usize, max: usize },
    #[error("a rendition's name is 1 to 32 of a-z, A-Z, 0-9, `-`, `_`; {0:?} is not")]
    Name(String),
    #[error("two renditions are called {0:?}: rename one")]
    NameTwice(String),
    #[error("a segment of {0} ms is impossible: choose 1000 to 10000 ms")]
    Segment(u32),
    #[error("a part of {0} ms is impossible: choose 200 ms up to half a segment")]
    Part(u32),
    #[error("a window of {given} segments is impossible: choose {min} to {max}")]
    Window { given: usize, min: usize, max: usize },
    #[error("the snapshot used keys up to index {used}, so the stream cannot start at {start}: an old key would open new video")]
    IndexUsed { used: u64, start: u64 },
}

/// Why bytes could not be packaged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    /// The rendition's byte stream is broken; nothing more can come of it until the next source.
    #[error("rendition {rendition}: {error}")]
    Cmaf { rendition: String, error: CmafError },
    #[error("there is no rendition {0}: ask `LiveStream::rendition` for its id")]
    UnknownRendition(usize),
    #[error("rendition {0} was dropped: stop sending it, or begin a new source")]
    Dropped(String),
    #[error("these bytes are of a source that has been replaced: stop sending them")]
    StaleSource,
    #[error("the stream has ended: start a new broadcast")]
    Ended,
    #[error(
        "rendition {0} changed its tracks in the middle of a source: begin a new source and send it from its start"
    )]
    InitChanged(String),
}

/// Why there is no playlist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlaylistError {
    #[error("there is no rendition {0}: ask `LiveStream::rendition` for its id")]
    UnknownRendition(usize),
    #[error("rendition {0} was dropped: choose another one")]
    Dropped(String),
    #[error("no segment is complete yet: try again in a second")]
    NotReady,
}

/// A URI template or token that cannot be written into a playlist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UriError {
    #[error("the template {template:?} lacks {{{placeholder}}}: add it")]
    Missing { template: String, placeholder: &'static str },
    #[error("the template {template:?} has the unknown placeholder {{{name}}}: remove it")]
    Unknown { template: String, name: String },
    #[error("the template {0:?} has a brace that is never closed: close it")]
    Unclosed(String),
    #[error("{0:?} has characters that a playlist's quoted URI cannot hold: use the characters of URIs only")]
    Characters(String),
    #[error("a token is 1 to {max} of a-z, A-Z, 0-9, `-`, `_`, `.`, `~`: make another one")]
    Token { max: usize },
}
