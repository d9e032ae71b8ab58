//! Why an upload is refused.

use std::{io, path::PathBuf};

/// Why an upload is refused, or cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    #[error("The upload has {length} bytes; at most {max} are accepted.")]
    TooLong { length: u64, max: u64 },
    #[error("The upload is empty.")]
    Empty,
    #[error("This account has {max} uploads that are not finished, which is the limit.")]
    TooManyOfAccount { max: usize },
    #[error("The uploads of this account that are not finished have {used} bytes, and may have {max}.")]
    TooMuchOfAccount { used: u64, max: u64 },
    #[error("The gateway has no room for the upload now: {used} of {max} bytes are taken.")]
    NoRoom { used: u64, max: u64 },
    #[error("The gateway takes no more than {max} uploads at a time.")]
    TooMany { max: usize },
    #[error("There is no such upload; it may have been finished, removed or given up.")]
    Unknown,
    #[error("The upload is at offset {at}, and not at {asked}.")]
    Offset { at: u64, asked: u64 },
    #[error("Another request is sending this upload.")]
    Busy,
    #[error("More than the announced {length} bytes were sent. The upload is removed.")]
    LongerThanAnnounced { length: u64 },
    #[error("{}: {error}", path.display())]
    Io { path: PathBuf, error: io::Error },
}
