//! Values that the chain stores. The runtime API returns them as they are stored.

use crate::ids::{AccountId, Balance, BlockNumber, Moment, StreamId, TICK_MS};
use crate::keys::{KeyUse, NonceWindow};
use crate::limits::{MaxEndpoint, MaxMetadata, MaxSplits};
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

/// Money that a viewer has deposited in the pallet's pot, and what the pallet knows about the viewer.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct Deposit {
    /// Amount that may be withdrawn or reserved, in planck.
    pub free: Balance,
    /// Sum of `price x max_ticks` over the open sessions, in planck. It does not shrink as ticks are settled.
    pub reserved: Balance,
    /// Number of session keys.
    pub keys: u32,
    /// Number given to the session key that was added last.
    pub last_key_id: u32,
    /// Highest nonce that a removed session key has used, or zero. Nonces of later keys are above it, so a ticket of a
    /// removed key cannot be opened again after the key has been added again.
    pub nonce_floor: u64,
    /// Nonces of the tickets that the wallet itself has opened.
    pub nonces: NonceWindow,
    /// Number of open sessions, those of all session keys and of the wallet together.
    pub open_sessions: u32,
    /// End of the time that sessions opened by the wallet have paid for, in milliseconds since the Unix epoch; see
    /// [`SessionKey::paid_until`].
    ///
    /// [`SessionKey::paid_until`]: crate::keys::SessionKey::paid_until
    pub paid_until: Moment,
    /// Last block in which the deposit changed.
    pub active_at: BlockNumber,
    /// Amount kept for the storage of this entry until it is removed, in planck.
    pub bond: Balance,
}

impl Deposit {
    /// Creates an empty deposit in block `now`.
    pub fn new(now: BlockNumber) -> Self {
        Self {
            free: 0,
            reserved: 0,
            keys: 0,
            last_key_id: 0,
            nonce_floor: 0,
            nonces: NonceWindow::starting_at(now),
            open_sessions: 0,
            paid_until: 0,
            active_at: now,
            bond: 0,
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
    /// Session key that opened the session; `None` if the wallet did.
    pub key: Option<KeyUse>,
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
    /// Open fee, kept in the pot until the session is removed, in planck.
    pub fee: Balance,
    /// Start of the closing period, once the session is closing.
    pub closing: Option<Closing>,
}

impl Session {
    /// Returns the amount reserved when the session was opened, in planck. The product was checked at that time.
    pub fn reserve(&self) -> Balance {
        self.price_per_tick.saturating_mul(Balance::from(self.max_ticks))
    }

    /// Returns the end of the time that the settled ticks have paid for, in milliseconds since the Unix epoch.
    pub fn paid_until(&self) -> Moment {
        let paid_ms = Moment::from(self.settled_ticks).saturating_mul(TICK_MS);
        self.opened_at.saturating_add(paid_ms)
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
