//! Errors of the store of publish keys.

use std::{io, path::PathBuf};
use thiserror::Error;

/// Why the store cannot be read or changed.
#[derive(Debug, Error)]
pub enum KeyStoreError {
    /// The stream has its maximum number of keys.
    #[error("the stream has {0} publish keys, which is the maximum; revoke one that is not needed")]
    TooMany(usize),
    /// The owner has the maximum number of keys of all streams.
    #[error("your streams have {0} publish keys, which is the maximum; revoke keys that are not needed")]
    TooManyOfOwner(usize),
    /// The stream has no such key.
    #[error("the stream has no such publish key; list its keys")]
    Missing,
    /// The store has its maximum number of keys.
    #[error(
        "the gateway has {0} publish keys, which is the maximum; revoke one that is not needed, or raise `max_keys`"
    )]
    Full(usize),
    /// The file cannot be read or written.
    #[error("{path} cannot be read or written: {source}; check its owner and the space on the disk")]
    Io {
        /// Path of the file.
        path: PathBuf,
        /// Error of the operating system.
        source: io::Error,
    },
    /// The file is damaged.
    #[error("{path} is not a file of publish keys: {why}; restore a backup, or remove the file and create new keys")]
    Damaged {
        /// Path of the file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
}

/// Why a publish key is refused.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum KeyRefusal {
    /// The key is not valid for the stream. The error is the same for a stream without keys, so that it reveals
    /// nothing.
    #[error("the publish key is not valid for this stream; check the stream key in the encoder, or create a new key")]
    Wrong,
    /// The key is not valid for the stream, as the keys before it, so that the publisher had better wait.
    #[error(
        "the publish key is not valid for this stream, and many wrong ones came from this address before; check the \
         stream key in the encoder, or create a new key, and try again in {retry_after_s} s"
    )]
    TooManyFailures {
        /// Seconds after which the wrong keys are forgotten. A valid key is accepted before.
        retry_after_s: u64,
    },
    /// The stream name has no id or no key.
    #[error(
        "the stream key has no stream id or no publish key; it is `<stream id>-<publish key>`, where the publish key has \
         40 digits and letters from a to f: copy it again, or create a new one"
    )]
    Malformed,
}
