//! Session keys: what a viewer's wallet allows each of its devices.

use crate::error::RowError;
use crate::ids::{AccountId, Balance, BlockNumber, Moment, StreamId};
use crate::limits::{MaxLabel, NONCE_WINDOW};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use sp_runtime::{BoundedVec, Saturating};

/// Name of a session key for its owner, UTF-8.
pub type Label = BoundedVec<u8, MaxLabel>;

/// What a session key may be used for.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub enum Scope {
    /// Any stream through any gateway.
    Any,
    /// Streams through this gateway.
    Gateway(AccountId),
    /// Streams of this creator.
    Creator(AccountId),
    /// This stream.
    Stream(StreamId),
}

impl Scope {
    /// Returns whether the scope contains a stream of `creator` through `gateway`.
    pub fn contains(&self, stream: StreamId, creator: &AccountId, gateway: &AccountId) -> bool {
        match self {
            Self::Any => true,
            Self::Gateway(only) => only == gateway,
            Self::Creator(only) => only == creator,
            Self::Stream(only) => *only == stream,
        }
    }
}

/// Budget that is filled up again at regular intervals.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct Renewal {
    /// Number of blocks from one renewal to the next; at least one.
    pub every_blocks: BlockNumber,
    /// Allowance after a renewal, in planck; above zero. What was left before is not added to it.
    pub amount: Balance,
}

/// Limits of a session key, as the wallet sets them.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct KeyLimits {
    /// Name of the key for its owner, UTF-8.
    pub label: Label,
    /// Highest price of a tick that the key may accept, in planck.
    pub max_price_per_tick: Balance,
    /// Amount that the key may spend until it is renewed, in planck.
    pub allowance: Balance,
    /// Renewal of the allowance, if there is one.
    pub renewal: Option<Renewal>,
    /// Number of sessions that the key may have open at the same time, from 1 to [`MAX_SESSIONS_PER_KEY`].
    ///
    /// [`MAX_SESSIONS_PER_KEY`]: crate::limits::MAX_SESSIONS_PER_KEY
    pub max_sessions: u32,
    /// Streams and gateways that the key may be used for.
    pub scope: Scope,
    /// Last block in which the key can open sessions.
    pub expires_at: BlockNumber,
}

/// Amount that a session key may still spend.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct Allowance {
    /// Amount left after the last change, in planck; see [`Allowance::left_at`]. Opening a session takes the reserve and
    /// the open fee off it, and closing gives the unspent reserve back.
    pub left: Balance,
    /// Renewal, if there is one.
    pub renewal: Option<Renewal>,
    /// Block in which the present period began.
    pub renewed_at: BlockNumber,
    /// Number of times that the allowance was set anew, by the wallet or by a renewal. A refund restores the allowance
    /// only if the session was opened in the same generation, so that renewals never accumulate.
    pub generation: u32,
}

impl Allowance {
    /// Returns the amount that may be spent in block `now`, in planck.
    pub fn left_at(&self, now: BlockNumber) -> Balance {
        self.due_renewal(now).map_or(self.left, |(renewal, _)| renewal.amount)
    }

    /// Applies a renewal whose block has come.
    pub fn renew(&mut self, now: BlockNumber) {
        if let Some((renewal, periods)) = self.due_renewal(now) {
            self.left = renewal.amount;
            self.renewed_at.saturating_accrue(periods.saturating_mul(renewal.every_blocks));
            self.generation.saturating_inc();
        }
    }

    /// Returns the renewal and the number of whole periods that have passed, if at least one has.
    fn due_renewal(&self, now: BlockNumber) -> Option<(Renewal, u32)> {
        let renewal = self.renewal?;
        let periods = now.saturating_sub(self.renewed_at).checked_div(renewal.every_blocks)?;
        (periods > 0).then_some((renewal, periods))
    }
}

/// Session key: a key that a viewer's wallet has authorised to open sessions within limits, usually one per device.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct SessionKey {
    /// Name of the key for its owner, UTF-8.
    pub label: Label,
    /// Highest price of a tick that the key may accept, in planck.
    pub max_price_per_tick: Balance,
    /// Amount that the key may still spend.
    pub allowance: Allowance,
    /// Number of sessions that the key may have open at the same time.
    pub max_sessions: u32,
    /// Streams and gateways that the key may be used for.
    pub scope: Scope,
    /// Last block in which the key can open sessions.
    pub expires_at: BlockNumber,
    /// Number of this entry among all keys that the deposit has had. A key that is removed and added again has another
    /// one.
    pub id: u32,
    /// Nonces of the tickets that were opened.
    pub nonces: NonceWindow,
    /// End of the time that sessions of this key have paid for, in milliseconds since the Unix epoch. A new session of
    /// the key starts no earlier.
    pub paid_until: Moment,
    /// Number of open sessions.
    pub open_sessions: u32,
    /// Amount spent by sessions that are removed, open fees included, in planck.
    pub spent: Balance,
    /// Block in which the key was added or last opened a session.
    pub used_at: BlockNumber,
    /// Amount kept for the storage of this entry until it is removed, in planck.
    pub bond: Balance,
}

impl SessionKey {
    /// Creates the entry of a key added in block `now`, with the number `id` and nonces above `nonce_floor`.
    pub fn new(limits: KeyLimits, id: u32, nonce_floor: u64, bond: Balance, now: BlockNumber) -> Self {
        let KeyLimits { label, max_price_per_tick, allowance, renewal, max_sessions, scope, expires_at } = limits;
        Self {
            label,
            max_price_per_tick,
            allowance: Allowance { left: allowance, renewal, renewed_at: now, generation: 0 },
            max_sessions,
            scope,
            expires_at,
            id,
            nonces: NonceWindow::starting_above(nonce_floor, now),
            paid_until: 0,
            open_sessions: 0,
            spent: 0,
            used_at: now,
            bond,
        }
    }

    /// Replaces the limits in block `now` and starts a new generation of the allowance.
    pub fn set_limits(&mut self, limits: KeyLimits, now: BlockNumber) {
        let KeyLimits { label, max_price_per_tick, allowance, renewal, max_sessions, scope, expires_at } = limits;
        let generation = self.allowance.generation.saturating_add(1);
        self.label = label;
        self.max_price_per_tick = max_price_per_tick;
        self.allowance = Allowance { left: allowance, renewal, renewed_at: now, generation };
        self.max_sessions = max_sessions;
        self.scope = scope;
        self.expires_at = expires_at;
    }

    /// Returns the most that sessions opened from block `now` on can spend before the key expires, in planck: what is
    /// left, and every renewal to come. Sessions that are open already can spend their own reserves besides.
    pub fn most_to_spend(&self, now: BlockNumber) -> Balance {
        if now > self.expires_at {
            return 0;
        }
        let mut allowance = self.allowance.clone();
        allowance.renew(now);
        let renewals = allowance.renewal.map_or(0, |renewal| {
            let blocks = self.expires_at.saturating_sub(allowance.renewed_at);
            let periods = blocks.checked_div(renewal.every_blocks).unwrap_or(0);
            renewal.amount.saturating_mul(Balance::from(periods))
        });
        allowance.left.saturating_add(renewals)
    }
}

/// Session key under which a session was opened.
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, DecodeWithMemTracking, TypeInfo, MaxEncodedLen)]
pub struct KeyUse {
    /// The key.
    pub session_key: AccountId,
    /// Number of the key's entry; see [`SessionKey::id`].
    pub id: u32,
    /// Generation of the allowance that the reserve was taken from; see [`Allowance::generation`].
    pub generation: u32,
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

    /// Creates the window of a session key added in block `now`. Its nonces are above `floor` and above `now x 2^32`;
    /// all lower ones count as used.
    pub fn starting_above(floor: u64, now: BlockNumber) -> Self {
        Self { last: floor.max(u64::from(now) << 32), used: u64::MAX }
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
