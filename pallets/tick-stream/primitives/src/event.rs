//! Events of the tick stream pallet, as clients decode and pass them on.
//!
//! The pallet deposits an event type of its own, because FRAME generates one per runtime. [`TickEvent`] mirrors it: the same
//! names, and for each the same fields in the same order. `vilokanam-chain` compares the two against the chain's metadata.

use crate::batch::RowKind;
use crate::error::RowError;
use crate::ids::{AccountId, Balance, BlockNumber, Moment, SessionId, StreamId};
use crate::keys::KeyLimits;
use crate::limits::MaxMemo;
use crate::state::{Gateway, Stream, StreamStatus};
use alloc::boxed::Box;
use codec::{Decode, Encode};
use scale_info::TypeInfo;
use sp_runtime::{BoundedVec, Permill};

/// An event of the tick stream pallet. Amounts are in planck.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, TypeInfo)]
pub enum TickEvent {
    /// A viewer added money to the deposit.
    Deposited {
        /// Account of the viewer.
        viewer: AccountId,
        /// Amount added.
        amount: Balance,
        /// Unreserved amount afterwards.
        free: Balance,
    },
    /// A viewer withdrew money from the deposit.
    Withdrawn {
        /// Account of the viewer.
        viewer: AccountId,
        /// Amount withdrawn.
        amount: Balance,
        /// Unreserved amount afterwards.
        free: Balance,
    },
    /// A viewer authorised a session key.
    KeyAdded {
        /// Account of the viewer.
        viewer: AccountId,
        /// Key that was added.
        session_key: AccountId,
        /// Limits of the key.
        limits: KeyLimits,
    },
    /// A viewer changed the limits of a session key.
    KeyUpdated {
        /// Account of the viewer.
        viewer: AccountId,
        /// Key that was changed.
        session_key: AccountId,
        /// Limits of the key from now on.
        limits: KeyLimits,
    },
    /// A viewer removed a session key.
    KeyRemoved {
        /// Account of the viewer.
        viewer: AccountId,
        /// Key that was removed.
        session_key: AccountId,
    },
    /// The empty deposit of a viewer was removed.
    DepositReaped {
        /// Account of the viewer.
        viewer: AccountId,
        /// Account that removed the deposit and earned the bonds.
        by: AccountId,
        /// Sum of the storage bonds of the deposit and its session keys.
        bonds: Balance,
    },
    /// A stream was created. Its metadata and splits are in the state only.
    StreamCreated {
        /// Identifier of the stream.
        stream: StreamId,
        /// Account of the creator.
        creator: AccountId,
        /// Price of one tick.
        price_per_tick: Balance,
        /// Gateway's part of what the protocol and the submitter leave.
        gateway_share: Permill,
    },
    /// A stream was changed.
    StreamUpdated {
        /// Identifier of the stream.
        stream: StreamId,
        /// The stream as it is stored now, announced changes included.
        value: Box<Stream>,
    },
    /// The status of a stream was changed.
    StreamStatusChanged {
        /// Identifier of the stream.
        stream: StreamId,
        /// Status from now on.
        status: StreamStatus,
    },
    /// A stream was ended for good.
    StreamEnded {
        /// Identifier of the stream.
        stream: StreamId,
    },
    /// A stream was removed from the state, and its deposit was returned to the creator.
    StreamRemoved {
        /// Identifier of the stream.
        stream: StreamId,
        /// Account of the creator.
        creator: AccountId,
        /// Amount returned.
        deposit: Balance,
    },
    /// A session was opened.
    SessionOpened {
        /// Identifier of the session.
        session: SessionId,
        /// Account that pays.
        viewer: AccountId,
        /// Session key that signed the ticket, or the viewer itself.
        session_key: AccountId,
        /// Identifier of the stream.
        stream: StreamId,
        /// Account of the gateway that serves the session.
        gateway: AccountId,
        /// Nonce of the ticket.
        nonce: u64,
        /// Price of one tick, fixed for the session.
        price_per_tick: Balance,
        /// Number of ticks that the session can pay for.
        max_ticks: u32,
        /// Time from which ticks are counted.
        opened_at: Moment,
        /// Fee paid for opening.
        fee: Balance,
    },
    /// Ticks of a session were settled.
    TicksSettled {
        /// Identifier of the session.
        session: SessionId,
        /// Identifier of the stream.
        stream: StreamId,
        /// Number of ticks settled by this claim.
        ticks: u32,
        /// Number of ticks settled since the session was opened.
        settled_ticks: u32,
        /// Amount paid for `ticks`.
        paid: Balance,
    },
    /// The income from one group of claims was shared out. Follows the [`TicksSettled`](Self::TicksSettled) of the group.
    IncomeShared {
        /// Identifier of the stream.
        stream: StreamId,
        /// Account of the gateway.
        gateway: AccountId,
        /// Number of ticks settled by the group.
        ticks: u64,
        /// Amount paid for `ticks`; the sum of the five parts.
        paid: Balance,
        /// Protocol's fee.
        protocol: Balance,
        /// Submitter's share.
        submitter: Balance,
        /// Gateway's share.
        gateway_part: Balance,
        /// Sum of the shares of all splits.
        splits: Balance,
        /// Creator's share.
        creator: Balance,
    },
    /// A session began to close.
    SessionClosing {
        /// Identifier of the session.
        session: SessionId,
        /// Account that pays.
        viewer: AccountId,
        /// Identifier of the stream.
        stream: StreamId,
        /// Block from which on anyone may remove the session. Claims are accepted until it is removed.
        until: BlockNumber,
    },
    /// A session was closed and removed.
    SessionClosed {
        /// Identifier of the session.
        session: SessionId,
        /// Account that paid.
        viewer: AccountId,
        /// Identifier of the stream.
        stream: StreamId,
        /// Account of the gateway.
        gateway: AccountId,
        /// Number of ticks settled.
        settled_ticks: u32,
        /// Amount paid for `settled_ticks`.
        paid: Balance,
        /// Amount returned to the viewer's deposit.
        refunded: Balance,
        /// Open fee paid out for the session. The gateway earned it, apart from `reward`.
        fee: Balance,
        /// Part of `fee` that `remover` earned.
        reward: Balance,
        /// Account that submitted the removal.
        remover: AccountId,
    },
    /// A row of a batch was refused. The other rows are not affected.
    RowFailed {
        /// Kind of the row.
        kind: RowKind,
        /// Position among the batch's rows of this kind, counted from 0 over all groups.
        index: u32,
        /// Identifier of the row's session.
        session: SessionId,
        /// Reason for the refusal.
        error: RowError,
    },
    /// All rows of a batch were processed.
    BatchProcessed {
        /// Account that submitted the batch.
        submitter: AccountId,
        /// Number of sessions opened.
        opened: u32,
        /// Number of claims settled.
        settled: u32,
        /// Number of close rows accepted.
        closed: u32,
        /// Number of rows refused.
        failed: u32,
        /// Number of ticks settled.
        ticks: u64,
        /// Amount paid for `ticks`.
        paid: Balance,
    },
    /// A stream received a tip.
    Tipped {
        /// Identifier of the stream.
        stream: StreamId,
        /// Account that gave the tip.
        from: AccountId,
        /// Amount, before it is shared out.
        amount: Balance,
        /// Message of the giver; not necessarily UTF-8.
        memo: BoundedVec<u8, MaxMemo>,
    },
    /// The earnings of an account were paid out to it.
    PaidOut {
        /// Account that was paid.
        account: AccountId,
        /// Amount paid.
        amount: Balance,
    },
    /// Earnings too small for an account that does not exist were moved to the treasury's earnings.
    EarningsSwept {
        /// Account that had earned them.
        account: AccountId,
        /// Amount moved.
        amount: Balance,
    },
    /// A gateway registered or changed its entry.
    GatewayUpdated {
        /// Account of the gateway.
        gateway: AccountId,
        /// The entry as it is stored now.
        value: Box<Gateway>,
    },
    /// A gateway began to leave and accepts no new sessions.
    GatewayLeaving {
        /// Account of the gateway.
        gateway: AccountId,
        /// Number of sessions that are still open.
        open_sessions: u32,
    },
    /// A gateway left. Its bond was added to its earnings.
    GatewayLeft {
        /// Account of the gateway.
        gateway: AccountId,
        /// Amount of the bond.
        bond: Balance,
    },
    /// The protocol's fee was changed.
    ProtocolFeeSet {
        /// Part of the gross from now on.
        fee: Permill,
    },
}

impl TickEvent {
    /// Returns the stream whose entry this event changed, if any.
    pub fn changed_stream(&self) -> Option<StreamId> {
        match self {
            Self::StreamCreated { stream, .. }
            | Self::StreamUpdated { stream, .. }
            | Self::StreamStatusChanged { stream, .. }
            | Self::StreamEnded { stream }
            | Self::StreamRemoved { stream, .. } => Some(*stream),
            _ => None,
        }
    }

    /// Returns the viewer whose deposit this event changed, if any.
    pub fn changed_deposit(&self) -> Option<&AccountId> {
        match self {
            Self::Deposited { viewer, .. }
            | Self::Withdrawn { viewer, .. }
            | Self::KeyAdded { viewer, .. }
            | Self::KeyUpdated { viewer, .. }
            | Self::KeyRemoved { viewer, .. }
            | Self::DepositReaped { viewer, .. }
            | Self::SessionOpened { viewer, .. }
            | Self::SessionClosed { viewer, .. } => Some(viewer),
            _ => None,
        }
    }
}
