//! What the chain remembers. The runtime API hands these types out as they are stored.

use crate::error::RowError;
use crate::ids::{AccountId, Balance, BlockNumber, Moment, StreamId};
use crate::limits::{MaxEndpoint, MaxMetadata, MaxSplits, NONCE_WINDOW};
use crate::tick_chain::TickHash;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::{BoundedVec, Permill};

/// Who, besides the creator, shares a stream's income, and how much of what the gateway leaves.
pub type Splits = BoundedVec<(AccountId, Permill), MaxSplits>;

/// A value that takes effect in block `at` and not before.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct Announced<V> {
    /// What will hold.
    pub value: V,
    /// From this block on.
    pub at: BlockNumber,
}

/// Whether a stream can be watched.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub enum StreamStatus {
    /// On air.
    Live,
    /// Not on air; sessions may still be opened (a recording, or a broadcast about to begin).
    Offline,
    /// Over for good.
    Ended,
    /// Stopped by a moderator.
    Suspended,
}

/// What a stream has earned.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen,
)]
pub struct Totals {
    /// Ticks settled.
    pub ticks: u64,
    /// Planck paid for them, before anybody's share.
    pub paid: Balance,
    /// Planck tipped, before anybody's share.
    pub tipped: Balance,
}

/// A creator's channel.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct Stream {
    /// Who earns what the others leave.
    pub creator: AccountId,
    /// What a new session pays for a tick; see [`Stream::price_at`].
    pub price_per_tick: Balance,
    /// A rise on its way.
    pub next_price: Option<Announced<Balance>>,
    /// Ticks that a viewer may see for nothing.
    pub preview_ticks: u32,
    /// The gateway's part of what protocol and submitter leave.
    pub gateway_share: Permill,
    /// Parts of what the gateway leaves; see [`Stream::splits_at`].
    pub splits: Splits,
    /// A change on its way.
    pub next_splits: Option<Announced<Splits>>,
    /// A JSON object in UTF-8; see [`crate::limits::MAX_METADATA`].
    pub metadata: BoundedVec<u8, MaxMetadata>,
    /// Whether it can be watched.
    pub status: StreamStatus,
    /// Sessions open at this moment.
    pub open_sessions: u32,
    /// Held from the creator until the stream is gone.
    pub deposit: Balance,
    /// What it has earned.
    pub totals: Totals,
}

impl Stream {
    /// The price of a tick for a session opened in block `now`.
    pub fn price_at(&self, now: BlockNumber) -> Balance {
        self.next_price.as_ref().filter(|next| next.at <= now).map_or(self.price_per_tick, |next| next.value)
    }

    /// The splits of what is settled in block `now`.
    pub fn splits_at(&self, now: BlockNumber) -> &Splits {
        self.next_splits.as_ref().filter(|next| next.at <= now).map_or(&self.splits, |next| &next.value)
    }

    /// The stream as it is in block `now`: announcements whose block has come are in effect and no longer announced.
    pub fn settled_at(mut self, now: BlockNumber) -> Self {
        if let Some(next) = self.next_price.take_if(|next| next.at <= now) {
            self.price_per_tick = next.value;
        }
        if let Some(next) = self.next_splits.take_if(|next| next.at <= now) {
            self.splits = next.value;
        }
        self
    }
}

/// A key the wallet has lent to a browser.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct Delegation {
    /// Who may sign tickets.
    pub session_key: AccountId,
    /// The dearest tick it may agree to.
    pub max_price_per_tick: Balance,
    /// What it may still reserve in all.
    pub allowance: Balance,
    /// The last block in which it may.
    pub expires_at: BlockNumber,
}

/// Which nonces were used: the highest one, and the 64 up to it, bit by bit.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct NonceWindow {
    /// The highest nonce used, or the one before the first.
    pub last: u64,
    /// Bit `i` stands for nonce `last - i`.
    pub used: u64,
}

impl NonceWindow {
    /// The window of a deposit made in block `now`. Starting at the block keeps ids apart from those of an earlier
    /// deposit of the same viewer, whose window was forgotten: no life of a deposit gets through 2^32 nonces a block.
    pub fn starting_at(now: BlockNumber) -> Self {
        Self { last: u64::from(now) << 32, used: 1 }
    }

    /// The nonce to use next.
    pub fn next(&self) -> u64 {
        self.last.saturating_add(1)
    }

    /// Marks `nonce` as used, or says why it cannot be.
    pub fn take(&mut self, nonce: u64) -> Result<(), RowError> {
        if nonce > self.last {
            let ahead = nonce - self.last;
            if ahead > NONCE_WINDOW {
                return Err(RowError::NonceTooHigh);
            }
            self.used = if ahead == NONCE_WINDOW { 0 } else { self.used << ahead } | 1;
            self.last = nonce;
            return Ok(());
        }
        let behind = self.last - nonce;
        if behind >= NONCE_WINDOW {
            return Err(RowError::NonceTooOld);
        }
        let bit = 1u64 << behind;
        if self.used & bit != 0 {
            return Err(RowError::NonceUsed);
        }
        self.used |= bit;
        Ok(())
    }
}

/// A viewer's money in the pot.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct Deposit {
    /// May be withdrawn or reserved.
    pub free: Balance,
    /// `price x max_ticks`, summed over the open sessions.
    pub reserved: Balance,
    /// The session key, if one is lent.
    pub delegation: Option<Delegation>,
    /// Counts delegations: a refund restores the allowance only of the one it was taken from.
    pub generation: u32,
    /// Which tickets were opened.
    pub nonces: NonceWindow,
    /// Sessions open at this moment.
    pub open_sessions: u32,
    /// Up to when this viewer's time is sold: a new session starts there and not earlier.
    pub paid_until: Moment,
    /// The last block in which something was done with this deposit.
    pub active_at: BlockNumber,
}

impl Deposit {
    /// An empty deposit made in block `now`.
    pub fn new(now: BlockNumber) -> Self {
        Self {
            free: 0,
            reserved: 0,
            delegation: None,
            generation: 0,
            nonces: NonceWindow::starting_at(now),
            open_sessions: 0,
            paid_until: 0,
            active_at: now,
        }
    }
}

/// When a session began to close.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct Closing {
    /// The block: the closing period is counted from here.
    pub block: BlockNumber,
    /// The moment: ticks are owed up to here.
    pub moment: Moment,
}

/// An accepted ticket.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct Session {
    /// Who pays.
    pub viewer: AccountId,
    /// For what.
    pub stream: StreamId,
    /// Through whom.
    pub gateway: AccountId,
    /// Fixed when the session was opened.
    pub price_per_tick: Balance,
    /// Fixed when the session was opened.
    pub gateway_share: Permill,
    /// `w[settled_ticks]`.
    pub head: TickHash,
    /// Ticks paid for.
    pub settled_ticks: u32,
    /// Ticks that can be paid for in all.
    pub max_ticks: u32,
    /// Ticks are counted from here.
    pub opened_at: Moment,
    /// The block of the last claim, or of the opening.
    pub last_claim: BlockNumber,
    /// The delegation it was opened under; none when the wallet itself opened it.
    pub generation: Option<u32>,
    /// Set once somebody wished it to end.
    pub closing: Option<Closing>,
}

impl Session {
    /// What was set aside when it was opened. The product was checked then.
    pub fn reserve(&self) -> Balance {
        self.price_per_tick.saturating_mul(Balance::from(self.max_ticks))
    }

    /// What of that is not paid yet.
    pub fn unspent(&self) -> Balance {
        self.price_per_tick.saturating_mul(Balance::from(self.max_ticks.saturating_sub(self.settled_ticks)))
    }
}

/// Whether a gateway takes sessions.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub enum GatewayStatus {
    /// It does.
    Active,
    /// It has deregistered and waits for its sessions to end.
    Leaving,
}

/// Who serves the video and takes the ticks.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct Gateway {
    /// Where viewers find it: a URL.
    pub endpoint: BoundedVec<u8, MaxEndpoint>,
    /// The account of its off-chain worker.
    pub operator: AccountId,
    /// In the pot until it has left.
    pub bond: Balance,
    /// Sessions open at this moment.
    pub open_sessions: u32,
    /// Whether it takes more.
    pub status: GatewayStatus,
}
