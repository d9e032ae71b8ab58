//! Messages between the node and the runtime's off-chain worker.
//!
//! They go through off-chain local storage: the node writes an [`Offer`] before the worker runs and reads the
//! [`Report`] that the worker leaves. Each is overwritten by the next. A lost message delays settlement by a block and
//! loses no tick.

use crate::batch::{Claim, CloseRow};
use crate::error::RowError;
use crate::ids::{AccountId, Balance, BlockNumber, SessionId, StreamId};
use crate::ticket::SignedTicket;
use alloc::vec::Vec;
use codec::{Decode, Encode};
use sp_core::crypto::KeyTypeId;
use sp_runtime::Permill;

/// Type of the key that the worker signs with.
pub const TICK_KEY: KeyTypeId = KeyTypeId(*b"tick");
/// Off-chain storage key of the [`Offer`].
pub const OFFER_KEY: &[u8] = b"vilokanam/worker/offer/v2";
/// Off-chain storage key of the [`Report`].
pub const REPORT_KEY: &[u8] = b"vilokanam/worker/report/v3";
/// Off-chain storage key of the wave in flight (the extrinsics that were sent and have not landed yet).
pub const WAVE_KEY: &[u8] = b"vilokanam/worker/wave/v1";
/// Off-chain storage key of the lock that lets only one run of the worker proceed.
pub const LOCK_KEY: &[u8] = b"vilokanam/worker/lock/v1";
/// Number of blocks for which an extrinsic of the worker is valid.
pub const WAVE_ERA_BLOCKS: u32 = 16;

/// Settings of the worker.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct WorkerConfig {
    /// Part of a block's weight for ordinary extrinsics that one wave may fill, in parts per million.
    pub block_share: Permill,
    /// Whether to settle rows of other operators' gateways when the reward exceeds the fee.
    pub foreign_rows: bool,
    /// Gateways that the worker serves besides the gateway whose account signs its extrinsics. Naming a worker's account
    /// as operator on chain does not make it serve a gateway: anyone could have the node pay for settlement otherwise.
    pub gateways: Vec<AccountId>,
}

/// Rows that the pool offers for settlement, the most urgent first.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Offer {
    /// Settings for this run.
    pub config: WorkerConfig,
    /// Tickets to open.
    pub opens: Vec<SignedTicket>,
    /// Claims to settle. The worker sets their `from`.
    pub claims: Vec<OfferedClaim>,
    /// Sessions to close.
    pub closes: Vec<CloseRow>,
    /// Closes of the gateway's side whose sessions have a claim in this offer, the last one. The worker settles such a
    /// claim once whatever it earns, and the close waits until that is final: a close that is public too early could be
    /// included before the claim. If that was done before, the worker sends the close.
    pub ending: Vec<CloseRow>,
}

/// Claim with the stream and gateway of its session.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct OfferedClaim {
    /// Stream of the session.
    pub stream: StreamId,
    /// Gateway of the session.
    pub gateway: AccountId,
    /// Claim to settle.
    pub claim: Claim,
}

/// Identifier of a row in the pool.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Encode, Decode)]
pub enum RowId {
    /// Ticket that opens this session.
    Open(SessionId),
    /// Claim of this session.
    Claim(SessionId),
    /// Close of this session.
    Close(SessionId),
}

/// Result of a run of the worker.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Report {
    /// Block on whose state the worker ran.
    pub block: BlockNumber,
    /// Outcome of the run.
    pub state: WorkerState,
    /// Rows that the chain would refuse, with the reason. The pool drops them.
    pub refused: Vec<(RowId, RowError)>,
    /// Rows of other operators' gateways that are not worth their fee. The pool offers them last. Each row of the offer
    /// appears at most once.
    pub foreign: Vec<RowId>,
}

/// Outcome of a run of the worker.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub enum WorkerState {
    /// No extrinsic was sent: there was no offer, or its rows need no settlement now.
    Idle,
    /// An earlier wave is still in flight, so no extrinsic was sent.
    InFlight {
        /// Nonce of the account once the wave has landed. The wave's last extrinsic has the nonce before it.
        until_nonce: u32,
        /// Block from which on the wave counts as lost if it has not landed.
        until_block: BlockNumber,
    },
    /// A wave was handed to the transaction pool.
    Sent {
        /// Number of extrinsics sent.
        extrinsics: u32,
        /// Number of rows in these extrinsics.
        rows: u32,
        /// Number of offered rows that did not fit and wait for the next wave.
        left: u32,
    },
    /// The keystore has no key of the type [`TICK_KEY`].
    NoKey,
    /// No offered row belongs to a gateway that the worker serves, and none is worth its fee.
    NotMine {
        /// Account of the worker.
        account: AccountId,
        /// Number of rows that were left out.
        rows: u32,
    },
    /// The worker's account cannot pay the next extrinsic.
    NoFunds {
        /// Account of the worker.
        account: AccountId,
        /// Spendable balance of the account, in planck.
        balance: Balance,
        /// Cost of the next extrinsic, in planck.
        needed: Balance,
    },
    /// The transaction pool refused the extrinsic.
    PoolRefused {
        /// Account of the worker.
        account: AccountId,
    },
}
