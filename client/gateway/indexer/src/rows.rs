//! Rows of the index: what blocks are applied to, and what queries return.

pub(crate) mod block;
pub(crate) mod chain;
pub(crate) mod earning;
pub(crate) mod recording;
pub(crate) mod session;
pub(crate) mod stream;
pub(crate) mod tip;

pub use earning::{EarningBucket, EarningSums, TimeUnit};
pub use recording::{ClipSource, RecordingKind, RecordingRow, RecordingState, Visibility};
pub use session::{ReceiptRow, SessionRow};
pub use stream::StreamRow;
pub use tip::TipRow;
