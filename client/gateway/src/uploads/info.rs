//! What is known of an upload besides its bytes, and what may be uploaded.

use serde::{Deserialize, Serialize};
use tick_stream_primitives::{AccountId, StreamId};
use vilokanam_wire::Account;

/// Maximum number of characters of a title.
pub const MAX_TITLE_CHARS: usize = 120;

/// What may be uploaded.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct UploadLimits {
    /// Maximum length of one upload in bytes.
    pub max_bytes: u64,
    /// Maximum length of all uploads in bytes, as announced: those that arrive and those whose videos are not made yet.
    pub max_total_bytes: u64,
    /// Maximum number of uploads of one account at a time, those whose videos are not made yet included.
    pub max_per_account: usize,
    /// Maximum number of uploads at a time.
    pub max_uploads: usize,
    /// Time without a byte after which an upload that is not complete is removed, in milliseconds.
    pub expire_after_ms: u64,
}

/// What was said of an upload when it began.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct UploadInfo {
    /// Secret id.
    pub id: String,
    /// Id of the job that begins when it is complete. It is no secret, and cannot be guessed.
    pub job: String,
    pub stream: StreamId,
    pub owner: Account,
    /// Length in bytes.
    pub length: u64,
    /// Name of the file on the creator's machine.
    pub filename: String,
    pub title: String,
    /// Whether the gateway itself has made the file, for a clip.
    #[serde(default)]
    pub is_clip: bool,
    /// Time at which it began, in milliseconds since 1970.
    pub created_at: u64,
}

/// An upload that begins.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct NewUpload {
    pub stream: StreamId,
    pub owner: AccountId,
    pub length: u64,
    pub filename: String,
    pub title: String,
    /// Whether the gateway itself has made the file, for a clip.
    pub is_clip: bool,
}
