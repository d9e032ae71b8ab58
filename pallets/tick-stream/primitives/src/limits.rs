//! Every bound of the protocol. A list without a name in here does not exist on chain.

use sp_core::ConstU32;

/// Accounts, besides the creator, that share a stream's income.
pub const MAX_SPLITS: u32 = 8;
/// Bytes of a stream's metadata (a JSON object in UTF-8: `title`, `description`, `category`, `tags`, `thumbnail`).
pub const MAX_METADATA: u32 = 2_048;
/// Bytes of a gateway's public endpoint (a URL).
pub const MAX_ENDPOINT: u32 = 256;
/// Bytes of the memo of a tip.
pub const MAX_MEMO: u32 = 128;
/// Ticks of a stream that a viewer may see for nothing.
pub const MAX_PREVIEW_TICKS: u32 = 600;
/// Sessions one viewer may have open at once.
pub const MAX_SESSIONS_PER_VIEWER: u32 = 16;
/// How far ahead of the last one a ticket's nonce may be. Of so many, the last one included, the chain remembers whether
/// they were used; a nonce further behind is too old.
pub const NONCE_WINDOW: u64 = 64;

/// Tickets in one batch.
pub const MAX_BATCH_OPENS: u32 = 64;
/// Claim groups (a stream and a gateway each) in one batch.
pub const MAX_BATCH_GROUPS: u32 = 64;
/// Claims in one batch, over all its groups.
pub const MAX_BATCH_CLAIMS: u32 = 2_048;
/// Hash steps (`ticks - from`, summed) in one batch.
pub const MAX_BATCH_STEPS: u32 = 131_072;
/// Closes in one batch.
pub const MAX_BATCH_CLOSES: u32 = 256;
/// Streams in one page of the runtime API.
pub const MAX_STREAMS_PAGE: u32 = 100;

/// [`MAX_SPLITS`] as a type.
pub type MaxSplits = ConstU32<MAX_SPLITS>;
/// [`MAX_METADATA`] as a type.
pub type MaxMetadata = ConstU32<MAX_METADATA>;
/// [`MAX_ENDPOINT`] as a type.
pub type MaxEndpoint = ConstU32<MAX_ENDPOINT>;
/// [`MAX_MEMO`] as a type.
pub type MaxMemo = ConstU32<MAX_MEMO>;
/// [`MAX_SESSIONS_PER_VIEWER`] as a type.
pub type MaxSessionsPerViewer = ConstU32<MAX_SESSIONS_PER_VIEWER>;
/// [`MAX_BATCH_OPENS`] as a type.
pub type MaxBatchOpens = ConstU32<MAX_BATCH_OPENS>;
/// [`MAX_BATCH_GROUPS`] as a type.
pub type MaxBatchGroups = ConstU32<MAX_BATCH_GROUPS>;
/// [`MAX_BATCH_CLAIMS`] as a type.
pub type MaxBatchClaims = ConstU32<MAX_BATCH_CLAIMS>;
/// [`MAX_BATCH_CLOSES`] as a type.
pub type MaxBatchCloses = ConstU32<MAX_BATCH_CLOSES>;
