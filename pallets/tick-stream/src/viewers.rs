//! Deposits of viewers.

use crate::{keys::is_zero_key, Config, Deposits, Error, Event, Keys, Pallet};
use frame_support::{ensure, traits::Get};
use sp_runtime::{traits::Zero, DispatchResult, Saturating};
use tick_stream_primitives::{
    limits::MAX_SESSIONS_PER_KEY, AccountId, Balance, BlockNumber, Deposit, KeyLimits, Scope, SessionKey,
};

impl<T: Config> Pallet<T> {
    pub(crate) fn do_deposit(
        viewer: AccountId,
        amount: Balance,
        key: Option<(AccountId, KeyLimits)>,
    ) -> DispatchResult {
        ensure!(!amount.is_zero(), Error::<T>::AmountZero);
        let block = Self::block();
        let known = Deposits::<T>::get(&viewer);
        let mut added = amount;
        let mut deposit = match known {
            Some(deposit) => deposit,
            None => {
                ensure!(amount >= T::MinDeposit::get(), Error::<T>::DepositTooSmall);
                let bond = T::StorageBond::get();
                added.saturating_reduce(bond);
                Deposit { bond, ..Deposit::new(block) }
            }
        };
        Self::move_into_pot(&viewer, amount)?;
        deposit.free.saturating_accrue(added);
        deposit.active_at = block;
        if let Some((session_key, limits)) = key {
            Self::authorise(&viewer, &mut deposit, session_key, limits)?;
        }
        Self::deposit_event(Event::Deposited { viewer: viewer.clone(), amount, free: deposit.free });
        Deposits::<T>::insert(viewer, deposit);
        Ok(())
    }

    pub(crate) fn do_withdraw(viewer: AccountId, amount: Balance) -> DispatchResult {
        ensure!(!amount.is_zero(), Error::<T>::AmountZero);
        let mut deposit = Deposits::<T>::get(&viewer).ok_or(Error::<T>::DepositUnknown)?;
        deposit.free = deposit.free.checked_sub(amount).ok_or(Error::<T>::FundsTooLow)?;
        deposit.active_at = Self::block();
        Self::move_out_of_pot(&viewer, amount)?;
        Self::deposit_event(Event::Withdrawn { viewer: viewer.clone(), amount, free: deposit.free });
        Deposits::<T>::insert(viewer, deposit);
        Ok(())
    }

    /// Removes an empty deposit and its session keys. Their storage bonds become earnings of the caller, so that
    /// abandoned entries are worth removing.
    pub(crate) fn do_reap_deposit(by: AccountId, viewer: AccountId) -> DispatchResult {
        let deposit = Deposits::<T>::get(&viewer).ok_or(Error::<T>::DepositUnknown)?;
        let is_empty = deposit.free.is_zero() && deposit.reserved.is_zero() && deposit.open_sessions.is_zero();
        ensure!(is_empty, Error::<T>::DepositInUse);
        let idle_blocks = Self::block().saturating_sub(deposit.active_at);
        ensure!(idle_blocks > T::TicketLifetime::get(), Error::<T>::DepositActive);
        Deposits::<T>::remove(&viewer);
        let bonds = deposit.bond.saturating_add(Self::reap_keys(&viewer));
        Self::earn(&by, bonds);
        Self::deposit_event(Event::DepositReaped { viewer, by, bonds });
        Ok(())
    }

    /// Makes a deposit in the genesis state. Its session key has no limits in price, amount or time.
    ///
    /// # Panics
    ///
    /// Panics if the deposit cannot be made: a genesis state has no other way to report an error.
    pub(crate) fn genesis_deposit(viewer: &AccountId, amount: Balance, session_key: Option<&AccountId>) {
        // A second entry would replace the first one, whose money would stay in the pot without an owner.
        assert!(!Deposits::<T>::contains_key(viewer), "genesis: {viewer:?} is listed twice among the deposits");
        assert!(session_key != Some(viewer), "genesis: the session key of {viewer:?} is the viewer's own account");
        assert!(!session_key.is_some_and(is_zero_key), "genesis: the session key of {viewer:?} is only zeros");
        assert!(amount >= T::MinDeposit::get(), "genesis: the deposit of {viewer:?} is below MinDeposit");
        assert!(Self::move_into_pot(viewer, amount).is_ok(), "genesis: {viewer:?} cannot pay the deposit of {amount}");
        let block = BlockNumber::zero();
        let mut deposit = Deposit { free: amount, ..Deposit::new(block) };
        if let Some(session_key) = session_key {
            let limits = KeyLimits {
                label: Default::default(),
                max_price_per_tick: Balance::MAX,
                allowance: Balance::MAX,
                renewal: None,
                max_sessions: MAX_SESSIONS_PER_KEY,
                scope: Scope::Any,
                expires_at: BlockNumber::MAX,
            };
            deposit.keys = 1;
            deposit.last_key_id = 1;
            Keys::<T>::insert(viewer, session_key, SessionKey::new(limits, 1, 0, 0, block));
        }
        Deposits::<T>::insert(viewer, deposit);
    }
}
