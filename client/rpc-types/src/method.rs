//! Names of the methods.

/// Puts rows into the node's tick pool.
pub const SUBMIT: &str = "tickStream_submit";
/// Reads how much the tick pool holds.
pub const POOL: &str = "tickStream_pool";
/// Reads a session.
pub const SESSION: &str = "tickStream_session";
/// Reads a stream.
pub const STREAM: &str = "tickStream_stream";
/// Subscribes to a session.
pub const SUBSCRIBE_SESSION: &str = "tickStream_subscribeSession";
/// Ends a subscription to a session.
pub const UNSUBSCRIBE_SESSION: &str = "tickStream_unsubscribeSession";
