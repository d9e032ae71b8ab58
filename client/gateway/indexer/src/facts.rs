//! What the indexer is fed: finalized blocks, as facts in the protocol's own types.
//!
//! A fact mirrors an event of the tick stream pallet, field by field. Events that concern neither streams nor money of
//! the index (delegations, refused rows, batch summaries) have no fact.

use sp_runtime::Permill;
use tick_stream_primitives::{
    AccountId, Balance, BlockNumber, Gateway, Moment, SessionId, Stream, StreamId, StreamStatus,
};

/// A block's hash.
pub type BlockHash = [u8; 32];

/// The most facts one block may carry: the index of a fact takes this much of the number that orders it.
pub const MAX_FACTS_PER_BLOCK: usize = 1 << 20;
/// The most blocks applied in one transaction: bounds what is in memory while the indexer catches up.
pub const MAX_BLOCKS_PER_APPLY: usize = 256;

/// Which chain the index is of, and the rates that no event of the first block repeats.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ChainIdentity {
    /// Block 0's hash.
    pub genesis: BlockHash,
    /// The protocol's part of the gross when indexing begins; [`Fact::ProtocolFeeSet`] changes it.
    pub protocol_fee: Permill,
    /// The submitter's part of the gross, a constant of the runtime.
    pub submitter_share: Permill,
}

/// One finalized block.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BlockFacts {
    /// Its number.
    pub number: BlockNumber,
    /// Its hash.
    pub hash: BlockHash,
    /// The hash of the block before it.
    pub parent_hash: BlockHash,
    /// The chain's timestamp in it, in milliseconds since the Unix epoch.
    pub time_ms: Moment,
    /// What happened, in the order of the events.
    pub facts: Vec<Fact>,
}

/// One thing that happened. The fields are those of the pallet's event of the same name.
#[derive(Clone, PartialEq, Eq, Debug)]
#[allow(missing_docs, reason = "they are the pallet's fields")]
pub enum Fact {
    /// A viewer put money into the pot.
    Deposited { viewer: AccountId, amount: Balance, free: Balance },
    /// A viewer took money out of the pot.
    Withdrawn { viewer: AccountId, amount: Balance, free: Balance },
    /// An empty deposit was removed.
    DepositReaped { viewer: AccountId },
    /// A stream was created. The event carries neither metadata nor splits: whoever feeds the indexer reads the stream
    /// at this block and adds a [`Fact::StreamUpdated`] right behind.
    StreamCreated { stream: StreamId, creator: AccountId, price_per_tick: Balance, gateway_share: Permill },
    /// A stream reads as this from now on. Of the value, totals and open sessions are ignored: they are counted here.
    StreamUpdated { stream: StreamId, value: Stream },
    /// A stream went on or off air, or was suspended or resumed.
    StreamStatusChanged { stream: StreamId, status: StreamStatus },
    /// A stream is over for good.
    StreamEnded { stream: StreamId },
    /// A stream's entry is gone from the chain. The index keeps it.
    StreamRemoved { stream: StreamId },
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
    /// `ticks` more seconds of a session were settled for `paid`; `settled_ticks` are in all.
    TicksSettled { session: SessionId, stream: StreamId, ticks: u32, settled_ticks: u32, paid: Balance },
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
    /// A session began to close; claims are taken until block `until`.
    SessionClosing { session: SessionId, until: BlockNumber },
    /// A session is gone.
    SessionClosed { session: SessionId, settled_ticks: u32, paid: Balance, refunded: Balance },
    /// Somebody tipped a stream.
    Tipped { stream: StreamId, from: AccountId, amount: Balance, memo: Vec<u8> },
    /// An account's earnings were paid to it.
    PaidOut { account: AccountId, amount: Balance },
    /// A gateway registered or changed its entry. Of the value, open sessions are ignored: they are counted here.
    GatewayUpdated { gateway: AccountId, value: Gateway },
    /// A gateway takes no new sessions.
    GatewayLeaving { gateway: AccountId },
    /// A gateway is gone. The index keeps it.
    GatewayLeft { gateway: AccountId },
    /// The protocol's fee was changed.
    ProtocolFeeSet { fee: Permill },
}
