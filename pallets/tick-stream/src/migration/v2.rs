//! Migration from version 1 to 2: the delegation of a deposit becomes its first session key.
//!
//! Version 1 had one session key per deposit, whose limits and nonces were part of the deposit. The migration moves them to
//! an entry of [`Keys`], and sessions opened by that key refer to it from then on. Deposits and keys of version 1
//! have no storage bond, and their sessions no open fee: it was paid when they were opened.
//!
//! All entries are rewritten in one block, which weighs about [`weight_of`] their number. Beyond [`most_entries`] that
//! block is fuller than a block may be: it takes longer than its slot to build and to verify, and the blocks of the slots
//! meanwhile are missing. `pre_upgrade` refuses such a state, and the migration itself logs an error.

use crate::{keys::is_zero_key, Config, Deposits, Keys, Pallet, Sessions};
use alloc::collections::BTreeMap;
use codec::{Decode, Encode, MaxEncodedLen};
use core::marker::PhantomData;
use frame_support::{
    migrations::VersionedMigration,
    traits::{Get, UncheckedOnRuntimeUpgrade},
    weights::Weight,
};
use sp_runtime::{traits::Zero, Permill, Saturating};
use tick_stream_primitives::{
    limits::MAX_SESSIONS_PER_KEY, AccountId, Allowance, Balance, BlockNumber, Closing, Deposit, KeyUse, Moment,
    NonceWindow, Scope, Session, SessionKey, StreamId, TickHash,
};

/// Migration that runs once, on a chain whose storage has version 1.
pub type MigrateToV2<T> = VersionedMigration<1, 2, Rewrite<T>, Pallet<T>, <T as frame_system::Config>::DbWeight>;

/// Storage of version 1.
pub(crate) mod v1 {
    use super::*;
    use frame_support::{storage_alias, Blake2_128Concat, Identity};
    use tick_stream_primitives::SessionId;

    /// Deposits by viewer.
    #[storage_alias]
    pub type Deposits<T: Config> = StorageMap<Pallet<T>, Blake2_128Concat, AccountId, Deposit>;

    /// Open and closing sessions by identifier.
    #[storage_alias]
    pub type Sessions<T: Config> = StorageMap<Pallet<T>, Identity, SessionId, Session>;

    /// Authorisation of a session key.
    #[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen)]
    pub struct Delegation {
        /// Key that may sign tickets and closes.
        pub session_key: AccountId,
        /// Highest price of a tick that the key may accept, in planck.
        pub max_price_per_tick: Balance,
        /// Amount that the key may still spend, in planck.
        pub allowance: Balance,
        /// Last block in which the key is valid.
        pub expires_at: BlockNumber,
    }

    impl Delegation {
        /// Returns whether version 2 accepts the key. A key that was the viewer's own account is dropped, because its
        /// tickets would look like the wallet's, and a key of zeros, because anyone can sign for it.
        pub fn is_usable(&self, viewer: &AccountId) -> bool {
            self.session_key != *viewer && !is_zero_key(&self.session_key)
        }
    }

    /// Deposit of a viewer.
    #[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen)]
    pub struct Deposit {
        /// Amount that may be withdrawn or reserved, in planck.
        pub free: Balance,
        /// Sum of the reserves of the open sessions, in planck.
        pub reserved: Balance,
        /// Session key, if there is one.
        pub delegation: Option<Delegation>,
        /// Number of times that the delegation was set or revoked.
        pub generation: u32,
        /// Nonces of the tickets that were opened.
        pub nonces: NonceWindow,
        /// Number of open sessions.
        pub open_sessions: u32,
        /// End of the time that this viewer has paid for, in milliseconds since the Unix epoch.
        pub paid_until: Moment,
        /// Last block in which the deposit changed.
        pub active_at: BlockNumber,
    }

    /// Session.
    #[derive(Clone, PartialEq, Eq, Debug, Encode, Decode, MaxEncodedLen)]
    pub struct Session {
        /// Viewer who pays.
        pub viewer: AccountId,
        /// Stream that is watched.
        pub stream: StreamId,
        /// Gateway that serves the video.
        pub gateway: AccountId,
        /// Price of a tick in planck.
        pub price_per_tick: Balance,
        /// Gateway's part in parts per million.
        pub gateway_share: Permill,
        /// Head of the tick chain.
        pub head: TickHash,
        /// Number of ticks settled so far.
        pub settled_ticks: u32,
        /// Maximum number of ticks that can be settled.
        pub max_ticks: u32,
        /// Time from which ticks are counted, in milliseconds since the Unix epoch.
        pub opened_at: Moment,
        /// Block of the last settled claim, or of the opening.
        pub last_claim: BlockNumber,
        /// Generation of the delegation under which the session was opened.
        pub generation: Option<u32>,
        /// Start of the closing period, once the session is closing.
        pub closing: Option<Closing>,
    }
}

/// Rewrites every deposit and every session.
pub struct Rewrite<T>(PhantomData<T>);

impl<T: Config> UncheckedOnRuntimeUpgrade for Rewrite<T> {
    fn on_runtime_upgrade() -> Weight {
        let block = Pallet::<T>::block();
        // Session key and generation of each viewer that has one, and the number of its open sessions.
        let mut delegations = BTreeMap::<AccountId, (AccountId, u32, u32)>::new();
        let mut entries = 0u64;
        Deposits::<T>::translate::<v1::Deposit, _>(|viewer, old| {
            entries.saturating_inc();
            if let Some(delegation) = old.delegation.as_ref().filter(|old| old.is_usable(&viewer)) {
                let key = (delegation.session_key.clone(), old.generation, 0);
                delegations.insert(viewer.clone(), key);
                Keys::<T>::insert(&viewer, &delegation.session_key, session_key(&old, delegation, block));
            }
            Some(deposit(old, delegations.contains_key(&viewer)))
        });
        Sessions::<T>::translate::<v1::Session, _>(|_, old| {
            entries.saturating_inc();
            let delegation = delegations.get_mut(&old.viewer).filter(|(_, id, _)| old.generation == Some(*id));
            let used = delegation.map(|(session_key, id, sessions)| {
                sessions.saturating_inc();
                KeyUse { session_key: session_key.clone(), id: *id, generation: 0 }
            });
            Some(session(old, used))
        });
        for (viewer, (session_key, _, sessions)) in delegations {
            entries.saturating_inc();
            Keys::<T>::mutate(&viewer, &session_key, |key| {
                key.iter_mut().for_each(|key| key.open_sessions = sessions);
            });
        }
        log::info!(target: crate::LOG_TARGET, "Migrated {entries} entries to storage version 2.");
        let most = most_entries::<T>();
        if entries > most {
            log::error!(target: crate::LOG_TARGET, "{entries} entries are more than the {most} that fit into a block.");
        }
        weight_of::<T>(entries)
    }

    #[cfg(feature = "try-runtime")]
    fn pre_upgrade() -> Result<alloc::vec::Vec<u8>, sp_runtime::TryRuntimeError> {
        let before = Before::read::<T>();
        frame_support::ensure!(
            before.entries() <= most_entries::<T>(),
            "the entries of version 1 do not fit into one block; close sessions, remove empty deposits, and try again"
        );
        Ok(before.encode())
    }

    #[cfg(feature = "try-runtime")]
    fn post_upgrade(state: alloc::vec::Vec<u8>) -> Result<(), sp_runtime::TryRuntimeError> {
        let before = Before::decode(&mut &state[..]).map_err(|_| "the state before the upgrade cannot be read")?;
        before.check::<T>()
    }
}

/// Returns the weight of rewriting this number of entries.
pub fn weight_of<T: Config>(entries: u64) -> Weight {
    T::DbWeight::get().reads_writes(entries, entries.saturating_mul(2))
}

/// Returns the number of entries whose rewriting fills a block.
pub fn most_entries<T: Config>() -> u64 {
    let one = weight_of::<T>(1);
    T::BlockWeights::get().max_block.checked_div_per_component(&one).unwrap_or(u64::MAX)
}

/// Returns the session key that a delegation becomes.
fn session_key(old: &v1::Deposit, delegation: &v1::Delegation, block: BlockNumber) -> SessionKey {
    SessionKey {
        label: Default::default(),
        max_price_per_tick: delegation.max_price_per_tick,
        allowance: Allowance { left: delegation.allowance, renewal: None, renewed_at: block, generation: 0 },
        max_sessions: MAX_SESSIONS_PER_KEY,
        scope: Scope::Any,
        expires_at: delegation.expires_at,
        id: old.generation,
        nonces: old.nonces,
        paid_until: old.paid_until,
        open_sessions: 0,
        spent: Balance::zero(),
        used_at: old.active_at,
        bond: Balance::zero(),
    }
}

fn deposit(old: v1::Deposit, has_key: bool) -> Deposit {
    Deposit {
        free: old.free,
        reserved: old.reserved,
        keys: u32::from(has_key),
        last_key_id: old.generation,
        nonce_floor: old.nonces.last,
        nonces: old.nonces,
        open_sessions: old.open_sessions,
        paid_until: old.paid_until,
        active_at: old.active_at,
        bond: Balance::zero(),
    }
}

fn session(old: v1::Session, key: Option<KeyUse>) -> Session {
    Session {
        viewer: old.viewer,
        key,
        stream: old.stream,
        gateway: old.gateway,
        price_per_tick: old.price_per_tick,
        gateway_share: old.gateway_share,
        head: old.head,
        settled_ticks: old.settled_ticks,
        max_ticks: old.max_ticks,
        opened_at: old.opened_at,
        last_claim: old.last_claim,
        fee: Balance::zero(),
        closing: old.closing,
    }
}

/// What must be the same before and after the migration.
#[cfg(any(feature = "std", feature = "try-runtime"))]
#[derive(Clone, PartialEq, Eq, Debug, Encode, Decode)]
pub struct Before {
    /// Number of deposits, and the sums of their free and reserved amounts in planck.
    deposits: (u32, Balance, Balance),
    /// Sum of the allowances of all session keys, in planck.
    allowances: Balance,
    /// Number of session keys.
    keys: u32,
    /// Number of sessions, of their settled ticks, and the sum of their unspent reserves in planck.
    sessions: (u32, u64, Balance),
    /// Sum of all earnings, in planck.
    earnings: Balance,
}

#[cfg(any(feature = "std", feature = "try-runtime"))]
impl Before {
    /// Reads the state of version 1.
    pub fn read<T: Config>() -> Self {
        let mut before =
            Self { deposits: (0, 0, 0), allowances: 0, keys: 0, sessions: (0, 0, 0), earnings: Self::earnings::<T>() };
        for (viewer, old) in v1::Deposits::<T>::iter() {
            let (count, free, reserved) = before.deposits;
            before.deposits = (count + 1, free.saturating_add(old.free), reserved.saturating_add(old.reserved));
            if let Some(delegation) = old.delegation.filter(|old| old.is_usable(&viewer)) {
                before.keys.saturating_inc();
                before.allowances = before.allowances.saturating_add(delegation.allowance);
            }
        }
        v1::Sessions::<T>::iter_values().for_each(|old| before.add_session(&session(old, None)));
        before
    }

    /// Checks the state of version 2 against the one read before the upgrade.
    ///
    /// # Errors
    ///
    /// An amount or a number of entries differs, or an invariant of the pallet does not hold.
    pub fn check<T: Config>(&self) -> Result<(), sp_runtime::TryRuntimeError> {
        let mut after =
            Self { deposits: (0, 0, 0), allowances: 0, keys: 0, sessions: (0, 0, 0), earnings: Self::earnings::<T>() };
        for deposit in Deposits::<T>::iter_values() {
            let (count, free, reserved) = after.deposits;
            after.deposits = (count + 1, free.saturating_add(deposit.free), reserved.saturating_add(deposit.reserved));
        }
        for key in Keys::<T>::iter_values() {
            after.keys.saturating_inc();
            after.allowances = after.allowances.saturating_add(key.allowance.left);
        }
        Sessions::<T>::iter_values().for_each(|session| after.add_session(&session));
        if after != *self {
            log::error!(target: crate::LOG_TARGET, "Before the upgrade: {self:?}. After it: {after:?}.");
            return Err("the migration has changed an amount or lost an entry".into());
        }
        Pallet::<T>::do_try_state()
    }

    /// Returns the number of entries that the migration rewrites: deposits, sessions and session keys.
    pub fn entries(&self) -> u64 {
        u64::from(self.deposits.0).saturating_add(self.keys.into()).saturating_add(self.sessions.0.into())
    }

    fn add_session(&mut self, session: &Session) {
        let (count, ticks, unspent) = self.sessions;
        self.sessions = (
            count.saturating_add(1),
            ticks.saturating_add(session.settled_ticks.into()),
            unspent.saturating_add(session.unspent()),
        );
    }

    fn earnings<T: Config>() -> Balance {
        crate::Earnings::<T>::iter_values().fold(0, Balance::saturating_add)
    }
}
