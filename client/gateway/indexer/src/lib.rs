//! The gateway's index: what finalized blocks say of streams, sessions and money, in SQL, and the queries over it.
//!
//! | module | its job |
//! | --- | --- |
//! | [`facts`] | what is fed in: blocks of facts, in the protocol's types |
//! | [`store`] | the database, SQLite or PostgreSQL by URL |
//! | [`apply`] | facts into rows: in order, once, in one transaction with the position |
//! | [`queries`] | the questions the API asks; all of them methods of [`Store`] |
//! | [`own`] | the gateway's own memory: broadcasts, key indices, thumbnails |
//! | [`views`], [`values`] | what queries return, and how it looks as JSON |
//! | [`metadata`] | what a creator says of a stream |
//! | [`error`] | what can go wrong, and what to do about it |

pub mod apply;
pub mod error;
pub mod facts;
pub mod metadata;
pub mod own;
mod page;
pub mod queries;
mod rows;
mod sql;
pub mod store;
pub mod values;
pub mod views;

pub use apply::{Anomaly, Applied, Cursor};
pub use error::{ApplyError, QueryError, StoreError};
pub use facts::{BlockFacts, ChainIdentity, Fact};
pub use page::{PageRequest, MAX_PAGE};
pub use queries::{EarningsQuery, StreamFilter, StreamSort, TimeUnit};
pub use store::{Backend, Store};
