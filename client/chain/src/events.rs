//! What the tick stream pallet reports of money and sessions.

use crate::error::ChainError;
use codec::{Decode, DecodeAll};
use sp_runtime::Permill;
use tick_stream_primitives::{
    AccountId, Balance, BlockNumber, Delegation, Gateway, Moment, RowError, RowKind, SessionId, Stream, StreamId,
    StreamStatus,
};

/// Declares [`TickEvent`] and its decoding by the event's name. The fields are the pallet's, in its order.
macro_rules! tick_events {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $type:ty,)* },)*) => {
        /// An event of the tick stream pallet. The fields are documented there.
        #[derive(Clone, PartialEq, Eq, Debug)]
        #[allow(missing_docs, reason = "they are the pallet's fields")]
        pub enum TickEvent {
            $($(#[$doc])* $name { $($field: $type,)* },)*
        }

        impl TickEvent {
            /// Each event's name, and the names and types of its fields: what the chain's metadata is compared with.
            #[cfg(test)]
            pub(crate) fn shapes() -> Vec<(&'static str, Vec<(&'static str, scale_info::MetaType)>)> {
                vec![$((stringify!($name), vec![$((stringify!($field), scale_info::meta_type::<$type>()),)*]),)*]
            }

            /// The event called `name`, or nothing when it is none of these.
            pub(crate) fn decode(name: &str, bytes: &[u8]) -> Result<Option<Self>, ChainError> {
                match name {
                    $(stringify!($name) => {
                        #[derive(Decode)]
                        struct Fields { $($field: $type,)* }
                        let fields = Fields::decode_all(&mut &bytes[..])
                            .map_err(ChainError::decode(concat!("the event ", stringify!($name))))?;
                        Ok(Some(Self::$name { $($field: fields.$field,)* }))
                    })*
                    _ => Ok(None),
                }
            }
        }
    };
}

tick_events! {
    /// A viewer put money into the pot.
    Deposited { viewer: AccountId, amount: Balance, free: Balance, },
    /// A viewer took money out of the pot.
    Withdrawn { viewer: AccountId, amount: Balance, free: Balance, },
    /// A viewer lent a key; an earlier one is void.
    Delegated { viewer: AccountId, delegation: Delegation, generation: u32, },
    /// A viewer took the key back.
    DelegationRevoked { viewer: AccountId, generation: u32, },
    /// An empty deposit was removed.
    DepositReaped { viewer: AccountId, },
    /// A stream was created.
    StreamCreated { stream: StreamId, creator: AccountId, price_per_tick: Balance, gateway_share: Permill, },
    /// A stream was changed, and reads as this from now on.
    StreamUpdated { stream: StreamId, value: Box<Stream>, },
    /// A stream went on or off air, or was suspended or resumed.
    StreamStatusChanged { stream: StreamId, status: StreamStatus, },
    /// A stream is over for good.
    StreamEnded { stream: StreamId, },
    /// A stream's entry is gone.
    StreamRemoved { stream: StreamId, creator: AccountId, deposit: Balance, },
    /// A session was opened.
    SessionOpened {
        session: SessionId,
        viewer: AccountId,
        stream: StreamId,
        gateway: AccountId,
        nonce: u64,
        price_per_tick: Balance,
        max_ticks: u32,
        opened_at: Moment,
        fee: Balance,
    },
    /// More seconds of a session were settled.
    TicksSettled { session: SessionId, stream: StreamId, ticks: u32, settled_ticks: u32, paid: Balance, },
    /// What the settled ticks of one group were shared out as.
    IncomeShared {
        stream: StreamId,
        gateway: AccountId,
        ticks: u64,
        paid: Balance,
        protocol: Balance,
        submitter: Balance,
        gateway_part: Balance,
        splits: Balance,
        creator: Balance,
    },
    /// A session began to close.
    SessionClosing { session: SessionId, viewer: AccountId, stream: StreamId, until: BlockNumber, },
    /// A session is gone.
    SessionClosed {
        session: SessionId,
        viewer: AccountId,
        stream: StreamId,
        gateway: AccountId,
        settled_ticks: u32,
        paid: Balance,
        refunded: Balance,
    },
    /// A row of a batch was refused.
    RowFailed { kind: RowKind, index: u32, session: SessionId, error: RowError, },
    /// A batch was worked through.
    BatchProcessed {
        submitter: AccountId,
        opened: u32,
        settled: u32,
        closed: u32,
        failed: u32,
        ticks: u64,
        paid: Balance,
    },
    /// Somebody tipped a stream.
    Tipped { stream: StreamId, from: AccountId, amount: Balance, memo: Vec<u8>, },
    /// An account's earnings were paid to it.
    PaidOut { account: AccountId, amount: Balance, },
    /// A gateway registered or changed its entry.
    GatewayUpdated { gateway: AccountId, value: Box<Gateway>, },
    /// A gateway takes no new sessions.
    GatewayLeaving { gateway: AccountId, open_sessions: u32, },
    /// A gateway is gone.
    GatewayLeft { gateway: AccountId, bond: Balance, },
    /// The protocol's fee was changed.
    ProtocolFeeSet { fee: Permill, },
}

impl TickEvent {
    /// The stream whose entry has changed, if that is what happened.
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

    /// The viewer whose deposit has changed, if that is what happened.
    pub fn changed_deposit(&self) -> Option<&AccountId> {
        match self {
            Self::Deposited { viewer, .. }
            | Self::Withdrawn { viewer, .. }
            | Self::Delegated { viewer, .. }
            | Self::DelegationRevoked { viewer, .. }
            | Self::DepositReaped { viewer }
            | Self::SessionOpened { viewer, .. }
            | Self::SessionClosed { viewer, .. } => Some(viewer),
            _ => None,
        }
    }
}
