//! What the node and the runtime's off-chain worker say to each other, through off-chain local storage.
//!
//! The node writes an [`Offer`] before the worker runs and reads the [`Report`] it left. Both are overwritten each time;
//! a lost one costs a block, never a tick.

use crate::batch::{Claim, CloseRow};
use crate::error::RowError;
use crate::ids::{AccountId, Balance, BlockNumber, SessionId, StreamId};
use crate::ticket::SignedTicket;
use alloc::vec::Vec;
use codec::{Decode, Encode};
use sp_core::crypto::KeyTypeId;
use sp_runtime::Permill;

/// The type of the key the worker signs with.
pub const TICK_KEY: KeyTypeId = KeyTypeId(*b"tick");
/// Off-chain storage key of the [`Offer`].
pub const OFFER_KEY: &[u8] = b"vilokanam/worker/offer/v1";
/// Off-chain storage key of the [`Report`].
pub const REPORT_KEY: &[u8] = b"vilokanam/worker/report/v2";
/// Off-chain storage key of the wave in flight.
pub const WAVE_KEY: &[u8] = b"vilokanam/worker/wave/v1";
/// Off-chain storage key of the lock that keeps two runs apart.
pub const LOCK_KEY: &[u8] = b"vilokanam/worker/lock/v1";
/// Blocks for which an extrinsic of the worker is valid.
pub const WAVE_ERA_BLOCKS: u32 = 16;

/// How the worker is to work.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct WorkerConfig {
    /// The part of a block's weight for ordinary extrinsics that one wave may fill.
    pub block_share: Permill,
    /// Whether rows of gateways that are not ours are settled when their reward exceeds the fee.
    pub foreign_rows: bool,
}

/// What the pool would like to have settled, most urgent first.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Offer {
    /// How to work.
    pub config: WorkerConfig,
    /// Tickets.
    pub opens: Vec<SignedTicket>,
    /// Claims with the stream and gateway they belong to; `from` is the worker's to set.
    pub claims: Vec<OfferedClaim>,
    /// Closes.
    pub closes: Vec<CloseRow>,
}

/// A claim with the group it belongs to.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct OfferedClaim {
    /// The stream watched.
    pub stream: StreamId,
    /// The gateway it was watched through.
    pub gateway: AccountId,
    /// The claim.
    pub claim: Claim,
}

/// Which row of the pool is meant.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Encode, Decode)]
pub enum RowId {
    /// The ticket that would open this session.
    Open(SessionId),
    /// The claim of this session.
    Claim(SessionId),
    /// The close of this session.
    Close(SessionId),
}

/// What the worker did with the last offer.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Report {
    /// The block on whose state it worked.
    pub block: BlockNumber,
    /// What came of it.
    pub state: WorkerState,
    /// Rows that the chain would refuse, and why: the pool lets go of them.
    pub refused: Vec<(RowId, RowError)>,
    /// Rows of gateways that this worker does not speak for and that are not worth their fee: the pool offers them last.
    /// At most one a row of the offer.
    pub foreign: Vec<RowId>,
}

/// What came of a run of the worker.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub enum WorkerState {
    /// Nothing was offered, or nothing of it is left to do, or not yet.
    Idle,
    /// A wave is in flight: its last extrinsic has nonce `until_nonce - 1` and is void after block `until_block`.
    InFlight {
        /// The account nonce that says it landed.
        until_nonce: u32,
        /// The block after which it is void.
        until_block: BlockNumber,
    },
    /// Extrinsics were handed to the transaction pool.
    Sent {
        /// How many.
        extrinsics: u32,
        /// How many rows they carry.
        rows: u32,
        /// How many offered rows did not fit and wait for the next wave.
        left: u32,
    },
    /// The keystore has no key of type `tick`.
    NoKey,
    /// No row belongs to a gateway whose operator is this key, or is worth its fee.
    NotMine {
        /// The worker's account.
        account: AccountId,
        /// How many rows were passed over.
        rows: u32,
    },
    /// The worker's account cannot pay.
    NoFunds {
        /// The worker's account.
        account: AccountId,
        /// What it has.
        balance: Balance,
        /// What the next extrinsic costs.
        needed: Balance,
    },
    /// The transaction pool refused the extrinsic.
    PoolRefused {
        /// The worker's account.
        account: AccountId,
    },
}
