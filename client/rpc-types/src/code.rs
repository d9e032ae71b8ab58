//! Error codes of rows and calls. Each code has one meaning; the message beside it says what to do.

/// The row cannot be decoded.
pub const INVALID_ROW: i32 = -32050;
/// The call carries more rows than the node takes at once.
pub const TOO_MANY_ROWS: i32 = -32051;
/// The budget of this connection or of the node is spent. Of a row, [`crate::RowAnswer::retry_ms`] says when to try again;
/// of a call, [`crate::BusyData`] in the error's data does.
pub const BUSY: i32 = -32052;
/// Neither the chain nor the pool knows the claim's session.
pub const UNKNOWN_SESSION: i32 = -32053;
/// The claim's ticks are pooled or settled already.
pub const STALE: i32 = -32054;
/// The claim exceeds the session's `max_ticks`.
pub const ABOVE_MAXIMUM: i32 = -32055;
/// The claim is too far above the highest verified tick; a lower claim has to be sent first.
pub const TOO_MANY_STEPS: i32 = -32056;
/// The proof does not belong to this session and tick.
pub const PROOF_INVALID: i32 = -32057;
/// Another ticket of the same viewer and session key is waiting to be opened.
pub const KEY_BUSY: i32 = -32058;
/// The pending ticket of this session has claims, so a ticket with another anchor cannot replace it.
pub const TICKET_IN_USE: i32 = -32059;
/// The chain would refuse the row; the reason names the chain's own error.
pub const REFUSED: i32 = -32060;
/// The pool is full.
pub const POOL_FULL: i32 = -32061;
/// The node cannot read the chain's state.
pub const CHAIN: i32 = -32062;
/// The node cannot write to its disk.
pub const STORAGE: i32 = -32063;
/// The connection or the node has reached its limit of session subscriptions.
pub const TOO_MANY_SUBSCRIPTIONS: i32 = -32064;
