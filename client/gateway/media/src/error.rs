//! Error types of the packaging.

use crate::cmaf::CmafError;

/// Settings from which no stream can be made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The number of renditions is out of range.
    #[error("a stream has 1 to {max} renditions, but {given} are configured; change the ladder")]
    Renditions {
        /// Number of configured renditions.
        given: usize,
        /// [`MAX_RENDITIONS`](crate::config::MAX_RENDITIONS).
        max: usize,
    },
    /// A rendition's name has characters that its URIs cannot hold, or is too long.
    #[error("the rendition name {0:?} is not valid; use 1 to 32 of the characters a-z, A-Z, 0-9, `-` and `_`")]
    Name(String),
    /// Two renditions have the same name.
    #[error("two renditions are called {0:?}; rename one of them")]
    NameTwice(String),
    /// The segment target is out of range.
    #[error("the segment target of {0} ms is out of range; choose 1000 to 10000 ms")]
    Segment(u32),
    /// The part target is out of range.
    #[error("the part target of {0} ms is out of range; choose 200 ms up to half of the segment target")]
    Part(u32),
    /// The window's length is out of range.
    #[error("a window of {given} segments is out of range; choose {min} to {max}")]
    Window {
        /// Number of configured segments.
        given: usize,
        /// [`MIN_WINDOW_SEGMENTS`](crate::window::MIN_WINDOW_SEGMENTS).
        min: usize,
        /// [`MAX_WINDOW_SEGMENTS`](crate::window::MAX_WINDOW_SEGMENTS).
        max: usize,
    },
}

/// Why bytes could not be packaged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MediaError {
    /// The byte stream of a rendition is broken. The rendition produces nothing more until the next source.
    #[error("rendition {rendition}: {error}")]
    Cmaf {
        /// Name of the rendition.
        rendition: String,
        /// What is wrong with the bytes.
        error: CmafError,
    },
    /// The rendition's id belongs to another stream.
    #[error("rendition {0} does not exist; ask `LiveStream::rendition` for its id")]
    UnknownRendition(usize),
    /// The rendition was dropped.
    #[error("rendition {0} was dropped; stop sending it, or begin a new source")]
    Dropped(String),
    /// The bytes belong to an earlier source.
    #[error("these bytes belong to a source that has been replaced; stop sending them")]
    StaleSource,
    /// The broadcast has ended.
    #[error("the broadcast has ended; start a new one")]
    Ended,
    /// The tracks changed within one source.
    #[error("rendition {0} changed its tracks within a source; begin a new source and send the stream from its start")]
    InitChanged(String),
}

/// Why there is no playlist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlaylistError {
    /// The rendition's id belongs to another stream.
    #[error("rendition {0} does not exist; ask `LiveStream::rendition` for its id")]
    UnknownRendition(usize),
    /// The rendition was dropped.
    #[error("rendition {0} was dropped; choose another one")]
    Dropped(String),
    /// No segment is complete yet.
    #[error("no segment is complete yet; try again in a second")]
    NotReady,
}

/// A URI template or token that cannot be written into a playlist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UriError {
    /// A required placeholder is missing.
    #[error("the template {template:?} has no {{{placeholder}}}; add it")]
    Missing {
        /// The template.
        template: String,
        /// Name of the missing placeholder.
        placeholder: &'static str,
    },
    /// A placeholder is not known in this template.
    #[error("the template {template:?} has the unknown placeholder {{{name}}}; remove it")]
    Unknown {
        /// The template.
        template: String,
        /// Name of the unknown placeholder.
        name: String,
    },
    /// An opening brace has no closing one.
    #[error("the template {0:?} has a `{{` without a `}}`; close it")]
    Unclosed(String),
    /// A character cannot stand in a quoted URI of a playlist.
    #[error("the template {0:?} has characters that a playlist cannot hold; use only characters that URIs allow")]
    Characters(String),
    /// A viewer's token is empty, too long or has other characters.
    #[error("the token is not valid; use 1 to {max} of the characters a-z, A-Z, 0-9, `-`, `_`, `.` and `~`")]
    Token {
        /// [`MAX_TOKEN_BYTES`](crate::uris::MAX_TOKEN_BYTES).
        max: usize,
    },
}
