//! Invariants of the state, checked after every test and by `try-runtime`.

use crate::{types::MAX_PROTOCOL_FEE, Config, Pallet};
use crate::{SettlementExtrinsics, WeightInfo};
use frame_support::{dispatch::DispatchClass, traits::Get};
use sp_runtime::traits::Zero;
use tick_stream_primitives::{limits, BatchSize};

impl<T: Config> Pallet<T> {
    /// Checks that the runtime's constants are consistent.
    ///
    /// # Panics
    ///
    /// Panics if they are not.
    pub(crate) fn check_constants() {
        assert!(!T::MinPrice::get().is_zero(), "MinPrice: a tick must cost something");
        assert!(T::DefaultProtocolFee::get() <= MAX_PROTOCOL_FEE, "DefaultProtocolFee: above the maximum protocol fee");
        let fees = T::DefaultProtocolFee::get().deconstruct() + T::SubmitterShare::get().deconstruct();
        assert!(fees < 1_000_000, "DefaultProtocolFee and SubmitterShare: together they must be below 100 %");
        assert!(!T::TicketLifetime::get().is_zero(), "TicketLifetime: a ticket must be valid for at least one block");
        assert!(
            T::ClosePeriod::get() > T::GatewaySilence::get(),
            "ClosePeriod: must be longer than GatewaySilence, so that others can claim what a silent gateway does not"
        );
        let least = T::OpenFee::get().saturating_add(T::StorageBond::get().saturating_mul(2));
        assert!(
            T::MinDeposit::get() > least,
            "MinDeposit: must be above OpenFee and two storage bonds, so that a session key can open a session"
        );
        Self::check_economics();
        Self::check_removal_reward();
        const { assert!(limits::MAX_BATCH_CLAIMS <= limits::MAX_BATCH_STEPS) }
        let whole = Self::batch_weight(&BatchSize { opens: 1, groups: 1, claims: 1, steps: 1, closes: 1 });
        let block = T::BlockWeights::get().max_block;
        assert!(whole.all_lte(block), "a batch with a row of each kind must fit into a block");
    }

    /// Checks that no account can make a gateway or the chain work for less than it costs.
    ///
    /// # Panics
    ///
    /// Panics if a constant is too low.
    fn check_economics() {
        let fee_of = |size: BatchSize, splits: u32| T::Settlement::base_fee(Self::rows_weight(&size, splits));
        let session = BatchSize { opens: 1, groups: 1, claims: 1, steps: 60, closes: 1 };
        let claim = BatchSize { groups: 1, claims: 1, steps: 60, ..Default::default() };
        assert!(
            T::OpenFee::get() >= fee_of(session, limits::MAX_SPLITS),
            "OpenFee: must cover the weight fee of an open, a claim with its group, and a close row"
        );
        assert!(
            T::StorageBond::get() >= T::Settlement::base_fee(T::WeightInfo::reap_deposit()),
            "StorageBond: must cover the fee of removing an abandoned deposit"
        );
        let minute = T::MinPrice::get().saturating_mul(60);
        assert!(
            minute >= fee_of(claim, limits::MAX_SPLITS),
            "MinPrice: a minute must cost at least as much as its settlement"
        );
    }

    /// Checks that a session which its gateway has neglected is worth removing, and that neither the gateway nor the
    /// chain loses by it. Otherwise a viewer could open sessions at the gateway's cost and get the fee back.
    ///
    /// # Panics
    ///
    /// Panics if `RemovalReward` is too low or too high for the fees of its rows, each in an extrinsic without others.
    fn check_removal_reward() {
        let extrinsic = T::BlockWeights::get().get(DispatchClass::Normal).base_extrinsic;
        let fee_of = |size: BatchSize, is_rewarded: bool| {
            let splits = size.groups.saturating_mul(limits::MAX_SPLITS);
            let batch = Self::batch_base(&size, is_rewarded).saturating_add(Self::rows_weight(&size, splits));
            T::Settlement::base_fee(batch.saturating_add(extrinsic))
        };
        let close = || BatchSize { closes: 1, ..Default::default() };
        let removal = fee_of(close(), false).saturating_add(fee_of(close(), true));
        assert!(
            T::RemovalReward::get() >= removal,
            "RemovalReward: must cover the weight fee of beginning to close a session and of removing it"
        );
        let served = BatchSize { opens: 1, groups: 1, claims: 1, steps: 60, ..Default::default() };
        assert!(
            T::OpenFee::get().saturating_sub(T::RemovalReward::get()) >= fee_of(served, false),
            "RemovalReward: what is left of OpenFee must cover the weight fee of an open and a claim with its group"
        );
    }
}

#[cfg(any(feature = "std", feature = "try-runtime"))]
mod checks {
    use crate::{Config, Deposits, Earnings, Gateways, Keys, NextStream, Pallet, Sessions, Streams};
    use alloc::collections::BTreeMap;
    use frame_support::{ensure, traits::fungible::Inspect};
    use sp_runtime::TryRuntimeError;
    use tick_stream_primitives::{
        limits::{MAX_KEYS, MAX_SESSIONS_PER_VIEWER},
        AccountId, Balance, StreamId,
    };

    impl<T: Config> Pallet<T> {
        /// Checks every invariant.
        ///
        /// # Errors
        ///
        /// An invariant does not hold.
        pub fn do_try_state() -> Result<(), TryRuntimeError> {
            Self::check_pot()?;
            Self::check_counts()?;
            Self::check_keys()
        }

        /// Checks that the pot covers all that it owes. A surplus, such as a gift, is allowed and has no owner.
        fn check_pot() -> Result<(), TryRuntimeError> {
            let free = Deposits::<T>::iter_values().map(|deposit| deposit.free);
            let unspent = Sessions::<T>::iter_values().map(|session| session.unspent().saturating_add(session.fee));
            let entries = Deposits::<T>::iter_values().map(|deposit| deposit.bond);
            let keys = Keys::<T>::iter_values().map(|key| key.bond);
            let earned = Earnings::<T>::iter_values();
            let bonds = Gateways::<T>::iter_values().map(|gateway| gateway.bond);
            let owed = free
                .chain(unspent)
                .chain(earned)
                .chain(bonds)
                .chain(entries)
                .chain(keys)
                .try_fold(T::Currency::minimum_balance(), Balance::checked_add)
                .ok_or("the debts of the pot are too large for a balance")?;
            ensure!(T::Currency::balance(&Self::pot_account()) >= owed, "the pot owes more than it holds");
            Ok(())
        }

        /// Checks that reserves and counts agree with the sessions.
        fn check_counts() -> Result<(), TryRuntimeError> {
            let mut viewers = BTreeMap::<AccountId, (Balance, u32)>::new();
            let mut streams = BTreeMap::<StreamId, u32>::new();
            let mut gateways = BTreeMap::<AccountId, u32>::new();
            for session in Sessions::<T>::iter_values() {
                ensure!(session.settled_ticks <= session.max_ticks, "a session is settled beyond its maximum");
                let viewer = viewers.entry(session.viewer.clone()).or_default();
                viewer.0 =
                    viewer.0.checked_add(session.reserve()).ok_or("a viewer's reserves are too large for a balance")?;
                viewer.1 += 1;
                *streams.entry(session.stream).or_default() += 1;
                *gateways.entry(session.gateway).or_default() += 1;
            }
            for (viewer, deposit) in Deposits::<T>::iter() {
                let (reserved, open) = viewers.remove(&viewer).unwrap_or_default();
                ensure!(deposit.reserved == reserved, "a viewer's reserve differs from the sum over the sessions");
                ensure!(deposit.open_sessions == open, "a viewer's session count differs from the number of sessions");
                ensure!(open <= MAX_SESSIONS_PER_VIEWER, "a viewer has too many sessions");
            }
            ensure!(viewers.is_empty(), "a session's viewer has no deposit");
            for (id, stream) in Streams::<T>::iter() {
                ensure!(id < NextStream::<T>::get(), "a stream has an identifier that was never assigned");
                let open = streams.remove(&id).unwrap_or_default();
                ensure!(stream.open_sessions == open, "a stream's session count differs from the number of sessions");
            }
            ensure!(streams.is_empty(), "a session's stream does not exist");
            for (account, gateway) in Gateways::<T>::iter() {
                let open = gateways.remove(&account).unwrap_or_default();
                ensure!(gateway.open_sessions == open, "a gateway's session count differs from the number of sessions");
            }
            ensure!(gateways.is_empty(), "a session's gateway does not exist");
            Ok(())
        }

        /// Checks that session keys agree with their deposits and sessions.
        fn check_keys() -> Result<(), TryRuntimeError> {
            let mut open = BTreeMap::<(AccountId, AccountId, u32), u32>::new();
            for session in Sessions::<T>::iter_values() {
                if let Some(used) = session.key {
                    *open.entry((session.viewer, used.session_key, used.id)).or_default() += 1;
                }
            }
            let mut keys = BTreeMap::<AccountId, u32>::new();
            for (viewer, session_key, key) in Keys::<T>::iter() {
                let sessions = open.get(&(viewer.clone(), session_key, key.id)).copied().unwrap_or_default();
                ensure!(key.open_sessions == sessions, "a key's session count differs from the number of sessions");
                *keys.entry(viewer).or_default() += 1;
            }
            for (viewer, deposit) in Deposits::<T>::iter() {
                let count = keys.remove(&viewer).unwrap_or_default();
                ensure!(deposit.keys == count, "a deposit's key count differs from the number of keys");
                ensure!(count <= MAX_KEYS, "a deposit has too many keys");
            }
            ensure!(keys.is_empty(), "a key's viewer has no deposit");
            Ok(())
        }
    }
}
