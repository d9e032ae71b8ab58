//! Index of the chain, and the gateway's own records, in one SQL database.
//!
//! The index holds what finalized blocks reported about streams, sessions and earnings. It is built from the chain and can
//! be built again. The gateway's own records (broadcasts, recordings, bought keys, key indices, audience, settings of streams)
//! cannot.
//!
//! | module | contents |
//! | --- | --- |
//! | [`block`] | input: blocks of events, and the position that the index has reached |
//! | [`apply`] | applying blocks to the index, each once and in order |
//! | [`queries`] | the queries of the API; all of them are methods of [`Store`] |
//! | [`rows`] | what queries return |
//! | [`gateway_state`] | the gateway's own records |
//! | [`people`] | records of people, and of moderation |
//! | [`metadata`] | the part of a stream's metadata that is shown and searched |
//! | [`page`] | pages of lists, and their cursors |
//! | [`store`] | the connection to the database: SQLite or PostgreSQL, by URL |
//! | [`error`] | errors, and what to do about them |

#![deny(missing_docs)]

pub mod apply;
pub mod block;
pub mod error;
pub mod gateway_state;
pub mod metadata;
pub mod page;
pub mod people;
pub mod queries;
pub mod rows;
mod sql;
pub mod store;

pub use apply::{Anomaly, Applied};
pub use block::{BlockFacts, BlockHash, ChainIdentity, Cursor};
pub use error::{ApplyError, GatewayStateError, QueryError, StoreError};
pub use gateway_state::{
    AudienceMinute, BoughtRange, Broadcast, ImageCount, ImageRow, JobRow, JobState, QualityMinute, RecordingSize,
    RemoteImageRow, StreamSettingsRow,
};
pub use page::{Page, PageRequest, MAX_PAGE};
pub use queries::{EarningsQuery, IdFilter, RecordingFilter, SpendingSum, StreamFilter, StreamSort, ViewerCounts};
pub use rows::{
    ClipSource, EarningBucket, EarningSums, ReceiptRow, RecordingKind, RecordingRow, RecordingState, SessionRow,
    StreamRow, TimeUnit, TipRow, Visibility,
};
pub use store::Store;
