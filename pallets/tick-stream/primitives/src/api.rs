//! Runtime API: what nodes, wallets and generated clients read without knowing the storage layout.

use crate::batch::{Batch, RowKind};
use crate::error::RowError;
use crate::ids::{AccountId, Balance, BlockNumber, SessionId, StreamId};
use crate::keys::SessionKey;
use crate::state::{Deposit, Gateway, Session, Stream};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use scale_info::TypeInfo;
use sp_runtime::Permill;

/// Parameters of the protocol in this runtime.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct Params {
    /// Lowest price of a tick that a stream may ask, in planck.
    pub min_price: Balance,
    /// Smallest first deposit, in planck.
    pub min_deposit: Balance,
    /// Deposit held from the creator for each stream, in planck.
    pub stream_deposit: Balance,
    /// Bond of each gateway, in planck.
    pub gateway_bond: Balance,
    /// Fee that the viewer pays for opening a session, in planck.
    pub open_fee: Balance,
    /// Amount kept for the storage of each deposit and each session key until it is removed, in planck.
    pub storage_bond: Balance,
    /// Protocol's part of the gross, in parts per million.
    pub protocol_fee: Permill,
    /// Submitter's part of the gross, in parts per million.
    pub submitter_share: Permill,
    /// Number of ticks that may be claimed ahead of time.
    pub max_prepaid_ticks: u32,
    /// Number of blocks in which a closing session still accepts claims.
    pub close_period: BlockNumber,
    /// Number of blocks without a claim after which the actual submitter earns the submitter's part.
    pub gateway_silence: BlockNumber,
    /// Number of blocks between the announcement of a higher price or of other splits and its effect.
    pub notice: BlockNumber,
    /// Maximum number of blocks for which a ticket may be valid.
    pub ticket_lifetime: BlockNumber,
}

/// Streams in ascending order of their identifiers.
#[derive(Clone, PartialEq, Eq, Debug, Default, Encode, Decode, TypeInfo)]
pub struct StreamsPage {
    /// Streams with the announcements that have taken effect.
    pub streams: Vec<(StreamId, Stream)>,
    /// Identifier from which the next page starts; `None` if this page reaches the last stream.
    pub next: Option<StreamId>,
}

/// Result of one row of a batch.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub struct RowVerdict {
    /// Kind of the row.
    pub kind: RowKind,
    /// Position among the rows of its kind, counted from 0 over all groups.
    pub index: u32,
    /// `Ok` if the row is carried out, otherwise why it is refused.
    pub result: Result<(), RowError>,
}

/// Effect of a block on one session. A pool of claims needs nothing else to follow the chain.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub enum Outcome {
    /// The session was opened.
    Opened(SessionId),
    /// Ticks were settled; the number is the session's new total.
    Settled(SessionId, u32),
    /// The session started to close.
    Closing(SessionId),
    /// The session was removed.
    Closed(SessionId),
}

sp_api::decl_runtime_apis! {
    /// Read access to streams, sessions, deposits and parameters.
    #[api_version(2)]
    pub trait TickStreamApi {
        /// Returns the parameters of the protocol.
        fn params() -> Params;
        /// Returns a stream with the announcements that have taken effect.
        fn stream(id: StreamId) -> Option<Stream>;
        /// Returns up to `limit` streams, at most 100, with identifiers of `from` and above. It tries at most 1,000
        /// identifiers, so a page may be empty although others follow.
        fn streams(from: StreamId, limit: u32) -> StreamsPage;
        /// Returns an open session.
        fn session(id: SessionId) -> Option<Session>;
        /// Returns the deposit of a viewer.
        fn deposit(viewer: AccountId) -> Option<Deposit>;
        /// Returns a session key of a viewer.
        fn key(viewer: AccountId, session_key: AccountId) -> Option<SessionKey>;
        /// Returns all session keys of a viewer.
        fn keys(viewer: AccountId) -> Vec<(AccountId, SessionKey)>;
        /// Returns the amount that an account can be paid out, in planck.
        fn earnings(account: AccountId) -> Balance;
        /// Returns a registered gateway.
        fn gateway(account: AccountId) -> Option<Gateway>;
        /// Returns the result that each row would have if the batch ran on this block's state. No state is changed.
        /// A batch above its limits returns no results.
        fn check_batch(batch: Batch) -> Vec<RowVerdict>;
        /// Returns the effects of this block on sessions, in order.
        fn outcomes() -> Vec<Outcome>;
    }
}
