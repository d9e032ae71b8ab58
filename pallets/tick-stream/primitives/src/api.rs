//! The runtime API: what nodes, wallets and generated clients read without knowing storage.

use crate::batch::{Batch, RowKind};
use crate::error::RowError;
use crate::ids::{AccountId, Balance, BlockNumber, SessionId, StreamId};
use crate::state::{Deposit, Gateway, Session, Stream};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use scale_info::TypeInfo;
use sp_runtime::Permill;

/// The protocol's parameters, as this runtime has them.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct Params {
    /// The cheapest tick a stream may ask for.
    pub min_price: Balance,
    /// The smallest first deposit.
    pub min_deposit: Balance,
    /// Held for each stream.
    pub stream_deposit: Balance,
    /// Put up by each gateway.
    pub gateway_bond: Balance,
    /// Moved from the viewer to the submitter of a ticket.
    pub open_fee: Balance,
    /// The protocol's part of the gross.
    pub protocol_fee: Permill,
    /// The submitter's part of the gross.
    pub submitter_share: Permill,
    /// Ticks that may be claimed ahead of time.
    pub max_prepaid_ticks: u32,
    /// Blocks a gateway has to claim once a session is closing.
    pub close_period: BlockNumber,
    /// Blocks without a claim after which anybody earns the submitter's part.
    pub gateway_silence: BlockNumber,
    /// Blocks between the announcement of a rise and its effect.
    pub notice: BlockNumber,
    /// Blocks that a ticket may be valid for.
    pub ticket_lifetime: BlockNumber,
}

/// What became of one row of a batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct RowVerdict {
    /// The kind of row.
    pub kind: RowKind,
    /// Which of its kind, counted from 0 over all groups.
    pub index: u32,
    /// Whether it would be carried out.
    pub result: Result<(), RowError>,
}

/// What a block did to one session: all that a pool of claims needs to know.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub enum Outcome {
    /// A ticket was opened.
    Opened(SessionId),
    /// So many ticks of the session are now settled in all.
    Settled(SessionId, u32),
    /// The session began to close.
    Closing(SessionId),
    /// The session is gone.
    Closed(SessionId),
}

sp_api::decl_runtime_apis! {
    /// Reads the state of streams, sessions and deposits.
    pub trait TickStreamApi {
        /// The protocol's parameters.
        fn params() -> Params;
        /// One stream, announcements applied.
        fn stream(id: StreamId) -> Option<Stream>;
        /// Up to `limit` (at most 100) streams with ids from `from` on, in order of id.
        fn streams(from: StreamId, limit: u32) -> Vec<(StreamId, Stream)>;
        /// One session.
        fn session(id: SessionId) -> Option<Session>;
        /// One viewer's deposit.
        fn deposit(viewer: AccountId) -> Option<Deposit>;
        /// What an account may be paid out.
        fn earnings(account: AccountId) -> Balance;
        /// One gateway.
        fn gateway(account: AccountId) -> Option<Gateway>;
        /// What would become of each row if the batch ran on this block's state. Nothing is kept.
        fn check_batch(batch: Batch) -> Vec<RowVerdict>;
        /// What this block did to sessions, in order.
        fn outcomes() -> Vec<Outcome>;
    }
}
