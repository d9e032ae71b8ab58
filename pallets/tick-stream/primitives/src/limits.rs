//! Bounds of the protocol. Every list on chain is bounded by one of these constants.

use sp_core::ConstU32;

/// Maximum number of accounts, besides the creator, that share a stream's income.
pub const MAX_SPLITS: u32 = 8;
/// Maximum length of a stream's metadata in bytes.
///
/// The metadata is a JSON object in UTF-8 with the keys `title`, `description`, `category`, `tags` and `thumbnail`.
pub const MAX_METADATA: u32 = 2_048;
/// Maximum length of a gateway's public endpoint, a URL, in bytes.
pub const MAX_ENDPOINT: u32 = 256;
/// Maximum length of the memo of a tip in bytes.
pub const MAX_MEMO: u32 = 128;
/// Maximum number of ticks that a stream may offer as a free preview.
pub const MAX_PREVIEW_TICKS: u32 = 600;
/// Maximum number of sessions that one viewer may have open at the same time.
pub const MAX_SESSIONS_PER_VIEWER: u32 = 16;
/// Maximum number of session keys of one deposit.
pub const MAX_KEYS: u32 = 16;
/// Maximum length of a session key's label in bytes.
pub const MAX_LABEL: u32 = 32;
/// Maximum number of sessions that one session key may be allowed to have open at the same time.
pub const MAX_SESSIONS_PER_KEY: u32 = MAX_SESSIONS_PER_VIEWER;
/// Width of the nonce window.
///
/// A ticket's nonce may be at most this far ahead of the highest one used. The chain remembers this many nonces, up to
/// and including the highest one used; a lower nonce is too old.
pub const NONCE_WINDOW: u64 = 64;

/// Maximum number of tickets in one batch.
pub const MAX_BATCH_OPENS: u32 = 64;
/// Maximum number of claim groups (each for one stream and one gateway) in one batch.
pub const MAX_BATCH_GROUPS: u32 = 64;
/// Maximum number of claims in one batch, over all its groups.
pub const MAX_BATCH_CLAIMS: u32 = 2_048;
/// Maximum number of hash steps (the sum of `ticks - from`) in one batch.
pub const MAX_BATCH_STEPS: u32 = 131_072;
/// Maximum number of close rows in one batch.
pub const MAX_BATCH_CLOSES: u32 = 256;
/// Maximum number of streams that one call of the runtime API returns.
pub const MAX_STREAMS_PAGE: u32 = 100;
/// Maximum number of stream identifiers that one call of the runtime API tries, because those of removed streams are
/// missing.
pub const MAX_STREAMS_SCAN: u32 = 1_000;

/// [`MAX_SPLITS`] as a type.
pub type MaxSplits = ConstU32<MAX_SPLITS>;
/// [`MAX_METADATA`] as a type.
pub type MaxMetadata = ConstU32<MAX_METADATA>;
/// [`MAX_ENDPOINT`] as a type.
pub type MaxEndpoint = ConstU32<MAX_ENDPOINT>;
/// [`MAX_MEMO`] as a type.
pub type MaxMemo = ConstU32<MAX_MEMO>;
/// [`MAX_LABEL`] as a type.
pub type MaxLabel = ConstU32<MAX_LABEL>;
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
