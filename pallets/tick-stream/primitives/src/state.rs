//! Values that the chain stores. The runtime API returns them as they are stored.

use crate::error::RowError;
use crate::ids::{AccountId, Balance, BlockNumber, Moment, StreamId};
use crate::limits::{MaxEndpoint, MaxMetadata, MaxSplits, NONCE_WINDOW};
use crate::tick_chain::TickHash;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::{BoundedVec, Permill};

/// Accounts, besides the creator, that share a stream's income, each with its part of what the gateway leaves.
pub type Splits = BoundedVec<(AccountId, Permill), MaxSplits>;

/// Value that takes effect in a later block.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct Announced<V> {
    /// New value.
    pub value: V,
    /// First block in which it is in effect.
    pub at: BlockNumber,
}

/// Status of a stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub enum StreamStatus {
    /// The stream is on air.
    Live,
    /// The stream is not on air. Sessions can still be opened, for a recording or a broadcast about to begin.
    Offline,
    /// The stream has ended for good.
    Ended,
    /// A moderator has suspended the stream.
    Suspended,
}

/// Sums of everything that viewers have paid for a stream.
#[derive(
    Clone, Copy, PartialEq, Eq, Debug, Default, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen,
)]
pub struct Totals {
    /// Number of ticks settled.
    pub ticks: u64,
    /// Gross amount paid for these ticks, in planck.
    pub paid: Balance,
    /// Gross amount of all tips, in planck.
    pub tipped: Balance,
}

/// Channel of a creator.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct Stream {
    /// Account that owns the stream and earns the remainder of every payment.
    pub creator: AccountId,
    /// Price of a tick for new sessions, in planck; see [`Stream::price_at`].
    pub price_per_tick: Balance,
    /// Announced higher price, in planck.
    pub next_price: Option<Announced<Balance>>,
    /// Number of ticks (seconds) that a viewer may watch for free.
    pub preview_ticks: u32,
    /// Gateway's part, in parts per million, of what the protocol and the submitter leave.
    pub gateway_share: Permill,
    /// Parts of what the gateway leaves, in parts per million; see [`Stream::splits_at`].
    pub splits: Splits,
    /// Announced new splits.
    pub next_splits: Option<Announced<Splits>>,
    /// JSON object in UTF-8; see [`crate::limits::MAX_METADATA`].
    pub metadata: BoundedVec<u8, MaxMetadata>,
    /// Whether the stream is on air, ended or suspended.
    pub status: StreamStatus,
    /// Number of open sessions.
    pub open_sessions: u32,
    /// Amount held from the creator until the stream is removed, in planck.
    pub deposit: Balance,
    /// Sums of everything that was paid for the stream.
    pub totals: Totals,
}

impl Stream {
    /// Returns the price of a tick, in planck, for a session opened in block `now`.
    pub fn price_at(&self, now: BlockNumber) -> Balance {
        self.next_price.as_ref().filter(|next| next.at <= now).map_or(self.price_per_tick, |next| next.value)
    }

    /// Returns the splits by which a claim settled in block `now` is shared out.
    pub fn splits_at(&self, now: BlockNumber) -> &Splits {
        self.next_splits.as_ref().filter(|next| next.at <= now).map_or(&self.splits, |next| &next.value)
    }

    /// Returns the stream as of block `now`: announcements whose block has come are applied and no longer announced.
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

/// Authorisation of a session key by the viewer's wallet, so that a browser can open sessions by itself.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct Delegation {
    /// Key that may sign tickets and closes.
    pub session_key: AccountId,
    /// Highest price of a tick that the key may accept, in planck.
    pub max_price_per_tick: Balance,
    /// Amount that the key may still spend, in planck. Opening a session takes the reserve and the open fee off it, and
    /// closing gives the unspent reserve back.
    pub allowance: Balance,
    /// Last block in which the key is valid.
    pub expires_at: BlockNumber,
}

/// Record of used ticket nonces: the highest one used, and one bit for each of the 64 up to and including it.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct NonceWindow {
    /// Highest nonce used, or the one before the first.
    pub last: u64,
    /// Bit `i` stands for nonce `last - i`.
    pub used: u64,
}

impl NonceWindow {
    /// Creates the window of a deposit made in block `now`. Its nonces start at `now x 2^32`.
    ///
    /// A deposit that was removed and made again has forgotten its window. Nonces that depend on the block keep the
    /// session ids of both apart: a deposit cannot use 2^32 nonces per block.
    pub fn starting_at(now: BlockNumber) -> Self {
        Self { last: u64::from(now) << 32, used: 1 }
    }

    /// Returns the nonce to use next.
    pub fn next(&self) -> u64 {
        self.last.saturating_add(1)
    }

    /// Marks `nonce` as used.
    ///
    /// # Errors
    ///
    /// Fails without a change if the nonce was used before, or is too far behind or ahead of the highest one used.
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

/// Money that a viewer has deposited in the pallet's pot, and what the pallet knows about the viewer.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct Deposit {
    /// Amount that may be withdrawn or reserved, in planck.
    pub free: Balance,
    /// Sum of `price x max_ticks` over the open sessions, in planck. It does not shrink as ticks are settled.
    pub reserved: Balance,
    /// Delegation to a session key, if there is one.
    pub delegation: Option<Delegation>,
    /// Number of times that the delegation was set or revoked. A refund restores the allowance only if the session was
    /// opened under the same generation.
    pub generation: u32,
    /// Nonces of the tickets that were opened.
    pub nonces: NonceWindow,
    /// Number of open sessions.
    pub open_sessions: u32,
    /// End of the time that this viewer has paid for, in milliseconds since the Unix epoch. A new session starts no
    /// earlier.
    pub paid_until: Moment,
    /// Last block in which the deposit changed.
    pub active_at: BlockNumber,
}

impl Deposit {
    /// Creates an empty deposit in block `now`.
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

/// Start of a session's closing period.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct Closing {
    /// Block in which closing started. The closing period is counted from it.
    pub block: BlockNumber,
    /// Time at which closing started, in milliseconds since the Unix epoch. Ticks can be claimed up to it.
    pub moment: Moment,
}

/// Session: a ticket that the chain has accepted.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct Session {
    /// Viewer who pays.
    pub viewer: AccountId,
    /// Stream that is watched.
    pub stream: StreamId,
    /// Gateway that serves the video.
    pub gateway: AccountId,
    /// Price of a tick in planck, fixed when the session was opened.
    pub price_per_tick: Balance,
    /// Gateway's part in parts per million, fixed when the session was opened.
    pub gateway_share: Permill,
    /// Element `w[settled_ticks]` of the tick chain.
    pub head: TickHash,
    /// Number of ticks settled so far.
    pub settled_ticks: u32,
    /// Maximum number of ticks that can be settled.
    pub max_ticks: u32,
    /// Time from which ticks are counted, in milliseconds since the Unix epoch.
    pub opened_at: Moment,
    /// Block of the last settled claim, or of the opening.
    pub last_claim: BlockNumber,
    /// Generation of the delegation under which the session was opened; `None` if the wallet opened it.
    pub generation: Option<u32>,
    /// Start of the closing period, once the session is closing.
    pub closing: Option<Closing>,
}

impl Session {
    /// Returns the amount reserved when the session was opened, in planck. The product was checked at that time.
    pub fn reserve(&self) -> Balance {
        self.price_per_tick.saturating_mul(Balance::from(self.max_ticks))
    }

    /// Returns the part of the reserve that is not spent yet, in planck.
    pub fn unspent(&self) -> Balance {
        self.price_per_tick.saturating_mul(Balance::from(self.max_ticks.saturating_sub(self.settled_ticks)))
    }
}

/// Status of a gateway.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub enum GatewayStatus {
    /// The gateway accepts new sessions.
    Active,
    /// The gateway has deregistered and accepts no new sessions. It is removed when its last session closes.
    Leaving,
}

/// Gateway: a server that delivers the video, collects the ticks and has them settled.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct Gateway {
    /// URL at which viewers reach the gateway.
    pub endpoint: BoundedVec<u8, MaxEndpoint>,
    /// Account of the gateway's off-chain worker.
    pub operator: AccountId,
    /// Bond held in the pot until the gateway has left, in planck.
    pub bond: Balance,
    /// Number of open sessions.
    pub open_sessions: u32,
    /// Whether the gateway accepts new sessions.
    pub status: GatewayStatus,
}
